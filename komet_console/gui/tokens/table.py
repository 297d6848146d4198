"""A table of rows as the tokens' room has several: sortable, one row at a time, as wide as its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from komet_console.gui import theme

__all__ = ["Column", "RowTable"]

R = TypeVar("R")
_Index = QModelIndex | QPersistentModelIndex
_ROW = 32
_NARROW = 1000


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column.

    Args:
        text: what stands in it.
        sort: what it is sorted by; None: the text.
        tone: a colour of the theme for the text; empty: the usual one.
        tip: its tooltip; None: the text.
        width: pixels; 0 takes the rest.
    """

    title: str
    text: Callable[[R], str]
    width: int = 0
    sort: Callable[[R], Any] | None = None
    tone: Callable[[R], str] | None = None
    tip: Callable[[R], str] | None = None
    code: bool = False
    spare: bool = False
    """Hidden where the table is narrow; what stands in it has another place too."""


class _Model(QAbstractTableModel, Generic[R]):
    def __init__(self, columns: Sequence[Column[R]], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.rows: list[R] = []

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column, row = self.columns[index.column()], self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return (column.tip or column.text)(row)
        if role == Qt.ItemDataRole.ForegroundRole and column.tone is not None and (tone := column.tone(row)):
            return theme.color(tone)
        if role == Qt.ItemDataRole.FontRole and column.code:
            return theme.fonts.code(12)
        return None


class RowTable(QTableView, Generic[R]):
    """Signals:
    chosen(): Another row, or none, is the current one.
    activated_row(): Enter was pressed, or a row double-clicked.
    delete_pressed(): Del was pressed.
    """

    chosen = Signal()
    activated_row = Signal()
    delete_pressed = Signal()

    def __init__(self, name: str, spoken: str, columns: Sequence[Column[R]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        theme.set_role(self, "sheet")
        self._model: _Model[R] = _Model(columns, self)
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(False)
        header.sectionClicked.connect(self._sort)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.doubleClicked.connect(self._double)

    # --- rows

    def rows(self) -> list[R]:
        """The rows in the order they are shown."""
        return list(self._model.rows)

    def show_rows(self, rows: Sequence[R], key: Callable[[R], object]) -> None:
        """Show other rows; the current one stays current where its key is still there."""
        if self._sorted is None and [key(row) for row in rows] == [key(row) for row in self._model.rows]:
            # The same rows with other contents: the view stays where the user has scrolled it.
            self._model.rows = list(rows)
            if rows:
                last = self._model.index(len(rows) - 1, len(self._model.columns) - 1)
                self._model.dataChanged.emit(self._model.index(0, 0), last)
            self.chosen.emit()
            return
        current = self.current()
        wanted = key(current) if current is not None else None
        self._model.beginResetModel()
        self._model.rows = list(rows)
        self._arrange()
        self._model.endResetModel()
        number = next((n for n, row in enumerate(self._model.rows) if key(row) == wanted), -1)
        if number >= 0:
            self.selectRow(number)
        self.chosen.emit()

    def add_row(self, row: R) -> None:
        """One more row at the end."""
        place = len(self._model.rows)
        self._model.beginInsertRows(QModelIndex(), place, place)
        self._model.rows.append(row)
        self._model.endInsertRows()

    def current(self) -> R | None:
        """The row that is chosen."""
        index = self.currentIndex()
        return self._model.rows[index.row()] if index.isValid() and index.row() < len(self._model.rows) else None

    def choose(self, wanted: Callable[[R], bool]) -> None:
        """Choose the first row that is wanted."""
        number = next((n for n, row in enumerate(self._model.rows) if wanted(row)), -1)
        if number >= 0:
            self.selectRow(number)

    # --- inside

    def _current_changed(self) -> None:
        self.chosen.emit()

    def _double(self) -> None:
        self.activated_row.emit()

    def _sort(self, section: int) -> None:
        ascending = self._sorted != (section, Qt.SortOrder.AscendingOrder)
        self._sorted = (section, Qt.SortOrder.AscendingOrder if ascending else Qt.SortOrder.DescendingOrder)
        rows = self._model.rows
        current = self.current()
        self._model.layoutAboutToBeChanged.emit()
        self._arrange()
        self._model.layoutChanged.emit()
        if current is not None:
            self.selectRow(next(n for n, row in enumerate(rows) if row is current))

    def _arrange(self) -> None:
        if self._sorted is None:
            return
        column = self._model.columns[self._sorted[0]]
        by = column.sort or (lambda row: column.text(row).casefold())
        self._model.rows.sort(key=by, reverse=self._sorted[1] == Qt.SortOrder.DescendingOrder)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < _NARROW
        shown = [column for column in self._model.columns if not (column.spare and narrow)]
        fixed = sum(column.width for column in shown)
        rest = [column for column in shown if not column.width]
        free = max(120 * len(rest), self.viewport().width() - fixed)
        header = self.horizontalHeader()
        for number, column in enumerate(self._model.columns):
            self.setColumnHidden(number, column not in shown)
            header.setSectionResizeMode(number, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(number, column.width or free // max(1, len(rest)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current() is not None:
            self.activated_row.emit()
        elif event.key() == Qt.Key.Key_Delete and self.current() is not None:
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)
