"""A short word on a tinted, rounded background: a status, an effect, a kind of token."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from komet_console.gui import theme

__all__ = ["Pill", "Tone"]

Tone = Literal["green", "blue", "amber", "red", "violet", "slate"]


class Pill(QWidget):
    """Not focusable: what it says must also stand in its surroundings' accessible text or its own name.

    Args:
        strong: Taller and in semibold, as for a status; otherwise small, as for a property.
    """

    def __init__(
        self, text: str = "", tone: Tone = "slate", *, strong: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._tone: Tone = tone
        self._font = theme.fonts.ui(12, 600) if strong else theme.fonts.ui(11)
        self._height, self._padding = (22, 9) if strong else (18, 7)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def text(self) -> str:
        return self._text

    def tone(self) -> Tone:
        return self._tone

    def say(self, text: str, tone: Tone) -> None:
        """Show another word in another colour."""
        if (text, tone) == (self._text, self._tone):
            return  # most answers say what the one before said: nothing around has to be arranged anew
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self._font).horizontalAdvance(self._text) + 2 * self._padding
        return QSize(round(width + 0.5), self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(f"{self._tone}bg"))
        painter.drawRoundedRect(QRectF(self.rect()), self._height / 2, self._height / 2)
        painter.setPen(theme.color("muted" if self._tone == "slate" else self._tone))
        painter.setFont(self._font)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
