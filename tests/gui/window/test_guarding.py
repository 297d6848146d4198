"""Calls to a place that is not the sandbox, through the window: what asks, what refuses, what is free."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from helpers.windows import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from komet_console.gui.guard.dialog import GuardDialog
from komet_console.gui.request.view import RequestView
from komet_console.gui.window.main import MainWindow
from komet_console.workspace.environments import Level
from komet_console.workspace.secrets import SecretLostError

Until = Callable[[Callable[[], object]], Awaitable[None]]


async def at_a_customer(window: MainWindow, level: Level) -> None:
    """The same sandbox under an address of its own, as if it were a customer's system, with its company token."""
    running = window.console.running
    assert running is not None
    place = window.console.environments.add("Bay", running.url.rstrip("/"), level=level, account=running.account)
    await window.console.tokens.add(
        "Bay company", running.tokens["company"], environment=place.id, hosts=[place.host], kind="company"
    )
    window.places.set_environment(place.id)


def question(window: MainWindow) -> GuardDialog | None:
    return next((one for one in window.findChildren(GuardDialog) if one.isVisible()), None)


def opened(window: MainWindow, method: str) -> RequestView:
    request = window.open_method(method).request
    assert request is not None
    request.fill_sample()
    return request


async def test_a_write_asks_in_business_words_and_cancel_sends_nothing(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        await at_a_customer(window, "careful")
        request = opened(window, "customer.contact.add")
        request.send()
        await until(lambda: question(window))
        dialog = question(window)
        assert dialog is not None
        assert "contact" in dialog.question.title.casefold()
        assert any("Bay" in line for line in dialog.question.lines)
        # Enter by accident never sends: Cancel has the focus.
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        if question(window) is not None:
            dialog.reject()
        await until(lambda: question(window) is None)
        await asyncio.sleep(0.05)
        assert request.model.sent is None
        request.send()
        await until(lambda: question(window))
        dialog = question(window)
        assert dialog is not None
        dialog.accept()
        await until(lambda: request.model.sent)
        assert request.model.sent is not None
        assert request.model.sent.explanation is not None
        assert request.model.sent.explanation.outcome == "success"


async def test_a_read_is_free_after_the_first_call_showed_where_it_goes(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        await at_a_customer(window, "careful")
        request = opened(window, "vendor.list")
        request.send()
        await until(lambda: request.model.sent or question(window))
        if (dialog := question(window)) is not None:
            assert dialog.question.kind == "first-call"
            dialog.accept()
            await until(lambda: request.model.sent)
        before = request.model.sent
        request.send()
        await until(lambda: request.model.sent is not before)
        assert question(window) is None


async def test_want_of_a_token_is_said_and_nobody_is_asked_about_a_call_that_cannot_be_made(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        running = window.console.running
        assert running is not None
        place = window.console.environments.add("Bay", running.url.rstrip("/"), level="careful")
        window.places.set_environment(place.id)
        request = opened(window, "customer.contact.add")
        request.send()
        await until(lambda: request.model.trouble or question(window))
        assert question(window) is None
        assert request.model.trouble is not None
        assert request.model.trouble.message == "There is no token for Bay yet. Add one, or log in."
        assert request.model.sent is None
        # Whoever wants to call without a token says so, and is asked as always.
        request.model.set_draft(replace(request.model.draft, token_location="none"), None)
        request.send()
        await until(lambda: question(window))


async def test_a_token_whose_value_is_lost_or_of_another_host_is_said_before_anybody_is_asked(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        await at_a_customer(window, "careful")
        place = window.console.environments.get("Bay")
        token = window.console.tokens.get("Bay company")
        request = opened(window, "customer.contact.add")
        window.console.environments.save(replace(place, base_url="https://moved.example/api"))
        request.send()
        await until(lambda: request.model.trouble or question(window))
        assert question(window) is None
        assert request.model.trouble is not None
        assert "belongs to" in request.model.trouble.message
        window.console.environments.save(place)
        await window.console.secrets.remove(token.id)
        before = request.model.trouble
        request.send()
        await until(lambda: request.model.trouble is not before or question(window))
        assert question(window) is None
        assert isinstance(request.model.trouble, SecretLostError)


async def test_a_read_only_place_refuses_writes_with_a_sentence(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        await at_a_customer(window, "read-only")
        request = opened(window, "customer.contact.add")
        request.send()
        await until(lambda: request.model.trouble)
        assert request.model.trouble is not None
        assert "read-only" in str(request.model.trouble.lines())
        assert question(window) is None
