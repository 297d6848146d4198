"""The sandbox in the window: its state in the status bar, and the menu behind it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from komet_console.errors import UserError
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.gui.window.status_bar import StatusBar
from komet_console.session.console import Console
from komet_console.session.control import SandboxControl, SandboxState

__all__ = ["SandboxPart"]


class SandboxPart(QObject):
    """Starts the sandbox, shows how it is, resets it and takes the reset back.

    Signals:
        changed(): It came, went or moved.
        said(str): Something to tell the user in passing.
        failed(object): A `UserError` to show.
        undo_offered(): A reset was made; `undo` takes it back.
    """

    changed = Signal()
    said = Signal(str)
    failed = Signal(object)
    undo_offered = Signal()

    def __init__(self, console: Console, tasks: Tasks, bar: StatusBar, parent: QWidget) -> None:
        super().__init__(parent)
        self._console = console
        self._tasks = tasks
        self._bar = bar
        self._window = parent
        self._state: SandboxState | None = None
        self._busy = False
        console.listeners.append(self._changed)
        bar.sandbox_clicked.connect(self._open_menu)
        self._show()

    def start(self) -> None:
        """Start it in the background; what goes wrong stands in the status bar."""
        self._tasks.start(self._start(), name="start the sandbox")

    def reset(self) -> None:
        """Seed the world anew, after an automatic snapshot."""
        self._do(self._reset)

    def undo(self) -> None:
        """The world as it was before the last reset."""
        self._do(self._undo)

    def move_to_today(self) -> None:
        """Move the dates of a kept world so that they lie around today."""
        self._do(self._move)

    @property
    def can_undo(self) -> bool:
        return self._state is not None and self._state.can_undo

    def _do(self, what: Callable[[SandboxControl], Coroutine[Any, Any, str]]) -> None:
        if not self._busy:
            self._tasks.start(self._controlled(what), name="control the sandbox")

    async def _start(self) -> None:
        try:
            await self._console.start_sandbox()
            await self._look()
        except UserError:
            self._show()  # the phase says so

    async def _controlled(self, what: Callable[[SandboxControl], Coroutine[Any, Any, str]]) -> None:
        self._busy = True
        try:
            async with await self._console.control() as control:
                self.said.emit(await what(control))
                self._state = await control.state()
        except UserError as error:
            self.failed.emit(error)
        finally:
            self._busy = False
            self._show()

    async def _look(self) -> None:
        async with await self._console.control() as control:
            self._state = await control.state()
        self._show()

    async def _reset(self, control: SandboxControl) -> str:
        await control.reset()
        self.undo_offered.emit()
        return tr("The sandbox starts afresh.")

    async def _undo(self, control: SandboxControl) -> str:
        await control.undo_reset()
        return tr("The sandbox is as it was before the reset.")

    async def _move(self, control: SandboxControl) -> str:
        days = await control.move_to_today()
        return tr("All dates of the sandbox were moved by {days} days.", days=days)

    def _changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        phase = self._console.phase
        if phase == "running":
            behind = self._state.days_behind if self._state else 0
            if behind:
                self._bar.show_sandbox(
                    tr("Sandbox running, {days} days behind", days=behind),
                    "amber",
                    tr("Its dates lie around {date}. Press to move them to today.", date=self._world_date()),
                )
            else:
                self._bar.show_sandbox(
                    tr("Sandbox running"), "green", tr("A local Komet on this computer. Press to reset it.")
                )
        elif phase == "starting":
            self._bar.show_sandbox(tr("Sandbox is starting…"), "amber")
        elif phase == "failed":
            trouble = self._console.trouble
            self._bar.show_sandbox(tr("Sandbox failed"), "red", "\n".join(map(tr, trouble.lines())) if trouble else "")
        else:
            self._bar.show_sandbox(tr("Sandbox off"), "faint", tr("It starts by itself with the first call."))

    def _world_date(self) -> str:
        return self._state.world_date if self._state else ""

    def menu(self) -> QMenu:
        """What can be done with the sandbox now; the menu deletes itself."""
        menu = QMenu(self._window)
        menu.setObjectName("sandboxMenu")
        running = self._console.running
        if self._console.phase == "failed" and self._console.trouble is not None:
            for line in self._console.trouble.lines()[:2]:
                menu.addAction(tr(line)).setEnabled(False)
            menu.addSeparator()
        if self._console.phase != "running" or running is None:
            action = menu.addAction(tr("Start the sandbox"), self.start)
            action.setEnabled(self._console.phase != "starting")
            return menu
        menu.addAction(tr("Serves at {url}", url=running.url)).setEnabled(False)
        if date := self._world_date():
            menu.addAction(tr("Its world lies around {date}", date=date)).setEnabled(False)
        menu.addSeparator()
        if self._state is not None and self._state.days_behind:
            menu.addAction(tr("Move its dates to today"), self.move_to_today)
        menu.addAction(tr("Reset the sandbox"), self.reset)
        undo = menu.addAction(tr("Undo the last reset"), self.undo)
        undo.setEnabled(self.can_undo)
        return menu

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        button = self._bar.sandbox
        menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))
