"""Calls of a day, counted here.

The API tells nothing about its quota but a 429 when it is used up. So this counts the calls made from this computer, per
account and UTC day (that the day begins at midnight UTC is assumed), and is honest about what it cannot see: other
programs of the same company count against the same quota.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Literal

from komet_console.records import record
from komet_console.texts import said, sentences
from komet_console.workspace.environments import StoredEnvironment
from komet_console.workspace.memory import Records

__all__ = ["CALLS_OF_A_USER", "LABEL", "Quota", "QuotaState", "retry_after"]

CALLS_OF_A_USER = 1_000
"""Documented: so many calls a day for each paid user."""
LABEL = "calls made from this computer"
_KEPT_DAYS = 40
_SOON = timedelta(minutes=30)
"""A forecast needs so much of a day to have passed: one call after midnight is no trend."""

Gauge = Literal["unknown", "fine", "high", "very-high", "used-up"]
"""By 70, 90 and 100 % of the limit."""


@record
class QuotaState:
    """How an account stands today. Counts are `calls made from this computer`."""

    calls: int
    limit: int | None
    """1,000 times the paid users; None where their number is not known."""
    reset: datetime
    """The next midnight in UTC, aware."""
    used_up: bool
    """The API answered 429 today, and the time it named has not come."""
    again: datetime | None = None
    """When it works again, as far as is known: what the API said, else the reset. None where nothing is used up."""
    told: bool = False
    """Whether the API itself named `again`."""
    reserve: int = 0
    forecast: int | None = None
    """Calls of the whole day if it goes on like this; None where it is too early to say."""

    @property
    def left(self) -> int | None:
        """Calls left by this computer's count; 0 after a 429, None where the limit is not known."""
        if self.used_up:
            return 0
        return None if self.limit is None else max(0, self.limit - self.calls)

    @property
    def share(self) -> float | None:
        """Part of the limit that is used, 0 to 1."""
        if self.used_up:
            return 1.0
        return None if not self.limit else min(1.0, self.calls / self.limit)

    @property
    def gauge(self) -> Gauge:
        """The colour of the gauge."""
        share = self.share
        if share is None:
            return "unknown"
        return "used-up" if share >= 1 else "very-high" if share >= 0.9 else "high" if share >= 0.7 else "fine"

    def allows(self, calls: int) -> bool:
        """Whether so many calls fit into what is left, the reserve left alone."""
        left = self.left
        return left is None or calls <= max(0, left - self.reserve)

    @property
    def text(self) -> str:
        """`12 of 1,000 calls today`, as a status bar says it."""
        if self.limit is None:
            return said("{calls:,} calls today", calls=self.calls)
        return said("{calls:,} of {limit:,} calls today", calls=self.calls, limit=self.limit)


class Quota:
    """Counts calls and answers how an account stands.

    Args:
        clock: gives the moment, aware; for tests.
    """

    def __init__(self, records: Records, clock: type[datetime] | None = None) -> None:
        self._records = records
        self._clock = clock or datetime

    def now(self) -> datetime:
        """This moment in UTC."""
        return self._clock.now(UTC)

    def count(self, environment: StoredEnvironment, calls: int = 1) -> None:
        """So many calls were just made."""
        self._change(environment, "calls = calls + :calls", calls=calls)

    def limited(self, environment: StoredEnvironment, again: datetime | None = None) -> None:
        """The API just said that the quota is used up; `again` is when it works again, where it told."""
        self._change(
            environment,
            "used_up = :used_up, again = :again",
            used_up=_milliseconds(self.now()),
            again=None if again is None else _milliseconds(again),
        )

    def accepted(self, environment: StoredEnvironment) -> None:
        """The API just did a call: whatever was used up before, it is not now."""
        row = self._row(environment)
        if row is not None and row[1] is not None:
            self._change(environment, "used_up = NULL, again = NULL")

    def state(self, environment: StoredEnvironment, limit: int | None = None) -> QuotaState:
        """How the environment's account stands today.

        Args:
            limit: the real limit where it is known otherwise (the sandbox's own); None: 1,000 for each paid user.
        """
        now = self.now()
        reset = _midnight(now)
        row = self._row(environment)
        calls, used_up, told = row if row is not None else (0, None, None)
        if limit is None and environment.paid_users is not None:
            limit = CALLS_OF_A_USER * environment.paid_users
        again = None if told is None else datetime.fromtimestamp(told / 1000, UTC)
        exhausted = used_up is not None and now < (again or reset)
        return QuotaState(
            calls=calls,
            limit=limit,
            reset=reset,
            used_up=exhausted,
            again=(again or reset) if exhausted else None,
            told=exhausted and again is not None,
            reserve=environment.reserve,
            forecast=_forecast(calls, now),
        )

    def price(self, calls: int, environment: StoredEnvironment, limit: int | None = None) -> str:
        """What an action of several calls costs, as a sentence to be read before it starts."""
        state = self.state(environment, limit)
        made = said("1 call") if calls == 1 else said("{count:,} calls", count=calls)
        if environment.id == "sandbox":
            return said("This makes {calls} to the sandbox; no real quota is used.", calls=made)
        if state.used_up:
            again = _hour(state.again)
            return said("This makes {calls}, but today's quota is used up until {time}.", calls=made, time=again)
        left = state.left
        if left is None:
            return sentences(
                said("This makes {calls}.", calls=made),
                "How many are left today is not known: the number of paid users is not set.",
            )
        text = said(
            "This makes {calls}; by this computer's count {left:,} of {limit:,} are left today.",
            calls=made,
            left=left,
            limit=state.limit,
        )
        if state.allows(calls):
            return text
        if not state.reserve:
            return sentences(text, "That is more than there are.")
        kept = said("That is more than there are (with {count:,} kept in reserve).", count=state.reserve)
        return sentences(text, kept)

    def _row(self, environment: StoredEnvironment) -> tuple[int, int | None, int | None] | None:
        rows = self._records.read(
            "SELECT calls, used_up, again FROM quota WHERE account = ? AND day = ?",
            (environment.quota_account, _day(self.now())),
        )
        return (rows[0]["calls"], rows[0]["used_up"], rows[0]["again"]) if rows else None

    def _change(self, environment: StoredEnvironment, change: str, **values: int | None) -> None:
        now = self.now()
        key = {"account": environment.quota_account, "day": _day(now)}
        with self._records.write() as connection:
            added = connection.execute(
                "INSERT OR IGNORE INTO quota (account, day, calls) VALUES (:account, :day, 0)", key
            ).rowcount
            connection.execute(f"UPDATE quota SET {change} WHERE account = :account AND day = :day", {**key, **values})
            if added:
                connection.execute("DELETE FROM quota WHERE day < ?", (_day(now - timedelta(days=_KEPT_DAYS)),))


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date() + timedelta(days=1), datetime.min.time(), UTC)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _forecast(calls: int, now: datetime) -> int | None:
    passed = now - datetime.combine(now.date(), datetime.min.time(), UTC)
    if passed < _SOON:
        return None
    return math.ceil(calls * (timedelta(days=1) / passed))


def _hour(moment: datetime | None) -> str:
    if moment is None:
        return said("tomorrow")
    return said("{utc:%H:%M} UTC ({here:%H:%M} here)", utc=moment.astimezone(UTC), here=moment.astimezone())


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """The moment that a Retry-After header (seconds, or a date) names; None where it names none."""
    text = (value or "").strip()
    if text.isdecimal() and len(text) <= 8:
        return now + timedelta(seconds=int(text))
    from email.utils import parsedate_to_datetime  # imported late: hardly any answer has one

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
