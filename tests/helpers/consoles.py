"""A console with a workspace, a keyring and the sandbox of a data folder, for tests of parts of the window."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from keyring.backend import KeyringBackend
from PySide6.QtWidgets import QAbstractButton, QDialog, QWidget

from helpers.keyrings import MemoryKeyring
from komet_console.gui.aio import Tasks
from komet_console.session.console import Console
from komet_console.session.sandbox import RunningSandbox
from komet_console.workspace.secrets import Secrets
from komet_console.workspace.workspace import Workspace

__all__ = ["Desk", "OpenDesk", "dialog_of", "opened_desk", "press", "set_quota"]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a part of the window is given."""

    console: Console
    workspace: Workspace
    tasks: Tasks
    keyring: KeyringBackend
    folder: Path


OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]


@asynccontextmanager
async def opened_desk(
    home: Path, folder: Path, keyring: KeyringBackend | None = None, *, sandbox: bool = True
) -> AsyncIterator[Desk]:
    """Open one; what one of its tasks raises fails the test."""
    raised: list[BaseException] = []
    tasks = Tasks(lambda _name, error: raised.append(error))
    workspace = Workspace.open(folder)
    kept = keyring or MemoryKeyring()
    console = Console(home, workspace=workspace, secrets=Secrets(lambda: kept, tell=workspace.secrets.add))
    if sandbox:
        await console.start_sandbox()
    try:
        yield Desk(console, workspace, tasks, kept, folder)
    finally:
        await tasks.aclose()
        await console.aclose()
        workspace.close()
    assert not raised, raised


def dialog_of(widget: QWidget, name: str) -> QDialog | None:
    """The dialog of that name that is open over a widget's window."""
    found = [one for one in widget.window().findChildren(QDialog, name) if one.isVisible()]
    return found[-1] if found else None


def press(widget: QWidget, name: str) -> None:
    """Press a button by its name, as long as a user could."""
    button = widget.findChild(QAbstractButton, name)
    assert button is not None, name
    assert button.isEnabled(), f"{name} is switched off"
    assert button.isVisibleTo(widget), f"{name} is hidden"
    button.click()


def set_quota(running: RunningSandbox, calls_of_a_user: int) -> None:
    """Give the sandbox a daily limit, and begin counting anew; 0 takes the limit away."""
    request = urllib.request.Request(
        f"{running.control}quota",
        method="PUT",
        data=json.dumps({"perUser": calls_of_a_user, "reset": True}).encode(),
        headers={"X-Sandbox-Key": running.control_key},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
