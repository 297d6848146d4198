"""Taking entries out of the history: marked first, which can be undone, and for good a while later; large bodies given up.

All of it works on a connection inside a transaction. The files of bodies go after the commit: what names them comes back.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from komet_console.workspace.records import lost_with_files, searchable, tags

__all__ = ["AT_ONCE", "UNDO_SECONDS", "Deleted", "drop_files", "file_names", "mark", "purge", "remove", "unmark"]

UNDO_SECONDS = 60.0
"""How long what was deleted can be brought back, while the program runs. The notice that offers it is gone long before."""
AT_ONCE = 200
"""Entries removed in one transaction; other writers get their turn in between."""
_UNINDEXED = ""
"""The mark of entries that no undo brings back any more and that the index of texts has forgotten already."""
_UNINDEXED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted in one step; `History.restore` brings it back for `UNDO_SECONDS`."""

    entries: int
    mark: str


def mark(
    connection: sqlite3.Connection, name: str, numbers: Iterable[int] | None = None, day: str | None = None
) -> int:
    """Mark entries as deleted: those of these numbers, or of a day, or all; returns how many there were."""
    moment = _now()
    wanted = "INSERT OR IGNORE INTO history_trash (id, mark, at) SELECT id, ?, ? FROM history"
    if numbers is not None:
        return connection.executemany(f"{wanted} WHERE id = ?", [(name, moment, one) for one in numbers]).rowcount
    if day is not None:
        return connection.execute(f"{wanted} WHERE day = ?", (name, moment, day)).rowcount
    return connection.execute(wanted, (name, moment)).rowcount


def unmark(connection: sqlite3.Connection, name: str) -> int:
    """Bring back what has this mark; returns how many entries those are."""
    return connection.execute("DELETE FROM history_trash WHERE mark = ?", (name,)).rowcount


def purge(
    connection: sqlite3.Connection, marks: Sequence[str] = (), most: int = AT_ONCE
) -> tuple[set[str], float | None]:
    """Remove for good what was marked too long ago, or has one of these marks; a part of it where it is more than `most`.

    Returns:
        The files to be removed after the commit; the seconds until there is more to remove, None where nothing is marked.
    """
    moment, window = _now(), int(UNDO_SECONDS * 1000)
    # A clock that was set back must not keep them for ever.
    due = f"at NOT BETWEEN ? AND ? OR mark IN ({', '.join('?' * len(marks))})"
    arguments = (moment - window, moment + window, *marks)
    wanted = connection.execute(f"SELECT count(*) FROM history_trash WHERE {due}", arguments).fetchone()[0]
    names: set[str] = set()
    if connection.execute("SELECT 1 FROM history_trash WHERE mark = ? LIMIT 1", (_UNINDEXED,)).fetchone():
        names, gone = _remove_unindexed(connection)
        wanted -= gone
    elif wanted > most and connection.execute("SELECT count(*) FROM history").fetchone()[0] - wanted <= most:
        _take_out_of_index(connection, due, arguments)
    elif wanted:
        rows = connection.execute(f"SELECT id FROM history_trash WHERE {due} LIMIT ?", (*arguments, most)).fetchall()
        names, _ = remove(connection, [row["id"] for row in rows])
        wanted -= len(rows)
    if wanted:
        return names, 0.0
    oldest = connection.execute("SELECT min(at) FROM history_trash").fetchone()[0]
    return names, None if oldest is None else max(0.0, (oldest + window - moment) / 1000)


def _take_out_of_index(connection: sqlite3.Connection, due: str, arguments: Sequence[object]) -> None:
    """Nearly all is to go: it is far quicker to index the few others anew than to take each text out of the index."""
    connection.execute(f"UPDATE history_trash SET mark = ?, at = 0 WHERE {due}", (_UNINDEXED, *arguments))
    connection.execute("INSERT INTO history_text (history_text) VALUES ('delete-all')")
    for row in connection.execute(
        "SELECT h.*, c.* FROM history h JOIN history_content c USING (id)"
        " WHERE id NOT IN (SELECT id FROM history_trash WHERE mark = ?)",
        (_UNINDEXED,),
    ).fetchall():
        connection.execute("INSERT INTO history_text (rowid, text, tags) VALUES (?, ?, ?)", _indexed(row))


def _remove_unindexed(connection: sqlite3.Connection) -> tuple[set[str], int]:
    """Remove a part of what is out of the index already; returns its files, and how many entries those were."""
    ids = "SELECT id FROM history_trash WHERE mark = ? ORDER BY id LIMIT ?"
    part = (_UNINDEXED, _UNINDEXED_AT_ONCE)
    names = file_names(
        connection.execute(
            f"SELECT request_file, answer_file FROM history_content WHERE file_bytes > 0 AND id IN ({ids})", part
        )
    )
    return names, connection.execute(f"DELETE FROM history WHERE id IN ({ids})", part).rowcount


def remove(connection: sqlite3.Connection, numbers: Iterable[int]) -> tuple[set[str], int]:
    """Remove entries for good; returns the files that are to be removed after the commit, and how many entries there were."""
    names: set[str] = set()
    gone = 0
    for number in numbers:
        row = connection.execute(
            "SELECT h.*, c.*, t.mark FROM history h JOIN history_content c USING (id)"
            " LEFT JOIN history_trash t USING (id) WHERE id = ?",
            (number,),
        ).fetchone()
        if row is None:
            continue
        names |= file_names([row])
        if row["mark"] != _UNINDEXED:
            # A contentless index forgets a text only when it is told the text again.
            connection.execute(
                "INSERT INTO history_text (history_text, rowid, text, tags) VALUES ('delete', ?, ?, ?)", _indexed(row)
            )
        connection.execute("DELETE FROM history WHERE id = ?", (number,))
        gone += 1
    return names, gone


def _indexed(row: sqlite3.Row) -> tuple[int, str, str]:
    """What the index of texts was told of an entry: number, text and facts."""
    request, answer = zlib.decompress(row["request"]), zlib.decompress(row["answer"])
    text = searchable(row["method"], row["url"], row["sentence"], request, answer)[0]
    facts = tags(*(row[name] for name in ("method", "environment", "status", "outcome", "failure", "day")))
    return row["id"], text, facts


def drop_files(connection: sqlite3.Connection, most: int) -> set[str]:
    """Give up the oldest large bodies beyond so many bytes; their entries stay, and say what is missing."""
    over = (
        connection.execute("SELECT coalesce(sum(file_bytes), 0) FROM history_content WHERE file_bytes > 0").fetchone()[
            0
        ]
        - most
    )
    names: set[str] = set()
    if over <= 0:
        return names
    for row in connection.execute(
        "SELECT id, facts, request_file, answer_file, file_bytes FROM history_content WHERE file_bytes > 0 ORDER BY id"
    ).fetchall():
        if over <= 0:
            break
        over -= row["file_bytes"]
        names |= file_names([row])
        connection.execute(
            "UPDATE history_content SET request_file = '', answer_file = '', file_bytes = 0 WHERE id = ?", (row["id"],)
        )
        connection.execute("UPDATE history SET dropped = dropped + ? WHERE id = ?", (lost_with_files(row), row["id"]))
    return names


def file_names(rows: Iterable[sqlite3.Row]) -> set[str]:
    """The files that rows with `request_file` and `answer_file` name."""
    return {name for row in rows for name in (row["request_file"], row["answer_file"]) if name}


def _now() -> int:
    return time.time_ns() // 1_000_000
