"""The workspace's database: migrating, refusing, sharing, and saying plainly what is wrong."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from komet_console.workspace.database import Database, set_aside
from komet_console.workspace.migrations import MIGRATIONS
from komet_console.workspace.trouble import DamagedWorkspaceError, NewerWorkspaceError, WorkspaceError

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "workspace.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path)
    yield database
    database.close()


def put(database: Database, name: str, value: str = "1") -> None:
    with database.write() as connection:
        connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def names(database: Database) -> set[str]:
    return {row["name"] for row in database.read("SELECT name FROM settings")}


def test_a_new_database_has_the_present_schema_and_belongs_to_its_owner_only(path: Path, database: Database) -> None:
    assert database.version == len(MIGRATIONS)
    assert database.backup is None
    assert database.read("PRAGMA journal_mode")[0][0] == "wal"
    put(database, "a")
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_what_is_written_comes_back(path: Path, database: Database) -> None:
    put(database, "a")
    database.close()
    again = Database(path)
    assert names(again) == {"a"}
    again.close()
    assert not path.with_name("workspace.db-wal").exists()


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def failing() -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO settings VALUES ('a', '1')")
            put(database, "inner")
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert names(database) == set()
    put(database, "b")
    assert names(database) == {"b"}


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    put(database, "before")
    seen: list[set[str]] = []
    with database.write() as connection:
        connection.execute("INSERT INTO settings VALUES ('during', '1')")
        reader = threading.Thread(target=lambda: seen.append(names(database)))
        reader.start()
        reader.join(5)
    assert seen == [{"before"}]
    assert names(database) == {"before", "during"}


def test_a_mistake_in_the_program_stays_one(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError):
        database.read("SELECT * FROM nowhere")
    with pytest.raises(sqlite3.IntegrityError), database.write() as connection:
        connection.execute("INSERT INTO history_content VALUES (7, '', '', '', '', '', 0)")


def test_a_closed_database_says_so(database: Database) -> None:
    database.close()
    database.close()
    with pytest.raises(sqlite3.ProgrammingError):
        database.read("SELECT 1")


# --- migrations


@pytest.mark.parametrize("number", range(1, len(MIGRATIONS) + 1))
def test_every_schema_that_ever_was_opens(number: int, path: Path) -> None:
    path.parent.mkdir()
    shutil.copy(SAMPLES / f"schema-{number}.db", path)
    database = Database(path)
    assert database.version == len(MIGRATIONS)
    assert (database.backup is None) == (number == len(MIGRATIONS))
    assert database.read("PRAGMA integrity_check")[0][0] == "ok"
    assert names(database), "the sample's settings are gone"
    database.close()


def test_migrating_backs_up_first(path: Path, database: Database) -> None:
    put(database, "kept")
    database.close()

    def lose_everything(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM settings")

    migrated = Database(path, (*MIGRATIONS, lose_everything))
    assert migrated.version == len(MIGRATIONS) + 1
    assert names(migrated) == set()
    assert migrated.backup is not None
    assert f"schema-{len(MIGRATIONS)}-" in migrated.backup.name
    migrated.close()
    backup = Database(migrated.backup)
    assert names(backup) == {"kept"}
    backup.close()


def test_a_migration_that_fails_changes_nothing(path: Path, database: Database) -> None:
    put(database, "kept")
    database.close()

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM settings")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Database(path, (*MIGRATIONS, fail))
    again = Database(path)
    assert again.version == len(MIGRATIONS)
    assert names(again) == {"kept"}
    again.close()


def test_two_programs_that_start_together_migrate_once(path: Path) -> None:
    program = f"from pathlib import Path; from komet_console.workspace.database import Database; Database(Path({str(path)!r}))"
    started = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(one.communicate(timeout=30)[1], one.returncode) for one in started] == [(b"", 0)] * 4


def test_a_newer_file_is_refused_unharmed(path: Path, database: Database) -> None:
    put(database, "kept")
    database.close()
    Database(path, (*MIGRATIONS, lambda _: None)).close()
    before = {file.name: file.read_bytes() for file in path.parent.rglob("*") if file.is_file()}
    with pytest.raises(NewerWorkspaceError, match="newer version") as caught:
        Database(path)
    assert caught.value.hint
    assert {file.name: file.read_bytes() for file in path.parent.rglob("*") if file.is_file()} == before


# --- trouble


@pytest.mark.parametrize(
    "content", [b"not a database at all, but a longer text" * 10, b"SQLite format 3\x00" + b"\x01" * 20]
)
def test_what_is_no_database_is_named_and_left_until_the_user_agrees(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(DamagedWorkspaceError, match="damaged") as caught:
        Database(path)
    assert str(path) in caught.value.message
    assert path.read_bytes() == content
    aside = set_aside(path)
    assert aside.read_bytes() == content
    database = Database(path)
    put(database, "a")
    database.close()


def test_a_file_damaged_inside_is_named(path: Path, database: Database) -> None:
    for number in range(200):
        put(database, f"name{number}", "x" * 400)
    database.close()
    data = bytearray(path.read_bytes())
    data[100:] = b"\xaa" * (len(data) - 100)
    path.write_bytes(data)
    with pytest.raises(DamagedWorkspaceError), contextlib.closing(Database(path)) as broken:
        names(broken)


def test_the_database_of_another_program_is_not_touched(path: Path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.executescript("PRAGMA application_id = 77; CREATE TABLE theirs (a)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(DamagedWorkspaceError) as caught:
        Database(path)
    assert "another program" in caught.value.details
    assert path.read_bytes() == before


def test_a_folder_where_there_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        Database(tmp_path / "file" / "workspace.db")
    (tmp_path / "workspace.db").mkdir()
    with pytest.raises(WorkspaceError):
        Database(tmp_path / "workspace.db")


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_without_permission_is_said(path: Path, database: Database) -> None:
    put(database, "kept")
    database.close()
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(WorkspaceError, match=r"permission denied|read-only"):
            Database(path)
    finally:
        path.parent.chmod(0o700)


def test_another_program_that_keeps_the_file_busy_is_said(
    path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database._writing.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(WorkspaceError, match="busy"):
        put(database, "a")
    other.execute("ROLLBACK")
    other.close()
    put(database, "a")
    assert names(database) == {"a"}


FULL = """
import resource, sys
from pathlib import Path
from komet_console.workspace.database import Database
from komet_console.workspace.trouble import WorkspaceError
database = Database(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
written = 0
try:
    while written < 5000:
        with database.write() as connection:
            connection.execute("INSERT INTO settings VALUES (?, ?)", (f"name{written}", "x" * 2000))
        written += 1
except WorkspaceError as error:
    print(written)
    print(error.message)
    print(len(database.read("SELECT 1 FROM settings")))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are a matter of POSIX")
def test_a_full_disk_is_said_and_costs_only_what_was_not_written(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, timeout=40, check=False
    )
    assert done.returncode == 0, done.stderr
    written, message, readable = done.stdout.splitlines()
    assert int(written) > 0
    assert int(readable) == int(written)
    assert "What was saved before is safe." in message
    again = Database(path)
    assert len(names(again)) == int(written)
    again.close()
