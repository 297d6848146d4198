"""What is open comes back: after closing, and after the program was killed without a word."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from helpers.windows import OpenWindow

from komet_console.exchange import Pair
from komet_console.workspace.workspace import Workspace

Until = Callable[[Callable[[], object]], Awaitable[None]]
ROOT = Path(__file__).parents[3]


async def test_a_window_comes_back_whole_and_sends_nothing(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        window.open_method("customer.list")
        first = window.desk.request
        assert first is not None
        first.model.set_query([Pair("name", "flor")], None)
        first.send()
        await until(lambda: first.model.sent)
        window.open_method("prebook.create")
        second = window.desk.request
        assert second is not None
        second.fill_sample()
        text = second.model.draft.body.text.replace("{", "{ // mine", 1)
        second.model.set_body_text(text, None)
        second.show_view("docs")
        window.toggle_favourite("vendor.list")
        window.resize(1100, 800)
        window.rooms.splitter.setSizes([310, 700])
        window.rooms.splitter.splitterMoved.emit(310, 1)
        sizes = window.rooms.splitter.sizes()
        window.keep_all()
    async with open_window(1100, 800) as window:
        assert [tab.title for tab in window.desk.tabs] == ["customer.list", "prebook.create"]
        assert window.desk.current is window.desk.tabs[1]
        request = window.desk.request
        assert request is not None
        assert (request.view, request.model.draft.body.text) == ("docs", text)
        assert request.model.unsaved
        assert window.favourites == ["vendor.list"]
        assert window.recents == ["customer.list"]
        assert window.rooms.splitter.sizes() == sizes
        await asyncio.sleep(0.3)
        assert [tab.request.model.sent for tab in window.desk.tabs if tab.request] == [None, None]
        assert window.workspace.history.count() == 1


def test_killed_it_loses_nothing_older_than_a_second(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "KOMET_CONSOLE_HOME": str(tmp_path / "home"),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }
    program = [sys.executable, str(Path(__file__).with_name("driven.py"))]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(json.loads(line))
            if lines[-1]["at"] - lines[0]["at"] > 2:
                break
        process.kill()
        killed = time.time()
        lines += [json.loads(line) for line in process.stdout if line.endswith("}\n")]
    old = max(line["name"] for line in lines if line["at"] < killed - 1)
    assert old >= 2
    workspace = Workspace.open(tmp_path / "home" / "workspace")
    try:
        tabs = workspace.tabs.load()
        assert [tab.draft.method for tab in tabs] == ["customer.list", "prebook.create"]
        assert int(tabs[0].draft.query[0].value) >= old
        assert [tab.current for tab in tabs] == [True, False]
        assert list(workspace.state.favourites) == ["vendor.list"]
    finally:
        workspace.close()
