"""Inventory in units: stems and bunches by where on the farm they were cut."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update

from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.amounts import count_of, storable
from komet_console.sandbox.methods.common.filters import Condition, exact
from komet_console.sandbox.methods.common.references import find, find_location
from komet_console.sandbox.store import tables as t


@handles("inventory.units.list")
def inventory_units_list(call: Call) -> Answer:
    """What is there in units; lines of equal product, unit, vendor, cost and price are one."""
    u, p = t.inventory_units.c, t.products.c
    location = find_location(call)
    rows = call.connection.execute(
        select(
            t.inventory_units,
            p.description,
            p.category_id,
            t.categories.c.name.label("category"),
            t.vendors.c.name.label("vendor"),
        )
        .join(t.products, p.id == u.product_id)
        .join(t.categories, t.categories.c.id == p.category_id)
        .outerjoin(t.vendors, t.vendors.c.id == u.vendor_id)
        .where(
            u.company_id == call.company_id,
            u.quantity > 0,
            u.location_id == location.id,
            *exact(p.category_id, call.get("categoryId", call.get("categoryID"))),
            *exact(u.product_id, call.get("productId")),
            *exact(u.unit_type, call.get("unitType")),
        )
        .order_by(u.id)
    )
    merged: dict[tuple[Any, ...], list[Row[Any]]] = {}
    for row in rows:
        goods = (row.product_id, row.unit_type, row.stems_bunch, row.vendor_id, row.in_transit)
        merged.setdefault((*goods, row.unit_landed_cost, row.unit_price), []).append(row)
    return ok(inventoryItems=[_unit_item(call, lines, location) for lines in merged.values()])


def _unit_item(call: Call, lines: list[Row[Any]], location: Row[Any]) -> dict[str, Any]:
    first = lines[0]
    units = sum(line.quantity for line in lines)
    item: dict[str, Any] = {
        "productId": first.product_id,
        "productDescription": first.description,
        "categoryID": first.category_id,
        "category": first.category,
        "unitType": first.unit_type,
        "stemsBunch": first.stems_bunch,
        "bunches": units if first.unit_type == "Bunch" else units // first.stems_bunch,
        "totalUnits": units,
        "unitLandedCost": first.unit_landed_cost,
        "inventoryUnitsIds": [line.id for line in lines],
        "inTransit": first.in_transit,
        "companyId": call.company_id,
    }
    if first.unit_price is not None:
        item["unitPrice"] = first.unit_price
    if first.vendor is not None:
        item["vendorId"] = first.vendor_id
        item["vendor"] = first.vendor
    if call.multi_location:
        item["locationCode"] = location.code or ""
    return item


def _described(call: Call) -> dict[str, Any]:
    """The flowers that a request describes, as columns; what it leaves out is not in it."""
    product = find(call, t.products, "product", code=call.need("productCode"), code_column="legacy_code", required=True)
    assert product is not None
    values = {"product_id": product.id, "unit_type": call.need("unitType"), "stems_bunch": count_of(call, "stemsBunch")}
    if "cutter" in call.input:
        storable(call.input["cutter"], "cutter")
    customer = find(call, t.customers, "customer", code=call.get("customerCode"))
    if customer is not None:
        values["customer_id"] = customer.id
    sent = {"block": "block", "bed": "bed", "cutter": "cutter", "cutDate": "cut_date"}
    return values | {column: call.input[name] for name, column in sent.items() if call.get(name) not in (None, "")}


def _same(call: Call, values: dict[str, Any]) -> list[Condition]:
    u = t.inventory_units.c
    conditions = [u.company_id == call.company_id, u.in_transit.is_(False)]
    for column, value in values.items():
        conditions += [u[column].is_(None)] if value is None else exact(u[column], value)
    return conditions


@handles("inventory.units.add")
def inventory_units_add(call: Call) -> Answer:
    """Add stems or bunches; flowers of the same bed, cutter, day and customer stay one line."""
    quantity, values = count_of(call, "quantity"), _described(call)
    u = t.inventory_units.c
    whole = {name: values.get(name) for name in ("customer_id", "block", "bed", "cutter", "cut_date")} | values
    same = select(u.id, u.quantity).where(*_same(call, whole)).order_by(u.id).limit(1).with_for_update()
    line = call.connection.execute(same).one_or_none()
    if line is None:
        # The documented request names no location; units then go to the company's first one.
        first = select(t.locations.c.id).where(t.locations.c.company_id == call.company_id)
        location_id = call.connection.execute(first.order_by(t.locations.c.id).limit(1)).scalar_one()
        call.connection.execute(
            insert(t.inventory_units).values(
                company_id=call.company_id, location_id=location_id, quantity=quantity, **whole
            )
        )
    else:
        now_there = storable(line.quantity + quantity, "the quantity of these flowers")
        call.connection.execute(update(t.inventory_units).where(u.id == line.id).values(quantity=now_there))
    return ok("The units were added")


@handles("inventory.units.delete")
def inventory_units_delete(call: Call) -> Answer:
    """Take out stems or bunches of the flowers described, those cut first before others."""
    quantity, values = count_of(call, "quantity"), _described(call)
    u = t.inventory_units.c
    lines = call.connection.execute(
        select(u.id, u.quantity)
        .where(*_same(call, values), u.quantity > 0)
        .order_by(u.cut_date.is_(None), u.cut_date, u.id)
        .with_for_update()
    ).all()
    counted = "bunches" if values["unit_type"] == "Bunch" else "stems"
    there = sum(line.quantity for line in lines)
    if there < quantity:
        raise Refused(f"There are only {there} {counted} of these flowers in the inventory in units")
    left = quantity
    for line in lines:
        taken = min(left, line.quantity)
        call.connection.execute(update(t.inventory_units).where(u.id == line.id).values(quantity=line.quantity - taken))
        left -= taken
        if not left:
            break
    return ok(f"{quantity} {counted} were taken out of the inventory in units")
