"""Schema 3: entries of the history that were deleted and can still be brought back."""

from __future__ import annotations

import sqlite3

_TABLES = (
    # `mark` is one for all that was deleted in one step, `at` when that was. See `removing`.
    """CREATE TABLE history_trash (
        id INTEGER PRIMARY KEY REFERENCES history ON DELETE CASCADE,
        mark TEXT NOT NULL,
        at INTEGER NOT NULL
    )""",
)


def upgrade(connection: sqlite3.Connection) -> None:
    """Create the table."""
    for statement in _TABLES:
        connection.execute(statement)
