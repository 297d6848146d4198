"""Credits on invoices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, or_, select

from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import between, exact, like, switched
from komet_console.sandbox.store import tables as t


@handles("credit.details.list")
def credit_details_list(call: Call) -> Answer:
    """Credits of a range of days with their lines; finding none is a documented refusal."""
    k, c, i, r, d, p = t.credits.c, t.customers.c, t.invoices.c, t.carriers.c, t.credit_details.c, t.products.c
    line_conditions = []
    if call.get("itemType") not in (None, "all"):
        line_conditions.append(d.item_type == call.get("itemType"))
    line_conditions += like(p.description, call.get("product"))
    conditions = [
        k.company_id == call.company_id,
        k.cancelled.is_(False),
        *between(k.credit_date, call.get("creditDateFrom"), call.get("creditDateTo")),
        *exact(k.status, call.get("status")),
        *exact(k.customer_id, call.get("customerId")),
        *like(r.name, call.get("carrierName")),
        *exact(k.carrier_id, call.get("carrierId")),
        *exact(i.number, call.get("number")),
        *exact(k.location_id, call.get("locationId")),
        *switched(k.external_system_synced, call.get("externalSystemSynced")),
    ]
    customer = call.get("customer")
    if customer:
        conditions.append(or_(*like(c.name, customer), *exact(c.code, customer)))
    if line_conditions:
        conditions.append(exists().where(d.credit_id == k.id, d.product_id == p.id, *line_conditions))
    rows = call.connection.execute(
        select(t.credits, i.number, c.name.label("customer"), r.name.label("carrier"))
        .join_from(t.credits, t.invoices, i.id == k.invoice_id)
        .join(t.customers, c.id == k.customer_id)
        .outerjoin(t.carriers, r.id == k.carrier_id)
        .where(*conditions)
        .order_by(k.id)
    ).all()
    if not rows:
        raise Refused("credits not found.", documented=True)
    lines: dict[int, list[dict[str, Any]]] = {}
    found = call.connection.execute(
        select(t.credit_details, p.description)
        .join(t.products, p.id == d.product_id)
        .where(d.credit_id.in_([row.id for row in rows]), *line_conditions)
        .order_by(d.id)
    )
    for line in found:
        lines.setdefault(line.credit_id, []).append(
            {
                "product": line.description,
                "itemType": line.item_type,
                "quantity": line.quantity,
                "unitPrice": line.unit_price,
                "amount": line.amount,
                "reason": line.reason or "",
            }
        )
    return ok(
        credits=[
            {
                "creditId": row.id,
                "number": row.number,
                "creditDate": row.credit_date,
                "customerId": row.customer_id,
                "customer": row.customer,
                "carrierId": row.carrier_id or 0,
                "carrierName": row.carrier or "",
                "locationId": row.location_id or 0,
                "status": row.status,
                "externalSystemSynced": row.external_system_synced,
                "totalCredit": row.total_credit,
                "details": lines.get(row.id, []),
            }
            for row in rows
        ]
    )
