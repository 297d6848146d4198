"""The round mark of what is known about a method and a token: by shape and by colour, so that neither alone tells."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from komet_console.gui import theme
from komet_console.session.permissions import State

__all__ = ["SIDE", "Mark", "paint_mark"]

SIDE = 16
_TONES: dict[State, str] = {
    "proven": "green",
    "documented": "blue",
    "refused": "red",
    "other-kind": "slate",
    "unknown": "amber",
}


def paint_mark(painter: QPainter, place: QRectF, state: State) -> None:
    """Draw a state's mark into a square."""
    tone = _TONES[state]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(f"{tone}bg"))
    painter.drawEllipse(place)
    ink = theme.color("muted" if tone == "slate" else tone)
    pen = QPen(ink, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = place.center()

    def at(x: float, y: float) -> QPointF:
        return QPointF(middle.x() + x, middle.y() + y)

    if state == "proven":
        painter.drawPolyline([at(-2.8, 0.2), at(-0.8, 2.2), at(2.8, -2.0)])
    elif state == "refused":
        painter.drawLine(at(-2.1, -2.1), at(2.1, 2.1))
        painter.drawLine(at(-2.1, 2.1), at(2.1, -2.1))
    elif state == "other-kind":
        painter.drawLine(at(-2.5, 0), at(2.5, 0))
    elif state == "documented":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(middle, 1.7, 1.7)
    else:
        painter.setFont(theme.fonts.ui(11, 600))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "?")
    painter.restore()


class Mark(QWidget):
    """A state's mark on its own, for a legend."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_mark(QPainter(self), QRectF(0.5, 0.5, SIDE - 1, SIDE - 1), self._state)
