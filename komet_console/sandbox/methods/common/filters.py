"""Filters of list methods, as documented: ids and codes exact, names in part, case never counts.

Each returns conditions for `select(...).where(*conditions)`; a filter that was not sent adds none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, false, func

Condition = ColumnElement[bool]
_LARGEST = 2**31 - 1
"""What an id column holds; the API lets ids have 20 digits."""


def exact(column: ColumnElement[Any], value: Any) -> list[Condition]:
    """Equal; text without case."""
    if value is None:
        return []
    if isinstance(column.type, Integer) and isinstance(value, str):
        # what was only inferred comes unread
        value = numbers([value.strip()])[0]
    if isinstance(value, str):
        return [func.lower(column) == value.strip().lower()]
    if isinstance(value, (dict, list)) or (isinstance(value, int) and abs(value) > _LARGEST):
        return [false()]
    return [column == value]


def among(column: ColumnElement[Any], values: Iterable[Any] | None) -> list[Condition]:
    """One of several; text without case. An empty list filters nothing."""
    listed = list(values or ())
    if not listed:
        return []
    if isinstance(listed[0], str):
        return [func.lower(column).in_([one.strip().lower() for one in listed])]
    return [column.in_(listed)]


def numbers(values: Iterable[str] | None) -> list[int]:
    """The whole numbers in a separated list; other elements match nothing, as an id that does not exist would."""
    return [int(one) if one.isdecimal() and len(one) <= 20 and int(one) <= _LARGEST else -1 for one in values or ()]


def like(column: ColumnElement[Any], value: str | None) -> list[Condition]:
    """Contains the text, without case; `%` and `_` are ordinary characters."""
    if value is None or not value.strip():
        return []
    escaped = value.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return [func.lower(column).like(f"%{escaped}%", escape="\\")]


def between(column: ColumnElement[Any], start: date | None, end: date | None) -> list[Condition]:
    """In a range of days, both included; also for moments."""
    conditions: list[Condition] = []
    if start is not None:
        conditions.append(column >= start)
    if end is not None:
        whole_day = not isinstance(end, datetime)
        conditions.append(column < end + timedelta(days=1) if whole_day else column <= end)
    return conditions


def since(column: ColumnElement[Any], moment: date | None) -> list[Condition]:
    """Updated at or after a moment or day."""
    return [] if moment is None else [column >= moment]


def switched(column: ColumnElement[Any], value: bool | None) -> list[Condition]:
    """A flag of the row equals a sent flag."""
    return [] if value is None else [column.is_(value)]


def active_only(column: ColumnElement[Any], include_inactive: bool | None) -> list[Condition]:
    """Inactive rows only when asked for."""
    return [] if include_inactive else [column.is_(True)]
