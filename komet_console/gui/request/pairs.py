"""A table of name, value and description with a switch for each row, and the same rows as text.

Duplicates and the order are kept; a row that is switched off stays but is not sent. The last, empty row adds another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from komet_console.exchange import Pair
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.roomy import RoomyDelegate
from komet_console.gui.widgets.segmented import SegmentedControl

__all__ = ["PairsModel", "PairsTable", "pairs_of_text", "text_of_pairs"]

_NAME, _VALUE, _DESCRIPTION = range(3)
_OFF = "# "
Index = QModelIndex | QPersistentModelIndex


def text_of_pairs(pairs: Sequence[Pair]) -> str:
    """One row a line, `name: value`; `# ` in front of a row that is switched off."""
    return "\n".join(f"{'' if pair.enabled else _OFF}{pair.name}: {_escaped(pair.value)}" for pair in pairs)


def pairs_of_text(text: str, before: Sequence[Pair] = ()) -> tuple[Pair, ...]:
    """The rows of a text; what rows of the same name had besides (description, file) is taken over from `before`."""
    known = {pair.name: pair for pair in before}
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        enabled = not line.startswith(_OFF)
        name, _, value = (line if enabled else line[len(_OFF) :]).partition(":")
        made = replace(
            known.get(name.strip(), Pair("")), name=name.strip(), value=_plain(value[1:] if value[:1] == " " else value)
        )
        found.append(replace(made, enabled=enabled))
    return tuple(found)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _plain(value: str) -> str:
    return value.replace("\\\\", "\0").replace("\\n", "\n").replace("\\r", "\r").replace("\0", "\\")


class PairsModel(QAbstractTableModel):
    """Rows of `Pair`, and one empty row at the end.

    Args:
        describe: The documented meaning of a name, for rows that have no description of their own.
    """

    edited = Signal()

    def __init__(self, describe: Callable[[str], str] = lambda _: "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairs: list[Pair] = []
        self._describe = describe

    @property
    def pairs(self) -> tuple[Pair, ...]:
        return tuple(self._pairs)

    def show(self, pairs: Sequence[Pair]) -> None:
        """Replace all rows, without `edited`."""
        if tuple(pairs) != tuple(self._pairs):
            self.beginResetModel()
            self._pairs = list(pairs)
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._pairs) + 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (tr("Name"), tr("Value"), tr("Description"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
        if index.column() == _NAME and index.row() < len(self._pairs):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if index.row() >= len(self._pairs):
            if role == Qt.ItemDataRole.DisplayRole and index.column() == _NAME:
                return tr("Add a row")
            return theme.color("faint") if role == Qt.ItemDataRole.ForegroundRole else None
        pair = self._pairs[index.row()]
        column = index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            if column == _DESCRIPTION:
                return pair.description or self._describe(pair.name)
            return pair.name if column == _NAME else pair.file or pair.value
        if role == Qt.ItemDataRole.CheckStateRole and column == _NAME:
            return Qt.CheckState.Checked if pair.enabled else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.FontRole and column != _DESCRIPTION:
            return theme.fonts.code(12)
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.color("faint" if not pair.enabled or column == _DESCRIPTION else "text")
        if role == Qt.ItemDataRole.ToolTipRole and column == _DESCRIPTION:
            return pair.description or self._describe(pair.name)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row, column = index.row(), index.column()
        if row >= len(self._pairs):
            if role != Qt.ItemDataRole.EditRole or not value:
                return False
            self.beginInsertRows(QModelIndex(), row + 1, row + 1)
            self._pairs.append(Pair(""))
            self.endInsertRows()
        pair = self._pairs[row]
        if role == Qt.ItemDataRole.CheckStateRole:
            changed = replace(pair, enabled=Qt.CheckState(value) == Qt.CheckState.Checked)
        elif column == _NAME:
            changed = replace(pair, name=str(value).strip())
        elif column == _VALUE:
            changed = replace(pair, value=str(value), file="")
        elif str(value) == self._describe(pair.name):
            return False
        else:
            changed = replace(pair, description=str(value))
        if changed == pair:
            return False
        self._pairs[row] = changed
        self.dataChanged.emit(self.index(row, 0), self.index(row, 2))
        self.edited.emit()
        return True

    def remove(self, rows: Sequence[int]) -> None:
        """Take rows out."""
        for row in sorted((row for row in set(rows) if row < len(self._pairs)), reverse=True):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._pairs[row]
            self.endRemoveRows()
        self.edited.emit()


class _Table(QTableView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        model = self.model()
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and isinstance(model, PairsModel):
            model.remove([index.row() for index in self.selectedIndexes()])
            return
        super().keyPressEvent(event)


class PairsTable(QWidget):
    """The table, the same rows as text, and above them, quietly, what is sent besides.

    Signals:
        edited(tuple): The user changed the rows; carries them all.
    """

    edited = Signal(tuple)

    def __init__(
        self, name: str, describe: Callable[[str], str] = lambda _: "", hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._model = PairsModel(describe, self)
        self.table = _Table()
        self.table.setObjectName(f"{name}Rows")
        self.table.setAccessibleName(tr("Rows of name and value"))
        self.table.setModel(self._model)
        theme.set_role(self.table, "rows")
        self.table.setItemDelegate(RoomyDelegate(self.table))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(29)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(_DESCRIPTION, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(_NAME, 240)
        header.resizeSection(_VALUE, 320)
        self.text = QPlainTextEdit()
        self.text.setObjectName(f"{name}Text")
        self.text.setAccessibleName(tr("Rows as text, one a line, name: value"))
        self.text.setFont(theme.fonts.code())
        theme.set_role(self.text, "rows")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.text)
        self.hint = QLabel(hint)
        self.hint.setWordWrap(True)
        theme.set_role(self.hint, "meta")
        self.switch = SegmentedControl([("table", tr("Table")), ("text", tr("Text"))])
        self.switch.setObjectName(f"{name}Switch")
        self.switch.setAccessibleName(tr("Rows as a table or as text"))
        line = QHBoxLayout()
        line.setContentsMargins(16, 8, 16, 8)
        line.addWidget(self.hint, 1)
        line.addWidget(self.switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self._stack, 1)
        self._model.edited.connect(self._table_edited)
        self.text.textChanged.connect(self._text_edited)
        self.switch.chosen.connect(self._switch)
        theme.manager().changed.connect(self.table.viewport().update)

    def hasHeightForWidth(self) -> bool:
        """No: it scrolls. The words above it would claim the table's whole height from what stands below."""
        return False

    def show_pairs(self, pairs: Sequence[Pair]) -> None:
        """Show other rows, without `edited`."""
        self._model.show(pairs)
        if self._stack.currentIndex() == 1 and pairs_of_text(self.text.toPlainText(), pairs) != tuple(pairs):
            self._fill_text()

    def _fill_text(self) -> None:
        blocked = self.text.blockSignals(True)
        self.text.setPlainText(text_of_pairs(self._model.pairs))
        self.text.blockSignals(blocked)

    def _switch(self, key: str) -> None:
        if key == "text":
            self._fill_text()
        self._stack.setCurrentIndex(int(key == "text"))

    def _table_edited(self) -> None:
        self.edited.emit(self._model.pairs)

    def _text_edited(self) -> None:
        pairs = pairs_of_text(self.text.toPlainText(), self._model.pairs)
        if pairs != self._model.pairs:
            self._model.show(pairs)
            self.edited.emit(pairs)
