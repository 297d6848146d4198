"""An answer made ready to be shown: read, recognised, laid out, secrets masked. Needs no widget.

What takes long for a big answer happens here, and here only, so that it can be done on another thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from komet_console.exchange import Redactor, Response
from komet_console.gui.answer.colouring import LineSpans, markup_spans
from komet_console.gui.answer.content import Content, hex_dump, recognise
from komet_console.gui.answer.layout import Document, json_document, plain_document
from komet_console.gui.i18n import tr
from komet_console.session.sending import Sent

__all__ = ["Material", "headers_document", "prepare", "raw_document"]

_BODY_SHOWN = 64 * 1024


@dataclass(frozen=True, slots=True)
class Material:
    """A body as it is shown."""

    content: Content
    document: Document
    markup: dict[int, LineSpans] = field(default_factory=dict)


def prepare(response: Response, redactor: Redactor | None) -> Material:
    """The body of an answer. Reads its file where it has one; never fails on what stands in it."""
    try:
        body = response.read()
    except OSError as error:
        why = tr("The temporary file that held the answer is gone: {error}", error=error.strerror or "")
        return Material(Content("empty", tr("no body"), "txt", remark=why), plain_document(""))
    content = recognise(body, response)
    if content.kind == "json":
        return Material(content, json_document(content.text, redactor))
    if content.kind in ("html", "xml", "text"):
        document = plain_document(content.text, content.kind, redactor)
        return Material(content, document, markup_spans(document))
    return Material(content, plain_document(hex_dump(body)))


def raw_document(material: Material, redactor: Redactor | None) -> Document:
    """The text as it was received."""
    return plain_document(material.content.text, "text", redactor)


def headers_document(sent: Sent, redactor: Redactor | None) -> Document:
    """Request and answer as they travelled, without the answer's body: request line, redirects, status line, headers."""
    request = sent.request
    lines = [f"{request.verb} {request.url}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    if request.body:
        shown = request.body[:_BODY_SHOWN].decode("utf-8", "replace")
        lines += ["", *shown.splitlines()]
        if len(request.body) > _BODY_SHOWN:
            lines.append(tr("… {count} more bytes", count=f"{len(request.body) - _BODY_SHOWN:,}"))
    for hop in sent.exchange.hops:
        lines += ["", f"HTTP {hop.status}", f"Location: {hop.location}"]
    response = sent.exchange.response
    if response is not None:
        lines += ["", f"{response.http_version} {response.status} {response.reason}".rstrip()]
        headers = response.headers if redactor is None else redactor.headers(response.headers)
        lines += [f"{name}: {value}" for name, value in headers]
    return plain_document("\n".join(lines), "http")
