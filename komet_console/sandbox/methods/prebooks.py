"""Prebooks: create one or several, change, delete, add and delete lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, exists, insert, select, update

from komet_console.sandbox.business import ordering
from komet_console.sandbox.business.ordering import Line, Pack, Part
from komet_console.sandbox.context import Answer, Call, Invalid, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import exact, numbers
from komet_console.sandbox.methods.common.lines import amount, elements, read_pack, read_vendor, text, whole
from komet_console.sandbox.methods.common.references import (
    find,
    find_box_type,
    find_carrier,
    find_customer,
    find_location,
)
from komet_console.sandbox.store import tables as t


def find_prebook(call: Call, prebook_id: int) -> Row[Any]:
    """The prebook of an id; a vendor token's only when it has a line of the vendor."""
    row = find(call, t.prebooks, "prebook", id=prebook_id, required=True)
    assert row is not None
    if call.vendor_id is not None:
        i = t.prebook_items.c
        theirs = exists().where(i.prebook_id == row.id, i.vendor_id == call.vendor_id)
        if not call.connection.execute(select(theirs)).scalar():
            raise Refused(f"The prebook {prebook_id} does not exist")
    return row


# --- creating


def _lines(
    call: Call, sent: Sequence[dict[str, Any]], customer: Row[Any], ship_dates: Sequence[date], *, cost_key: str
) -> list[Line]:
    """The sent elements as lines. Prices count where the company lets callers set them, else the price list's do."""
    packs = [read_pack(call, one, f"prebookItems[{at}].") for at, one in enumerate(sent)]
    listed = ordering.list_prices(
        call.connection, call.company_id, "P", customer.price_list_id, [pack.product_id for pack in packs]
    )
    company = select(t.companies.c.allow_changing_sales_price).where(t.companies.c.id == call.company_id)
    own_prices = call.vendor_id is None and call.connection.execute(company).scalar_one()
    buying = bool(call.get("autoGeneratePOsfromPrebooks"))
    lines = []
    for at, (one, pack, ship) in enumerate(zip(sent, packs, ship_dates, strict=True)):
        place = f"prebookItems[{at}]."
        vendor_id = read_vendor(call, one)
        cost = amount(one, cost_key, place)
        if buying and (vendor_id is None or cost is None):
            missing = "its vendor" if vendor_id is None else cost_key
            raise Invalid(f"prebookItems[{at}]: {missing} is required to make a purchase order")
        price = amount(one, "price", place) if own_prices else None
        lines.append(
            Line(
                pack=pack,
                boxes=whole(one, "boxes", place),
                unit_price=price if price is not None else listed.get((pack.product_id, pack.unit_type)),
                unit_cost=cost,
                vendor_id=vendor_id,
                mark_code=text(one, "markCode", place),
                vendor_ship_date=ordering.vendor_ship_date(ship, call.get("shipViaId", 0), call.today),
            )
        )
    return lines


@handles("prebook.create")
def prebook_create(call: Call) -> Answer:
    """A prebook, or with `useExisting` more lines on the one that matches; with purchase orders if wanted."""
    customer = find_customer(call, required=True)
    carrier = find_carrier(call, required=True)
    assert customer is not None
    assert carrier is not None
    if not customer.active:
        raise Refused(f"The customer {customer.name} is inactive")
    owner = find(call, t.users, "user", id=call.get("createdBy"))
    ship = call.need("shipDate")
    key = {
        "location_id": find_location(call).id,
        "carrier_id": carrier.id,
        "truck_date": ship,
        "customer_id": customer.id,
        "customer_po_number": call.get("customerPO"),
    }
    sent = elements(call.input, "prebookItems", "")
    lines = _lines(call, sent, customer, [ship] * len(sent), cost_key="cost")
    existing = ordering.matching_prebook(call.connection, call.company_id, **key) if call.get("useExisting") else None
    if existing is not None:
        prebook_id, number = existing.id, existing.number
        ordering.touch_prebook(call.connection, prebook_id, call.now)
    else:
        prebook_id, number = ordering.add_prebook(
            call.connection,
            call.company_id,
            call.now,
            created_by=owner.id if owner is not None else call.user_id,
            ship_via_id=call.get("shipViaId", 0),
            comments=call.get("comments"),
            is_ecommerce=bool(call.get("isEcommerce")),
            **key,
        )
    ids = ordering.add_lines(call.connection, call.company_id, prebook_id, lines)
    if call.get("autoGeneratePOsfromPrebooks"):
        ordering.buy_lines(call.connection, call.company_id, call.now, ids)
    answer = ok(prebookId=prebook_id, prebookNumber=number)
    if sent:
        answer["prebookItems"] = [{"prebookItemId": one} for one in ids]
    return answer


@handles("multiple.prebooks.create")
def multiple_prebooks_create(call: Call) -> Answer:
    """One prebook for each carrier and ship date among the lines; a customer of an unknown code is added."""
    sent = call.need("prebookItems")
    if not sent:
        raise Invalid("prebookItems must have at least one element")
    location = find_location(call)
    customer = _customer_of_code(call)
    lines = _lines(call, sent, customer, [one["shipDate"] for one in sent], cost_key="costs")
    groups: dict[tuple[int, date], list[Line]] = defaultdict(list)
    for one, line in zip(sent, lines, strict=True):
        carrier = find(call, t.carriers, "carrier", code=one["carrierCode"], required=True)
        assert carrier is not None
        groups[carrier.id, one["shipDate"]].append(line)
    ids: list[int] = []
    for (carrier_id, ship), grouped in groups.items():
        prebook_id, _ = ordering.add_prebook(
            call.connection,
            call.company_id,
            call.now,
            location_id=location.id,
            customer_id=customer.id,
            carrier_id=carrier_id,
            truck_date=ship,
            customer_po_number=call.get("customerPO"),
            ship_via_id=call.get("shipViaId", 0),
            created_by=call.user_id,
        )
        ids += ordering.add_lines(call.connection, call.company_id, prebook_id, grouped)
    if call.get("autoGeneratePOsfromPrebooks"):
        ordering.buy_lines(call.connection, call.company_id, call.now, ids)
    return ok()


def _customer_of_code(call: Call) -> Row[Any]:
    """The customer of the sent code; a code that is not there yet becomes a customer with the sent addresses.

    The page does not say so, but it asks for everything a new customer needs and for nothing else about one.
    """
    c = t.customers
    of_code = select(c).where(c.c.company_id == call.company_id, *exact(c.c.code, call.need("customerCode")))
    row = call.connection.execute(of_code.order_by(c.c.id).limit(1)).one_or_none()
    if row is not None:
        if not row.active:
            raise Refused(f"The customer {row.name} is inactive")
        return row
    places = {
        f"{short}_{column}": call.get(f"customer{name}{part}")
        for short, name in (("bill", "Billing"), ("ship", "Shipping"))
        for column, part in (
            ("address", "Street"),
            ("city", "City"),
            ("state", "State"),
            ("zip_code", "Zipcode"),
            ("country", "Country"),
        )
    }
    added = call.connection.execute(
        insert(c).values(
            company_id=call.company_id,
            code=call.need("customerCode").strip(),
            name=call.need("customerName"),
            phone=call.get("customerPhone"),
            created_on=call.now,
            updated_on=call.now,
            **places,
        )
    )
    assert added.inserted_primary_key is not None
    return call.connection.execute(select(c).where(c.c.id == added.inserted_primary_key[0])).one()


# --- changing and deleting


@handles("prebook.update")
def prebook_update(call: Call) -> Answer:
    """Change what is sent of the header; lines that are not bought yet ship earlier or later with the truck."""
    prebook = find_prebook(call, call.need("prebookId"))
    carrier = find(call, t.carriers, "carrier", id=call.get("carrierId"))
    values: dict[str, Any] = {} if carrier is None else {"carrier_id": carrier.id}
    for name, column in (
        ("shipDate", "truck_date"),
        ("shipViaId", "ship_via_id"),
        ("customerPO", "customer_po_number"),
        ("comments", "comments"),
    ):
        if name in call.input:
            values[column] = call.input[name]
    ordering.touch_prebook(call.connection, prebook.id, call.now, **values)
    truck, via = values.get("truck_date", prebook.truck_date), values.get("ship_via_id", prebook.ship_via_id)
    if (truck, via) != (prebook.truck_date, prebook.ship_via_id):
        i, o = t.prebook_items.c, t.purchase_order_items.c
        bought = exists().where(o.prebook_item_id == i.id, o.status_line != "Cancelled")
        call.connection.execute(
            update(t.prebook_items)
            .where(i.prebook_id == prebook.id, i.future_po_item_id.is_(None), ~bought)
            .values(vendor_ship_date=ordering.vendor_ship_date(truck, via, call.today))
        )
    return ok()


@handles("prebook.delete")
def prebook_delete(call: Call) -> Answer:
    """Delete a prebook with its lines, as long as nothing of it is bought; what it took from offers is free again."""
    prebook = find_prebook(call, call.need("prebookId"))
    items = select(t.prebook_items.c.id).where(t.prebook_items.c.prebook_id == prebook.id)
    ordering.refuse_when_bought(
        call.connection, call.connection.execute(items).scalars().all(), f"The prebook {prebook.number}"
    )
    ordering.release_lines(call.connection, prebook.id)
    call.connection.execute(delete(t.prebooks).where(t.prebooks.c.id == prebook.id))
    return ok(f"The prebook {prebook.number} was deleted")


@handles("prebook.item.delete")
def prebook_item_delete(call: Call) -> Answer:
    """Delete a line that is not bought; a vendor only sets the boxes of its own line to 0."""
    prebook = find_prebook(call, call.need("prebookId"))
    item_id = call.need("prebookItemId")
    i = t.prebook_items
    item = call.connection.execute(select(i).where(i.c.prebook_id == prebook.id, *exact(i.c.id, item_id))).one_or_none()
    if item is None:
        raise Refused(f"The prebook {prebook.number} has no item {item_id}")
    if call.vendor_id not in (None, item.vendor_id):
        raise Refused(f"The item {item_id} is not one of the vendor's", documented=True)
    ordering.refuse_when_bought(call.connection, [item.id], f"The item {item_id}")
    ordering.release_lines(call.connection, prebook.id, item.id)
    if call.vendor_id is not None:
        call.connection.execute(update(i).where(i.c.id == item.id).values(total_boxes=0))
    else:
        call.connection.execute(delete(i).where(i.c.id == item.id))
    ordering.touch_prebook(call.connection, prebook.id, call.now)
    return ok()


# --- lines from the future and from growers' offers


def _price(call: Call) -> Any:
    price = call.need("price")
    if price < 0:
        raise Invalid("price must not be negative")
    return price


def _pack_of(call: Call, row: Row[Any], breakdowns: Any) -> Pack:
    """The pack of a row with pack columns, with the composition from its breakdown table."""
    parts = call.connection.execute(
        select(breakdowns).where(breakdowns.c.item_id == row.id).order_by(breakdowns.c.id)
    ).all()
    return Pack(
        row.product_id,
        row.box_type_id,
        row.unit_type,
        row.bunches,
        row.stems_bunch,
        tuple(Part(part.product_id, part.bunches, part.stems_bunch, cost=part.cost) for part in parts),
    )


@handles("prebook.future.item.add")
def prebook_future_item_add(call: Call) -> Answer:
    """Take boxes of future inventory (a purchase order line that nobody bought for) for a prebook."""
    prebook = find_prebook(call, call.need("prebookId"))
    boxes, price, item_id = whole(call.input, "boxes", ""), _price(call), call.need("inventoryId")
    o, p = t.purchase_order_items, t.purchase_orders.c
    item = call.connection.execute(
        select(o, p.vendor_id, p.ship_date)
        .join(t.purchase_orders, p.id == o.c.purchase_order_id)
        .where(o.c.company_id == call.company_id, *exact(o.c.id, item_id))
        .with_for_update(of=o)
    ).one_or_none()
    free = {} if item is None else ordering.future_boxes(call.connection, [item.id])
    if item is None or item.id not in free:
        raise Refused(f"The future inventory item {item_id} does not exist")
    if item.available_from is not None and item.available_from > prebook.truck_date:
        raise Refused(f"The item {item_id} is available from {item.available_from}, after the prebook's truck date")
    if boxes > free[item.id]:
        raise Refused(f"The item {item_id} has only {free[item.id]} boxes left")
    line = Line(
        pack=_pack_of(call, item, t.purchase_order_item_breakdowns),
        boxes=boxes,
        unit_price=price,
        unit_cost=item.unit_cost,
        vendor_id=item.vendor_id,
        mark_code=call.get("markCode"),
        vendor_ship_date=item.ship_date,
        future_po_item_id=item.id,
    )
    ordering.add_lines(call.connection, call.company_id, prebook.id, [line])
    ordering.touch_prebook(call.connection, prebook.id, call.now)
    return ok()


@handles("prebook.vendor.availability.item.add")
def prebook_vendor_availability_item_add(call: Call) -> Answer:
    """Take boxes of growers' offers for a prebook: of the first named offer that has enough, else of several in turn.

    Each offer that boxes are taken from makes a line of its own; the answer names the first.
    """
    prebook = find_prebook(call, call.need("prebookId"))
    boxes, price = whole(call.input, "quantity", ""), _price(call)
    offers = _offers(call, call.need("inventoryIds"))
    ship = ordering.vendor_ship_date(prebook.truck_date, prebook.ship_via_id, call.today)
    ships = {offer.id: min(ship, offer.available_to) for offer in offers}
    for offer in offers:
        _refuse_other_box(call, offer)
        if ships[offer.id] < max(offer.available_from, min(call.today, ship)):
            raise Refused(
                f"The vendor availability item {offer.id} is available from {offer.available_from} to "
                f"{offer.available_to}; the prebook needs it shipped by {ship}"
            )
    lines = [
        Line(
            pack=_pack_of(call, offer, t.vendor_availability_breakdowns),
            boxes=taken,
            unit_price=price,
            unit_cost=offer.unit_cost,
            vendor_id=offer.vendor_id,
            mark_code=call.get("markCode"),
            vendor_ship_date=ships[offer.id],
            availability_item_id=offer.id,
        )
        for offer, taken in _shared(call, offers, boxes)
    ]
    ids = ordering.add_lines(call.connection, call.company_id, prebook.id, lines)
    ordering.touch_prebook(call.connection, prebook.id, call.now)
    return ok(prebookItemId=ids[0])


def _offers(call: Call, named: list[str]) -> list[Row[Any]]:
    """The named offers in the named order; they have to be of one vendor, product and pack."""
    v = t.vendor_availability_items
    wanted = list(dict.fromkeys(numbers(named)))
    chosen = select(v).where(v.c.company_id == call.company_id, v.c.id.in_(wanted))
    rows = {row.id: row for row in call.connection.execute(chosen)}
    if not wanted or len(rows) < len(wanted):
        missing = next((one for one, id_ in zip(named, numbers(named), strict=True) if id_ not in rows), "")
        raise Refused(f"The vendor availability item {missing} does not exist")
    if (
        len(
            {
                (row.vendor_id, row.product_id, row.box_type_id, row.unit_type, row.bunches, row.stems_bunch)
                for row in rows.values()
            }
        )
        > 1
    ):
        raise Refused("The vendor availability items are not of one vendor, product and pack")
    return [rows[one] for one in wanted]


def _refuse_other_box(call: Call, offer: Row[Any]) -> None:
    """What is sent about the box has to be what the grower offers; K2K offers need no such fields and ignore them."""
    if offer.k2k_company_id is not None:
        return
    box_type = find_box_type(call, call.input, required=False)
    unit = call.get("unitType")
    differs = (
        (box_type is not None and box_type.id != offer.box_type_id)
        or (unit is not None and unit != offer.unit_type)
        or call.get("bunches", offer.bunches) != offer.bunches
        or call.get("stemsBunch", offer.stems_bunch) != offer.stems_bunch
    )
    if differs:
        raise Refused(f"The vendor availability item {offer.id} is offered in other boxes")


def _shared(call: Call, offers: Sequence[Row[Any]], boxes: int) -> list[tuple[Row[Any], int]]:
    """How many boxes to take of which offer."""
    free = ordering.offer_boxes(call.connection, [offer.id for offer in offers])
    enough = next((offer for offer in offers if free[offer.id] >= boxes), None)
    if enough is not None:
        return [(enough, boxes)]
    shared, left = [], boxes
    for offer in offers:
        taken = min(left, free[offer.id])
        if taken:
            shared.append((offer, taken))
            left -= taken
    if left:
        raise Refused(f"Only {boxes - left} boxes are left of the vendor availability")
    return shared
