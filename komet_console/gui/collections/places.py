"""Choosing where a request or folder is to lie: collections and folders in a tree, and new ones."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QHBoxLayout, QLineEdit, QTreeView, QVBoxLayout, QWidget

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.aio import Tasks
from komet_console.gui.collections.cabinet import split_address
from komet_console.gui.collections.delegate import NodeDelegate
from komet_console.gui.collections.model import CollectionsModel, Node, nodes_of
from komet_console.gui.collections.shelf import Shelf
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.sheet import Sheet, push_button

__all__ = ["MoveDialog", "NameDialog", "PlaceChooser", "RequestDialog", "SaveDialog"]


class PlaceChooser(QWidget):
    """Collections and their folders.

    Signals:
        chosen(str): Another place is marked; its address, empty for none.
    """

    chosen = Signal(str)

    def __init__(self, shelf: Shelf, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._wanted = ""
        self.model = CollectionsModel(self)
        self.tree = QTreeView()
        self.tree.setObjectName(f"{name}.places")
        self.tree.setAccessibleName(tr("Where it is to lie"))
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(NodeDelegate(self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(0)
        self.tree.setUniformRowHeights(True)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setMinimumHeight(200)
        theme.set_role(self.tree, "sheet")
        self.new_collection = push_button(f"{name}.newCollection", tr("New collection…"), "small")
        self.new_folder = push_button(f"{name}.newFolder", tr("New folder…"), "small")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.new_collection)
        line.addWidget(self.new_folder)
        line.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.tree, 1)
        column.addLayout(line)
        self.tree.selectionModel().selectionChanged.connect(self._selected)
        self.new_collection.clicked.connect(self._make_collection)
        self.new_folder.clicked.connect(self._make_folder)
        self._selected()

    @property
    def address(self) -> str:
        """The place that is marked."""
        node = self.model.node(self.tree.currentIndex())
        return node.address if node is not None else ""

    async def fill(self, wanted: str = "") -> None:
        """Read the collections; mark a place, else the one that was marked, else the first."""
        self._wanted = wanted or self.address
        roots = nodes_of(await self._shelf.trees())
        for root in roots:
            _only_folders(root)
        self.model.show(roots)
        self.tree.expandAll()
        found = self.model.find(self._wanted) or (self.model.roots[0] if self.model.roots else None)
        if found is not None:
            self.tree.selectionModel().setCurrentIndex(
                self.model.index_of(found), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        self._selected()

    def _selected(self) -> None:
        self.new_folder.setEnabled(bool(self.address))
        self.chosen.emit(self.address)

    def _make_collection(self) -> None:
        self._shelf.start(self._make(tr("New collection"), ""), "new collection")

    def _make_folder(self) -> None:
        self._shelf.start(self._make(tr("New folder"), self.address), "new folder")

    async def _make(self, title: str, above: str) -> None:
        name = await NameDialog.ask(self._shelf, title, self)
        if name:
            shelf = self._shelf
            await self.fill(await (shelf.new_folder(name, above) if above else shelf.new_collection(name)))
            self.tree.setFocus()


def _only_folders(node: Node) -> None:
    node.children = [child for child in node.children if child.holds]
    for row, child in enumerate(node.children):
        child.row = row
        _only_folders(child)


class NameDialog(Sheet):
    """Asks for one name."""

    def __init__(self, tasks: Tasks, title: str, parent: QWidget | None, name: str = "") -> None:
        super().__init__("nameDialog", title, "", tr("Create"), tasks, parent)
        self.line = QLineEdit(name)
        self.body.addLayout(self.grid)
        self.add_row(tr("Name"), self.line, "name")
        self.setFixedWidth(420)
        self.line.setFocus()

    async def work(self) -> bool:
        """A name is there."""
        if not self.line.text().strip():
            raise UserError(tr("A name is needed."), tr("Type one."))
        return True

    @staticmethod
    async def ask(shelf: Shelf, title: str, parent: QWidget | None) -> str:
        """The name; empty where the user changed their mind."""
        from komet_console.gui import aio

        dialog = NameDialog(shelf.tasks, title, parent)
        return dialog.line.text().strip() if await aio.show(dialog) else ""


class RequestDialog(Sheet):
    """Asks for the method of a new request, and for its name: the method's, until another one is typed."""

    def __init__(self, shelf: Shelf, catalogue: Catalogue, parent: QWidget | None) -> None:
        super().__init__("requestDialog", tr("New request"), "", tr("Create"), shelf.tasks, parent)
        self._catalogue = catalogue
        self.method_line = QLineEdit()
        self.method_line.setPlaceholderText(tr("for instance customer.list"))
        completer = QCompleter(list(catalogue.summaries), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.method_line.setCompleter(completer)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("like the method"))
        self.body.addLayout(self.grid)
        self.add_row(tr("Method"), self.method_line, "method")
        self.add_row(tr("Name"), self.line, "name")
        self.setFixedWidth(460)
        self.method_line.setFocus()

    @property
    def method(self) -> str:
        """The method's name."""
        return self.method_line.text().strip()

    @property
    def name(self) -> str:
        """The request's name."""
        return self.line.text().strip() or self.method

    async def work(self) -> bool:
        """There is such a method."""
        if self.method not in self._catalogue.summaries:
            raise UserError(tr("There is no method “{name}”.", name=self.method), tr("Choose one from the list."))
        return True


class SaveDialog(Sheet):
    """Name and place for a request; after `accepted`, `name` and `where` (an address) say what was chosen.

    Args:
        where: The place that is marked at first.
    """

    def __init__(
        self,
        shelf: Shelf,
        parent: QWidget | None,
        *,
        name: str = "",
        where: str = "",
        title: str = "",
        sentence: str = "",
    ) -> None:
        title = title or tr("Save the request")
        super().__init__("saveDialog", title, sentence, tr("Save"), shelf.tasks, parent)
        self._shelf = shelf
        self.line = QLineEdit(name)
        self.places = PlaceChooser(shelf, "saveDialog")
        self.body.addLayout(self.grid)
        self.add_row(tr("Name"), self.line, "name")
        self.add_row(tr("In"), self.places, "place")
        self.resize(520, 460)
        self.line.selectAll()
        self.line.setFocus()
        shelf.start(self.places.fill(where), "collections to save in")

    @property
    def name(self) -> str:
        """What was typed."""
        return self.line.text().strip()

    @property
    def where(self) -> str:
        """The address of the collection or folder."""
        return self.places.address

    async def work(self) -> bool:
        """Both are there."""
        if not self.name:
            raise UserError(tr("A name is needed."), tr("Type one."))
        if not self.where:
            if await asyncio.to_thread(self._shelf.library.names):
                raise UserError(tr("A place is needed."), tr("Choose a collection or a folder."))
            # The first request of all is saved without first making a place for it.
            await self.places.fill(await self._shelf.new_collection(tr("My requests")))
        return True


class MoveDialog(Sheet):
    """Where things are to be moved; `where` after `accepted`."""

    def __init__(self, shelf: Shelf, parent: QWidget | None, addresses: list[str], names: list[str]) -> None:
        title = tr("Move “{name}”", name=names[0]) if len(names) == 1 else tr("Move {count} items", count=len(names))
        super().__init__("moveDialog", title, "", tr("Move"), shelf.tasks, parent)
        self._addresses = addresses
        self.places = PlaceChooser(shelf, "moveDialog")
        self.body.addWidget(self.places, 1)
        self.resize(480, 420)
        collection, path = split_address(addresses[0])
        above = path.rpartition("/")[0]
        shelf.start(self.places.fill(f"{collection}/{above}" if above else collection), "collections to move to")
        self.places.tree.setFocus()

    @property
    def where(self) -> str:
        """The address of the collection or folder."""
        return self.places.address

    async def work(self) -> bool:
        """A folder never goes into itself."""
        if any(self.where == one or self.where.startswith(one + "/") for one in self._addresses):
            raise UserError(tr("A folder cannot be moved into itself."), tr("Choose another folder."))
        return bool(self.where)
