"""Which scheme is shown, and telling everybody when that changes."""

from __future__ import annotations

from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from komet_console.gui.theme import fonts, icons, palette
from komet_console.gui.theme.stylesheet import stylesheet

__all__ = ["Mode", "ThemeManager", "color", "install", "manager", "set_role"]

Mode = Literal["system", "light", "dark"]


class ThemeManager(QObject):
    """The application's theme. One for each process: `manager()`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.scheme: palette.Scheme = "light"
        self.mode: Mode = "system"
        self._colours: dict[str, QColor] = {}
        self._app: QApplication | None = None
        self._read()

    def install(self, app: QApplication, mode: Mode = "system") -> None:
        """Dress the application; to be called once, before windows are made."""
        self._app = app
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(fonts.ui())
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.mode = mode
        self.scheme = self._wanted()
        self._apply()

    def set_mode(self, mode: Mode) -> None:
        """Show light, dark, or what the system asks for."""
        self.mode = mode
        self._follow()

    def color(self, token: str) -> QColor:
        """The colour of a token in the scheme that is shown. Treat it as read-only."""
        return self._colours[token]

    def _system_changed(self) -> None:
        self._follow()

    def _wanted(self) -> palette.Scheme:
        if self.mode != "system":
            return self.mode
        assert self._app is not None
        return "dark" if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted != self.scheme:
            self.scheme = wanted
            self._apply()
            icons.refresh()
            self.changed.emit()

    def _read(self) -> None:
        self._colours = {token: _parsed(text) for token, text in palette.colours(self.scheme).items()}

    def _apply(self) -> None:
        self._read()
        assert self._app is not None
        self._app.setPalette(self._qt_palette())
        # Qt polishes a widget once for each of its ancestors when one sheet replaces another: seconds, with many tabs.
        self._app.setStyleSheet("")
        self._app.setStyleSheet(stylesheet(palette.colours(self.scheme), self.scheme))

    def _qt_palette(self) -> QPalette:
        role = QPalette.ColorRole
        made = QPalette()
        for part, token in {
            role.Window: "bg",
            role.WindowText: "text",
            role.Base: "raised",
            role.AlternateBase: "panel",
            role.Text: "text",
            role.Button: "raised",
            role.ButtonText: "text",
            role.BrightText: "red",
            role.Highlight: "accent",
            role.ToolTipBase: "raised",
            role.ToolTipText: "text",
            role.PlaceholderText: "faint",
            role.Link: "link",
            role.LinkVisited: "link",
            role.Mid: "line2",
            role.Midlight: "line",
            role.Dark: "line2",
            role.Light: "raised",
            role.Shadow: "line2",
        }.items():
            made.setColor(part, self.color(token))
        made.setColor(role.HighlightedText, QColor("#ffffff"))
        for part in (role.Text, role.WindowText, role.ButtonText):
            made.setColor(QPalette.ColorGroup.Disabled, part, self.color("faint"))
        return made


def _parsed(text: str) -> QColor:
    if len(text) == 9:  # Qt reads #aarrggbb
        return QColor(f"#{text[7:]}{text[1:7]}")
    return QColor(text)


@cache
def manager() -> ThemeManager:
    """The process's one theme."""
    return ThemeManager()


def install(app: QApplication, mode: Mode = "system") -> None:
    """Dress the application."""
    manager().install(app, mode)


def color(token: str) -> QColor:
    """The colour of a token in the scheme that is shown."""
    return manager().color(token)


def set_role(widget: QWidget, role: str) -> None:
    """Choose a widget's look from the stylesheet; may be changed while it is shown."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
