"""What is held against the catalogue: a call about to be sent, findings about it, JSON read without surprises."""

from __future__ import annotations

import json
from decimal import Decimal
from enum import StrEnum
from typing import Any

from komet_console.catalogue.model import TokenKind
from komet_console.records import record

MAX_DEPTH = 200
"""Deeper JSON is treated as unreadable: no documented request nests more than three levels."""


class Severity(StrEnum):
    """How sure a finding is."""

    ERROR = "error"
    """The request and its token decide it: the documentation says that this call fails."""
    WARNING = "warning"
    """Probably wrong, or against a fact that nobody has read in the documentation."""
    NOTE = "note"
    """Depends on the company's settings, or is only worth knowing."""


@record
class Finding:
    """One thing to know about a request before it is sent.

    `pointer` is a JSON pointer into the call: `/query/dateFrom`, `/headers/X-ACCOUNT`, `/body/items/0/price`, `/body`,
    or "" for the call as a whole. `line` and `column` (1-based) are set where the text itself is at fault.
    """

    pointer: str
    message: str
    severity: Severity = Severity.ERROR
    hint: str = ""
    code: str = ""
    line: int | None = None
    column: int | None = None


@record
class Call:
    """A request as it will travel. Header names are compared without case; `body` is what goes over the wire."""

    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    verb: str | None = None
    """None: the documented verb."""
    token_kind: TokenKind | None = None
    """Kind of the token that will be used, where it is known."""

    def header(self, name: str) -> str | None:
        """The value of a header, or None; the last one where it is given twice."""
        wanted = name.casefold()
        return next((value for key, value in reversed(self.headers) if key.casefold() == wanted), None)


@record
class JsonText:
    """A text read as JSON: the value, or the place and reason why there is none."""

    value: Any = None
    readable: bool = True
    message: str = ""
    line: int = 1
    column: int = 1
    duplicates: tuple[str, ...] = ()


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        ]
        if not level:
            return False
    return True


def read_json(data: bytes | str) -> JsonText:
    """Read JSON without ever raising. Decimals keep every digit (`Decimal`); `NaN` and `Infinity` are no JSON."""
    if isinstance(data, bytes):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = data[: error.start]
            return JsonText(
                readable=False,
                message=f"byte 0x{data[error.start]:02x} is not UTF-8",
                line=before.count(b"\n") + 1,
                column=len(before) - (before.rfind(b"\n") + 1) + 1,
            )
    else:
        text = data
    duplicates: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) < len(items):
            seen: set[str] = set()
            duplicates.extend(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return made

    def constant(name: str) -> Any:
        raise ValueError(f"{name} is not JSON")

    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=constant, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        return JsonText(readable=False, message=error.msg, line=error.lineno, column=error.colno)
    except RecursionError:
        return JsonText(readable=False, message="nested too deeply")
    except (ValueError, ArithmeticError) as error:
        return JsonText(readable=False, message=str(error))
    if _too_deep(value):
        return JsonText(readable=False, message="nested too deeply")
    return JsonText(value, duplicates=tuple(dict.fromkeys(duplicates)))


def plain(value: Any) -> Any:
    """The value with decimals as floats, as schema validators want it."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return float(value)
    return value
