"""Runs a request's checks and captures on an answer. Pure: no I/O, never raises, whatever the answer holds.

Values are found with JMESPath. Numbers keep the spelling they have in the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from komet_console.catalogue import Catalogue, Method
from komet_console.texts import said
from komet_console.workspace.collections.model import Capture, Check

__all__ = ["Answer", "Captured", "CheckResult", "capture", "expression_error", "run", "schema_problems", "shown_value"]

_LONGEST = 200
_PATTERN = 1000
_MATCHED = 100_000
"""Characters that a regular expression is tried on; a bad one could take for ever on more."""


class _Spelled(float):
    """A number with the text it had."""

    text: str

    def __new__(cls, text: str) -> _Spelled:
        made = super().__new__(cls, text)
        made.text = text
        return made


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as checks see it."""

    status: int
    body: bytes = field(default=b"", repr=False)
    milliseconds: float = 0.0
    outcome: str = ""
    """`OutcomeKind` of the explained answer; empty where it was not explained."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check's result. `passed` is None where it was switched off."""

    check: Check
    passed: bool | None
    message: str
    """A sentence that says what was found."""


@dataclass(frozen=True, slots=True)
class Captured:
    """One capture's result: the text for the variable, or None and why."""

    capture: Capture
    value: str | None
    message: str = ""


def expression_error(expression: str) -> str:
    """Why a text is no JMESPath, in a sentence; empty where it is one."""
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        jmespath.compile(expression)
    except (JMESPathError, ValueError, RecursionError) as error:
        return said("This is no JMESPath: {reason}", reason=_first_line(error))
    return ""


def schema_problems(catalogue: Catalogue, method: Method) -> Callable[[Any], list[str]]:
    """A function that says where an answer is not as documented; for `run`."""

    def problems(answer: Any) -> list[str]:
        import jsonschema_rs

        answer = _plain(answer)

        validator = jsonschema_rs.Draft202012Validator(catalogue.answer_schema(method), validate_formats=True)
        try:
            errors = list(validator.iter_errors(answer))
        except ValueError as error:
            return [_first_line(error)]
        return [f"/{'/'.join(map(str, one.instance_path))}: {one.message[:_LONGEST]}" for one in errors]

    return problems


def run(
    checks: Iterable[Check], answer: Answer, problems: Callable[[Any], list[str]] | None = None
) -> tuple[CheckResult, ...]:
    """The result of every check, in order.

    Args:
        problems: says where a decoded answer is not as documented (`schema_problems`); None: a schema check fails, saying so.
    """
    body = _Body(answer.body)
    return tuple(
        CheckResult(one, None, "This check is switched off.") if not one.enabled else _run(one, answer, body, problems)
        for one in checks
    )


def capture(captures: Sequence[Capture], answer: Answer) -> tuple[Captured, ...]:
    """What the captures that are switched on find; a value that is not there captures nothing."""
    body = _Body(answer.body)
    found = []
    for one in captures:
        if not one.enabled:
            continue
        value, trouble = body.find(one.expression)
        if trouble:
            found.append(Captured(one, None, trouble))
        elif value is None:
            found.append(
                Captured(one, None, said("The answer holds nothing at {expression}.", expression=one.expression))
            )
        else:
            found.append(Captured(one, shown_value(value)))
    return tuple(found)


def shown_value(value: Any) -> str:
    """A value as text: texts as they are, everything else as JSON with its own spelling of numbers."""
    if isinstance(value, str):
        return value
    if isinstance(value, _Spelled):
        return value.text
    if isinstance(value, list):
        return "[" + ", ".join(_json(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json(key)}: {_json(one)}" for key, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else shown_value(value)


def _plain(value: Any) -> Any:
    """The value with numbers as validators want them."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return float(value.text) if isinstance(value, _Spelled) else value


class _Body:
    """The answer's JSON, decoded at the first question."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._read: tuple[Any, str] | None = None

    def value(self) -> tuple[Any, str]:
        """The value, or why there is none."""
        if self._read is None:
            try:
                text = self._data.decode("utf-8-sig")
                self._read = (json.loads(text, parse_float=_Spelled), "")
            except (ValueError, RecursionError):
                self._read = (None, "The answer is no JSON." if self._data.strip() else "The answer is empty.")
        return self._read

    def find(self, expression: str) -> tuple[Any, str]:
        """What a JMESPath finds (None: nothing), or why it cannot be asked."""
        import jmespath
        from jmespath.exceptions import JMESPathError

        value, trouble = self.value()
        if trouble:
            return None, trouble
        try:
            return jmespath.search(expression, value), ""
        except (JMESPathError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
            return None, said(
                "{expression} cannot be evaluated: {reason}", expression=expression, reason=_first_line(error)
            )


def _run(check: Check, answer: Answer, body: _Body, problems: Callable[[Any], list[str]] | None) -> CheckResult:
    if check.kind == "outcome":
        outcome = answer.outcome or "not explained"
        same = outcome == check.value.strip()
        return CheckResult(check, same == (check.operator == "eq"), said("The outcome is {outcome}.", outcome=outcome))
    if check.kind == "status":
        passed, trouble = _compared(answer.status, check)
        return CheckResult(check, passed, trouble or said("The HTTP status is {status}.", status=answer.status))
    if check.kind == "time":
        passed, trouble = _compared(round(answer.milliseconds, 3), check)
        return CheckResult(
            check, passed, trouble or said("The answer took {milliseconds:.0f} ms.", milliseconds=answer.milliseconds)
        )
    if check.kind == "schema":
        return _schema(check, body, problems)
    value, trouble = body.find(check.expression)
    if trouble:
        return CheckResult(check, False, trouble)
    where = check.expression
    if check.operator in ("exists", "missing"):
        there = value is not None
        found = (
            said("{where} is {value}.", where=where, value=_short(value))
            if there
            else said("The answer holds nothing at {where}.", where=where)
        )
        return CheckResult(check, there == (check.operator == "exists"), found)
    passed, trouble = _compared(value, check)
    return CheckResult(check, passed, trouble or said("{where} is {value}.", where=where, value=_short(value)))


def _schema(check: Check, body: _Body, problems: Callable[[Any], list[str]] | None) -> CheckResult:
    value, trouble = body.value()
    if trouble:
        return CheckResult(check, False, trouble)
    if problems is None:
        return CheckResult(check, False, "No documented answer is known for this request.")
    found = problems(value)
    if not found:
        return CheckResult(check, True, "The answer is as documented.")
    template = (
        "The answer is not as documented: {first} ({count} more)"
        if len(found) > 1
        else "The answer is not as documented: {first}"
    )
    return CheckResult(check, False, said(template, first=found[0], count=len(found) - 1))


def _short(value: Any) -> str:
    text = _json(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " ..."


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None or isinstance(value, (list, dict)):
        return None
    try:
        number = Decimal(shown_value(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _equal(value: Any, wanted: str) -> bool:
    """Whether a value is what is written: the same number, the same JSON, or the same text."""
    left, right = _number(value), _number(wanted)
    if left is not None and right is not None:
        return left == right
    if isinstance(value, str):
        return value in (wanted, _unquoted(wanted))
    if isinstance(value, (list, dict)):
        try:
            return bool(value == json.loads(wanted))
        except (ValueError, RecursionError):
            return False
    return shown_value(value) == wanted.strip()


def _unquoted(text: str) -> str:
    stripped = text.strip()
    return stripped[1:-1] if len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'" else text


def _compared(value: Any, check: Check) -> tuple[bool, str]:
    """Whether a value passes, and why it could not even be compared."""
    operator, wanted = check.operator, check.value
    if operator in ("eq", "neq"):
        return _equal(value, wanted) == (operator == "eq"), ""
    if operator in ("contains", "notContains"):
        return _contains(value, wanted) == (operator == "contains"), ""
    if operator in ("matches", "notMatches"):
        return _matches(value, wanted, negated=operator == "notMatches")
    left, right = _number(value), _number(wanted)
    if left is None or right is None:
        # Dates are compared as texts: ISO dates sort as they should.
        if not isinstance(value, str) or not wanted:
            return False, said(
                "{value} cannot be compared with {wanted}.", value=_short(value), wanted=wanted or said("nothing")
            )
        order = (value > _unquoted(wanted)) - (value < _unquoted(wanted))
    else:
        order = (left > right) - (left < right)
    return {"gt": order > 0, "gte": order >= 0, "lt": order < 0, "lte": order <= 0}.get(operator, False), ""


def _contains(value: Any, wanted: str) -> bool:
    if isinstance(value, str):
        return _unquoted(wanted) in value
    if isinstance(value, list):
        return any(_equal(one, wanted) for one in value)
    if isinstance(value, dict):
        return _unquoted(wanted) in value
    return False


def _matches(value: Any, pattern: str, *, negated: bool) -> tuple[bool, str]:
    if len(pattern) > 1 and pattern[0] == pattern[-1] == "/":
        pattern = pattern[1:-1]
    if len(pattern) > _PATTERN:
        return False, "The pattern is too long."
    if value is None:
        return negated, ""
    try:
        found = re.search(pattern, shown_value(value)[:_MATCHED]) is not None
    except (re.error, RecursionError, OverflowError) as error:
        return False, said("This is no pattern: {reason}", reason=_first_line(error))
    return found != negated, ""


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:_LONGEST]
