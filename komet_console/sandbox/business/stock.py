"""Boxes of inventory lines: how many are free, and how they go to invoices, back, and out of the door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select, update

from komet_console.sandbox.gate.failures import Refused
from komet_console.sandbox.store import tables as t

_IN_STOCK = tuple(state.value for state in t.IN_STOCK)
OPEN_MARKET_TYPES = ("M",)
"""Inventory offered to everyone. Local, prebook and standing order product is sold only when its line is named."""


def available_boxes(connection: Connection, line_ids: Iterable[int]) -> dict[int, int]:
    """Boxes in stock by line; lines without any are left out."""
    b = t.boxes.c
    query = (
        select(b.inventory_line_id, func.count())
        .where(b.inventory_line_id.in_(list(line_ids)), b.state.in_(_IN_STOCK))
        .group_by(b.inventory_line_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def boxes_left(connection: Connection, line_id: int) -> int:
    """Boxes of one line in stock."""
    return available_boxes(connection, [line_id]).get(line_id, 0)


def line_to_sell(
    connection: Connection, company_id: int, line_id: int, *, customer_id: int, location_id: int
) -> Row[Any]:
    """The inventory line, locked until the transaction ends. Raises Refused when it is not for this customer to buy."""
    line = t.inventory_lines
    found = connection.execute(
        select(line).where(line.c.id == line_id, line.c.company_id == company_id).with_for_update()
    ).one_or_none()
    if found is None:
        raise Refused(f"The inventory item {line_id} does not exist")
    if found.location_id != location_id:
        raise Refused(f"The inventory item {line_id} is at another location than the invoice")
    if found.on_hold:
        raise Refused(f"The inventory item {line_id} is on hold")
    if found.customer_id is not None and found.customer_id != customer_id:
        raise Refused(f"The inventory item {line_id} is reserved for another customer")
    return found


def oldest_line(
    connection: Connection,
    company_id: int,
    *,
    location_id: int,
    customer_id: int,
    product_id: int,
    box_type_id: int,
    unit_type: str,
    units_per_box: int,
    boxes: int,
) -> int | None:
    """The oldest line of a product and pack that alone has enough boxes for a customer, None when there is none.

    Boxes kept for the customer are sold before those of the open market.
    """
    line, b = t.inventory_lines.c, t.boxes.c
    for_anyone = and_(line.customer_id.is_(None), line.inventory_type.in_(OPEN_MARKET_TYPES))
    query = (
        select(line.id)
        .join(t.boxes, b.inventory_line_id == line.id)
        .where(
            line.company_id == company_id,
            line.location_id == location_id,
            line.product_id == product_id,
            line.box_type_id == box_type_id,
            line.unit_type == unit_type,
            line.units_per_box == units_per_box,
            line.on_hold.is_(False),
            or_(for_anyone, line.customer_id == customer_id),
            b.state.in_(_IN_STOCK),
        )
        .group_by(line.id, line.customer_id, line.inventory_date)
        .having(func.count() >= boxes)
        .order_by(line.customer_id.is_(None), line.inventory_date, line.id)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def sell_boxes(connection: Connection, line_id: int, item_id: int, count: int, now: datetime) -> None:
    """Put `count` boxes of a line on an invoice item. Raises Refused when so many are not in stock.

    The line must be locked (`line_to_sell`), or two sales could take the same box.
    """
    b = t.boxes.c
    # received boxes leave before those still in staging
    free = connection.execute(
        select(b.id).where(b.inventory_line_id == line_id, b.state.in_(_IN_STOCK)).order_by(b.state, b.id).limit(count)
    ).all()
    if len(free) < count:
        raise Refused(f"Only {len(free)} boxes of the inventory item {line_id} are available, {count} were asked for")
    connection.execute(
        update(t.boxes)
        .where(b.id.in_([row.id for row in free]))
        .values(state=t.BoxState.SOLD.value, invoice_item_id=item_id)
    )
    _touch(connection, [line_id], now)


def return_boxes(connection: Connection, item_ids: Sequence[int], now: datetime, count: int | None = None) -> None:
    """Put the boxes of invoice items back into stock; with `count` so many of them, those not shipped only.

    Raises Refused when fewer than `count` are still here.
    """
    b = t.boxes.c
    held = select(b.id, b.inventory_line_id).where(b.invoice_item_id.in_(item_ids)).order_by(b.id.desc())
    if count is not None:
        held = held.where(b.state == t.BoxState.SOLD.value).limit(count)
    rows = connection.execute(held).all()
    if count is not None and len(rows) < count:
        raise Refused(f"{count} boxes would have to come back, but only {len(rows)} have not been shipped")
    connection.execute(
        update(t.boxes)
        .where(b.id.in_([row.id for row in rows]))
        .values(state=t.BoxState.ON_HAND.value, invoice_item_id=None, shipped_on=None)
    )
    lines = {row.inventory_line_id for row in rows}
    _touch(connection, lines, now)
    line = t.inventory_lines.c
    connection.execute(
        update(t.inventory_lines).where(line.id.in_(lines), line.deleted.is_(True)).values(deleted=False)
    )


def ship_boxes(connection: Connection, box_ids: Iterable[int], now: datetime) -> None:
    """Send sold boxes to their customers."""
    b = t.boxes.c
    ids = list(box_ids)
    connection.execute(
        update(t.boxes)
        .where(b.id.in_(ids), b.state == t.BoxState.SOLD.value)
        .values(state=t.BoxState.SHIPPED.value, shipped_on=now)
    )
    lines = connection.execute(select(b.inventory_line_id).where(b.id.in_(ids)).distinct()).scalars().all()
    _touch(connection, lines, now)


def shipped_boxes(connection: Connection, item_ids: Iterable[int]) -> int:
    """How many boxes of invoice items have left."""
    b = t.boxes.c
    query = select(func.count()).where(b.invoice_item_id.in_(list(item_ids)), b.state == t.BoxState.SHIPPED.value)
    return connection.execute(query).scalar_one()


def _touch(connection: Connection, line_ids: Iterable[int], now: datetime) -> None:
    line = t.inventory_lines
    connection.execute(update(line).where(line.c.id.in_(list(line_ids))).values(updated_on=now))
