"""A token that is pasted into a part of a request leaves it at once: the form, parameters, headers, the body's text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from helpers.leaks import leaks
from helpers.windows import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTableView

from komet_console.exchange import Pair
from komet_console.gui.request.view import RequestView
from komet_console.gui.window.main import MainWindow

Until = Callable[[Callable[[], object]], Awaitable[None]]
PASTED = "Pl4nted-Paste-Tok3n-7723"
REFERENCE = "{{token}}"


def opened(window: MainWindow, method: str) -> RequestView:
    request = window.open_method(method).request
    assert request is not None
    return request


def paste_into(line: QLineEdit) -> None:
    line.setFocus()
    line.selectAll()
    QGuiApplication.clipboard().setText(PASTED)
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


async def settled(window: MainWindow, request: RequestView, until: Until) -> None:
    """It is among the tokens, the request uses it, and says so."""
    await until(window.console.tokens.all)
    await until(window.notices.message.isVisible)
    assert "token was moved" in window.notices.message.text.text()
    assert PASTED not in repr(request.model.draft)
    (token,) = window.console.tokens.all()
    assert await window.console.tokens.value(token.id) == PASTED
    await until(lambda: request.presenter.choice.name == token.name)


@pytest.mark.parametrize(
    ("method", "pointer"),
    [
        ("customer.list", "/query/authenticationToken"),
        ("customer.add", "/body/authenticationToken"),
    ],
)
async def test_into_the_form(
    gui_loop: asyncio.AbstractEventLoop,
    open_window: OpenWindow,
    workspace_folder: Path,
    until: Until,
    method: str,
    pointer: str,
) -> None:
    async with open_window() as window:
        request = opened(window, method)
        await until(lambda: request.form.findChild(QLineEdit, pointer))
        line = request.form.findChild(QLineEdit, pointer)
        assert line is not None
        paste_into(line)
        await settled(window, request, until)
        assert line.text() == REFERENCE
        for _ in range(5):
            QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert PASTED not in repr(request.model.draft)
    assert leaks(workspace_folder, [PASTED]) == []


@pytest.mark.parametrize(("view", "name"), [("params", "authenticationToken"), ("headers", "authenticationToken")])
async def test_into_a_table(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, view: str, name: str
) -> None:
    async with open_window() as window:
        request = opened(window, "customer.list")
        if view == "params":
            request.model.set_query([Pair(name, "")], None)
        else:
            request.model.set_headers([Pair(name, "")], None)
        request.show_view(view)
        table = next(one for one in request.findChildren(QTableView) if one.isVisible())
        cell = table.model().index(0, 1)
        table.setCurrentIndex(cell)
        table.edit(cell)
        line = table.findChild(QLineEdit)
        assert line is not None
        paste_into(line)
        QTest.keyClick(line, Qt.Key.Key_Return)
        await settled(window, request, until)
        rows = request.model.draft.query if view == "params" else request.model.draft.headers
        assert [row.value for row in rows] == [REFERENCE]


async def test_what_is_typed_letter_by_letter_is_left_alone(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        request = opened(window, "customer.list")
        pointer = "/query/authenticationToken"
        await until(lambda: request.form.findChild(QLineEdit, pointer))
        line = request.form.findChild(QLineEdit, pointer)
        assert line is not None
        line.setFocus()
        line.selectAll()
        QTest.keyClick(line, Qt.Key.Key_Backspace)
        QTest.keyClicks(line, "abcdef123456")
        assert request.model.draft.query[0].value == "abcdef123456"
        assert not window.console.tokens.all()
