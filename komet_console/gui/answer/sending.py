"""What stands over the answer while a call runs: phase, stopwatch, bytes, and the way to stop it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from komet_console.exchange import Progress
from komet_console.gui import theme
from komet_console.gui.answer.verdict import said_size
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.keycap import KeyCap

__all__ = ["SendingVeil", "phase_words"]

_TICK = 50
"""Milliseconds between two steps of the stopwatch."""


def phase_words(phase: str) -> str:
    """What a call does in a phase."""
    return {
        "preparing": tr("Preparing the call"),
        "name": tr("Looking up the name"),
        "connect": tr("Connecting"),
        "tls": tr("Agreeing on encryption"),
        "sending": tr("Sending the request"),
        "waiting": tr("Waiting for the answer"),
        "download": tr("Receiving the answer"),
        "total": tr("The whole call"),
    }.get(phase, phase)


class SendingVeil(QWidget):
    """Covers the answer before, which stays dimly visible.

    Signals:
        cancelled(): The user wants the call to stop.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sendingVeil")
        self.setAccessibleName(tr("The call is running"))
        self._began = 0.0
        self.opaque = False
        """Nothing shines through."""
        self.clock = QLabel()
        self.clock.setFont(theme.fonts.ui(24, 600))
        self.clock.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.phase = QLabel()
        self.phase.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.bytes = QLabel()
        theme.set_role(self.bytes, "meta")
        self.bytes.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = QPushButton(tr("Cancel"))
        self.button.setObjectName("cancelCall")
        self.button.setAccessibleName(tr("Cancel the call"))
        self.button.clicked.connect(self.cancelled)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addStretch()
        line.addWidget(self.button)
        line.addWidget(KeyCap("Esc"))
        line.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(4)
        column.addStretch()
        for label in (self.clock, self.phase, self.bytes):
            column.addWidget(label)
        column.addSpacing(8)
        column.addLayout(line)
        column.addStretch()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK)
        self._tick.timeout.connect(self._show_time)

    def begin(self, *, opaque: bool) -> None:
        """A call begins; `opaque` where there is no answer to shine through."""
        self.opaque = opaque
        self._began = time.perf_counter()
        self._tick.start()
        self._show_time()

    def end(self) -> None:
        """The call is over."""
        self._tick.stop()
        self.hide()

    def show_progress(self, progress: Progress) -> None:
        """The call is so far."""
        self.phase.setText(phase_words(progress.phase))
        received = tr("{size} received", size=said_size(progress.received))
        self.bytes.setText(
            received if progress.received or progress.phase == "download" else tr("Nothing received yet")
        )

    def _show_time(self) -> None:
        self.clock.setText(tr("{seconds} s", seconds=f"{time.perf_counter() - self._began:.1f}"))

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = QColor(theme.color("bg"))
        colour.setAlpha(255 if self.opaque else 224)
        QPainter(self).fillRect(self.rect(), colour)
