"""Columns of a fixed-width line: most characters take one cell, some two, some none. Needs no Qt."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

__all__ = ["Cells", "cells_of", "printable"]

_UNEVEN = re.compile(
    "[\t\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u1100-\u115f\u200b-\u200f\u202a-\u202e\u2060"
    "\u20d0-\u20ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe00-\ufe0f\ufe20-\ufe6f\uff00-\uff60\uffe0-\uffe6\ufeff"
    "\U00010000-\U0010ffff]"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LONGEST = 20_000
"""Longer lines are taken for even: counting their cells takes longer than painting them may."""
_TAB = 4


class Cells:
    """The cells of one line's characters."""

    def __init__(self, begins: list[int] | None, length: int) -> None:
        self._begins = begins
        self.uneven = begins is not None
        self.total = begins[-1] if begins else length

    def of(self, column: int) -> int:
        """The cell in which a character begins; the line's end has one, too."""
        return column if self._begins is None else self._begins[min(column, len(self._begins) - 1)]

    def column(self, cell: float) -> int:
        """The boundary between characters that is nearest to a cell."""
        if self._begins is None:
            return max(0, min(int(cell + 0.5), self.total))
        at = max(0, bisect_right(self._begins, cell) - 1)
        if at + 1 < len(self._begins) and cell - self._begins[at] > (self._begins[at + 1] - self._begins[at]) / 2:
            at += 1
        return at


def cells_of(line: str) -> Cells:
    """The cells of a line."""
    if len(line) > _LONGEST or (line.isascii() and "\t" not in line) or not _UNEVEN.search(line):
        return Cells(None, len(line))
    begins, cell = [0], 0
    for character in line:
        cell += _width(character, cell)
        begins.append(cell)
    return Cells(begins, len(line))


def _width(character: str, cell: int) -> int:
    if character == "\t":
        return _TAB - cell % _TAB
    if unicodedata.combining(character) or character in "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def printable(text: str) -> str:
    """The text with its control characters as pictures of themselves: nothing that is received steers the painter."""
    if text.isprintable():
        return text
    return _CONTROL.sub(_picture, text).replace("\t", " ")


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    return chr(0x2400 + code) if code < 32 else "\ufffd"
