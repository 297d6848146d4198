"""How many of today's calls are used: words, a thin bar in the colour of the share, and everything else when it is pressed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import TYPE_CHECKING
from weakref import WeakMethod

import shiboken6
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.session.console import Console
from komet_console.session.control import SandboxControl
from komet_console.workspace.environments import SANDBOX, StoredEnvironment, UnusableEnvironmentError
from komet_console.workspace.quota import QuotaState

if TYPE_CHECKING:
    from komet_console.gui.aio import Tasks

__all__ = ["QuotaGauge", "explained"]

_BAR = 90
_TOKENS = {"unknown": "faint", "fine": "green", "high": "amber", "very-high": "red", "used-up": "red"}


def explained(state: QuotaState, stored: StoredEnvironment) -> list[str]:
    """What there is to know about an account's day, a sentence each."""
    here = f"{state.reset.astimezone():%H:%M}"
    lines = []
    if stored.id == SANDBOX:
        lines.append(tr("Calls to the sandbox count against its own quota only."))
    else:
        lines.append(tr("These are the calls made from this computer; the API does not tell what others have used."))
    if state.used_up:
        when = state.again or state.reset
        lines.append(
            tr(
                "The API said that today's quota is used up. It works again at {utc} UTC ({here} here).",
                utc=f"{when.astimezone(UTC):%H:%M}",
                here=f"{when.astimezone():%H:%M}",
            )
        )
        lines.append(
            tr("That time is the API's own.") if state.told else tr("That time is assumed; the API did not name one.")
        )
    if state.limit is None:
        if stored.id == SANDBOX:
            lines.append(tr("The sandbox sets no limit now."))
        else:
            lines.append(
                tr(
                    "The daily limit is 1,000 calls for each paid user. Set the number of paid users of {environment} to see it.",
                    environment=stored.name,
                )
            )
    else:
        lines.append(tr("{count} are left.", count=f"{state.left or 0:,}"))
    if state.reserve:
        lines.append(tr("{count} are kept in reserve from actions of several calls.", count=f"{state.reserve:,}"))
    if state.forecast is not None and not state.used_up and state.calls:
        lines.append(tr("If it goes on like this, the day ends at {count} calls.", count=f"{state.forecast:,}"))
    lines.append(tr("The count begins anew at 00:00 UTC, which is assumed ({here} here).", here=here))
    return lines


def _let_go(console: Console, heard: Callable[[str], None], changed: Callable[[], None]) -> None:
    if heard in console.call_listeners:
        console.call_listeners.remove(heard)
    if changed in console.listeners:
        console.listeners.remove(changed)


class QuotaGauge(QAbstractButton):
    """Follows the calls of one environment by itself; `show_environment` says of which.

    Args:
        tasks: Ask the sandbox for its limit; without them it is not known.
    """

    def __init__(self, console: Console, parent: QWidget | None = None, *, tasks: Tasks | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quotaGauge")
        self._console = console
        self._tasks = tasks
        self._environment = SANDBOX
        self._limit: int | None = None
        self._words = ""
        self._share: float | None = None
        self._token = "faint"
        self.lines: list[str] = []
        """What the popup and the tooltip say."""
        self._font = theme.fonts.ui(12)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        # The console outlives every window; it must not keep this one alive.
        refresh, moved = WeakMethod(self._called), WeakMethod(self._learn)

        def heard(environment: str) -> None:
            if (method := refresh()) is not None:
                method(environment)

        def sandbox_changed() -> None:
            if (method := moved()) is not None:
                method()

        console.call_listeners.append(heard)
        console.listeners.append(sandbox_changed)
        self.destroyed.connect(lambda: _let_go(console, heard, sandbox_changed))
        self.refresh()

    def show_environment(self, environment: str, limit: int | None = None) -> None:
        """Show another environment's day.

        Args:
            limit: the real limit where it is known otherwise: the sandbox's own.
        """
        self._environment, self._limit = environment, limit
        self.refresh()
        if limit is None:
            self._learn()

    def _learn(self) -> None:
        """The sandbox has a limit of its own; one that does not run is not started for that."""
        if self._tasks is not None and self._environment == SANDBOX and self._console.phase == "running":
            self._tasks.start(self._ask_sandbox(), name="ask for the sandbox's limit")

    async def _ask_sandbox(self) -> None:
        running = self._console.running
        if running is None:
            return
        try:
            async with SandboxControl(running) as control:
                limit, _calls = await control.limit(running.account)
        except UserError:
            return  # the status bar says that the sandbox is gone
        if self._environment == SANDBOX and shiboken6.isValid(self):
            self._limit = limit
            self.refresh()

    def refresh(self) -> None:
        """Count again."""
        try:
            stored = self._console.environments.get(self._environment)
        except UnusableEnvironmentError:
            stored = self._console.environments.get(SANDBOX)
        state = self._console.quota.state(stored, self._limit)
        calls = f"{state.calls:,}"
        if state.used_up:
            self._words = tr("Quota used up")
        elif state.limit is not None:
            self._words = tr("{calls} of {limit} today", calls=calls, limit=f"{state.limit:,}")
        elif state.calls == 1:
            self._words = tr("1 call today")
        else:
            self._words = tr("{calls} calls today", calls=calls)
        self._share, self._token = state.share, _TOKENS[state.gauge]
        self.lines = explained(state, stored)
        self.setToolTip("\n".join(self.lines))
        self.setAccessibleName(tr("{words}, calls made from this computer", words=self._words))
        self.setAccessibleDescription(" ".join(self.lines))
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """What it says beside the bar."""
        return self._words

    def _called(self, environment: str) -> None:
        if environment == self._environment:
            self.refresh()

    def _open(self) -> None:
        """All of it in a popup: a tooltip cannot be reached by keyboard."""
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setObjectName("quotaPopup")
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme.set_role(popup, "popup")
        column = QVBoxLayout(popup)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(6)
        head = QLabel(self._words)
        head.setObjectName("quotaHeadline")
        theme.set_role(head, "strong")
        column.addWidget(head)
        for number, line in enumerate(self.lines):
            said = QLabel(line)
            said.setObjectName(f"quotaLine.{number}")
            said.setWordWrap(True)
            theme.set_role(said, "small")
            column.addWidget(said)
        popup.setFixedWidth(320)
        popup.adjustSize()
        corner = self.mapToGlobal(QPoint(self.width() - popup.width(), self.height() + 4))
        popup.move(corner)
        popup.show()

    # --- looks

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self._font).horizontalAdvance(self._words) + 12
        if self._share is not None:
            width += _BAR + 8
        return QSize(round(width), 26)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(frame, 5, 5)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, 5, 5)
        painter.setFont(self._font)
        painter.setPen(theme.color(self._token if self._token in ("amber", "red") else "muted"))
        inside = self.rect().adjusted(6, 0, -6, 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._words)
        if self._share is None:
            return
        bar = QRectF(inside.right() + 1 - _BAR, self.height() / 2 - 2.5, _BAR, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        if self._share > 0:
            bar.setWidth(max(5.0, _BAR * self._share))
            painter.setBrush(theme.color(self._token))
            painter.drawRoundedRect(bar, 2.5, 2.5)
