"""Collections as plain text: files of curl commands and `.http` files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Body, Draft, Pair, settled
from komet_console.interchange import curl, httpfile
from komet_console.interchange.imports import Imported, Notes, decoded, drafted, finished
from komet_console.interchange.model import Request
from komet_console.workspace.collections.addresses import encoded, join_url
from komet_console.workspace.collections.cleaning import Cleaner
from komet_console.workspace.collections.model import BASE_URL, Collection, Defaults, Item, RequestItem, requests

__all__ = ["read_curl", "read_http", "write_curl", "write_http"]

_REFERENCE = re.compile(r"(\{\{[A-Za-z_]\w*\}\})")


def read_curl(data: bytes, catalogue: Catalogue, name: str = "") -> Imported:
    """The curl commands of a text. Raises `UserError` where there is none."""
    notes = Notes()
    items: list[Item] = []
    for number, request in enumerate(curl.parse_all(decoded(data, "file")), start=1):
        if notes.room():
            items.append(_item(request, "", catalogue, notes, f"command {number}", number))
    return finished("curl commands", Collection(name or "curl", tuple(items)), (), notes)


def read_http(data: bytes, catalogue: Catalogue, name: str = "") -> Imported:
    """The requests of a `.http` file. Raises `UserError` where there is none."""
    text = decoded(data, "file")
    found = httpfile.parse_file(text)
    if not found.requests:
        raise UserError(
            "The file holds no request.", "A request begins with a line like: GET https://host/api/customer.list"
        )
    notes = Notes()
    for note in found.notes:
        notes.add(note)
    items: list[Item] = []
    for number, one in enumerate(found.requests, start=1):
        if notes.room():
            item = _item(one.request, one.name, catalogue, notes, f"line {one.line}", number)
            items.append(replace(item, description=one.description))
    made = Collection(name or "HTTP file", tuple(items), defaults=Defaults(variables=found.variables))
    return finished(".http file", made, (), notes)


def _item(request: Request, name: str, catalogue: Catalogue, notes: Notes, place: str, number: int) -> RequestItem:
    draft, base = drafted(request, catalogue)
    for note in request.notes:
        # The same variable stands in every command of a file.
        if not any(one.message == note for one in notes.problems):
            notes.add(note, place)
    path = request.url.partition("://")[2].partition("/")[2]
    return RequestItem(name or draft.method or f"{request.verb} /{path}", draft, seq=number, base_url=base)


def _request(item: RequestItem, catalogue: Catalogue) -> Request:
    """The request as other tools write it, with references where variables and the token stand."""
    draft: Draft = item.draft
    method = catalogue.method(draft.method) if draft.method else None
    address = draft.path or ""
    verb = draft.verb or "GET"
    if method is not None:
        draft = settled(draft, method)
        verb = draft.verb or method.verb
        address = (item.base_url or BASE_URL).rstrip("/") + "/" + (draft.path or method.path).lstrip("/")
    return Request(verb, address, draft.query, draft.headers, draft.body)


def write_http(collection: Collection, catalogue: Catalogue) -> bytes:
    """The requests as a `.http` file, folders flattened; secrets are references."""
    made = Cleaner().collection(collection)
    named = tuple(
        httpfile.NamedRequest(item.name, _request(item, catalogue), item.description) for _above, item in requests(made)
    )
    variables = tuple(one for one in made.defaults.variables if one.enabled)
    text = httpfile.write_file(httpfile.HttpFile(variables, named))
    return text.encode("utf-8", "replace")


# -- curl --------------------------------------------------------------------------------------------------------------


def write_curl(collection: Collection, catalogue: Catalogue) -> bytes:
    """The requests as a shell script; variables and the token are variables of the shell."""
    made = Cleaner().collection(collection)
    lines = ["#!/bin/sh", "# Set the variables first: export baseUrl=https://api.kometsales.com/api token=..."]
    for above, item in requests(made):
        title = " / ".join((*(one.name for one in above), item.name))
        lines += ["", f"# {' '.join(title.split())}", _command(_request(item, catalogue))]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _word(text: str) -> str:
    """A word for the shell: references become its variables, everything else is literal."""
    parts = _REFERENCE.split(text)
    out = []
    for number, part in enumerate(parts):
        if number % 2:
            out.append(f'"${{{part[2:-2]}}}"')
        elif part:
            out.append("'" + part.replace("'", "'\\''") + "'")
    return "".join(out) or "''"


def _command(request: Request) -> str:
    words = ["curl"]
    if request.verb != "GET" or request.body.kind != "none":
        words.append(f"-X {request.verb}")
    words.append(_word(join_url(request.url, request.query)))
    headers = [one for one in request.headers if one.enabled and one.name]
    body = request.body
    kind = body.content_type or {"json": "application/json", "form": "application/x-www-form-urlencoded"}.get(body.kind)
    if body.kind == "raw":
        kind = kind or "text/plain; charset=utf-8"
    if kind and body.kind != "multipart" and not any(one.name.casefold() == "content-type" for one in headers):
        headers.append(Pair("Content-Type", kind))
    words += ["-H " + _word(f"{one.name}: {one.value}" if one.value else f"{one.name};") for one in headers]
    words += [f"--data-raw {_word(one)}" for one in _data(body)]
    if body.kind == "multipart":
        words += [_part(one) for one in body.pairs if one.enabled and one.name]
    return " \\\n  ".join(words)


def _data(body: Body) -> Iterable[str]:
    if body.kind in ("json", "raw"):
        return [body.text] if body.text or body.kind == "raw" else []
    if body.kind == "form":
        rows = [one for one in body.pairs if one.enabled and one.name]
        return ["&".join(f"{encoded(one.name)}={encoded(one.value)}" for one in rows)]
    return []


def _part(row: Pair) -> str:
    kind = f";type={row.content_type}" if row.content_type else ""
    if row.file:
        file = row.file.replace("\\", "\\\\").replace('"', '\\"')
        return "-F " + _word(f'{row.name}=@"{file}"{kind}')
    return ("-F " if kind else "--form-string ") + _word(f"{row.name}={row.value}{kind}")
