"""What the workspace keeps of a window: geometry, splitters, theme, favourites, where calls went. Tabs: see `tab_keeping`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, QTimer

from komet_console.gui import theme
from komet_console.workspace.workspace import Workspace

if TYPE_CHECKING:
    from komet_console.gui.window.main import MainWindow

__all__ = ["Keeping"]

_SOON = 800
"""Milliseconds of quiet before a change of the layout is kept."""


class Keeping(QObject):
    """Restores a window when it is made, and keeps what changes while it is used."""

    def __init__(self, window: MainWindow, workspace: Workspace) -> None:
        super().__init__(window)
        self._window = window
        self._settings, self._state = workspace.settings, workspace.state
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self.keep_layout)
        self._restore()
        window.methods.tree.expanded.connect(self._soon.start)
        window.methods.tree.collapsed.connect(self._soon.start)
        window.layout_changed.connect(self._soon.start)
        window.places.environment_changed.connect(lambda name: self._settings.set("environment", name))
        theme.manager().changed.connect(self._keep_theme)
        self._settings.listeners.append(self._set)

    def _restore(self) -> None:
        window, state = self._window, self._state
        theme.manager().set_mode(self._settings["theme"])
        window.console.connection = self._settings.connection
        window.requests.set_answer_place(self._settings["answer.place"])
        window.set_favourites(list(state.favourites))
        window.set_recents(list(state.recents(window.MOST_RECENT)))
        window.methods.restore(state.get("methods", {}))
        if self._settings["welcome.dismissed"]:
            window.hide_welcome()
        kept = state.get("window.geometry", "")
        if not (isinstance(kept, str) and kept and window.restoreGeometry(QByteArray.fromBase64(kept.encode()))):
            window.fit_screen()
        sizes = state.get("window.side", None)
        if isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(one, int) for one in sizes):
            window.rooms.splitter.setSizes(sizes)
        answer = state.get("window.answer", {})
        if isinstance(answer, dict):
            window.requests.answer_sizes = {
                place: sizes
                for place, sizes in answer.items()
                if isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(one, int) for one in sizes)
            }
        if state.get("window.side.hidden", False):
            window.rooms.hide_side(True)

    def keep_layout(self) -> None:
        """Keep how things stand now."""
        window, state = self._window, self._state
        state.put("window.geometry", window.saveGeometry().toBase64().toStdString())
        state.put("window.side.hidden", window.rooms.side_hidden)
        if window.rooms.side.isVisible():
            state.put("window.side", window.rooms.splitter.sizes())
        state.put("window.answer", window.requests.answer_sizes)
        state.put("methods", window.methods.state())

    def keep_favourites(self) -> None:
        """Keep the favourites as they are now."""
        self._state.set_favourites(self._window.favourites)

    def use(self, method: str) -> None:
        """A method was called."""
        self._state.use(method)

    def set(self, setting: str, value: object) -> None:
        """Keep a setting."""
        self._settings.set(setting, value)

    def _set(self, name: str, value: Any) -> None:
        """A setting was changed, here or in the dialog."""
        if name == "theme":
            theme.manager().set_mode(value)
        elif name == "answer.place":
            self._window.requests.set_answer_place(value)
        elif name.startswith("connection."):
            self._window.console.connection = self._settings.connection

    def close(self) -> None:
        """Keep nothing any more: the workspace is given up."""
        self._soon.stop()
        theme.manager().changed.disconnect(self._keep_theme)
        self._settings.listeners.remove(self._set)

    def _keep_theme(self) -> None:
        self._settings.set("theme", theme.manager().mode)
