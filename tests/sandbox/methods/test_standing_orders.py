"""Standing orders, and the prebooks that come of them as the clock moves."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from komet_console.sandbox.business.standing import run_day
from komet_console.sandbox.control.desk import Desk
from komet_console.sandbox.control.world import World
from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import tables as t

ITEM = {"productId": cast.RSFR50, "boxTypeCode": "HB", "boxes": 4, "unitType": "Bunch", "bunches": 12, "stemsBunch": 25}


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def add(sandbox: Any, **fields: Any) -> Any:
    values = {
        "customerId": cast.PETAL,
        "carrierId": cast.EVERGLADES,
        "startDate": f"{day(10)}",
        "companyLocationCode": "MIA",
        "customerPO": "SO-1",
        "recurrence": 1,
        "truckDays": f"{day(10):%A}",
        "items": [{**ITEM, "identifier": "roses", "price": 10.5, "markCode": "SM", "vendorId": cast.MONTE}],
        **fields,
    }
    return sandbox.call("v2/standing-order:post", "customer", **values)


def listed(sandbox: Any, **filters: Any) -> list[Any]:
    span = {"dateFrom": day(-200), "dateTo": day(200), **filters}
    found: list[Any] = sandbox.call("standing.order.list", **span).json["standingOrders"]
    return found


def prebooks(sandbox: Any, number: int) -> list[Any]:
    found: list[Any] = sandbox.call("prebook.list", dateFrom=day(0), dateTo=day(120), soNumber=number).json["prebooks"]
    return found


def move_clock(sandbox: Any, days: int) -> None:
    World(Desk(sandbox.engine, sandbox.state, lambda _events: None)).set_clock(None, {"days": days})  # type: ignore[arg-type]


def test_added_order_is_listed(sandbox: Any) -> None:
    made = add(sandbox, recurrence=2, truckDays="Friday, monday").json
    (order,) = listed(sandbox, customer="petal", number="1189")
    assert (order["id"], order["days"], order["recurrence"]) == (made["standingOrderId"], "Monday,Friday", 2)
    assert order["details"][0]["id"] == made["items"][0]["standingOrderItemId"]
    assert made["items"][0]["identifier"] == "roses"
    assert (order["details"][0]["totalUnits"], order["details"][0]["totalPrice"]) == (48, 504)
    assert "endDate" not in order
    assert [one["number"] for one in listed(sandbox, status="Cancelled")] == [1188]
    assert {1187, 1188, 1189} <= {one["number"] for one in listed(sandbox, status="All")}
    assert listed(sandbox, number="no number") == []
    assert [one["number"] for one in listed(sandbox, dateTo=day(5), customerId=cast.PETAL)] == [1187]


def test_added_order_makes_prebooks_as_the_clock_moves(sandbox: Any) -> None:
    add(sandbox, endDate=f"{day(40)}", recurrence=2)
    (order,) = listed(sandbox, number="1189")
    assert prebooks(sandbox, order["number"]) == []
    move_clock(sandbox, 2)
    assert prebooks(sandbox, order["number"]) == []
    move_clock(sandbox, 3)
    (made,) = prebooks(sandbox, order["number"])
    assert (made["truckDate"], made["type"], made["customerPONumber"]) == (f"{day(10)}", "S", "SO-1")
    details = sandbox.call("prebook.details.list", date=day(10), soNumber=1189).json["prebooks"]
    (line,) = details[0]["details"]
    assert (line["totalBoxes"], line["unitPrice"], line["vendorId"], line["markCode"]) == (4, 10.5, cast.MONTE, "SM")
    # back and forth again: none twice; a leap makes all that lie between, every second week until the end
    move_clock(sandbox, 0)
    move_clock(sandbox, 60)
    assert [one["truckDate"] for one in prebooks(sandbox, 1189)] == [f"{day(at)}" for at in (10, 24, 38)]


def test_the_seeded_order_goes_on_every_monday(sandbox: Any) -> None:
    (before,) = prebooks(sandbox, 1187)
    move_clock(sandbox, 21)
    dates = [date.fromisoformat(one["truckDate"]) for one in prebooks(sandbox, 1187)]
    assert dates[0] == date.fromisoformat(before["truckDate"])
    assert len(dates) >= 3
    assert {(after - first).days for first, after in itertools.pairwise(dates)} == {7}


def test_an_order_that_starts_soon_has_its_prebooks_at_once(sandbox: Any) -> None:
    add(sandbox, startDate=f"{day(-14)}", truckDays=f"{day(3):%A}", items=[ITEM])
    (made,) = prebooks(sandbox, 1189)
    assert made["truckDate"] == f"{day(3)}"
    with sandbox.engine.begin() as connection:
        assert run_day(connection, cast.COMPANY, day(0)) == 0
    lines = sandbox.call("prebook.details.list", date=day(3), soNumber=1189).json["prebooks"][0]["details"]
    assert lines[0]["unitPrice"] > 0


def test_change_counts_for_prebooks_to_come(sandbox: Any) -> None:
    (before,) = prebooks(sandbox, 1187)
    fields = {
        "customerId": cast.PETAL,
        "carrierId": cast.SEMINOLE,
        "startDate": f"{day(-29)}",
        "standingOrderID": cast.STANDING_ORDER,
        "standingOrderItemId": cast.STANDING_ORDER_ITEM,
        "companyLocationCode": "MIA",
        "recurrence": 1,
        "truckDays": "Monday",
        "shipToId": cast.SHIPTO,
        "items": [
            {"boxes": 9, "price": 12.5},
            {"identifier": f"line-{cast.STANDING_ORDER_ITEM_TO_DELETE}", "boxes": 1},
        ],
    }
    answer = sandbox.call("v2/standing-order:put", "customer", **fields)
    assert answer.json["status"] == 1, answer.text
    (order,) = listed(sandbox, number="1187")
    assert order["carrierName"] == "Seminole Floral Express"
    assert [(one["totalBoxes"], one["unitPrice"]) for one in order["details"]] == [(9, 12.5), (1, 6.9)]
    move_clock(sandbox, 14)
    old, *new = prebooks(sandbox, 1187)
    assert old == before
    assert {one["carrierId"] for one in new} == {cast.SEMINOLE}
    truck = date.fromisoformat(new[0]["truckDate"])
    lines = sandbox.call("prebook.details.list", date=truck, soNumber=1187).json["prebooks"][0]["details"]
    assert [line["totalBoxes"] for line in lines] == [9, 1]


def test_deleted_item_leaves_the_order_but_not_its_prebooks(sandbox: Any) -> None:
    ids = {"standingOrderId": cast.STANDING_ORDER, "standingOrderItemId": cast.STANDING_ORDER_ITEM_TO_DELETE}
    assert sandbox.call("v2/standing-order/item", **ids).json["status"] == 1
    (order,) = listed(sandbox, number="1187")
    assert [one["id"] for one in order["details"]] == [cast.STANDING_ORDER_ITEM]
    (made,) = prebooks(sandbox, 1187)
    truck = date.fromisoformat(made["truckDate"])
    (kept,) = sandbox.call("prebook.details.list", date=truck, soNumber=1187).json["prebooks"]
    assert len(kept["details"]) == 2
    again = sandbox.call("v2/standing-order/item", **ids)
    assert again.json["status"] == 0
    assert "has no item" in again.json["message"]


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"customerId": cast.CGPETALS}, 200, "does not exist"),
        ({"endDate": "2020-01-01"}, 200, "ends before it starts"),
        ({"invoiceNotes": "x" * 201}, 200, "200 characters"),
        ({"shipToId": 1}, 200, "is not one of the customer"),
        ({"shipToId": cast.SHIPTO + 10**6}, 200, "does not exist"),
        ({"companyLocationCode": None}, 200, "location is required"),
        ({"recurrence": 5}, 400, "recurrence"),
        ({"truckDays": "Someday"}, 400, "truckDays"),
        ({"truckDays": ","}, 400, "truckDays"),
        ({"items": []}, 400, "items must have"),
        ({"items": [{**ITEM, "boxes": -1}]}, 400, "items[0].boxes"),
    ],
)
def test_refused_orders(sandbox: Any, change: dict[str, Any], status: int, said: str) -> None:
    answer = add(sandbox, **change)
    assert answer.status == status, answer.text
    assert answer.json["status"] == 0
    assert said in answer.json["message"]
    assert listed(sandbox, number="1189") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"standingOrderID": 70216, "standingOrderItemId": 90435}, "is cancelled"),
        ({"standingOrderItemId": 90435}, "has no item"),
        ({"standingOrderID": 1}, "does not exist"),
        ({"customerId": cast.BLOOM2}, "is not of the customer"),
        ({"startDate": "2099-01-01"}, "ends before it starts"),
        ({"items": [{"identifier": "nothing", "boxes": 1}]}, "no item with the identifier"),
    ],
)
def test_refused_changes(sandbox: Any, change: dict[str, Any], said: str) -> None:
    fields = {
        "customerId": cast.PETAL,
        "carrierId": cast.EVERGLADES,
        "startDate": f"{day(-29)}",
        "standingOrderID": cast.STANDING_ORDER,
        "standingOrderItemId": cast.STANDING_ORDER_ITEM,
        "companyLocationCode": "MIA",
        "recurrence": 1,
        "truckDays": "Monday",
    }
    answer = sandbox.call("v2/standing-order:put", **{**fields, **change})
    assert answer.json["status"] == 0, answer.text
    assert said in answer.json["message"]


def test_another_customer_cannot_change_it(sandbox: Any) -> None:
    token = next(value for value in _customer_tokens(sandbox) if value != sandbox.token("customer"))
    ids = {"standingOrderId": cast.STANDING_ORDER, "standingOrderItemId": cast.STANDING_ORDER_ITEM}
    answer = sandbox.call("v2/standing-order/item", token, **ids)
    assert answer.json["status"] == 0
    assert "does not exist" in answer.json["message"]


def _customer_tokens(sandbox: Any) -> list[str]:
    with sandbox.engine.begin() as connection:
        tokens = t.tokens.c
        return list(connection.execute(select(tokens.token).where(tokens.kind == "customer")).scalars())
