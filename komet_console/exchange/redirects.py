"""Where a redirect leads, and whether a request may follow it: a token never travels to another host."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from komet_console.errors import UserError
from komet_console.exchange.building import BuildError, check_address
from komet_console.exchange.model import Connection, Hop, PreparedRequest
from komet_console.exchange.redaction import Redactor, is_secret_name
from komet_console.texts import said

MOST_HOPS = 5
_PORTS = {"http": 80, "https": 443}
_ONLY_WITH_BODY = frozenset({"content-type", "content-length", "content-encoding"})


class TooManyRedirectsError(UserError):
    """A chain of redirects that does not end."""


def _port(url: str) -> int | None:
    parts = urlsplit(url)
    return parts.port or _PORTS.get(parts.scheme)


def same_server(old: str, new: str) -> bool:
    """Whether two URLs lead to the same server; from http to https on the usual ports counts, the way back does not."""
    before, after = urlsplit(old), urlsplit(new)
    if (before.hostname or "").casefold() != (after.hostname or "").casefold():
        return False
    if before.scheme == "https" and after.scheme != "https":
        return False
    return _port(old) == _port(new) or (_port(old), _port(new)) == (80, 443)


def following(
    request: PreparedRequest, status: int, location: str | None, connection: Connection, count: int
) -> tuple[Hop | None, PreparedRequest | None]:
    """The hop that an answer asks for (None: it is no redirect) and the request that follows it (None: nothing does).

    As browsers do, POST becomes GET on 301 and 302, everything but HEAD on 303. Raises `TooManyRedirectsError`.
    """
    if status not in (301, 302, 303, 307, 308) or not location:
        return None, None
    redactor = Redactor(request.secrets)
    target = urljoin(request.url, location).partition("#")[0]
    hop = Hop(status, redactor.url(request.url), redactor.url(target), followed=False, with_token=False)
    if not connection.follow_redirects:
        return replace(hop, reason="Redirects are switched off."), None
    try:
        check_address(target)
    except BuildError as error:
        return replace(hop, reason=error.message), None
    if count >= MOST_HOPS:
        raise TooManyRedirectsError(
            said("The server redirected the call more than {most_hops} times.", most_hops=MOST_HOPS)
        )
    after = _changed(request, status, target)
    if same_server(request.url, target):
        return replace(hop, followed=True, with_token=_carries_secret(after)), after
    kept = tuple((name, value) for name, value in after.headers if not is_secret_name(name))
    stripped = replace(after, headers=tuple((name, value) for name, value in kept if not _holds(value, request)))
    if _carries_secret(stripped):
        reason = "It leads to another host, and the request could only follow with the token."
        return replace(hop, reason=reason), None
    return replace(hop, followed=True), stripped


def _changed(request: PreparedRequest, status: int, target: str) -> PreparedRequest:
    becomes_get = (status in (301, 302) and request.verb == "POST") or (status == 303 and request.verb != "HEAD")
    headers = [
        (name, urlsplit(target).netloc.rpartition("@")[2] if name.casefold() == "host" else value)
        for name, value in request.headers
        if not (becomes_get and name.casefold() in _ONLY_WITH_BODY)
    ]
    verb = "GET" if becomes_get else request.verb
    return replace(request, verb=verb, url=target, headers=tuple(headers), body=b"" if becomes_get else request.body)


def _holds(text: str, request: PreparedRequest) -> bool:
    return Redactor(request.secrets, "").known(text) != text


def _carries_secret(request: PreparedRequest) -> bool:
    """Whether URL, headers or body hold a secret: a known one, or anything behind the name of one."""
    redactor = Redactor(request.secrets)
    if redactor.url(request.url) != request.url or redactor.headers(request.headers) != request.headers:
        return True
    return redactor.body(request.body) != request.body
