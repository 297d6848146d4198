"""Which lines of a JSON text can be folded away: those between the brackets of an object or an array. No Qt."""

from __future__ import annotations

from komet_console.gui.text.highlighting import json_spans

__all__ = ["foldable", "partner"]

_OPEN = {"{": "}", "[": "]"}
_CLOSE = {"}": "{", "]": "["}


def foldable(text: str) -> dict[int, int]:
    """Line (from 0) that opens something, to the line that closes it; only where lines lie between or it ends later."""
    found: dict[int, int] = {}
    stack: list[tuple[str, int]] = []
    line, place = 0, 0
    for span in json_spans(text):
        if span.token != "json_punct":
            continue
        line += text.count("\n", place, span.start)
        place = span.start
        sign = text[span.start]
        if sign in _OPEN:
            stack.append((sign, line))
        elif sign in _CLOSE and stack and stack[-1][0] == _CLOSE[sign]:
            begin = stack.pop()[1]
            if line > begin:
                found[begin] = line
    return found


def partner(text: str, place: int) -> int | None:
    """Where the bracket stands that belongs to the one at a place; None where there is none, or no bracket is there."""
    stack: list[tuple[str, int]] = []
    for span in json_spans(text):
        if span.token != "json_punct":
            continue
        sign = text[span.start]
        if sign in _OPEN:
            stack.append((sign, span.start))
        elif sign in _CLOSE:
            if not stack or stack[-1][0] != _CLOSE[sign]:
                return None
            begin = stack.pop()[1]
            if begin == place:
                return span.start
            if span.start == place:
                return begin
    return None
