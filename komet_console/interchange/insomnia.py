"""Reads Insomnia's exports: of version 5, one YAML file with folders, requests and environments, and of version 4 before it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Body, Pair
from komet_console.interchange import insomnia4
from komet_console.interchange.imports import (
    MAX_DEPTH,
    Imported,
    Notes,
    drafted,
    finished,
    list_of,
    object_of,
    text_of,
    uncovered,
)
from komet_console.interchange.model import Request, body_of_text, same_type, split_url, with_scheme
from komet_console.interchange.nunjucks import flat, left, translated, variable_name
from komet_console.interchange.postman_scripts import read_tests
from komet_console.texts import said, sentences
from komet_console.workspace.collections.addresses import encoded
from komet_console.workspace.collections.model import (
    INHERITED,
    Auth,
    Collection,
    Defaults,
    EnvironmentValues,
    Folder,
    Item,
    RequestItem,
    Script,
)
from komet_console.workspace.collections.yamltext import MAX_IMPORTED, YamlError, decode
from komet_console.workspace.collections.yamltext import read as read_yaml

__all__ = ["is_insomnia", "read", "read_value"]

_TYPE = re.compile(r"(?P<what>[A-Za-z]+)\.insomnia(?:\.rest)?/(?P<version>\d+)\.\d+")
_OTHERS = ("greq", "ws-req", "socketio-req", "mcp-req")
"""How the ids of requests begin that are no HTTP."""
_VAULT = "__insomnia_vault"
_NONE = Auth("none")
_PART = re.compile(r"(?<=/):([^/?#:]+)")
_LONGEST_SHOWN = 60


def is_insomnia(value: Any) -> bool:
    """Whether a value looks like an export of Insomnia, whatever its version."""
    given = object_of(value)
    return bool(_TYPE.fullmatch(text_of(given.get("type")))) or insomnia4.is_old(given)


def read(data: bytes, catalogue: Catalogue) -> Imported:
    """Everything in an export. Raises `UserError` where it is none."""
    try:
        value = read_yaml(decode(data), MAX_IMPORTED).value
    except YamlError as error:
        why = said("Line {line}: {reason}", line=error.line, reason=error.message) if error.line else error.message
        raise UserError(
            sentences("The Insomnia file cannot be read.", why), "Export it again; in parts, where it is large."
        ) from None
    return read_value(value, catalogue)


def read_value(value: Any, catalogue: Catalogue) -> Imported:
    """As `read`, of plain values."""
    given = object_of(value)
    if insomnia4.is_old(given):
        roots, notes = insomnia4.as_version_5(given)
        return _Reader(catalogue, notes).whole(roots, "Insomnia 4")
    match = _TYPE.fullmatch(text_of(given.get("type")))
    if match is None:
        raise UserError("This is no export of Insomnia.", "Export the collection as Insomnia v5.")
    if match["version"] != "5":
        raise UserError(
            said("This is an export of Insomnia's format {version}.", version=match["version"]),
            "Export the collection as Insomnia v5.",
        )
    if match["what"] == "mock":
        raise UserError(
            "This is a mock server of Insomnia: it answers requests and holds none.",
            "Export the collection with the requests.",
        )
    if match["what"] == "mcpClient":
        raise UserError(
            "This is an MCP client of Insomnia: it holds no HTTP requests.", "Export a collection with HTTP requests."
        )
    return _Reader(catalogue, Notes()).whole([given], "Insomnia 5")


class _Reader:
    def __init__(self, catalogue: Catalogue, notes: Notes) -> None:
        self.catalogue = catalogue
        self.notes = notes
        self._bare: dict[str, str] = {}
        """Variables that hold a host without its scheme, with one of their values."""

    def whole(self, roots: list[dict[str, Any]], kind: str) -> Imported:
        """One collection, with a folder for each workspace where there are several."""
        items: list[Item] = []
        environments: list[EnvironmentValues] = []
        for number, root in enumerate(roots, start=1):
            made, chosen = self._workspace(root)
            environments += chosen
            if len(roots) == 1:
                return finished(kind + (" environment" if _holds_values_only(root) else ""), made, chosen, self.notes)
            if not _holds_values_only(root):
                items.append(Folder(made.name, made.items, made.description, seq=number, defaults=made.defaults))
        return finished(kind, Collection("Insomnia", tuple(items)), environments, self.notes)

    def _workspace(self, root: dict[str, Any]) -> tuple[Collection, tuple[EnvironmentValues, ...]]:
        name = text_of(root.get("name")) or "Insomnia collection"
        base = object_of(root.get("environments"))
        shared, environments = self._environments(base, name)
        if _holds_values_only(root):
            return Collection(name), environments
        self._bare = _bare_hosts(root)
        items = self._items(root.get("collection"), "", 1)
        self._left_out(root)
        description = text_of(object_of(root.get("meta")).get("description"))
        # With nothing to choose between, the base's variables are the collection's alone.
        chosen = environments if list_of(base.get("subEnvironments")) else ()
        made = uncovered(Collection(name, items, description, Defaults(variables=shared), chosen))
        return replace(made, environments=()), made.environments

    def _left_out(self, root: dict[str, Any]) -> None:
        if list_of(object_of(root.get("cookieJar")).get("cookies")):
            self.notes.add("The cookies of the cookie jar are not imported.")
        if list_of(root.get("certificates")):
            self.notes.add("Certificates are not imported; an environment's settings have their place here.")
        if object_of(object_of(root.get("spec")).get("contents")):
            self.notes.add("The API description of the file is not imported, only its requests.")
        for suite in list_of(root.get("testSuites")):
            name = text_of(object_of(suite).get("name"))
            self.notes.add("A test suite calls requests one after the other; it is not imported.", name)

    # -- variables

    def _environments(
        self, base: dict[str, Any], collection: str
    ) -> tuple[tuple[Pair, ...], tuple[EnvironmentValues, ...]]:
        """The base's variables, and the environments to choose from, each a whole: its own variables over the base's."""
        whole = self._environment(base, collection)
        others = [self._environment(object_of(one), collection) for one in list_of(base.get("subEnvironments"))]
        made = [replace(one, variables=_over(whole.variables, one.variables)) for one in others]
        return whole.variables, (*([whole] if whole.variables else []), *made)

    def _environment(self, value: dict[str, Any], collection: str) -> EnvironmentValues:
        name = text_of(value.get("name")) or collection
        off = [row for row in list_of(value.get("kvPairData")) if _is(object_of(row).get("enabled"), "false")]
        rows = [Pair(text_of(row.get("name")), self._text(row.get("value"), name), enabled=False) for row in off]
        found = self._variables(value.get("data"), name)
        known = {row.name for row in found}
        return EnvironmentValues(name, (*found, *(row for row in rows if row.name and row.name not in known)))

    def _variables(self, value: Any, place: str) -> tuple[Pair, ...]:
        data = dict(object_of(value))
        if data.pop(_VAULT, None) is not None:
            self.notes.add("Secrets of Insomnia's vault can be read by Insomnia only; they were left out.", place)
        rows = [Pair(name, text) for name, text in flat(data)]
        for row in rows:
            self._note_left(row.value, place)
        return tuple(rows)

    def _text(self, value: Any, place: str) -> str:
        """A text with Insomnia's templates as this program's."""
        text = translated(text_of(value))
        self._note_left(text, place)
        return text

    def _note_left(self, text: str, place: str) -> None:
        for one in left(text):
            shown = one if len(one) <= _LONGEST_SHOWN else one[:_LONGEST_SHOWN] + " ..."
            if one.startswith("{%"):
                note = said("The template tag {tag} stays as text; nothing here runs it.", tag=shown)
            else:
                note = said("The expression {expression} stays as text; nothing here works it out.", expression=shown)
            self.notes.add(note, place)

    # -- folders and requests

    def _rows(self, value: Any, place: str) -> tuple[Pair, ...]:
        found = []
        for row in list_of(value):
            if isinstance(row, dict):
                name, content = self._text(row.get("name"), place), self._text(row.get("value"), place)
                if name or content:
                    on = not _is(row.get("disabled"), "true")
                    found.append(Pair(name, content, on, text_of(row.get("description"))))
        return tuple(found)

    def _items(self, value: Any, place: str, depth: int) -> tuple[Item, ...]:
        rows = [one for one in list_of(value) if isinstance(one, dict)]
        rows.sort(key=_sort_key)
        found: list[Item] = []
        for number, one in enumerate(rows, start=1):
            if not self.notes.room():
                break
            name = text_of(one.get("name"))
            here = f"{place}/{name}" if place else name
            if _is_other(one):
                self.notes.add("Only HTTP requests are imported; this one was left out.", here)
            elif "children" in one or ("url" not in one and "method" not in one):
                if depth >= MAX_DEPTH:
                    self.notes.add("Folders are nested too deeply; this one was left out.", here)
                    continue
                found.append(self._folder(one, name, here, depth, number))
            else:
                found.append(replace(self._request(one, here), seq=number))
        return tuple(found)

    def _folder(self, value: dict[str, Any], name: str, place: str, depth: int, number: int) -> Folder:
        defaults = Defaults(
            self._rows(value.get("headers"), place),
            self._variables(value.get("environment"), place),
            self._auth(value.get("authentication"), place),
            scripts=self._scripts(value.get("scripts"), place),
        )
        description = text_of(object_of(value.get("meta")).get("description"))
        items = self._items(value.get("children"), place, depth + 1)
        return Folder(name or "Folder", items, description, seq=number, defaults=defaults)

    def _request(self, value: dict[str, Any], place: str) -> RequestItem:
        address, query = split_url(self._address(value.get("url"), place))
        given = {text_of(object_of(one).get("name")): one for one in list_of(value.get("pathParameters"))}
        used = dict.fromkeys(name for name in _PART.findall(address) if name in given)
        address = _PART.sub(
            lambda part: "{{" + variable_name(part[1]) + "}}" if part[1] in given else part.group(), address
        )
        variables = [Pair(variable_name(name), encoded(self._text(given[name].get("value"), place))) for name in used]
        headers = self._rows(value.get("headers"), place)
        body = self._body(object_of(value.get("body")), headers, place)
        verb = text_of(value.get("method")) or "GET"
        rows = (*query, *self._rows(value.get("parameters"), place))
        draft, base = drafted(Request(verb, address, rows, headers, body), self.catalogue)
        scripts = object_of(value.get("scripts"))
        tests = read_tests(text_of(scripts.get("afterResponse")))
        self._settings(object_of(value.get("settings")), body, place)
        return RequestItem(
            text_of(value.get("name")) or address or "Request",
            draft,
            text_of(object_of(value.get("meta")).get("description")),
            base_url=base,
            variables=tuple(variables),
            auth=self._auth(value.get("authentication"), place),
            checks=tests.checks,
            captures=tests.captures,
            scripts=self._scripts(scripts | {"afterResponse": tests.rest}, place),
        )

    def _address(self, value: Any, place: str) -> str:
        """The address with the scheme that Insomnia adds where none is written, before a variable, too."""
        url = self._text(value, place).strip()
        match = re.match(r"\{\{([^{}]+)\}\}(?!://)", url)
        if match:
            host = self._bare.get(match[1], "")
            return with_scheme(host)[: -len(host)] + url if host else url
        return url if not url or url[0] in "/{" else with_scheme(url)

    def _settings(self, settings: dict[str, Any], body: Body, place: str) -> None:
        """Say which settings of a request have no place here, where they are not the usual ones."""
        if text_of(settings.get("followRedirects")) == "off":
            self.notes.add(
                "Redirects are not followed for this request; here the environment's settings say so.", place
            )
        if _is(settings.get("encodeUrl"), "false"):
            self.notes.add("The address is sent as it is written; here it is encoded where it has to be.", place)
        if _is(settings.get("renderRequestBody"), "false") and "{{" in body.text:
            self.notes.add("The body is sent with its {{ }} as they are written; here they are variables.", place)

    def _body(self, value: dict[str, Any], headers: tuple[Pair, ...], place: str) -> Body:
        kind = text_of(value.get("mimeType"))
        if same_type(kind, "application/x-www-form-urlencoded"):
            return Body("form", pairs=self._rows(value.get("params"), place))
        if same_type(kind, "multipart/form-data"):
            return Body("multipart", pairs=tuple(self._parts(value.get("params"), place)))
        if value.get("fileName"):
            self.notes.add(
                said("The body is the file {file}; it is not sent from here.", file=text_of(value["fileName"])), place
            )
            return Body()
        text = self._text(value.get("text"), place)
        if not text:
            return Body()
        found = Body("json", text) if same_type(kind, "application/graphql") else body_of_text(text, kind)
        given = any(row.enabled and row.name.casefold() == "content-type" for row in headers)
        return replace(found, content_type="") if given else found

    def _parts(self, value: Any, place: str) -> list[Pair]:
        """The rows of a form of parts; `multiline` is the content type of a text where it is no plain one."""
        parts = []
        for row in list_of(value):
            file = text_of(object_of(row).get("fileName")) if text_of(object_of(row).get("type")) == "file" else ""
            kind = text_of(object_of(row).get("multiline"))
            for pair in self._rows([row], place):
                if file:
                    parts.append(replace(pair, value="", file=file))
                else:
                    parts.append(replace(pair, content_type=kind if "/" in kind else ""))
        return parts

    def _auth(self, value: Any, place: str) -> Auth:
        """What is sent; an authentication that cannot be carried over is none: that of a folder above was not meant."""
        given = object_of(value)
        kind = text_of(given.get("type"))
        if not kind or _is(given.get("disabled"), "true"):
            return INHERITED
        fields = {key: self._text(one, place) for key, one in given.items() if not isinstance(one, (dict, list))}
        if kind == "bearer":
            return _bearer(fields)
        if kind == "basic":
            return Auth("basic", username=fields.get("username", ""), password=fields.get("password", ""))
        if kind == "apikey":
            return _api_key(fields)
        if kind != "none":
            self.notes.add(said("Authentication of the kind {kind} cannot be carried over.", kind=kind), place)
        return _NONE

    def _scripts(self, value: Any, place: str) -> tuple[Script, ...]:
        given = object_of(value)
        found = []
        for key, phase in (("preRequest", "before-request"), ("afterResponse", "tests")):
            code = text_of(given.get(key))
            if code.strip():
                lines = "\n".join(f"// {line}".rstrip() for line in code.splitlines())
                found.append(Script(phase, f"// Insomnia script, not run here:\n{lines}"))  # type: ignore[arg-type]
                self.notes.add("A script is kept as text and not run.", place)
        return tuple(found)


def _holds_values_only(root: dict[str, Any]) -> bool:
    return text_of(root.get("type")).startswith("environment.")


def _over(below: tuple[Pair, ...], above: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """The variables of one environment over those of another."""
    names = {row.name for row in above}
    return (*(row for row in below if row.name not in names), *above)


def _is(value: Any, wanted: str) -> bool:
    """Whether a flag, of YAML or JSON, is `true` or `false`."""
    return text_of(value).casefold() == wanted


def _is_other(item: dict[str, Any]) -> bool:
    """Whether a request is no HTTP request."""
    if text_of(object_of(item.get("meta")).get("id")).startswith(_OTHERS) or "reflectionApi" in item:
        return True
    return "method" not in item and text_of(item.get("url")).startswith(("ws://", "wss://"))


def _bearer(fields: dict[str, str]) -> Auth:
    token, prefix = fields.get("token", ""), fields.get("prefix", "")
    if not token:
        return _NONE
    if prefix.casefold() in ("", "bearer"):
        return Auth("bearer", token=token)
    return Auth("apikey", key="Authorization", value=token if prefix == "NO_PREFIX" else f"{prefix} {token}")


def _api_key(fields: dict[str, str]) -> Auth:
    key, content, where = fields.get("key", ""), fields.get("value", ""), fields.get("addTo", "header")
    if not key:
        return _NONE
    if where == "cookie":
        return Auth("apikey", key="Cookie", value=f"{key}={content}")
    return Auth("apikey", key=key, value=content, placement="query" if where.startswith("query") else "header")


def _bare_hosts(root: dict[str, Any]) -> dict[str, str]:
    """The variables of the whole file that are a host without a scheme wherever they have a value."""
    base = object_of(root.get("environments"))
    data = [base.get("data"), *(object_of(one).get("data") for one in list_of(base.get("subEnvironments")))]
    waiting = [one for one in list_of(root.get("collection")) if isinstance(one, dict)]
    while waiting:
        item = waiting.pop()
        data.append(item.get("environment"))
        waiting += [one for one in list_of(item.get("children")) if isinstance(one, dict)]
    values: dict[str, list[str]] = {}
    for one in data:
        for name, text in flat(object_of(one)):
            # A folder's may build on the one above it.
            if text and not text.startswith("{{" + name + "}}"):
                values.setdefault(name, []).append(text)
    return {
        name: found[0]
        for name, found in values.items()
        if all(re.match(r"[\w.-]+(?::\d+)?(?:/|$)", text) for text in found)
    }


def _sort_key(value: dict[str, Any]) -> float:
    try:
        return float(text_of(object_of(value.get("meta")).get("sortKey")) or 0)
    except ValueError:
        return 0.0
