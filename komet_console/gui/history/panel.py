"""The panel at the left with every call that was made. Whatever is asked of the history is asked on another thread."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.aio import Tasks
from komet_console.gui.background import Latest
from komet_console.gui.history.delegate import EntryDelegate
from komet_console.gui.history.doing import Doing
from komet_console.gui.history.filters import Filters
from komet_console.gui.history.model import ROW_ROLE, DayRow, HistoryModel
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.side import SideMessage, side_heading
from komet_console.workspace.history import Day, Entry, Filter, History, Page
from komet_console.workspace.settings import Settings

__all__ = ["HistoryPanel"]

PAGE = 100
_MOST_KEPT = 1_000
"""So many loaded entries are looked up again when a call was added; below them is fetched again while scrolling."""
_SEARCH, _NEW = 120, 150


class HistoryPanel(QWidget):
    """Args:
        environments: Names of the environments that can be filtered by.
        settings: Says how long entries are kept; None hides that.

    Signals:
        open_draft(object, str): A request is to be opened as a new one: draft and title. Nothing is sent.
        save_request(object): A `RequestItem` is to be saved to a collection.
        export_asked(list): Entries (`Kept`) are to be exported.
        settings_asked(): How long entries are kept is to be changed.
        said(str, str, object): A sentence for the window; a button and what it does, or "" and None.
        failed(object): A `UserError`.
    """

    open_draft = Signal(object, str)
    save_request = Signal(object)
    export_asked = Signal(list)
    settings_asked = Signal()
    said = Signal(str, str, object)
    failed = Signal(object)
    _announced = Signal()

    def __init__(
        self,
        history: History,
        catalogue: Catalogue,
        tasks: Tasks,
        *,
        environments: Callable[[], Sequence[str]] = tuple,
        settings: Settings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("historyPanel")
        self.history = history
        self.catalogue = catalogue
        self.tasks = tasks
        self._settings = settings
        self._more: int | None = None
        self._stale = True
        self._wanted = Filter()
        self._keep: tuple[list[int], int, int] | None = None
        self.model = HistoryModel(self)
        self.filters = Filters(list(catalogue.summaries), environments)
        self.list = _List(self.model)
        self.doing = Doing(self)
        self.menu_button = IconButton("more", tr("Delete or export the history"), "historyMore")
        self._lay_out()
        self._finding, self._paging, self._counting = Latest(self), Latest(self), Latest(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._find)
        self._new = QTimer(self)
        self._new.setSingleShot(True)
        self._new.setInterval(_NEW)
        self._new.timeout.connect(self._refresh)
        self._connect()

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.setMinimumWidth(1)  # the panel may be narrower than its longest button
        self._stack.addWidget(self.list)
        self.empty = SideMessage()
        self.empty_clear = QPushButton(tr("Clear the filters"))
        self.empty_clear.setObjectName("historyEmpty.clear")
        theme.set_role(self.empty_clear, "link")
        self.empty.add(self.empty_clear)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(QWidget())
        self._stack.setCurrentIndex(2)
        self.keeps = QPushButton()
        self.keeps.setObjectName("historyKeeps")
        self.keeps.setToolTip(tr("Change how long calls are kept"))
        theme.set_role(self.keeps, "status")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 4)
        column.setSpacing(6)
        column.addLayout(side_heading(tr("History"), self.menu_button))
        column.addWidget(self.filters)
        column.addWidget(self._stack, 1)
        column.addWidget(self.keeps, alignment=Qt.AlignmentFlag.AlignLeft)
        self._show_keeps()

    def _connect(self) -> None:
        self._announced.connect(self._new.start, Qt.ConnectionType.QueuedConnection)
        listener = _quietly(self._announced.emit)
        self.history.listeners.append(listener)
        self.destroyed.connect(partial(_forget, self.history.listeners, listener))
        self.filters.changed.connect(lambda: self._soon.start(_SEARCH))
        self.filters.search.installEventFilter(self)
        self.list.installEventFilter(self)
        self.list.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.list.act.connect(self.doing.act)
        self.list.customContextMenuRequested.connect(self._menu_at)
        self.menu_button.clicked.connect(self._show_all_menu)
        self.keeps.clicked.connect(self.settings_asked)
        self.empty_clear.clicked.connect(self.filters.clear)
        theme.manager().changed.connect(self.list.viewport().update)

    # --- what is shown

    @property
    def wanted(self) -> Filter:
        """What is looked for at present."""
        return self._wanted

    @property
    def busy(self) -> bool:
        """Whether something is looked for."""
        return self._finding.busy or self._paging.busy or self._soon.isActive() or self._new.isActive()

    def focus_search(self) -> None:
        """Put the cursor into the search, its text selected."""
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def open_find(self) -> None:
        """What Ctrl+F means here."""
        self.focus_search()

    def refresh_settings(self) -> None:
        """How long entries are kept was changed."""
        self._show_keeps()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._find()

    def _show_keeps(self) -> None:
        self.keeps.setVisible(self._settings is not None)
        if self._settings is None:
            return
        days = self._settings["history.days"]
        if days is None:
            text = tr("Kept for ever")
        else:
            text = tr("Kept for 1 day") if days == 1 else tr("Kept for {count} days", count=days)
        self.keeps.setText(text)
        self.keeps.setAccessibleName(text)

    def _refresh(self) -> None:
        """Calls were added or removed: look again, and stay where the user is."""
        if not self.isVisible():
            self._stale = True
            return
        first = self.list.indexAt(QPoint(4, 4))
        row = first.data(ROW_ROLE) if first.isValid() else None
        at_top = self.list.verticalScrollBar().value() == 0
        anchor = row.id if isinstance(row, Entry) and not at_top else 0
        current = self.list.currentIndex().data(ROW_ROLE)
        self._keep = (
            [entry.id for entry in self.selected()],
            anchor,
            current.id if isinstance(current, Entry) else 0,
        )
        self._look(max(PAGE, min(len(self.model.entries), _MOST_KEPT)))

    def _find(self) -> None:
        """Look for what the fields say, from the newest on."""
        self._soon.stop()
        self._keep = None
        self._look(PAGE)

    def _look(self, limit: int) -> None:
        self._stale = False
        self._wanted = wanted = self.filters.wanted(_today())
        self._paging.drop()
        history = self.history
        self._finding.start(_caught(lambda: history.search(wanted, limit=limit)), self._found)

    def _found(self, page: Page | UserError) -> None:
        if isinstance(page, UserError):
            self._say_nothing(page.message, page.hint)
            return
        self._more = page.more
        self.model.show(page.entries, _today())
        if self._keep is not None:
            self._restore(*self._keep)
        else:
            self.list.scrollToTop()
        if page.entries:
            self._stack.setCurrentWidget(self.list)
        else:
            self._show_nothing()
        wanted = self._wanted
        history = self.history
        self._counting.start(_caught(lambda: history.days(wanted)), self._counted)
        self._mark_filters()

    def _restore(self, selected: list[int], anchor: int, current: int) -> None:
        selection = self.list.selectionModel()
        flag = QItemSelectionModel.SelectionFlag
        if (index := self.model.find(current)).isValid():
            selection.setCurrentIndex(index, flag.NoUpdate)
        for number in selected:
            selection.select(self.model.find(number), flag.Select)
        if anchor:
            self.list.scrollTo(self.model.find(anchor), QAbstractItemView.ScrollHint.PositionAtTop)
        else:
            self.list.scrollToTop()

    def _counted(self, days: Sequence[Day] | UserError) -> None:
        if not isinstance(days, UserError):
            self.model.set_counts({day.day: day.entries for day in days})

    def _show_nothing(self) -> None:
        if self._wanted == Filter():
            self._say_nothing(
                tr("No call was made yet"),
                tr(
                    "Every call that is sent is kept here: its request, its answer, when and where. Secrets are masked."
                ),
            )
        else:
            self._say_nothing(
                tr("Nothing fits"),
                tr("Words are looked for in methods, addresses, requests and answers; every one must be there."),
            )

    def _say_nothing(self, said: str, hint: str) -> None:
        self.empty.say(said, hint)
        self.empty_clear.setVisible(self._wanted != Filter())
        self._stack.setCurrentWidget(self.empty)

    def _mark_filters(self) -> None:
        count = self.filters.count()
        theme.icons.set_icon(self.filters.more, "filter", "link" if count else "muted")
        tip = tr("More to filter by") if not count else tr("More to filter by; {count} are set", count=count)
        self.filters.more.setToolTip(tip)
        self.filters.more.setAccessibleName(tip)

    def _scrolled(self) -> None:
        bar = self.list.verticalScrollBar()
        if self._more is None or self._paging.busy or self._finding.busy:
            return
        if bar.value() > bar.maximum() - 2 * self.list.height():
            wanted, before = self._wanted, self._more
            history = self.history
            self._paging.start(_caught(lambda: history.search(wanted, before=before, limit=PAGE)), self._paged)

    def _paged(self, page: Page | UserError) -> None:
        if isinstance(page, UserError):
            self._more = None
            self.failed.emit(page)
            return
        self._more = page.more
        self.model.append(page.entries, _today())
        QTimer.singleShot(0, self, self._scrolled)

    # --- what is selected

    def selected(self) -> list[Entry]:
        """The selected calls, the newest first."""
        rows = sorted(index.row() for index in self.list.selectedIndexes())
        return [row for number in rows if isinstance(row := self.model.rows[number], Entry)]

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run something that asks the history; what goes wrong is told by `failed`."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            work.close()  # the program ends
            return
        self.tasks.start(self._told(work), name=name)

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except UserError as error:
            self.failed.emit(error)

    # --- menus and keys

    def _menu_at(self, point: QPoint) -> None:
        row = self.list.indexAt(point).data(ROW_ROLE)
        place = self.list.viewport().mapToGlobal(point)
        if isinstance(row, DayRow):
            self.doing.day_menu(row).popup(place)
        elif isinstance(row, Entry):
            if row not in self.selected():
                self.list.setCurrentIndex(self.list.indexAt(point))
            self.doing.menu(self.selected()).popup(place)

    def _show_all_menu(self) -> None:
        menu = self.doing.all_menu()
        menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height() + 2)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        search = self.filters.search
        if event.key() == Qt.Key.Key_Escape and (search.text() or self.filters.count()):
            self.filters.clear()
            search.setFocus()
            return True
        if watched is search and event.key() == Qt.Key.Key_Down and self.model.entries:
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.model.find(self.model.entries[0].id))
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        is_menu = event.key() == Qt.Key.Key_Menu or (
            event.key() == Qt.Key.Key_F10 and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        )
        if watched is self.list and is_menu and self.selected():
            place = self.list.visualRect(self.list.currentIndex()).center()
            self.doing.menu(self.selected()).popup(self.list.viewport().mapToGlobal(place))
            return True
        return False


class _List(QListView):
    """Signals:
    act(str): Something is to be done with what is selected: look, open, delete.
    """

    act = Signal(str)

    def __init__(self, model: HistoryModel) -> None:
        super().__init__()
        self.setObjectName("historyList")
        self.setAccessibleName(tr("Calls, the newest first"))
        self.setModel(model)
        self.setItemDelegate(EntryDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(23)
        theme.set_role(self, "side")
        self.doubleClicked.connect(self._double_clicked)

    def _double_clicked(self, index: QModelIndex) -> None:
        if isinstance(index.data(ROW_ROLE), Entry):
            self.act.emit("look")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts = {
            Qt.Key.Key_Return: "open",
            Qt.Key.Key_Enter: "open",
            Qt.Key.Key_Space: "look",
            Qt.Key.Key_Delete: "delete",
        }
        act = acts.get(Qt.Key(event.key()))
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if act is not None and not modifiers:
            self.act.emit(act)
        else:
            super().keyPressEvent(event)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the user's day


def _caught(work: Callable[[], Any]) -> Callable[[], Any]:
    """The work; trouble that has words is its result."""

    def run() -> Any:
        try:
            return work()
        except UserError as error:
            return error

    return run


def _quietly(emit: Callable[[], None]) -> Callable[[], None]:
    def listener() -> None:
        with contextlib.suppress(RuntimeError):  # the panel is gone
            emit()

    return listener


def _forget(listeners: list[Callable[[], None]], listener: Callable[[], None], *_: object) -> None:
    with contextlib.suppress(ValueError):
        listeners.remove(listener)
