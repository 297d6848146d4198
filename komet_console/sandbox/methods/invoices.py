"""Invoices: create, lines, changes, and their way from draft over confirmation to the books, or void."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select, update

from komet_console.sandbox.business import invoices, stock
from komet_console.sandbox.context import Answer, Call, Event, Invalid, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import numbers
from komet_console.sandbox.methods.common.references import find, find_box_type, find_location, find_product
from komet_console.sandbox.methods.common.typed import typed
from komet_console.sandbox.store import tables as t

_HEAD = {
    "poNumber": "po_number",
    "reference": "reference",
    "warehouseInstructions": "warehouse_instructions",
    "invoiceNotes": "invoice_notes",
}
_LINE = {"markCode": "mark_code", "productAlias": "product_alias", "notes": "notes", "discount": "discount"}
_BILL_OF_LADING = True
"""`printType` 1; 0 are the box labels."""


def _texts(values: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    return {column: values[name] for name, column in columns.items() if name in values}


def _carrier(call: Call, *, required: bool = False) -> Row[Any] | None:
    if call.get("carrierId") is not None and call.get("carrierCode") is not None:
        raise Refused("Give either carrierId or carrierCode, not both", documented=True)
    row = find(
        call,
        t.carriers,
        "carrier",
        id=call.get("carrierId"),
        code=call.get("carrierCode"),
        name=call.get("carrierDescription"),
        required=required,
    )
    if row is not None and not row.active:
        raise Refused(f"The carrier {row.name} is inactive")
    return row


def _ship_to(call: Call, customer_id: int) -> int | None:
    ship_to = call.get("shipToId")
    if ship_to is None:
        return None
    s = t.customer_shiptos.c
    own = select(s.id).where(s.id == ship_to, s.customer_id == customer_id, s.deleted.is_(False))
    if call.connection.execute(own).one_or_none() is None:
        raise Refused(f"The customer has no ship-to {ship_to}")
    return int(ship_to)


def _inventory_line(call: Call, invoice: Row[Any], values: Mapping[str, Any], boxes: int) -> int:
    """The line that a request names by id, or by product and pack."""
    line_id, code = typed(values, "orderItemId", int), values.get("productCode")
    if line_id is not None:
        if code is not None:
            raise Refused("Give either orderItemId or productCode, not both", documented=True)
        return line_id
    units = typed(values, "unitsPerBox", int)
    unit_type = typed(values, "unitType", str)
    box_type_code = typed(values, "boxTypeCode", str)
    if code is None or units is None or unit_type is None or box_type_code is None:
        raise Invalid("orderItemId, or productCode with boxTypeCode, unitsPerBox and unitType is required")
    product = find_product(call, {"productCode": str(code)})
    box_type = find_box_type(call, {"boxTypeCode": box_type_code})
    assert product is not None
    assert box_type is not None
    found = stock.oldest_line(
        call.connection,
        call.company_id,
        location_id=invoice.location_id,
        customer_id=invoice.customer_id,
        product_id=product.id,
        box_type_id=box_type.id,
        unit_type=unit_type,
        units_per_box=units,
        boxes=boxes,
    )
    if found is None:
        raise Refused(
            f"{boxes} boxes of {product.description} ({box_type.code}, {units} {unit_type}) are not available"
        )
    return found


def _sell(call: Call, invoice: Row[Any], values: Mapping[str, Any]) -> tuple[int, int]:
    """Put a line on an invoice; return the ids of the new item and of its inventory line."""
    boxes = typed(values, "boxes", int)
    if boxes is None:
        raise Invalid("boxes is required")
    line_id = _inventory_line(call, invoice, values, boxes)
    price = typed(values, "price", Decimal)
    item_id = invoices.add_line(call.connection, invoice, line_id, boxes, price, call.now, **_texts(values, _LINE))
    return item_id, line_id


@handles("invoice.create")
def invoice_create(call: Call) -> Answer:
    """A new invoice with its lines, a draft or pending approval; all lines or nothing."""
    customer = find(
        call,
        t.customers,
        "customer",
        id=call.get("customerId"),
        code=call.get("customerCode"),
        name=call.get("customerDescription"),
        required=True,
    )
    carrier = _carrier(call, required=True)
    assert customer is not None
    assert carrier is not None
    status = t.InvoiceStatus.DRAFT if call.get("statusDraft") else t.InvoiceStatus.PENDING
    items = call.get("items", [])
    if not items and status != t.InvoiceStatus.DRAFT:
        raise Refused("Only a draft may be made without items")
    invoice = invoices.create_invoice(
        call.connection,
        customer,
        location_id=find_location(call).id,
        carrier_id=carrier.id,
        ship_date=call.need("shipDate"),
        status=status,
        now=call.now,
        ship_to_id=_ship_to(call, customer.id),
        created_by=call.user_id,
        **_texts(call.input, _HEAD),
    )
    sold = [_sell(call, invoice, item) for item in items]
    invoices.recalculate(call.connection, invoice.id, call.now)
    listed: list[Answer] = [{"invoiceItemId": item_id} for item_id, _ in sold]
    if call.get("returnAvailableBoxes"):
        left = stock.available_boxes(call.connection, [line_id for _, line_id in sold])
        for one, (_, line_id) in zip(listed, sold, strict=True):
            one["availableBoxes"] = left.get(line_id, 0)
    return ok(invoiceId=invoice.id, invoiceNumber=invoice.number, items=listed)


def _changeable(call: Call) -> Row[Any]:
    invoice = invoices.find_invoice(call.connection, call.company_id, invoice_id=call.need("invoiceId"))
    invoices.refuse_locked(invoice)
    return invoice


def _with_boxes_left(call: Call, answer: Answer, line_id: int) -> Answer:
    if call.get("returnAvailableBoxes"):
        answer["availableBoxes"] = stock.boxes_left(call.connection, line_id)
    return answer


@handles("invoice.item.add")
def invoice_item_add(call: Call) -> Answer:
    """Sell boxes of an inventory line, named by id or by product and pack, on an invoice that is there."""
    invoice = _changeable(call)
    location = typed(call.input, "locationId", int)
    if location is not None and location != invoice.location_id:
        raise Refused(f"The invoice {invoice.number} is at another location")
    item_id, line_id = _sell(call, invoice, call.input)
    invoices.recalculate(call.connection, invoice.id, call.now)
    answer = ok(invoiceId=invoice.id, invoiceNumber=invoice.number, invoiceItemId=item_id)
    return _with_boxes_left(call, answer, line_id)


@handles("invoice.item.update")
def invoice_item_update(call: Call) -> Answer:
    """Change boxes, price, discount and texts of a line."""
    invoice = _changeable(call)
    item = invoices.find_line(call.connection, invoice, call.need("invoiceItemId"))
    invoices.change_line(
        call.connection,
        invoice,
        item,
        boxes=call.get("boxes", item.total_boxes),
        price=call.need("price"),
        now=call.now,
        **_texts(call.input, _LINE),
    )
    invoices.recalculate(call.connection, invoice.id, call.now)
    answer = ok(invoiceId=invoice.id, invoiceNumber=invoice.number, invoiceItemId=item.id)
    return _with_boxes_left(call, answer, item.inventory_line_id)


@handles("invoice.item.delete")
def invoice_item_delete(call: Call) -> Answer:
    """Take a line off; its boxes are stock again."""
    invoice = _changeable(call)
    item = invoices.find_line(call.connection, invoice, call.need("invoiceItemId"))
    invoices.delete_line(call.connection, invoice, item, call.now)
    invoices.recalculate(call.connection, invoice.id, call.now)
    answer = ok(invoiceId=invoice.id, invoiceNumber=invoice.number)
    return _with_boxes_left(call, answer, item.inventory_line_id)


@handles("invoice.update")
def invoice_update(call: Call) -> Answer:
    """Change what is sent of an invoice's head."""
    invoice = _changeable(call)
    values = _texts(call.input, {**_HEAD, "shipDate": "ship_date"})
    carrier = _carrier(call)
    if carrier is not None:
        values["carrier_id"] = carrier.id
    call.connection.execute(
        update(t.invoices).where(t.invoices.c.id == invoice.id).values(updated_on=call.now, **values)
    )
    return ok(invoiceId=invoice.id, invoiceNumber=invoice.number)


def _by_number(call: Call) -> Row[Any]:
    return invoices.find_invoice(call.connection, call.company_id, number=call.need("invoiceNumber"))


def _tell(call: Call, name: str, invoice: Row[Any]) -> None:
    payload = {"companyId": call.company_id, "orderId": invoice.id}
    call.events.append(Event(name, call.company_id, payload))


@handles("invoice.checkout")
def invoice_checkout(call: Call) -> Answer:
    """From draft to pending approval."""
    invoices.check_out(call.connection, _by_number(call), call.now)
    return ok()


@handles("invoice.confirm")
def invoice_confirm(call: Call) -> Answer:
    """From draft or pending approval to confirmed; webhooks are told."""
    invoice = _by_number(call)
    invoices.confirm(call.connection, invoice, call.now)
    _tell(call, "order.confirmation", invoice)
    return ok()


@handles("invoice.void")
def invoice_void(call: Call) -> Answer:
    """Void an invoice and put its boxes back into stock; webhooks are told."""
    invoice = _by_number(call)
    invoices.void(call.connection, invoice, call.need("reason"), call.now)
    _tell(call, "order.cancellation", invoice)
    return ok()


@handles("invoice.mark.sync.status.ok")
def invoice_mark_sync_status_ok(call: Call) -> Answer:
    """Lock an invoice that an external system has taken over; a pending one is confirmed by that."""
    invoice = invoices.find_invoice(call.connection, call.company_id, invoice_id=call.need("invoiceId"))
    number = call.get("invoiceNumber")
    if number is not None and number != invoice.number:
        raise Refused(f"The invoice {invoice.id} has the number {invoice.number}, not {number}")
    invoices.mark_synchronized(call.connection, invoice, call.now)
    if invoice.status == t.InvoiceStatus.PENDING:
        _tell(call, "order.confirmation", invoice)
    return ok()


@handles("invoice.mark.sync.status.error")
def invoice_mark_sync_status_error(call: Call) -> Answer:
    """Unlock an invoice with a reason, and unless told otherwise give it back its former status."""
    invoice = invoices.find_invoice(call.connection, call.company_id, invoice_id=call.need("invoiceId"))
    invoices.mark_not_synchronized(
        call.connection, invoice, call.need("message"), call.now, restore=call.get("unconfirm", True)
    )
    return ok()


@handles("invoice/print-status/update")
def invoice_print_status_update(call: Call) -> Answer:
    """Note that box labels or bills of lading were printed; an unknown id among them changes nothing."""
    n = t.invoices.c
    wanted = list(dict.fromkeys(call.need("orderIds")))
    here = (n.company_id == call.company_id) & n.id.in_(numbers(wanted))
    known = {str(row) for row in call.connection.execute(select(n.id).where(here)).scalars()}
    missing = [one for one in wanted if one.lstrip("0") not in known]
    if missing or not wanted:
        raise Refused(f"There are no orders {', '.join(missing)}" if missing else "No order is named")
    column = n.bol_printed if call.need("printType") is _BILL_OF_LADING else n.box_labels_printed
    call.connection.execute(update(t.invoices).where(here).values({column: True, n.updated_on: call.now}))
    return ok(f"The invoices {','.join(wanted)} were updated.")
