"""Checks and captures as tables: one row each, and an empty row at the end that adds another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from komet_console.exchange import MASK, is_secret_name
from komet_console.gui import theme
from komet_console.gui.checks.model import ChecksState
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.roomy import RoomyDelegate
from komet_console.workspace.collections.checks import expression_error
from komet_console.workspace.collections.model import Capture, Check, CheckKind, Operator

__all__ = ["CapturesModel", "ChecksModel", "RowsTable", "choices_of"]

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
KIND, EXPRESSION, OPERATOR, VALUE, RESULT = range(5)
VARIABLE, FROM, FOUND = range(3)
_OUTCOMES = ("success", "partial", "nothing-found", "refused", "http-failure", "not-explained")
_BARE = ("exists", "missing")
"""Operators that need no value."""


def kind_name(kind: str) -> str:
    """What is checked."""
    return {
        "outcome": tr("Outcome"),
        "status": tr("HTTP status"),
        "value": tr("Value"),
        "schema": tr("As documented"),
        "time": tr("Time in ms"),
    }.get(kind, kind)


def operator_name(operator: str) -> str:
    """How it is compared."""
    return {
        "eq": tr("is"),
        "neq": tr("is not"),
        "gt": tr("more than"),
        "gte": tr("at least"),
        "lt": tr("less than"),
        "lte": tr("at most"),
        "contains": tr("contains"),
        "notContains": tr("does not contain"),
        "matches": tr("matches"),
        "notMatches": tr("does not match"),
        "exists": tr("is there"),
        "missing": tr("is not there"),
    }.get(operator, operator)


def operators_of(kind: str) -> tuple[Operator, ...]:
    """The comparisons that make sense for a kind."""
    numbers: tuple[Operator, ...] = ("eq", "neq", "lt", "lte", "gt", "gte")
    every: tuple[Operator, ...] = get_args(Operator)
    table: dict[str, tuple[Operator, ...]] = {
        "outcome": ("eq", "neq"),
        "status": numbers,
        "time": ("lt", "lte", "gt", "gte"),
        "schema": (),
    }
    return table.get(kind, every)


def choices_of(check: Check, column: int) -> list[tuple[str, str]]:
    """Key and text of what a cell can be; empty where anything can be typed."""
    if column == KIND:
        return [(kind, kind_name(kind)) for kind in get_args(CheckKind)]
    if column == OPERATOR:
        return [(one, operator_name(one)) for one in operators_of(check.kind)]
    if column == VALUE and check.kind == "outcome":
        return [(one, one) for one in _OUTCOMES]
    return []


class _Rows(QAbstractTableModel):
    """What both tables share. The last row is empty and adds another one."""

    titles: tuple[str, ...] = ()

    def __init__(self, state: ChecksState, parent: QWidget) -> None:
        super().__init__(parent)
        self.state = state
        self._shown = tuple(self.read())
        state.edited.connect(self._edited)
        state.results_changed.connect(self._repaint)

    def read(self) -> Sequence[Any]:
        """The rows as the state has them."""
        return ()

    def items(self) -> Sequence[Any]:
        """The rows as they are shown."""
        return self._shown

    def put(self, items: Sequence[Any]) -> None:
        """Other rows, for the state."""

    def _edited(self) -> None:
        now, before = tuple(self.read()), self._shown
        if now[:-1] == before and len(now) > len(before):
            # The empty row moves down.
            self.beginInsertRows(QModelIndex(), len(before), len(before))
            self._shown = now
            self.endInsertRows()
        elif len(now) == len(before):
            self._shown = now
            self._repaint()
        else:
            self.beginResetModel()
            self._shown = now
            self.endResetModel()

    def _repaint(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, self.columnCount() - 1))

    def store(self, row: int, item: Any) -> None:
        """One row is another one now, or a new one."""
        items = list(self._shown)
        if row < len(items):
            items[row] = item
        else:
            items.append(item)
        self.put(items)

    def remove(self, rows: Sequence[int]) -> None:
        """Take rows out."""
        gone = set(rows)
        self.put([item for number, item in enumerate(self.items()) if number not in gone])

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.items()) + 1

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class ChecksModel(_Rows):
    """What must be true of an answer."""

    def __init__(self, state: ChecksState, parent: QWidget) -> None:
        self.titles = (tr("Check"), tr("Path"), tr("Comparison"), tr("Value"), tr("Result"))
        super().__init__(state, parent)

    def read(self) -> Sequence[Check]:
        return self.state.checks

    def put(self, items: Sequence[Check]) -> None:
        self.state.set(checks=items)

    def check(self, row: int) -> Check:
        """The check of a row; of the empty one what it will begin with."""
        return self._shown[row] if row < len(self._shown) else Check("outcome", value="success")

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        new = index.row() >= len(self._shown)
        check = self.check(index.row())
        editable = {
            KIND: True,
            EXPRESSION: check.kind == "value",
            OPERATOR: bool(operators_of(check.kind)),
            VALUE: check.kind != "schema" and check.operator not in _BARE,
        }.get(index.column(), False)
        if editable and (index.column() == KIND or not new):
            flags |= Qt.ItemFlag.ItemIsEditable
        if index.column() == KIND and not new:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if row >= len(self._shown):
            if role == Qt.ItemDataRole.DisplayRole and column == KIND:
                return tr("Add a check")
            return theme.color("faint") if role == Qt.ItemDataRole.ForegroundRole else None
        check = self._shown[row]
        if role == Qt.ItemDataRole.EditRole:
            return (check.kind, check.expression, check.operator, check.value, "")[column]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(check, column)
        if role == Qt.ItemDataRole.CheckStateRole and column == KIND:
            return Qt.CheckState.Checked if check.enabled else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.FontRole and column in (EXPRESSION, VALUE):
            return theme.fonts.code(12)
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.color(self._colour(check, column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text(check, RESULT) if column == RESULT else check.description or None
        return None

    def _text(self, check: Check, column: int) -> str:
        if column == RESULT:
            if check.kind == "value" and (trouble := expression_error(check.expression or "")):
                return tr("Type where the value stands, such as customers[0].id.") if not check.expression else trouble
            result = self.state.result_of(check)
            if result is None or result.passed is None:
                return ""
            return f"{'✓' if result.passed else '✗'}  {tr(result.message)}"
        bare = check.operator in _BARE or check.kind == "schema"
        return (
            kind_name(check.kind),
            check.expression if check.kind == "value" else "",
            operator_name(check.operator) if operators_of(check.kind) else "",
            "" if bare else check.value,
        )[column]

    def _colour(self, check: Check, column: int) -> str:
        if not check.enabled:
            return "faint"
        if column != RESULT:
            return "text"
        if check.kind == "value" and expression_error(check.expression):
            return "amber"
        result = self.state.result_of(check)
        return "faint" if result is None or result.passed is None else "green" if result.passed else "red"

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row, column = index.row(), index.column()
        new = row >= len(self._shown)
        check = self.check(row)
        if role == Qt.ItemDataRole.CheckStateRole:
            made = replace(check, enabled=Qt.CheckState(value) == Qt.CheckState.Checked)
        elif column == KIND:
            made = _of_kind(check, value)
        elif column == EXPRESSION:
            made = replace(check, expression=str(value).strip())
        elif column == OPERATOR:
            made = replace(check, operator=value)
        else:
            made = replace(check, value=str(value))
        if made == check and not new:
            return False
        self.store(row, made)
        return True


def _of_kind(check: Check, kind: CheckKind) -> Check:
    """The check about something else; what does not fit that begins anew."""
    if kind == check.kind:
        return check
    values = {"outcome": "success", "status": "200", "time": "1000"}
    operators = operators_of(kind)
    operator = check.operator if check.operator in operators else (operators[0] if operators else "eq")
    return replace(check, kind=kind, operator=operator, value=values.get(kind, ""), expression="")


class CapturesModel(_Rows):
    """Values of an answer that become variables."""

    def __init__(self, state: ChecksState, parent: QWidget) -> None:
        self.titles = (tr("Variable"), tr("Path"), tr("Value found"))
        super().__init__(state, parent)

    def read(self) -> Sequence[Capture]:
        return self.state.captures

    def put(self, items: Sequence[Capture]) -> None:
        self.state.set(captures=items)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        new = index.row() >= len(self._shown)
        if index.column() == VARIABLE or (index.column() == FROM and not new):
            flags |= Qt.ItemFlag.ItemIsEditable
        if index.column() == VARIABLE and not new:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if row >= len(self._shown):
            if role == Qt.ItemDataRole.DisplayRole and column == VARIABLE:
                return tr("Add a variable")
            if role == Qt.ItemDataRole.EditRole:
                return ""  # without a text Qt finds no editor for it
            return theme.color("faint") if role == Qt.ItemDataRole.ForegroundRole else None
        one = self._shown[row]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole) and column != FOUND:
            return one.variable if column == VARIABLE else one.expression
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) and column == FOUND:
            return self._found(one)
        if role == Qt.ItemDataRole.CheckStateRole and column == VARIABLE:
            return Qt.CheckState.Checked if one.enabled else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.FontRole:
            return theme.fonts.code(12) if column != FOUND else None
        if role == Qt.ItemDataRole.ForegroundRole:
            found = self.state.captured_of(one)
            if not one.enabled:
                return theme.color("faint")
            if column != FOUND:
                return theme.color("text")
            bad = expression_error(one.expression) or (found is not None and found.value is None)
            return theme.color("amber" if bad else "green")
        return None

    def _found(self, one: Capture) -> str:
        if not one.expression:
            return tr("Type where the value stands, such as customers[0].id.")
        if trouble := expression_error(one.expression):
            return trouble
        found = self.state.captured_of(one)
        if found is None:
            return ""
        if found.value is None:
            return tr(found.message)
        hidden = is_secret_name(one.variable) or is_secret_name(one.expression.rpartition(".")[2])
        return MASK if hidden else found.value

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row, column, items = index.row(), index.column(), self._shown
        one = items[row] if row < len(items) else Capture("", "")
        if role == Qt.ItemDataRole.CheckStateRole:
            made = replace(one, enabled=Qt.CheckState(value) == Qt.CheckState.Checked)
        elif column == VARIABLE:
            name = str(value).strip().removeprefix("{{").removesuffix("}}").strip()
            if not name:
                return False
            made = replace(one, variable=name)
        else:
            made = replace(one, expression=str(value).strip())
        if made == one:
            return False
        self.store(row, made)
        return True


class _Choice(RoomyDelegate):
    """A list where a cell has choices, else a line."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        model = index.model()
        choices = choices_of(model.check(index.row()), index.column()) if isinstance(model, ChecksModel) else []
        if not choices:
            made = super().createEditor(parent, option, index)
            made.setObjectName("checkText")
            return made
        combo = QComboBox(parent)
        combo.setObjectName("checkChoice")
        for key, text in choices:
            combo.addItem(text, key)
        combo.activated.connect(lambda: self._done(combo))
        return combo

    def _done(self, combo: QComboBox) -> None:
        self.commitData.emit(combo)
        self.closeEditor.emit(combo, QStyledItemDelegate.EndEditHint.NoHint)

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(index.data(Qt.ItemDataRole.EditRole))))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())
        else:
            super().setModelData(editor, model, index)


class RowsTable(QTableView):
    """Enter or F2 edits, typing too, Delete takes rows out, Space switches one off and on."""

    def __init__(self, name: str, spoken: str, model: _Rows, widths: Sequence[int], stretched: int) -> None:
        super().__init__()
        self._rows = model
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setModel(model)
        self.setItemDelegate(_Choice(self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(29)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        theme.set_role(self, "rows")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in enumerate(widths):
            header.resizeSection(column, width)
        header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        model.rowsInserted.connect(self._stay)
        theme.manager().changed.connect(self.viewport().update)

    def _stay(self, _parent: QModelIndex, row: int) -> None:
        """The cursor stays on the row that was typed, not on the empty one that moved down."""
        self.setCurrentIndex(self._rows.index(row, max(0, self.currentIndex().column())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)  # Enter in the editor comes by here too
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._rows.remove([one.row() for one in self.selectedIndexes() if one.row() < len(self._rows.items())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.edit(index)
        elif event.key() == Qt.Key.Key_Space and index.row() < len(self._rows.items()):
            first = index.siblingAtColumn(0)
            on = first.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            self._rows.setData(
                first, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole
            )
        else:
            super().keyPressEvent(event)
