"""Background tasks end with the window."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from komet_console.gui.aio import Garbage, Tasks


async def test_what_is_started_while_things_end_never_begins(gui_loop: asyncio.AbstractEventLoop) -> None:
    began: list[str] = []
    failed: list[BaseException] = []
    tasks = Tasks(lambda _name, error: failed.append(error))

    async def work(name: str) -> None:
        began.append(name)
        await asyncio.sleep(60)

    early = tasks.start(work("early"), name="early")
    await asyncio.sleep(0)
    await tasks.aclose()
    late = tasks.start(work("late"), name="late")
    await asyncio.gather(late, return_exceptions=True)
    assert early.cancelled()
    assert late.cancelled()
    assert began == ["early"]
    assert failed == []


def test_garbage_is_collected_on_the_windows_thread_only(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Garbage, "_EVERY", 20)
    threads: list[int] = []

    def heard(phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            threads.append(threading.get_ident())

    owner = QObject()
    gc.callbacks.append(heard)
    try:
        Garbage(owner)
        worker = threading.Thread(target=lambda: [[] for _ in range(200_000)])
        worker.start()
        worker.join()
        kept = [[] for _ in range(10_000)]
        qtbot.waitUntil(lambda: bool(threads))
        assert set(threads) == {threading.get_ident()}
        assert len(kept) == 10_000
    finally:
        gc.callbacks.remove(heard)
        gc.enable()
        owner.deleteLater()
