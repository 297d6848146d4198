"""Asking before something is removed here. Calls have a dialog of their own."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from komet_console.gui import aio
from komet_console.gui.widgets.sheet import PlainSheet

__all__ = ["ConfirmDialog", "confirm"]


async def confirm(parent: QWidget, title: str, sentence: str, button: str) -> bool:
    """Ask whether to go on; True: yes. The way back has the focus."""
    return await aio.show(ConfirmDialog(parent, title, sentence, button)) == QDialog.DialogCode.Accepted


class ConfirmDialog(PlainSheet):
    """A title, a sentence, a way back and a way on."""

    def __init__(self, parent: QWidget, title: str, sentence: str, button: str) -> None:
        super().__init__("confirmDialog", title, sentence, button, parent, role="danger")
        self.go.setAccessibleName(title)
        self.go.clicked.connect(self.accept)
        self.cancel.setAutoDefault(True)
        self.setFixedWidth(440)
        self.cancel.setFocus()
