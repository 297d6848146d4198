"""What a form shows and writes: the values of a draft by pointer, in the spelling that each field documents. No Qt.

Pointers are those of `catalogue.Finding`: `/query/name`, `/headers/X-ACCOUNT`, `/body/items/0/price`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from komet_console.catalogue import Field, Method
from komet_console.exchange import Body, Draft, JsonError, Pair, find_error, jsonedit
from komet_console.exchange.jsonedit import Node

__all__ = ["FormValues", "Value", "json_of", "pointer_of", "spelled_flag"]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_VARIABLE = re.compile(r"\{\{[ \t]*[A-Za-z_$][\w.$-]*[ \t]*\}\}")


@dataclass(frozen=True, slots=True)
class Value:
    """One value as a form shows it: its text, and how it is written."""

    text: str
    kind: str
    """string, number, word, variable, object, array (of JSON), or plain (a parameter or a header)."""


def spelled_flag(field: Field, on: bool) -> str:
    """The documented spelling of a flag: 1/0 or true/false."""
    if field.spelling == "true/false":
        return "true" if on else "false"
    return "1" if on else "0"


class FormValues:
    """Reads one draft and writes changed ones. Made anew for each draft; cheap.

    Args:
        method: Whose fields the form shows; the order of its fields is the order of new members.
    """

    def __init__(self, method: Method, draft: Draft) -> None:
        self._method = method
        self.draft = draft
        self._text = draft.body.text if draft.body.kind == "json" else ""
        self.error: JsonError | None = None
        """Why the body cannot be read as JSON; the body's fields wait then."""
        self._root: Node | None = None
        if self._text.strip():
            self._root = jsonedit.parse(self._text)
            self.error = find_error(self._text) if self._root is None else None
        self._rows = {"/query": draft.query, "/headers": draft.headers}

    @property
    def body_can_be_written(self) -> bool:
        """Whether the body is one that a form can write: a JSON object, or none yet."""
        if self.draft.body.kind not in ("json", "none"):
            return False
        return self.error is None and (self._root is None or self._root.kind == "object")

    def get(self, pointer: str) -> Value | None:
        """The value at a pointer; None where it is not sent."""
        place, name = _split(pointer)
        if place == "/body":
            node = jsonedit.find(self._root, name)
            return None if node is None else self._value(node)
        found = _row(self._rows[place], name, place)
        return Value(found.value, "plain") if found is not None and found.enabled else None

    def _value(self, node: Node) -> Value:
        raw = node.raw(self._text)
        return Value(json.loads(raw) if node.kind == "string" else raw, node.kind)

    def count(self, pointer: str) -> int | None:
        """How many elements the array at a pointer has; None where there is no array."""
        node = jsonedit.find(self._root, _split(pointer)[1])
        return len(node.children) if node is not None and node.kind == "array" else None

    def elements(self, pointer: str) -> list[Value]:
        """The plain elements of the array at a pointer."""
        node = jsonedit.find(self._root, _split(pointer)[1])
        return [self._value(child) for child in node.children] if node is not None and node.kind == "array" else []

    def filled(self, fields: Sequence[Field]) -> int:
        """How many of the fields are sent."""
        return sum(self.get(pointer_of(field)) is not None for field in fields)

    # --- writing: each returns the changed draft

    def put(self, pointer: str, field: Field, text: str) -> Draft:
        """The value as it was typed; how it is written follows from the field and from how it is written now."""
        place, name = _split(pointer)
        if place != "/body":
            return self._with_row(place, name, text)
        current = self.get(pointer)
        return self.put_raw(pointer, json_of(field, text, current.kind if current else None))

    def put_flag(self, pointer: str, field: Field, on: bool | None) -> Draft:
        """Yes, no, or not sent."""
        if on is None:
            return self.clear(pointer)
        word = spelled_flag(field, on)
        if not pointer.startswith("/body"):
            return self.put(pointer, field, word)
        current = self.get(pointer)
        if current is not None and current.kind == "string":
            return self.put_raw(pointer, json.dumps(word))
        return self.put_raw(pointer, word)

    def put_raw(self, pointer: str, raw: str) -> Draft:
        """JSON text as it stands."""
        _, name = _split(pointer)
        return self._with_text(jsonedit.set_value(self._text, name, raw, self._order(pointer), self._root))

    def put_elements(self, pointer: str, field: Field, texts: Sequence[str]) -> Draft:
        """An array of plain values."""
        element = field.element or field
        current = self.elements(pointer)
        kinds = [one.kind for one in current]
        raws = [
            json_of(element, text, kinds[number] if number < len(kinds) else None) for number, text in enumerate(texts)
        ]
        return self.put_raw(pointer, f"[{', '.join(raws)}]")

    def clear(self, pointer: str) -> Draft:
        """The value is not sent any more."""
        place, name = _split(pointer)
        if place == "/body":
            return self._with_text(jsonedit.remove(self._text, name, self._root))
        rows = tuple(pair for pair in self._rows[place] if not _same(pair.name, name, place))
        return self._with_rows(place, rows)

    def add_element(self, pointer: str) -> Draft:
        """One more, empty object at the end of the array at a pointer, which is made where it is not there."""
        _, name = _split(pointer)
        if self.count(pointer) is None:
            return self.put_raw(pointer, "[\n  {}\n]")
        return self._with_text(jsonedit.insert_element(self._text, name, self.count(pointer) or 0, "{}", self._root))

    def duplicate_element(self, pointer: str, index: int) -> Draft:
        return self._with_text(jsonedit.duplicate_element(self._text, _split(pointer)[1], index, self._root))

    def move_element(self, pointer: str, index: int, to: int) -> Draft:
        return self._with_text(jsonedit.move_element(self._text, _split(pointer)[1], index, to, self._root))

    def remove_element(self, pointer: str, index: int) -> Draft:
        return self._with_text(jsonedit.remove(self._text, f"{_split(pointer)[1]}/{index}", self._root))

    def _with_text(self, text: str) -> Draft:
        body = self.draft.body
        made = replace(body, text=text) if body.kind == "json" else Body("json", text)
        return replace(self.draft, body=made)

    def _with_row(self, place: str, name: str, value: str) -> Draft:
        rows = self._rows[place]
        found = _row(rows, name, place)
        if found is None:
            return self._with_rows(place, self._inserted(place, rows, Pair(name, value)))
        changed = replace(found, value=value, enabled=True)
        return self._with_rows(place, tuple(changed if pair is found else pair for pair in rows))

    def _inserted(self, place: str, rows: tuple[Pair, ...], new: Pair) -> tuple[Pair, ...]:
        """The rows with a new one, before the first that the documentation names after it."""
        fields = self._method.parameters if place == "/query" else self._method.headers
        names = [field.name for field in fields]
        after = set(names[names.index(new.name) + 1 :]) if new.name in names else set()
        at = next((number for number, pair in enumerate(rows) if pair.name in after), len(rows))
        return (*rows[:at], new, *rows[at:])

    def _with_rows(self, place: str, rows: tuple[Pair, ...]) -> Draft:
        return replace(self.draft, query=rows) if place == "/query" else replace(self.draft, headers=rows)

    def _order(self, pointer: str) -> list[str]:
        """The documented order of the members beside a pointer."""
        fields = self._method.body
        for part in pointer.split("/")[2:-1]:
            if not part.isdecimal():
                fields = next((field.children for field in fields if field.name == part), ())
        return [field.name for field in fields]


def pointer_of(field: Field) -> str:
    """The pointer of an outermost field."""
    place = {"query": "/query", "header": "/headers"}.get(field.location, "/body")
    return f"{place}/{jsonedit.escape(field.name)}"


def _split(pointer: str) -> tuple[str, str]:
    """Place and the rest: a name for rows, a pointer into the JSON for the body."""
    _, place, rest = [*pointer.split("/", 2), ""][:3]
    if place == "body":
        return "/body", f"/{rest}" if rest else ""
    return f"/{place}", rest.replace("~1", "/").replace("~0", "~")


def _same(one: str, other: str, place: str) -> bool:
    return one.casefold() == other.casefold() if place == "/headers" else one == other


def _row(rows: Sequence[Pair], name: str, place: str) -> Pair | None:
    named = [pair for pair in rows if _same(pair.name, name, place)]
    return next((pair for pair in named if pair.enabled), named[0] if named else None)


def json_of(field: Field, text: str, kind: str | None) -> str:
    """What was typed as JSON text.

    A value that is written as a text stays one; a number is written as one where the field takes numbers and the typed
    text spells one (a leading zero does not), and everything else is a text.
    """
    number = bool(_NUMBER.fullmatch(text))
    if kind == "string":
        return json.dumps(text, ensure_ascii=False)
    if kind == "number" and number:
        return text
    if not _prefers_text(field):
        takes_numbers = "integer" in field.json_types or "number" in field.json_types
        if takes_numbers and (number or _VARIABLE.fullmatch(text)):
            return text
        if "boolean" in field.json_types and text in ("true", "false"):
            return text
    if field.type == "any" and find_error(text) is None:
        return text
    if field.nullable and text == "null":
        return text
    return json.dumps(text, ensure_ascii=False)


def _prefers_text(field: Field) -> bool:
    return bool(field.json_types) and field.json_types[0] == "string"
