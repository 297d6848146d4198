"""How rows of a list answer its filters: by a field of the row, or, where the row does not tell, by the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

Row = dict[str, Any]
Fields = dict[str, Any]


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


# --- what a row says


@dataclass(frozen=True)
class Hidden:
    """What the row does not tell: pairs of a row's key and a value, one or several for a row."""

    sql: str
    key: str = "id"


Place = str | Hidden


class Look:
    """Reads what rows say; `Hidden` statements run once."""

    def __init__(self, sandbox: Any) -> None:
        self._sandbox = sandbox
        self._known: dict[Hidden, dict[str, list[Any]]] = {}

    def values(self, row: Row, place: Place) -> list[Any]:
        """The row's values at a place; none where it has none."""
        if isinstance(place, str):
            found = row.get(place)
            return [] if found in (None, "") else [_plain(found)]
        if place not in self._known:
            pairs: dict[str, list[Any]] = {}
            with self._sandbox.engine.connect() as connection:
                for key, value in connection.execute(text(place.sql)):
                    if value not in (None, ""):
                        pairs.setdefault(str(key), []).append(_plain(value))
            self._known[place] = pairs
        return self._known[place].get(str(row[place.key]), [])


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


# --- how a filter chooses

Keeps = Callable[[list[Any], str, Fields], bool]


@dataclass(frozen=True)
class Filter:
    """How rows answer a filter.

    Attributes:
        places: where the values stand that it looks at.
        keeps: whether values answer what was sent with a base.
        sends: what to send, made of a value found in a row; one or several.
        extra: what to send besides.
        lines: the list of the row that it chooses from, where it chooses lines.
        alone: sent without the other inputs, so the full list is that of all bases together.
    """

    places: tuple[Place, ...]
    keeps: Keeps
    sends: Callable[[Any], Any] = str
    extra: tuple[str, ...] = ()
    lines: str | None = None
    alone: bool = False


def equal(values: list[Any], sent: str, _base: Fields) -> bool:
    return any(str(one).casefold() == sent.casefold() for one in values)


def contains(values: list[Any], sent: str, _base: Fields) -> bool:
    return any(sent.casefold() in str(one).casefold() for one in values)


def listed(separator: str) -> Keeps:
    return lambda values, sent, base: any(equal(values, one, base) for one in sent.split(separator))


def same(*places: Place, lines: str | None = None, alone: bool = False) -> Filter:
    """The number that was sent."""
    return Filter(places, equal, str, ("987654321",), lines, alone)


def on(place: Place, *, alone: bool = False) -> Filter:
    """The day that was sent."""
    return Filter((place,), equal, lambda value: str(value)[:10], ("2001-02-03",), alone=alone)


def choice(place: Place, *values: str, lines: str | None = None) -> Filter:
    """One of a closed set; `values` besides those that are there."""
    return Filter((place,), equal, str, values, lines)


def code(*places: Place, lines: str | None = None) -> Filter:
    """Exact, without case."""
    return Filter(places, equal, lambda value: str(value).swapcase(), ("ZZ9", "%"), lines)


def part(*places: Place, lines: str | None = None) -> Filter:
    """A part of the text, without case; a wildcard of SQL is an ordinary character."""
    return Filter(places, contains, lambda value: str(value)[1:-1].strip().swapcase(), ("%", "_", "zzqq"), lines)


def one_of(place: Place, separator: str, lines: str | None = None) -> Filter:
    """Several values in one text, one of which is nothing's."""
    return Filter((place,), listed(separator), lambda value: f"987654321{separator}{value}", (), lines)


def name_or_code(name: Place, code_: Place, *, code_in_part: bool = False) -> Filter:
    """A part of the name, or the code."""
    of_code: Keeps = contains if code_in_part else equal

    def keeps(values: list[Any], sent: str, base: Fields) -> bool:
        return contains(values[:1], sent, base) or of_code(values[1:], sent, base)

    return Filter((name, code_), keeps, lambda value: (str(value).swapcase(), str(value)[1:]), ("%", "ar", "zzqq"))


def flag(place: Place, lines: str | None = None) -> Filter:
    return Filter((place,), lambda values, sent, _: str(values[0] if values else 0) == sent, str, ("0", "1"), lines)


def without(place: Place, when: str) -> Filter:
    """The flag `when` leaves out rows that have something at the place."""
    return Filter((place,), lambda values, sent, _: sent != when or not any(values), lambda _: "0", ("0", "1"))


def since(place: Place, *, lines: str | None = None, open_end: bool = False) -> Filter:
    """From a day or moment on."""
    return Filter(
        (place,),
        lambda values, sent, _: str(values[0]) >= sent if values else open_end,
        lambda value: str(value)[:19],
        lines=lines,
    )


def until(place: Place, *, lines: str | None = None) -> Filter:
    """Up to a day, which is included."""
    return Filter(
        (place,), lambda values, sent, _: bool(values) and str(values[0])[:10] <= sent, lambda value: str(value)[:10],
        lines=lines,
    )  # fmt: skip


def free_or(place: Place) -> Filter:
    """What is tied to nothing answers every value."""
    return Filter((place,), lambda values, sent, base: not values or equal(values, sent, base), str, ("13",))


@dataclass(frozen=True)
class Listing:
    """A list method with its full lists and filters; `exempt` says why an input is no filter of rows."""

    filters: dict[str, Filter] = field(default_factory=dict)
    exempt: dict[str, str] = field(default_factory=dict)
    bases: tuple[Fields, ...] = ({},)
    token: str = "company"


def table(name: str, column: str, key: str = "id") -> Hidden:
    return Hidden(f"SELECT id, {column} FROM {name}", key)


def customer_code(of: str) -> Hidden:
    return Hidden(f"SELECT o.id, c.code FROM {of} o JOIN customers c ON c.id = o.customer_id")


def sales_person(of: str) -> Hidden:
    return Hidden(f"SELECT o.id, c.sales_person_id FROM {of} o JOIN customers c ON c.id = o.customer_id")


SUBJECT = "whose answer it is, not a filter"
CONTENT = "adds to the rows, keeps them all"
ID_NAME_CODE = {"id": same("id"), "name": part("name"), "code": code("code")}
