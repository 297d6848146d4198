"""General knowledge as data: it follows resources/knowledge/README.md, and every reference in it leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from komet_console.catalogue import Catalogue
from komet_console.resources import resource_path

FILES = ("statuses", "outcomes", "conventions", "guides", "pages")
BASES = {"documented", "inferred"}
BLOCKS = {
    "paragraph", "note", "steps", "table", "methods", "code", "guide", "trap", "convention", "statuses", "outcomes"
}  # fmt: skip


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    yaml = YAML(typ="safe", pure=True)
    return {name: yaml.load(resource_path("knowledge", f"{name}.yaml").read_text("utf-8")) for name in FILES}


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from walk(one, f"{path}/{key}")
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from walk(one, f"{path}/{one['key'] if isinstance(one, dict) and 'key' in one else position}")


def mappings(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((path, one) for path, one in walk(value) if isinstance(one, dict))


def by_key(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in rows}


@pytest.mark.parametrize("name", FILES)
def test_every_element_has_its_own_stable_key(files: dict[str, Any], name: str) -> None:
    for path, value in walk(files[name]):
        if isinstance(value, list) and any(isinstance(one, dict) for one in value):
            keys = [one.get("key") for one in value]
            assert all(re.fullmatch(r"[a-z0-9-]+", key or "") for key in keys), path
            assert len(set(keys)) == len(keys), path


@pytest.mark.parametrize("name", FILES)
def test_no_text_is_empty_and_every_basis_is_known(files: dict[str, Any], name: str) -> None:
    for path, value in walk(files[name]):
        assert value not in (None, ""), path
        if isinstance(value, str):
            assert value == value.strip(), path
        if path.endswith("/basis"):
            assert value in BASES, path


def test_braces_stand_only_where_placeholders_are_declared(files: dict[str, Any]) -> None:
    for name in FILES:
        for path, one in mappings(files[name]):
            texts = " ".join(value for key, value in one.items() if isinstance(value, str) and key != "code")
            used = set(re.findall(r"\{([a-z_]+)\}", texts))
            assert used <= set(one.get("placeholders", ())), (name, path)
            assert "{" not in re.sub(r"\{[a-z_]+\}", "", texts), (name, path)
            assert set(one.get("placeholders", ())) <= used, (name, path)


def test_every_method_named_exists(files: dict[str, Any], catalogue: Catalogue) -> None:
    known = set(catalogue.summaries)
    addresses = {name.split(":")[0] for name in known}
    first_words = {re.split(r"[./]", name)[0] for name in known}
    for name in FILES:
        for path, value in walk(files[name]):
            if path.endswith(("/methods", "/except")) and isinstance(value, list):
                assert set(value) <= known, (name, path, set(value) - known)
            if isinstance(value, str) and not path.endswith(("/code", "/check", "/key")):
                for word in re.findall(r"(?<![\w./-])[a-z0-9-]+(?:[./][a-z-]+)+", value):
                    if re.split(r"[./]", word)[0] in first_words:
                        assert word in addresses, (name, path, word)


def test_every_method_is_reached_by_some_guide(files: dict[str, Any], catalogue: Catalogue) -> None:
    reached = {method for group in files["guides"]["groups"] for row in group["rows"] for method in row["methods"]}
    assert set(catalogue.summaries) - reached == set()


def test_causes_name_checks_that_exist(files: dict[str, Any]) -> None:
    checks = files["statuses"]["checks"]
    used = {one["check"] for name in ("statuses", "outcomes") for _, one in mappings(files[name]) if "check" in one}
    assert used == set(checks)
    for check in checks.values():
        assert check["decided_by"] in {"request", "token", "history", "answer", "person"}
        assert all(check[name] for name in ("found", "fix"))


def test_the_ten_documented_statuses_are_the_documented_ones(files: dict[str, Any]) -> None:
    statuses = files["statuses"]["statuses"]
    assert list(statuses) == ["200", "201", "204", "400", "401", "403", "404", "408", "429", "500"]
    assert all(one["documented"] for one in statuses.values())
    assert not any(one["documented"] for one in files["statuses"]["undocumented"].values())
    for code, one in (statuses | files["statuses"]["undocumented"]).items():
        assert all(one[name] for name in ("name", "meaning", "next_steps")), code
        assert one["likely_causes"] or code in {"200", "201", "204", "1xx", "2xx"}, code


def test_conventions_apply_to_something(files: dict[str, Any], catalogue: Catalogue) -> None:
    fields = {
        field.name for name in catalogue.summaries for top in catalogue.method(name).input for _, field in top.walk()
    }
    needed = {"methods": "methods", "types": "types", "fields": "fields", "effect": "effects"}
    for one in files["conventions"]["conventions"]:
        applies = one["applies"]
        assert applies["scope"] in {"all", "request", "answer", *needed}, one["key"]
        if applies["scope"] in needed:
            assert applies[needed[applies["scope"]]], one["key"]
        assert set(applies.get("fields", ())) <= fields, one["key"]


def test_fees_agree_with_the_methods(files: dict[str, Any], catalogue: Catalogue) -> None:
    traps = by_key(files["guides"]["traps"])
    conventions = by_key(files["conventions"]["conventions"])
    for fee, listed in (
        ("documented", traps["fee"]["methods"]),
        ("documented", conventions["fee"]["applies"]["methods"]),
        ("possible", traps["may-carry-fee"]["methods"]),
    ):
        assert {name for name in catalogue.summaries if catalogue.method(name).fee == fee} == set(listed)


def test_gets_that_write_agree_with_the_methods(files: dict[str, Any], catalogue: Catalogue) -> None:
    writing = {name for name, row in catalogue.summaries.items() if row.verb == "GET" and row.effect != "read"}
    assert writing == set(by_key(files["guides"]["traps"])["get-writes"]["methods"])


def test_pages_hold_blocks_that_can_be_shown(files: dict[str, Any]) -> None:
    targets = {
        "guide": set(by_key(files["guides"]["groups"])),
        "trap": set(by_key(files["guides"]["traps"])),
        "convention": set(by_key(files["conventions"]["conventions"])),
    }
    for page in files["pages"]["pages"]:
        for section in page["sections"]:
            assert all(section[name] for name in ("title", "basis", "blocks")), section["key"]
            for block in section["blocks"]:
                (kind,) = BLOCKS & set(block)
                assert set(block) - {"key", kind} <= {"basis", "language"}, block
                assert ("basis" in block) == (kind == "note"), block
                assert ("language" in block) == (kind == "code"), block
                if kind in targets:
                    assert block[kind] in targets[kind], block
                if kind in ("statuses", "outcomes"):
                    assert set(block[kind]) <= set(files[kind][kind]), block
                if kind == "table":
                    columns = [column["key"] for column in block["table"]["columns"]]
                    assert all(list(row["cells"]) == columns for row in block["table"]["rows"]), block["key"]


def test_every_guide_is_on_a_page(files: dict[str, Any]) -> None:
    shown = {one["guide"] for _, one in mappings(files["pages"]) if "guide" in one}
    assert shown == set(by_key(files["guides"]["groups"]))
