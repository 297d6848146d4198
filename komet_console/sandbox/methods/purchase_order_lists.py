"""Purchase orders as lists: with their lines, and with the vendor availability behind the lines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select

from komet_console.sandbox.business.purchasing import order_number
from komet_console.sandbox.context import Answer, Call, Invalid, handles, ok
from komet_console.sandbox.methods.common.filters import between, exact, like, numbers
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import line_total

Grouped = dict[int, list[dict[str, Any]]]


@handles("purchase.order.list")
def purchase_order_list(call: Call) -> Answer:
    """Orders by ship date, number and more; filters of lines keep the lines that match and the orders that have any."""
    lines = _lines(call)
    orders: dict[int, dict[str, Any]] = {}
    ids = [row.id for row in lines]
    boxes, parts = _boxes(call, ids), _parts(call, ids)
    offers = _offers(call, ids) if call.get("includeVendorAvailabilityDetails") else None
    for row in lines:
        detail = _detail(row)
        if row.awb is not None:
            detail["boxes"] = boxes.get(row.id, [])
        detail["breakdowns"] = parts.get(row.id, [])
        if offers is not None:
            detail["vendorAvailabilityDetails"] = [
                {key: value for key, value in offer.items() if key != "downgraded"} for offer in offers.get(row.id, [])
            ]
        orders.setdefault(row.order_id, {**_order(row), "details": []})["details"].append(detail)
    return ok(purchaseOrders=list(orders.values()))


@handles("purchase.order.va.details.list")
def va_details_list(call: Call) -> Answer:
    """The vendor availability behind lines, found by order numbers or by line ids."""
    o, i = t.purchase_orders.c, t.purchase_order_items.c
    if not call.get("purchaseOrderNumbers") and not call.get("purchaseOrderItemIds"):
        raise Invalid("purchaseOrderNumbers or purchaseOrderItemIds is required")
    rows = call.connection.execute(
        select(i.id, o.id.label("order_id"), o.number, o.ship_date)
        .join(t.purchase_orders, o.id == i.purchase_order_id)
        .where(
            o.company_id == call.company_id,
            *_listed(o.number, call.get("purchaseOrderNumbers"), numbers_of_orders=True),
            *_listed(i.id, call.get("purchaseOrderItemIds")),
            *exact(o.ship_date, call.get("shipDate")),
        )
        .order_by(o.id, i.id)
    ).all()
    offers = _offers(call, [row.id for row in rows])
    orders: dict[int, dict[str, Any]] = {}
    for row in rows:
        order = {"id": row.order_id, "number": row.number, "shipDate": row.ship_date, "details": []}
        orders.setdefault(row.order_id, order)["details"].append(
            {"poItemId": row.id, "vendorAvailabilityDetails": offers.get(row.id, [])}
        )
    return ok(purchaseOrders=list(orders.values()))


def _listed(
    column: ColumnElement[Any], values: list[str] | None, *, numbers_of_orders: bool = False
) -> list[ColumnElement[bool]]:
    if not values:
        return []
    return [column.in_([order_number(one) for one in values] if numbers_of_orders else numbers(values))]


def _conditions(call: Call) -> list[ColumnElement[bool]]:
    o, i, v, a, p, c, g = (
        t.purchase_orders.c,
        t.purchase_order_items.c,
        t.vendors.c,
        t.awbs.c,
        t.prebooks.c,
        t.customers.c,
        t.products.c,
    )
    conditions = [
        o.company_id == call.company_id,
        *exact(o.ship_date, call.get("date")),
        *exact(o.vendor_id, call.vendor_id if call.vendor_id is not None else call.get("vendorId")),
        *_listed(o.number, call.get("number"), numbers_of_orders=True),
        *exact(o.origin_code, call.get("origin")),
        *exact(o.inbound_truck_id, call.get("inboundTruckId")),
        *exact(o.location_id, call.get("locationId")),
        *exact(o.status, call.get("status")),
        *exact(c.id, call.get("customerId")),
        *exact(p.customer_po_number, call.get("customerPONumber")),
        *like(g.description, call.get("product")),
        *exact(a.id, call.get("awbId")),
        *exact(i.status_line, call.get("statusLine")),
        *_listed(i.id, call.get("purchaseOrderItemIds")),
        *between(i.available_from, call.get("futureInventoryAvailableFrom"), call.get("futureInventoryAvailableTo")),
    ]
    if call.get("vendor"):
        conditions.append(or_(*like(v.name, call.get("vendor")), *exact(v.code, call.get("vendor"))))
    if call.get("prebook"):
        conditions.append(p.number == numbers([call.get("prebook").strip()])[0])
    return conditions


def _lines(call: Call) -> list[Row[Any]]:
    o, i, v, a, p, c, g = (
        t.purchase_orders.c,
        t.purchase_order_items.c,
        t.vendors.c,
        t.awbs.c,
        t.prebooks.c,
        t.customers.c,
        t.products.c,
    )
    k, x, h = t.prebook_items.c, t.box_types.c, t.carriers.c
    return list(
        call.connection.execute(
            select(
                t.purchase_order_items,
                o.id.label("order_id"),
                o.number,
                o.ship_date,
                o.status,
                o.vendor_id,
                o.origin_code,
                o.location_id,
                v.code.label("vendor_code"),
                v.name.label("vendor_name"),
                t.locations.c.name.label("location_name"),
                h.name.label("carrier_name"),
                a.awb,
                p.number.label("prebook_number"),
                p.customer_po_number,
                c.id.label("customer_id"),
                c.name.label("customer_name"),
                g.description,
                x.code.label("box_type"),
            )
            .join_from(t.purchase_order_items, t.purchase_orders, o.id == i.purchase_order_id)
            .join(t.vendors, v.id == o.vendor_id)
            .join(t.locations, t.locations.c.id == o.location_id)
            .join(t.products, g.id == i.product_id)
            .join(t.box_types, x.id == i.box_type_id)
            .outerjoin(t.carriers, h.id == o.carrier_id)
            .outerjoin(t.awbs, a.id == i.awb_id)
            .outerjoin(t.prebook_items, k.id == i.prebook_item_id)
            .outerjoin(t.prebooks, p.id == k.prebook_id)
            .outerjoin(t.customers, c.id == p.customer_id)
            .where(*_conditions(call))
            .order_by(o.id, i.id)
        )
    )


def _order(row: Row[Any]) -> dict[str, Any]:
    order = {
        "id": row.order_id,
        "number": row.number,
        "shipDate": row.ship_date,
        "vendorId": row.vendor_id,
        "vendorCode": row.vendor_code or "",
        "vendorName": row.vendor_name,
        "origin": row.origin_code,
        "status": row.status,
        "locationId": row.location_id,
        "locationName": row.location_name,
    }
    if row.carrier_name is not None:
        order["carrierName"] = row.carrier_name
    return order


def _detail(row: Row[Any]) -> dict[str, Any]:
    units = row.total_boxes * row.units_per_box
    detail: dict[str, Any] = {
        "poItemId": row.id,
        "productId": row.product_id,
        "productDescription": row.description,
        "boxType": row.box_type,
        "totalBoxes": row.total_boxes,
        "confirmedBoxes": row.confirmed_boxes,
        "bunches": row.bunches,
        "stemsBunch": row.stems_bunch,
        "unitType": row.unit_type,
        "totalUnits": units,
        "unitCost": row.unit_cost,
        "totalCost": line_total(units, row.unit_cost),
        "markCode": row.mark_code or "",
        "reference": row.reference or "",
    }
    if row.prebook_number is not None:
        detail |= {
            "prebook": str(row.prebook_number),
            "customerId": row.customer_id,
            "customerName": row.customer_name,
            "customerPONumber": row.customer_po_number or "",
        }
    if row.awb is not None:
        detail |= {"lotNumber": row.lot_number or 0, "awb": row.awb}
    return detail


def _boxes(call: Call, item_ids: list[int]) -> Grouped:
    b, n, i = t.boxes.c, t.inventory_lines.c, t.purchase_order_items.c
    on_awb = exists().where(i.id == n.purchase_order_item_id, i.id.in_(item_ids))
    rows = call.connection.execute(
        select(n.purchase_order_item_id, b.code)
        .join(t.inventory_lines, n.id == b.inventory_line_id)
        .where(b.company_id == call.company_id, on_awb)
        .order_by(b.id)
    )
    return _grouped((row.purchase_order_item_id, {"boxCode": row.code}) for row in rows)


def _parts(call: Call, item_ids: list[int]) -> Grouped:
    b, g = t.purchase_order_item_breakdowns.c, t.products.c
    rows = call.connection.execute(
        select(t.purchase_order_item_breakdowns, g.description)
        .join(t.products, g.id == b.product_id)
        .where(b.company_id == call.company_id, b.item_id.in_(item_ids))
        .order_by(b.id)
    )
    return _grouped(
        (
            row.item_id,
            {
                "productId": row.product_id,
                "productDescription": row.description,
                "stemsBunch": row.stems_bunch,
                "bunches": row.bunches,
                "cost": row.cost if row.cost is not None else 0,
            },
        )
        for row in rows
    )


def _offers(call: Call, item_ids: list[int]) -> Grouped:
    a, g = t.purchase_order_item_availability.c, t.products.c
    rows = call.connection.execute(
        select(t.purchase_order_item_availability, g.description)
        .join(t.products, g.id == a.product_id)
        .where(and_(a.company_id == call.company_id, a.purchase_order_item_id.in_(item_ids)))
        .order_by(a.id)
    )
    return _grouped(
        (
            row.purchase_order_item_id,
            {
                "productDescription": row.description,
                "availableFrom": row.available_from,
                "postHarvest": row.post_harvest or "",
                "unitType": row.unit_type,
                "unitsAllocated": row.units_allocated,
                "downgraded": row.downgraded,
            },
        )
        for row in rows
    )


def _grouped(pairs: Any) -> Grouped:
    grouped: Grouped = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return grouped
