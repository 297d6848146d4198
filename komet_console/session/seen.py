"""What answers have said about ids: names, numbers and whose they are. In memory, one index an environment, never asked for.

An answer that lists customers tells that 7349 is "Petal & Stem Wholesale"; one that lists invoices tells that number 318402
is hers. A question before a write can then name what it is about without another call.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from komet_console.catalogue.calls import read_json

__all__ = ["Known", "Seen", "singular", "stem_of"]

MOST = 20_000
"""Entries kept an environment; the oldest go first."""
LARGEST_ANSWER = 4_000_000
"""Bytes of an answer that is still read for names."""
_NAMES = ("name", "description", "companyName", "fullName", "title")
_NUMBERS = ("number", "code", "invoiceNumber", "orderNumber", "poNumber", "awb", "boxCode")
_PARTIES = ("customerName", "customer", "vendorName", "vendor", "growerName")
_KEY = re.compile(r"(?P<stem>[A-Za-z]\w*?)(?P<kind>Ids?|IDs?|Numbers?|Codes?)$")


@dataclass(frozen=True, slots=True)
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


def _plain(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list, bool)) else " ".join(str(value).split())[:120]


def _first(item: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := _plain(item.get(name)))), "")


class Seen:
    """The index of one environment. Not thread-safe: learn and ask in the same thread, or one after the other."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str, str], Known] = OrderedDict()

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
        return self._known.get((singular(entity), kind, " ".join(value.split())))

    def _learn(self, entity: str, item: dict[str, Any]) -> None:
        own = Known(_first(item, _NAMES), _first(item, _NUMBERS), _first(item, _PARTIES))
        if own.text:
            self._keep(entity, "id", item.get("id"), own)
            for kind in ("number", "code"):
                self._keep(entity, kind, item.get(kind), own)
        # customerId beside customerName says the same about the customer.
        for key in item:
            found = stem_of(key)
            match = _KEY.fullmatch(key)
            if found is None or match is None:
                continue
            stem, kind = found
            head = match["stem"]
            name = _first(item, (f"{head}Name", f"{head}Description", head))
            number = _first(item, (f"{head}Number", f"{head}Code"))
            same = stem == entity
            known = Known(own.name or name, own.number or number, own.party) if same else Known(name, number)
            if known.text:
                self._keep(stem, kind, item[key], known)

    def _keep(self, entity: str, kind: str, value: Any, known: Known) -> None:
        text = _plain(value)
        if not text or not entity:
            return
        key = (entity, kind, text)
        before = self._known.pop(key, Known())
        self._known[key] = Known(known.name or before.name, known.number or before.number, known.party or before.party)


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
