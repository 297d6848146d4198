"""A call as it came in, before anything is known about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from komet_console.sandbox.gate.failures import Failure

MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Incoming:
    """One HTTP request. Header names are lower-case; `size` is what the caller sent, even where the body was cut."""

    verb: str
    path: str
    """Below `/api`, with a leading slash."""
    query: tuple[tuple[str, str], ...]
    query_size: int
    headers: dict[str, str]
    body: bytes
    size: int
    client: str | None
    secure: bool


def _depth(text: str) -> int:
    """Deepest nesting of brackets, brackets in strings counted too: an upper bound that costs no recursion."""
    depth = deepest = 0
    for sign in text:
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def read_body(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; an empty body is an empty object. Raises `Failure` (400) with line and column."""
    if not body.strip():
        return {}
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        column = error.start - body.rfind(b"\n", 0, error.start)
        raise Failure(400, f"The body is not JSON: no UTF-8 at line {line}, column {column}") from None
    if len(text) > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise Failure(400, "The body is nested too deeply")
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Failure(400, f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise Failure(400, f"The body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Failure(400, "The body must be a JSON object")
    if "\\u" in text and not _storable(value):
        raise Failure(400, "The body holds a character that no text can hold (NUL, or half of a surrogate pair)")
    return value


def _storable(value: Any) -> bool:
    """Whether all text in a JSON value can be written as UTF-8 and kept by any database."""
    written = json.dumps(value, ensure_ascii=False, default=str)
    try:
        written.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in written.replace("\\\\", "")
