"""Buying from growers: purchase orders, their lines, and what of a prebook is still to be bought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, or_, select, update

from komet_console.sandbox.business import ordering
from komet_console.sandbox.business.ordering import DAYS_UNDER_WAY, Pack
from komet_console.sandbox.context import Call, Refused
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.numbers import Counter, take_number

SALES_DAYS = 4
"""For how many days after its arrival bought product is offered as future inventory."""


class OrderStatus(StrEnum):
    """Where a purchase order stands."""

    PENDING = "Pending Approval"
    APPROVED = "Approved"
    CONFIRMED = "Confirmed by Farm"
    CANCELLED = "Cancelled"


class LineStatus(StrEnum):
    """Where a line of a purchase order stands."""

    PENDING = "Pending"
    CONFIRMED = "Confirmed"
    PARTIAL = "Partial Confirmed"
    CANCELLED = "Cancelled"


@dataclass(frozen=True, slots=True)
class Part:
    """One product of a mixed box; `cost` of a unit, `prebook_item_id` the prebook line it buys."""

    product_id: int
    bunches: int
    stems_bunch: int
    cost: Decimal | None = None
    prebook_item_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be put on a purchase order; bought for a prebook line, or for the open market without one."""

    pack: Pack
    boxes: int
    unit_cost: Decimal
    units_per_box: int | None = None
    """Where the pack alone does not say it: stems of a box whose bunches differ."""
    mark_code: str = ""
    prebook_item_id: int | None = None
    parts: tuple[Part, ...] = ()
    checkout_pending: bool = False
    unit_price: Decimal | None = None

    @property
    def bought(self) -> bool:
        """Whether some of it is bought for a prebook."""
        return self.prebook_item_id is not None or any(part.prebook_item_id is not None for part in self.parts)

    def columns(self) -> dict[str, Any]:
        """The pack as values of a table with pack columns."""
        columns = self.pack.columns()
        if self.units_per_box is not None:
            columns["units_per_box"] = self.units_per_box
        return columns


def open_boxes(call: Call, prebook_item_ids: Iterable[int]) -> dict[int, int]:
    """Boxes of prebook lines that are still to be bought, by the id of the line; unknown ids are left out."""
    i = t.prebook_items.c
    rows = call.connection.execute(
        select(t.prebook_items).where(i.company_id == call.company_id, i.id.in_(set(prebook_item_ids)))
    ).all()
    return ordering.open_boxes(call.connection, rows)


def add_order(
    call: Call,
    *,
    vendor: Row[Any],
    location_id: int,
    ship_date: date,
    order_type: str,
    carrier_id: int | None = None,
    status: OrderStatus = OrderStatus.APPROVED,
) -> tuple[int, int]:
    """A new purchase order without lines; returns its id and number."""
    number = take_number(call.connection, call.company_id, Counter.PURCHASE_ORDER)
    added = call.connection.execute(
        insert(t.purchase_orders).values(
            company_id=call.company_id,
            number=number,
            vendor_id=vendor.id,
            location_id=location_id,
            carrier_id=carrier_id,
            origin_code=vendor.port_origin or "",
            order_type=order_type,
            ship_date=ship_date,
            status=status.value,
            created_on=call.now,
            updated_on=call.now,
        )
    )
    assert added.inserted_primary_key is not None
    return int(added.inserted_primary_key[0]), number


def add_line(call: Call, order_id: int, ship_date: date, line: NewLine) -> int:
    """Put a line on a purchase order; returns its id. The caller has checked what of the prebook is open."""
    market = not line.bought
    available = ship_date + timedelta(days=DAYS_UNDER_WAY)
    added = call.connection.execute(
        insert(t.purchase_order_items).values(
            company_id=call.company_id,
            purchase_order_id=order_id,
            prebook_item_id=line.prebook_item_id,
            total_boxes=line.boxes,
            unit_cost=line.unit_cost,
            unit_price=line.unit_price,
            mark_code=line.mark_code,
            reference="",
            status_line=LineStatus.PENDING.value,
            is_assorted=bool(line.parts),
            is_open_market=market,
            checkout_pending=line.checkout_pending,
            available_from=available if market else None,
            available_to=available + timedelta(days=SALES_DAYS) if market else None,
            **line.columns(),
        )
    )
    assert added.inserted_primary_key is not None
    item_id = int(added.inserted_primary_key[0])
    if line.parts:
        call.connection.execute(
            insert(t.purchase_order_item_breakdowns),
            [
                {
                    "company_id": call.company_id,
                    "item_id": item_id,
                    "product_id": part.product_id,
                    "bunches": part.bunches,
                    "stems_bunch": part.stems_bunch,
                    "cost": part.cost,
                    "prebook_item_id": part.prebook_item_id,
                }
                for part in line.parts
            ],
        )
    _note_availability(call, item_id, line)
    return item_id


def _note_availability(call: Call, item_id: int, line: NewLine) -> None:
    """Keep which offer of the grower stands behind a line that buys a prebook."""
    if line.prebook_item_id is None:
        return
    i, v = t.prebook_items.c, t.vendor_availability_items.c
    offer = call.connection.execute(
        select(v.id, v.product_id, v.available_from, v.post_harvest)
        .join(t.prebook_items, i.availability_item_id == v.id)
        .where(i.id == line.prebook_item_id, v.company_id == call.company_id)
    ).one_or_none()
    if offer is not None:
        call.connection.execute(
            insert(t.purchase_order_item_availability).values(
                company_id=call.company_id,
                purchase_order_item_id=item_id,
                availability_item_id=offer.id,
                product_id=offer.product_id,
                available_from=offer.available_from,
                post_harvest=offer.post_harvest,
                unit_type=line.pack.unit_type,
                units_allocated=line.boxes * line.columns()["units_per_box"],
            )
        )


def find_line(call: Call, item_id: int) -> Row[Any]:
    """A line with what its order says (`order_id`, `order_number`, `order_status`, `order_type`, `order_ship_date`,
    `location_id`, `origin_code`, `vendor_id`); vendor tokens find their own orders' only."""
    o, i = t.purchase_orders.c, t.purchase_order_items.c
    query = (
        select(
            t.purchase_order_items,
            o.id.label("order_id"),
            o.number.label("order_number"),
            o.status.label("order_status"),
            o.ship_date.label("order_ship_date"),
            o.order_type,
            o.location_id,
            o.origin_code,
            o.vendor_id,
        )
        .join(t.purchase_orders, o.id == i.purchase_order_id)
        .where(i.id == item_id, i.company_id == call.company_id)
        .with_for_update(of=t.purchase_order_items)
    )
    if call.vendor_id is not None:
        query = query.where(o.vendor_id == call.vendor_id)
    row = call.connection.execute(query).one_or_none()
    if row is None:
        raise Refused(f"The purchase order line {item_id} does not exist", documented=call.vendor_id is not None)
    return row


def find_order(call: Call, number: str) -> Row[Any]:
    """The order with a public number, with or without the P in front; vendor tokens find their own only."""
    digits = order_number(number)
    o = t.purchase_orders.c
    query = select(t.purchase_orders).where(o.company_id == call.company_id, o.number == digits)
    if call.vendor_id is not None:
        query = query.where(o.vendor_id == call.vendor_id)
    row = call.connection.execute(query.order_by(o.id).limit(1)).one_or_none()
    if row is None:
        raise Refused(f"The purchase order {number} does not exist")
    return row


def order_number(text: str) -> int:
    """The number in `P31882` or `031882`; -1, which no order has, for anything else."""
    plain = text.strip().upper().removeprefix("P")
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= 10 else -1


def prebooked_from(call: Call, item_id: int) -> list[Row[Any]]:
    """Prebook lines that took their boxes from a future line, oldest first, with their prebook's customer and type."""
    i, p = t.prebook_items.c, t.prebooks.c
    return list(
        call.connection.execute(
            select(i.id, i.total_boxes, i.unit_price, p.customer_id, p.type)
            .join(t.prebooks, p.id == i.prebook_id)
            .where(i.future_po_item_id == item_id, i.company_id == call.company_id)
            .order_by(i.id)
        )
    )


def confirm_line(call: Call, line: Row[Any], boxes: int) -> None:
    """Set how many boxes of a line the farm confirms, and let the order's status follow."""
    status = LineStatus.PENDING
    if boxes:
        status = LineStatus.CONFIRMED if boxes == line.total_boxes else LineStatus.PARTIAL
    call.connection.execute(
        update(t.purchase_order_items)
        .where(t.purchase_order_items.c.id == line.id)
        .values(confirmed_boxes=boxes, status_line=status.value)
    )
    follow_lines(call, line.order_id)


def delete_line(call: Call, line: Row[Any]) -> None:
    """Take a line off its order; the prebook boxes it bought are open again. An order without lines is cancelled."""
    call.connection.execute(delete(t.purchase_order_items).where(t.purchase_order_items.c.id == line.id))
    follow_lines(call, line.order_id)


def follow_lines(call: Call, order_id: int) -> None:
    """Let an order's status follow its lines: confirmed once the farm answered each, cancelled once none is left.

    An order that waits for approval is approved by the first confirmed line.
    """
    o, i = t.purchase_orders.c, t.purchase_order_items.c
    answered = or_(i.status_line == LineStatus.CONFIRMED, i.status_line == LineStatus.PARTIAL)
    counted = call.connection.execute(
        select(o.status, func.count(i.id).label("lines"), func.count(i.id).filter(answered).label("answered"))
        .outerjoin_from(
            t.purchase_orders,
            t.purchase_order_items,
            and_(i.purchase_order_id == o.id, i.status_line != LineStatus.CANCELLED),
        )
        .where(o.id == order_id)
        .group_by(o.id, o.status)
    ).one()
    status = counted.status
    if not counted.lines:
        status = OrderStatus.CANCELLED.value
    elif counted.answered == counted.lines:
        status = OrderStatus.CONFIRMED.value
    elif counted.answered or status == OrderStatus.CONFIRMED:
        status = OrderStatus.APPROVED.value
    call.connection.execute(
        update(t.purchase_orders).where(o.id == order_id).values(status=status, updated_on=call.now)
    )
