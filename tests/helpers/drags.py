"""Things that are dragged, as Qt tells a widget of them."""

from __future__ import annotations

import warnings

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent

__all__ = ["dropped", "entering"]

_COPY, _BUTTON, _KEYS = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def entering(carried: QMimeData, x: int = 5, y: int = 5) -> QDragEnterEvent:
    """It is dragged over a widget."""
    with warnings.catch_warnings():
        # Newer versions of Qt want a QPointF, which older ones do not take.
        warnings.simplefilter("ignore", DeprecationWarning)
        return QDragEnterEvent(QPoint(x, y), _COPY, carried, _BUTTON, _KEYS)


def dropped(carried: QMimeData, x: int = 5, y: int = 5) -> QDropEvent:
    """It is let go there."""
    return QDropEvent(QPointF(x, y), _COPY, carried, _BUTTON, _KEYS)
