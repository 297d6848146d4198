from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from helpers.consoles import OpenDesk, opened_desk

from komet_console.session.sandbox import LocalSandbox


@pytest.fixture(scope="package")
def desk_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder whose sandbox runs for all tests of this room."""
    home = tmp_path_factory.mktemp("tokens-home")
    with LocalSandbox(home) as sandbox:
        sandbox.ensure()
        yield home


@pytest.fixture
def open_desk(gui_loop: asyncio.AbstractEventLoop, desk_home: Path, tmp_path: Path) -> OpenDesk:
    """`async with open_desk() as desk:`; all desks of a test share one workspace."""
    return partial(opened_desk, desk_home, tmp_path / "workspace")
