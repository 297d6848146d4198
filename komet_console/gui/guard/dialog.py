"""The question before a call: what it does in the words of the business, where it goes, and a word to type where it is final.

Enter alone never lets a call through: no button is the default one, a held key is ignored, and Enter in the field of the word
only goes on to the button.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from komet_console.gui import aio, theme
from komet_console.gui.environments.button import EnvironmentButton
from komet_console.gui.environments.looks import colour_key
from komet_console.gui.i18n import tr
from komet_console.gui.theme.palette import environment_colour
from komet_console.gui.widgets.fitting import fit_height
from komet_console.session.guard import Question
from komet_console.workspace.environments import StoredEnvironment

__all__ = ["GuardDialog", "ask"]

_WIDTH = 520
_LONGEST_LABEL = 24


async def ask(question: Question, parent: QWidget, environment: StoredEnvironment | None = None) -> bool:
    """Ask the user before a call is sent; True: they want it.

    Args:
        environment: where the call goes; colours the edge of the dialog and names the place.
    """
    dialog = GuardDialog(question, parent, environment)
    return await aio.show(dialog) == QDialog.DialogCode.Accepted


class _Edge(QWidget):
    """The environment's colour along the top."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = QColor(environment_colour(colour).colour)
        self.setFixedHeight(4)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._colour)


class GuardDialog(QDialog):
    """One question; `accepted` sends. Open it through `ask`."""

    def __init__(
        self, question: Question, parent: QWidget | None, environment: StoredEnvironment | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("guardDialog")
        self.setWindowTitle(tr("Before it is sent"))
        self.setAccessibleName(tr(question.title))
        self.question = question
        self._colour = colour_key(environment) if environment is not None else "careful"
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(_Edge(self._colour))
        inside = QVBoxLayout()
        inside.setContentsMargins(24, 20, 24, 20)
        inside.setSpacing(12)
        column.addLayout(inside)
        title = QLabel(tr(question.title))
        title.setObjectName("guardTitle")
        title.setWordWrap(True)
        title.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(title, "heading")
        inside.addWidget(title)
        business, where = _parted(question.lines)
        if business:
            inside.addWidget(self._card(business, "guardSummary"))
        if question.fee:
            fee = QLabel(tr(question.fee))
            fee.setObjectName("guardFee")
            fee.setWordWrap(True)
            theme.set_role(fee, "note-amber")
            inside.addWidget(fee)
        if where:
            rows = self._rows(where, "guardWhere")
            rows.setContentsMargins(17, 0, 17, 0)  # in line with the card's
            inside.addLayout(rows)
        self.word = QLineEdit()
        self.word.setObjectName("guardWord")
        if question.typed_word:
            inside.addLayout(self._typing(question))
        else:
            self.word.hide()
        inside.addSpacing(4)
        inside.addLayout(self._buttons(question))
        self._follow()
        self.setFixedWidth(_WIDTH)
        (self.send if question.kind == "first-call" else self.cancel).setFocus()

    # --- parts

    def _card(self, lines: list[str], name: str) -> QFrame:
        card = QFrame()
        theme.set_role(card, "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(self._rows(lines, name))
        return card

    @staticmethod
    def _rows(lines: list[str], name: str) -> QGridLayout:
        """`Label: value` as two columns, sentences across both."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for number, line in enumerate(map(tr, lines)):
            label, mark, value = line.partition(": ")
            pair = bool(mark) and len(label) <= _LONGEST_LABEL
            said = QLabel(value if pair else line)
            said.setObjectName(f"{name}.{number}")
            said.setWordWrap(True)
            said.setTextFormat(Qt.TextFormat.PlainText)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if pair:
                head = QLabel(label)
                head.setMinimumWidth(112)
                theme.set_role(head, "muted")
                grid.addWidget(head, number, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(said, number, 1)
            else:
                theme.set_role(said, "muted")
                grid.addWidget(said, number, 0, 1, 2)
        return grid

    def _typing(self, question: Question) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        if question.other_words:
            others = "” / “".join(question.other_words)
            text = tr(
                "This cannot be undone. Type “{word}” or “{others}” to go on:", word=question.typed_word, others=others
            )
        else:
            text = tr("This cannot be undone. Type “{word}” to go on:", word=question.typed_word)
        label = QLabel(text.replace("&", "&&"))
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(self.word)
        self.word.setAccessibleName(text)
        self.word.textChanged.connect(self._follow)
        column.addWidget(label)
        column.addWidget(self.word)
        return column

    def _buttons(self, question: Question) -> QHBoxLayout:
        self.send = EnvironmentButton(tr(question.button), "guardSend")
        self.send.setAccessibleName(tr(question.title))
        self.send.set_environment(self._colour)
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setObjectName("guardCancel")
        self.cancel.setAccessibleName(tr("Cancel"))
        for button in (self.send, self.cancel):
            button.setAutoDefault(False)
            button.setDefault(False)
            button.setMinimumWidth(96)
        self.send.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addStretch()
        line.addWidget(self.cancel)
        line.addWidget(self.send)
        return line

    # --- following

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        fit_height(self)

    def _follow(self) -> None:
        self.send.setEnabled(self.question.accepts(self.word.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        if event.isAutoRepeat() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return
        focused = self.focusWidget()
        if focused is self.word and self.send.isEnabled():
            self.send.setFocus()
        elif focused is self.send and self.send.isEnabled():
            self.accept()
        elif focused is self.cancel:
            self.reject()


def _parted(lines: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """What the call says, and from the line about its address on where it goes."""
    place = next((number for number, line in enumerate(lines) if line.startswith("To: ")), len(lines))
    return list(lines[:place]), list(lines[place:])
