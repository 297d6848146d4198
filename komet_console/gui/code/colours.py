"""Colours a text that is written once and only read: its spans are found in one go, not line by line."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from komet_console.gui import theme
from komet_console.gui.text.highlighting import Span, spans

__all__ = ["CodeColours"]

_MOST = 60_000
"""Characters; longer texts stay in one colour rather than hold the window up."""


class CodeColours(QSyntaxHighlighter):
    """To be told of the text before the document gets it."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._spans: list[Span] = []
        self._starts: list[int] = []

    def set_code(self, language: str, text: str) -> None:
        """The text that comes next, and its language."""
        self._spans = [] if len(text) > _MOST else _in_utf16(spans(language, text), text)
        self._starts = [span.start for span in self._spans]

    def highlightBlock(self, text: str) -> None:
        begin = self.currentBlock().position()
        end = begin + self.currentBlock().length()
        number = max(0, bisect_right(self._starts, begin) - 1)
        while number < len(self._spans) and self._spans[number].start < end:
            span = self._spans[number]
            number += 1
            start, stop = max(span.start, begin), min(span.start + span.length, end)
            if start < stop:
                look = QTextCharFormat()
                look.setForeground(theme.color(span.token))
                self.setFormat(start - begin, stop - start, look)


def _in_utf16(found: list[Span], text: str) -> list[Span]:
    """Qt counts characters beyond the basic plane as two."""
    if text.isascii() or max(text) <= "\uffff":
        return found
    places, place = [], 0
    for sign in text:
        places.append(place)
        place += 2 if sign > "\uffff" else 1
    places.append(place)
    return [
        Span(places[span.start], places[span.start + span.length] - places[span.start], span.token) for span in found
    ]
