"""Colours of an editor's text, only where it is seen: the size of the text does not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from komet_console.gui import theme
from komet_console.gui.text.highlighting import spans
from komet_console.gui.text.offsets import Offsets

__all__ = ["Colouring"]

_LONGEST = 20_000
"""Longer lines have one colour: their thousands of parts would hold every key press up."""
_MANY = 500
"""Lines that change at once; from so many on everything is coloured anew when it is seen."""
_NEW = -1


class Colouring:
    """Each line's user state says under which turn it was coloured; a new turn makes all lines stale.

    Args:
        comment: How many characters of a line belong to a comment that began on an earlier one; -1: all.
    """

    def __init__(self, document: QTextDocument, language: str, comment: Callable[[int], int]) -> None:
        self._document = document
        self._language = language
        self._comment = comment
        self._turn = 0
        self._looks: dict[str, QTextCharFormat] = {}

    def set_language(self, language: str) -> None:
        """Colour as another language from now on."""
        if language != self._language:
            self._language = language
            self.restart()

    def restart(self) -> None:
        """Colour every line again when it is seen next."""
        self._turn += 1
        self._looks.clear()

    def note_change(self, first: QTextBlock, last: QTextBlock) -> None:
        """These lines have changed."""
        if last.blockNumber() - first.blockNumber() > _MANY:
            self._turn += 1
            return
        block = first
        while block.isValid() and block.blockNumber() <= last.blockNumber():
            block.setUserState(_NEW)
            block = block.next()

    def colour(self, blocks: Iterable[QTextBlock]) -> None:
        """See to it that these lines have their colours."""
        for block in blocks:
            if block.userState() != self._turn:
                block.setUserState(self._turn)
                block.layout().setFormats(self._formats(block.text(), self._comment(block.blockNumber())))
                self._document.markContentsDirty(block.position(), block.length())

    def _formats(self, text: str, comment: int) -> list[QTextLayout.FormatRange]:
        start = len(text) if comment < 0 else comment
        places = Offsets(text)
        made = [self._range(0, places.to_qt(start), "faint")] if start else []
        if len(text) > _LONGEST:
            return made
        for span in spans(self._language, text[start:]):
            begin = places.to_qt(start + span.start)
            made.append(self._range(begin, places.to_qt(start + span.start + span.length) - begin, span.token))
        return made

    def _range(self, start: int, length: int, token: str) -> QTextLayout.FormatRange:
        if token not in self._looks:
            look = QTextCharFormat()
            look.setForeground(theme.color(token))
            self._looks[token] = look
        made = QTextLayout.FormatRange()
        made.start, made.length, made.format = start, length, self._looks[token]
        return made
