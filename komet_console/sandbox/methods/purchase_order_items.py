"""The life of purchase order lines: shipped, confirmed, priced, referenced, deleted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, update

from komet_console.sandbox.business.consignments import Consignment, ship_line
from komet_console.sandbox.business.purchasing import (
    LineStatus,
    OrderStatus,
    confirm_line,
    delete_line,
    find_line,
    prebooked_from,
)
from komet_console.sandbox.context import Answer, Call, Invalid, Refused, handles, ok
from komet_console.sandbox.store import tables as t

_NOT_CHECKED_OUT = (
    "This product cannot be confirmed because the checkout process has not been completed by the final e-commerce "
    "customer. Please try again after 60 minutes."
)


@handles("purchase.order.item.awb.add")
def item_awb_add(call: Call) -> Answer:
    """Put one line on an air waybill."""
    line = find_line(call, call.need("poItemId"))
    shipped = ship_line(call, line, _consignment(call.input))
    answer = ok(boxCodes=shipped.box_codes)
    if shipped.rest_item_id is not None:
        answer["newPOItemId"] = shipped.rest_item_id
    return answer


@handles("purchase.order.items.awb.add")
def items_awb_add(call: Call) -> Answer:
    """Put lines on air waybills, each with an outcome of its own; the call fails only when every line does."""
    results = [_ship_one(call, element) for element in call.need("poItems")]
    return {
        "status": int(any(result["status"] for result in results)),
        "purchaseOrderItemDetailsAWBAddAPIResultList": results,
    }


def _ship_one(call: Call, element: dict[str, Any]) -> dict[str, Any]:
    item_id = element.get("poItemId")
    try:
        if item_id is None:
            raise Refused("poItemId is required")
        with call.connection.begin_nested():
            line = find_line(call, item_id)
            if call.vendor_id is None and call.get("vendorId", line.vendor_id) != line.vendor_id:
                raise Refused(f"The purchase order line {item_id} is not one of vendor {call.get('vendorId')}")
            shipped = ship_line(call, line, _consignment(element))
    except (Refused, Invalid) as failure:
        return {"poItemId": item_id or 0, "status": 0, "message": failure.message, "boxCodes": []}
    return {
        "poItemId": item_id,
        "status": 1,
        "message": "OK",
        "boxCodes": shipped.box_codes,
        "lotNumber": shipped.lot_number,
    }


def _consignment(values: dict[str, Any]) -> Consignment:
    missing = [name for name in ("awb", "shipDate") if not values.get(name)]
    if missing:
        raise Invalid(f"{' and '.join(missing)} is required")
    return Consignment(
        awb=values["awb"],
        ship_date=values["shipDate"],
        box_codes=tuple(str(code).strip() for code in values.get("boxCodes") or ()),
        lot_number=values.get("lotNumber"),
        house_awb=values.get("houseAWB"),
    )


@handles("purchase.order.item.confirm")
def item_confirm(call: Call) -> Answer:
    """Set how many boxes the farm confirms; 0 takes a confirmation back."""
    line = _open_line(call, call.need("poItemId"))
    boxes = call.need("quantityConfirmed")
    if line.checkout_pending:
        raise Refused(_NOT_CHECKED_OUT, documented=True)
    if line.awb_id is not None:
        raise Refused(f"The purchase order line {line.id} is on an AWB already")
    if not 0 <= boxes <= line.total_boxes:
        raise Refused(f"The purchase order line {line.id} has {line.total_boxes} boxes; {boxes} cannot be confirmed")
    confirm_line(call, line, boxes)
    return ok()


@handles("purchase.order.item.delete")
def item_delete(call: Call) -> Answer:
    """Take a line off its order, unless it has shipped or prebooks count on it."""
    line = find_line(call, call.need("poItemId"))
    if line.awb_id is not None:
        raise Refused(f"The purchase order line {line.id} is on an AWB and cannot be deleted")
    if prebooked_from(call, line.id):
        raise Refused(f"Prebooks take their boxes from purchase order line {line.id}; it cannot be deleted")
    delete_line(call, line)
    return ok()


@handles("purchase.order.item.price.update")
def item_price_update(call: Call) -> Answer:
    """Change the sales price of a line, and with it that of its boxes under way."""
    line = _open_line(call, call.need("purchaseOrderItemId"))
    price = call.need("price")
    if price < 0:
        raise Refused("The price is negative")
    _set(call, line, unit_price=price)
    n = t.inventory_lines.c
    _set_stock(call, line, n.prebook_item_id.is_(None), n.received_boxes == 0, price_a=price)
    return ok()


@handles("purchase.order.item.reference.update")
def item_reference_update(call: Call) -> Answer:
    """Change the reference of a line and of the stock that came of it."""
    line = find_line(call, call.need("purchaseOrderItemId"))
    reference = call.need("reference").strip()
    _set(call, line, reference=reference)
    _set_stock(call, line, reference=reference)
    return ok()


def _open_line(call: Call, item_id: int) -> Row[Any]:
    line = find_line(call, item_id)
    if line.order_status == OrderStatus.CANCELLED or line.status_line == LineStatus.CANCELLED:
        raise Refused(f"The purchase order line {line.id} is cancelled")
    return line


def _set(call: Call, line: Row[Any], **values: Any) -> None:
    i, o = t.purchase_order_items, t.purchase_orders
    call.connection.execute(update(i).where(i.c.id == line.id).values(**values))
    call.connection.execute(update(o).where(o.c.id == line.order_id).values(updated_on=call.now))


def _set_stock(call: Call, line: Row[Any], *conditions: Any, **values: Any) -> None:
    n = t.inventory_lines
    call.connection.execute(
        update(n).where(n.c.purchase_order_item_id == line.id, *conditions).values(updated_on=call.now, **values)
    )
