"""Reads Insomnia's export of version 5: one YAML file with folders, requests and environments."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Body, Pair
from komet_console.interchange.imports import MAX_DEPTH, Imported, Notes, drafted, finished, list_of, object_of, text_of
from komet_console.interchange.model import Request, body_of_text, same_type, split_url
from komet_console.interchange.postman_scripts import Tests, read_tests
from komet_console.texts import said, sentences
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

_TYPE = re.compile(r"(?:collection|spec|environment)\.insomnia\.rest/5\.\d+")
_VARIABLE = re.compile(r"""\{\{\s*(?:(?:_\.)?([A-Za-z_][\w.-]*)|_\[(["'])([^"'\]{}]+)\2\])\s*\}\}""")
_OTHERS = ("greq", "ws-req", "socketio-req", "mcp-req")
"""How the ids of requests begin that are no HTTP."""
_VAULT = "__insomnia_vault"
_TAG = re.compile(r"\{%-?.*?-?%\}", re.DOTALL)


def is_insomnia(value: Any) -> bool:
    """Whether a value looks like an export of Insomnia, of version 5 or 4."""
    given = object_of(value)
    return bool(_TYPE.fullmatch(text_of(given.get("type")))) or "__export_format" in given


def read(data: bytes, catalogue: Catalogue) -> Imported:
    """Everything in an export. Raises `UserError` where it is none."""
    try:
        value = read_yaml(decode(data), MAX_IMPORTED).value
    except YamlError as error:
        why = said("Line {line}: {reason}", line=error.line, reason=error.message) if error.line else error.message
        raise UserError(sentences("The Insomnia file cannot be read.", why), "Export it again.") from None
    return read_value(value, catalogue)


def read_value(value: Any, catalogue: Catalogue) -> Imported:
    """As `read`, of plain values."""
    given = object_of(value)
    if "__export_format" in given:
        raise UserError(
            "This is an export of Insomnia's format 4.",
            "Export it from a present Insomnia: that writes version 5 (YAML).",
        )
    if not is_insomnia(given):
        raise UserError("This is no export of Insomnia.", "Export the collection as Insomnia v5.")
    return _Reader(catalogue).collection(given)


class _Reader:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.notes = Notes()

    def collection(self, root: dict[str, Any]) -> Imported:
        name = text_of(root.get("name")) or "Insomnia collection"
        items = self._items(root.get("collection"), "", 1)
        base = object_of(root.get("environments"))
        environments = [self._environment(base, name)] if base else []
        environments += [self._environment(object_of(one), name) for one in list_of(base.get("subEnvironments"))]
        if text_of(root.get("type")).startswith("environment."):
            return finished("Insomnia 5 environment", Collection(name), environments, self.notes)
        # The base environment holds for all others: it is the collection's.
        variables = environments[0].variables if environments else ()
        description = text_of(object_of(root.get("meta")).get("description"))
        made = Collection(name, items, description, Defaults(variables=variables))
        return finished("Insomnia 5", made, environments[1:], self.notes)

    def _environment(self, value: dict[str, Any], collection: str) -> EnvironmentValues:
        name = text_of(value.get("name")) or collection
        return EnvironmentValues(name, self._variables(value.get("data"), name))

    def _variables(self, value: Any, place: str) -> tuple[Pair, ...]:
        rows: list[Pair] = []

        def below(data: dict[str, Any], prefix: str, depth: int) -> None:
            for key, one in data.items():
                if key == _VAULT:
                    self.notes.add(
                        "Secrets of Insomnia's vault can be read by Insomnia only; they were left out.", place
                    )
                elif isinstance(one, dict) and depth < 8:
                    below(one, f"{prefix}{key}.", depth + 1)
                elif isinstance(one, (dict, list)):
                    rows.append(Pair(prefix + key, json.dumps(one, ensure_ascii=False)))
                else:
                    rows.append(Pair(prefix + key, self._text(one, place)))

        below(object_of(value), "", 0)
        return tuple(rows)

    def _text(self, value: Any, place: str) -> str:
        """A text with Insomnia's `{{ _.name }}` as `{{name}}`."""
        text = _VARIABLE.sub(lambda found: f"{{{{{found[1] or found[3]}}}}}", text_of(value))
        for tag in _TAG.findall(text)[:3]:
            self.notes.add(said("The template tag {tag} stays as text; nothing here runs it.", tag=tag[:60]), place)
        return text

    def _rows(self, value: Any, place: str) -> tuple[Pair, ...]:
        found = []
        for row in list_of(value):
            if isinstance(row, dict):
                on = text_of(row.get("disabled")).casefold() != "true"
                name, content = self._text(row.get("name"), place), self._text(row.get("value"), place)
                if name or content:
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
            if text_of(object_of(one.get("meta")).get("id")).startswith(_OTHERS) or "reflectionApi" in one:
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
            self._auth(value.get("authentication"), place, folder=True),
            scripts=self._scripts(value.get("scripts"), place),
        )
        description = text_of(object_of(value.get("meta")).get("description"))
        items = self._items(value.get("children"), place, depth + 1)
        return Folder(name or "Folder", items, description, seq=number, defaults=defaults)

    def _request(self, value: dict[str, Any], place: str) -> RequestItem:
        address, query = split_url(self._text(value.get("url"), place))
        given = {row.name: row for row in self._rows(value.get("pathParameters"), place)}
        parts = address.split("/")
        used = [given[part[1:]] for part in parts if part[:1] == ":" and part[1:] in given]
        address = "/".join("{{" + part[1:] + "}}" if part[:1] == ":" and part[1:] in given else part for part in parts)
        headers = self._rows(value.get("headers"), place)
        body = self._body(object_of(value.get("body")), headers, place)
        verb = text_of(value.get("method")) or "GET"
        rows = (*query, *self._rows(value.get("parameters"), place))
        draft, base = drafted(Request(verb, address, rows, headers, body), self.catalogue)
        tests = _tests(value.get("scripts"))
        return RequestItem(
            text_of(value.get("name")) or address or "Request",
            draft,
            text_of(object_of(value.get("meta")).get("description")),
            base_url=base,
            variables=tuple(used),
            auth=self._auth(value.get("authentication"), place),
            checks=tests.checks,
            captures=tests.captures,
            scripts=self._scripts(object_of(value.get("scripts")) | {"afterResponse": tests.rest}, place),
        )

    def _body(self, value: dict[str, Any], headers: tuple[Pair, ...], place: str) -> Body:
        kind = text_of(value.get("mimeType"))
        if same_type(kind, "application/x-www-form-urlencoded"):
            return Body("form", pairs=self._rows(value.get("params"), place))
        if same_type(kind, "multipart/form-data"):
            rows = [row for row in list_of(value.get("params")) if isinstance(row, dict)]
            parts = []
            for row in rows:
                for pair in self._rows([row], place):
                    file = text_of(row.get("fileName")) if text_of(row.get("type")) == "file" else ""
                    parts.append(replace(pair, value="" if file else pair.value, file=file))
            return Body("multipart", pairs=tuple(parts))
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

    def _auth(self, value: Any, place: str, *, folder: bool = False) -> Auth:
        given = object_of(value)
        kind = text_of(given.get("type"))
        off = text_of(given.get("disabled")).casefold() == "true"
        if not kind or off:
            return INHERITED
        if kind == "none":
            return INHERITED if folder else Auth("none")
        fields = {key: self._text(one, place) for key, one in given.items() if not isinstance(one, (dict, list))}
        if kind == "bearer":
            if fields.get("prefix", "").casefold() not in ("", "bearer"):
                self.notes.add(
                    said("The token's prefix {prefix} is sent as Bearer here.", prefix=fields["prefix"]), place
                )
            return Auth("bearer", token=fields.get("token", ""))
        if kind == "basic":
            return Auth("basic", username=fields.get("username", ""), password=fields.get("password", ""))
        if kind == "apikey":
            query = fields.get("addTo", "header").startswith("query")
            key, content = fields.get("key", ""), fields.get("value", "")
            return Auth("apikey", key=key, value=content, placement="query" if query else "header")
        self.notes.add(said("Authentication of the kind {kind} cannot be carried over.", kind=kind), place)
        return INHERITED

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


def _tests(scripts: Any) -> Tests:
    """The tests of a request; Insomnia writes them as Postman does, on an object of another name."""
    found = read_tests(text_of(object_of(scripts).get("afterResponse")).replace("insomnia.", "pm."))
    return replace(found, rest=found.rest.replace("pm.", "insomnia."))


def _sort_key(value: dict[str, Any]) -> float:
    try:
        return float(text_of(object_of(value.get("meta")).get("sortKey")) or 0)
    except ValueError:
        return 0.0
