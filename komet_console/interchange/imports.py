"""What an import gives, and what all readers share: bounds, recognition of Komet's methods, secrets taken out.

A reader never fails because of one item: what it cannot carry becomes a problem, and the rest is there. It raises `UserError`
only where the whole is not what it should be. Nothing is sent, nothing is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import TOKEN_REFERENCE, Draft, Pair
from komet_console.interchange.model import Request, without_old_boundary
from komet_console.texts import said
from komet_console.workspace.collections.addresses import address_of, shown
from komet_console.workspace.collections.cleaning import Cleaner
from komet_console.workspace.collections.model import (
    BASE_URL,
    Collection,
    EnvironmentValues,
    Folder,
    Item,
    Problem,
    RequestItem,
    requests,
)
from komet_console.workspace.collections.references import FoundSecret, reference
from komet_console.workspace.imported import address_row

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Imported",
    "Notes",
    "collections_of",
    "decoded",
    "drafted",
    "finished",
    "list_of",
    "object_of",
    "read_json",
    "text_of",
    "uncovered",
]

MAX_BYTES = 64 * 1024 * 1024
_LARGE = 2 * 1024 * 1024
MAX_DEPTH = 30
"""Folders within folders."""
MAX_ITEMS = 20_000
_MAX_PROBLEMS = 500
_OTHER_TOKEN = re.compile(r"\{\{(token\d+)\}\}")


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds, ready to be stored. The collection has references where secrets stood; they are in `secrets` only."""

    format: str
    """For people: "Postman collection 2.1"."""
    collection: Collection
    environments: tuple[EnvironmentValues, ...] = ()
    secrets: tuple[FoundSecret, ...] = field(default=(), repr=False)
    problems: tuple[Problem, ...] = ()
    """What could not be carried over."""

    @property
    def requests(self) -> int:
        """How many requests there are."""
        return sum(1 for _ in requests(self.collection))

    @property
    def recognised(self) -> int:
        """How many of them are calls of Komet's methods."""
        return sum(1 for _above, item in requests(self.collection) if item.draft.method)


class Notes:
    """Problems on the way, with the place in the file they belong to; bounded, as are items."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._items = 0
        self._left_out = 0

    def add(self, message: str, place: str = "", line: int = 0) -> None:
        """Note what could not be carried over; `place` is the item's path of names."""
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Problem(message, place, line))
        else:
            self._left_out += 1

    def room(self) -> bool:
        """Whether one more item may be read."""
        self._items += 1
        if self._items == MAX_ITEMS + 1:
            self.problems.insert(
                0, Problem(said("The file has more than {most} items; the rest was left out.", most=MAX_ITEMS))
            )
        return self._items <= MAX_ITEMS

    def all(self) -> tuple[Problem, ...]:
        """The problems, and how many more there were."""
        more = (Problem(said("{count} more problems are not listed.", count=self._left_out)),) if self._left_out else ()
        return (*self.problems, *more)


def decoded(data: bytes, what: str) -> str:
    """The text of a file.

    Raises:
        UserError: too large, or no text.
    """
    if len(data) > MAX_BYTES:
        size = len(data) // 1024 // 1024
        raise UserError(
            said(
                "The {what} has {size} MB; at most {most} MB can be imported.",
                what=said(what),
                size=size,
                most=MAX_BYTES // 1024 // 1024,
            ),
            "Export a part of it, without saved answers.",
        )
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
    raise UserError(
        said("The {what} is no text: line {line} is not UTF-8.", what=said(what), line=line),
        "Export it again as UTF-8.",
    )


def read_json(data: bytes, what: str) -> Any:
    """The value of a JSON file; raises `UserError` with line and column."""
    text = decoded(data, what)

    def number(spelling: str) -> Any:
        # Python refuses numbers of many thousand digits; nothing here computes with them.
        return int(spelling) if len(spelling) < 20 else spelling

    decoder = json.JSONDecoder(parse_int=number)
    if len(text) > _LARGE:
        # The scanner in C keeps the interpreter for itself until it is through; a window would stand still for a second.
        decoder.scan_once = json.scanner.py_make_scanner(decoder)  # type: ignore[attr-defined]
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise UserError(
            said(
                "The {what} is no JSON: line {line}, column {column}: {reason}.",
                what=said(what),
                line=error.lineno,
                column=error.colno,
                reason=error.msg,
            ),
            "The file may have been cut off; export it again.",
        ) from None
    except (RecursionError, ValueError):
        raise UserError(
            said("The {what} is nested too deeply.", what=said(what)), "This is nothing that a tool exported."
        ) from None


def object_of(value: Any) -> dict[str, Any]:
    """An object; everything else is an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """A list; everything else is an empty one."""
    return value if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """A value as text: texts as they are, numbers and flags as JSON writes them, `{content: ...}` its content."""
    if isinstance(value, dict):
        value = value.get("content")
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, (int, float)) else ""


def drafted(request: Request, catalogue: Catalogue) -> tuple[Draft, str]:
    """The draft of a request, and what stands before its method's path; secrets are still in it (see `finished`)."""
    request = without_old_boundary(request)
    address = address_of(catalogue, request.verb, request.url)
    verb = request.verb.strip().upper() or "GET"
    if address.summary is None:
        return Draft("", request.query, request.headers, request.body, verb=verb, path=request.url), ""
    method = catalogue.method(address.summary.name)
    same = address.path.rstrip("/") == method.path
    return (
        Draft(
            method.name,
            request.query,
            request.headers,
            request.body,
            verb=None if verb == method.verb else verb,
            path=None if same else address.path,
        ),
        BASE_URL,
    )


def finished(
    kind: str, collection: Collection, environments: Iterable[EnvironmentValues] = (), notes: Notes | None = None
) -> Imported:
    """Take the secrets out and say which addresses no Komet method has."""
    notes = notes or Notes()
    cleaner = Cleaner()
    # Environments first: their names of secrets are the ones people know.
    cleaned = tuple(cleaner.environment(one) for one in environments)
    made = cleaner.collection(collection)
    made = replace(made, items=tuple(_one_token(one) for one in made.items), problems=())
    for above, item in requests(made):
        if not item.draft.method:
            path = shown(item.draft.path or "")
            notes.add(
                said("No Komet method has the address {path}; it is kept as it is.", path=path)
                if path
                else "This request has no address.",
                "/".join((*(one.name for one in above), item.name)),
            )
    return Imported(kind, made, cleaned, cleaner.secrets, notes.all())


def collections_of(found: Iterable[Imported]) -> list[Collection]:
    """What is to be stored of several imports; what holds only environments goes into the first collection."""
    parts = list(found)
    whole = [one for one in parts if one.collection.items or not one.environments] or parts[:1]
    alone = [environment for one in parts if one not in whole for environment in one.environments]
    made = [replace(one.collection, environments=one.environments) for one in whole]
    if alone:
        made[0] = replace(made[0], environments=(*made[0].environments, *alone))
    return [uncovered(one) for one in made]


def uncovered(collection: Collection) -> Collection:
    """With environments that have their say.

    In other tools an environment covers the variables of a collection; here a collection covers environments. So what an
    environment that can be called says otherwise is no variable of the collection, and the environments without it get it.
    """
    places = [one for one in collection.environments if address_row(one) is not None]
    rows = collection.defaults.variables
    moved = [row for row in rows if row.value != reference(row.name) and any(_differs(one, row) for one in places)]
    if not moved:
        return collection
    environments = [
        replace(one, variables=(*(row for row in moved if row.name not in _names(one)), *one.variables))
        if one in places
        else one
        for one in collection.environments
    ]
    defaults = replace(collection.defaults, variables=tuple(row for row in rows if row not in moved))
    return replace(collection, defaults=defaults, environments=tuple(environments))


def _names(environment: EnvironmentValues) -> set[str]:
    return {row.name for row in environment.variables if row.enabled} | set(environment.secrets)


def _differs(environment: EnvironmentValues, row: Pair) -> bool:
    """Whether an environment has another value for a variable."""
    same = any(one.enabled and (one.name, one.value) == (row.name, row.value) for one in environment.variables)
    return row.name in _names(environment) and not same


def _one_token(item: Item) -> Item:
    """Where a draft holds another token than the first, it holds `{{token}}` and names the token beside it."""
    if isinstance(item, Folder):
        return replace(item, items=tuple(_one_token(one) for one in item.items))
    names = set(_OTHER_TOKEN.findall(_all_text(item)))
    if len(names) != 1 or TOKEN_REFERENCE in _all_text(item):
        return item
    (name,) = names
    other = "{{" + name + "}}"

    def rows(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple(replace(one, value=one.value.replace(other, TOKEN_REFERENCE)) for one in pairs)

    draft = item.draft
    body = replace(draft.body, text=draft.body.text.replace(other, TOKEN_REFERENCE), pairs=rows(draft.body.pairs))
    return replace(
        item, token=name, draft=replace(draft, query=rows(draft.query), headers=rows(draft.headers), body=body)
    )


def _all_text(item: RequestItem) -> str:
    draft = item.draft
    values = [one.value for one in (*draft.query, *draft.headers, *draft.body.pairs)]
    return "\n".join((*values, draft.body.text))
