"""The brackets and comments of a JSON text, however broken: what belongs together, and what can be folded. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["Structure", "read_structure"]

_TOKEN = re.compile(
    r"""(?:[^"/{}\[\]]++ | "[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"? | //[^\n]*+ | /(?![*/]))*+
    (?P<token>/\*(?s:.*?)(?:\*/|\Z) | [{}\[\]])?""",
    re.VERBOSE,
)
"""The next bracket or comment of several lines, and what lies before it in one step."""
_CLOSE = {"}": "{", "]": "["}


@dataclass(frozen=True, slots=True)
class Structure:
    """Lines count from 0, places are character offsets."""

    folds: dict[int, int] = field(default_factory=dict)
    """Line that opens something (the outermost, where several begin there), to the later line that closes it."""
    pairs: dict[int, int] = field(default_factory=dict)
    """Each bracket that has a partner, to that partner."""
    comments: dict[int, int] = field(default_factory=dict)
    """Lines that begin within a comment, to how many of their characters belong to it; -1: the whole line does."""


def read_structure(text: str) -> Structure:
    """The structure of a text; brackets that fit no other have no partner."""
    made = Structure()
    stack: list[tuple[str, int, int]] = []
    line, place = 0, 0
    for match in _TOKEN.finditer(text):
        token = match["token"]
        if token is None:
            continue
        sign = token[0]
        start = match.start("token")
        line += text.count("\n", place, start)
        place = start
        if sign == "/":
            _note_comment(made.comments, line, token)
        elif sign in "{[":
            stack.append((sign, line, start))
        elif stack and stack[-1][0] == _CLOSE[sign]:
            _, begin, other = stack.pop()
            made.pairs[other], made.pairs[start] = start, other
            if line > begin:
                made.folds[begin] = line
    return made


def _note_comment(comments: dict[int, int], line: int, token: str) -> None:
    lines = token.split("\n")
    for number, part in enumerate(lines[1:], 1):
        ends = number == len(lines) - 1 and token.endswith("*/")
        comments[line + number] = len(part) if ends else -1
