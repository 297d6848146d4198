"""The open requests: tabs, which one is shown, the preview tab, what was closed, most recently used first."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from komet_console.exchange import Draft
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.request.view import RequestView
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.window.tab_strip import TabStrip

__all__ = ["ClosedTab", "Desk", "Tab"]

_REMEMBERED = 30


@dataclass(slots=True, eq=False)
class Tab:
    """One open request."""

    view: RequestView
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    preview: bool = False

    @property
    def title(self) -> str:
        return self.view.model.method.name

    @property
    def verb(self) -> str:
        return self.view.model.draft.verb or self.view.model.method.verb


@dataclass(frozen=True, slots=True)
class ClosedTab:
    """What is needed to open a closed tab again."""

    id: str
    draft: Draft
    view: str


class Desk(QWidget):
    """Tabs above, the current request below.

    Args:
        make: A view for a draft.
        empty: Shown while nothing is open.

    Signals:
        current_changed(object): Another tab (or None) is shown.
        tabs_changed(): Opened, closed, moved, kept.
        new_asked(): The plus was pressed.
        close_asked(object): The user wants to close tabs (a list); whoever listens decides and calls `close`.
        reopen_asked(): The user wants the last closed tab back.
    """

    current_changed = Signal(object)
    tabs_changed = Signal()
    new_asked = Signal()
    close_asked = Signal(list)
    reopen_asked = Signal()

    def __init__(self, make: Callable[[Draft], RequestView], empty: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._empty = empty
        self.tabs: list[Tab] = []
        """In the order of the strip."""
        self.recent: list[Tab] = []
        """Most recently used first."""
        self.closed: list[ClosedTab] = []
        self.strip = TabStrip()
        bar = QFrame()
        theme.set_role(bar, "tabs")
        line = QHBoxLayout(bar)
        line.setContentsMargins(4, 0, 8, 0)
        line.setSpacing(2)
        line.addWidget(self.strip)
        self.plus = IconButton("plus", tr("Open another method (Ctrl+K)"), "newTab")
        line.addWidget(self.plus, alignment=Qt.AlignmentFlag.AlignVCenter)
        line.addStretch()
        bar.setFixedHeight(37)
        self._bar = bar
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._stack, 1)
        bar.hide()
        self.plus.clicked.connect(self.new_asked)
        self.strip.currentChanged.connect(self._show)
        self.strip.tabMoved.connect(self._moved)
        self.strip.close_asked.connect(lambda number: self.close_asked.emit([self.tabs[number]]))
        self.strip.keep_asked.connect(lambda number: number >= 0 and self.keep(self.tabs[number]))
        self.strip.others_close_asked.connect(
            lambda number: self.close_asked.emit([tab for tab in self.tabs if tab is not self.tabs[number]])
        )
        self.strip.all_close_asked.connect(lambda: self.close_asked.emit(list(self.tabs)))
        self.strip.reopen_asked.connect(self.reopen_asked)
        self.strip.duplicate_asked.connect(lambda number: self.open(self.tabs[number].view.model.draft))

    @property
    def current(self) -> Tab | None:
        number = self.strip.currentIndex()
        return self.tabs[number] if 0 <= number < len(self.tabs) else None

    def open(self, draft: Draft, *, preview: bool = False, identity: str = "", show: bool = True) -> Tab:
        """A new tab for a draft; as a preview it takes the place of the preview tab that is there."""
        if preview and (old := next((tab for tab in self.tabs if tab.preview), None)) is not None:
            self._discard(old)
        tab = Tab(self._make(draft), preview=preview)
        tab.id = identity or tab.id
        blocked = self.strip.blockSignals(True)
        self.tabs.append(tab)
        number = self.strip.add(tab.verb, tab.title, tab.view.model.method.summary.title)
        self.strip.blockSignals(blocked)
        self._stack.addWidget(tab.view)
        model = tab.view.model
        model.saved_changed.connect(lambda: self._mark(tab))
        model.draft_changed.connect(lambda: self._drafted(tab))
        self.recent.append(tab)
        self._bar.show()
        if show or len(self.tabs) == 1:
            self.strip.setCurrentIndex(number)
            self._show()
        self.tabs_changed.emit()
        return tab

    def show(self, tab: Tab | None = None) -> None:  # type: ignore[override]
        """Show a tab; without one, the widget itself."""
        if tab is None:
            super().show()
        else:
            self.strip.setCurrentIndex(self.tabs.index(tab))

    def keep(self, tab: Tab) -> None:
        """The preview becomes a tab like any other."""
        if tab.preview:
            tab.preview = False
            self.tabs_changed.emit()

    def close_tabs(self, tabs: list[Tab]) -> None:
        """Close tabs for good; each can be opened again from `closed`."""
        for tab in tabs:
            if tab in self.tabs:
                self.closed.append(ClosedTab(tab.id, tab.view.model.draft, tab.view.view))
                self._discard(tab)
        del self.closed[:-_REMEMBERED]
        self.tabs_changed.emit()

    def reopen(self) -> Tab | None:
        """Open the tab again that was closed last; None where there is none."""
        if not self.closed:
            return None
        closed = self.closed.pop()
        tab = self.open(closed.draft)
        tab.view.show_view(closed.view)
        return tab

    def next_recent(self, step: int = 1) -> None:
        """Show the tab that was used before this one."""
        if len(self.recent) > 1:
            self.show(self.recent[step % len(self.recent)])

    def _discard(self, tab: Tab) -> None:
        tab.view.presenter.cancel()
        number = self.tabs.index(tab)
        before = self.recent[1] if len(self.recent) > 1 and self.recent[0] is tab else None
        self.recent.remove(tab)
        blocked = self.strip.blockSignals(True)
        del self.tabs[number]
        self.strip.removeTab(number)
        if before is not None:
            self.strip.setCurrentIndex(self.tabs.index(before))
        self.strip.blockSignals(blocked)
        self._stack.removeWidget(tab.view)
        tab.view.deleteLater()
        self._show()

    def _show(self) -> None:
        tab = self.current
        if tab is None:
            self._bar.hide()
            self._stack.setCurrentWidget(self._empty)
        else:
            self.recent.remove(tab)
            self.recent.insert(0, tab)
            self._stack.setCurrentWidget(tab.view)
        self.current_changed.emit(tab)

    def _moved(self, here: int, there: int) -> None:
        self.tabs.insert(there, self.tabs.pop(here))
        self.tabs_changed.emit()

    def _mark(self, tab: Tab) -> None:
        self.strip.set_unsaved(self.tabs.index(tab), tab.view.model.unsaved)

    def _drafted(self, tab: Tab) -> None:
        self.keep(tab)
        number = self.tabs.index(tab)
        if self.strip.tabData(number) != tab.verb:
            self.strip.show_verb(number, tab.verb)
