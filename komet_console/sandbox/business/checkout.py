"""Web orders: their sums, and what becomes of them when they are checked out or cancelled.

A pending web order takes no stock. Checked out, its boxes on hand become an invoice pending approval; everything that
still has to come (future sales, vendor availability, Komet to Komet) becomes a prebook of the e-commerce. There is one
of each for every carrier, date and ship-to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, select, update

from komet_console.sandbox.business import invoices, k2k, ordering, stock
from komet_console.sandbox.business.webshop import Origin
from komet_console.sandbox.gate.failures import Refused
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import line_total, percentage

CANCELLED, PENDING, CHECKED_OUT = 0, 1, 2
"""`web_orders.status_id`; a cancelled order is in no list."""


def recalculate_order(connection: Connection, order_id: int, now: datetime) -> None:
    """Make a web order's sums those of its lines, with the charges and taxes that its invoice will have."""
    w, i = t.web_orders.c, t.web_order_items.c
    head = connection.execute(
        select(w.customer_id, t.customers.c.charge_tax, t.companies.c.tax_percent)
        .join(t.customers, t.customers.c.id == w.customer_id)
        .join(t.companies, t.companies.c.id == w.company_id)
        .where(w.id == order_id)
    ).one()
    rows = connection.execute(select(i.quantity, i.units_per_box, i.price).where(i.web_order_id == order_id)).all()
    zero = Decimal(0)
    subtotal = sum((line_total(row.quantity * row.units_per_box, row.price) for row in rows), zero)
    charges = sum(_charges(connection, head.customer_id, subtotal), zero) if rows else zero
    taxes = percentage(subtotal, head.tax_percent) if head.charge_tax else zero
    connection.execute(
        update(t.web_orders)
        .where(w.id == order_id)
        .values(
            subtotal=subtotal,
            additional_charges=charges,
            taxes=taxes,
            total=subtotal + charges + taxes,
            updated_on=now,
        )
    )


def _charges(connection: Connection, customer_id: int, subtotal: Decimal) -> list[Decimal]:
    """The amounts of a customer's automatic charges."""
    tie, charge = t.customer_charges.c, t.additional_charges.c
    rows = connection.execute(
        select(tie.amount_value, charge.amount_value, tie.amount_type, charge.amount_type)
        .join(t.additional_charges, charge.id == tie.additional_charge_id)
        .where(tie.customer_id == customer_id, charge.active.is_(True))
    )
    amounts = []
    for own, usual, own_type, usual_type in rows:
        value = own if own is not None else usual or Decimal(0)
        amounts.append(percentage(subtotal, value) if (own_type or usual_type) == "%" else value)
    return amounts


def check_out(
    connection: Connection, order: Row[Any], customer: Row[Any], now: datetime, customer_po: str | None
) -> list[k2k.Sale]:
    """Check out a pending web order; or Refused. Returns what other companies sold for it."""
    i = t.web_order_items
    items = connection.execute(select(i).where(i.c.web_order_id == order.id).order_by(i.c.id)).all()
    if not items:
        raise Refused(f"The web order {order.id} has no items")
    invoiced: dict[tuple[Any, ...], list[tuple[Row[Any], int]]] = defaultdict(list)
    ahead: dict[tuple[Any, ...], list[Row[Any]]] = defaultdict(list)
    for item in items:
        if item.date < now.date():
            raise Refused(f"The date {item.date} of web order item {item.id} is past")
        line_id = _line_on_hand(connection, order, item)
        group = (item.carrier_id, item.date, item.ship_to_id)
        if line_id is None:
            ahead[group].append(item)
        else:
            invoiced[group].append((item, line_id))
    for group, lines in invoiced.items():
        _invoice(connection, order, customer, group, lines, now, customer_po)
    sales = [
        sale
        for group, waiting in ahead.items()
        for sale in _prebook(connection, order, customer, group, waiting, now, customer_po)
    ]
    connection.execute(
        update(t.web_orders)
        .where(t.web_orders.c.id == order.id)
        .values(status_id=CHECKED_OUT, customer_po=customer_po, updated_on=now)
    )
    return sales


def _line_on_hand(connection: Connection, order: Row[Any], item: Row[Any]) -> int | None:
    """The inventory line that an item is sold from; None for one that has to be ordered ahead."""
    if item.inventory_origin != Origin.ON_HAND:
        return None
    if item.inventory_line_id is not None:
        return int(item.inventory_line_id)
    return stock.oldest_line(
        connection,
        order.company_id,
        location_id=order.location_id,
        customer_id=order.customer_id,
        product_id=item.product_id,
        box_type_id=item.box_type_id,
        unit_type=item.unit_type,
        units_per_box=item.units_per_box,
        boxes=item.quantity,
    )


def _invoice(
    connection: Connection,
    order: Row[Any],
    customer: Row[Any],
    group: tuple[Any, ...],
    lines: Sequence[tuple[Row[Any], int]],
    now: datetime,
    customer_po: str | None,
) -> None:
    carrier_id, day, ship_to_id = group
    invoice = invoices.create_invoice(
        connection,
        customer,
        location_id=order.location_id,
        carrier_id=carrier_id,
        ship_date=day,
        status=t.InvoiceStatus.PENDING,
        now=now,
        ship_to_id=ship_to_id,
        po_number=customer_po,
        prefix="W",
        is_ecommerce=True,
        web_order_id=order.id,
        created_by=order.user_id,
    )
    for item, line_id in lines:
        sold = invoices.add_line(
            connection, invoice, line_id, item.quantity, item.price, now, mark_code=item.mark_code or ""
        )
        _note(connection, item.id, invoice_item_id=sold)
    invoices.recalculate(connection, invoice.id, now)
    if customer.k2k_company_id is not None:
        k2k.sell_through(connection, invoice.id, customer.k2k_company_id, now)


def _prebook(
    connection: Connection,
    order: Row[Any],
    customer: Row[Any],
    group: tuple[Any, ...],
    items: Sequence[Row[Any]],
    now: datetime,
    customer_po: str | None,
) -> list[k2k.Sale]:
    carrier_id, day, ship_to_id = group
    prebook_id, _ = ordering.add_prebook(
        connection,
        order.company_id,
        now,
        location_id=order.location_id,
        customer_id=customer.id,
        carrier_id=carrier_id,
        ship_to_id=ship_to_id,
        truck_date=day,
        customer_po_number=customer_po,
        created_by=order.user_id,
        prebook_status="Pending Review",
        is_ecommerce=True,
    )
    sales = []
    for item in items:
        source, parts = _source(connection, item)
        ship = ordering.vendor_ship_date(day, 0, now.date())
        added = ordering.add_lines(connection, order.company_id, prebook_id, [_ahead(item, source, parts, ship)])[0]
        _note(connection, item.id, prebook_item_id=added)
        if item.inventory_origin == Origin.K2K:
            assert source is not None
            sales.append(k2k.buy_through(connection, order.company_id, source, added, item.quantity, ship, now))
    return sales


def _source(connection: Connection, item: Row[Any]) -> tuple[Row[Any] | None, list[Row[Any]]]:
    """What an item is taken from, locked, with its composition; nothing for a product ordered by its code."""
    table: Table
    if item.inventory_origin == Origin.FUTURE:
        o, p = t.purchase_order_items, t.purchase_orders.c
        query = select(o, p.vendor_id).join(t.purchase_orders, p.id == o.c.purchase_order_id)
        table, parts, row_id = o, t.purchase_order_item_breakdowns, item.purchase_order_item_id
    elif item.availability_item_id is not None:
        table, parts, row_id = (
            t.vendor_availability_items,
            t.vendor_availability_breakdowns,
            item.availability_item_id,
        )
        query = select(table)
    else:
        return None, []
    row = connection.execute(query.where(table.c.id == row_id).with_for_update()).one()
    made_of = connection.execute(select(parts).where(parts.c.item_id == row_id).order_by(parts.c.id)).all()
    if item.inventory_origin == Origin.FUTURE:
        free = ordering.future_boxes(connection, [row_id]).get(row_id, 0)
        if free < item.quantity:
            raise Refused(
                f"Only {free} boxes of the future inventory {row_id} are left, {item.quantity} were asked for"
            )
    return row, list(made_of)


def _ahead(item: Row[Any], source: Row[Any] | None, parts: Sequence[Row[Any]], ship: Any) -> ordering.Line:
    """The prebook line of an item."""
    pack = ordering.Pack(
        item.product_id,
        item.box_type_id,
        item.unit_type,
        item.bunches,
        item.stems_bunch,
        tuple(ordering.Part(one.product_id, one.bunches, one.stems_bunch, item.price, one.cost) for one in parts),
    )
    # A K2K offer is bought at once, so its boxes are not taken from the offer a second time.
    taken = item.availability_item_id if item.inventory_origin == Origin.VENDOR_AVAILABILITY else None
    return ordering.Line(
        pack,
        item.quantity,
        unit_price=item.price,
        unit_cost=source.unit_cost if source is not None else None,
        vendor_id=source.vendor_id if source is not None else None,
        mark_code=item.mark_code,
        vendor_ship_date=ship,
        availability_item_id=taken,
        future_po_item_id=item.purchase_order_item_id,
    )


def _note(connection: Connection, item_id: int, **values: int) -> None:
    connection.execute(update(t.web_order_items).where(t.web_order_items.c.id == item_id).values(**values))


def cancel(connection: Connection, order: Row[Any], now: datetime) -> list[int]:
    """Cancel a web order; or Refused. Returns the ids of the invoices that were voided.

    Of an order that was checked out, lines leave their prebook, which stays, and their invoice, which is voided unless
    it has other lines. A confirmed invoice stays as it is: then the order cannot be cancelled.
    """
    i = t.web_order_items
    items = connection.execute(select(i).where(i.c.web_order_id == order.id)).all()
    _off_prebooks(connection, [item.prebook_item_id for item in items if item.prebook_item_id is not None], now)
    voided = _off_invoices(
        connection, [item.invoice_item_id for item in items if item.invoice_item_id is not None], now
    )
    connection.execute(
        update(t.web_orders).where(t.web_orders.c.id == order.id).values(status_id=CANCELLED, updated_on=now)
    )
    return voided


def _off_prebooks(connection: Connection, item_ids: Sequence[int], now: datetime) -> None:
    p = t.prebook_items.c
    ordering.refuse_when_bought(connection, item_ids, "A line of the web order")
    rows = connection.execute(select(p.id, p.prebook_id).where(p.id.in_(item_ids))).all()
    for row in rows:
        ordering.release_lines(connection, row.prebook_id, row.id)
        ordering.touch_prebook(connection, row.prebook_id, now)
    connection.execute(delete(t.prebook_items).where(p.id.in_([row.id for row in rows])))


def _off_invoices(connection: Connection, item_ids: Sequence[int], now: datetime) -> list[int]:
    i = t.invoice_items
    by_invoice: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(i).where(i.c.id.in_(item_ids)).order_by(i.c.id)):
        by_invoice[row.invoice_id].append(row)
    voided = []
    for invoice_id, lines in by_invoice.items():
        company_id = lines[0].company_id
        invoice = invoices.find_invoice(connection, company_id, invoice_id=invoice_id)
        if invoice.status == t.InvoiceStatus.VOIDED:
            continue
        invoices.refuse_locked(invoice)
        if invoice.status == t.InvoiceStatus.CONFIRMED:
            raise Refused(f"The invoice {invoice.number} of the web order is confirmed; void it first")
        if invoice.k2k_company_id is not None:
            raise Refused(f"The invoice {invoice.number} of the web order is a Komet to Komet sale and stays")
        others = select(i.c.id).where(i.c.invoice_id == invoice_id, i.c.id.not_in([line.id for line in lines])).limit(1)
        if connection.execute(others).one_or_none() is None:
            invoices.void(connection, invoice, "The web order was cancelled", now)
            voided.append(invoice_id)
            continue
        for line in lines:
            invoices.delete_line(connection, invoice, line, now)
        invoices.recalculate(connection, invoice_id, now)
    return voided
