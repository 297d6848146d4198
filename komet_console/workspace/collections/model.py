"""A collection as typed data. Immutable: every change makes a new one; nothing here does I/O.

    Collection         a folder of the disk with its defaults, environments and items
      Folder           the same within a collection
      RequestItem      a named draft with checks, captures and examples
        Check          what must be true of an answer
        Capture        a value of an answer that becomes a variable
        Example        a saved answer
      Defaults         headers, variables, authentication and token that everything below inherits

`path` is an item's file or folder below the collection's folder, with `/`; empty while it was never stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from komet_console.exchange import Draft, Pair

__all__ = [
    "BASE_URL",
    "INHERITED",
    "Auth",
    "AuthKind",
    "Capture",
    "Check",
    "CheckKind",
    "Collection",
    "Defaults",
    "EnvironmentValues",
    "Example",
    "Folder",
    "Item",
    "Operator",
    "Problem",
    "RequestItem",
    "Script",
    "find",
    "requests",
    "resolved",
]

BASE_URL = "{{baseUrl}}"
"""Stands before the method's path in files: the environment says where a call goes."""
AuthKind = Literal["inherit", "none", "basic", "bearer", "apikey"]
CheckKind = Literal["outcome", "status", "value", "schema", "time"]
Operator = Literal[
    "eq", "neq", "gt", "gte", "lt", "lte", "contains", "notContains", "matches", "notMatches", "exists", "missing"
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read or carried over, in a sentence; `file` and `line` (from 1) where they are known."""

    message: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        return where + self.message


@dataclass(frozen=True, slots=True)
class Auth:
    """Authentication as other tools know it. Values are references (`{{password}}`), never secrets."""

    kind: AuthKind = "inherit"
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    key: str = ""
    """apikey: name of the header or parameter."""
    value: str = field(default="", repr=False)
    placement: Literal["header", "query"] = "header"


INHERITED = Auth()


@dataclass(frozen=True, slots=True)
class Script:
    """JavaScript of another tool; kept, never run."""

    phase: Literal["before-request", "after-response", "tests"]
    code: str


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a collection or folder hands down. `token` names a token (`company`, or a stored one); empty: not said here."""

    headers: tuple[Pair, ...] = ()
    variables: tuple[Pair, ...] = ()
    auth: Auth = INHERITED
    token: str = ""
    scripts: tuple[Script, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """What must be true of an answer.

    | kind | `expression` | `operator` and `value` |
    | --- | --- | --- |
    | outcome | | eq or neq, `success`, `nothing-found`, `partial`, `refused` ... |
    | status | | compares the HTTP status |
    | value | JMESPath | compares what it finds; `exists` and `missing` need no value |
    | schema | | the answer is as documented |
    | time | | compares milliseconds |
    """

    kind: CheckKind
    expression: str = ""
    operator: Operator = "eq"
    value: str = ""
    enabled: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """JMESPath of an answer -> variable."""

    variable: str
    expression: str
    enabled: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A saved answer, and the request it answered where that is known. Secrets are masked before it is made."""

    name: str
    status: int = 200
    reason: str = ""
    headers: tuple[Pair, ...] = ()
    body: str = ""
    body_type: str = "json"
    """json, text, xml, html or binary (base64)."""
    description: str = ""
    verb: str = ""
    url: str = ""
    request_headers: tuple[Pair, ...] = ()
    request_body: str = ""


@dataclass(frozen=True, slots=True)
class RequestItem:
    """A named request.

    `draft.method` is empty where no Komet method has the address; `draft.path` is then the whole URL without its query.
    """

    name: str
    draft: Draft
    description: str = ""
    tags: tuple[str, ...] = ()
    seq: float = 0
    """Place among its siblings; they are listed by it, then by name."""
    base_url: str = BASE_URL
    """What stands before the method's path."""
    token: str = ""
    variables: tuple[Pair, ...] = ()
    auth: Auth = INHERITED
    checks: tuple[Check, ...] = ()
    captures: tuple[Capture, ...] = ()
    examples: tuple[Example, ...] = ()
    scripts: tuple[Script, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """Items under a name."""

    name: str
    items: tuple[Item, ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()
    seq: float = 0
    defaults: Defaults = Defaults()
    path: str = ""


Item = Folder | RequestItem


@dataclass(frozen=True, slots=True)
class EnvironmentValues:
    """Variables of another tool's environment; `secrets` are names only, their values are never in a file."""

    name: str
    variables: tuple[Pair, ...] = ()
    secrets: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A whole collection; `problems` say what of it could not be read."""

    name: str
    items: tuple[Item, ...] = ()
    description: str = ""
    defaults: Defaults = Defaults()
    environments: tuple[EnvironmentValues, ...] = ()
    problems: tuple[Problem, ...] = ()


def requests(parent: Collection | Folder) -> Iterator[tuple[tuple[Folder, ...], RequestItem]]:
    """Every request below, depth first in listed order, with the folders above it (outermost first)."""
    waiting: list[tuple[tuple[Folder, ...], Item]] = [((), one) for one in reversed(parent.items)]
    while waiting:
        above, item = waiting.pop()
        if isinstance(item, RequestItem):
            yield above, item
        else:
            waiting += [((*above, item), one) for one in reversed(item.items)]


def find(collection: Collection, path: str) -> tuple[tuple[Folder, ...], Item] | None:
    """The item of a path with the folders above it, or None."""
    above: list[Folder] = []
    items = collection.items
    while True:
        for item in items:
            if item.path == path:
                return tuple(above), item
            if isinstance(item, Folder) and item.path and path.startswith(item.path + "/"):
                above.append(item)
                items = item.items
                break
        else:
            return None


def resolved(collection: Collection, above: tuple[Folder, ...], item: RequestItem) -> RequestItem:
    """The request with everything it inherits: the nearest wins, by header name (without case) and variable name.

    Authentication becomes headers or parameters; a name the request has itself, switched off or not, is never added.
    """
    layers = [collection.defaults, *(folder.defaults for folder in above)]
    headers: dict[str, Pair] = {}
    variables: dict[str, Pair] = {}
    auth, token = INHERITED, ""
    for layer in layers:
        headers.update({pair.name.casefold(): pair for pair in layer.headers if pair.enabled and pair.name})
        _add_variables(variables, layer.variables)
        auth = layer.auth if layer.auth.kind != "inherit" else auth
        token = layer.token or token
    auth = item.auth if item.auth.kind != "inherit" else auth
    _add_variables(variables, item.variables)
    draft = item.draft
    own = {pair.name.casefold() for pair in draft.headers}
    extra = [pair for name, pair in headers.items() if name not in own]
    added_headers, added_query = _auth_rows(auth)
    taken = own | {pair.name.casefold() for pair in extra}
    extra += [pair for pair in added_headers if pair.name.casefold() not in taken]
    query = {pair.name for pair in draft.query}
    draft = replace(
        draft,
        headers=(*draft.headers, *extra),
        query=(*draft.query, *(pair for pair in added_query if pair.name not in query)),
    )
    return replace(item, draft=draft, variables=tuple(variables.values()), auth=INHERITED, token=item.token or token)


def _add_variables(known: dict[str, Pair], rows: tuple[Pair, ...]) -> None:
    """Add a layer's variables to those from above; within its own value a variable's name means the one above."""
    for row in rows:
        if not row.enabled or not row.name:
            continue
        above = known.get(row.name)
        if above is not None and "{{" in row.value:
            own = rf"\{{\{{[ \t]*{re.escape(row.name)}[ \t]*\}}\}}"
            row = replace(row, value=above.value.join(re.split(own, row.value)))
        known[row.name] = row


def _auth_rows(auth: Auth) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """Headers and parameters that an authentication means."""
    if auth.kind == "bearer" and auth.token:
        return (Pair("Authorization", f"Bearer {auth.token}"),), ()
    if auth.kind == "basic" and (auth.username or auth.password):
        import base64

        plain = f"{auth.username}:{auth.password}"
        # References cannot be encoded before they are filled in; the unencoded text shows that something is left to do.
        value = plain if "{{" in plain else base64.b64encode(plain.encode()).decode()
        return (Pair("Authorization", f"Basic {value}"),), ()
    if auth.kind == "apikey" and auth.key:
        row = Pair(auth.key, auth.value)
        return ((row,), ()) if auth.placement == "header" else ((), (row,))
    return (), ()
