"""Lines of text that cut nothing off: Qt's own take 32,767 characters and drop the rest without a word."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

__all__ = ["RoomyDelegate", "make_roomy"]

_NO_LIMIT = 2**31 - 1


def make_roomy(line: QLineEdit) -> None:
    """Let a line hold whatever is typed, pasted or put into it."""
    line.setMaxLength(_NO_LIMIT)


class RoomyDelegate(QStyledItemDelegate):
    """Edits the cells of a table in roomy lines; in Qt's own, opening a long cell and pressing Enter would cut it."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        made = super().createEditor(parent, option, index)
        if isinstance(made, QLineEdit):
            make_roomy(made)
        return made
