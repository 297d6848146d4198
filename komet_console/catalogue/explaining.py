"""What an answer means: the outcome in the method's own terms, one sentence, causes in this very request, next steps.

The words come from `statuses.yaml` and `outcomes.yaml` in `resources/knowledge`; this module only decides. It never
raises, whatever came back.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from komet_console.catalogue.calls import Call, JsonText, Severity, read_json
from komet_console.catalogue.rules import split_list
from komet_console.records import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from komet_console.catalogue.loading import Catalogue
    from komet_console.catalogue.model import Field, Method


class OutcomeKind(StrEnum):
    """What a call came to, whatever its HTTP status."""

    SUCCESS = "success"
    PARTIAL = "partial"
    NOTHING_FOUND = "nothing-found"
    REFUSED = "refused"
    HTTP_FAILURE = "http-failure"
    NOT_EXPLAINED = "not-explained"


@record
class Cause:
    """A likely cause.

    `pointer` leads into the request (see `Finding.pointer`); `certain` says that this request shows it.
    """

    text: str
    pointer: str | None = None
    certain: bool = False
    basis: str = "inferred"
    """documented or inferred"""


@record
class ElementResult:
    """The result of one element of a call that works on many; `pointer` leads into the answer."""

    id: str
    succeeded: bool
    message: str
    pointer: str


@record
class Explanation:
    """An answer, explained."""

    outcome: OutcomeKind
    sentence: str
    message: str
    """The API's own words; empty when it said none."""
    status_name: str
    """The API's name for the HTTP status."""
    meaning: str
    note: str
    causes: tuple[Cause, ...]
    next_steps: tuple[str, ...]
    elements: tuple[ElementResult, ...] = ()


@record
class _Verdict:
    kind: OutcomeKind
    key: str
    """Entry of the knowledge's `outcomes` that holds the words."""
    message: str = ""
    elements: tuple[ElementResult, ...] = ()
    total: int = 0
    listed: int | None = None
    """How many entries the list has that was read; None where none was."""


_MOST_POINTERS = 5
_MOST_NAMED = 3
"""Elements that a sentence names; more are counted."""
_SAYS_NOTHING = frozenset({"", "ok", "success"})
"""Messages that do not say more than the status does."""
_CODES_OF_CHECK = {
    "missing-required": {"missing-required", "missing-one-of"},
    "invalid-value": {"wrong-type", "wrong-format", "not-in-set", "too-long", "too-many-decimals", "not-sendable"},
    "too-many-items": {"too-many"},
    "body-not-json": {"body-not-json", "body-not-object"},
}


def explain(
    catalogue: Catalogue, method: Method, call: Call | None, status: int, headers: Mapping[str, str], body: bytes
) -> Explanation:
    """Explain an answer.

    Args:
        call: the request it answers, to point causes into it; None when it is not at hand.
        status: HTTP status code.
        headers: headers of the answer; only `content-type` is looked at, without case.
        body: raw bytes of the answer.
    """
    read = read_json(body) if body.strip() else JsonText(readable=False, message="the answer is empty")
    verdict = _judge(method, call, status, read, empty=not body.strip())
    knowledge = catalogue.knowledge.get("statuses") or {}
    entry = _status_entry(knowledge, status)
    words = (catalogue.knowledge.get("outcomes") or {}).get("outcomes", {}).get(verdict.key, {})
    failed_http = verdict.kind is OutcomeKind.HTTP_FAILURE
    source = entry if failed_http else words
    undone = [one.id for one in verdict.elements if not one.succeeded]
    failed = len(undone)
    values = {
        "method": method.name,
        "message": verdict.message,
        "code": str(status),
        "name": entry.get("name", ""),
        "content_type": next(
            (value for key, value in headers.items() if key.casefold() == "content-type"), "not stated"
        ),
        "problem": read.message,
        "total": str(verdict.total),
        "failed": str(failed),
        "done": str(max(verdict.total - failed, 0)),
        "named": ", ".join(undone),
    }
    if verdict.listed is not None:
        name = method.outcome.list or ""
        values |= {"count": f"{verdict.listed:,}", "things": _things(name), "list": name}
    sentence = words.get(_form(method, verdict, words, undone), "") or verdict.kind.value
    causes: tuple[Cause, ...] = ()
    if verdict.kind is not OutcomeKind.SUCCESS:
        known = source.get("likely_causes", ())
        causes = tuple(_causes(catalogue, method, call, known, knowledge.get("checks", {}), _said(method, verdict)))
    return Explanation(
        outcome=verdict.kind,
        sentence=_filled(sentence, values),
        message=verdict.message,
        status_name=entry.get("name", ""),
        meaning=source.get("meaning", ""),
        note=source.get("note", ""),
        causes=causes,
        next_steps=tuple(step["text"] for step in source.get("next_steps", ())),
        elements=verdict.elements,
    )


def _form(method: Method, verdict: _Verdict, words: Mapping[str, Any], undone: list[str]) -> str:
    """Which of an outcome's sentences fits the answer."""
    silent = verdict.message.casefold().rstrip(".!") in _SAYS_NOTHING
    if verdict.listed is not None:
        plural = "sentence_counted" if (method.outcome.list or "").endswith("s") else "sentence_entries"
        return "sentence_one" if verdict.listed == 1 else plural
    if verdict.key == "success":
        return "sentence_all" if verdict.total else "sentence" if silent else "sentence_said"
    if silent and "message" in words.get("placeholders", ()):
        return "sentence_plain"
    if verdict.kind is OutcomeKind.PARTIAL and verdict.total <= len(undone):
        return "sentence_plain"
    many = len(undone) > _MOST_NAMED or not all(undone)
    return "sentence_many" if many and "sentence_many" in words else "sentence"


def _things(name: str) -> str:
    """A list's name as words: "carrier services"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its placeholders filled; never raises on stray braces."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template


def _status_entry(knowledge: Mapping[str, Any], status: int) -> Mapping[str, Any]:
    undocumented = knowledge.get("undocumented", {})
    candidates = (
        knowledge.get("statuses", {}).get(str(status)),
        undocumented.get(str(status)),
        undocumented.get(f"{status // 100}xx"),
        undocumented.get("other"),
    )
    return next((one for one in candidates if one), {})


def _equal(value: Any, allowed: tuple[int | str, ...]) -> bool:
    """Whether a value is one of the documented ones, in any of the API's spellings."""
    if isinstance(value, bool):
        value = int(value)
    return not isinstance(value, (dict, list)) and str(value).strip().casefold() in {
        str(one).casefold() for one in allowed
    }


def _text(value: Any) -> str:
    return (
        value.strip()
        if isinstance(value, str)
        else ""
        if value is None or isinstance(value, (dict, list))
        else str(value)
    )


def _judge(method: Method, call: Call | None, status: int, read: JsonText, *, empty: bool) -> _Verdict:
    outcome = method.outcome
    succeeded = 200 <= status < 300
    if not read.readable:
        if not succeeded:
            return _Verdict(OutcomeKind.HTTP_FAILURE, "http-failure")
        if status == 204 and empty:
            return _Verdict(OutcomeKind.SUCCESS, "success")
        return _Verdict(OutcomeKind.NOT_EXPLAINED, "not-json")
    answer = read.value
    if not isinstance(answer, dict):
        return _Verdict(*_bare(succeeded))
    message = _text(answer.get(outcome.message or "message"))
    if not succeeded:
        return _Verdict(OutcomeKind.HTTP_FAILURE, "http-failure", message)
    field = outcome.field or "status"
    if field in answer:
        allowed = outcome.success if outcome.field else (1,)
        if not _equal(answer[field], allowed):
            if message.casefold() in {one.casefold() for one in outcome.nothing_found}:
                return _Verdict(OutcomeKind.NOTHING_FOUND, "nothing-found", message)
            return _Verdict(OutcomeKind.REFUSED, "refused", message)
    elif outcome.field is not None or not any(one.name in answer for one in method.answer):
        return _Verdict(OutcomeKind.NOT_EXPLAINED, "not-explained", message)
    return _successful(method, call, answer, message)


def _bare(succeeded: bool) -> tuple[OutcomeKind, str]:
    if not succeeded:
        return OutcomeKind.HTTP_FAILURE, "http-failure"
    return OutcomeKind.NOT_EXPLAINED, "not-explained"


def _successful(method: Method, call: Call | None, answer: dict[str, Any], message: str) -> _Verdict:
    elements = tuple(_element_results(method, answer))
    failed = [one for one in elements if not one.succeeded]
    total = len(elements)
    if method.outcome.failed:
        total = max(total, _asked(call, {one.id for one in failed}))
    if failed:
        if total and len(failed) == total:
            first = failed[0].message
            return _Verdict(
                OutcomeKind.REFUSED, "refused", message if message and not first else first, elements, total
            )
        return _Verdict(OutcomeKind.PARTIAL, "partial", message, elements, total)
    name = method.outcome.list
    if method.effect != "read" or not name:
        return _Verdict(OutcomeKind.SUCCESS, "success", message, elements, total)
    found = answer.get(name)
    if not found:
        return _Verdict(OutcomeKind.NOTHING_FOUND, "nothing-found", message)
    listed = len(found) if isinstance(found, list) else None
    return _Verdict(OutcomeKind.SUCCESS, "success", message, elements, total, listed)


def _element_results(method: Method, answer: dict[str, Any]) -> Iterator[ElementResult]:
    outcome = method.outcome
    if outcome.elements:
        rows = answer.get(outcome.elements.list)
        for position, row in enumerate(rows if isinstance(rows, list) else ()):
            if not isinstance(row, dict) or outcome.elements.status not in row:
                continue
            yield ElementResult(
                id=_text(row.get(outcome.elements.id)) if outcome.elements.id else str(position + 1),
                succeeded=_equal(row[outcome.elements.status], outcome.elements.success),
                message=_text(row.get(outcome.elements.message)) if outcome.elements.message else "",
                pointer=f"/{outcome.elements.list}/{position}",
            )
    if outcome.failed:
        rows = answer.get(outcome.failed)
        for position, row in enumerate(rows if isinstance(rows, list) else ()):
            values = [_text(one) for one in row.values()] if isinstance(row, dict) else [_text(row)]
            yield ElementResult(
                values[0] if values else "", False, " ".join(values[1:]), f"/{outcome.failed}/{position}"
            )


def _said(method: Method, verdict: _Verdict) -> str:
    """Everything that the API says of what was not done: its message, and ids and messages of the failed elements."""
    named = method.outcome.elements is None or method.outcome.elements.id
    failed = [one for one in verdict.elements if not one.succeeded]
    return " ".join([verdict.message, *(f"{one.id if named else ''} {one.message}" for one in failed)])


def _asked(call: Call | None, failed: set[str]) -> int:
    """How many elements the request named: the length of the list that holds the failed ones; 0 when unknown."""
    if call is None:
        return 0
    body = read_json(call.body) if call.body else JsonText()
    values: list[Any] = [value for _, value in call.query]
    if isinstance(body.value, dict):
        values += body.value.values()
    for value in values:
        listed = [_text(one) for one in value] if isinstance(value, list) else split_list(_text(value), ",")
        if failed & set(listed):
            return len(listed)
    return 0


def _causes(
    catalogue: Catalogue,
    method: Method,
    call: Call | None,
    known: Any,
    checks: Mapping[str, Any],
    message: str,
) -> list[Cause]:
    """Causes that this request shows first, then the possible ones; those that this request rules out are left away.

    Of the fields that a cause may be about, only those are pointed at that the API's message names, if there are any.
    """
    findings = catalogue.validate(method, call) if call is not None else []
    findings = [one for one in findings if one.severity is not Severity.NOTE]
    certain: list[Cause] = []
    possible: list[Cause] = []
    for cause in known:
        check = cause.get("check")
        basis = cause.get("basis", "inferred")
        found = [one for one in findings if one.code in _CODES_OF_CHECK.get(check, {check})]
        if found:
            certain += [Cause(one.message, one.pointer, True, basis) for one in found]
        elif check and call is not None and _is_decided(check, checks) and check not in _POINTERS:
            continue
        elif check in _POINTERS and call is not None:
            pointers = _POINTERS[check](method, call)
            named = _named(method, call, pointers, message)
            possible += [Cause(cause["text"], pointer, False, basis) for pointer in named[:_MOST_POINTERS]]
        else:
            possible.append(Cause(cause["text"], None, False, basis))
    return [*dict.fromkeys(certain), *dict.fromkeys(possible)]


def _named(method: Method, call: Call, pointers: list[str | None], message: str) -> list[str | None]:
    """Those whose value the message repeats; else those of the rows of which it repeats something; else all."""
    values = {pointer: value for pointer, _field, value in _inputs(method, call)}
    said = message.casefold()
    repeated = {pointer for pointer, value in values.items() if _is_repeated(value, said)}
    rows = {row for pointer in repeated if (row := _row(pointer))}
    return (
        [one for one in pointers if one in repeated]
        or [one for one in pointers if one is not None and _row(one) in rows]
        or pointers
    )


def _row(pointer: str) -> str:
    """The element of a list that a pointer stands in; empty where it stands in none."""
    above = pointer.rpartition("/")[0]
    return above if above.rpartition("/")[2].isdecimal() else ""


def _is_repeated(value: Any, said: str) -> bool:
    """Whether a value stands in a folded text as a word of its own."""
    word = _text(value).casefold()
    at = said.find(word) if len(word) > 1 else -1
    while at >= 0:
        around = said[max(0, at - 1) : at] + said[at + len(word) : at + len(word) + 1]
        if not any(one.isalnum() or one == "_" for one in around):
            return True
        at = said.find(word, at + 1)
    return False


def _is_decided(check: str, checks: Mapping[str, Any]) -> bool:
    """Whether the request alone shows that a cause applies; without a finding it then does not."""
    return bool(checks.get(check, {}).get("decided_by") == "request")


def _filled_inputs(method: Method, call: Call) -> Iterator[tuple[str, Field]]:
    """Top-level and nested fields of the request that hold something, with their pointers."""
    return ((pointer, field) for pointer, field, _value in _inputs(method, call))


def _inputs(method: Method, call: Call) -> Iterator[tuple[str, Field, Any]]:
    """The same with what they hold."""
    parameters = {field.name: field for field in method.parameters}
    for name, value in call.query:
        if value and name in parameters:
            yield f"/query/{name}", parameters[name], value
    body = read_json(call.body) if call.body else JsonText()

    def below(value: Any, fields: tuple[Field, ...], pointer: str) -> Iterator[tuple[str, Field, Any]]:
        for field in fields:
            if not isinstance(value, dict) or value.get(field.name) in (None, ""):
                continue
            here = f"{pointer}/{field.name}"
            content = value[field.name]
            yield here, field, content
            if isinstance(content, list):
                for position, one in enumerate(content):
                    yield from below(one, field.children, f"{here}/{position}")
            else:
                yield from below(content, field.children, here)

    yield from below(body.value, (*method.body, *method.parameters), "/body")


def _lookups(method: Method, call: Call) -> list[str | None]:
    found: list[str | None] = [
        pointer for pointer, field in _filled_inputs(method, call) if field.lookup or field.origin
    ]
    return found or [None]


def _ranges(method: Method, call: Call) -> list[str | None]:
    dates = ("date", "datetime")
    found: list[str | None] = [pointer for pointer, field in _filled_inputs(method, call) if field.type in dates]
    return found[:2] or [None]


def _locations(method: Method, call: Call) -> list[str | None]:
    sent = {field.name for _, field in _filled_inputs(method, call)}
    root = "query" if method.parameters and not method.body else "body"
    missing = [one.name for one in method.input if "multi-location" in one.required_when and one.name not in sent]
    return [f"/{root}/{name}" for name in missing[:1]]


def _account(_method: Method, call: Call) -> list[str | None]:
    return ["/headers/X-ACCOUNT"] if call.header("X-ACCOUNT") else []


_POINTERS = {
    "id-not-found": _lookups,
    "timeout-big-range": _ranges,
    "location-missing": _locations,
    "account-foreign": _account,
}
