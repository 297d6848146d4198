from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from helpers.forms import row
from helpers.windows import OpenWindow

from komet_console.exchange import Pair
from komet_console.workspace.environments import Variable

Until = Callable[[Callable[[], object]], Awaitable[None]]


async def test_a_variable_without_a_value_is_marked_and_one_with_a_value_says_it(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        request = window.open_method("customer.list").request
        assert request is not None
        request.model.set_query([Pair("authenticationToken", "{{token}}"), Pair("name", "{{who}}")], None)
        await until(lambda: request.model.findings_at("/query/name"))
        finding = request.model.findings_at("/query/name")[0]
        assert "{{who}} has no value in Sandbox" in finding.message
        stored = window.console.environments.get("sandbox")
        window.console.environments.save(replace(stored, variables=(Variable("who", "petal"),)))
        request.presenter.refresh()
        await until(lambda: not request.model.findings_at("/query/name"))
        assert request.presenter.tell_variable("who") == "petal"
        request.model.set_query([Pair("authenticationToken", "{{token}}"), Pair("name", " {{who}}")], None)
        assert row(request.form, "/query/name").editor.line.hint() == "= petal"  # type: ignore[attr-defined]
        request.model.set_query([Pair("authenticationToken", "{{token}}"), Pair("name", "{{who}}")], None)
        request.send()
        await until(lambda: request.model.sent)
        assert request.model.sent is not None
        assert "name=petal" in request.model.sent.request.url
        assert request.model.draft.query[1].value == "{{who}}"
