"""Words in two weights that end in "…" where there is no room: what happened, and quiet what was said."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QSizePolicy, QWidget

from komet_console.gui import theme

__all__ = ["Sentence"]

_LINE = 19


class Sentence(QWidget):
    """At most `most` lines; the whole text is its accessible name, and its tooltip where it does not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strong, self._muted = "", ""
        self._most = 1
        self._bold, self._plain = theme.fonts.ui(13, 600), theme.fonts.ui(13)
        self.setObjectName("answerSentence")
        self.set_lines(1)
        theme.manager().changed.connect(self.update)

    def text(self) -> str:
        """All of it."""
        return f"{self._strong} {self._muted}".strip()

    def say(self, strong: str, muted: str = "") -> None:
        """Show other words."""
        said = " ".join(strong.split()), " ".join(muted.split())
        if said == (self._strong, self._muted):
            return
        self._strong, self._muted = said
        self.setAccessibleName(self.text())
        self._explain()
        self._fit()
        self.updateGeometry()
        self.update()

    def set_lines(self, most: int) -> None:
        """How many lines there is room for."""
        self._most = most
        # On one line it takes what it needs and gives way; on several it takes the whole width.
        horizontal = QSizePolicy.Policy.Maximum if most == 1 else QSizePolicy.Policy.Ignored
        self.setSizePolicy(QSizePolicy(horizontal, QSizePolicy.Policy.Fixed))
        self._fit()

    def _fit(self) -> None:
        """Be as high as the lines that are needed."""
        self.setFixedHeight(_LINE * min(self._most, max(1, len(self._laid(self.width())[1]))))

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self._bold).horizontalAdvance(self._strong)
        if self._muted:
            width += QFontMetricsF(self._plain).horizontalAdvance(f"  {self._muted}")
        return QSize(round(width + 4), _LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, _LINE)

    def _laid(self, width: float) -> tuple[QTextLayout, list[tuple[int, int]]]:
        """The laid-out text, and begin and length of each line."""
        text = self.text()
        layout = QTextLayout(text, self._plain)
        strong = QTextCharFormat()
        strong.setFont(self._bold)
        strong.setForeground(theme.color("text"))
        muted = QTextCharFormat()
        muted.setForeground(theme.color("muted"))
        formats = []
        for begin, length, look in ((0, len(self._strong), strong), (len(self._strong), len(text), muted)):
            part = QTextLayout.FormatRange()
            part.start, part.length, part.format = begin, length, look
            formats.append(part)
        layout.setFormats(formats)
        layout.beginLayout()
        lines: list[tuple[int, int]] = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1.0, width))
            line.setPosition(QPointF(0, _LINE * len(lines)))
            lines.append((line.textStart(), line.textLength()))
        layout.endLayout()
        return layout, lines

    def _explain(self) -> None:
        hidden = len(self._laid(self.width())[1]) > self._most
        self.setToolTip(self.text() if hidden else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._explain()
        if event.oldSize().width() != event.size().width():
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        layout, lines = self._laid(self.width())
        top = (self.height() - _LINE * min(self._most, len(lines))) / 2 + 1
        whole = lines if len(lines) <= self._most else lines[: self._most - 1]
        for number in range(len(whole)):
            layout.lineAt(number).draw(painter, QPointF(0, top))
        if len(lines) > self._most:
            self._last(painter, lines[self._most - 1][0], top + _LINE * (self._most - 1))

    def _last(self, painter: QPainter, begin: int, top: float) -> None:
        """The last line there is room for, elided."""
        left, room = 0.0, float(self.width())
        parts: list[tuple[str, QFont, str]] = [
            (self._strong[begin:], self._bold, "text"),
            (self.text()[max(begin, len(self._strong)) :], self._plain, "muted"),
        ]
        for text, font, token in parts:
            if not text or room <= 8:
                continue
            metrics = QFontMetricsF(font)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.setFont(font)
            painter.setPen(theme.color(token))
            painter.drawText(QPointF(left, top + metrics.ascent() + 1), shown)
            width = metrics.horizontalAdvance(shown)
            left, room = left + width, room - width
            if shown != text:
                break
