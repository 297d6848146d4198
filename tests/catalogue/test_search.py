"""Search finds the obvious method first, whatever the typing."""

from __future__ import annotations

import pytest

from komet_console.catalogue import Catalogue, UnknownMethodError

FIRST = {
    "custmer list": "customer.list",
    "customer list": "customer.list",
    "customer.list": "customer.list",
    "CUSTOMER.LIST": "customer.list",
    "invoice void": "invoice.void",
    "void invoice": "invoice.void",
    "add ship to": "customer.shipto.add",
    "ship-to list": "customer.shipto.list",
    "change box codes": "box.code.change",
    "login": "login",
    "grower report": "grower.report.get",
    "colors": "v2/product/colors",
    "prebook create": "prebook.create",
    "web order checkout": "web-order.checkout",
    "price list": "v2/price-list",
    "pdf": "invoice.pdf.get",
    "invioce pdf": "invoice.pdf.get",
    "payment recieve": "payment.receive",
}
AMONG_THE_FIRST = {
    "pick ticket": {"pickticket.details.list", "pick.ticket.scanning.status.list"},
    "picketicket": {"pickticket.details.list"},
    "air waybill": {"awb.list", "awb.details.list"},
    "standing order": {"standing.order.list", "v2/standing-order:post"},
    "stock": {"inventory.list"},
    "farm": {"vendor.list"},
    "count inventory": {"v2/inventory/box/count"},
}


@pytest.mark.parametrize(("text", "name"), FIRST.items())
def test_the_obvious_hit_is_first(catalogue: Catalogue, text: str, name: str) -> None:
    assert catalogue.search(text)[0].summary.name == name


@pytest.mark.parametrize(("text", "names"), AMONG_THE_FIRST.items())
def test_likely_hits_are_among_the_first_six(catalogue: Catalogue, text: str, names: set[str]) -> None:
    assert names <= {hit.summary.name for hit in catalogue.search(text, limit=6)}


def test_a_field_name_finds_the_methods_that_have_it(catalogue: Catalogue) -> None:
    having = {
        name
        for name in catalogue.summaries
        for top in catalogue.method(name).input
        for _, field in top.walk()
        if field.name == "externalSystemSynced"
    }
    assert having
    assert {hit.summary.name for hit in catalogue.search("externalSystemSynced", limit=len(having))} == having


def test_an_alias_finds_its_method(catalogue: Catalogue) -> None:
    assert catalogue.search("standing-order.create")[0].summary.name == "v2/standing-order:post"
    assert catalogue.method("picketicket.details.list").name == "pickticket.details.list"


def test_every_name_finds_itself_first(catalogue: Catalogue) -> None:
    wrong = {name: hit for name in catalogue.summaries if (hit := catalogue.search(name)[0].summary.name) != name}
    assert {name: hit for name, hit in wrong.items() if name.split(":")[0] != hit.split(":")[0]} == {}


@pytest.mark.parametrize("text", ["", "   ", "...", "qqqqxxzz", "\x00", "a" * 5000, "(((", "日本語"])
def test_nonsense_finds_nothing_and_raises_nothing(catalogue: Catalogue, text: str) -> None:
    assert catalogue.search(text) == []


def test_limit(catalogue: Catalogue) -> None:
    assert len(catalogue.search("customer", limit=3)) == 3


def test_a_word_that_is_there_is_not_taken_for_a_mistyped_other(catalogue: Catalogue) -> None:
    names = [hit.summary.name for hit in catalogue.search("assorted")]
    assert names[0] == "purchase.order.mixed.create"
    assert "login.forgot.password" not in names


def test_unknown_method_names_the_nearest(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownMethodError) as caught:
        catalogue.method("custmer.lst")
    assert caught.value.nearest[0] == "customer.list"
    assert "customer.list" in caught.value.hint


def test_method_is_found_by_verb_and_address(catalogue: Catalogue) -> None:
    found = catalogue.at("put", "/v2/standing-order")
    assert found is not None
    assert found.name == "v2/standing-order:put"
    assert catalogue.at("GET", "/v2/standing-order") is None
    assert catalogue.at("GET", "/no.such.method") is None
