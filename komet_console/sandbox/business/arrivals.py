"""Boxes on their way into the warehouse: air waybills, receiving, landed cost, and moving boxes to another waybill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from komet_console.sandbox.business.consignments import add_awb, awb_number
from komet_console.sandbox.business.lots import Journey, landed_unit_cost
from komet_console.sandbox.context import Call
from komet_console.sandbox.gate.failures import Refused
from komet_console.sandbox.store import tables as t

State = t.BoxState
OPEN, CLOSED = 1, 0
_OWN_COLUMNS = {"id", "awb_id", "landed_cost", "received_boxes", "added_boxes", "deleted", "updated_on"}
"""Columns of an inventory line that do not go with boxes that move to another air waybill."""


def find_awb(connection: Connection, company_id: int, number: str) -> Row[Any] | None:
    """The air waybill with a number (`awb_number`), locked until the transaction ends; None when there is none.

    Calls of one company wait for each other here, so that two cannot add the same air waybill.
    """
    a, c = t.awbs.c, t.companies.c
    connection.execute(select(c.id).where(c.id == company_id).with_for_update(key_share=True))
    query = select(t.awbs).where(a.company_id == company_id, func.lower(a.awb) == number.lower())
    return connection.execute(query.with_for_update()).one_or_none()


def awb_for_boxes(call: Call, number: str, *, ship_date: date, origin_code: str, location_id: int) -> Row[Any]:
    """The air waybill that takes boxes, made when it does not exist: open, no future one, and with this ship date.

    An existing one keeps its origin, and its arrival moves with the ship date. Raises Refused when it goes to another
    location.
    """
    number = awb_number(number)
    a = t.awbs.c
    found = find_awb(call.connection, call.company_id, number)
    if found is None:
        awb_id, _ = add_awb(call, number, location_id, origin_code, ship_date)
        return call.connection.execute(select(t.awbs).where(a.id == awb_id)).one()
    if found.location_id not in (None, location_id):
        raise Refused(f"The air waybill {found.awb} goes to another location")
    arrival = None if found.arrival_date is None else found.arrival_date + (ship_date - found.ship_date)
    changed = (
        update(t.awbs)
        .where(a.id == found.id)
        .values(status=OPEN, is_future=False, location_id=location_id, ship_date=ship_date, arrival_date=arrival)
        .returning(*a)
    )
    return call.connection.execute(changed).one()


def receive_box(connection: Connection, box: Row[Any], now: datetime, position: str | None = None) -> None:
    """Take a box into the warehouse: from its air waybill or from the staging area. Raises Refused in other states.

    A box that was sold while in staging stays sold. The last box of an air waybill closes it.
    """
    presold = box.state == State.SOLD and box.received_on is None
    if box.state not in (State.IN_TRANSIT, State.STAGING) and not presold:
        raise Refused(f"The box {box.code} cannot be received: it is {place_of(box)}")
    values: dict[str, Any] = {"received_on": now.date()}
    if not presold:
        values["state"] = State.ON_HAND.value
    if position is not None:
        values["position"] = position
    connection.execute(update(t.boxes).where(t.boxes.c.id == box.id).values(**values))

    line = t.inventory_lines
    this_line = line.c.id == box.inventory_line_id
    if box.state == State.IN_TRANSIT:
        first = (this_line, line.c.received_boxes + line.c.added_boxes == 0)
        connection.execute(update(line).where(*first).values(inventory_date=now.date()))
        connection.execute(update(line).where(this_line).values(received_boxes=line.c.received_boxes + 1))
    connection.execute(update(line).where(this_line).values(updated_on=now))
    _note_arrival(connection, box.awb_id, now.date())


def _note_arrival(connection: Connection, awb_id: int, today: date) -> None:
    a, b = t.awbs.c, t.boxes.c
    expected = (b.awb_id == awb_id, b.received_on.is_(None), b.state != State.DELETED.value)
    waiting = connection.execute(select(func.count()).select_from(t.boxes).where(*expected)).scalar_one()
    this = a.id == awb_id
    connection.execute(update(t.awbs).where(this, a.arrival_date.is_(None)).values(arrival_date=today))
    if not waiting:
        connection.execute(update(t.awbs).where(this).values(status=CLOSED))


def place_of(box: Row[Any]) -> str:
    """Where a box is, in words."""
    return {
        State.IN_TRANSIT: "still on its way to the warehouse",
        State.STAGING: "in the staging area",
        State.ON_HAND: "in the warehouse",
        State.SOLD: "in the warehouse and sold",
        State.SHIPPED: "shipped",
        State.DELETED: "deleted from the inventory",
    }[State(box.state)]


def move_boxes(connection: Connection, boxes: Sequence[Row[Any]], awb: Row[Any], now: datetime) -> None:
    """Put boxes in staging on another air waybill, at the landed cost that its origin and ship date make.

    A line whose boxes all move goes with them; else they leave for a line of their own, or for the one that boxes of
    the same line left for before.
    """
    by_line: dict[int, list[int]] = defaultdict(list)
    for box in boxes:
        by_line[box.inventory_line_id].append(box.id)
    line, b = t.inventory_lines.c, t.boxes.c
    rows = connection.execute(
        select(t.inventory_lines, func.count(b.id).label("all_boxes"))
        .join(t.boxes, b.inventory_line_id == line.id)
        .where(line.id.in_(list(by_line)))
        .group_by(line.id)
        .order_by(line.id)
    ).all()
    journey = Journey(awb.origin_code, awb.arrival_date or awb.ship_date)
    for row in rows:
        moving = by_line[row.id]
        cost = landed_unit_cost(connection, row.company_id, journey, row.unit_cost, row.units_per_box, row.box_type_id)
        target = row.id
        if row.awb_id != awb.id and len(moving) < row.all_boxes:
            target = _line_beside(connection, row, awb.id)
            _shift_added(connection, row.id, target, len(moving), now)
        connection.execute(
            update(t.inventory_lines).where(line.id == target).values(awb_id=awb.id, landed_cost=cost, updated_on=now)
        )
        connection.execute(update(t.boxes).where(b.id.in_(moving)).values(inventory_line_id=target, awb_id=awb.id))


def _line_beside(connection: Connection, row: Row[Any], awb_id: int) -> int:
    """The line on another air waybill that is like this one in all that boxes take with them; a new one without any."""
    line, parts = t.inventory_lines, t.inventory_line_breakdowns
    kept = {c.name: getattr(row, c.name) for c in line.c if c.name not in _OWN_COLUMNS}
    if not row.is_assorted:
        like = [line.c[name].is_not_distinct_from(value) for name, value in kept.items()]
        twin = select(line.c.id).where(line.c.awb_id == awb_id, line.c.deleted.is_(False), *like)
        found = connection.execute(twin.order_by(line.c.id).limit(1)).scalar_one_or_none()
        if found is not None:
            return int(found)
    new = insert(line).values(**kept, awb_id=awb_id, landed_cost=row.landed_cost, updated_on=row.updated_on)
    new_id = int(connection.execute(new.returning(line.c.id)).scalar_one())
    copied = [c for c in parts.c if c.name not in ("id", "item_id")]
    composition = connection.execute(select(*copied).where(parts.c.item_id == row.id).order_by(parts.c.id)).all()
    if composition:
        connection.execute(insert(parts), [{**part._mapping, "item_id": new_id} for part in composition])
    return new_id


def _shift_added(connection: Connection, source: int, target: int, boxes: int, now: datetime) -> None:
    line = t.inventory_lines
    added = line.c.added_boxes
    connection.execute(update(line).where(line.c.id == source).values(added_boxes=added - boxes, updated_on=now))
    connection.execute(update(line).where(line.c.id == target).values(added_boxes=added + boxes))
