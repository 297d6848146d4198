"""Webhooks over real sockets: what is sent, what is retried, what is never called."""

from __future__ import annotations

import base64
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from helpers.process import Process, running


class Receiver:
    """A receiver on this machine that notes what it gets and answers what it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {key.lower(): value for key, value in self.headers.items()}
                outer.got.append((self.command, self.path, headers, self.rfile.read(length)))
                status, body = outer.answers.pop(0) if outer.answers else (200, b'{"status": 1, "message": "taken"}')
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = _answer  # noqa: N815 - names of http.server

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with running("--fresh", "--quota", "0", home=tmp_path_factory.mktemp("home")) as process:
        yield process


def post(server: Process, method: str, **fields: Any) -> dict[str, Any]:
    body = json.dumps({"authenticationToken": server.facts["tokens"]["company"], **fields}).encode()
    answer: dict[str, Any] = json.loads(
        server._open(urllib.request.Request(server.facts["url"] + method, data=body))[2]
    )
    return answer


def until(condition: Callable[[], Any], seconds: float = 15) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def deliveries(server: Process) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = server.control("GET", "webhooks/deliveries")[2]["deliveries"]
    return listed


@pytest.fixture(autouse=True)
def _no_hooks(server: Process) -> Iterator[None]:
    server.control("POST", "reset")
    yield
    for hook in server.control("GET", "webhooks")[2]["webhooks"]:
        server.control("DELETE", f"webhooks/{hook['id']}")


def test_order_confirmation_is_posted(server: Process, receiver: Receiver) -> None:
    hook = {"event": "order.confirmation", "url": receiver.url, "authentication": "token", "secret": "hook-secret"}
    shown = server.control("POST", "webhooks", hook)[2]
    assert "hook-secret" not in json.dumps(shown)
    assert post(server, "invoice.confirm", invoiceNumber=318407)["status"] == 1
    until(lambda: receiver.got)
    verb, path, headers, body = receiver.got[0]
    assert (verb, path) == ("POST", "/hook")
    assert headers["authenticationtoken"] == "hook-secret"
    assert json.loads(body) == {"companyId": 1043, "orderId": 240122}
    done = until(lambda: [one for one in deliveries(server) if one["state"] == "delivered"])
    assert done[0]["answer"] == "taken"
    calls = until(lambda: server.control("GET", "journal?method=webhook%20order.confirmation")[2]["calls"])
    assert calls[0]["note"] == "taken"


def test_older_form_is_a_get_with_the_invoice_last(server: Process, receiver: Receiver) -> None:
    hook = {"event": "order.confirmation", "url": receiver.url, "form": "get", "authentication": "token", "secret": "s"}
    server.control("POST", "webhooks", hook)
    post(server, "invoice.confirm", invoiceNumber=318407)
    until(lambda: receiver.got)
    verb, path, _, body = receiver.got[0]
    pairs = parse_qsl(urlsplit(path).query)
    assert (verb, body) == ("GET", b"")
    assert dict(pairs) == {"companyId": "1043", "token": "s", "invoiceId": "240122"}
    assert pairs[-1][0] == "invoiceId"


def test_order_cancellation(server: Process, receiver: Receiver) -> None:
    server.control("POST", "webhooks", {"event": "order.cancellation", "url": receiver.url})
    assert post(server, "invoice.void", invoiceNumber=318410, reason="Ordered twice")["status"] == 1
    until(lambda: receiver.got)
    assert json.loads(receiver.got[0][3]) == {"companyId": 1043, "orderId": 240125}


@pytest.mark.parametrize(
    ("authentication", "header"),
    [("basic", "Basic " + base64.b64encode(b"me:pass").decode()), ("bearer", "Bearer pass")],
)
def test_payment_cancellation(server: Process, receiver: Receiver, authentication: str, header: str) -> None:
    hook = {"event": "payment.cancellation", "url": receiver.url, "authentication": authentication}
    server.control("POST", "webhooks", {**hook, "username": "me", "secret": "pass"})
    assert server.control("POST", "payments/390204/cancel")[0] == 200
    until(lambda: receiver.got)
    assert receiver.got[0][2]["authorization"] == header
    payload = json.loads(receiver.got[0][3])
    assert (payload["companyId"], payload["paymentId"], payload["paymentNumber"]) == (1043, 390204, "5530")
    assert server.control("POST", "payments/390204/cancel")[0] == 404
    listed = json.loads(server.get("payment.list", controlNumber="5530")[2])
    assert listed["payments"] == []


def test_http_failures_are_tried_again(server: Process, receiver: Receiver) -> None:
    receiver.answers = [(503, b"later")]
    server.control("POST", "webhooks", {"event": "order.confirmation", "url": receiver.url})
    post(server, "invoice.confirm", invoiceNumber=318407)
    done = until(lambda: [one for one in deliveries(server) if one["state"] == "delivered"])
    assert done[0]["attempts"] == 2
    assert len(receiver.got) == 2


def test_a_refusal_is_final_and_mailed(server: Process, receiver: Receiver) -> None:
    receiver.answers = [(200, b'{"status": 0, "message": "no such customer"}')]
    hook = {"event": "order.confirmation", "url": receiver.url, "emails": ["it@example.com"]}
    server.control("POST", "webhooks", hook)
    post(server, "invoice.confirm", invoiceNumber=318407)
    done = until(lambda: [one for one in deliveries(server) if one["state"] == "failed"])
    assert done[0]["answer"] == "no such customer"
    mails = server.control("GET", "outbox")[2]["mails"]
    assert (mails[0]["to"], "no such customer" in mails[0]["body"]) == ("it@example.com", True)


def test_refused_calls_tell_nobody(server: Process, receiver: Receiver) -> None:
    server.control("POST", "webhooks", {"event": "order.confirmation", "url": receiver.url})
    assert post(server, "invoice.confirm", invoiceNumber=1)["status"] == 0
    assert deliveries(server) == []


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/hook", "https://receiver.example/", "file:///etc/passwd", "ftp://127.0.0.1/"]
)
def test_only_this_machine_is_called(server: Process, url: str) -> None:
    assert server.control("POST", "webhooks", {"event": "order.confirmation", "url": url})[0] == 400


def test_a_redirect_is_not_followed(server: Process, receiver: Receiver, tmp_path: Path) -> None:
    receiver.answers = [(302, b"")]
    server.control("POST", "webhooks", {"event": "order.confirmation", "url": receiver.url})
    post(server, "invoice.confirm", invoiceNumber=318407)
    until(lambda: [one for one in deliveries(server) if one["status"] == 302])
