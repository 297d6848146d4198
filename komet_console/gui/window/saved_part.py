"""Saved work in the window: collections, history, checks, other tools' files, backups; and what closing asks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject

from komet_console.errors import UserError
from komet_console.gui.i18n import tr
from komet_console.gui.importing.doing import Interchange
from komet_console.gui.window.secret_keeping import variable_of

if TYPE_CHECKING:
    from komet_console.gui.collections.cabinet import Opened
    from komet_console.gui.collections.panel import CollectionsPanel
    from komet_console.gui.collections.saving import Saver
    from komet_console.gui.collections.shelf import Shelf
    from komet_console.gui.history.panel import HistoryPanel
    from komet_console.gui.importing.dialog import Done
    from komet_console.gui.window.desk import Tab
    from komet_console.gui.window.main import MainWindow
    from komet_console.session.sending import Sent
    from komet_console.workspace.collections.model import RequestItem
    from komet_console.workspace.collections.references import FoundSecret

__all__ = ["COLLECTIONS_ROOM", "HISTORY_ROOM", "SavedPart"]

COLLECTIONS_ROOM = "collections"
HISTORY_ROOM = "history"
_STATE = "collections"


class SavedPart(QObject):
    """Connects the window's tabs with what is saved."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._closed = False
        self._asking = False
        """Whether a dialog asks how to save, or whether to close."""
        self.interchange = Interchange(window, lambda: self.shelf, window.console.catalogue, window.tasks)
        self.interchange.said.connect(self._say)
        self.interchange.failed.connect(self._fail)
        self.interchange.imported.connect(self._imported)
        self.interchange.take_drops()
        window.desk.reopened.connect(self._reopened)

    @cached_property
    def shelf(self) -> Shelf:
        """The collections; loaded when something asks for them first, for many windows never do."""
        from komet_console.gui.collections.shelf import Shelf
        from komet_console.workspace.collections.library import FOLDER, Library

        window = self._window
        shelf = Shelf(Library(window.workspace.folder / FOLDER, window.console.catalogue), window.tasks, self)
        shelf.failed.connect(self._fail)
        shelf.changed.connect(self._changed)
        shelf.moved.connect(self._moved)
        shelf.removed.connect(self._removed)
        shelf.secrets_found.connect(self._keep_secrets)
        if self._closed:
            shelf.close()
        return shelf

    @cached_property
    def saver(self) -> Saver:
        """What saves requests, and asks where and how."""
        from komet_console.gui.collections.asking import saver_for

        saver = saver_for(self.shelf, self._window)
        saver.said.connect(self._say)
        return saver

    def close(self) -> None:
        """Nothing more will be saved."""
        self._closed = True
        if "shelf" in self.__dict__:
            self.shelf.close()

    # --- rooms

    def make_collections(self) -> CollectionsPanel:
        """The panel behind the rail's folder."""
        from komet_console.gui.collections.panel import CollectionsPanel  # only when somebody goes there

        window = self._window
        panel = CollectionsPanel(self.shelf, window.console.catalogue, window.tasks)
        panel.open_request.connect(self.open)
        panel.import_asked.connect(self.interchange.import_files)
        panel.export_asked.connect(self.interchange.export)
        panel.save_here.connect(self._save_here)
        panel.said.connect(self._say)
        panel.failed.connect(self._fail)
        panel.stopped.connect(self._fail)
        panel.restore(window.workspace.state.get(_STATE, {}))
        return panel

    def make_history(self) -> HistoryPanel:
        """The panel behind the rail's clock."""
        from komet_console.gui.history.panel import HistoryPanel  # only when somebody goes there

        window = self._window
        panel = HistoryPanel(
            window.workspace.history,
            window.console.catalogue,
            window.tasks,
            environments=lambda: [one.name for one in window.console.environments.all()],
            settings=window.workspace.settings,
        )
        panel.open_draft.connect(window.open_draft)
        panel.save_request.connect(self._save_item)
        panel.export_asked.connect(self.interchange.export_calls)
        panel.settings_asked.connect(window.show_settings)
        window.workspace.settings.listeners.append(
            lambda name, _value: panel.refresh_settings() if name.startswith("history.") else None
        )
        panel.said.connect(self._say)
        panel.failed.connect(self._fail)
        return panel

    def _collections(self) -> CollectionsPanel | None:
        """The panel of the collections, where it was shown before."""
        return cast("CollectionsPanel | None", self._window.rooms.made(COLLECTIONS_ROOM))

    def keep_state(self) -> None:
        """Keep which folders are open."""
        panel = self._collections()
        if panel is not None:
            self._window.workspace.state.put(_STATE, panel.state())

    def mark(self, tab: Tab | None) -> None:
        """The tab that is shown: its request is marked in the tree."""
        panel = self._collections()
        if panel is not None:
            panel.set_current(tab.saved_as if tab is not None else "")

    # --- opening

    def open(self, opened: Opened, preview: bool = False) -> None:
        """A saved request in a tab; the one that shows it already, if there is one."""
        window = self._window
        window.rooms.show_desk()
        known = next((tab for tab in window.desk.tabs if tab.saved_as == opened.saved_as), None)
        if known is not None:
            window.desk.show_tab(known)
            if not preview:
                window.desk.keep(known)
            return
        item = opened.item
        if item.draft.method not in window.console.catalogue.summaries:
            window.notices.error(
                UserError(
                    tr("“{name}” calls an address that is no method of this API.", name=item.name),
                    tr("It stays in the collection; other tools can send it."),
                )
            )
            return
        tab = window.desk.open(item.draft, preview=preview, title=item.name, saved_as=opened.saved_as)
        assert tab.request is not None
        tab.request.checks.set_saved(item.checks, item.captures)
        self._start(lambda: self._inherit(tab), "what a request inherits")

    def _reopened(self, tab: Tab) -> None:
        self._start(lambda: self.bring_back(tab), "bring a tab back")

    async def bring_back(self, tab: Tab) -> None:
        """What a tab of an earlier session, or one that was closed, has besides its draft: checks, captures, what it inherits."""
        request = tab.request
        if request is None or not tab.saved_as:
            return
        try:
            opened = await self.shelf.open(tab.saved_as)
        except UserError:
            return  # it is gone; saving will say so
        if self._is_closed(tab):
            return
        if not request.checks.unsaved:
            request.checks.set_saved(opened.item.checks, opened.item.captures)
        await self._inherit(tab)

    async def _inherit(self, tab: Tab) -> None:
        from komet_console.gui.request.inheritance import Inherited

        request, saved_as = tab.request, tab.saved_as
        if request is None or not saved_as or self._is_closed(tab):
            return
        try:
            own = await self.shelf.open(saved_as)
            resolved = await self.shelf.inherited(saved_as)
        except UserError:
            return  # a broken file is said where it is shown
        if self._is_closed(tab):
            return
        request.presenter.set_inherited(Inherited.between(own.item, resolved))

    def _is_closed(self, tab: Tab) -> bool:
        """Whether a tab was closed while something was read or written for it."""
        return tab not in self._window.desk.tabs

    def _changed(self, collection: str) -> None:
        """Files have changed: tabs without changes of their own follow, and inherit what is there now."""
        for tab in self._window.desk.tabs:
            if tab.saved_as and (not collection or tab.saved_as.startswith(collection + "/")):
                self._start(lambda tab=tab: self._follow(tab), "follow a changed file")  # type: ignore[misc]

    async def _follow(self, tab: Tab) -> None:
        if tab.request is not None and not self._is_closed(tab):
            await self.saver.follow(tab.request.model, tab.saved_as, tab.request.checks)
            await self._inherit(tab)

    def keep_example(self) -> None:
        """The answer that is shown, as an example of its saved request."""
        tab = self._window.desk.current
        if tab is not None and tab.request is not None and tab.saved_as and tab.request.model.sent is not None:
            sent = tab.request.model.sent
            self._start(lambda: self._keep_example(tab.saved_as, sent), "keep an example")

    async def _keep_example(self, saved_as: str, sent: Sent) -> None:
        from komet_console.gui.collections.examples import example_of_sent

        await self.shelf.add_example(saved_as, example_of_sent(sent))
        self._say(tr("The answer is kept as an example of the request."), "", None)

    # --- saving

    def save(self) -> None:
        """Save the tab that is shown."""
        tab = self._window.desk.current
        if tab is not None and tab.request is not None:
            self._start(lambda: self._save(tab), "save a request")

    def save_as(self) -> None:
        """Save the tab that is shown under another name or in another place."""
        tab = self._window.desk.current
        if tab is not None and tab.request is not None:
            self._start(lambda: self._save(tab, as_new=True), "save a request as")

    async def _save(self, tab: Tab, *, as_new: bool = False) -> bool:
        request = tab.request
        assert request is not None
        asks = as_new or not tab.saved_as
        if asks and self._asking:
            return False
        with self._question() if asks else nullcontext():
            saved = await self.saver.save(request.model, tab.saved_as, tab.title, request.checks, as_new=as_new)
        if saved is None:
            return False
        tab.saved_as = saved.saved_as
        if self._is_closed(tab):
            return True
        self._window.desk.keep(tab)
        self._window.desk.rename(tab, saved.title)
        await self._inherit(tab)
        self.mark(self._window.desk.current)
        return True

    def _save_here(self, where: str) -> None:
        """The open request in a folder of the tree."""
        from komet_console.workspace.collections.model import RequestItem

        tab = self._window.desk.current
        if tab is not None and tab.request is not None:
            request = tab.request
            item = RequestItem(
                tab.title, request.model.draft, checks=request.checks.checks, captures=request.checks.captures
            )
            self._start(lambda: self._save_new(item, where), "save a request")

    def _save_item(self, item: RequestItem) -> None:
        self._start(lambda: self._save_new(item, ""), "save a request")

    async def _save_new(self, item: RequestItem, where: str) -> None:
        await self.saver.save_item(item, where)

    # --- closing

    def close_tabs(self, tabs: Sequence[Tab]) -> None:
        """Close tabs; what is unsaved is asked for, once."""
        if any(tab.unsaved for tab in tabs):
            self._start(lambda: self._close_tabs(list(tabs)), "close tabs")
        else:
            self._window.desk.close_tabs(tabs)

    async def _close_tabs(self, tabs: list[Tab]) -> None:
        if await self.may_close(tabs):
            self._window.desk.close_tabs(tabs)

    async def may_close(self, tabs: Sequence[Tab], *, window: bool = False) -> bool:
        """Whether the tabs may be closed: the user has saved what is unsaved, or does not want to."""
        from komet_console.gui.collections.closing import ask_closing

        unsaved = [tab for tab in tabs if tab.unsaved]
        if self._asking:
            return False
        with self._question():
            answer = await ask_closing([tab.title for tab in unsaved], self._window, window=window)
        if answer != "save":
            return answer == "discard"
        for tab in unsaved:
            self._window.desk.show_tab(tab)
            if not await self._save(tab):
                return False
        return True

    # --- other tools' files, backups

    def import_ask(self) -> None:
        """Show what files of other tools hold, and import it when the user says so."""
        self.interchange.import_files()

    def export_collection(self) -> None:
        """Write the collection of the request that is shown for another tool."""
        from komet_console.gui.collections.cabinet import split_address

        tab = self._window.desk.current
        if tab is not None and tab.saved_as:
            self.interchange.export(split_address(tab.saved_as)[0])

    def back_up(self) -> None:
        """The whole workspace as one file without secrets."""
        self.interchange.back_up(self._window.workspace)

    def restore(self) -> None:
        """The workspace becomes what a backup holds; the window opens anew on it."""
        from komet_console.gui.importing.backup import RestoreDialog  # only when it is asked for

        window = self._window
        dialog = RestoreDialog(window.restore_workspace, window.tasks, window)
        dialog.finished.connect(window.close_to_restart)
        dialog.open()

    def _imported(self, done: Done) -> None:
        from komet_console.gui.window.after_import import AfterImport  # only when something was imported

        def say(text: str) -> None:
            self._say(text, tr("Undo"), lambda: self._start(following.take_back, "undo an import"))

        following = AfterImport(self._window, self.shelf, done, say)
        self._window.rooms.see(COLLECTIONS_ROOM)
        self._start(following.run, "after an import")

    # --- inside

    @contextmanager
    def _question(self) -> Iterator[None]:
        """Keys repeat before a dialog opens: a question that is asked already is not asked again."""
        self._asking = True
        try:
            yield
        finally:
            self._asking = False

    def _start(self, work: Callable[[], Coroutine[Any, Any, Any]], name: str) -> None:
        self._window.tasks.start(self._told(work), name=name)

    async def _told(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        try:
            await work()
        except UserError as error:
            self._window.notices.error(error)

    def _say(self, text: str, button: str, action: object) -> None:
        self._window.notices.say(text, button=button, action=action if callable(action) else None)

    def _fail(self, error: UserError, button: str = "", action: object = None) -> None:
        self._window.notices.error(error, button=button, action=action if callable(action) else None)

    def _moved(self, before: str, after: str) -> None:
        self._window.desk.address_anew(
            lambda address: after + address[len(before) :] if _within(address, before) else address
        )

    def _removed(self, gone: str) -> None:
        self._window.desk.address_anew(lambda address: "" if _within(address, gone) else address)

    def _keep_secrets(self, secrets: list[FoundSecret]) -> None:
        for secret in secrets:
            self._window.secrets.keep(variable_of(secret), secret.value, self._window.places.environment)


def _within(address: str, outer: str) -> bool:
    return address == outer or address.startswith(outer + "/")
