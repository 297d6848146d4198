"""The bar at the bottom: the sandbox, findings, a message for a while."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.elided import ElidedLabel

__all__ = ["StatusBar"]

_SECONDS = 6


class _Dot(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(8, 8)
        self.token = "faint"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color(self.token))
        painter.setBrush(theme.color(self.token))
        painter.drawEllipse(self.rect().adjusted(0, 0, -1, -1))


class StatusBar(QFrame):
    """Every word in it can be pressed where pressing does something.

    Signals:
        sandbox_clicked(), findings_clicked(), shortcuts_clicked()
    """

    sandbox_clicked = Signal()
    findings_clicked = Signal()
    shortcuts_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "status")
        self.setFixedHeight(27)
        self._dot = _Dot()
        self.sandbox = self._button("sandboxState", self.sandbox_clicked)
        self.findings = self._button("findingsState", self.findings_clicked)
        self.findings.hide()
        self.message = ElidedLabel()
        self.message.setObjectName("statusMessage")
        theme.set_role(self.message, "small")
        self.shortcuts = self._button("shortcutsButton", self.shortcuts_clicked)
        self.shortcuts.setText(tr("Ctrl+/ shortcuts"))
        self.right = QHBoxLayout()
        """Where quota and the like may go."""
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 0, 10, 0)
        line.setSpacing(6)
        line.addWidget(self._dot)
        line.addWidget(self.sandbox)
        line.addSpacing(8)
        line.addWidget(self.findings)
        line.addSpacing(8)
        line.addWidget(self.message, 1)
        line.addLayout(self.right)
        line.addWidget(self.shortcuts)
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.timeout.connect(lambda: self.message.setText(""))

    def _button(self, name: str, signal: object) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.set_role(button, "status")
        button.clicked.connect(signal)
        return button

    def show_sandbox(self, text: str, state: Literal["faint", "green", "amber", "red"], tip: str = "") -> None:
        """The state of the sandbox, in words and as a coloured dot."""
        self.sandbox.setText(text)
        self.sandbox.setToolTip(tip)
        self._dot.token = state
        self._dot.update()

    def show_findings(self, text: str, role: str = "status") -> None:
        """How many findings the current request has; empty hides the words."""
        self.findings.setText(text)
        self.findings.setVisible(bool(text))
        theme.set_role(self.findings, role)

    def say(self, text: str, seconds: int = _SECONDS) -> None:
        """Say something for a while."""
        self.message.setText(text)
        self._over.start(seconds * 1000)
