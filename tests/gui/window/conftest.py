from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from helpers.windows import OpenWindow, opened

from komet_console.session.sandbox import LocalSandbox


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
