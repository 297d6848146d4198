"""The open tabs in the workspace: brought back when a window starts, journaled with every change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from komet_console.exchange import Draft
from komet_console.gui.i18n import tr
from komet_console.gui.window.desk import Tab
from komet_console.session.console import TokenChoice
from komet_console.workspace.drafts import StoredTab, TabStore

if TYPE_CHECKING:
    from komet_console.gui.window.main import MainWindow

__all__ = ["TabKeeping"]

_GUIDE = "guide:"
"""Stands in front of a guide's key where a request's view would be."""


class TabKeeping(QObject):
    """Follows a window's tabs. A tab that is brought back is shown as it was; nothing is sent."""

    def __init__(self, window: MainWindow, store: TabStore) -> None:
        super().__init__(window)
        self._window = window
        self._desk = window.desk
        self._store = store
        self._kept: dict[str, bool] = {}
        """Tabs that are in the store, and whether they are there as a preview."""
        self._restoring = True
        self._restore()
        self._restoring = False
        self._desk.tabs_changed.connect(self._arrange)
        self._desk.current_changed.connect(self._arrange)

    def _restore(self) -> None:
        catalogue = self._window.console.catalogue
        current: Tab | None = None
        for stored in self._store.load():
            if stored.view.startswith(_GUIDE):
                tab = self._desk.open_guide(stored.view.removeprefix(_GUIDE), preview=stored.preview, show=False)
                tab.id = stored.id
            elif stored.draft.method in catalogue.summaries:
                tab = self._request(stored)
            else:
                # A method of another version: its draft stays in the database for that version.
                continue
            self._follow(tab)
            current = tab if stored.current else current
        if current is not None:
            self._desk.show_tab(current)
        if self._store.unreadable:
            self._window.status.say(
                tr("{count} tabs of a newer version were left as they are.", count=self._store.unreadable)
            )

    def _request(self, stored: StoredTab) -> Tab:
        tab = self._desk.open(
            stored.draft,
            preview=stored.preview,
            identity=stored.id,
            title=str(stored.places.get("title", "")),
            show=False,
            saved_as=stored.saved_as,
        )
        request = tab.request
        assert request is not None
        request.model.mark_saved(stored.saved or stored.draft)
        if stored.saved_as:
            self._window.tasks.start(self._window.saved_part.bring_back(tab), name="bring a tab back")
        if stored.view:
            request.show_view(stored.view)
        request.restore_places(stored.places)
        request.presenter.restored = True
        way, name = stored.token
        request.presenter.set_own(_choice(way, name))
        return tab

    def _follow(self, tab: Tab) -> None:
        self._kept[tab.id] = tab.preview
        request = tab.request
        if request is None:
            return
        request.model.draft_changed.connect(lambda: self._journal(tab))
        request.model.saved_changed.connect(lambda: self._journal(tab))
        request.view_changed.connect(lambda: self._journal(tab))
        request.presenter.place_changed.connect(lambda: self._journal(tab))

    def _arrange(self) -> None:
        """Tabs were opened, closed, moved, kept, or another one is shown."""
        if self._restoring:
            return
        there = {tab.id: tab for tab in self._desk.tabs}
        for identity in [one for one in self._kept if one not in there]:
            del self._kept[identity]
            self._store.forget(identity)
        for identity, tab in there.items():
            if identity not in self._kept:
                self._follow(tab)
                self._journal(tab)
            elif tab.preview is not self._kept[identity]:
                self._kept[identity] = tab.preview
                self._journal(tab)
        current = self._desk.current
        self._store.arrange(list(there), current.id if current else "")

    def keep_places(self) -> None:
        """Keep cursors and scroll positions; they move too often to be kept each time."""
        for tab in self._desk.tabs:
            self._journal(tab)

    def _journal(self, tab: Tab) -> None:
        if self._restoring or tab not in self._desk.tabs:
            return
        position = self._desk.tabs.index(tab)
        current = tab is self._desk.current
        request = tab.request
        if request is None:
            self._store.journal(
                StoredTab(
                    tab.id,
                    Draft(""),
                    view=f"{_GUIDE}{tab.key}",
                    preview=tab.preview,
                    position=position,
                    current=current,
                )
            )
            return
        model, presenter = request.model, request.presenter
        self._store.journal(
            StoredTab(
                tab.id,
                model.draft,
                model.saved if model.unsaved else None,
                tab.saved_as,
                request.view,
                {**request.places(), "title": tab.title},
                presenter.environment,
                (presenter.own.way, presenter.own.name) if presenter.own else ("", ""),
                tab.preview,
                position,
                current,
            )
        )


def _choice(way: str, name: str) -> TokenChoice | None:
    """The tab's own choice; None where it takes the environment's."""
    if way in ("kind", "stored"):
        return TokenChoice("kind" if way == "kind" else "stored", name)
    return None
