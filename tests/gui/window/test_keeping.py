from __future__ import annotations

import asyncio
from pathlib import Path

from helpers.windows import OpenWindow

from komet_console.exchange import Pair
from komet_console.gui import theme
from komet_console.workspace.backup import back_up


async def test_a_window_comes_back_as_it_was_left(gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow) -> None:
    async with open_window() as window:
        window.open_method("customer.list")
        request = window.desk.request
        assert request is not None
        request.model.set_query([Pair("name", "flor"), Pair("id", "1", enabled=False)], None)
        request.show_view("params")
        window.open_method("vendor.list")
        window.desk.open_guide("tokens")
        window.open_method("location.list", preview=True)
        window.desk.show_tab(window.desk.tabs[0])
        window.toggle_favourite("vendor.list")
        window.requests.toggle_answer_place()
        window.rooms.splitter.setSizes([300, 1000])
        window.rooms.splitter.splitterMoved.emit(300, 1)
        theme.manager().set_mode("dark")
        window.keep_all()
        side = window.rooms.splitter.sizes()
    async with open_window() as window:
        assert [tab.title for tab in window.desk.tabs] == ["customer.list", "vendor.list", "Tokens", "location.list"]
        assert [tab.preview for tab in window.desk.tabs] == [False, False, False, True]
        request = window.desk.request
        assert request is not None
        assert request.model.draft.query == (Pair("name", "flor"), Pair("id", "1", enabled=False))
        assert request.model.unsaved
        assert request.view == "params"
        assert request.presenter.restored
        assert request.model.sent is None
        assert window.favourites == ["vendor.list"]
        assert window.requests.answer_place == "beside"
        assert window.rooms.splitter.sizes() == side
        assert theme.manager().scheme == "dark"


async def test_a_closed_tab_is_not_brought_back(gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow) -> None:
    async with open_window() as window:
        window.open_method("customer.list")
        window.open_method("vendor.list")
        window.close_current()
        window.keep_all()
    async with open_window() as window:
        assert [tab.title for tab in window.desk.tabs] == ["customer.list"]


async def test_two_windows_on_one_workspace_keep_to_their_own_tabs(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as first:
        first.open_method("customer.list")
        first.workspace.flush()
        async with open_window() as second:
            assert second.desk.tabs == []
            second.open_method("vendor.list")
        assert [tab.title for tab in first.desk.tabs] == ["customer.list"]
    async with open_window() as later:
        assert {tab.title for tab in later.desk.tabs} == {"customer.list", "vendor.list"}


async def test_a_backup_brings_the_workspace_back_as_it_was(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, tmp_path: Path
) -> None:
    async with open_window() as window:
        window.open_method("customer.list")
        window.keep_all()
        await asyncio.to_thread(window.workspace.flush)
        made = await asyncio.to_thread(back_up, window.workspace, tmp_path / "kept.zip")
        window.open_method("vendor.list")
        window.toggle_favourite("vendor.list")
        await window.restore_workspace(made)
        assert window.restarts
        window.close_to_restart()
        assert not window.isVisible()
    async with open_window() as window:
        assert [tab.title for tab in window.desk.tabs] == ["customer.list"]
        assert window.favourites == []
