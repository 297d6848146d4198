"""Payments: list, receive, mark as synchronized; and open credit balances."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, insert, or_, select, update

from komet_console.sandbox.context import Answer, Call, Invalid, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import between, exact, like, since, switched
from komet_console.sandbox.methods.common.references import find, find_customer, find_location
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.billing import InvoiceStatus
from komet_console.sandbox.store.numbers import Counter, take_number

_FURTHEST_CHANGE = timedelta(days=31)
"""How far `updatedAsOf` of payment.list reaches back."""


@handles("payment.list")
def payment_list(call: Call) -> Answer:
    """Payments that were not cancelled, with the invoices they were applied to."""
    changed = call.get("updatedAsOf")
    if changed is not None and changed.date() < call.today - _FURTHEST_CHANGE:
        raise Invalid(f"updatedAsOf may lie at most {_FURTHEST_CHANGE.days} days back")
    p, c, m = t.payments.c, t.customers.c, t.payment_methods.c
    conditions = [
        p.company_id == call.company_id,
        p.cancelled.is_(False),
        *between(p.date, call.get("dateFrom"), call.get("dateTo")),
        *exact(p.control_number, call.get("controlNumber")),
        *exact(m.name, call.get("paymentMethod")),
        *exact(p.reference_number, call.get("checkReference")),
        *since(p.updated_on, changed),
        *exact(p.location_id, call.get("locationId")),
        *switched(p.external_system_synced, call.get("externalSystemSynced")),
    ]
    customer = call.get("customer")
    if customer:
        conditions.append(or_(*like(c.name, customer), *exact(c.code, customer)))
    if "invoiceNumber" in call.input:
        applied = exists().where(
            t.payment_invoices.c.payment_id == p.id,
            t.payment_invoices.c.invoice_id == t.invoices.c.id,
            t.invoices.c.number == call.get("invoiceNumber"),
        )
        conditions.append(applied)
    rows = call.connection.execute(
        select(t.payments, c.name.label("customer"), m.name.label("method"))
        .join_from(t.payments, t.customers, c.id == p.customer_id)
        .join(t.payment_methods, m.id == p.method_id)
        .where(*conditions)
        .order_by(p.id)
    ).all()
    applied_rows = call.connection.execute(
        select(t.payment_invoices, t.invoices.c.number)
        .join(t.invoices, t.invoices.c.id == t.payment_invoices.c.invoice_id)
        .where(t.payment_invoices.c.payment_id.in_([row.id for row in rows]))
        .order_by(t.payment_invoices.c.id)
    )
    invoices: dict[int, list[dict[str, Any]]] = {}
    for one in applied_rows:
        line = {"invoiceNumber": one.number, "amount": one.amount, "discount": one.discount}
        invoices.setdefault(one.payment_id, []).append(line)
    return ok(
        payments=[
            {
                "id": row.id,
                "controlNumber": row.control_number,
                "date": row.date,
                "customer": row.customer,
                "method": row.method,
                "checkReference": row.reference_number or "",
                "notes": row.notes or "",
                "total": row.total,
                "invoices": invoices.get(row.id, []),
            }
            for row in rows
        ]
    )


@handles("payment.receive")
def payment_receive(call: Call) -> Answer:
    """Take a payment and apply it to confirmed invoices; what is left over is an overpayment."""
    customer = find_customer(call, required=True)
    assert customer is not None
    location = find_location(call)
    method = find(call, t.payment_methods, "payment method", id=call.need("methodId"), required=True)
    if method is None or not method.active:
        raise Refused(f"The payment method {call.need('methodId')} is not active")
    lines = []
    applied = Decimal(0)
    for line in call.get("invoices", []):
        if "invoiceNumber" not in line:
            raise Invalid("invoices.invoiceNumber is required")
        i = t.invoices.c
        invoice = call.connection.execute(
            select(t.invoices).where(i.company_id == call.company_id, i.number == line["invoiceNumber"])
        ).one_or_none()
        if invoice is None or invoice.customer_id != customer.id:
            raise Refused(f"The invoice {line['invoiceNumber']} is not one of customer {customer.id}")
        if invoice.status != InvoiceStatus.CONFIRMED:
            raise Refused(f"The invoice {line['invoiceNumber']} is not confirmed")
        if line["amount"] <= 0:
            raise Refused("The amount must be more than 0")
        discount = line.get("discount", Decimal(0))
        if discount < 0:
            raise Refused("The discount must not be negative")
        applied += line["amount"]
        lines.append({"invoice_id": invoice.id, "amount": line["amount"], "discount": discount})
    total = call.get("totalPayment", applied)
    if total < applied:
        raise Refused("totalPayment is less than what is applied to invoices", documented=True)
    if total <= 0:
        raise Refused("The payment must be more than 0")
    number = take_number(call.connection, call.company_id, Counter.PAYMENT)
    added = call.connection.execute(
        insert(t.payments).values(
            company_id=call.company_id,
            location_id=location.id,
            control_number=number,
            customer_id=customer.id,
            method_id=method.id,
            date=call.need("date"),
            total=total,
            reference_number=call.get("referenceNumber"),
            notes=call.get("notes"),
            created_on=call.now,
            updated_on=call.now,
        )
    )
    assert added.inserted_primary_key is not None
    if lines:
        payment_id = added.inserted_primary_key[0]
        rows = [{"company_id": call.company_id, "payment_id": payment_id, **line} for line in lines]
        call.connection.execute(insert(t.payment_invoices), rows)
    return ok(controlNumber=number)


@handles("payment.mark.sync")
def payment_mark_sync(call: Call) -> Answer:
    """Mark payments as taken over; one result for each."""
    return {"status": 1, "payments": _mark(call, t.payments, "payment", "payments", "paymentId")}


@handles("credit.mark.sync")
def credit_mark_sync(call: Call) -> Answer:
    """Mark credits as taken over; one result for each."""
    return {"status": 1, "credits": _mark(call, t.credits, "credit", "credits", "creditId")}


def _mark(call: Call, table: Any, what: str, list_name: str, key: str) -> list[dict[str, Any]]:
    results = []
    for element in call.need(list_name):
        row = call.connection.execute(
            select(table.c.id, table.c.cancelled).where(
                table.c.company_id == call.company_id, table.c.id == element[key]
            )
        ).one_or_none()
        if row is None:
            results.append({"message": f"The {what} doesn't exist", "status": 0, key: element[key]})
        elif row.cancelled:
            results.append({"message": f"The {what} was cancelled", "status": 0, key: element[key]})
        else:
            changed = update(table).where(table.c.id == row.id)
            call.connection.execute(changed.values(external_system_synced=True, updated_on=call.now))
            results.append({"message": "OK", "status": 1, key: element[key]})
    return results


@handles("open.credit.balance.create")
def open_credit_balance_create(call: Call) -> Answer:
    """Book open credits of a customer; dated today where no date is sent."""
    customer = find_customer(call, required=True)
    assert customer is not None
    rows = []
    for element in call.need("openCredits"):
        if "balance" not in element:
            raise Invalid("openCredits.balance is required")
        rows.append(
            {
                "company_id": call.company_id,
                "customer_id": customer.id,
                "date": element.get("date", call.today),
                "balance": element["balance"],
                "created_on": call.now,
            }
        )
    if not rows:
        raise Refused("There is no credit to create")
    call.connection.execute(insert(t.open_credit_balances), rows)
    return ok()
