"""OpenCollection 1.0: plain values of a file <-> the model. Pure; files are read and written by `store`.

The writer gives the smallest value that says what the model says; `yamltext.patch` applies what differs to the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from komet_console.catalogue import Catalogue
from komet_console.exchange import Body, Draft, Pair, settled
from komet_console.texts import said
from komet_console.workspace.collections import portable
from komet_console.workspace.collections.addresses import address_of, join_url, split_url
from komet_console.workspace.collections.model import (
    INHERITED,
    Auth,
    Collection,
    Defaults,
    EnvironmentValues,
    Example,
    Folder,
    RequestItem,
)
from komet_console.workspace.collections.values import Reader, object_of, put, text_of

__all__ = [
    "TOKEN_VARIABLE",
    "collection_data",
    "defaults_of",
    "environment_data",
    "environment_of",
    "folder_data",
    "request_data",
    "request_of",
]

TOKEN_VARIABLE = "komet.token"
"""Variable that names the token of a request, folder or collection."""
_RAW_TYPES = {"xml": "application/xml", "sparql": "application/sparql-query", "text": "text/plain"}


# -- writing -----------------------------------------------------------------------------------------------------------


def request_data(item: RequestItem, catalogue: Catalogue, *, described_in_info: bool = False) -> dict[str, Any]:
    """The plain values of a request's file."""
    method = catalogue.method(item.draft.method) if item.draft.method else None
    draft = settled(item.draft, method) if method is not None else item.draft
    info: dict[str, Any] = {"name": item.name}
    if described_in_info:
        put(info, "description", item.description)
    info |= {"type": "http", "seq": _number(item.seq)}
    put(info, "tags", list(item.tags))
    address = draft.path or ""
    if method is not None:
        address = item.base_url.rstrip("/") + "/" + (draft.path or method.path).lstrip("/")
    url = join_url(address, draft.query)
    http: dict[str, Any] = {"method": draft.verb or (method.verb if method else "GET"), "url": url}
    put(http, "params", [_pair(row, type="query") for row in draft.query])
    put(http, "headers", [_pair(row) for row in _with_type(draft)])
    body = _body(draft.body)
    if body is not None:
        http["body"] = body
    if item.auth.kind != "none":
        http["auth"] = _auth(item.auth) or "inherit"
    runtime: dict[str, Any] = {}
    put(runtime, "variables", _variables(item.variables, item.token))
    put(runtime, "scripts", portable.script_rows(item.scripts))
    put(runtime, "assertions", [portable.assertion_of(one, method) for one in item.checks])
    put(runtime, "actions", [portable.action_of(one) for one in item.captures])
    data: dict[str, Any] = {"info": info, "http": http}
    put(data, "runtime", runtime)
    if "%" in url:
        # What is encoded here must not be encoded a second time.
        data["settings"] = {"encodeUrl": False}
    put(data, "examples", [_example(one) for one in item.examples])
    if not described_in_info:
        put(data, "docs", item.description)
    return data


def folder_data(folder: Folder, *, described_in_info: bool = False) -> dict[str, Any]:
    """The plain values of a `folder.yml`."""
    info: dict[str, Any] = {"name": folder.name}
    if described_in_info:
        put(info, "description", folder.description)
    info |= {"type": "folder", "seq": _number(folder.seq)}
    put(info, "tags", list(folder.tags))
    data: dict[str, Any] = {"info": info}
    put(data, "request", _defaults(folder.defaults))
    if not described_in_info:
        put(data, "docs", folder.description)
    return data


def collection_data(collection: Collection) -> dict[str, Any]:
    """The plain values of an `opencollection.yml`."""
    data: dict[str, Any] = {"opencollection": "1.0.0", "info": {"name": collection.name}}
    put(data, "request", _defaults(collection.defaults))
    put(data, "docs", collection.description)
    data["bundled"] = False
    return data


def environment_data(environment: EnvironmentValues) -> dict[str, Any]:
    """The plain values of a file in `environments`."""
    data: dict[str, Any] = {"name": environment.name}
    rows: list[dict[str, Any]] = [_pair(row) for row in environment.variables]
    rows += [{"secret": True, "name": name} for name in environment.secrets]
    put(data, "variables", rows)
    return data


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _pair(pair: Pair, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"name": pair.name, "value": pair.value, **more}
    put(row, "description", pair.description)
    if not pair.enabled:
        row["disabled"] = True
    return row


def _variables(rows: Iterable[Pair], token: str) -> list[dict[str, Any]]:
    made = [_pair(row) for row in rows]
    return [{"name": TOKEN_VARIABLE, "value": token}, *made] if token else made


def _defaults(defaults: Defaults) -> dict[str, Any]:
    data: dict[str, Any] = {}
    put(data, "headers", [_pair(row) for row in defaults.headers])
    auth = _auth(defaults.auth)
    if auth is not None:
        data["auth"] = auth
    put(data, "variables", _variables(defaults.variables, defaults.token))
    put(data, "scripts", portable.script_rows(defaults.scripts))
    return data


def _with_type(draft: Draft) -> tuple[Pair, ...]:
    """The headers, with the body's own content type where the kind alone does not say it."""
    body = draft.body
    given = any(row.name.casefold() == "content-type" for row in draft.headers)
    usual = {"raw": ("text/plain", *_RAW_TYPES.values())}.get(body.kind, ())
    if not body.content_type or given or body.kind in ("none", "multipart") or body.content_type in usual:
        return draft.headers
    return (*draft.headers, Pair("Content-Type", body.content_type))


def _body(body: Body) -> dict[str, Any] | None:
    if body.kind == "none":
        return None
    if body.kind == "json":
        return {"type": "json", "data": body.text}
    if body.kind == "raw":
        kinds = {value: key for key, value in _RAW_TYPES.items()}
        return {"type": kinds.get(body.content_type, "text"), "data": body.text}
    if body.kind == "form":
        return {"type": "form-urlencoded", "data": [_pair(row) for row in body.pairs]}
    rows = []
    for row in body.pairs:
        made: dict[str, Any] = {"name": row.name, "type": "file" if row.file else "text"}
        made["value"] = [row.file] if row.file else row.value
        put(made, "contentType", row.content_type)
        put(made, "description", row.description)
        if not row.enabled:
            made["disabled"] = True
        rows.append(made)
    return {"type": "multipart-form", "data": rows}


def _auth(auth: Auth) -> dict[str, Any] | None:
    """None: inherited. Of a folder, "no authentication" can only be said as a key without a name."""
    if auth.kind == "inherit":
        return None
    if auth.kind == "basic":
        return {"type": "basic", "username": auth.username, "password": auth.password}
    if auth.kind == "bearer":
        return {"type": "bearer", "token": auth.token}
    return {"type": "apikey", "key": auth.key, "value": auth.value, "placement": auth.placement}


def _example(example: Example) -> dict[str, Any]:
    data: dict[str, Any] = {"name": example.name}
    put(data, "description", example.description)
    request: dict[str, Any] = {}
    put(request, "url", example.url)
    put(request, "method", example.verb)
    put(request, "headers", [_pair(row) for row in example.request_headers])
    if example.request_body:
        request["body"] = {"type": "json", "data": example.request_body}
    put(data, "request", request)
    response: dict[str, Any] = {"status": example.status}
    put(response, "statusText", example.reason)
    put(response, "headers", [{"name": row.name, "value": row.value} for row in example.headers])
    response["body"] = {"type": example.body_type, "data": example.body}
    return data | {"response": response}


# -- reading -----------------------------------------------------------------------------------------------------------


def request_of(reader: Reader, catalogue: Catalogue) -> RequestItem | None:
    """The request of a file's values; None, with a problem in the reader, where it is no HTTP request."""
    info = reader.object("info")
    http = reader.object("http")
    kind = text_of(info.get("type")) or "http"
    if kind != "http" or not http:
        reader.problem(
            said(
                "A request of the kind {kind} is kept as it is; only HTTP requests can be opened."
                if reader.stays
                else "A request of the kind {kind} was left out; only HTTP requests and GraphQL over HTTP can be imported.",
                kind=kind,
            ),
            "info",
            "type",
        )
        return None
    name = text_of(info.get("name")) or reader.stem
    runtime = reader.object("runtime")
    url = text_of(http.get("url")).strip()
    verb = (text_of(http.get("method")) or "GET").strip().upper()
    params = reader.rows(http, "http", "params")
    variables = reader.pairs(runtime, "runtime", "variables")
    token = next((row.value for row in variables if row.name == TOKEN_VARIABLE), "")
    address, query = split_url(url)
    address, extra = _path_parameters(address, params)
    rows = _query(query, [reader.pair(row) for row in params if text_of(row.get("type")) != "path"])
    headers = reader.pairs(http, "http", "headers")
    draft, base = _draft(catalogue, verb, address)
    body = _read_body(reader, http)
    checks = _mapped(reader, runtime, "assertions", portable.check_of, "assertion")
    captures = _mapped(reader, runtime, "actions", portable.capture_of, "action")
    return RequestItem(
        name,
        replace(draft, query=rows, headers=headers, body=body),
        description=reader.description(),
        tags=reader.tags(),
        seq=reader.seq(),
        base_url=base,
        token=token,
        variables=(*extra, *(row for row in variables if row.name != TOKEN_VARIABLE)),
        auth=_read_auth(reader, http["auth"], "http") if http.get("auth") else Auth("none"),
        checks=tuple(checks),
        captures=tuple(captures),
        examples=tuple(_read_example(reader, row) for row in reader.rows(reader.root, "examples")),
        scripts=portable.scripts_of(runtime.get("scripts")),
    )


def _draft(catalogue: Catalogue, verb: str, address: str) -> tuple[Draft, str]:
    found = address_of(catalogue, verb, address)
    if found.summary is None:
        return Draft("", verb=verb, path=address), ""
    method = catalogue.method(found.summary.name)
    same = found.path.rstrip("/") == method.path
    draft = Draft(method.name, verb=None if verb == method.verb else verb, path=None if same else found.path)
    return draft, found.base_url


def _path_parameters(address: str, params: list[dict[str, Any]]) -> tuple[str, tuple[Pair, ...]]:
    """`/:id` with a path parameter becomes `/{{id}}` with a variable of the request."""
    given = {
        text_of(row.get("name")): text_of(row.get("value")) for row in params if text_of(row.get("type")) == "path"
    }
    parts = address.split("/")
    used = []
    for number, part in enumerate(parts):
        if part.startswith(":") and part[1:] in given:
            parts[number] = "{{" + part[1:] + "}}"
            used.append(Pair(part[1:], given[part[1:]]))
    return "/".join(parts), tuple(used)


def _query(sent: tuple[Pair, ...], listed: list[Pair]) -> tuple[Pair, ...]:
    """The rows of the table where they agree with the URL, which is what is sent; else the URL's, and the others switched off.

    Bruno's own import of OpenAPI lists parameters that it leaves out of the URL, and does not send them.
    """
    on = [(row.name, row.value) for row in listed if row.enabled]
    if on == [(row.name, row.value) for row in sent]:
        return tuple(listed)
    names = {row.name for row in sent}
    rest = (replace(row, enabled=False) for row in listed if not row.enabled or row.name not in names)
    return (*sent, *rest)


def _read_body(reader: Reader, http: dict[str, Any]) -> Body:
    data = http.get("body")
    if isinstance(data, list):
        chosen = [row for row in data if isinstance(row, dict) and text_of(row.get("selected")).casefold() == "true"]
        rows = chosen or [row for row in data if isinstance(row, dict)]
        data = rows[0].get("body") if rows else None
    if not isinstance(data, dict):
        return Body()
    kind = text_of(data.get("type"))
    if kind == "json":
        return Body("json", text_of(data.get("data")))
    if kind in _RAW_TYPES:
        usual = "" if kind == "text" else _RAW_TYPES[kind]
        return Body("raw", text_of(data.get("data")), content_type=usual)
    if kind == "form-urlencoded":
        return Body("form", pairs=reader.pairs(data, "http", "body", "data"))
    if kind == "multipart-form":
        rows = reader.rows(data, "http", "body", "data")
        return Body("multipart", pairs=tuple(one for row in rows for one in _parts(reader.pair(row), row)))
    if kind:
        reader.problem(_no_body(data, kind, reader), "http", "body")
    return Body()


def _no_body(data: dict[str, Any], kind: str, reader: Reader) -> str:
    if reader.stays:
        return said("A body of the kind {kind} is kept in the file and not sent from here.", kind=kind)
    if kind != "file":
        return said("A body of the kind {kind} was left out; it cannot be sent from here.", kind=kind)
    rows = reader.rows(data, "http", "body", "data")
    chosen = [row for row in rows if text_of(row.get("selected")).casefold() == "true"] or rows
    return said(
        "The body is the file {source}; bodies from files cannot be sent from here, so it was left out.",
        source=text_of(chosen[0].get("filePath")) if chosen else said("(none chosen)"),
    )


def _parts(pair: Pair, row: dict[str, Any]) -> list[Pair]:
    """A row of a form of parts; one that names several files is several parts."""
    value = row.get("value")
    found = [text_of(one) for one in value] if isinstance(value, list) else [text_of(value)]
    kind = text_of(row.get("contentType"))
    if text_of(row.get("type")) != "file":
        return [replace(pair, value=found[0] if found else "", content_type=kind)]
    return [replace(pair, value="", file=one, content_type=kind) for one in found or [""]]


def _read_auth(reader: Reader, data: Any, *place: str) -> Auth:
    if not isinstance(data, dict):
        return INHERITED
    kind = text_of(data.get("type"))
    if kind == "basic":
        return Auth("basic", username=text_of(data.get("username")), password=text_of(data.get("password")))
    if kind == "bearer":
        return Auth("bearer", token=text_of(data.get("token")))
    if kind == "apikey":
        query = text_of(data.get("placement")) == "query"
        key, value = text_of(data.get("key")), text_of(data.get("value"))
        return Auth("apikey" if key else "none", key=key, value=value, placement="query" if query else "header")
    reader.problem(
        said(
            "Authentication of the kind {kind} is kept in the file and not used from here."
            if reader.stays
            else "Authentication of the kind {kind} was left out; it cannot be used from here.",
            kind=kind,
        ),
        *place,
        "auth",
    )
    # That of a folder above was not meant for it.
    return Auth("none")


def _mapped(reader: Reader, runtime: dict[str, Any], key: str, make: Any, what: str) -> list[Any]:
    found = []
    for number, row in enumerate(reader.rows(runtime, "runtime", key)):
        one = make(row)
        if one is None:
            reader.problem(
                said(
                    "An {what} is kept as it is; it cannot be run from here."
                    if reader.stays
                    else "An {what} was left out; it cannot be run from here.",
                    what=said(what),
                ),
                "runtime",
                key,
                number,
            )
        else:
            found.append(one)
    return found


def _read_example(reader: Reader, row: dict[str, Any]) -> Example:
    request, response = object_of(row.get("request")), object_of(row.get("response"))
    body, asked = object_of(response.get("body")), object_of(request.get("body"))
    status = text_of(response.get("status"))
    return Example(
        text_of(row.get("name")),
        int(status) if status.isdigit() and len(status) < 5 else 0,
        text_of(response.get("statusText")),
        reader.pairs(response, "examples", "headers"),
        text_of(body.get("data")),
        text_of(body.get("type")) or "text",
        text_of(row.get("description")),
        text_of(request.get("method")),
        text_of(request.get("url")),
        reader.pairs(request, "examples", "headers"),
        text_of(asked.get("data")),
    )


def defaults_of(reader: Reader) -> Defaults:
    """The defaults that a `folder.yml` or `opencollection.yml` hands down."""
    request = reader.object("request")
    variables = reader.pairs(request, "request", "variables")
    return Defaults(
        reader.pairs(request, "request", "headers"),
        tuple(row for row in variables if row.name != TOKEN_VARIABLE),
        _read_auth(reader, request.get("auth"), "request") if "auth" in request else INHERITED,
        next((row.value for row in variables if row.name == TOKEN_VARIABLE), ""),
        portable.scripts_of(request.get("scripts")),
    )


def environment_of(reader: Reader) -> EnvironmentValues:
    """The environment of a file in `environments`."""
    rows = reader.rows(reader.root, "variables")
    secret = [row for row in rows if text_of(row.get("secret")).casefold() == "true"]
    return EnvironmentValues(
        text_of(reader.root.get("name")) or reader.stem,
        tuple(reader.pair(row) for row in rows if row not in secret),
        tuple(text_of(row.get("name")) for row in secret),
    )
