"""Every method of the API, through the window and over the socket: open it, Sample, Beautify, Send ends in success."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from helpers.windows import OpenWindow

from komet_console.catalogue import load
from komet_console.catalogue.explaining import OutcomeKind
from komet_console.exchange import Draft
from komet_console.gui.request.view import RequestView
from komet_console.gui.window.main import MainWindow

NAMES = list(load().summaries)
PARTS = 12


def values(draft: Draft) -> tuple[Any, list[tuple[str, str]]]:
    """What a draft sends, whatever its layout: the body's value and the rows that are switched on."""
    body = json.loads(draft.body.text) if draft.body.kind == "json" and draft.body.text else draft.body
    return body, [(pair.name, pair.value) for pair in draft.query if pair.enabled]


def through_the_form(request: RequestView) -> None:
    """The value goes into the text, and what the form reads from the text goes back, unchanged."""
    draft = request.model.draft
    before = values(draft)
    if draft.body.kind == "json":
        request.compact()
        assert values(request.model.draft) == before
        request.beautify()
    assert values(request.model.draft) == before


async def sent_in_vain(
    window: MainWindow, request: RequestView, until: Callable[[Callable[[], object]], Awaitable[None]]
) -> object:
    """Send; what came instead of success, None where it was one."""
    model = request.model
    model.sent = model.trouble = None
    window.actions_table.run("send")
    await until(lambda: model.sent or model.trouble)
    sent = model.sent
    if sent is None or sent.explanation is None or sent.explanation.outcome is not OutcomeKind.SUCCESS:
        return model.trouble or (sent and (sent.exchange.failure or sent.explanation))
    shown = request.answer.header.outcome.text()
    return None if shown == "success" else shown


@pytest.mark.parametrize("part", range(PARTS))
async def test_sample_beautify_send_succeeds(
    gui_loop: asyncio.AbstractEventLoop,
    open_window: OpenWindow,
    restore: Callable[[], Awaitable[None]],
    until: Callable[[Callable[[], object]], Awaitable[None]],
    part: int,
) -> None:
    failed = {}
    await restore()
    async with open_window() as window:
        for name in NAMES[part::PARTS]:
            method = window.console.catalogue.method(name)
            tab = window.open_method(name)
            request = tab.request
            assert request is not None
            window.actions_table.run("sample")
            through_the_form(request)
            trouble = await sent_in_vain(window, request, until)
            if trouble is not None and method.effect != "read":
                # What the methods before have left may be too little for this one: its claim is about a fresh world.
                await restore()
                trouble = await sent_in_vain(window, request, until)
            if trouble is not None:
                failed[name] = trouble
            window.close_current()
    assert failed == {}
