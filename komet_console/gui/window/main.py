"""The main window: what stands where, and what opens what. What is kept of it is `keeping`'s business."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.gui.sidebar.contents import guide_rows
from komet_console.gui.sidebar.methods import MethodsPanel
from komet_console.gui.welcome.view import Welcome
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.empty import EmptyState
from komet_console.gui.window.actions import Actions
from komet_console.gui.window.desk import Desk, Tab
from komet_console.gui.window.keeping import Keeping
from komet_console.gui.window.notices import Notices
from komet_console.gui.window.places import Places
from komet_console.gui.window.rail import Room
from komet_console.gui.window.request_part import RequestPart
from komet_console.gui.window.rooms import RoomPart, Rooms
from komet_console.gui.window.sandbox import SandboxPart
from komet_console.gui.window.saved_part import COLLECTIONS_ROOM, HISTORY_ROOM, SavedPart
from komet_console.gui.window.secret_keeping import SecretKeeping
from komet_console.gui.window.status_bar import StatusBar
from komet_console.gui.window.tab_keeping import TabKeeping
from komet_console.gui.window.table import keys_of_parts, table_of
from komet_console.gui.window.token_part import TOKENS_ROOM, TokenPart
from komet_console.gui.window.top_bar import Stripe, TopBar
from komet_console.session.console import Console
from komet_console.workspace.workspace import Workspace

if TYPE_CHECKING:
    from komet_console.exchange import Draft
    from komet_console.gui.docs.guides import GuidePage
    from komet_console.gui.palette.view import Palette
    from komet_console.session.choosing import TokenChoice
    from komet_console.workspace.backup import Restored

__all__ = ["MainWindow"]


class MainWindow(QWidget):
    """One window on a workspace.

    Signals:
        closed(): The user has closed it; whoever runs the program ends things.
        layout_changed(): Something was moved, shown or hidden that is worth keeping.
    """

    closed = Signal()
    layout_changed = Signal()
    _trouble = Signal(object)
    """What the workspace's writing thread has to say, on its way to this one."""
    MOST_RECENT = 8

    def __init__(self, console: Console, workspace: Workspace, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Komet Console")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme.set_role(self, "window")
        self.setMinimumSize(1024, 640)
        self.console = console
        self.workspace = workspace
        self.tasks = tasks
        self.favourites: list[str] = []
        self.recents: list[str] = []
        self.palette_popup: Palette | None = None
        self.stripe = Stripe()
        self.top = TopBar()
        self.status = StatusBar()
        self.places = Places(console, self.top, workspace.settings["environment"], self)
        self.token_part = TokenPart(self)
        self.methods = MethodsPanel(console.catalogue)
        self.requests = RequestPart(self)
        self.desk = Desk(self.requests.make, self._make_guide, self._welcome())
        self.sandbox = SandboxPart(console, tasks, self.status, self)
        self.notices = Notices(self)
        self.secrets = SecretKeeping(console, tasks, self)
        self.saved_part = SavedPart(self)
        self._lay_out()
        self.actions_table = Actions(self, table_of(self))
        self.methods.filter.setFocus()
        self._connect()
        self.token_part.show_place()
        self.keeping = Keeping(self, workspace)
        self.tab_keeping = TabKeeping(self, workspace.tabs)
        self._let_go = False
        self.restarts = False
        """Whether the workspace was given up, and the program opens it anew after this window."""
        self._may_close = False
        """Whether the user was asked about what is unsaved."""
        self._trouble.connect(self._show_trouble)
        workspace.on_trouble(self._trouble.emit)

    # --- parts

    def _lay_out(self) -> None:
        self.settings_button = IconButton("settings", tr("Settings (Ctrl+,)"), "settingsButton")
        self.rooms = Rooms(
            [
                RoomPart(Room("methods", "methods", tr("Methods"), "Ctrl+1"), lambda: self.methods),
                RoomPart(
                    Room(COLLECTIONS_ROOM, "folder", tr("Collections"), "Ctrl+2"), self.saved_part.make_collections
                ),
                RoomPart(Room(HISTORY_ROOM, "clock", tr("History"), "Ctrl+3"), self.saved_part.make_history),
                RoomPart(Room(TOKENS_ROOM, "key", tr("Tokens"), "Ctrl+4"), self.token_part.make_room, page=True),
            ],
            self.desk,
            below=[self.top.scheme, self.settings_button, self.top.help],
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stripe)
        column.addWidget(self.top)
        column.addWidget(self.rooms, 1)
        column.addWidget(self.status)
        self._show_scheme()

    def _welcome(self) -> QWidget:
        welcome = Welcome(self.console.catalogue, with_doctor=True)
        welcome.doctor_chosen.connect(self.token_part.check_token)
        welcome.call_chosen.connect(self.open_first_call)
        welcome.dismissed.connect(self.dismiss_welcome)
        return welcome

    def _connect(self) -> None:
        self.methods.open_method.connect(self.open_method)
        self.methods.open_guide.connect(lambda key: self.desk.open_guide(key, preview=True))
        self.methods.favourite_toggled.connect(self.toggle_favourite)
        self.desk.current_changed.connect(self._current_changed)
        self.desk.new_asked.connect(self.open_palette)
        self.desk.close_asked.connect(self.close_tabs)
        self.desk.reopen_asked.connect(self.desk.reopen)
        self.rooms.changed.connect(self.layout_changed)
        self.top.search.clicked.connect(self.open_palette)
        self.top.scheme.clicked.connect(self.toggle_scheme)
        self.settings_button.clicked.connect(self.show_settings)
        self.top.help.clicked.connect(self.show_shortcuts)
        self.status.shortcuts_clicked.connect(self.show_shortcuts)
        self.status.findings_clicked.connect(self.requests.next_finding)
        self.sandbox.changed.connect(self._sandbox_changed)
        self.secrets.said.connect(self.notices.say)
        self.secrets.failed.connect(self.notices.error)
        self.secrets.token_kept.connect(self._token_kept)
        self.sandbox.said.connect(self.status.say)
        self.sandbox.failed.connect(self.notices.error)
        self.sandbox.undo_offered.connect(self._offer_undo)
        theme.manager().changed.connect(self._show_scheme)
        self.actions_table.control_released.connect(self.desk.settle)

    def _make_guide(self, key: str) -> tuple[GuidePage, str]:
        from komet_console.gui.docs.guides import GuidePage  # only when one is opened

        page = GuidePage(self.console.catalogue)
        page.open_method.connect(lambda name: self.open_method(name, False))
        page.show_guide(key)
        title = next((row.title for row in guide_rows(self.console.catalogue) if row.key == key), key)
        return page, title

    # --- opening

    def open_method(self, name: str, preview: bool = False) -> Tab:
        """A method: in the preview tab to look at, else in a tab of its own."""
        from komet_console.gui.request.drafting import empty_draft

        self.rooms.show_desk()
        current = self.desk.current
        if current is not None and current.preview and self._shows(current, name):
            if not preview:
                self.desk.keep(current)
            return current
        method = self.console.catalogue.method(name)
        return self.desk.open(empty_draft(method), preview=preview)

    @staticmethod
    def _shows(tab: Tab, name: str) -> bool:
        return tab.request is not None and tab.request.model.method.name == name

    def open_first_call(self, name: str) -> None:
        """One of the calls that the welcome offers: the sample is filled in, the user sends it."""
        tab = self.open_method(name)
        assert tab.request is not None
        tab.request.fill_sample(required_only=self.console.catalogue.method(name).effect == "read")
        tab.request.head.send.setFocus()

    def open_draft(self, draft: Draft, title: str = "") -> Tab:
        """A request that was written elsewhere; it is not sent."""
        return self.desk.open(draft, title=title)

    def open_pasted(self, text: str) -> None:
        """What was pasted becomes a request; it never sends itself."""
        from komet_console.interchange.pasted import read_pasted  # only when something is pasted

        request = self.desk.request
        try:
            found = read_pasted(text, self.console.catalogue, request.model.method if request else None)
        except UserError as error:
            self.notices.error(error)
            return
        self.desk.open(found.draft)
        for secret in found.secrets:
            self.secrets.keep(secret.name, secret.value, self.places.environment, found.base_url)
        self.notices.say("\n".join(found.notes) if found.notes else tr("Opened what was pasted. It was not sent."))

    # --- closing

    def close_current(self) -> None:
        """Close the tab that is shown."""
        if self.desk.current is not None:
            self.close_tabs([self.desk.current])

    def close_tabs(self, tabs: list[Tab]) -> None:
        """Close tabs; what is unsaved is asked for, and what is closed can be reopened."""
        self.saved_part.close_tabs(tabs)

    def keep_all(self) -> None:
        """Keep how everything stands now."""
        self.keeping.keep_layout()
        self.tab_keeping.keep_places()
        self.saved_part.keep_state()

    def ask_to_close(self) -> None:
        """As if its cross were pressed."""
        self.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.layout_changed.emit()

    async def restore_workspace(self, file: Path) -> Restored:
        """Give the workspace up and put a backup in its place; from then on this window can only be closed.

        Raises:
            UserError: the backup is not sound, or the disk does not allow it; the workspace is as it was.
        """
        from komet_console.workspace.backup import restore  # only when it is asked for

        self.keep_all()
        self.let_go()
        self.restarts = True
        await self.console.aclose()
        await asyncio.to_thread(self.workspace.close)
        return await asyncio.to_thread(restore, file, self.workspace.folder)

    def close_to_restart(self) -> None:
        """Close the window where its workspace was given up: the program opens another one."""
        if self.restarts:
            self.close()

    def let_go(self) -> None:
        """Use the workspace no more: it is about to be closed. Letting go twice is allowed."""
        if not self._let_go:
            self._let_go = True
            self.saved_part.close()
            self.requests.close()
            self.keeping.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.restarts:
            self.closed.emit()
            event.accept()
            return
        if not self._may_close and any(tab.unsaved for tab in self.desk.tabs):
            event.ignore()
            self.tasks.start(self._close(), name="close the window")
            return
        self.keep_all()
        self.let_go()
        self.closed.emit()
        event.accept()

    async def _close(self) -> None:
        if await self.saved_part.may_close(self.desk.tabs, window=True):
            self._may_close = True
            self.close()

    # --- rooms, bars, menus

    def focus_filter(self) -> None:
        """Find a method in the tree."""
        self.rooms.hide_side(False)
        self.rooms.show_room("methods")
        self.methods.focus_filter()

    def set_favourites(self, names: list[str]) -> None:
        """These are the favourites, in this order."""
        self.favourites = names
        self.methods.set_favourites(names)

    def set_recents(self, names: list[str]) -> None:
        """These methods were called last, the last one first."""
        self.recents = names
        self.methods.set_recents(names)

    def toggle_favourite(self, name: str) -> None:
        """Make a method a favourite, or no longer one."""
        if name in self.favourites:
            self.set_favourites([one for one in self.favourites if one != name])
        else:
            self.set_favourites([*self.favourites, name])
        self.keeping.keep_favourites()

    def toggle_current_favourite(self) -> None:
        """The same for the method that is open."""
        if self.desk.request is not None:
            self.toggle_favourite(self.desk.request.model.method.name)

    def remember_use(self, name: str) -> None:
        """A method was called just now."""
        self.set_recents([name, *(one for one in self.recents if one != name)][: self.MOST_RECENT])
        self.keeping.use(name)

    def toggle_scheme(self) -> None:
        """Light or dark."""
        manager = theme.manager()
        manager.set_mode("light" if manager.scheme == "dark" else "dark")

    def set_scheme(self, mode: theme.Mode) -> None:
        """Light, dark, or as the system says."""
        theme.manager().set_mode(mode)

    def _show_scheme(self) -> None:
        dark = theme.manager().scheme == "dark"
        theme.icons.set_icon(self.top.scheme, "sun" if dark else "moon", "muted")

    def dismiss_welcome(self) -> None:
        """Never offer the first calls again."""
        self.hide_welcome()
        self.keeping.set("welcome.dismissed", True)

    def hide_welcome(self) -> None:
        """Show a quiet sentence instead of the first calls."""
        self.desk.set_empty(EmptyState(tr("Nothing is open"), tr("Choose a method at the left, or press Ctrl+K.")))

    def open_palette(self) -> None:
        """Search methods, open requests and actions."""
        from komet_console.gui.window.finding import open_palette  # only when it is asked for

        open_palette(self)

    def show_settings(self) -> None:
        """The settings."""
        from komet_console.gui.settings.dialog import SettingsDialog  # only when it is asked for

        SettingsDialog(self.workspace.settings, self.tasks, self).open()

    def show_shortcuts(self) -> None:
        """The list of shortcuts."""
        from komet_console.gui.palette.shortcuts import ShortcutsSheet  # only when it is asked for

        ShortcutsSheet([*self.actions_table.shortcuts(), *keys_of_parts()], self).open()

    # --- following

    def _sandbox_changed(self) -> None:
        for tab in self.desk.tabs:
            if tab.request is not None and self.places.environment == "sandbox":
                tab.request.presenter.refresh()

    def _token_kept(self, choice: TokenChoice) -> None:
        """A token came with what was pasted: the request is called with it, where it belongs to the same place."""
        request = self.desk.request
        if request is not None and self.console.tokens.get(choice.name).environment == request.presenter.environment:
            request.presenter.set_own(choice)

    def _show_trouble(self, trouble: UserError | None) -> None:
        """The workspace cannot be written, or (None) can be again."""
        if trouble is not None:
            self.notices.error(trouble)
        else:
            self.notices.say(tr("The workspace can be written again; nothing was lost."))

    def _offer_undo(self) -> None:
        self.notices.say(
            tr("The sandbox starts afresh. Undo brings back what was in it."),
            button=tr("Undo"),
            action=self.sandbox.undo,
        )

    def _current_changed(self, tab: Tab | None) -> None:
        if tab is None:
            self.methods.set_current("")
        else:
            self.methods.set_current(tab.key or (tab.request.model.method.name if tab.request else ""))
        self.requests.show_findings()
        self.saved_part.mark(tab)
        self.setWindowTitle(tr("{title} - Komet Console", title=tab.title) if tab else "Komet Console")

    # --- keys that belong to no part

    def keyPressEvent(self, event: QKeyEvent) -> None:
        request = self.desk.request
        if event.key() == Qt.Key.Key_Escape and request is not None and request.model.sending:
            request.presenter.cancel()
            return
        super().keyPressEvent(event)

    def fit_screen(self) -> None:
        """A sensible first size on the screen that there is."""
        screen = QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        self.resize(min(1440, room.width()), min(900, room.height()))
        self.move(room.topLeft() + QPoint(max(0, (room.width() - 1440) // 2), max(0, (room.height() - 900) // 2)))
