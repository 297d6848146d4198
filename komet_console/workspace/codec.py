"""A draft as JSON and back, without loss: every field of `Draft`, `Pair` and `Body`, whatever characters it holds.

Fields at their defaults are left out. The number of the format is raised when a field changes its meaning; what a newer
version wrote is refused, never half read.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import Any, get_args

from komet_console.exchange.model import Body, BodyKind, Draft, InputLocation, Pair, TokenLocation

__all__ = ["FORMAT", "CodecError", "dumps", "from_json", "loads", "to_json"]

FORMAT = 1
_ALLOWED: dict[str, tuple[Any, ...]] = {
    "kind": get_args(BodyKind),
    "input_location": (None, *get_args(InputLocation)),
    "token_location": (None, *get_args(TokenLocation)),
}
_OPTIONAL = frozenset({"verb", "path"})


class CodecError(ValueError):
    """The text is not a draft of a format that is known here."""


def to_json(draft: Draft) -> dict[str, Any]:
    """The draft as JSON values, with the number of the format."""
    return {"format": FORMAT, **_written(draft)}


def from_json(value: Any) -> Draft:
    """The draft that `to_json` wrote.

    Raises:
        CodecError: it is none, or one of a newer format.
    """
    if not isinstance(value, dict):
        raise CodecError("a draft is an object")
    if value.get("format") != FORMAT:
        raise CodecError(f"a draft of format {value.get('format')!r}, known is {FORMAT}")
    draft: Draft = _read(Draft, {name: one for name, one in value.items() if name != "format"})
    return draft


def dumps(draft: Draft) -> str:
    """The draft as text, ASCII only: a half of a surrogate pair or a NUL in it must not stop anything from being kept."""
    return json.dumps(to_json(draft), separators=(",", ":"))


def loads(text: str) -> Draft:
    """The draft of a text; raises `CodecError`."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise CodecError("not JSON") from error
    return from_json(value)


def _written(value: Draft | Body | Pair) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field in fields(value):
        one = getattr(value, field.name)
        if one == field.default:
            continue
        if isinstance(one, Body):
            one = _written(one)
        elif isinstance(one, tuple):
            one = [_written(pair) for pair in one]
        made[field.name] = one
    return made


def _read(kind: type[Any], value: Any) -> Any:
    if not isinstance(value, dict):
        raise CodecError(f"{kind.__name__} is an object")
    known = {field.name: field for field in fields(kind)}
    if unknown := value.keys() - known.keys():
        raise CodecError(f"{kind.__name__} has no {min(unknown)}")
    made: dict[str, Any] = {}
    for name, field in known.items():
        if name not in value:
            if field.default is MISSING:
                raise CodecError(f"{kind.__name__} without {name}")
            continue
        made[name] = _field(name, field.default, value[name])
    return kind(**made)


def _field(name: str, default: Any, value: Any) -> Any:
    if name == "body":
        return _read(Body, value)
    if isinstance(default, tuple):
        if not isinstance(value, list):
            raise CodecError(f"{name} is a list")
        return tuple(_read(Pair, one) for one in value)
    if name in _ALLOWED:
        fits = value in _ALLOWED[name]
    elif name in _OPTIONAL:
        fits = value is None or isinstance(value, str)
    else:
        fits = isinstance(value, bool if isinstance(default, bool) else str)
    if not fits:
        raise CodecError(f"{name} cannot be {value!r}")
    return value
