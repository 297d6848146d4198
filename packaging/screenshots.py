"""Take the README's pictures from the real program, offscreen, with the sandbox's data: `make screenshots`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication

from komet_console.exchange import Pair
from komet_console.gui import aio, theme
from komet_console.gui.request.view import RequestView
from komet_console.gui.window.main import MainWindow
from komet_console.session.console import Console
from komet_console.workspace.workspace import Workspace

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SIZE = (1440, 900)


async def settle() -> None:
    """Let timers run out and everything be painted."""
    await asyncio.sleep(0.6)


def open_request(window: MainWindow, method: str) -> RequestView:
    request = window.open_method(method).request
    assert request is not None
    return request


async def send(request: RequestView) -> None:
    request.send()
    await asyncio.sleep(0.05)
    while request.model.sending:  # noqa: ASYNC110 - whatever it takes
        await asyncio.sleep(0.02)


async def empty(window: MainWindow) -> None:
    """The first look: nothing is open."""


async def a_list(window: MainWindow) -> None:
    """A list of customers."""
    request = open_request(window, "customer.list")
    rows = [pair for pair in request.model.draft.query if pair.name != "name"]
    request.model.set_query([*rows, Pair("name", "flor")], None)
    await send(request)


async def long_form(window: MainWindow) -> None:
    """The largest form, beside its JSON."""
    request = open_request(window, "prebook.create")
    request.fill_sample()
    await settle()
    request.place_answer("below", [640, 140])


async def refused(window: MainWindow) -> None:
    """A refusal, explained, with the way to the field."""
    request = open_request(window, "prebook.create")
    request.fill_sample()
    body = request.model.draft.body
    request.model.set_body(replace(body, text=body.text.replace("RSFR50", "RSFR5O")), None)
    await send(request)
    request.place_answer("below", [430, 350])


async def unreachable(window: MainWindow) -> None:
    """A call that nobody answers."""
    request = open_request(window, "invoice.list")
    request.fill_sample()
    running = window.console.running
    assert running is not None
    away = replace(running, url="http://127.0.0.1:9/api/", port=9)
    window.console.running = away
    request.presenter.refresh()
    window.console.start_sandbox = lambda: asyncio.sleep(0, away)  # type: ignore[method-assign,assignment]
    await send(request)


PLAN: tuple[tuple[str, theme.Mode, Callable[[MainWindow], Awaitable[None]]], ...] = (
    ("empty-light", "light", empty),
    ("list-light", "light", a_list),
    ("list-dark", "dark", a_list),
    ("form-light", "light", long_form),
    ("refused-dark", "dark", refused),
    ("unreachable-light", "light", unreachable),
)


async def take(name: str, mode: theme.Mode, what: Callable[[MainWindow], Awaitable[None]], home: Path) -> None:
    workspace = Workspace.open(home / name)
    console = Console(home, workspace=workspace)
    tasks = aio.Tasks(lambda _name, error: sys.excepthook(type(error), error, error.__traceback__))
    workspace.settings.set("theme", mode)
    window = MainWindow(console, workspace, tasks)
    for method in ("customer.list", "prebook.create"):
        window.toggle_favourite(method)
    window.resize(*SIZE)
    window.show()
    window.sandbox.start()
    await console.start_sandbox()
    await what(window)
    await settle()
    target = PICTURES / f"{name}.png"
    window.grab().save(str(target))
    print(target.name)
    window.let_go()
    window.hide()
    await tasks.aclose()
    await console.aclose()
    workspace.close()
    window.deleteLater()


def main() -> int:
    application = QApplication(["komet-console"])
    theme.install(application)
    PICTURES.mkdir(parents=True, exist_ok=True)

    async def all_of_them(_asked: asyncio.Event) -> int:
        wanted = sys.argv[1:]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for name, mode, what in PLAN:
                if not wanted or name in wanted:
                    await take(name, mode, what, Path(folder))
        return 0

    return aio.run(application, all_of_them)


if __name__ == "__main__":
    sys.exit(main())
