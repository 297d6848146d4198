"""What growers offer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import tables as t


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def offers(sandbox: Any, start: int = 0, end: int = 6, **fields: Any) -> dict[int, Any]:
    answer = sandbox.call("vendor.availability.items.list", dateFrom=f"{day(start)}", dateTo=f"{day(end)}", **fields)
    assert answer.status == 200, answer.text
    return {one["inventoryId"]: one for one in answer.json["inventoryItems"]}


def prebook(sandbox: Any, boxes: int) -> None:
    added = sandbox.call(
        "prebook.vendor.availability.item.add",
        prebookId=cast.PREBOOK_TO_UPDATE,
        inventoryIds=f"{cast.OFFER}",
        quantity=boxes,
        price=11.2,
    )
    assert added.json["status"] == 1, added.text


def test_prebooked_boxes_leave_the_offer(sandbox: Any) -> None:
    before = offers(sandbox)[cast.OFFER]
    prebook(sandbox, 4)
    after = offers(sandbox)[cast.OFFER]
    assert (before["quantity"] - after["quantity"], before["totalUnits"] - after["totalUnits"]) == (4, 48)
    prebook(sandbox, after["quantity"])
    assert offers(sandbox)[cast.OFFER]["quantity"] == 0
    assert cast.OFFER not in offers(sandbox, availableOnly=True)


def test_the_period_counts(sandbox: Any) -> None:
    assert cast.OFFER in offers(sandbox, 6, 9)
    assert cast.OFFER not in offers(sandbox, 7, 9)
    assert cast.OFFER not in offers(sandbox, 6, 9, exactDate=True)
    assert cast.OFFER in offers(sandbox, 1, 5, exactDate=True)


def test_the_customer_decides_price_and_vendor(sandbox: Any) -> None:
    plain = offers(sandbox)[cast.OFFER]
    assert "vendor" not in plain
    assert plain["fobPrice"] == plain["price"]
    c = t.customers
    with sandbox.engine.begin() as connection:
        connection.execute(update(c).where(c.c.id == cast.PETAL).values(fob_markup=10, show_vendor=1))
    own = offers(sandbox, customerId=cast.PETAL)[cast.OFFER]
    assert (own["vendor"], own["fobPrice"]) == ("MONTE", round(plain["price"] * 1.1, 2))
    with sandbox.engine.begin() as connection:
        connection.execute(update(c).where(c.c.id == cast.PETAL).values(show_vendor=0))
    assert "vendor" not in offers(sandbox, customerId=cast.PETAL)[cast.OFFER]


def test_only_what_ships_the_asked_way_from_the_asked_place(sandbox: Any) -> None:
    v = t.vendor_availability_items
    with sandbox.engine.begin() as connection:
        connection.execute(update(v).where(v.c.id == cast.OFFER).values(ship_via_id=1, location_id=13))
    assert cast.OFFER not in offers(sandbox)
    assert cast.OFFER in offers(sandbox, shipViaId=1)
    assert cast.OFFER not in offers(sandbox, shipViaId=1, locationId=9)


def test_unknown_customer_and_location_are_refused(sandbox: Any) -> None:
    for fields in ({"customerId": 1}, {"locationId": 1}):
        answer = sandbox.call("vendor.availability.items.list", dateFrom=f"{day(0)}", dateTo=f"{day(6)}", **fields).json
        assert answer["status"] == 0
        assert "does not exist" in answer["message"]
