"""An editor for code: line numbers, colours, folding, matching brackets, indentation, marks under what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
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
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from komet_console.gui import theme
from komet_console.gui.text import typing_aid
from komet_console.gui.text.colouring import Colouring
from komet_console.gui.text.folding import Structure, read_structure
from komet_console.gui.text.gutter import Gutter
from komet_console.gui.text.offsets import from_qt, to_qt
from komet_console.gui.text.replacing import text_of
from komet_console.gui.widgets.files_over import carries_files

__all__ = ["CodeEdit", "Mark"]

_VARIABLE = re.compile(r"\{\{\s*([^{}|]+?)\s*(?:\|[^{}]*)?\}\}")
_FOLDS_UP_TO = 4_000_000
"""Characters; in longer texts the search for brackets would be felt."""
_AT_ONCE = 50_000
"""Characters up to which brackets are found at once; in longer texts in the first pause of typing."""
_QUIET = 150
_MOST_MARKS = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of the text to underline: offsets as Qt counts them, words, and a colour of the theme (red, amber, blue)."""

    start: int
    end: int
    text: str
    token: str = "red"


class CodeEdit(QPlainTextEdit):
    """Tab indents; Esc and then Tab leaves the editor by keyboard. Ctrl+Shift+[ and ] fold and unfold.

    Signals:
        find_asked(bool): The user wants to find something with the editor's own keys; True: to replace it, too.
    """

    find_asked = Signal(bool)

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
        # Qt counts the margin as a change that can be undone.
        self.document().clearUndoRedoStacks()
        self._structure = Structure()
        self._read = -1
        """The document's revision that the structure belongs to."""
        self._lines = 1
        self._colouring = Colouring(self.document(), language, self._comment_of)
        self._gutter = Gutter(self)
        self.tell: Callable[[str], str] | None = None
        """Says what a variable is worth, for the mouse over it."""
        self._marks: list[tuple[QTextCursor, Mark]] = []
        self.found: list[QTextEdit.ExtraSelection] = []
        """What a search has found; see `show_selections`."""
        self._folds: dict[int, int] = {}
        self._folded: set[int] = set()
        self._hides = False
        self._leaving = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET)
        self._quiet.timeout.connect(self._read_structure)
        self.document().contentsChange.connect(self._edited)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._cursor_moved)
        self.textChanged.connect(self._text_changed)
        theme.manager().changed.connect(self._theme_changed)
        self._make_room()
        self.show_selections()

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
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def _theme_changed(self) -> None:
        self._colouring.restart()
        self.show_selections()
        self._gutter.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._gutter.setGeometry(inside.left(), inside.top(), self._gutter.width_needed(), inside.height())

    def set_language(self, language: str) -> None:
        """Colour and fold as another language from now on."""
        if language == self.language:
            return
        self.language = language
        self._colouring.set_language(language)
        self._read = -1
        self._read_structure()
        self.viewport().update()

    # --- following the text

    def _edited(self, position: int, _removed: int, added: int) -> None:
        """Folded lines move with the text; what is written anew is not folded."""
        document = self.document()
        first = document.findBlock(position)
        last = document.findBlock(min(position + added, document.characterCount() - 1))
        self._colouring.note_change(first, last)
        moved = document.blockCount() - self._lines
        self._lines = document.blockCount()
        if not moved:
            return
        begin = first.blockNumber() + (position > first.position())
        renewed = range(begin, last.blockNumber() - (moved == 1))

        def shifted(line: int) -> int:
            return line + moved if line >= begin else line

        self._folds = {shifted(line): shifted(end) for line, end in self._folds.items()}
        self._folded = {shifted(line) for line in self._folded if line not in renewed}

    def _text_changed(self) -> None:
        # Longer texts wait for a longer pause.
        self._quiet.start(_QUIET if self.document().characterCount() < 10 * _AT_ONCE else 3 * _QUIET)

    @property
    def structure(self) -> Structure:
        """Brackets and comments; of a long text, as they were before the last pause of typing."""
        if self._read != self.document().revision() and self.document().characterCount() <= _AT_ONCE:
            self._read_anew()
        return self._structure

    def _read_anew(self) -> None:
        self._read = self.document().revision()
        comments = self._structure.comments
        known = self.language == "json" and self.document().characterCount() <= _FOLDS_UP_TO
        self._structure = read_structure(text_of(self)) if known else Structure()
        if self._structure.comments != comments:
            self._colouring.restart()

    def _comment_of(self, line: int) -> int:
        return self.structure.comments.get(line, 0)

    # --- marks, brackets, what was found

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Underline these parts, and only these; they move with the text until they are set again."""
        if marks or self._marks:
            self._marks = [
                (self._range(mark.start, max(mark.end, mark.start + 1)), mark) for mark in marks[:_MOST_MARKS]
            ]
            self.show_selections()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What is underlined."""
        return tuple(mark for _, mark in self._marks)

    def _cursor_moved(self) -> None:
        block = self.textCursor().block()
        if not block.isVisible():
            self._reveal(block)
        self._gutter.update()
        self.show_selections()

    def show_selections(self) -> None:
        """Draw the current line, marks, brackets and what was found again."""
        drawn = [*self._drawn_line(), *self._drawn_marks(), *self.found, *self._drawn_brackets()]
        self.setExtraSelections(drawn)

    def _range(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        last = self.document().characterCount() - 1
        cursor.setPosition(min(start, last))
        cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _drawn_line(self) -> list[QTextEdit.ExtraSelection]:
        if self.isReadOnly() or self.textCursor().hasSelection():
            return []
        look = QTextCharFormat()
        look.setBackground(theme.color("panel" if theme.manager().scheme == "light" else "hover"))
        look.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return [self._selection(self.textCursor(), look)]

    def _drawn_marks(self) -> list[QTextEdit.ExtraSelection]:
        drawn = []
        for cursor, mark in self._marks:
            look = QTextCharFormat()
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            look.setUnderlineColor(theme.color(mark.token))
            drawn.append(self._selection(cursor, look))
        return drawn

    @staticmethod
    def _selection(cursor: QTextCursor, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        made.cursor, made.format = cursor, look
        return made

    def _drawn_brackets(self) -> list[QTextEdit.ExtraSelection]:
        cursor = self.textCursor()
        pairs = self.structure.pairs
        if cursor.hasSelection() or not pairs or self._read != self.document().revision():
            return []
        # Only beside a bracket: to get at the whole text costs milliseconds for a long one.
        if not any(self.document().characterAt(cursor.position() - back) in "{}[]" for back in (0, 1)):
            return []
        text = text_of(self)
        place = from_qt(text, cursor.position())
        if place not in pairs:
            place -= 1
        if place not in pairs:
            return []
        look = QTextCharFormat()
        look.setBackground(theme.color("sel"))
        ends = (to_qt(text, one) for one in (place, pairs[place]))
        return [self._selection(self._range(end, end + 1), look) for end in ends]

    def mark_at(self, place: int) -> Mark | None:
        """The mark at a character; None where there is none."""
        found = (mark for at, mark in self._marks if at.selectionStart() <= place <= at.selectionEnd())
        return next(found, None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            point = self.viewport().mapFromGlobal(event.globalPos())
            cursor = self.cursorForPosition(point)
            mark = self.mark_at(cursor.position()) if self._marks else None
            told = mark.text if mark is not None else self._told_variable(cursor)
            if told:
                QToolTip.showText(event.globalPos(), told, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _told_variable(self, cursor: QTextCursor) -> str:
        """What the variable under the mouse is worth; empty where there is none, or nobody knows."""
        if self.tell is None:
            return ""
        line, column = cursor.block().text(), cursor.positionInBlock()
        found = next((one for one in _VARIABLE.finditer(line) if one.start() <= column <= one.end()), None)
        return f"{found.group()} = {self.tell(found[1])}" if found else ""

    # --- folding

    def _read_structure(self) -> None:
        """In a pause of typing: find brackets and comments, show what can no longer be folded."""
        if self._read != self.document().revision():
            self._read_anew()
        self._folds = self._structure.folds
        if self._folded or self._hides:
            self._folded &= self._folds.keys()
            self._show_hidden()
        self._gutter.update()
        self.show_selections()

    def can_fold(self, line: int) -> bool:
        """Whether something begins on a line (from 0) and ends on a later one."""
        return line in self._folds

    def is_folded(self, line: int) -> bool:
        """Whether the lines after it are hidden."""
        return line in self._folded

    def toggle_fold(self, line: int) -> None:
        """Hide or show what begins on a line."""
        if self._quiet.isActive():
            self._quiet.stop()
            self._read_structure()
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
        self._hides = bool(hidden)
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
        self._colouring.colour([block for block, _, _ in self.seen_blocks()])
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
            self.setTabChangesFocus(True)
            self.focusNextPrevChild(key == Qt.Key.Key_Tab)
            self.setTabChangesFocus(False)
            return
        if key in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            return
        self._leaving = False
        if modifiers == control and key in (Qt.Key.Key_F, Qt.Key.Key_H):
            self.find_asked.emit(key == Qt.Key.Key_H)
        elif modifiers == control | shift and key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BraceLeft):
            self.fold_here()
        elif modifiers == control | shift and key in (Qt.Key.Key_BracketRight, Qt.Key.Key_BraceRight):
            self.unfold_here()
        elif self.isReadOnly() or not typing_aid.typed(self, event, json=self.language == "json"):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if carries_files(event):
            event.ignore()
        else:
            super().dragEnterEvent(event)

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
