"""What typing JSON does besides writing a character: closing brackets, indenting, moving over what was closed."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from komet_console.gui.text.offsets import from_qt

__all__ = ["typed"]

INDENT = "  "
_PAIRS = {"{": "}", "[": "]", '"': '"'}
_CLOSERS = frozenset('}]"')
_WHOLE_TEXT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')


def typed(editor: QPlainTextEdit, event: QKeyEvent, *, json: bool = True) -> bool:
    """Do more than write the character, where that helps; True where the key is dealt with.

    Args:
        json: Brackets and quotes are closed, and what they enclose is indented; other text is only indented.
    """
    key, text = event.key(), event.text()
    plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    if not plain:
        return False
    if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return _new_line(editor, json=json)
    if key == Qt.Key.Key_Tab:
        return _indent(editor)
    if key == Qt.Key.Key_Backtab:
        return _outdent(editor)
    if not json:
        return False
    if key == Qt.Key.Key_Backspace:
        return _erase(editor)
    if text in _CLOSERS and (_over(editor, text) or _close(editor, text)):
        return True
    return text in _PAIRS and _pair(editor, text)


def _beside(cursor: QTextCursor) -> tuple[str, str]:
    """The characters before and after the cursor."""
    line = cursor.block().text()
    column = from_qt(line, cursor.positionInBlock())
    return line[column - 1 : column] if column else "", line[column : column + 1]


def _in_text(cursor: QTextCursor) -> bool:
    """Whether the cursor stands within quotes, or in a comment."""
    line = cursor.block().text()
    rest = _WHOLE_TEXT.sub("", line[: from_qt(line, cursor.positionInBlock())])
    return '"' in rest or "//" in rest


def _new_line(editor: QPlainTextEdit, *, json: bool) -> bool:
    cursor = editor.textCursor()
    before, after = _beside(cursor)
    line = cursor.block().text()
    lead = line[: len(line) - len(line.lstrip())][: cursor.positionInBlock()]
    cursor.beginEditBlock()
    if json and before in ("{", "[") and not cursor.hasSelection():
        cursor.insertText(f"\n{lead}{INDENT}")
        if after and _PAIRS[before] == after:
            place = cursor.position()
            cursor.insertText(f"\n{lead}")
            cursor.setPosition(place)
    else:
        cursor.insertText(f"\n{lead}")
    cursor.endEditBlock()
    editor.setTextCursor(cursor)
    editor.ensureCursorVisible()
    return True


def _lines(editor: QPlainTextEdit) -> tuple[int, int]:
    cursor = editor.textCursor()
    document = editor.document()
    first, last = (document.findBlock(place) for place in (cursor.selectionStart(), cursor.selectionEnd()))
    end = last.blockNumber()
    if end > first.blockNumber() and last.position() == cursor.selectionEnd():
        end -= 1
    return first.blockNumber(), end


def _indent(editor: QPlainTextEdit) -> bool:
    cursor = editor.textCursor()
    first, last = _lines(editor)
    if not cursor.hasSelection() or first == last:
        cursor.insertText(INDENT)
        return True
    work = QTextCursor(editor.document())
    work.beginEditBlock()
    for number in range(first, last + 1):
        work.setPosition(editor.document().findBlockByNumber(number).position())
        work.insertText(INDENT)
    work.endEditBlock()
    return True


def _outdent(editor: QPlainTextEdit) -> bool:
    first, last = _lines(editor)
    work = QTextCursor(editor.document())
    work.beginEditBlock()
    for number in range(first, last + 1):
        block = editor.document().findBlockByNumber(number)
        blanks = len(block.text()) - len(block.text().lstrip(" "))
        work.setPosition(block.position())
        move, keep = QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor
        work.movePosition(move, keep, min(blanks, len(INDENT)))
        work.removeSelectedText()
    work.endEditBlock()
    return True


def _erase(editor: QPlainTextEdit) -> bool:
    cursor = editor.textCursor()
    before, after = _beside(cursor)
    if cursor.hasSelection() or not before or _PAIRS.get(before) != after or after == "":
        return False
    cursor.beginEditBlock()
    cursor.deletePreviousChar()
    cursor.deleteChar()
    cursor.endEditBlock()
    return True


def _over(editor: QPlainTextEdit, text: str) -> bool:
    """Typing what was closed already moves over it."""
    cursor = editor.textCursor()
    _, after = _beside(cursor)
    if cursor.hasSelection() or after != text or (text == '"') != _in_text(cursor):
        return False
    cursor.movePosition(QTextCursor.MoveOperation.Right)
    editor.setTextCursor(cursor)
    return True


def _close(editor: QPlainTextEdit, text: str) -> bool:
    """A closing bracket at the beginning of a line goes one step out."""
    cursor = editor.textCursor()
    before = cursor.block().text()[: cursor.positionInBlock()]
    if text == '"' or cursor.hasSelection() or not before.endswith(INDENT) or before.strip():
        return False
    cursor.beginEditBlock()
    cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(INDENT))
    cursor.insertText(text)
    cursor.endEditBlock()
    return True


def _pair(editor: QPlainTextEdit, text: str) -> bool:
    cursor = editor.textCursor()
    if cursor.hasSelection():
        inside = cursor.selectedText().replace("\u2029", "\n")
        cursor.insertText(f"{text}{inside}{_PAIRS[text]}")
        return True
    _, after = _beside(cursor)
    if _in_text(cursor) or (after and after not in " \t,}]:"):
        return False
    cursor.insertText(text + _PAIRS[text])
    cursor.movePosition(QTextCursor.MoveOperation.Left)
    editor.setTextCursor(cursor)
    return True
