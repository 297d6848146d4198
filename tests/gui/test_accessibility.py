"""Every window, page and popup: whatever takes the focus has a name for tests and one for people, and no text is cut off.

No two share an object name either: rows that are repeated carry in theirs the place they are about
(`/body/items/0/price`, `/body/items/0/cardToggle`, `goToField.2./body/customerId`). What Qt makes by itself inside a widget of
ours (`qt_...`, the line of a combo box) is reached through its owner and is left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from helpers.walking import settle, trouble
from helpers.windows import OpenWindow
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from komet_console.gui import theme
from komet_console.gui.window.main import MainWindow

Until = Callable[[Callable[[], object]], Awaitable[None]]
SIZES = [(1024, 700), (1440, 900)]


Walk = Callable[[MainWindow, Until], Awaitable[QWidget]]


async def welcome(window: MainWindow, until: Until) -> QWidget:
    return window


def view_of(name: str, view: str) -> Walk:
    async def walk(window: MainWindow, until: Until) -> QWidget:
        request = window.open_method(name).request
        assert request is not None
        request.fill_sample()
        request.show_view(view)
        await settle()
        return window

    return walk


def answer_of(name: str, view: str, *, broken: bool = False, beside: bool = False) -> Walk:
    async def walk(window: MainWindow, until: Until) -> QWidget:
        if beside:
            window.requests.toggle_answer_place()
        request = window.open_method(name).request
        assert request is not None
        if not broken:
            request.fill_sample(required_only=True)
        request.send()
        await until(lambda: request.model.sent and not request.answer.is_busy)
        request.answer.header.explain.setChecked(True)
        if view:
            request.answer.show_view(view)
        else:
            request.answer.open_find()
        await settle()
        return window

    return walk


async def guide(window: MainWindow, until: Until) -> QWidget:
    window.desk.open_guide("tokens")
    return window


async def palette(window: MainWindow, until: Until) -> QWidget:
    window.open_palette()
    return window


def dialog(action: str) -> Walk:
    async def walk(window: MainWindow, until: Until) -> QWidget:
        window.actions_table.run(action)
        await until(lambda: QApplication.activeModalWidget() or QApplication.activeWindow())
        await settle()
        return next(one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible())

    return walk


def room(key: str) -> Walk:
    async def walk(window: MainWindow, until: Until) -> QWidget:
        window.rooms.show_room(key)
        await settle()
        return window

    return walk


PLACES: dict[str, Walk] = {
    "welcome": welcome,
    "long form": view_of("prebook.create", "form"),
    "form of a read": view_of("invoice.list", "form"),
    "params": view_of("invoice.list", "params"),
    "headers": view_of("prebook.create", "headers"),
    "docs": view_of("prebook.create", "docs"),
    "code": view_of("prebook.create", "code"),
    "answer": answer_of("customer.list", "json"),
    "answer beside": answer_of("customer.list", "json", beside=True),
    "find in the answer": answer_of("customer.list", ""),
    "timing": answer_of("customer.list", "timing"),
    "failure": answer_of("prebook.create", "json", broken=True),
    "guide": guide,
    "palette": palette,
    "settings": dialog("settings"),
    "shortcuts": dialog("shortcuts"),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("place", PLACES)
async def test_everything_has_a_name_and_no_text_is_cut_off(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, place: str, size: tuple[int, int]
) -> None:
    async with open_window(*size) as window:
        top = await PLACES[place](window, until)
        await settle()
        found = trouble(top)
        for shown in QApplication.topLevelWidgets():
            if isinstance(shown, QDialog):
                shown.close()
        assert found == {}, list(found.values())


async def test_the_rooms_have_names_too(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    found = {}
    async with open_window(*SIZES[0]) as window:
        buttons = [one.objectName() for one in window.rooms.rail.findChildren(QAbstractButton)]
        for key in [name.removeprefix("room.") for name in buttons if name.startswith("room.")]:
            await room(key)(window, until)
            found[key] = trouble(window)
    assert len(found) >= 2
    wrong = {key: rows for key, rows in found.items() if rows}
    assert wrong == {}, list(wrong.items())


def test_the_walk_finds_what_it_looks_for(qtbot: object, dressed: QApplication) -> None:
    top = QWidget()
    QPushButton("A text that is wide", top).setFixedWidth(30)
    QLineEdit(top).move(0, 40)
    for _ in range(2):
        button = QPushButton("x", top)
        button.setObjectName("twin")
    label = QLabel("cut off at once", top)
    label.setFixedSize(20, 20)
    top.show()
    found = trouble(top)
    top.close()
    assert len(found["unnamed"]) == 2
    assert found["twins"] == ["twin", ""] or set(found["twins"]) == {"", "twin"}
    assert len(found["clipped"]) == 2
    assert theme.manager().scheme == "light"
