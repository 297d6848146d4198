"""Prebooks: creating, changing, deleting, taking from offers and from the future."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from komet_console.sandbox.business import ordering
from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.invariants import broken

ROSES = {"productCode": "RSFR50", "boxTypeCode": "HB", "boxes": 6, "unitType": "Bunch", "bunches": 12, "stemsBunch": 25}
MIXED = {
    "productDescription": "Carnation Assorted",
    "boxTypeCode": "QB",
    "boxes": 2,
    "unitType": "Bunch",
    "bunches": 20,
    "stemsBunch": 20,
    "price": 6.9,
    "breakdowns": [
        {"productCode": "CARRED", "bunches": 12, "stemsBunch": 20},
        {"productCode": "CARWHT", "bunches": 8, "stemsBunch": 20},
    ],
}


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def create(sandbox: Any, token: str = "company", **fields: Any) -> Any:
    values = {
        "customerId": cast.PETAL,
        "carrierId": cast.EVERGLADES,
        "shipDate": f"{day(9)}",
        "customerPO": "MOM-1",
        "companyLocationCode": "MIA",
        **fields,
    }
    answer = sandbox.call("prebook.create", token, **values)
    assert answer.status == 200, answer.text
    return answer.json


def details(sandbox: Any, prebook_id: int, truck: date, token: str = "company") -> list[Any]:
    listed = sandbox.call("prebook.details.list", token, date=truck).json["prebooks"]
    return [line for one in listed if one["id"] == prebook_id for line in one["details"]]


def message(answer: Any) -> str:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 0, answer.text
    text: str = answer.json["message"]
    return text


def offered(sandbox: Any, *ids: int) -> dict[int, int]:
    with sandbox.engine.begin() as connection:
        return ordering.offer_boxes(connection, ids)


@pytest.fixture(autouse=True)
def sums_stay_right(sandbox: Any) -> Any:
    yield
    with sandbox.engine.begin() as connection:
        assert broken(connection) == []


def test_created_prebook_is_listed_with_lines_and_composition(sandbox: Any) -> None:
    made = create(sandbox, prebookItems=[{**ROSES, "price": 11.5, "vendorCode": "MONTE", "cost": 7.25}, MIXED])
    roses, mixed = details(sandbox, made["prebookId"], day(9))
    assert [roses["prebookItemId"], mixed["prebookItemId"]] == [one["prebookItemId"] for one in made["prebookItems"]]
    assert (roses["vendorId"], roses["brandId"], roses["totalUnits"], roses["totalPrice"]) == (5120, 77, 72, 828)
    assert roses["vendorShipDate"] == f"{day(7)}"
    assert "vendorId" not in mixed
    assert [(part["productId"], part["bunches"], part["price"]) for part in mixed["breakdowns"]] == [
        (cast.CARRED, 12, 6.9),
        (cast.CARWHT, 8, 6.9),
    ]


def test_header_alone(sandbox: Any) -> None:
    made = create(sandbox)
    assert "prebookItems" not in made
    assert details(sandbox, made["prebookId"], day(9)) == []


def test_a_line_without_price_takes_the_price_list(sandbox: Any) -> None:
    made = create(sandbox, prebookItems=[ROSES])
    (line,) = details(sandbox, made["prebookId"], day(9))
    assert line["unitPrice"] > 0


def test_prices_do_not_count_where_the_company_keeps_its_own(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        connection.execute(t.companies.update().values(allow_changing_sales_price=False))
    made = create(sandbox, prebookItems=[{**ROSES, "price": 99.0}])
    (line,) = details(sandbox, made["prebookId"], day(9))
    assert 0 < line["unitPrice"] < 99


def test_use_existing_joins_the_matching_prebook(sandbox: Any) -> None:
    first = create(sandbox, prebookItems=[ROSES])
    again = create(sandbox, useExisting=1, prebookItems=[MIXED])
    assert (again["prebookId"], again["prebookNumber"]) == (first["prebookId"], first["prebookNumber"])
    assert len(details(sandbox, first["prebookId"], day(9))) == 2
    for other in ({"customerPO": "MOM-2"}, {"shipDate": f"{day(10)}"}, {"carrierId": cast.SEMINOLE}):
        assert create(sandbox, useExisting=1, **other)["prebookId"] != first["prebookId"]
    assert create(sandbox)["prebookId"] != first["prebookId"]


def test_purchase_orders_are_made_at_once_when_wanted(sandbox: Any) -> None:
    made = create(
        sandbox,
        autoGeneratePOsfromPrebooks=1,
        prebookItems=[
            {**ROSES, "vendorId": cast.MONTE, "cost": 7.25},
            {**MIXED, "vendorId": cast.ALTAM, "cost": 4.1},
            {**ROSES, "boxes": 1, "vendorId": cast.MONTE, "cost": 7.25},
        ],
    )
    ids = [one["prebookItemId"] for one in made["prebookItems"]]
    o, p = t.purchase_order_items.c, t.purchase_orders.c
    query = (
        select(o.id, o.total_boxes, p.id.label("order_id"), p.status, p.ship_date, p.vendor_id, p.order_type)
        .join(t.purchase_orders, p.id == o.purchase_order_id)
        .where(o.prebook_item_id.in_(ids))
        .order_by(o.prebook_item_id)
    )
    with sandbox.engine.begin() as connection:
        bought = connection.execute(query).all()
        mixed = connection.execute(
            select(t.purchase_order_item_breakdowns.c.bunches).where(
                t.purchase_order_item_breakdowns.c.item_id == bought[1].id
            )
        ).scalars()
        assert list(mixed) == [12, 8]
    assert [(row.total_boxes, row.vendor_id) for row in bought] == [(6, 5120), (2, 5133), (1, 5120)]
    assert bought[0].order_id == bought[2].order_id != bought[1].order_id
    assert {(row.status, row.ship_date, row.order_type) for row in bought} == {("Approved", day(7), "P")}
    refused = sandbox.call("prebook.delete", prebookId=made["prebookId"])
    assert "purchase order" in message(refused)
    refused = sandbox.call("prebook.item.delete", prebookId=made["prebookId"], prebookItemId=ids[0])
    assert "purchase order" in message(refused)


@pytest.mark.parametrize("missing", ["vendorId", "cost"])
def test_buying_needs_vendor_and_cost(sandbox: Any, missing: str) -> None:
    line = {**ROSES, "vendorId": cast.MONTE, "cost": 7.25}
    del line[missing]
    fields = {"customerId": cast.PETAL, "carrierId": cast.EVERGLADES, "shipDate": f"{day(9)}"}
    answer = sandbox.call(
        "prebook.create", **fields, companyLocationCode="MIA", autoGeneratePOsfromPrebooks=1, prebookItems=[line]
    )
    assert answer.status == 400
    assert "required to make a purchase order" in answer.json["message"]


def test_vendor_token_orders_from_itself_without_price(sandbox: Any) -> None:
    made = create(sandbox, "vendor", prebookItems=[{**ROSES, "price": 99.0, "vendorCode": "ALTAM", "cost": 7.0}])
    (line,) = details(sandbox, made["prebookId"], day(9))
    assert line["vendorId"] == cast.MONTE
    assert line["unitPrice"] != 99


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"prebookItems": [{**MIXED, "bunches": 21}]}, 200, "add up to 20 bunches, but a box has 21"),
        ({"prebookItems": [{**ROSES, "boxes": 0}]}, 400, "boxes must be a whole number"),
        ({"prebookItems": [{**ROSES, "boxes": "many"}]}, 400, "boxes must be a whole number"),
        ({"prebookItems": [{**ROSES, "unitType": "Crate"}]}, 400, "unitType must be Stem or Bunch"),
        ({"prebookItems": [{**ROSES, "cost": -1}]}, 400, "cost must be a number"),
        ({"prebookItems": [{**ROSES, "markCode": 7.5}]}, 400, "markCode"),
        ({"prebookItems": [{**ROSES, "productCode": "NONE"}]}, 200, "The product NONE does not exist"),
        ({"customerId": cast.OLDROSE}, 200, "is inactive"),
        ({"customerId": 10**19}, 200, "does not exist"),
        ({"companyLocationCode": None}, 200, "location is required"),
        ({"createdBy": 999999}, 200, "The user 999999 does not exist"),
    ],
)
def test_refused_creations(sandbox: Any, change: dict[str, Any], status: int, said: str) -> None:
    fields = {
        "customerId": cast.PETAL,
        "carrierId": cast.EVERGLADES,
        "shipDate": f"{day(9)}",
        "companyLocationCode": "MIA",
    }
    answer = sandbox.call("prebook.create", **{**fields, **change})
    assert answer.status == status, answer.text
    assert answer.json["status"] == 0
    assert said in answer.json["message"]


MULTIPLE = {
    "customerCode": "KBFLOR",
    "customerName": "Key Biscayne Florals",
    "customerPhone": "305-555-0199",
    "companyLocationCode": "MIA",
    **{
        f"customer{kind}{part}": "x"
        for kind in ("Billing", "Shipping")
        for part in ("Street", "City", "State", "Zipcode", "Country")
    },
}


def test_multiple_makes_one_prebook_per_carrier_and_day(sandbox: Any) -> None:
    evgl = {"carrierCode": "EVGL", "carrierName": "Everglades Freight"}
    items = [
        {**evgl, "shipDate": f"{day(9)}", **ROSES},
        {**evgl, "shipDate": f"{day(11)}", **ROSES},
        {**evgl, "shipDate": f"{day(9)}", **MIXED, "breakdowns": None},
    ]
    answer = sandbox.call("multiple.prebooks.create", **MULTIPLE, prebookItems=items)
    assert answer.json["status"] == 1, answer.text
    listed = sandbox.call("prebook.list", dateFrom=day(9), dateTo=day(11), customer="biscayne florals").json["prebooks"]
    assert [one["truckDate"] for one in listed] == [f"{day(9)}", f"{day(11)}"]
    assert [len(details(sandbox, one["id"], day(at))) for one, at in zip(listed, (9, 11), strict=True)] == [2, 1]
    (customer,) = sandbox.call("customer.list", code="kbflor").json["customers"]
    assert customer["id"] == listed[0]["customerId"]


def test_multiple_refuses_without_writing(sandbox: Any) -> None:
    item = {"carrierCode": "NONE", "carrierName": "?", "shipDate": f"{day(9)}", **ROSES}
    assert "carrier NONE" in message(sandbox.call("multiple.prebooks.create", **MULTIPLE, prebookItems=[item]))
    assert sandbox.call("customer.list", code="KBFLOR").json["customers"] == []
    assert sandbox.call("multiple.prebooks.create", **MULTIPLE, prebookItems=[]).status == 400
    old = {**MULTIPLE, "customerCode": "OLDROSE"}
    item["carrierCode"] = "EVGL"
    assert "inactive" in message(sandbox.call("multiple.prebooks.create", **old, prebookItems=[item]))


def test_update_moves_truck_and_vendor_ship_dates(sandbox: Any) -> None:
    fields = {"carrierId": cast.SEMINOLE, "shipDate": f"{day(8)}", "customerPO": "EASTER", "comments": "Early"}
    answer = sandbox.call("prebook.update", prebookId=cast.PREBOOK_TO_UPDATE, **fields)
    assert answer.json["status"] == 1
    (line,) = details(sandbox, cast.PREBOOK_TO_UPDATE, day(8))
    assert line["vendorShipDate"] == f"{day(6)}"
    listed = sandbox.call("prebook.list", dateFrom=day(8), dateTo=day(8), customerId=cast.PETAL).json["prebooks"]
    changed = next(one for one in listed if one["id"] == cast.PREBOOK_TO_UPDATE)
    assert (changed["carrierId"], changed["customerPONumber"], changed["comments"]) == (119, "EASTER", "Early")
    assert changed["customerId"] == cast.PETAL
    sandbox.call("prebook.update", prebookId=cast.PREBOOK_TO_UPDATE, shipViaId=1)
    (line,) = details(sandbox, cast.PREBOOK_TO_UPDATE, day(8))
    assert line["vendorShipDate"] == f"{day(8)}"


def test_update_leaves_bought_lines(sandbox: Any) -> None:
    (before,) = details(sandbox, 454370, day(3))
    assert sandbox.call("prebook.update", prebookId=454370, shipDate=f"{day(12)}").json["status"] == 1
    (after,) = details(sandbox, 454370, day(12))
    assert after["vendorShipDate"] == before["vendorShipDate"]


def test_deleted_prebook_leaves_the_list_and_frees_the_offer(sandbox: Any) -> None:
    before = offered(sandbox, cast.OFFER)
    fields = {"inventoryIds": f"{cast.OFFER}", "quantity": 4, "price": 11}
    assert sandbox.call("prebook.vendor.availability.item.add", prebookId=454373, **fields).json["status"] == 1
    assert offered(sandbox, cast.OFFER)[cast.OFFER] == before[cast.OFFER] - 4
    assert "20420" in sandbox.call("prebook.delete", prebookId=454373).json["message"]
    listed = sandbox.call("prebook.list", dateFrom=day(0), dateTo=day(30), prebook=20420).json["prebooks"]
    assert listed == []
    assert offered(sandbox, cast.OFFER) == before
    assert "does not exist" in message(sandbox.call("prebook.delete", prebookId=454373))


def test_vendor_item_delete_sets_boxes_to_zero(sandbox: Any) -> None:
    ids = {"prebookId": cast.PREBOOK_OF_ITEM_TO_DELETE, "prebookItemId": cast.PREBOOK_ITEM_TO_DELETE}
    assert sandbox.call("prebook.item.delete", "vendor", **ids).json["status"] == 1
    lines = details(sandbox, cast.PREBOOK_OF_ITEM_TO_DELETE, day(6))
    assert [(line["prebookItemId"], line["totalBoxes"]) for line in lines] == [(930140, 0), (930141, 3)]
    foreign = sandbox.call("prebook.item.delete", "vendor", **{**ids, "prebookItemId": 930141})
    assert "not one of the vendor's" in message(foreign)


def test_company_item_delete_takes_the_line_away(sandbox: Any) -> None:
    ids = {"prebookId": cast.PREBOOK_OF_ITEM_TO_DELETE, "prebookItemId": cast.PREBOOK_ITEM_TO_DELETE}
    assert sandbox.call("prebook.item.delete", **ids).json["status"] == 1
    assert [one["prebookItemId"] for one in details(sandbox, ids["prebookId"], day(6))] == [930141]
    assert "has no item" in message(sandbox.call("prebook.item.delete", **ids))


def test_vendor_cannot_touch_a_prebook_without_its_lines(sandbox: Any) -> None:
    answer = sandbox.call("prebook.item.delete", "vendor", prebookId=454376, prebookItemId=930160)
    assert "does not exist" in message(answer)


def test_future_boxes_join_the_prebook_until_they_run_out(sandbox: Any) -> None:
    fields = {"prebookId": cast.PREBOOK_TO_UPDATE, "inventoryId": cast.PO_ITEM_FUTURE, "price": 11.2}
    assert sandbox.call("prebook.future.item.add", **fields, boxes=15, markCode="M1").json["status"] == 1
    line = details(sandbox, cast.PREBOOK_TO_UPDATE, day(5))[-1]
    assert (line["productId"], line["totalBoxes"], line["unitPrice"], line["markCode"]) == (cast.RSFR50, 15, 11.2, "M1")
    assert "only 5 boxes" in message(sandbox.call("prebook.future.item.add", **fields, boxes=6))
    assert sandbox.call("prebook.future.item.add", **fields, boxes=5).json["status"] == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"inventoryId": 265119}, "does not exist"),
        ({"inventoryId": 10**12}, "does not exist"),
        ({"prebookId": 454371}, "after the prebook's truck date"),
        ({"prebookId": 1}, "The prebook 1 does not exist"),
    ],
)
def test_refused_future_items(sandbox: Any, change: dict[str, Any], said: str) -> None:
    fields = {"prebookId": cast.PREBOOK_TO_UPDATE, "inventoryId": cast.PO_ITEM_FUTURE, "price": 11.2, "boxes": 1}
    assert said in message(sandbox.call("prebook.future.item.add", **{**fields, **change}))


def test_availability_shrinks_when_prebooked(sandbox: Any) -> None:
    one, other = cast.OFFER_ASSORTED
    fields = {"prebookId": cast.PREBOOK_TO_UPDATE, "inventoryIds": f"{one},{other}", "price": 6.6}
    made = sandbox.call("prebook.vendor.availability.item.add", **fields, quantity=2)
    line = details(sandbox, cast.PREBOOK_TO_UPDATE, day(5))[-1]
    assert line["prebookItemId"] == made.json["prebookItemId"]
    assert (line["totalBoxes"], line["vendorId"], len(line["breakdowns"])) == (2, cast.MONTE, 2)
    assert offered(sandbox, one, other) == {one: 10, other: 12}
    # more than one offer has: taken from both, a line each
    sandbox.call("prebook.vendor.availability.item.add", **fields, quantity=20)
    assert offered(sandbox, one, other) == {one: 0, other: 2}
    refused = sandbox.call("prebook.vendor.availability.item.add", **fields, quantity=3)
    assert "Only 2 boxes" in message(refused)
    ids = {"prebookId": cast.PREBOOK_TO_UPDATE, "prebookItemId": made.json["prebookItemId"]}
    sandbox.call("prebook.item.delete", "vendor", **ids)
    assert offered(sandbox, one, other) == {one: 2, other: 2}


def test_k2k_offers_have_what_the_partner_has_in_stock(sandbox: Any) -> None:
    free = offered(sandbox, cast.OFFER_K2K)[cast.OFFER_K2K]
    fields = {"prebookId": cast.PREBOOK_TO_UPDATE, "inventoryIds": f"{cast.OFFER_K2K}", "price": 12.4}
    refused = sandbox.call("prebook.vendor.availability.item.add", **fields, quantity=free + 1)
    assert f"Only {free} boxes" in message(refused)
    answer = sandbox.call("prebook.vendor.availability.item.add", **fields, quantity=free)
    assert answer.json["status"] == 1, answer.text
    assert offered(sandbox, cast.OFFER_K2K) == {cast.OFFER_K2K: 0}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"inventoryIds": "428720,428721"}, "not of one vendor, product and pack"),
        ({"inventoryIds": "428720,7"}, "item 7 does not exist"),
        ({"boxTypeCode": "QB"}, "in other boxes"),
        ({"bunches": 11}, "in other boxes"),
        ({"inventoryIds": "428719"}, "needs it shipped by"),
    ],
)
def test_refused_availability(sandbox: Any, change: dict[str, Any], said: str) -> None:
    with sandbox.engine.begin() as connection:
        connection.execute(
            t.vendor_availability_items.update()
            .where(t.vendor_availability_items.c.id == 428719)
            .values(available_to=day(-1))
        )
    fields = {"prebookId": cast.PREBOOK_TO_UPDATE, "inventoryIds": f"{cast.OFFER}", "price": 11.0, "quantity": 1}
    answer = sandbox.call("prebook.vendor.availability.item.add", **{**fields, **change})
    assert said in message(answer)
    assert sandbox.call("prebook.vendor.availability.item.add", **{**fields, "price": -1}).status == 400


def test_a_line_bought_in_a_mixed_box_is_bought(sandbox: Any) -> None:
    answer = sandbox.sample("purchase.order.mixed.create")
    assert answer.json["status"] == 1, answer.text
    with sandbox.engine.begin() as connection:
        assert ordering.bought_boxes(connection, [cast.PREBOOK_ASSORTED_ITEM]) == {cast.PREBOOK_ASSORTED_ITEM: 2}
    ids = {"prebookId": cast.PREBOOK, "prebookItemId": cast.PREBOOK_ASSORTED_ITEM}
    assert "purchase order" in message(sandbox.call("prebook.item.delete", **ids))
