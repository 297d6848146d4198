"""What an answer means, in the method's own terms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.catalogue import Call, Catalogue, explaining, load
from komet_console.catalogue.calls import read_json
from komet_console.catalogue.explaining import Explanation, OutcomeKind

NAMES = list(load().summaries)
CATALOGUE = load()


def explained(
    catalogue: Catalogue, name: str, answer: object, status: int = 200, call: Call | None = None
) -> Explanation:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return catalogue.explain(catalogue.method(name), call, status, {"Content-Type": "application/json"}, body)


@pytest.mark.parametrize("name", NAMES)
def test_documented_sample_answers_are_successes(catalogue: Catalogue, name: str) -> None:
    method = catalogue.method(name)
    answer = catalogue.sample(method, catalogue.anchor).response
    outcome = explained(catalogue, name, answer).outcome
    assert outcome is OutcomeKind.SUCCESS or (method.outcome.elements and outcome is OutcomeKind.PARTIAL)


@pytest.mark.parametrize("status", [0, "0", False, "False", 2, None])
def test_status_0_is_refused_although_http_says_200(catalogue: Catalogue, status: object) -> None:
    found = explained(catalogue, "customer.add", {"status": status, "message": "Name is required"})
    assert found.outcome is OutcomeKind.REFUSED
    assert "Name is required" in found.sentence
    assert found.message == "Name is required"
    assert found.next_steps


@pytest.mark.parametrize("status", [1, "1", True, " 1 "])
def test_success_in_every_spelling(catalogue: Catalogue, status: object) -> None:
    assert explained(catalogue, "customer.update", {"status": status, "message": "OK"}).outcome is OutcomeKind.SUCCESS


def test_partial_counts_what_failed(catalogue: Catalogue) -> None:
    call = Call((("authenticationToken", "x"), ("awb", "729-1234-5675"), ("boxCodes", "A,B,C,D,E")))
    found = explained(catalogue, "box.move.awb", {"status": 1, "message": "OK", "failedBoxes": ["B", "D"]}, call=call)
    assert found.outcome is OutcomeKind.PARTIAL
    assert [one.id for one in found.elements] == ["B", "D"]
    assert found.sentence == "3 of 5 done. Not done: B, D."


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("customer.list", {"status": 1, "customers": [{"id": n} for n in range(1234)]}, "1,234 customers."),
        ("customer.list", {"status": 1, "customers": [{"id": 1}]}, "One entry in “customers”."),
        ("customer.list", {"status": 1, "customers": {"id": 1}}, "customer.list succeeded."),
        ("standing.order.list", {"status": 1, "standingOrders": [{}, {}]}, "2 standing orders."),
        ("v2/price-list", {"status": 1, "priceList": [{}, {}]}, "2 entries in “priceList”."),
        ("carrier.add", {"status": 1, "carriers": [{}, {}]}, "carrier.add succeeded."),
        ("carrier.add", {"status": 1, "message": "Success."}, "carrier.add succeeded."),
        ("carrier.add", {"status": 1, "message": "It is new"}, "carrier.add succeeded. The API says: It is new"),
        ("box.code.change", {"status": 1, "message": "2 boxes", "boxes": [{"status": 1}] * 2}, "2 of 2 done."),
    ],
)
def test_success_is_said_by_what_the_answer_says(
    catalogue: Catalogue, name: str, body: dict[str, Any], sentence: str
) -> None:
    assert explained(catalogue, name, body).sentence == sentence


@pytest.mark.parametrize(
    ("failed", "sentence"),
    [
        (["B"], "4 of 5 done. Not done: B."),
        (["A", "B", "C", "D"], "1 of 5 done, 4 not done."),
        (["B", ""], "3 of 5 done, 2 not done."),
    ],
)
def test_what_was_not_done_is_named_where_a_sentence_has_room(
    catalogue: Catalogue, failed: list[str], sentence: str
) -> None:
    call = Call((("authenticationToken", "x"), ("awb", "729-1234-5675"), ("boxCodes", "A,B,C,D,E")))
    found = explained(catalogue, "box.move.awb", {"status": 1, "message": "OK", "failedBoxes": failed}, call=call)
    assert found.sentence == sentence


def test_partial_by_elements_of_their_own(catalogue: Catalogue) -> None:
    method = catalogue.method("credit.mark.sync")
    assert method.outcome.elements
    rows = [
        {method.outcome.elements.status: 1, method.outcome.elements.message or "message": "OK"},
        {method.outcome.elements.status: 0, method.outcome.elements.message or "message": "The credit was cancelled"},
    ]
    found = explained(catalogue, method.name, {"status": 1, "message": "OK", method.outcome.elements.list: rows})
    assert found.outcome is OutcomeKind.PARTIAL
    assert [one.succeeded for one in found.elements] == [True, False]
    assert found.elements[1].message == "The credit was cancelled"
    assert found.elements[1].pointer == f"/{method.outcome.elements.list}/1"


def test_a_cause_points_at_the_element_that_failed_and_at_no_other(catalogue: Catalogue) -> None:
    lines = [{"poItemId": number, "awb": "729-1234-5690"} for number in (265122, 99999999, 265124)]
    call = Call(body=json.dumps({"authenticationToken": "x", "poItems": lines}).encode(), verb="POST")
    rows = [
        {"poItemId": 265122, "status": 1, "message": "OK"},
        {"poItemId": 99999999, "status": 0, "message": "The purchase order line does not exist"},
        {"poItemId": 265124, "status": 1, "message": "OK"},
    ]
    answer = {"status": 1, "message": "OK", "purchaseOrderItemDetailsAWBAddAPIResultList": rows}
    found = explained(catalogue, "purchase.order.items.awb.add", answer, call=call)
    assert found.outcome is OutcomeKind.PARTIAL
    assert {one.pointer for one in found.causes if one.pointer} == {"/body/poItems/1/poItemId"}


def test_a_cause_points_into_the_row_that_the_answer_names_by_another_field(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes = [{"currentBoxCode": f"KS{number}", "newBoxCode": f"Z{number}"} for number in range(3_000)]
    call = Call(body=json.dumps({"authenticationToken": "x", "boxes": boxes}).encode(), verb="POST")
    rows = [{"newBoxCode": one["newBoxCode"], "status": 1, "message": "success"} for one in boxes]
    rows[70] |= {"status": 0, "message": "Box code does not exist"}
    read: list[bytes] = []
    monkeypatch.setattr(explaining, "read_json", lambda data: (read.append(data), read_json(data))[1])
    found = explained(catalogue, "box.code.change", {"status": 1, "message": "1 not updated", "boxes": rows}, call=call)
    assert {one.pointer for one in found.causes if one.pointer} == {"/body/boxes/70/currentBoxCode"}
    assert len(read) < 10, "the request is not read once for each of its rows"


def test_all_elements_failed_is_refused(catalogue: Catalogue) -> None:
    method = catalogue.method("credit.mark.sync")
    assert method.outcome.elements
    rows = [{method.outcome.elements.status: 0, method.outcome.elements.message or "message": "no"}]
    answer = {"status": 1, "message": "OK", method.outcome.elements.list: rows}
    assert explained(catalogue, method.name, answer).outcome is OutcomeKind.REFUSED


def test_empty_list_is_nothing_found(catalogue: Catalogue) -> None:
    found = explained(catalogue, "customer.list", {"status": 1, "message": "OK", "customers": []})
    assert found.outcome is OutcomeKind.NOTHING_FOUND
    assert found.causes


def test_an_ok_is_no_news(catalogue: Catalogue) -> None:
    found = explained(catalogue, "customer.list", {"status": 1, "message": "OK", "customers": []})
    assert "OK" not in found.sentence
    assert found.message == "OK"


def test_documented_message_is_nothing_found(catalogue: Catalogue) -> None:
    found = explained(catalogue, "credit.details.list", {"status": 0, "message": "credits not found."})
    assert found.outcome is OutcomeKind.NOTHING_FOUND


def test_methods_without_an_envelope(catalogue: Catalogue) -> None:
    name = "v2/product/colors"
    assert explained(catalogue, name, {"colors": [{"color": "Red"}]}).outcome is OutcomeKind.SUCCESS
    assert explained(catalogue, name, {"colors": []}).outcome is OutcomeKind.NOTHING_FOUND
    assert explained(catalogue, name, {"status": 0, "message": "no"}).outcome is OutcomeKind.REFUSED
    assert explained(catalogue, name, {"surprise": 1}).outcome is OutcomeKind.NOT_EXPLAINED


@pytest.mark.parametrize(("code", "outcome"), [(0, "refused"), (1, "success"), (2, "refused"), ("11", "refused")])
def test_status_inventory_has_its_own_codes(catalogue: Catalogue, code: object, outcome: str) -> None:
    found = explained(catalogue, "v2/inventory/box/count", {"statusInventory": code, "message": "Box not found"})
    assert found.outcome == outcome


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 429, 500, 503, 302, 418, 599, 700])
def test_every_http_failure_is_named_and_has_next_steps(catalogue: Catalogue, status: int) -> None:
    found = explained(catalogue, "customer.list", b"<html>", status)
    assert found.outcome is OutcomeKind.HTTP_FAILURE
    assert str(status) in found.sentence
    assert found.status_name
    assert found.next_steps


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"{", b"[1, 2]", b"7", b"\xff\xfe", b"{}"])
def test_what_is_no_documented_answer_is_not_explained(catalogue: Catalogue, body: bytes) -> None:
    assert explained(catalogue, "customer.list", body).outcome is OutcomeKind.NOT_EXPLAINED


def test_no_content_is_a_success(catalogue: Catalogue) -> None:
    assert explained(catalogue, "customer.list", b"", 204).outcome is OutcomeKind.SUCCESS


def test_causes_point_into_this_request(catalogue: Catalogue) -> None:
    call = Call(body=b'{"authenticationToken": "x", "customerId": "abc", "shipDate": "soon"}')
    found = explained(catalogue, "prebook.create", {"message": "bad"}, 400, call)
    certain = {cause.pointer for cause in found.causes if cause.certain}
    assert {"/body/customerId", "/body/shipDate"} <= certain
    assert [cause.certain for cause in found.causes] == sorted((cause.certain for cause in found.causes), reverse=True)


def test_causes_that_this_request_rules_out_are_left_away(catalogue: Catalogue) -> None:
    method = catalogue.method("customer.list")
    good = Call((("authenticationToken", "x"),), verb="GET")
    texts = [cause.text for cause in catalogue.explain(method, good, 400, {}, b"{}").causes]
    assert not any("no valid JSON" in text or "another verb" in text or "larger than 64 kB" in text for text in texts)
    unknown = [cause.text for cause in catalogue.explain(method, None, 400, {}, b"{}").causes]
    assert len(unknown) > len(texts)


def test_unknown_object_points_at_the_ids(catalogue: Catalogue) -> None:
    call = Call((("authenticationToken", "x"),), (), json.dumps({"customerId": 99}).encode())
    found = explained(catalogue, "customer.shipto.add", {"status": 0, "message": "Customer not found"}, 200, call)
    assert "/body/customerId" in {cause.pointer for cause in found.causes}


@given(
    name=st.sampled_from(NAMES),
    status=st.integers(100, 999),
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["status", "message", "boxes", "result", "failedBoxes", "x"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
)
def test_never_raises(name: str, status: int, body: bytes) -> None:
    method = CATALOGUE.method(name)
    call = Call((("boxCodes", "A,B"),), (), body)
    found = CATALOGUE.explain(method, call, status, {"content-type": "text/html"}, body)
    assert found.sentence
    assert "{" not in found.sentence or "{" in found.message


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"status":' * 50_000, b'{"status": ' + b"1" * 9_000 + b"}"])
def test_never_raises_on_hostile_bytes(catalogue: Catalogue, body: bytes) -> None:
    assert explained(catalogue, "customer.list", body).sentence


def test_only_the_field_is_pointed_at_whose_value_the_message_repeats(catalogue: Catalogue) -> None:
    items = [{"productCode": "RSFR50"}, {"productCode": "RSFR5O"}]
    body = json.dumps({"customerId": 7349, "carrierId": 118, "prebookItems": items}).encode()
    call = Call(body=body, verb="POST")
    named = explained(
        catalogue, "prebook.create", {"status": 0, "message": "The product RSFR5O does not exist"}, call=call
    )
    pointers = [one.pointer for one in named.causes if not one.certain]
    assert "/body/prebookItems/1/productCode" in pointers
    assert not {"/body/customerId", "/body/carrierId", "/body/prebookItems/0/productCode"} & set(pointers)
    unnamed = explained(catalogue, "prebook.create", {"status": 0, "message": "It does not exist"}, call=call)
    assert "/body/customerId" in [one.pointer for one in unnamed.causes]
