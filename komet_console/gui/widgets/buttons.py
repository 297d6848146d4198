"""Buttons that only show an icon."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from komet_console.gui import theme

__all__ = ["IconButton"]


class IconButton(QToolButton):
    """A square; `tip` is its tooltip and its accessible name."""

    SIDE = 28
    """Its width in pixels, which `sizeHint` does not tell: the stylesheet sets it."""

    def __init__(self, icon: str, tip: str, name: str, parent: QWidget | None = None, *, token: str = "muted") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.set_role(self, "icon")
        theme.icons.set_icon(self, icon, token)
