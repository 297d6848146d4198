"""The workspace's one SQLite file: opening, migrating, reading, writing.

    database.read(sql, args)     rows, on a connection of their own: never waits for a writer
    with database.write() as c:  one transaction, committed to the disk platter at its end

Any thread may do both; several programs may have the file open at the same time. Writers take turns: within the program by
a lock, between programs by SQLite's own. Tables are described in `migrations`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from komet_console.texts import said
from komet_console.workspace.locking import FileLock
from komet_console.workspace.migrations import MIGRATIONS, Migration
from komet_console.workspace.trouble import NewerWorkspaceError, damaged, explain, file_trouble, gone

__all__ = ["APPLICATION_ID", "Database", "set_aside"]

APPLICATION_ID = 0x4B4D5443
"""Marks the file as a workspace of this program ("KMTC")."""
BUSY_SECONDS = 5.0
"""How long a writer waits for another program's."""
_MAGIC = b"SQLite format 3\x00"
Arguments = Sequence[Any] | Mapping[str, Any]


class Database:
    """The open file.

    Args:
        path: the file; it and its folder are created where they do not exist, readable by their owner only.
        migrations: the steps from an empty file to the present one; the number of the file is how many it has seen.

    Raises:
        NewerWorkspaceError: the file has seen more migrations than there are; not a byte of it was changed.
        DamagedWorkspaceError: the file is no database any more.
        WorkspaceError: it cannot be opened or written: permissions, a full disk.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self.path = path
        self.backup: Path | None = None
        """The copy that was made before migrating; None where nothing was migrated."""
        self._migrations = migrations
        self._writing_lock = threading.RLock()
        self._reading_lock = threading.Lock()
        self._reading: sqlite3.Connection | None = None
        self._closed = False
        self._create()
        self._file: tuple[int, int] | None = None
        self._file = self._identity()
        with self._explained():
            self._writing = self._connect()
            try:
                self._prepare(self._writing)
            except BaseException:
                self._writing.close()
                raise

    @property
    def version(self) -> int:
        """How many migrations the file has seen."""
        return _version(self._writing)

    def read(self, sql: str, arguments: Arguments = ()) -> list[sqlite3.Row]:
        """All rows of a query. Sees what is committed, so inside `write` use its connection instead.

        Raises:
            WorkspaceError: the file cannot be read.
        """
        with self._reading_lock, self._explained():
            if self._reading is None:
                self._check_open()
                self._reading = self._connect()
                self._reading.execute("PRAGMA query_only = ON")
            return self._reading.execute(sql, arguments).fetchall()

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction; rolled back where the block raises. A `write` within a `write` of the same thread is part of it.

        Raises:
            WorkspaceError: nothing of the transaction was kept; the message says why.
        """
        with self._writing_lock:
            self._check_open()
            if self._writing.in_transaction:
                yield self._writing
                return
            self._check_there()
            with self._explained(), _transaction(self._writing) as connection:
                yield connection

    def close(self) -> None:
        """Close both connections; the last program to do so leaves one plain file. Closing twice is allowed."""
        with self._writing_lock, self._reading_lock:
            if self._closed:
                return
            self._closed = True
            if self._reading is not None:
                self._reading.close()
            self._writing.close()

    def copy_to(self, path: Path) -> None:
        """A consistent copy of the file as it is now, on the disk when this returns.

        Raises:
            WorkspaceError: it cannot be written; there is no half copy under that name.
        """
        half = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            half.unlink(missing_ok=True)
            # A connection of its own: it sees one moment, and nobody has to wait for it.
            with self._explained(), contextlib.closing(self._connect()) as connection:
                connection.execute("VACUUM INTO ?", (str(half),))
            half.chmod(0o600)
            with half.open("rb+") as file:
                os.fsync(file.fileno())
            half.replace(path)
        except OSError as error:
            raise file_trouble(error, path, "written") from error
        finally:
            with contextlib.suppress(OSError):
                half.unlink(missing_ok=True)

    # --- opening

    def _create(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            with self.path.open("rb") as file:
                header = file.read(100)
        except OSError as error:
            raise file_trouble(error, self.path, "opened") from error
        if not header:
            return
        if not header.startswith(_MAGIC) or len(header) < 100:
            raise damaged(self.path, "the file does not begin like an SQLite database")
        # The header is looked at first: opening a file in WAL mode already writes beside it.
        version, application = struct.unpack(">I", header[60:64])[0], struct.unpack(">I", header[68:72])[0]
        if application not in (0, APPLICATION_ID):
            raise damaged(self.path, "it is the database of another program")
        self._refuse_newer(version)

    def _refuse_newer(self, version: int) -> None:
        if version > len(self._migrations):
            raise NewerWorkspaceError(
                said(
                    "The workspace {folder} was written by a newer version of this program. Nothing in it was changed.",
                    folder=self.path.parent,
                ),
                "Update the program, or choose another folder.",
                f"schema {version}, this program knows {len(self._migrations)}",
            )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        try:
            # FULL, not NORMAL: with WAL only FULL keeps the last commits over a power cut.
            connection.executescript("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;")
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        version = _version(connection)
        self._refuse_newer(version)
        if version == len(self._migrations):
            return
        # Two programs that start at the same time must not both migrate.
        lock = FileLock(self.path.with_name(self.path.name + ".migrating"))
        try:
            lock.acquire()
        except OSError as error:
            raise file_trouble(error, lock.path, "created") from error
        try:
            version = _version(connection)
            if 0 < version < len(self._migrations):
                moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
                backup = self.path.parent / "backups" / f"{self.path.stem}-schema-{version}-{moment}{self.path.suffix}"
                self.copy_to(backup)
                self.backup = backup
            for number, upgrade in enumerate(self._migrations[version:], start=version + 1):
                with _transaction(connection):
                    upgrade(connection)
                    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    connection.execute(f"PRAGMA user_version = {number}")
            # The number must stand in the file's own header, where an older program looks first.
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            lock.release()

    def _check_there(self) -> None:
        """SQLite goes on writing into a file that was deleted or moved away, and nobody would ever find it again."""
        if self._identity() != self._file:
            raise gone(self.path.parent)

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            # Whether it is there cannot be told; writing will tell.
            return self._file
        return found.st_dev, found.st_ino

    def _check_open(self) -> None:
        if self._closed:
            raise sqlite3.ProgrammingError("the workspace's database is closed")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            told = explain(error, self.path)
            if told is None:
                raise
            raise told from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    # IMMEDIATE: a transaction that reads first and writes later could not be repeated where another program came between.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def set_aside(path: Path) -> Path:
    """Move a damaged database, with what belongs to it, to a name that says so; only with the user's consent.

    Returns:
        Where it is now.

    Raises:
        WorkspaceError: it cannot be moved.
    """
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.stem}-damaged-{moment}{path.suffix}")
    try:
        path.rename(aside)
        for tail in ("-wal", "-shm"):
            beside = path.with_name(path.name + tail)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + tail))
    except OSError as error:
        raise file_trouble(error, path, "moved") from error
    return aside
