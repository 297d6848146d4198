"""Qt and asyncio in one loop. The only module that knows qasync, and the rules that keep it alive.

A nested event loop (`exec()`, a static dialog call, `processEvents()`) inside a coroutine loses the wake-ups of other
tasks for ever. So dialogs are opened and awaited, tasks are started through `Tasks`, and closing the last window only says
so: the main coroutine ends things in order.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget

__all__ = ["Garbage", "Tasks", "ask_open_files", "ask_save_file", "make_loop", "run", "show"]

T = TypeVar("T")

_THREADS = 4
_TURN = 0.0005
"""Seconds after which a busy thread must let the window's thread have the interpreter. It asks for it again and again
while it paints; with Python's own 5 ms an answer that is laid out on another thread stops the window for 0.3 s."""


class Tasks:
    """Keeps background tasks alive and reports what they raise.

    Args:
        report: Called with the task's name and the exception of a task that failed; never for a cancelled one.
    """

    def __init__(self, report: Callable[[str, BaseException], None]) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._report = report
        self._over = False

    def start(self, coro: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """Run a coroutine in the background; `aclose` cancels it where it has not ended before, and all that come later."""
        task = asyncio.get_running_loop().create_task(coro, name=name)
        if self._over:
            # What is still ending may announce something new; nobody would wait for what that starts.
            task.cancel()
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(task.get_name(), error)

    async def aclose(self) -> None:
        """Cancel what still runs and wait for it."""
        self._over = True
        running = list(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


class Garbage(QObject):
    """Collects garbage on the window's thread only, between events.

    Python collects on whatever thread happens to make the next object. A widget that is part of a cycle would then be
    destroyed on a background thread, and Qt crashes; or the window stands still in the middle of somebody's answer.
    """

    _EVERY = 1000
    """Milliseconds between two looks."""
    _MANY = 3000
    """New objects from which on a look is worth a collection."""
    _SELDOM = 15
    """So many small collections before a whole one."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._small = 0
        gc.disable()
        gc.freeze()  # modules and their classes: they stay, and need not be looked at
        timer = QTimer(self)
        timer.setInterval(self._EVERY)
        timer.timeout.connect(self._look)
        timer.start()

    def settle(self) -> None:
        """The program has started: what is there now stays as well."""
        gc.collect()
        gc.freeze()

    def _look(self) -> None:
        if gc.get_count()[0] < self._MANY:
            return
        self._small += 1
        if self._small >= self._SELDOM:
            self._small = 0
            gc.collect()
        else:
            gc.collect(1)


def make_loop(app: QApplication) -> asyncio.AbstractEventLoop:
    """The event loop of a Qt application; one for each process."""
    os.environ.setdefault("QT_API", "pyside6")
    import qasync  # only when a loop is needed: it must find PySide6 imported

    app.setQuitOnLastWindowClosed(False)
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app)
    # qasync's own executor starts ten Qt threads at the first use.
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="background"))

    def close_generator(left: AsyncGenerator[Any, Any]) -> None:
        # asyncio's own loops end generators that were left half-way, the HTTP library's among them; qasync's does not.
        if not loop.is_closed():
            loop.call_soon_threadsafe(loop.create_task, left.aclose())

    sys.set_asyncgen_hooks(finalizer=close_generator)
    return loop


def run(app: QApplication, main: Callable[[asyncio.Event], Coroutine[Any, Any, int]]) -> int:
    """Run the program's main coroutine until it returns its exit status.

    Args:
        main: Gets an event that is set when the system asks the program to end (Ctrl+C, SIGTERM).
    """

    async def whole() -> int:
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        if sys.platform != "win32":  # there Ctrl+C ends the process
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, asked.set)
        return await main(asked)

    sys.setswitchinterval(_TURN)
    with asyncio.Runner(loop_factory=lambda: make_loop(app)) as runner:
        return runner.run(whole())


async def show(dialog: QDialog) -> int:
    """Open a dialog over its window and wait for its result, without a nested event loop."""
    done: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finished(result: int) -> None:
        if not done.done():
            done.set_result(result)

    dialog.finished.connect(finished)
    dialog.open()
    try:
        return await done
    finally:
        dialog.close()
        dialog.deleteLater()


async def ask_open_files(
    parent: QWidget, title: str, *, filters: tuple[str, ...] = (), several: bool = False
) -> list[Path]:
    """Let the user choose files that exist; empty where they changed their mind."""
    mode = QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile
    return await _ask(parent, title, mode, QFileDialog.AcceptMode.AcceptOpen, filters, "")


async def ask_save_file(parent: QWidget, title: str, *, name: str = "", filters: tuple[str, ...] = ()) -> Path | None:
    """Let the user choose where to save; None where they changed their mind. The dialog asks before overwriting."""
    mode = QFileDialog.FileMode.AnyFile
    chosen = await _ask(parent, title, mode, QFileDialog.AcceptMode.AcceptSave, filters, name)
    return chosen[0] if chosen else None


async def _ask(
    parent: QWidget,
    title: str,
    mode: QFileDialog.FileMode,
    accept: QFileDialog.AcceptMode,
    filters: tuple[str, ...],
    name: str,
) -> list[Path]:
    dialog = QFileDialog(parent, title)
    dialog.setObjectName("fileDialog")
    dialog.setFileMode(mode)
    dialog.setAcceptMode(accept)
    if filters:
        dialog.setNameFilters(list(filters))
    if name:
        dialog.selectFile(name)
    chosen: list[str] = []
    dialog.filesSelected.connect(chosen.extend)
    await show(dialog)
    return [Path(path) for path in chosen]
