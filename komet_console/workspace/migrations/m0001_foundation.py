"""Schema 1: settings, the window's state, favourites and recent methods, open tabs, history.

Moments are milliseconds since 1970 in UTC, days are the user's (`YYYY-MM-DD`). Nothing here holds a secret.
"""

from __future__ import annotations

import sqlite3

_TABLES = (
    # One value of `settings.SETTINGS` a row, as JSON; names that this version does not know are kept.
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # Geometry, splitters and the like, as JSON.
    "CREATE TABLE ui_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE favourites (method TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE recents (method TEXT PRIMARY KEY, used_at INTEGER NOT NULL, uses INTEGER NOT NULL) WITHOUT ROWID",
    # `window` names the set of tabs that one window owns; see `drafts`.
    """CREATE TABLE tabs (
        id TEXT PRIMARY KEY,
        window TEXT NOT NULL,
        position INTEGER NOT NULL,
        current INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        content TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX tabs_of_window ON tabs (window, position)",
    # `status` is null where no answer came; `failure` is the kind of trouble, `outcome` what the answer meant.
    # `size` is the answer's; `dropped` says how many bytes of the bodies were not kept.
    """CREATE TABLE history (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        day TEXT NOT NULL,
        method TEXT NOT NULL,
        verb TEXT NOT NULL,
        url TEXT NOT NULL,
        environment TEXT NOT NULL,
        token TEXT NOT NULL,
        status INTEGER,
        outcome TEXT NOT NULL,
        failure TEXT NOT NULL,
        sentence TEXT NOT NULL,
        findings INTEGER NOT NULL,
        milliseconds REAL NOT NULL,
        size INTEGER NOT NULL,
        indexed_whole INTEGER NOT NULL,
        dropped INTEGER NOT NULL
    )""",
    "CREATE INDEX history_by_day ON history (day, id)",
    "CREATE INDEX history_by_at ON history (at)",
    # The blobs are compressed. A body too large for the database stands in a file beside it; here is its beginning then.
    """CREATE TABLE history_content (
        id INTEGER PRIMARY KEY REFERENCES history ON DELETE CASCADE,
        facts BLOB NOT NULL,
        request BLOB NOT NULL,
        answer BLOB NOT NULL,
        request_file TEXT NOT NULL,
        answer_file TEXT NOT NULL,
        file_bytes INTEGER NOT NULL
    )""",
    "CREATE INDEX history_files ON history_content (id, file_bytes) WHERE file_bytes > 0",
    # Contentless: the text is in `history_content` already. Deleting gives the same text again, see `records.searchable`.
    # `tags` are the facts to filter by as words: two lists of hits are joined far quicker than rows are looked up.
    "CREATE VIRTUAL TABLE history_text USING fts5 (text, tags, content = '', tokenize = 'unicode61')",
)


def upgrade(connection: sqlite3.Connection) -> None:
    """Create the tables."""
    for statement in _TABLES:
        connection.execute(statement)
