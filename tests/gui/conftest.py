"""A real Qt application without a screen, in one event loop for all tests of a process."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from helpers.windows import OpenWindow, opened
from PySide6.QtWidgets import QApplication

from komet_console.catalogue import Catalogue, load
from komet_console.gui import aio, theme
from komet_console.session.sandbox import LocalSandbox

SECONDS = 20


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["komet-console"]


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> QApplication:
    """The application in its own look."""
    theme.install(qapp, "light")
    return qapp


@pytest.fixture(autouse=True)
def look(dressed: QApplication) -> None:
    """Every test starts light."""
    theme.manager().set_mode("light")


@pytest.fixture(scope="session")
def gui_loop(dressed: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """The process's one loop of Qt and asyncio: a test that is a coroutine and asks for it runs in it."""
    loop = aio.make_loop(dressed)
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run coroutine tests in `gui_loop`. Inside one, only `await until(...)`: qtbot's waits nest event loops and hang."""
    if not (inspect.iscoroutinefunction(pyfuncitem.obj) and "gui_loop" in pyfuncitem.fixturenames):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def body() -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await pyfuncitem.obj(**arguments)
        finally:
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

    pyfuncitem.funcargs["gui_loop"].run_until_complete(body())
    return True


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """`await until(lambda: ...)`: wait, without a nested loop, until something is true; the test's own limit ends it."""

    async def wait(condition: Callable[[], object]) -> None:
        while not condition():  # noqa: ASYNC110 - whatever a test waits for
            await asyncio.sleep(0.005)

    return wait


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="session")
def sandbox_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder whose sandbox runs for all tests of a process."""
    home = tmp_path_factory.mktemp("window-home")
    with LocalSandbox(home) as sandbox:
        sandbox.ensure()
        yield home


@pytest.fixture
def open_window(gui_loop: asyncio.AbstractEventLoop, sandbox_home: Path, tmp_path: Path) -> OpenWindow:
    """`async with open_window() as window:`; all windows of a test share one workspace."""
    return partial(opened, sandbox_home, tmp_path / "workspace")
