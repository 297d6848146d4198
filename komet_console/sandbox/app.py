"""The ASGI application: `/api/...` through the gate, `/sandbox/...` to the control interface.

Calls run on the event loop's own thread: a call is a few hundred microseconds of SQLite, and handing it to a thread
would cost as much again.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from komet_console.sandbox.gate.gate import Gate, Outgoing
from komet_console.sandbox.gate.incoming import Incoming

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
FLUSH_SECONDS = 0.5
API = "/api"


class ConnectionCutError(ConnectionError):
    """Raised on purpose to make the server drop a connection in the middle of an answer."""


class Api:
    """The ASGI side of the gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = await self._read(scope, receive)
        if incoming is None:
            return
        await _write(self._gate.answer(incoming), receive, send)

    async def _read(self, scope: Scope, receive: Receive) -> Incoming | None:
        path = scope["path"].removeprefix(API)
        verb = scope["method"]
        limit = self._gate.size_limit(verb, path)
        parts = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            size += len(part)
            if size <= limit:
                parts.append(part)
            if not message.get("more_body"):
                break
        query = scope["query_string"]
        client = scope.get("client")
        return Incoming(
            verb=verb,
            path=path,
            query=tuple(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else (),
            query_size=len(query),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            body=b"".join(parts),
            size=size,
            client=client[0] if client else None,
            secure=scope["scheme"] == "https",
        )


async def _write(answer: Outgoing, receive: Receive, send: Send) -> None:
    fault = answer.fault
    body = answer.body
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    kind = fault.kind if fault else None
    if fault and fault.milliseconds:
        await asyncio.sleep(fault.milliseconds / 1000)
    if kind == "silence":
        while (await receive())["type"] != "http.disconnect":
            continue
        return
    if kind == "reset":
        # ASGI has no word for it; uvicorn's send is a method of the cycle that owns the transport.
        send.__self__.transport.abort()  # type: ignore[attr-defined]
        return
    if kind == "invalid-json":
        body = body.rstrip(b"}") + b',, "oops": }'
    if kind == "content-type":
        headers = [(name, b"text/html" if name == b"content-type" else value) for name, value in headers]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if kind == "cut":
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        raise ConnectionCutError("simulated cut-off body")
    await send({"type": "http.response.body", "body": body})


def build_app(gate: Gate, control: list[Route], background: Callable[[], None]) -> Application:
    """The application. `background` is called every half second and once at the end, off the event loop.

    Calls of the API go past Starlette: its middleware would cost a tenth of a call, and hides the connection that a
    simulated reset has to cut.
    """

    said = ""

    async def flush() -> None:
        nonlocal said
        try:
            await asyncio.to_thread(background)
        except SQLAlchemyError as error:
            # A full disk may have room again; what repeats twice a second is said once.
            reason = str(getattr(error, "orig", error))
            if reason != said:
                said = reason
                sys.stderr.write(f"The sandbox cannot write its journal or webhooks: {reason}\n")

    async def flush_for_ever() -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await flush()

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            flushing = group.create_task(flush_for_ever())
            yield
            flushing.cancel()
        await flush()

    async def welcome(_request: object) -> JSONResponse:
        return JSONResponse({"sandbox": "Komet Console", "api": "/api/", "control": "/sandbox/"})

    rest = Starlette(routes=[Route("/", welcome), Mount("/sandbox", routes=control)], lifespan=lifespan)
    api = Api(gate)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{API}/"):
            await api(scope, receive, send)
        else:
            await rest(scope, receive, send)

    return application
