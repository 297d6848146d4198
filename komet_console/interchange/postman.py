"""Reads Postman: collections 2.1 and 2.0, environments and globals, as the program exports them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Body, Pair
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
from komet_console.interchange.model import Request, body_of_text, graphql_text
from komet_console.interchange.postman_scripts import kept, read_tests
from komet_console.texts import said
from komet_console.workspace.collections.addresses import join_url, parse_query
from komet_console.workspace.collections.model import (
    INHERITED,
    Auth,
    Capture,
    Check,
    Collection,
    Defaults,
    EnvironmentValues,
    Example,
    Folder,
    Item,
    RequestItem,
    Script,
)

__all__ = ["TOKEN_KEY", "is_collection", "is_environment", "read", "read_environment", "read_value"]

TOKEN_KEY = "komet.token"
"""Variable that names the token, as in OpenCollection files."""
_SCHEMA = re.compile(r"collection/v?(\d+\.\d+)")
_REFERENCE = re.compile(r"(\{\{[^{}]*\}\})")


def is_collection(value: Any) -> bool:
    """Whether a JSON value looks like a collection of Postman, of any version."""
    value = object_of(object_of(value).get("collection")) or object_of(value)
    return ("info" in value and "item" in value) or ("requests" in value and "order" in value)


def is_environment(value: Any) -> bool:
    """Whether a JSON value looks like an environment of Postman."""
    value = object_of(value)
    return isinstance(value.get("values"), list) and ("name" in value or "_postman_variable_scope" in value)


def read(data: bytes, catalogue: Catalogue) -> Imported:
    """Everything in an exported collection or environment.

    Raises:
        UserError: it is neither, or cannot be read at all.
    """
    return read_value(read_json(data, "Postman file"), catalogue)


def read_value(value: Any, catalogue: Catalogue) -> Imported:
    """As `read`, of a JSON value."""
    if is_environment(value) and not is_collection(value):
        environment, secrets = read_environment(value)
        return finished("Postman environment", Collection(environment.name), [_with_secrets(environment, secrets)])
    root = object_of(object_of(value).get("collection")) or object_of(value)
    if "requests" in root and "item" not in root:
        raise UserError(
            "This is a collection of Postman's old format 1.", "Open it in Postman and export it as Collection v2.1."
        )
    if not is_collection(value):
        raise UserError("This is no collection and no environment of Postman.", "Export as Collection v2.1.")
    return _Reader(catalogue).collection(root)


def read_environment(value: Any) -> tuple[EnvironmentValues, tuple[Pair, ...]]:
    """An environment, and apart from it the values that Postman keeps as secrets."""
    rows = [row for row in list_of(object_of(value).get("values")) if isinstance(row, dict)]
    plain: list[Pair] = []
    secret: list[Pair] = []
    for row in rows:
        on = row.get("enabled") is not False
        pair = Pair(text_of(row.get("key")), text_of(row.get("value")), on, text_of(row.get("description")))
        (secret if row.get("type") == "secret" else plain).append(pair)
    scope = text_of(object_of(value).get("_postman_variable_scope"))
    name = text_of(object_of(value).get("name")) or ("Globals" if scope == "globals" else "Postman")
    return EnvironmentValues(name, tuple(plain), tuple(one.name for one in secret)), tuple(secret)


def _with_secrets(environment: EnvironmentValues, secrets: tuple[Pair, ...]) -> EnvironmentValues:
    """With the secret values, for the cleaner to take them out and to find them elsewhere."""
    return replace(environment, variables=(*environment.variables, *(one for one in secrets if one.value)))


class _Reader:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.notes = Notes()

    def collection(self, root: dict[str, Any]) -> Imported:
        info = object_of(root.get("info"))
        name = text_of(info.get("name")) or "Postman collection"
        version = _SCHEMA.search(text_of(info.get("schema")))
        kind = f"Postman collection {version[1]}" if version else "Postman collection"
        defaults = self._defaults(root, name)
        items = self._items(root.get("item"), "", 1)
        return finished(kind, Collection(name, items, text_of(info.get("description")), defaults), (), self.notes)

    def _items(self, value: Any, place: str, depth: int) -> tuple[Item, ...]:
        found: list[Item] = []
        for number, one in enumerate(list_of(value), start=1):
            if not self.notes.room():
                break
            if not isinstance(one, dict):
                self.notes.add("An entry is no object and was left out.", place)
                continue
            name = text_of(one.get("name"))
            here = f"{place}/{name}" if place else name
            try:
                if "item" in one:
                    if depth >= MAX_DEPTH:
                        self.notes.add("Folders are nested too deeply; this one was left out.", here)
                        continue
                    items = self._items(one["item"], here, depth + 1)
                    defaults = self._defaults(one, here)
                    found.append(
                        Folder(name or "Folder", items, text_of(one.get("description")), seq=number, defaults=defaults)
                    )
                else:
                    found.append(replace(self._request(one, here), seq=number))
            except (ValueError, TypeError, AttributeError, KeyError) as error:
                self.notes.add(
                    said("This item cannot be read and was left out ({name}).", name=type(error).__name__), here
                )
        return tuple(found)

    def _defaults(self, value: dict[str, Any], place: str) -> Defaults:
        variables = self._rows(value.get("variable"))
        checks, captures, scripts = self._events(value.get("event"), place)
        if checks or captures:
            # A folder's checks run for every request in it; here checks belong to requests.
            self.notes.add("Tests of a whole folder or collection are not run here; they are kept as text.", place)
            scripts = self._kept_events(value.get("event"))
        token = next((one.value for one in variables if one.name == TOKEN_KEY), "")
        return Defaults(
            variables=tuple(one for one in variables if one.name != TOKEN_KEY),
            auth=self._auth(value.get("auth"), place),
            token=token,
            scripts=scripts,
        )

    def _rows(self, value: Any) -> tuple[Pair, ...]:
        """Rows of key and value; a text of headers is cut into lines."""
        if isinstance(value, str):
            pairs = (line.partition(":") for line in value.splitlines() if ":" in line)
            return tuple(Pair(name.strip(), rest.strip()) for name, _, rest in pairs)
        rows = []
        for row in list_of(value):
            if isinstance(row, dict):
                name = text_of(row.get("key")) or text_of(row.get("id"))
                on = row.get("disabled") is not True and row.get("enabled") is not False
                rows.append(Pair(name, text_of(row.get("value")), on, text_of(row.get("description"))))
        return tuple(rows)

    # -- one request

    def _request(self, item: dict[str, Any], place: str) -> RequestItem:
        value = item.get("request")
        request = {"url": value, "method": "GET"} if isinstance(value, str) else object_of(value)
        if not request:
            self.notes.add("The item has no request; an empty one was made.", place)
        url, query, variables = self._url(request.get("url"))
        headers = self._rows(request.get("header"))
        body = self._body(object_of(request.get("body")), headers, place)
        verb = text_of(request.get("method")) or "GET"
        draft, base = drafted(Request(verb, url, query, headers, body), self.catalogue)
        checks, captures, scripts = self._events(item.get("event"), place)
        token = next((one.value for one in variables if one.name == TOKEN_KEY), "")
        return RequestItem(
            text_of(item.get("name")) or url or "Request",
            draft,
            text_of(request.get("description")) or text_of(item.get("description")),
            base_url=base,
            token=token,
            variables=tuple(one for one in variables if one.name != TOKEN_KEY),
            auth=self._auth(request.get("auth"), place),
            checks=checks,
            captures=captures,
            examples=tuple(self._example(one) for one in list_of(item.get("response")) if isinstance(one, dict)),
            scripts=scripts,
        )

    def _url(self, value: Any) -> tuple[str, tuple[Pair, ...], tuple[Pair, ...]]:
        """Address without query, rows of the query, variables of the path."""
        parts = {"raw": value} if isinstance(value, str) else object_of(value)
        raw = text_of(parts.get("raw")) or _assembled(parts)
        address, _, text = raw.partition("#")[0].partition("?")
        query = parse_query(text)
        if isinstance(parts.get("query"), list):
            rows = self._rows(parts["query"])
            query = tuple(replace(row, name=_decoded(row.name), value=_decoded(row.value)) for row in rows)
        variables = self._rows(parts.get("variable"))
        known = {one.name for one in variables}
        pieces = ["{{" + one[1:] + "}}" if one[:1] == ":" and one[1:] in known else one for one in address.split("/")]
        return "/".join(pieces), query, variables

    def _body(self, body: dict[str, Any], headers: tuple[Pair, ...], place: str) -> Body:
        mode = text_of(body.get("mode"))
        if body.get("disabled") is True:
            self.notes.add("The body is switched off and was left out.", place)
            return Body()
        if mode == "urlencoded":
            return Body("form", pairs=self._rows(body.get("urlencoded")))
        if mode == "formdata":
            return Body("multipart", pairs=tuple(self._parts(body.get("formdata"), place)))
        if mode == "graphql":
            graphql = object_of(body.get("graphql"))
            return Body("json", graphql_text(text_of(graphql.get("query")), graphql.get("variables")))
        if mode == "file":
            source = text_of(object_of(body.get("file")).get("src"))
            self.notes.add(
                said(
                    "The body is the file {source}; bodies from files are not sent here.",
                    source=source or said("(none chosen)"),
                ),
                place,
            )
            return Body()
        text = text_of(body.get("raw"))
        if not text:
            return Body()
        language = text_of(object_of(object_of(body.get("options")).get("raw")).get("language"))
        given = next((one.value for one in headers if one.enabled and one.name.casefold() == "content-type"), "")
        if language == "json" or (not language and "json" in given.casefold()):
            return Body("json", text)
        if language in ("xml", "html", "javascript", "text"):
            usual = {"xml": "application/xml", "html": "text/html", "javascript": "application/javascript"}
            return Body("raw", text, content_type=usual.get(language, "") if not given else "")
        found = body_of_text(text, given)
        return replace(found, content_type="") if given else found

    def _parts(self, value: Any, place: str) -> list[Pair]:
        parts: list[Pair] = []
        rows = [row for row in list_of(value) if isinstance(row, dict)]
        for pair, row in zip(self._rows(rows), rows, strict=True):
            kind = text_of(row.get("contentType"))
            if row.get("type") != "file":
                parts.append(replace(pair, content_type=kind))
                continue
            source = row.get("src")
            files = [text_of(one) for one in source] if isinstance(source, list) else [text_of(source)]
            if not any(files):
                self.notes.add(said("No file is chosen for the form field {name}.", name=pair.name), place)
            parts += [replace(pair, value="", file=one, content_type=kind) for one in files]
        return parts

    def _auth(self, value: Any, place: str) -> Auth:
        given = object_of(value)
        kind = text_of(given.get("type"))
        if not given:
            return INHERITED
        if kind == "noauth":
            return Auth("none")
        parameters = given.get(kind)
        if isinstance(parameters, list):
            parameters = {text_of(row.get("key")): row.get("value") for row in parameters if isinstance(row, dict)}
        fields = {key: text_of(one) for key, one in object_of(parameters).items()}
        if kind == "bearer":
            return Auth("bearer", token=fields.get("token", ""))
        if kind == "basic":
            return Auth("basic", username=fields.get("username", ""), password=fields.get("password", ""))
        if kind == "apikey":
            query = fields.get("in") == "query"
            key, content = fields.get("key", ""), fields.get("value", "")
            return Auth("apikey", key=key, value=content, placement="query" if query else "header")
        self.notes.add(
            said("Authentication of the kind {kind} cannot be carried over.", kind=kind or said("(none)")), place
        )
        # That of a folder above was not meant.
        return Auth("none")

    # -- scripts and examples

    def _events(self, value: Any, place: str) -> tuple[tuple[Check, ...], tuple[Capture, ...], tuple[Script, ...]]:
        checks: list[Check] = []
        captures: list[Capture] = []
        scripts: list[Script] = []
        for phase, code in _codes(value):
            if phase == "test":
                tests = read_tests(code)
                checks += tests.checks
                captures += tests.captures
                code = tests.rest
            if code.strip():
                scripts.append(kept(phase, code))
                what = "A script before the request" if phase == "prerequest" else "A part of the tests"
                self.notes.add(
                    said("{what} is kept as text and not run: {code}", what=said(what), code=_first(code)), place
                )
        return tuple(checks), tuple(captures), tuple(scripts)

    def _kept_events(self, value: Any) -> tuple[Script, ...]:
        return tuple(kept(phase, code) for phase, code in _codes(value) if code.strip())

    def _example(self, value: dict[str, Any]) -> Example:
        original = object_of(value.get("originalRequest"))
        url = original.get("url")
        parts = {"raw": url} if isinstance(url, str) else object_of(url)
        code = value.get("code")
        headers = tuple(replace(one, enabled=True) for one in self._rows(value.get("header")))
        return Example(
            text_of(value.get("name")) or "Answer",
            code if isinstance(code, int) and 0 <= code < 1000 else 0,
            text_of(value.get("status")),
            headers,
            text_of(value.get("body")),
            _shape(text_of(value.get("_postman_previewlanguage")), headers),
            verb=text_of(original.get("method")),
            url=whole if (whole := text_of(parts.get("raw"))) or not parts else join_url(*self._url(parts)[:2]),
            request_headers=self._rows(original.get("header")),
            request_body=text_of(object_of(original.get("body")).get("raw")),
        )


def _assembled(parts: dict[str, Any]) -> str:
    """An address of its parts, where the whole is not written."""
    host, path = parts.get("host"), parts.get("path")
    where = ".".join(text_of(one) for one in host) if isinstance(host, list) else text_of(host)
    steps = [text_of(one.get("value")) if isinstance(one, dict) else text_of(one) for one in list_of(path)]
    rest = "/".join(steps) if isinstance(path, list) else text_of(path).lstrip("/")
    scheme, port = text_of(parts.get("protocol")), text_of(parts.get("port"))
    address = (f"{scheme}://" if scheme else "") + where + (f":{port}" if port else "")
    return address + (f"/{rest}" if rest else "")


def _shape(language: str, headers: tuple[Pair, ...]) -> str:
    """What an answer's body is; its header says so where Postman wrote no language beside it."""
    kind = next((one.value.casefold() for one in headers if one.name.casefold() == "content-type"), "")
    shapes = ("json", "xml", "html")
    return language if language in shapes else next((one for one in shapes if not language and one in kind), "text")


def _decoded(text: str) -> str:
    pieces = _REFERENCE.split(text)
    for number in range(0, len(pieces), 2):
        pieces[number] = unquote(pieces[number].replace("+", " "), errors="replace")
    return "".join(pieces)


def _codes(value: Any) -> list[tuple[str, str]]:
    """Phase and code of events."""
    found = []
    for one in list_of(value):
        script = object_of(object_of(one).get("script"))
        lines = script.get("exec")
        code = "\n".join(text_of(line) for line in lines) if isinstance(lines, list) else text_of(lines)
        phase = text_of(object_of(one).get("listen"))
        if phase in ("test", "prerequest") and object_of(one).get("disabled") is not True:
            found.append((phase, code))
    return found


def _first(code: str) -> str:
    """What a script is about: the names of its tests, else its first line."""
    names = re.findall(r"pm\.test\(\s*[\"'`]([^\"'`\n]{1,80})", code)
    line = ", ".join(names) or next((one.strip() for one in code.splitlines() if one.strip()), "")
    return line if len(line) <= 120 else line[:120] + " ..."
