"""Lists of prebooks: headers, and with their lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, exists, or_, select

from komet_console.sandbox.context import Answer, Call, Invalid, handles, ok
from komet_console.sandbox.methods.common.filters import Condition, between, exact, like, since, switched
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import line_total

_SHIP_VIA = {0: "Warehouse", 1: "Grower"}
_JOINED = (
    t.prebooks.join(t.customers, t.customers.c.id == t.prebooks.c.customer_id)
    .join(t.carriers, t.carriers.c.id == t.prebooks.c.carrier_id)
    .join(t.locations, t.locations.c.id == t.prebooks.c.location_id)
)


def _header_conditions(call: Call) -> list[Condition]:
    """The filters both lists share."""
    p, c = t.prebooks.c, t.customers.c
    conditions = [
        p.company_id == call.company_id,
        *exact(p.number, call.get("prebook")),
        *exact(p.customer_id, call.get("customerId")),
        *exact(p.carrier_id, call.get("carrierId")),
        *like(t.carriers.c.name, call.get("carrierName")),
        *exact(c.sales_person_id, call.get("salesPersonId")),
        *exact(p.location_id, call.get("CompanyLocationId", call.get("locationId"))),
    ]
    if call.get("customerPONumber") is not None:
        conditions += exact(p.customer_po_number, str(call.get("customerPONumber")))
    named = call.get("customer")
    if named and named.strip():
        conditions.append(or_(*like(c.name, named), *exact(c.code, named)))
    if call.get("soNumber") is not None:
        s = t.standing_orders.c
        conditions.append(exists().where(s.id == p.standing_order_id, *exact(s.number, call.get("soNumber"))))
    return conditions


def _with_line(conditions: list[Condition]) -> Condition:
    return exists().where(t.prebook_items.c.prebook_id == t.prebooks.c.id, *conditions)


def _headers(call: Call, conditions: list[Condition]) -> Sequence[Row[Any]]:
    p, c = t.prebooks.c, t.customers.c
    return call.connection.execute(
        select(
            p.id,
            p.number,
            p.location_id,
            t.locations.c.name.label("location_name"),
            t.locations.c.code.label("location_code"),
            c.name.label("customer_name"),
            p.customer_id,
            c.code.label("customer_code"),
            p.type,
            p.truck_date,
            p.customer_po_number,
            t.carriers.c.name.label("carrier_name"),
            p.carrier_id,
            p.ship_via_id,
            p.comments,
        )
        .select_from(_JOINED)
        .where(*conditions)
        .order_by(p.truck_date, p.id)
    ).all()


def _header(row: Row[Any]) -> Answer:
    return {
        "id": row.id,
        "number": row.number,
        "locationId": row.location_id,
        "locationName": row.location_name,
        "locationCode": row.location_code,
        "customerName": row.customer_name,
        "customerId": row.customer_id,
        "customerCode": row.customer_code or "",
        "type": row.type,
        "truckDate": row.truck_date,
        "customerPONumber": row.customer_po_number or "",
        "carrierName": row.carrier_name,
        "carrierId": row.carrier_id,
        "shipvia": _SHIP_VIA.get(row.ship_via_id, ""),
        "comments": row.comments or "",
    }


@handles("prebook.list")
def prebook_list(call: Call) -> Answer:
    """Prebooks by truck date, without lines."""
    p = t.prebooks.c
    conditions = [
        *_header_conditions(call),
        *between(p.truck_date, call.get("dateFrom"), call.get("dateTo")),
        *exact(p.prebook_status, call.get("prebookStatus")),
        *switched(p.is_ecommerce, call.get("isEcommerce")),
    ]
    if call.get("checkOutStatus") is not None:
        conditions.append(p.check_out_status == int(call.get("checkOutStatus")))
    if call.get("brandId") is not None:
        conditions.append(_with_line(exact(t.prebook_items.c.brand_id, call.get("brandId"))))
    return ok(prebooks=[_header(row) for row in _headers(call, conditions)])


@handles("prebook.details.list")
def prebook_details_list(call: Call) -> Answer:
    """Prebooks with lines; filters on lines leave the other lines out. A vendor sees its own lines, without prices."""
    p, i = t.prebooks.c, t.prebook_items.c
    start, end = call.get("vendorShipDateFrom"), call.get("vendorShipDateTo")
    if call.get("date") is None and (start is None or end is None):
        raise Invalid("date or vendorShipDateFrom and vendorShipDateTo are required")
    on_lines = [
        *between(i.vendor_ship_date, start, end),
        *exact(i.brand_id, call.get("brandId")),
        *switched(i.unable_to_source, call.get("unableToSource")),
    ]
    if call.vendor_id is not None:
        yesterday = call.today - timedelta(days=1)
        on_lines += [i.vendor_id == call.vendor_id, i.vendor_ship_date >= yesterday, i.unit_cost.is_not(None)]
    conditions = [
        *_header_conditions(call),
        *exact(p.truck_date, call.get("date")),
        *since(p.updated_on, call.get("updatedAsOf")),
    ]
    if on_lines:
        conditions.append(_with_line(on_lines))
    headers = _headers(call, conditions)
    lines = _lines(call, conditions, on_lines)
    return ok(prebooks=[{**_header(row), "details": lines[row.id]} for row in headers])


def _lines(call: Call, conditions: list[Condition], on_lines: list[Condition]) -> dict[int, list[Answer]]:
    """The lines of the prebooks that match, by prebook."""
    i, v, r, b = t.prebook_items, t.vendors.c, t.products.c, t.box_types.c
    chosen = select(t.prebooks.c.id).select_from(_JOINED).where(*conditions)
    on_lines = [i.c.prebook_id.in_(chosen), *on_lines]
    parts = _breakdowns(call, on_lines)
    rows = call.connection.execute(
        select(
            i,
            v.name.label("vendor_name"),
            r.description.label("product"),
            b.code.label("box_type"),
            t.brands.c.name.label("brand_name"),
        )
        .select_from(i)
        .outerjoin(t.vendors, v.id == i.c.vendor_id)
        .join(t.products, r.id == i.c.product_id)
        .join(t.box_types, b.id == i.c.box_type_id)
        .outerjoin(t.brands, t.brands.c.id == i.c.brand_id)
        .where(*on_lines)
        .order_by(i.c.id)
    )
    lines: dict[int, list[Answer]] = defaultdict(list)
    for row in rows:
        units = row.total_boxes * row.units_per_box
        price = row.unit_price or Decimal(0)
        line = {
            "prebookItemId": row.id,
            "productId": row.product_id,
            "productDescription": row.product,
            "totalBoxes": row.total_boxes,
            "boxType": row.box_type,
            "bunches": row.bunches,
            "stemsBunch": row.stems_bunch,
            "units": row.units_per_box,
            "unitType": row.unit_type,
            "totalUnits": units,
            "markCode": row.mark_code or "",
            "breakdowns": parts[row.id],
        }
        if row.vendor_id is not None:
            line.update(vendorId=row.vendor_id, vendorName=row.vendor_name)
        if row.vendor_ship_date is not None:
            line["vendorShipDate"] = row.vendor_ship_date
        if row.brand_id is not None:
            line.update(brandId=row.brand_id, brandName=row.brand_name)
        if call.vendor_id is None:
            line.update(unitPrice=price, totalPrice=line_total(units, price))
        lines[row.prebook_id].append(line)
    return lines


def _breakdowns(call: Call, on_lines: list[Condition]) -> dict[int, list[Answer]]:
    d, r = t.prebook_item_breakdowns.c, t.products.c
    rows = call.connection.execute(
        select(d.item_id, d.product_id, r.description, d.stems_bunch, d.bunches, d.price)
        .join(t.prebook_items, t.prebook_items.c.id == d.item_id)
        .join(t.products, r.id == d.product_id)
        .where(*on_lines)
        .order_by(d.id)
    )
    parts: dict[int, list[Answer]] = defaultdict(list)
    for row in rows:
        part = {
            "productId": row.product_id,
            "productDescription": row.description,
            "stemsBunch": row.stems_bunch,
            "bunches": row.bunches,
        }
        if call.vendor_id is None:
            part["price"] = row.price or Decimal(0)
        parts[row.item_id].append(part)
    return parts
