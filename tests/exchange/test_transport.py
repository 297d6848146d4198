"""Sending and receiving over real sockets: reuse, streaming, cancel, redirects, faults of the sandbox, silence in logs."""

from __future__ import annotations

import ast
import asyncio
import gzip
import logging
import subprocess
import sys
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from exchange_servers import Server, answering, ok, silent
from helpers.process import Process, running

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import (
    Connection,
    Draft,
    Environment,
    Exchange,
    Pair,
    PreparedRequest,
    Progress,
    Token,
    build,
    open_transport,
)
from komet_console.exchange.transport import Transport
from komet_console.texts import Text

SECRET = "secret-token-1234"
PACKAGE = Path(__file__).resolve().parents[2] / "komet_console"


def request_to(url: str, verb: str = "GET", body: bytes = b"", query: str = "") -> PreparedRequest:
    headers = (("Host", url.split("/")[2]), ("authenticationToken", SECRET), ("X-Note", "n"))
    return PreparedRequest(verb, f"{url}/x{query}", headers, body, secrets=(SECRET,))


def send(request: PreparedRequest, **options: Any) -> Exchange:
    async def run() -> Exchange:
        async with open_transport() as transport:
            return await transport.send(request, Environment("test", request.url), **options)

    return asyncio.run(run())


def test_the_bytes_on_the_wire_are_the_prepared_ones() -> None:
    with Server(answering(ok(b"{}"))) as server:
        request = request_to(server.url, "PATCH", b'{"a": 1.10}', "?a=%20b&c=%2F'%22")
        request = replace(request, headers=(*request.headers, ("Content-Length", "11"), ("X-Note", "é")))
        outcome = send(request)
        sent = server.requests[0]
    assert outcome.response is not None
    head, _, body = sent.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "PATCH /api/x?a=%20b&c=%2F'%22 HTTP/1.1"
    assert lines[1:] == [f"{name}: {value}" for name, value in request.headers]
    assert body == b'{"a": 1.10}'


def test_a_connection_is_reused_and_timed() -> None:
    async def run(server: Server) -> list[Exchange]:
        environment = Environment("test", server.url)
        async with open_transport() as transport:
            return [await transport.send(request_to(server.url), environment) for _ in range(3)]

    with Server(answering(ok(b"{}"))) as server:
        first, second, _third = asyncio.run(run(server))
    assert first.timing.connect is not None
    assert second.timing.connect is None
    assert second.timing.name is None
    for one in (first, second):
        assert one.response is not None
        assert one.response.timing.waiting is not None
        assert 0 < one.timing.total < 5000
    assert first.response is not None
    assert (first.response.reason, first.response.http_version) == ("OK", "HTTP/1.1")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw-deflate", "identity"])
def test_compressed_and_big_answers_stream_to_a_file(encoding: str) -> None:
    content = b"".join(b"%d," % number for number in range(100_000))
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(content[:1000]) + gzip.compress(content[1000:]),
        "deflate": zlib.compress(content),
        "raw-deflate": raw.compress(content) + raw.flush(),
        "identity": content,
    }[encoding]
    seen: list[Progress] = []

    async def run(server: Server) -> tuple[Exchange, bytes, Path]:
        async with Transport(memory_cap=10_000) as transport:
            outcome = await transport.send(
                request_to(server.url), Environment("test", server.url), progress=seen.append
            )
            assert outcome.response is not None
            assert outcome.response.file is not None
            return outcome, outcome.response.read(), outcome.response.file

    with Server(answering(ok(packed, f"Content-Encoding: {encoding.removeprefix('raw-')}"))) as server:
        outcome, body, file = asyncio.run(run(server))
    assert body == content
    assert not file.exists()
    assert outcome.response is not None
    assert (outcome.response.size, outcome.response.wire_size) == (len(content), len(packed))
    assert [one.phase for one in seen if one.phase in ("sending", "waiting")] == ["sending", "waiting"]
    assert seen[-1].received == len(content)


def test_an_answer_that_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(server: Server) -> None:
        async with Transport(memory_cap=1) as transport:
            await transport.send(request_to(server.url), Environment("test", server.url))

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with Server(answering(ok(b"{}"))) as server, pytest.raises(UserError, match="too big for memory"):
        asyncio.run(run(server))


def test_wrong_settings_are_named() -> None:
    for connection in (
        Connection(ca_file="/gone.pem"),
        Connection(client_certificate="/gone.pem"),
        Connection(proxy="x:1"),
    ):
        request = PreparedRequest("GET", "https://127.0.0.1:9/api/x", (("Host", "127.0.0.1:9"),))

        async def run(request: PreparedRequest = request, connection: Connection = connection) -> None:
            async with open_transport() as transport:
                await transport.send(request, Environment("test", "", connection=connection))

        with pytest.raises(UserError) as caught:
            asyncio.run(run())
        assert caught.value.hint


def test_two_calls_at_the_same_time() -> None:
    async def run(slow: Server, fast: Server) -> None:
        environment = Environment("test", slow.url)
        cancel = asyncio.Event()
        async with open_transport() as transport, asyncio.TaskGroup() as group:
            waiting = group.create_task(transport.send(request_to(slow.url), environment, cancel=cancel))
            quick = await transport.send(request_to(fast.url), environment)
            assert quick.response is not None
            assert not waiting.done()
            cancel.set()
        assert waiting.result().failure is not None

    with Server(silent) as slow, Server(answering(ok(b"{}"))) as fast:
        asyncio.run(run(slow, fast))


def test_a_cancelled_task_is_cancelled() -> None:
    async def run(server: Server) -> None:
        async with open_transport() as transport:
            sending = transport.send(request_to(server.url), Environment("test", server.url))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(sending, 0.2)

    with Server(silent) as server:
        asyncio.run(run(server))


# -- redirects ---------------------------------------------------------------------------------------------------------


def redirect(status: int, location: str) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def test_redirect_on_the_same_host_keeps_the_token() -> None:
    with Server(answering(redirect(307, "/elsewhere"), ok(b"{}"))) as server:
        outcome = send(request_to(server.url, "POST", b"{}"))
        assert server.requests[1].startswith(b"POST /elsewhere ")
        assert SECRET.encode() in server.requests[1]
    (hop,) = outcome.hops
    assert (hop.status, hop.followed, hop.with_token) == (307, True, True)


def test_redirect_to_another_host_goes_without_the_token() -> None:
    with Server(answering(ok(b"{}"))) as other, Server(answering(redirect(302, f"{other.url}/y"))) as server:
        outcome = send(request_to(server.url, "POST", f'{{"authenticationToken": "{SECRET}"}}'.encode()))
        assert other.requests[0].startswith(b"GET /api/y ")
        assert SECRET.encode() not in other.requests[0]
        assert b"X-Note: n" in other.requests[0]
        assert f"Host: {other.host}".encode() in other.requests[0]
    assert outcome.response is not None
    assert outcome.response.status == 200
    (hop,) = outcome.hops
    assert (hop.followed, hop.with_token) == (True, False)


@pytest.mark.parametrize(("status", "query"), [(308, ""), (302, f"?q={SECRET}")])
def test_redirect_that_would_carry_the_token_away_is_not_followed(status: int, query: str) -> None:
    with Server(answering(ok(b"{}"))) as other, Server(answering(redirect(status, f"{other.url}/y{query}"))) as server:
        outcome = send(request_to(server.url, "POST", f'{{"companyToken": "{SECRET}"}}'.encode()))
        assert other.requests == []
    assert outcome.response is not None
    assert outcome.response.status == status
    (hop,) = outcome.hops
    assert not hop.followed
    assert "another host" in hop.reason
    assert SECRET not in repr(hop)


def test_redirects_that_do_not_end_or_leave_encryption() -> None:
    with Server(answering(redirect(302, "/again"))) as server:
        outcome = send(request_to(server.url))
        assert len(server.requests) == 6
    assert outcome.failure is not None
    assert outcome.failure.kind == "redirect"
    # It stays a sentence that can be said in another language.
    assert isinstance(outcome.failure.message, Text)
    with Server(answering(redirect(302, "http://other.example/"))) as server:
        outcome = send(request_to(server.url))
    assert "without encryption" in outcome.hops[0].reason


# -- the sandbox's faults ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running("--fresh", home=tmp_path_factory.mktemp("home")) as process:
        yield process


@pytest.mark.parametrize(
    ("fault", "status", "failure"),
    [
        ("status=503", 503, None),
        ("invalid-json", 200, None),
        ("content-type", 200, None),
        ("cut", 200, "cut-off"),
        ("reset", None, "reset"),
        ("silence", None, "timeout"),
    ],
)
def test_faults_of_the_sandbox(
    sandbox: Process, catalogue: Catalogue, fault: str, status: int | None, failure: str | None
) -> None:
    # Only silence is waited for: a server that was just started may take a second for its first call.
    patience = Connection(read_timeout=0.5 if fault == "silence" else 15)
    environment = Environment("sandbox", sandbox.facts["url"], connection=patience)
    token = Token(sandbox.facts["tokens"]["company"], f"127.0.0.1:{sandbox.facts['port']}")
    draft = Draft("customer.list", headers=(Pair("X-Komet-Sandbox-Fault", fault),))

    async def run() -> Exchange:
        async with open_transport() as transport:
            request = build(draft, catalogue.method("customer.list"), token, environment)
            return await transport.send(request, environment)

    outcome = asyncio.run(run())
    assert (outcome.response.status if outcome.response else None) == status
    assert (outcome.failure.kind if outcome.failure else None) == failure
    if fault == "cut":
        assert outcome.response is not None
        assert outcome.response.body


# -- what must not show, and what must not be loaded -------------------------------------------------------------------


def test_the_library_logs_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    logging.getLogger("httpcore.http11").setLevel(logging.DEBUG)
    with Server(answering(ok(b"{}"))) as server:
        send(request_to(server.url, query=f"?authenticationToken={SECRET}"))
    assert SECRET not in caplog.text
    assert [record for record in caplog.records if record.name.startswith("http")] == []


def test_one_module_knows_the_http_library_and_is_loaded_late() -> None:
    knowing = {
        path.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Import) and any(one.name.split(".")[0] in ("httpx", "httpcore") for one in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("httpx", "httpcore"))
    }
    assert knowing == {"transport.py"}
    code = "import sys, komet_console.exchange; sys.exit(any(m in sys.modules for m in ('httpx', 'httpcore', 'ssl', 'asyncio')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
