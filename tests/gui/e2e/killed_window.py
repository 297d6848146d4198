"""The real program, driven from inside as a person would: saves, arranges, imports, types and sends until somebody kills it.

What it says about its collections is what the window had said or shown at that moment; see `helpers.arranging`.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

from helpers.arranging import Arranging, Hands, feel_the_disk, tell
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QDialog

from komet_console.exchange import Pair
from komet_console.gui import program
from komet_console.gui.collections.cabinet import Cabinet
from komet_console.gui.collections.panel import CollectionsPanel
from komet_console.gui.collections.places import SaveDialog
from komet_console.gui.importing.dialog import ImportDialog
from komet_console.gui.window.desk import Tab
from komet_console.gui.window.main import MainWindow
from komet_console.gui.window.saved_part import COLLECTIONS_ROOM
from komet_console.workspace.collections.library import FOLDER, Library
from komet_console.workspace.collections.model import Collection, RequestItem

Undo = Callable[[], Awaitable[str]]
MOST_TABS = 5


async def until(condition: Callable[[], object]) -> None:
    """Wait for something to be shown."""
    while not condition():  # noqa: ASYNC110 - whatever is waited for
        await asyncio.sleep(0.002)


class WindowHands:
    """Does with keys, menus and dialogs what is to be done, and waits for what the window says about it."""

    whole = False

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        window.rooms.show_room(COLLECTIONS_ROOM)
        self.panel = cast("CollectionsPanel", window.rooms.made(COLLECTIONS_ROOM))
        self.said: list[tuple[str, Callable[[], None]]] = []
        self.moves: dict[str, str] = {}
        self.changed = 0
        for speaker in (self.panel, window.saved_part.saver, window.saved_part.interchange):
            speaker.said.connect(lambda text, _button, action: self.said.append((text, action)))
        for failing in (self.panel, window.saved_part.interchange, window.saved_part.shelf):
            failing.failed.connect(self._fail)
        window.saved_part.shelf.moved.connect(lambda old, new: self.moves.update({old: new}))
        window.saved_part.shelf.changed.connect(self._count)

    def _count(self, _collection: str) -> None:
        self.changed += 1

    def _fail(self, error: object) -> None:
        tell("failed", error=str(error))

    async def _heard(self, words: str) -> Callable[[], None]:
        """Wait until that is said; returns what its button does."""
        await until(lambda: any(words in text for text, _ in self.said))
        return next(action for text, action in reversed(self.said) if words in text)

    def _dialog(self, kind: type[QDialog]) -> QDialog | None:
        return next((one for one in self.window.findChildren(kind) if one.isVisible()), None)

    async def _select(self, address: str) -> None:
        """Select a row, as soon as the tree shows it."""
        await until(lambda: self.panel.model.find(address) is not None)
        node = self.panel.model.find(address)
        assert node is not None
        self.panel.tree.show_node(node)
        self.panel.tree.selectionModel().setCurrentIndex(
            self.panel.model.index_of(node), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )

    def _addresses(self) -> set[str]:
        return {node.address for node in self.panel.model.nodes}

    def _write(self, tab: Tab, item: RequestItem) -> None:
        assert tab.request is not None
        tab.request.model.set_draft(item.draft, self)
        tab.request.checks.set(item.checks, item.captures)

    async def _press_save(self) -> None:
        self.said.clear()
        self.window.actions_table.run("save")

    def _tidy_tabs(self) -> None:
        done = [tab for tab in self.window.desk.tabs if tab.saved_as and not tab.unsaved]
        if len(self.window.desk.tabs) > MOST_TABS:
            self.window.close_tabs(done)

    # --- what `Arranging` asks for

    async def settle(self, addresses: set[str]) -> None:
        """Wait until the tree shows these in their collections, and nothing else."""
        collections = {one.partition("/")[0] for one in addresses}
        await until(lambda: {one for one in self._addresses() if one.partition("/")[0] in collections} == addresses)

    async def add(self, above: str, item: RequestItem) -> str:
        self._tidy_tabs()
        tab = self.window.open_draft(item.draft, item.name)
        self._write(tab, item)
        await self._press_save()
        await until(lambda: self._dialog(SaveDialog))
        dialog = self._dialog(SaveDialog)
        assert isinstance(dialog, SaveDialog)
        await until(lambda: dialog.places.model.find(above) is not None)
        node = dialog.places.model.find(above)
        assert node is not None
        dialog.places.tree.setCurrentIndex(dialog.places.model.index_of(node))
        dialog.line.setText(item.name)
        dialog.press()
        await self._heard("Saved as")
        await until(lambda: tab.saved_as)
        return tab.saved_as

    async def save(self, address: str, item: RequestItem) -> None:
        self._tidy_tabs()
        await self._select(address)
        node = self.panel.tree.current
        assert node is not None
        self.panel.tree.chosen.emit(node, False)
        await until(lambda: self.window.desk.current and self.window.desk.current.saved_as == address)
        tab = self.window.desk.current
        assert tab is not None
        self._write(tab, item)
        assert tab.unsaved
        await self._press_save()
        await self._heard("Saved as")
        assert not tab.unsaved

    async def rename(self, address: str, name: str) -> str:
        await self._select(address)
        self.panel.doing.rename_to(address, name)
        await until(lambda: any(node.name == name for node in self.panel.model.nodes))
        return next(node.address for node in self.panel.model.nodes if node.name == name)

    async def duplicate(self, address: str) -> str:
        await self._select(address)
        await until(lambda: self.panel.model.find(address) is not None)
        before = self._addresses()
        self.panel.doing.duplicate()
        await until(lambda: self._addresses() - before)
        return min(self._addresses() - before, key=len)

    async def new_folder(self, above: str, name: str) -> str:
        return await self.window.saved_part.shelf.new_folder(name, above)

    async def move(self, address: str, above: str, before: str | None) -> tuple[str, Undo]:
        await self._select(address)
        self.said.clear()
        changed = self.changed
        self.panel.doing.move([address], above, before)
        await until(lambda: self.changed > changed)
        made = self.moves.pop(address, address)
        if not self.said:
            return made, lambda: asyncio.sleep(0, made)  # it was there already
        undo = await self._heard("was moved")

        async def back() -> str:
            changed = self.changed
            undo()
            await until(lambda: self.changed > changed)
            return self.moves.pop(made, made)

        return made, back

    async def delete(self, address: str) -> tuple[str, Undo]:
        await self._select(address)
        self.said.clear()
        self.panel.doing.delete()
        undo = await self._heard("was deleted")

        async def restore() -> str:
            await until(lambda: self.panel.model.find(address) is None)
            before = self._addresses()
            undo()
            await until(lambda: self._addresses() - before)
            return min(self._addresses() - before, key=len)

        return "", restore

    async def import_file(self, file: Path, collection: Collection) -> str:
        self.said.clear()
        names: list[str] = []
        self.window.saved_part.interchange.imported.connect(lambda done: names.extend(done.names))
        self.window.saved_part.interchange.import_files([file])
        await until(lambda: self._dialog(ImportDialog))
        dialog = self._dialog(ImportDialog)
        assert isinstance(dialog, ImportDialog)
        await until(lambda: dialog.found)
        dialog.name.setText(collection.name)
        dialog.press()
        await self._heard("was imported")
        await until(lambda: self._dialog(ImportDialog) is None)
        return names[-1]


async def type_and_send(window: MainWindow, name: str) -> None:
    """In a tab of its own; a letter every now and then, a call now and then."""
    tab = window.open_method("customer.list")
    assert tab.request is not None
    request, number = tab.request, 0

    def answered() -> None:
        sent = request.model.sent
        if sent is not None:
            values = [pair.value for pair in sent.draft.query if pair.name == "name"]
            tell("answered", number=int(values[0].rpartition(".")[2]))

    request.model.answered.connect(answered)
    while True:
        number += 1
        request.model.set_query([Pair("authenticationToken", "{{token}}"), Pair("name", f"{name}.{number}")], None)
        tell("typed", number=number)
        if number % 4 == 0 and window.console.running is not None:
            request.send()
        await asyncio.sleep(0.05)


async def work(window: MainWindow, name: str, seed: int) -> None:
    """Everything at once, for ever."""
    feel_the_disk(window.workspace.folder.parent / f"{name}.disk")
    hands: Hands = WindowHands(window)
    cabinet = Cabinet(Library(window.workspace.folder / FOLDER, window.console.catalogue))
    arranging = Arranging(cabinet, hands, name, random.Random(seed))
    async with asyncio.TaskGroup() as group:
        group.create_task(type_and_send(window, name))
        await arranging.start()
        tell("ready")
        while True:
            await arranging.step()


def drive(window: MainWindow) -> None:
    """Begin as soon as the window is shown."""
    window.tasks.start(work(window, sys.argv[1], int(sys.argv[2])), name="drive")


if __name__ == "__main__":
    sys.exit(program.run(shown=drive))
