"""The row in which a text is looked for in the answer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton

__all__ = ["FindBar"]

_QUIET = 120
"""Milliseconds of quiet after a key before a text is looked for."""


class FindBar(QFrame):
    """Enter and F3 go on, with Shift back; Esc closes.

    Signals:
        wanted(str, bool): Another text is looked for; whether upper and lower case differ.
        step(int): 1: the next occurrence, -1: the one before.
        closed(): The user closed it.
    """

    wanted = Signal(str, bool)
    step = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("answerFindBar")
        self.field = QLineEdit()
        self.field.setObjectName("findInAnswer")
        self.field.setAccessibleName(tr("Find in the answer"))
        self.field.setPlaceholderText(tr("Find in the answer"))
        self.field.setMaximumWidth(320)
        self.field.setMinimumWidth(60)
        self.field.textChanged.connect(self._typed)
        self.field.installEventFilter(self)
        self.count = QLabel()
        self.count.setObjectName("findCount")
        theme.set_role(self.count, "small")
        self.case = QPushButton("Aa")
        self.case.setObjectName("findMatchCase")
        self.case.setCheckable(True)
        self.case.setToolTip(tr("Match upper and lower case"))
        self.case.setAccessibleName(tr("Match upper and lower case"))
        theme.set_role(self.case, "toggle")
        self.case.toggled.connect(self._ask)
        before = IconButton("up", tr("The occurrence before (Shift+F3)"), "findBefore")
        before.clicked.connect(lambda: self.step.emit(-1))
        after = IconButton("down", tr("The next occurrence (F3)"), "findNext")
        after.clicked.connect(lambda: self.step.emit(1))
        close = IconButton("close", tr("Close the search"), "findClose")
        close.clicked.connect(self.close_bar)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 8)
        line.setSpacing(4)
        line.addWidget(self.field, 4)
        line.addWidget(self.case)
        line.addSpacing(4)
        line.addWidget(self.count)
        line.addSpacing(4)
        for button in (before, after, close):
            line.addWidget(button)
        line.addStretch(1)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET)
        self._quiet.timeout.connect(self._ask)
        self.hide()

    def open_bar(self, text: str = "") -> None:
        """Show it and type into it; `text` is what is selected."""
        self.show()
        if text and "\n" not in text and len(text) < 200:
            self.field.setText(text)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._ask()

    def close_bar(self) -> None:
        """Hide it; nothing is marked any more."""
        self._quiet.stop()
        self.hide()
        self.wanted.emit("", False)
        self.closed.emit()

    def show_count(self, current: int, total: int, more: bool) -> None:
        """How many occurrences there are."""
        if not self.field.text():
            said = ""
        elif not total:
            said = tr("not found")
        elif more:
            said = tr("{current} of more than {total}", current=f"{current:,}", total=f"{total - 1:,}")
        else:
            said = tr("{current} of {total}", current=f"{current:,}", total=f"{total:,}")
        theme.set_role(self.count, "small" if total or not said else "error")
        self.count.setText(said)

    def _typed(self) -> None:
        self._quiet.start()

    def _ask(self) -> None:
        self._quiet.stop()
        self.wanted.emit(self.field.text(), self.case.isChecked())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if self._quiet.isActive():
                self._ask()
            else:
                self.step.emit(-1 if back else 1)
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
            return True
        return False
