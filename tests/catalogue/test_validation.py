"""Every kind of finding, and that checking never raises."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.catalogue import Call, Catalogue, Finding, Severity, load

NAMES = list(load().summaries)
TODAY = datetime.now(UTC).date()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def sample_call(catalogue: Catalogue, name: str, **change: Any) -> Call:
    """The method's sample as a call with a token; `change` sets (or with None removes) body keys or parameters."""
    method = catalogue.method(name)
    sample = catalogue.sample(method, TODAY)
    body = None if sample.body is None else {**sample.body, **change}
    query = {**(sample.query or {}), **(change if body is None else {})}
    headers = {key: str(value) for key, value in sample.headers.items()}
    for part in (query, body or {}, headers):
        part.update({key: "a-token" for key, value in part.items() if value == "{{token}}"})
    for place in method.places.token[:1]:
        if place.location == "header":
            headers[place.name] = "a-token"
        elif place.location == "query":
            query[place.name] = "a-token"
        elif body is not None:
            body[place.name] = "a-token"
    return Call(
        query=tuple((key, str(value)) for key, value in query.items() if value is not None),
        headers=tuple(headers.items()),
        body=None if body is None else json.dumps({k: v for k, v in body.items() if v is not None}).encode(),
    )


def findings(catalogue: Catalogue, name: str, call: Call) -> list[Finding]:
    return catalogue.validate(catalogue.method(name), call)


def only(found: list[Finding], code: str) -> Finding:
    matching = [one for one in found if one.code == code]
    assert len(matching) == 1, found
    return matching[0]


@pytest.mark.parametrize("name", NAMES)
def test_samples_have_no_error(catalogue: Catalogue, name: str) -> None:
    found = findings(catalogue, name, sample_call(catalogue, name))
    assert [one for one in found if one.severity is not Severity.NOTE] == []


def test_missing_required(catalogue: Catalogue) -> None:
    found = only(
        findings(catalogue, "prebook.create", sample_call(catalogue, "prebook.create", shipDate=None)),
        "missing-required",
    )
    assert found.pointer == "/body/shipDate"
    assert found.severity is Severity.ERROR
    assert found.hint


def test_required_when_names_all_ways(catalogue: Catalogue) -> None:
    found = findings(catalogue, "prebook.create", sample_call(catalogue, "prebook.create", carrierId=None))
    messages = [one.message for one in found if one.code == "missing-one-of"]
    assert any("carrierId" in message and "carrierCode" in message for message in messages)


def test_wrong_date(catalogue: Catalogue) -> None:
    call = sample_call(catalogue, "prebook.create", shipDate="2026-02-30")
    assert "2026-02-30" in only(findings(catalogue, "prebook.create", call), "wrong-format").message


def test_closed_set_names_values_with_meanings(catalogue: Catalogue) -> None:
    call = sample_call(catalogue, "prebook.create", shipViaId=7)
    message = only(findings(catalogue, "prebook.create", call), "not-in-set").message
    assert "0 (warehouse)" in message
    assert "1 (grower)" in message


def test_closed_set_holds_for_each_element_of_a_list(catalogue: Catalogue) -> None:
    good = sample_call(catalogue, "inventory.list", inventoryType="M,P")
    bad = sample_call(catalogue, "inventory.list", inventoryType="M,Q")
    assert [one for one in findings(catalogue, "inventory.list", good) if one.code == "not-in-set"] == []
    found = only(findings(catalogue, "inventory.list", bad), "not-in-set")
    assert '"Q"' in found.message
    assert found.pointer == "/query/inventoryType"


def test_too_long_text_and_too_many_digits(catalogue: Catalogue) -> None:
    call = sample_call(catalogue, "prebook.create", customerPO="x" * 21)
    assert only(findings(catalogue, "prebook.create", call), "too-long").pointer == "/body/customerPO"
    number = sample_call(catalogue, "invoice.confirm", invoiceNumber=12345678901)
    assert only(findings(catalogue, "invoice.confirm", number), "too-long").pointer == "/body/invoiceNumber"


def test_an_impossible_moment(catalogue: Catalogue) -> None:
    call = sample_call(catalogue, "invoice.list", updatedAsOf="2026-02-30 10:00:00")
    assert only(findings(catalogue, "invoice.list", call), "wrong-format").pointer == "/query/updatedAsOf"


@pytest.mark.parametrize(("value", "good"), [("11.5", True), (11.25, True), (11.255, False), ("11.255", False)])
def test_decimals(catalogue: Catalogue, value: object, good: bool) -> None:
    call = sample_call(catalogue, "invoice.item.add")
    method = catalogue.method("invoice.item.add")
    field = next(one for one in method.body if one.type_label == "decimal:10,2")
    assert call.body is not None
    body = {**json.loads(call.body), field.name: value}
    found = catalogue.validate(method, Call(call.query, call.headers, json.dumps(body).encode()))
    assert ([one for one in found if one.pointer == f"/body/{field.name}"] == []) is good


@pytest.mark.parametrize("spelling", [1, 0, "1", "0", True, False, "true", "False"])
def test_flags_in_every_documented_spelling(catalogue: Catalogue, spelling: object) -> None:
    call = sample_call(catalogue, "invoice.create", statusDraft=spelling)
    assert [one for one in findings(catalogue, "invoice.create", call) if "statusDraft" in one.pointer] == []


def test_a_flag_in_no_spelling(catalogue: Catalogue) -> None:
    call = sample_call(catalogue, "invoice.create", statusDraft="maybe")
    assert "1 or 0" in only(findings(catalogue, "invoice.create", call), "not-in-set").message


def test_date_range(catalogue: Catalogue) -> None:
    start = date(2026, 1, 1)

    def ask(days: int) -> list[str]:
        change = {"dateFrom": start.isoformat(), "dateTo": (start + timedelta(days=days)).isoformat()}
        call = sample_call(catalogue, "payment.list", **change)
        return [one.code for one in findings(catalogue, "payment.list", call) if one.code == "date-range"]

    assert ask(31) == []
    assert ask(32) == ["date-range"]
    assert ask(-1) == ["date-range"]


def test_too_many_elements(catalogue: Catalogue) -> None:
    limited = [name for name in NAMES if catalogue.method(name).limits.items]
    assert limited
    method = catalogue.method("customer.day.service.update")
    limit = method.limits.items[0]
    call = sample_call(catalogue, method.name, **{limit.field: list(range(limit.most + 1))})
    assert "too-many" in {one.code for one in catalogue.validate(method, call)}


def test_unreadable_body_says_line_and_column(catalogue: Catalogue) -> None:
    call = Call(body=b'{\n  "customerId": 7,\n  oops\n}')
    found = only(findings(catalogue, "prebook.create", call), "body-not-json")
    assert (found.line, found.column) == (3, 3)


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null"])
def test_body_must_be_an_object(catalogue: Catalogue, body: bytes) -> None:
    assert only(findings(catalogue, "prebook.create", Call(body=body)), "body-not-object")


def test_an_unreadable_body_may_hold_the_token(catalogue: Catalogue) -> None:
    found = findings(catalogue, "customer.add", Call(body=b'{"authenticationToken": "a-token", "name": }'))
    assert [one.code for one in found] == ["body-not-json"]


def test_size_limit_spares_methods_with_a_file(catalogue: Catalogue) -> None:
    padding = "x" * 70_000
    plain = sample_call(catalogue, "prebook.create", comments=padding)
    assert "body-too-large" in {one.code for one in findings(catalogue, "prebook.create", plain)}
    with_file = sample_call(catalogue, "invoice.pod.receive", proofOfDeliveryfile="1," * 35_000 + "1")
    assert [one for one in findings(catalogue, "invoice.pod.receive", with_file) if one.severity == "error"] == []


def test_unknown_key_is_a_note_with_the_likely_name(catalogue: Catalogue) -> None:
    call = sample_call(catalogue, "prebook.create", custmerPO="1")
    found = only(findings(catalogue, "prebook.create", call), "unknown-field")
    assert found.severity is Severity.NOTE
    assert "customerPO" in found.hint


def test_company_settings_are_notes(catalogue: Catalogue) -> None:
    call = sample_call(catalogue, "prebook.create", companyLocationCode=None)
    assert only(findings(catalogue, "prebook.create", call), "company-setting").severity is Severity.NOTE


def test_wrong_verb_and_wrong_token_kind(catalogue: Catalogue) -> None:
    call = sample_call(catalogue, "prebook.create")
    call = Call(call.query, call.headers, call.body, verb="GET", token_kind="customer")
    codes = {one.code: one.severity for one in findings(catalogue, "prebook.create", call)}
    assert codes["wrong-verb"] is Severity.WARNING
    assert codes["token-kind"] is Severity.ERROR


def test_unstated_token_kinds_accept_any(catalogue: Catalogue) -> None:
    name = "inventory.consolidated.openmarket.list"
    call = Call((("authenticationToken", "x"),), token_kind="user")
    assert "token-kind" not in {one.code for one in findings(catalogue, name, call)}


def test_token_missing_and_token_in_two_places(catalogue: Catalogue) -> None:
    assert only(findings(catalogue, "customer.list", Call()), "token-missing").pointer == "/query/authenticationToken"
    name = next(one for one in NAMES if len(catalogue.method(one).places.token) > 1)
    call = sample_call(catalogue, name)
    method = catalogue.method(name)
    second = method.places.token[1]
    if second.location == "query":
        call = Call((*call.query, (second.name, "another")), call.headers, call.body)
    elif second.location == "header":
        call = Call(call.query, (*call.headers, (second.name, "another")), call.body)
    else:
        body = {**json.loads(call.body or b"{}"), second.name: "another"}
        call = Call(call.query, call.headers, json.dumps(body).encode())
    assert only(catalogue.validate(method, call), "token-conflict")


def test_account_header(catalogue: Catalogue) -> None:
    call = sample_call(catalogue, "web-order.create")
    without = Call(call.query, tuple(pair for pair in call.headers if pair[0] != "X-ACCOUNT"), call.body)
    assert only(findings(catalogue, "web-order.create", without), "account-header").pointer == "/headers/X-ACCOUNT"
    lower = Call(call.query, tuple((key.lower(), value) for key, value in call.headers), call.body)
    assert "account-header" not in {one.code for one in findings(catalogue, "web-order.create", lower)}


def test_given_twice(catalogue: Catalogue) -> None:
    call = Call((("authenticationToken", "x"), ("id", "1"), ("id", "2")))
    assert only(findings(catalogue, "customer.list", call), "given-twice").pointer == "/query/id"
    body = Call(body=b'{"customerId": 1, "customerId": 2}')
    assert "customerId" in only(findings(catalogue, "prebook.create", body), "given-twice").message


def test_all_findings_at_once_errors_first(catalogue: Catalogue) -> None:
    call = Call(body=b'{"shipDate": "soon", "shipViaId": 9, "customerPO": "' + b"x" * 30 + b'"}', token_kind="customer")
    found = findings(catalogue, "prebook.create", call)
    assert {"wrong-format", "not-in-set", "too-long", "missing-one-of", "token-kind"} <= {one.code for one in found}
    order = [one.severity for one in found]
    assert order == sorted(order, key=["error", "warning", "note"].index)


def test_inferred_fields_never_make_an_error(catalogue: Catalogue) -> None:
    call = sample_call(catalogue, "prebook.create", prebookItems=[{"boxes": "many"}])
    for one in findings(catalogue, "prebook.create", call):
        if one.pointer.startswith("/body/prebookItems"):
            assert one.severity is not Severity.ERROR, one


@given(name=st.sampled_from(NAMES), body=JSON, query=st.dictionaries(st.text(), st.text(), max_size=5))
def test_never_raises_on_any_json(name: str, body: object, query: dict[str, str]) -> None:
    catalogue = load_once()
    method = catalogue.method(name)
    text = json.dumps(body).encode()
    known = {field.name: "x" for field in method.parameters[:3]}
    for one in catalogue.validate(method, Call(tuple({**query, **known}.items()), tuple(query.items()), text)):
        assert one.message


@given(name=st.sampled_from(NAMES), values=st.lists(JSON, min_size=1, max_size=8))
def test_never_raises_on_odd_values_in_known_fields(name: str, values: list[object]) -> None:
    catalogue = load_once()
    method = catalogue.method(name)
    fields = method.body or method.parameters
    body = {field.name: values[position % len(values)] for position, field in enumerate(fields)}
    catalogue.validate(method, Call(body=json.dumps(body).encode()))
    catalogue.validate(method, Call(tuple((key, str(value)) for key, value in body.items())))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"customerId": ' + b"9" * 10_000 + b"}",
        b'{"customerPO": "\\ud800"}',
        b"\xff\xfe\x00",
        b'{"price": NaN}',
        b'{"price": 1e400000}',
        b'{"prebookItems": ' + b"[" * 150 + b"]" * 150 + b"}",
        b"",
        b"\xef\xbb\xbf{}",
    ],
    ids=["arrays", "objects", "digits", "surrogate", "no-utf8", "nan", "huge", "deep", "empty", "bom"],
)
def test_never_raises_on_hostile_bytes(catalogue: Catalogue, body: bytes) -> None:
    for name in ("prebook.create", "customer.list", "invoice.void"):
        assert all(one.message for one in findings(catalogue, name, Call(body=body)))


@cache
def load_once() -> Catalogue:
    """For property tests, which take no fixtures."""
    return load()
