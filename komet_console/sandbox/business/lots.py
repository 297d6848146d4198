"""Inventory lines (lots) that change by hand: boxes put in, boxes taken out, costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, func, insert, or_, select, update

from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import FreightRate, landed_cost
from komet_console.sandbox.store.numbers import take_box_codes

MOST_BOXES = 100
"""Boxes a line may hold."""
_FREE = FreightRate(Decimal(0), Decimal(0), Decimal(0))
_HELD = (*(state.value for state in t.IN_STOCK), t.BoxState.SOLD.value)


@dataclass(frozen=True, slots=True)
class Journey:
    """How boxes come: from which port, and the day whose freight rates count."""

    origin_code: str
    day: date


def freight_rate(connection: Connection, company_id: int, journey: Journey) -> FreightRate:
    """The Financial Settings of an origin on a day; an origin without any costs nothing."""
    f = t.freight_rates.c
    row = connection.execute(
        select(f.freight_per_fbe, f.handling_per_box, f.duty_percent)
        .where(
            f.company_id == company_id,
            f.origin_code == journey.origin_code,
            or_(f.valid_from.is_(None), f.valid_from <= journey.day),
        )
        .order_by(f.valid_from.is_(None), f.valid_from.desc(), f.id.desc())
        .limit(1)
    ).one_or_none()
    return _FREE if row is None else FreightRate(*row)


def landed_unit_cost(
    connection: Connection, company_id: int, journey: Journey, unit_cost: Decimal, units_per_box: int, box_type_id: int
) -> Decimal:
    """What one unit costs in the warehouse after a journey, five places."""
    fbe = connection.execute(select(t.box_types.c.fbe).where(t.box_types.c.id == box_type_id)).scalar_one()
    return landed_cost(unit_cost, units_per_box, fbe, freight_rate(connection, company_id, journey))


def held_boxes(connection: Connection, line_id: int) -> int:
    """Boxes of a line that are in the warehouse: in stock, or sold and not shipped."""
    b = t.boxes.c
    return connection.execute(
        select(func.count()).where(b.inventory_line_id == line_id, b.state.in_(_HELD))
    ).scalar_one()


def add_boxes(connection: Connection, line_id: int, count: int, now: datetime) -> None:
    """Put `count` new boxes into a line, in the staging area."""
    line = t.inventory_lines
    row = connection.execute(
        select(line.c.company_id, line.c.awb_id, line.c.location_id).where(line.c.id == line_id)
    ).one()
    connection.execute(
        insert(t.boxes),
        [
            {
                "company_id": row.company_id,
                "inventory_line_id": line_id,
                "awb_id": row.awb_id,
                "location_id": row.location_id,
                "code": code,
                "state": t.BoxState.STAGING.value,
            }
            for code in take_box_codes(connection, row.company_id, count)
        ],
    )
    connection.execute(
        update(line).where(line.c.id == line_id).values(added_boxes=line.c.added_boxes + count, updated_on=now)
    )


def delete_stock(connection: Connection, line_id: int, now: datetime) -> int:
    """Take every box of a line that is in stock out of the inventory; return how many. Sold boxes stay sold."""
    b = t.boxes.c
    gone = connection.execute(
        update(t.boxes)
        .where(b.inventory_line_id == line_id, b.state.in_([state.value for state in t.IN_STOCK]))
        .values(state=t.BoxState.DELETED.value)
    )
    line = t.inventory_lines.c
    connection.execute(update(t.inventory_lines).where(line.id == line_id).values(deleted=True, updated_on=now))
    return gone.rowcount
