"""Layout changes nothing but gaps; the place of an error is the place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.exchange import InvalidJsonError, beautify, compact, find_error, strip_comments
from komet_console.exchange.jsontext import insert_first, members, pieces, remove

WRITTEN = """{ // who
  "id":00001, "big":123456789012345678901234567890,"price" : 1.10e+05, /* kept */ "b":{{token}},
  "a": [ ], "n": [1,
 2], "é\\u00e9":"{{x}} // no comment", "o":{}
}"""
VALID = WRITTEN.replace("00001", "1")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def solid(text: str) -> list[str]:
    return [piece.text for piece in pieces(text) if piece.kind != "space"]


def test_beautify_keeps_every_token_and_is_stable() -> None:
    laid_out = beautify(VALID)
    assert solid(laid_out) == solid(VALID)
    assert beautify(laid_out) == laid_out
    assert '\n  "big": 123456789012345678901234567890,\n' in laid_out
    assert '"price": 1.10e+05, /* kept */' in laid_out
    assert '"a": [],' in laid_out
    assert '"n": [\n    1,\n    2\n  ],' in laid_out


def test_compact_keeps_every_token() -> None:
    packed = compact(VALID)
    assert solid(packed) == solid(VALID)
    assert packed.startswith('{// who\n"id":1,"big":123456789012345678901234567890,')


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ('{"a": 007}', 1, 7, "no JSON number"),
        ('{\n  "a": 1\n  "b": 2}', 3, 3, "comma"),
        ('{"a": }', 1, 7, "value is missing"),
        ("{'a': 1}", 1, 2, "key in double quotes"),
        ('{"a": "open', 1, 7, "closing quote"),
        ('{"a": 1,}', 1, 9, "key in double quotes"),
        ('{"a": 1} x', 1, 10, ""),
        ("", 1, 1, "value is missing"),
        ('{"a": 1 /* open', 1, 9, "comment is not closed"),
        ("[1, 2", 1, 6, "comma or ]"),
    ],
)
def test_the_place_of_an_error(text: str, line: int, column: int, part: str) -> None:
    error = find_error(text)
    assert error is not None
    assert (error.line, error.column) == (line, column)
    assert part in error.message or error.message
    with pytest.raises(InvalidJsonError):
        beautify(text)


@given(JSON)
def test_every_json_value_survives(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert find_error(text, comments=False, variables=False) is None
    assert solid(beautify(text)) == solid(compact(text)) == solid(text)
    assert json.loads(beautify(text)) == value == json.loads(compact(text))


@given(JSON, st.sampled_from([None, 1, "\t"]))
def test_the_fast_way_and_the_thorough_way_agree(value: Any, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    # A comment in front sends the same text the thorough way.
    assert beautify("/**/\n" + text) == "/**/\n" + beautify(text)
    assert compact("/**/" + text) == "/**/" + compact(text)
    assert beautify(text) == json.dumps(value, indent=2)


@given(st.text(alphabet='{}[],:"\\ 01.-eEtrufalsn/*\n', max_size=14))
def test_the_judgement_is_the_standard_library_s(text: str) -> None:
    try:
        json.loads(text)
        valid = True
    except ValueError:
        valid = False
    assert (find_error(text, comments=False, variables=False) is None) == valid


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ('{"a": 1} // end', '{"a": 1}'),
        ('{\n  // own line\n  "a": 1\n}', '{\n  "a": 1\n}'),
        ('{"a":/* x */1}', '{"a": 1}'),
        ('{\n/* two\nlines */\n"a": "//not"}', '{\n"a": "//not"}'),
        ('/**/{"a": 1.10, // b\n "c": 0.0}', ' {"a": 1.10,\n "c": 0.0}'),
    ],
)
def test_comments_are_stripped(text: str, stripped: str) -> None:
    assert strip_comments(text) == stripped


def test_members_are_found_removed_and_put_in_front() -> None:
    text = '{\n  "a": {"x": [1]}, // c\n  "b": 2\n}'
    assert [(one.name, text[slice(*one.value)]) for one in members(text)] == [("a", '{"x": [1]}'), ("b", "2")]
    assert [one.name for one in members(text, deep=True)] == ["a", "x", "b"]
    assert insert_first(text, "t", '"v"') == '{\n  "t": "v",\n  "a": {"x": [1]}, // c\n  "b": 2\n}'
    assert insert_first("{}", "t", "1") == '{"t": 1}'
    assert insert_first("[1]", "t", "1") is None
    assert json.loads(remove(text, "a")) == {"b": 2}
    assert json.loads(strip_comments(remove(text, "b"))) == {"a": {"x": [1]}}


def test_deep_nesting_costs_no_recursion() -> None:
    text = "[" * 50_000 + "]" * 50_000
    assert find_error(text) is None
    assert strip_comments(text) == text


@pytest.mark.parametrize("inside", ["1", "{{x}}"], ids=["plain JSON", "with a variable"])
def test_deep_nesting_does_not_grow_without_bounds(inside: str) -> None:
    depth = 20_000
    text = "[" * depth + inside + "]" * depth
    laid_out = beautify(text)
    assert len(laid_out) < 500 * len(text)
    assert beautify(laid_out) == laid_out
    assert compact(laid_out) == text
    assert beautify("[[1]]") == "[\n  [\n    1\n  ]\n]"
