"""Every way in which a network fails, played by a real server, as the window says it: what, why, and what to do next."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import trustme
from exchange_servers import (
    Server,
    answering,
    ok,
    resetting,
    sending_and_waiting,
    silent,
    then_closing,
)
from helpers.windows import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from komet_console.exchange import Connection
from komet_console.gui.answer.view import AnswerView
from komet_console.gui.request.view import RequestView
from komet_console.gui.window.main import MainWindow

SHORT = Connection(connect_timeout=5, read_timeout=5, total_timeout=20)
HALF = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"status":1,"half":'
VALUE = "planted-e2e-token-87"
Until = Callable[[Callable[[], object]], Awaitable[None]]


async def towards(window: MainWindow, url: str, connection: Connection = SHORT, method: str = "company.list") -> Any:
    """A request that goes to that address, with a token of its own."""
    environments = window.console.environments
    place = environments.add("Elsewhere", url, level="free", connection=connection)
    await window.console.tokens.add("Elsewhere", VALUE, environment=place.id, hosts=(place.host,))
    window.places.set_environment(place.id)
    window.console.guard.confirm(place.id)
    request = window.open_method(method).request
    assert request is not None
    return request


def texts(part: QWidget) -> str:
    return "\n".join(
        label.text() for label in part.findChildren(QLabel) if label.isVisibleTo(part) and label.text().strip()
    )


async def answered(request: RequestView, until: Until) -> AnswerView:
    request.send()
    await until(lambda: (request.model.sent or request.model.trouble) and not request.answer.is_busy)
    return request.answer


def context() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(made)
    return made


PACKED = ok(b"no compression at all", "Content-Encoding: gzip")
ROUND = b"HTTP/1.1 302 Found\r\nLocation: /api/round\r\nContent-Length: 0\r\n\r\n"
CASES: dict[str, tuple[Callable[..., None], Connection, str, str]] = {
    "reset": (resetting, SHORT, "connection", ""),
    "cut-off": (then_closing(HALF), SHORT, "broke off", '"half"'),
    "compression": (answering(PACKED), SHORT, "compress", "no compression at all"),
    "timeout while waiting": (silent, replace(SHORT, read_timeout=0.3), "0.3 s", ""),
    "timeout while downloading": (sending_and_waiting(HALF), replace(SHORT, read_timeout=0.3), "0.3 s", '"half"'),
    "not HTTP": (answering(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), SHORT, "http", ""),
    "redirects without end": (answering(ROUND), SHORT, "more than 5 times", ""),
    "timeout altogether": (silent, replace(SHORT, total_timeout=0.3), "0.3 s", ""),
}


def said(answer: AnswerView) -> str:
    """The sentence; cause and next step are open already."""
    sentence = answer.header.sentence.text()
    assert sentence.endswith("."), sentence
    assert answer.panel.isVisible()
    explained = texts(answer.panel)
    assert "What to do next" in explained, explained
    assert len(explained.splitlines()) >= 4, explained
    assert VALUE not in f"{sentence}{explained}{answer.accessibleName()}"
    return f"{sentence}\n{explained}"


@pytest.mark.parametrize("case", CASES)
async def test_a_failure_is_said_and_what_arrived_is_shown(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, case: str
) -> None:
    serve, connection, words, kept = CASES[case]
    async with open_window() as window:
        with Server(serve) as server:
            request = await towards(window, server.url, connection)
            answer = await answered(request, until)
            assert words in said(answer).casefold()
        assert request.model.sent.exchange.failure is not None
        if kept:
            assert answer.viewer is not None
            assert kept in answer.viewer.document.text
        else:
            response = request.model.sent.exchange.response
            assert response is None or not response.body, "only the last redirect has come"


async def test_failures_before_a_connection_stands(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    with Server(silent) as gone:
        refused = gone.url
    async with open_window() as window:
        with Server(answering(ok(b"{}")), context()) as foreign, Server(silent) as deaf:
            for url, connection, words in (
                (refused, SHORT, "refused"),
                ("https://nobody.invalid/api", SHORT, "nobody.invalid"),
                (foreign.url, SHORT, "certificate"),
                ("http://127.0.0.1:9/api", replace(SHORT, proxy=f"http://{refused.split('/')[2]}"), "proxy"),
                (deaf.url.replace("http:", "https:"), replace(SHORT, connect_timeout=0.3), "0.3 s"),
            ):
                request = await towards(window, url, connection)
                answer = await answered(request, until)
                assert words in said(answer).casefold(), url
                # Nothing went out: nothing may have been carried out.
                assert not request.model.sent.exchange.failure.maybe_carried_out
                window.console.environments.remove(window.places.environment)
                await window.console.tokens.remove("Elsewhere")
                window.places.refresh()


async def test_a_write_that_breaks_off_may_have_been_carried_out_and_the_read_is_offered(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        with Server(resetting) as server:
            request = await towards(window, server.url, method="prebook.create")
            request.fill_sample()
            answer = await answered(request, until)
            assert "may have been carried out" in said(answer).casefold()
            offered = [one for one in answer.panel.findChildren(QPushButton) if "prebook" in one.text()]
            assert offered
            QTest.mouseClick(offered[0], Qt.MouseButton.LeftButton)
        assert window.desk.request is not None
        assert window.desk.request is not request
        assert window.desk.request.model.method.effect == "read"
        assert len(server.requests) == 1


async def test_escape_ends_the_call_at_once_and_keeps_what_had_arrived(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        with Server(sending_and_waiting(HALF)) as server:
            request = await towards(window, server.url)
            window.actions_table.run("send")
            await until(lambda: request.model.progress and request.model.progress.received)
            assert "Cancel" in request.head.send.accessibleName() + request.head.send.text()
            for _ in range(3):  # whoever presses again sends nothing again
                window.actions_table.run("send")
            QTest.keyClick(window.desk.strip, Qt.Key.Key_Escape)
            await until(lambda: not request.model.sending)
            await asyncio.sleep(0.1)
            assert len(server.requests) == 1
        sent = request.model.sent
        assert sent.exchange.failure.kind == "cancelled"
        assert sent.exchange.response.body.endswith(b'"half":')
        assert request.answer.viewer is not None


async def test_two_tabs_send_at_the_same_time(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        with Server(sending_and_waiting(HALF)) as slow:
            waiting = await towards(window, slow.url)
            waiting.send()
            await until(lambda: waiting.model.progress and waiting.model.progress.received)
            window.places.set_environment("sandbox")
            quick = window.open_method("company.list").request
            assert quick is not None
            answer = await answered(quick, until)
            assert answer.header.outcome.text() == "success"
            assert waiting.model.sending
            waiting.presenter.cancel()
            await until(lambda: not waiting.model.sending)
