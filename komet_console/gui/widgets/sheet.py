"""What dialogs share: a heading, a sentence, fields, a line for what is wrong, a way back and a way on."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import told, tr
from komet_console.gui.widgets.fitting import fit_height

__all__ = ["PlainSheet", "Sheet", "push_button"]


def push_button(name: str, text: str, role: str = "") -> QPushButton:
    """A button with its names; Enter presses only the default one."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text.replace("&", ""))
    button.setAutoDefault(False)
    if role:
        theme.set_role(button, role)
    return button


class PlainSheet(QDialog):
    """A heading, a sentence, a body, a way back and a way on; what they do is up to who builds on it.

    Args:
        button: The main button's text; empty: there is only "Close".
        role: The main button's; only a "primary" one is pressed by Enter.
    """

    def __init__(
        self, name: str, title: str, sentence: str, button: str, parent: QWidget | None, *, role: str = "primary"
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._name = name
        self.heading = QLabel(title)
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.heading.setWordWrap(True)
        theme.set_role(self.heading, "heading")
        self.sentence = QLabel(sentence)
        self.sentence.setObjectName(f"{name}.sentence")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setVisible(bool(sentence))
        theme.set_role(self.sentence, "muted")
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.go = push_button(f"{name}.go", button, role)
        self.go.setVisible(bool(button))
        self.cancel = push_button(f"{name}.cancel", tr("Cancel") if button else tr("Close"))
        (self.go if button else self.cancel).setDefault(role == "primary")
        self.left = QHBoxLayout()
        """Further buttons, at the left end."""
        self.left.setSpacing(8)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addLayout(self.left)
        self.buttons.addStretch()
        self.buttons.addWidget(self.cancel)
        self.buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(self.heading)
        column.addWidget(self.sentence)
        column.addLayout(self.body, 1)
        column.addSpacing(4)
        column.addLayout(self.buttons)
        self.cancel.clicked.connect(self.reject)

    def fit(self) -> None:
        """Be as high as the words need; only a dialog of a fixed width, others the user has sized."""
        if self.minimumWidth() == self.maximumWidth():
            fit_height(self)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()


class Sheet(PlainSheet):
    """A dialog whose main button may take a while; what is refused stands in the dialog, which stays open.

    Args:
        tasks: Runs what the main button does.
    """

    def __init__(
        self,
        name: str,
        title: str,
        sentence: str,
        button: str,
        tasks: Tasks,
        parent: QWidget | None,
        *,
        role: str = "primary",
    ) -> None:
        super().__init__(name, title, sentence, button, parent, role=role)
        self._tasks = tasks
        self._busy = False
        self.grid = QGridLayout()
        """Labels beside fields (`add_row`); to be put into the body."""
        self.grid.setHorizontalSpacing(14)
        self.grid.setVerticalSpacing(10)
        self.grid.setColumnMinimumWidth(0, 96)
        self.grid.setColumnStretch(1, 1)
        self.message = QLabel()
        self.message.setObjectName(f"{name}.message")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.message, "error")
        self.message.hide()
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.indexOf(self.body) + 1, self.message)
        self.go.clicked.connect(self.press)

    def add_row(self, label: str, field: QWidget, name: str) -> None:
        """One more field under the others."""
        row = self.grid.rowCount()
        beside = QLabel(label)
        beside.setBuddy(field)
        beside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        beside.setContentsMargins(0, 6, 0, 0)
        field.setObjectName(f"{self._name}.{name}")
        field.setAccessibleName(label)
        if isinstance(field, QLineEdit):
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.grid.addWidget(beside, row, 0)
        self.grid.addWidget(field, row, 1)

    def add_remark(self, name: str, text: str = "") -> QLabel:
        """A quiet sentence under the last field."""
        remark = QLabel(text)
        remark.setObjectName(f"{self._name}.{name}")
        remark.setWordWrap(True)
        remark.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(remark, "small")
        self.grid.addWidget(remark, self.grid.rowCount(), 1)
        return remark

    def complain(self, text: str) -> None:
        """Say what is wrong; empty: nothing is."""
        self.message.setText(text)
        self.message.setVisible(bool(text))
        self.fit()

    @property
    def busy(self) -> bool:
        """Whether the main button's work runs."""
        return self._busy

    def press(self) -> None:
        """What the main button does."""
        if not self._busy and self.go.isEnabled():
            self.run(self.work())

    def run(self, work: Coroutine[Any, Any, bool]) -> None:
        """Do something; the dialog closes where it gives True."""
        self._busy = True
        self._tasks.start(self._do(work), name=self._name)

    async def work(self) -> bool:
        """What is to be done before the dialog closes; False leaves it open. Raises `UserError` where it cannot be."""
        return True

    async def _do(self, work: Coroutine[Any, Any, bool]) -> None:
        self.go.setEnabled(False)
        self.complain("")
        trouble = ""
        try:
            done = await work
        except UserError as error:
            done, trouble = False, told(error)
        finally:
            self._busy = False
            # The user may have closed the dialog meanwhile.
            there = shiboken6.isValid(self)
            if there:
                self.go.setEnabled(True)
        if there and trouble:
            self.complain(trouble)
        if there and done:
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(self.focusWidget(), QPushButton):
            if _in_table(self.focusWidget()):
                return  # Enter ends a cell there, not the dialog
            if not event.isAutoRepeat() and not self.go.isHidden():
                self.press()
            return
        super().keyPressEvent(event)


def _in_table(widget: QWidget | None) -> bool:
    while widget is not None and not isinstance(widget, QTableView):
        widget = widget.parentWidget()
    return widget is not None
