from __future__ import annotations

import asyncio

from helpers.windows import OpenWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from komet_console.exchange import Pair
from komet_console.gui.window.main import MainWindow
from komet_console.session.choosing import TokenChoice


def titles(window: MainWindow) -> list[str]:
    return [tab.title for tab in window.desk.tabs]


async def test_a_preview_gives_way_until_it_is_kept(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        window.open_method("customer.list", preview=True)
        window.open_method("vendor.list", preview=True)
        assert titles(window) == ["vendor.list"]
        window.open_method("vendor.list", preview=False)
        window.open_method("customer.list", preview=True)
        assert titles(window) == ["vendor.list", "customer.list"]
        request = window.desk.request
        assert request is not None
        request.model.set_query([Pair("name", "flor")], None)
        window.open_method("location.list", preview=True)
        assert titles(window) == ["vendor.list", "customer.list", "location.list"]


async def test_ctrl_tab_goes_to_what_was_used_before(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        for name in ("customer.list", "vendor.list", "location.list"):
            window.open_method(name)
        window.desk.step_recent(1)
        assert window.desk.current is not None
        assert window.desk.current.title == "vendor.list"
        window.desk.step_recent(1)
        assert window.desk.current.title == "customer.list"
        window.desk.settle()
        window.desk.step_recent(1)
        assert window.desk.current.title == "location.list"


async def test_a_closed_tab_comes_back_with_what_was_typed(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        window.open_method("customer.list")
        request = window.desk.request
        assert request is not None
        request.model.set_query([Pair("name", "flor")], None)
        request.show_view("headers")
        window.desk.close_tabs(window.desk.tabs[:])
        assert window.desk.current is None
        window.actions_table.run("reopen")
        again = window.desk.request
        assert again is not None
        assert again.model.draft.query == (Pair("name", "flor"),)
        assert again.view == "headers"
        assert again.model.unsaved


async def test_a_closed_tab_comes_back_where_it_was(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        order = ["customer.list", "vendor.list", "location.list", "carrier.list", "product.list"]
        for name in order:
            window.open_method(name)
        desk = window.desk

        def close(*names: str) -> None:
            window.close_tabs([tab for tab in desk.tabs if tab.title in names])

        close("vendor.list")
        window.actions_table.run("reopen")
        assert titles(window) == order
        assert desk.current is desk.tabs[1], "and it is shown"
        for several in (("customer.list", "location.list", "product.list"), order):
            close(*several)
            for _ in several:
                window.actions_table.run("reopen")
            assert titles(window) == order
        close("product.list")
        close(*order[1:])
        window.desk.closed[:] = window.desk.closed[:1]
        window.actions_table.run("reopen")
        assert titles(window) == ["customer.list", "product.list"], "its place is gone: it comes to the end"


async def test_a_reopened_tab_has_its_token_and_asks_before_it_sends_again(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        request = window.open_method("customer.list").request
        assert request is not None
        request.presenter.set_own(TokenChoice("kind", "vendor"))
        window.close_tabs(window.desk.tabs[:])
        window.actions_table.run("reopen")
        again = window.desk.request
        assert again is not None
        assert again.presenter.own == TokenChoice("kind", "vendor")
        assert again.presenter.restored


async def test_the_middle_button_closes_a_tab_and_dragging_reorders(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        for name in ("customer.list", "vendor.list", "location.list"):
            window.open_method(name)
        strip = window.desk.strip
        strip.moveTab(0, 2)
        assert titles(window) == ["vendor.list", "location.list", "customer.list"]
        QTest.mouseClick(
            strip, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier, strip.tabRect(1).center() + QPoint(0, 0)
        )
        assert titles(window) == ["vendor.list", "customer.list"]


async def test_a_guide_opens_as_a_page_whose_rows_open_methods(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        first = window.desk.open_guide("tokens")
        window.open_method("customer.list")
        assert window.desk.open_guide("tokens") is first
        assert window.desk.current is first
        assert window.desk.request is None
        assert first.title == "Tokens"
