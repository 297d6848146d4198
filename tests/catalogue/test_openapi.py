"""The OpenAPI source itself: complete, valid, its samples satisfy its schemas, its index is current."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from komet_console.catalogue import Catalogue, Field, Method, load
from komet_console.catalogue.compiling import compile_catalogue
from komet_console.resources import resource_path

NAMES = list(load().summaries)
TODAY = date(2026, 9, 30)


def every_field(method: Method) -> list[tuple[str, Field]]:
    return [pair for top in (*method.input, *method.answer) for pair in top.walk()]


def validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def complaints(schema: dict[str, Any], value: Any) -> list[str]:
    return [f"{list(error.instance_path)}: {error.message}" for error in validator(schema).iter_errors(value)]


def test_all_132_methods_are_there(catalogue: Catalogue) -> None:
    assert len(catalogue.summaries) == 132
    assert len({(row.verb, row.path) for row in catalogue.summaries.values()}) == 132
    assert catalogue.problems == []


def test_shared_address_has_two_verbs(catalogue: Catalogue) -> None:
    assert catalogue.method("v2/standing-order:post").verb == "POST"
    assert catalogue.method("v2/standing-order:put").verb == "PUT"
    verbs = Counter(row.verb for row in catalogue.summaries.values())
    assert verbs["PATCH"] == 1
    assert verbs["DELETE"] == 1


@pytest.mark.timeout(300)
def test_index_is_current() -> None:
    text, problems = compile_catalogue(resource_path("openapi"), resource_path("knowledge"))
    assert problems == []
    assert resource_path("catalogue", "index.jsonl").read_text(encoding="utf-8") == text, "run `make catalogue`"


def test_root_document_refers_to_every_method(catalogue: Catalogue) -> None:
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    root = yaml.load(resource_path("openapi", "openapi.yaml"))
    assert set(root["paths"]) == {row.path for row in catalogue.summaries.values()}
    for address, item in root["paths"].items():
        name, _, fragment = item["$ref"].partition("#/paths/")
        assert fragment.replace("~1", "/").replace("~0", "~") == address
        # read as text: parsing takes seconds, and `test_index_is_current` has done it
        assert f"\n  {address}:\n" in resource_path("openapi", name).read_text(encoding="utf-8")


def test_bundled_document_is_valid_openapi(catalogue: Catalogue) -> None:
    document = json.loads(json.dumps(catalogue.openapi()))
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    assert len([verb for item in document["paths"].values() for verb in item]) == 132


@pytest.mark.skipif(shutil.which("npx") is None, reason="npm is not on this machine")
@pytest.mark.long
def test_redocly_accepts_the_document(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "komet.json"
    path.write_text(json.dumps(catalogue.openapi()))
    command = ["npx", "--yes", "@redocly/cli@2", "lint", str(path), "--extends=minimal"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "REDOCLY_TELEMETRY": "off"}
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_sample_request_satisfies_its_schema(catalogue: Catalogue, name: str) -> None:
    method = catalogue.method(name)
    for only in (False, True):
        sample = catalogue.sample(method, TODAY, required_only=only)
        if sample.query is not None:
            assert complaints(catalogue.query_schema(method), sample.query) == []
        schema = catalogue.body_schema(method)
        assert (schema is None) == (sample.body is None)
        if schema is not None:
            assert complaints(schema, sample.body) == []
        required = {field.name for field in method.headers if field.required}
        tokens = {place.name for place in method.places.token}
        assert required - tokens <= set(sample.headers)


@pytest.mark.parametrize("name", NAMES)
def test_sample_answer_satisfies_both_profiles(catalogue: Catalogue, name: str) -> None:
    method = catalogue.method(name)
    response = catalogue.sample(method, TODAY).response
    assert complaints(catalogue.answer_schema(method), response) == []
    assert complaints(catalogue.strict_answer_schema(method), response) == []


@pytest.mark.parametrize("name", NAMES)
def test_strict_profile_refuses_missing_and_undocumented_keys(catalogue: Catalogue, name: str) -> None:
    method = catalogue.method(name)
    response = catalogue.sample(method, TODAY).response
    strict = catalogue.strict_answer_schema(method)
    assert complaints(strict, {**response, "undocumented": 1})
    certain = [field.name for field in method.answer if not field.conditional]
    assert certain, "an answer with nothing certain in it cannot be tested"
    for key in certain:
        assert complaints(strict, {other: one for other, one in response.items() if other != key})


def test_samples_move_with_today(catalogue: Catalogue) -> None:
    method = catalogue.method("prebook.create")
    first = catalogue.sample(method, TODAY)
    later = catalogue.sample(method, TODAY + timedelta(days=40))
    assert first.body is not None
    assert later.body is not None
    day = date.fromisoformat(first.body["shipDate"])
    assert date.fromisoformat(later.body["shipDate"]) - day == timedelta(days=40)
    assert abs((day - TODAY).days) < 60


def test_required_only_keeps_conditional_fields_that_the_sample_fills(catalogue: Catalogue) -> None:
    method = catalogue.method("prebook.create")
    sample = catalogue.sample(method, TODAY, required_only=True)
    assert sample.body is not None
    assert "customerId" in sample.body
    assert "comments" not in sample.body


@pytest.mark.parametrize("name", NAMES)
def test_every_token_in_samples_is_a_reference(catalogue: Catalogue, name: str) -> None:
    method = catalogue.method(name)
    sample = catalogue.sample(method, TODAY)
    for part in (sample.query, sample.body, sample.headers):
        for key, value in (part or {}).items():
            if key in ("authenticationToken", "companyToken"):
                assert value == "{{token}}"


@pytest.mark.parametrize("name", NAMES)
def test_facts_are_well_formed(catalogue: Catalogue, name: str) -> None:
    method = catalogue.method(name)
    assert method.summary.title
    assert not method.summary.title.endswith(".")
    assert method.description.endswith(".")
    assert method.summary.group in catalogue.groups
    assert method.sources or method.coverage.input == "none"
    assert method.coverage.input in ("full", "partial", "none")
    assert method.coverage.output in ("full", "partial", "none")
    answer = {field.name for field in method.answer}
    outcome = method.outcome
    for key in (outcome.field, outcome.message, outcome.list, outcome.failed):
        assert key is None or key in answer
    if outcome.elements:
        rows = next(field for field in method.answer if field.name == outcome.elements.list)
        inner = {field.name for field in rows.children}
        for element_key in (outcome.elements.status, outcome.elements.message, outcome.elements.id):
            assert element_key is None or element_key in inner
    inputs = {field.name for field in method.input}
    for limit in method.limits.date_ranges:
        assert {limit.start, limit.end} - {None} <= inputs
    assert {limit.field for limit in method.limits.items} <= inputs


@pytest.mark.parametrize("name", NAMES)
def test_lookups_read_and_origins_write(catalogue: Catalogue, name: str) -> None:
    for pointer, field in every_field(catalogue.method(name)):
        if field.lookup:
            assert catalogue.method(field.lookup).effect == "read", pointer
        if field.origin:
            assert catalogue.method(field.origin.method).effect != "read", pointer
            if field.origin.list:
                assert catalogue.method(field.origin.list).effect == "read", pointer


@pytest.mark.parametrize("name", NAMES)
def test_fields_are_described(catalogue: Catalogue, name: str) -> None:
    for pointer, field in every_field(catalogue.method(name)):
        assert field.description, pointer
        if field.required_when:
            assert not field.required, pointer
            assert not field.required_when.startswith("when "), pointer


@pytest.mark.parametrize("name", NAMES)
def test_token_is_a_scheme_and_a_place(catalogue: Catalogue, name: str) -> None:
    method = catalogue.method(name)
    schemes = {"tokenQuery": "query", "tokenHeader": "header", "tokenBody": "body"}
    secured = {schemes[key] for requirement in method.operation["security"] for key in requirement}
    assert secured == {place.location for place in method.places.token}
    if name == "login":
        assert method.tokens == ()
        assert method.operation["security"] == []
    else:
        assert method.places.token


def test_effects_are_right_for_gets_that_write(catalogue: Catalogue) -> None:
    assert catalogue.method("box.move.awb").verb == "GET"
    assert catalogue.method("box.move.awb").effect != "read"
    assert catalogue.method("login.forgot.password").effect != "read"


def test_not_stated_tokens_are_kept_apart_from_none(catalogue: Catalogue) -> None:
    unknown = {name for name in NAMES if catalogue.method(name).tokens is None}
    none = {name for name in NAMES if catalogue.method(name).tokens == ()}
    assert unknown == {"inventory.consolidated.openmarket.list"}
    assert none == {"login"}


def test_objects_keyed_by_dates_move_their_keys(catalogue: Catalogue) -> None:
    method = catalogue.method("carriers.by.customer.ship.date.list")
    field = next(one for one in method.answer if one.name == "defaultCarriersByDate")
    assert field.entries is not None
    keys = list(catalogue.sample(method, TODAY).response["defaultCarriersByDate"])
    moved = list(catalogue.sample(method, TODAY + timedelta(days=1)).response["defaultCarriersByDate"])
    assert keys
    assert keys != moved


def test_odd_spellings_are_kept(catalogue: Catalogue) -> None:
    names = {field.name for name in NAMES for _, field in every_field(catalogue.method(name))}
    assert any(" " in name for name in names), "names with blanks such as `AWB Number`"
