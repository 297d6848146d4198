"""What a token may do: all methods by group, each with its mark; filtered by text and by what can be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.tokens.marks import SIDE, Mark, paint_mark
from komet_console.gui.tokens.words import STATES, moment, state_count, state_name, state_sentence
from komet_console.gui.widgets.flow import FlowLayout
from komet_console.gui.widgets.search_edit import SearchEdit
from komet_console.session.permissions import Permission, State

__all__ = ["MatrixView", "PermissionMatrix"]

_Index = QModelIndex | QPersistentModelIndex
_ROW = 26
_HEAD = 34
_NARROWEST = 250
_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class _Heading:
    text: str


class _Model(QAbstractListModel):
    """Groups and methods in one list: a heading, then what belongs to it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[_Heading | Permission] = []

    def show_rows(self, rows: list[_Heading | Permission]) -> None:
        if [_key(row) for row in rows] == [_key(row) for row in self.rows]:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == _ROLE:
            return row
        if isinstance(row, _Heading):
            return row.text if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.method
        if role == Qt.ItemDataRole.ToolTipRole:
            when = moment(row.at)
            lines = [row.title, state_sentence(row.state)]
            if when:
                lines.append(tr("Last tried: {when}.", when=when))
            return "\n".join(lines)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tr("{method}, {state}", method=row.method, state=state_name(row.state))
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if isinstance(self.rows[index.row()], _Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def _key(row: _Heading | Permission) -> str:
    return f"# {row.text}" if isinstance(row, _Heading) else row.method


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: MatrixView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        if isinstance(index.data(_ROLE), _Heading):
            return QSize(self._view.cell_width() * self._view.columns(), _HEAD)
        return QSize(self._view.cell_width(), _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = index.data(_ROLE)
        place: QRect = option.rect
        state: QStyle.StateFlag = option.state
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if isinstance(row, _Heading):
            painter.setPen(theme.color("muted"))
            painter.setFont(theme.fonts.ui(12, 600))
            painter.drawText(place.adjusted(2, 8, 0, 0), middle, row.text)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus) and self._view.hasFocus()
        frame = QRectF(place).adjusted(-1, 1.5, -10.5, -1.5)
        if hovered or focused:
            painter.setPen(QPen(theme.color("focus"), 2) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(frame.adjusted(2, 0, 0, 0), 5, 5)
        top = place.top() + (place.height() - SIDE) / 2
        paint_mark(painter, QRectF(place.left() + 4, top, SIDE, SIDE), row.state)
        painter.setPen(theme.color("text" if row.usable or row.state == "unknown" else "muted"))
        painter.setFont(theme.fonts.ui(13))
        words = place.adjusted(4 + SIDE + 8, 0, -16, 0)
        text = painter.fontMetrics().elidedText(row.method, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, middle, text)
        painter.restore()


class MatrixView(QListView):
    """As high as its content; the page around it scrolls.

    Signals:
        open_method(str): A method was clicked, or Enter pressed on it.
    """

    open_method = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrixList")
        self.setAccessibleName(tr("What the token may do"))
        self._rows = _Model(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSpacing(0)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        theme.set_role(self, "matrix")
        self.clicked.connect(self._open)

    def columns(self) -> int:
        """How many methods stand beside each other."""
        return max(1, min(4, self.viewport().width() // _NARROWEST))

    def cell_width(self) -> int:
        """Pixels of one method's place."""
        return max(1, (self.viewport().width() - 2) // self.columns())

    def show_rows(self, rows: Sequence[Permission]) -> None:
        """Show methods, in their order, under their groups."""
        made: list[_Heading | Permission] = []
        group = ""
        for row in rows:
            if row.group != group:
                group = row.group
                made.append(_Heading(group))
            made.append(row)
        self._rows.show_rows(made)
        self._fit()

    def shown(self) -> list[Permission]:
        """The methods that are shown."""
        return [row for row in self._rows.rows if isinstance(row, Permission)]

    def _fit(self) -> None:
        columns, height, beside = self.columns(), 0, 0
        for row in self._rows.rows:
            if isinstance(row, _Heading):
                height, beside = height + _HEAD, 0
            elif beside == 0:
                height, beside = height + _ROW, 1 % columns
            else:
                beside = (beside + 1) % columns
        self.setFixedHeight(height + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()
            self.scheduleDelayedItemsLayout()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: Any) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            first = next((n for n, row in enumerate(self._rows.rows) if isinstance(row, Permission)), None)
            if first is not None:
                self.setCurrentIndex(self._rows.index(first))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()
        return super().event(event)

    def _open(self, index: QModelIndex) -> None:
        row = index.data(_ROLE)
        if isinstance(row, Permission):
            self.open_method.emit(row.method)


class PermissionMatrix(QFrame):
    """The card: legend with counts, filters, the methods, and a place below for what can be done.

    Signals:
        open_method(str): See `MatrixView`.
    """

    open_method = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("permissionMatrix")
        theme.set_role(self, "sheet")
        self._permissions: list[Permission] = []
        self.filter = SearchEdit("matrixFilter", tr("Filter methods"), tr("Filter methods"))
        self.filter.setFixedWidth(180)
        self.usable = QPushButton(tr("Only what it may call"))
        self.usable.setObjectName("matrixUsable")
        self.usable.setCheckable(True)
        self.usable.setToolTip(tr("Only methods that are proven, or documented for its kind"))
        self.usable.setAccessibleName(tr("Only what can be done with it"))
        theme.set_role(self.usable, "toggle")
        title = QLabel(tr("What it may do"))
        theme.set_role(title, "strong")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self.usable)
        head.addWidget(self.filter)
        legend = QWidget()
        self._legend = FlowLayout(legend, margin=0, gap=14)
        self._counts: dict[State, QLabel] = {}
        for state in STATES:
            self._legend.addWidget(self._legend_entry(state))
        rest = QWidget()
        self._legend.addWidget(rest)
        self.view = MatrixView()
        self.view.open_method.connect(self.open_method)
        self.nothing = QLabel(tr("No method fits the filter."))
        self.nothing.setObjectName("matrixNothing")
        theme.set_role(self.nothing, "muted")
        self.below = QVBoxLayout()
        """Where probing stands."""
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(legend)
        column.addLayout(self.below)
        column.addWidget(self.view)
        column.addWidget(self.nothing)
        self.filter.textChanged.connect(self._show)
        self.usable.toggled.connect(self._show)

    def _legend_entry(self, state: State) -> QWidget:
        entry = QWidget()
        entry.setToolTip(state_sentence(state))
        line = QHBoxLayout(entry)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(Mark(state))
        words = QLabel(state_name(state))
        words.setObjectName(f"legend.{state}")
        theme.set_role(words, "small")
        line.addWidget(words)
        self._counts[state] = words
        return entry

    def show_permissions(self, rows: Sequence[Permission]) -> None:
        """Show what is known now."""
        self._permissions = list(rows)
        counts = Counter(row.state for row in rows)
        for state, label in self._counts.items():
            label.setText(state_count(state, counts[state]))
        self._show()

    def _show(self) -> None:
        words = self.filter.text().casefold().split()
        rows = [
            row
            for row in self._permissions
            if (row.usable or not self.usable.isChecked())
            and all(word in f"{row.method} {row.title} {row.group}".casefold() for word in words)
        ]
        self.view.show_rows(rows)
        self.view.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
