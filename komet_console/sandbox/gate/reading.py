"""From what a caller sent to typed values, in every documented spelling.

Written apart from the catalogue's own checks on purpose: the sandbox shares data with the client, never code, so that a
mistake on one side shows on the other. What only the catalogue inferred is accepted whatever it is.

Typed values: text str, integer int, decimal Decimal, flag bool, date date, moment datetime (UTC, naive), file bytes,
separated list list[str], array of objects list[dict], object dict. What was not sent is not in the dict.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import jsonschema_rs

from komet_console.catalogue import Field

Values = dict[str, Any]
FILE_LIMIT = 20 * 1024 * 1024

MOST_DIGITS = 1000
"""More than any number needs, and far from where Python refuses to read one."""

_INTEGER = re.compile(r"[+-]?[0-9]+")
_TRUE = {"1", "true"}
_FALSE = {"0", "false"}


class UnreadableError(ValueError):
    """A value that is not in any documented spelling; the text says why."""


def _integer(field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise UnreadableError("must be a whole number")
    text = str(value).strip()
    if not _INTEGER.fullmatch(text):
        raise UnreadableError("must be a whole number")
    if len(text) > MOST_DIGITS:
        raise UnreadableError(f"may have {field.length or 20} digits")
    if field.length and len(text.lstrip("+-").lstrip("0")) > field.length:
        raise UnreadableError(f"may have {field.length} digits")
    return int(text)


def _decimal(field: Field, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise UnreadableError("must be a number")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise UnreadableError("must be a number") from None
    if not number.is_finite():
        raise UnreadableError("must be a number")
    if field.length and field.decimals is not None:
        digits, exponent = number.normalize().as_tuple()[1:]
        places = -int(exponent)
        if places > field.decimals:
            raise UnreadableError(f"may have {field.decimals} decimals")
        if len(digits) - places > field.length - field.decimals:
            raise UnreadableError(f"may have {field.length - field.decimals} digits before the decimal point")
    return number


def _flag(_field: Field, value: Any) -> bool:
    text = str(value).strip().casefold()
    if isinstance(value, (bool, int, str)) and text in _TRUE | _FALSE:
        return text in _TRUE
    raise UnreadableError("must be 1 or 0 (or true or false)")


def _date(field: Field, value: Any) -> date:
    pattern = "%m/%d/%Y" if field.format == "MM/DD/YYYY" else "%Y-%m-%d"
    try:
        return datetime.strptime(value.strip(), pattern).date()  # noqa: DTZ007 - a business date has no zone
    except (ValueError, AttributeError):
        raise UnreadableError(f"must be a date written {field.format or 'YYYY-MM-DD'}") from None


def _moment(field: Field, value: Any) -> datetime:
    for pattern in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"):
        try:
            return datetime.strptime(value.strip(), pattern)  # noqa: DTZ007 - documented moments are GMT without zone
        except (ValueError, AttributeError):
            continue
    raise UnreadableError(f"must be a moment written {field.format or 'YYYY-MM-DD hh:mm:ss'}")


def decode_file(value: Any) -> bytes:
    """A file in any accepted spelling: comma-separated (signed) bytes, an array of them, or base64."""
    if isinstance(value, str) and "," in value:
        value = value.split(",")
    if isinstance(value, list):
        try:
            return bytes(int(one) % 256 for one in value if -128 <= int(one) <= 255)
        except (TypeError, ValueError):
            raise UnreadableError("must be a list of byte values") from None
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            # The encoding of uploads is not documented; text that is no base64 counts as the bytes themselves.
            return value.encode("utf-8", "replace")
    raise UnreadableError("must be the bytes of a file")


def _file(_field: Field, value: Any) -> bytes:
    data = decode_file(value)
    if len(data) > FILE_LIMIT:
        raise UnreadableError("may have 20 MB")
    return data


def _text(field: Field, value: Any) -> str:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and "number" in field.json_types:
        value = str(value)
    if not isinstance(value, str):
        raise UnreadableError("must be text")
    if field.length and len(value) > field.length and field.type != "token":
        raise UnreadableError(f"may have {field.length} characters")
    return value


def _anything(_field: Field, value: Any) -> Any:
    return value


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _flag,
    "date": _date,
    "datetime": _moment,
    "file": _file,
    "string": _text,
    "token": _text,
    "any": _anything,
}


def _from_set(field: Field, value: Any) -> Any:
    """The value in its documented spelling, or `UnreadableError` when it is not in the closed set."""
    if not field.values or field.type == "boolean":
        return value
    wanted = str(value).strip().casefold()
    for member in field.values:
        if member.value.casefold() == wanted:
            return int(member.value) if field.type == "integer" else member.value
    raise UnreadableError("must be one of " + ", ".join(member.value for member in field.values))


def _separated(field: Field, value: Any) -> list[Any]:
    if isinstance(value, list):
        if "array" not in field.json_types:
            raise UnreadableError("must be text")
        elements = [str(one) for one in value]
    elif isinstance(value, (str, int)) and not isinstance(value, bool):
        text = str(value)
        if field.length and "array" not in field.json_types and len(text) > field.length and not field.documented_type:
            raise UnreadableError(f"may have {field.length} characters")
        elements = text.split(field.separator)
    else:
        raise UnreadableError("must be text")
    return [_from_set(field, one.strip()) for one in elements if one.strip()]


class Reader:
    """Reads the input of one kind of object; built once per method.

    `problems` collects every fault with its place, so that one answer can name them all.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self._fields = fields
        self._children = {field.name: Reader(field.children) for field in fields if field.children}

    def read(self, data: Values, problems: list[str], place: str = "", *, blank_is_absent: bool = False) -> Values:
        """Typed values of the known keys of `data`; unknown keys are ignored."""
        values: Values = {}
        for field in self._fields:
            raw = data.get(field.name)
            if raw is None or (raw == "" and (blank_is_absent or field.type != "string")):
                continue
            try:
                values[field.name] = self._value(field, raw, problems, f"{place}{field.name}")
            except UnreadableError as reason:
                if field.inferred:
                    values[field.name] = raw
                else:
                    problems.append(f"{place}{field.name} {reason}")
        return values

    def _value(self, field: Field, raw: Any, problems: list[str], place: str) -> Any:
        if field.separator:
            return _separated(field, raw)
        if field.type == "array":
            if isinstance(raw, str) and field.element is not None:
                # URL parameters can hold a list only as text.
                raw = raw.split(",")
            if not isinstance(raw, list):
                raise UnreadableError("must be a list")
            if field.element is not None:
                return [_READERS.get(field.element.type, _anything)(field.element, one) for one in raw]
            reader = self._children.get(field.name)
            return raw if reader is None else reader.read_list(raw, problems, place)
        if field.type == "object":
            if not isinstance(raw, dict):
                raise UnreadableError("must be an object")
            reader = self._children.get(field.name)
            return raw if reader is None else reader.read(raw, problems, f"{place}.")
        return _from_set(field, _READERS[field.type](field, raw))

    def read_list(self, raw: list[Any], problems: list[str], place: str) -> list[Values]:
        """Typed elements of a list of objects."""
        read = []
        for position, one in enumerate(raw):
            if isinstance(one, dict):
                read.append(self.read(one, problems, f"{place}[{position}]."))
            else:
                problems.append(f"{place}[{position}] must be an object")
        return read


_CONDITIONS = ("allOf", "anyOf", "if", "then", "else", "dependentRequired", "required")


def conditions_only(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema reduced to what must be there: `required` and the conditions, at every level."""
    kept = {key: schema[key] for key in _CONDITIONS if key in schema}
    properties = {name: conditions_only(one) for name, one in schema.get("properties", {}).items()}
    properties = {name: one for name, one in properties.items() if one}
    if properties:
        kept["properties"] = properties
    items = conditions_only(schema.get("items", {})) if isinstance(schema.get("items"), dict) else {}
    if items:
        kept["items"] = items
    return kept


class Conditions:
    """What must be there, at every level of a request; built once per method."""

    def __init__(self, schema: dict[str, Any], fields: Sequence[Field], optional: set[str]) -> None:
        self._schema = conditions_only(schema)
        self._validator = jsonschema_rs.Draft202012Validator(self._schema)
        self._fields = fields
        self._optional = optional

    def problems(self, data: Values) -> list[str]:
        """One sentence for each thing missing; what was only inferred is never missing."""
        present = _without_blanks(data)
        if self._validator.is_valid(present):
            return []
        found = []
        for error in self._validator.iter_errors(present):
            kind: Any = error.kind
            path = list(error.instance_path)
            place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
            prefix = f"{place}." if place else ""
            if kind.name == "required" and self._counts([*path, kind.property]):
                found.append(f"{prefix}{kind.property} is required")
            elif kind.name == "anyOf":
                names = [
                    branch[0].kind.property for branch in kind.context if branch and branch[0].kind.name == "required"
                ]
                if names and all(self._counts([*path, name]) for name in names):
                    found.append(f"{prefix}{' or '.join(dict.fromkeys(names))} is required")
        return list(dict.fromkeys(found))

    def _counts(self, path: list[str | int]) -> bool:
        """Whether a missing field was read in the documentation, not inferred."""
        names = [part for part in path if isinstance(part, str)]
        if names and names[-1] in self._optional:
            return False
        fields: Sequence[Field] = self._fields
        for name in names:
            field = next((one for one in fields if one.name == name), None)
            if field is None:
                return True
            if field.inferred or "required" in field.inferred_parts:
                return False
            fields = field.children
        return True


def _without_blanks(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_blanks(one) for key, one in value.items() if one is not None and one != ""}
    if isinstance(value, list):
        return [_without_blanks(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value
