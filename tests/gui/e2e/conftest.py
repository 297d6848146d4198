"""Whole windows on one real sandbox whose seeded world can be brought back, and places where calls go wrong."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import cache, partial
from pathlib import Path

import httpx
import pytest
from helpers.windows import OpenWindow, opened

from komet_console.session.sandbox import LocalSandbox, RunningSandbox

_SERVERS = "exchange_servers"
if _SERVERS not in sys.modules:
    _spec = importlib.util.spec_from_file_location(
        _SERVERS, Path(__file__).parents[2].joinpath("exchange", "servers.py")
    )
    assert _spec is not None
    assert _spec.loader is not None
    _module = importlib.util.module_from_spec(_spec)
    sys.modules[_SERVERS] = _module
    _spec.loader.exec_module(_module)

Restore = Callable[[], Awaitable[None]]


@pytest.fixture(scope="session")
def e2e_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, RunningSandbox]]:
    """A data folder and its running sandbox, with the seeded world kept as a snapshot."""
    home = tmp_path_factory.mktemp("e2e-home")
    with LocalSandbox(home) as sandbox:
        running = sandbox.ensure()
        _control(running, "snapshots", {"name": "seeded"})
        yield home, running
    _client().close()


def _control(running: RunningSandbox, path: str, body: dict[str, str]) -> None:
    headers = {"X-Sandbox-Key": running.control_key}
    _client().post(running.control + path, headers=headers, json=body).raise_for_status()


@cache
def _client() -> httpx.Client:
    return httpx.Client(timeout=30, verify=False, trust_env=False)


@pytest.fixture
def restore(e2e_sandbox: tuple[Path, RunningSandbox]) -> Restore:
    """`await restore()`: the world is as it was seeded."""
    return partial(asyncio.to_thread, _control, e2e_sandbox[1], "snapshots/seeded/load", {})


@pytest.fixture
def workspace_folder(tmp_path: Path) -> Path:
    """Where the windows of a test keep everything."""
    return tmp_path / "workspace"


@pytest.fixture
def open_window(
    gui_loop: asyncio.AbstractEventLoop, e2e_sandbox: tuple[Path, RunningSandbox], workspace_folder: Path
) -> OpenWindow:
    """`async with open_window() as window:`; all windows of a test share one workspace."""
    return partial(opened, e2e_sandbox[0], workspace_folder)
