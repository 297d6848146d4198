"""Closing what is not saved: one question for a tab, for several, and for the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidget, QVBoxLayout, QWidget

from komet_console.gui import aio, theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.sheet import push_button

__all__ = ["ClosingDialog", "ask_closing"]

Answer = Literal["save", "discard", "cancel"]
_SEEN = 6
_LINE = 26


class ClosingDialog(QDialog):
    """Save all, discard, or do not close. `answer` is what was chosen; closing the dialog itself means cancel.

    Args:
        unsaved: Names of the requests that are not saved; at least one.
        window: Whether the whole window is to be closed: then drafts come back at the next start all the same.
    """

    def __init__(self, unsaved: Sequence[str], parent: QWidget | None = None, *, window: bool = False) -> None:
        super().__init__(parent)
        if len(unsaved) == 1:
            title = tr("Save the changes of “{name}”?", name=unsaved[0])
        else:
            title = tr("Save the changes of {count} requests?", count=len(unsaved))
        self.setObjectName("closingDialog")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.answer: Answer = "cancel"
        heading = QLabel(title)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        theme.set_role(heading, "heading")
        sentence = (
            tr("What you discard goes back to what was saved last.")
            if window
            else tr("What you discard can still be reopened with Ctrl+Shift+T while the window is open.")
        )
        said = QLabel(sentence)
        said.setWordWrap(True)
        theme.set_role(said, "muted")
        self.list = QListWidget()
        self.list.setObjectName("closingDialog.unsaved")
        self.list.setAccessibleName(tr("Requests that are not saved"))
        self.list.addItems(list(unsaved))
        self.list.setFixedHeight(_LINE * min(_SEEN, len(unsaved)) + 14)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVisible(len(unsaved) > 1)
        theme.set_role(self.list, "sheet")
        self.save = push_button("closingDialog.save", tr("Save all") if len(unsaved) > 1 else tr("Save"), "primary")
        self.save.setDefault(True)
        self.discard = push_button("closingDialog.discard", tr("Discard"), "danger")
        self.cancel = push_button("closingDialog.cancel", tr("Cancel"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.discard)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(self.list)
        column.addWidget(said)
        column.addSpacing(4)
        column.addLayout(buttons)
        self.setFixedWidth(460)
        self.save.clicked.connect(self._save)
        self.discard.clicked.connect(self._discard)
        self.cancel.clicked.connect(self.reject)
        self.save.setFocus()

    def _save(self) -> None:
        self.answer = "save"
        self.accept()

    def _discard(self) -> None:
        self.answer = "discard"
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The letters that people know from other programs.
        if not event.modifiers() and event.key() in (Qt.Key.Key_S, Qt.Key.Key_D):
            (self._save if event.key() == Qt.Key.Key_S else self._discard)()
            return
        super().keyPressEvent(event)


async def ask_closing(unsaved: Sequence[str], parent: QWidget | None, *, window: bool = False) -> Answer:
    """Ask once for all of them; "discard" without asking where nothing is unsaved."""
    if not unsaved:
        return "discard"
    dialog = ClosingDialog(unsaved, parent, window=window)
    await aio.show(dialog)
    return dialog.answer
