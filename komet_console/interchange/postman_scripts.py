"""Postman's test scripts: the patterns that everybody writes become checks and captures, the rest is kept as comment.

Nothing is ever run. What is kept stands behind `//`, so that no other tool runs it with an object `pm` that it does not
have; on the way out the marks go away again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from komet_console.workspace.collections.model import Capture, Check, Operator, Script
from komet_console.workspace.collections.portable import expression_of, jmespath_of

__all__ = ["Tests", "kept", "read_tests", "released", "write_tests"]

_HEAD = "// Postman script, not run here:"
_MARK = "// komet:"
_LONGEST = 200_000
_OPENING = re.compile(
    r"""pm\.test\(\s*(?P<name>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`$\\]*`)\s*,\s*(?:async\s+)?
        (?:function\s*\w*\s*\(\s*\w*\s*\)|\(\s*\w*\s*\)\s*=>|\w+\s*=>)\s*\{""",
    re.VERBOSE,
)
_JSON = re.compile(
    r"(?:(?:const|let|var)\s+)?(?P<name>[A-Za-z_$][\w$]*)\s*=\s*(?:pm\.response\.json\(\)|JSON\.parse\(responseBody\))"
)
_SET = re.compile(
    r"""(?:pm\.(?:environment|collectionVariables|globals|variables)\.set|postman\.setEnvironmentVariable)
        \(\s*(?P<quote>["'])(?P<name>[\w.-]+)(?P=quote)\s*,\s*(?P<value>[^;\n]+?)\s*\)""",
    re.VERBOSE,
)
_STATUS = re.compile(r"pm\.response\.to\.have\.status\(\s*(\d{3})\s*\)")
_EXPECT = re.compile(
    r"pm\.expect\(\s*(?P<what>[^\n]+?)\s*\)\.(?:to|be|is)\.(?P<way>[\w.]+)(?:\((?P<value>.*)\))?", re.DOTALL
)
_WAYS: dict[str, Operator] = {
    "eql": "eq",
    "equal": "eq",
    "equals": "eq",
    "eq": "eq",
    "deep.equal": "eq",
    "be.eql": "eq",
    "be.equal": "eq",
    "not.eql": "neq",
    "not.equal": "neq",
    "include": "contains",
    "contain": "contains",
    "not.include": "notContains",
    "match": "matches",
    "not.match": "notMatches",
    "be.above": "gt",
    "be.greaterThan": "gt",
    "be.below": "lt",
    "be.lessThan": "lt",
    "be.at.least": "gte",
    "be.at.most": "lte",
    "exist": "exists",
    "not.be.undefined": "exists",
    "not.exist": "missing",
    "be.undefined": "missing",
    "be.true": "eq",
    "be.false": "eq",
}
_WRITTEN: dict[str, str] = {
    "eq": "eql",
    "neq": "not.eql",
    "gt": "be.above",
    "gte": "be.at.least",
    "lt": "be.below",
    "lte": "be.at.most",
    "contains": "include",
    "notContains": "not.include",
    "matches": "match",
    "notMatches": "not.match",
    "exists": "exist",
    "missing": "not.exist",
}


@dataclass(frozen=True, slots=True)
class Tests:
    """What a script means: checks, captures, and the code that stays."""

    checks: tuple[Check, ...] = ()
    captures: tuple[Capture, ...] = ()
    rest: str = ""


def kept(phase: str, code: str) -> Script:
    """Code of Postman as a script that nothing runs."""
    lines = "\n".join(f"// {line}".rstrip() for line in code.splitlines())
    return Script("before-request" if phase == "prerequest" else "tests", f"{_HEAD}\n{lines}")


def released(script: Script) -> str | None:
    """The code of Postman that `kept` put away; None for scripts of other tools."""
    head, _, rest = script.code.partition("\n")
    if head != _HEAD:
        return None
    return "\n".join(line.removeprefix("// ") if line != "//" else "" for line in rest.splitlines())


def read_tests(code: str) -> Tests:
    """Take the known patterns out of a test script."""
    if len(code) > _LONGEST:
        return Tests(rest=code)
    names = {match["name"] for match in _JSON.finditer(code)}
    checks: list[Check] = []
    captures: list[Capture] = []
    rest: list[str] = []
    at = 0
    for match in _OPENING.finditer(code):
        if match.start() < at:
            continue
        end = _closing(code, match.end())
        if end is None:
            break
        found = _block(_text(match["name"]), code[match.end() : end[0]], names)
        if found is None:
            continue
        rest.append(code[at : match.start()])
        checks += found
        at = end[1]
    rest.append(code[at:])
    left = []
    for line in "".join(rest).splitlines():
        statement = line.strip().rstrip(";").strip()
        mark = statement if statement.startswith(_MARK) else ""
        one = _set(statement, names)
        if mark and _marked(mark, checks, captures):
            continue
        if one is not None:
            captures.append(one)
        else:
            left.append(line)
    remaining = "\n".join(left)
    if not re.sub(_JSON, "", remaining).strip(" ;\n\t\r"):
        remaining = ""
    return Tests(tuple(checks), tuple(captures), remaining.strip("\n"))


def _closing(code: str, start: int) -> tuple[int, int] | None:
    """Where the block that was opened before `start` ends, and where the statement around it does."""
    depth = 1
    pattern = re.compile(
        r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*.*?\*/|[{}]""", re.DOTALL
    )
    for match in pattern.finditer(code, start):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            end = re.compile(r"\s*\)\s*;?").match(code, match.end())
            return (match.start(), end.end()) if end else None
    return None


def _text(literal: str) -> str:
    inner = literal[1:-1]
    if literal[0] != '"':
        inner = inner.replace("\\'", "'").replace('"', '\\"')
    try:
        return str(json.loads(f'"{inner}"'))
    except ValueError:
        return inner


def _block(name: str, body: str, names: set[str]) -> list[Check] | None:
    """The checks of one `pm.test`; None where a statement is not one of the known ones."""
    found: list[Check] = []
    for statement in re.split(r";\s*(?:\n|$)|\n", body):
        text = statement.strip().rstrip(";").strip()
        if not text or text.startswith("//") or _JSON.fullmatch(text):
            continue
        check = _statement(name, text, names)
        if check is None:
            return None
        found.append(check)
    return found or None


def _statement(name: str, text: str, names: set[str]) -> Check | None:
    if match := _STATUS.fullmatch(text):
        return Check("status", value=match[1], description=name)
    match = _EXPECT.fullmatch(text)
    if match is None or match["way"] not in _WAYS:
        return None
    operator = _WAYS[match["way"]]
    value = {"be.true": "true", "be.false": "false"}.get(match["way"])
    if value is None:
        value = _value((match["value"] or "").strip())
    if value is None or (not value and match["value"] is None and operator not in ("exists", "missing")):
        return None
    what = match["what"]
    if what == "pm.response.code":
        return Check("status", operator=operator, value=value, description=name)
    if what == "pm.response.responseTime":
        return Check("time", operator=operator, value=value, description=name)
    path = _path(what, names)
    return None if path is None else Check("value", path, operator, value, description=name)


def _value(text: str) -> str | None:
    """A JavaScript literal as a check's value; None for an expression."""
    if not text:
        return ""
    if text[0] in "\"'" and text[-1] == text[0] and len(text) > 1:
        return _text(text)
    if match := re.fullmatch(r"/((?:[^/\\\n]|\\.)+)/[a-z]*", text):
        return match[1]
    if re.fullmatch(r"-?\d+(?:\.\d+)?|true|false|null", text):
        return text
    return None


def _path(what: str, names: set[str]) -> str | None:
    """JMESPath of an expression on the answer."""
    for head in ("pm.response.json()", *sorted(names, key=len, reverse=True)):
        if what.startswith(head) and what[len(head) : len(head) + 1] in ("", ".", "["):
            return jmespath_of("res.body" + what[len(head) :])
    return None


def _set(statement: str, names: set[str]) -> Capture | None:
    match = _SET.fullmatch(statement)
    path = _path(match["value"], names) if match else None
    return Capture(match["name"], path) if match and path is not None else None


def _marked(line: str, checks: list[Check], captures: list[Capture]) -> bool:
    """What only this program can say, written as a comment on the way out."""
    try:
        data = json.loads(line.removeprefix(_MARK))
        fields = {str(key): value for key, value in data.items()}
        if "variable" in fields:
            captures.append(Capture(**fields))
        else:
            checks.append(Check(**fields))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False
    return True


# -- writing -----------------------------------------------------------------------------------------------------------


def write_tests(checks: tuple[Check, ...], captures: tuple[Capture, ...], rest: str = "") -> str:
    """The script for checks and captures; `read_tests` understands all of it."""
    lines: list[str] = []
    for check in checks:
        lines += _written(check)
    plain = [one for one in captures if one.enabled and not one.description and expression_of(one.expression)]
    for capture in captures:
        if capture in plain:
            expression = (expression_of(capture.expression) or "").removeprefix("res.body")
            lines.append(f"pm.variables.set({json.dumps(capture.variable)}, pm.response.json(){expression});")
        else:
            lines.append(_comment(capture))
    return "\n".join([*lines, rest] if rest else lines)


def _comment(one: Check | Capture) -> str:
    fields = {name: getattr(one, name) for name in one.__slots__}
    return f"{_MARK} {json.dumps(fields, ensure_ascii=True)}"


def _written(check: Check) -> list[str]:
    statement = _pm(check) if check.enabled and check.description.isprintable() else None
    if statement is None:
        return [_comment(check)]
    name = json.dumps(check.description, ensure_ascii=False)
    block = [f"pm.test({name}, function () {{", f"    {statement};", "});"]
    # What does not come back as it is goes out as a comment.
    return block if read_tests("\n".join(block)).checks == (check,) else [_comment(check)]


def _pm(check: Check) -> str | None:
    if check.kind == "status" and check.operator == "eq" and re.fullmatch(r"\d{3}", check.value):
        return f"pm.response.to.have.status({check.value})"
    what = {"status": "pm.response.code", "time": "pm.response.responseTime"}.get(check.kind)
    if check.kind == "value":
        expression = expression_of(check.expression)
        what = None if expression is None else "pm.response.json()" + expression.removeprefix("res.body")
    if what is None or check.operator not in _WRITTEN:
        return None
    if check.operator in ("exists", "missing"):
        return f"pm.expect({what}).to.{_WRITTEN[check.operator]}"
    literal = re.fullmatch(r"-?\d+(?:\.\d+)?|true|false|null", check.value)
    value = check.value if literal else json.dumps(check.value, ensure_ascii=False)
    if check.operator in ("matches", "notMatches"):
        value = f"/{check.value}/"
    return f"pm.expect({what}).to.{_WRITTEN[check.operator]}({value})"
