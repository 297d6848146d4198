"""A workspace as one file and back: complete, consistent, and never outside its folder."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from komet_console.exchange import Draft, Exchange, PreparedRequest, Response
from komet_console.workspace import backup
from komet_console.workspace.backup import BackupError, back_up, restore
from komet_console.workspace.bodies import LARGE
from komet_console.workspace.drafts import StoredTab, new_tab_id
from komet_console.workspace.history import Record
from komet_console.workspace.migrations import MIGRATIONS
from komet_console.workspace.trouble import WorkspaceError
from komet_console.workspace.workspace import Workspace


def fill(workspace: Workspace) -> None:
    workspace.settings.set("theme", "dark")
    workspace.tabs.journal(StoredTab(new_tab_id(), Draft("customer.list")))
    answer = Response(200, "OK", (), b"z" * (LARGE + 1), size=LARGE + 1)
    workspace.history.add(Record(Draft("a.b"), Exchange(PreparedRequest("GET", "http://127.0.0.1/a", ()), answer)))
    (workspace.folder / "collections" / "flowers").mkdir(parents=True)
    (workspace.folder / "collections" / "flowers" / "rose.yml").write_text("name: Rose\n")
    (workspace.folder / "collections" / "outside").symlink_to(workspace.folder.parent)
    workspace.flush()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    with Workspace.open(folder / "workspace") as workspace:
        fill(workspace)
        return back_up(workspace, folder / "my work.zip")


@pytest.fixture
def saved(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as workspace:
        fill(workspace)
        yield workspace


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_holds_everything_and_is_the_owner_s(template: Path) -> None:
    assert stat.S_IMODE(template.stat().st_mode) == 0o600
    with zipfile.ZipFile(template) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert names[:2] == ["manifest.json", "workspace.db"]
    assert "collections/flowers/rose.yml" in names
    assert [Path(name).parent.name for name in names[2:]] == ["flowers", "history"]
    assert sorted(path.name for path in template.parent.iterdir()) == ["my work.zip", "workspace"]


def test_it_comes_back_in_an_empty_place(saved: Path, tmp_path: Path) -> None:
    done = restore(saved, tmp_path / "elsewhere" / "work")
    assert (done.replaced, done.files) == (None, 3)
    with Workspace.open(done.folder) as again:
        assert again.settings["theme"] == "dark"
        assert [tab.draft.method for tab in again.tabs.load()] == ["customer.list"]
        kept = again.history.open(again.history.search().entries[0].id).exchange.response
        assert kept is not None
        assert len(kept.body) == LARGE + 1
    assert (done.folder / "collections" / "flowers" / "rose.yml").read_text() == "name: Rose\n"
    assert [path.name for path in done.folder.parent.iterdir()] == ["work"]


def test_what_was_there_is_moved_aside_whole(workspace: Workspace, saved: Path) -> None:
    workspace.settings.set("theme", "light")
    workspace.close()
    before = contents(workspace.folder)
    done = restore(saved, workspace.folder)
    assert done.replaced is not None
    assert contents(done.replaced) == before
    with Workspace.open(workspace.folder) as again:
        assert again.settings["theme"] == "dark"


def test_an_open_workspace_is_not_replaced(workspace: Workspace, saved: Path) -> None:
    with pytest.raises(WorkspaceError, match="open"):
        restore(saved, workspace.folder)
    workspace.settings.set("theme", "light")
    assert workspace.flush()


def test_a_backup_can_stand_in_the_workspace_itself(workspace: Workspace) -> None:
    target = workspace.folder / "backup.zip"
    back_up(workspace, target)
    back_up(workspace, target)
    with zipfile.ZipFile(target) as archive:
        assert "backup.zip" not in archive.namelist()


def test_a_target_that_cannot_be_written_is_said(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"):
        back_up(workspace, tmp_path / "nowhere" / "backup.zip")


# --- files that are no backups, or want to do harm


def rewritten(saved: Path, change: Callable[[zipfile.ZipFile, dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(saved) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    bad = saved.with_name("bad.zip")
    with zipfile.ZipFile(bad, "w") as archive:
        change(archive, entries)
        for name, data in entries.items():
            archive.writestr(name, data)
    return bad


HOSTILE = [
    "../outside.txt",
    "collections/../../outside.txt",
    "/outside.txt",
    "C:/outside.txt",
    "collections\\..\\..\\outside.txt",
    "collections/./a",
    "collections//a",
    "collections/a\x01",
    "collections/NUL.txt",
    "collections/a ",
    "WORKSPACE.DB",
    "Collections/Flowers/ROSE.yml",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_entry_leaves_the_folder_or_hides_another(saved: Path, tmp_path: Path, name: str) -> None:
    bad = rewritten(saved, lambda archive, _: archive.writestr(zipfile.ZipInfo(name), b"harm"))
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(BackupError, match="Nothing was changed"):
        restore(bad, tmp_path / "target" / "work")
    (tmp_path / "target").rmdir()
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def link(archive: zipfile.ZipFile, _: dict[str, bytes]) -> None:
    one = zipfile.ZipInfo("collections/link")
    one.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(one, "/etc")


def newer(_: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    entries["manifest.json"] = json.dumps({"format": 1, "schema": len(MIGRATIONS) + 1}).encode()


def other_format(_: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    entries["manifest.json"] = b'{"format": 2, "schema": 1}'


def no_manifest(_: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    del entries["manifest.json"]


def no_database(_: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    del entries["workspace.db"]


def damaged_database(_: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    data = entries["workspace.db"]
    entries["workspace.db"] = data[:4096] + b"\xaa" * 4096 + data[8192:]


def twice(archive: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    archive.writestr("collections/flowers/Rose.yml", b"")


@pytest.mark.parametrize("change", [link, newer, other_format, no_manifest, no_database, damaged_database, twice])
def test_what_is_no_sound_backup_is_refused(saved: Path, tmp_path: Path, change: Callable[..., None]) -> None:
    bad = rewritten(saved, change)
    with pytest.raises(WorkspaceError) as caught:
        restore(bad, tmp_path / "work")
    assert caught.value.hint
    assert not (tmp_path / "work").exists()


def test_a_newer_database_in_a_backup_is_refused(saved: Path, tmp_path: Path) -> None:
    def change(_: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
        file = tmp_path / "newer.db"
        file.write_bytes(entries["workspace.db"])
        connection = sqlite3.connect(file)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        connection.close()
        entries["workspace.db"] = file.read_bytes()

    with pytest.raises(WorkspaceError, match="newer version"):
        restore(rewritten(saved, change), tmp_path / "work")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and nothing more", b"text" * 1000])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.zip").write_bytes(content)
    with pytest.raises(BackupError, match="damaged or no backup"):
        restore(tmp_path / "file.zip", tmp_path / "work")
    with pytest.raises(WorkspaceError):
        restore(tmp_path / "missing.zip", tmp_path / "work")


def test_a_backup_that_was_cut_off_or_altered_is_refused(saved: Path, tmp_path: Path) -> None:
    data = saved.read_bytes()
    for bad in (data[: len(data) // 2], data[:3000] + b"\x00" * 50 + data[3050:]):
        saved.write_bytes(bad)
        with pytest.raises(WorkspaceError):
            restore(saved, tmp_path / "work")
        assert not (tmp_path / "work").exists()


def test_a_bomb_is_refused(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "MOST_BYTES", 100_000)
    with pytest.raises(BackupError, match="larger than any workspace"):
        restore(saved, tmp_path / "work")


def test_an_exchange_that_fails_leaves_what_was_there(
    workspace: Workspace, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.close()
    before = contents(workspace.folder)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if ".workspace-restoring-" in str(self):
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(WorkspaceError, match="permission denied"):
        restore(saved, workspace.folder)
    assert contents(workspace.folder) == before


def test_an_older_backup_is_brought_up_to_date(tmp_path: Path) -> None:
    sample = Path(__file__).parent / "samples" / "schema-1.db"
    file = tmp_path / "old.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", '{"format": 1, "schema": 1}')
        archive.write(sample, "workspace.db")
    with Workspace.open(restore(file, tmp_path / "work").folder) as again:
        assert again.database.version == len(MIGRATIONS)
        assert again.settings["theme"] == "dark"
        assert again.history.draft(again.history.search().entries[0].id).method == "prebook.create"


def test_the_copy_of_a_database_in_use_is_consistent(workspace: Workspace, tmp_path: Path) -> None:
    with workspace.database.write() as connection:
        connection.execute("INSERT INTO ui_state VALUES ('a', '1')")
    workspace.database.copy_to(tmp_path / "copy.db")
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert copy.execute("SELECT count(*) FROM ui_state").fetchone() == (1,)
    copy.close()
