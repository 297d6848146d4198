"""Lists of invoices show what the other methods made, after every documented filter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from komet_console.sandbox.methods.common.invoice_queries import first_boxes
from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


def listed(sandbox: Any, method: str, token: str = "company", **fields: Any) -> Any:
    answer = sandbox.call(method, token, **fields)
    assert answer.status == 200, answer.text
    return answer.json["invoices"]


def ids(invoices: Any) -> set[int]:
    return {invoice["id"] for invoice in invoices}


MONTH = {"orderDateFrom": day(-28), "orderDateTo": day(2)}


def test_list_shows_every_status_and_follows_a_void(sandbox: Any) -> None:
    found = {invoice["id"]: invoice for invoice in listed(sandbox, "invoice.list", **MONTH)}
    assert {invoice["status"] for invoice in found.values()} == {0, 1, 2, 4}
    sandbox.call("invoice.void", invoiceNumber=318410, reason="Customer cancelled")
    assert cast.INVOICE_TO_VOID in ids(listed(sandbox, "invoice.list", **MONTH, status=4))


def test_list_filters(shared_sandbox: Any) -> None:
    def found(**filters: Any) -> set[int]:
        return ids(listed(shared_sandbox, "invoice.list", **{**MONTH, **filters}))

    everything = found()
    petal = found(customerId=cast.PETAL)
    assert cast.INVOICE in petal < everything
    assert found(customer="pETAL &") == petal
    assert found(customer="PETAL") >= petal
    assert found(customer="%") == set()
    assert found(carrierName="everglades f") == found(carrierId=cast.EVERGLADES) >= {cast.INVOICE}
    assert cast.INVOICE in found(product="assorted")
    assert cast.INVOICE_TO_SHIP not in found(product="assorted")
    assert found(order=318402) == found(orderId=cast.INVOICE) == {cast.INVOICE}
    assert found(order=318402, orderDateFrom=day(0), orderDateTo=day(0)) == {cast.INVOICE}
    assert 240130 in found(isEcommerce="true") < everything
    assert everything - found(excludeTransfer="true") == {240129}
    assert found(locationId=cast.BOGOTA) == found(locationIds="13") == set()
    assert found(locationIds="13,9") == everything
    assert found(updatedAsOf=f"{day(-1)} 00:00:00") < everything


def test_customer_token_sees_its_own_invoices_only(shared_sandbox: Any) -> None:
    for method, dates in (
        ("invoice.list", MONTH),
        ("invoice.details.list", {"orderDateFrom": day(-4), "orderDateTo": day(0)}),
    ):
        every = listed(shared_sandbox, method, **dates)
        own = listed(shared_sandbox, method, "customer", **dates)
        assert {invoice["customerId"] for invoice in own} == {cast.PETAL}
        assert ids(own) == {invoice["id"] for invoice in every if invoice["customerId"] == cast.PETAL}
        assert listed(shared_sandbox, method, "customer", **dates, customerId=cast.BLOOM2) == []
    other = token_value(1, "customer", "basic")
    assert listed(shared_sandbox, "invoice.details.list", other, orderId=cast.INVOICE) == []


def test_details_follow_a_changed_line(sandbox: Any) -> None:
    change = {"invoiceId": cast.INVOICE_TO_CHANGE, "invoiceItemId": 1880461, "boxes": 1, "price": 10}
    assert sandbox.call("invoice.item.update", **change).status == 200
    (invoice,) = listed(sandbox, "invoice.details.list", orderId=cast.INVOICE_TO_CHANGE)
    assert [line["totalPrice"] for line in invoice["details"]] == [120, 138]
    assert invoice["subtotal"] == 258


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("invoice.list", {"orderDateFrom": day(-190), "orderDateTo": day(0)}),
        ("invoice.list", {"orderDateFrom": day(0), "orderDateTo": day(-1)}),
        ("invoice.details.list", {"orderDateFrom": day(-5), "orderDateTo": day(0)}),
        ("invoice.details.list", {"orderDateFrom": day(-5)}),
        ("invoice.details.list", {}),
        ("invoice.details.list", {"orderDate": day(0), "externalSystemSynced": "perhaps"}),
        ("invoice.accounting.details.list", {"orderDateFrom": day(-32), "orderDateTo": day(0)}),
    ],
)
def test_dates_out_of_bounds_are_refused(shared_sandbox: Any, method: str, fields: dict[str, str]) -> None:
    assert shared_sandbox.call(method, **fields).status == 400


def test_a_single_day_beats_a_range(shared_sandbox: Any) -> None:
    range_ = {"orderDateFrom": day(-1), "orderDateTo": day(0)}
    found = listed(shared_sandbox, "invoice.details.list", orderDate=day(-3), **range_)
    assert {invoice["shipDate"] for invoice in found} == {day(-3)}


def test_accounting_follows_synchronization_and_hides_transfer_lines(sandbox: Any) -> None:
    method = "invoice.accounting.details.list"
    before = listed(sandbox, method, **MONTH, externalSystemSynced="false")
    assert cast.INVOICE in ids(before)
    sandbox.call("invoice.mark.sync.status.ok", invoiceId=cast.INVOICE)
    assert cast.INVOICE not in ids(listed(sandbox, method, **MONTH, externalSystemSynced="false"))
    by_id = {invoice["id"]: invoice for invoice in listed(sandbox, method, **MONTH, excludeTransfer="true")}
    assert "details" not in by_id[240129]
    assert by_id[cast.INVOICE]["details"][0]["totalPrice"] == 828


def test_answers_stop_before_too_many_boxes() -> None:
    class Row:
        def __init__(self, row_id: int = 0, total_boxes: int = 0) -> None:
            self.id = row_id
            self.total_boxes = total_boxes

    rows: Any = [Row(1), Row(2), Row(3)]
    lines: Any = {1: [Row(total_boxes=6)], 2: [Row(total_boxes=4)], 3: [Row(total_boxes=1)]}
    assert [row.id for row in first_boxes(rows, lines, 10)] == [1, 2]
