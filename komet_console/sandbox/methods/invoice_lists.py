"""Invoices as lists: in short, with their lines, and for accounting."""

from __future__ import annotations

from datetime import date

from komet_console.sandbox.context import Answer, Call, Invalid, handles, ok
from komet_console.sandbox.methods.common.invoice_queries import (
    MOST_BOXES,
    first_boxes,
    header_fields,
    invoice_breakdowns,
    invoice_conditions,
    invoice_headers,
    invoice_lines,
    line_fields,
    order_dates,
)
from komet_console.sandbox.methods.common.typed import days_between, typed
from komet_console.sandbox.store import tables as t

_SIX_MONTHS = 184
_ACCOUNTING_DAYS = 31
_DETAILS_DAYS = 4


@handles("invoice.list")
def invoice_list(call: Call) -> Answer:
    """Invoices by ship date; without a status drafts and voided ones too."""
    dates = order_dates(call)
    days_between(*dates, _SIX_MONTHS, "six months")
    conditions = invoice_conditions(call, dates)
    if call.get("excludeTransfer"):
        conditions.append(t.invoices.c.is_transfer.is_(False))
    return ok(
        invoices=[
            {
                **header_fields(row),
                "carrierId": row.carrier_id,
                "carrierName": row.carrier_name,
                "poNumber": row.po_number or "",
                "status": row.status,
                "isEcommerce": row.is_ecommerce,
                "subtotal": row.subtotal,
                "additionalCharges": row.additional_charges,
                "total": row.total,
            }
            for row in invoice_headers(call, conditions)
        ]
    )


@handles("invoice.details.list")
def invoice_details_list(call: Call) -> Answer:
    """Invoices with their lines and the composition of assorted ones; cut where 10,000 boxes are reached."""
    dates = _details_dates(call)
    conditions = invoice_conditions(call, dates)
    if typed(call.input, "excludeTransfer", bool):
        conditions.append(t.invoices.c.is_transfer.is_(False))
    lines = invoice_lines(call, conditions)
    headers = first_boxes(invoice_headers(call, conditions), lines, MOST_BOXES)
    breakdowns = invoice_breakdowns(call, conditions)
    return ok(
        invoices=[
            {
                **header_fields(row),
                "carrierId": row.carrier_id,
                "carrierName": row.carrier_name,
                "poNumber": row.po_number or "",
                "reference": row.reference or "",
                "status": row.status,
                "subtotal": row.subtotal,
                "additionalCharges": row.additional_charges,
                "total": row.total,
                "details": [
                    {
                        **line_fields(line),
                        "unitPrice": line.unit_price,
                        "totalPrice": line.total_price,
                        "breakdowns": breakdowns.get(line.id, []),
                    }
                    for line in lines.get(row.id, ())
                ],
            }
            for row in headers
        ]
    )


def _details_dates(call: Call) -> tuple[date | None, date | None]:
    start, end = order_dates(call)
    named = call.get("order") is not None or call.get("orderId") is not None
    if not named and (start is None or end is None):
        raise Invalid("orderDate, or orderDateFrom and orderDateTo, or order or orderId is required")
    days_between(start, end, _DETAILS_DAYS, "four days")
    return start, end


@handles("invoice.accounting.details.list")
def invoice_accounting_details_list(call: Call) -> Answer:
    """Invoices for the books: amounts and, except for transfers on request, lines."""
    dates = order_dates(call)
    days_between(*dates, _ACCOUNTING_DAYS, "31 days")
    conditions = invoice_conditions(call, dates)
    lines = invoice_lines(call, conditions)
    invoices = []
    for row in invoice_headers(call, conditions):
        found: Answer = {
            **header_fields(row),
            "subtotal": row.subtotal,
            "additionalCharges": row.additional_charges,
            "total": row.total,
        }
        if not (row.is_transfer and call.get("excludeTransfer")):
            found["details"] = [
                {
                    "productId": line.product_id,
                    "productDescription": line.product_description,
                    "totalBoxes": line.total_boxes,
                    "totalUnits": line.total_units,
                    "unitPrice": line.unit_price,
                    "totalPrice": line.total_price,
                }
                for line in lines.get(row.id, ())
            ]
        invoices.append(found)
    return ok(invoices=invoices)
