"""Pick tickets show the boxes that invoices hold, and how many of them left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from komet_console.sandbox.business.stock import ship_boxes
from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import invariants
from komet_console.sandbox.store import tables as t


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


def tickets(sandbox: Any, method: str, **fields: Any) -> Any:
    answer = sandbox.call(method, **fields)
    assert answer.status == 200, answer.text
    return answer.json["pickTickets"]


def test_pick_ticket_has_the_boxes_of_the_invoice(sandbox: Any) -> None:
    def codes() -> list[str]:
        (ticket,) = tickets(sandbox, "pickticket.details.list", orderId=cast.INVOICE_TO_CHANGE)
        assert ticket["totalBoxes"] == sum(len(line["boxes"]) for line in ticket["details"])
        return [box["boxCode"] for line in ticket["details"] for box in line["boxes"]]

    assert codes() == ["KS6310067", "KS6310068", "KS6310069"]
    sandbox.call("invoice.item.delete", invoiceId=cast.INVOICE_TO_CHANGE, invoiceItemId=1880462)
    assert codes() == ["KS6310067", "KS6310068"]


def test_only_active_orders_without_a_status(sandbox: Any) -> None:
    def found(**fields: Any) -> set[int]:
        return {one["id"] for one in tickets(sandbox, "pickticket.details.list", orderDate=day(1), **fields)}

    assert {cast.INVOICE_PENDING, cast.INVOICE_TO_VOID} <= found()
    assert cast.INVOICE_DRAFT not in found()
    sandbox.call("invoice.void", invoiceNumber=318410, reason="Customer cancelled")
    assert cast.INVOICE_TO_VOID not in found()
    assert cast.INVOICE_TO_VOID in found(status=4)
    sandbox.call("invoice.confirm", invoiceNumber=318407)
    assert cast.INVOICE_PENDING in found(status=1)


def test_filters(shared_sandbox: Any) -> None:
    def found(**fields: Any) -> set[int]:
        return {one["id"] for one in tickets(shared_sandbox, "pickticket.details.list", **fields)}

    week = {"orderDateFrom": day(-6), "orderDateTo": day(1)}
    everything = found(**week)
    petal = found(**week, customerId=cast.PETAL)
    assert petal < everything
    assert found(**week, customer="petal & s") == petal
    assert cast.INVOICE in found(**week, product="ASSORTED") < everything
    assert found(**week, carrierName="everglades") == found(**week, carrierId=cast.EVERGLADES)
    assert found(**week, order=318402) == {cast.INVOICE}
    assert found(**week, locationId=cast.BOGOTA) == set()
    assert cast.INVOICE not in found(orderDate=day(0), orderDateFrom=day(-6), orderDateTo=day(1))


def test_scanning_progresses_as_boxes_ship(sandbox: Any) -> None:
    def progress() -> tuple[int, str]:
        (ticket,) = tickets(sandbox, "pick.ticket.scanning.status.list", orderId=240119)
        assert ticket["totalBoxes"] == 2
        return ticket["scannedBoxes"], ticket["scanningStatus"]

    def ship(code: str) -> None:
        with sandbox.engine.begin() as connection:
            box = connection.execute(t.boxes.select().where(t.boxes.c.code == code)).one()
            ship_boxes(connection, [box.id], datetime.now(UTC).replace(tzinfo=None))
            assert invariants.broken(connection) == []

    assert progress() == (0, "Not started")
    ship("KS6310054")
    assert progress() == (1, "In progress")
    ship("KS6310055")
    assert progress() == (2, "Completed")


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("pickticket.details.list", {}),
        ("pickticket.details.list", {"orderDateFrom": day(0)}),
        ("pickticket.details.list", {"orderDateFrom": day(-8), "orderDateTo": day(0)}),
        ("pick.ticket.scanning.status.list", {}),
        ("pick.ticket.scanning.status.list", {"orderDate": "today"}),
        ("pick.ticket.scanning.status.list", {"orderId": "first"}),
    ],
)
def test_a_missing_or_wrong_date_is_refused(shared_sandbox: Any, method: str, fields: dict[str, str]) -> None:
    assert shared_sandbox.call(method, **fields).status == 400
