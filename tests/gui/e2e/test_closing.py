"""Closing while a call runs: a tab, the window. What was sent stands in the history, for it may have been carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from helpers.windows import OpenWindow

from komet_console.exchange import Pair
from komet_console.gui.request.view import RequestView
from komet_console.gui.window.main import MainWindow
from komet_console.workspace.records import Entry
from komet_console.workspace.workspace import Workspace

Until = Callable[[Callable[[], object]], Awaitable[None]]


async def waiting(window: MainWindow, until: Until) -> RequestView:
    """A write that the sandbox has got, and whose answer takes its time."""
    request = window.open_method("customer.add").request
    assert request is not None
    request.fill_sample()
    request.model.set_headers([Pair("X-Komet-Sandbox-Fault", "latency=8000")], None)
    request.model.mark_saved()
    request.send()
    await until(lambda: request.model.progress and request.model.progress.phase == "waiting")
    return request


def kept(workspace: Workspace) -> list[Entry]:
    workspace.flush()
    return list(workspace.history.search().entries)


async def test_a_tab(gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until) -> None:
    async with open_window() as window:
        await waiting(window, until)
        window.close_current()
        await until(lambda: not window.desk.tabs)
        await until(lambda: kept(window.workspace))
        assert [(one.method, one.failure) for one in kept(window.workspace)] == [("customer.add", "cancelled")]


async def test_a_window(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, workspace_folder: Path
) -> None:
    async with open_window() as window:
        await waiting(window, until)
        window.close()
    workspace = Workspace.open(workspace_folder)
    try:
        assert [(one.method, one.failure) for one in kept(workspace)] == [("customer.add", "cancelled")]
    finally:
        workspace.close()
