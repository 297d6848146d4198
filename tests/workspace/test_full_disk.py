"""A disk without room, and a read-only one: said plainly, nothing that was kept is harmed, and it goes on when there is room."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from komet_console.exchange import Body, Draft, Exchange, PreparedRequest, Response
from komet_console.workspace.backup import back_up
from komet_console.workspace.drafts import StoredTab, new_tab_id
from komet_console.workspace.history import Record
from komet_console.workspace.trouble import WorkspaceError
from komet_console.workspace.workspace import Workspace

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts and size limits as Linux has them")


def mounted(folder: Path, options: str) -> None:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    if done.returncode != 0:
        folder.rmdir()
        pytest.skip("only root may mount a file system; the limit on file sizes stands in for it")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    mounted(folder, "size=2m")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill_up(file: Path) -> None:
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as filler:
        while filler.write(b"x" * 4096):
            pass


def tab(text: str) -> StoredTab:
    return StoredTab(new_tab_id(), Draft("a.b", body=Body("raw", text)))


def test_a_full_disk_is_told_and_what_waits_is_written_when_there_is_room(small_disk: Path) -> None:
    told: list[WorkspaceError | None] = []
    with Workspace.open(small_disk / "workspace") as workspace:
        workspace.on_trouble(told.append)
        workspace.tabs.journal(tab("before"))
        assert workspace.flush()
        filler = small_disk / "filler"
        fill_up(filler)
        workspace.tabs.journal(tab("x" * 200_000))
        assert not workspace.flush()
        assert workspace.trouble is not None
        assert "disk is full" in workspace.trouble.message
        assert "What was saved before is safe." in workspace.trouble.message
        with pytest.raises(WorkspaceError, match="disk is full"):
            back_up(workspace, small_disk / "backup.zip")
        assert [one.draft.body.text for one in workspace.tabs.load()] == ["before"]
        filler.unlink()
        assert workspace.flush()
        assert workspace.trouble is None
        assert sorted(len(one.draft.body.text) for one in workspace.tabs.load()) == [6, 200_000]
    assert [one is None for one in told] == [False, True]
    assert sorted(path.name for path in small_disk.iterdir()) == ["workspace"]


def test_a_body_too_large_for_the_disk_waits_and_leaves_no_half_file(small_disk: Path) -> None:
    workspace = Workspace.open(small_disk / "workspace")
    answer = Response(200, "OK", (), os.urandom(3_000_000), size=3_000_000)
    workspace.history.add(Record(Draft("large"), Exchange(PreparedRequest("GET", "http://127.0.0.1/a", ()), answer)))
    workspace.tabs.journal(tab("typed meanwhile"))
    assert not workspace.flush()
    assert [one.draft.body.text for one in workspace.tabs.load()] == ["typed meanwhile"]
    assert list((workspace.folder / "history").iterdir()) == []
    assert workspace.history.count() == 0
    # What could not be written to the end is lost, and closing says so.
    assert not workspace.close()
    with Workspace.open(workspace.folder) as again:
        assert again.database.read("PRAGMA integrity_check")[0][0] == "ok"


def test_a_read_only_disk_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    mounted(folder, "size=2m")
    try:
        with Workspace.open(folder / "workspace") as workspace:
            workspace.tabs.journal(tab("before"))
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        with pytest.raises(WorkspaceError, match="read-only") as caught:
            Workspace.open(folder / "workspace")
        assert caught.value.hint
        with pytest.raises(WorkspaceError, match="read-only"):
            Workspace.open(folder / "another")
    finally:
        subprocess.run(["umount", folder], check=True)


LIMITED = """
import resource, sys
from pathlib import Path
from komet_console.exchange import Body, Draft
from komet_console.workspace.drafts import StoredTab, new_tab_id
from komet_console.workspace.workspace import Workspace
workspace = Workspace.open(Path(sys.argv[1]))
workspace.tabs.journal(StoredTab(new_tab_id(), Draft("before")))
assert workspace.flush()
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
workspace.tabs.journal(StoredTab(new_tab_id(), Draft("after", body=Body("raw", "x" * 900_000))))
assert not workspace.flush()
print(workspace.trouble.message)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
assert workspace.flush(), workspace.trouble
print(sorted(tab.draft.method for tab in workspace.tabs.load()))
workspace.close()
"""


def test_a_file_that_may_not_grow_is_told_and_written_later(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "workspace")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)
    assert done.returncode == 0, done.stderr
    message, methods = done.stdout.splitlines()
    assert "What was saved before is safe." in message
    assert methods == "['after', 'before']"
