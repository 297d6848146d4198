"""The steps that brought the workspace's database from nothing to its present shape.

A step is a function that gets a connection inside a transaction. The file's number is how many steps it has seen, so steps
are only ever added at the end, never changed once released; `tests/workspace/samples` keeps a database of every number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from komet_console.workspace.migrations import m0001_foundation, m0002_tokens, m0003_history_trash

__all__ = ["MIGRATIONS", "Migration"]

Migration = Callable[[sqlite3.Connection], None]

MIGRATIONS: tuple[Migration, ...] = (m0001_foundation.upgrade, m0002_tokens.upgrade, m0003_history_trash.upgrade)
