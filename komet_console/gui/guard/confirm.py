"""Asking before something is removed here. Calls have a dialog of their own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from komet_console.gui import aio, theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.fitting import fit_height

__all__ = ["ConfirmDialog", "confirm"]


async def confirm(parent: QWidget, title: str, sentence: str, button: str) -> bool:
    """Ask whether to go on; True: yes. The way back has the focus."""
    return await aio.show(ConfirmDialog(parent, title, sentence, button)) == QDialog.DialogCode.Accepted


class ConfirmDialog(QDialog):
    """A title, a sentence, a way back and a way on."""

    def __init__(self, parent: QWidget, title: str, sentence: str, button: str) -> None:
        super().__init__(parent)
        self.setObjectName("confirmDialog")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        heading = QLabel(title)
        heading.setObjectName("confirmTitle")
        heading.setWordWrap(True)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(heading, "heading")
        said = QLabel(sentence)
        said.setObjectName("confirmSentence")
        said.setWordWrap(True)
        said.setTextFormat(Qt.TextFormat.PlainText)
        self.go = QPushButton(button)
        self.go.setObjectName("confirmGo")
        self.go.setAccessibleName(title)
        self.go.setAutoDefault(False)
        theme.set_role(self.go, "danger")
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setObjectName("confirmCancel")
        self.cancel.setAccessibleName(tr("Cancel"))
        self.go.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(said)
        column.addSpacing(4)
        column.addLayout(buttons)
        self.setFixedWidth(440)
        self.cancel.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        fit_height(self)
