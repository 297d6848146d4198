"""Inventory in boxes, written: add, update, delete, count."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, insert, select, update

from komet_console.sandbox.business import lots
from komet_console.sandbox.business.arrivals import OPEN, find_awb
from komet_console.sandbox.business.consignments import awb_number
from komet_console.sandbox.business.lots import MOST_BOXES, Journey
from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.amounts import count_of, refuse_negative, storable
from komet_console.sandbox.methods.common.filters import exact
from komet_console.sandbox.methods.common.references import find, find_box_type, find_location, find_product
from komet_console.sandbox.methods.common.typed import typed
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.numbers import Counter, take_number

_UNKNOWN = "unknown"


@handles("inventory.add")
def inventory_add(call: Call) -> Answer:
    """A new lot of the open market, its boxes in the staging area; a product marked UNKNOWN is skipped."""
    quantity = count_of(call, "quantity")
    if quantity > MOST_BOXES:
        raise Refused(f"At most {MOST_BOXES} boxes can be added at once", documented=True)
    bunches, stems = count_of(call, "bunches"), count_of(call, "stemsBunch")
    refuse_negative(call, "unitCost")
    vendor = find(call, t.vendors, "vendor", id=call.get("growerId"), code=call.get("vendorCode"), required=True)
    box_type = find_box_type(call, call.input)
    customer = find(call, t.customers, "customer", id=call.get("customerId"))
    if _UNKNOWN in (str(call.get(name, "")).strip().lower() for name in ("productCode", "productDescription")):
        return ok("The product is not mapped; no inventory was added")
    product = find_product(call, call.input)
    assert vendor is not None
    assert box_type is not None
    assert product is not None
    # Taken first: it makes two calls of a company wait for each other, so that they cannot add the same AWB twice.
    lot_number = take_number(call.connection, call.company_id, Counter.LOT)
    awb = _awb(call, vendor.port_origin)
    unit_type = str(call.need("unitType")).capitalize()
    units = bunches if unit_type == "Bunch" else storable(bunches * stems, "bunches times stemsBunch")
    cost = call.need("unitCost")
    added = call.connection.execute(
        insert(t.inventory_lines).values(
            company_id=call.company_id,
            location_id=awb.location_id,
            awb_id=awb.id,
            vendor_id=vendor.id,
            product_id=product.id,
            box_type_id=box_type.id,
            unit_type=unit_type,
            bunches=bunches,
            stems_bunch=stems,
            units_per_box=units,
            customer_id=None if customer is None else customer.id,
            inventory_type="M",
            lot_number=lot_number,
            unit_cost=cost,
            landed_cost=lots.landed_unit_cost(
                call.connection, call.company_id, Journey(awb.origin_code, awb.ship_date), cost, units, box_type.id
            ),
            reference=call.get("reference", ""),
            mark_code="",
            inventory_date=call.get("arrivalDate") or awb.arrival_date or call.today,
            updated_on=call.now,
        )
    )
    assert added.inserted_primary_key is not None
    lots.add_boxes(call.connection, added.inserted_primary_key[0], quantity, call.now)
    return ok("The inventory was added")


def _awb(call: Call, origin: str) -> Row[Any]:
    """The air waybill named, added when it is not there yet, open again and no longer a future one when it is.

    Its location is the company's first one unless it has one.
    """
    number, a = awb_number(call.need("awb")), t.awbs
    found = find_awb(call.connection, call.company_id, number)
    location_id = found.location_id if found is not None else None
    if location_id is None:
        first = select(func.min(t.locations.c.id)).where(t.locations.c.company_id == call.company_id)
        location_id = call.connection.execute(first).scalar_one()
    opened = {"status": OPEN, "is_future": False, "location_id": location_id}
    if found is not None:
        return call.connection.execute(update(a).where(a.c.id == found.id).values(**opened).returning(*a.c)).one()
    ship, arrival = call.need("shipDate"), call.get("arrivalDate")
    if arrival is not None and arrival < ship:
        raise Refused("arrivalDate lies before shipDate")
    new = insert(a).values(
        company_id=call.company_id,
        awb=number,
        origin_code=origin,
        ship_date=ship,
        arrival_date=arrival,
        is_tmp=call.get("isTmpAwb", False),
        **opened,
    )
    return call.connection.execute(new.returning(*a.c)).one()


def _line(call: Call) -> Row[Any]:
    """The inventory line named, locked until the transaction ends."""
    line = t.inventory_lines
    call.need("inventoryId")
    line_id = typed(call.input, "inventoryId", int)
    row = call.connection.execute(
        select(line)
        .where(line.c.company_id == call.company_id, line.c.deleted.is_(False), *exact(line.c.id, line_id))
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise Refused(f"The inventory item {line_id} does not exist")
    return row


@handles("inventory.update")
def inventory_update(call: Call) -> Answer:
    """Change cost and prices of a line, and put boxes into it, up to 100 in all."""
    row = _line(call)
    refuse_negative(call, "unitCost", "priceA", "priceB")
    boxes = call.get("quantity", 0)
    if boxes < 0:
        raise Refused("quantity adds boxes to the line and must not be negative")
    held = lots.held_boxes(call.connection, row.id)
    if boxes and held + boxes > MOST_BOXES:
        raise Refused(f"A line holds at most {MOST_BOXES} boxes; this one has {held}", documented=True)
    cost = call.need("unitCost")
    values = {"unit_cost": cost, "updated_on": call.now}
    if cost != row.unit_cost:
        awb = select(t.awbs.c.origin_code, t.awbs.c.ship_date).where(t.awbs.c.id == row.awb_id)
        journey = Journey(*call.connection.execute(awb).one())
        values["landed_cost"] = lots.landed_unit_cost(
            call.connection, call.company_id, journey, cost, row.units_per_box, row.box_type_id
        )
    for name, column in (("priceA", "price_a"), ("priceB", "price_b")):
        if name in call.input:
            values[column] = call.input[name]
    call.connection.execute(update(t.inventory_lines).where(t.inventory_lines.c.id == row.id).values(**values))
    if boxes:
        lots.add_boxes(call.connection, row.id, boxes, call.now)
    return ok("The inventory item was updated")


@handles("inventory.delete")
def inventory_delete(call: Call) -> Answer:
    """Take a line out of the inventory. Boxes of it that were sold stay on their invoices."""
    row = _line(call)
    b = t.boxes.c
    coming = select(func.count()).where(b.inventory_line_id == row.id, b.state == t.BoxState.IN_TRANSIT.value)
    if call.connection.execute(coming).scalar_one():
        raise Refused(f"The inventory item {row.id} has boxes that have not arrived yet")
    if not lots.delete_stock(call.connection, row.id, call.now):
        raise Refused(f"The inventory item {row.id} has no boxes in stock")
    return ok("The inventory item was deleted")


# --- counting


_NOT_FOUND, _SAME_STATUS, _SOLD, _NOT_IN_INVENTORY = 2, 3, 4, 11


@handles("v2/inventory/box/count")
def inventory_box_count(call: Call) -> Answer:
    """Mark one box as counted and note where it stands."""
    b = t.boxes
    location = _counted_location(call)
    box = call.connection.execute(
        select(b.c.id, b.c.state, b.c.counted, b.c.position, b.c.location_id)
        .where(b.c.company_id == call.company_id, *exact(b.c.code, call.need("boxCode")))
        .with_for_update()
    ).one_or_none()
    if box is None:
        raise Refused("Box not found", documented=True, code=_NOT_FOUND)
    if box.state in (t.BoxState.SOLD.value, t.BoxState.SHIPPED.value):
        raise Refused("Box was already sold", documented=True, code=_SOLD)
    if box.state not in [state.value for state in t.IN_STOCK] or box.location_id != location.id:
        raise Refused("Box not in Inventory", documented=True, code=_NOT_IN_INVENTORY)
    if box.counted:
        before = {"boxAlreadyScannedPosition": box.position or ""}
        raise Refused("Box has the same inventory status", documented=True, code=_SAME_STATUS, extra=before)
    values: dict[str, Any] = {"counted": True}
    if call.get("boxPosition"):
        values["position"] = call.input["boxPosition"]
    call.connection.execute(update(b).where(b.c.id == box.id).values(**values))
    return {"statusInventory": 1, "message": "OK"}


def _counted_location(call: Call) -> Row[Any]:
    """The location, whose id this method takes as text."""
    named = call.get("companyLocationId")
    if named is None or not named.strip():
        return find_location(call)
    digits = named.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 20):
        raise Refused(f"The location {named} does not exist")
    location = find(call, t.locations, "location", id=int(digits))
    assert location is not None
    return location
