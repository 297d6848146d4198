"""A row of choices of which exactly one is on, as one control: arrow keys move, Tab passes by."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from komet_console.gui import theme

__all__ = ["SegmentedControl"]

_HEIGHT = 26
_PADDING = 10


class SegmentedControl(QWidget):
    """Choices are pairs of key and label.

    Signals:
        chosen(str): The user chose another key; setting `current` by program emits nothing.
    """

    chosen = Signal(str)

    def __init__(self, choices: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = list(choices)
        self._tips: dict[str, str] = {}
        self._current = choices[0][0] if choices else ""
        self._hovered = ""
        self._font = theme.fonts.ui(12)
        self._bold = theme.fonts.ui(12, 600)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)

    @property
    def current(self) -> str:
        """The key that is on."""
        return self._current

    @current.setter
    def current(self, key: str) -> None:
        self._current = key
        self.setAccessibleDescription(dict(self._choices).get(key, ""))
        self.update()

    def set_choices(self, choices: list[tuple[str, str]]) -> None:
        """Offer others; the key that is on stays where it is still offered."""
        if choices == self._choices:
            return
        self._choices = list(choices)
        if self._current not in dict(choices):
            self._current = choices[0][0] if choices else ""
        self.updateGeometry()
        self.update()

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
        return self._choices[-1][0]

    def _choose(self, key: str) -> None:
        if key != self._current:
            self.current = key
            self.chosen.emit(key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._choices:
            self._choose(self._at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._choices and (key := self._at(event.position())) != self._hovered:
            self._hovered = key
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = ""
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and self._hovered in self._tips:
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), self._tips[self._hovered], self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._choices:
            super().keyPressEvent(event)
            return
        keys = [key for key, _ in self._choices]
        self._choose(keys[(keys.index(self._current) + step) % len(keys)])

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
