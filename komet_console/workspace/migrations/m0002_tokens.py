"""Schema 2: environments, tokens (without their values), what was proven about them, calls counted a day."""

from __future__ import annotations

import sqlite3

_TABLES = (
    # `record` is JSON, see `environments`; the ids of the built-in ones are their names.
    "CREATE TABLE environments (id TEXT PRIMARY KEY, position INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    # The value lies in the keyring under the id. `environment` is the id of the one it was made for; `hosts` and `methods`
    # are JSON lists, `methods` null where nobody knows; `head` and `tail` are all that is ever shown of the value.
    """CREATE TABLE tokens (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        kind TEXT NOT NULL,
        whose TEXT NOT NULL,
        environment TEXT NOT NULL,
        hosts TEXT NOT NULL,
        methods TEXT,
        head TEXT NOT NULL,
        tail TEXT NOT NULL,
        note TEXT NOT NULL,
        added INTEGER NOT NULL,
        used INTEGER,
        checked INTEGER,
        result TEXT NOT NULL
    ) WITHOUT ROWID""",
    # The last outcome of each method with each token: accepted, refused or limited.
    """CREATE TABLE proofs (
        token TEXT NOT NULL,
        method TEXT NOT NULL,
        outcome TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (token, method)
    ) WITHOUT ROWID""",
    # `day` is UTC. `used_up` is when the API said so; `again` when it works again, as far as the API told.
    """CREATE TABLE quota (
        account TEXT NOT NULL,
        day TEXT NOT NULL,
        calls INTEGER NOT NULL,
        used_up INTEGER,
        again INTEGER,
        PRIMARY KEY (account, day)
    ) WITHOUT ROWID""",
)


def upgrade(connection: sqlite3.Connection) -> None:
    """Create the tables."""
    for statement in _TABLES:
        connection.execute(statement)
