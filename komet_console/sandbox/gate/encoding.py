"""From what a method returns to JSON in the documented spelling, driven by the catalogue's answer fields.

A method returns plain Python values under the documented keys (bool, int, Decimal, date, datetime, bytes, list, dict);
which of the API's many spellings each takes (1 or true, text of signed bytes, MM/DD/YYYY) is decided here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from komet_console.catalogue import Field, Method

Encode = Callable[[Any], Any]


class UndocumentedKeyError(AssertionError):
    """A method returned a key that the documentation does not have: a defect of the sandbox."""


def _flag(field: Field) -> Encode:
    if field.spelling == "true/false":
        return bool
    return int


def _decimal(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _date(field: Field) -> Encode:
    if field.format == "MM/DD/YYYY":
        return lambda value: f"{value:%m/%d/%Y}" if isinstance(value, date) else value
    return lambda value: value.isoformat()[:10] if isinstance(value, date) else value


def _moment(field: Field) -> Encode:
    separator = "T" if "'T'" in field.format else " "
    return lambda value: value.isoformat(separator, "seconds") if isinstance(value, datetime) else value


def signed_bytes(data: bytes) -> str:
    """The documented form of a file: comma-separated signed byte values."""
    return ",".join(map(str, memoryview(data).cast("b")))


def _scalar(field: Field) -> Encode | None:
    """How a plain value of a field is written; None where it stays as it is."""
    if field.separator:
        separator = field.separator
        return lambda value: separator.join(map(str, value)) if isinstance(value, (list, tuple)) else value
    match field.type:
        case "boolean":
            return _flag(field)
        case "decimal":
            return _decimal
        case "date":
            return _date(field)
        case "datetime":
            return _moment(field)
        case "file":
            return lambda value: signed_bytes(value) if isinstance(value, bytes) else value
    return None


def _as_text(encode: Encode | None) -> Encode:
    """The quirk of many documented samples: numbers and flags in quotes."""

    def written(value: Any) -> Any:
        plain = encode(value) if encode else value
        return plain if isinstance(plain, str) else json.dumps(plain)

    return written


def _quoted(sample: Any) -> bool:
    return isinstance(sample, str)


class Encoder:
    """Writes one kind of object; built once per method.

    `sample` is the documented sample at this place; with it, numbers are quoted where the sample quotes them.
    """

    def __init__(self, fields: Sequence[Field], sample: Any = None) -> None:
        self._fields: dict[str, tuple[Encode | None, Encoder | None]] = {}
        for field in fields:
            inner = _first(sample, field.name)
            if field.entries is not None:
                self._fields[field.name] = (_entries(field), None)
            elif field.children:
                self._fields[field.name] = (None, Encoder(field.children, inner))
            elif field.element is not None:
                self._fields[field.name] = (_elements(field.element), None)
            else:
                encode = _scalar(field)
                if _quoted(inner) and field.type in ("integer", "decimal", "boolean"):
                    encode = _as_text(encode)
                self._fields[field.name] = (encode, None)

    def encode(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values as JSON-ready ones, in documented order; raises `UndocumentedKeyError`."""
        written: dict[str, Any] = {}
        for name, (encode, below) in self._fields.items():
            if name not in values:
                continue
            value = values[name]
            if (encode is None and below is None) or value is None:
                written[name] = value
            elif below is None:
                written[name] = encode(value)  # type: ignore[misc]
            else:
                written[name] = [below.encode(one) for one in value] if isinstance(value, list) else below.encode(value)
        if len(written) < len(values):
            raise UndocumentedKeyError(", ".join(sorted(values.keys() - self._fields.keys())))
        return written


def _first(sample: Any, name: str) -> Any:
    """The sample below a key; the first one that is there in a list."""
    rows = sample if isinstance(sample, list) else [sample]
    return next((row[name] for row in rows if isinstance(row, dict) and row.get(name) not in (None, [])), None)


def _elements(element: Field) -> Encode:
    encode = _scalar(element)
    return lambda values: [encode(one) if encode and one is not None else one for one in values]


def _entries(field: Field) -> Encode:
    """An object whose keys are data, dates as a rule."""
    assert field.entries is not None
    encoder = Encoder(field.entries.children) if field.entries.children else None
    key = _date(Field("", "answer", "date", format=field.key_format))

    def encode(values: dict[Any, Any]) -> dict[str, Any]:
        return {str(key(name)): encoder.encode(one) if encoder else one for name, one in values.items()}

    return encode


def encoder_of(method: Method, *, quirks: bool) -> Encoder:
    """The encoder of a method's answers; with `quirks` numbers are quoted where the documented sample quotes them."""
    sample = None
    if quirks:
        sample = method.operation["responses"]["200"]["content"]["application/json"].get("example")
    return Encoder(method.answer, sample)
