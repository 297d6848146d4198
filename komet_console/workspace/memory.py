"""A database for a program that runs without a workspace (`call` in a script, a check of one token): gone when it ends."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from komet_console.workspace.migrations import m0002_tokens

__all__ = ["MemoryDatabase", "Records"]


class Records(Protocol):
    """What environments, tokens and quota need of a database; `workspace.database.Database` has it."""

    def read(self, sql: str, arguments: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""

    def write(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """One transaction."""


class MemoryDatabase:
    """Environments, tokens, proofs and quota, in memory. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        m0002_tokens.upgrade(self._connection)

    def read(self, sql: str, arguments: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._lock:
            return self._connection.execute(sql, arguments).fetchall()

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction; rolled back where the block raises."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Forget everything. Happens by itself, too, when nobody uses it any more."""
        with self._lock:
            self._connection.close()

    def __del__(self) -> None:
        self._connection.close()
