"""A whole window on a real sandbox, opened and closed within a test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from komet_console.gui.aio import Tasks
from komet_console.gui.window.main import MainWindow
from komet_console.session.console import Console
from komet_console.workspace.workspace import Workspace

__all__ = ["OpenWindow", "opened"]

OpenWindow = Callable[..., AbstractAsyncContextManager[MainWindow]]


@asynccontextmanager
async def opened(home: Path, folder: Path, width: int = 1440, height: int = 900) -> AsyncIterator[MainWindow]:
    """A window on the workspace in `folder`, shown, its sandbox running. What one of its tasks raises fails the test."""
    raised: list[BaseException] = []
    tasks = Tasks(lambda _name, error: raised.append(error))
    workspace = Workspace.open(folder)
    console = Console(home, workspace=workspace)
    window = MainWindow(console, workspace, tasks)
    window.resize(width, height)
    window.show()
    window.activateWindow()
    await console.start_sandbox()
    try:
        yield window
    finally:
        window.let_go()
        window.hide()
        await tasks.aclose()
        await console.aclose()
        workspace.close()
        window.deleteLater()
    assert not raised, raised
