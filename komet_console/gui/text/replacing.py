"""Another text in an editor, as one step of undo that touches only what differs: cursor, scroll and history stay."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from komet_console.gui.text.offsets import to_qt

__all__ = ["as_shown", "difference", "replace_text", "text_of"]


def text_of(editor: QPlainTextEdit) -> str:
    """The text of an editor. Qt's own function would make plain blanks of those that do not break."""
    return editor.document().toRawText().replace("\u2029", "\n")


def as_shown(text: str) -> str:
    """A text as an editor holds it: every kind of line end is one."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")


def difference(before: str, after: str) -> tuple[int, int, str]:
    """Which characters of the text are replaced, and by what: start, end, new part."""
    most = min(len(before), len(after))
    start = _common(before, after, most)
    end = _common(before[::-1], after[::-1], most - start)
    return start, len(before) - end, after[start : len(after) - end]


def _common(one: str, other: str, most: int) -> int:
    """How many characters two texts share at their beginnings, `most` at most; by halving, for texts of megabytes."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def replace_text(editor: QPlainTextEdit, text: str) -> None:
    """Show a text. An editor that was empty and unchanged gets it without a step of undo."""
    before, text = text_of(editor), as_shown(text)
    if before == text:
        return
    if not before and not editor.document().isUndoAvailable():
        editor.setPlainText(text)
        return
    start, end, part = difference(before, text)
    bars = editor.verticalScrollBar(), editor.horizontalScrollBar()
    scrolls = [bar.value() for bar in bars]
    cursor = QTextCursor(editor.document())
    cursor.beginEditBlock()
    cursor.setPosition(to_qt(before, start))
    cursor.setPosition(to_qt(before, end), QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(part)
    cursor.endEditBlock()
    for bar, scroll in zip(bars, scrolls, strict=True):
        bar.setValue(scroll)
