"""The tree of collections as Qt sees it: collections, folders, requests. Other contents replace all at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from komet_console.gui.collections.cabinet import Tree, address_of, without_descendants
from komet_console.gui.i18n import tr
from komet_console.workspace.collections.outline import Entry

__all__ = ["MIME", "NODE_ROLE", "CollectionsModel", "Node", "nodes_of"]

NODE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
MIME = "application/x-komet-addresses"
_NOWHERE = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


@dataclass(slots=True, eq=False)
class Node:
    """One row. `kind` is collection, folder, http, or another tool's kind of request."""

    address: str
    kind: str
    name: str
    verb: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    problem: str = ""
    above: Node | None = None
    row: int = 0
    depth: int = 0
    children: list[Node] = field(default_factory=list)
    number: int = 0
    requests: int = 0
    """How many requests lie below."""

    @property
    def holds(self) -> bool:
        """Whether other rows can lie in it."""
        return self.kind in ("collection", "folder")


def nodes_of(trees: Iterable[Tree], query: str = "") -> list[Node]:
    """The rows; with a query, only those that fit (all words in name, tags, address) and what they lie in."""
    words = query.casefold().split()
    roots: list[Node] = []
    for tree in trees:
        root = Node(tree.name, "collection", tree.title, problem=tree.problem)
        whole = bool(words) and _fits(root, words)
        for entry in tree.entries:
            _add(root, tree.name, entry, [] if whole else words)
        if not words or whole or root.children:
            root.row = len(roots)
            roots.append(root)
    return roots


def _add(above: Node, collection: str, entry: Entry, words: list[str]) -> None:
    made = Node(
        address_of(collection, entry.path),
        entry.kind,
        entry.name,
        entry.verb,
        entry.url,
        entry.tags,
        entry.problem,
        above,
        len(above.children),
        above.depth + 1,
    )
    fits = not words or _fits(made, words)
    for child in entry.children:
        _add(made, collection, child, [] if fits else words)
    if fits or made.children:
        above.children.append(made)
        above.requests += made.requests + (not made.holds)


def _fits(node: Node, words: list[str]) -> bool:
    text = " ".join((node.name, node.url, *(f"#{tag}" for tag in node.tags))).casefold()
    return all(word in text for word in words)


class CollectionsModel(QAbstractItemModel):
    """Signals:
    rename_asked(str, str): An item (address) is to have another name.
    move_asked(list, str, object): Items are to lie in what the address names, in front of another one (address or None).
    """

    rename_asked = Signal(str, str)
    move_asked = Signal(list, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.roots: list[Node] = []
        self._nodes: list[Node] = []
        self._by_address: dict[str, Node] = {}
        self.filtered = False

    def show(self, roots: list[Node], *, filtered: bool = False) -> None:
        """Hold other contents; what is filtered cannot be rearranged."""
        self.beginResetModel()
        self.roots, self.filtered = roots, filtered
        self._nodes = []
        waiting = list(reversed(roots))
        while waiting:
            node = waiting.pop()
            node.number = len(self._nodes)
            self._nodes.append(node)
            waiting += reversed(node.children)
        self._by_address = {node.address: node for node in self._nodes}
        self.endResetModel()

    @property
    def nodes(self) -> Sequence[Node]:
        """All rows, in order."""
        return self._nodes

    def node(self, index: _Index) -> Node | None:
        """What stands behind an index."""
        return self._nodes[index.internalId()] if index.isValid() else None

    def find(self, address: str) -> Node | None:
        """The row of an address."""
        return self._by_address.get(address)

    def index_of(self, node: Node) -> QModelIndex:
        return self.createIndex(node.row, 0, node.number)

    # --- Qt's questions

    def index(self, row: int, column: int, parent: _Index = _NOWHERE) -> QModelIndex:
        above = self.node(parent)
        rows = self.roots if above is None else above.children
        return (
            self.createIndex(row, column, rows[row].number) if 0 <= row < len(rows) and column == 0 else QModelIndex()
        )

    def parent(self, index: _Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        node = self.node(index)
        return QModelIndex() if node is None or node.above is None else self.index_of(node.above)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        node = self.node(parent)
        return len(self.roots if node is None else node.children)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self.node(index)
        if node is None:
            return None
        if role == NODE_ROLE:
            return node
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return node.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(node)
        if role == Qt.ItemDataRole.ToolTipRole:
            if node.problem:
                return tr("This file cannot be read and is left alone: {problem}", problem=tr(node.problem))
            lines = [node.name, node.url, " ".join(f"#{tag}" for tag in node.tags)]
            return "\n".join(line for line in lines if line)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        node = self.node(index)
        if node is None:
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not node.problem:
            flags |= Qt.ItemFlag.ItemIsEditable
        if node.kind != "collection":
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        if node.holds and not self.filtered:
            flags |= Qt.ItemFlag.ItemIsDropEnabled
        return flags

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        node = self.node(index)
        text = str(value).strip()
        if node is None or role != Qt.ItemDataRole.EditRole or not text or text == node.name:
            return False
        self.rename_asked.emit(node.address, text)
        return True

    # --- moving

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[_Index]) -> QMimeData:
        found = sorted((node for index in indexes if (node := self.node(index))), key=lambda node: node.number)
        carried = QMimeData()
        carried.setData(MIME, json.dumps(without_descendants([node.address for node in found])).encode())
        return carried

    def _target(self, data: QMimeData, row: int, parent: _Index) -> tuple[list[str], str, str | None] | None:
        above = self.node(parent)
        if self.filtered or not data.hasFormat(MIME) or above is None or not above.holds:
            return None
        moved: list[str] = json.loads(bytes(data.data(MIME).data()))
        if any(above.address == one or above.address.startswith(one + "/") for one in moved):
            return None
        rest = [child for child in above.children[row:] if child.address not in moved] if row >= 0 else []
        return moved, above.address, rest[0].address if rest else None

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index) -> bool:
        return self._target(data, row, parent) is not None

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index) -> bool:
        target = self._target(data, row, parent)
        if target is not None:
            self.move_asked.emit(*target)
        # False: the rows go where they belong when the files have gone there; the view must take none away itself.
        return False


def _spoken(node: Node) -> str:
    if node.problem:
        return tr("{name}, cannot be read: {problem}", name=node.name, problem=tr(node.problem))
    if node.kind == "collection":
        return tr("{name}, collection, {count} requests", name=node.name, count=node.requests)
    if node.kind == "folder":
        return tr("{name}, folder, {count} requests", name=node.name, count=node.requests)
    return tr("{name}, {verb}", name=node.name, verb=node.verb or node.kind)
