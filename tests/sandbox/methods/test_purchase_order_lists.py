"""Lists of purchase orders."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value

ROSES = {"boxTypeCode": "HB", "boxes": 6, "unitType": "Bunch", "bunches": 12, "stemsBunch": 25, "cost": 7.25}


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def listed(sandbox: Any, token: str = "company", **filters: Any) -> list[Any]:
    answer = sandbox.call("purchase.order.list", token, **filters)
    assert answer.status == 200, answer.text
    orders: list[Any] = answer.json["purchaseOrders"]
    return orders


def create(sandbox: Any, **fields: Any) -> Any:
    item = {"prebookItemId": cast.PREBOOK_ITEM, **ROSES}
    values = {"shipDate": f"{day(40)}", "vendorId": cast.MONTE, "companyLocationCode": "MIA", **fields}
    return sandbox.call("purchase.order.create", purchaseOrderItems=[item], carrierId=cast.TAMPA_CARGO, **values).json


@pytest.mark.parametrize(
    ("hit", "miss"),
    [
        ({"vendorId": cast.MONTE}, {"vendorId": cast.ALTAM}),
        ({"vendor": "monteverde"}, {"vendor": "altam"}),
        ({"vendor": "ONT"}, {"vendor": "%"}),
        ({"customerId": cast.PETAL}, {"customerId": 7350}),
        ({"customerPONumber": "vday-2026"}, {"customerPONumber": "VDAY"}),
        ({"product": "freedom"}, {"product": "tulip"}),
        ({"origin": "bog"}, {"origin": "UIO"}),
        ({"prebook": "20418"}, {"prebook": "2041"}),
        ({"locationId": 9}, {"locationId": 13}),
        ({"status": "approved"}, {"status": "Cancelled"}),
        ({"statusLine": "Pending"}, {"statusLine": "Confirmed"}),
    ],
)
def test_a_created_order_is_found_by_every_filter(sandbox: Any, hit: dict[str, Any], miss: dict[str, Any]) -> None:
    made = create(sandbox)
    assert [one["id"] for one in listed(sandbox, date=day(40), **hit)] == [made["purchaseOrderId"]]
    assert listed(sandbox, date=day(40), **miss) == []


def test_lines_by_their_own_keys(sandbox: Any) -> None:
    (one,) = listed(sandbox, number="31878", purchaseOrderItemIds="265121,265124")
    assert [line["poItemId"] for line in one["details"]] == [265121, 265124]
    assert [order["number"] for order in listed(sandbox, number="P31878")] == [31878]
    (shipped,) = listed(sandbox, awbId=cast.AWB_ARRIVING)
    assert shipped["number"] == 31873
    assert listed(sandbox, inboundTruckId=4) == []
    window = {"futureInventoryAvailableFrom": day(4), "futureInventoryAvailableTo": day(8)}
    assert [order["number"] for order in listed(sandbox, number="31881", **window)] == [31881]
    assert listed(sandbox, number="31877", **window) == []


def test_vendors_see_their_own_orders(sandbox: Any) -> None:
    assert listed(sandbox, "vendor", number="31877", vendorId=cast.ALTAM)[0]["vendorId"] == cast.MONTE
    assert listed(sandbox, number="31879")[0]["vendorId"] == cast.ALTAM
    assert listed(sandbox, "vendor", number="31879") == []


def test_availability_behind_a_prebooked_line_is_listed(sandbox: Any) -> None:
    added = sandbox.call(
        "prebook.vendor.availability.item.add",
        prebookId=cast.PREBOOK_TO_UPDATE,
        inventoryIds=f"{cast.OFFER}",
        quantity=3,
        price=11.2,
    )
    assert added.json["status"] == 1, added.text
    item_id = added.json["prebookItemId"]
    made = sandbox.call(
        "purchase.order.create",
        shipDate=f"{day(3)}",
        vendorId=cast.MONTE,
        companyLocationCode="MIA",
        purchaseOrderItems=[{"prebookItemId": item_id, **ROSES, "boxes": 3}],
    ).json
    (order,) = sandbox.call(
        "purchase.order.va.details.list", purchaseOrderNumbers=made["purchaseOrderNumber"], shipDate=day(3)
    ).json["purchaseOrders"]
    (offer,) = order["details"][0]["vendorAvailabilityDetails"]
    assert (offer["availableFrom"], offer["unitsAllocated"], offer["downgraded"]) == (f"{day(0)}", 36, False)
    other_day = sandbox.call(
        "purchase.order.va.details.list", purchaseOrderNumbers=made["purchaseOrderNumber"], shipDate=day(4)
    )
    assert other_day.json["purchaseOrders"] == []


def test_one_of_numbers_and_items_is_needed(sandbox: Any) -> None:
    assert sandbox.call("purchase.order.va.details.list", shipDate=day(1)).status == 400
    assert sandbox.call("purchase.order.va.details.list", purchaseOrderItemIds="").status == 400


def test_other_companies_see_nothing(sandbox: Any) -> None:
    partner = token_value(1, "company", "partner")
    assert listed(sandbox, partner, number="31877") == []
