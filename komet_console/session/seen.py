"""What answers have said about ids: names, numbers and whose they are. In memory, one index an environment, never asked for.

An answer that lists customers tells that 7349 is "Petal & Stem Wholesale"; one that lists invoices tells that number 318402
is hers. A question before a write can then name what it is about without another call.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from komet_console.catalogue.calls import read_json
from komet_console.patterns import pattern
from komet_console.records import record

__all__ = ["Known", "Seen", "singular", "stem_of"]

MOST = 20_000
"""Entries kept an environment; the oldest go first."""
LARGEST_ANSWER = 4_000_000
"""Bytes of an answer that is still read for names."""
_NAMES = ("name", "description", "companyName", "fullName", "title")
_NUMBERS = ("number", "code", "invoiceNumber", "orderNumber", "poNumber", "awb", "boxCode")
_PARTIES = ("customerName", "customer", "vendorName", "vendor", "growerName")
_KEY = pattern(r"(?P<stem>[A-Za-z]\w*?)(?P<kind>Ids?|IDs?|Numbers?|Codes?)$")


@record
class Known:
    """What is known of one thing."""

    name: str = ""
    number: str = ""
    party: str = ""
    """The customer or vendor it belongs to."""

    @property
    def text(self) -> str:
        """`318402, Petal & Stem Wholesale` or `Petal & Stem Wholesale`; empty where nothing is known."""
        head = self.name or self.number
        return f"{head}, {self.party}" if head and self.party and self.party != head else head or self.party


class _Speaking(NamedTuple):
    """A field's name that tells of another thing: `customerId`."""

    stem: str
    kind: str
    names: tuple[str, ...]
    """Fields beside it that hold the thing's name, the best first."""
    numbers: tuple[str, ...]


@lru_cache(maxsize=4096)
def singular(key: str) -> str:
    """The entity that a list's key names, folded: `customers` -> `customer`, `categoryItems` -> `categoryitem`."""
    folded = re.sub(r"[^a-z0-9]", "", key.casefold())
    if folded.endswith("ies"):
        return folded[:-3] + "y"
    if folded.endswith(("sses", "xes", "shes", "ches")):
        return folded[:-2]
    return folded[:-1] if folded.endswith("s") and not folded.endswith("ss") else folded


def stem_of(field: str) -> tuple[str, str] | None:
    """Entity and kind (`id`, `number`, `code`) that a field's name speaks of: `customerId` -> (`customer`, `id`)."""
    match = _KEY.fullmatch(field)
    if match is None:
        return None
    return singular(match["stem"]), match["kind"].rstrip("s").casefold()


@lru_cache(maxsize=4096)
def _speaking(field: str) -> _Speaking | None:
    """Taken apart once: a list of twenty thousand rows has the same few fields in each."""
    found, match = stem_of(field), _KEY.fullmatch(field)
    if found is None or match is None:
        return None
    head = match["stem"]
    return _Speaking(*found, (f"{head}Name", f"{head}Description", head), (f"{head}Number", f"{head}Code"))


def _plain(value: Any) -> str:
    if type(value) is int:
        return str(value)
    return "" if value is None or isinstance(value, (dict, list, bool)) else " ".join(str(value).split())[:120]


def _first(item: dict[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        if name in item and (text := _plain(item[name])):
            return text
    return ""


class Seen:
    """The index of one environment. Not thread-safe: learn and ask in the same thread, or one after the other."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str, str], tuple[str, str, str]] = OrderedDict()
        """Name, number and party of each entity's id, number or code: an object for each would take twice as long."""

    def __len__(self) -> int:
        return len(self._known)

    def learn(self, body: bytes) -> None:
        """Read an answer; what is no JSON or too large teaches nothing."""
        if not body or len(body) > LARGEST_ANSWER:
            return
        read = read_json(body)
        if read.readable:
            self.learn_value(read.value)

    def learn_value(self, value: Any) -> None:
        """Read a decoded answer."""
        for entity, item in _objects(value):
            self._learn(entity, item)
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    def find(self, entity: str, kind: str, value: str) -> Known | None:
        """What is known of the thing with that id, number or code."""
        found = self._known.get((singular(entity), kind, " ".join(value.split())))
        return Known(*found) if found is not None else None

    def _learn(self, entity: str, item: dict[str, Any]) -> None:
        name, number, party = _first(item, _NAMES), _first(item, _NUMBERS), _first(item, _PARTIES)
        if name or number or party:
            for kind in ("id", "number", "code"):
                if kind in item:
                    self._keep(entity, kind, item[kind], name, number, party)
        # customerId beside customerName says the same about the customer.
        for key, value in item.items():
            if (told := _speaking(key)) is None:
                continue
            its_name, its_number = _first(item, told.names), _first(item, told.numbers)
            if told.stem == entity:
                self._keep(told.stem, told.kind, value, name or its_name, number or its_number, party)
            else:
                self._keep(told.stem, told.kind, value, its_name, its_number, "")

    def _keep(self, entity: str, kind: str, value: Any, name: str, number: str, party: str) -> None:
        if not entity or not (name or number or party) or not (text := _plain(value)):
            return
        key = (entity, kind, text)
        before = self._known.pop(key, None)
        if before is not None:
            name, number, party = name or before[0], number or before[1], party or before[2]
        self._known[key] = (name, number, party)


def _objects(value: Any, entity: str = "", depth: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of an answer with the entity that the key above it names."""
    if depth > 8:
        return
    if isinstance(value, list):
        for one in value:
            yield from _objects(one, entity, depth + 1)
    elif isinstance(value, dict):
        yield entity, value
        for key, inner in value.items():
            if isinstance(inner, (dict, list)):
                yield from _objects(inner, singular(key), depth + 1)
