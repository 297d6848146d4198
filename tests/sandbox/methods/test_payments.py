"""Payments, their marks, and open credits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import tables as t


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


def done(answer: Any) -> Any:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 1, answer.text
    return answer.json


def refusal(answer: Any) -> str:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 0, answer.text
    return str(answer.json["message"])


def payments(sandbox: Any, **filters: Any) -> dict[int, Any]:
    return {one["id"]: one for one in done(sandbox.call("payment.list", **filters))["payments"]}


PAID = {"customerId": cast.PETAL, "locationCode": "MIA", "methodId": cast.CHECK, "date": day(0)}


def test_received_payment_is_listed_with_its_invoices(sandbox: Any) -> None:
    before = payments(sandbox, invoiceNumber=318405)
    lines = [
        {"invoiceNumber": 318402, "amount": 1000, "discount": 5.25},
        {"invoiceNumber": 318405, "amount": "700.10"},
    ]
    told = {"referenceNumber": "CHK-77", "notes": "Two invoices"}
    number = done(sandbox.call("payment.receive", **PAID, totalPayment=1800, invoices=lines, **told))["controlNumber"]
    (listed,) = payments(sandbox, controlNumber=number).values()
    assert listed == {
        "id": listed["id"],
        "controlNumber": number,
        "date": day(0),
        "customer": "Petal & Stem Wholesale",
        "method": "Check",
        "checkReference": "CHK-77",
        "notes": "Two invoices",
        "total": 1800,
        "invoices": [
            {"invoiceNumber": 318402, "amount": 1000, "discount": 5.25},
            {"invoiceNumber": 318405, "amount": 700.1, "discount": 0},
        ],
    }
    assert payments(sandbox, invoiceNumber=318405).keys() == before.keys() | {listed["id"]}


def test_the_total_is_what_was_applied_unless_said(sandbox: Any) -> None:
    lines = [{"invoiceNumber": 318402, "amount": 10.05}, {"invoiceNumber": 318405, "amount": 0.1}]
    first = done(sandbox.call("payment.receive", **PAID, invoices=lines))["controlNumber"]
    second = done(sandbox.call("payment.receive", **PAID, totalPayment=50))["controlNumber"]
    assert second == first + 1
    assert [one["total"] for one in payments(sandbox, controlNumber=first).values()] == [10.15]
    assert [one["invoices"] for one in payments(sandbox, controlNumber=second).values()] == [[]]


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"customerId": 1}, "customer"),
        ({"customerId": cast.BAY_AS_CUSTOMER}, "customer"),
        ({"locationCode": "NOWHERE"}, "location"),
        ({"methodId": 99}, "payment method"),
        ({"invoices": [{"invoiceNumber": 1, "amount": 5}]}, "not one of customer"),
        ({"customerId": cast.BLOOM2, "invoices": [{"invoiceNumber": 318405, "amount": 5}]}, "not one of customer"),
        ({"invoices": [{"invoiceNumber": 318406, "amount": 5}]}, "not confirmed"),
        ({"invoices": [{"invoiceNumber": 318412, "amount": 5}]}, "not confirmed"),
        ({"invoices": [{"invoiceNumber": 318405, "amount": 0}]}, "more than 0"),
        ({"invoices": [{"invoiceNumber": 318405, "amount": 5, "discount": -1}]}, "discount"),
        ({"invoices": [{"invoiceNumber": 318405, "amount": 5}], "totalPayment": 4.99}, "less than"),
        ({"totalPayment": 0}, "more than 0"),
        ({}, "more than 0"),
    ],
)
def test_payments_that_are_refused(sandbox: Any, wrong: dict[str, Any], word: str) -> None:
    before = payments(sandbox, dateFrom=day(0), dateTo=day(0))
    assert word in refusal(sandbox.call("payment.receive", **{**PAID, **wrong}))
    assert payments(sandbox, dateFrom=day(0), dateTo=day(0)) == before


def test_a_line_without_its_invoice_cannot_be_applied(sandbox: Any) -> None:
    assert sandbox.call("payment.receive", **PAID, invoices=[{"amount": 5}]).status == 400


def test_a_location_is_needed_where_there_are_several(sandbox: Any) -> None:
    without = {name: value for name, value in PAID.items() if name != "locationCode"}
    assert sandbox.call("payment.receive", **without, totalPayment=5).json["status"] == 0


def test_lists_need_a_filter(shared_sandbox: Any) -> None:
    assert shared_sandbox.call("payment.list").status == 400


@pytest.mark.parametrize(
    "dates",
    [
        {"dateFrom": day(-40), "dateTo": day(-2)},
        {"dateFrom": day(0), "dateTo": day(-2)},
        {"dateFrom": day(-2)},
        {"updatedAsOf": f"{day(-33)} 00:00:00"},
    ],
)
def test_dates_out_of_bounds_are_refused(shared_sandbox: Any, dates: dict[str, str]) -> None:
    assert shared_sandbox.call("payment.list", **dates).status == 400


def test_marked_payments_are_listed_as_synchronized(sandbox: Any) -> None:
    assert cast.PAYMENT in payments(sandbox, externalSystemSynced=0)
    sent = [{"paymentId": one} for one in (cast.PAYMENT, cast.PAYMENT_CANCELLED, 990000001)]
    answer = done(sandbox.call("payment.mark.sync", payments=sent))
    assert [(one["paymentId"], one["status"]) for one in answer["payments"]] == [
        (cast.PAYMENT, 1),
        (cast.PAYMENT_CANCELLED, 0),
        (990000001, 0),
    ]
    assert "cancelled" in answer["payments"][1]["message"]
    assert "doesn't exist" in answer["payments"][2]["message"]
    assert cast.PAYMENT in payments(sandbox, externalSystemSynced=1)
    assert cast.PAYMENT not in payments(sandbox, externalSystemSynced=0)
    assert cast.PAYMENT in payments(sandbox, updatedAsOf=f"{day(0)} 00:00:00")


def credited(sandbox: Any, **filters: Any) -> set[int]:
    values = {"creditDateFrom": day(-31), "creditDateTo": day(0), "itemType": "all", **filters}
    return {one["creditId"] for one in done(sandbox.call("credit.details.list", **values))["credits"]}


def test_marked_credits_are_listed_as_synchronized(sandbox: Any) -> None:
    assert cast.CREDIT in credited(sandbox, externalSystemSynced=0)
    sent = [{"creditId": one} for one in (cast.CREDIT_CANCELLED, cast.CREDIT, 990000001)]
    answer = done(sandbox.call("credit.mark.sync", credits=sent))
    assert [one["status"] for one in answer["credits"]] == [0, 1, 0]
    assert "cancelled" in answer["credits"][0]["message"]
    assert "doesn't exist" in answer["credits"][2]["message"]
    assert cast.CREDIT in credited(sandbox, externalSystemSynced=1)
    assert cast.CREDIT not in credited(sandbox, externalSystemSynced=0)


def booked(sandbox: Any, customer: int) -> list[tuple[Any, Decimal]]:
    """No method lists open credits, so they are read where they lie."""
    o = t.open_credit_balances.c
    with sandbox.engine.connect() as connection:
        rows = connection.execute(select(o.date, o.balance).where(o.customer_id == customer).order_by(o.id))
        return [(f"{row.date}", row.balance) for row in rows]


def test_open_credits_are_booked_for_a_listed_customer(sandbox: Any) -> None:
    (customer,) = sandbox.call("customer.list", code="BLOOM2").json["customers"]
    before = booked(sandbox, customer["id"])
    sent = [{"date": day(-7), "balance": 318.75}, {"balance": "940"}]
    done(sandbox.call("open.credit.balance.create", customerCode="bloom2", openCredits=sent))
    added = [(day(-7), Decimal("318.75")), (day(0), Decimal(940))]
    assert booked(sandbox, customer["id"]) == before + added


def test_open_credits_that_are_refused(sandbox: Any) -> None:
    before = booked(sandbox, cast.BLOOM2)
    sent = {"customerCode": "BLOOM2", "openCredits": [{"balance": 5}]}
    call = "open.credit.balance.create"
    assert "customer" in refusal(sandbox.call(call, **{**sent, "customerCode": "NOBODY"}))
    assert sandbox.call(call, **{**sent, "openCredits": [{"balance": 5}, {"date": day(0)}]}).status == 400
    assert sandbox.call(call, **{**sent, "openCredits": [{"balance": 5}] * 51}).json["status"] == 0
    assert sandbox.call(call, **{**sent, "openCredits": []}).json["status"] == 0
    assert booked(sandbox, cast.BLOOM2) == before
