"""Invoices that growers send for purchase orders: by mail, by upload, and taken over by the accounting."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Row, insert, select, update

from komet_console.sandbox.business.purchasing import OrderStatus, find_order
from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import exact
from komet_console.sandbox.store import tables as t

_MAGIC = (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
"""How PDF, PNG, JPEG, GIF, BMP and TIFF files begin; WebP is a RIFF container and looked at apart."""


@handles("v2/vendor/invoice")
def vendor_invoice(call: Call) -> Answer:
    """Keep an uploaded invoice with its purchase order."""
    order = _billable_order(call)
    content: bytes = call.need("attachment")
    if not (content.startswith(_MAGIC) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")):
        raise Refused("The file must be an image or a PDF", documented=True)
    if call.get("companyId", call.company_id) != call.company_id:
        raise Refused(f"The purchase order {order.number} is not one of company {call.get('companyId')}")
    if call.get("locationId", order.location_id) != order.location_id:
        raise Refused(f"The purchase order {order.number} is not one of location {call.get('locationId')}")
    _keep(call, order, content, source="upload")
    return ok()


@handles("vendor.invoice.mail.receive")
def vendor_invoice_mail_receive(call: Call) -> Answer:
    """Keep a mailed invoice with its purchase order, when the sender is one of the vendor's addresses."""
    order = _billable_order(call)
    v = t.vendors.c
    known = call.connection.execute(select(v.email_for_pos).where(v.id == order.vendor_id)).scalar() or ""
    sender = call.need("mailFrom").strip().lower()
    if sender not in re.split(r"[;,\s]+", known.lower()):
        raise Refused(f"{call.get('mailFrom')} is not an address of the vendor", documented=True)
    _keep(call, order, call.need("file"), source="mail", mail_from=sender)
    return ok()


@handles("vendor.invoice.mark.sync")
def vendor_invoice_mark_sync(call: Call) -> Answer:
    """Mark an invoice as taken over; from then on it is not replaced by a new file."""
    order = find_order(call, call.need("poNumber"))
    row = _find(call, order, call.need("invoiceNumber"))
    if row is None:
        raise Refused(f"The purchase order {order.number} has no invoice {call.get('invoiceNumber')}")
    i = t.vendor_invoices.c
    call.connection.execute(update(t.vendor_invoices).where(i.id == row.id).values(external_system_synced=True))
    return ok()


def _billable_order(call: Call) -> Row[Any]:
    order = find_order(call, str(call.need("poNumber")))
    if order.status == OrderStatus.CANCELLED:
        raise Refused(f"The purchase order {order.number} is cancelled")
    return order


def _find(call: Call, order: Row[Any], number: str) -> Row[Any] | None:
    i = t.vendor_invoices.c
    return call.connection.execute(
        select(t.vendor_invoices)
        .where(i.company_id == call.company_id, i.purchase_order_id == order.id, *exact(i.invoice_number, number))
        .order_by(i.id)
        .limit(1)
    ).one_or_none()


def _keep(call: Call, order: Row[Any], content: bytes, **values: Any) -> None:
    """Add the invoice, or replace the one with the same number while the accounting has not taken it over."""
    number = (call.get("invoiceNumber") or "").strip() or None
    known = _find(call, order, number) if number else None
    if known is not None and known.external_system_synced:
        raise Refused(f"The invoice {number} of purchase order {order.number} is synchronized already")
    row = {
        "invoice_number": number,
        "invoice_total": call.get("invoiceTotal"),
        "content": content,
        "received_on": call.now,
        **values,
    }
    if known is not None:
        call.connection.execute(update(t.vendor_invoices).where(t.vendor_invoices.c.id == known.id).values(**row))
        return
    call.connection.execute(
        insert(t.vendor_invoices).values(
            company_id=call.company_id,
            location_id=order.location_id,
            purchase_order_id=order.id,
            vendor_id=order.vendor_id,
            **row,
        )
    )
