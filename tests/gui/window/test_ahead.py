"""The next request's view is made ahead: nobody may tell it from one that was made when it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from helpers.windows import OpenWindow
from PySide6.QtWidgets import QLabel

from komet_console.gui.request.view import RequestView
from komet_console.gui.widgets.pill import Pill
from komet_console.gui.window.main import MainWindow

Until = Callable[[Callable[[], object]], Awaitable[None]]


def views(window: MainWindow) -> list[RequestView]:
    return window.findChildren(RequestView)


def opened(window: MainWindow, name: str) -> RequestView:
    request = window.open_method(name).request
    assert request is not None
    return request


def told(view: RequestView) -> tuple[object, ...]:
    """What stands above a request, from left to right."""
    summary = view.head.findChild(QLabel, "methodSummary")
    assert isinstance(summary, QLabel)
    pills = sorted((one.x(), one.text(), one.tone(), one.toolTip()) for one in view.head.findChildren(Pill))
    return (
        view.head.name.text(),
        view.head.name.geometry(),
        pills,
        summary.text(),
        summary.geometry(),
        view.head.token.text(),
        view.head.token.isHidden(),
        view.head.url.accessibleDescription(),
        view.head.banner.isHidden(),
        view.tabs.keys(),
        view.splitter.sizes(),
    )


@pytest.mark.parametrize("name", ["prebook.create", "customer.list", "login", "inventory.consolidated.openmarket.list"])
async def test_it_shows_what_one_made_at_once_shows(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, name: str
) -> None:
    async with open_window() as window:
        opened(window, "invoice.create")  # with other properties than any of them: what it is made after
        at_once = opened(window, name)
        await asyncio.sleep(0.3)
        first = told(at_once)
        window.close_current()
        window.requests.make_ahead()
        made = views(window)
        ahead = opened(window, name)
        assert views(window) == made, "the view made ahead was not taken"
        await asyncio.sleep(0.3)
        assert told(ahead) == first
        assert ahead.model.draft == at_once.model.draft
        assert ahead.model.findings == at_once.model.findings
        assert not ahead.model.unsaved


async def test_it_follows_what_was_chosen_meanwhile(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        opened(window, "customer.list")
        window.requests.make_ahead()
        made = views(window)
        place = window.console.environments.add("Bay", "https://bay.example.com/api", level="free")
        window.places.set_environment(place.id)
        window.requests.set_answer_place("beside")
        ahead = opened(window, "customer.list")
        assert views(window) == made
        assert ahead.presenter.environment == place.id
        assert "bay.example.com" in ahead.head.url.accessibleDescription()
        assert ahead.head.send.accessibleName() == "Send to Bay"
        below, beside = (ahead.answer.mapTo(ahead, ahead.answer.rect().topLeft()), ahead.head)
        assert below.x() >= beside.width()


async def test_it_sends_and_tells_of_its_own_request(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        opened(window, "prebook.create")
        window.requests.make_ahead()
        await asyncio.sleep(0.3)
        assert window.desk.request is not None
        ahead = opened(window, "vendor.list")
        assert not ahead.model.findings
        ahead.send()
        await until(lambda: ahead.model.sent)
        assert ahead.model.sent is not None
        assert ahead.model.sent.exchange.request.url.partition("?")[0].endswith("/vendor.list")
        await until(lambda: window.recents[:1] == ["vendor.list"])


async def test_it_is_made_by_itself_and_never_after_the_window_has_let_go(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        opened(window, "customer.list")
        await until(lambda: len(views(window)) == 2)
        assert len(window.desk.tabs) == 1
        opened(window, "vendor.list")
        window.let_go()
        await asyncio.sleep(1.0)
        assert len(views(window)) == 2
