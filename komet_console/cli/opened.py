"""The program's console for one command: opened with the user's workspace, closed again whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator

import click

from komet_console.exchange import quiet_http_logs
from komet_console.session.console import Console
from komet_console.workspace.opening import open_workspace
from komet_console.workspace.trouble import WorkspaceError
from komet_console.workspace.workspace import Workspace

__all__ = ["interruptible", "opened"]


@contextlib.asynccontextmanager
async def opened(*, workspace_needed: bool = True) -> AsyncIterator[Console]:
    """The console of the user's data folder.

    Args:
        workspace_needed: False goes on without the workspace where it cannot be opened, and says so.

    Raises:
        WorkspaceError: the workspace is needed and cannot be opened.
    """
    quiet_http_logs()
    workspace: Workspace | None = None
    try:
        workspace = await asyncio.to_thread(open_workspace)
    except WorkspaceError as error:
        if workspace_needed:
            raise
        click.echo(f"{error.message} This is done without it: no stored tokens, no history.", err=True)
    console = Console(workspace=workspace)
    try:
        yield console
    finally:
        await console.aclose()
        if workspace is not None:
            await asyncio.to_thread(workspace.close)


@contextlib.contextmanager
def interruptible(cancel: asyncio.Event) -> Iterator[None]:
    """The first Ctrl+C or SIGTERM sets the event, so that what a call may have done can still be said; the second ends us."""
    loop = asyncio.get_running_loop()

    def interrupted(number: int, _frame: object) -> None:
        signal.signal(number, before[number])
        loop.call_soon_threadsafe(cancel.set)

    before = {int(number): signal.signal(number, interrupted) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
