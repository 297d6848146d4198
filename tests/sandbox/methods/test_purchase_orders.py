"""Making purchase orders."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.invariants import broken

ROSES = {"boxTypeCode": "HB", "boxes": 6, "unitType": "Bunch", "bunches": 12, "stemsBunch": 25, "cost": 7.25}
CARNATIONS = {"boxTypeCode": "QB", "boxes": 2, "unitType": "Bunch", "bunches": 20, "stemsBunch": 20, "cost": 4.1}


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def create(sandbox: Any, *items: dict[str, Any], token: str = "company", **fields: Any) -> Any:
    values = {"shipDate": f"{day(1)}", "vendorId": cast.MONTE, "companyLocationCode": "MIA", **fields}
    answer = sandbox.call("purchase.order.create", token, purchaseOrderItems=list(items), **values)
    assert answer.status == 200, answer.text
    return answer.json


def mixed(sandbox: Any, *parts: dict[str, Any], boxes: int = 2, token: str = "company", **element: Any) -> Any:
    box = {"productId": cast.CARAST, "boxTypeCode": "QB", "boxes": boxes, "unitType": "Bunch", **element}
    answer = sandbox.call(
        "purchase.order.mixed.create",
        token,
        shipDate=f"{day(1)}",
        vendorId=cast.MONTE,
        companyLocationCode="MIA",
        purchaseOrderItems=[{**box, "breakdowns": list(parts)}],
    )
    assert answer.status == 200, answer.text
    return answer.json


def part(bunches: int, **named: Any) -> dict[str, Any]:
    return {"bunches": bunches, "stemsBunch": 20, "cost": 4.1, **named}


def order(sandbox: Any, number: str, token: str = "company") -> Any:
    (found,) = sandbox.call("purchase.order.list", token, number=number).json["purchaseOrders"]
    return found


def sound(sandbox: Any) -> None:
    with sandbox.engine.connect() as connection:
        assert broken(connection) == []


def test_order_from_a_prebook_is_listed_with_its_customer(sandbox: Any) -> None:
    made = create(sandbox, {"prebookItemId": cast.PREBOOK_ITEM, **ROSES}, {"productCode": "CARRED", **CARNATIONS})
    listed = order(sandbox, made["purchaseOrderNumber"])
    assert (listed["id"], listed["status"], listed["shipDate"]) == (made["purchaseOrderId"], "Approved", f"{day(1)}")
    bought, market = listed["details"]
    assert (bought["prebook"], bought["customerName"], bought["totalBoxes"]) == ("20418", "Petal & Stem Wholesale", 6)
    assert (bought["totalUnits"], bought["totalCost"], bought["markCode"]) == (72, 522, "PSW-01")
    assert "prebook" not in market
    assert market["productDescription"] == "Carnation Red"
    sound(sandbox)


def test_no_more_is_bought_than_was_prebooked(sandbox: Any) -> None:
    create(sandbox, {"prebookItemId": cast.PREBOOK_ITEM, **ROSES, "boxes": 4})
    refused = create(sandbox, {"prebookItemId": cast.PREBOOK_ITEM, **ROSES, "boxes": 3})
    assert refused["status"] == 0
    assert "2 of 6 boxes left" in refused["message"]
    twice = [{"prebookItemId": cast.PREBOOK_ITEM, **ROSES, "boxes": boxes} for boxes in (1, 2)]
    assert create(sandbox, *twice)["status"] == 0, "two lines of one call share what is left"
    assert create(sandbox, twice[0], twice[0])["status"] == 1
    sound(sandbox)


def test_items_join_an_existing_order(sandbox: Any) -> None:
    made = create(sandbox, {"productCode": "RSFR50", **ROSES}, purchaseOrderNumber="31877")
    assert (made["purchaseOrderId"], made["purchaseOrderNumber"]) == (780214, "31877")
    assert len(order(sandbox, "31877")["details"]) == 3


@pytest.mark.parametrize(
    ("number", "reason"),
    [("31879", "another vendor"), ("31880", "cancelled"), ("99999", "does not exist")],
)
def test_orders_that_cannot_be_joined(sandbox: Any, number: str, reason: str) -> None:
    refused = create(sandbox, {"productCode": "RSFR50", **ROSES}, purchaseOrderNumber=number)
    assert refused["status"] == 0
    assert reason in refused["message"]


@pytest.mark.parametrize(
    ("fields", "item", "reason"),
    [
        ({"carrierId": cast.EVERGLADES}, {}, "not an inbound carrier"),
        ({"vendorId": 1}, {}, "vendor 1 does not exist"),
        ({"companyLocationCode": ""}, {}, "location is required"),
        ({"AWB Number": 4}, {}, "ends in 0004"),
        ({}, {"productCode": "NOSUCH"}, "NOSUCH does not exist"),
        ({}, {"boxes": 0}, "boxes has to be 1 or more"),
        ({}, {"cost": -1}, "cost is negative"),
        ({}, {"prebookItemId": 1}, "prebook item 1 does not exist"),
    ],
)
def test_orders_that_cannot_be_made(sandbox: Any, fields: dict[str, Any], item: dict[str, Any], reason: str) -> None:
    refused = create(sandbox, {"productCode": "RSFR50", **ROSES, **item}, **fields)
    assert refused["status"] == 0
    assert reason in refused["message"]


def test_a_carrier_may_be_mandatory(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        connection.execute(update(t.companies).where(t.companies.c.id == 1043).values(mandatory_po_carriers=True))
    assert "carrier is required" in create(sandbox, {"productCode": "RSFR50", **ROSES})["message"]
    assert create(sandbox, {"productCode": "RSFR50", **ROSES}, carrierCode="TMPA")["status"] == 1


def test_what_an_order_cannot_be_made_without(sandbox: Any) -> None:
    for left_out in ("boxes", "bunches", "cost"):
        item = {name: value for name, value in {"productCode": "RSFR50", **ROSES}.items() if name != left_out}
        answer = sandbox.call(
            "purchase.order.create",
            shipDate=f"{day(1)}",
            vendorId=cast.MONTE,
            companyLocationCode="MIA",
            purchaseOrderItems=[item],
        )
        assert answer.status == 400
        assert f"{left_out} is required" in answer.json["message"]


def test_prebooks_from_the_future_are_not_bought_again(sandbox: Any) -> None:
    added = sandbox.call(
        "prebook.future.item.add",
        prebookId=cast.PREBOOK_TO_UPDATE,
        inventoryId=cast.PO_ITEM_FUTURE,
        boxes=2,
        price=11.2,
    )
    assert added.status == 200, added.text
    with sandbox.engine.connect() as connection:
        i = t.prebook_items.c
        item_id = connection.execute(select(i.id).where(i.future_po_item_id == cast.PO_ITEM_FUTURE)).scalar()
    refused = create(sandbox, {"prebookItemId": item_id, **ROSES, "boxes": 1})
    assert "future inventory already" in refused["message"]


def test_a_vendor_orders_under_its_own_name_only(sandbox: Any) -> None:
    own = create(sandbox, {"prebookItemId": cast.PREBOOK_ITEM, **ROSES}, token="vendor", vendorId=cast.ALTAM)
    assert order(sandbox, own["purchaseOrderNumber"], "vendor")["vendorId"] == cast.MONTE
    foreign = create(sandbox, {"prebookItemId": 930141, **CARNATIONS}, token="vendor")
    assert "not one of the vendor" in foreign["message"]
    unasked = create(sandbox, {"productCode": "RSFR50", **ROSES}, token="vendor")
    assert order(sandbox, unasked["purchaseOrderNumber"])["status"] == "Pending Approval"


def test_awb_digits_ship_the_order_at_once(sandbox: Any) -> None:
    made = create(sandbox, {"prebookItemId": cast.PREBOOK_ITEM, **ROSES}, **{"AWB Number": 5690})
    listed = order(sandbox, made["purchaseOrderNumber"])
    assert listed["status"] == "Confirmed by Farm"
    assert listed["details"][0]["awb"] == "729-1234-5690"
    assert len(listed["details"][0]["boxes"]) == 6
    sound(sandbox)


def test_vendors_with_temporary_awbs_ship_on_one(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        connection.execute(update(t.vendors).where(t.vendors.c.id == cast.MONTE).values(temporary_awbs=True))
    made = create(sandbox, {"productCode": "RSFR50", **ROSES})
    (line,) = order(sandbox, made["purchaseOrderNumber"])["details"]
    assert line["awb"].startswith("999-")
    sound(sandbox)


def test_an_unknown_description_beside_a_code_becomes_an_alias(sandbox: Any) -> None:
    create(sandbox, {"productCode": "CARRED", "productDescription": "Clavel Rojo", **CARNATIONS})
    made = create(sandbox, {"productDescription": "clavel rojo", **CARNATIONS})
    (line,) = order(sandbox, made["purchaseOrderNumber"])["details"]
    assert line["productId"] == cast.CARRED


def test_mixed_order_lists_its_composition(sandbox: Any) -> None:
    made = mixed(
        sandbox,
        part(12, prebookItemId=cast.PREBOOK_ASSORTED_ITEM, productCode="CARRED"),
        part(8, productDescription="Carnation White", cost=5.1),
    )
    (line,) = order(sandbox, made["purchaseOrderNumber"])["details"]
    assert (line["bunches"], line["totalUnits"], line["unitCost"]) == (20, 40, 4.5)
    assert [(one["productDescription"], one["bunches"]) for one in line["breakdowns"]] == [
        ("Carnation Red", 12),
        ("Carnation White", 8),
    ]
    again = mixed(sandbox, part(20, prebookItemId=cast.PREBOOK_ASSORTED_ITEM), boxes=1)
    assert "0 of 2 boxes left" in again["message"]
    sound(sandbox)


def test_products_of_a_mixed_box_buy_their_own_prebooks(sandbox: Any) -> None:
    both = [part(10, prebookItemId=cast.PREBOOK_ASSORTED_ITEM), part(10, prebookItemId=930141)]
    assert mixed(sandbox, *both, boxes=3)["status"] == 1
    refused = mixed(sandbox, *both, boxes=2)
    assert refused["status"] == 0, "30 of 40 bunches are 2 of 2 boxes"
    assert "0 of 2 boxes left" in refused["message"]
    assert create(sandbox, {"prebookItemId": 930141, **CARNATIONS})["status"] == 0


def test_unmapped_products_are_not_added(sandbox: Any) -> None:
    known, unknown = part(20, productCode="CARRED"), part(20, productDescription="Moon Dust")
    refused = mixed(sandbox, unknown)
    assert refused["status"] == 0
    assert "Moon Dust" in refused["message"]
    box = {"productId": cast.CARAST, "boxTypeCode": "QB", "boxes": 1, "unitType": "Stem"}
    made = sandbox.call(
        "purchase.order.mixed.create",
        shipDate=f"{day(1)}",
        vendorCode="MONTE",
        companyLocationCode="MIA",
        purchaseOrderItems=[{**box, "breakdowns": [known]}, {**box, "breakdowns": [unknown]}],
    ).json
    assert "Moon Dust" in made["message"]
    (line,) = order(sandbox, made["purchaseOrderNumber"])["details"]
    assert line["totalUnits"] == 400


def test_a_prebook_line_that_future_stock_covers_is_not_bought_again(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        before = connection.execute(select(t.prebook_items.c.id)).scalars().all()
    assert sandbox.sample("prebook.future.item.add").json["status"] == 1
    with sandbox.engine.begin() as connection:
        line = connection.execute(select(t.prebook_items.c.id).where(t.prebook_items.c.id.not_in(before))).scalar_one()
    answer = create(sandbox, {**ROSES, "prebookItemId": line, "boxes": 1})
    assert answer["status"] == 0
