"""A row of choices in one frame."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from komet_console.gui import theme
from komet_console.gui.widgets.one_of import OneOf

__all__ = ["SegmentedControl"]

_HEIGHT = 26
_PADDING = 10


class SegmentedControl(OneOf):
    """See `OneOf`."""

    def __init__(self, choices: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(choices, parent)
        self._tips: dict[str, str] = {}
        self._font = theme.fonts.ui(12)
        self._bold = theme.fonts.ui(12, 600)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_tip(self, key: str, text: str) -> None:
        """Tooltip of one choice."""
        self._tips[key] = text

    def _widths(self) -> list[float]:
        metrics = QFontMetricsF(self._bold)
        return [round(metrics.horizontalAdvance(label) + 2 * _PADDING) for _, label in self._choices]

    def sizeHint(self) -> QSize:
        return QSize(int(sum(self._widths())) + 2, _HEIGHT)

    def _at(self, point: QPointF) -> str:
        right = 1.0
        for (key, _), width in zip(self._choices, self._widths(), strict=True):
            right += width
            if point.x() < right:
                return key
        return self._choices[-1][0] if self._choices else ""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and self._hovered in self._tips:
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), self._tips[self._hovered], self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(frame, 6, 6)
        painter.fillPath(shape, theme.color("raised"))
        painter.save()
        painter.setClipPath(shape)
        left = 1.0
        for number, ((key, label), width) in enumerate(zip(self._choices, self._widths(), strict=True)):
            cell = QRectF(left, 0, width, self.height())
            if key == self._current:
                painter.fillRect(cell, theme.color("sel"))
            elif key == self._hovered:
                painter.fillRect(cell, theme.color("hover"))
            if number:
                painter.setPen(theme.color("line"))
                painter.drawLine(QPointF(left, 1), QPointF(left, self.height() - 1))
            painter.setFont(self._bold if key == self._current else self._font)
            painter.setPen(theme.color("seltext" if key == self._current else "muted"))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, label)
            left += width
        painter.restore()
        focused = self.hasFocus()
        painter.setPen(QPen(theme.color("focus" if focused else "line2"), 2 if focused else 1))
        painter.drawPath(shape)
