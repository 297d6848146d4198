from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from komet_console.gui.window.opening import open_or_ask
from komet_console.workspace.opening import default_folder
from komet_console.workspace.workspace import Workspace, database_file

Until = Callable[[Callable[[], object]], Awaitable[None]]


def box() -> QMessageBox | None:
    return next(
        (one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()), None
    )


async def answered(until: Until, number: int) -> tuple[Workspace | None, str]:
    task = asyncio.get_running_loop().create_task(open_or_ask())
    await until(box)
    shown = box()
    assert shown is not None
    said = shown.text()
    shown.buttons()[number].click()
    return await task, said


@pytest.fixture
def damaged() -> bytes:
    path = database_file(default_folder())
    path.parent.mkdir(parents=True)
    path.write_bytes(b"SQLite format 3\0" + b"nonsense" * 1000)
    return path.read_bytes()


async def test_a_damaged_workspace_is_set_aside_only_with_consent(
    gui_loop: asyncio.AbstractEventLoop, damaged: bytes, until: Until
) -> None:
    made, said = await answered(until, 0)
    assert made is not None
    assert "workspace.db" in said
    made.close()
    kept = [path.read_bytes() for path in default_folder().rglob("*") if path.is_file()]
    assert damaged in kept


async def test_one_can_work_without_keeping_anything_or_end(
    gui_loop: asyncio.AbstractEventLoop, damaged: bytes, until: Until
) -> None:
    made, _ = await answered(until, 1)
    assert made is not None
    assert made.folder != default_folder()
    made.close()
    ended, _ = await answered(until, 2)
    assert ended is None
    assert database_file(default_folder()).read_bytes() == damaged


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl+C ends the process")
def test_the_system_can_end_the_program_while_it_asks(damaged: bytes) -> None:
    program = [sys.executable, "-m", "komet_console", "window"]
    with subprocess.Popen(program, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)
        process.terminate()
        try:
            assert process.wait(10) == 0
        finally:
            process.kill()
    assert database_file(default_folder()).read_bytes() == damaged
