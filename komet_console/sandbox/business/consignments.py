"""Growers' shipments: purchase order lines put on an air waybill become inventory lines with boxes in transit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, insert, select, update

from komet_console.sandbox.business.lots import Journey, landed_unit_cost
from komet_console.sandbox.business.ordering import DAYS_UNDER_WAY, list_prices
from komet_console.sandbox.business.purchasing import (
    LineStatus,
    OrderStatus,
    confirm_line,
    find_line,
    prebooked_from,
)
from komet_console.sandbox.context import Call, Refused
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.numbers import Counter, take_box_codes, take_number

OWN_LOTS = range(1000, 100_000)
"""Lot numbers that the system gives out itself."""
_LARGEST_LOT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Consignment:
    """What a grower sends of a line: all of it without box codes, else one box a code."""

    awb: str
    ship_date: date
    box_codes: tuple[str, ...] = ()
    lot_number: str | None = None
    house_awb: str | None = None


@dataclass(frozen=True, slots=True)
class Shipped:
    """What came of it; `rest_item_id` is the line made for boxes that stayed behind."""

    item_id: int
    box_codes: list[str]
    lot_number: int
    rest_item_id: int | None


@dataclass(frozen=True, slots=True)
class _Share:
    """Boxes of a line for one buyer: a prebook line, or anyone (`customer_id` None)."""

    boxes: int
    inventory_type: str
    prebook_item_id: int | None = None
    customer_id: int | None = None
    price: Decimal | None = None


def awb_number(text: str) -> str:
    """An air waybill number as it is kept, `###-####-####`; numbers that have not 11 digits stay as they are."""
    digits = re.sub(r"[\s-]", "", text)
    return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}" if re.fullmatch("[0-9]{11}", digits) else text.strip(" -")


def ship_line(call: Call, line: Row[Any], consignment: Consignment) -> Shipped:
    """Put a line (`purchasing.find_line`) on an air waybill; fewer boxes than bought split it.

    Raises Refused, before anything is written, when the line cannot ship or a code or lot number cannot be used.
    """
    _refuse_unshippable(call, line)
    count = len(consignment.box_codes) or line.total_boxes
    if count > line.total_boxes:
        raise Refused(f"The purchase order line {line.id} has {line.total_boxes} boxes, {count} box codes were sent")
    _refuse_taken_codes(call, consignment.box_codes)
    lot_number = _given_lot(consignment.lot_number)
    staying = _prebooked_that_stay(call, line, count)
    awb_id, arrival = _awb(call, line, consignment)
    if lot_number is None:
        lot_number = take_number(call.connection, call.company_id, Counter.LOT)
    codes = list(consignment.box_codes) or take_box_codes(call.connection, call.company_id, count)
    rest_id = _split(call, line, count, staying) if count < line.total_boxes else None
    call.connection.execute(
        update(t.purchase_order_items)
        .where(t.purchase_order_items.c.id == line.id)
        .values(awb_id=awb_id, lot_number=lot_number, house_awb=consignment.house_awb, total_boxes=count)
    )
    shipped = find_line(call, line.id)
    confirm_line(call, shipped, count)
    _add_stock(call, shipped, awb_id, arrival, codes)
    if consignment.house_awb:
        _note_house(call, line, awb_id, consignment.house_awb)
    return Shipped(line.id, codes, lot_number, rest_id)


def _refuse_unshippable(call: Call, line: Row[Any]) -> None:
    if line.order_status == OrderStatus.CANCELLED or line.status_line == LineStatus.CANCELLED:
        raise Refused(f"The purchase order line {line.id} is cancelled")
    if line.awb_id is not None:
        raise Refused(f"The purchase order line {line.id} is on an AWB already")
    if call.vendor_id is not None and line.order_status == OrderStatus.PENDING:
        raise Refused(f"The purchase order {line.order_number} is not approved yet")
    name = select(t.products.c.description).where(t.products.c.id == line.product_id)
    if call.connection.execute(name).scalar_one().strip().upper() == "UNKNOWN":
        raise Refused(f"The product of purchase order line {line.id} is not mapped in the company", documented=True)


def _refuse_taken_codes(call: Call, codes: Sequence[str]) -> None:
    if any(not code.strip() for code in codes):
        raise Refused("A box code is empty")
    if len(set(codes)) < len(codes):
        raise Refused("A box code was sent twice")
    b = t.boxes.c
    taken = call.connection.execute(
        select(b.code).where(b.company_id == call.company_id, b.code.in_(codes)).order_by(b.id).limit(1)
    ).scalar()
    if taken is not None:
        raise Refused(f"The box code {taken} is in use")


def _given_lot(text: str | None) -> int | None:
    if text is None or not text.strip():
        return None
    if not re.fullmatch("[0-9]{1,10}", text.strip()) or int(text) > _LARGEST_LOT:
        raise Refused(f"The lot number {text} is not a number")
    if int(text) in OWN_LOTS:
        raise Refused(
            f"The lot number {text} is in the range {OWN_LOTS.start} to {OWN_LOTS.stop - 1}, which the system uses",
            documented=True,
        )
    return int(text)


def _prebooked_that_stay(call: Call, line: Row[Any], count: int) -> list[int]:
    """Prebook lines, taken from a future line, that move to the rest when only `count` boxes ship."""
    room, rest, staying = count, line.total_boxes - count, []
    for taken in prebooked_from(call, line.id):
        if taken.total_boxes <= room:
            room -= taken.total_boxes
        elif taken.total_boxes <= rest:
            rest -= taken.total_boxes
            staying.append(taken.id)
        else:
            raise Refused(f"The boxes of prebook item {taken.id} cannot be split between two shipments")
    return staying


def _awb(call: Call, line: Row[Any], consignment: Consignment) -> tuple[int, date]:
    """The air waybill, made when it is not known yet, and the day it arrives."""
    number = awb_number(consignment.awb)
    if not number:
        raise Refused("The AWB number is required")
    a = t.awbs.c
    known = call.connection.execute(
        select(t.awbs).where(a.company_id == call.company_id, a.awb == number)
    ).one_or_none()
    if known is not None:
        arrival = known.arrival_date or known.ship_date + timedelta(days=DAYS_UNDER_WAY)
        call.connection.execute(
            update(t.awbs).where(a.id == known.id).values(is_future=False, status=1, arrival_date=arrival)
        )
        return known.id, arrival
    return add_awb(call, number, line.location_id, line.origin_code, consignment.ship_date)


def add_awb(
    call: Call, number: str, location_id: int, origin_code: str, ship_date: date, *, temporary: bool = False
) -> tuple[int, date]:
    """A new open air waybill; returns its id and the day it arrives."""
    arrival = ship_date + timedelta(days=DAYS_UNDER_WAY)
    added = call.connection.execute(
        insert(t.awbs).values(
            company_id=call.company_id,
            location_id=location_id,
            awb=number,
            origin_code=origin_code,
            ship_date=ship_date,
            arrival_date=arrival,
            status=1,
            is_tmp=temporary,
        )
    )
    assert added.inserted_primary_key is not None
    return int(added.inserted_primary_key[0]), arrival


def _note_house(call: Call, line: Row[Any], awb_id: int, house: str) -> None:
    h = t.awb_houses.c
    same = (h.awb_id == awb_id, h.house == house, h.vendor_id == line.vendor_id)
    if call.connection.execute(select(h.id).where(*same).limit(1)).one_or_none() is None:
        call.connection.execute(
            insert(t.awb_houses).values(
                company_id=call.company_id,
                awb_id=awb_id,
                house=house,
                vendor_id=line.vendor_id,
                location_id=line.location_id,
            )
        )


def _split(call: Call, line: Row[Any], count: int, staying: list[int]) -> int:
    """A line of its own for the boxes that do not ship, with their composition, offers and prebooks."""
    items, parts, offers = (
        t.purchase_order_items,
        t.purchase_order_item_breakdowns,
        t.purchase_order_item_availability,
    )
    rest = line.total_boxes - count
    confirmed = max(0, line.confirmed_boxes - count)
    status = LineStatus.CONFIRMED if confirmed == rest else LineStatus.PARTIAL if confirmed else LineStatus.PENDING
    columns = {column.name: line._mapping[column.name] for column in items.columns if column.name != "id"}
    added = call.connection.execute(
        insert(items).values(
            {**columns, "total_boxes": rest, "confirmed_boxes": confirmed, "status_line": status.value}
        )
    )
    assert added.inserted_primary_key is not None
    rest_id = int(added.inserted_primary_key[0])
    for row in call.connection.execute(select(parts).where(parts.c.item_id == line.id).order_by(parts.c.id)).all():
        copied = {key: value for key, value in row._mapping.items() if key != "id"}
        call.connection.execute(insert(parts).values({**copied, "item_id": rest_id}))
    shipped_units = count * line.units_per_box
    behind = select(offers).where(offers.c.purchase_order_item_id == line.id).order_by(offers.c.id)
    for row in call.connection.execute(behind).all():
        kept = min(shipped_units, row.units_allocated)
        shipped_units -= kept
        call.connection.execute(update(offers).where(offers.c.id == row.id).values(units_allocated=kept))
        if row.units_allocated > kept:
            copied = {key: value for key, value in row._mapping.items() if key != "id"}
            moved = {"purchase_order_item_id": rest_id, "units_allocated": row.units_allocated - kept}
            call.connection.execute(insert(offers).values({**copied, **moved}))
    if staying:
        call.connection.execute(
            update(t.prebook_items).where(t.prebook_items.c.id.in_(staying)).values(future_po_item_id=rest_id)
        )
    return rest_id


def _shares(call: Call, line: Row[Any]) -> list[_Share]:
    """Whose the boxes of a line are: a prebook's whole line, or prebooks taken from the future and the open market."""
    i, p, b = t.prebook_items.c, t.prebooks.c, t.purchase_order_item_breakdowns.c
    buyers = select(i.id, i.unit_price, p.customer_id, p.type).join(t.prebooks, p.id == i.prebook_id)
    if line.prebook_item_id is not None:
        buyer = call.connection.execute(buyers.where(i.id == line.prebook_item_id)).one()
        return [_Share(line.total_boxes, buyer.type, buyer.id, buyer.customer_id, buyer.unit_price)]
    parts = call.connection.execute(
        buyers.where(i.id.in_(select(b.prebook_item_id).where(b.item_id == line.id))).order_by(i.id)
    ).all()
    if parts:
        customers = {part.customer_id for part in parts}
        return [_Share(line.total_boxes, parts[0].type, None, customers.pop() if len(customers) == 1 else None)]
    shares = [
        _Share(taken.total_boxes, taken.type, taken.id, taken.customer_id, taken.unit_price)
        for taken in prebooked_from(call, line.id)
    ]
    free = line.total_boxes - sum(share.boxes for share in shares)
    if free:
        shares.insert(0, _Share(free, line.order_type if line.order_type in ("L", "S") else "M"))
    return shares


def _add_stock(call: Call, line: Row[Any], awb_id: int, arrival: date, codes: Sequence[str]) -> None:
    """The inventory lines and boxes in transit of a line that ships."""
    origin = call.connection.execute(select(t.awbs.c.origin_code).where(t.awbs.c.id == awb_id)).scalar_one()
    landed = landed_unit_cost(
        call.connection,
        call.company_id,
        Journey(origin, arrival),
        line.unit_cost,
        line.units_per_box,
        line.box_type_id,
    )
    listed = list_prices(call.connection, call.company_id, "M", None, [line.product_id])
    price = line.unit_price if line.unit_price is not None else listed.get((line.product_id, line.unit_type))
    left = list(codes)
    for share in _shares(call, line):
        share_price = share.price if share.price is not None else price
        added = call.connection.execute(
            insert(t.inventory_lines).values(
                company_id=call.company_id,
                location_id=line.location_id,
                awb_id=awb_id,
                vendor_id=line.vendor_id,
                purchase_order_item_id=line.id,
                prebook_item_id=share.prebook_item_id,
                customer_id=share.customer_id,
                inventory_type=share.inventory_type,
                lot_number=line.lot_number,
                unit_cost=line.unit_cost,
                landed_cost=landed,
                price_a=share_price,
                price_b=line.price_b,
                reference=line.reference or "",
                mark_code=line.mark_code or "",
                is_assorted=line.is_assorted,
                inventory_date=arrival,
                updated_on=call.now,
                **{
                    name: getattr(line, name)
                    for name in ("product_id", "box_type_id", "unit_type", "bunches", "stems_bunch", "units_per_box")
                },
            )
        )
        assert added.inserted_primary_key is not None
        line_id = int(added.inserted_primary_key[0])
        _copy_parts(call, line.id, line_id, share_price)
        own, left = left[: share.boxes], left[share.boxes :]
        call.connection.execute(
            insert(t.boxes),
            [
                {
                    "company_id": call.company_id,
                    "inventory_line_id": line_id,
                    "awb_id": awb_id,
                    "location_id": line.location_id,
                    "code": code,
                    "state": t.BoxState.IN_TRANSIT.value,
                }
                for code in own
            ],
        )


def _copy_parts(call: Call, item_id: int, line_id: int, price: Decimal | None) -> None:
    b = t.purchase_order_item_breakdowns
    parts = call.connection.execute(select(b).where(b.c.item_id == item_id).order_by(b.c.id)).all()
    if parts:
        call.connection.execute(
            insert(t.inventory_line_breakdowns),
            [
                {
                    **{key: value for key, value in part._mapping.items() if key != "id"},
                    "item_id": line_id,
                    "price": part.price if part.price is not None else price,
                }
                for part in parts
            ],
        )
