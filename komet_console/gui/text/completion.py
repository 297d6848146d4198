"""The list of suggestions under the cursor of an editor. It never takes the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.text.code_edit import CodeEdit
from komet_console.gui.text.offsets import from_qt, to_qt
from komet_console.gui.text.replacing import text_of
from komet_console.gui.text.suggesting import Item, Suggestions

__all__ = ["Completion"]

_ROWS = 9
_ROW = 24
_WIDTH = 320
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS, Qt.Key.Key_PageUp: -_ROWS}
_ITEM = Qt.ItemDataRole.UserRole
_ENDS = ",{}[]"
"""Characters after which nothing more belongs to what was being written."""


class _Row(QStyledItemDelegate):
    """Name to the left, type or meaning to the right; what is required is bold."""

    def __init__(self, rows: QListWidget) -> None:
        super().__init__(rows)
        self._rows = rows

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        item = index.data(_ITEM)
        rect: QRect = option.rect
        chosen = index.row() == self._rows.currentRow()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("sel"))
            painter.drawRoundedRect(rect, 5, 5)
        inside = rect.adjusted(8, 0, -8, 0)
        painter.setFont(theme.fonts.code(12, 600 if item.strong else 400))
        painter.setPen(theme.color("seltext" if chosen else "text"))
        metrics = painter.fontMetrics()
        label = metrics.elidedText(item.label, Qt.TextElideMode.ElideRight, inside.width())
        vertical = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | vertical, label)
        room = inside.adjusted(metrics.horizontalAdvance(label) + 12, 0, 0, 0)
        if item.detail and room.width() > 30:
            painter.setFont(theme.fonts.ui(12))
            painter.setPen(theme.color("seltext" if chosen else "faint"))
            detail = painter.fontMetrics().elidedText(item.detail, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | vertical, detail)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_WIDTH - 20, _ROW)


class _Popup(QFrame):
    """The list, and beside it what is documented about the chosen one."""

    def __init__(self, editor: CodeEdit) -> None:
        super().__init__(editor, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("completion")
        theme.set_role(self, "completion")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.list = QListWidget()
        self.list.setObjectName("completionList")
        self.list.setAccessibleName(tr("Suggestions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedWidth(_WIDTH)
        self.list.viewport().setAutoFillBackground(False)
        theme.set_role(self.list, "completion")
        self.tip = QLabel()
        self.tip.setObjectName("completionTip")
        self.tip.setTextFormat(Qt.TextFormat.RichText)
        self.tip.setWordWrap(True)
        self.tip.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.tip.setFixedWidth(_WIDTH)
        self.tip.setContentsMargins(12, 4, 8, 4)
        theme.set_role(self.tip, "small")
        line = QHBoxLayout(self)
        line.setContentsMargins(5, 5, 5, 5)
        line.setSpacing(0)
        line.addWidget(self.list, alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.tip, alignment=Qt.AlignmentFlag.AlignTop)

    def fill(self, items: tuple[Item, ...]) -> None:
        """Show these, the first one chosen."""
        self.list.clear()
        for one in items:
            item = QListWidgetItem(one.label)
            item.setData(_ITEM, one)
            self.list.addItem(item)
        self.list.setFixedHeight(min(_ROWS, len(items)) * _ROW + 2)
        self.list.setCurrentRow(0)


class Completion(QObject):
    """Ctrl+Space or an opening quote shows it; arrows choose, Enter and Tab take, Esc closes. Made when first needed.

    Args:
        suggest: Suggestions for a text and the cursor's place in it.
    """

    def __init__(self, editor: CodeEdit, suggest: Callable[[str, int], Suggestions | None]) -> None:
        super().__init__(editor)
        self._editor = editor
        self._suggest = suggest
        self._found: Suggestions | None = None
        self.popup: _Popup | None = None
        """None until something was suggested for the first time."""
        editor.installEventFilter(self)
        editor.textChanged.connect(self._changed)
        editor.verticalScrollBar().valueChanged.connect(self.hide)

    @property
    def shown(self) -> bool:
        """Whether suggestions are shown."""
        return self.popup is not None and not self.popup.isHidden()

    def hide(self) -> None:
        """Close the list."""
        if self.popup is not None:
            self.popup.hide()

    def open(self) -> None:
        """Show what fits where the cursor stands; nothing where nothing does."""
        text = text_of(self._editor)
        self._found = self._suggest(text, from_qt(text, self._editor.textCursor().position()))
        if self._found is None:
            self.hide()
            return
        if self.popup is None:
            self.popup = _Popup(self._editor)
            self.popup.list.itemClicked.connect(self.take)
            self.popup.list.currentRowChanged.connect(self._explain)
        self.popup.fill(self._found.items)
        self._explain(0)
        self.popup.show()
        self.popup.raise_()

    def _explain(self, row: int) -> None:
        if self.popup is None or self._found is None or not 0 <= row < len(self._found.items):
            return
        tip = self._found.items[row].tip
        self.popup.tip.setText(tip)
        self.popup.tip.setVisible(bool(tip))
        self._place(self.popup)

    def _place(self, popup: _Popup) -> None:
        """Under the cursor; above it where there is no room."""
        popup.adjustSize()
        cursor = self._editor.cursorRect()
        viewport = self._editor.viewport()
        point = viewport.mapToGlobal(cursor.bottomLeft() + QPoint(-12, 4))
        room = self._editor.screen().availableGeometry()
        if point.y() + popup.height() > room.bottom():
            point.setY(viewport.mapToGlobal(cursor.topLeft()).y() - popup.height() - 4)
        point.setX(max(room.left(), min(point.x(), room.right() - popup.width())))
        popup.move(point)

    def take(self) -> None:
        """Write the chosen suggestion; where that was a key, the values of it are suggested next."""
        found = self._found
        row = self.popup.list.currentRow() if self.popup is not None else -1
        self.hide()
        if found is None or row < 0:
            return
        item = found.items[row]
        text = text_of(self._editor)
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(to_qt(text, found.start))
        cursor.setPosition(to_qt(text, found.end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(item.insert)
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.MoveAnchor, item.back)
        self._editor.setTextCursor(cursor)
        if item.goes_on:
            self.open()

    def _changed(self) -> None:
        if self.shown:
            self.open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.hide()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Esc closes the list before it cancels anything in the window.
            if self.shown and event.key() == Qt.Key.Key_Escape:
                event.accept()
            return False
        if kind != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or self._editor.isReadOnly():
            return False
        return self._pressed(event)

    def _pressed(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.open()
            return True
        if not self.shown or self.popup is None:
            if event.text() == '"':
                # After the key has been written, and the cursor is where it belongs.
                QTimer.singleShot(0, self, self.open)
            return False
        if event.text() and event.text() in _ENDS:
            # What was being written is over: Enter means a new line again.
            self.hide()
            return False
        if key in _STEPS and not event.modifiers():
            rows, row = self.popup.list.count(), self.popup.list.currentRow() + _STEPS[key]
            self.popup.list.setCurrentRow(row % rows if abs(_STEPS[key]) == 1 else max(0, min(rows - 1, row)))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and not event.modifiers():
            self.take()
            return True
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Backtab):
            self.hide()
        return False
