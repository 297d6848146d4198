"""An editor for code: line numbers, colours, folding, matching brackets, indentation, marks under what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from komet_console.gui import theme
from komet_console.gui.text import typing_aid
from komet_console.gui.text.colouring import Colouring
from komet_console.gui.text.folding import foldable, partner
from komet_console.gui.text.gutter import Gutter
from komet_console.gui.text.offsets import from_qt, to_qt

__all__ = ["CodeEdit", "Mark"]

_FOLDS_UP_TO = 400_000
"""Characters; longer texts are not folded: finding the brackets at every change would take too long."""
_BRACKETS_UP_TO = 200_000
_QUIET = 150


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of the text to underline: offsets as Qt counts them, words, and a colour of the theme (red, amber, blue)."""

    start: int
    end: int
    text: str
    token: str = "red"


class CodeEdit(QPlainTextEdit):
    """Tab indents; Esc and then Tab leaves the editor by keyboard.

    Signals:
        left_by_tab(bool): The user leaves with the keyboard; True: backwards.
    """

    left_by_tab = Signal(bool)

    def __init__(self, language: str = "json", *, read_only: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "code")
        self.language = language
        self.setReadOnly(read_only)
        self.setFont(theme.fonts.code())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabStopDistance(2 * self.fontMetrics().horizontalAdvance(" "))
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.document().setDocumentMargin(6)
        self._colouring = Colouring(self.document(), language)
        self._gutter = Gutter(self)
        self._marks: tuple[Mark, ...] = ()
        self.found: list[QTextEdit.ExtraSelection] = []
        """What a search has found; see `show_selections`."""
        self._folds: dict[int, int] = {}
        self._folded: set[int] = set()
        self._leaving = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET)
        self._quiet.timeout.connect(self._read_structure)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._cursor_moved)
        self.textChanged.connect(self._quiet.start)
        theme.manager().changed.connect(self.show_selections)
        self._make_room()

    # --- what is seen

    def seen_blocks(self) -> Iterator[tuple[QTextBlock, float, float]]:
        """The lines that are seen, with top and height in pixels."""
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        bottom = self.viewport().height()
        while block.isValid() and top <= bottom:
            height = self.blockBoundingRect(block).height()
            if block.isVisible():
                yield block, top, height
                top += height
            block = block.next()

    def _make_room(self) -> None:
        self.setViewportMargins(self._gutter.width_needed(), 0, 0, 0)

    def _scrolled(self, area: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
            lines = self.viewport().height() // max(1, self.fontMetrics().lineSpacing()) + 60
            QTimer.singleShot(0, self, lambda: self._colouring.show_lines(self.firstVisibleBlock(), lines))
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._gutter.setGeometry(inside.left(), inside.top(), self._gutter.width_needed(), inside.height())

    def set_language(self, language: str) -> None:
        """Colour and fold as another language from now on."""
        self.language = language
        self._colouring.set_language(language)
        self._read_structure()

    # --- marks, brackets, what was found

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Underline these parts, and only these."""
        if tuple(marks) != self._marks:
            self._marks = tuple(marks)
            self.show_selections()

    def _cursor_moved(self) -> None:
        self._gutter.update()
        self.show_selections()

    def show_selections(self) -> None:
        """Draw marks, brackets and what was found again."""
        self.setExtraSelections([*self._drawn_marks(), *self.found, *self._drawn_brackets()])

    def _range(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        last = self.document().characterCount() - 1
        cursor.setPosition(min(start, last))
        cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _drawn_marks(self) -> list[QTextEdit.ExtraSelection]:
        drawn = []
        for mark in self._marks:
            look = QTextCharFormat()
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            look.setUnderlineColor(theme.color(mark.token))
            drawn.append(self._selection(self._range(mark.start, max(mark.end, mark.start + 1)), look))
        return drawn

    @staticmethod
    def _selection(cursor: QTextCursor, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        made.cursor, made.format = cursor, look
        return made

    def _drawn_brackets(self) -> list[QTextEdit.ExtraSelection]:
        cursor = self.textCursor()
        if cursor.hasSelection() or self.document().characterCount() > _BRACKETS_UP_TO:
            return []
        text = self.toPlainText()
        place = from_qt(text, cursor.position())
        if text[place : place + 1] not in tuple("{}[]"):
            place -= 1
        if place < 0 or text[place : place + 1] not in tuple("{}[]"):
            return []
        other = partner(text, place)
        if other is None:
            return []
        look = QTextCharFormat()
        look.setBackground(theme.color("sel"))
        return [self._selection(self._range(to_qt(text, one), to_qt(text, one) + 1), look) for one in (place, other)]

    def mark_at(self, place: int) -> Mark | None:
        """The mark at a character; None where there is none."""
        return next((mark for mark in self._marks if mark.start <= place <= max(mark.end, mark.start + 1)), None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            point = self.viewport().mapFromGlobal(event.globalPos())
            mark = self.mark_at(self.cursorForPosition(point).position()) if self._marks else None
            if mark is not None:
                QToolTip.showText(event.globalPos(), mark.text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    # --- folding

    def _read_structure(self) -> None:
        if self.language != "json" or self.document().characterCount() > _FOLDS_UP_TO:
            self._folds = {}
        else:
            self._folds = foldable(self.toPlainText())
        for line in list(self._folded):
            if line not in self._folds:
                self._folded.discard(line)
                self._show_hidden()
        self._gutter.update()

    def can_fold(self, line: int) -> bool:
        """Whether something begins on a line (from 0) and ends on a later one."""
        return line in self._folds

    def is_folded(self, line: int) -> bool:
        """Whether the lines after it are hidden."""
        return line in self._folded

    def toggle_fold(self, line: int) -> None:
        """Hide or show what begins on a line."""
        if line not in self._folds:
            return
        (self._folded.discard if line in self._folded else self._folded.add)(line)
        self._show_hidden()
        cursor = self.textCursor()
        if not cursor.block().isVisible():
            cursor.setPosition(self.document().findBlockByNumber(line).position())
            self.setTextCursor(cursor)

    def fold_here(self) -> None:
        """Hide what the cursor stands in."""
        line = self.textCursor().blockNumber()
        around = [begin for begin, end in self._folds.items() if begin <= line <= end and begin not in self._folded]
        if around:
            self.toggle_fold(max(around))

    def unfold_here(self) -> None:
        """Show what is hidden below the cursor's line."""
        line = self.textCursor().blockNumber()
        if line in self._folded:
            self.toggle_fold(line)

    def unfold_all(self) -> None:
        """Show everything."""
        self._folded.clear()
        self._show_hidden()

    def _show_hidden(self) -> None:
        hidden = {line for begin in self._folded for line in range(begin + 1, self._folds.get(begin, begin) + 1)}
        block = self.document().firstBlock()
        while block.isValid():
            visible = block.blockNumber() not in hidden
            if block.isVisible() != visible:
                block.setVisible(visible)
                block.setLineCount(1 if visible else 0)
            block = block.next()
        document = self.document()
        document.markContentsDirty(0, document.characterCount())
        self.document().documentLayout().documentSizeChanged.emit(self.document().documentLayout().documentSize())
        self.viewport().update()
        self._gutter.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._folded:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        painter.setPen(theme.color("faint"))
        for block, top, height in self.seen_blocks():
            if block.blockNumber() in self._folded:
                left = self.contentOffset().x() + self.fontMetrics().horizontalAdvance(block.text()) + 10
                end = self._folds.get(block.blockNumber(), block.blockNumber())
                close = self.document().findBlockByNumber(end).text().strip()
                painter.drawText(
                    QPoint(round(left), round(top + height - self.fontMetrics().descent() - 2)),
                    f"… {end - block.blockNumber() - 1} … {close}",
                )

    # --- going somewhere

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the cursor on a line and column, both from 1, and see it."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        if not block.isValid():
            block = self.document().lastBlock()
        self._reveal(block)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + min(max(0, column - 1), max(0, block.length() - 1)))
        self.setTextCursor(cursor)
        self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def select(self, start: int, end: int) -> None:
        """Select a part of the text (offsets as Qt counts them) and see it."""
        cursor = self._range(start, end)
        self._reveal(self.document().findBlock(start))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _reveal(self, block: QTextBlock) -> None:
        if block.isVisible():
            return
        line = block.blockNumber()
        for begin in list(self._folded):
            if begin < line <= self._folds.get(begin, begin):
                self._folded.discard(begin)
        self._show_hidden()

    # --- typing

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        if key == Qt.Key.Key_Escape:
            self._leaving = True
            event.ignore()
            return
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and (self.isReadOnly() or self._leaving):
            self._leaving = False
            self.left_by_tab.emit(key == Qt.Key.Key_Backtab)
            self.focusNextPrevChild(key == Qt.Key.Key_Tab)
            return
        self._leaving = False
        if modifiers == control | shift and key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BraceLeft):
            self.fold_here()
        elif modifiers == control | shift and key in (Qt.Key.Key_BracketRight, Qt.Key.Key_BraceRight):
            self.unfold_here()
        elif self.isReadOnly() or not typing_aid.typed(self, event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._leaving = False
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            palette = self.palette()
            if palette.color(QPalette.ColorRole.PlaceholderText) != theme.color("faint"):
                palette.setColor(QPalette.ColorRole.PlaceholderText, theme.color("faint"))
                self.setPalette(palette)
