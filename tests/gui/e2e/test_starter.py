"""The collection that comes with the program, as a new user meets it: one click adds it, its chains run as they stand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from helpers.windows import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from komet_console.gui.collections.model import Node
from komet_console.gui.collections.panel import CollectionsPanel
from komet_console.gui.request.view import RequestView
from komet_console.gui.window.main import MainWindow

Until = Callable[[Callable[[], object]], Awaitable[None]]
Restore = Callable[[], Awaitable[None]]


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


async def with_starter(window: MainWindow, until: Until) -> CollectionsPanel:
    """Go to the collections, and press the one button that is offered there."""
    await until(window.isActiveWindow)
    press(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    panel = window.findChild(CollectionsPanel)
    assert isinstance(panel, CollectionsPanel)
    await until(lambda: panel.ready)
    assert panel.starter.isVisible()
    QTest.mouseClick(panel.starter, Qt.MouseButton.LeftButton)
    await until(lambda: panel.tree.current is not None and not panel.tree.current.holds)
    return panel


async def opened(window: MainWindow, node: Node, until: Until) -> RequestView:
    """The view of a request that is being opened; what it inherits has been read."""
    await until(lambda: window.desk.current is not None and window.desk.current.saved_as == node.address)
    assert window.desk.request is not None
    return window.desk.request


async def checked(request: RequestView, until: Until) -> None:
    """It is sent; every check is green, every capture has its value, and nothing stayed open."""
    await until(lambda: (request.model.sent or request.model.trouble) and not request.model.sending)
    name = request.model.method.name
    assert request.model.trouble is None, name
    assert request.answer.header.outcome.text() == "success", name
    await until(lambda: len(request.checks.results) == len(request.checks.checks))
    assert [one.message for one in request.checks.results if not one.passed] == [], name
    assert len(request.checks.captured) == len(request.checks.captures)
    assert [one.message for one in request.checks.captured if one.value is None] == [], name


async def test_one_click_and_then_keys_alone_lead_through_the_first_chain(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, restore: Restore
) -> None:
    await restore()
    async with open_window() as window:
        panel = await with_starter(window, until)
        first = panel.tree.current
        assert first is not None
        assert first.name.startswith("01 ")
        assert first.above is not None
        assert first.above.row == 0, "the cursor stands on the first request of the first chain"
        assert panel.tree.hasFocus()
        for number in range(1, len(first.above.children) + 1):
            node = panel.tree.current
            assert node is not None
            assert node.name.startswith(f"{number:02} ")
            press(window, Qt.Key.Key_Return)
            request = await opened(window, node, until)
            press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            await checked(request, until)
            assert panel.tree.hasFocus()
            press(window, Qt.Key.Key_Down)
        assert node is not first
        assert window.requests.captured["invoiceNumberA"].isdecimal()


@pytest.mark.long
async def test_clicks_lead_through_the_second_chain(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, restore: Restore
) -> None:
    await restore()
    async with open_window() as window:
        panel = await with_starter(window, until)
        tree = panel.tree
        for place in range(len(panel.model.roots[0].children[1].children)):
            node = panel.model.roots[0].children[1].children[place]
            tree.show_node(node)
            point = tree.visualRect(panel.model.index_of(node)).center()
            QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=point)
            request = await opened(window, node, until)
            QTest.mouseClick(request.head.send, Qt.MouseButton.LeftButton)
            await checked(request, until)
            # What was captured is the window's, not the tab's.
            press(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
            assert window.desk.tabs == []
        assert float(window.requests.captured["totalB"]) > 0
