"""What a grower shipped and what of it was received, by air waybill."""

from __future__ import annotations

from sqlalchemy import func, select

from komet_console.sandbox.business.purchasing import LineStatus
from komet_console.sandbox.context import Answer, Call, handles, ok
from komet_console.sandbox.methods.common.filters import between, exact
from komet_console.sandbox.store import tables as t


@handles("grower.report.get")
def grower_report(call: Call) -> Answer:
    """Pieces bought and full boxes received of the vendor's product, one row an air waybill, product and box type."""
    o, i, a, g, c, x, n = (
        t.purchase_orders.c,
        t.purchase_order_items.c,
        t.awbs.c,
        t.products.c,
        t.categories.c,
        t.box_types.c,
        t.inventory_lines.c,
    )
    received = (
        select(n.purchase_order_item_id.label("item_id"), func.sum(n.received_boxes).label("boxes"))
        .where(n.company_id == call.company_id, n.purchase_order_item_id.is_not(None))
        .group_by(n.purchase_order_item_id)
        .subquery()
    )
    by = (
        a.id,
        a.awb,
        a.ship_date,
        o.order_type,
        g.id,
        g.color,
        g.variety,
        g.grade,
        c.name.label("category"),
        x.code.label("box_type"),
        x.fbe,
    )
    rows = call.connection.execute(
        select(
            *by,
            func.sum(i.total_boxes).label("pieces"),
            func.coalesce(func.sum(received.c.boxes), 0).label("received"),
        )
        .join_from(t.purchase_order_items, t.purchase_orders, o.id == i.purchase_order_id)
        .join(t.awbs, a.id == i.awb_id)
        .join(t.products, g.id == i.product_id)
        .join(t.categories, c.id == g.category_id)
        .join(t.box_types, x.id == i.box_type_id)
        .outerjoin(received, received.c.item_id == i.id)
        .where(
            o.company_id == call.company_id,
            o.vendor_id == call.vendor_id,
            i.status_line != LineStatus.CANCELLED,
            *between(a.arrival_date, call.get("arrivalDateFrom"), call.get("arrivalDateTo")),
            *between(a.ship_date, call.get("shipDateFrom"), call.get("shipDateTo")),
            *exact(o.number, call.get("poNumber")),
            *exact(o.order_type, call.get("orderType")),
        )
        .group_by(a.id, a.awb, a.ship_date, o.order_type, g.id, g.color, g.variety, g.grade, c.name, x.code, x.fbe)
        .order_by(a.id, o.order_type, g.id, x.code)
    )
    return ok(
        items=[
            {
                "awb": row.awb,
                "orderType": row.order_type,
                "shipDate": row.ship_date,
                "color": row.color or "",
                "category": row.category,
                "variety": row.variety or "",
                "grade": row.grade or "",
                "pieces": row.pieces,
                "boxType": row.box_type,
                "fbeReceived": row.fbe * int(row.received),
            }
            for row in rows
        ]
    )
