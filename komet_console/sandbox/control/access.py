"""Who may use the control interface, and how its endpoints are wrapped.

Only a caller on this machine that knows the key. A web page in a browser is kept out twice: requests with an `Origin` and
requests for a foreign `Host` (DNS rebinding) are refused before the key is looked at.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY_HEADER = "x-sandbox-key"
BODY_LIMIT = 1024 * 1024
_LOOPBACK_CLIENTS = ("127.0.0.1", "::1")
_LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class ControlError(Exception):
    """A refused control request: HTTP status, what happened, what to do."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.hint = hint


Endpoint = Callable[[Request, dict[str, Any]], Any]
"""Gets the request and its JSON body (empty without one); what it returns is written as JSON."""


def _check(request: Request, key: str) -> None:
    if request.client is not None and request.client.host not in _LOOPBACK_CLIENTS:
        raise ControlError(403, "The control interface answers to this machine only.")
    if "origin" in request.headers:
        raise ControlError(403, "The control interface does not answer to web pages.")
    host = request.headers.get("host", "")
    if host.rsplit(":", 1)[0] not in _LOOPBACK_HOSTS:
        raise ControlError(403, f"The control interface is not at {host}.", "Use 127.0.0.1 or localhost.")
    given = request.headers.get(KEY_HEADER, "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), key.encode()):
        raise ControlError(401, "The control key is missing or wrong.", "Send it in the header X-Sandbox-Key.")


async def _body(request: Request) -> dict[str, Any]:
    data = await request.body()
    if len(data) > BODY_LIMIT:
        raise ControlError(400, "The body is larger than 1 MB.")
    if not data.strip():
        return {}
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ControlError(400, f"The body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise ControlError(400, "The body must be a JSON object.")
    return body


def control_route(path: str, verb: str, key: str, endpoint: Endpoint) -> Route:
    """A route that checks the caller and runs the endpoint off the event loop (a reset takes a while)."""

    async def guarded(request: Request) -> Response:
        try:
            _check(request, key)
            body = await _body(request)
            result = await asyncio.to_thread(endpoint, request, body)
        except ControlError as error:
            return JSONResponse({"error": {"message": error.message, "hint": error.hint}}, error.status)
        return JSONResponse(result)

    handler: Callable[[Request], Awaitable[Response]] = guarded
    return Route(path, handler, methods=[verb])
