"""The rooms of the window: panels beside the open requests, and pages that take the whole place. Made when first shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from komet_console.gui import theme
from komet_console.gui.window.rail import Rail, Room
from komet_console.records import record

__all__ = ["RoomPart", "Rooms"]

_SIDE = 272


@record
class RoomPart:
    """One room. `make` gives its widget; a `page` takes the place of panel and requests."""

    room: Room
    make: Callable[[], QWidget]
    page: bool = False


@runtime_checkable
class _Searched(Protocol):
    """A panel that is entered at its search; else the focus goes to whatever button comes first."""

    def focus_search(self) -> None: ...


class Rooms(QWidget):
    """Rail, panel, and the desk with the open requests.

    Signals:
        changed(): Another room is shown, or the panel was hidden, shown or resized.
    """

    changed = Signal()

    def __init__(
        self, parts: Sequence[RoomPart], desk: QWidget, below: Sequence[QWidget], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._parts = {part.room.key: part for part in parts}
        self._made: dict[str, QWidget] = {}
        self.current = parts[0].room.key
        # Each is born where it stays: moved there later, it takes Qt as long as making it.
        self.rail = Rail([part.room for part in parts], below, self)
        self._pages = QStackedWidget(self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self._pages)
        self.splitter.setObjectName("sideSplitter")
        self.side = QFrame(self.splitter)
        """The panel beside the requests."""
        theme.set_role(self.side, "side")
        self.side.setMinimumWidth(190)
        self._side = QStackedWidget(self.side)
        inside = QVBoxLayout(self.side)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._side)
        self.splitter.addWidget(self.side)
        self.splitter.addWidget(desk)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setCollapsible(0, False)
        self.splitter.setCollapsible(1, False)
        self.splitter.setSizes([_SIDE, 1100])
        self._pages.addWidget(self.splitter)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.rail)
        line.addWidget(self._pages, 1)
        self.rail.chosen.connect(self.press)
        self.splitter.splitterMoved.connect(self.changed)
        self.show_room(self.current)

    def widget(self, key: str) -> QWidget:
        """A room's widget, made now where it was not yet."""
        if key not in self._made:
            part = self._parts[key]
            made = self._made[key] = part.make()
            (self._pages if part.page else self._side).addWidget(made)
        return self._made[key]

    def made(self, key: str) -> QWidget | None:
        """A room's widget if it was shown before."""
        return self._made.get(key)

    def show_room(self, key: str) -> None:
        """Show a room. Its panel stays hidden where the user has hidden the panel."""
        widget = self.widget(key)
        if self._parts[key].page:
            self._pages.setCurrentWidget(widget)
        else:
            self._pages.setCurrentWidget(self.splitter)
            self._side.setCurrentWidget(widget)
        self.current = key
        self.rail.show_room(key)
        self.changed.emit()

    def see(self, key: str) -> None:
        """Show a room, and the panel where it is one of them."""
        if not self._parts[key].page:
            self.side.show()
        self.show_room(key)

    def press(self, key: str) -> None:
        """A room's button: shows it; of the panel that is shown already, hides it."""
        part = self._parts[key]
        if part.page:
            self.show_room(key)
        elif key == self.current and self.side.isVisible():
            self.hide_side(True)
        else:
            self.see(key)
            panel = self.widget(key)
            if isinstance(panel, _Searched):
                panel.focus_search()

    def show_desk(self) -> None:
        """See the open requests, whatever room is shown."""
        if self._parts[self.current].page:
            self.show_room(next(key for key, part in self._parts.items() if not part.page))

    @property
    def side_hidden(self) -> bool:
        """Whether the user has hidden the panel."""
        return self.side.isHidden()

    def hide_side(self, hidden: bool) -> None:
        """Hide the panel, or show it."""
        self.side.setHidden(hidden)
        self.changed.emit()
