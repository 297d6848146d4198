from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.gui.text.highlighting import Span, spans


def words(language: str, text: str) -> list[tuple[str, str]]:
    return [(text[one.start : one.start + one.length], one.token) for one in spans(language, text)]


def test_json_with_comments_and_variables() -> None:
    text = '{"id": 1.50, // mine\n "name": "a {{who}} b", "on": true, "x": {{token}}, bad}'
    assert words("json", text) == [
        ("{", "json_punct"),
        ('"id"', "json_key"),
        (":", "json_punct"),
        ("1.50", "json_number"),
        (",", "json_punct"),
        ("// mine", "faint"),
        ('"name"', "json_key"),
        (":", "json_punct"),
        ('"a ', "json_string"),
        ("{{who}}", "violet"),
        (' b"', "json_string"),
        (",", "json_punct"),
        ('"on"', "json_key"),
        (":", "json_punct"),
        ("true", "violet"),
        (",", "json_punct"),
        ('"x"', "json_key"),
        (":", "json_punct"),
        ("{{token}}", "violet"),
        (",", "json_punct"),
        ("bad", "red"),
        ("}", "json_punct"),
    ]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("bash", "curl 'https://x' # go\n", ("# go\n", "faint")),
        ("python", 'import httpx\nprint("a")', ("import", "violet")),
        ("javascript", "const a = 1;", ("const", "violet")),
        ("php", "<?php echo 'a';", ("echo", "violet")),
        ("csharp", "var a = 1;", ("var", "violet")),
        ("powershell", "$a = 'b'", ("$a", "amber")),
        ("xml", '<a b="c"/>', ("<a", "violet")),
        ("http", "Content-Type: text/html", ("Content-Type", "json_key")),
    ],
)
def test_other_languages(language: str, text: str, wanted: tuple[str, str]) -> None:
    assert wanted in words(language, text)


def test_unknown_languages_have_no_colours() -> None:
    assert spans("text", "a") == spans("no such language", "a") == []


@given(st.sampled_from(["json", "http", "xml", "bash"]), st.text(alphabet="{}[]\":,/*\\ ab1-\n<>='é💐", max_size=60))
def test_any_text_has_parts_in_order_within_it(language: str, text: str) -> None:
    end = 0
    for one in spans(language, text):
        assert isinstance(one, Span)
        assert one.start >= end
        assert one.length > 0
        end = one.start + one.length
    assert end <= len(text)
