"""Background tasks end with the window."""

from __future__ import annotations

import asyncio

from komet_console.gui.aio import Tasks


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
