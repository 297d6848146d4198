"""Writes collections as Postman's Collection v2.1, which Postman, newman and most other tools read."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

from komet_console.catalogue import Catalogue
from komet_console.exchange import PRODUCTION_URL, Body, Pair, settled
from komet_console.interchange.postman import TOKEN_KEY
from komet_console.interchange.postman_scripts import released, write_tests
from komet_console.workspace.collections.cleaning import Cleaner
from komet_console.workspace.collections.model import (
    Auth,
    Collection,
    Defaults,
    EnvironmentValues,
    Example,
    Folder,
    Item,
    RequestItem,
    Script,
)

__all__ = ["write", "write_environment"]

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_NAMES = uuid.UUID("6f0f2a52-9d0a-4a44-8a57-9d5a2c7c1f70")
_REFERENCE = re.compile(r"(\{\{[^{}]*\}\})")
_PART = re.compile(r"\{\{([\w.-]+)\}\}")
_ESCAPED = re.compile(r"[%&#+=\x00-\x1f\x7f\ud800-\udfff]")


def write(collection: Collection, catalogue: Catalogue) -> bytes:
    """The collection as a JSON file. The same collection gives the same bytes; secrets are never in it."""
    made = Cleaner().collection(collection)
    info: dict[str, Any] = {"_postman_id": str(uuid.uuid5(_NAMES, made.name)), "name": made.name, "schema": SCHEMA}
    if made.description:
        info["description"] = made.description
    data: dict[str, Any] = {"info": info, "item": [_item(one, catalogue) for one in made.items]}
    _put_defaults(data, made.defaults)
    variables = data.setdefault("variable", [])
    if not any(row["key"] == "baseUrl" for row in variables):
        variables.append({"key": "baseUrl", "value": PRODUCTION_URL, "type": "string"})
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def write_environment(environment: EnvironmentValues) -> bytes:
    """An environment as a JSON file; secrets are there by name, with an empty value."""
    made = Cleaner().environment(environment)
    rows = [{"key": row.name, "value": row.value, "type": "default", "enabled": row.enabled} for row in made.variables]
    rows += [{"key": name, "value": "", "type": "secret", "enabled": True} for name in made.secrets]
    data = {
        "id": str(uuid.uuid5(_NAMES, made.name)),
        "name": made.name,
        "values": rows,
        "_postman_variable_scope": "environment",
    }
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _item(item: Item, catalogue: Catalogue) -> dict[str, Any]:
    if isinstance(item, Folder):
        data: dict[str, Any] = {"name": item.name, "item": [_item(one, catalogue) for one in item.items]}
        if item.description:
            data["description"] = item.description
        _put_defaults(data, item.defaults)
        return data
    return _request(item, catalogue)


def _put_defaults(data: dict[str, Any], defaults: Defaults) -> None:
    auth = _auth(defaults.auth)
    if auth is not None:
        data["auth"] = auth
    events = _events(defaults.scripts, "")
    if events:
        data["event"] = events
    variables = [_row(one) for one in defaults.variables]
    if defaults.token:
        variables.append({"key": TOKEN_KEY, "value": defaults.token})
    if variables:
        data["variable"] = variables


def _request(item: RequestItem, catalogue: Catalogue) -> dict[str, Any]:
    method = catalogue.method(item.draft.method) if item.draft.method else None
    draft = settled(item.draft, method) if method is not None else item.draft
    address = draft.path or ""
    if method is not None:
        address = item.base_url.rstrip("/") + "/" + (draft.path or method.path).lstrip("/")
    request: dict[str, Any] = {
        "method": draft.verb or (method.verb if method is not None else "GET"),
        "header": [_row(one) for one in _headers(draft.headers, draft.body)],
    }
    auth = _auth(item.auth)
    if auth is not None:
        request["auth"] = auth
    body = _body(draft.body)
    if body is not None:
        request["body"] = body
    request["url"] = _url(address, draft.query, item)
    if item.description:
        request["description"] = item.description
    data: dict[str, Any] = {"name": item.name}
    events = _events(item.scripts, write_tests(item.checks, item.captures, _tests(item.scripts)))
    if events:
        data["event"] = events
    data["request"] = request
    data["response"] = [_example(one, request) for one in item.examples]
    return data


def _headers(headers: tuple[Pair, ...], body: Body) -> tuple[Pair, ...]:
    given = any(one.name.casefold() == "content-type" for one in headers)
    if given or body.kind == "multipart":
        return headers
    own = body.content_type or ("application/json" if body.kind == "json" else "")
    # Postman writes the type of JSON by itself, newman does so as well: `options` says what the text is.
    return (
        (*headers, Pair("Content-Type", own)) if own and body.kind == "raw" and _language(body) == "text" else headers
    )


def _row(pair: Pair, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"key": pair.name, "value": pair.value, **more}
    if pair.description:
        row["description"] = pair.description
    if not pair.enabled:
        row["disabled"] = True
    return row


def _escaped(text: str) -> str:
    """A text as Postman keeps it in its table of parameters: only what would end the parameter is encoded."""
    parts = _REFERENCE.split(text)
    for number in range(0, len(parts), 2):
        parts[number] = _ESCAPED.sub(
            lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), parts[number]
        )
    return "".join(parts)


def _url(address: str, query: Iterable[Pair], item: RequestItem) -> dict[str, Any]:
    own = {one.name: one for one in item.variables}
    parts = address.split("/")
    used: list[Pair] = []
    for number, part in enumerate(parts):
        match = _PART.fullmatch(part)
        if number and match and match[1] in own:
            parts[number] = f":{match[1]}"
            used.append(own[match[1]])
    rows = [Pair(_escaped(one.name), _escaped(one.value), one.enabled, one.description) for one in query]
    sent = "&".join(f"{one.name}={one.value}" for one in rows if one.enabled)
    path = "/".join(parts)
    url: dict[str, Any] = {"raw": path + (f"?{sent}" if sent else "")}
    scheme, separator, rest = path.partition("://")
    if separator:
        url["protocol"] = scheme
    host, _, steps = (rest if separator else path).partition("/")
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit():
        host = name
        url["port"] = port
    url["host"] = [host] if host.startswith("{{") else host.split(".")
    if steps:
        url["path"] = steps.split("/")
    if rows:
        url["query"] = [_row(one) for one in rows]
    variables = [_row(one) for one in used]
    variables += [_row(one) for one in item.variables if one not in used]
    if item.token:
        variables.append({"key": TOKEN_KEY, "value": item.token})
    if variables:
        url["variable"] = variables
    return url


def _language(body: Body) -> str:
    kind = body.content_type.partition(";")[0].strip()
    return {"application/xml": "xml", "text/html": "html", "application/javascript": "javascript"}.get(kind, "text")


def _body(body: Body) -> dict[str, Any] | None:
    if body.kind == "none":
        return None
    if body.kind in ("json", "raw"):
        language = "json" if body.kind == "json" else _language(body)
        return {"mode": "raw", "raw": body.text, "options": {"raw": {"language": language}}}
    if body.kind == "form":
        return {"mode": "urlencoded", "urlencoded": [_row(one, type="text") for one in body.pairs]}
    rows = []
    for one in body.pairs:
        row = _row(one, type="file" if one.file else "text")
        if one.file:
            del row["value"]
            row["src"] = one.file
        if one.content_type:
            row["contentType"] = one.content_type
        rows.append(row)
    return {"mode": "formdata", "formdata": rows}


def _auth(auth: Auth) -> dict[str, Any] | None:
    if auth.kind == "inherit":
        return None
    if auth.kind == "none":
        return {"type": "noauth"}
    fields = {
        "basic": {"username": auth.username, "password": auth.password},
        "bearer": {"token": auth.token},
        "apikey": {"key": auth.key, "value": auth.value, "in": auth.placement},
    }[auth.kind]
    rows = [{"key": key, "value": value, "type": "string"} for key, value in fields.items()]
    return {"type": auth.kind, auth.kind: rows}


def _tests(scripts: tuple[Script, ...]) -> str:
    """What Postman's own tests still hold besides checks."""
    codes = [released(one) for one in scripts if one.phase == "tests"]
    return "\n".join(code for code in codes if code)


def _events(scripts: tuple[Script, ...], tests: str) -> list[dict[str, Any]]:
    before = [released(one) for one in scripts if one.phase == "before-request"]
    found = [("prerequest", code) for code in before if code]
    tests = tests or _tests(scripts)
    if tests:
        found.append(("test", tests))
    return [{"listen": phase, "script": {"type": "text/javascript", "exec": code.split("\n")}} for phase, code in found]


def _example(example: Example, request: dict[str, Any]) -> dict[str, Any]:
    original = dict(request)
    original.pop("auth", None)
    if example.verb:
        original["method"] = example.verb
    if example.url:
        original["url"] = {"raw": example.url}
    if example.verb or example.url:
        original["header"] = [_row(one) for one in example.request_headers]
        original.pop("body", None)
        if example.request_body:
            original["body"] = {"mode": "raw", "raw": example.request_body}
    return {
        "name": example.name,
        "originalRequest": original,
        "status": example.reason,
        "code": example.status,
        "_postman_previewlanguage": example.body_type,
        "header": [{"key": one.name, "value": one.value} for one in example.headers],
        "cookie": [],
        "body": example.body,
    }
