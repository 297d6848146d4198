"""What can be done with the rows of the collections: menus, and the steps behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.gui import aio
from komet_console.gui.collections.cabinet import Deleted, Moved, address_of, split_address
from komet_console.gui.collections.model import Node
from komet_console.gui.collections.shelf import PartlyMovedError, Shelf
from komet_console.gui.i18n import tr
from komet_console.gui.request.drafting import empty_draft
from komet_console.gui.widgets.menus import add_row, passing_menu
from komet_console.workspace.collections.model import RequestItem

if TYPE_CHECKING:
    from komet_console.gui.collections.panel import CollectionsPanel

__all__ = ["Doing"]


class Doing(QObject):
    """Acts on what is selected in a panel, and says what it did."""

    def __init__(self, panel: CollectionsPanel, shelf: Shelf, catalogue: Catalogue) -> None:
        super().__init__(panel)
        self._panel = panel
        self._shelf = shelf
        self._catalogue = catalogue

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._shelf.start(work, name)

    @property
    def _nodes(self) -> list[Node]:
        return self._panel.tree.selected()

    def _above(self) -> str:
        """The collection or folder that something new goes into; empty where there is none."""
        node = self._panel.tree.current
        if node is not None:
            holder = node if node.holds else node.above
            return holder.address if holder is not None else ""
        roots = self._panel.model.roots
        return roots[0].address if roots else ""

    # --- menus

    def add_menu(self) -> QMenu:
        """What the plus offers."""
        menu = passing_menu(self._panel, "collectionsAddMenu")
        above = self._above()
        request = add_row(menu, "request", tr("New request…"), lambda: self.new_request(above))
        here = add_row(menu, "save", tr("Save the open request here…"), lambda: self._panel.save_here.emit(above))
        here.setEnabled(bool(above))
        folder = add_row(menu, "folder", tr("New folder"), lambda: self.new_folder(above))
        request.setEnabled(bool(above))
        folder.setEnabled(bool(above))
        add_row(menu, "collection", tr("New collection"), self.new_collection)
        menu.addSeparator()
        add_row(menu, "starter", tr("Add the starter collection"), self.add_starter)
        add_row(menu, "import", tr("Import…"), lambda: self._panel.import_asked.emit([]))
        return menu

    def menu(self, nodes: list[Node]) -> QMenu:
        """The context menu of what is selected; it deletes itself when it closes."""
        if not nodes:
            return self.add_menu()
        menu = passing_menu(self._panel, "collectionsMenu")
        node, alone = nodes[0], len(nodes) == 1
        if alone and node.kind == "http" and not node.problem:
            add_row(menu, "preview", tr("Open"), lambda: self._panel.tree.chosen.emit(node, True), tr("Space"))
            add_row(
                menu, "open", tr("Open in a new tab"), lambda: self._panel.tree.chosen.emit(node, False), tr("Enter")
            )
            menu.addSeparator()
        elif alone and node.holds:
            add_row(menu, "request", tr("New request…"), lambda: self.new_request(node.address))
            add_row(menu, "save", tr("Save the open request here…"), lambda: self._panel.save_here.emit(node.address))
            add_row(menu, "folder", tr("New folder"), lambda: self.new_folder(node.address))
            menu.addSeparator()
        if alone and not node.problem:
            add_row(menu, "rename", tr("Rename"), self.rename, "F2")
        if all(not one.problem for one in nodes):
            add_row(menu, "duplicate", tr("Duplicate"), self.duplicate)
        if all(one.kind != "collection" for one in nodes):
            add_row(menu, "move", tr("Move to…"), self.ask_move)
        if alone and not node.problem and node.kind in ("collection", "folder", "http"):
            menu.addSeparator()
            add_row(menu, "properties", tr("Properties…"), self.properties)
            if node.holds:
                add_row(menu, "defaults", tr("Headers, variables and token…"), lambda: self.properties("headers"))
                add_row(menu, "export", tr("Export…"), lambda: self._panel.export_asked.emit(node.address))
            else:
                add_row(menu, "examples", tr("Kept answers…"), self.examples)
        if alone:
            add_row(menu, "path", tr("Copy the path of the file"), lambda: self._copy_path(node))
        menu.addSeparator()
        add_row(menu, "delete", tr("Delete"), self.delete, tr("Del"), "trash")
        return menu

    def _copy_path(self, node: Node) -> None:
        QGuiApplication.clipboard().setText(str(self._shelf.library.folder / node.address))

    # --- making

    def new_collection(self) -> None:
        """An empty collection, to be named at once."""
        self._start(self._new(self._shelf.new_collection(tr("New collection"))), "new collection")

    def new_folder(self, above: str) -> None:
        """An empty folder, to be named at once."""
        self._start(self._new(self._shelf.new_folder(tr("New folder"), above)), "new folder")

    def new_request(self, above: str) -> None:
        """An empty request for a method that the user names."""
        self._start(self._new_request(above), "new request")

    async def _new_request(self, above: str) -> None:
        from komet_console.gui.collections.places import RequestDialog

        dialog = RequestDialog(self._shelf, self._catalogue, self._panel.window())
        if not await aio.show(dialog):
            return
        collection, parent = split_address(above)
        item = RequestItem(dialog.name, empty_draft(self._catalogue.method(dialog.method)))
        saved = await self._shelf.add_request(collection, parent, item)
        address = f"{collection}/{saved.item.path}"
        self._panel.search.clear()
        self._panel.reveal(address)
        self._panel.open_request.emit(await self._shelf.open(address), False)

    async def _new(self, made: Coroutine[Any, Any, str]) -> None:
        self._panel.search.clear()
        self._panel.reveal(await made, edit=True)

    def add_starter(self) -> None:
        """Samples of all methods, and the two chains."""
        self._start(self._add_starter(), "add the starter collection")

    async def _add_starter(self) -> None:
        from komet_console.workspace.collections.starter import starter

        today = date.today()  # noqa: DTZ011 - the user's day
        panel, catalogue = self._panel, self._catalogue
        panel.starter.setEnabled(False)
        try:
            made = await asyncio.to_thread(starter, catalogue, today)
            written = await self._shelf.add_collection(made)
            chain = (await self._shelf.tree(written.name)).entries[0]
        finally:
            panel.starter.setEnabled(True)
        panel.reveal(address_of(written.name, chain.children[0].path))
        panel.said.emit(
            tr(
                "“{name}” was added. Its first two folders are chains: send their requests from top to bottom.",
                name=made.name,
            ),
            "",
            None,
        )

    # --- changing

    def rename(self) -> None:
        """Let the user type another name in place."""
        node = self._panel.tree.current
        if node is not None:
            self._panel.tree.edit(self._panel.model.index_of(node))

    def rename_to(self, address: str, name: str) -> None:
        """Another name was typed."""
        self._start(self._rename(address, name), "rename")

    async def _rename(self, address: str, name: str) -> None:
        self._panel.reveal(await self._shelf.rename(address, name))

    def duplicate(self) -> None:
        """Copies of what is selected."""
        self._start(self._duplicate([node.address for node in self._nodes]), "duplicate")

    async def _duplicate(self, addresses: list[str]) -> None:
        made = await self._shelf.duplicate(addresses)
        self._panel.reveal(made[-1])

    def step(self, by: int) -> None:
        """Move what has the cursor up or down among its siblings."""
        node = self._panel.tree.current
        if node is None or node.above is None or self._panel.model.filtered:
            return
        siblings = node.above.children
        place = node.row + by
        if not 0 <= place < len(siblings):
            return
        following = siblings[place] if by < 0 else (siblings[place + 1] if place + 1 < len(siblings) else None)
        work = self._step(node.address, node.above.address, following.address if following else None)
        self._start(work, "move up or down")

    async def _step(self, address: str, above: str, before: str | None) -> None:
        # The opposite key undoes it: a notice for every row that is passed would only be in the way.
        self._panel.reveal((await self._shelf.move([address], above, before))[0].address)

    def move(self, addresses: list[str], above: str, before: str | None) -> None:
        """Move things into what `above` names."""
        self._start(self._move(addresses, above, before), "move")

    async def _move(self, addresses: list[str], above: str, before: str | None) -> None:
        names = {node.address: node.name for node in self._panel.model.nodes}
        stopped: PartlyMovedError | None = None
        try:
            moved = await self._shelf.move(addresses, above, before)
        except PartlyMovedError as error:
            moved, stopped = error.done, error
        moved = [one for one in moved if one.changed]
        if moved:
            self._panel.reveal(moved[-1].address)

        def undo() -> None:
            self._start(self._put_back(moved), "undo moving")

        if stopped is not None:
            self._panel.stopped.emit(_half_way(stopped, names), tr("Undo"), undo)
        elif len(moved) > 1:
            self._panel.said.emit(tr("{count} items were moved.", count=len(moved)), tr("Undo"), undo)
        elif moved:
            name = names.get(moved[0].was, moved[0].was.rpartition("/")[2])
            self._panel.said.emit(tr("“{name}” was moved.", name=name), tr("Undo"), undo)

    async def _put_back(self, moved: list[Moved]) -> None:
        self._panel.reveal((await self._shelf.put_back(moved))[-1])

    def ask_move(self) -> None:
        """Ask where what is selected is to go."""
        nodes = self._nodes
        if nodes:
            self._start(self._ask_move(nodes), "ask where to move")

    async def _ask_move(self, nodes: list[Node]) -> None:
        from komet_console.gui.collections.places import MoveDialog

        addresses = [node.address for node in nodes]
        dialog = MoveDialog(self._shelf, self._panel.window(), addresses, [node.name for node in nodes])
        if await aio.show(dialog) and dialog.where:
            await self._move(addresses, dialog.where, None)

    def delete(self) -> None:
        """Put what is selected into the trash, and offer to bring it back."""
        nodes = self._nodes
        if nodes:
            self._start(self._delete(nodes), "delete")

    async def _delete(self, nodes: list[Node]) -> None:
        next_one = self._after(nodes)
        deleted = await self._shelf.delete([node.address for node in nodes])
        if len(nodes) > 1:
            said = tr("{count} items were deleted.", count=len(nodes))
        else:
            said = tr("“{name}” was deleted.", name=nodes[0].name)
        if next_one:
            self._panel.reveal(next_one)
        self._panel.said.emit(said, tr("Undo"), lambda: self._start(self._restore(deleted), "restore"))

    def _after(self, nodes: list[Node]) -> str:
        """The row that gets the cursor when these are gone."""
        last = nodes[-1]
        siblings = last.above.children if last.above else self._panel.model.roots
        gone = {node.address for node in nodes}
        rest = [one for one in siblings[last.row :] if one.address not in gone]
        rest += [one for one in reversed(siblings[: last.row]) if one.address not in gone]
        return rest[0].address if rest else (last.above.address if last.above else "")

    async def _restore(self, deleted: list[Deleted]) -> None:
        made = await self._shelf.restore(deleted)
        self._panel.reveal(made[0])

    # --- dialogs

    def properties(self, page: object = "general") -> None:
        """Name, description, tags, and what is inherited."""
        node = self._panel.tree.current
        if node is not None:
            self._start(self._properties(node.address, page if isinstance(page, str) else "general"), "properties")

    async def _properties(self, address: str, page: str) -> None:
        from komet_console.gui.collections.properties import PropertiesDialog

        found = await self._shelf.properties(address)
        dialog = PropertiesDialog(self._shelf, found, self._panel.window(), page=page)
        if await aio.show(dialog):
            self._panel.reveal(dialog.address)

    def examples(self) -> None:
        """The answers that are kept with a request."""
        node = self._panel.tree.current
        if node is not None:
            self._start(self._examples(node.address), "kept answers")

    async def _examples(self, address: str) -> None:
        from komet_console.gui.collections.examples import ExamplesDialog

        await aio.show(ExamplesDialog(self._shelf, await self._shelf.open(address), self._panel.window()))


def _half_way(stopped: PartlyMovedError, names: dict[str, str]) -> UserError:
    """What was moved, what was not, and why."""
    done, left = len(stopped.done), [names.get(one, one.rpartition("/")[2]) for one in stopped.left]
    if len(left) == 1:
        said = tr(
            "{done} of {count} items were moved; “{name}” is where it was.", done=done, count=done + 1, name=left[0]
        )
    else:
        said = tr(
            "{done} of {count} items were moved; these are where they were: {names}.",
            done=done,
            count=done + len(left),
            names=", ".join(left),
        )
    return UserError(said, stopped.message, stopped.hint)
