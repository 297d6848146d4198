"""Requests and answers of a megabyte, through the window: what is worked out on other threads comes to the right place."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from exchange_servers import Server, answering, ok
from helpers.windows import OpenWindow
from PySide6.QtWidgets import QLineEdit

from komet_console.exchange import Body, Connection
from komet_console.gui.form.files import FileEditor
from komet_console.gui.request.view import RequestView
from komet_console.gui.window.main import MainWindow

Until = Callable[[Callable[[], object]], Awaitable[None]]


def with_note(text: str) -> Body:
    return Body("json", json.dumps({"invoiceNumber": 318405, "note": text, "proofOfDeliveryfile": "37, 80"}))


async def request_of(window: MainWindow, url: str, method: str) -> RequestView:
    console = window.console
    place = console.environments.add("Elsewhere", url, level="free", connection=Connection(read_timeout=15))
    await console.tokens.add("Elsewhere", "planted-token-57", environment=place.id, hosts=(place.host,))
    window.places.set_environment(place.id)
    console.guard.confirm(place.id)
    request = window.open_method(method).request
    assert request is not None
    return request


async def test_a_large_body_is_checked_sent_and_written_down_without_its_secrets(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    answer = b'{"status":1,"message":"OK","rows":[' + b",".join(b'{"id":%d}' % n for n in range(40_000)) + b"]}"
    with Server(answering(ok(answer, "Content-Type: application/json"))) as server:
        async with open_window() as window:
            request = await request_of(window, server.url, "invoice.pod.receive")
            request.model.set_body(with_note("x" * 300_000), None)
            await until(lambda: "/body/note" in {one.pointer for one in request.model.findings})
            request.send()
            assert request.model.sent is None
            await until(lambda: request.model.sent and not request.model.sending and not request.answer.is_busy)
            sent = request.model.sent
            assert sent is not None
            assert "/body/note" in {one.pointer for one in sent.findings}
            assert b"planted-token-57" in server.requests[-1]
            assert b"x" * 300_000 in server.requests[-1]
            assert b"planted-token-57" not in sent.request.body
            viewer = request.answer.viewer
            assert viewer is not None
            assert viewer.document.lines == 3 * 40_000 + 6
            await until(lambda: window.workspace.history.count() == 1)
            kept = window.workspace.history.open(window.workspace.history.search().entries[0].id)
            response = kept.exchange.response
            assert response is not None
            assert response.read() == answer
            assert b"planted-token-57" not in kept.exchange.request.body


async def test_findings_of_a_large_text_never_come_after_those_of_a_newer_one(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        request = window.open_method("invoice.pod.receive").request
        assert request is not None
        request.model.set_body(with_note("x" * 1_000_000), None)
        request.presenter.validate()
        request.model.set_body(Body("json", '{"proofOfDeliveryfile": "37, 80"}'), None)
        request.presenter.validate()
        at_once = request.model.findings
        assert "/body/note" not in {one.pointer for one in at_once}
        assert "/body/invoiceNumber" in {one.pointer for one in at_once}
        await asyncio.sleep(1)
        assert request.model.findings == at_once


@pytest.mark.parametrize("size", [40, 300_000])
async def test_a_file_beside_which_one_types(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, tmp_path: Path, size: int
) -> None:
    content = bytes(number % 256 for number in range(size))
    path, other = tmp_path / "delivery.pdf", tmp_path / "copy.pdf"
    path.write_bytes(content)
    other.write_bytes(content)
    async with open_window() as window:
        request = window.open_method("invoice.pod.receive").request
        assert request is not None
        await until(lambda: request.findChild(FileEditor))
        file = request.findChild(FileEditor)
        file.take(path)
        number = request.findChild(QLineEdit, "/body/invoiceNumber")
        number.setText("318405")
        number.textEdited.emit("318405")
        body = json.loads(request.model.draft.body.text)
        assert body["invoiceNumber"] == 318405
        assert [int(one) % 256 for one in body["proofOfDeliveryfile"].split(",")] == list(content)
        assert file.label.text() == f"delivery.pdf, {size:,} bytes"
        file.take(other)
        assert file.label.text() == f"copy.pdf, {size:,} bytes"
        file.encoding.current = "base64"
        file.encoding.chosen.emit("base64")
        assert base64.b64decode(json.loads(request.model.draft.body.text)["proofOfDeliveryfile"]) == content


@pytest.mark.parametrize(
    ("written", "encoding"),
    [
        ("37, 80, -1", "bytes"),
        ("-128", "bytes"),
        (", ".join(["-100"] * 40), "bytes"),
        ("1234", "base64"),
        ("37 80", "base64"),
        ("12, 3456", "base64"),
        ("12, 34, " * 20 + "QUJD", "base64"),
    ],
)
async def test_how_a_file_was_written_is_seen_in_it(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, written: str, encoding: str
) -> None:
    async with open_window() as window:
        request = window.open_method("invoice.pod.receive").request
        assert request is not None
        await until(lambda: request.findChild(FileEditor))
        request.model.set_body(Body("json", json.dumps({"proofOfDeliveryfile": written})), None)
        await until(lambda: request.findChild(FileEditor).encoding.current == encoding)
