"""Variables: where they may stand, what they are worth, and that nothing around them changes."""

from __future__ import annotations

import json
import random
import re
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.exchange import Body, Draft, Pair
from komet_console.exchange.variables import (
    MAX_LENGTH,
    Surroundings,
    Unresolved,
    names_in,
    resolve,
    resolve_text,
    unresolved,
    value_of,
)

AROUND = Surroundings(datetime(2026, 1, 31, 23, 30, tzinfo=UTC), chance=random.Random(1))
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True).filter(lambda name: name != "token")
TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20).filter(lambda text: "{{" not in text)


def test_the_nearest_scope_counts() -> None:
    scopes = ({"a": "request"}, {"a": "collection", "b": "folder"}, {"b": "environment", "c": "last"})
    assert resolve_text("{{a}} {{ b }} {{c}} {{d}}", scopes) == "request folder last {{d}}"
    found = value_of("b", scopes)
    assert found is not None
    assert (found.text, found.scope) == ("folder", 1)
    assert value_of("d", scopes) is None


def test_it_works_in_every_part_of_a_request() -> None:
    draft = Draft(
        "customer.list",
        query=(Pair("{{name}}", "{{value}}"), Pair("off", "{{value}}", enabled=False)),
        headers=(Pair("X-ACCOUNT", "{{value}}"),),
        path="/v{{value}}/x",
        body=Body("multipart", pairs=(Pair("file", file="/data/{{value}}.pdf"),)),
    )
    made = resolve(draft, ({"name": "id", "value": "7"},))
    assert made.query == (Pair("id", "7"), Pair("off", "{{value}}", enabled=False))
    assert made.headers[0].value == "7"
    assert made.path == "/v7/x"
    assert made.body.pairs[0].file == "/data/7.pdf"


def test_the_token_is_left_to_building() -> None:
    draft = Draft("customer.list", query=(Pair("authenticationToken", "{{token}}"),))
    assert resolve(draft, ({"token": "stolen"},)) is draft
    assert unresolved(draft, ()) == []
    assert value_of("token", ({"token": "x"},)) is None
    assert resolve_text("{{a}}", ({"a": "-{{token}}-", "token": "stolen"},)) == "-{{token}}-"


def test_within_quotes_a_value_is_escaped_and_outside_it_is_raw() -> None:
    text = '{"a": "say {{word}}", "b": {{object}}, "c": {{number}}, /* {{word}} */ "d": "{{$today+3d|%m/%d/%Y}}"}'
    scopes = ({"word": 'a "quoted"\n\\', "object": '{"x": [1]}', "number": "007.10"},)
    made = resolve(Draft("m", body=Body("json", text)), scopes, AROUND).body.text
    assert '"c": 007.10' in made
    assert "/* {{word}} */" in made
    assert json.loads(made.replace("007.10", "7").replace("/* {{word}} */", "")) == {
        "a": 'say a "quoted"\n\\',
        "b": {"x": [1]},
        "c": 7,
        "d": "02/03/2026",
    }


def test_text_that_is_no_json_yet_is_filled_all_the_same() -> None:
    made = resolve(Draft("m", body=Body("json", '{"a": "{{x}}", "b": {{x}')), ({"x": '"'},)).body.text
    assert made == '{"a": "\\"", "b": {{x}'


@pytest.mark.parametrize(
    ("written", "worth"),
    [
        ("$today", "2026-01-31"),
        ("$today+3d", "2026-02-03"),
        ("$today - 1w", "2026-01-24"),
        ("$today+1m", "2026-02-28"),
        ("$today+1y", "2027-01-31"),
        ("$today+1m-1d", "2026-02-27"),
        ("$now", "2026-01-31 23:30:00"),
        ("$now+45min", "2026-02-01 00:15:00"),
        ("$today|%d.%m.%Y", "31.01.2026"),
        ("$now|%H:%M|America/Bogota", "18:30"),
        ("$today||Asia/Tokyo", "2026-02-01"),
        ("$timestamp", "1769902200"),
        ("$today|%d|Nowhere/Atlantis", None),
        ("$today+99999y", None),
        ("$tomorrow", None),
        ("$uuid+1d", None),
        ("$today+3q", None),
        ("$today|a|UTC|b", None),
    ],
)
def test_dynamic_values(written: str, worth: str | None) -> None:
    found = value_of(written, (), AROUND)
    assert (found.text if found else None) == worth


def test_the_zone_of_the_environment_counts_where_none_is_written() -> None:
    found = value_of("$today", (), Surroundings(AROUND.moment, "Asia/Tokyo"))
    assert found is not None
    assert found.text == "2026-02-01"


def test_random_values() -> None:
    first, second = resolve_text("{{$uuid}} {{$uuid}}", ()).split()
    assert first != second
    assert uuid.UUID(first).version == 4
    assert re.fullmatch(r"\d{1,4}", resolve_text("{{$randomInt}}", ()))


def test_values_may_name_others_but_never_for_ever() -> None:
    scopes = ({"host": "{{part}}.example", "part": "api", "a": "{{b}}", "b": "{{a}}", "self": "x{{self}}"},)
    assert resolve_text("{{host}}", scopes) == "api.example"
    assert resolve_text("{{a}} {{self}}", scopes) == "{{a}} {{self}}"
    bomb = {f"v{number}": f"{{{{v{number + 1}}}}}" * 10 for number in range(12)} | {"v12": "x" * 10}
    assert resolve_text("{{v0}}", (bomb,)) == "{{v0}}"
    assert len(resolve_text("{{v6}}", (bomb,))) <= MAX_LENGTH


def test_a_value_that_names_itself_means_what_stands_around_it() -> None:
    folder, environment = {"url": "{{url}}/orders", "password": "{{password}}"}, {"url": "https://x.example"}
    scopes = (folder, environment | {"password": "given"})
    assert resolve_text("{{url}}/7 {{password}}", scopes) == "https://x.example/orders/7 given"
    circle = ({"a": "{{b}}", "b": "{{a}}!"}, {"a": "outer"})
    assert resolve_text("{{a}} {{b}}", circle) == "outer! {{b}}"
    assert resolve_text("{{a}}", circle[:1]) == "{{a}}"


def test_secret_values_are_marked_also_where_another_value_holds_them() -> None:
    around = Surroundings(secret=frozenset({"key"}))
    scopes = ({"head": "Bearer {{key}}", "key": "planted-secret"},)
    found = value_of("head", scopes, around)
    assert found is not None
    assert found.secret
    assert "planted" not in repr(found)


def test_what_has_no_value_is_named_with_its_place() -> None:
    body = '{"items": [{"price": {{price}}, "name": "{{name}} x"}], "a/b": "{{known}}", // {{remark}}\n "k": 1}'
    draft = Draft(
        "m",
        query=(Pair("dateFrom", "{{from}}"), Pair("off", "{{off}}", enabled=False)),
        headers=(Pair("X-ACCOUNT", "{{account}}"),),
        path="/{{path}}",
        body=Body("json", body),
    )
    assert unresolved(draft, ({"known": "1"},)) == [
        Unresolved("path", "/path"),
        Unresolved("from", "/query/dateFrom"),
        Unresolved("account", "/headers/X-ACCOUNT"),
        Unresolved("price", "/body/items/0/price"),
        Unresolved("name", "/body/items/0/name"),
    ]


@given(st.dictionaries(NAMES, TEXTS, max_size=5), st.lists(st.one_of(TEXTS, NAMES.map("{{{{{}}}}}".format))))
def test_only_references_change(values: dict[str, str], parts: list[str]) -> None:
    text = "\x00".join(parts)
    made = resolve_text(text, (values,)).split("\x00")
    wanted = [values.get(part[2:-2], part) if part.startswith("{{") else part for part in parts]
    assert made == "\x00".join(wanted).split("\x00")


@given(st.dictionaries(NAMES, TEXTS, min_size=1, max_size=4), TEXTS)
def test_json_stays_json_and_says_what_was_meant(values: dict[str, str], around: str) -> None:
    written = {name: f"{around}{{{{{name}}}}}{around}" for name in values}
    body = Body("json", json.dumps(written))
    made = json.loads(resolve(Draft("m", body=body), (values,)).body.text)
    assert made == {name: f"{around}{value}{around}" for name, value in values.items()}
    assert unresolved(Draft("m", body=body), (values,)) == []


@given(st.text(st.sampled_from('{}$ token+|d3a\n"/*'), max_size=60), st.sampled_from(["json", "raw"]))
def test_no_text_breaks_it(text: str, kind: str) -> None:
    draft = Draft("m", path=text, query=(Pair(text, text),), body=Body(kind, text))  # type: ignore[arg-type]
    resolve(draft, ({"a": "{{d}}", "d": "1"},), AROUND)
    for one in unresolved(draft, (), AROUND):
        assert one.name in names_in(text) + names_in(text * 2)
