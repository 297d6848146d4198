"""Files of invoices: the invoice as a PDF, and the proof of delivery."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, insert, select

from komet_console.sandbox.business import invoices
from komet_console.sandbox.business.pdf import text_document
from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import exact
from komet_console.sandbox.methods.common.invoice_queries import invoice_headers, invoice_lines
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import CENT

_POD = "POD"
_WIDTH = 86


@handles("invoice.pdf.get")
def invoice_pdf_get(call: Call) -> Answer:
    """The invoice as a PDF; a customer token gets its own ones only."""
    n = t.invoices.c
    wanted = call.need("invoiceId")
    conditions = [n.company_id == call.company_id, n.id == wanted, *exact(n.customer_id, call.customer_id)]
    found = invoice_headers(call, conditions)
    if not found:
        raise Refused(f"The invoice {wanted} does not exist")
    invoice = found[0]
    lines = _document(
        call,
        invoice,
        invoice_lines(call, conditions).get(invoice.id, []),
        spread=bool(call.get("enableDistributeAdditionalCharges")),
        show_spread=bool(call.get("addAdditionalChargesInUnitPrice")),
    )
    title = f"Invoice #{invoice.prefix}{invoice.number}"
    return ok("The invoice was generated", suggestedFileName=f"{title}.pdf", file=text_document(lines, title))


def _document(
    call: Call, invoice: Row[Any], items: Sequence[Row[Any]], *, spread: bool, show_spread: bool
) -> list[str]:
    charges = call.connection.execute(
        select(t.invoice_charges.c.name, t.invoice_charges.c.amount)
        .where(t.invoice_charges.c.invoice_id == invoice.id)
        .order_by(t.invoice_charges.c.id)
    ).all()
    company = call.connection.execute(
        select(t.companies.c.name).where(t.companies.c.id == call.company_id)
    ).scalar_one()
    status = t.InvoiceStatus(invoice.status)
    lines = [
        f"{company:<50}{'INVOICE':>36}",
        f"{'':<50}{f'#{invoice.prefix}{invoice.number}':>36}",
        "",
        f"Customer   {invoice.customer_name} ({invoice.customer_code or ''})",
        *_address(call, invoice),
        f"Carrier    {invoice.carrier_name}",
        f"Ship date  {invoice.ship_date:%m/%d/%Y}",
        f"PO number  {invoice.po_number or ''}",
        f"Reference  {invoice.reference or ''}",
        f"Status     {invoices.STATUS_NAMES[status]}",
        "",
        f"{'Boxes':>5} {'':<3} {'Product':<36}{'Units':>7} {'':<6}{'Price':>11}{'Amount':>15}",
        "-" * _WIDTH,
    ]
    shares = distribute(invoice.additional_charges, [item.total_price for item in items]) if spread else None
    for index, item in enumerate(items):
        amount = item.total_price + (shares[index] if shares else 0)
        price = item.unit_price if not shares else (amount / item.total_units).quantize(CENT)
        name = (item.product_alias or item.product_description)[:35]
        lines.append(
            f"{item.total_boxes:>5} {item.box_type:<3} {name:<36}{item.total_units:>7} {item.unit_type:<6}"
            f"{price:>11.2f}{amount:>15.2f}"
        )
    lines.append("-" * _WIDTH)
    in_prices = shares is not None
    lines.append(_sum("Subtotal", invoice.subtotal + (invoice.additional_charges if in_prices else 0)))
    if not in_prices:
        lines += [_sum(row.name, row.amount) for row in charges]
    lines += [_sum("Taxes", invoice.taxes), _sum("Credits", -invoice.credits), _sum("Total", invoice.total)]
    if in_prices and show_spread:
        lines += ["", *(f"Included in the prices: {row.name} {row.amount:.2f}" for row in charges)]
    return [*lines, *_footer(call, invoice)]


def _sum(name: str, amount: Decimal) -> str:
    return f"{name[:50]:>70}{amount:>16.2f}"


def _address(call: Call, invoice: Row[Any]) -> list[str]:
    s = t.customer_shiptos.c
    row = call.connection.execute(select(t.customer_shiptos).where(s.id == invoice.ship_to_id)).one_or_none()
    if row is None:
        return []
    place = " ".join(part for part in (row.address, row.city, row.state, row.zipcode) if part)
    return [f"Ship to    {row.name}, {place}"]


def _footer(call: Call, invoice: Row[Any]) -> list[str]:
    d = t.invoice_documents.c
    received = call.connection.execute(
        select(d.received_on).where(d.invoice_id == invoice.id, d.kind == _POD).order_by(d.id)
    ).scalars()
    notes = [f"Notes: {invoice.invoice_notes}"] if invoice.invoice_notes else []
    return ["", *notes, *(f"Proof of delivery received {moment:%m/%d/%Y %H:%M} GMT" for moment in received)]


def distribute(amount: Decimal, over: Sequence[Decimal]) -> list[Decimal]:
    """Shares of an amount in proportion, to the cent; together they are exactly the amount."""
    whole = sum(over, Decimal(0))
    shares: list[Decimal] = []
    given = before = Decimal(0)
    for part in over:
        before += part
        # rounding the running total instead of each share leaves no cent over
        until_here = (amount * before / whole).quantize(CENT) if whole else amount
        shares.append(until_here - given)
        given = until_here
    return shares


@handles("invoice.pod.receive")
def invoice_pod_receive(call: Call) -> Answer:
    """Keep a proof of delivery with an invoice and mail it to the contacts who asked for that."""
    content = call.need("proofOfDeliveryfile")
    if not content:
        raise Refused("The proof of delivery is empty")
    invoice = invoices.find_invoice(call.connection, call.company_id, number=call.need("invoiceNumber"))
    if invoice.status in (t.InvoiceStatus.DRAFT, t.InvoiceStatus.VOIDED):
        status = invoices.STATUS_NAMES[t.InvoiceStatus(invoice.status)]
        raise Refused(f"The invoice {invoice.number} is {status}; nothing was delivered")
    call.connection.execute(
        insert(t.invoice_documents).values(
            company_id=call.company_id, invoice_id=invoice.id, kind=_POD, content=content, received_on=call.now
        )
    )
    c = t.customer_contacts.c
    asked = select(c.email).where(
        c.customer_id == invoice.customer_id, c.email_pod.is_(True), c.email.is_not(None), c.email != ""
    )
    mails = [
        {
            "company_id": call.company_id,
            "at": call.now,
            "mail_to": mail,
            "subject": f"Proof of delivery of invoice {invoice.number}",
            "body": f"The proof of delivery of invoice {invoice.number} has {len(content)} bytes.",
        }
        for mail in call.connection.execute(asked.order_by(c.id)).scalars()
    ]
    if mails:
        call.connection.execute(insert(t.outbox), mails)
    return ok("The proof of delivery was received")
