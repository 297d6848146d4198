"""What tokens of vendors, customers and users show and change: their own, and no sales prices for vendors."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from komet_console.catalogue import load
from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import tables as t

CATALOGUE = load()
ALTAMIRA = token_value(1, "vendor", "altamira")
BASIC = token_value(1, "customer", "basic")
"""A customer token of Coral Gables Petals (7350), without Transactional API Access."""
SALES_PRICES = {"price", "pricea", "priceb", "unitprice", "totalprice", "customerprice", "salesprice"}


def today() -> date:
    day: date = sys.modules["komet_tests_inprocess"].today()
    return day


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value of an answer with the key it stands under."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, key)
    else:
        yield key, value


def found(answer: Any, *keys: str) -> set[Any]:
    """All values under these keys."""
    return {value for key, value in leaves(answer.json) if key in keys}


def refused(answer: Any) -> bool:
    """Whether a call was not carried out."""
    return bool(answer.json["status"] == 0 and answer.json["message"])


def given(name: str) -> dict[str, Any]:
    """The input of a method's sample, without the token."""
    method = CATALOGUE.method(name)
    sample = CATALOGUE.sample(method, today())
    fields = {**(sample.query or {}), **(sample.body or {})}
    for place in method.places.token:
        fields.pop(place.name, None)
    return fields


VENDOR_LISTS: tuple[tuple[str, dict[str, int], dict[str, Any]], ...] = (
    ("prebook.details.list", {"date": 3}, {}),
    ("prebook.details.list", {"vendorShipDateFrom": -1, "vendorShipDateTo": 20}, {}),
    ("purchase.order.list", {"date": -2}, {"includeVendorAvailabilityDetails": 1}),
    ("purchase.order.list", {"date": 2}, {}),
    ("inventory.list", {}, {"includeBoxes": 1}),
)


@pytest.mark.parametrize(("name", "days", "more"), VENDOR_LISTS)
@pytest.mark.parametrize(("token", "vendor_id"), [("vendor", cast.MONTE), (ALTAMIRA, cast.ALTAM)])
def test_vendor_sees_its_own_lines_without_sales_prices(
    shared_sandbox: Any, name: str, days: dict[str, int], more: dict[str, Any], token: str, vendor_id: int
) -> None:
    fields = {**{key: str(today() + timedelta(days=one)) for key, one in days.items()}, **more}
    own = shared_sandbox.call(name, token=token, **fields)
    everyone = shared_sandbox.call(name, **fields)
    assert own.json["status"] == everyone.json["status"] == 1
    assert found(own, "vendorId", "growerId") <= {vendor_id}
    assert len(found(everyone, "vendorId", "growerId")) > 0
    with shared_sandbox.engine.execution_options(reading=True).begin() as connection:
        v = t.vendors.c
        names = select(v.name).where(v.company_id == cast.COMPANY, v.id != vendor_id)
        others = set(connection.execute(names).scalars())
    assert {value for _, value in leaves(own.json) if isinstance(value, str)} & others == set()
    assert [key for key, _ in leaves(own.json) if key.casefold() in SALES_PRICES] == []
    if name != "purchase.order.list":
        assert [key for key, _ in leaves(everyone.json) if key.casefold() in SALES_PRICES] != []


def test_vendor_asking_for_another_vendor_gets_nothing(shared_sandbox: Any) -> None:
    fields = {"date": str(today() - timedelta(days=2)), "vendorId": cast.MONTE}
    assert shared_sandbox.call("purchase.order.list", token="vendor", **fields).json["purchaseOrders"] != []
    other = shared_sandbox.call("purchase.order.list", token=ALTAMIRA, **fields)
    assert found(other, "vendorId", "vendorName") <= {cast.ALTAM, "Flores de Altamira"}
    report = given("grower.report.get")
    rows = CATALOGUE.method("grower.report.get").outcome.list
    assert shared_sandbox.call("grower.report.get", token="vendor", **report).json[rows]
    assert not shared_sandbox.call("grower.report.get", token=ALTAMIRA, **report).json.get(rows)


@pytest.mark.parametrize("name", ["customer.list", "product.list", "carrier.list", "boxtype.list"])
def test_master_data_is_the_same_for_vendors(shared_sandbox: Any, name: str) -> None:
    fields = given(name)
    assert shared_sandbox.call(name, token="vendor", **fields).json == shared_sandbox.call(name, **fields).json


@pytest.mark.parametrize(
    "name",
    [
        "box.code.change",
        "prebook.item.delete",
        "purchase.order.create",
        "purchase.order.item.awb.add",
        "purchase.order.item.delete",
        "purchase.order.items.awb.add",
        "purchase.order.mixed.create",
        "v2/vendor/invoice",
    ],
)
def test_vendor_changes_nothing_of_another_vendor(sandbox: Any, name: str) -> None:
    method = CATALOGUE.method(name)
    answer = sandbox.call(name, token=ALTAMIRA, **given(name))
    verdict = CATALOGUE.explain(method, None, answer.status, answer.headers, answer.text.encode())
    assert verdict.outcome not in ("success", "partial"), answer.text
    assert sandbox.sample(name, token="vendor").json["status"] == 1


CUSTOMER_METHODS = sorted(
    name
    for name in CATALOGUE.summaries
    if CATALOGUE.method(name).tokens is not None
    and CATALOGUE.method(name).accepts("customer")
    and any(key.casefold() in ("customerid", "invoiceid", "standingorderid") for key in given(name))
)


@pytest.mark.parametrize("name", CUSTOMER_METHODS)
def test_customer_gets_nothing_of_another_customer(sandbox: Any, name: str) -> None:
    """The samples name Petal & Stem; the token is Coral Gables Petals'."""
    method = CATALOGUE.method(name)
    answer = sandbox.call(name, token=BASIC, **given(name))
    verdict = CATALOGUE.explain(method, None, answer.status, answer.headers, answer.text.encode())
    assert verdict.outcome not in ("success", "partial"), answer.text


@pytest.mark.parametrize("name", ["invoice.list", "invoice.details.list"])
def test_customer_lists_only_its_own(shared_sandbox: Any, name: str) -> None:
    back = 28 if name == "invoice.list" else 3
    fields = {"orderDateFrom": str(today() - timedelta(days=back)), "orderDateTo": str(today())}
    assert len(found(shared_sandbox.call(name, **fields), "customerId")) > 1
    assert found(shared_sandbox.call(name, token="customer", **fields), "customerId") == {cast.PETAL}
    assert found(shared_sandbox.call(name, token=BASIC, **fields), "customerId") <= {cast.CGPETALS}


def test_user_sees_the_users_customers(shared_sandbox: Any) -> None:
    for name in ("customer.by.user.list", "customer.by.company.list"):
        answer = shared_sandbox.call(name, token="user")
        ids = found(answer, "id", "customerId")
        assert cast.PETAL in ids
        assert cast.BLOOM2 not in ids


@pytest.mark.parametrize(
    "name",
    sorted(
        name
        for name in CATALOGUE.summaries
        if CATALOGUE.method(name).tokens is not None
        and CATALOGUE.method(name).accepts("user")
        and "customerId" in given(name)
    ),
)
def test_user_acts_for_no_other_customer(sandbox: Any, name: str) -> None:
    assert sandbox.sample(name, token="user").json["status"] == 1
    assert refused(sandbox.call(name, token="user", **{**given(name), "customerId": cast.BLOOM2}))


PRODUCT_LINE = {"productCode": "RSFR50", "boxTypeCode": "HB", "unitsPerBox": 12, "unitType": "Bunch"}


def web_order_item(sandbox: Any) -> Any:
    """Add a product without an inventory line to the web order, as Petal & Stem's customer token."""
    fields = {key: value for key, value in given("web-order-item.add").items() if not key.startswith("inventory")}
    return sandbox.call("web-order-item.add", token="customer", **{**fields, **PRODUCT_LINE})


def without_transactional_access(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        connection.execute(
            update(t.tokens).where(t.tokens.c.token == token_value(1, "customer")).values(transactional=False)
        )
    sandbox.state.reload()


def test_products_without_a_line_need_transactional_access(sandbox: Any) -> None:
    answer = web_order_item(sandbox)
    assert answer.json["status"] == 1, answer.text
    without_transactional_access(sandbox)
    answer = web_order_item(sandbox)
    assert refused(answer)
    assert "Transactional API Access" in answer.json["message"]


def test_reserved_inventory_needs_transactional_access(sandbox: Any) -> None:
    fields = {**given("ecommerce/inventory.list"), "reservedInventory": True}

    def shown() -> Any:
        answer = sandbox.call("ecommerce/inventory.list", token="customer", **fields)
        assert answer.json["status"] == 1, answer.text
        return answer.text

    with_access = shown()
    assert str(cast.RESERVED_LINE) in with_access
    without_transactional_access(sandbox)
    assert str(cast.RESERVED_LINE) not in shown()
