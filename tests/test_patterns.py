"""Late patterns do what compiled ones do, and are compiled once, when they are used."""

from __future__ import annotations

import re

import pytest

from komet_console.patterns import pattern


def test_a_pattern_finds_what_a_compiled_one_finds() -> None:
    text, flags = r"(?P<name>[a-z]+)=(\d+)", re.IGNORECASE
    late, compiled = pattern(text, flags), re.compile(text, flags)
    sample = "Boxes=3, stems=25"
    assert late.findall(sample) == compiled.findall(sample) != []
    assert [one.span("name") for one in late.finditer(sample)] == [
        one.span("name") for one in compiled.finditer(sample)
    ]
    assert late.sub(r"\1", sample) == compiled.sub(r"\1", sample)
    assert late.fullmatch("x") is None
    assert (late.pattern, late.groups) == (text, 2)


def test_it_is_compiled_once_and_not_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_ = re.compile

    def watched(text: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(text)
        return compile_(text, flags)

    monkeypatch.setattr(re, "compile", watched)
    late = pattern("rose")
    assert compiled == []
    assert late.match("rose")
    assert late.match("roses")
    assert late.search("a rose")
    assert compiled == ["rose"]


def test_a_mistake_shows_when_it_is_used() -> None:
    wrong = pattern("(")
    with pytest.raises(re.error):
        wrong.match("(")
