"""The writer's YAML means the same to every reader, and a change in place changes nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from komet_console.workspace.collections.yamltext import YamlError, dump, patch, read

ODD = ["null", "~", "1", "1e3", "2026-01-01", "=", "<<", "- a", "a: b", "a #b", " x", "x ", "\n", "a\n", "a\n\n", "\na"]
ODD += [
    "  a\nb",
    "a\n  b\n",
    "a\n\n\nb",
    "yes",
    "Off",
    "---",
    "a\n---\nb",
    "a\n...\n",
    "\u2028",
    "\ufeff",
    "\x85",
    "\x00",
    "a\tb",
]
texts = st.one_of(st.sampled_from(ODD), st.text(max_size=10))
values = st.recursive(
    st.one_of(texts, st.integers(0, 99), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts.filter(bool), inner, max_size=3)),
    max_leaves=8,
)
files = st.dictionaries(st.sampled_from(["info", "http", "docs"]), values, min_size=1)


def as_texts(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return [as_texts(one) for one in value]
    if isinstance(value, dict):
        return {key: as_texts(one) for key, one in value.items()}
    return str(value)


@settings(max_examples=60)
@given(files)
def test_what_is_written_is_read_again_here_and_by_others(value: dict[str, Any]) -> None:
    text = dump(value)
    assert read(text).value == as_texts(value)
    if not any("\ud800" <= sign <= "\udfff" for sign in str(value)):
        assert YAML(typ="safe", pure=True).load(text) == value


@settings(max_examples=40)
@given(files, files)
def test_a_file_is_changed_into_any_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    text = "# mine\n" + dump(old | {"x-other": {"kept": "00123"}})
    made = patch(text, old, new)
    assert made.startswith("# mine\n")
    assert read(made).value == as_texts(new) | {"x-other": {"kept": "00123"}}
    assert patch(text, old, copy.deepcopy(old)) == text


@pytest.mark.parametrize(
    "text", ["a: [", "a: 1\na: 2", "{" * 500, "a: !!python/object:os.system x: y", "\ta: 1", "a: '"]
)
def test_what_is_no_yaml_has_a_reason_and_a_line(text: str) -> None:
    with pytest.raises(YamlError) as caught:
        read(text)
    assert caught.value.message
    assert caught.value.line >= 1
