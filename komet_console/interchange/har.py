"""HAR 1.2, as browsers and proxies record it: in, and out without secrets."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from komet_console import __version__
from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import PRODUCTION_URL, Body, Pair, settled
from komet_console.interchange.imports import (
    MAX_DEPTH,
    Imported,
    Notes,
    drafted,
    finished,
    list_of,
    object_of,
    read_json,
    text_of,
)
from komet_console.interchange.model import Request, body_of_text, parts_of_text, same_type, split_url
from komet_console.texts import said
from komet_console.workspace.collections.addresses import join_url
from komet_console.workspace.collections.cleaning import Cleaner
from komet_console.workspace.collections.model import BASE_URL, Collection, Example, Folder, Item, RequestItem, requests

__all__ = ["is_har", "read", "read_value", "write"]

_TABLE = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "transfer-encoding", "user-agent", "accept-language"}
    | {
        "origin",
        "referer",
        "dnt",
        "te",
        "priority",
        "pragma",
        "cache-control",
        "upgrade-insecure-requests",
        "keep-alive",
        "proxy-connection",
    }
)
_BROWSERS = ("sec-fetch-", "sec-ch-", "sec-gpc")
"""How headers begin that a browser writes about itself."""
_SITE = ("image", "font", "stylesheet", "script", "media", "document", "manifest")
_TYPES = ("image/", "font/", "video/", "audio/", "text/css", "text/javascript", "application/javascript", "text/html")
_DATA = ("application/json", "application/xml", "text/xml", "text/csv", "text/plain")
_LARGEST = 256 * 1024
_EXTRA = "_komet"
"""Own key (the format allows keys with an underscore): name, folders and description."""


def is_har(value: Any) -> bool:
    """Whether a JSON value looks like a HAR."""
    return isinstance(object_of(object_of(value).get("log")).get("entries"), list)


def read(data: bytes, catalogue: Catalogue) -> Imported:
    """Every call in a HAR; answers become examples. Raises `UserError` where it is none."""
    return read_value(read_json(data, "HAR file"), catalogue)


def read_value(value: Any, catalogue: Catalogue) -> Imported:
    """As `read`, of a JSON value."""
    if not is_har(value):
        raise UserError("This is no HAR: it has no log with entries.", "Export it again with all content.")
    notes = Notes()
    root = _Tree()
    site = 0
    for number, entry in enumerate(value["log"]["entries"], start=1):
        if not notes.room():
            break
        place = f"entry {number}"
        if not isinstance(entry, dict) or not isinstance(entry.get("request"), dict):
            notes.add("This entry has no request and was left out.", place)
            continue
        if _of_the_site(entry):
            site += 1
            continue
        item = _item(entry, catalogue, notes, place)
        if item is not None:
            folders = [text_of(one) for one in list_of(object_of(entry.get(_EXTRA)).get("folders"))]
            root.add(folders[:MAX_DEPTH], item)
    if site:
        notes.add(said("{count} entries load pages, pictures and scripts of a site; they were left out.", count=site))
    title = text_of(object_of(value["log"].get(_EXTRA)).get("name"))
    return finished("HAR 1.2", Collection(title or "Recorded calls", root.items()), (), notes)


class _Tree:
    """Folders by their names, in the order they first appear."""

    def __init__(self) -> None:
        self.rows: list[RequestItem | tuple[str, _Tree]] = []

    def add(self, folders: list[str], item: RequestItem) -> None:
        at = self
        for name in folders:
            found = next((row[1] for row in at.rows if isinstance(row, tuple) and row[0] == name), None)
            if found is None:
                found = _Tree()
                at.rows.append((name, found))
            at = found
        at.rows.append(item)

    def items(self) -> tuple[Item, ...]:
        made: list[Item] = []
        for number, row in enumerate(self.rows, start=1):
            if isinstance(row, RequestItem):
                made.append(replace(row, seq=number))
            else:
                made.append(Folder(row[0], row[1].items(), seq=number))
        return tuple(made)


def _of_the_site(entry: dict[str, Any]) -> bool:
    kind = text_of(entry.get("_resourceType"))
    if kind in ("xhr", "fetch"):
        return False
    content = object_of(object_of(entry.get("response")).get("content"))
    if kind == "document" and text_of(content.get("mimeType")).startswith(_DATA):
        # A call that somebody typed into the browser's address bar.
        return False
    return kind in _SITE or (not kind and _EXTRA not in entry and text_of(content.get("mimeType")).startswith(_TYPES))


def _rows(value: Any) -> tuple[Pair, ...]:
    rows = [row for row in list_of(value) if isinstance(row, dict)]
    return tuple(Pair(text_of(row.get("name")), text_of(row.get("value"))) for row in rows)


def _item(entry: dict[str, Any], catalogue: Catalogue, notes: Notes, place: str) -> RequestItem | None:
    request = entry["request"]
    url = text_of(request.get("url"))
    if urlsplit(url[:20]).scheme not in ("http", "https", ""):
        notes.add(said("The address {url} is no HTTP address; the entry was left out.", url=url[:40]), place)
        return None
    address, query = split_url(url)
    headers = tuple(
        row
        for row in _rows(request.get("headers"))
        if row.name[:1] != ":" and row.name.casefold() not in _TABLE and not row.name.casefold().startswith(_BROWSERS)
    )
    body, headers = _read_body(request, headers, notes, place)
    verb = text_of(request.get("method")) or "GET"
    draft, base = drafted(Request(verb, address, query, headers, body), catalogue)
    extra = object_of(entry.get(_EXTRA))
    name = text_of(extra.get("name")) or draft.method or f"{verb} {unquote(urlsplit(address).path) or '/'}"
    example = _read_example(object_of(entry.get("response")), verb, url)
    examples = (example,) if example is not None else ()
    return RequestItem(name, draft, text_of(extra.get("description")), base_url=base, examples=examples)


def _read_body(
    request: dict[str, Any], headers: tuple[Pair, ...], notes: Notes, place: str
) -> tuple[Body, tuple[Pair, ...]]:
    data = object_of(request.get("postData"))
    given = next((row.value for row in headers if row.name.casefold() == "content-type"), "")
    kind = text_of(data.get("mimeType")) or given
    rows = [row for row in list_of(data.get("params")) if isinstance(row, dict)]
    size = request.get("bodySize")
    size = size if isinstance(size, int) else -1
    text = _text(text_of(data.get("text")), size)
    rest = tuple(row for row in headers if row.name.casefold() != "content-type")
    if not rows and not text and (size > 0 or same_type(kind, "multipart/form-data")):
        notes.add("The body was sent but not recorded; only its type is known.", place)
    if same_type(kind, "multipart/form-data"):
        found = _parts(rows) if rows else parts_of_text(text, kind)
        return Body("multipart", pairs=tuple(replace(row, value="") if row.file else row for row in found)), rest
    if same_type(kind, "application/x-www-form-urlencoded") and rows and not text:
        return Body("form", pairs=_rows(rows)), rest
    if not text:
        return Body(), headers
    body = body_of_text(text, kind)
    if body.kind == "raw" and 0 < size != len(text.encode("utf-8", "replace")):
        notes.add(said("The body had {size} bytes and was recorded as text; it may not be the same.", size=size), place)
    return body, rest


def _text(text: str, size: int) -> str:
    """A recorded body. Some proxies write each byte as a character; the size tells, and the text is read as UTF-8 again."""
    if size > 0 and len(text) == size and not text.isascii():
        with contextlib.suppress(UnicodeError):
            return text.encode("latin-1").decode("utf-8")
    return text


def _parts(rows: list[dict[str, Any]]) -> tuple[Pair, ...]:
    parts = []
    for row in rows:
        name, file = text_of(row.get("name")), text_of(row.get("fileName"))
        value = "" if file else text_of(row.get("value"))
        parts.append(Pair(name, value, file=file, content_type=text_of(row.get("contentType"))))
    return tuple(parts)


def _read_example(response: dict[str, Any], verb: str, url: str) -> Example | None:
    status = response.get("status")
    if not isinstance(status, int) or not 100 <= status < 600:
        return None
    content = object_of(response.get("content"))
    text = text_of(content.get("text"))
    if text_of(content.get("encoding")) == "base64":
        try:
            text = base64.b64decode(text[: _LARGEST * 2], validate=False).decode("utf-8")
        except (binascii.Error, ValueError):
            return None
    if len(text) > _LARGEST:
        return None
    kind = text_of(content.get("mimeType"))
    shape = "json" if "json" in kind else "xml" if "xml" in kind else "html" if "html" in kind else "text"
    reason = text_of(response.get("statusText"))
    return Example(
        f"{status} {reason}".strip(), status, reason, _rows(response.get("headers")), text, shape, "", verb, url
    )


# -- writing -----------------------------------------------------------------------------------------------------------


def write(collection: Collection, catalogue: Catalogue) -> bytes:
    """The requests as a HAR, with their first saved answers; secrets are references or masked."""
    made = Cleaner().collection(collection)
    entries = [_entry([one.name for one in above], item, catalogue) for above, item in requests(made)]
    log = {
        "version": "1.2",
        "creator": {"name": "Komet Console", "version": __version__},
        _EXTRA: {"name": made.name},
        "entries": entries,
    }
    return (json.dumps({"log": log}, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _named(rows: Iterable[Pair]) -> list[dict[str, str]]:
    return [{"name": row.name, "value": row.value} for row in rows if row.enabled and row.name]


def _entry(folders: list[str], item: RequestItem, catalogue: Catalogue) -> dict[str, Any]:
    method = catalogue.method(item.draft.method) if item.draft.method else None
    draft = settled(item.draft, method) if method is not None else item.draft
    address = draft.path or ""
    if method is not None:
        # The format wants whole addresses.
        base = PRODUCTION_URL if item.base_url in ("", BASE_URL) else item.base_url
        address = base.rstrip("/") + "/" + (draft.path or method.path).lstrip("/")
    headers = _named(draft.headers)
    request: dict[str, Any] = {
        "method": draft.verb or (method.verb if method is not None else "GET"),
        "url": join_url(address, draft.query),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "queryString": _named(draft.query),
        "headersSize": -1,
        "bodySize": -1,
    }
    data = _post_data(draft.body)
    if data is not None:
        if not any(row["name"].casefold() == "content-type" for row in headers):
            headers.append({"name": "Content-Type", "value": data["mimeType"]})
        request["postData"] = data
    example = next(iter(item.examples), None)
    return {
        "startedDateTime": "1970-01-01T00:00:00.000Z",
        "time": 0,
        "request": request,
        "response": _response(example),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        _EXTRA: {"name": item.name, "folders": folders, "description": item.description},
    }


def _post_data(body: Body) -> dict[str, Any] | None:
    if body.kind == "none":
        return None
    if body.kind == "form":
        text = join_url("", body.pairs).removeprefix("?")
        kind = body.content_type or "application/x-www-form-urlencoded"
        return {"mimeType": kind, "params": _named(body.pairs), "text": text}
    if body.kind == "multipart":
        params = []
        for row in body.pairs:
            if not row.enabled or not row.name:
                continue
            part = {"name": row.name} | ({"fileName": row.file} if row.file else {"value": row.value})
            params.append(part | ({"contentType": row.content_type} if row.content_type else {}))
        return {"mimeType": "multipart/form-data", "params": params, "text": ""}
    kind = body.content_type or ("application/json" if body.kind == "json" else "text/plain")
    return {"mimeType": kind, "text": body.text}


def _response(example: Example | None) -> dict[str, Any]:
    body = example.body if example is not None and example.body_type != "binary" else ""
    kinds = {"json": "application/json", "xml": "application/xml", "html": "text/html"}
    return {
        "status": example.status if example is not None else 0,
        "statusText": example.reason if example is not None else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _named(example.headers) if example is not None else [],
        "content": {
            "size": len(body.encode("utf-8", "replace")),
            "mimeType": kinds.get(example.body_type, "text/plain") if example is not None else "x-unknown",
            "text": body,
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }
