"""What several workers on one database must agree on at every call: what control changed, faults to play, the quota."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.dialects import sqlite

from komet_console.sandbox.store import settings
from komet_console.sandbox.store import tables as t

CONTROL_VERSION = "control_version"


def note_change(connection: Connection) -> None:
    """Let every worker read the switches again before its next call, once the transaction is committed."""
    settings.put(connection, CONTROL_VERSION, secrets.token_hex(8))


def add_calls(connection: Connection, company_id: int, day: date, added: int, quota: int | None = None) -> bool:
    """Count `added` calls of a company on a UTC day; False when `quota` was reached before (nothing is counted)."""
    calls = t.quota_calls.c.calls
    statement = _insert(connection)(t.quota_calls).values(company_id=company_id, day=day, calls=added)
    counted = statement.on_conflict_do_update(
        index_elements=[t.quota_calls.c.company_id, t.quota_calls.c.day],
        set_={"calls": calls + statement.excluded.calls},
        where=None if quota is None else calls < quota,
    )
    return connection.execute(counted.returning(calls)).scalar_one_or_none() is not None


def _insert(connection: Connection) -> Callable[..., Any]:
    """`INSERT` as the database has it, with ON CONFLICT."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert
    # a sandbox on a SQLite file starts sooner without the other dialect
    from sqlalchemy.dialects import postgresql

    return postgresql.insert


class FileVersion:
    """The version of the switches in a SQLite file that another sandbox may serve as well; nearly free to ask.

    SQLite says without a transaction whether another connection has written since the last question.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.raw_connection()
        self._lock = threading.Lock()
        self._written: tuple[int] | None = None
        self._version: str | None = None

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def version(self) -> str | None:
        """Changes whenever a control interface has changed something."""
        with self._lock, contextlib.closing(self._connection.cursor()) as cursor:
            cursor.execute("PRAGMA data_version")
            written = cursor.fetchone()
            if written != self._written:
                self._written = written
                cursor.execute("SELECT value FROM settings WHERE name = ?", (CONTROL_VERSION,))
                row = cursor.fetchone()
                self._version = row[0] if row else None
            return self._version


class Shared:
    """Small questions to the database, each a transaction of its own on a connection kept open.

    They do not take the write lock: what they change is changed by one statement.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.execution_options(reading=True, isolation_level="AUTOCOMMIT").connect()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def version(self) -> str | None:
        """Changes whenever a worker's control interface has changed something."""
        with self._lock, self._connection.begin():
            return settings.get(self._connection, CONTROL_VERSION)

    def take_fault(self, fault_id: int) -> bool:
        """Count a fault down; False when no call is left of it, or it was removed."""
        f = t.faults.c
        left = (f.id == fault_id) & (f.remaining > 0)
        with self._lock, self._connection.begin():
            taken = update(t.faults).where(left).values(remaining=f.remaining - 1).returning(f.remaining)
            remaining = self._connection.execute(taken).scalar_one_or_none()
            if remaining == 0:
                self._connection.execute(delete(t.faults).where(f.id == fault_id, f.remaining == 0))
        return remaining is not None

    def calls_on(self, company_id: int, day: date) -> int:
        """Calls counted for a company on a UTC day."""
        q = t.quota_calls.c
        counted = select(q.calls).where(q.company_id == company_id, q.day == day)
        with self._lock, self._connection.begin():
            return self._connection.execute(counted).scalar_one_or_none() or 0

    def count_call(self, company_id: int, day: date, quota: int | None) -> bool:
        """Count a call; False when the day's quota is used up (the call is then not counted)."""
        with self._lock, self._connection.begin():
            return add_calls(self._connection, company_id, day, 1, quota)
