"""Menus that are made for one use: they are gone when they close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from komet_console.gui import theme

__all__ = ["add_row", "passing_menu"]


def passing_menu(parent: QWidget, name: str) -> QMenu:
    """A menu that deletes itself when it closes."""
    menu = QMenu(parent)
    menu.setObjectName(name)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def add_row(menu: QMenu, key: str, text: str, does: Callable[..., Any], keys: str = "", icon: str = "") -> QAction:
    """One more row, named after its menu and `key`; `keys` only tells what else does the same."""
    action = menu.addAction(f"{text}\t{keys}" if keys else text)
    action.setObjectName(f"{menu.objectName()}.{key}")
    if icon:
        theme.icons.set_icon(action, icon)
    action.triggered.connect(does)
    return action
