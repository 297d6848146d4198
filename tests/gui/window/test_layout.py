"""Where things stand in the window: what lines up, what keeps its share, what is not cut off."""

from __future__ import annotations

import asyncio

from helpers.windows import OpenWindow
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QStyle, QStyleOptionTab, QWidget

from komet_console.gui.request.pairs import PairsTable
from komet_console.gui.window.main import MainWindow

LONG = ("purchase.order.items.awb.add", "customer.additional.charge.update", "prebook.create", "vendor.list")


def top_of(window: MainWindow, name: str) -> int:
    part = window.findChild(QWidget, name)
    assert part is not None
    return part.mapTo(window, QPoint()).y()


async def test_a_name_stands_beside_its_verb_and_many_tabs_are_scrolled(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        for name in LONG * 4:
            window.open_method(name)
        await asyncio.sleep(0.05)
        strip = window.desk.strip
        for number, tab in enumerate(window.desk.tabs):
            option = QStyleOptionTab()
            strip.initStyleOption(option, number)
            place = strip.style().subElementRect(QStyle.SubElement.SE_TabBarTabText, option, strip)
            words = strip.fontMetrics().horizontalAdvance(tab.title)
            assert words <= place.width() <= words + 3, (tab.title, place.width(), words)
        assert strip.width() < strip.tabRect(strip.count() - 1).right() - strip.tabRect(0).left()


async def test_request_and_answer_keep_their_shares_when_the_window_changes(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        request = window.open_method("customer.list").request
        assert request is not None
        await asyncio.sleep(0.05)

        def share() -> float:
            upper, lower = request.splitter.sizes()
            return upper / (upper + lower)

        before = share()
        for height in (700, 900, 640, 900):
            window.resize(1440, height)
            await asyncio.sleep(0.02)
            assert abs(share() - before) < 0.02, height


async def test_the_first_key_goes_into_the_search_for_a_method(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        assert window.focusWidget() is window.methods.filter


async def test_a_room_is_entered_at_its_search_or_where_it_begins(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        for room, name in (("history", "historySearch"), ("collections", "addStarter"), ("methods", "methodFilter")):
            window.rooms.press(room)
            await asyncio.sleep(0.05)
            focused = window.focusWidget()
            assert focused is not None
            assert focused.objectName() == name


async def test_the_search_of_every_room_stands_at_the_same_height(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        found = {"methods": top_of(window, "methodFilter")}
        for room, name in (("collections", "collectionsSearch"), ("history", "historySearch")):
            window.rooms.show_room(room)
            await asyncio.sleep(0.05)
            found[room] = top_of(window, name)
        assert len(set(found.values())) == 1, found


async def test_headers_that_are_sent_besides_are_seen_before_an_empty_table(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        request = window.open_method("customer.list").request
        assert request is not None
        request.show_view("headers")
        await asyncio.sleep(0.05)
        lines = request.findChild(QLabel, "generatedHeaders")
        assert lines is not None
        assert lines.text().count("\n") >= 3
        assert lines.visibleRegion().boundingRect().height() == lines.height()


async def test_a_short_message_takes_one_line(gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow) -> None:
    async with open_window() as window:
        window.notices.say("Removed.", button="Undo", action=lambda: None)
        await asyncio.sleep(0.02)
        assert window.notices.message.height() <= 54
        middles = [
            part.geometry().center().y()
            for part in (window.notices.message.button, window.notices.message.close_button)
        ]
        assert abs(middles[0] - middles[1]) <= 1


async def test_the_three_first_calls_stand_side_by_side_in_the_smallest_window(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window(width=1024, height=700) as window:
        await asyncio.sleep(0.02)
        assert (
            len({top_of(window, f"welcomeCard.{name}") for name in ("customer.list", "prebook.create", "doctor")}) == 1
        )
        dismiss = window.findChild(QWidget, "welcomeDismiss")
        assert dismiss is not None
        assert not dismiss.visibleRegion().isEmpty()


async def test_the_first_key_in_the_tokens_room_goes_into_the_token(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        window.rooms.press("tokens")
        await asyncio.sleep(0.02)
        assert window.focusWidget() is window.token_part.room.check.token


async def test_names_of_tabs_that_are_too_long_keep_their_ends(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        window.open_method("customer.list")
        window.desk.rename(window.desk.tabs[0], "A request that somebody named who says everything about its end")
        option = QStyleOptionTab()
        window.desk.strip.initStyleOption(option, 0)
        assert option.text.endswith("its end")
        assert window.desk.strip.tabRect(0).width() <= 300


async def test_rows_as_text_begin_where_the_page_begins(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        request = window.open_method("customer.list").request
        assert request is not None
        request.show_view("params")
        table = request.findChild(PairsTable, "paramsTable")
        assert table is not None
        table.switch.chosen.emit("text")
        await asyncio.sleep(0.02)
        text = table.text.viewport().mapTo(table, table.text.cursorRect().topLeft()).x()
        assert abs(text - table.hint.x()) <= 2
