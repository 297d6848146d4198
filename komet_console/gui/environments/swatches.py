"""Colours to choose from for an environment, each a round button."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.theme.palette import environment_colour

__all__ = ["Swatch", "presets"]


def presets() -> list[tuple[str, str]]:
    """Colour and name; the first is the theme's own for the environment."""
    return [
        ("", tr("The usual colour")),
        ("#0d74ce", tr("Blue")),
        ("#208368", tr("Green")),
        ("#8e4ec6", tr("Purple")),
        ("#d6409f", tr("Pink")),
        ("#ffb224", tr("Amber")),
        ("#ce2c31", tr("Red")),
        ("#60646c", tr("Grey")),
    ]


class Swatch(QAbstractButton):
    """One colour; the usual one carries a small letter A, for automatic."""

    def __init__(self, colour: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour = colour
        self._shown = environment_colour(colour or "other")
        self.setCheckable(True)
        self.setObjectName(f"swatch.{colour.lstrip('#') or 'usual'}")
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_usual(self, key: str) -> None:
        """The usual colour is another one now."""
        self._shown = environment_colour(key)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(26, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QRectF(self.rect()).adjusted(4.5, 4.5, -4.5, -4.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._shown.colour))
        painter.drawEllipse(inside)
        if not self.colour:
            painter.setPen(QColor(self._shown.ink))
            painter.setFont(theme.fonts.ui(11, 600))
            painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, tr("A"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(theme.color("text"), 1.5))
            painter.drawEllipse(inside.adjusted(-3, -3, 3, 3))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
