"""A line to search in, with a cross that empties it in the theme's own colours."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr

__all__ = ["SearchEdit"]


class SearchEdit(QLineEdit):
    """The cross is there while there is text."""

    def __init__(self, name: str, placeholder: str, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(spoken)
        self._empty = QAction(tr("Clear"), self)
        self._empty.setObjectName(f"{name}.clear")
        self._empty.triggered.connect(self.clear)
        theme.icons.set_icon(self._empty, "close", "faint")
        self.addAction(self._empty, QLineEdit.ActionPosition.TrailingPosition)
        # The line makes a button for its action; it needs names like every other one.
        for button in self.findChildren(QToolButton):
            button.setObjectName(f"{name}.clearButton")
            button.setAccessibleName(tr("Clear"))
        self._empty.setVisible(False)
        self.textChanged.connect(self._follow)

    def _follow(self, text: str) -> None:
        self._empty.setVisible(bool(text))
