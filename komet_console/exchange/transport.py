"""Sends prepared requests and receives answers. The only module that knows the HTTP library.

One client per kind of connection is kept and reused (a new one costs 50 times what a call on a kept one costs). Redirects
are followed here and not by the library, because the library would carry a token in a URL or a body to another host.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import shutil
import socket
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from komet_console.exchange.building import BuildError
from komet_console.exchange.decoding import CompressionError
from komet_console.exchange.model import Connection, Environment, Exchange, PreparedRequest, Progress
from komet_console.exchange.receiving import Call, Head
from komet_console.exchange.redaction import Redactor, quiet_http_logs
from komet_console.exchange.redirects import TooManyRedirectsError

MEMORY_CAP = 2_000_000
"""Bodies above so many bytes go to a temporary file."""
_FIRST_ADDRESS_SECONDS = 2.0
_MOST_CONNECTIONS = 20
_CALL: ContextVar[Call] = ContextVar("call")
"""The call that the running task works on: connections are opened in the task of the call that needs them."""


class Transport:
    """Sends requests; any number at a time. Belongs to one event loop.

    Args:
        memory_cap: Bytes of a body that are held in memory; more go to a temporary file.
    """

    def __init__(self, memory_cap: int = MEMORY_CAP) -> None:
        self._memory_cap = memory_cap
        self._clients: dict[tuple[Connection, bool], httpx.AsyncClient] = {}
        self._folder: Path | None = None
        self._files = 0
        quiet_http_logs()

    async def aclose(self) -> None:
        """Close all connections and remove the temporary files."""
        clients = list(self._clients.values())
        self._clients.clear()
        for client in clients:
            await client.aclose()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    async def __aenter__(self) -> Transport:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.aclose()

    async def send(
        self,
        request: PreparedRequest,
        environment: Environment,
        *,
        progress: Callable[[Progress], None] | None = None,
        cancel: asyncio.Event | None = None,
    ) -> Exchange:
        """Send a request and receive its answer. Network trouble is a `Failure` in the exchange, never an exception.

        Args:
            progress: Called at every change of phase and with every piece of the answer, in the event loop.
            cancel: Setting it ends the call at once; what had arrived is in the exchange. Cancelling the task itself
                drops everything.

        Raises:
            BuildError: A certificate file of the environment cannot be read, or the proxy's address is none.
            StorageError: An answer above the cap cannot be written to a temporary file.
        """
        call = Call(request, environment.connection, self._file, self._memory_cap, progress)
        limit = environment.connection.total_timeout
        work = asyncio.get_running_loop().create_task(self._follow(call), name="http call")
        watch = asyncio.get_running_loop().create_task(cancel.wait()) if cancel is not None else None
        waiting: set[asyncio.Task[Any]] = {work} | ({watch} if watch else set())
        try:
            await asyncio.wait(waiting, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _stop(work)
            call.discard()
            raise
        finally:
            if watch is not None:
                await _stop(watch)
        if work.done():
            work.result()
        else:
            cancelled = cancel is not None and cancel.is_set()
            await _stop(work)
            if call.failure is None and not call.complete:
                call.total_elapsed = not cancelled
                call.fail("cancelled" if cancelled else "timeout", TimeoutError() if not cancelled else OSError())
        return call.exchange()

    def _file(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="komet-console-"))
        self._files += 1
        return self._folder / f"answer-{self._files}"

    async def _client(self, connection: Connection, *, secure: bool) -> httpx.AsyncClient:
        key = (connection, secure)
        if key not in self._clients:
            context = await asyncio.to_thread(_tls_context, connection) if secure else None
            self._clients.setdefault(key, httpx.AsyncClient(transport=_Wire(connection, context), trust_env=False))
        return self._clients[key]

    async def _follow(self, call: Call) -> None:
        """One request and all redirects it leads to."""
        _CALL.set(call)
        try:
            while True:
                await self._one(call)
                if call.failure is not None or not call.follow():
                    return
        except TooManyRedirectsError as error:
            call.fail("redirect", error)

    async def _one(self, call: Call) -> None:
        request = call.request
        secure = request.url.startswith("https:")
        client = await self._client(call.connection, secure=secure)
        call.begin()
        try:
            message = _message(request, call)
            answer = await client.send(message, stream=True)
            try:
                reason = answer.extensions.get("reason_phrase", b"").decode("latin-1")
                version = answer.extensions.get("http_version", b"HTTP/1.1").decode("ascii")
                call.head(Head(answer.status_code, reason, version, tuple(answer.headers.raw)))
                async for piece in answer.aiter_raw():
                    call.piece(piece)
                call.end()
            finally:
                await answer.aclose()
        except CompressionError as error:
            call.fail("compression", error)
        except (httpcore.TimeoutException, TimeoutError) as error:
            call.fail("timeout", error)
        except httpcore.ProxyError as error:
            call.fail("proxy", error)
        except (httpcore.ProtocolError, httpx.InvalidURL) as error:
            call.fail("protocol", error)
        except (httpcore.NetworkError, OSError) as error:
            await call.look_at_certificate(error)
            call.fail("network", error)


async def _stop(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _message(request: PreparedRequest, call: Call) -> httpx.Request:
    connection = call.connection
    headers = [(name.encode("ascii"), value.encode("utf-8")) for name, value in request.headers]
    return httpx.Request(
        request.verb,
        request.url,
        headers=headers,
        content=request.body or None,
        extensions={
            "trace": call.trace,
            "timeout": {
                "connect": connection.connect_timeout,
                "read": connection.read_timeout,
                "write": connection.read_timeout,
                "pool": connection.connect_timeout,
            },
        },
    )


# -- the wire ----------------------------------------------------------------------------------------------------------


class _Wire(httpx.AsyncBaseTransport):
    """The library's connection pool with our own way of connecting, so that looking up a name can be timed."""

    def __init__(self, connection: Connection, context: ssl.SSLContext | None) -> None:
        common: dict[str, Any] = {
            "ssl_context": context,
            "max_connections": _MOST_CONNECTIONS,
            "max_keepalive_connections": _MOST_CONNECTIONS,
            "keepalive_expiry": 60.0,
            "http1": True,
            "http2": False,
            "network_backend": _Network(),
        }
        self._pool: httpcore.AsyncConnectionPool
        if connection.proxy:
            parts = urlsplit(connection.proxy)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise BuildError(
                    "The proxy's address is not understood.",
                    "Write it as http://host:port.",
                    Redactor().url(connection.proxy),
                )
            place = (
                connection.proxy.replace(f"{parts.netloc.rpartition('@')[0]}@", "", 1)
                if parts.username
                else connection.proxy
            )
            login = (
                (httpx.URL(connection.proxy).username, httpx.URL(connection.proxy).password) if parts.username else None
            )
            self._pool = httpcore.AsyncHTTPProxy(proxy_url=place, proxy_auth=login, **common)
        else:
            self._pool = httpcore.AsyncConnectionPool(**common)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()


class _Network(httpcore.AsyncNetworkBackend):
    """Looks up the name, then tries its addresses in turn; each step tells the call how long it took."""

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(timeout):
                addresses = await _addresses(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        spent = time.perf_counter() - started
        _CALL.get().resolved(spent * 1000)
        deadline = None if timeout is None else started + timeout
        for number, address in enumerate(addresses, start=1):
            left = None if deadline is None else max(0.001, deadline - time.perf_counter())
            if number < len(addresses):
                # A host with a dead IPv6 address must not use up the whole time.
                left = _FIRST_ADDRESS_SECONDS if left is None else min(left, _FIRST_ADDRESS_SECONDS)
            try:
                return await self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore.ConnectError(f"{host} has no address")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


async def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, in the system's order of preference."""
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _tls_context(connection: Connection) -> ssl.SSLContext:
    """Trust the library's authorities, the system's and the environment's own; raises `BuildError`."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    if connection.ca_file:
        try:
            context.load_verify_locations(cafile=connection.ca_file)
        except OSError as error:
            raise BuildError(
                "The CA file cannot be used.", "It is a PEM file of certificates.", f"{connection.ca_file}: {error}"
            ) from None
    if connection.client_certificate:
        try:
            context.load_cert_chain(connection.client_certificate, connection.client_key or None, lambda: "")
        except OSError as error:
            raise BuildError(
                "The client certificate cannot be used.",
                "It is a PEM file that holds the certificate, and the key or beside it in a file of its own, unencrypted.",
                f"{connection.client_certificate}: {error}",
            ) from None
    return context
