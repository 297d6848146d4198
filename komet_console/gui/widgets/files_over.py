"""Files that are dragged over a part that takes text: its own drop would write their paths into the text."""

from __future__ import annotations

from PySide6.QtGui import QDragEnterEvent

__all__ = ["carries_files"]


def carries_files(event: QDragEnterEvent) -> bool:
    """Whether files are dragged: a part of a window that ignores them leaves them to the window, which imports them."""
    return any(url.isLocalFile() for url in event.mimeData().urls())
