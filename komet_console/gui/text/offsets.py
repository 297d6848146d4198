"""Python counts characters, Qt counts UTF-16 units: a flower emoji is one and two. No Qt needed."""

from __future__ import annotations

import re
from bisect import bisect_left

__all__ = ["Offsets", "from_qt", "to_qt"]

_WIDE = re.compile("[\U00010000-\U0010ffff]")


class Offsets:
    """Places in one text, in both ways of counting; asked often, it looks at the text once."""

    def __init__(self, text: str) -> None:
        self._wide: list[int] = []
        if not text.isascii():
            self._wide = [match.start() for match in _WIDE.finditer(text)]
        self._in_qt = [place + number for number, place in enumerate(self._wide)]

    def to_qt(self, place: int) -> int:
        """A place in the text as Qt counts it."""
        return place + bisect_left(self._wide, place)

    def from_qt(self, place: int) -> int:
        """A place that Qt has counted, in the text as Python has it; the middle of a character counts as its beginning."""
        return place - bisect_left(self._in_qt, place)


def to_qt(text: str, place: int) -> int:
    """One place in a text as Qt counts it."""
    return place if text.isascii() else Offsets(text[:place]).to_qt(place)


def from_qt(text: str, place: int) -> int:
    """One place that Qt has counted, in the text as Python has it."""
    return place if text.isascii() else Offsets(text[:place]).from_qt(place)
