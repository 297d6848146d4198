"""The parts of the window by keyboard: F6 from part to part, and Ctrl+F where the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from komet_console.gui.window.main import MainWindow

__all__ = ["find_here", "step"]


def find_here(window: MainWindow) -> None:
    """Find in the part that has the focus; where that has nothing to find in, in the answer, else in the methods."""
    part = QApplication.focusWidget()
    while part is not None and part is not window:
        finder = getattr(part, "open_find", None)
        if callable(finder):
            finder()
            return
        part = part.parentWidget()
    request = window.desk.request
    if request is not None and request.model.sent is not None:
        request.answer.open_find()
    else:
        window.focus_filter()


def _panes(window: MainWindow) -> list[QWidget]:
    panes: list[QWidget] = [window.top.environment]
    room = window.rooms.made(window.rooms.current)
    if room is not None and room.isVisible():
        panes.append(room)
    request = window.desk.request
    if window.desk.current is not None and window.desk.isVisible():
        panes.append(window.desk.strip)
        if request is not None:
            panes += [request.tabs, request.answer]
    return [*panes, window.status.sandbox]


def step(window: MainWindow, by: int) -> None:
    """Put the focus into the next part, or (-1) into the one before."""
    panes = _panes(window)
    focus = QApplication.focusWidget()
    place = -1 if by > 0 else 0
    for number, pane in enumerate(panes):
        if focus is not None and (pane is focus or pane.isAncestorOf(focus)):
            place = number
    _enter(panes[(place + by) % len(panes)])


def _enter(pane: QWidget) -> None:
    """Put the focus on a part, or on the first in it that takes it."""
    if pane.focusPolicy() & Qt.FocusPolicy.TabFocus:
        pane.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return
    for child in pane.findChildren(QWidget):
        if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            child.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
