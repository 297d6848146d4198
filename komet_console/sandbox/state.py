"""What the gate asks on every call, kept in memory and written behind: settings, faults, quota, journal.

The database holds the truth. `reload` reads it after a control call has changed something; `flush` writes what calls
have added (at most a second old), so that a call costs no transaction of its own. Others may serve
the same world: `refresh` notices what their control changed. On PostgreSQL quota and faults are counted in the
database itself; on SQLite each process counts its own.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from komet_console.sandbox.context import Token
from komet_console.sandbox.sharing import CONTROL_VERSION, FileVersion, Shared, add_calls
from komet_console.sandbox.store import clock, settings
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.engine import reading

CALLS_PER_USER = 1000
FAILURES = "failures"
QUIRKS = "quirks"
MAX_LATENCY = 120_000
"""Milliseconds; a longer simulated delay is cut to this."""
JOURNAL_KEPT = 10_000
"""Rows the journal keeps; older ones are dropped."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure to play. `kind`: status, latency, timeout, silence, cut, invalid-json, content-type or reset."""

    kind: str
    http_status: int | None = None
    milliseconds: int | None = None


FAULT_KINDS = ("status", "latency", "timeout", "silence", "cut", "invalid-json", "content-type", "reset")


def parse_fault(text: str) -> Fault | None:
    """A fault from the header form `kind` or `kind=number` (HTTP status or milliseconds); None when it is none."""
    kind, _, value = text.strip().casefold().partition("=")
    number = int(value) if value.strip().isdecimal() else None
    if kind not in FAULT_KINDS or (kind in ("status", "latency") and number is None):
        return None
    if kind == "status":
        return Fault(kind, number if number is not None and 200 <= number <= 599 else 500)
    return Fault(kind, None, min(number, MAX_LATENCY) if number is not None else None)


@dataclass(slots=True)
class _StoredFault:
    id: int
    method: str | None
    fault: Fault
    remaining: int | None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One served call; never holds a token, a query or a body."""

    at: datetime
    company_id: int | None
    verb: str
    method: str
    http_status: int
    body_status: int | None
    milliseconds: int
    token_name: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token of the sandbox that works; `methods` are those it is limited to, None is all."""

    token: Token
    methods: frozenset[str] | None


class State:
    """The sandbox's switches and counters.

    Attributes:
        failures: "codes" (HTTP statuses of the general table) or "body" (HTTP 200 and status 0).
        quirks: write numbers in quotes where the documented samples do.
        quota_per_user: calls per paid user and day; 0 is unlimited.
    """

    def __init__(self, engine: Engine, *, failures: str = "codes", quirks: bool = False) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self.failures = failures
        self.quirks = quirks
        self.quota_per_user = CALLS_PER_USER
        self._paid_users: dict[int, int] = {}
        self._offset = timedelta(0)
        self._multi_location: dict[int, bool] = {}
        self._networks: dict[int, list[IPv4Network | IPv6Network]] = {}
        self._faults: list[_StoredFault] = []
        self._calls: Counter[tuple[int, date]] = Counter()
        self._unsaved_calls: Counter[tuple[int, date]] = Counter()
        self._unsaved_entries: deque[JournalEntry] = deque()
        self._dirty_faults: set[int] = set()
        self._tokens: dict[str, KnownToken] = {}
        self._shared = Shared(engine) if engine.dialect.name != "sqlite" else None
        self._changes = self._shared or FileVersion(engine)
        self._version: str | None = None
        self.reload()

    def close(self) -> None:
        """Write what is unsaved and give back what is kept open."""
        self.flush()
        self._changes.close()

    def refresh(self) -> None:
        """Read everything again if another worker, or another sandbox on the same file, has changed something."""
        if self._changes.version() != self._version:
            self.reload()

    def reload(self) -> None:
        """Read switches, faults and counters again, after saving what is unsaved."""
        self.flush()
        self._tokens = {}
        with self._lock, reading(self._engine).begin() as connection:
            self._version = settings.get(connection, CONTROL_VERSION)
            self.failures = settings.get(connection, FAILURES) or self.failures
            quirks = settings.get(connection, QUIRKS)
            self.quirks = self.quirks if quirks is None else quirks == "1"
            self._offset = timedelta(days=clock.offset_days(connection))
            stored = settings.get(connection, "quota_per_user")
            self.quota_per_user = CALLS_PER_USER if stored is None else int(stored)
            companies = connection.execute(
                select(t.companies.c.id, t.companies.c.multi_location, t.companies.c.paid_users)
            ).all()
            self._multi_location = {row.id: row.multi_location for row in companies}
            self._paid_users = {row.id: row.paid_users for row in companies}
            self._networks = {}
            for row in connection.execute(select(t.ip_restrictions)):
                self._networks.setdefault(row.company_id, []).append(ip_network(row.network, strict=False))
            self._faults = [
                _StoredFault(row.id, row.method, Fault(row.kind, row.http_status, row.milliseconds), row.remaining)
                for row in connection.execute(select(t.faults).order_by(t.faults.c.id))
            ]
            counted = connection.execute(select(t.quota_calls))
            self._calls = Counter({(row.company_id, row.day): row.calls for row in counted})

    def known_token(self, value: str) -> KnownToken | None:
        """A token seen before; forgotten at every reload, so that a change through control shows at once."""
        return self._tokens.get(value)

    def remember_token(self, value: str, known: KnownToken) -> None:
        """Keep one of the sandbox's own tokens in memory; foreign ones never get here."""
        self._tokens[value] = known

    def now(self) -> datetime:
        """The moment it is in the sandbox: UTC without zone, moved by the clock's offset."""
        return clock.real_now() + self._offset

    def multi_location(self, company_id: int) -> bool:
        """The company's setting."""
        return self._multi_location.get(company_id, False)

    def may_come_from(self, company_id: int, address: str | None) -> bool:
        """Whether the company's IP restrictions let this address in; without restrictions every address may."""
        networks = self._networks.get(company_id)
        if not networks:
            return True
        try:
            caller = ip_address(address or "")
        except ValueError:
            return False
        return any(caller in network for network in networks)

    def take_fault(self, method: str) -> Fault | None:
        """The fault to play for this call, if any; counts it down."""
        if not self._faults:
            return None
        with self._lock:
            for stored in self._faults:
                if stored.method not in (None, method) or stored.remaining == 0:
                    continue
                if stored.remaining is not None and self._shared:
                    if not self._shared.take_fault(stored.id):
                        stored.remaining = 0
                        continue
                elif stored.remaining is not None:
                    stored.remaining -= 1
                    self._dirty_faults.add(stored.id)
                return stored.fault
        return None

    def quota(self, company_id: int) -> int:
        """Calls allowed to a company on a UTC day; 0 is unlimited."""
        return self.quota_per_user * self._paid_users.get(company_id, 1)

    def calls_on(self, company_id: int, day: date) -> int:
        """Calls counted for a company on a UTC day."""
        if self._shared:
            return self._shared.calls_on(company_id, day)
        return self._calls[company_id, day]

    def count_call(self, company_id: int, day: date) -> bool:
        """Count a call; False when the day's quota is used up (the call is then not counted)."""
        with self._lock:
            quota = self.quota(company_id)
            if self._shared:
                return self._shared.count_call(company_id, day, quota or None)
            if quota and self._calls[company_id, day] >= quota:
                return False
            self._calls[company_id, day] += 1
            self._unsaved_calls[company_id, day] += 1
            return True

    def record(self, entry: JournalEntry) -> None:
        """Add a call to the journal."""
        self._unsaved_entries.append(entry)

    def flush(self) -> None:
        """Write what calls have added since the last time."""
        with self._lock:
            entries = [self._unsaved_entries.popleft() for _ in range(len(self._unsaved_entries))]
            calls, self._unsaved_calls = self._unsaved_calls, Counter()
            dirty = {one.id: one.remaining for one in self._faults if one.id in self._dirty_faults}
            self._dirty_faults = set()
        if not (entries or calls or dirty):
            return
        with self._engine.begin() as connection:
            _save(connection, entries, calls, dirty)


def _save(
    connection: Connection, entries: list[JournalEntry], calls: Counter[tuple[int, date]], faults: dict[int, int | None]
) -> None:
    if entries:
        rows: list[dict[str, Any]] = [
            {column: getattr(entry, column) for column in JournalEntry.__dataclass_fields__} for entry in entries
        ]
        connection.execute(insert(t.journal), rows)
        newest = connection.execute(select(t.journal.c.id).order_by(t.journal.c.id.desc()).limit(1)).scalar_one()
        connection.execute(delete(t.journal).where(t.journal.c.id <= newest - JOURNAL_KEPT))
    for (company_id, day), added in calls.items():
        add_calls(connection, company_id, day, added)
    for fault_id, remaining in faults.items():
        if remaining == 0:
            connection.execute(delete(t.faults).where(t.faults.c.id == fault_id))
        else:
            connection.execute(update(t.faults).where(t.faults.c.id == fault_id).values(remaining=remaining))
