"""Colours of an editor's text: short texts whole, long ones only where they are seen."""

from __future__ import annotations

from PySide6.QtGui import QSyntaxHighlighter, QTextBlock, QTextCharFormat, QTextDocument

from komet_console.gui import theme
from komet_console.gui.text.highlighting import spans
from komet_console.gui.text.offsets import to_qt

__all__ = ["Colouring"]

_WHOLE = 1500
"""Up to so many lines every line is coloured at once, block comments over several lines included."""
_LONGEST = 20_000
"""Longer lines have one colour: their thousands of parts would hold every key press up."""
_PLAIN, _IN_COMMENT, _LATER = 0, 1, 2


class Colouring(QSyntaxHighlighter):
    """The state of a line: plain, ends within a comment, or not coloured yet."""

    def __init__(self, document: QTextDocument, language: str) -> None:
        super().__init__(document)
        self._language = language
        self._looks: dict[str, QTextCharFormat] = {}
        self._seen: tuple[int, int] = (0, 200)
        theme.manager().changed.connect(self._recolour)

    def set_language(self, language: str) -> None:
        """Colour as another language from now on."""
        if language != self._language:
            self._language = language
            self.rehighlight()

    def show_lines(self, first: QTextBlock, count: int) -> None:
        """These lines are seen now."""
        self._seen = (first.blockNumber(), first.blockNumber() + count)
        block = first
        for _ in range(count):
            if not block.isValid():
                return
            if block.userState() == _LATER:
                self.rehighlightBlock(block)
            block = block.next()

    def _recolour(self) -> None:
        self._looks.clear()
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        number = self.currentBlock().blockNumber()
        if self.document().blockCount() > _WHOLE and not self._seen[0] <= number < self._seen[1]:
            self.setCurrentBlockState(_LATER)
            return
        self.setCurrentBlockState(_PLAIN)
        start = 0
        if self._language == "json" and self.previousBlockState() == _IN_COMMENT:
            end = text.find("*/")
            start = len(text) if end < 0 else end + 2
            self.setFormat(0, start, self._look("faint"))
            if end < 0:
                self.setCurrentBlockState(_IN_COMMENT)
                return
        if len(text) > _LONGEST:
            return
        rest = text[start:]
        for span in spans(self._language, rest):
            begin = to_qt(text, start + span.start)
            self.setFormat(begin, to_qt(text, start + span.start + span.length) - begin, self._look(span.token))
            if span.token == "faint" and self._language == "json":
                part = rest[span.start : span.start + span.length]
                if part.startswith("/*") and not part.endswith("*/"):
                    self.setCurrentBlockState(_IN_COMMENT)

    def _look(self, token: str) -> QTextCharFormat:
        if token not in self._looks:
            made = QTextCharFormat()
            made.setForeground(theme.color(token))
            self._looks[token] = made
        return self._looks[token]
