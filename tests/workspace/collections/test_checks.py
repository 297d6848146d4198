"""Checks and captures on answers, and how they stand in files that Bruno reads too."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.catalogue import Catalogue
from komet_console.workspace.collections import portable
from komet_console.workspace.collections.checks import Answer, capture, expression_error, run, schema_problems
from komet_console.workspace.collections.model import Capture, Check

BODY = json.dumps(
    {
        "status": 1,
        "name": "Coral Roses",
        "code": "00123",
        "none": None,
        "flag": True,
        "day": "2026-03-01",
        "rows": [{"id": 5, "a-b": "x"}, {"id": 12345678901234567890, "price": 1.5}],
    }
).replace("1.5", "1.50")
ANSWER = Answer(200, BODY.encode(), 84.4, "success")


@pytest.mark.parametrize(
    ("check", "passed"),
    [
        (Check("outcome", value="success"), True),
        (Check("outcome", operator="neq", value="success"), False),
        (Check("outcome", value="refused"), False),
        (Check("status", value="200"), True),
        (Check("status", operator="lt", value="200"), False),
        (Check("time", operator="lt", value="84.5"), True),
        (Check("time", operator="lt", value="fast"), False),
        (Check("value", "name", "eq", "Coral Roses"), True),
        (Check("value", "name", "eq", '"Coral Roses"'), True),
        (Check("value", "status", "eq", "1.0"), True),
        (Check("value", "flag", "eq", "true"), True),
        (Check("value", "rows[1].id", "eq", "12345678901234567890"), True),
        (Check("value", "rows[1].id", "eq", "12345678901234567891"), False),
        (Check("value", "rows[1].price", "gte", "1.5"), True),
        (Check("value", 'rows[?id==`5`]."a-b" | [0]', "eq", "x"), True),
        (Check("value", "length(rows)", "gt", "1"), True),
        (Check("value", "name", "contains", "Roses"), True),
        (Check("value", "rows[*].id", "contains", "5"), True),
        (Check("value", "@", "contains", "rows"), True),
        (Check("value", "name", "notContains", "Tulips"), True),
        (Check("value", "code", "matches", r"^\d+$"), True),
        (Check("value", "code", "matches", "("), False),
        (Check("value", "code", "notMatches", "("), False),
        (Check("value", "none", "exists"), False),
        (Check("value", "none", "missing"), True),
        (Check("value", "rows", "exists"), True),
        (Check("value", "day", "gt", "2026-02-28"), True),
        (Check("value", "rows", "lt", "3"), False),
        (Check("value", "none", "eq", "null"), True),
        (Check("value", "rows[", "exists"), False),
        (Check("value", "abs(name)", "exists"), False),
        (Check("schema"), False),
        (Check("value", "name", "eq", "Tulips", enabled=False), None),
    ],
)
def test_checks(check: Check, passed: bool | None) -> None:
    (result,) = run([check], ANSWER)
    assert result.passed is passed, result.message
    assert result.message


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000, b'{"a": NaN'])
def test_an_answer_that_is_no_json_fails_its_checks(body: bytes) -> None:
    checks = [Check("value", "a", "missing"), Check("schema"), Check("status", value="502")]
    results = run(checks, Answer(502, body), lambda _answer: [])
    assert [one.passed for one in results] == [False, False, True]
    assert capture([Capture("x", "a")], Answer(502, body))[0].value is None


def test_the_schema_is_the_documented_one(catalogue: Catalogue) -> None:
    method = catalogue.method("customer.list")
    problems = schema_problems(catalogue, method)
    example = json.dumps(method.operation["responses"]["200"]["content"]["application/json"]["example"])
    (good,) = run([Check("schema")], Answer(200, example.encode()), problems)
    assert good.passed, good.message
    (bad,) = run([Check("schema")], Answer(200, b'{"status": 1, "message": "OK", "customers": 5}'), problems)
    assert not bad.passed
    assert "/customers" in bad.message


def test_captures_keep_the_spelling_of_numbers() -> None:
    captures = [
        Capture("price", "rows[1].price"),
        Capture("name", "name"),
        Capture("flag", "flag"),
        Capture("row", "rows[1]"),
        Capture("nothing", "rows[9]"),
        Capture("off", "name", enabled=False),
    ]
    found = {one.capture.variable: one.value for one in capture(captures, ANSWER)}
    assert found == {
        "price": "1.50",
        "name": "Coral Roses",
        "flag": "true",
        "row": '{"id": 12345678901234567890, "price": 1.50}',
        "nothing": None,
    }


def test_an_expression_is_checked_while_it_is_typed() -> None:
    assert expression_error("a.b[0]") == ""
    assert expression_error("a.[") != ""
    assert expression_error("") != ""


@pytest.mark.parametrize(
    ("jmespath", "expression"),
    [
        ("a.b[0].c", "res.body.a.b[0].c"),
        ("@", "res.body"),
        ("[0]", "res.body[0]"),
        ('"a b".c', 'res.body["a b"].c'),
        ("length(rows)", "res.body.rows.length"),
        ("rows[-1]", None),
        ("rows[*].id", None),
        ("a || b", None),
        ("", None),
    ],
)
def test_plain_paths_are_paths_in_bruno(jmespath: str, expression: str | None) -> None:
    assert portable.expression_of(jmespath) == expression
    if expression is not None:
        assert portable.jmespath_of(expression) == jmespath


OPERATORS = [
    "eq",
    "neq",
    "gt",
    "gte",
    "lt",
    "lte",
    "contains",
    "notContains",
    "matches",
    "notMatches",
    "exists",
    "missing",
]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    st.sampled_from(["value", "status", "time", "outcome", "schema"]),
    st.sampled_from(["a", "a.b[0]", "length(a)", "rows[?id=='x'] | [0]", '"x y"', "@", "a.length", "rows[-1]"]),
    st.sampled_from(OPERATORS),
    texts,
    st.booleans(),
    texts.filter(lambda text: text == text.strip()),
)
def test_a_check_survives_its_file(
    kind: str, expression: str, operator: str, value: str, enabled: bool, description: str
) -> None:
    has_value = kind in ("value", "status", "time") and operator not in ("exists", "missing")
    check = Check(
        kind,  # type: ignore[arg-type]
        expression if kind == "value" else "",
        operator if kind in ("value", "status", "time") else "eq",  # type: ignore[arg-type]
        value if has_value else "success" if kind == "outcome" else "",
        enabled,
        description,
    )
    row = portable.assertion_of(check, None)
    assert portable.check_of(row | {"disabled": str(row.get("disabled", ""))}) == check


@given(
    st.sampled_from(["a", "rows[0].id", "max(a)", "a[*]"]), st.booleans(), texts.filter(lambda one: one == one.strip())
)
def test_a_capture_survives_its_file(expression: str, enabled: bool, description: str) -> None:
    one = Capture("x", expression, enabled, description)
    row = portable.action_of(one)
    assert portable.capture_of(row | {"disabled": str(row.get("disabled", ""))}) == one


@pytest.mark.parametrize(
    "row",
    [
        {"expression": "res.headers.x", "operator": "eq", "value": "1"},
        {"expression": "res.body.a", "operator": "isNumber"},
        {"expression": "1 + 1", "operator": "eq", "value": "2"},
        {},
        {"expression": ["x"], "operator": {}},
    ],
)
def test_what_is_no_check_here_stays_the_files(row: dict[str, object]) -> None:
    assert portable.check_of(row) is None
