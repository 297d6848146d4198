"""What can be done with past calls: menus, and the steps behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from komet_console.errors import UserError
from komet_console.gui import aio
from komet_console.gui.history.model import DayRow
from komet_console.gui.history.portable import curl_of, item_of
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.menus import add_row, passing_menu
from komet_console.gui.widgets.sheet import Sheet
from komet_console.workspace.history import Deleted, Entry, Kept

if TYPE_CHECKING:
    from komet_console.gui.history.panel import HistoryPanel

__all__ = ["Doing"]

_MOST_EXPORTED = 2_000


class Doing(QObject):
    """Acts on the entries of a panel."""

    def __init__(self, panel: HistoryPanel) -> None:
        super().__init__(panel)
        self._panel = panel

    # --- menus

    def menu(self, entries: Sequence[Entry]) -> QMenu:
        """The context menu of what is selected."""
        menu = passing_menu(self._panel, "historyMenu")
        if len(entries) == 1:
            entry = entries[0]
            add_row(menu, "look", tr("Look at it"), lambda: self.act("look"), tr("Space"))
            add_row(menu, "open", tr("Open as a new request"), lambda: self.act("open"), tr("Enter"))
            menu.addSeparator()
            add_row(menu, "save", tr("Save to a collection…"), lambda: self.act("save"))
            add_row(menu, "curl", tr("Copy as curl"), lambda: self.act("curl"))
            method = add_row(menu, "method", tr("Only this method"), lambda: self._only(entry.method))
            method.setEnabled(bool(entry.method))
        else:
            compare = add_row(menu, "compare", tr("Compare the two"), lambda: self.act("compare"))
            compare.setEnabled(len(entries) == 2)
        add_row(menu, "export", tr("Export…"), lambda: self.act("export"))
        menu.addSeparator()
        add_row(menu, "delete", tr("Delete"), lambda: self.act("delete"), tr("Del"), "trash")
        day = entries[0].day
        add_row(menu, "day", tr("Delete all of {day}…", day=day), lambda: self.delete_day(day))
        return menu

    def day_menu(self, row: DayRow) -> QMenu:
        """The context menu of a heading."""
        menu = passing_menu(self._panel, "historyDayMenu")
        add_row(menu, "delete", tr("Delete all of {day}…", day=row.day), lambda: self.delete_day(row.day), "", "trash")
        return menu

    def all_menu(self) -> QMenu:
        """What can be done with the whole history."""
        menu = passing_menu(self._panel, "historyAllMenu")
        shown = bool(self._panel.model.entries)
        export = add_row(menu, "export", tr("Export what is shown…"), self.export_shown)
        export.setEnabled(shown)
        menu.addSeparator()
        add_row(menu, "clear", tr("Delete the whole history…"), self.clear, "", "trash")
        return menu

    def _only(self, method: str) -> None:
        self._panel.filters.set_method(method)
        self._panel.filters.more.setChecked(True)

    # --- doing

    def act(self, what: str) -> None:
        """look, open, save, curl, compare, export or delete what is selected."""
        entries = self._panel.selected()
        if not entries:
            return
        numbers = [entry.id for entry in entries]
        steps = {
            "look": self._look,
            "open": self._open,
            "save": self._save,
            "curl": self._curl,
            "compare": self._compare,
            "export": self._export,
            "delete": self._delete,
        }
        self._panel.start(steps[what](numbers), f"history: {what}")

    async def _kept(self, number: int) -> Kept:
        return await asyncio.to_thread(self._panel.history.open, number)

    async def _look(self, numbers: list[int]) -> None:
        from komet_console.gui.history.entry import EntryDialog

        panel = self._panel
        dialog = EntryDialog(await self._kept(numbers[0]), panel.catalogue, panel.tasks, panel.window())
        dialog.open_asked.connect(self._open_kept)
        dialog.save_asked.connect(self._save_kept)
        dialog.curl_asked.connect(self._copy_curl)
        await aio.show(dialog)

    async def _open(self, numbers: list[int]) -> None:
        for number in numbers:
            draft = await asyncio.to_thread(self._panel.history.draft, number)
            if draft.method not in self._panel.catalogue.summaries:
                raise UserError(
                    tr("This version does not know the method “{name}”.", name=draft.method),
                    tr("Look at the call, or copy it as curl."),
                )
            self._panel.open_draft.emit(draft, draft.method)

    def _open_kept(self, kept: Kept) -> None:
        self._panel.start(self._open([kept.entry.id]), "history: open")

    async def _save(self, numbers: list[int]) -> None:
        self._save_kept(await self._kept(numbers[0]))

    def _save_kept(self, kept: Kept) -> None:
        self._panel.save_request.emit(item_of(kept))

    async def _curl(self, numbers: list[int]) -> None:
        self._copy_curl(await self._kept(numbers[0]))

    def _copy_curl(self, kept: Kept) -> None:
        QGuiApplication.clipboard().setText(curl_of(kept))
        self._panel.said.emit(tr("Copied as curl. Secrets are not in it."), "", None)

    async def _compare(self, numbers: list[int]) -> None:
        from komet_console.gui.history.entry import CompareDialog

        if len(numbers) != 2:
            raise UserError(tr("Two calls can be compared."), tr("Select exactly two."))
        newer, older = await self._kept(numbers[0]), await self._kept(numbers[1])
        await aio.show(CompareDialog(older, newer, self._panel.tasks, self._panel.window()))

    async def _export(self, numbers: list[int]) -> None:
        self._panel.export_asked.emit([await self._kept(number) for number in reversed(numbers)])

    def export_shown(self) -> None:
        """Export what the filters let through, up to a number that one file should hold."""
        self._panel.start(self._export_shown(), "history: export")

    async def _export_shown(self) -> None:
        panel = self._panel
        page = await asyncio.to_thread(panel.history.search, panel.wanted, limit=_MOST_EXPORTED)
        if page.more is not None:
            panel.said.emit(tr("Only the newest {count} calls are exported.", count=f"{_MOST_EXPORTED:,}"), "", None)
        await self._export([entry.id for entry in page.entries])

    # --- deleting

    async def _sure(self, title: str, sentence: str, button: str) -> bool:
        dialog = Sheet(
            "historyConfirm", title, sentence, button, self._panel.tasks, self._panel.window(), role="danger"
        )
        dialog.setFixedWidth(440)
        dialog.cancel.setDefault(True)
        dialog.cancel.setFocus()
        return bool(await aio.show(dialog))

    async def _delete(self, numbers: list[int]) -> None:
        self._leave(numbers)
        self._tell(await asyncio.to_thread(self._panel.history.delete, numbers))

    def _leave(self, numbers: Sequence[int]) -> None:
        """Put the cursor on the call below those that go, or above them: the keyboard goes on from there."""
        panel, gone = self._panel, set(numbers)
        entries = panel.model.entries
        last = max((place for place, entry in enumerate(entries) if entry.id in gone), default=-1)
        rest = [entry for entry in (*entries[last + 1 :], *reversed(entries[: last + 1])) if entry.id not in gone]
        if rest:
            panel.list.setCurrentIndex(panel.model.find(rest[0].id))

    def delete_day(self, day: str) -> None:
        """Delete all of a day, after asking."""
        self._panel.start(self._delete_day(day), "history: delete a day")

    async def _delete_day(self, day: str) -> None:
        if await self._sure(
            tr("Delete all calls of {day}?", day=day),
            tr("Those that the filters hide go too. Right after it, they can be brought back."), tr("Delete"),
        ):  # fmt: skip
            self._tell(await asyncio.to_thread(self._panel.history.delete_day, day))

    def clear(self) -> None:
        """Delete everything, after asking."""
        self._panel.start(self._clear(), "history: delete everything")

    async def _clear(self) -> None:
        if await self._sure(
            tr("Delete the whole history?"),
            tr("Every call that was made goes. Right after it, they can be brought back. Saved requests stay."),
            tr("Delete everything"),
        ):  # fmt: skip
            self._tell(await asyncio.to_thread(self._panel.history.clear))

    def _tell(self, deleted: Deleted) -> None:
        count = deleted.entries
        said = tr("1 call was deleted.") if count == 1 else tr("{count} calls were deleted.", count=f"{count:,}")
        if count:
            self._panel.said.emit(said, tr("Undo"), lambda: self._bring_back(deleted))
        else:
            self._panel.said.emit(said, "", None)

    def _bring_back(self, deleted: Deleted) -> None:
        self._panel.start(self._restore(deleted), "history: undo deleting")

    async def _restore(self, deleted: Deleted) -> None:
        missing = deleted.entries - await asyncio.to_thread(self._panel.history.restore, deleted)
        if missing:
            raise UserError(
                tr("1 call could not be brought back.")
                if missing == 1
                else tr("{count} calls could not be brought back.", count=f"{missing:,}"),
                tr("What was deleted is kept for a minute only."),
            )
