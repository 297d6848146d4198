"""Every network failure, played by a real server, is said with cause and next step; what arrived is kept."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
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
    speaking_first,
    then_closing,
)

from komet_console.exchange import Connection, Environment, Exchange, Failure, PreparedRequest, open_transport

SECRET = "secret-token-1234"
SHORT = Connection(connect_timeout=5, read_timeout=5, total_timeout=20)


def send(url: str, connection: Connection = SHORT, verb: str = "POST", **options: Any) -> Exchange:
    host = url.split("/")[2]
    headers = (("Host", host), ("authenticationToken", SECRET))
    request = PreparedRequest(verb, f"{url}/x?password={SECRET}", headers, b"{}", secrets=(SECRET,))

    async def run() -> Exchange:
        async with open_transport() as transport:
            return await transport.send(request, Environment("test", url, connection=connection), **options)

    return asyncio.run(run())


def failed(outcome: Exchange, kind: str, phase: str, *, sent: bool) -> Failure:
    failure = outcome.failure
    assert failure is not None
    assert (failure.kind, failure.phase, failure.maybe_carried_out) == (kind, phase, sent), failure
    assert failure.message.endswith(".")
    assert failure.cause
    assert failure.hint
    assert SECRET not in f"{failure} {outcome!r} {failure.as_error().lines()}"
    return failure


def test_name_not_found() -> None:
    failure = failed(send("https://nobody.invalid/api"), "name-not-found", "name", sent=False)
    assert "nobody.invalid" in failure.message


def test_refused() -> None:
    with Server(silent) as server:
        url = server.url
    failed(send(url), "refused", "connect", sent=False)


def test_reset() -> None:
    with Server(resetting) as server:
        failed(send(server.url), "reset", "waiting", sent=True)


def test_closed_without_an_answer() -> None:
    with Server(then_closing(b"")) as server:
        failed(send(server.url), "reset", "waiting", sent=True)


def test_cut_off_body_is_kept() -> None:
    with Server(then_closing(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{half")) as server:
        outcome = send(server.url)
    failure = failed(outcome, "cut-off", "download", sent=True)
    assert "5 bytes" in failure.cause
    assert outcome.response is not None
    assert (outcome.response.body, outcome.response.truncated) == (b"{half", True)


def test_not_http() -> None:
    with Server(then_closing(b"SSH-2.0-OpenSSH_9\r\n\r\n")) as server:
        failed(send(server.url), "protocol", "waiting", sent=True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_invalid_compression_shows_what_arrived(encoding: str) -> None:
    with Server(answering(ok(b"no compression at all", f"Content-Encoding: {encoding}"))) as server:
        outcome = send(server.url)
    failed(outcome, "compression", "download", sent=True)
    assert outcome.response is not None
    assert outcome.response.body == b"no compression at all"


def test_compression_that_ends_too_early_keeps_the_start() -> None:
    packed = gzip.compress(bytes(range(256)) * 400, 1)
    with Server(answering(ok(packed[:-200], "Content-Encoding: gzip"))) as server:
        outcome = send(server.url)
    failed(outcome, "compression", "download", sent=True)
    assert outcome.response is not None
    assert (bytes(range(256)) * 400).startswith(outcome.response.body)
    assert outcome.response.truncated


HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"
WANTS_PASSWORD = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
IMPATIENT = replace(SHORT, read_timeout=0.2)


@pytest.mark.parametrize(
    ("serve", "connection", "phase", "kept"),
    [
        (silent, IMPATIENT, "waiting", None),
        (
            sending_and_waiting(HALF),
            replace(SHORT, read_timeout=0.2),
            "download",
            b"abc",
        ),
        (silent, replace(SHORT, total_timeout=0.2), "total", None),
    ],
)
def test_timeouts(serve: Callable[..., None], connection: Connection, phase: str, kept: bytes | None) -> None:
    with Server(serve) as server:
        outcome = send(server.url, connection)
    failure = failed(outcome, "timeout", phase, sent=True)
    assert "0.2 s" in failure.message
    assert (outcome.response.body if outcome.response else None) == kept


def test_timeout_of_a_handshake() -> None:
    with Server(silent) as server:
        url = server.url.replace("http:", "https:")
        failed(send(url, replace(SHORT, connect_timeout=0.2)), "timeout", "tls", sent=False)


def test_cancel_keeps_what_had_arrived() -> None:
    cancel = asyncio.Event()
    with Server(sending_and_waiting(HALF)) as server:
        outcome = send(server.url, cancel=cancel, progress=lambda state: cancel.set() if state.received else None)
    failure = failed(outcome, "cancelled", "download", sent=True)
    assert "carried out" in failure.hint
    assert outcome.response is not None
    assert (outcome.response.body, outcome.response.truncated) == (b"abc", True)


# -- encryption --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def context_for(authority: trustme.CA, name: str = "127.0.0.1", **options: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **options).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("name", "trusted", "why"),
    [("127.0.0.1", False, "issuer"), ("komet.example", True, "mismatch"), ("127.0.0.1", True, "expired")],
)
def test_a_refused_certificate_is_named(
    authority: trustme.CA, tmp_path: Path, name: str, trusted: bool, why: str
) -> None:
    from datetime import datetime

    options = {"not_after": datetime(2020, 1, 2), "not_before": datetime(2020, 1, 1)} if why == "expired" else {}  # noqa: DTZ001
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    connection = replace(SHORT, ca_file=str(tmp_path / "ca.pem") if trusted else "")
    with Server(answering(ok(b"{}")), context_for(authority, name, **options)) as server:
        failure = failed(send(server.url, connection), "tls", "tls", sent=False)
    assert why in failure.message.casefold() or why == "issuer"
    assert name in failure.cause
    assert "valid from" in failure.cause


def test_own_authority_and_client_certificate(authority: trustme.CA, tmp_path: Path) -> None:
    context = context_for(authority)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    # In TLS 1.3 the refusal races with the request: sometimes it arrives, sometimes only a reset.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    authority.issue_cert("me.example").private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "me.pem"))
    trusting = replace(SHORT, ca_file=str(tmp_path / "ca.pem"))
    with Server(answering(ok(b"{}")), context) as server:
        refused = send(server.url, trusting).failure
        accepted = send(server.url, replace(trusting, client_certificate=str(tmp_path / "me.pem")))
    assert refused is not None
    assert refused.kind == "tls"
    assert "client certificate" in refused.hint
    assert accepted.response is not None
    assert accepted.response.body == b"{}"
    assert accepted.response.timing.tls is not None


def test_https_to_a_port_that_speaks_http() -> None:
    with Server(speaking_first(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        failure = failed(send(server.url.replace("http:", "https:")), "tls", "tls", sent=False)
    assert "HTTPS" in failure.cause


# -- proxy -------------------------------------------------------------------------------------------------------------


def test_proxy_that_does_not_listen() -> None:
    with Server(silent) as server:
        place = server.host
    connection = replace(SHORT, proxy=f"http://user:{SECRET}@{place}")
    failure = failed(send("http://127.0.0.1:9/api", connection), "proxy", "connect", sent=False)
    assert place in failure.message


def test_proxy_that_wants_a_password() -> None:
    with Server(answering(WANTS_PASSWORD)) as server:
        outcome = send("https://127.0.0.1:9/api", replace(SHORT, proxy=f"http://{server.host}"))
    failure = failed(outcome, "proxy", "connect", sent=False)
    assert "password" in failure.hint


def test_calls_go_through_the_proxy() -> None:
    with Server(answering(ok(b"{}"))) as server:
        outcome = send("http://127.0.0.1:9/api", replace(SHORT, proxy=f"http://user:word@{server.host}"))
        assert server.requests[0].startswith(b"POST http://127.0.0.1:9/api/x?")
        assert b"dXNlcjp3b3Jk" in server.requests[0]
    assert outcome.response is not None
    assert outcome.response.status == 200
