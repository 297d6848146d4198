"""Messages over the lower edge of the window: errors stay until they are closed, everything else goes by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton

__all__ = ["Notices"]

_SECONDS = 8
_WIDTH = 560
_ABOVE = 40
"""Pixels between a notice and the lower edge of the window."""


class Notices(QFrame):
    """One message at a time; a new one takes the place of the old one. It never takes the focus."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("notice")
        theme.set_role(self, "popup")
        self.text = QLabel()
        self.text.setObjectName("noticeText")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hint = QLabel()
        self.hint.setObjectName("noticeHint")
        self.hint.setWordWrap(True)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.hint, "small")
        self.button = QPushButton()
        self.button.setObjectName("noticeButton")
        self.button.clicked.connect(self._press)
        self.close_button = IconButton("close", tr("Close this message"), "closeNotice")
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
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.timeout.connect(self.hide)
        self.hide()
        window.installEventFilter(self)

    def say(self, text: str, *, button: str = "", action: Callable[[], None] | None = None) -> None:
        """Say something for a while; with a button that does something about it."""
        self._show(text, "", "text", button, action)
        self._over.start(_SECONDS * 1000)

    def error(self, error: UserError, *, button: str = "", action: Callable[[], None] | None = None) -> None:
        """Say what went wrong, why, and what to do; until it is closed. With a button that does something about it."""
        message, *rest = map(tr, error.lines())
        self._show(message, "\n".join(rest), "error", button, action)
        self._over.stop()

    def _show(self, text: str, hint: str, role: str, button: str, action: Callable[[], None] | None) -> None:
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
        self.show()
        self.raise_()
        self._place()

    def _press(self) -> None:
        self.hide()
        if self._action is not None:
            self._action()

    def _place(self) -> None:
        window = self._window
        width = min(_WIDTH, window.width() - 40)
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        self.setGeometry((window.width() - width) // 2, window.height() - height - _ABOVE, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
