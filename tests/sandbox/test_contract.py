"""Whatever is sent to whichever method: an answer in the method's own shape, never a defect of the server.

Requests are built from the catalogue's fields. Ids and codes come from the seeded world, as its lists show them, and
also from nowhere; samples are changed here and there; values are odd, missing, of the wrong type, or plain noise.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from komet_console.catalogue import Catalogue, Field, Method, load
from komet_console.sandbox.seed.tokens import token_value

CATALOGUE: Catalogue = load()
NAMES = tuple(CATALOGUE.summaries)
IN_ALL = 10_000 if settings().max_examples > 1000 else 2_640
CALLS = -(-IN_ALL // len(NAMES))
"""Calls of each method."""

PARTNER = 2088
BIG = (2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**20 - 1, 10**25, -(2**63) - 1)
TEXTS = (
    "",
    " ",
    "%",
    "_",
    "\\",
    "'; DROP TABLE invoices; --",
    '"><script>',
    "\x00",
    "a\x00b",
    "ñandú Ü 玫瑰 🌹",
    "\u202e",
    "x" * 300,
    "null",
    "NaN",
    "1e400",
    "-1",
    "0",
    "²",
    "١٢٣",
    ",",
    ",,;,",
    ":",
    "9" * 30,
    "9" * 5000,
    "1, 2;3:4",
)
LONE = "\ud800"
"""Half of a character, which JSON can carry and UTF-8 cannot."""


class World:
    """What a caller can learn from the lists: values by the name of the key they were answered under."""

    def __init__(self, sandbox: Any) -> None:
        self.values: dict[str, set[Any]] = defaultdict(set)
        self.of_list: dict[str, set[Any]] = defaultdict(set)
        for name in NAMES:
            method = CATALOGUE.method(name)
            sample = CATALOGUE.sample(method, sandbox_today())
            self._learn(name, sample.body or sample.query or {})
            if method.effect == "read":
                self._learn(name, sandbox.sample(name).json)
        for name in ("customer.list", "vendor.list", "product.list", "carrier.list", "inventory.list"):
            self._learn(name, sandbox.call(name, token=token_value(1, "company", "partner")).json)
        self._pools: dict[str, tuple[Any, ...]] = {}

    def _learn(self, name: str, value: Any, key: str = "") -> None:
        if isinstance(value, dict):
            for inner, one in value.items():
                self._learn(name, one, inner)
        elif isinstance(value, list):
            for one in value[:40]:
                self._learn(name, one, key)
        elif isinstance(value, (int, str)) and not isinstance(value, bool) and value != "":
            self.values[key.casefold()].add(value)
            self.of_list[name].add(value) if key.casefold() in ("id", "code", "number") else None

    def pool(self, field: Field) -> tuple[Any, ...]:
        """Known values that a caller may think fit for a field."""
        pool = self._pools.get(field.name)
        if pool is None:
            found = set(self.values[field.name.casefold()])
            if field.origin is not None and field.origin.list:
                found |= self.of_list[field.origin.list]
            if field.lookup:
                found |= self.of_list[field.lookup]
            if field.name.casefold().endswith("id"):
                found |= {one for one in self.values["id"] if isinstance(one, int)}
            pool = self._pools[field.name] = tuple(sorted(found, key=str))[:400]
        return pool


def sandbox_today() -> Any:
    return sys.modules["komet_tests_inprocess"].today()


WORLD: list[World] = []
"""The world of this run, once it is there; strategies are built before."""

odd: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        1.5,
        -0.0,
        1e300,
        *BIG,
        [],
        {},
        [[]],
        [None],
        [{}],
        {"a": 1},
        ["a"],
        [1, "b"],
        *TEXTS,
        LONE,
    ]
)
free_text = st.text(st.characters(codec="utf-8"), max_size=40)


def once(make: Callable[[Field], st.SearchStrategy[Any]]) -> Callable[[Field], st.SearchStrategy[Any]]:
    """Keep what was made for a field; fields hold examples, so they cannot be keys themselves."""
    made: dict[int, tuple[Field, st.SearchStrategy[Any]]] = {}

    def of(field: Field) -> st.SearchStrategy[Any]:
        if id(field) not in made:
            made[id(field)] = (field, make(field))
        return made[id(field)][1]

    return of


@once
def scalar(field: Field) -> st.SearchStrategy[Any]:
    """A value in a documented spelling, more or less."""
    match field.type:
        case "integer":
            return st.one_of(
                st.deferred(lambda: st.sampled_from(WORLD[0].pool(field) or (1,))),
                st.integers(0, 12),
                st.integers(-5, 10**7),
                st.sampled_from([*(value.value for value in field.values), 1, 2]),
                st.sampled_from([*BIG, 10 ** (field.length or 3) - 1]),
            )
        case "decimal":
            places = field.decimals or 2
            plain = st.integers(-100, 10**6).map(lambda number: number / 10**places)
            edge = 10 ** ((field.length or 12) - places) - 1
            return st.one_of(plain, plain.map(str), st.sampled_from([0, edge, str(edge), 1e-7, "1e5", 1e15, 1e300]))
        case "boolean":
            return st.sampled_from([0, 1, True, False, "0", "1", "true", "FALSE"])
        case "date" | "datetime":
            return st.one_of(st.integers(-60, 60), st.sampled_from([-700_000, 2_900_000])).map(
                lambda days: day_text(field, days)
            )
        case "file":
            return st.sampled_from(["37,80,68,70", [37, 80, -1], "JVBERi0xLjQK", "no base64!", "", [300], ",", ["x"]])
        case "any":
            return odd
    texts: list[str] = [value.value for value in field.values] or list(TEXTS)
    return st.one_of(
        st.deferred(lambda: st.sampled_from(WORLD[0].pool(field) or ("A",))),
        st.sampled_from(texts),
        free_text.map(lambda text: text[: field.length or 40]),
        st.sampled_from(TEXTS),
    )


def day_text(field: Field, days: int) -> str:
    """A day so far from today; the very far ones are the first and the last day there is."""
    if days < -1000:
        return "01/01/0001" if field.format == "MM/DD/YYYY" else "0001-01-01"
    if days > 1000:
        return "12/31/9999" if field.format == "MM/DD/YYYY" else "9999-12-31"
    day = sandbox_today() + timedelta(days=days)
    if field.type == "datetime":
        return f"{day} 10:00:00"
    return f"{day:%m/%d/%Y}" if field.format == "MM/DD/YYYY" else str(day)


@once
def value_of(field: Field) -> st.SearchStrategy[Any]:
    """A value of a field, nested as documented."""
    if field.separator:
        elements = st.lists(scalar(field).map(str), max_size=4)
        return st.one_of(elements.map(field.separator.join), elements, scalar(field))
    if field.type == "array":
        if field.element is not None:
            return st.lists(scalar(field.element), max_size=4)
        return st.lists(object_of(field.children), max_size=3)
    if field.type == "object":
        return object_of(field.children)
    return scalar(field)


@st.composite
def object_of(draw: st.DrawFn, fields: tuple[Field, ...]) -> dict[str, Any]:
    """An object with most of its required keys, some of the others, and now and then a value that is odd."""
    made: dict[str, Any] = {}
    for field in fields:
        if draw(st.integers(0, 9)) < (9 if field.required else 4):
            made[field.name] = draw(odd if draw(st.integers(0, 14)) == 0 else value_of(field))
    return made


def changed(draw: st.DrawFn, fields: tuple[Field, ...], sample: dict[str, Any]) -> dict[str, Any]:
    """A documented sample with up to three changes: other values, odd ones, keys dropped or added, also in elements."""
    made: dict[str, Any] = json.loads(json.dumps(sample))
    for _ in range(draw(st.integers(0, 3))):
        if not fields:
            break
        field = draw(st.sampled_from(fields))
        inner = made.get(field.name)
        if field.children and isinstance(inner, list) and inner and isinstance(inner[0], dict) and draw(st.booleans()):
            position = draw(st.integers(0, len(inner) - 1))
            if isinstance(inner[position], dict):
                inner[position] = changed(draw, field.children, inner[position])
            continue
        how = draw(st.integers(0, 9))
        if how == 0:
            made.pop(field.name, None)
        else:
            made[field.name] = draw(odd if how == 1 else value_of(field))
    return made


NOISE = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"null",
            b"[]",
            b"1",
            b'"x"',
            b"{",
            b'{"a":' * 200,
            b"\xff\xfe",
            b'{"a":1e999999}',
            b'{"a":NaN}',
            b'{"authenticationToken":{}}',
            b'{"authenticationToken":["a"]}',
            b"[" * 5000,
            b'{"\\ud800":1}',
            b'{"authenticationToken":"\\ud800"}',
            b'{"a":' + b"9" * 6000 + b"}",
            b"x" * 70_000,
        ]
    ),
)


@st.composite
def requests(draw: st.DrawFn, method: Method) -> tuple[str | None, dict[str, Any] | bytes, int | None]:
    """A token, the input (or the raw bytes of a body) and X-ACCOUNT."""
    fields = tuple(
        field
        for field in (*method.parameters, *method.body)
        if field.name not in {place.name for place in method.places.token}
    )
    kinds = [kind for kind in ("company", "customer", "vendor", "user") if method.accepts(kind)] or ["company"]
    tokens: list[str | None] = [token_value(1, kind) for kind in kinds for _ in range(4)]
    tokens += [None, "sbx_company_nobody"]
    tokens += [token_value(1, "company", "partner")] * 2 if "company" in kinds else []
    tokens += [token_value(1, "customer", "basic")] if "customer" in kinds else []
    account = draw(st.sampled_from([1043] * 12 + [PARTNER, None]))
    kind = draw(st.integers(0, 14))
    if kind == 0 and method.places.input[0] == "body":
        return draw(st.sampled_from(tokens)), draw(NOISE), account
    if kind < 9:
        sample = CATALOGUE.sample(method, sandbox_today())
        given_fields = {**(sample.query or {}), **(sample.body or {})}
        for place in method.places.token:
            given_fields.pop(place.name, None)
        return draw(st.sampled_from(tokens)), changed(draw, fields, given_fields), account
    return draw(st.sampled_from(tokens)), draw(object_of(fields)), account


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    schema = CATALOGUE.strict_answer_schema(CATALOGUE.method(name))
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def problems(method: Method, answer: Any) -> list[str]:
    """What is wrong with an answer that came back."""
    if answer.status >= 500:
        return [f"HTTP {answer.status}"]
    body = answer.json
    if not isinstance(body, dict):
        return ["no object"]
    outcome = method.outcome
    field, message = outcome.field or "status", outcome.message or "message"
    if answer.status == 200 and (
        (outcome.field is None and "status" not in body) or body.get(field) in outcome.success
    ):
        return [
            f"{list(error.instance_path)}: {error.message[:300]}" for error in validator(method.name).iter_errors(body)
        ]
    found = []
    if field not in body or body[field] in outcome.success:
        found.append(f"a failure without {field}")
    if (outcome.message or message in body) and not (isinstance(body.get(message), str) and body[message]):
        found.append(f"a failure without {message}")
    undocumented = body.keys() - {field, message} - {one.name for one in method.answer}
    return [*found, *(f"undocumented {key}" for key in sorted(undocumented))]


def sent(sandbox: Any, method: Method, token: str | None, given: dict[str, Any] | bytes, account: int | None) -> Any:
    """Send one request as built."""
    if isinstance(given, bytes):
        header = next((place.name for place in method.places.token if place.location == "header"), None)
        headers = {header: token} if header and token else {}
        return sandbox.send(method.verb, method.path, {}, headers, given)
    if method.places.input[0] == "query":
        # URLs carry text only, and no half characters
        given = {key: value for key, value in given.items() if value is not None and LONE not in str(value)}
    return sandbox.call(method.name, token, account=account, headers={}, **given)


@pytest.fixture(scope="module")
def crowded(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One sandbox that all calls of this module go to, so that each meets what the ones before have left."""
    made = sys.modules["komet_tests_inprocess"].Sandbox(template, tmp_path_factory.mktemp("contract"))
    WORLD[:] = [World(made)]
    yield made
    made.close()


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_documented(crowded: Any, name: str) -> None:
    method = CATALOGUE.method(name)

    @settings(
        max_examples=CALLS,
        phases=(Phase.generate,),
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(method))
    def call(made: tuple[str | None, dict[str, Any] | bytes, int | None]) -> None:
        token, given_fields, account = made
        answer = sent(crowded, method, token, given_fields, account)
        note(f"{name} answered {answer.status} {answer.text[:600]}")
        assert problems(method, answer) == []

    call()
