from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from komet_console.errors import UserError
from komet_console.paths import HOME_VARIABLE, user_folder


def test_variable_names_the_folder(komet_home: Path) -> None:
    assert not komet_home.exists()
    assert user_folder() == komet_home
    assert komet_home.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_folder_is_private(komet_home: Path) -> None:
    assert stat.S_IMODE(user_folder().stat().st_mode) & 0o077 == 0


def test_relative_folder_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, "here")
    assert user_folder() == tmp_path / "here"


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG variables are Linux's")
def test_without_the_variable_the_system_decides(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), HOME_VARIABLE: ""}
    code = "from komet_console.paths import user_folder; print(user_folder())"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == tmp_path / "komet-console"


def test_folder_that_cannot_be_created_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "file" / "below"))
    with pytest.raises(UserError) as caught:
        user_folder()
    assert str(tmp_path / "file" / "below") in caught.value.message
    assert HOME_VARIABLE in caught.value.hint


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(UserError, match="there is a file of that name"):
        user_folder()
