"""Which reading method shows what a writing one has changed. Needs no Qt."""

from __future__ import annotations

import re

from komet_console.catalogue import Catalogue, Method

__all__ = ["read_that_shows"]

_ENDINGS = ("list", "details.list", "details.get", "get")
_UNSEEN = ("vendor.invoice", "user")
"""What is written here shows in no read of the API."""
_ELSEWHERE = {"box": "inventory.list"}
"""Where the things of a family without a read of its own are listed."""


def _words(name: str) -> list[str]:
    """The words of a method's name, without version and verb: `v2/standing-order:post` is standing, order."""
    words = re.split(r"[./-]", name.partition(":")[0])
    return words[1:] if words[0] == "v2" else words


def read_that_shows(catalogue: Catalogue, method: Method) -> str | None:
    """The method that shows whether `method` was carried out: the read nearest by name, then by the ids it takes.

    `invoice.void` is shown by `invoice.list`, `customer.contact.add` by `customer.contact.list`. None for reads, and
    where the API has no read that would show it.
    """
    own = _words(method.name)
    if method.effect == "read" or ".".join(own).startswith(_UNSEEN):
        return None
    reads: dict[str, str] = {}
    for row in catalogue.summaries.values():
        if row.effect == "read" and not row.deprecated:
            reads.setdefault(".".join(_words(row.name)), row.name)
    if found := _nearest(reads, own):
        return found
    if method.effect != "create":
        looked_up = next((field.lookup for field in method.input if field.lookup in catalogue.summaries), None)
        if looked_up is not None:
            return looked_up
    for start in range(1, len(own)):
        singular = [word.removesuffix("s") for word in own[start:]]
        if found := _nearest(reads, singular):
            return found
    return _ELSEWHERE.get(own[0])


def _nearest(reads: dict[str, str], words: list[str]) -> str | None:
    """The read that shares the most words from the first one on."""
    for length in range(len(words), 0, -1):
        stem = ".".join(words[:length])
        for ending in _ENDINGS:
            if f"{stem}.{ending}" in reads:
                return reads[f"{stem}.{ending}"]
    return None
