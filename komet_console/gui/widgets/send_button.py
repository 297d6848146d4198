"""The button that sends, in the colour of the place where the call goes; while a call runs it cancels."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from komet_console.gui import theme
from komet_console.gui.theme.palette import environment_colour

__all__ = ["SendButton"]

_HEIGHT = 33
_PADDING = 16
_NARROWEST = 96


class SendButton(QAbstractButton):
    """Text, and the shortcut small beside it."""

    def __init__(self, text: str, keys: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._quiet = False
        self._colour = environment_colour("sandbox")
        self._font, self._small = theme.fonts.ui(13, 600), theme.fonts.ui(11)
        self.setText(text)
        self._fit()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_environment(self, colour: str) -> None:
        """Name of a colour (`sandbox`, `production`, ...) or `#rrggbb`."""
        self._colour = environment_colour(colour)
        self.update()

    def say(self, text: str, keys: str, *, quiet: bool) -> None:
        """Show other words; `quiet` is outlined instead of filled."""
        self._keys, self._quiet = keys, quiet
        self.setText(text)
        self.setAccessibleName(text)
        self._fit()
        self.update()

    def _fit(self) -> None:
        """Be as wide as the widest words so far: neither it nor what is beside it moves with each call."""
        hint = self.sizeHint()
        if hint.width() > self.minimumWidth() or not self.minimumHeight():
            self.setFixedSize(hint)

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self._font).horizontalAdvance(self.text()) + 2 * _PADDING
        if self._keys:
            width += QFontMetricsF(self._small).horizontalAdvance(self._keys) + 7
        return QSize(max(round(width) + 1, _NARROWEST), _HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, ink = QColor(self._colour.colour), QColor(self._colour.ink)
        shape = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self._quiet:
            ink = theme.color("text")
            painter.setBrush(theme.color("hover" if self.underMouse() else "raised"))
            painter.setPen(QPen(fill, 1.5))
        else:
            if self.isDown():
                fill = fill.darker(115)
            elif self.underMouse():
                fill = fill.darker(107)
            painter.setBrush(fill)
            painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(shape, 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink, 1.5))
            painter.drawRoundedRect(shape.adjusted(2.5, 2.5, -2.5, -2.5), 4, 4)
        bold, small = QFontMetricsF(self._font), QFontMetricsF(self._small)
        name, keys = bold.horizontalAdvance(self.text()), small.horizontalAdvance(self._keys)
        left = (self.width() - name - (keys + 7 if self._keys else 0)) / 2
        painter.setPen(ink)
        painter.setFont(self._font)
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 0, name + 1, self.height()), middle, self.text())
        if self._keys:
            painter.setFont(self._small)
            # On the line that the name stands on.
            lower = (bold.ascent() - bold.descent() - small.ascent() + small.descent()) / 2
            painter.drawText(QRectF(left + name + 7, lower, keys + 1, self.height()), middle, self._keys)
