"""Where words begin and end in a text. Needs no Qt."""

from __future__ import annotations

import re

__all__ = ["after", "around", "before"]

_WORD = re.compile(r"\w+|[^\w\s]+")
_REACH = 4096
"""A word's ends are looked for no farther away than this many characters."""


def around(text: str, offset: int) -> tuple[int, int]:
    """The word at an offset; what stands between words is a word of its own. Never past the line's end."""
    low = max(text.rfind("\n", 0, offset) + 1, offset - _REACH)
    for match in _WORD.finditer(text, low, min(len(text), offset + _REACH)):
        if match.start() <= offset < match.end():
            return match.span()
        if match.start() > offset:
            break
    return offset, min(len(text), offset + 1) if text[offset : offset + 1] != "\n" else offset


def after(text: str, offset: int) -> int:
    """Where the next word begins."""
    matches = _WORD.finditer(text, offset, min(len(text), offset + _REACH))
    found = next((match.start() for match in matches if match.start() > offset), None)
    return min(len(text), offset + _REACH) if found is None else found


def before(text: str, offset: int) -> int:
    """Where the word before begins."""
    low = max(0, offset - _REACH)
    starts = [match.start() for match in _WORD.finditer(text, low, offset)]
    return starts[-1] if starts else low
