"""Boxes one by one: receive, ship, move to another air waybill, put on a rack, recode."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select, update

from komet_console.sandbox.business import invoices, stock
from komet_console.sandbox.business.arrivals import (
    awb_for_boxes,
    move_boxes,
    place_of,
    receive_box,
)
from komet_console.sandbox.context import Answer, Call, Invalid, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import among, exact
from komet_console.sandbox.methods.common.references import find_location
from komet_console.sandbox.store import tables as t

State = t.BoxState
_GONE = (State.SHIPPED.value, State.DELETED.value)
_MOST_CODE = 20
"""Characters of a box code, as the answers that name boxes document it."""
_IN_WAREHOUSE = (State.STAGING, State.ON_HAND, State.SOLD)


def _boxes(call: Call, codes: Iterable[str]) -> dict[str, Row[Any]]:
    """The boxes with these codes by code in small letters, locked until the transaction ends.

    Each has the vendor of its line (`vendor_id`) and the origin of its air waybill (`origin_code`).
    """
    wanted = sorted({code.strip().lower() for code in codes})
    if not wanted:
        return {}
    b, line, a = t.boxes.c, t.inventory_lines.c, t.awbs.c
    rows = call.connection.execute(
        select(t.boxes, line.vendor_id, a.origin_code)
        .join(t.inventory_lines, line.id == b.inventory_line_id)
        .join(t.awbs, a.id == b.awb_id)
        .where(b.company_id == call.company_id, *among(b.code, wanted))
        .order_by(b.id)
        .with_for_update(of=t.boxes)
    )
    return {row.code.lower(): row for row in rows}


def _box(call: Call) -> Row[Any]:
    """The box of the request, by its code or else by the code it has in another system; refused when there is none."""
    code = call.need("boxCode").strip()
    box = _boxes(call, [code]).get(code.lower()) or _by_external_code(call, code)
    if box is None:
        raise Refused(f"The box {code} does not exist")
    return box


def _by_external_code(call: Call, code: str) -> Row[Any] | None:
    b = t.boxes.c
    outside = (b.company_id == call.company_id, *exact(b.external_code, code), b.state.not_in(_GONE))
    own = call.connection.execute(select(b.code).where(*outside).limit(2)).scalars().all()
    if len(own) > 1:
        raise Refused(f"More than one box has the external code {code}")
    return _boxes(call, own).get(own[0].lower()) if own else None


def _box_here(call: Call) -> Row[Any]:
    location = find_location(call)
    box = _box(call)
    if box.location_id != location.id:
        raise Refused(f"The box {box.code} is not at the location {location.code}")
    return box


@handles("box.warehouse.receive")
def box_warehouse_receive(call: Call) -> Answer:
    """Take one box that arrived into the inventory."""
    receive_box(call.connection, _box_here(call), call.now, call.get("position"))
    return ok("success")


@handles("box.warehouse.ship")
def box_warehouse_ship(call: Call) -> Answer:
    """Send one sold box to its customer."""
    box = _box_here(call)
    if box.state != State.SOLD:
        raise Refused(f"The box {box.code} cannot be shipped: it is {_reason(box)}")
    n, i = t.invoices.c, t.invoice_items.c
    holder = select(t.invoices).join(t.invoice_items, i.invoice_id == n.id).where(i.id == box.invoice_item_id)
    _ship(call, call.connection.execute(holder).one(), [box.id])
    return ok("success")


@handles("box.invoice.shipment.confirm")
def box_invoice_shipment_confirm(call: Call) -> Answer:
    """Send boxes of one order to its customer; all of them, or none when one is not of that order."""
    invoice = invoices.find_invoice(call.connection, call.company_id, number=call.need("orderNumber"))
    boxes = _boxes(call, call.need("boxCodes"))
    if not boxes:
        raise Refused(f"None of the boxes belongs to the order {invoice.number}", documented=True)
    items = select(t.invoice_items.c.id).where(t.invoice_items.c.invoice_id == invoice.id)
    of_order = set(call.connection.execute(items).scalars())
    for code in call.need("boxCodes"):
        box = boxes.get(code.strip().lower())
        if box is None or box.invoice_item_id not in of_order:
            raise Refused(f"The box {code.strip()} does not belong to the order {invoice.number}", documented=True)
    leaving = [box.id for box in boxes.values() if box.state == State.SOLD]
    if leaving:
        _ship(call, invoice, leaving)
    return ok("success", updatedBoxes=len(leaving))


def _ship(call: Call, invoice: Row[Any], box_ids: list[int]) -> None:
    if invoice.status == invoices.Status.DRAFT:
        raise Refused(f"The invoice {invoice.number} is still a draft; check it out first")
    stock.ship_boxes(call.connection, box_ids, call.now)
    call.connection.execute(update(t.invoices).where(t.invoices.c.id == invoice.id).values(updated_on=call.now))


def _reason(box: Row[Any]) -> str:
    return f"{place_of(box)}, not sold" if box.state in t.IN_STOCK else place_of(box)


@handles("box.position.change")
def box_position_change(call: Call) -> Answer:
    """Put a box on another rack position; without one it is on none."""
    box = _box(call)
    if box.state not in _IN_WAREHOUSE:
        raise Refused(f"The box {box.code} has no place in the warehouse: it is {place_of(box)}")
    position = (call.get("position") or "").strip() or None
    call.connection.execute(update(t.boxes).where(t.boxes.c.id == box.id).values(position=position))
    return ok("success", **({"boxOldPosition": box.position} if box.position else {}))


@handles("box.move.awb")
def box_move_awb(call: Call) -> Answer:
    """Put boxes in the staging area on another air waybill, new or known; the others are named as failed."""
    location = find_location(call)
    number = call.need("awb").strip()
    codes = list(dict.fromkeys(code.strip() for code in call.need("boxCodes")))
    if not number or not codes:
        raise Invalid("awb and boxCodes are required")
    if any(len(code) > _MOST_CODE for code in codes):
        raise Invalid(f"boxCodes may have {_MOST_CODE} characters each")
    boxes = _boxes(call, codes)
    movable = {
        code: box for code, box in boxes.items() if box.state == State.STAGING and box.location_id == location.id
    }
    if movable:
        first = next(iter(movable.values()))
        awb = awb_for_boxes(
            call, number, ship_date=call.need("shipDate"), origin_code=first.origin_code, location_id=location.id
        )
        move_boxes(call.connection, list(movable.values()), awb, call.now)
    return ok(failedBoxes=[code for code in codes if code.lower() not in movable])


def _counted(results: list[Answer]) -> str:
    """How many boxes were changed and how many not, in the documented words."""
    done = sum(one["status"] for one in results)
    failed = len(results) - done
    return f"{done} box{'' if done == 1 else 'es'} updated, {failed} box{'' if failed == 1 else 'es'} not updated"


@handles("box.code.change")
def box_code_change(call: Call) -> Answer:
    """Give boxes other codes, in the order of the request; vendor tokens their own boxes."""
    asked = [(_text(one, "currentBoxCode"), _text(one, "newBoxCode")) for one in call.need("boxes")]
    known = _boxes(call, [code for pair in asked for code in pair if code])
    results = []
    for current, new in asked:
        box = known.get(current.lower())
        taken = known.get(new.lower())
        if box is None or (call.vendor_id is not None and box.vendor_id != call.vendor_id):
            problem: str | None = "Box code does not exist"
        elif taken is not None and taken.id != box.id:
            problem = f"Another box has the code {new}"
        else:
            problem = None if new else "newBoxCode is required"
        if problem is None and box is not None:
            call.connection.execute(update(t.boxes).where(t.boxes.c.id == box.id).values(code=new))
            del known[current.lower()]
            known[new.lower()] = box
        results.append({"newBoxCode": new, "status": int(problem is None), "message": problem or "success"})
    return ok(_counted(results), boxes=results)


@handles("box.externalcode.update")
def box_externalcode_update(call: Call) -> Answer:
    """Note the codes that boxes have in another system."""
    asked = [(_text(one, "boxCode"), _text(one, "externalCode")) for one in call.need("boxes")]
    known = _boxes(call, [code for code, _ in asked if code])
    results = []
    for code, external in asked:
        box = known.get(code.lower())
        problem = None if external else "externalCode is required"
        if box is None:
            problem = "Box code does not exist"
        if problem is None and box is not None:
            call.connection.execute(update(t.boxes).where(t.boxes.c.id == box.id).values(external_code=external))
        results.append({"boxCode": code, "status": int(problem is None), "message": problem or "success"})
    return ok(_counted(results), boxes=results)


def _text(values: dict[str, Any], name: str) -> str:
    return str(values.get(name) or "").strip()
