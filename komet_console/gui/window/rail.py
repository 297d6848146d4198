"""The narrow column at the left edge: the rooms of the window, and below them what belongs to the program."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from komet_console.gui import theme
from komet_console.records import record

__all__ = ["Rail", "Room"]


@record
class Room:
    """One button: `key`, drawing, name, keys as they are shown."""

    key: str
    icon: str
    name: str
    keys: str = ""


class Rail(QFrame):
    """Signals:
    chosen(str): A room was chosen; the one that is shown already, too.
    """

    chosen = Signal(str)

    def __init__(self, rooms: Sequence[Room], below: Sequence[QWidget] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "rail")
        self.setFixedWidth(47)
        self._buttons: dict[str, QToolButton] = {}
        self._icons = {room.key: room.icon for room in rooms}
        group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 8, 6, 8)
        column.setSpacing(6)
        for room in rooms:
            button = QToolButton()
            button.setObjectName(f"room.{room.key}")
            button.setCheckable(True)
            button.setIconSize(QSize(18, 18))
            button.setAccessibleName(room.name)
            button.setToolTip(f"{room.name} ({room.keys})" if room.keys else room.name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            theme.set_role(button, "rail")
            theme.icons.set_icon(button, room.icon, "muted")
            button.clicked.connect(lambda _=False, key=room.key: self.chosen.emit(key))
            group.addButton(button)
            column.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)
            self._buttons[room.key] = button
        column.addStretch()
        for widget in below:
            column.addWidget(widget, alignment=Qt.AlignmentFlag.AlignHCenter)

    def show_room(self, key: str) -> None:
        """Mark the room that is shown."""
        for name, button in self._buttons.items():
            button.setChecked(name == key)
            theme.icons.set_icon(button, self._icons[name], "seltext" if name == key else "muted")
