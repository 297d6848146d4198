"""Air waybills with their boxes, and future ones with their houses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate
from typing import Any

from sqlalchemy import Row, insert, select, update

from komet_console.sandbox.business.arrivals import find_awb
from komet_console.sandbox.business.consignments import awb_number
from komet_console.sandbox.context import Answer, Call, Invalid, handles, ok
from komet_console.sandbox.methods.common.filters import Condition, exact
from komet_console.sandbox.methods.common.references import find
from komet_console.sandbox.store import tables as t

_MOST_INSTRUCTIONS = 50
_MOST_CODES = 500
"""Characters that boxesCodes of awb.list may have."""
_THOUSANDTH = Decimal("0.001")


def _conditions(call: Call) -> list[Condition]:
    a = t.awbs.c
    call.need("awb", "shipDate")
    ending = call.get("awb")
    return [
        a.company_id == call.company_id,
        *([] if ending is None else [a.awb.like(f"%-{ending:04d}")]),
        *exact(a.ship_date, call.get("shipDate")),
        *exact(a.origin_code, call.get("originCode")),
    ]


def _with_boxes(call: Call) -> tuple[list[Row[Any]], dict[int, list[Row[Any]]]]:
    """The air waybills asked for with their location's code, and their boxes by air waybill."""
    a, b, line, k = t.awbs.c, t.boxes.c, t.inventory_lines.c, t.locations.c
    i, p, c = t.prebook_items.c, t.prebooks.c, t.carriers.c
    conditions = [*_conditions(call), a.is_future.is_(False), *exact(k.code, call.get("locationCode"))]
    at_location = t.awbs.outerjoin(t.locations, k.id == a.location_id)
    awbs = call.connection.execute(
        select(t.awbs, k.code.label("location_code")).select_from(at_location).where(*conditions).order_by(a.id)
    ).all()
    boxes = call.connection.execute(
        select(
            b.awb_id,
            b.code,
            b.received_on,
            line.unit_cost,
            p.id.label("prebook_id"),
            p.truck_date,
            p.ship_to_id,
            c.name.label("carrier_name"),
            c.code.label("carrier_code"),
        )
        .join(t.inventory_lines, line.id == b.inventory_line_id)
        .outerjoin(t.prebook_items, i.id == line.prebook_item_id)
        .outerjoin(t.prebooks, p.id == i.prebook_id)
        .outerjoin(t.carriers, c.id == p.carrier_id)
        .where(b.awb_id.in_(select(a.id).select_from(at_location).where(*conditions)))
        .order_by(b.id)
    )
    by_awb: dict[int, list[Row[Any]]] = defaultdict(list)
    for box in boxes:
        by_awb[box.awb_id].append(box)
    return list(awbs), by_awb


def _awb_fields(call: Call, awb: Row[Any], boxes: list[Row[Any]]) -> Answer:
    fields: Answer = {
        "awbId": awb.id,
        "awb": awb.awb,
        "origin": awb.origin_code,
        "shipDate": awb.ship_date,
        "pieces": len(boxes),
        "piecesReceived": sum(box.received_on is not None for box in boxes),
        "status": awb.status,
    }
    if awb.arrival_date is not None:
        fields["arrivalDate"] = awb.arrival_date
    if call.multi_location and awb.location_code is not None:
        fields["locationCode"] = awb.location_code
    return fields


def _box_fields(box: Row[Any]) -> Answer:
    fields: Answer = {"code": box.code, "unitCost": box.unit_cost.quantize(_THOUSANDTH)}
    if box.prebook_id is not None:
        fields |= {"carrierName": box.carrier_name, "carrierCode": box.carrier_code, "truckDate": box.truck_date}
        if box.ship_to_id is not None:
            fields["shipToId"] = box.ship_to_id
    return fields


@handles("awb.list")
def awb_list(call: Call) -> Answer:
    """Air waybills by the end of their number, ship date, origin and location, with the codes of their boxes.

    The documented length of the codes holds some 45 boxes; `pieces` counts all, and awb.details.list has them all.
    """
    awbs, boxes = _with_boxes(call)
    return ok(
        awbs=[{**_awb_fields(call, awb, boxes[awb.id]), "boxesCodes": _first_codes(boxes[awb.id])} for awb in awbs]
    )


def _first_codes(boxes: list[Row[Any]]) -> list[str]:
    """The codes of the first boxes, as many as fit with their commas."""
    ends = accumulate(len(box.code) + 1 for box in boxes)
    return [box.code for box, end in zip(boxes, ends, strict=True) if end - 1 <= _MOST_CODES]


@handles("awb.details.list")
def awb_details_list(call: Call) -> Answer:
    """The same air waybills with every box, its cost, and the prebook it was bought for."""
    awbs, boxes = _with_boxes(call)
    return ok(
        awbs=[
            {**_awb_fields(call, awb, boxes[awb.id]), "boxes": [_box_fields(box) for box in boxes[awb.id]]}
            for awb in awbs
        ]
    )


@handles("awb.future.list")
def awb_future_list(call: Call) -> Answer:
    """Air waybills entered ahead of time that have no boxes yet, with their houses."""
    a, h, k, v = t.awbs.c, t.awb_houses.c, t.locations.c, t.vendors.c
    conditions = [*_conditions(call), a.is_future.is_(True)]
    awbs = call.connection.execute(select(t.awbs).where(*conditions).order_by(a.id)).all()
    rows = call.connection.execute(
        select(t.awb_houses, v.code.label("vendor_code"), k.code.label("location_code"))
        .join(t.vendors, v.id == h.vendor_id)
        .outerjoin(t.locations, k.id == h.location_id)
        .where(h.awb_id.in_(select(a.id).where(*conditions)))
        .order_by(h.id)
    )
    houses: dict[int, list[Answer]] = defaultdict(list)
    for row in rows:
        house: Answer = {"house": row.house, "vendorCode": row.vendor_code or ""}
        if call.multi_location and row.location_code is not None:
            house["locationCode"] = row.location_code
        if row.instructions:
            house["instructions"] = row.instructions
        houses[row.awb_id].append(house)
    return ok(awbs=[_future_fields(awb, houses[awb.id]) for awb in awbs])


def _future_fields(awb: Row[Any], houses: list[Answer]) -> Answer:
    fields: Answer = {
        "awbId": awb.id,
        "awb": awb.awb,
        "originCode": awb.origin_code,
        "shipDate": awb.ship_date,
        "houses": houses,
    }
    if awb.instructions:
        # instructions are collected over several calls, but an answer has so many characters of them
        fields["instructions"] = awb.instructions[:_MOST_INSTRUCTIONS]
    return fields


@handles("awb.future.save")
def awb_future_save(call: Call) -> Answer:
    """A new future air waybill with its houses, or more instructions and houses for an existing air waybill."""
    number = awb_number(call.need("awb"))
    if not number:
        raise Invalid("awb is required")
    houses = [_house_values(call, house) for house in call.need("houses")]
    instructions = (call.get("instructions") or "").strip()
    awb = find_awb(call.connection, call.company_id, number)
    if awb is None:
        locations = {house["location_id"] for house in houses}
        new = insert(t.awbs).values(
            company_id=call.company_id,
            awb=number,
            ship_date=call.need("shipDate"),
            origin_code=call.need("originCode").strip().upper(),
            location_id=locations.pop() if len(locations) == 1 else None,
            instructions=instructions or None,
            is_future=True,
        )
        awb = call.connection.execute(new.returning(*t.awbs.c)).one()
    elif instructions and instructions not in (awb.instructions or ""):
        joined = f"{awb.instructions}; {instructions}" if awb.instructions else instructions
        call.connection.execute(update(t.awbs).where(t.awbs.c.id == awb.id).values(instructions=joined))
    _put_houses(call, awb.id, houses)
    return ok("The future air waybill was saved")


def _house_values(call: Call, house: dict[str, Any]) -> dict[str, Any]:
    """A house of the request as columns, without its air waybill."""
    number = str(house.get("house") or "").strip()
    if not number:
        raise Invalid("house is required in each of the houses")
    vendor = find(call, t.vendors, "vendor", code=house.get("vendorCode"), required=True)
    location = find(call, t.locations, "location", code=house.get("locationCode"))
    assert vendor is not None
    return {
        "house": number,
        "vendor_id": vendor.id,
        "location_id": None if location is None else location.id,
        "instructions": house.get("instructions"),
    }


def _put_houses(call: Call, awb_id: int, houses: Iterable[dict[str, Any]]) -> None:
    """Add the houses; one that exists, here or on another air waybill, is replaced and belongs to this one."""
    h = t.awb_houses
    for values in houses:
        known = select(h.c.id).where(h.c.company_id == call.company_id, *exact(h.c.house, values["house"]))
        house_id = call.connection.execute(known.order_by(h.c.id).limit(1)).scalar_one_or_none()
        if house_id is None:
            call.connection.execute(insert(h).values(company_id=call.company_id, awb_id=awb_id, **values))
        else:
            call.connection.execute(update(h).where(h.c.id == house_id).values(awb_id=awb_id, **values))
