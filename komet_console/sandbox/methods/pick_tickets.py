"""Pick tickets: the warehouse's side of the invoices. A box is scanned when it is shipped."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import func, select

from komet_console.sandbox.context import Answer, Call, Invalid, handles, ok
from komet_console.sandbox.methods.common.invoice_queries import (
    Conditions,
    chosen,
    header_fields,
    invoice_conditions,
    invoice_headers,
    invoice_lines,
    line_fields,
    order_dates,
)
from komet_console.sandbox.methods.common.typed import days_between
from komet_console.sandbox.store import tables as t

_ACTIVE = (t.InvoiceStatus.PENDING, t.InvoiceStatus.CONFIRMED)
_PICKED = (*_ACTIVE, t.InvoiceStatus.VOIDED)
_DAYS = 7


def _dates(call: Call) -> tuple[date | None, date | None]:
    start, end = order_dates(call)
    if call.get("orderId") is None and call.get("order") is None and (start is None or end is None):
        raise Invalid("orderDate, or orderDateFrom and orderDateTo, or orderId is required")
    return start, end


def _active_unless_asked(call: Call, conditions: Conditions) -> Conditions:
    shown = _ACTIVE if call.get("status") is None else _PICKED
    return [*conditions, t.invoices.c.status.in_(shown)]


@handles("pickticket.details.list")
def pickticket_details_list(call: Call) -> Answer:
    """Pick tickets with lines and box codes; without a status the active ones. Drafts have none yet."""
    dates = _dates(call)
    days_between(*dates, _DAYS, "seven days")
    conditions = _active_unless_asked(call, invoice_conditions(call, dates))
    lines = invoice_lines(call, conditions)
    codes = _box_codes(call, conditions)
    tickets = []
    for row in invoice_headers(call, conditions):
        own = lines.get(row.id, [])
        tickets.append(
            {
                **header_fields(row),
                "status": row.status,
                "carrierId": row.carrier_id,
                "carrierName": row.carrier_name,
                "totalBoxes": sum(line.total_boxes for line in own),
                "details": [
                    {**line_fields(line), "boxes": [{"boxCode": code} for code in codes.get(line.id, ())]}
                    for line in own
                ],
            }
        )
    return ok(pickTickets=tickets)


def _box_codes(call: Call, conditions: Conditions) -> dict[int, list[str]]:
    """The boxes picked for each line."""
    i, b = t.invoice_items.c, t.boxes.c
    query = (
        select(b.invoice_item_id, b.code)
        .join(t.invoice_items, i.id == b.invoice_item_id)
        .where(i.invoice_id.in_(chosen(conditions)))
        .order_by(b.code)
    )
    codes: dict[int, list[str]] = defaultdict(list)
    for item_id, code in call.connection.execute(query):
        codes[item_id].append(code)
    return codes


@handles("pick.ticket.scanning.status.list")
def pick_ticket_scanning_status_list(call: Call) -> Answer:
    """How many boxes of the active pick tickets were scanned."""
    conditions = _active_unless_asked(call, invoice_conditions(call, _dates(call)))
    i, b = t.invoice_items.c, t.boxes.c
    counted = (
        select(
            i.invoice_id,
            func.count(b.id).label("boxes"),
            func.count(b.id).filter(b.state == t.BoxState.SHIPPED.value).label("scanned"),
        )
        .join(t.boxes, b.invoice_item_id == i.id)
        .where(i.invoice_id.in_(chosen(conditions)))
        .group_by(i.invoice_id)
    )
    progress = {row.invoice_id: (row.boxes, row.scanned) for row in call.connection.execute(counted)}
    tickets = []
    for row in invoice_headers(call, conditions):
        boxes, scanned = progress.get(row.id, (0, 0))
        tickets.append(
            {
                "orderId": row.id,
                "number": row.number,
                "shipDate": row.ship_date,
                "customer": row.customer_name,
                "carrierName": row.carrier_name,
                "totalBoxes": boxes,
                "scannedBoxes": scanned,
                "scanningStatus": _progress(boxes, scanned),
            }
        )
    return ok(pickTickets=tickets)


def _progress(boxes: int, scanned: int) -> str:
    if scanned == 0:
        return "Not started"
    return "Completed" if scanned == boxes else "In progress"
