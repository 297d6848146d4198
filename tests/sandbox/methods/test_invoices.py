"""Invoices live as documented: every step is seen through another method, and the sums stay right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from komet_console.catalogue import load
from komet_console.sandbox.context import Event
from komet_console.sandbox.gate.gate import Gate
from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import invariants
from komet_console.sandbox.store import tables as t


@pytest.fixture(autouse=True)
def _nothing_breaks(sandbox: Any) -> Iterator[None]:
    """After every test all sums and box places are right."""
    yield
    with sandbox.engine.begin() as connection:
        assert invariants.broken(connection) == []


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


def done(answer: Any) -> Any:
    assert answer.status == 200, answer.text
    assert str(answer.json["status"]) == "1", answer.text
    return answer.json


def refusal(answer: Any) -> str:
    assert str(answer.json["status"]) == "0", answer.text
    return str(answer.json["message"])


def shown(sandbox: Any, invoice_id: int) -> Any:
    """The invoice as invoice.details.list shows it."""
    (invoice,) = done(sandbox.call("invoice.details.list", orderId=invoice_id))["invoices"]
    return invoice


def picked(sandbox: Any, invoice_id: int) -> list[str]:
    """The codes of the boxes on an invoice."""
    tickets = done(sandbox.call("pickticket.details.list", orderId=invoice_id))["pickTickets"]
    return [box["boxCode"] for ticket in tickets for line in ticket["details"] for box in line["boxes"]]


def create(sandbox: Any, **changes: Any) -> Any:
    fields = {
        "customerId": cast.PETAL,
        "carrierId": cast.EVERGLADES,
        "shipDate": day(1),
        "statusDraft": 1,
        "locationId": cast.MIAMI,
        "items": [{"orderItemId": cast.LINE, "boxes": 4, "price": 11.50, "markCode": "VDAY"}],
        **changes,
    }
    return sandbox.call("invoice.create", **{name: value for name, value in fields.items() if value is not None})


def test_created_invoice_is_listed_with_its_sums_and_takes_stock(sandbox: Any) -> None:
    answer = done(
        create(
            sandbox,
            returnAvailableBoxes=1,
            items=[
                {"orderItemId": cast.LINE, "boxes": 4, "price": 11.50, "markCode": "VDAY"},
                {
                    "productCode": "carast",
                    "boxTypeCode": "QB",
                    "unitsPerBox": 20,
                    "unitType": "Bunch",
                    "boxes": 2,
                    "price": 6.90,
                },
            ],
        )
    )
    invoice = shown(sandbox, answer["invoiceId"])
    assert invoice["number"] == answer["invoiceNumber"]
    assert invoice["status"] == 2
    assert [line["totalPrice"] for line in invoice["details"]] == [552, 276]
    assert (invoice["subtotal"], invoice["additionalCharges"], invoice["total"]) == (828, 35, 863)
    assert [part["bunches"] for part in invoice["details"][1]["breakdowns"]] == [10, 10]
    assert answer["items"][0]["availableBoxes"] == 6


def test_a_product_is_sold_from_its_oldest_boxes(sandbox: Any) -> None:
    pack = {"productCode": "CARAST", "boxTypeCode": "QB", "unitsPerBox": 20, "unitType": "Bunch"}
    line, box = t.inventory_lines.c, t.boxes.c
    with sandbox.engine.begin() as connection:
        oldest = connection.execute(
            select(func.min(line.inventory_date))
            .join(t.boxes, box.inventory_line_id == line.id)
            .where(line.product_id == cast.CARAST, line.box_type_id == cast.QB, line.units_per_box == 20)
            .where(box.state == "on_hand", line.inventory_type == "M", line.unit_type == "Bunch")
        ).scalar_one()
    made = done(create(sandbox, items=[{**pack, "boxes": 1, "price": 7}]))
    with sandbox.engine.begin() as connection:
        sold = connection.execute(
            select(line.inventory_date)
            .join(t.invoice_items, t.invoice_items.c.inventory_line_id == line.id)
            .where(t.invoice_items.c.id == made["items"][0]["invoiceItemId"])
        ).scalar_one()
    assert sold == oldest


def test_creating_refuses_what_cannot_be_sold(sandbox: Any) -> None:
    one = {"boxes": 1, "price": 1}
    refused: dict[str, dict[str, Any]] = {
        "inactive": {"customerId": cast.OLDROSE},
        "does not exist": {"customerId": 999999},
        "not both": {"carrierCode": "EVGL"},
        "no ship-to": {"shipToId": 999999},
        "location is required": {"locationId": None},
        "another location": {"locationId": cast.BOGOTA},
        "without items": {"statusDraft": 0, "items": []},
        "Only 10 boxes": {"items": [{"orderItemId": cast.LINE, "boxes": 11, "price": 1}]},
        "1 or more": {"items": [{"orderItemId": cast.LINE, "boxes": 0, "price": 1}]},
        "negative": {"items": [{"orderItemId": cast.LINE, "boxes": 1, "price": -1}]},
        "on hold": {"items": [{"orderItemId": 903430, **one}]},
        "reserved": {"customerId": cast.BLOOM2, "items": [{"orderItemId": cast.RESERVED_LINE, **one}]},
        "item 990001 does not exist": {"items": [{"orderItemId": cast.PARTNER_LINE, **one}]},
        "are not available": {
            "items": [
                {"productCode": "RSFR50", "boxTypeCode": "HB", "unitsPerBox": 7, "unitType": "Bunch", **one},
            ]
        },
        "orderItemId or productCode": {"items": [{"orderItemId": cast.LINE, "productCode": "RSFR50", **one}]},
    }
    for reason, changes in refused.items():
        assert reason in refusal(create(sandbox, **changes)), reason
    assert create(sandbox, items=[{"orderItemId": cast.LINE, "price": 1}]).status == 400
    assert create(sandbox, items=[{"productCode": "RSFR50", **one}]).status == 400


def test_a_failing_item_leaves_nothing_behind(sandbox: Any) -> None:
    items = [
        {"orderItemId": cast.LINE, "boxes": 4, "price": 1},
        {"orderItemId": cast.LINE, "boxes": 7, "price": 1},
    ]
    before = done(sandbox.call("invoice.list", orderDateFrom=day(1), orderDateTo=day(1)))
    assert "Only 6 boxes" in refusal(create(sandbox, items=items))
    assert done(sandbox.call("invoice.list", orderDateFrom=day(1), orderDateTo=day(1))) == before


def test_reserved_boxes_go_to_their_customer_without_a_price_at_the_list_price(sandbox: Any) -> None:
    made = done(create(sandbox, items=[{"orderItemId": cast.RESERVED_LINE, "boxes": 2}]))
    (line,) = shown(sandbox, made["invoiceId"])["details"]
    assert line["unitPrice"] == 13


def test_added_item_is_picked(sandbox: Any) -> None:
    before = shown(sandbox, cast.INVOICE_TO_CHANGE)
    answer = done(
        sandbox.call(
            "invoice.item.add",
            invoiceId=cast.INVOICE_TO_CHANGE,
            orderItemId=cast.LINE,
            boxes=5,
            price=10,
            returnAvailableBoxes=1,
        )
    )
    assert answer["availableBoxes"] == 5
    after = shown(sandbox, cast.INVOICE_TO_CHANGE)
    assert after["subtotal"] == before["subtotal"] + 5 * 12 * 10
    assert after["details"][-1]["id"] == answer["invoiceItemId"]
    assert len(picked(sandbox, cast.INVOICE_TO_CHANGE)) == 8


def test_adding_an_item_refuses_locked_and_foreign_invoices(sandbox: Any) -> None:
    fields = {"orderItemId": cast.LINE, "boxes": 1, "price": 1}
    add = "invoice.item.add"
    assert "synchronized" in refusal(sandbox.call(add, invoiceId=cast.INVOICE_SYNCED, **fields))
    assert "voided" in refusal(sandbox.call(add, invoiceId=240127, **fields))
    assert "does not exist" in refusal(sandbox.call(add, invoiceId=999999, **fields))
    elsewhere = {**fields, "locationId": cast.BOGOTA}
    assert "another location" in refusal(sandbox.call(add, invoiceId=cast.INVOICE_TO_CHANGE, **elsewhere))


def test_updated_item_gives_boxes_back_and_takes_more(sandbox: Any) -> None:
    def change(**fields: Any) -> Any:
        known = {"invoiceId": cast.INVOICE_TO_CHANGE, "invoiceItemId": 1880461, "returnAvailableBoxes": 1}
        return sandbox.call("invoice.item.update", **{**known, **fields})

    assert done(change(boxes=1, price=11.50))["availableBoxes"] == 11
    assert len(picked(sandbox, cast.INVOICE_TO_CHANGE)) == 2
    assert done(change(boxes=6, price=10, discount=12.5, markCode="NEW"))["availableBoxes"] == 6
    line = shown(sandbox, cast.INVOICE_TO_CHANGE)["details"][0]
    assert (line["totalBoxes"], line["totalPrice"], line["markCode"]) == (6, 630, "NEW")
    assert done(change(price=9))["availableBoxes"] == 6, "the number of boxes stays when it is not sent"
    assert "Only 6 boxes" in refusal(change(boxes=13, price=1))
    assert "1 or more" in refusal(change(boxes=0, price=1))
    assert "discount" in refusal(change(price=1, discount=101))
    assert "negative" in refusal(change(price=-1))
    assert "no item" in refusal(change(invoiceItemId=1880451, price=1))


def test_boxes_of_a_komet_to_komet_order_stay_but_its_price_may_change(sandbox: Any) -> None:
    fields = {"invoiceId": 240128, "invoiceItemId": 1880466, "price": 12}
    assert "Komet to Komet" in refusal(sandbox.call("invoice.item.update", boxes=1, **fields))
    done(sandbox.call("invoice.item.update", boxes=4, **fields))
    assert shown(sandbox, 240128)["details"][0]["unitPrice"] == 12
    deletion = {"invoiceId": 240128, "invoiceItemId": 1880466}
    assert "Komet to Komet" in refusal(sandbox.call("invoice.item.delete", **deletion))


def test_shipped_boxes_do_not_come_back_by_changing_a_line(sandbox: Any) -> None:
    fields = {"invoiceId": cast.INVOICE, "invoiceItemId": 1880451}
    assert "not been shipped" in refusal(sandbox.call("invoice.item.update", boxes=5, price=1, **fields))
    assert "not been shipped" in refusal(sandbox.call("invoice.item.delete", **fields))


def test_deleted_item_returns_to_stock(sandbox: Any) -> None:
    fields = {"invoiceId": cast.INVOICE_TO_CHANGE, "invoiceItemId": 1880462, "returnAvailableBoxes": 1}
    assert done(sandbox.call("invoice.item.delete", **fields))["availableBoxes"] == 11
    assert [line["id"] for line in shown(sandbox, cast.INVOICE_TO_CHANGE)["details"]] == [1880461]
    assert "no item" in refusal(sandbox.call("invoice.item.delete", **fields))


def test_a_credited_item_stays(sandbox: Any) -> None:
    fields = {"invoiceId": cast.CREDITED_INVOICE, "invoiceItemId": 1880401}
    sandbox.call("invoice.mark.sync.status.error", invoiceId=cast.CREDITED_INVOICE, message="Reopen")
    assert "has a credit" in refusal(sandbox.call("invoice.item.delete", **fields))


def test_updated_head_is_listed(sandbox: Any) -> None:
    done(
        sandbox.call(
            "invoice.update",
            invoiceId=cast.INVOICE_TO_CHANGE,
            carrierId=cast.SEMINOLE,
            shipDate=day(2),
            poNumber="PO-99001",
        )
    )
    invoice = shown(sandbox, cast.INVOICE_TO_CHANGE)
    assert (invoice["carrierId"], invoice["shipDate"], invoice["poNumber"]) == (cast.SEMINOLE, day(2), "PO-99001")
    both = {"carrierId": cast.SEMINOLE, "carrierCode": "SEMFX", "carrierDescription": "Seminole Floral Express"}
    assert "not both" in refusal(sandbox.call("invoice.update", invoiceId=cast.INVOICE_TO_CHANGE, **both))


def test_draft_is_checked_out_then_confirmed(sandbox: Any) -> None:
    done(sandbox.call("invoice.checkout", invoiceNumber=318406))
    assert shown(sandbox, cast.INVOICE_DRAFT)["status"] == 0
    assert "only drafts" in refusal(sandbox.call("invoice.checkout", invoiceNumber=318406))
    done(sandbox.call("invoice.confirm", invoiceNumber=318406))
    assert shown(sandbox, cast.INVOICE_DRAFT)["status"] == 1
    assert "confirmed already" in refusal(sandbox.call("invoice.confirm", invoiceNumber=318406))


def test_draft_is_confirmed_at_once_and_counts_in_the_balance(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        before = invariants.customer_balance(connection, cast.PETAL)
    done(sandbox.call("invoice.confirm", invoiceNumber=318406))
    invoice = shown(sandbox, cast.INVOICE_DRAFT)
    assert invoice["status"] == 1
    with sandbox.engine.begin() as connection:
        assert float(invariants.customer_balance(connection, cast.PETAL) - before) == invoice["total"] > 0


def test_orders_without_items_and_of_customers_on_hold_wait(sandbox: Any) -> None:
    empty = done(create(sandbox, items=[]))["invoiceNumber"]
    assert "has no items" in refusal(sandbox.call("invoice.checkout", invoiceNumber=empty))
    assert "has no items" in refusal(sandbox.call("invoice.confirm", invoiceNumber=empty))
    held = done(create(sandbox, customerId=cast.HOLDCO))["invoiceNumber"]
    done(sandbox.call("invoice.checkout", invoiceNumber=held))
    assert "credit hold" in refusal(sandbox.call("invoice.confirm", invoiceNumber=held))


def test_voided_invoice_returns_its_boxes(sandbox: Any) -> None:
    done(sandbox.call("invoice.void", invoiceNumber="0318410", reason="Customer cancelled"))
    assert shown(sandbox, cast.INVOICE_TO_VOID)["status"] == 4
    assert picked(sandbox, cast.INVOICE_TO_VOID) == []
    made = done(create(sandbox, returnAvailableBoxes=1, items=[{"orderItemId": cast.LINE, "boxes": 11, "price": 1}]))
    assert made["items"][0]["availableBoxes"] == 0
    assert "voided" in refusal(sandbox.call("invoice.void", invoiceNumber=318410, reason="Again"))
    assert "synchronized" in refusal(sandbox.call("invoice.void", invoiceNumber=318411, reason="Too late"))


def test_shipped_boxes_return_and_payments_become_overpaid_when_voided(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        before = invariants.customer_balance(connection, cast.PETAL)
    total = shown(sandbox, cast.CREDITED_INVOICE)["total"]
    sandbox.call("invoice.mark.sync.status.error", invoiceId=cast.CREDITED_INVOICE, message="Reopen")
    done(sandbox.call("invoice.void", invoiceNumber=318390, reason="Lost on the way"))
    with sandbox.engine.begin() as connection:
        assert float(before - invariants.customer_balance(connection, cast.PETAL)) == pytest.approx(total)


def test_synchronized_invoice_is_locked_until_marked_as_failed(sandbox: Any) -> None:
    done(sandbox.call("invoice.mark.sync.status.ok", invoiceId=cast.INVOICE, invoiceNumber=318402))
    synced = {"orderDate": day(-3), "externalSystemSynced": "true"}
    listed = done(sandbox.call("invoice.details.list", **synced))["invoices"]
    assert cast.INVOICE in [invoice["id"] for invoice in listed]
    change = {"invoiceId": cast.INVOICE, "poNumber": "PO-1"}
    assert "synchronized" in refusal(sandbox.call("invoice.update", **change))
    done(sandbox.call("invoice.mark.sync.status.ok", invoiceId=cast.INVOICE))
    done(sandbox.call("invoice.mark.sync.status.error", invoiceId=cast.INVOICE, message="Unknown customer"))
    done(sandbox.call("invoice.update", **change))
    assert shown(sandbox, cast.INVOICE)["status"] == 1


def test_marking_refuses_other_numbers_and_drafts(sandbox: Any) -> None:
    mark = "invoice.mark.sync.status.ok"
    assert "has the number 318402" in refusal(sandbox.call(mark, invoiceId=cast.INVOICE, invoiceNumber=1))
    assert "a draft" in refusal(sandbox.call(mark, invoiceId=cast.INVOICE_DRAFT))


@pytest.mark.parametrize(("unconfirm", "status"), [(None, 0), (1, 0), (0, 1)])
def test_failed_synchronization_gives_the_former_status_back_unless_told_otherwise(
    sandbox: Any, unconfirm: int | None, status: int
) -> None:
    done(sandbox.call("invoice.mark.sync.status.ok", invoiceId=cast.INVOICE_PENDING))
    assert shown(sandbox, cast.INVOICE_PENDING)["status"] == 1
    asked = {} if unconfirm is None else {"unconfirm": unconfirm}
    error = "invoice.mark.sync.status.error"
    done(sandbox.call(error, invoiceId=cast.INVOICE_PENDING, message="Unknown customer", **asked))
    assert shown(sandbox, cast.INVOICE_PENDING)["status"] == status


def test_printed_invoices_count_as_updated(sandbox: Any) -> None:
    def updated() -> list[int]:
        since = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M:%S")
        dates = {"orderDateFrom": day(-3), "orderDateTo": day(0), "updatedAsOf": since}
        return [invoice["id"] for invoice in done(sandbox.call("invoice.list", **dates))["invoices"]]

    assert cast.INVOICE not in updated()
    answer = done(sandbox.call("invoice/print-status/update", orderIds="240117,240118", printType="1"))
    assert "240117,240118" in answer["message"]
    assert {cast.INVOICE, cast.INVOICE_TO_SHIP} <= set(updated())
    unknown = sandbox.call("invoice/print-status/update", orderIds="240117,999999", printType=0)
    assert "999999" in refusal(unknown)


def test_percentage_charges_follow_the_lines(sandbox: Any) -> None:
    tie = {"customerId": cast.BLOOM2, "additionalChargeCode": "DELMIA", "amountValue": 10, "amountType": "%"}
    done(sandbox.call("customer.additional.charge.update", **tie))
    made = done(create(sandbox, customerId=cast.BLOOM2))
    assert shown(sandbox, made["invoiceId"])["additionalCharges"] == 55.2
    item = made["items"][0]["invoiceItemId"]
    change = {"invoiceId": made["invoiceId"], "invoiceItemId": item, "boxes": 1, "price": 11.50}
    done(sandbox.call("invoice.item.update", **change))
    assert shown(sandbox, made["invoiceId"])["additionalCharges"] == 13.8


def test_webhooks_hear_of_confirmed_and_voided_orders_only(sandbox: Any) -> None:
    heard: list[Event] = []
    sandbox.gate = Gate(sandbox.engine, load(), sandbox.state, heard.extend)
    done(sandbox.call("invoice.checkout", invoiceNumber=318406))
    done(sandbox.call("invoice.confirm", invoiceNumber=318407))
    refusal(sandbox.call("invoice.confirm", invoiceNumber=318407))
    done(sandbox.call("invoice.void", invoiceNumber=318410, reason="Customer cancelled"))
    assert [(event.name, event.payload) for event in heard] == [
        ("order.confirmation", {"companyId": cast.COMPANY, "orderId": cast.INVOICE_PENDING}),
        ("order.cancellation", {"companyId": cast.COMPANY, "orderId": cast.INVOICE_TO_VOID}),
    ]


def test_another_company_cannot_touch_an_invoice(sandbox: Any) -> None:
    partner = token_value(1, "company", "partner")
    message = refusal(sandbox.call("invoice.update", partner, invoiceId=cast.INVOICE_TO_CHANGE, poNumber="X"))
    assert "does not exist" in message
    assert "does not exist" in refusal(sandbox.call("invoice.void", partner, invoiceNumber=318410, reason="X"))
    listed = done(sandbox.call("invoice.list", partner, orderDateFrom=day(-3), orderDateTo=day(3)))["invoices"]
    assert cast.INVOICE_TO_CHANGE not in [invoice["id"] for invoice in listed]
