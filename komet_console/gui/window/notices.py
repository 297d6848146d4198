"""Messages over the lower edge of the window: errors stay until they are closed, everything else goes by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton

__all__ = ["Notice", "Notices"]

_SECONDS = 8
_WIDTH = 560
_ABOVE = 40
"""Pixels between the lowest notice and the lower edge of the window."""
_BETWEEN = 8


class Notices(QObject):
    """A message and an error at a time, each where the other one does not hide it; a new one takes the place of its like.

    Who was there keeps its place: the other one stands above it, and comes down when there is room.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: list[Notice] = []
        """From the lowest one upwards."""
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.timeout.connect(self._end)
        window.installEventFilter(self)

    @cached_property
    def message(self) -> Notice:
        """What goes by itself."""
        return self._made("notice")

    @cached_property
    def trouble(self) -> Notice:
        """The error that was not closed yet."""
        return self._made("errorNotice")

    def _made(self, name: str) -> Notice:
        made = Notice(name, self._window)
        made.gone.connect(self._gone)
        return made

    def say(self, text: str, *, button: str = "", action: Callable[[], None] | None = None) -> None:
        """Say something for a while; with a button that does something about it."""
        self.message.show_text(text, "", "text", button, action)
        self._bring(self.message)
        self._over.start(_SECONDS * 1000)

    def error(self, error: UserError, *, button: str = "", action: Callable[[], None] | None = None) -> None:
        """Say what went wrong, why, and what to do; until it is closed. With a button that does something about it."""
        message, *rest = map(tr, error.lines())
        self.trouble.show_text(message, "\n".join(rest), "error", button, action)
        self._bring(self.trouble)

    def _end(self) -> None:
        self.message.hide()

    def _bring(self, notice: Notice) -> None:
        if notice not in self._shown:
            self._shown.append(notice)
        notice.show()
        notice.raise_()
        self._place()

    def _gone(self) -> None:
        self._shown = [one for one in self._shown if not one.isHidden()]
        self._place()

    def _place(self) -> None:
        window = self._window
        width = min(_WIDTH, window.width() - 40)
        bottom = window.height() - _ABOVE
        for notice in self._shown:
            height = notice.heightForWidth(width) if notice.hasHeightForWidth() else notice.sizeHint().height()
            bottom -= height
            notice.setGeometry((window.width() - width) // 2, bottom, width, height)
            bottom -= _BETWEEN

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._shown:
            self._place()
        return False


class Notice(QFrame):
    """One message. It never takes the focus.

    Signals:
        gone(): It was closed, or its time is over.
    """

    gone = Signal()

    def __init__(self, name: str, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName(name)
        theme.set_role(self, "popup")
        self.hide()
        self.text = QLabel(self)
        self.text.setObjectName(f"{name}Text")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hint = QLabel(self)
        self.hint.setObjectName(f"{name}Hint")
        self.hint.setWordWrap(True)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.hint, "small")
        self.button = QPushButton(self)
        self.button.setObjectName(f"{name}Button")
        self.button.clicked.connect(self._press)
        self.close_button = IconButton("close", tr("Close this message"), f"{name}Close", self)
        self.close_button.clicked.connect(self.hide)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.text)
        words.addWidget(self.hint)
        self._line = line = QHBoxLayout(self)
        line.setContentsMargins(14, 10, 8, 10)
        line.setSpacing(10)
        line.addLayout(words, 1)
        line.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.close_button)
        self._action: Callable[[], None] | None = None

    def show_text(self, text: str, hint: str, role: str, button: str, action: Callable[[], None] | None) -> None:
        """Say this now; without an action there is no button."""
        self.text.setText(text)
        theme.set_role(self.text, role)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.button.setText(button)
        self.button.setVisible(action is not None)
        self._action = action
        level = Qt.AlignmentFlag.AlignTop if hint else Qt.AlignmentFlag.AlignVCenter
        self._line.setAlignment(self.close_button, level)
        self.setAccessibleName(text)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.isHidden():
            self.gone.emit()

    def _press(self) -> None:
        self.hide()
        if self._action is not None:
            self._action()
