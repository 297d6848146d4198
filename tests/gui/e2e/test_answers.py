"""Every kind of whole answer, through the window: what it came to, in one sentence, and the answer shown as what it is."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pytest
from exchange_servers import Server, answering, ok
from helpers.windows import OpenWindow
from PySide6.QtWidgets import QLabel, QWidget

from komet_console.exchange import Body, Connection, Pair
from komet_console.gui.answer.view import AnswerView
from komet_console.gui.answer.viewer import TextViewer
from komet_console.gui.request.view import RequestView
from komet_console.gui.text.replacing import replace_text
from komet_console.gui.window.main import MainWindow

Until = Callable[[Callable[[], object]], Awaitable[None]]
VALUE = "planted-e2e-token-88"
JSON = "Content-Type: application/json"
LIST = b'{"status":1,"message":"OK","customers":[{"id":1},{"id":2}]}'


def texts(part: QWidget) -> str:
    return "\n".join(label.text() for label in part.findChildren(QLabel) if label.isVisibleTo(part))


async def answered(request: RequestView, until: Until) -> AnswerView:
    request.send()
    await until(lambda: (request.model.sent or request.model.trouble) and not request.model.sending)
    await until(lambda: not request.answer.is_busy)
    return request.answer


async def towards(window: MainWindow, url: str, method: str = "customer.list") -> RequestView:
    """A request to a server of the test's own, with a token of its own."""
    console = window.console
    place = console.environments.add("Elsewhere", url, level="free", connection=Connection(read_timeout=5))
    await console.tokens.add("Elsewhere", VALUE, environment=place.id, hosts=(place.host,))
    window.places.set_environment(place.id)
    console.guard.confirm(place.id)
    request = window.open_method(method).request
    assert request is not None
    return request


# --- a part was done: the sandbox itself says so, element by element


def _one_more(name: str, bad: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def change(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, name: [*body[name], {**body[name][0], **bad}]}

    return change


PARTLY: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str, str]] = {
    "purchase.order.items.awb.add": (_one_more("poItems", {"poItemId": 99999999}), "2 of 3 done", "999999"),
    "box.code.change": (
        _one_more("boxes", {"currentBoxCode": "NO-BOX", "newBoxCode": "NEW-1"}),
        "1 of 2 done",
        "NEW-1",
    ),
    "box.externalcode.update": (_one_more("boxes", {"boxCode": "NO-BOX"}), "1 of 2 done", "NO-BOX"),
    "credit.mark.sync": (_one_more("credits", {"creditId": 99999999}), "2 of 3 done", "99999999"),
    "payment.mark.sync": (_one_more("payments", {"paymentId": 99999999}), "2 of 3 done", "99999999"),
}


def partly_done(answer: AnswerView, sentence: str, culprit: str) -> None:
    """One sentence with the numbers, in amber, and below it the element that was not done with the API's words."""
    assert answer.header.outcome.text() == "partial"
    assert answer.header.outcome.tone() == "amber"
    assert answer.header.sentence.text().startswith(sentence), answer.header.sentence.text()
    assert answer.panel.isVisible()
    explained = texts(answer.panel)
    assert "Not done" in explained
    assert culprit in explained


@pytest.mark.parametrize("name", PARTLY)
async def test_what_was_done_in_part_is_counted_and_named(
    gui_loop: asyncio.AbstractEventLoop,
    open_window: OpenWindow,
    restore: Callable[[], Awaitable[None]],
    until: Until,
    name: str,
) -> None:
    change, sentence, culprit = PARTLY[name]
    await restore()
    async with open_window() as window:
        request = window.open_method(name).request
        assert request is not None
        request.fill_sample()
        request.show_view("json")
        body = change(json.loads(request.model.draft.body.text))
        replace_text(request.body.editor, json.dumps(body, indent=2))
        answer = await answered(request, until)
        partly_done(answer, sentence, culprit)
        failed = [one for one in request.model.sent.explanation.elements if not one.succeeded]
        assert len(failed) == 1
        assert failed[0].message
        assert escape(failed[0].message) in texts(answer.panel)


async def test_boxes_that_were_not_moved_are_counted_against_those_that_were_asked_for(
    gui_loop: asyncio.AbstractEventLoop,
    open_window: OpenWindow,
    restore: Callable[[], Awaitable[None]],
    until: Until,
) -> None:
    await restore()
    async with open_window() as window:
        request = window.open_method("box.move.awb").request
        assert request is not None
        request.fill_sample()
        rows = {pair.name: pair for pair in request.model.draft.query}
        codes = f"{rows['boxCodes'].value},NO-BOX-1,NO-BOX-2,NO-BOX-3"
        rows["boxCodes"] = Pair("boxCodes", codes)
        request.model.set_query(rows.values(), None)
        answer = await answered(request, until)
        partly_done(answer, "2 of 5 done. Not done: NO-BOX-1, NO-BOX-2, NO-BOX-3.", "NO-BOX-2")


# --- answers that are not what was hoped for


def http(status: str, body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers)
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode() + body


PAGE = b"<!doctype html>\n<html><head><title>Please sign in</title></head><body><h1>Welcome</h1></body></html>"
PICTURE = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDAT"
    + zlib.compress(b"\0\xff")
    + b"\0\0\0\0IEND\xaeB`\x82"
)
#      answer, outcome, tone of the status, words of the sentence, view that shows it, words of the answer or the remark
Case = tuple[bytes, str, str, str, str, str]
CASES: dict[str, Case] = {
    "200": (ok(LIST, JSON), "success", "green", "2 customers", "json", '"customers"'),
    "200 with status 0": (
        ok(b'{"status":0,"message":"No such thing"}', JSON), "failure", "green", "No such thing", "json", '"status"',
    ),
    "200, empty list": (
        ok(b'{"status":1,"message":"OK","customers":[]}', JSON), "nothing found", "green", "nothing", "json", "[]",
    ),
    "200, no sign of success": (ok(b'{"hello":1}', JSON), "unclear", "green", "does not say", "json", '"hello"'),
    "200, a bare list": (ok(b"[1,2]", JSON), "unclear", "green", "does not say", "json", "1"),
    "200, HTML": (ok(PAGE, "Content-Type: text/html"), "unclear", "green", "not valid JSON", "html", "Please sign in"),
    "200, HTML that says it is JSON": (ok(PAGE, JSON), "unclear", "green", "not valid JSON", "html", "it is HTML"),
    "200, JSON that says it is HTML": (
        ok(LIST, "Content-Type: text/html"), "success", "green", "2 customers", "json", "it is JSON",
    ),
    "200, JSON that says nothing": (ok(LIST), "success", "green", "2 customers", "json", "it is JSON"),
    "200, broken JSON": (
        ok(b'{"status":1,\n"customers":[1,}', JSON), "unclear", "green", "not valid JSON", "text", "line 2, column",
    ),
    "200, text": (ok(b"all is well", "Content-Type: text/plain"), "unclear", "green", "not valid", "text", "all is"),
    "200, picture": (ok(PICTURE, "Content-Type: image/png"), "unclear", "green", "not valid JSON", "image", ""),
    "200, PDF": (ok(b"%PDF-1.7\n%", JSON), "unclear", "green", "not valid JSON", "pdf", "it is PDF"),
    "200, bytes": (
        ok(bytes(range(256)) * 4, "Content-Type: application/octet-stream"),
        "unclear", "green", "not valid JSON", "hex", "00000000",
    ),
    "200, nothing": (ok(b"", JSON), "unclear", "green", "empty", "headers", "no body"),
    "204": (http("204 No Content", b""), "success", "green", "succeeded", "headers", "no body"),
    "302 that leads nowhere": (http("302 Found", b""), "failure", "blue", "302", "headers", "no body"),
    "400": (
        http("400 Bad Request", b'{"status":0,"message":"Wrong date"}', JSON),
        "failure", "amber", "400", "json", '"message"',
    ),
    "404, HTML": (http("404 Not Found", PAGE, "Content-Type: text/html"), "failure", "amber", "404", "html", "sign in"),
    "418, unknown": (http("418 I'm a teapot", b"short", "Content-Type: text/plain"), "failure", "amber", "418", "text", "sho"),
    "500": (
        http("500 Internal Server Error", b'{"status":0,"message":"Oops"}', JSON),
        "failure", "red", "500", "json", "Oops",
    ),
    "502, HTML": (http("502 Bad Gateway", PAGE, "Content-Type: text/html"), "failure", "red", "502", "html", "sign in"),
    "503, nothing": (http("503 Service Unavailable", b""), "failure", "red", "503", "headers", "no body"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_an_answer_is_said_and_shown_for_what_it_is(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, case: str
) -> None:
    raw, outcome, tone, words, view, shown = CASES[case]
    async with open_window() as window:
        with Server(answering(raw)) as server:
            answer = await answered(await towards(window, server.url), until)
        header = answer.header
        assert header.outcome.text() == outcome
        assert header.status.text().startswith(raw.split()[1].decode())
        assert header.status.tone() == tone
        assert words in header.sentence.text()
        assert answer.panel.isVisible() is (outcome != "success")
        if outcome != "success":
            assert "What it means" in texts(answer.panel)
        await until(lambda: answer.view == view)
        there = answer.viewer.document.text if answer.viewer is not None else texts(answer.body)
        assert shown in f"{there}\n{answer.notice.text()}", (there, answer.notice.text())


async def test_an_answer_of_many_megabytes_is_shown_whole_and_the_window_goes_on(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    rows = b",".join(b'{"id":%d,"name":"Customer %d"}' % (number, number) for number in range(80_000))
    body = b'{"status":1,"message":"OK","customers":[' + rows + b"]}"
    assert len(body) > 2_500_000
    async with open_window() as window:
        with Server(answering(ok(body, JSON))) as server:
            request = await towards(window, server.url)
            request.send()
            turns = 0
            while not request.model.sent or request.answer.is_busy:
                turns += 1
                await asyncio.sleep(0.002)
        # Whoever blocks the loop while the answer is read and laid out gives it a handful of turns.
        assert turns > 20
        assert request.answer.header.sentence.text().startswith("80,000 customers.")
        assert isinstance(request.answer.viewer, TextViewer)
        assert '"Customer 79999"' in request.answer.viewer.document.text


async def test_a_redirect_to_another_host_is_shown_and_the_token_stays(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        with Server(answering(ok(LIST, JSON))) as other:
            away = http("302 Found", b"", f"Location: {other.url}/customer.list?token={VALUE}")
            with Server(answering(away)) as server:
                request = await towards(window, server.url)
                answer = await answered(request, until)
            assert other.requests == []
        hop = request.model.sent.exchange.hops[0]
        assert not hop.followed
        assert not hop.with_token
        answer.show_view("headers")
        assert answer.viewer is not None
        assert "HTTP 302" in answer.viewer.document.text
        assert other.host in answer.viewer.document.text
        assert VALUE not in answer.viewer.document.text


async def test_a_redirect_on_the_same_host_is_followed_and_shown(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    moved = http("307 Temporary Redirect", b"", "Location: /api/elsewhere")
    async with open_window() as window:
        with Server(answering(moved, ok(LIST, JSON))) as server:
            answer = await answered(await towards(window, server.url), until)
            assert b" /api/elsewhere" in server.requests[1]
        assert answer.header.outcome.text() == "success"
        answer.show_view("headers")
        assert answer.viewer is not None
        assert "HTTP 307" in answer.viewer.document.text


async def test_what_cannot_be_sent_says_so_and_sends_nothing(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, tmp_path: Path
) -> None:
    async with open_window() as window:
        with Server(answering(ok(LIST, JSON))) as server:
            request = await towards(window, server.url)
            missing = Pair("file", file=str(tmp_path / "gone.pdf"))
            request.model.set_draft(replace(request.model.draft, body=Body("multipart", pairs=(missing,))), None)
            answer = await answered(request, until)
            assert server.requests == []
        assert request.model.sent is None
        assert answer.header.status.text() == "Not sent"
        assert answer.panel.isVisible()
        assert "Nothing was sent." in texts(answer.panel)
        assert "gone.pdf" in answer.header.sentence.text()
        assert "Choose the file again." in texts(answer.panel)
