"""The panel at the left with everything that is saved. It shows and asks; `doing` acts, `shelf` stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.aio import Tasks
from komet_console.gui.collections.cabinet import Tree
from komet_console.gui.collections.doing import Doing
from komet_console.gui.collections.model import CollectionsModel, Node, nodes_of
from komet_console.gui.collections.shelf import Shelf
from komet_console.gui.collections.tree import CollectionsTree
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.search_edit import SearchEdit
from komet_console.gui.widgets.side import SideMessage, quiet_line, side_heading

__all__ = ["CollectionsPanel"]

_LOOK = 2_000
"""Milliseconds between two looks at whether files were changed elsewhere; only while the panel is seen."""
_SEARCH = 120


class CollectionsPanel(QWidget):
    """Signals:
    open_request(object, bool): A saved request was read to be opened (`Opened`); True: only to look at.
    import_asked(list): Files (paths; may be empty) are to be imported.
    export_asked(str): What has this address is to be exported.
    save_here(str): The request that is open in the window is to be saved in what has this address.
    said(str, str, object): A sentence for the window; a button and what it does, or "" and None.
    failed(object): A `UserError`.
    stopped(object, str, object): A `UserError` of something that was done in part; a button and what it does about that part.
    """

    open_request = Signal(object, bool)
    import_asked = Signal(list)
    export_asked = Signal(str)
    save_here = Signal(str)
    said = Signal(str, str, object)
    failed = Signal(object)
    stopped = Signal(object, str, object)

    def __init__(self, shelf: Shelf, catalogue: Catalogue, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("collectionsPanel")
        self.shelf = shelf
        self.tasks = tasks
        self._trees: dict[str, Tree] = {}
        self._read = False
        self._current = ""
        self._wanted = ""
        """What is to have the cursor as soon as it is there."""
        self._edit = False
        self._expanded: set[str] = set()
        self._opened_once = False
        self._waiting: set[str] = set()
        self.model = CollectionsModel(self)
        self.tree = CollectionsTree(self.model)
        self.search = SearchEdit("collectionsSearch", tr("Search names, addresses, #tags"), tr("Search what is saved"))
        self.doing = Doing(self, shelf, catalogue)
        self.add = IconButton("plus", tr("New request, folder or collection"), "collectionsAdd")
        self._lay_out()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(20)
        self._soon.timeout.connect(self._reload)
        self._type_soon = QTimer(self)
        self._type_soon.setSingleShot(True)
        self._type_soon.setInterval(_SEARCH)
        self._type_soon.timeout.connect(self._refresh)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK)
        self._look.timeout.connect(self._look_now)
        self._connect()

    def _lay_out(self) -> None:
        self.unreadable = QPushButton()
        self.unreadable.setObjectName("collectionsUnreadable")
        self.unreadable.setAccessibleName(tr("Files that cannot be read"))
        theme.set_role(self.unreadable, "link")
        self.unreadable.hide()
        self._empty = self._empty_page()
        self._nothing = SideMessage(
            "", tr("Words are looked for in names, addresses and tags of everything that is saved.")
        )
        self._nothing.said.setObjectName("collectionsNothing")
        self._stack = QStackedWidget()
        for page in (self.tree, self._empty, self._nothing, QWidget()):
            self._stack.addWidget(page)
        self._stack.setCurrentIndex(3)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 0)
        column.setSpacing(6)
        column.addLayout(side_heading(tr("Collections"), self.add))
        column.addWidget(self.search)
        column.addWidget(self._stack, 1)
        column.addWidget(self.unreadable)

    def _empty_page(self) -> SideMessage:
        page = SideMessage(
            tr("Nothing is saved yet"),
            tr(
                "Ctrl+S saves the request that is open. Collections are folders of plain files that git and Bruno "
                "understand."
            ),
        )
        self.starter = QPushButton(tr("Add the starter collection"))
        self.starter.setObjectName("addStarter")
        theme.set_role(self.starter, "primary")
        about = quiet_line(
            tr("A sample of every method, and two chains of calls that run in the sandbox from top to bottom.")
        )
        self.import_button = QPushButton(tr("Import…"))
        self.import_button.setObjectName("importIntoCollections")
        other = quiet_line(
            tr("From Postman, Bruno, Insomnia, curl, HAR or .http files. Dropping a file here does the same.")
        )
        for widget, above in ((self.starter, 14), (about, 2), (self.import_button, 14), (other, 2)):
            page.add(widget, above=above, whole=True)
        return page

    def _connect(self) -> None:
        self.shelf.changed.connect(self._changed)
        self.shelf.moved.connect(self._moved)
        self.shelf.failed.connect(self.failed)
        self.search.textChanged.connect(self._type_soon.start)
        self.search.installEventFilter(self)
        self.tree.installEventFilter(self)
        self.tree.chosen.connect(self._choose)
        self.tree.typed.connect(self._type)
        self.tree.left_upwards.connect(self.focus_search)
        self.tree.menu_asked.connect(self._show_menu)
        self.tree.delete_asked.connect(self.doing.delete)
        self.tree.step_asked.connect(self.doing.step)
        self.tree.files_dropped.connect(self.import_asked)
        self.tree.expanded.connect(lambda index: self._remember(self.model.node(index), opened=True))
        self.tree.collapsed.connect(lambda index: self._remember(self.model.node(index), opened=False))
        self.model.rename_asked.connect(self.doing.rename_to)
        self.model.move_asked.connect(self.doing.move)
        self.add.clicked.connect(self._show_add_menu)
        self.starter.clicked.connect(self.doing.add_starter)
        self.import_button.clicked.connect(lambda: self.import_asked.emit([]))
        self.unreadable.clicked.connect(self._show_unreadable)

    # --- what is shown

    @property
    def ready(self) -> bool:
        """Whether the collections were read."""
        return self._read

    def set_current(self, address: str) -> None:
        """Mark the request that is open; empty: none. Opens no folder."""
        self._current = address
        self._mark()

    def focus_search(self) -> None:
        """Put the cursor into the search, its text selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def open_find(self) -> None:
        """What Ctrl+F means here."""
        self.focus_search()

    def state(self) -> dict[str, Any]:
        """Which collections and folders are open; JSON."""
        return {"expanded": sorted(self._expanded)} if self._opened_once else {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Open those of an earlier `state()`; what is not understood is passed over."""
        kept = state.get("expanded")
        if isinstance(kept, list):
            self._expanded = {key for key in kept if isinstance(key, str)}
            self._opened_once = True
            if self._read:
                self._refresh()

    def reveal(self, address: str, *, edit: bool = False) -> None:
        """Put the cursor on an item, now or as soon as it is there; `edit` lets the user name it at once."""
        self._wanted, self._edit = address, edit
        self._go_to_wanted()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._read:
            self._changed("")
        else:
            self._look_now()
        self._look.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._look.stop()

    def _look_now(self) -> None:
        if self._read:
            self.shelf.start(self.shelf.look(), "look for changed collections")

    def _changed(self, collection: str) -> None:
        self._waiting.add(collection)
        self._soon.start()

    def _reload(self) -> None:
        waiting, self._waiting = self._waiting, set()
        self.shelf.start(self._load(waiting), "read the collections")

    async def _load(self, collections: set[str]) -> None:
        if "" in collections or not self._read:
            self._trees = {tree.name: tree for tree in await self.shelf.trees()}
            self._read = True
        else:
            for name in collections:
                try:
                    self._trees[name] = await self.shelf.tree(name)
                except UserError:
                    self._trees.pop(name, None)  # deleted meanwhile
        self._refresh()

    def _refresh(self) -> None:
        if self.tree.state() == self.tree.State.EditingState:
            # A name is being typed; it must not vanish under the fingers.
            self._type_soon.start()
            return
        query = self.search.text().strip()
        kept = [node.address for node in self.tree.selected()]
        current = self.tree.current.address if self.tree.current else ""
        where = self.tree.verticalScrollBar().value()
        self.model.show(nodes_of(self._trees.values(), query), filtered=bool(query))
        self._expand(bool(query))
        self._select(kept, current)
        self.tree.verticalScrollBar().setValue(where)
        if not self._trees:
            self._stack.setCurrentWidget(self._empty)
        elif not self.model.roots:
            self._nothing.said.setText(tr("Nothing fits “{query}”.", query=query))
            self._stack.setCurrentWidget(self._nothing)
        else:
            self._stack.setCurrentWidget(self.tree)
        self.search.setEnabled(bool(self._trees))
        self._count_unreadable()
        if query and self.tree.current is None:
            first = next((node for node in self.model.nodes if not node.holds), None)
            if first is not None:
                self.tree.setCurrentIndex(self.model.index_of(first))
        self._mark()
        self._go_to_wanted()

    def _expand(self, everything: bool) -> None:
        if not self._opened_once and self._trees:
            self._opened_once = True
            self._expanded |= set(self._trees)
        blocked = self.tree.blockSignals(True)
        if everything:
            self.tree.expandAll()
        else:
            for node in self.model.nodes:
                if node.holds and node.address in self._expanded:
                    self.tree.expand(self.model.index_of(node))
        self.tree.blockSignals(blocked)

    def _select(self, addresses: list[str], current: str) -> None:
        selection = self.tree.selectionModel()
        found = self.model.find(current)
        above = found.above if found is not None else None
        while above is not None:
            # Qt opens every folder above what gets the cursor; a folder that was closed stays closed.
            if not self.tree.isExpanded(self.model.index_of(above)):
                found = above
            above = above.above
        if found is not None:
            selection.setCurrentIndex(self.model.index_of(found), selection.SelectionFlag.NoUpdate)
        for address in addresses:
            if (node := self.model.find(address)) is not None:
                selection.select(self.model.index_of(node), selection.SelectionFlag.Select)

    def _mark(self) -> None:
        node = self.model.find(self._current) if self._current else None
        if node is None or self.tree.hasFocus() or len(self.tree.selectedIndexes()) > 1:
            return
        index = self.model.index_of(node)
        if self.tree.visualRect(index).isValid():
            self.tree.setCurrentIndex(index)

    def _go_to_wanted(self) -> None:
        node = self.model.find(self._wanted) if self._wanted else None
        if node is None:
            return
        self._wanted = ""
        self.tree.show_node(node)
        if self._edit:
            self._edit = False
            self.tree.setFocus()
            self.tree.edit(self.model.index_of(node))

    def _moved(self, old: str, new: str) -> None:
        self._expanded = {
            new + one[len(old) :] if one == old or one.startswith(old + "/") else one for one in self._expanded
        }
        if self._current == old or self._current.startswith(old + "/"):
            self._current = new + self._current[len(old) :]

    def _remember(self, node: Node | None, *, opened: bool) -> None:
        if node is not None and not self.model.filtered:
            (self._expanded.add if opened else self._expanded.discard)(node.address)

    # --- what cannot be read

    def problems(self) -> list[str]:
        """Every file that cannot be read, with its line and why."""
        return [
            f"{node.address.partition('/')[0]}: {node.problem}" if node.kind != "collection" else node.problem
            for node in self.model.nodes
            if node.problem
        ]

    def _count_unreadable(self) -> None:
        count = len(self.problems())
        self.unreadable.setVisible(count > 0)
        text = tr("1 file cannot be read") if count == 1 else tr("{count} files cannot be read", count=count)
        self.unreadable.setText(text)
        self.unreadable.setAccessibleName(text)

    def _show_unreadable(self) -> None:
        from komet_console.gui.collections.problems import ProblemsDialog

        ProblemsDialog(self.problems(), self.tasks, self.window()).open()

    # --- what is done

    def _choose(self, node: Node, preview: bool) -> None:
        if node.kind != "http":
            self.failed.emit(
                UserError(
                    tr("“{name}” is no HTTP request.", name=node.name),
                    tr("It is kept as it is; open it with the tool that made it."),
                )
            )
            return
        self.shelf.start(self._open(node.address, preview), "open a saved request")

    async def _open(self, address: str, preview: bool) -> None:
        opened = await self.shelf.open(address)
        if opened.item.draft.method not in self.shelf.library.catalogue.summaries:
            raise UserError(
                tr("“{name}” is no call of Komet's API.", name=opened.item.name),
                tr("It is kept as it is, and goes along when the collection is exported."),
            )
        self.open_request.emit(opened, preview)

    def _type(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.end(False)
        self.search.insert(text)

    def _show_add_menu(self) -> None:
        menu = self.doing.add_menu()
        menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height() + 2)))

    def _show_menu(self, point: QPoint) -> None:
        self.doing.menu(self.tree.selected()).popup(point)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or event.modifiers():
            return False
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            self.search.setFocus()
            return True
        if watched is not self.search or self._stack.currentWidget() is not self.tree:
            return False
        if event.key() == Qt.Key.Key_Down:
            if self.tree.current is None and self.model.roots:
                self.tree.setCurrentIndex(self.model.index_of(self.model.roots[0]))
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.search.text().strip():
            self._refresh()
            node = self.tree.current
            if node is not None and not node.holds and not node.problem:
                self._choose(node, False)
            return True
        return False
