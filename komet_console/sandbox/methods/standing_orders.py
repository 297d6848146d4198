"""Standing orders: list, add, change, take an item out. Prebooks that were made from one stay as they are."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from komet_console.sandbox.business.standing import WEEKDAYS, make_prebooks
from komet_console.sandbox.context import Answer, Call, Invalid, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import Condition, exact, like, numbers
from komet_console.sandbox.methods.common.lines import amount, elements, read_pack, read_vendor, text, whole
from komet_console.sandbox.methods.common.references import find, find_carrier, find_customer, may_see_customer
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import line_total
from komet_console.sandbox.store.numbers import Counter, take_number

_MOST_NOTES = 200
"""The documentation types the notes with length 1000 and limits them to this."""


@handles("standing.order.list")
def standing_order_list(call: Call) -> Answer:
    """Standing orders that run in a period, with their items; active ones unless another status is asked for."""
    s, c = t.standing_orders.c, t.customers.c
    conditions: list[Condition] = [
        s.company_id == call.company_id,
        s.start_date <= call.need("dateTo"),
        or_(s.end_date.is_(None), s.end_date >= call.need("dateFrom")),
        *exact(s.customer_id, call.get("customerId")),
        *exact(s.location_id, call.get("locationId")),
    ]
    status = call.get("status", "Active")
    if status.lower() != "all":
        conditions += exact(s.status, status)
    named, number = call.get("customer"), call.get("number")
    if named and named.strip():
        conditions.append(or_(*like(c.name, named), *exact(c.code, named)))
    if number:
        conditions += exact(s.number, numbers([number.strip()])[0])
    rows = call.connection.execute(
        select(
            t.standing_orders,
            c.name.label("customer_name"),
            t.carriers.c.name.label("carrier_name"),
            t.price_lists.c.name.label("price_list"),
        )
        .join(t.customers, c.id == s.customer_id)
        .join(t.carriers, t.carriers.c.id == s.carrier_id)
        .outerjoin(t.price_lists, t.price_lists.c.id == s.price_list_id)
        .where(*conditions)
        .order_by(s.id)
    ).all()
    chosen = select(s.id).join(t.customers, c.id == s.customer_id).where(*conditions)
    items = _listed_items(call, t.standing_order_items.c.standing_order_id.in_(chosen))
    return ok(standingOrders=[_listed(row, items[row.id]) for row in rows])


def _listed(row: Row[Any], items: list[Answer]) -> Answer:
    listed = {
        "id": row.id,
        "number": row.number,
        "customerName": row.customer_name,
        "carrierName": row.carrier_name,
        "recurrence": row.recurrence,
        "days": row.truck_days.split(","),
        "startDate": row.start_date,
        "status": row.status,
        "comments": row.comments or "",
        "customerPO": row.customer_po or "",
        "details": items,
    }
    if row.end_date is not None:
        listed["endDate"] = row.end_date
    if row.price_list is not None:
        listed["priceList"] = row.price_list
    return listed


def _listed_items(call: Call, condition: Condition) -> dict[int, list[Answer]]:
    i = t.standing_order_items
    rows = call.connection.execute(
        select(
            i,
            t.vendors.c.name.label("vendor_name"),
            t.products.c.description.label("product"),
            t.box_types.c.code.label("box_type"),
        )
        .outerjoin(t.vendors, t.vendors.c.id == i.c.vendor_id)
        .join(t.products, t.products.c.id == i.c.product_id)
        .join(t.box_types, t.box_types.c.id == i.c.box_type_id)
        .where(condition)
        .order_by(i.c.id)
    )
    items: dict[int, list[Answer]] = defaultdict(list)
    for row in rows:
        units = row.total_boxes * row.units_per_box
        price = row.unit_price or Decimal(0)
        item = {
            "id": row.id,
            "productId": row.product_id,
            "productDescription": row.product,
            "totalBoxes": row.total_boxes,
            "boxType": row.box_type,
            "bunches": row.bunches,
            "stemsBunch": row.stems_bunch,
            "unitPrice": price,
            "unitType": row.unit_type,
            "totalUnits": units,
            "totalPrice": line_total(units, price),
            "markCode": row.mark_code or "",
        }
        if row.vendor_id is not None:
            item.update(vendorId=row.vendor_id, vendorName=row.vendor_name)
        items[row.standing_order_id].append(item)
    return items


# --- writing


def _location_id(call: Call) -> int | None:
    """The location a request names; `companyLocationId` is typed as text. None when it names none."""
    sent = call.get("companyLocationId")
    row = find(
        call,
        t.locations,
        "location",
        id=None if sent is None else numbers([str(sent).strip()])[0],
        code=call.get("companyLocationCode"),
    )
    return None if row is None else row.id


def _truck_days(call: Call) -> str:
    """The sent days in the week's order, comma-separated."""
    named = set(call.need("truckDays"))
    if not named:
        raise Invalid("truckDays must name at least one weekday")
    return ",".join(day for day in WEEKDAYS if day in named)


def _schedule(call: Call) -> dict[str, Any]:
    """What both writing methods take: carrier, dates, days, recurrence and what was sent of the rest."""
    notes = text(call.input, "invoiceNotes", "")
    if notes is not None and len(notes) > _MOST_NOTES:
        raise Refused(f"invoiceNotes may have {_MOST_NOTES} characters", documented=True)
    carrier = find_carrier(call, required=True)
    assert carrier is not None
    start, end = call.need("startDate"), call.get("endDate")
    if end is not None and end < start:
        raise Refused("The standing order ends before it starts")
    values = {
        "carrier_id": carrier.id,
        "start_date": start,
        "recurrence": call.need("recurrence"),
        "truck_days": _truck_days(call),
        "updated_on": call.now,
    }
    for name, column in (
        ("endDate", "end_date"),
        ("shipViaId", "ship_via_id"),
        ("customerPO", "customer_po"),
    ):
        if name in call.input:
            values[column] = call.input[name]
    for name, column in (("comments", "comments"), ("invoiceNotes", "invoice_notes")):
        if name in call.input:
            values[column] = text(call.input, name, "")
    location_id = _location_id(call)
    if location_id is not None:
        values["location_id"] = location_id
    elif call.multi_location:
        raise Refused("The location is required; the company has several locations", documented=True)
    return values


def _ship_to_id(call: Call, customer_id: int) -> dict[str, Any]:
    sent = call.get("shipToId")
    if sent is None:
        return {}
    row = find(call, t.customer_shiptos, "ship-to", id=sent)
    if row is None or row.customer_id != customer_id or row.deleted:
        raise Refused(f"The ship-to {sent} is not one of the customer")
    return {"ship_to_id": row.id}


@handles("v2/standing-order:post")
def standing_order_add(call: Call) -> Answer:
    """A new standing order; its prebooks come a week before each truck date."""
    customer = find_customer(call, required=True)
    assert customer is not None
    if not customer.active:
        raise Refused(f"The customer {customer.name} is inactive")
    values = _schedule(call)
    if "location_id" not in values:
        first = select(t.locations.c.id).where(t.locations.c.company_id == call.company_id).order_by(t.locations.c.id)
        values["location_id"] = call.connection.execute(first.limit(1)).scalar_one()
    sent = call.need("items")
    if not sent:
        raise Invalid("items must have at least one element")
    items = [_item(call, one, f"items[{position}].") for position, one in enumerate(sent)]
    added = call.connection.execute(
        insert(t.standing_orders).values(
            company_id=call.company_id,
            number=take_number(call.connection, call.company_id, Counter.STANDING_ORDER),
            customer_id=customer.id,
            price_list_id=_price_list_id(call, customer),
            # days that have passed get no prebooks, however early the order starts
            generated_until=call.today,
            **values,
            **_ship_to_id(call, customer.id),
        )
    )
    assert added.inserted_primary_key is not None
    order_id: int = added.inserted_primary_key[0]
    answered = []
    for item in items:
        put = call.connection.execute(
            insert(t.standing_order_items).values(company_id=call.company_id, standing_order_id=order_id, **item)
        )
        assert put.inserted_primary_key is not None
        answer = {"standingOrderItemId": put.inserted_primary_key[0]}
        answered.append({"identifier": item["identifier"], **answer} if item["identifier"] else answer)
    made = select(t.standing_orders).where(t.standing_orders.c.id == order_id)
    make_prebooks(call.connection, call.connection.execute(made).all(), call.today)
    return ok(standingOrderId=order_id, items=answered)


def _price_list_id(call: Call, customer: Row[Any]) -> int | None:
    """The customer's price list where it is one for standing orders."""
    p = t.price_lists.c
    own = select(p.id).where(p.company_id == call.company_id, p.id == customer.price_list_id, p.type == "S")
    list_id: int | None = call.connection.execute(own).scalar_one_or_none()
    return list_id


def _item(call: Call, values: dict[str, Any], place: str) -> dict[str, Any]:
    pack = read_pack(call, values, place)
    return {
        **pack.columns(),
        "vendor_id": read_vendor(call, values),
        "identifier": text(values, "identifier", place),
        "total_boxes": whole(values, "boxes", place),
        "unit_price": amount(values, "price", place),
        "mark_code": text(values, "markCode", place),
    }


def _named(call: Call, order_id: int, item_id: int) -> tuple[Row[Any], Row[Any]]:
    """An active standing order of the caller's and one of its items."""
    order = find(call, t.standing_orders, "standing order", id=order_id, required=True)
    assert order is not None
    if not may_see_customer(call, order.customer_id):
        raise Refused(f"The standing order {order_id} does not exist")
    if order.status != "Active":
        raise Refused(f"The standing order {order.number} is cancelled")
    i = t.standing_order_items
    item = call.connection.execute(
        select(i).where(i.c.standing_order_id == order.id, *exact(i.c.id, item_id))
    ).one_or_none()
    if item is None:
        raise Refused(f"The standing order {order.number} has no item {item_id}")
    return order, item


@handles("v2/standing-order:put")
def standing_order_change(call: Call) -> Answer:
    """Change a standing order, and the boxes and prices of its items, for the prebooks to come."""
    order, item = _named(call, call.need("standingOrderID"), call.need("standingOrderItemId"))
    customer = find_customer(call, required=True)
    assert customer is not None
    if customer.id != order.customer_id:
        raise Refused(f"The standing order {order.number} is not of the customer {customer.name}")
    values = {**_schedule(call), **_ship_to_id(call, customer.id)}
    if order.end_date is not None and "end_date" not in values and order.end_date < values["start_date"]:
        raise Refused("The standing order ends before it starts")
    call.connection.execute(update(t.standing_orders).where(t.standing_orders.c.id == order.id).values(**values))
    for position, one in enumerate(elements(call.input, "items", "")):
        _change_item(call, order, item, one, f"items[{position}].")
    return ok()


def _change_item(call: Call, order: Row[Any], item: Row[Any], one: dict[str, Any], place: str) -> None:
    """Change the item an element names by identifier, or the one the request names."""
    i = t.standing_order_items
    identifier = text(one, "identifier", place)
    chosen = i.c.id == item.id
    if identifier and identifier != item.identifier:
        chosen = (i.c.standing_order_id == order.id) & (i.c.identifier == identifier)
        if call.connection.execute(select(i.c.id).where(chosen).limit(1)).one_or_none() is None:
            raise Refused(f"The standing order {order.number} has no item with the identifier {identifier}")
    values: dict[str, Any] = {}
    if "boxes" in one:
        values["total_boxes"] = whole(one, "boxes", place)
    if "price" in one:
        values["unit_price"] = amount(one, "price", place)
    if values:
        call.connection.execute(update(i).where(chosen).values(**values))


@handles("v2/standing-order/item")
def standing_order_item_delete(call: Call) -> Answer:
    """Take an item out of a standing order."""
    order, item = _named(call, call.need("standingOrderId"), call.need("standingOrderItemId"))
    call.connection.execute(delete(t.standing_order_items).where(t.standing_order_items.c.id == item.id))
    call.connection.execute(
        update(t.standing_orders).where(t.standing_orders.c.id == order.id).values(updated_on=call.now)
    )
    return ok("The standing order item was deleted")
