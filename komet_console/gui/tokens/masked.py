"""A line for a token: what is pasted stands there as its first and last four characters, never in clear.

While a token is typed by hand it is dots like a password; a finished one is one piece: typing or pasting replaces all of it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QClipboard,
    QContextMenuEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.workspace.token_text import clean_pasted, ends

__all__ = ["MaskedTokenEdit", "masked"]

_MOST_DOTS = 24


def masked(value: str) -> str:
    """`4jnr••••••••crhq`; dots alone where the ends would be too much of it."""
    head, tail = ends(value)
    dots = "•" * min(_MOST_DOTS, max(4, len(value) - len(head) - len(tail)))
    return f"{head}{dots}{tail}" if value else ""


class MaskedTokenEdit(QLineEdit):
    """Signals:
    value_changed(): Another token, or none, is in it.
    repaired(list): Something was pasted; what was done to it, a sentence each, perhaps nothing.
    """

    value_changed = Signal()
    repaired = Signal(list)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(tr("Token"))
        self.setPlaceholderText(tr("Paste a token"))
        self.setFont(theme.fonts.ui(13))
        self.setDragEnabled(False)
        self._value = ""
        self._held = False
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.textEdited.connect(self._typed)
        self.editingFinished.connect(self._finish)

    @property
    def value(self) -> str:
        """The token; empty where there is none."""
        return self._value

    def set_value(self, value: str) -> None:
        """Put a token in, or take it out."""
        changed = value != self._value
        self._value = value
        self._hold() if value else self._release()
        if changed:
            self.value_changed.emit()

    def take_pasted(self, text: str) -> None:
        """Take the token out of whatever was pasted."""
        cleaned = clean_pasted(text)
        repairs = list(cleaned.repairs)
        if not cleaned.value and text.strip():
            repairs = [tr("There is no token in what was pasted.")]
        self.set_value(cleaned.value)
        self.repaired.emit(repairs)

    # --- two states: typed by hand, or held in one piece

    def _hold(self) -> None:
        self._held = True
        self.setEchoMode(QLineEdit.EchoMode.Normal)
        self.setFont(theme.fonts.code())
        self.setText(masked(self._value))
        self.setCursorPosition(len(self.text()))

    def _release(self) -> None:
        self._held = False
        self.clear()
        self.setFont(theme.fonts.ui(13))
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def _drop(self) -> None:
        """What is held goes; typing begins anew."""
        if self._held:
            self.set_value("")

    def _typed(self, text: str) -> None:
        if self._held:  # reached by no key that is handled here
            self.set_value("")
            return
        if text != self._value:
            self._value = text
            self.value_changed.emit()

    def _finish(self) -> None:
        if self._value and not self._held:
            self.take_pasted(self._value)

    # --- every way in and out

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.take_pasted(QGuiApplication.clipboard().text())
            return
        if self._held:
            deletes = event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
            if deletes or event.matches(QKeySequence.StandardKey.Cut):
                self._drop()
                return
            if event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDS:
                self._drop()
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if event.commitString() or event.preeditString():
            self._drop()
        super().inputMethodEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clipboard = QGuiApplication.clipboard()
        if event.button() == Qt.MouseButton.MiddleButton and clipboard.supportsSelection():
            self.take_pasted(clipboard.text(QClipboard.Mode.Selection))
            return
        super().mouseReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if event.mimeData().hasText():
            self.take_pasted(event.mimeData().text())
            event.acceptProposedAction()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._held:
            self.selectAll()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Paste"), lambda: self.take_pasted(QGuiApplication.clipboard().text()))
        clear = menu.addAction(tr("Clear"), lambda: self.set_value(""))
        clear.setEnabled(bool(self._value))
        menu.popup(event.globalPos())


_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
