"""An answer says where it came from when calls go elsewhere by now: the sandbox's is never taken for production's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from helpers.windows import OpenWindow

from komet_console.exchange import Pair

Until = Callable[[Callable[[], object]], Awaitable[None]]


async def test_an_answer_names_its_environment_after_that_was_changed(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        request = window.open_method("customer.list").request
        assert request is not None
        request.send()
        await until(lambda: request.model.sent)
        pill = request.answer.header.origin
        assert not pill.isVisible()
        window.places.set_environment("production")
        assert pill.isVisible()
        assert pill.text() == "from Sandbox"
        window.places.set_environment("sandbox")
        assert not pill.isVisible()


async def test_also_where_it_was_changed_while_the_call_was_running(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        request = window.open_method("customer.list").request
        assert request is not None
        request.model.set_headers([Pair("X-Komet-Sandbox-Fault", "latency=600")], None)
        request.send()
        await until(lambda: request.model.progress and request.model.progress.phase == "waiting")
        window.places.set_environment("production")
        await until(lambda: request.model.sent)
        await until(request.answer.header.origin.isVisible)
        assert request.answer.header.origin.text() == "from Sandbox"
