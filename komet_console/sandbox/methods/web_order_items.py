"""Lines of web orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, or_, select

from komet_console.sandbox.business import checkout, webshop
from komet_console.sandbox.business.webshop import Origin
from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import among, exact, numbers
from komet_console.sandbox.methods.common.references import find, find_carrier, find_location
from komet_console.sandbox.methods.common.typed import typed
from komet_console.sandbox.methods.ecommerce import shopper_of
from komet_console.sandbox.methods.web_orders import buyer_of, new_order, order_here
from komet_console.sandbox.store import tables as t

_PACK = ("product_id", "box_type_id", "unit_type", "bunches", "stems_bunch", "units_per_box")
_SOURCE = {
    Origin.ON_HAND: "inventory_line_id",
    Origin.FUTURE: "purchase_order_item_id",
    Origin.VENDOR_AVAILABILITY: "availability_item_id",
    Origin.K2K: "availability_item_id",
}
_USUAL_STEMS = 25


@handles("web-order-item.add")
def web_order_item_add(call: Call) -> Answer:
    """Put boxes into the named web order, else into a pending one for the same carrier, date and ship-to, else a new one.

    The ids of a call stand for one line of the shop, so they have to be of one product and pack; the boxes are taken
    from them in the order sent.
    """
    customer, location = buyer_of(call), find_location(call)
    if call.need("quantity") < 1:
        raise Refused("The quantity must be 1 or more")
    if call.need("price") < 0:
        raise Refused("The price must not be negative")
    delivery = _delivery(call, customer)
    order_id = call.get("webOrderId")
    if order_id is not None:
        order_id = order_here(call, customer, order_id).id
    else:
        order_id = _matching_order(call, customer, location, delivery)
    taken = list(_from_lines(call, customer, location, order_id) if call.get("inventoryIds") else _from_product(call))
    if order_id is None:
        order_id = new_order(call, customer, location)
    call.connection.execute(
        insert(t.web_order_items),
        [
            {
                "inventory_line_id": None,
                "purchase_order_item_id": None,
                "availability_item_id": None,
                **one,
                **delivery,
                "company_id": call.company_id,
                "web_order_id": order_id,
                "price": call.need("price"),
                "mark_code": call.get("markCode"),
            }
            for one in taken
        ],
    )
    checkout.recalculate_order(call.connection, order_id, call.now)
    return ok("The item was added to the web order.", webOrderId=order_id)


def _delivery(call: Call, customer: Row[Any]) -> dict[str, Any]:
    """Carrier, date and ship-to of the lines; each has to be fit for the customer."""
    carrier = find_carrier(call, required=True)
    assert carrier is not None
    if not carrier.active or carrier.inbound:
        raise Refused(f"The carrier {carrier.name} does not deliver to customers")
    day = call.need("date")
    if day < call.today:
        raise Refused(f"The date {day} is past")
    ship_to = find(call, t.customer_shiptos, "ship-to", id=call.get("shipToId"))
    if ship_to is not None and (ship_to.customer_id != customer.id or ship_to.deleted):
        raise Refused(f"The ship-to {ship_to.id} is not one of customer {customer.id}")
    return {"carrier_id": carrier.id, "date": day, "ship_to_id": ship_to.id if ship_to is not None else None}


def _matching_order(call: Call, customer: Row[Any], location: Row[Any], delivery: dict[str, Any]) -> int | None:
    """The newest pending order of the caller whose lines all go the same way."""
    w, i = t.web_orders.c, t.web_order_items.c
    ship_to = delivery["ship_to_id"]
    elsewhere = i.ship_to_id.is_not(None) if ship_to is None else (i.ship_to_id.is_(None) | (i.ship_to_id != ship_to))
    other = exists().where(
        i.web_order_id == w.id,
        or_(i.carrier_id != delivery["carrier_id"], i.date != delivery["date"], elsewhere),
    )
    found: int | None = call.connection.execute(
        select(func.max(w.id)).where(
            w.company_id == call.company_id,
            w.customer_id == customer.id,
            w.location_id == location.id,
            w.user_id == call.user_id,
            w.status_id == checkout.PENDING,
            ~other,
        )
    ).scalar_one()
    return found


def _from_lines(call: Call, customer: Row[Any], location: Row[Any], order_id: int | None) -> Iterator[dict[str, Any]]:
    """The boxes by the shop lines they are taken from."""
    names, origin = call.need("inventoryIds"), Origin(call.need("inventoryOrigin"))
    ids = list(dict.fromkeys(numbers(names)))
    shopper = shopper_of(call, customer, location)
    shop = webshop.shop_lines(shopper)
    found = call.connection.execute(select(shop).where(shop.c.origin == origin, *among(shop.c.line_id, ids))).all()
    by_id = {row.line_id: row for row in found}
    for name in ids:
        if name not in by_id:
            raise Refused(f"The inventory line {name} is not available to customer {customer.id}")
    if len({tuple(getattr(row, column) for column in _PACK) for row in found}) > 1:
        raise Refused("The inventory lines are not of one product and pack; add them one by one")
    services = webshop.services(call.connection, customer.id, location.id)
    day, carrier_id = call.need("date"), call.need("carrierId")
    in_cart = _in_cart(call, order_id, origin, ids)
    wanted = call.need("quantity")
    left = wanted
    for name in ids:
        row = by_id[name]
        if day not in webshop.buying_days(services, row, shopper.last_day, carrier_id):
            raise Refused(f"The inventory line {name} cannot be had on {day} with carrier {carrier_id}")
        boxes = min(left, max(0, row.quantity - in_cart.get(name, 0)))
        left -= boxes
        if boxes:
            pack = {column: getattr(row, column) for column in _PACK}
            yield {**pack, "inventory_origin": int(origin), _SOURCE[origin]: name, "quantity": boxes}
    if left:
        raise Refused(f"Only {wanted - left} boxes are available, {wanted} were asked for")


def _in_cart(call: Call, order_id: int | None, origin: Origin, ids: list[int]) -> dict[int, int]:
    """Boxes of lines that the order has already."""
    i = t.web_order_items.c
    source = i[_SOURCE[origin]]
    rows = call.connection.execute(
        select(source, func.sum(i.quantity))
        .where(i.web_order_id == order_id, i.inventory_origin == origin, source.in_(ids))
        .group_by(source)
    )
    return {line_id: int(boxes) for line_id, boxes in rows}


def _from_product(call: Call) -> Iterator[dict[str, Any]]:
    """Boxes of a product without a line; which stock they come from is settled at the checkout."""
    if not call.transactional:
        raise Refused("Ordering a product without an inventory line needs Transactional API Access", documented=True)
    product = find(
        call,
        t.products,
        "product",
        id=call.get("companyProductId") if "productCode" not in call.input else None,
        code=call.get("productCode"),
        code_column="legacy_code",
        required=True,
    )
    box_type = find(call, t.box_types, "box type", code=call.need("boxTypeCode"), required=True)
    assert product is not None
    assert box_type is not None
    call.need("unitsPerBox")
    units, unit_type = typed(call.input, "unitsPerBox", int), call.need("unitType")
    if units is None or units < 1:
        raise Refused("unitsPerBox must be 1 or more")
    line = t.inventory_lines.c
    usual = select(line.stems_bunch).where(line.product_id == product.id).order_by(line.id.desc()).limit(1)
    stems = call.connection.execute(usual).scalar_one_or_none() or _USUAL_STEMS
    bunches = units
    if unit_type == "Stem":
        # A box that is no whole number of bunches is one loose bunch.
        bunches, stems = (units // stems, stems) if units % stems == 0 else (1, units)
    yield {
        "product_id": product.id,
        "box_type_id": box_type.id,
        "unit_type": unit_type,
        "bunches": bunches,
        "stems_bunch": stems,
        "units_per_box": units,
        "inventory_origin": int(Origin.ON_HAND),
        "quantity": call.need("quantity"),
    }


@handles("web-order-item.delete")
def web_order_item_delete(call: Call) -> Answer:
    """Take a line out of a pending web order."""
    customer = buyer_of(call)
    order = order_here(call, customer, call.need("webOrderId"))
    i = t.web_order_items.c
    gone = call.connection.execute(
        delete(t.web_order_items).where(i.web_order_id == order.id, *exact(i.id, call.need("webOrderItemId")))
    )
    if not gone.rowcount:
        raise Refused(f"The web order {order.id} has no item {call.need('webOrderItemId')}")
    checkout.recalculate_order(call.connection, order.id, call.now)
    return ok("The item was deleted from the web order.", webOrderId=order.id)
