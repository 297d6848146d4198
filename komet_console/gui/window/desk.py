"""The open requests and guides: tabs, which one is shown, the preview tab, what was closed, most recently used first."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.window.tab_strip import TabStrip
from komet_console.records import record

if TYPE_CHECKING:
    # A window that starts without tabs needs neither.
    from komet_console.exchange import Draft
    from komet_console.gui.docs.guides import GuidePage
    from komet_console.gui.request.view import RequestView
    from komet_console.session.choosing import TokenChoice
    from komet_console.workspace.collections.model import Capture, Check

    Checks = tuple[tuple[Check, ...], tuple[Capture, ...]]

__all__ = ["ClosedTab", "Desk", "Tab"]

_REMEMBERED = 30


@dataclass(slots=True, eq=False)
class Tab:
    """One open request or guide."""

    view: RequestView | GuidePage
    title: str
    """A method's name, the name of a saved request, or a guide's title."""
    key: str = ""
    """The guide's key; empty for requests."""
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    preview: bool = False
    saved_as: str = ""
    """Where the request is saved in a collection; empty where it is not."""

    @property
    def request(self) -> RequestView | None:
        """The request; None for a guide."""
        return None if self.key else cast("RequestView", self.view)

    @property
    def verb(self) -> str:
        model = self.request.model if self.request else None
        return (model.draft.verb or model.method.verb) if model else ""

    @property
    def unsaved(self) -> bool:
        request = self.request
        return request is not None and (request.model.unsaved or request.checks.unsaved)


@record
class ClosedTab:
    """What is needed to open a closed tab again."""

    id: str
    draft: Draft
    saved: Draft
    view: str
    title: str
    saved_as: str
    place: int
    """Where it stood in the strip."""
    own: TokenChoice | None
    """The tab's own choice of a token."""
    checks: tuple[Checks, Checks]
    """Its checks and captures, as they were saved and as they were."""


class Desk(QWidget):
    """Tabs above, the current one below.

    Args:
        make: A view for a draft, born in the place given: moved there later, it costs twice.
        make_guide: A page for a guide's key, and its title.
        empty: Shown while nothing is open.

    Signals:
        current_changed(object): Another tab (or None) is shown.
        tabs_changed(): Opened, closed, moved, kept.
        new_asked(): The plus was pressed.
        close_asked(object): The user wants to close tabs (a list); whoever listens decides and calls `close_tabs`.
        reopen_asked(): The user wants the last closed tab back.
        reopened(object): A closed tab is open again, as it was; what it inherits has to be read anew.
    """

    current_changed = Signal(object)
    tabs_changed = Signal()
    new_asked = Signal()
    close_asked = Signal(list)
    reopen_asked = Signal()
    reopened = Signal(object)

    def __init__(
        self,
        make: Callable[[Draft, QWidget], RequestView],
        make_guide: Callable[[str], tuple[GuidePage, str]],
        empty: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._make = make
        self._make_guide = make_guide
        self._empty = empty
        self.tabs: list[Tab] = []
        """In the order of the strip."""
        self.recent: list[Tab] = []
        """Most recently used first."""
        self._stepping: list[Tab] | None = None
        """The order of `recent` while the user steps through it."""
        self.closed: list[ClosedTab] = []
        bar = QFrame(self)
        self.strip = TabStrip(bar)
        theme.set_role(bar, "tabs")
        line = QHBoxLayout(bar)
        line.setContentsMargins(4, 0, 8, 0)
        line.setSpacing(2)
        line.addWidget(self.strip)
        self.plus = IconButton("plus", tr("Open another method (Ctrl+T)"), "newTab", bar)
        line.addWidget(self.plus, alignment=Qt.AlignmentFlag.AlignVCenter)
        line.addStretch()
        bar.setFixedHeight(37)
        self._bar = bar
        self._stack = QStackedWidget(self)
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
        self.strip.keep_asked.connect(self._keep_number)
        self.strip.others_close_asked.connect(
            lambda number: self.close_asked.emit([tab for tab in self.tabs if tab is not self.tabs[number]])
        )
        self.strip.all_close_asked.connect(lambda: self.close_asked.emit(list(self.tabs)))
        self.strip.reopen_asked.connect(self.reopen_asked)
        self.strip.duplicate_asked.connect(self._duplicate)

    @property
    def current(self) -> Tab | None:
        number = self.strip.currentIndex()
        return self.tabs[number] if 0 <= number < len(self.tabs) else None

    @property
    def request(self) -> RequestView | None:
        """The request that is shown; None where a guide is, or nothing."""
        return self.current.request if self.current else None

    @property
    def place(self) -> QWidget:
        """Where views are born and stay."""
        return self._stack

    # --- opening

    def open(
        self,
        draft: Draft,
        *,
        preview: bool = False,
        identity: str = "",
        title: str = "",
        saved_as: str = "",
        show: bool = True,
    ) -> Tab:
        """A new tab for a draft; as a preview it takes the place of the preview tab that is there."""
        view = self._make(draft, self._stack)
        tab = Tab(view, title or view.model.method.name, preview=preview, saved_as=saved_as)
        tab.id = identity or tab.id
        view.model.saved_changed.connect(lambda: self._mark(tab))
        view.model.draft_changed.connect(lambda: self._drafted(tab))
        view.checks.saved_changed.connect(lambda: self._mark(tab))
        view.checks.edited.connect(lambda: self._drafted(tab))
        self._place(tab, view.model.method.summary.title, show)
        return tab

    def open_guide(self, key: str, *, preview: bool = False, show: bool = True) -> Tab:
        """A guide in a tab of its own; the one that shows it already, if there is one."""
        known = next((tab for tab in self.tabs if tab.key == key), None)
        if known is not None:
            self.show_tab(known)
            return known
        page, title = self._make_guide(key)
        tab = Tab(page, title, key, preview=preview)
        self._place(tab, title, show)
        return tab

    def _place(self, tab: Tab, tip: str, show: bool) -> None:
        if tab.preview and (old := next((one for one in self.tabs if one.preview), None)) is not None:
            self._discard(old)
        blocked = self.strip.blockSignals(True)
        self.tabs.append(tab)
        number = self.strip.add(tab.verb, tab.title, tip, italic=tab.preview)
        self.strip.blockSignals(blocked)
        self._stack.addWidget(tab.view)
        tab.view.setUpdatesEnabled(False)
        self.recent.append(tab)
        self._mark(tab)
        self._bar.show()
        if show or len(self.tabs) == 1:
            blocked = self.strip.blockSignals(True)
            self.strip.setCurrentIndex(number)
            self.strip.blockSignals(blocked)
            self._show()
        self.tabs_changed.emit()

    def _duplicate(self, number: int) -> None:
        request = self.tabs[number].request
        if request is not None:
            self.open(request.model.draft)

    def show_tab(self, tab: Tab) -> None:
        """Show a tab."""
        self.strip.setCurrentIndex(self.tabs.index(tab))

    def rename(self, tab: Tab, title: str) -> None:
        """The tab is called something else now."""
        tab.title = title
        self.strip.setTabText(self.tabs.index(tab), title)
        self._mark(tab)
        self.tabs_changed.emit()

    def address_anew(self, new: Callable[[str], str]) -> None:
        """Saved requests lie elsewhere now, or nowhere (empty): those of open tabs and of closed ones."""
        for tab in self.tabs:
            if (address := new(tab.saved_as)) != tab.saved_as:
                tab.saved_as = address
                self.tabs_changed.emit()
        self.closed = [replace(tab, saved_as=new(tab.saved_as)) for tab in self.closed]

    def keep(self, tab: Tab) -> None:
        """The preview becomes a tab like any other."""
        if tab.preview:
            tab.preview = False
            self.strip.set_italic(self.tabs.index(tab), italic=False)
            self.tabs_changed.emit()

    def _keep_number(self, number: int) -> None:
        if 0 <= number < len(self.tabs):
            self.keep(self.tabs[number])

    # --- closing

    def close_tabs(self, tabs: Sequence[Tab]) -> None:
        """Close tabs for good; each request can be opened again."""
        for tab in tabs:
            if tab in self.tabs:
                if tab.request is not None:
                    self.closed.append(_closed(tab, tab.request, self.tabs.index(tab)))
                self._discard(tab)
        del self.closed[:-_REMEMBERED]
        self.tabs_changed.emit()

    def reopen(self) -> Tab | None:
        """Open the tab again that was closed last, where it stood; None where there is none."""
        if not self.closed:
            return None
        closed = self.closed.pop()
        tab = self.open(closed.draft, title=closed.title, saved_as=closed.saved_as)
        assert tab.request is not None
        tab.request.model.mark_saved(closed.saved)
        saved, now = closed.checks
        tab.request.checks.set_saved(*saved)
        tab.request.checks.set(*now)
        tab.request.presenter.restored = True
        tab.request.presenter.set_own(closed.own)
        tab.request.show_view(closed.view)
        self.strip.moveTab(self.tabs.index(tab), min(closed.place, len(self.tabs) - 1))
        self.reopened.emit(tab)
        return tab

    def _discard(self, tab: Tab) -> None:
        if tab.request is not None:
            tab.request.presenter.close()
        number = self.tabs.index(tab)
        was_current = tab is self.current
        self.recent.remove(tab)
        blocked = self.strip.blockSignals(True)
        del self.tabs[number]
        self.strip.removeTab(number)
        if was_current and self.recent:
            self.strip.setCurrentIndex(self.tabs.index(self.recent[0]))
        self.strip.blockSignals(blocked)
        self._stack.removeWidget(tab.view)
        tab.view.deleteLater()
        if was_current:
            self._show()

    # --- most recently used

    def step_recent(self, step: int) -> None:
        """Show the tab used before this one; again goes further back, until `settle`."""
        if len(self.recent) < 2:
            return
        order = self._stepping or list(self.recent)
        self._stepping = order
        current = self.current
        place = order.index(current) if current in order else 0
        self.show_tab(order[(place + step) % len(order)])

    def settle(self) -> None:
        """The user has let go: the tab that is shown is the most recent one now."""
        if self._stepping is not None:
            self._stepping = None
            self._touch()

    def _touch(self) -> None:
        tab = self.current
        if tab is not None and self._stepping is None:
            self.recent.remove(tab)
            self.recent.insert(0, tab)

    # --- following

    def showEvent(self, event: QShowEvent) -> None:
        """Tabs that were made before the window had a size need their room now."""
        super().showEvent(event)
        self.strip.updateGeometry()

    def _show(self) -> None:
        tab = self.current
        if tab is None:
            self._bar.hide()
            self._bring(self._empty)
        else:
            self._touch()
            self._bring(tab.view)
        self.current_changed.emit(tab)

    def _bring(self, page: QWidget) -> None:
        """Show a page. Qt stops and resumes the updates of all pages meanwhile; those that sleep already cost nothing."""
        shown = self._stack.currentWidget()
        page.setUpdatesEnabled(True)
        self._stack.setCurrentWidget(page)
        if shown is not None and shown is not page:
            shown.setUpdatesEnabled(False)

    def set_empty(self, empty: QWidget) -> None:
        """Show something else while nothing is open."""
        self._stack.addWidget(empty)
        if self._stack.currentWidget() is self._empty:
            self._stack.setCurrentWidget(empty)
        self._stack.removeWidget(self._empty)
        self._empty.deleteLater()
        self._empty = empty

    def _moved(self, here: int, there: int) -> None:
        self.tabs.insert(there, self.tabs.pop(here))
        self.tabs_changed.emit()

    def _mark(self, tab: Tab) -> None:
        if tab in self.tabs:
            self.strip.set_unsaved(self.tabs.index(tab), tab.unsaved)

    def _drafted(self, tab: Tab) -> None:
        if tab not in self.tabs:
            return
        self.keep(tab)
        number = self.tabs.index(tab)
        if self.strip.tabData(number) != tab.verb:
            self.strip.show_verb(number, tab.verb)


def _closed(tab: Tab, request: RequestView, place: int) -> ClosedTab:
    model, checks = request.model, request.checks
    both = checks.saved, (checks.checks, checks.captures)
    return ClosedTab(
        tab.id, model.draft, model.saved, request.view, tab.title, tab.saved_as, place, request.presenter.own, both
    )
