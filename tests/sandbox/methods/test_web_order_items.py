"""Lines of web orders: where they go, what they take, what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import tables as t

HERE = {"customerId": cast.PETAL, "companyLocationId": cast.MIAMI}


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def done(answer: Any) -> Any:
    assert answer.status == 200, answer.text
    assert str(answer.json["status"]) == "1", answer.text
    return answer.json


def refusal(answer: Any) -> str:
    assert answer.status == 200, answer.text
    assert str(answer.json["status"]) == "0", answer.text
    return str(answer.json["message"])


def add(sandbox: Any, token: str = "user", **fields: Any) -> Any:
    """Two boxes of the line that samples name, or what the fields say."""
    values = {
        "inventoryIds": f"{cast.LINE}",
        "inventoryOrigin": 1,
        "price": 11.5,
        "quantity": 2,
        "carrierId": cast.EVERGLADES,
        "date": f"{day(3)}",
        **HERE,
        **fields,
    }
    return sandbox.call("web-order-item.add", token, **{key: one for key, one in values.items() if one is not None})


def listed(sandbox: Any, order_id: int) -> Any:
    (order,) = done(sandbox.call("web-order-details.list", "user", webOrderId=order_id, **HERE))["webOrders"]
    return order


def test_added_line_is_listed_and_counted(sandbox: Any) -> None:
    before = listed(sandbox, cast.WEB_ORDER)
    done(add(sandbox, webOrderId=cast.WEB_ORDER, shipToId=cast.SHIPTO, markCode="VDAY"))
    after = listed(sandbox, cast.WEB_ORDER)
    (line,) = [one for one in after["items"] if one not in before["items"]]
    assert (line["quantity"], line["price"], line["boxTypeCode"]) == (2, 11.5, "HB")
    assert (line["shipToId"], line["markCode"], line["date"]) == (cast.SHIPTO, "VDAY", f"{day(3)}")
    # 2 boxes of 12 bunches at 11.50; the fuel surcharge of 35.00 counts once for the order
    assert after["subtotal"] == before["subtotal"] + 276
    assert after["additionalCharges"] == 35
    assert after["total"] == after["subtotal"] + 35


def test_taxes_count_for_customers_that_pay_them(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        connection.execute(update(t.customers).where(t.customers.c.id == cast.PETAL).values(charge_tax=True))
    order = listed(sandbox, done(add(sandbox))["webOrderId"])
    # 276.00 at 7 percent
    assert order["total"] == 276 + 35 + 19.32


def test_without_an_order_lines_of_one_delivery_come_together(sandbox: Any) -> None:
    # so far that no seeded order goes the same way
    first = done(add(sandbox, date=f"{day(6)}"))["webOrderId"]
    assert done(add(sandbox, date=f"{day(6)}", quantity=1))["webOrderId"] == first
    assert done(add(sandbox, date=f"{day(7)}"))["webOrderId"] != first
    assert done(add(sandbox, date=f"{day(6)}", carrierId=cast.SEMINOLE))["webOrderId"] != first
    assert done(add(sandbox, date=f"{day(6)}", shipToId=cast.SECOND_SHIPTO))["webOrderId"] != first
    assert done(add(sandbox, "customer", date=f"{day(6)}"))["webOrderId"] != first


def test_ids_of_one_shop_line_are_taken_in_turn(sandbox: Any) -> None:
    first, second = cast.OFFER_ASSORTED
    answer = add(sandbox, inventoryIds=f"{first},{second}", inventoryOrigin=3, quantity=15, price=6.6)
    order_id = done(answer)["webOrderId"]
    with sandbox.engine.begin() as connection:
        i = t.web_order_items.c
        rows = connection.execute(
            select(i.availability_item_id, i.quantity).where(i.web_order_id == order_id).order_by(i.id)
        ).all()
    assert [tuple(row) for row in rows] == [(first, 12), (second, 3)]


def test_reserved_line_is_for_its_customer_when_asked_for(sandbox: Any) -> None:
    reserved = {"inventoryIds": f"{cast.RESERVED_LINE}", "quantity": 1, "price": 13}
    assert "is not available" in refusal(add(sandbox, **reserved))
    done(add(sandbox, **reserved, reservedInventory=True))
    assert "is not available" in refusal(add(sandbox, **reserved, reservedInventory=True, customerId=cast.CGPETALS))


def test_product_without_a_line_needs_transactional_access(sandbox: Any) -> None:
    product = {
        "inventoryIds": None,
        "inventoryOrigin": None,
        "productCode": "RSFR50",
        "boxTypeCode": "HB",
        "unitsPerBox": 12,
        "unitType": "Bunch",
    }
    order_id = done(add(sandbox, **product))["webOrderId"]
    assert listed(sandbox, order_id)["items"][-1]["productDescription"] == "Rose Freedom 50cm"
    by_id = {**product, "productCode": None, "companyProductId": cast.RSFR50, "unitType": "Stem", "unitsPerBox": 310}
    order_id = done(add(sandbox, **by_id))["webOrderId"]
    assert listed(sandbox, order_id)["subtotal"] == 276 + 2 * 310 * 11.5
    assert "must be 1 or more" in refusal(add(sandbox, **{**product, "unitsPerBox": 0}))
    basic = token_value(1, "customer", "basic")
    assert "Transactional API Access" in refusal(add(sandbox, basic, **product, customerId=cast.CGPETALS))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"quantity": 0}, "quantity must be 1 or more"),
        ({"price": -1}, "must not be negative"),
        ({"quantity": 11}, "Only 10 boxes are available"),
        ({"date": f"{day(-1)}"}, "is past"),
        ({"date": f"{day(30)}"}, "cannot be had on"),
        ({"carrierId": 124}, "with carrier 124"),
        ({"carrierId": cast.TAMPA_CARGO}, "does not deliver to customers"),
        ({"carrierId": 125}, "does not deliver to customers"),
        ({"carrierId": 999}, "carrier 999 does not exist"),
        ({"shipToId": 999}, "ship-to 999 does not exist"),
        ({"inventoryIds": "999"}, "inventory line 999 is not available"),
        ({"inventoryIds": "903430"}, "inventory line 903430 is not available"),
        ({"inventoryIds": f"{cast.LINE},{cast.ASSORTED_LINE}"}, "not of one product and pack"),
        ({"webOrderId": 999}, "web order 999 does not exist"),
        ({"webOrderId": 30221}, "is checked out"),
        ({"webOrderId": cast.WEB_ORDER, "companyLocationId": cast.BOGOTA}, "belongs to another location"),
        ({"webOrderId": cast.WEB_ORDER, "customerId": cast.CGPETALS}, f"web order {cast.WEB_ORDER} does not exist"),
        ({"customerId": cast.BLOOM2}, "does not exist"),
    ],
)
def test_refused(sandbox: Any, fields: dict[str, Any], said: str) -> None:
    assert said in refusal(add(sandbox, **fields))


def test_ship_to_of_another_customer_is_refused(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        s = t.customer_shiptos
        connection.execute(update(s).where(s.c.id == cast.SECOND_SHIPTO).values(customer_id=cast.BLOOM2))
    assert "is not one of customer" in refusal(add(sandbox, shipToId=cast.SECOND_SHIPTO))


def test_the_cart_counts_what_it_has_already(sandbox: Any) -> None:
    # the order has 2 of the 10 boxes
    assert "Only 8 boxes are available, 9" in refusal(add(sandbox, webOrderId=cast.WEB_ORDER, quantity=9))
    done(add(sandbox, webOrderId=cast.WEB_ORDER, quantity=8))


def test_deleted_line_leaves_the_order(sandbox: Any) -> None:
    done(sandbox.call("web-order-item.delete", "user", webOrderId=cast.WEB_ORDER, webOrderItemId=88122, **HERE))
    order = listed(sandbox, cast.WEB_ORDER)
    assert [line["webOrderItemId"] for line in order["items"]] == [88121]
    assert (order["subtotal"], order["total"]) == (276, 311)
    done(sandbox.call("web-order-item.delete", "user", webOrderId=cast.WEB_ORDER, webOrderItemId=88121, **HERE))
    assert listed(sandbox, cast.WEB_ORDER)["total"] == 0


def test_only_lines_of_a_pending_order_can_be_deleted(sandbox: Any) -> None:
    for order_id, item_id, said in ((cast.WEB_ORDER, 88123, "has no item"), (30221, 88125, "is checked out")):
        answer = sandbox.call("web-order-item.delete", "user", webOrderId=order_id, webOrderItemId=item_id, **HERE)
        assert said in refusal(answer)
