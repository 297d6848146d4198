"""The program's own files are found from a checkout, from an installed wheel, and in a frozen program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from komet_console import __version__
from komet_console.errors import InstallationError
from komet_console.resources import resource_path

ROOT = Path(__file__).resolve().parents[1]
CODE = "from komet_console.resources import resource_path; print(resource_path('openapi'))"


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_checkout() -> None:
    assert resource_path("openapi") == ROOT / "resources" / "openapi"


def test_missing_file_is_named() -> None:
    with pytest.raises(InstallationError) as caught:
        resource_path("openapi", "no-such-file.yaml")
    assert "openapi/no-such-file.yaml" in caught.value.message


def test_stranger_beside_an_installed_package_is_not_taken(tmp_path: Path) -> None:
    package = tmp_path / "komet_console"
    package.mkdir()
    for name in ("__init__.py", "errors.py", "resources.py", "texts.py"):
        shutil.copy(ROOT / "komet_console" / name, package)
    (tmp_path / "resources" / "openapi").mkdir(parents=True)
    done = subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "InstallationError" in done.stderr


def test_frozen_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked = tmp_path / "komet_console" / "_resources" / "openapi"
    unpacked.mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource_path("openapi") == unpacked


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment into which the freshly built wheel was installed."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    wheel = next(folder.glob("*.whl"))
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # --no-deps keeps the test off the network; the dependencies are borrowed below.
    install = ["-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", "--no-cache-dir"]
    run(sys.executable, *install, wheel, cwd=folder)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    # A folder named in a .pth file is searched last, and its own .pth files (the editable checkout) are not read.
    Path(site, "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python


@pytest.mark.timeout(180)
def test_wheel_carries_the_resources(installed: Path, tmp_path: Path) -> None:
    found = Path(run(installed, "-c", CODE, cwd=tmp_path))
    assert installed.parent.parent in found.parents
    assert found.parts[-3:] == ("komet_console", "_resources", "openapi")
    shipped = {path.relative_to(found.parent) for path in found.parent.rglob("*") if path.is_file()}
    ours = {path.relative_to(ROOT / "resources") for path in (ROOT / "resources").rglob("*") if path.is_file()}
    assert shipped >= {path for path in ours if "__pycache__" not in path.parts}


@pytest.mark.timeout(180)
def test_wheel_brings_the_command(installed: Path, tmp_path: Path) -> None:
    command = installed.with_name("komet-console.exe" if os.name == "nt" else "komet-console")
    assert run(command, "--version", cwd=tmp_path) == f"komet-console {__version__}"
    assert "customer.add" in run(command, "methods", cwd=tmp_path)
