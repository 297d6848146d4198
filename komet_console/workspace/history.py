"""Every exchange that was made, for ever or as long as the settings say; masked before it is written.

add       returns at once
search    a page of entries, the newest first        days    how many there are on each day
open      one entry, whole                           draft   the same as a new request
delete    some, a day or all                         restore brings them back, for a while
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from komet_console.exchange.model import Draft
from komet_console.workspace.bodies import BodyFiles
from komet_console.workspace.finding import COLUMNS, NOT_DELETED, Day, Filter, Page, entry, order, query
from komet_console.workspace.records import (
    Entry,
    Kept,
    Packed,
    Record,
    pack,
    text_of,
    unpack,
)
from komet_console.workspace.removing import (
    AT_ONCE,
    Deleted,
    drop_files,
    file_names,
    mark,
    purge,
    remove,
    unmark,
)
from komet_console.workspace.scrubbing import KnownSecrets
from komet_console.workspace.trouble import WorkspaceError
from komet_console.workspace.writing import SOON

if TYPE_CHECKING:
    from komet_console.workspace.database import Database
    from komet_console.workspace.settings import Settings
    from komet_console.workspace.writing import Writer

__all__ = ["Day", "Deleted", "Entry", "Filter", "History", "Kept", "Page", "Record", "insert", "text_of"]

_TIDY_AFTER = 20.0
"""Seconds after the start until old entries are removed: the start itself has better things to do."""
_TIDY_EVERY = 200
"""And then whenever so many entries were added."""
_AT_THE_END = 1_000
"""So many deleted entries are removed for good while the program ends, at the most."""
_DAY_MILLISECONDS = 86_400_000
_PLACES = ", ".join("?" * 16)


class History:
    """The history of a workspace. Any thread may ask.

    Attributes:
        listeners: called on the writing thread after entries were added or removed.
    """

    def __init__(
        self, folder: Path, database: Database, writer: Writer, settings: Settings, secrets: KnownSecrets | None = None
    ) -> None:
        self._database = database
        self._writer = writer
        self._settings = settings
        self._secrets = secrets or KnownSecrets()
        self._files = BodyFiles(folder)
        self._added = 0
        self._marks: list[str] = []
        """Of what this program has deleted."""
        self.listeners: list[Callable[[], None]] = []
        writer.later(self._tidy, "tidy-history", within=_TIDY_AFTER)
        writer.later(self._purge, "purge-history", within=_TIDY_AFTER)

    # --- adding

    def add(self, record: Record) -> None:
        """Keep an exchange; the work is done on other threads.

        An answer in a temporary file is read there, soon: `flush` before its transport is closed.
        """
        name = token_hex(16)
        prepared: list[tuple[Packed, int]] = []

        def prepare() -> None:
            # Kept over a failed try: it may take long, and the temporary file may be gone by the next.
            if not prepared:
                packed = pack(record, self._secrets.names(), name)
                prepared.append((packed, self._write_files(packed)))

        def write(connection: sqlite3.Connection) -> Callable[[], None]:
            insert(connection, *prepared[0])
            return self._announce

        self._writer.after(prepare, write)
        self._added += 1
        if self._added % _TIDY_EVERY == 0:
            self._writer.later(self._tidy, "tidy-history", within=1.0)

    def _write_files(self, packed: Packed) -> int:
        # Before the entry: one that names a file which is not there would be a lie, a file too many is removed later.
        return sum(
            self._files.write(name, body)
            for name, body in ((packed.request_file, packed.request_body), (packed.answer_file, packed.answer_body))
            if body is not None
        )

    def flush(self, timeout: float | None = None) -> bool:
        """Have all that was added on the disk; False where that is not possible or takes longer."""
        return self._writer.flush(timeout)

    def _announce(self) -> None:
        for listener in list(self.listeners):
            listener()

    # --- finding

    def search(self, wanted: Filter | None = None, *, before: int | None = None, limit: int = 100) -> Page:
        """The newest entries that fit.

        Args:
            before: `more` of the page before.

        Raises:
            WorkspaceError: the history cannot be read.
        """
        wanted = wanted or Filter()
        columns = ", ".join(f"history.{name}" for name in COLUMNS.split(", "))
        sql, arguments = query(wanted, columns, before)
        rows = self._database.read(f"{sql} {order(wanted)} LIMIT ?", [*arguments, limit + 1])
        entries = tuple(entry(row) for row in rows[:limit])
        return Page(entries, entries[-1].id if len(rows) > limit else None)

    def days(self, wanted: Filter | None = None) -> tuple[Day, ...]:
        """The days that have fitting entries, the newest first, with their number. Counts: slower the more entries fit."""
        sql, arguments = query(wanted or Filter(), "history.day AS day, count(*) AS number")
        rows = self._database.read(f"{sql} GROUP BY history.day ORDER BY history.day DESC", arguments)
        return tuple(Day(row["day"], row["number"]) for row in rows)

    def count(self, wanted: Filter | None = None) -> int:
        """How many entries fit."""
        sql, arguments = query(wanted or Filter(), "count(*) AS number")
        return int(self._database.read(sql, arguments)[0]["number"])

    def entry(self, number: int) -> Entry | None:
        """One line; None where there is no such entry any more."""
        rows = self._database.read(f"SELECT {COLUMNS} FROM history WHERE id = ? AND {NOT_DELETED}", (number,))
        return entry(rows[0]) if rows else None

    # --- opening

    def open(self, number: int) -> Kept:
        """One entry, whole. Where the file of a body was dropped, its beginning is there, and `entry.dropped` says so.

        Raises:
            WorkspaceError: there is no such entry any more, or it cannot be read.
        """
        return self._opened(number, bodies=True)

    def _opened(self, number: int, *, bodies: bool) -> Kept:
        rows = self._database.read(
            f"SELECT {COLUMNS}, c.* FROM history JOIN history_content c USING (id) WHERE id = ? AND {NOT_DELETED}",
            (number,),
        )
        if not rows:
            raise WorkspaceError("This entry of the history is gone.", "It was deleted, here or in another window.")
        row = rows[0]
        try:
            request, answer = (self._body(row, which) if bodies else b"" for which in ("request", "answer"))
            return unpack(entry(row), row["facts"], request, answer)
        except (ValueError, KeyError, TypeError, zlib.error) as error:
            raise WorkspaceError(
                "This entry of the history cannot be read.",
                "A newer version of this program may have written it.",
                str(error),
            ) from error

    def draft(self, number: int) -> Draft:
        """The request of an entry, to be opened as a new one; raises like `open`."""
        return self._opened(number, bodies=False).draft

    def text_of(self, number: int) -> str:
        """Request and answer of an entry as text, for comparing; raises like `open`."""
        return text_of(self.open(number))

    def _body(self, row: sqlite3.Row, which: str) -> bytes:
        name = row[f"{which}_file"]
        return self._files.read(name) if name else zlib.decompress(row[which])

    # --- deleting

    def delete(self, numbers: Iterable[int]) -> Deleted:
        """Delete entries. Nothing shows or counts them any more, and for a while `restore` brings them back.

        Raises:
            WorkspaceError: they could not be deleted; all of them are still there.
        """
        return self._mark(numbers=list(numbers))

    def delete_day(self, day: str) -> Deleted:
        """Delete all entries of a day (`YYYY-MM-DD`), like `delete`."""
        return self._mark(day=day)

    def clear(self) -> Deleted:
        """Delete everything, like `delete`."""
        return self._mark()

    def restore(self, deleted: Deleted) -> int:
        """Bring back what was deleted; returns how many entries those are: fewer, or none, when it is too late.

        Raises:
            WorkspaceError: that could not be written.
        """
        with self._database.write() as connection:
            number = unmark(connection, deleted.mark)
        if number:
            self._announce()
        return number

    def _mark(self, **which: Any) -> Deleted:
        self._writer.flush()
        name = token_hex(16)
        with self._database.write() as connection:
            number = mark(connection, name, **which)
        if number:
            self._marks.append(name)
            self._writer.soon(self._purge, "purge-history")
            self._announce()
        return Deleted(number, name)

    def _purge(self, connection: sqlite3.Connection) -> Callable[[], None]:
        return partial(self._after_purging, *purge(connection))

    def _after_purging(self, names: set[str], wait: float | None) -> None:
        for name in names:
            self._files.remove(name)
        if wait is not None:
            self._writer.soon(self._purge, "purge-history", within=max(wait, SOON))

    def close(self) -> None:
        """The program ends: what it deleted is gone for good. Where that is much, the next start goes on with it."""

        def write(connection: sqlite3.Connection) -> Callable[[], None]:
            return partial(self._after_purging, purge(connection, self._marks, _AT_THE_END)[0], None)

        if self._marks:
            self._writer.soon(write, "close-history")

    # --- keeping within bounds

    def tidy(self) -> None:
        """Remove what the settings do not keep, and what a crash has left over; happens by itself from time to time."""
        self._writer.later(self._tidy, "tidy-history", within=0)
        self._writer.flush()

    def _tidy(self, connection: sqlite3.Connection) -> Callable[[], None]:
        removed: set[str] = set()
        days = self._settings["history.days"]
        again = False
        if days is not None:
            oldest = time.time_ns() // 1_000_000 - days * _DAY_MILLISECONDS
            rows = connection.execute(
                "SELECT id FROM history WHERE at < ? ORDER BY at LIMIT ?", (oldest, AT_ONCE)
            ).fetchall()
            removed |= remove(connection, [row["id"] for row in rows])[0]
            again = len(rows) == AT_ONCE
        removed |= drop_files(connection, self._settings["history.bytes"])
        rows = connection.execute(
            "SELECT request_file, answer_file FROM history_content WHERE file_bytes > 0"
        ).fetchall()
        return partial(self._after_tidying, removed, file_names(rows), again)

    def _after_tidying(self, removed: set[str], named: set[str], again: bool) -> None:
        for name in removed:
            self._files.remove(name)
        self._files.remove_orphans(named)
        if removed or again:
            self._announce()
        if again:
            self._writer.soon(self._tidy, "tidy-history")


def insert(connection: sqlite3.Connection, packed: Packed, file_bytes: int) -> None:
    """Write a packed record, whose files take so many bytes."""
    number = connection.execute(
        f"INSERT INTO history ({COLUMNS.removeprefix('id, ')}) VALUES ({_PLACES})", packed.columns
    ).lastrowid
    connection.execute(
        "INSERT INTO history_content VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, packed.facts, packed.request, packed.answer, packed.request_file, packed.answer_file, file_bytes),
    )
    connection.execute(
        "INSERT INTO history_text (rowid, text, tags) VALUES (?, ?, ?)", (number, packed.text, packed.tags)
    )
