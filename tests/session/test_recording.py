"""What a call leaves behind, and in which order."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from helpers.echo import echoing
from helpers.keyrings import MemoryKeyring

from komet_console.exchange import Draft
from komet_console.session import recording
from komet_console.session.console import AUTOMATIC, Console
from komet_console.workspace.secrets import Secrets
from komet_console.workspace.workspace import Workspace


def test_the_history_does_not_wait_until_a_call_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted, record = threading.Event(), recording.record

    def slow(*arguments: Any) -> None:
        assert counted.wait(10)
        record(*arguments)

    async def send(workspace: Workspace, url: str) -> int:
        console = Console(workspace=workspace, secrets=Secrets(MemoryKeyring, tell=workspace.secrets.add))
        place = console.environments.add("Echo", url)
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            group.create_task(console.send(Draft("customer.list", token_location="none"), place.id, AUTOMATIC))
            try:
                while not workspace.history.count():  # noqa: ASYNC110 - the writing thread tells nobody
                    await asyncio.sleep(0.01)
            finally:
                counted.set()
        await console.aclose()
        return console.quota.state(place).calls

    monkeypatch.setattr(recording, "record", slow)
    with echoing() as echo, Workspace.open(tmp_path / "workspace") as workspace:
        assert asyncio.run(send(workspace, echo.url)) == 1
