"""The tree of collections as a widget: what keys and clicks mean."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from komet_console.gui import theme
from komet_console.gui.collections.cabinet import without_descendants
from komet_console.gui.collections.delegate import NodeDelegate
from komet_console.gui.collections.model import CollectionsModel, Node
from komet_console.gui.i18n import tr

__all__ = ["CollectionsTree"]

_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class CollectionsTree(QTreeView):
    """Signals:
    chosen(object, bool): A request's node; True: only to look at.
    delete_asked(), step_asked(int): Of what is selected; a step is -1 (up) or 1 (down) among its siblings.
    menu_asked(QPoint): The context menu, at a point of the screen.
    typed(str): A letter that belongs into the search.
    left_upwards(): Up was pressed on the first line.
    files_dropped(list): Paths that were dropped.
    """

    chosen = Signal(object, bool)
    delete_asked = Signal()
    step_asked = Signal(int)
    menu_asked = Signal(QPoint)
    typed = Signal(str)
    left_upwards = Signal()
    files_dropped = Signal(list)

    def __init__(self, model: CollectionsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self.setObjectName("collectionsTree")
        self.setAccessibleName(tr("Collections"))
        self.setModel(model)
        self.setItemDelegate(NodeDelegate(self))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setAutoExpandDelay(600)
        self.verticalScrollBar().setSingleStep(28)
        theme.set_role(self, "side")
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._double_clicked)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu_at)
        theme.manager().changed.connect(self.viewport().update)

    @property
    def current(self) -> Node | None:
        """The row that has the cursor."""
        return self._rows.node(self.currentIndex())

    def selected(self) -> list[Node]:
        """What is selected, from top to bottom, without what lies in other parts of it."""
        found = [node for index in self.selectedIndexes() if (node := self._rows.node(index)) is not None]
        found.sort(key=lambda node: node.number)
        kept = set(without_descendants([node.address for node in found]))
        return [node for node in found if node.address in kept]

    def show_node(self, node: Node) -> None:
        """Open what a row lies in and put the cursor on it."""
        above = node.above
        while above is not None:
            self.expand(self._rows.index_of(above))
            above = above.above
        index = self._rows.index_of(node)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def _act(self, index: QModelIndex, *, preview: bool) -> None:
        node = self._rows.node(index)
        if node is not None and node.holds:
            self.setExpanded(index, not self.isExpanded(index))
        elif node is not None and not node.problem:
            self.chosen.emit(node, preview)

    def _clicked(self, index: QModelIndex) -> None:
        if not QGuiApplication.keyboardModifiers() & _MODIFIERS:
            self._act(index, preview=True)

    def _double_clicked(self, index: QModelIndex) -> None:
        node = self._rows.node(index)
        if node is not None and not node.holds:
            self._act(index, preview=False)

    def _menu_at(self, point: QPoint) -> None:
        index = self.indexAt(point)
        if index.isValid() and not self.selectionModel().isSelected(index):
            self.setCurrentIndex(index)
        self.menu_asked.emit(self.viewport().mapToGlobal(point))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index, key, modifiers = self.currentIndex(), event.key(), event.modifiers()
        plain = not modifiers & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._act(index, preview=False)
        elif plain and key == Qt.Key.Key_Space:
            self._act(index, preview=True)
        elif plain and key == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        elif modifiers & Qt.KeyboardModifier.AltModifier and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.step_asked.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Menu or (key == Qt.Key.Key_F10 and modifiers & Qt.KeyboardModifier.ShiftModifier):
            self.menu_asked.emit(self.viewport().mapToGlobal(self.visualRect(index).center()))
        elif plain and key == Qt.Key.Key_Up and not self.indexAbove(index).isValid():
            self.left_upwards.emit()
        elif plain and key == Qt.Key.Key_Left and index.parent().isValid() and not self.isExpanded(index):
            self.setCurrentIndex(index.parent())
        elif plain and event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    # --- files from elsewhere

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)
        else:
            super().dropEvent(event)
