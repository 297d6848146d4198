"""Variables `{{name}}` in a draft: where they stand, what they are worth, the draft with their values. Pure.

    {{name}}                     a value of the scopes: request, then collection, then environment;
                                 within its own value it means what the scopes further out say
    {{$today}} {{$now}}          the day, the moment; `{{$today+3d}}`, `{{$now-2h}}` (s, min, h, d, w, m, y)
    {{$uuid}} {{$timestamp}} {{$randomInt}}
    {{$today+3d|%m/%d/%Y}}       with a format of strftime
    {{$now|%H:%M|America/Bogota}}   and a time zone

`{{token}}` is left to `building`: it is filled in last, and only for the token's own host. A value that stands within a JSON
string is escaped as JSON wants it; outside of quotes it is raw, so that numbers and whole objects can be variables.
"""

from __future__ import annotations

import calendar
import json
import random
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from komet_console.exchange import jsonedit, jsonscan, jsontext
from komet_console.exchange.model import Body, Draft, Pair
from komet_console.patterns import pattern
from komet_console.records import field, record

__all__ = [
    "DYNAMIC",
    "MAX_DEPTH",
    "Surroundings",
    "Unresolved",
    "Value",
    "names_in",
    "resolve",
    "resolve_text",
    "unresolved",
    "value_of",
]

Scopes = Sequence[Mapping[str, str]]
"""The nearest scope first: request, collection (folders first), environment."""

DYNAMIC = ("$today", "$now", "$uuid", "$timestamp", "$randomInt")
MAX_DEPTH = 16
"""A value may name other variables this deep; beyond it, and in a circle within one scope, a reference counts as unresolved."""
MAX_LENGTH = 1_000_000
"""No reference grows beyond this many characters, however often its value names others."""
RESERVED = frozenset({"token"})
_WITH_REFERENCE = pattern(
    r"""(?P<before>(?:[^"]++ | "(?:[^"\\{]++ | \\. | \{(?!\{))*+")*+)(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+")?""",
    re.VERBOSE,
)
"""Of JSON without extensions: the next string that holds a reference, and what lies before it."""
_REFERENCE = pattern(r"\{\{[ \t]*(?P<inner>[^{}\r\n]*?)[ \t]*\}\}")
_NAME = pattern(r"[A-Za-z_][\w.-]*")
_DYNAMIC = pattern(r"\$(?P<name>[A-Za-z]+)[ \t]*(?P<shift>(?:[+-][ \t]*\d{1,6}[ \t]*(?:min|[smhdwy])[ \t]*)*)")
_STEP = pattern(r"([+-])[ \t]*(\d+)[ \t]*(min|[smhdwy])")
_SPANS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_NOW_FORMAT = "%Y-%m-%d %H:%M:%S"
"""The API's documented way to write a moment."""
_DAY_FORMAT = "%Y-%m-%d"


class Unresolved(NamedTuple):
    """A variable without a value, and where it stands.

    `pointer` is that of a finding: `/query/dateFrom`, `/headers/X-ACCOUNT`, `/body/items/0/price`, `/path`.
    """

    name: str
    pointer: str


class Value(NamedTuple):
    """What a variable is worth, for hovering; `secret` values are to be masked. `scope` counts from the nearest, -1: dynamic."""

    text: str
    scope: int
    secret: bool = False

    def __repr__(self) -> str:
        return f"Value(scope={self.scope})"


@record
class Surroundings:
    """What dynamic variables depend on; one object for one call, so that `{{$now}}` is the same everywhere in it."""

    moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    """Aware; the moment of `{{$now}}`."""
    zone: str = ""
    """IANA name of the time zone for dates; empty: UTC."""
    chance: random.Random = field(default_factory=random.Random, repr=False)
    secret: frozenset[str] = frozenset()
    """Names whose values are not to be shown."""


# -- dynamic values ----------------------------------------------------------------------------------------------------


def _zone(name: str) -> tzinfo | None:
    """The time zone of that name; UTC for none, None where there is none of that name."""
    if name.upper() in ("", "UTC", "Z"):
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _shifted(moment: datetime, shift: str) -> datetime:
    for sign, digits, unit in _STEP.findall(shift):
        count = int(sign + digits)
        if unit in _SPANS:
            moment += timedelta(**{_SPANS[unit]: count})
            continue
        months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        # The last day of a short month stands for the days it does not have.
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        moment = moment.replace(year=year, month=month + 1, day=day)
    return moment


def _dynamic(inner: str, around: Surroundings) -> str | None:
    head, *options = (part.strip() for part in inner.split("|"))
    match = _DYNAMIC.fullmatch(head)
    if match is None or f"${match['name']}" not in DYNAMIC or len(options) > 2:
        return None
    name, shift = match["name"], match["shift"]
    if name in ("uuid", "randomInt"):
        if shift or options:
            return None
        if name == "uuid":
            import uuid  # looks the whole platform up when it is loaded

            return str(uuid.UUID(int=around.chance.getrandbits(128), version=4))
        return str(around.chance.randint(0, 1000))
    written = options[0] if options else ""
    zone = _zone(options[1] if len(options) == 2 else around.zone)
    if zone is None:
        return None
    try:
        moment = _shifted(around.moment.astimezone(zone), shift)
        if name == "timestamp":
            return str(int(moment.timestamp())) if not options else None
        return moment.strftime(written or (_DAY_FORMAT if name == "today" else _NOW_FORMAT))
    except (ValueError, OverflowError):
        return None


# -- values ------------------------------------------------------------------------------------------------------------


class _TooMuchError(Exception):
    """A value that cannot be worked out within bounds."""


def _worth(inner: str, scopes: Scopes, around: Surroundings, above: tuple[tuple[str, int], ...]) -> Value | None:
    """What stands for `{{inner}}`; None: nothing is known for it. `above`: the variables it stands in, with their scopes."""
    if inner.startswith("$"):
        text = _dynamic(inner, around)
        return None if text is None else Value(text, -1)
    if inner in RESERVED or len(above) >= MAX_DEPTH or not _NAME.fullmatch(inner):
        return None
    beyond = max((number for name, number in above if name == inner), default=-1)
    number = next((at for at, scope in enumerate(scopes) if at > beyond and inner in scope), None)
    if number is None:
        return None
    within = (*above, (inner, number))
    secret = inner in around.secret
    missing = False

    def fill(name: str) -> str | None:
        nonlocal secret, missing
        if name in RESERVED:
            return None
        found = _worth(name, scopes, around, within)
        if found is None:
            missing = True
            return None
        secret = secret or found.secret
        return found.text

    text = _replaced(scopes[number][inner], fill)
    return None if missing else Value(text, number, secret)


def _replaced(text: str, fill: Callable[[str], str | None], write: Callable[[str], str] = str) -> str:
    out: list[str] = []
    done = size = 0
    for match in _REFERENCE.finditer(text):
        worth = fill(match["inner"])
        if worth is None:
            continue
        out += [text[done : match.start()], write(worth)]
        size += len(out[-1])
        done = match.end()
        if size > MAX_LENGTH:
            raise _TooMuchError
    return "".join(out) + text[done:]


def names_in(text: str) -> list[str]:
    """What stands between the braces of every reference, in order."""
    return [match["inner"] for match in _REFERENCE.finditer(text)]


def value_of(name: str, scopes: Scopes, around: Surroundings | None = None) -> Value | None:
    """What `{{name}}` is worth now and which scope says so; None where nothing does."""
    try:
        return _worth(name.strip(), scopes, around or Surroundings(), ())
    except _TooMuchError:
        return None


class _Filler:
    """The value of each reference, worked out once a draft."""

    def __init__(self, scopes: Scopes, around: Surroundings) -> None:
        self._scopes = scopes
        self._around = around
        self._known: dict[str, str | None] = {}

    def __call__(self, inner: str) -> str | None:
        if inner in RESERVED:
            return None
        # Every {{$uuid}} is another one; everything else is the same wherever it stands.
        if inner in ("$uuid", "$randomInt"):
            return _dynamic(inner, self._around)
        if inner not in self._known:
            found = value_of(inner, self._scopes, self._around)
            self._known[inner] = None if found is None else found.text
        return self._known[inner]


def resolve_text(text: str, scopes: Scopes, around: Surroundings | None = None) -> str:
    """The text with every known variable replaced as it is; the others stay as they are written."""
    return _plain(text, _Filler(scopes, around or Surroundings()))


def _plain(text: str, fill: Callable[[str], str | None]) -> str:
    if "{{" not in text:
        return text
    try:
        return _replaced(text, fill)
    except _TooMuchError:
        return text


def _escaped(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _string(text: str, fill: Callable[[str], str | None]) -> str:
    try:
        return _replaced(text, fill, _escaped)
    except _TooMuchError:
        return text


def _json(text: str, fill: Callable[[str], str | None]) -> str:
    """JSON text: escaped within strings, raw outside, comments untouched."""
    if "{{" not in text:
        return text
    if jsonscan.is_plain(text):
        return _WITH_REFERENCE.sub(lambda match: match["before"] + _string(match["string"] or "", fill), text)
    out: list[str] = []
    loose: list[str] = []

    def flush() -> None:
        if loose:
            out.append(_plain("".join(loose), fill))
            loose.clear()

    for piece in jsontext.pieces(text):
        if piece.kind == "string" or (piece.kind == "junk" and piece.text.startswith('"')):
            flush()
            out.append(_string(piece.text, fill))
        elif piece.kind == "comment":
            flush()
            out.append(piece.text)
        else:
            # References with a format or a plus sign are no single token of JSON.
            loose.append(piece.text)
    flush()
    return "".join(out)


def _row(pair: Pair, fill: Callable[[str], str | None]) -> Pair:
    made = (_plain(pair.name, fill), _plain(pair.value, fill), _plain(pair.file, fill))
    if made == (pair.name, pair.value, pair.file):
        return pair
    return replace(pair, name=made[0], value=made[1], file=made[2])


def resolve(draft: Draft, scopes: Scopes, around: Surroundings | None = None) -> Draft:
    """The draft with every known variable replaced; unknown ones and `{{token}}` stay, what is switched off too."""
    fill = _Filler(scopes, around or Surroundings())

    def rows(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple(_row(pair, fill) if pair.enabled else pair for pair in pairs)

    body = draft.body
    text = _json(body.text, fill) if body.kind == "json" else _plain(body.text, fill)
    made = replace(
        draft,
        query=rows(draft.query),
        headers=rows(draft.headers),
        path=draft.path if draft.path is None else _plain(draft.path, fill),
        body=replace(body, text=text, pairs=rows(body.pairs), content_type=_plain(body.content_type, fill)),
    )
    return draft if made == draft else made


# -- what has no value -------------------------------------------------------------------------------------------------


def unresolved(draft: Draft, scopes: Scopes, around: Surroundings | None = None) -> list[Unresolved]:
    """Every reference that would go out as it is written, each with its place; `{{token}}` is never among them."""
    fill = _Filler(scopes, around or Surroundings())
    found = (
        Unresolved(inner, pointer)
        for text, pointer in _texts(draft)
        for inner in names_in(text)
        if inner not in RESERVED and fill(inner) is None
    )
    return list(dict.fromkeys(found))


def _texts(draft: Draft) -> Iterator[tuple[str, str]]:
    if draft.path:
        yield draft.path, "/path"
    for pairs, place in ((draft.query, "query"), (draft.headers, "headers")):
        for pair in pairs:
            if pair.enabled:
                yield f"{pair.name}\n{pair.value}", f"/{place}/{jsonedit.escape(pair.name)}"
    yield from _body_texts(draft.body)


def _body_texts(body: Body) -> Iterator[tuple[str, str]]:
    if body.kind in ("form", "multipart"):
        for pair in body.pairs:
            if pair.enabled:
                yield f"{pair.name}\n{pair.value}\n{pair.file}", f"/body/{jsonedit.escape(pair.name)}"
    elif body.kind == "raw":
        yield body.text, "/body"
    elif body.kind == "json" and "{{" in body.text:
        text = body.text
        pieces = () if jsonscan.is_plain(text) else jsontext.pieces(text)
        comments = _Spans((piece.start, piece.end, "") for piece in pieces if piece.kind == "comment")
        values = _Spans(_values(text))
        for match in _REFERENCE.finditer(text):
            if comments.at(match.start()) is None:
                yield match.group(), "/body" + (values.at(match.start()) or "")


class _Spans:
    """Stretches of a text that do not overlap, found by offset."""

    def __init__(self, spans: Iterable[tuple[int, int, str]]) -> None:
        self._spans = sorted(spans)
        self._starts = [start for start, _end, _pointer in self._spans]

    def at(self, offset: int) -> str | None:
        number = bisect_right(self._starts, offset) - 1
        return self._spans[number][2] if number >= 0 and offset < self._spans[number][1] else None


def _values(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each plain value of a JSON text stands, its key included, with its pointer; nothing for what is no JSON."""
    root = jsonedit.parse(text)
    waiting = [] if root is None else [(root, "")]
    while waiting:
        node, pointer = waiting.pop()
        if node.kind not in ("object", "array"):
            yield node.first, node.end, pointer
        for number, child in enumerate(node.children):
            name = str(number) if child.name is None else jsonedit.escape(child.name)
            waiting.append((child, f"{pointer}/{name}"))
