"""In, out, in: nothing is lost that the format has words for; and newman runs what is exported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from komet_console.catalogue import Catalogue, load
from komet_console.exchange import Body, Draft, Pair
from komet_console.interchange import postman, postman_out
from komet_console.interchange.formats import EXPORTS, cannot_carry, read_bytes, read_path, write
from komet_console.interchange.postman_scripts import read_tests, write_tests
from komet_console.session.sandbox import LocalSandbox
from komet_console.workspace.collections.model import (
    Auth,
    Capture,
    Check,
    Collection,
    Defaults,
    EnvironmentValues,
    Example,
    Folder,
    Item,
    RequestItem,
    requests,
)
from komet_console.workspace.collections.starter import starter

FIXTURES = Path(__file__).with_name("fixtures")
FILES = [
    "shop.postman_collection.json",
    "old.postman_collection.json",
    "insomnia.yaml",
    "insomnia-all.yaml",
    "insomnia-4.yaml",
    "recorded.har",
    "bruno",
    "calls.http",
]
NEWMAN = os.environ.get("KOMET_TEST_NEWMAN") or shutil.which("newman")
CATALOGUE = load()

plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="{}"), max_size=12)
names = plain.map(str.strip).filter(bool)
words = st.text("abcXYZ-_09", min_size=1, max_size=8)
values = st.one_of(plain, st.sampled_from(["{{x}}", "a{{x}}b&=%+ #ä", "100%", "1+1=2", "a%20b", " lead", "?q", "://"]))
query = st.builds(Pair, st.one_of(words, st.sampled_from(["a b", "ä&=", "x[0]"])), values)
table = st.builds(Pair, words.map("X-{}".format), plain.map(str.strip).filter(bool))
json_text = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), plain), lambda inner: st.lists(inner, max_size=2), max_leaves=4
).map(lambda value: json.dumps({"value": value}, indent=2, ensure_ascii=False))
bodies = st.one_of(
    st.just(Body()),
    json_text.map(lambda text: Body("json", text)),
    st.lists(query, min_size=1, max_size=3).map(lambda rows: Body("form", pairs=tuple(rows))),
)
addresses = st.sampled_from(["https://shop.example/a", "http://127.0.0.1:8080/x/y", "https://shop.example/a/b%20c"])


@st.composite
def drafts(draw: st.DrawFn, *, off: bool = False) -> Draft:
    rows = tuple(draw(st.lists(query, max_size=3)))
    headers = tuple(draw(st.lists(table, max_size=2, unique_by=lambda row: row.name)))
    if off:
        rows = tuple(replace(row, enabled=draw(st.booleans()), description=draw(plain)) for row in rows)
        headers = tuple(replace(row, enabled=draw(st.booleans())) for row in headers)
    body = draw(bodies)
    verb = draw(st.sampled_from(["POST", "PUT"])) if body.kind != "none" else draw(st.sampled_from(["GET", "DELETE"]))
    if draw(st.booleans()):
        token = Pair("authenticationToken", "{{token}}")
        return Draft("customer.list", (token, *rows), headers, body, verb=None if verb == "GET" else verb)
    return Draft("", rows, headers, body, verb=verb, path=draw(addresses))


def base(draft: Draft) -> str:
    return "{{baseUrl}}" if draft.method else ""


def same(one: Collection, other: Collection) -> None:
    assert [(tuple(folder.name for folder in above), item) for above, item in requests(one)] == [
        (tuple(folder.name for folder in above), item) for above, item in requests(other)
    ]
    assert (one.name, one.description, one.defaults) == (other.name, other.description, other.defaults)


checks = st.one_of(
    st.builds(Check, st.just("status"), st.just(""), st.sampled_from(["eq", "lt"]), st.sampled_from(["200", "404"])),
    st.builds(
        Check,
        st.just("value"),
        st.sampled_from(["a.b[0]", "length(rows)", "rows[-1].id", '"x y"']),
        st.sampled_from(["eq", "neq", "contains", "gt"]),
        st.one_of(st.sampled_from(["1", "true", "-1.50", 'a"b', "it's", "a\\b", "1e5", ""]), plain),
        st.booleans(),
        st.one_of(st.just(""), plain),
    ),
    st.just(Check("outcome", value="success")),
    st.just(Check("schema")),
)


@given(
    st.lists(checks, max_size=4), st.lists(st.builds(Capture, words, st.sampled_from(["a.b", "max(a)"])), max_size=2)
)
def test_checks_survive_as_pm_test(some: list[Check], captures: list[Capture]) -> None:
    tests = read_tests(write_tests(tuple(some), tuple(captures)))
    assert sorted(map(repr, tests.checks)) == sorted(map(repr, some))
    assert sorted(map(repr, tests.captures)) == sorted(map(repr, captures))
    assert tests.rest == ""


@given(
    drafts(off=True), names, st.text(max_size=20).filter(lambda text: "\r" not in text), st.lists(checks, max_size=2)
)
def test_postman(draft: Draft, name: str, description: str, some: list[Check]) -> None:
    description = description.encode("utf-8", "replace").decode()
    item = RequestItem(
        name,
        draft,
        description,
        base_url=base(draft),
        auth=Auth("basic", username="u", password="{{pw}}"),
        checks=tuple(sorted(some, key=repr)),
        variables=(Pair("id", "5"),),
        examples=(Example("Fine", 200, "OK", (Pair("A", "b"),), "{}", verb="GET", url="https://x.example/"),),
    )
    folder = Folder("F", (item,), "about", defaults=Defaults(auth=Auth("none"), token="vendor"))
    made = Collection("C", (folder,), "text", Defaults(variables=(Pair("baseUrl", "http://127.0.0.1/api"),)))
    first = read_bytes(write(made, "postman", CATALOGUE), CATALOGUE)
    ((above, back),) = requests(first.collection)
    assert replace(back, seq=0, checks=tuple(sorted(back.checks, key=repr))) == item
    assert above[0].defaults == folder.defaults
    assert first.collection.defaults == made.defaults
    again = read_bytes(write(first.collection, "postman", CATALOGUE), CATALOGUE)
    same(again.collection, first.collection)


@given(drafts(), names)
def test_har_http_and_curl(draft: Draft, name: str) -> None:
    named = RequestItem(" ".join(name.split()), draft, base_url=base(draft), seq=1)
    made = Collection("C", (named,))
    for form in ("har", "http", "curl"):
        first = read_bytes(write(made, form, CATALOGUE), CATALOGUE, f"C.{form}")
        ((_above, back),) = requests(first.collection)
        sent, got = draft, back.draft
        assert (got.method, got.verb, got.path) == (sent.method, sent.verb, sent.path), form
        assert got.query == sent.query, form
        assert [one for one in got.headers if one.name != "Content-Type"] == list(sent.headers), form
        assert (got.body.kind, got.body.text.strip()) == (sent.body.kind, sent.body.text.strip()), form
        if sent.body.kind == "form":
            assert got.body.pairs == sent.body.pairs, form
        if form != "curl":
            assert back.name == named.name


@settings(max_examples=15)
@given(drafts(off=True), names, st.lists(checks, max_size=2))
def test_opencollection(draft: Draft, name: str, some: list[Check]) -> None:
    item = RequestItem(name, draft, "d\n", ("t",), 1, base(draft), checks=tuple(some))
    made = Collection(
        "C", (Folder("F", (item,), seq=1),), environments=(EnvironmentValues("E", (Pair("a", "1"),), ("s",)),)
    )
    first = read_bytes(write(made, "opencollection", CATALOGUE), CATALOGUE, "c.yml")
    same(first.collection, made)
    assert first.environments == made.environments


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("form", ["postman", "opencollection"])
def test_what_was_imported_survives_the_formats_that_can_say_it(name: str, form: str, catalogue: Catalogue) -> None:
    def settled(collection: Collection) -> bytes:
        return write(collection, "opencollection", catalogue)

    first = read_path(FIXTURES / name, catalogue)
    second = read_bytes(write(first.collection, form, catalogue), catalogue, "x")
    third = read_bytes(write(second.collection, form, catalogue), catalogue, "x")
    assert settled(third.collection) == settled(second.collection)
    if form == "opencollection":
        assert settled(second.collection) == settled(first.collection)
    assert [item.draft.method for _above, item in requests(second.collection)] == [
        item.draft.method for _above, item in requests(first.collection)
    ]


def test_an_export_says_what_it_cannot_carry(catalogue: Catalogue) -> None:
    made = read_path(FIXTURES / "shop.postman_collection.json", catalogue).collection
    assert any("Checks" in one for one in cannot_carry(made, "http"))
    assert any("switched off" in one for one in cannot_carry(made, "curl"))
    assert cannot_carry(made, "opencollection") == ()
    assert all(write(Collection("Empty"), one.id, catalogue) for one in EXPORTS)


def test_environments_of_postman_survive(catalogue: Catalogue) -> None:
    one = EnvironmentValues("E", (Pair("a", "1"), Pair("b", "", enabled=False)), ("token",))
    data = postman_out.write_environment(one)
    assert postman.read(data, catalogue).environments == (one,)


@pytest.mark.skipif(NEWMAN is None, reason="newman is not installed (npm install -g newman, or KOMET_TEST_NEWMAN)")
def test_newman_runs_the_exported_chains(
    catalogue: Catalogue, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = starter(catalogue, datetime.now(UTC).date())
    chains: tuple[Item, ...] = tuple(one for one in whole.items if "chain" in one.tags)
    file = tmp_path / "chains.json"
    file.write_bytes(write(replace(whole, items=chains), "postman", catalogue))
    with LocalSandbox(tmp_path_factory.mktemp("newmans-world")) as user:
        world = user.ensure()
        given = [f"baseUrl={world.url.rstrip('/')}", f"token={world.tokens['company']}"]
        ran = subprocess.run(
            [str(NEWMAN), "run", str(file), "--env-var", given[0], "--env-var", given[1], "--color", "off"],
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    assert "failed" in ran.stdout
