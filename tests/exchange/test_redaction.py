"""No secret shows, however it is written; nothing else is touched."""

from __future__ import annotations

import json
import logging
import sys
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.exchange import MASK, RedactingFilter, Redactor
from komet_console.exchange.redaction import _BEHIND_NAME, _USERINFO, SECRET_NAMES

SECRET = 's3/cr+et é"x'


@pytest.mark.parametrize(
    "text",
    [
        "https://h/api?authenticationToken=abc123&name=x",
        "https://h/api?a=1&AUTHENTICATIONTOKEN=abc123",
        '{"authenticationToken": "abc123", "a": 1}',
        '{"apiKey":"abc123"}',
        '{"authentication\\u0054oken": "abc123"}',
        '{"deep": [{"password": "abc123"}]}',
        "{'password': 'abc123'}",
        '"{\\"companyToken\\": \\"abc123\\"}"',
        "https://h/?next=%2Fx%3FauthenticationToken%3Dabc123%26a%3D1",
        "body=%7B%22authenticationToken%22%3A%22abc123%22%7D",
        "Authorization: Bearer abc123",
        "authenticationToken: abc123",
        "http://user:abc123@proxy:8080/",
        "password=abc%20123",
    ],
)
def test_values_behind_a_secret_s_name(text: str) -> None:
    shown = Redactor().body(text.encode()).decode()
    assert "abc" not in shown
    assert "123" not in shown
    assert MASK in shown


def test_known_secrets_in_every_spelling() -> None:
    redactor = Redactor([SECRET])
    for written in (SECRET, quote(SECRET), quote(SECRET, safe=""), quote_plus(SECRET), json.dumps(SECRET)[1:-1]):
        for text in (f"before {written} after", f"/x?name={written}&b=1".lower() if "%" in written else written):
            assert MASK in redactor.text(text) or written.lower() != written, text
        assert redactor.text(f"before {written} after") == f"before {MASK} after"


@given(st.text(min_size=6), st.sampled_from(["customerNote", "name"]))
def test_known_secrets_never_survive(secret: str, name: str) -> None:
    redactor = Redactor([secret])
    assert json.dumps(secret)[1:-1] not in redactor.json(json.dumps({name: secret}))
    if "%" in quote(secret, safe="") or secret.isalnum():
        assert quote(secret, safe="", errors="replace") not in redactor.url(
            f"https://h/?{name}={quote(secret, safe='')}"
        )


def test_everything_else_stays() -> None:
    text = '{"token": "{{token}}", "tokens": 3, "price": 1.10, "passwordless": "yes", "apiKey": null, "password": ""}'
    assert Redactor().json(text) == text
    assert Redactor().text("The token is missing; see tokens.") == "The token is missing; see tokens."
    assert (
        Redactor().url("https://h/?authenticationToken={{token}}&a=1") == "https://h/?authenticationToken={{token}}&a=1"
    )
    assert Redactor().body(b"\xff\x00%PDF") == b"\xff\x00%PDF"


def test_json_stays_json() -> None:
    text = '{"a": "x: \\"token\\": 1", "token": 12345, "list": [{"apiKey": "k1k1"}], "password": {"x": 1.10}}'
    for written in (text, f"{text} // note"):
        shown = Redactor().json(written)
        assert json.loads(shown.partition(" //")[0])["token"] == MASK
        assert "k1k1" not in shown
        assert '"password": {"x": 1.10}' in shown


def test_headers() -> None:
    shown = Redactor(["abcdef"]).headers(
        (("authenticationToken", "x"), ("Authorization", "Bearer y"), ("X-Note", "abcdef!"), ("X-ACCOUNT", "1043"))
    )
    assert [value for _, value in shown] == [MASK, f"Bearer {MASK}", f"{MASK}!", "1043"]


def test_log_records_and_tracebacks() -> None:
    try:
        raise ValueError("https://h/?authenticationToken=abc123")
    except ValueError:
        record = logging.LogRecord("a", logging.INFO, "f", 1, "url %s", ("/?password=abc123",), sys.exc_info())
    assert RedactingFilter().filter(record)
    shown = logging.Formatter().format(record)
    assert "abc123" not in shown
    assert "ValueError" in shown


@pytest.mark.parametrize("name", [*SECRET_NAMES, "TO\u212aEN", "pa\u017f\u017fword", "API_KEY"])
def test_no_name_of_a_secret_is_passed_over_for_speed(name: str) -> None:
    text = f"x {name}=hidden-value-1 y"
    assert "hidden-value-1" not in Redactor().text(text)


def test_texts_without_any_secret_stay_as_they_are() -> None:
    text = "status=1 name=Rösé@shop.example see https://shop.example/a?name=b"
    assert Redactor(["another-value"]).text(text) == text


PIECES = [
    *SECRET_NAMES, "AUTHENTICATIONTOKEN", "to\u212aen", "pa\u017fsword", "my_token", "x-token", "\u0130", "\u00df",
    ":", "=", " ", "%3D", "%3A", "%22", "%3Ftoken=", '"', "\\\"", "'", "&", ",", "{", "}", "{{token}}", "Bearer ", "abc123",
    "null", "\n", "\\", "%20",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join))
def test_looking_near_names_finds_what_looking_everywhere_finds(text: str) -> None:
    redactor = Redactor()
    hidden = _USERINFO.sub(rf"\g<head>{MASK}@", text)
    assert redactor.text(text) == _BEHIND_NAME.sub(redactor._hide, hidden)


NAMES = st.sampled_from([*SECRET_NAMES, " Token ", "myToken", "tokens", "a", "back\\token", "x:token"])
VALUES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["", "abc123", "{{token}}", 'x"token":1', "{{a}} b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 1]))
def test_members_are_hidden_alike_whether_names_have_escapes_or_not(value: object, indent: int | None) -> None:
    text = json.dumps({"r": value}, indent=indent)
    shown = Redactor().json(text)
    # An escape anywhere has every name decoded.
    escaped = Redactor().json(text[:-1].rstrip() + ', "\\u0065nd": 0}')
    assert json.loads(escaped) == json.loads(shown) | {"end": 0}
