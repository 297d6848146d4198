"""What growers offer for a period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, or_, select

from komet_console.sandbox.business.ordering import offer_boxes
from komet_console.sandbox.context import Answer, Call, handles, ok
from komet_console.sandbox.methods.common.references import find, find_customer
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import CENT, percentage


@handles("vendor.availability.items.list")
def vendor_availability_items_list(call: Call) -> Answer:
    """Offers available at some time of the period, with `exactDate` during all of it; a K2K offer has the stock of the
    other company's line."""
    v, g, c, n, x = t.vendor_availability_items.c, t.products.c, t.categories.c, t.vendors.c, t.box_types.c
    customer = find_customer(call)
    location = find(call, t.locations, "location", id=call.get("locationId"))
    start, end = call.need("dateFrom"), call.need("dateTo")
    period = (
        (v.available_from <= start, v.available_to >= end)
        if call.get("exactDate")
        else (v.available_from <= end, v.available_to >= start)
    )
    query = (
        select(
            t.vendor_availability_items,
            g.description,
            g.legacy_code,
            g.grade,
            c.name.label("category"),
            n.code.label("vendor_code"),
            n.name.label("vendor_name"),
            n.port_origin,
            x.code.label("box_type"),
        )
        .join(t.products, g.id == v.product_id)
        .join(t.categories, c.id == g.category_id)
        .join(t.vendors, n.id == v.vendor_id)
        .join(t.box_types, x.id == v.box_type_id)
        .where(
            v.company_id == call.company_id,
            *period,
            or_(v.ship_via_id.is_(None), v.ship_via_id == call.get("shipViaId", 0)),
        )
        .order_by(v.id)
    )
    if location is not None:
        query = query.where(or_(v.location_id.is_(None), v.location_id == location.id))
    rows = call.connection.execute(query).all()
    free = offer_boxes(call.connection, [row.id for row in rows])
    least = 1 if call.get("availableOnly") else 0
    show_vendor = _shown(call, customer)
    markup = (customer.fob_markup if customer is not None else None) or Decimal(0)
    items = [_item(row, free[row.id], show_vendor, markup) for row in rows if free[row.id] >= least]
    return ok(inventoryItems=items)


def _shown(call: Call, customer: Row[Any] | None) -> int:
    """What the customer may see of vendors: 0 nothing, 1 the code, 2 the name; nothing without a customer."""
    if customer is None:
        return 0
    if customer.show_vendor is not None:
        return int(customer.show_vendor)
    query = select(t.companies.c.show_vendor).where(t.companies.c.id == call.company_id)
    return int(call.connection.execute(query).scalar_one())


def _item(row: Row[Any], boxes: int, show_vendor: int, markup: Decimal) -> dict[str, Any]:
    item = {
        "inventoryId": row.id,
        "companyProductId": row.product_id,
        "productDescription": row.description,
        "productCode": row.legacy_code or "",
        "grade": row.grade or "",
        "category": row.category,
        "portOfOrigin": row.port_origin or "",
        "quantity": boxes,
        "totalUnits": boxes * row.units_per_box,
        "boxTypeId": row.box_type_id,
        "boxTypeCode": row.box_type,
        "unitType": row.unit_type,
        "bunches": row.bunches,
        "unitsPerBox": row.units_per_box,
        "stemsBunch": row.stems_bunch,
        "price": row.price.quantize(CENT),
        "fobPrice": row.price.quantize(CENT) + percentage(row.price, markup),
        "availableFrom": row.available_from,
        "availableTo": row.available_to,
    }
    if show_vendor:
        item["vendor"] = row.vendor_name if show_vendor == 2 else row.vendor_code or ""
    return item
