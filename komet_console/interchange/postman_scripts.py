"""Test scripts of Postman and Insomnia: what everybody writes becomes checks and captures, the rest is kept as comment.

Nothing is ever run. What is kept stands behind `//`, so that no other tool runs it with an object `pm` that it does not
have; on the way out the marks go away again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus

from komet_console.workspace.collections.model import Capture, Check, CheckKind, Operator, Script
from komet_console.workspace.collections.portable import expression_of, jmespath_of

__all__ = ["Tests", "kept", "read_tests", "released", "write_tests"]

_PM = "(?:pm|insomnia)"
"""The object that scripts work with; Insomnia's has the same parts under its own name."""
_HEAD = "// Postman script, not run here:"
_MARK = "// komet:"
_LONGEST = 200_000
_OPENING = re.compile(
    rf"""{_PM}\.test\(\s*(?P<name>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`$\\]*`)\s*,\s*(?:async\s+)?
        (?:function\s*\w*\s*\(\s*\w*\s*\)\s*(?P<function>\{{)|(?:\(\s*\w*\s*\)|\w+)\s*=>\s*(?P<arrow>\{{)?)""",
    re.VERBOSE,
)
_JSON = re.compile(
    rf"""(?:(?:const|let|var)\s+)?(?P<name>[A-Za-z_$][\w$]*)\s*=\s*
        (?:{_PM}\.response\.json\(\)|JSON\.parse\((?:responseBody|{_PM}\.response\.text\(\))\))""",
    re.VERBOSE,
)
_SET = re.compile(
    rf"""(?:{_PM}\.(?:environment|baseEnvironment|collectionVariables|globals|variables)\.set|postman\.setEnvironmentVariable)
        \(\s*(?P<quote>["'])(?P<name>[\w.-]+)(?P=quote)\s*,\s*(?P<value>[^;\n]+?)\s*\)""",
    re.VERBOSE,
)
_STRING = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_EXPECT = re.compile(
    rf"{_PM}\.expect\(\s*(?P<what>[^\n]+?)\s*(?:,\s*{_STRING}\s*)?\)\.(?:to|be|is)\.(?P<way>[\w.]+)(?:\((?P<value>.*)\))?",
    re.DOTALL,
)
_RESPONSE = re.compile(rf"{_PM}\.response\.to\.(?P<way>[\w.]+)(?:\((?P<value>.*)\))?", re.DOTALL)
_OLD = re.compile(
    rf"tests\[(?P<name>{_STRING})\]\s*=\s*(?P<what>[^\n=<>!]+?)\s*(?P<sign>===?|!==?|<=?|>=?)\s*(?P<value>[^\n]+)"
)
_SIGNS: dict[str, Operator] = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_LITERAL = re.compile(r"-?\d+(?:\.\d+)?|true|false|null")
_FLAGS = re.compile(r"\(\?([ims]+)\)")
_TYPES = frozenset({"array", "object", "string", "number", "boolean", "null"})
_SHAPES = re.compile(r"(type|keys)\((.+)\)")
_CLASSES = {"info": 100, "success": 200, "redirection": 300, "clientError": 400, "serverError": 500}
_CODES = {
    "ok": 200,
    "accepted": 202,
    "withoutContent": 204,
    "badRequest": 400,
    "unauthorised": 401,
    "unauthorized": 401,
    "forbidden": 403,
    "notFound": 404,
    "notAcceptable": 406,
    "rateLimited": 429,
}
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
    "be.gt": "gt",
    "be.gte": "gte",
    "be.below": "lt",
    "be.lessThan": "lt",
    "be.lt": "lt",
    "be.lte": "lte",
    "be.at.least": "gte",
    "be.at.most": "lte",
    "exist": "exists",
    "not.be.undefined": "exists",
    "be.null": "eq",
    "not.be.null": "neq",
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
        end = _closing(code, match.end(), block=bool(match["function"] or match["arrow"]))
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
        if mark and _marked(mark, checks, captures):
            continue
        one = _set(statement, names)
        old = _old(statement, names)
        if one is not None:
            captures.append(one)
        elif old is not None:
            checks.append(old)
        else:
            left.append(line)
    remaining = "\n".join(left)
    if not re.sub(_JSON, "", remaining).strip(" ;\n\t\r"):
        remaining = ""
    return Tests(tuple(checks), tuple(captures), remaining.strip("\n"))


def _closing(code: str, start: int, *, block: bool) -> tuple[int, int] | None:
    """Where the block (or the arrow's expression) before `start` ends, and where the statement around it does."""
    depth = 1
    pattern = re.compile(
        r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*.*?\*/|[{}()]""", re.DOTALL
    )
    # An expression ends with the call's own parenthesis.
    steps = {"{": 1, "}": -1} if block else {"(": 1, ")": -1}
    for match in pattern.finditer(code, start):
        depth += steps.get(match.group(), 0)
        if depth == 0:
            end = re.compile(r"\s*\)\s*;?" if block else r"\)\s*;?").match(
                code, match.end() if block else match.start()
            )
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
        checks = _statement(name, text, names)
        if checks is None:
            return None
        found += checks
    return found or None


def _statement(name: str, text: str, names: set[str]) -> list[Check] | None:
    if match := _RESPONSE.fullmatch(text):
        return _response(name, match["way"], (match["value"] or "").strip())
    match = _EXPECT.fullmatch(text)
    if match is None:
        return None
    subject = _subject(match["what"], names)
    if subject is None:
        return None
    kind, path = subject
    way, argument = match["way"], (match["value"] or "").strip()
    if way == "be.oneOf":
        pattern = _one_of(argument)
        return None if pattern is None else [Check(kind, path, "matches", pattern, description=name)]
    shaped = _shape(name, path, way, argument) if kind == "value" else None
    if shaped is not None:
        return shaped
    if way not in _WAYS:
        return None
    operator = _WAYS[way]
    value = {"true": "true", "false": "false", "null": "null"}.get(way.rpartition(".")[2])
    if value is None:
        value = _value(argument)
    if value is None or (not value and match["value"] is None and operator not in ("exists", "missing")):
        return None
    return [Check(kind, path, operator, value, description=name)]


def _subject(what: str, names: set[str]) -> tuple[CheckKind, str] | None:
    """What is compared: the status, the time, or a value of the answer at a JMESPath."""
    what = re.sub(rf"^{_PM}\.", "pm.", what)
    if what in ("pm.response.code", "responseCode.code"):
        return "status", ""
    if what in ("pm.response.responseTime", "responseTime"):
        return "time", ""
    path = _path(what, names)
    return None if path is None else ("value", path)


def _response(name: str, way: str, argument: str) -> list[Check] | None:
    """What `pm.response.to` says: a status by number, by its words or by its class, or a value of the body."""
    word = way.rpartition(".")[2]
    if way == "have.status":
        reason = _value(argument) or ""
        code = reason if re.fullmatch(r"\d{3}", reason) else _code_of(reason)
        return [Check("status", value=code, description=name)] if code else None
    if way == f"be.{word}" and word in _CODES:
        return [Check("status", value=str(_CODES[word]), description=name)]
    if way == f"be.{word}" and word in _CLASSES:
        first = _CLASSES[word]
        return [
            Check("status", "", "gte", str(first), description=name),
            Check("status", "", "lt", str(first + 100), description=name),
        ]
    if way == "not.be.error":
        return [Check("status", "", "lt", "400", description=name)]
    if way == "have.jsonBody" and (match := re.fullmatch(rf"({_STRING})(?:\s*,\s*(.+))?", argument, re.DOTALL)):
        path = jmespath_of(f"res.body.{_text(match[1])}")
        value = _value(match[2].strip()) if match[2] else ""
        if path is None or value is None:
            return None
        return [Check("value", path, "eq" if match[2] else "exists", value, description=name)]
    return None


def _code_of(reason: str) -> str:
    """The status that has these words; empty for words that none has."""
    return next((str(one.value) for one in HTTPStatus if one.phrase.casefold() == reason.casefold()), "")


def _shape(name: str, path: str, way: str, argument: str) -> list[Check] | None:
    """Types, lengths and properties of a value, said in JMESPath."""
    if way in ("be.a", "be.an"):
        kind = _value(argument) or ""
        return [Check("value", f"type({path})", "eq", kind, description=name)] if kind in _TYPES else None
    if way in ("have.lengthOf", "have.length") and re.fullmatch(r"\d+", argument):
        return [Check("value", f"length({path})", "eq", argument, description=name)]
    if way in ("be.empty", "not.be.empty"):
        return [Check("value", f"length({path})", "eq" if way == "be.empty" else "gt", "0", description=name)]
    match = re.fullmatch(rf"({_STRING})(?:\s*,\s*(.+))?", argument, re.DOTALL)
    if way not in ("have.property", "not.have.property") or match is None:
        return None
    key = _text(match[1])
    if match[2] is None:
        operator: Operator = "contains" if way == "have.property" else "notContains"
        return [Check("value", f"keys({path})", operator, key, description=name)]
    value = _value(match[2].strip())
    step = key if re.fullmatch(r"[A-Za-z_]\w*", key) else json.dumps(key, ensure_ascii=False)
    inner = step if path == "@" else f"{path}.{step}"
    if value is None or way == "not.have.property":
        return None
    return [Check("value", inner, "eq", value, description=name)]


def _one_of(argument: str) -> str | None:
    """A pattern for one of several literals; None where one of them is an expression."""
    match = re.fullmatch(r"\[(.+)\]", argument, re.DOTALL)
    parts = re.findall(rf"{_STRING}|[^,\s]+", match[1]) if match else []
    values = [_value(part) for part in parts]
    if not values or None in values:
        return None
    return "^(?:" + "|".join(re.escape(_bare(one or "")) for one in values) + ")$"


def _bare(value: str) -> str:
    return _text(value) if re.fullmatch(_STRING, value) else value


def _old(statement: str, names: set[str]) -> Check | None:
    """A test in the words of Postman before its object `pm`: `tests["name"] = responseCode.code === 200`."""
    match = _OLD.fullmatch(statement)
    subject = _subject(match["what"], names) if match else None
    value = _value(match["value"].strip()) if match else None
    if match is None or subject is None or not value or value[0] == "[":
        return None
    operator = _SIGNS.get(match["sign"], "neq" if match["sign"][0] == "!" else "eq")
    return Check(subject[0], subject[1], operator, value, description=_text(match["name"]))


def _value(text: str) -> str | None:
    """A JavaScript literal as a check's value; None for an expression. A text that reads as a number keeps its quotes."""
    if not text:
        return ""
    if re.fullmatch(_STRING, text):
        found = _text(text)
        return json.dumps(found) if _LITERAL.fullmatch(found) else found
    if match := re.fullmatch(r"/((?:[^/\\\n]|\\.)+)/([a-z]*)", text):
        flags = "".join(flag for flag in "ims" if flag in match[2])
        return (f"(?{flags})" if flags else "") + match[1]
    return text if _LITERAL.fullmatch(text) else None


def _path(what: str, names: set[str]) -> str | None:
    """JMESPath of an expression on the answer."""
    for head in ("pm.response.json()", "insomnia.response.json()", *sorted(names, key=len, reverse=True)):
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


def _shaped(check: Check, function: str, expression: str | None) -> str | None:
    """A type or a property in the words of Postman."""
    if expression is None:
        return None
    what = "pm.response.json()" + expression.removeprefix("res.body")
    if function == "type" and check.operator == "eq" and check.value in _TYPES:
        return f"pm.expect({what}).to.be.a({json.dumps(check.value)})"
    if function == "keys" and check.operator in ("contains", "notContains"):
        way = "have.property" if check.operator == "contains" else "not.have.property"
        return f"pm.expect({what}).to.{way}({json.dumps(check.value, ensure_ascii=False)})"
    return None


def _pm(check: Check) -> str | None:
    if check.kind == "status" and check.operator == "eq" and re.fullmatch(r"\d{3}", check.value):
        return f"pm.response.to.have.status({check.value})"
    what = {"status": "pm.response.code", "time": "pm.response.responseTime"}.get(check.kind)
    if check.kind == "value" and (shape := _SHAPES.fullmatch(check.expression)):
        return _shaped(check, shape[1], expression_of(shape[2]))
    if check.kind == "value":
        expression = expression_of(check.expression)
        what = None if expression is None else "pm.response.json()" + expression.removeprefix("res.body")
    if what is None or check.operator not in _WRITTEN:
        return None
    if check.operator in ("exists", "missing"):
        return f"pm.expect({what}).to.{_WRITTEN[check.operator]}"
    quoted = re.fullmatch(r'"[^"\\]*"', check.value) and _LITERAL.fullmatch(check.value[1:-1])
    value = check.value if quoted or _LITERAL.fullmatch(check.value) else json.dumps(check.value, ensure_ascii=False)
    if check.operator in ("matches", "notMatches"):
        flags = _FLAGS.match(check.value)
        value = f"/{check.value[flags.end() :]}/{flags[1]}" if flags else f"/{check.value}/"
    return f"pm.expect({what}).to.{_WRITTEN[check.operator]}({value})"
