"""Ordering ahead: prebooks and their lines, what growers and the future still have free, buying lines from growers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from komet_console.sandbox.gate.failures import Refused
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.numbers import Counter, take_number

GROWER = 1
"""`ship_via_id` of orders that go from the grower straight to the customer."""
DAYS_UNDER_WAY = 2
"""Days between the grower's shipping and the truck, through the warehouse."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bunches of one product in an assorted box."""

    product_id: int
    bunches: int
    stems_bunch: int
    price: Decimal | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """What a box holds. `unit_type`: Bunch or Stem, what prices and costs are for."""

    product_id: int
    box_type_id: int
    unit_type: str
    bunches: int
    stems_bunch: int
    parts: tuple[Part, ...] = ()

    @property
    def units_per_box(self) -> int:
        """Bunches or stems, after `unit_type`."""
        return self.bunches * (self.stems_bunch if self.unit_type == "Stem" else 1)

    def columns(self) -> dict[str, Any]:
        """The pack as values of a table with pack columns."""
        return {
            "product_id": self.product_id,
            "box_type_id": self.box_type_id,
            "unit_type": self.unit_type,
            "bunches": self.bunches,
            "stems_bunch": self.stems_bunch,
            "units_per_box": self.units_per_box,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be put on a prebook; at most one of the two sources is set."""

    pack: Pack
    boxes: int
    unit_price: Decimal | None = None
    unit_cost: Decimal | None = None
    vendor_id: int | None = None
    mark_code: str | None = None
    vendor_ship_date: date | None = None
    availability_item_id: int | None = None
    future_po_item_id: int | None = None


def vendor_ship_date(truck_date: date, ship_via_id: int, today: date) -> date:
    """The day the grower has to ship for a truck; not in the past unless the truck has left already."""
    if ship_via_id == GROWER:
        return truck_date
    return max(truck_date - timedelta(days=DAYS_UNDER_WAY), min(today, truck_date))


def add_prebook(connection: Connection, company_id: int, now: datetime, **values: Any) -> tuple[int, int]:
    """Add the header of a prebook with the given columns; return its id and number."""
    number = take_number(connection, company_id, Counter.PREBOOK)
    added = connection.execute(
        insert(t.prebooks).values(company_id=company_id, number=number, created_on=now, updated_on=now, **values)
    )
    assert added.inserted_primary_key is not None
    return added.inserted_primary_key[0], number


def matching_prebook(connection: Connection, company_id: int, **values: Any) -> Row[Any] | None:
    """The newest prebook whose columns have the given values (None: empty)."""
    p = t.prebooks
    same = [p.c[name].is_(None) if value is None else p.c[name] == value for name, value in values.items()]
    newest = select(p).where(p.c.company_id == company_id, *same).order_by(p.c.id.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def touch_prebook(connection: Connection, prebook_id: int, now: datetime, **values: Any) -> None:
    """Note that a prebook or one of its lines changed."""
    connection.execute(update(t.prebooks).where(t.prebooks.c.id == prebook_id).values(updated_on=now, **values))


def add_lines(connection: Connection, company_id: int, prebook_id: int, lines: Sequence[Line]) -> list[int]:
    """Put lines on a prebook and take what they take from offers; return their ids in order."""
    brands = _only_brands(connection, {line.vendor_id for line in lines if line.vendor_id is not None})
    ids = []
    parts = []
    for line in lines:
        if line.availability_item_id is not None:
            _take_offer(connection, line.availability_item_id, line.boxes)
        added = connection.execute(
            insert(t.prebook_items).values(
                company_id=company_id,
                prebook_id=prebook_id,
                vendor_id=line.vendor_id,
                brand_id=brands.get(line.vendor_id or 0),
                total_boxes=line.boxes,
                unit_price=line.unit_price,
                unit_cost=line.unit_cost,
                mark_code=line.mark_code,
                vendor_ship_date=line.vendor_ship_date,
                is_assorted=bool(line.pack.parts),
                availability_item_id=line.availability_item_id,
                future_po_item_id=line.future_po_item_id,
                **line.pack.columns(),
            )
        )
        assert added.inserted_primary_key is not None
        ids.append(added.inserted_primary_key[0])
        parts += [
            {
                "company_id": company_id,
                "item_id": ids[-1],
                "product_id": part.product_id,
                "bunches": part.bunches,
                "stems_bunch": part.stems_bunch,
                "price": part.price if part.price is not None else line.unit_price,
                "cost": part.cost if part.cost is not None else line.unit_cost,
            }
            for part in line.pack.parts
        ]
    if parts:
        connection.execute(insert(t.prebook_item_breakdowns), parts)
    return ids


def _only_brands(connection: Connection, vendor_ids: set[int]) -> dict[int, int]:
    """The brand of each vendor that has exactly one."""
    b = t.brands.c
    rows = connection.execute(
        select(b.vendor_id, func.min(b.id).label("brand_id"))
        .where(b.vendor_id.in_(vendor_ids))
        .group_by(b.vendor_id)
        .having(func.count() == 1)
    )
    return {row.vendor_id: row.brand_id for row in rows}


def list_prices(
    connection: Connection, company_id: int, kind: str, price_list_id: int | None, product_ids: Iterable[int]
) -> dict[tuple[int, str], Decimal]:
    """Prices by product and unit type: of the named price list, else of the company's first list of a kind (M, P or S)."""
    i, p = t.price_list_items.c, t.price_lists.c
    rows = connection.execute(
        select(i.product_id, i.unit_type, i.price, p.id)
        .join(t.price_lists, p.id == i.price_list_id)
        .where(
            p.company_id == company_id,
            (p.type == kind) | (p.id == price_list_id),
            i.product_id.in_(list(product_ids)),
        )
        .order_by(p.id.desc())
    )
    general: dict[tuple[int, str], Decimal] = {}
    own: dict[tuple[int, str], Decimal] = {}
    for product_id, unit_type, price, list_id in rows:
        (own if list_id == price_list_id else general)[product_id, unit_type] = price
    return general | own


def bought_boxes(connection: Connection, item_ids: Iterable[int]) -> dict[int, int]:
    """Boxes already bought for prebook lines, by line; lines without a purchase are not in it.

    What a mixed box buys for a line counts by bunches, rounded up to boxes of that line.
    """
    ids = list(item_ids)
    o, b, i = t.purchase_order_items.c, t.purchase_order_item_breakdowns.c, t.prebook_items.c
    whole = connection.execute(
        select(o.prebook_item_id, func.sum(o.total_boxes))
        .where(o.prebook_item_id.in_(ids), o.status_line != "Cancelled")
        .group_by(o.prebook_item_id)
    )
    bought = {item_id: int(boxes) for item_id, boxes in whole}
    parts = connection.execute(
        select(i.id, i.bunches, func.sum(o.total_boxes * b.bunches))
        .join(t.purchase_order_item_breakdowns, b.prebook_item_id == i.id)
        .join(t.purchase_order_items, o.id == b.item_id)
        .where(i.id.in_(ids), o.prebook_item_id.is_(None), o.status_line != "Cancelled")
        .group_by(i.id, i.bunches)
    )
    for item_id, box, bunches in parts:
        bought[item_id] = bought.get(item_id, 0) - (-int(bunches) // box)
    return bought


def refuse_when_bought(connection: Connection, item_ids: Iterable[int], what: str) -> None:
    """Refuse to take away what a purchase order already buys."""
    if bought_boxes(connection, item_ids):
        raise Refused(f"{what} is on a purchase order already; cancel that one first")


# --- what is free


def offer_boxes(connection: Connection, offer_ids: Iterable[int]) -> dict[int, int]:
    """Boxes that vendor availability items still have free; a K2K offer has no more than its line has in stock."""
    v, b = t.vendor_availability_items.c, t.boxes.c
    in_stock = (
        select(func.count())
        .select_from(t.boxes)
        .where(b.inventory_line_id == v.k2k_inventory_line_id, b.state.in_([state.value for state in t.IN_STOCK]))
        .scalar_subquery()
    )
    rows = connection.execute(
        select(v.id, v.offered_boxes, v.taken_boxes, v.k2k_inventory_line_id, in_stock).where(v.id.in_(list(offer_ids)))
    )
    return {
        offer_id: max(0, min(offered, offered if line is None else stock) - taken)
        for offer_id, offered, taken, line, stock in rows
    }


def _take_offer(connection: Connection, offer_id: int, boxes: int) -> None:
    v = t.vendor_availability_items.c
    taken = connection.execute(
        update(t.vendor_availability_items)
        .where(v.id == offer_id, v.taken_boxes + boxes <= v.offered_boxes)
        .values(taken_boxes=v.taken_boxes + boxes)
    )
    if not taken.rowcount:
        raise Refused(f"The vendor availability item {offer_id} has fewer than {boxes} boxes left")


def future_boxes(connection: Connection, po_item_ids: Iterable[int]) -> dict[int, int]:
    """Boxes free of future inventory, by purchase order item; what is no future inventory (any more) is not in it."""
    o, p, i = t.purchase_order_items.c, t.purchase_orders.c, t.prebook_items.c
    prebooked = select(func.coalesce(func.sum(i.total_boxes), 0)).where(i.future_po_item_id == o.id).scalar_subquery()
    arrived = (
        select(t.boxes.c.id)
        .join(t.inventory_lines, t.inventory_lines.c.id == t.boxes.c.inventory_line_id)
        .where(t.inventory_lines.c.purchase_order_item_id == o.id, t.boxes.c.state != t.BoxState.IN_TRANSIT.value)
        .exists()
    )
    rows = connection.execute(
        select(o.id, o.total_boxes, prebooked)
        .join(t.purchase_orders, p.id == o.purchase_order_id)
        .where(
            o.id.in_(list(po_item_ids)),
            o.is_open_market.is_(True),
            o.checkout_pending.is_(False),
            o.status_line != "Cancelled",
            p.status != "Cancelled",
            ~arrived,
        )
    )
    return {item_id: max(0, total - int(taken)) for item_id, total, taken in rows}


def release_lines(connection: Connection, prebook_id: int, item_id: int | None = None) -> None:
    """Give the boxes of a prebook (or of one of its lines) back to the offers they were taken from.

    Future inventory counts its prebooked boxes by itself, so nothing has to be given back there.
    """
    i, v = t.prebook_items.c, t.vendor_availability_items.c
    chosen = select(i.availability_item_id, func.sum(i.total_boxes)).where(
        i.prebook_id == prebook_id, i.availability_item_id.is_not(None)
    )
    if item_id is not None:
        chosen = chosen.where(i.id == item_id)
    for offer_id, boxes in connection.execute(chosen.group_by(i.availability_item_id)).all():
        connection.execute(
            update(t.vendor_availability_items).where(v.id == offer_id).values(taken_boxes=v.taken_boxes - int(boxes))
        )


# --- buying


def open_boxes(connection: Connection, items: Sequence[Row[Any]]) -> dict[int, int]:
    """Boxes that are still to be bought of prebook items (whole rows); none of those that future inventory covers."""
    bought = bought_boxes(connection, [item.id for item in items])
    return {
        item.id: 0 if item.future_po_item_id is not None else max(0, item.total_boxes - bought.get(item.id, 0))
        for item in items
    }


def buy_lines(
    connection: Connection, company_id: int, now: datetime, item_ids: Sequence[int], status: str = "Approved"
) -> list[int]:
    """Make purchase orders of what is still open on prebook lines, one for each location, vendor and ship date.

    Every line needs a vendor and a cost. Returns the ids of the purchase orders.
    """
    i, p, v = t.prebook_items, t.prebooks.c, t.vendors.c
    items = connection.execute(
        select(i, p.location_id, p.type, p.truck_date, v.port_origin)
        .join(t.prebooks, p.id == i.c.prebook_id)
        .join(t.vendors, v.id == i.c.vendor_id)
        .where(i.c.id.in_(list(item_ids)), i.c.company_id == company_id, i.c.unit_cost.is_not(None))
        .order_by(i.c.id)
    ).all()
    still_open = open_boxes(connection, items)
    groups: dict[tuple[Any, ...], list[Row[Any]]] = defaultdict(list)
    for item in items:
        if still_open[item.id]:
            ship = item.vendor_ship_date or vendor_ship_date(item.truck_date, 0, now.date())
            groups[item.location_id, item.vendor_id, ship, item.type, item.port_origin].append(item)
    orders = []
    for (location_id, vendor_id, ship, kind, origin), lines in groups.items():
        added = connection.execute(
            insert(t.purchase_orders).values(
                company_id=company_id,
                location_id=location_id,
                number=take_number(connection, company_id, Counter.PURCHASE_ORDER),
                vendor_id=vendor_id,
                carrier_id=_inbound_carrier(connection, company_id),
                origin_code=origin,
                order_type=kind,
                ship_date=ship,
                status=status,
                created_on=now,
                updated_on=now,
            )
        )
        assert added.inserted_primary_key is not None
        orders.append(added.inserted_primary_key[0])
        for line in lines:
            buy_line(connection, orders[-1], line, still_open[line.id])
    return orders


def _inbound_carrier(connection: Connection, company_id: int) -> int | None:
    c = t.carriers.c
    first = select(func.min(c.id)).where(c.company_id == company_id, c.inbound.is_(True), c.active.is_(True))
    carrier_id: int | None = connection.execute(first).scalar_one()
    return carrier_id


def buy_line(connection: Connection, order_id: int, item: Row[Any], boxes: int, **values: Any) -> int:
    """Put boxes of a prebook line on a purchase order, with its composition; `values` replace columns. Returns its id."""
    columns = {
        **{name: getattr(item, name) for name in ("product_id", "box_type_id", "unit_type", "bunches", "stems_bunch")},
        "company_id": item.company_id,
        "purchase_order_id": order_id,
        "prebook_item_id": item.id,
        "units_per_box": item.units_per_box,
        "total_boxes": boxes,
        "unit_cost": item.unit_cost,
        "unit_price": item.unit_price,
        "mark_code": item.mark_code,
        "is_assorted": item.is_assorted,
    }
    added = connection.execute(insert(t.purchase_order_items).values({**columns, **values}))
    assert added.inserted_primary_key is not None
    bought_id: int = added.inserted_primary_key[0]
    b = t.prebook_item_breakdowns.c
    copied = ("company_id", "product_id", "bunches", "stems_bunch", "price", "cost")
    parts = connection.execute(select(*(b[name] for name in copied)).where(b.item_id == item.id).order_by(b.id)).all()
    if parts:
        connection.execute(
            insert(t.purchase_order_item_breakdowns), [{"item_id": bought_id, **part._mapping} for part in parts]
        )
    if item.availability_item_id is not None:
        _note_availability(connection, bought_id, item, boxes)
    return bought_id


def _note_availability(connection: Connection, bought_id: int, item: Row[Any], boxes: int) -> None:
    v = t.vendor_availability_items.c
    offer = connection.execute(
        select(v.available_from, v.post_harvest).where(v.id == item.availability_item_id)
    ).one_or_none()
    if offer is not None:
        connection.execute(
            insert(t.purchase_order_item_availability).values(
                company_id=item.company_id,
                purchase_order_item_id=bought_id,
                availability_item_id=item.availability_item_id,
                product_id=item.product_id,
                available_from=offer.available_from,
                post_harvest=offer.post_harvest,
                unit_type=item.unit_type,
                units_allocated=boxes * item.units_per_box,
            )
        )
