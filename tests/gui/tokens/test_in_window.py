"""The tokens' room within the window."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from helpers.consoles import press
from helpers.windows import OpenWindow, opened
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from komet_console.gui.tokens.room import TokensRoom
from komet_console.session.console import TokenChoice
from komet_console.workspace.environments import SANDBOX

Until = Callable[[Callable[[], object]], Awaitable[None]]


@pytest.fixture
def open_window(gui_loop: asyncio.AbstractEventLoop, desk_home: Path, tmp_path: Path) -> OpenWindow:
    return partial(opened, desk_home, tmp_path / "workspace")


def trigger(menu: QMenu, name: str) -> None:
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.objectName() == name).trigger()


async def test_from_the_menu_to_a_method(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        trigger(window.top.token_menu, "token.check")
        room = window.findChild(TokensRoom)
        assert room is not None
        await until(room.check.token.hasFocus)
        running = window.console.running
        assert running is not None
        room.check.token.take_pasted(running.tokens["company"])
        press(room.check, "checkButton")
        await until(lambda: room.check.checking.report is not None and not room.check.checking.running)
        room.check.matrix.view.open_method.emit("customer.list")
        assert window.desk.request is not None
        assert window.desk.request.model.method.name == "customer.list"
        assert window.desk.isVisible()


async def test_a_stored_token_is_used_and_leaves_the_clipboard_with_the_window(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        running = window.console.running
        assert running is not None
        value = running.tokens["vendor"]
        stored = await window.console.tokens.add("Mine", value, environment=SANDBOX, hosts=(), kind="vendor")
        window.rooms.show_room("tokens")
        room = window.findChild(TokensRoom)
        assert room is not None
        room.show_page("stored")
        room.stored.choose(stored.id)
        press(room.stored, "storedUse")
        assert window.places.choice == TokenChoice("stored", stored.id)
        assert window.top.token.value() == "Mine"
        press(room.stored, "storedCopy")
        await until(lambda: QGuiApplication.clipboard().text() == value)
        window.closed.emit()
        assert QGuiApplication.clipboard().text() == ""
