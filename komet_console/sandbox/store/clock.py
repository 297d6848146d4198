"""The sandbox's clock: real UTC time, moved by a whole number of days that the control interface sets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from komet_console.sandbox.store import settings

OFFSET = "clock_offset_days"
WORLD_DATE = "world_date"


def real_now() -> datetime:
    """Real time in UTC without time zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def offset_days(connection: Connection) -> int:
    """Days the sandbox's clock is ahead of real time."""
    return int(settings.get(connection, OFFSET) or 0)


def set_offset_days(connection: Connection, days: int) -> None:
    """Let the sandbox's clock run `days` ahead of real time."""
    settings.put(connection, OFFSET, days)


def now(connection: Connection) -> datetime:
    """The moment it is in the sandbox, in UTC without time zone, as moments are stored."""
    return real_now() + timedelta(days=offset_days(connection))


def today(connection: Connection) -> date:
    """The day it is in the sandbox (UTC)."""
    return now(connection).date()


def world_date(connection: Connection) -> date | None:
    """The day the world's dates are laid around, None before a world was seeded."""
    stored = settings.get(connection, WORLD_DATE)
    return date.fromisoformat(stored) if stored else None


def days_behind(connection: Connection) -> int:
    """How many days the world has to move so that its today is the clock's today; 0 without a world."""
    laid = world_date(connection)
    return (today(connection) - laid).days if laid else 0
