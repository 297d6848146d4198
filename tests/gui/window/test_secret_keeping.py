from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from helpers.consoles import opened_desk
from PySide6.QtCore import QObject

from komet_console.gui.window.secret_keeping import SecretKeeping
from komet_console.workspace.environments import SANDBOX

Until = Callable[[Callable[[], object]], Awaitable[None]]


async def test_secrets_that_come_together_are_all_kept(
    gui_loop: asyncio.AbstractEventLoop, tmp_path: Path, until: Until
) -> None:
    async with opened_desk(tmp_path / "home", tmp_path / "workspace", sandbox=False) as desk:
        parent = QObject()
        keeping = SecretKeeping(desk.console, desk.tasks, parent)
        heard: list[str] = []
        keeping.said.connect(heard.append)
        names = ("password", "apiKey", "clientSecret")
        for name in names:
            keeping.keep(name, f"test-{name}", SANDBOX)
        await until(lambda: len(heard) == len(names))
        stored = desk.console.environments.get(SANDBOX)
        assert stored.secret_names == set(names)
        assert stored.values(desk.console.secrets.held) == {name: f"test-{name}" for name in names}
