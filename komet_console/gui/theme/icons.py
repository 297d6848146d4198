"""Icons: 24 px outline drawings in `resources/icons`, coloured from the theme when they are used."""

from __future__ import annotations

import math
import weakref
from functools import cache

import shiboken6
from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton

from komet_console.resources import resource_path

__all__ = ["icon", "pixmap", "refresh", "set_icon"]

_SIZE = 16
"""Logical pixels of an icon in a menu, a tab, a line of text."""
_bound: weakref.WeakKeyDictionary[QAbstractButton | QAction, tuple[str, str]] = weakref.WeakKeyDictionary()


@cache
def _source(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, token: str = "muted", size: int = 18, ratio: float = 1.0) -> QPixmap:
    """One drawing in one colour, `size` logical pixels wide and high."""
    from komet_console.gui.theme.manager import color

    return _rendered(name, color(token).name(), size, ratio)


@cache
def _rendered(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # only when the first icon is drawn

    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    drawn = QPixmap(math.ceil(size * ratio), math.ceil(size * ratio))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(drawn.rect()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def icon(name: str, token: str = "muted", disabled: str = "line2", size: int = _SIZE) -> QIcon:
    """The drawing as an icon of one size, in the colours of the theme as it is now."""
    from komet_console.gui.theme.manager import color

    ratios = {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}
    return _made(name, color(token).name(), color(disabled).name(), size, tuple(sorted(ratios)))


@cache
def _made(name: str, colour: str, disabled: str, size: int, ratios: tuple[float, ...]) -> QIcon:
    """An icon; shared, for a form of many rows has the same few icons again and again."""
    made = QIcon()
    for ratio in ratios:
        made.addPixmap(_rendered(name, colour, size, ratio))
        made.addPixmap(_rendered(name, disabled, size, ratio), QIcon.Mode.Disabled)
    return made


def set_icon(target: QAbstractButton | QAction, name: str, token: str = "muted") -> None:
    """Give a button or an action an icon that follows the theme; a button's icon size has to be set before."""
    _bound[target] = (name, token)
    _give(target, name, token)


def _give(target: QAbstractButton | QAction, name: str, token: str) -> None:
    size = target.iconSize().width() if isinstance(target, QAbstractButton) else _SIZE
    target.setIcon(icon(name, token, size=size))


def refresh() -> None:
    """Draw all bound icons again, after the theme has changed."""
    for target, (name, token) in list(_bound.items()):
        # Python may keep a wrapper a while longer than Qt keeps the widget.
        if shiboken6.isValid(target):
            _give(target, name, token)
        else:
            del _bound[target]
