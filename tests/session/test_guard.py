"""What is asked before a call: by effect, in business words, never by an extra call."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from komet_console.catalogue import Catalogue
from komet_console.exchange import Body, Draft, Pair, draft_of_sample
from komet_console.session.guard import Guard, Question, Refusal, counts_as_write, is_real
from komet_console.session.seen import Seen, singular
from komet_console.workspace.environments import StoredEnvironment

LIVE = StoredEnvironment("production", "Production", "https://api.kometsales.com/api", account="1204")
FREE = StoredEnvironment("sandbox", "Sandbox", "", level="free")
INVOICES = {"status": 1, "invoices": [{"id": 5, "number": 10233, "customerId": 7, "customerName": "ACME Florals"}]}


@pytest.fixture
def guard(catalogue: Catalogue) -> Guard:
    return Guard(catalogue)


def ask(
    guard: Guard, draft: Draft, catalogue: Catalogue, place: StoredEnvironment = LIVE, **more: bool
) -> Question | Refusal | None:
    guard.confirm(LIVE.id)
    return guard.ask(draft, catalogue.method(draft.method), place, token="Main", **more)


def void(number: str = "10233") -> Draft:
    return Draft("invoice.void", (Pair("invoiceNumber", number), Pair("reason", "Wrong customer")))


def test_reads_are_free_and_so_is_everything_where_nothing_is_real(guard: Guard, catalogue: Catalogue) -> None:
    for name, row in catalogue.summaries.items():
        method = catalogue.method(name)
        draft = draft_of_sample(method, catalogue.sample(method, date(2026, 3, 4)))
        asked = ask(guard, draft, catalogue)
        assert (asked is None) == (row.effect == "read" or name == "login"), name
        assert ask(guard, draft, catalogue, FREE) is None


def test_a_void_is_named_from_what_was_seen_and_wants_a_word(guard: Guard, catalogue: Catalogue) -> None:
    guard.seen(LIVE.id).learn(json.dumps(INVOICES).encode())
    question = ask(guard, void(), catalogue)
    assert isinstance(question, Question)
    assert question.title == "Void invoice 10233, ACME Florals"
    assert (question.kind, question.button, question.typed_word) == ("delete", "Void", "10233")
    assert question.accepts(" 10233 ")
    assert question.accepts("acme florals")
    assert not question.accepts("")
    assert not question.accepts("10234")
    assert "Reason: Wrong customer" in question.lines
    assert "To: Production, POST https://api.kometsales.com/api/invoice.void" in question.lines
    assert "Token: Main" in question.lines


def test_what_is_unknown_is_shown_as_its_id(guard: Guard, catalogue: Catalogue) -> None:
    question = ask(guard, void("999"), catalogue)
    assert isinstance(question, Question)
    assert question.title == "Void invoice 999"
    assert question.accepts("999")


def test_what_was_seen_in_one_environment_is_not_said_in_another(guard: Guard, catalogue: Catalogue) -> None:
    guard.seen("elsewhere").learn(json.dumps(INVOICES).encode())
    question = ask(guard, void(), catalogue)
    assert isinstance(question, Question)
    assert "ACME" not in question.title


def test_a_create_shows_names_and_its_fee(guard: Guard, catalogue: Catalogue) -> None:
    guard.seen(LIVE.id).learn_value({"customers": [{"id": 7349, "name": "Petal & Stem"}]})
    body = Body(
        "json", '{"customerId": 7349, "shipDate": "2026-03-04", "authenticationToken": "{{token}}", "items": [{}, {}]}'
    )
    question = ask(guard, Draft("invoice.create", body=body), catalogue)
    assert isinstance(question, Question)
    assert (question.kind, question.typed_word) == ("write", "")
    assert question.fee == "Komet charges a fee for this order."
    assert "Customer: Petal & Stem (7349)" in question.lines
    assert "Items: 2 entries" in question.lines
    assert not any("token}}" in line for line in question.lines)


def test_every_delete_wants_something_typed(guard: Guard, catalogue: Catalogue) -> None:
    for name, row in catalogue.summaries.items():
        if row.effect == "delete" or "void" in name:
            method = catalogue.method(name)
            question = ask(guard, draft_of_sample(method, catalogue.sample(method, date(2026, 3, 4))), catalogue)
            assert isinstance(question, Question)
            assert question.kind == "delete", name
            assert question.typed_word, name
            assert question.accepts(question.typed_word), name


def test_read_only_refuses_writes_and_nothing_else(guard: Guard, catalogue: Catalogue) -> None:
    place = replace(LIVE, level="read-only")
    assert isinstance(ask(guard, void(), catalogue, place), Refusal)
    assert ask(guard, Draft("customer.list"), catalogue, place) is None
    assert ask(guard, Draft("login"), catalogue, place) is None
    assert isinstance(ask(guard, Draft("box.move.awb"), catalogue, place), Refusal), "a GET that writes"


@pytest.mark.parametrize(
    "draft",
    [
        Draft("customer.list", verb="POST"),
        Draft("customer.list", path="/customer.add"),
        Draft("login", path="/customer.add"),
        Draft("box.move.awb"),
    ],
)
def test_overridden_addresses_and_gets_that_write_count_as_writes(
    draft: Draft, guard: Guard, catalogue: Catalogue
) -> None:
    assert counts_as_write(draft, catalogue.method(draft.method))
    assert isinstance(ask(guard, draft, catalogue), Question)


def test_an_unknown_method_counts_as_a_write(guard: Guard) -> None:
    question = guard.ask(Draft("secret.method"), None, LIVE)
    assert isinstance(question, Question)
    assert "not known" in question.lines[0]
    assert counts_as_write(Draft("customer.list", verb="get", path="customer.list/"), None)


def test_the_documented_address_written_out_is_no_override(catalogue: Catalogue) -> None:
    assert not counts_as_write(
        Draft("customer.list", verb="get", path="customer.list/"), catalogue.method("customer.list")
    )


def test_the_first_real_call_and_that_of_a_restored_tab_ask_once(guard: Guard, catalogue: Catalogue) -> None:
    read = catalogue.method("customer.list")
    first = guard.ask(Draft("customer.list"), read, LIVE)
    assert isinstance(first, Question)
    assert first.kind == "first-call"
    assert "https://api.kometsales.com/api/customer.list" in first.lines[0]
    guard.confirm(LIVE.id)
    assert guard.ask(Draft("customer.list"), read, LIVE) is None
    again = guard.ask(Draft("customer.list"), read, LIVE, restored=True)
    assert isinstance(again, Question)
    assert "reopened" in again.lines[-1]
    here = replace(LIVE, id="here", base_url="http://127.0.0.1:9/api", level="careful")
    assert not is_real(here)
    assert guard.ask(Draft("customer.list"), read, here) is None
    assert isinstance(guard.ask(void(), catalogue.method("invoice.void"), here), Question)


def test_the_index_learns_pairs_and_forgets_the_oldest() -> None:
    seen = Seen()
    seen.learn(b"no json")
    seen.learn(
        json.dumps(
            {"orders": [{"vendorId": 5, "vendorName": "Rosas", "id": 1, "number": 77, "customerName": "ACME"}]}
        ).encode()
    )
    vendor, order = seen.find("vendor", "id", "5"), seen.find("orders", "number", "77")
    assert vendor is not None
    assert order is not None
    assert (vendor.text, order.text) == ("Rosas", "77, ACME")
    assert seen.find("vendor", "id", "6") is None
    seen.learn_value([{"boxes": [{"id": number, "name": str(number)} for number in range(30_000)]}])
    assert len(seen) <= 20_000
    assert seen.find("vendor", "id", "5") is None


@pytest.mark.parametrize(
    ("key", "entity"), [("customers", "customer"), ("categories", "category"), ("boxes", "box"), ("awb", "awb")]
)
def test_lists_are_named_after_what_they_hold(key: str, entity: str) -> None:
    assert singular(key) == entity
