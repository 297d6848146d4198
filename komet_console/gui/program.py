"""The windowed program from start to end: application, look, one event loop, one window, and everything closed in order."""

from __future__ import annotations

from komet_console.gui import startup  # noqa: F401 - it does its work by being imported first

# isort: split

import asyncio
import importlib
import sys
from collections.abc import Callable, Sequence

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from komet_console import __version__, paths
from komet_console.exchange import quiet_http_logs
from komet_console.gui import aio, theme
from komet_console.gui.window.main import MainWindow
from komet_console.gui.window.opening import open_or_ask
from komet_console.resources import resource_path
from komet_console.session.console import Console
from komet_console.workspace.workspace import Workspace

__all__ = ["run"]

_WARM_UP = 0.4
"""Seconds of quiet before each piece: nobody who types may feel it."""


def run(arguments: Sequence[str] = (), *, shown: Callable[[MainWindow], None] | None = None) -> int:
    """Show the window until it is closed; returns the exit status.

    Args:
        shown: Called once with the window, when it is shown.
    """
    quiet_http_logs()
    application = QApplication(["komet-console", *arguments])
    application.setApplicationName("komet-console")
    application.setApplicationDisplayName("Komet Console")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("komet-console")
    application.setWindowIcon(QIcon(str(resource_path("icons", "komet-console.svg"))))
    theme.install(application)
    garbage = aio.Garbage(application)
    return aio.run(application, lambda asked: _main(asked, shown, garbage))


async def _main(asked_to_end: asyncio.Event, shown: Callable[[MainWindow], None] | None, garbage: aio.Garbage) -> int:
    while True:
        workspace = await _opened(asked_to_end)
        if workspace is None:
            return 0 if asked_to_end.is_set() else 1
        if not await _one_window(workspace, asked_to_end, shown, garbage):
            return 0


async def _opened(asked_to_end: asyncio.Event) -> Workspace | None:
    """The workspace; None where the user, or the system while the user is asked, wants to end."""
    loop = asyncio.get_running_loop()
    opening, asked = loop.create_task(open_or_ask()), loop.create_task(asked_to_end.wait())
    try:
        await asyncio.wait({opening, asked}, return_when=asyncio.FIRST_COMPLETED)
        return opening.result() if opening.done() else None
    finally:
        for one in (opening, asked):
            one.cancel()
        await asyncio.gather(opening, asked, return_exceptions=True)


async def _one_window(
    workspace: Workspace,
    asked_to_end: asyncio.Event,
    shown: Callable[[MainWindow], None] | None,
    garbage: aio.Garbage,
) -> bool:
    """One window from start to end; whether another one is wanted, on a workspace that was restored."""
    console = Console(paths.user_folder(), workspace=workspace)
    tasks = aio.Tasks(_report)
    window = MainWindow(console, workspace, tasks)
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    window.show()
    if shown is not None:
        shown(window)
    window.sandbox.start()
    tasks.start(_warm_up(window, garbage), name="warm up")
    asked = asyncio.get_running_loop().create_task(asked_to_end.wait())
    waiting = {asked, asyncio.get_running_loop().create_task(closed.wait())}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
        if not window.restarts and not closed.is_set():
            window.keep_all()
        window.let_go()
        window.hide()
        await tasks.aclose()
        await console.aclose()
        await asyncio.to_thread(workspace.close)
        window.deleteLater()
    return window.restarts and not asked_to_end.is_set()


async def _warm_up(window: MainWindow, garbage: aio.Garbage) -> None:
    """Load what the first typing error and the first call need while the user still looks: neither waits for it then."""
    for name in (
        "rapidfuzz.process",
        "komet_console.exchange.transport",
        "komet_console.workspace.history",
        "komet_console.gui.answer.pane",
        "komet_console.gui.request.view",
    ):
        await asyncio.sleep(_WARM_UP)
        await asyncio.to_thread(importlib.import_module, name)
    window.requests.make_ahead()
    garbage.settle()


def _report(_name: str, error: BaseException) -> None:
    sys.excepthook(type(error), error, error.__traceback__)
