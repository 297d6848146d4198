"""The day's calls: counted per account, corrected by what the API says, told before they are spent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from komet_console.workspace.database import Database
from komet_console.workspace.environments import StoredEnvironment
from komet_console.workspace.memory import MemoryDatabase
from komet_console.workspace.quota import Quota, retry_after

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class Clock(datetime):
    """Stands where it is put."""

    at = NOON

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return cls.at.astimezone(tz)


@pytest.fixture
def quota() -> Quota:
    Clock.at = NOON
    return Quota(MemoryDatabase(), Clock)


def place(**values: object) -> StoredEnvironment:
    return StoredEnvironment("x", "Miami", "https://miami.example/api", **values)  # type: ignore[arg-type]


def test_calls_count_per_account_and_utc_day(quota: Quota) -> None:
    miami, bogota = place(account="1", paid_users=2), place(account="2")
    quota.count(miami)
    quota.count(miami, 2)
    quota.count(bogota)
    state = quota.state(miami)
    assert (state.calls, state.limit, state.left, state.text) == (3, 2000, 1997, "3 of 2,000 calls today")
    assert quota.state(bogota).text == "1 calls today"
    assert quota.state(bogota).gauge == "unknown"
    assert state.reset == datetime(2026, 3, 5, tzinfo=UTC)
    assert state.forecast == 6
    Clock.at = NOON + timedelta(hours=12, minutes=1)
    assert quota.state(miami).calls == 0
    assert quota.state(miami).forecast is None


@pytest.mark.parametrize(
    ("calls", "gauge"), [(699, "fine"), (700, "high"), (899, "high"), (900, "very-high"), (1000, "used-up")]
)
def test_the_gauge_changes_at_70_90_and_100_per_cent(quota: Quota, calls: int, gauge: str) -> None:
    one = place(paid_users=1)
    quota.count(one, calls)
    assert quota.state(one).gauge == gauge


def test_a_429_is_believed_until_the_time_it_names(quota: Quota) -> None:
    one = place(paid_users=1)
    quota.count(one)
    quota.limited(one, retry_after("3600", quota.now()))
    state = quota.state(one)
    assert (state.used_up, state.told, state.left, state.gauge) == (True, True, 0, "used-up")
    assert state.again == NOON + timedelta(hours=1)
    assert not state.allows(1)
    assert "used up until 13:00 UTC" in quota.price(2, one)
    Clock.at = NOON + timedelta(hours=1, seconds=1)
    assert not quota.state(one).used_up
    quota.limited(one)
    assert quota.state(one).again == datetime(2026, 3, 5, tzinfo=UTC)
    assert not quota.state(one).told
    quota.accepted(one)
    assert not quota.state(one).used_up


def test_the_price_is_told_and_the_reserve_kept(quota: Quota) -> None:
    one = place(paid_users=1, reserve=100)
    quota.count(one, 880)
    assert quota.price(20, one) == "This makes 20 calls; by this computer's count 120 of 1,000 are left today."
    assert quota.state(one).allows(20)
    assert not quota.state(one).allows(21)
    assert quota.price(21, one).endswith("That is more than there are (with 100 kept in reserve).")
    assert "is not known" in quota.price(1, place())
    assert "no real quota" in quota.price(3, StoredEnvironment("sandbox", "Sandbox", ""))


def test_counts_outlive_the_program(tmp_path: Path) -> None:
    database = Database(tmp_path / "w.db")
    Quota(database, Clock).count(place())
    assert Quota(database, Clock).state(place()).calls == 1
    database.close()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("60", 60),
        ("Wed, 04 Mar 2026 12:01:00 GMT", 60),
        ("", None),
        ("soon", None),
        ("-5", None),
        (None, None),
        ("9" * 30, None),
    ],
)
def test_retry_after_as_seconds_or_date(header: str | None, seconds: int | None) -> None:
    assert retry_after(header, NOON) == (None if seconds is None else NOON + timedelta(seconds=seconds))
