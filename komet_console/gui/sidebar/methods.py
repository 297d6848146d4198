"""The panel at the left: all methods in a tree, with a filter that understands needs as well as names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from komet_console.catalogue import Catalogue
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.sidebar.contents import Row, Section, filtered_tree, suggestions, whole_tree
from komet_console.gui.sidebar.delegate import STAR, RowDelegate
from komet_console.gui.sidebar.model import ITEM_ROLE, MethodsModel
from komet_console.gui.widgets.search_edit import SearchEdit
from komet_console.gui.widgets.side import SideMessage

__all__ = ["MethodsPanel"]

_ALWAYS_OPEN = ("favourites", "recent")


class _Filter(SearchEdit):
    """Makes the search ready while the user still moves to the keys."""

    focused = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()


class _Tree(QTreeView):
    """Tells which rows were chosen and how, and hands typed letters on.

    Signals:
        chosen(object, bool): A row; True: only to look at.
        typed(str): A letter that belongs into the filter.
        left_upwards(): Up was pressed on the first line.
        starred(str): The star of a method was clicked.
    """

    starred = Signal(str)
    chosen = Signal(object, bool)
    typed = Signal(str)
    left_upwards = Signal()

    def __init__(self, model: MethodsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self.stars = RowDelegate(self)
        self._pressed = QPersistentModelIndex()
        """Where the button went down; it only counts where it comes up in the same row."""
        self.setModel(model)
        self.setItemDelegate(self.stars)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.header().setStretchLastSection(True)
        self.verticalScrollBar().setSingleStep(27)
        theme.set_role(self, "side")

    def toggle(self, index: QModelIndex) -> None:
        self.setExpanded(index, not self.isExpanded(index))

    def _choose(self, index: QModelIndex, *, preview: bool) -> None:
        item = self._rows.item(index)
        if isinstance(item, Row):
            self.chosen.emit(item, preview)
        elif item is not None:
            self.toggle(index)

    def _on_star(self, index: QModelIndex, across: float) -> bool:
        row = self._rows.item(index)
        is_method = isinstance(row, Row) and row.summary is not None
        return is_method and across >= self.visualRect(index).right() - STAR

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._pressed = QPersistentModelIndex(self.indexAt(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        pressed, self._pressed = self._pressed, QPersistentModelIndex()
        if not index.isValid() or pressed != index:
            return
        if event.button() == Qt.MouseButton.LeftButton and self._on_star(index, event.position().x()):
            self.starred.emit(index.data(ITEM_ROLE).key)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._choose(index, preview=True)
        elif event.button() == Qt.MouseButton.MiddleButton and isinstance(self._rows.item(index), Row):
            self._choose(index, preview=False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Two fast clicks on a heading are two clicks; on a row the second one keeps what the first one opened.
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if isinstance(self._rows.item(index), Row) and not self._on_star(index, event.position().x()):
            self._choose(index, preview=False)
        else:
            self._pressed = QPersistentModelIndex(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        key = event.key()
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(index, preview=False)
        elif plain and key == Qt.Key.Key_Space:
            self._choose(index, preview=True)
        elif plain and key == Qt.Key.Key_Up and not self.indexAbove(index).isValid():
            self.left_upwards.emit()
        elif plain and key == Qt.Key.Key_Left and index.parent().isValid():
            self.setCurrentIndex(index.parent())
        elif plain and event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)


class MethodsPanel(QWidget):
    """Args:
        favourites: Names of methods, in the user's order.
        recents: Names of methods, last used first.

    Signals:
        open_method(str, bool): A method was chosen; True: only to look at, in the preview tab.
        open_guide(str): A guide was chosen.
        favourite_toggled(str): A method is to become a favourite, or no longer to be one.
    """

    open_method = Signal(str, bool)
    open_guide = Signal(str)
    favourite_toggled = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        favourites: Sequence[str] = (),
        recents: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("methodsPanel")
        self._catalogue = catalogue
        self._favourites = tuple(favourites)
        self._recents = tuple(recents)
        self._current = ""
        self._expanded = set(_ALWAYS_OPEN)
        if not favourites:
            self._expanded.update(f"group:{group}" for group in catalogue.groups[:3])
        self.filter = _Filter("methodFilter", tr("Filter or say what you need"), tr("Filter the methods"), self)
        self.filter.textChanged.connect(self._refresh)
        # Later: the window begins here, and has to be seen first.
        self.filter.focused.connect(lambda: QTimer.singleShot(250, self, lambda: self._catalogue.search("a")))
        self.filter.installEventFilter(self)
        self.model = MethodsModel(catalogue, self)
        self._stack = QStackedWidget(self)
        self.tree = _Tree(self.model, self._stack)
        self.tree.setObjectName("methodTree")
        self.tree.setAccessibleName(tr("Methods"))
        self.tree.chosen.connect(self._open)
        self.tree.typed.connect(self._type)
        self.tree.left_upwards.connect(self.focus_filter)
        self.tree.starred.connect(self.favourite_toggled)
        self.tree.stars.favourites = frozenset(self._favourites)
        self.tree.expanded.connect(lambda index: self._remember(index, opened=True))
        self.tree.collapsed.connect(lambda index: self._remember(index, opened=False))
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
        self.tree.installEventFilter(self)
        self._stack.addWidget(self.tree)
        self._nothing: SideMessage | None = None
        self._lay_out()
        theme.manager().changed.connect(self._repaint)
        self._refresh()

    def _repaint(self) -> None:
        # Not connected directly: the first time that a widget is asked for which Python has not made, PySide loads all
        # classes of widgets to find its own, and starting must not wait for that.
        self.tree.viewport().update()

    def _lay_out(self) -> None:
        heading = QLabel(tr("Methods"))
        theme.set_role(heading, "strong")
        count = QLabel(str(len(self._catalogue.summaries)))
        theme.set_role(count, "faint")
        count.setAccessibleName(tr("{count} methods", count=len(self._catalogue.summaries)))
        top = QHBoxLayout()
        top.setContentsMargins(6, 0, 6, 0)
        top.addWidget(heading)
        top.addStretch()
        top.addStrut(28)  # as high as the headings of other rooms, which have buttons
        top.addWidget(count)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.filter)
        column.addWidget(self._stack, 1)

    # --- what is shown

    def set_favourites(self, names: Sequence[str]) -> None:
        """Show other favourites, in this order."""
        if tuple(names) != self._favourites:
            self._favourites = tuple(names)
            self.tree.stars.favourites = frozenset(names)
            self._refresh_quietly()

    def set_recents(self, names: Sequence[str]) -> None:
        """Show other recent methods, last used first."""
        if tuple(names) != self._recents:
            self._recents = tuple(names)
            self._refresh_quietly()

    def set_current(self, name: str) -> None:
        """Mark the method or guide that is open; an empty name marks none. Opens no section and no tab."""
        self._current = name
        self._mark()

    def state(self) -> dict[str, Any]:
        """Which sections are open; JSON."""
        return {"expanded": sorted(self._expanded)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Open the sections of an earlier `state()`; what is not understood is passed over."""
        kept = state.get("expanded")
        if isinstance(kept, list):
            self._expanded = {key for key in kept if isinstance(key, str)}
            self._refresh_quietly()

    def focus_filter(self) -> None:
        """Put the cursor into the filter, its text selected."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _refresh_quietly(self) -> None:
        where = self.tree.verticalScrollBar().value()
        self._refresh()
        self.tree.verticalScrollBar().setValue(where)

    def _refresh(self) -> None:
        query = self.filter.text().strip()
        if query:
            sections = filtered_tree(self._catalogue, query)
        else:
            sections = whole_tree(self._catalogue, self._favourites, self._recents)
        self.model.show(sections, query)
        if not sections:
            self._show_nothing(query)
            return
        self._stack.setCurrentWidget(self.tree)
        if query:
            self.tree.expandAll()
            self.tree.setCurrentIndex(self.model.index(0, 0, self.model.section_index(0)))
            self.tree.scrollToTop()
            return
        blocked = self.tree.blockSignals(True)
        for number, section in enumerate(sections):
            if section.key in self._expanded:
                self.tree.expand(self.model.section_index(number))
        self.tree.blockSignals(blocked)
        self._mark()

    def _show_nothing(self, query: str) -> None:
        if self._nothing is not None:
            self._nothing.deleteLater()
        self._nothing = SideMessage(
            tr("Nothing fits “{query}”.", query=query),
            tr("A name, a field or a few words about what you want to do will find it. For example:"),
            self._stack,
        )
        for number, text in enumerate(suggestions(self._catalogue, query), start=1):
            button = QPushButton(text)
            button.setObjectName(f"suggestion.{number}")
            theme.set_role(button, "link")
            button.clicked.connect(lambda _=False, text=text: self.filter.setText(text))
            self._nothing.add(button)
        self._stack.addWidget(self._nothing)
        self._stack.setCurrentWidget(self._nothing)

    def _mark(self) -> None:
        if self.filter.text().strip():
            return
        places = self.model.find(self._current) if self._current else []
        shown = next((place for place in places if self.tree.isExpanded(place.parent())), None)
        if shown is None:
            self.tree.clearSelection()
        elif self.tree.currentIndex().data() != shown.data() or not self.tree.selectionModel().hasSelection():
            self.tree.setCurrentIndex(shown)

    def _remember(self, index: QModelIndex, *, opened: bool) -> None:
        section = self.model.item(index)
        if isinstance(section, Section) and not self.filter.text().strip():
            (self._expanded.add if opened else self._expanded.discard)(section.key)

    # --- what is done

    def _open(self, row: Row, preview: bool) -> None:
        if row.summary is None:
            self.open_guide.emit(row.key)
        else:
            self.open_method.emit(row.key, preview)

    def _type(self, text: str) -> None:
        self.filter.setFocus(Qt.FocusReason.OtherFocusReason)
        self.filter.end(False)
        self.filter.insert(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or event.modifiers():
            return False
        if event.key() == Qt.Key.Key_Escape and self.filter.text():
            self.filter.clear()
            self.filter.setFocus()
            return True
        if watched is not self.filter or self._stack.currentWidget() is not self.tree:
            return False
        if event.key() == Qt.Key.Key_Down:
            self._enter_tree()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.filter.text().strip():
            row = self.model.item(self.tree.currentIndex())
            if isinstance(row, Row):
                self._open(row, False)
            return True
        return False

    def _enter_tree(self) -> None:
        if not self.tree.currentIndex().isValid():
            self.tree.setCurrentIndex(self.model.section_index(0))
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _menu(self, point: QPoint) -> None:
        row = self.model.item(self.tree.indexAt(point))
        if isinstance(row, Row):
            menu = self.menu_of(row)
            menu.popup(self.tree.viewport().mapToGlobal(point))

    def menu_of(self, row: Row) -> QMenu:
        """The context menu of a row; it deletes itself when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Open"), lambda: self._open(row, True))
        if row.summary is None:
            return menu
        name, path = row.key, row.summary.path
        menu.addAction(tr("Open in a new tab"), lambda: self._open(row, False))
        menu.addSeparator()
        known = name in self._favourites
        menu.addAction(
            tr("Remove from favourites") if known else tr("Add to favourites"),
            lambda: self.favourite_toggled.emit(name),
        )
        menu.addSeparator()
        base = self._catalogue.document["servers"][0]["url"]
        menu.addAction(tr("Copy name"), lambda: QGuiApplication.clipboard().setText(name))
        menu.addAction(tr("Copy address"), lambda: QGuiApplication.clipboard().setText(base + path))
        return menu
