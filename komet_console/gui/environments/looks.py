"""How an environment looks wherever it is named: its colour, the dot in that colour, the words for its level."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from komet_console.gui.i18n import tr
from komet_console.gui.theme.palette import environment_colour
from komet_console.workspace.environments import PRODUCTION, SANDBOX, StoredEnvironment

__all__ = ["colour_key", "dot_icon", "dot_pixmap", "level_name", "level_sentence"]

_SIDE = 16


def colour_key(stored: StoredEnvironment) -> str:
    """What `theme.palette.environment_colour` takes: the user's own `#rrggbb`, else the theme's for what it is."""
    if stored.colour:
        return stored.colour
    if stored.id in (SANDBOX, PRODUCTION):
        return stored.id
    return "careful" if stored.level == "careful" else "other"


def level_name(level: str) -> str:
    """A level in the menu of environments, by what it does."""
    return {"free": tr("asks nothing"), "careful": tr("asks before changes"), "read-only": tr("only reads")}.get(
        level, level
    )


def level_sentence(level: str) -> str:
    """What a level does."""
    return {
        "free": tr("Free: nothing is asked. For test data only."),
        "careful": tr("Careful: you are asked before a call changes something, and type a word before one deletes."),
        "read-only": tr("Read-only: calls that change something are refused."),
    }.get(level, "")


def dot_pixmap(key: str, *, chosen: bool = False, ratio: float = 2.0) -> QPixmap:
    """16 px square: the environment's dot; a larger one with a check mark for the one that is chosen."""
    drawn = QPixmap(round(_SIDE * ratio), round(_SIDE * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    look = environment_colour(key)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.colour))
    radius = 7.0 if chosen else 4.0
    middle = QPointF(_SIDE / 2, _SIDE / 2)
    painter.drawEllipse(QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius))
    if chosen:
        painter.setPen(QPen(QColor(look.ink), 1.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline([QPointF(5, 8.2), QPointF(7.2, 10.4), QPointF(11.2, 5.9)])
    painter.end()
    return drawn


def dot_icon(key: str, *, chosen: bool = False) -> QIcon:
    """The same as an icon for a menu or a chooser."""
    drawn = dot_pixmap(key, chosen=chosen)
    made = QIcon(drawn)
    for mode in (QIcon.Mode.Selected, QIcon.Mode.Disabled):
        made.addPixmap(drawn, mode)  # else Qt tints it
    return made
