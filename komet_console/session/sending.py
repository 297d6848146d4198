"""One call from draft to explained answer; window, command line and runner all enter here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from komet_console.catalogue import Call, Catalogue, Finding, Method, TokenKind, load
from komet_console.catalogue.explaining import Explanation
from komet_console.errors import UserError
from komet_console.exchange import (
    Draft,
    Environment,
    Exchange,
    PreparedRequest,
    Progress,
    Redactor,
    Token,
    build,
    open_transport,
)
from komet_console.records import record
from komet_console.session.aside import aside
from komet_console.texts import said

__all__ = ["Sender", "Sent", "call_of", "findings_of", "redacted", "with_secrets"]


@record
class Sent:
    """One call, whatever came of it."""

    draft: Draft
    method: Method
    request: PreparedRequest
    """What was sent, secrets masked: fit to be shown and kept."""
    findings: tuple[Finding, ...]
    """What the documentation has to say about the request; it was sent all the same."""
    exchange: Exchange
    """With the request as it was sent: holds the token."""
    explanation: Explanation | None
    """None where no whole answer came: then `exchange.failure` says why."""


def call_of(request: PreparedRequest, token_kind: TokenKind | None = None) -> Call:
    """A built request as the catalogue wants it for validation and explanation."""
    return Call(
        query=tuple(parse_qsl(urlsplit(request.url).query, keep_blank_values=True)),
        headers=request.headers,
        body=request.body or None,
        verb=request.verb,
        token_kind=token_kind,
    )


def redacted(request: PreparedRequest) -> PreparedRequest:
    """The request with every secret masked."""
    redactor = Redactor(request.secrets)
    return replace(
        request,
        url=redactor.url(request.url),
        headers=redactor.headers(request.headers),
        body=redactor.body(request.body),
        secrets=(),
    )


def findings_of(catalogue: Catalogue, method: Method, call: Call, secrets: Iterable[str]) -> tuple[Finding, ...]:
    """What the documentation says about a call; a secret that stands where it does not belong is not repeated."""
    redactor = Redactor(secrets)
    found = catalogue.validate(method, call)
    return tuple(replace(one, message=redactor.known(one.message), hint=redactor.known(one.hint)) for one in found)


def with_secrets(request: PreparedRequest, secrets: Iterable[str]) -> PreparedRequest:
    """The request that knows of further secrets in it."""
    more = tuple(one for one in dict.fromkeys(secrets) if one and one not in request.secrets)
    return replace(request, secrets=(*request.secrets, *more)) if more else request


class Sender:
    """Sends calls over connections that are kept; belongs to the event loop it first sends in.

    Args:
        catalogue: None loads the program's own.
    """

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue or load()
        self._transport = open_transport()

    async def send(
        self,
        draft: Draft,
        environment: Environment,
        token: Token | None,
        *,
        token_kind: TokenKind | None = None,
        secrets: Iterable[str] = (),
        progress: Callable[[Progress], None] | None = None,
        cancel: asyncio.Event | None = None,
    ) -> Sent:
        """Build, hold against the documentation, send, explain. Network trouble is in `Sent.exchange.failure`.

        Nothing is ever sent a second time: what a call that broke off has done, only its maker can find out.

        Args:
            token_kind: The token's kind, where it is known: what the method does not take becomes a finding.
            secrets: Further values that are to be masked wherever the request is shown or kept: variables, a password.
            progress, cancel: see `exchange.transport.Transport.send`.

        Raises:
            UserError: Nothing was sent: no such method, a file that cannot be read, or a `BuildError` (what HTTP cannot
                carry, what would travel unprotected, a token of another host).
        """
        method = self.catalogue.method(draft.method)
        files = await asyncio.to_thread(_files, draft) if draft.body.kind == "multipart" else {}

        def make() -> tuple[PreparedRequest, Call, tuple[Finding, ...]]:
            request = with_secrets(build(draft, method, token, environment, files), secrets)
            call = call_of(request, token_kind)
            return request, call, findings_of(self.catalogue, method, call, request.secrets)

        request, call, findings = await aside(len(draft.body.text), make)
        exchange = await self._transport.send(request, environment, progress=progress, cancel=cancel)
        shown = await aside(len(request.body), lambda: redacted(request))
        return Sent(draft, method, shown, findings, exchange, await self._explain(method, call, exchange))

    async def aclose(self) -> None:
        """Close the connections and remove the temporary files of large answers."""
        await self._transport.aclose()

    async def __aenter__(self) -> Sender:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _explain(self, method: Method, call: Call, exchange: Exchange) -> Explanation | None:
        response = exchange.response
        if response is None or exchange.failure is not None:
            return None

        redactor = Redactor(exchange.request.secrets)

        def explain() -> Explanation:
            found = self.catalogue.explain(method, call, response.status, dict(response.headers), response.read())
            return _masked(found, redactor)

        return await aside(max(response.size, len(exchange.request.body)), explain)


def _masked(explanation: Explanation, redactor: Redactor) -> Explanation:
    """The explanation without secrets: some servers repeat in their message what they were called with."""
    return replace(
        explanation,
        sentence=redactor.text(explanation.sentence),
        message=redactor.text(explanation.message),
        causes=tuple(replace(one, text=redactor.known(one.text)) for one in explanation.causes),
        elements=tuple(replace(one, message=redactor.text(one.message)) for one in explanation.elements),
    )


def _files(draft: Draft) -> dict[str, bytes]:
    """The contents of the files that the draft sends, by path."""
    found = {}
    for pair in draft.body.pairs if draft.body.kind == "multipart" else ():
        if pair.file and pair.enabled:
            try:
                found[pair.file] = Path(pair.file).read_bytes()
            except OSError as error:
                raise UserError(
                    said(
                        "The file {file} of {name} cannot be read: {reason}.",
                        file=pair.file,
                        name=pair.name,
                        reason=error.strerror or error,
                    ),
                    "Choose the file again.",
                ) from error
    return found
