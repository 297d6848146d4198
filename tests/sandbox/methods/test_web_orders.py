"""Web orders from the empty cart to the invoice, the prebook and the other company's papers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.invariants import broken

HERE = {"customerId": cast.PETAL, "companyLocationId": cast.MIAMI}
PARTNER_TOKEN = token_value(1, "company", "partner")


@pytest.fixture(autouse=True)
def _nothing_breaks(sandbox: Any) -> Iterator[None]:
    """After every test all sums and box places are right."""
    yield
    with sandbox.engine.begin() as connection:
        assert broken(connection) == []


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


def create(sandbox: Any, token: str = "user", **fields: Any) -> int:
    values = {**HERE, "companyId": cast.COMPANY, **fields}
    return int(done(sandbox.call("web-order.create", token, **values))["webOrderId"])


def add(sandbox: Any, order_id: int, line_id: int, origin: int, boxes: int, token: str = "user", **fields: Any) -> None:
    values = {
        "webOrderId": order_id,
        "inventoryIds": f"{line_id}",
        "inventoryOrigin": origin,
        "price": 12,
        "quantity": boxes,
        "carrierId": cast.EVERGLADES,
        "date": f"{day(5)}",
        **HERE,
        **fields,
    }
    done(sandbox.call("web-order-item.add", token, **{key: one for key, one in values.items() if one is not None}))


def check_out(sandbox: Any, order_id: int, token: str = "user", **fields: Any) -> Any:
    return sandbox.call("web-order.checkout", token, **{**HERE, "webOrderId": order_id, **fields})


def orders(sandbox: Any, order_id: int, token: str = "user", **fields: Any) -> Any:
    return done(sandbox.call("web-order-details.list", token, **{**HERE, "webOrderId": order_id, **fields}))[
        "webOrders"
    ]


def invoices_of(sandbox: Any, order_id: int) -> list[int]:
    with sandbox.engine.begin() as connection:
        n = t.invoices.c
        return list(connection.execute(select(n.id).where(n.web_order_id == order_id).order_by(n.id)).scalars())


def invoice(sandbox: Any, invoice_id: int, token: str = "company", account: int = cast.COMPANY) -> Any:
    """The invoice as invoice.details.list shows it."""
    found = done(sandbox.call("invoice.details.list", token, account=account, orderId=invoice_id))
    return found["invoices"][0]


def left(sandbox: Any, line_id: int, origin: int) -> int:
    values = {"date": f"{day(5)}", "availableFrom": f"{day(0)}", "availableTo": f"{day(9)}", **HERE}
    named = {"inventoryLineIds": f"{line_id}", "inventoryOrigin": origin}
    answer = sandbox.call("ecommerce/inventory.get", **named, **values)
    return int(answer.json["quantity"]) if str(answer.json["status"]) == "1" else 0


def prebooks(sandbox: Any) -> dict[int, Any]:
    """The e-commerce prebooks of the truck date, with lines."""
    shown = done(sandbox.call("prebook.details.list", date=f"{day(5)}", customerId=cast.PETAL))["prebooks"]
    fresh = done(
        sandbox.call("prebook.list", dateFrom=f"{day(5)}", dateTo=f"{day(5)}", isEcommerce="1", checkOutStatus="1")
    )["prebooks"]
    ids = {one["id"] for one in fresh}
    return {one["id"]: one for one in shown if one["id"] in ids}


def test_created_order_is_listed_empty(sandbox: Any) -> None:
    order_id = create(sandbox, "customer")
    (order,) = orders(sandbox, order_id, "customer")
    assert (order["statusId"], order["total"], order["items"]) == (1, 0, [])
    assert order["number"] == 4131
    assert orders(sandbox, order_id, companyLocationId=cast.BOGOTA) == []
    assert orders(sandbox, order_id, statusId=2) == []


def test_create_refuses_another_company_and_inactive_customers(sandbox: Any) -> None:
    other = sandbox.call("web-order.create", "user", **HERE, companyId=cast.PARTNER)
    assert "is another one than the account's" in refusal(other)
    with sandbox.engine.begin() as connection:
        connection.execute(update(t.customers).where(t.customers.c.id == cast.PETAL).values(active=False))
    assert "is inactive" in refusal(sandbox.call("web-order.create", "user", **HERE, companyId=cast.COMPANY))


def test_customers_see_only_their_own_orders(sandbox: Any) -> None:
    basic = token_value(1, "customer", "basic")
    assert orders(sandbox, cast.WEB_ORDER, basic, customerId=cast.CGPETALS) == []
    answer = sandbox.call("web-order-details.list", basic, webOrderId=cast.WEB_ORDER, **HERE)
    assert "does not exist" in refusal(answer)


def test_checkout_makes_an_invoice_pending_approval(sandbox: Any) -> None:
    order_id = create(sandbox)
    add(sandbox, order_id, cast.LINE, 1, 3)
    add(sandbox, order_id, cast.ASSORTED_LINE, 1, 1, price=6.9)
    assert left(sandbox, cast.LINE, 1) == 10
    done(check_out(sandbox, order_id, customerPo="PO-1"))
    assert left(sandbox, cast.LINE, 1) == 7
    assert orders(sandbox, order_id) == []
    (order,) = orders(sandbox, order_id, statusId=2)
    (invoice_id,) = invoices_of(sandbox, order_id)
    made = invoice(sandbox, invoice_id)
    assert (made["status"], made["total"]) == (0, order["total"])
    listed = done(
        sandbox.call(
            "invoice.list", orderDateFrom=f"{day(5)}", orderDateTo=f"{day(5)}", isEcommerce="1", orderId=invoice_id
        )
    )["invoices"]
    assert [(one["id"], one["poNumber"]) for one in listed] == [(invoice_id, "PO-1")]


def test_one_invoice_for_each_delivery(sandbox: Any) -> None:
    order_id = create(sandbox)
    add(sandbox, order_id, cast.LINE, 1, 1)
    add(sandbox, order_id, cast.LINE, 1, 1, date=f"{day(6)}")
    add(sandbox, order_id, cast.LINE, 1, 1, shipToId=cast.SHIPTO)
    done(check_out(sandbox, order_id))
    dates = sorted(invoice(sandbox, one)["shipDate"] for one in invoices_of(sandbox, order_id))
    assert dates == [f"{day(5)}", f"{day(5)}", f"{day(6)}"]


def test_what_still_has_to_come_becomes_a_prebook(sandbox: Any) -> None:
    order_id = create(sandbox)
    add(sandbox, order_id, cast.PO_ITEM_FUTURE, 2, 4)
    add(sandbox, order_id, cast.OFFER, 3, 5)
    add(sandbox, order_id, cast.OFFER_ASSORTED[0], 3, 1, price=6.6)
    known = prebooks(sandbox).keys()
    done(check_out(sandbox, order_id, customerPo="PO-2"))
    assert (left(sandbox, cast.PO_ITEM_FUTURE, 2), left(sandbox, cast.OFFER, 3)) == (16, 25)
    (made,) = [one for key, one in prebooks(sandbox).items() if key not in known]
    assert [(line["totalBoxes"], line["vendorId"]) for line in made["details"]] == [(4, 5120), (5, 5120), (1, 5120)]
    assert sum(part["bunches"] for part in made["details"][2]["breakdowns"]) == 20
    assert invoices_of(sandbox, order_id) == []
    # and back again
    done(sandbox.call("web-order.delete", "user", customerId=cast.PETAL, webOrderId=order_id))
    assert (left(sandbox, cast.PO_ITEM_FUTURE, 2), left(sandbox, cast.OFFER, 3)) == (20, 30)
    assert prebooks(sandbox).keys() - known == {made["id"]}
    assert prebooks(sandbox)[made["id"]]["details"] == []


def test_order_whose_prebook_is_bought_cannot_be_cancelled(sandbox: Any) -> None:
    order_id = create(sandbox)
    add(sandbox, order_id, cast.OFFER, 3, 2)
    done(check_out(sandbox, order_id))
    with sandbox.engine.begin() as connection:
        i = t.web_order_items.c
        bought = select(i.prebook_item_id).where(i.web_order_id == order_id)
        item_id = connection.execute(bought).scalar_one()
        connection.execute(
            update(t.purchase_order_items)
            .where(t.purchase_order_items.c.id == cast.PO_ITEM_TO_DELETE)
            .values(prebook_item_id=item_id, total_boxes=2)
        )
    answer = sandbox.call("web-order.delete", "user", customerId=cast.PETAL, webOrderId=order_id)
    assert "is on a purchase order already" in refusal(answer)


def test_product_without_a_line_takes_stock_or_is_ordered_ahead(sandbox: Any) -> None:
    product = {"productCode": "RSFR50", "boxTypeCode": "HB", "unitsPerBox": 12, "unitType": "Bunch"}
    lines: dict[str, Any] = {"inventoryIds": None, "inventoryOrigin": None, **product}
    order_id = create(sandbox)
    add(sandbox, order_id, 0, 0, 2, **lines)
    add(sandbox, order_id, 0, 0, 2, **{**lines, "unitsPerBox": 17})
    known = prebooks(sandbox).keys()
    done(check_out(sandbox, order_id))
    (invoice_id,) = invoices_of(sandbox, order_id)
    assert [line["totalBoxes"] for line in invoice(sandbox, invoice_id)["details"]] == [2]
    (made,) = [one for key, one in prebooks(sandbox).items() if key not in known]
    assert [(line["bunches"], line.get("vendorId")) for line in made["details"]] == [(17, None)]


def test_cancelled_checkout_voids_its_invoice(sandbox: Any) -> None:
    order_id = create(sandbox)
    add(sandbox, order_id, cast.LINE, 1, 3)
    done(check_out(sandbox, order_id))
    (invoice_id,) = invoices_of(sandbox, order_id)
    done(sandbox.call("web-order.delete", "user", customerId=cast.PETAL, webOrderId=order_id))
    assert invoice(sandbox, invoice_id)["status"] == 4
    assert left(sandbox, cast.LINE, 1) == 10
    assert orders(sandbox, order_id) == orders(sandbox, order_id, statusId=2) == []
    again = sandbox.call("web-order.delete", "user", customerId=cast.PETAL, webOrderId=order_id)
    assert "does not exist" in refusal(again)


def test_cancelling_leaves_what_was_added_to_the_invoice(sandbox: Any) -> None:
    order_id = create(sandbox)
    add(sandbox, order_id, cast.LINE, 1, 3)
    done(check_out(sandbox, order_id))
    (invoice_id,) = invoices_of(sandbox, order_id)
    number = invoice(sandbox, invoice_id)["number"]
    more = {"orderItemId": cast.ASSORTED_LINE, "boxes": 1, "price": 6.9}
    done(sandbox.call("invoice.item.add", invoiceNumber=number, invoiceId=invoice_id, **more))
    done(sandbox.call("web-order.delete", "user", customerId=cast.PETAL, webOrderId=order_id))
    kept = invoice(sandbox, invoice_id)
    assert (kept["status"], [line["totalBoxes"] for line in kept["details"]]) == (0, [1])
    assert left(sandbox, cast.LINE, 1) == 10


def test_a_confirmed_invoice_keeps_its_order(sandbox: Any) -> None:
    answer = sandbox.call("web-order.delete", "user", customerId=cast.PETAL, webOrderId=30221)
    assert "is confirmed; void it first" in refusal(answer)
    with sandbox.engine.begin() as connection:
        here = t.invoices.c.id == 240130
        connection.execute(update(t.invoices).where(here).values(external_system_synced=True))
    answer = sandbox.call("web-order.delete", "user", customerId=cast.PETAL, webOrderId=30221)
    assert "is synchronized" in refusal(answer)


def test_checkout_refuses_what_cannot_be_sold(sandbox: Any) -> None:
    assert "has no items" in refusal(check_out(sandbox, create(sandbox)))
    assert "is checked out" in refusal(check_out(sandbox, 30221))
    assert "does not exist" in refusal(check_out(sandbox, 999))
    assert "another location" in refusal(check_out(sandbox, cast.WEB_ORDER, companyLocationId=cast.BOGOTA))
    first, second = create(sandbox), create(sandbox)
    for order_id in (first, second):
        add(sandbox, order_id, cast.LINE, 1, 6)
        add(sandbox, order_id, cast.PO_ITEM_FUTURE, 2, 12)
    done(check_out(sandbox, first))
    assert "Only 4 boxes" in refusal(check_out(sandbox, second))
    third = create(sandbox)
    add(sandbox, third, cast.PO_ITEM_FUTURE, 2, 8)
    with sandbox.engine.begin() as connection:
        i = t.web_order_items.c
        connection.execute(update(t.web_order_items).where(i.web_order_id == third).values(quantity=9))
    assert "Only 8 boxes of the future inventory" in refusal(check_out(sandbox, third))
    with sandbox.engine.begin() as connection:
        connection.execute(update(t.web_order_items).where(i.web_order_id == third).values(date=day(-1)))
    assert "is past" in refusal(check_out(sandbox, third))
    # nothing was taken by the refused orders
    assert (left(sandbox, cast.LINE, 1), left(sandbox, cast.PO_ITEM_FUTURE, 2)) == (4, 8)


def test_k2k_line_is_sold_and_invoiced_by_the_other_company(sandbox: Any) -> None:
    order_id = create(sandbox)
    add(sandbox, order_id, cast.OFFER_K2K, 4, 3, price=12.4)
    known = prebooks(sandbox).keys()
    done(check_out(sandbox, order_id))
    assert left(sandbox, cast.OFFER_K2K, 4) == 11
    stock = done(sandbox.call("inventory.list", PARTNER_TOKEN, account=cast.PARTNER))["inventoryItems"]
    assert sum(11 in (one.get("boxes"), one.get("totalBoxes"), one.get("quantity")) for one in stock) == 1
    with sandbox.engine.begin() as connection:
        n = t.invoices.c
        sold = connection.execute(
            select(t.invoices)
            .where(n.company_id == cast.PARTNER, n.k2k_company_id == cast.COMPANY)
            .order_by(n.id.desc())
        ).first()
        waiting = connection.execute(select(t.webhook_deliveries)).all()
    assert sold is not None
    assert waiting == []
    assert sold.customer_id == cast.BAY_AS_CUSTOMER
    there = invoice(sandbox, sold.id, PARTNER_TOKEN, cast.PARTNER)
    # 3 boxes of 12 bunches at the 10.60 that the offer costs us
    assert (there["status"], there["subtotal"]) == (1, 381.6)
    (made,) = [one for key, one in prebooks(sandbox).items() if key not in known]
    bought = done(sandbox.call("purchase.order.list", number=sold.po_number))["purchaseOrders"]
    assert [(one["status"], one["vendorId"]) for one in bought] == [("Confirmed by Farm", cast.PARTNER_AS_VENDOR)]
    assert [(line["totalBoxes"], line["confirmedBoxes"]) for line in bought[0]["details"]] == [(3, 3)]
    assert [line["vendorId"] for line in made["details"]] == [cast.PARTNER_AS_VENDOR]
    answer = sandbox.call("web-order.delete", "user", customerId=cast.PETAL, webOrderId=order_id)
    assert "is on a purchase order already" in refusal(answer)


def test_k2k_needs_stock_and_a_customer_there(sandbox: Any) -> None:
    order_id = create(sandbox)
    add(sandbox, order_id, cast.OFFER_K2K, 4, 3, price=12.4)
    with sandbox.engine.begin() as connection:
        v = t.vendor_availability_items
        connection.execute(update(v).where(v.c.id == cast.OFFER_K2K).values(offered_boxes=2))
    assert "fewer than 3 boxes left" in refusal(check_out(sandbox, order_id))
    with sandbox.engine.begin() as connection:
        connection.execute(update(v).where(v.c.id == cast.OFFER_K2K).values(offered_boxes=14))
        c = t.customers
        connection.execute(update(c).where(c.c.id == cast.BAY_AS_CUSTOMER).values(credit_hold=True))
    assert "is on credit hold" in refusal(check_out(sandbox, order_id))
    with sandbox.engine.begin() as connection:
        connection.execute(update(c).where(c.c.id == cast.BAY_AS_CUSTOMER).values(k2k_company_id=None))
    assert "does not sell to company 1043" in refusal(check_out(sandbox, order_id))
    assert left(sandbox, cast.OFFER_K2K, 4) == 14


def partner_user(sandbox: Any) -> str:
    """A user who buys at Bay Flowers for the partner company, signed in."""
    ramiro = {
        "firstName": "Ramiro",
        "lastName": "Cevallos",
        "email": "r@andesrose.example",
        "login": "r@andesrose.example",
    }
    done(sandbox.call("v2/user/e-commerce", customerCodes=["ANDES"], **ramiro))
    with sandbox.engine.begin() as connection:
        mail = connection.execute(select(t.outbox.c.body).where(t.outbox.c.mail_to == ramiro["email"])).scalar_one()
    return str(done(sandbox.call("login", None, username=ramiro["login"], password=mail.split()[-1]))["apiKey"])


def partner_order(sandbox: Any, token: str, line_id: int) -> int:
    """A web order of the partner with 4 boxes of a line, on a day that its carrier departs."""
    with sandbox.engine.begin() as connection:
        d = t.customer_days_of_service.c
        carrier_id = connection.execute(
            select(d.carrier_id).where(d.customer_id == cast.PARTNER_AS_CUSTOMER).limit(1)
        ).scalar_one()
    when = next(day(ahead) for ahead in (5, 6) if day(ahead).isoweekday() != 7)
    order_id = create(sandbox, token, customerId=cast.PARTNER_AS_CUSTOMER)
    delivery = {"customerId": cast.PARTNER_AS_CUSTOMER, "carrierId": carrier_id, "date": f"{when}"}
    add(sandbox, order_id, line_id, 1, 4, token, **delivery)
    return order_id


def test_partner_that_buys_gets_the_purchase_order(sandbox: Any) -> None:
    token = partner_user(sandbox)
    order_id = partner_order(sandbox, token, cast.LINE)
    done(check_out(sandbox, order_id, token, customerId=cast.PARTNER_AS_CUSTOMER))
    (invoice_id,) = invoices_of(sandbox, order_id)
    shipped = invoice(sandbox, invoice_id)["shipDate"]
    listed = sandbox.call("purchase.order.list", PARTNER_TOKEN, account=cast.PARTNER, date=shipped)
    (bought,) = done(listed)["purchaseOrders"]
    assert (bought["status"], bought["vendorId"]) == ("Confirmed by Farm", cast.BAY_AS_VENDOR)
    assert [(line["totalBoxes"], line["unitCost"]) for line in bought["details"]] == [(4, 12)]
    cancelled = sandbox.call("web-order.delete", token, customerId=cast.PARTNER_AS_CUSTOMER, webOrderId=order_id)
    assert "Komet to Komet sale and stays" in refusal(cancelled)


def test_partner_has_to_know_the_vendor_and_the_product(sandbox: Any) -> None:
    token = partner_user(sandbox)
    unknown = partner_order(sandbox, token, cast.ASSORTED_LINE)
    answer = check_out(sandbox, unknown, token, customerId=cast.PARTNER_AS_CUSTOMER)
    assert "has no product Carnation Assorted" in refusal(answer)
    order_id = partner_order(sandbox, token, cast.LINE)
    with sandbox.engine.begin() as connection:
        v = t.vendors
        connection.execute(update(v).where(v.c.id == cast.BAY_AS_VENDOR).values(k2k_company_id=None))
    answer = check_out(sandbox, order_id, token, customerId=cast.PARTNER_AS_CUSTOMER)
    assert "does not buy from company 1043" in refusal(answer)
    assert left(sandbox, cast.LINE, 1) == 10
