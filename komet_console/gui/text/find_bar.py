"""Find and replace in an editor. All replacements together are one step of undo."""

from __future__ import annotations

import re
from bisect import bisect_left
from contextlib import suppress

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QTextEdit, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.text.code_edit import CodeEdit
from komet_console.gui.text.offsets import Offsets
from komet_console.gui.text.replacing import text_of
from komet_console.gui.widgets.buttons import IconButton

__all__ = ["FindBar"]

_MOST = 2000
"""So many occurrences are marked, around what is seen; more would make every key slow."""
_QUIET = 120


class FindBar(QFrame):
    """Enter and F3 go on, with Shift back; Esc closes and returns to the text."""

    def __init__(self, editor: CodeEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("editorFindBar")
        theme.set_role(self, "bar")
        self._editor = editor
        self._places: list[tuple[int, int]] = []
        self.field = self._line("findInText", tr("Find"))
        self.replacement = self._line("replaceWith", tr("Replace with"))
        self.case = self._toggle("findTextCase", "Aa", tr("Match upper and lower case"))
        self.word = self._toggle("findTextWord", "W", tr("Whole words only"))
        self.pattern = self._toggle("findTextPattern", ".*", tr("Regular expression"))
        self.count = QLabel()
        self.count.setObjectName("findTextCount")
        theme.set_role(self.count, "small")
        before = IconButton("up", tr("The occurrence before (Shift+F3)"), "findTextBefore")
        before.clicked.connect(lambda: self.step(-1))
        after = IconButton("down", tr("The next occurrence (F3)"), "findTextNext")
        after.clicked.connect(lambda: self.step(1))
        close = IconButton("close", tr("Close the search"), "findTextClose")
        close.clicked.connect(self.close_bar)
        self.one = self._button("replaceOne", tr("Replace"), self.replace_one)
        self.all = self._button("replaceAll", tr("Replace all"), self.replace_all)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 6, 8, 6)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.field, 0, 0)
        right = QHBoxLayout()
        right.setSpacing(4)
        for widget in (self.case, self.word, self.pattern, self.count, before, after, close):
            right.addWidget(widget)
        right.insertStretch(4)
        grid.addLayout(right, 0, 1)
        grid.addWidget(self.replacement, 1, 0)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.one)
        below.addWidget(self.all)
        below.addStretch()
        grid.addLayout(below, 1, 1)
        grid.setColumnStretch(0, 1)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET)
        self._quiet.timeout.connect(self._search)
        editor.textChanged.connect(self._text_changed)
        editor.installEventFilter(self)
        theme.manager().changed.connect(self._recolour)
        self.hide()

    def _line(self, name: str, label: str) -> QLineEdit:
        line = QLineEdit()
        line.setObjectName(name)
        line.setAccessibleName(label)
        line.setPlaceholderText(label)
        line.setMinimumWidth(80)
        line.installEventFilter(self)
        line.textChanged.connect(self._text_changed)
        return line

    def _toggle(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setCheckable(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        theme.set_role(button, "toggle")
        button.toggled.connect(self._search)
        return button

    def _button(self, name: str, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        theme.set_role(button, "small")
        button.clicked.connect(slot)
        return button

    # --- opening and closing

    def open_bar(self, *, replace: bool = False) -> None:
        """Show it and type into it; what is selected is what is looked for."""
        selected = self._editor.textCursor().selectedText()
        if selected and "\u2029" not in selected:
            self.field.setText(selected)
        writable = replace and not self._editor.isReadOnly()
        for widget in (self.replacement, self.one, self.all):
            widget.setVisible(writable)
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._search()

    def close_bar(self) -> None:
        """Hide it; nothing is marked any more."""
        self._quiet.stop()
        self.hide()
        self._show([])
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- searching

    def _text_changed(self) -> None:
        if self.isVisible():
            self._quiet.start()

    def _expression(self) -> re.Pattern[str] | None:
        text = self.field.text()
        if not text:
            return None
        source = text if self.pattern.isChecked() else re.escape(text)
        if self.word.isChecked():
            source = rf"(?<!\w)(?:{source})(?!\w)"
        try:
            return re.compile(source, re.MULTILINE if self.case.isChecked() else re.MULTILINE | re.IGNORECASE)
        except re.error:
            return None

    def _search(self) -> None:
        self._quiet.stop()
        expression = self._expression()
        theme.set_role(self.field, "bad" if self.field.text() and expression is None else "")
        if expression is None:
            self._show([])
            return
        text = text_of(self._editor)
        places = Offsets(text)
        matches = (match.span() for match in expression.finditer(text) if match.end() > match.start())
        self._show([(places.to_qt(start), places.to_qt(end)) for start, end in matches])

    def _recolour(self) -> None:
        if self._places:
            self._show(self._places)

    def _show(self, places: list[tuple[int, int]]) -> None:
        self._places = places
        look = QTextCharFormat()
        look.setBackground(theme.color("amberbg"))
        drawn = []
        here = bisect_left(places, (self._editor.firstVisibleBlock().position(), 0))
        for start, end in places[max(0, here - _MOST // 2) : here + _MOST // 2]:
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self._editor.document())
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            selection.cursor, selection.format = cursor, look
            drawn.append(selection)
        self._editor.found = drawn
        self._editor.show_selections()
        self._say()

    def _say(self) -> None:
        number = self._current()
        if not self.field.text():
            said = ""
        elif not self._places:
            said = tr("not found")
        elif number is None:
            said = tr("{total} found", total=f"{len(self._places):,}")
        else:
            said = tr("{current} of {total}", current=f"{number + 1:,}", total=f"{len(self._places):,}")
        self.count.setText(said)

    def _current(self) -> int | None:
        cursor = self._editor.textCursor()
        here = (cursor.selectionStart(), cursor.selectionEnd())
        number = bisect_left(self._places, here)
        return number if self._places[number : number + 1] == [here] else None

    def step(self, by: int) -> None:
        """Select the next occurrence, or (-1) the one before."""
        if self._quiet.isActive():
            self._search()
        if not self._places:
            return
        cursor = self._editor.textCursor()
        if by > 0:
            after = (place for place in self._places if place[0] >= cursor.selectionEnd())
            start, end = next(after, self._places[0])
        else:
            before = [place for place in self._places if place[1] <= cursor.selectionStart()]
            start, end = before[-1] if before else self._places[-1]
        self._editor.select(start, end)
        self._say()

    # --- replacing

    def replace_one(self) -> None:
        """Replace the occurrence that is selected, and go on to the next."""
        expression = self._expression()
        if self._quiet.isActive():
            self._search()
        if expression is not None and self._current() is not None:
            cursor = self._editor.textCursor()
            text = text_of(self._editor)
            match = expression.search(text, Offsets(text).from_qt(cursor.selectionStart()))
            if match is not None:
                cursor.insertText(self._written(match))
                self._search()
        self.step(1)

    def replace_all(self) -> None:
        """Replace every occurrence, however many there are."""
        expression = self._expression()
        if expression is None:
            return
        text = text_of(self._editor)
        matches = [match for match in expression.finditer(text) if match.end() > match.start()]
        if not matches:
            return
        parts, done = [], matches[0].start()
        for match in matches:
            parts += [text[done : match.start()], self._written(match)]
            done = match.end()
        # One insertion: thousands of single ones would each lay out their line.
        offsets = Offsets(text)
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(offsets.to_qt(matches[0].start()))
        cursor.setPosition(offsets.to_qt(done), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText("".join(parts))
        self._search()

    def _written(self, match: re.Match[str]) -> str:
        """What replaces a match; a pattern may speak of its groups (`\\1`), unless the replacement cannot be read so."""
        if self.pattern.isChecked():
            with suppress(re.error, IndexError):
                return match.expand(self.replacement.text())
        return self.replacement.text()

    # --- keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() == Qt.Key.Key_F3:
            self.step(-1 if back else 1)
            return True
        if watched is self._editor:
            if event.key() == Qt.Key.Key_Escape and self.isVisible():
                self.close_bar()
                return True
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return False
            if watched is self.replacement:
                self.replace_one()
            else:
                self.step(-1 if back else 1)
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
            return True
        return False
