"""The quick reading of JSON says what the reading token by token says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from komet_console.exchange import find_error, jsonedit, jsonscan, jsontext
from komet_console.exchange.jsonedit import Node, parse
from komet_console.exchange.jsontext import members

TOKENS = st.sampled_from(
    [*'{}[]:,"\\/*- 1.\n\r\tex', '"a"', '"b": ', "{{a}}", "{{ a-b.c }}", "//", "/*", "*/", "true", "null", "0", "//x\n"]
)
GAPS = st.sampled_from(["", " ", "\n", "// it's \"so\n", "/* { \n */", "\t/**/ "])


@contextmanager
def token_by_token() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonscan, "is_plain", lambda _text: False)
        patch.setattr(jsontext, "is_plain", lambda _text: False)
        yield


@st.composite
def texts(draw: st.DrawFn) -> str:
    """JSON with comments and variables between and in the places of values."""

    def value(depth: int) -> str:
        kind = draw(st.integers(0, 5 if depth < 3 else 3))
        if kind == 4:
            inner: Any = ",".join(draw(GAPS) + value(depth + 1) + draw(GAPS) for _ in range(draw(st.integers(0, 3))))
            return f"[{inner}{draw(GAPS)}]"
        if kind == 5:
            inner = ",".join(
                f"{draw(GAPS)}{json.dumps(draw(st.text(max_size=3)))}{draw(GAPS)}:{draw(GAPS)}{value(depth + 1)}{draw(GAPS)}"
                for _ in range(draw(st.integers(0, 3)))
            )
            return f"{{{inner}{draw(GAPS)}}}"
        if kind == 3:
            return draw(st.sampled_from(["{{a}}", "{{ long.name-1 }}", "{{$now}}"]))
        return draw(st.sampled_from(["12.50e3", "-0", "true", "null", '"a//b"', '"{{v}} /* \\" */"', '"\\u00e9\\\\"']))

    return draw(GAPS) + value(0) + draw(GAPS)


def tree(node: Node | None) -> Any:
    if node is None:
        return None
    return node.kind, node.start, node.end, node.name, node.key, [tree(child) for child in node.children]


@given(texts())
def test_the_quick_tree_is_the_slow_one(text: str) -> None:
    with token_by_token():
        assert find_error(text) is None
        slow, outer = tree(parse(text)), members(text)
    assert tree(parse(text)) == slow
    assert members(text) == outer


@given(st.lists(TOKENS, max_size=12).map("".join))
@example("{{a}}1")
@example("1{{a}}")
@example("[1/**/2]")
@example("{{{a}}: 1}")
@example('{"a": 1} // \u2028')
def test_what_is_no_json_is_none_for_both(text: str) -> None:
    with token_by_token():
        slow = [find_error(text, comments=one, variables=other) for one in (True, False) for other in (True, False)]
        read = tree(parse(text))
    assert [find_error(text, comments=one, variables=other) for one in (True, False) for other in (True, False)] == slow
    assert tree(parse(text)) == read


@given(st.lists(TOKENS, max_size=12).map("".join))
def test_what_is_covered_keeps_its_length(text: str) -> None:
    assert len(jsonscan.covered(text)) == len(text)


def test_text_that_is_nested_deeper_than_the_reader_goes_is_read_all_the_same() -> None:
    deep = "[" * 20_000 + "{{a}}" + "]" * 20_000
    node = parse(deep)
    for _ in range(20_000):
        assert node is not None
        node = node.children[0]
    assert node is not None
    assert (node.kind, node.raw(deep)) == ("variable", "{{a}}")


def test_a_tree_is_read_where_more_stands_on_the_stack_than_when_it_was_made() -> None:
    text = '{"a": ' + "[" * 400 + "1" + "]" * 400 + "}"
    made = parse(text)

    def below(depth: int) -> Any:
        return below(depth - 1) if depth else tree_of_first()

    def tree_of_first() -> Any:
        assert made is not None
        return [(one.name, one.kind, one.start, one.end) for one in made.children]

    assert below(550) == [("a", "array", 6, len(text) - 1)]


def test_edits_take_the_tree_that_is_known() -> None:
    text = '{"a": [1, /* two */ {{b}}, 3], "c": 4, "c": 5}'
    root = parse(text)
    assert jsonedit.set_value(text, "/a/1", "2", root=root) == text.replace("{{b}}", "2")
    assert jsonedit.move_element(text, "/a", 0, 2, root=root) == '{"a": [{{b}}, /* two */ 3, 1], "c": 4, "c": 5}'
    assert jsonedit.remove(text, "/c", root=root) == '{"a": [1, /* two */ {{b}}, 3]}'
