"""The life of purchase order lines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.invariants import broken

LINE = cast.PO_ITEM_FOR_AWB


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def ship(sandbox: Any, item_id: int = LINE, token: str = "company", **fields: Any) -> Any:
    values = {"awb": "729 1234 5777", "shipDate": f"{day(1)}", **fields}
    answer = sandbox.call("purchase.order.item.awb.add", token, poItemId=item_id, **values)
    assert answer.status == 200, answer.text
    return answer.json


def confirm(sandbox: Any, item_id: int, boxes: int) -> Any:
    answer = sandbox.call("purchase.order.item.confirm", poItemId=item_id, quantityConfirmed=boxes)
    assert answer.status == 200, answer.text
    return answer.json


def order(sandbox: Any, number: str) -> Any:
    (found,) = sandbox.call("purchase.order.list", number=number).json["purchaseOrders"]
    return found


def lines(sandbox: Any, number: str) -> dict[int, Any]:
    return {line["poItemId"]: line for line in order(sandbox, number)["details"]}


def sound(sandbox: Any) -> None:
    with sandbox.engine.connect() as connection:
        assert broken(connection) == []


def refusal(answer: Any) -> str:
    assert answer["status"] == 0, answer
    text: str = answer["message"]
    return text


def test_shipping_a_line_makes_boxes_in_transit(sandbox: Any) -> None:
    assert len(ship(sandbox)["boxCodes"]) == 2
    line = lines(sandbox, "31878")[LINE]
    assert (line["awb"], line["confirmedBoxes"], len(line["boxes"])) == ("729-1234-5777", 2, 2)
    with sandbox.engine.connect() as connection:
        n, b, a = t.inventory_lines.c, t.boxes.c, t.awbs.c
        (stock,) = connection.execute(select(t.inventory_lines).where(n.purchase_order_item_id == LINE)).all()
        states = connection.execute(select(b.state).where(b.inventory_line_id == stock.id)).scalars().all()
        awb = connection.execute(select(t.awbs).where(a.id == stock.awb_id)).one()
    assert (stock.inventory_type, stock.received_boxes, stock.lot_number) == ("M", 0, line["lotNumber"])
    assert stock.landed_cost > stock.unit_cost
    assert states == ["in_transit", "in_transit"]
    assert (awb.origin_code, awb.ship_date, awb.arrival_date) == ("BOG", day(1), day(3))
    sound(sandbox)


def test_shipping_fewer_boxes_splits_the_line(sandbox: Any) -> None:
    answer = ship(sandbox, cast.PO_ITEM_TO_CONFIRM, boxCodes=["RX1", "RX2", "RX3", "RX4"], lotNumber="234232")
    assert answer["boxCodes"] == ["RX1", "RX2", "RX3", "RX4"]
    found = lines(sandbox, "31877")
    shipped, rest = found[cast.PO_ITEM_TO_CONFIRM], found[answer["newPOItemId"]]
    assert (shipped["totalBoxes"], shipped["confirmedBoxes"], shipped["lotNumber"]) == (4, 4, 234232)
    assert (rest["totalBoxes"], rest["confirmedBoxes"], rest["prebook"]) == (2, 0, "20417")
    assert "awb" not in rest
    behind = sandbox.call("purchase.order.va.details.list", purchaseOrderNumbers="31877").json["purchaseOrders"]
    allocated = {
        line["poItemId"]: [offer["unitsAllocated"] for offer in line["vendorAvailabilityDetails"]]
        for line in behind[0]["details"]
    }
    assert (allocated[shipped["poItemId"]], allocated[rest["poItemId"]]) == ([48], [24])
    sound(sandbox)


def test_shipped_prebook_boxes_are_the_customers(sandbox: Any) -> None:
    ship(sandbox, cast.PO_ITEM_TO_CONFIRM)
    with sandbox.engine.connect() as connection:
        n = t.inventory_lines.c
        stock = connection.execute(
            select(t.inventory_lines).where(n.purchase_order_item_id == cast.PO_ITEM_TO_CONFIRM)
        ).one()
    assert (stock.inventory_type, stock.customer_id, stock.prebook_item_id) == ("P", cast.PETAL, 930120)


def test_future_boxes_taken_by_prebooks_ship_for_their_customers(sandbox: Any) -> None:
    for prebook_id, boxes in ((cast.PREBOOK_TO_UPDATE, 8), (cast.PREBOOK_TO_DELETE, 5)):
        added = sandbox.call(
            "prebook.future.item.add",
            prebookId=prebook_id,
            inventoryId=cast.PO_ITEM_FUTURE,
            boxes=boxes,
            price=11.2,
        )
        assert added.json["status"] == 1, added.text
    answer = ship(sandbox, cast.PO_ITEM_FUTURE, boxCodes=[f"RX{index}" for index in range(10)])
    with sandbox.engine.connect() as connection:
        n, i = t.inventory_lines.c, t.prebook_items.c
        stock = connection.execute(
            select(n.inventory_type, n.prebook_item_id)
            .where(n.purchase_order_item_id == cast.PO_ITEM_FUTURE)
            .order_by(n.id)
        ).all()
        moved = connection.execute(select(i.total_boxes).where(i.future_po_item_id == answer["newPOItemId"])).scalars()
        assert moved.all() == [5], "five boxes do not fit beside eight in ten"
    assert [row.inventory_type for row in stock] == ["M", "P"]
    sound(sandbox)


def test_prebooked_future_boxes_are_not_split(sandbox: Any) -> None:
    added = sandbox.call(
        "prebook.future.item.add",
        prebookId=cast.PREBOOK_TO_DELETE,
        inventoryId=cast.PO_ITEM_FUTURE,
        boxes=18,
        price=11.2,
    )
    assert added.json["status"] == 1, added.text
    refused = refusal(ship(sandbox, cast.PO_ITEM_FUTURE, boxCodes=[f"RX{index}" for index in range(10)]))
    assert "cannot be split" in refused
    assert "cannot be deleted" in refusal(sandbox.call("purchase.order.item.delete", poItemId=cast.PO_ITEM_FUTURE).json)


@pytest.mark.parametrize(
    ("item_id", "fields", "reason"),
    [
        (1, {}, "line 1 does not exist"),
        (265135, {}, "is cancelled"),
        (cast.PO_ITEM_SHIPPED, {}, "is on an AWB already"),
        (LINE, {"boxCodes": ["RX1", "RX2", "RX3"]}, "has 2 boxes, 3 box codes"),
        (LINE, {"boxCodes": ["RX1", "RX1"]}, "sent twice"),
        (LINE, {"boxCodes": ["KS6310021"]}, "KS6310021 is in use"),
        (LINE, {"boxCodes": [" "]}, "is empty"),
        (LINE, {"lotNumber": "20460"}, "in the range 1000 to 99999"),
        (LINE, {"lotNumber": "A-17"}, "is not a number"),
    ],
)
def test_lines_that_cannot_ship(sandbox: Any, item_id: int, fields: dict[str, Any], reason: str) -> None:
    assert reason in refusal(ship(sandbox, item_id, **fields))
    sound(sandbox)


def test_a_product_called_unknown_does_not_ship(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        connection.execute(
            update(t.products).where(t.products.c.id == cast.RSFR50).values(description="UNKNOWN", is_assorted=False)
        )
    assert "not mapped" in refusal(ship(sandbox))


def test_vendors_ship_their_own_approved_lines(sandbox: Any) -> None:
    assert "does not exist" in refusal(ship(sandbox, 265130, "vendor"))
    with sandbox.engine.connect() as connection:
        query = select(t.tokens.c.token).where(t.tokens.c.vendor_id == cast.ALTAM)
        altamira = connection.execute(query).scalars().first()
    assert "not approved yet" in refusal(ship(sandbox, 265130, altamira))
    confirm(sandbox, 265130, 6)
    assert ship(sandbox, 265130, altamira)["status"] == 1


def test_a_line_that_fails_does_not_undo_the_others(sandbox: Any) -> None:
    lots = [
        {
            "poItemId": 265122,
            "awb": "729-1234-5690",
            "shipDate": f"{day(1)}",
            "houseAWB": "H-1",
            "boxCodes": ["RX1", "RX2"],
        },
        {"poItemId": 265123, "awb": "729-1234-5690", "shipDate": f"{day(1)}", "boxCodes": ["RX1"]},
        {"poItemId": 265130, "awb": "729-1234-5690", "shipDate": f"{day(1)}"},
    ]
    answer = sandbox.call("purchase.order.items.awb.add", poItems=lots, vendorId=cast.MONTE).json
    results = answer["purchaseOrderItemDetailsAWBAddAPIResultList"]
    assert answer["status"] == 1
    assert [one["status"] for one in results] == [1, 0, 0]
    assert "RX1 is in use" in results[1]["message"]
    assert f"not one of vendor {cast.MONTE}" in results[2]["message"]
    found = lines(sandbox, "31878")
    assert found[265122]["boxes"] == [{"boxCode": "RX1"}, {"boxCode": "RX2"}]
    assert "awb" not in found[265123]
    again = sandbox.call("purchase.order.items.awb.add", poItems=lots[:1]).json
    assert again["status"] == 0
    sound(sandbox)


def test_shipping_needs_awb_and_date(sandbox: Any) -> None:
    answer = sandbox.call("purchase.order.item.awb.add", poItemId=LINE, awb="", shipDate=f"{day(1)}")
    assert answer.status == 400
    blank = refusal(ship(sandbox, awb=" - "))
    assert "AWB number is required" in blank


def test_confirming_every_line_confirms_the_order(sandbox: Any) -> None:
    confirm(sandbox, cast.PO_ITEM_TO_CONFIRM, 4)
    assert order(sandbox, "31877")["status"] == "Approved"
    partial = sandbox.call("purchase.order.list", number="31877", statusLine="Partial Confirmed").json
    assert [line["poItemId"] for line in partial["purchaseOrders"][0]["details"]] == [cast.PO_ITEM_TO_CONFIRM]
    confirm(sandbox, 265120, 4)
    assert order(sandbox, "31877")["status"] == "Confirmed by Farm"
    confirm(sandbox, 265120, 0)
    assert order(sandbox, "31877")["status"] == "Approved"


def test_what_cannot_be_confirmed(sandbox: Any) -> None:
    assert "7 cannot be confirmed" in refusal(confirm(sandbox, cast.PO_ITEM_TO_CONFIRM, 7))
    assert "is cancelled" in refusal(confirm(sandbox, 265135, 1))
    assert "on an AWB" in refusal(confirm(sandbox, cast.PO_ITEM_SHIPPED, 1))
    with sandbox.engine.begin() as connection:
        i = t.purchase_order_items
        connection.execute(update(i).where(i.c.id == cast.PO_ITEM_TO_CONFIRM).values(checkout_pending=True))
    said = refusal(confirm(sandbox, cast.PO_ITEM_TO_CONFIRM, 6))
    assert said.endswith("Please try again after 60 minutes.")


def test_deleting_a_line_opens_its_prebook_boxes_again(sandbox: Any) -> None:
    buy = {
        "shipDate": f"{day(1)}",
        "vendorId": cast.MONTE,
        "companyLocationCode": "MIA",
        "purchaseOrderItems": [
            {"prebookItemId": 930120, "boxTypeCode": "HB", "boxes": 6, "unitType": "Bunch", "bunches": 12}
            | {"stemsBunch": 25, "cost": 7.25}
        ],
    }
    assert sandbox.call("purchase.order.create", **buy).json["status"] == 0
    deleted = sandbox.call("purchase.order.item.delete", "vendor", poItemId=cast.PO_ITEM_TO_CONFIRM).json
    assert deleted["status"] == 1
    assert list(lines(sandbox, "31877")) == [265120]
    assert sandbox.call("purchase.order.create", **buy).json["status"] == 1
    sound(sandbox)


def test_an_order_without_lines_is_cancelled(sandbox: Any) -> None:
    assert sandbox.call("purchase.order.item.delete", poItemId=265130).json["status"] == 1
    with sandbox.engine.connect() as connection:
        status = select(t.purchase_orders.c.status).where(t.purchase_orders.c.number == 31879)
        assert connection.execute(status).scalar() == "Cancelled"


def test_lines_that_cannot_be_deleted(sandbox: Any) -> None:
    shipped = sandbox.call("purchase.order.item.delete", poItemId=cast.PO_ITEM_SHIPPED).json
    assert "on an AWB" in refusal(shipped)
    assert "does not exist" in refusal(sandbox.call("purchase.order.item.delete", "vendor", poItemId=265130).json)


def test_price_shows_in_future_inventory(sandbox: Any) -> None:
    sandbox.call("purchase.order.item.price.update", purchaseOrderItemId=cast.PO_ITEM_FUTURE, price=12.9)
    offered = sandbox.call(
        "future.inventory.openmarket.list", dateFrom=day(3), dateTo=day(8), customerId=cast.PETAL, locationId=9
    ).json["inventoryItems"]
    assert {one["inventoryId"]: one["price"] for one in offered}[cast.PO_ITEM_FUTURE] == 12.9


def test_prices_that_cannot_be_set(sandbox: Any) -> None:
    for item_id, price, reason in ((cast.PO_ITEM_FUTURE, -1, "negative"), (265135, 5, "cancelled")):
        answer = sandbox.call("purchase.order.item.price.update", purchaseOrderItemId=item_id, price=price).json
        assert reason in refusal(answer)


def test_reference_shows_on_the_line(sandbox: Any) -> None:
    for item_id, number in ((cast.PO_ITEM_TO_CONFIRM, "31877"), (cast.PO_ITEM_SHIPPED, "31873")):
        sandbox.call("purchase.order.item.reference.update", purchaseOrderItemId=item_id, reference="WK07")
        assert lines(sandbox, number)[item_id]["reference"] == "WK07"
    stock = sandbox.call("inventory.list", inventoryType="P", locationId=9).json["inventoryItems"]
    assert {one["orderItemId"]: one.get("reference") for one in stock}[903450] == "WK07"
