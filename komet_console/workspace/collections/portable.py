"""Checks and captures as OpenCollection assertions and actions that Bruno runs as well.

JMESPath that is a plain path (`invoices[0].id`, `length(items)`) becomes Bruno's expression (`res.body.invoices[0].id`). What
only Komet Console can decide (outcome, documented schema, JMESPath beyond paths) stands in the row's description, and
the row holds the nearest thing that Bruno can check.
"""

from __future__ import annotations

import json
import re
from typing import Any, get_args

from komet_console.catalogue import Method
from komet_console.workspace.collections.model import Capture, Check, Operator, Script

__all__ = [
    "action_of",
    "assertion_of",
    "capture_of",
    "check_of",
    "expression_of",
    "jmespath_of",
    "script_rows",
    "scripts_of",
]

_STEP = re.compile(r"""(?P<dot>\.)?(?:(?P<name>[A-Za-z_]\w*)|(?P<quoted>"(?:[^"\\]|\\.)+"))|\[(?P<index>\d+)\]""")
_JS_STEP = re.compile(
    r"""\.(?P<name>[A-Za-z_$][\w$]*)|\[(?P<index>\d+)\]|\[(?P<quoted>"(?:[^"\\]|\\.)+"|'[^'\\]*')\]"""
)
_OPERATORS: dict[str, str] = {"exists": "isDefined", "missing": "isUndefined"}
_OPERATORS_BACK: dict[str, Operator] = {"isDefined": "exists", "isNotNull": "exists", "isUndefined": "missing"}
_KNOWN = frozenset(get_args(Operator))
_MARK = re.compile(
    r"(?P<kind>outcome|schema|jmespath)(?P<off> \(off\))?: ?(?P<rest>[^\n]*)(?:\n(?P<note>.*))?", re.DOTALL
)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")


def expression_of(jmespath: str) -> str | None:
    """A plain path in Bruno's language; None for what only JMESPath can say."""
    text = jmespath.strip()
    counted = re.fullmatch(r"length\((.*)\)", text, re.DOTALL)
    if counted:
        inner = expression_of(counted[1])
        return None if inner is None else inner + ".length"
    if text == "@":
        return "res.body"
    out = ["res.body"]
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        # A name follows a dot, except in front; an index follows anything.
        if match is None or (match["index"] is None and bool(match["dot"]) != (at > 0)):
            return None
        if match["index"] is not None:
            out.append(f"[{match['index']}]")
        else:
            try:
                name = match["name"] or json.loads(match["quoted"])
            except ValueError:
                return None
            if name == "length":
                return None
            out.append(f".{name}" if match["name"] else f"[{json.dumps(name, ensure_ascii=False)}]")
        at = match.end()
    return "".join(out) if len(out) > 1 else None


def jmespath_of(expression: str) -> str | None:
    """The JMESPath of Bruno's expression; None where it is more than a path into the body."""
    text = expression.strip()
    if not text.startswith("res.body"):
        return None
    if text == "res.body":
        return "@"
    out: list[str] = []
    at = len("res.body")
    counted = text.endswith(".length")
    end = len(text) - (len(".length") if counted else 0)
    while at < end:
        match = _JS_STEP.match(text, at, end)
        if match is None or "$" in (match["name"] or ""):
            return None
        if match["index"] is not None:
            out.append(f"[{match['index']}]")
        else:
            quoted = match["quoted"]
            name = match["name"] or (json.loads(quoted) if quoted[0] == '"' else quoted[1:-1])
            plain = match["name"] is not None
            out.append(("." if out else "") + (name if plain else json.dumps(name, ensure_ascii=False)))
        at = match.end()
    path = "".join(out) or "@"
    return f"length({path})" if counted else path


def _row(expression: str, operator: str, value: str | None, *, disabled: bool, description: str) -> dict[str, Any]:
    row: dict[str, Any] = {"expression": expression, "operator": operator}
    if value is not None:
        row["value"] = value
    if disabled:
        row["disabled"] = True
    if description:
        row["description"] = description
    return row


def _marked(kind: str, rest: str, check: Check | Capture, *, state: bool = False) -> str:
    off = " (off)" if state and not check.enabled else ""
    return f"{kind}{off}: {rest}" + (f"\n{check.description}" if check.description else "")


def assertion_of(check: Check, method: Method | None) -> dict[str, Any]:
    """The row of a check."""
    value = None if check.operator in ("exists", "missing") else check.value
    operator = _OPERATORS.get(check.operator, check.operator)
    off = not check.enabled
    if check.kind == "outcome":
        mark = _marked("outcome", f"{check.operator} {check.value}", check)
        return _row(*_outcome_row(check, method), disabled=off, description=mark)
    if check.kind == "schema":
        return _row("res.body", "isJson", None, disabled=off, description=_marked("schema", "documented answer", check))
    if check.kind in ("status", "time"):
        name = "res.status" if check.kind == "status" else "res.responseTime"
        return _row(name, operator, value, disabled=off, description=check.description)
    expression = expression_of(check.expression)
    if expression is not None and not _MARK.fullmatch(check.description):
        return _row(expression, operator, value, disabled=off, description=check.description)
    # Bruno would stop at JMESPath: for it the row is switched off.
    mark = _marked("jmespath", check.expression, check, state=True)
    return _row("res.body", operator, value, disabled=True, description=mark)


def _outcome_row(check: Check, method: Method | None) -> tuple[str, str, str | None]:
    """The nearest thing to an outcome that a tool can see which does not know the method."""
    field = method.outcome.field if method is not None else None
    if method is None or field is None or check.value not in ("success", "refused") or not method.outcome.success:
        return "res.status", "lt", "400"
    first = method.outcome.success[0]
    same = (check.value == "success") == (check.operator == "eq")
    expression = expression_of(field) or "res.body"
    return expression, "eq" if same else "neq", str(first)


def check_of(row: dict[str, Any]) -> Check | None:
    """The check of a row; None for what is no check here (it stays in the file as it is)."""
    expression, operator = _str(row.get("expression")), _str(row.get("operator"))
    value, note = _str(row.get("value")), _description(row.get("description"))
    enabled = _str(row.get("disabled")).casefold() != "true"
    mark = _MARK.fullmatch(note)
    known = _OPERATORS_BACK.get(operator, operator)
    if mark and mark["kind"] == "outcome":
        way, _, wanted = mark["rest"].partition(" ")
        return Check("outcome", "", "neq" if way == "neq" else "eq", wanted.strip(), enabled, mark["note"] or "")
    if mark and mark["kind"] == "schema":
        return Check("schema", "", "eq", "", enabled, mark["note"] or "")
    if known not in _KNOWN:
        return None
    typed: Operator = known  # type: ignore[assignment]
    if mark and mark["kind"] == "jmespath":
        return Check("value", mark["rest"], typed, value, not mark["off"], mark["note"] or "")
    if expression.strip() == "res.status":
        return Check("status", "", typed, value, enabled, note)
    if expression.strip() == "res.responseTime":
        return Check("time", "", typed, value, enabled, note)
    path = jmespath_of(expression)
    return None if path is None else Check("value", path, typed, value, enabled, note)


def action_of(capture: Capture) -> dict[str, Any]:
    """The row of a capture."""
    expression = expression_of(capture.expression)
    note, off = capture.description, not capture.enabled
    if expression is None or _MARK.fullmatch(note):
        note, off = _marked("jmespath", capture.expression, capture, state=True), True
    row: dict[str, Any] = {"type": "set-variable"}
    if note:
        row["description"] = note
    row["phase"] = "after-response"
    row["selector"] = {"expression": expression or "res.body", "method": "jsonq"}
    row["variable"] = {"name": capture.variable, "scope": "runtime"}
    if off:
        row["disabled"] = True
    return row


def capture_of(row: dict[str, Any]) -> Capture | None:
    """The capture of a row; None for what is none here."""
    selector, variable = row.get("selector"), row.get("variable")
    if not isinstance(selector, dict) or not isinstance(variable, dict) or row.get("phase") == "before-request":
        return None
    name, note = _str(variable.get("name")), _description(row.get("description"))
    enabled = _str(row.get("disabled")).casefold() != "true"
    mark = _MARK.fullmatch(note)
    if mark and mark["kind"] == "jmespath":
        return Capture(name, mark["rest"], not mark["off"], mark["note"] or "")
    path = jmespath_of(_str(selector.get("expression")))
    return None if path is None or not name else Capture(name, path, enabled, note)


def script_rows(scripts: tuple[Script, ...]) -> list[dict[str, Any]]:
    """The rows of scripts."""
    return [{"type": one.phase, "code": one.code} for one in scripts]


def scripts_of(rows: Any) -> tuple[Script, ...]:
    """The scripts of rows; kinds that are not known stay in the file."""
    known = ("before-request", "after-response", "tests")
    objects = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple(Script(row["type"], _str(row.get("code"))) for row in objects if row.get("type") in known)


def _str(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _description(value: Any) -> str:
    return _str(value.get("content")) if isinstance(value, dict) else _str(value)
