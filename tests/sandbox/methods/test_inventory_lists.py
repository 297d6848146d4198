"""Lists of inventory in boxes, against what other methods made of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import clock
from komet_console.sandbox.store import tables as t

TODAY = clock.real_now().date()


def add_lot(sandbox: Any, **changes: Any) -> dict[str, Any]:
    """A new lot of roses through inventory.add; return its row of inventory.list."""
    sent = {
        "growerId": cast.MONTE,
        "awb": "729-1234-5712",
        "shipDate": TODAY - timedelta(days=1),
        "arrivalDate": TODAY + timedelta(days=1),
        "productCode": "RSFR50",
        "quantity": 12,
        "boxTypeCode": "HB",
        "unitType": "bunch",
        "stemsBunch": 25,
        "bunches": 12,
        "unitCost": 7.25,
        **changes,
    }
    assert sandbox.call("inventory.add", **sent).json["status"] == 1
    listed = items(sandbox, "inventory.list", inventoryType="all", includeBoxes=1)
    return max(listed, key=lambda item: item["orderItemId"])


def items(sandbox: Any, method: str, token: str = "company", **filters: Any) -> list[dict[str, Any]]:
    answer = sandbox.call(method, token, **filters)
    assert answer.json["status"] == 1, answer.text
    return list(answer.json["inventoryItems"])


def ids(listed: list[dict[str, Any]], key: str = "orderItemId") -> set[int]:
    return {item[key] for item in listed}


def test_added_lot_is_listed_with_boxes_cost_and_negative_aging(sandbox: Any) -> None:
    lot = add_lot(sandbox, reference="WK06-ROSES")
    assert lot["quantity"] == 12
    assert lot["totalUnits"] == 144
    assert lot["awb"] == "729-1234-5712"
    assert lot["aging"] == -1
    assert lot["reference"] == "WK06-ROSES"
    assert lot["unitCost"] == 7.25
    assert lot["landedCost"] == 8.61
    assert "price" not in lot
    assert len({box["boxCode"] for box in lot["boxes"]}) == 12
    assert "boxes" not in items(sandbox, "inventory.list", lotNumber=str(lot["lotNumber"]))[0]


@pytest.mark.parametrize(
    ("kinds", "expected"), [("L", {903410}), ("S", {903411}), ("P", {903412}), ("L,S", {903410, 903411})]
)
def test_kinds_of_inventory(shared_sandbox: Any, kinds: str, expected: set[int]) -> None:
    fixed = {903410, 903411, 903412, cast.LINE}
    assert ids(items(shared_sandbox, "inventory.list", inventoryType=kinds)) & fixed == expected
    assert ids(items(shared_sandbox, "inventory.list", inventoryType="all")) >= fixed
    assert ids(items(shared_sandbox, "inventory.list")) & fixed == {cast.LINE}


def test_held_lot_and_location_filters(shared_sandbox: Any) -> None:
    held = 903430
    assert held in ids(items(shared_sandbox, "inventory.list", excludeHeldItems=0))
    assert held not in ids(items(shared_sandbox, "inventory.list", excludeHeldItems=1))
    assert ids(items(shared_sandbox, "inventory.list", lotNumber="20458")) == {cast.LINE}
    assert items(shared_sandbox, "inventory.list", lotNumber="no lot") == []
    assert cast.LINE in ids(items(shared_sandbox, "inventory.list", locationId=cast.MIAMI))
    assert cast.LINE not in ids(items(shared_sandbox, "inventory.list", locationId=cast.BOGOTA))


def test_assorted_lot_shows_its_composition(shared_sandbox: Any) -> None:
    (lot,) = items(shared_sandbox, "inventory.list", lotNumber="20459")
    assert lot["isAssorted"] is True
    assert {(part["productId"], part["bunches"]) for part in lot["breakdowns"]} == {
        (cast.CARRED, 10),
        (cast.CARWHT, 10),
    }


def test_vendor_sees_own_stock_without_sales_prices(shared_sandbox: Any) -> None:
    own = items(shared_sandbox, "inventory.list", "vendor", inventoryType="all")
    assert {lot["growerId"] for lot in own} == {cast.MONTE}
    assert len(own) < len(items(shared_sandbox, "inventory.list", inventoryType="all"))
    assert not any("price" in lot for lot in own)
    merged = items(shared_sandbox, "inventory.consolidated.openmarket.list", "vendor")
    assert merged
    assert not any("price" in lot for lot in merged)
    listed = {one for lot in merged for one in map(int, lot["inventoryItemIds"].split(","))}
    assert listed <= ids(own)


def test_open_market_follows_price_and_stock(sandbox: Any) -> None:
    lot = add_lot(sandbox)
    sandbox.call("inventory.update", inventoryId=lot["orderItemId"], unitCost=7.25, priceA=11.8, priceB=11.2)

    def shown(**filters: Any) -> dict[str, Any]:
        listed = items(sandbox, "inventory.openmarket.list", **filters)
        return next((item for item in listed if item["inventoryId"] == lot["orderItemId"]), {})

    assert (shown()["price"], shown()["priceB"], shown()["quantity"]) == (11.8, 11.2, 12)
    assert "fobPrice" not in shown()
    assert "vendor" not in shown()
    with sandbox.engine.begin() as connection:
        markup = {"fob_markup": Decimal(10), "default_price": "B", "show_vendor": 1}
        connection.execute(update(t.customers).where(t.customers.c.id == cast.CGPETALS).values(**markup))
    bought = shown(customerId=cast.CGPETALS)
    assert bought["fobPrice"] == 12.32
    assert bought["vendor"] == "MONTE"
    sandbox.call("inventory.delete", inventoryId=lot["orderItemId"])
    assert shown() == {}


def test_open_market_leaves_out_held_and_reserved_lines(shared_sandbox: Any) -> None:
    listed = ids(items(shared_sandbox, "inventory.openmarket.list"), "inventoryId")
    assert cast.LINE in listed
    assert not listed & {903430, cast.RESERVED_LINE, 903410, 903411, 903412}
    elsewhere = items(shared_sandbox, "inventory.openmarket.list", locationId=cast.BOGOTA)
    assert cast.LINE not in ids(elsewhere, "inventoryId")


def test_hidden_vendor_is_not_shown_to_the_customer(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        connection.execute(update(t.customers).where(t.customers.c.id == cast.PETAL).values(show_vendor=0))
    assert not any("vendor" in item for item in items(sandbox, "inventory.openmarket.list", customerId=cast.PETAL))


def test_equal_lots_are_merged_until_prices_differ(sandbox: Any) -> None:
    def merged(line_id: int) -> dict[str, Any]:
        listed = items(sandbox, "inventory.consolidated.openmarket.list")
        return next(item for item in listed if str(line_id) in item["inventoryItemIds"].split(","))

    before = merged(cast.LINE)
    lot = add_lot(sandbox)["orderItemId"]
    sandbox.call("inventory.update", inventoryId=lot, unitCost=7.25, priceA=11.5)
    after = merged(cast.LINE)
    assert merged(lot) == after
    assert after["quantity"] == before["quantity"] + 12
    assert after["totalUnits"] == before["totalUnits"] + 144
    sandbox.call("inventory.update", inventoryId=lot, unitCost=7.25, priceA=12)
    assert merged(lot)["inventoryItemIds"] == str(lot)
    assert merged(cast.LINE) == before


def test_future_boxes_shrink_when_they_are_prebooked(sandbox: Any) -> None:
    def future(start: date, end: date, **filters: Any) -> dict[int, dict[str, Any]]:
        listed = items(sandbox, "future.inventory.openmarket.list", dateFrom=start, dateTo=end, **filters)
        return {item["inventoryId"]: item for item in listed}

    day = TODAY + timedelta(days=6)
    before = future(day, day)[cast.PO_ITEM_FUTURE]
    assert (before["quantity"], before["totalUnits"], before["portOfOrigin"]) == (20, 240, "BOG")
    answer = sandbox.sample("prebook.future.item.add")
    assert answer.json["status"] == 1, answer.text
    assert future(day, day)[cast.PO_ITEM_FUTURE]["quantity"] == 15
    assert future(day, day, customerId=cast.PETAL)[cast.PO_ITEM_FUTURE]["vendor"] == "Monteverde Flowers"
    assert cast.PO_ITEM_FUTURE not in future(day, day, locationId=cast.BOGOTA)
    assert cast.PO_ITEM_FUTURE not in future(TODAY, TODAY + timedelta(days=4))
    assert cast.PO_ITEM_FUTURE not in future(TODAY + timedelta(days=10), TODAY + timedelta(days=12))


@pytest.mark.parametrize("method", ["inventory.openmarket.list", "future.inventory.openmarket.list"])
def test_unknown_customer_is_refused(shared_sandbox: Any, method: str) -> None:
    dates = {"dateFrom": TODAY, "dateTo": TODAY} if method.startswith("future") else {}
    answer = shared_sandbox.call(method, customerId=cast.BAY_AS_CUSTOMER, **dates)
    assert answer.json["status"] == 0
    assert "does not exist" in answer.json["message"]
