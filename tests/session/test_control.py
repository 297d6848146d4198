"""Reset, with a snapshot before it, and its undo, on a sandbox that runs."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from komet_console.catalogue import Catalogue
from komet_console.exchange import Body, Draft
from komet_console.session import environments
from komet_console.session.control import ControlRefusedError, SandboxControl
from komet_console.session.sandbox import LocalSandbox, RunningSandbox
from komet_console.session.sending import Sender


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningSandbox]:
    with LocalSandbox(tmp_path) as user:
        yield user.ensure()


async def customers(sender: Sender, running: RunningSandbox) -> list[str]:
    import json

    token = environments.sandbox_token(running, "company")
    sent = await sender.send(Draft("customer.list"), environments.sandbox(running), token)
    assert sent.exchange.response is not None
    return [one["name"] for one in json.loads(sent.exchange.response.read())["customers"]]


def test_reset_and_undo(running: RunningSandbox, catalogue: Catalogue) -> None:
    async def main() -> None:
        async with Sender(catalogue) as sender, SandboxControl(running) as control:
            fresh = await customers(sender, running)
            assert not (await control.state()).can_undo
            draft = Draft("customer.add", body=Body("json", '{"name": "Mine"}'))
            token = environments.sandbox_token(running, "company")
            await sender.send(draft, environments.sandbox(running), token)
            assert "Mine" in await customers(sender, running)
            for _twice in range(2):
                await control.reset()
                assert await customers(sender, running) == fresh
                state = await control.state()
                assert (state.can_undo, state.days_behind, state.failures) == (True, 0, "codes")
                await control.undo_reset()
                assert "Mine" in await customers(sender, running)
            assert await control.move_to_today() == 0

    asyncio.run(main())


def test_a_refusal_and_a_dead_sandbox_are_said(running: RunningSandbox) -> None:
    async def ask(which: RunningSandbox) -> None:
        async with SandboxControl(which) as control:
            await control.undo_reset()

    with pytest.raises(ControlRefusedError, match="before reset"):
        asyncio.run(ask(running))
    with pytest.raises(ControlRefusedError, match="control key"):
        asyncio.run(ask(replace(running, control_key="wrong")))
    os.kill(running.pid, signal.SIGKILL)
    with pytest.raises(ControlRefusedError, match="did not answer"):
        asyncio.run(ask(running))
