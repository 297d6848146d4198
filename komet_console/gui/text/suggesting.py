"""What may stand at a place of a JSON body, according to the method's documentation. Works on broken text. No Qt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from komet_console.catalogue import Field, Method
from komet_console.exchange import TOKEN_REFERENCE
from komet_console.exchange.jsontext import pieces
from komet_console.gui.form.describing import is_flag, tooltip_of
from komet_console.gui.form.values import json_of, spelled_flag
from komet_console.gui.i18n import tr

__all__ = ["Item", "Suggestions", "suggest"]


@dataclass(frozen=True, slots=True)
class Item:
    """One suggestion. `insert` replaces the part that is typed; `back` places the cursor so far before its end."""

    label: str
    insert: str
    detail: str = ""
    tip: str = ""
    strong: bool = False
    back: int = 0
    goes_on: bool = False
    """Whether a value comes next, for which there are suggestions perhaps."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The part of the text that a suggestion replaces (character offsets), and the suggestions."""

    start: int
    end: int
    items: tuple[Item, ...]


@dataclass(slots=True)
class _Level:
    opener: str
    names: list[str] = field(default_factory=list)
    key: str | None = None
    """The key whose value comes, or is there."""
    colon: bool = False
    done: bool = False
    """Whether the member or element has its value; a comma comes next."""


def suggest(method: Method, text: str, place: int, today: date) -> Suggestions | None:
    """What fits at a place of the text; None where nothing can be said.

    Args:
        place: character offset of the cursor.
    """
    levels: list[_Level] = []
    start, end, typed = place, place, ""
    for piece in pieces(text):
        if piece.start >= place:
            break
        if piece.kind in ("space", "comment"):
            continue
        if piece.end >= place and piece.kind != "mark" and not (piece.kind == "string" and piece.end == place):
            start, typed = piece.start, text[piece.start : place]
            end = piece.end if piece.kind != "junk" else _end_of_broken(text, start, place)
            break
        _take(levels, piece.kind, piece.text)
    if not levels or levels[-1].done:
        return None
    fields = _fields(method, levels)
    if fields is None:
        return None
    level = levels[-1]
    if level.opener == "{" and not level.colon:
        if level.key is not None:
            return None
        items = _keys(fields, _names_around(text, end) | set(level.names), typed, text, end)
    else:
        found = _field_of(fields, level) if level.opener == "{" else _element(method, levels)
        items = _values(found, typed, today) if found is not None else []
    return Suggestions(start, end, tuple(items)) if items else None


def _take(levels: list[_Level], kind: str, text: str) -> None:
    if text in ("{", "["):
        levels.append(_Level(text))
    elif text in ("}", "]"):
        if levels:
            levels.pop()
        if levels:
            levels[-1].done = True
    elif not levels:
        return
    elif text == ",":
        levels[-1].key, levels[-1].colon, levels[-1].done = None, False, False
    elif text == ":":
        levels[-1].colon = True
    elif kind == "string" and levels[-1].opener == "{" and not levels[-1].colon:
        levels[-1].key = json.loads(text)
        levels[-1].names.append(levels[-1].key or "")
    else:
        levels[-1].done = True


def _end_of_broken(text: str, start: int, place: int) -> int:
    """Where a token ends that is none yet: a closing quote belongs to it."""
    if start < place and text[start] == '"' and text[place : place + 1] == '"':
        return place + 1
    return place


def _names_around(text: str, place: int) -> set[str]:
    """Names that the object has behind the cursor."""
    depth = 0
    names: set[str] = set()
    last = ""
    for piece in pieces(text[place:]):
        if piece.text in ("{", "["):
            depth += 1
        elif piece.text in ("}", "]"):
            depth -= 1
            if depth < 0:
                break
        elif depth == 0 and piece.kind == "string":
            last = piece.text
        elif depth == 0 and piece.text == ":" and last:
            names.add(json.loads(last))
            last = ""
    return names


def _fields(method: Method, levels: Sequence[_Level]) -> Sequence[Field] | None:
    """The documented members of the object that is open; None where that is not documented."""
    fields: Sequence[Field] = method.body
    for outer in levels[:-1]:
        if outer.opener == "{":
            found = _field_of(fields, outer)
            if found is None:
                return None
            fields = found.children
    return fields


def _field_of(fields: Sequence[Field], level: _Level) -> Field | None:
    return next((one for one in fields if one.name == level.key), None)


def _element(method: Method, levels: Sequence[_Level]) -> Field | None:
    """The documented element of the array that is open; None where elements are objects or not documented."""
    outer = next((number for number in range(len(levels) - 2, -1, -1) if levels[number].opener == "{"), None)
    if outer is None:
        return None
    fields = _fields(method, levels[: outer + 1])
    found = _field_of(fields, levels[outer]) if fields is not None else None
    return found.element if found is not None else None


def _keys(fields: Sequence[Field], there: set[str], typed: str, text: str, end: int) -> list[Item]:
    wanted = typed.strip('"').casefold()
    rest = text[end:].lstrip()
    has_colon = rest.startswith(":")
    before_another = rest.startswith('"')
    found = []
    for one in fields:
        if one.name in there or wanted not in one.name.casefold():
            continue
        tail, back = ("", 0) if has_colon else _tail(one)
        if before_another:
            tail, back = tail + ",", back + 1
        found.append(
            Item(
                one.name,
                json.dumps(one.name, ensure_ascii=False) + tail,
                one.type,
                tooltip_of(one),
                one.required,
                back,
                not has_colon and bool(_offered(one, date.min)),
            )
        )
    return sorted(found, key=lambda item: (not item.label.casefold().startswith(wanted), not item.strong))


def _tail(one: Field) -> tuple[str, int]:
    """What is written behind a new name, and how far before its end the cursor goes."""
    if one.type == "array":
        return ": []", 1
    if one.type == "object":
        return ": {}", 1
    return (': ""', 1) if one.json_types[:1] == ("string",) or not one.json_types else (": ", 0)


def _values(one: Field, typed: str, today: date) -> list[Item]:
    found = _offered(one, today)
    # An example says what a value looks like; it does not replace one that is being typed.
    if not typed and not found and one.example is not None and not isinstance(one.example, (dict, list)):
        text = str(one.example)
        found = [Item(text, json_of(one, text, None), tr("example"), tooltip_of(one))]
    wanted = typed.strip('"').casefold()
    return [one for one in found if wanted in one.label.casefold() or wanted in one.detail.casefold()]


def _offered(one: Field, today: date) -> list[Item]:
    """What the documentation lets one choose from."""
    tip = tooltip_of(one)

    def item(text: str, detail: str) -> Item:
        return Item(text, json_of(one, text, None), detail, tip)

    found: list[Item] = []
    if one.type == "token":
        found.append(item(TOKEN_REFERENCE, ""))
    elif is_flag(one):
        found += [item(spelled_flag(one, on), meaning) for on, meaning in ((True, tr("yes")), (False, tr("no")))]
    elif one.values:
        found += [item(value.value, value.meaning) for value in one.values]
    elif one.type in ("date", "datetime"):
        day = today.isoformat() if one.type == "date" else f"{today.isoformat()} 00:00:00"
        found += [item(day, tr("today")), item("{{$today}}", tr("the day it is sent"))]
    return found
