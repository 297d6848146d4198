"""A read-only text of any size: line numbers, folding, selection, search. Only what is seen is painted.

Nothing here grows with the text but its line index: neither a megabyte on one line nor a million lines make it slow.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QWidget

from komet_console.gui import theme
from komet_console.gui.answer import words
from komet_console.gui.answer.cells import cells_of
from komet_console.gui.answer.colouring import LineSpans
from komet_console.gui.answer.finding import MOST, occurrences
from komet_console.gui.answer.folding import Folding
from komet_console.gui.answer.layout import Document, plain_document
from komet_console.gui.answer.viewer_paint import paint
from komet_console.gui.background import Latest
from komet_console.gui.i18n import tr

__all__ = ["ROW", "TextViewer"]

ROW = 20
"""Height of a row."""
_QUICK = 256 * 1024
"""Texts up to this long are searched at once, longer ones on another thread."""
_SPOKEN = 200
_EDGE = 40
"""Milliseconds between two steps of scrolling while a selection is drawn beyond the edge."""
_MOVES: dict[QKeySequence.StandardKey, tuple[str, bool]] = {
    QKeySequence.StandardKey.MoveToNextChar: ("right", False),
    QKeySequence.StandardKey.MoveToPreviousChar: ("left", False),
    QKeySequence.StandardKey.MoveToNextLine: ("down", False),
    QKeySequence.StandardKey.MoveToPreviousLine: ("up", False),
    QKeySequence.StandardKey.MoveToNextWord: ("word right", False),
    QKeySequence.StandardKey.MoveToPreviousWord: ("word left", False),
    QKeySequence.StandardKey.MoveToStartOfLine: ("home", False),
    QKeySequence.StandardKey.MoveToEndOfLine: ("end", False),
    QKeySequence.StandardKey.MoveToStartOfDocument: ("top", False),
    QKeySequence.StandardKey.MoveToEndOfDocument: ("bottom", False),
    QKeySequence.StandardKey.MoveToNextPage: ("page down", False),
    QKeySequence.StandardKey.MoveToPreviousPage: ("page up", False),
    QKeySequence.StandardKey.SelectNextChar: ("right", True),
    QKeySequence.StandardKey.SelectPreviousChar: ("left", True),
    QKeySequence.StandardKey.SelectNextLine: ("down", True),
    QKeySequence.StandardKey.SelectPreviousLine: ("up", True),
    QKeySequence.StandardKey.SelectNextWord: ("word right", True),
    QKeySequence.StandardKey.SelectPreviousWord: ("word left", True),
    QKeySequence.StandardKey.SelectStartOfLine: ("home", True),
    QKeySequence.StandardKey.SelectEndOfLine: ("end", True),
    QKeySequence.StandardKey.SelectStartOfDocument: ("top", True),
    QKeySequence.StandardKey.SelectEndOfDocument: ("bottom", True),
    QKeySequence.StandardKey.SelectNextPage: ("page down", True),
    QKeySequence.StandardKey.SelectPreviousPage: ("page up", True),
}


class TextViewer(QAbstractScrollArea):
    """Shows one `Document`.

    Signals:
        found(int, int, bool): Which occurrence is current (from 1; 0: none), how many there are, whether there may be more.
    """

    found = Signal(int, int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = plain_document("")
        self.folding = Folding(self.document)
        self.markup: dict[int, LineSpans] = {}
        self.caret = 0
        self.anchor = 0
        self.matches: array[int] = array("q")
        self.wanted = ""
        self.current = -1
        """The current occurrence, from 0."""
        self._match_case = False
        self._numbered = True
        self._column = 0.0
        """The cell that moving up and down keeps to."""
        self._search = Latest(self)
        self._edge = QTimer(self)
        self._edge.setInterval(_EDGE)
        self._edge.timeout.connect(self._scroll_at_edge)
        self._pointer = QPointF()
        self.font_ = theme.fonts.code(12.5)
        self.cell = QFontMetricsF(self.font_).horizontalAdvance("0" * 100) / 100
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.viewport().setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)
        self.horizontalScrollBar().setSingleStep(4)
        theme.manager().changed.connect(self.viewport().update)

    # --- what is shown

    def show_document(
        self, document: Document, markup: dict[int, LineSpans] | None = None, *, numbered: bool = True
    ) -> None:
        """Show another text from its top; what is looked for is looked for again."""
        self.document = document
        self.folding = Folding(document)
        self.markup = markup or {}
        self._numbered = numbered
        self.caret = self.anchor = 0
        self._column = 0.0
        self.matches, self.current = array("q"), -1
        self._measure()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self.viewport().update()
        if self.wanted:
            self.look_for(self.wanted, match_case=self._match_case)
        else:
            self._search.drop()
        self.setAccessibleDescription(document.text[:_SPOKEN])

    @property
    def gutter(self) -> int:
        """Width of numbers and folding marks."""
        marks = 18 if self.document.folds else 8
        digits = max(2, len(str(self.document.lines))) if self._numbered else 0
        return round(12 + digits * self.cell) + marks if self._numbered else 16

    @property
    def numbered(self) -> bool:
        """Whether lines are numbered."""
        return self._numbered

    @property
    def page(self) -> int:
        """Rows that are seen whole."""
        return max(1, self.viewport().height() // ROW)

    def _measure(self) -> None:
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setRange(0, max(0, self.folding.rows - self.page))
        vertical.setPageStep(self.page)
        seen = int((self.viewport().width() - self.gutter) / self.cell)
        # Wide characters take two cells; where there are any, the widest line may be up to twice as wide.
        cells = self.document.widest if self.document.text.isascii() else self._widest()
        horizontal.setRange(0, max(0, cells + 2 - seen))
        horizontal.setPageStep(max(1, seen))

    def _widest(self) -> int:
        if self.document.lines > 2_000 or self.document.widest > 20_000:
            return self.document.widest
        return max(cells_of(self.document.line(number)).total for number in range(self.document.lines))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:
        paint(self, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # --- selection

    @property
    def selection(self) -> tuple[int, int]:
        """Begin and end of what is selected; equal where nothing is."""
        return min(self.anchor, self.caret), max(self.anchor, self.caret)

    def selected_text(self) -> str:
        """What is selected, folded parts included."""
        begin, end = self.selection
        return self.document.text[begin:end]

    def select(self, begin: int, end: int) -> None:
        """Select from one offset to another; the caret is at `end`."""
        self.anchor = max(0, min(begin, len(self.document.text)))
        self._put(end, keep=True)

    def select_all(self) -> None:
        """Select the whole text; the view stays where it is."""
        self.anchor, self.caret = 0, len(self.document.text)
        self.viewport().update()

    def copy(self) -> None:
        """The selection to the clipboard; without one, the whole text."""
        begin, end = self.selection
        QGuiApplication.clipboard().setText(self.document.text if begin == end else self.document.text[begin:end])

    def _put(self, offset: int, *, keep: bool, remember: bool = True) -> None:
        self.caret = max(0, min(offset, len(self.document.text)))
        if not keep:
            self.anchor = self.caret
        line = self.document.line_at(self.caret)
        if self.folding.reveal(line):
            self._measure()
        column = self.caret - self.document.starts[line]
        cell = cells_of(self.document.line(line)).of(column)
        if remember:
            self._column = cell
        self._see(self.folding.row(line), cell)
        self.setAccessibleDescription(
            tr("Line {number}: {text}", number=line + 1, text=self.document.line(line)[:_SPOKEN].strip())
        )
        self.viewport().update()

    def _see(self, row: int, cell: float) -> None:
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        if row < vertical.value():
            vertical.setValue(row)
        elif row >= vertical.value() + self.page:
            vertical.setValue(row - self.page + 1)
        seen = int((self.viewport().width() - self.gutter) / self.cell) - 2
        if cell < horizontal.value():
            horizontal.setValue(max(0, int(cell) - 8))
        elif cell > horizontal.value() + seen:
            horizontal.setValue(int(cell) - max(1, seen - 8))

    # --- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        for standard, (move, keep) in _MOVES.items():
            if event.matches(standard):
                self._move(move, keep=keep)
                return
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.text() in ("+", "-", "*") and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._fold_by_key(event.text())
        else:
            event.ignore()

    def _move(self, move: str, *, keep: bool) -> None:
        document, text = self.document, self.document.text
        line = document.line_at(self.caret)
        begin, end = self.selection
        if move in ("up", "down", "page up", "page down"):
            steps = {"up": -1, "down": 1, "page up": -self.page, "page down": self.page}[move]
            row = max(0, min(self.folding.row(line) + steps, self.folding.rows - 1))
            self._put(self._offset(self.folding.line(row), self._column), keep=keep, remember=False)
            return
        targets: dict[str, Callable[[], int]] = {
            "left": lambda: begin if begin != end and not keep else self.caret - 1,
            "right": lambda: end if begin != end and not keep else self.caret + 1,
            "word left": lambda: words.before(text, self.caret),
            "word right": lambda: words.after(text, self.caret),
            "home": lambda: self._home(line),
            "end": lambda: document.end(line),
            "top": lambda: 0,
            "bottom": lambda: len(text),
        }
        self._put(targets[move](), keep=keep)

    def _home(self, line: int) -> int:
        """First to where the line's text begins, then to its very begin."""
        content = self.document.line(line)[:4096]
        indented = self.document.starts[line] + len(content) - len(content.lstrip())
        return self.document.starts[line] if self.caret == indented else indented

    def _fold_by_key(self, key: str) -> None:
        if key == "*":
            self.unfold_all()
            return
        line = self.folding.enclosing(self.document.line_at(self.caret))
        if line is not None and self.folding.folded(line) == (key == "+"):
            self.toggle_fold(line)

    def _offset(self, line: int, cell: float) -> int:
        return self.document.starts[line] + cells_of(self.document.line(line)).column(cell)

    # --- folding

    def toggle_fold(self, line: int) -> None:
        """Fold or unfold the place that begins on a line."""
        self.folding.toggle(line)
        self._after_folding()

    def fold_all(self) -> None:
        """Fold everything but what holds it all."""
        self.folding.fold_all()
        self._after_folding()

    def unfold_all(self) -> None:
        """Show every line."""
        self.folding.unfold_all()
        self._after_folding()

    def _after_folding(self) -> None:
        line = self.document.line_at(self.caret)
        shown = self.folding.line(self.folding.row(line))
        if shown != line:
            self.caret = self.anchor = self.document.starts[shown]
        self._measure()
        self.viewport().update()

    # --- mouse

    def offset_at(self, point: QPointF) -> int:
        """The character boundary nearest to a point of the viewport."""
        row = self.verticalScrollBar().value() + int(point.y() // ROW)
        line = self.folding.line(max(0, min(row, self.folding.rows - 1)))
        cell = (point.x() - self.gutter) / self.cell + self.horizontalScrollBar().value()
        return self._offset(line, max(0.0, cell))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        row = self.verticalScrollBar().value() + int(event.position().y() // ROW)
        if row < self.folding.rows:
            line = self.folding.line(row)
            if self.folding.foldable(line) and (event.position().x() < self.gutter or self._on_dots(line, event)):
                self.toggle_fold(line)
                return
        keep = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._put(self.offset_at(event.position()), keep=keep)

    def _on_dots(self, line: int, event: QMouseEvent) -> bool:
        cell = (event.position().x() - self.gutter) / self.cell + self.horizontalScrollBar().value()
        return self.folding.folded(line) and cell > cells_of(self.document.line(line)).total

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            inside = event.position().x() >= self.gutter
            self.viewport().setCursor(Qt.CursorShape.IBeamCursor if inside else Qt.CursorShape.ArrowCursor)
            return
        self._pointer = event.position()
        self._draw_selection()
        outside = not 0 <= self._pointer.y() < self.viewport().height()
        if outside != self._edge.isActive():
            (self._edge.start if outside else self._edge.stop)()

    def _draw_selection(self) -> None:
        self.caret = self.offset_at(self._pointer)
        self.viewport().update()

    def _scroll_at_edge(self) -> None:
        step = -1 if self._pointer.y() < 0 else 1
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + step)
        self._draw_selection()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._edge.stop()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            begin, end = words.around(self.document.text, self.offset_at(event.position()))
            self.select(begin, end)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with the text."""
        menu = QMenu(self)
        menu.setObjectName("answerTextMenu")
        selected = self.selection[0] != self.selection[1]
        menu.addAction(tr("Copy the selection") if selected else tr("Copy everything"), self.copy)
        menu.addAction(tr("Select all"), self.select_all)
        if self.document.folds:
            menu.addSeparator()
            menu.addAction(tr("Fold all"), self.fold_all)
            menu.addAction(tr("Unfold all"), self.unfold_all)
        return menu

    # --- looking for a text

    def look_for(self, wanted: str, *, match_case: bool = False) -> None:
        """Mark all occurrences and go to the first one from the caret on; `found` says how many there are."""
        self.wanted, self._match_case = wanted, match_case
        text = self.document.text
        if not wanted or len(text) <= _QUICK:
            self._search.drop()
            self._show_matches(occurrences(text, wanted, match_case=match_case))
        else:
            self._search.start(lambda: occurrences(text, wanted, match_case=match_case), self._show_matches)

    def _show_matches(self, matches: array[int]) -> None:
        self.matches = matches
        self.current = -1
        if matches:
            self._go_to(bisect_left(matches, self.selection[0]) % len(matches))
        else:
            self.anchor = self.caret
            self.found.emit(0, 0, False)
            self.viewport().update()

    def go_on(self, step: int = 1) -> None:
        """Go to the next occurrence, or with -1 to the one before; after the last comes the first."""
        if self.matches:
            self._go_to((self.current + step) % len(self.matches))

    def _go_to(self, number: int) -> None:
        self.current = number
        begin = self.matches[number]
        line = self.document.line_at(begin)
        self.folding.reveal(line)
        self._measure()
        top, row = self.verticalScrollBar(), self.folding.row(line)
        if not top.value() <= row < top.value() + self.page:
            top.setValue(row - self.page // 3)
        self.select(begin, begin + len(self.wanted))
        self.found.emit(number + 1, len(self.matches), len(self.matches) >= MOST)
