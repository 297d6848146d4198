"""The list of suggestions under the cursor of an editor. It never takes the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListWidget, QListWidgetItem

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.text.code_edit import CodeEdit
from komet_console.gui.text.offsets import from_qt, to_qt
from komet_console.gui.text.suggesting import Suggestions

__all__ = ["Completion"]

_ROWS = 9
_WIDTH = 300


class Completion(QFrame):
    """Ctrl+Space or an opening quote shows it; arrows choose, Enter and Tab take, Esc closes.

    Args:
        suggest: Suggestions for a text and the cursor's place in it.
    """

    def __init__(self, editor: CodeEdit, suggest: Callable[[str, int], Suggestions | None]) -> None:
        super().__init__(editor.window(), Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("completion")
        theme.set_role(self, "popup")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._editor = editor
        self._suggest = suggest
        self._found: Suggestions | None = None
        self.list = QListWidget()
        self.list.setObjectName("completionList")
        self.list.setAccessibleName(tr("Suggestions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFont(theme.fonts.code(12))
        self.list.setFixedWidth(_WIDTH)
        self.list.itemClicked.connect(lambda _item: self.take())
        self.list.currentRowChanged.connect(self._explain)
        self.tip = QLabel()
        self.tip.setObjectName("completionTip")
        self.tip.setWordWrap(True)
        self.tip.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.tip.setFixedWidth(_WIDTH)
        self.tip.setContentsMargins(10, 6, 10, 6)
        theme.set_role(self.tip, "small")
        line = QHBoxLayout(self)
        line.setContentsMargins(5, 5, 5, 5)
        line.setSpacing(0)
        line.addWidget(self.list)
        line.addWidget(self.tip)
        editor.installEventFilter(self)
        editor.textChanged.connect(self._changed)
        editor.destroyed.connect(self.deleteLater)

    def open(self) -> None:
        """Show what fits where the cursor stands; nothing where nothing does."""
        text = self._editor.toPlainText()
        self._found = self._suggest(text, from_qt(text, self._editor.textCursor().position()))
        if self._found is None:
            self.hide()
            return
        self.list.clear()
        for one in self._found.items:
            item = QListWidgetItem(f"{one.label}   {one.detail}" if one.detail else one.label)
            if one.strong:
                item.setFont(theme.fonts.code(12, 600))
            self.list.addItem(item)
        rows = min(_ROWS, self.list.count())
        self.list.setFixedHeight(rows * max(20, self.list.sizeHintForRow(0)) + 6)
        self.list.setCurrentRow(0)
        self._explain(0)
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        self.adjustSize()
        below = self._editor.cursorRect().bottomLeft()
        point = self._editor.viewport().mapToGlobal(below + QPoint(-12, 4))
        room = self._editor.screen().availableGeometry()
        if point.y() + self.height() > room.bottom():
            above = self._editor.viewport().mapToGlobal(self._editor.cursorRect().topLeft())
            point.setY(above.y() - self.height() - 4)
        point.setX(max(room.left(), min(point.x(), room.right() - self.width())))
        self.move(point)

    def _explain(self, row: int) -> None:
        if self._found is not None and 0 <= row < len(self._found.items):
            self.tip.setText(self._found.items[row].tip)

    def take(self) -> None:
        """Write the chosen suggestion."""
        found, row = self._found, self.list.currentRow()
        self.hide()
        if found is None or row < 0:
            return
        item = found.items[row]
        text = self._editor.toPlainText()
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(to_qt(text, found.start))
        cursor.setPosition(to_qt(text, found.end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(item.insert)
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.MoveAnchor, item.back)
        self._editor.setTextCursor(cursor)
        self.hide()

    def _changed(self) -> None:
        if self.isVisible():
            self.open()

    def _asked_by(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Space and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.Wheel):
            self.hide()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or self._editor.isReadOnly():
            return False
        if self._asked_by(event):
            self.open()
            return True
        if not self.isVisible():
            if event.text() == '"':
                # After the key has been written.
                self._editor.textChanged.connect(self.open, Qt.ConnectionType.SingleShotConnection)
            return False
        rows = self.list.count()
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS, Qt.Key.Key_PageUp: -_ROWS}
        if event.key() in step:
            by = step[Qt.Key(event.key())]
            row = self.list.currentRow() + by
            self.list.setCurrentRow(row % rows if abs(by) == 1 else max(0, min(rows - 1, row)))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and not event.modifiers():
            self.take()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return True
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            self.hide()
        return False
