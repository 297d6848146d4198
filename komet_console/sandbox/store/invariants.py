"""What must be true of every world, always: boxes, quantities and sums. Read by tests and by the control interface."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import line_total

_OUT = (t.BoxState.SOLD.value, t.BoxState.SHIPPED.value)


def broken(connection: Connection, company_id: int | None = None) -> list[str]:
    """Return a sentence for each rule that some row breaks, an empty list when all is well.

    `company_id` limits the check to one company.
    """
    return [sentence for check in _CHECKS for sentence in check(connection, company_id)]


def customer_balance(connection: Connection, customer_id: int) -> Decimal:
    """What a customer owes: confirmed invoices (approved credits are in their totals), less payments and open credits."""
    i, p, o = t.invoices.c, t.payments.c, t.open_credit_balances.c
    confirmed = _sum(
        connection, select(func.sum(i.total)).where(i.customer_id == customer_id, i.status == t.InvoiceStatus.CONFIRMED)
    )
    paid = _sum(connection, select(func.sum(p.total)).where(p.customer_id == customer_id, p.cancelled.is_(False)))
    opened = _sum(connection, select(func.sum(o.balance)).where(o.customer_id == customer_id))
    return confirmed - paid - opened


def _sum(connection: Connection, query: Select[Any]) -> Decimal:
    return connection.execute(query).scalar_one() or Decimal(0)


def _scoped(query: Select[Any], column: ColumnElement[Any], company_id: int | None) -> Select[Any]:
    return query if company_id is None else query.where(column == company_id)


def _box_places(connection: Connection, company_id: int | None) -> Iterator[str]:
    b = t.boxes.c
    wrong = or_(
        and_(b.state.in_(_OUT), b.invoice_item_id.is_(None)),
        and_(b.state.not_in(_OUT), b.invoice_item_id.is_not(None)),
        b.state.not_in([state.value for state in t.BoxState]),
    )
    for code, state in connection.execute(_scoped(select(b.code, b.state).where(wrong), b.company_id, company_id)):
        yield f"Box {code} is {state}, which does not go with its invoice item."


def _lots(connection: Connection, company_id: int | None) -> Iterator[str]:
    line, b = t.inventory_lines.c, t.boxes.c
    entered = func.count(b.id).filter(b.state != t.BoxState.IN_TRANSIT.value)
    query = (
        select(line.id, line.received_boxes, line.added_boxes, entered)
        .select_from(t.inventory_lines.outerjoin(t.boxes, b.inventory_line_id == line.id))
        .group_by(line.id, line.received_boxes, line.added_boxes)
        .having(line.received_boxes + line.added_boxes != entered)
    )
    for line_id, received, added, found in connection.execute(_scoped(query, line.company_id, company_id)):
        yield f"Line {line_id}: received {received} + added {added} boxes, but {found} are in stock, sold, shipped or deleted."
    strayed = select(b.code).join(t.inventory_lines, line.id == b.inventory_line_id).where(line.awb_id != b.awb_id)
    for (code,) in connection.execute(_scoped(strayed, b.company_id, company_id)):
        yield f"Box {code} is on another AWB than its line."


def _sold_boxes(connection: Connection, company_id: int | None) -> Iterator[str]:
    i, n, b = t.invoice_items.c, t.invoices.c, t.boxes.c
    held = func.count(b.id)
    query = (
        select(i.id, i.total_boxes, n.status, held)
        .select_from(
            t.invoice_items.join(t.invoices, n.id == i.invoice_id).outerjoin(t.boxes, b.invoice_item_id == i.id)
        )
        .group_by(i.id, i.total_boxes, n.status)
        .having(
            or_(
                and_(n.status == t.InvoiceStatus.VOIDED, held != 0),
                and_(n.status != t.InvoiceStatus.VOIDED, held != i.total_boxes),
            )
        )
    )
    for item_id, boxes, status, found in connection.execute(_scoped(query, i.company_id, company_id)):
        yield f"Invoice item {item_id} of {boxes} boxes (invoice status {status}) holds {found} boxes."
    foreign = select(b.code).join(t.invoice_items, i.id == b.invoice_item_id).where(i.company_id != b.company_id)
    for (code,) in connection.execute(_scoped(foreign, b.company_id, company_id)):
        yield f"Box {code} is on another company's invoice."


def _invoice_sums(connection: Connection, company_id: int | None) -> Iterator[str]:
    n, i, g, c = t.invoices.c, t.invoice_items.c, t.invoice_charges.c, t.credits.c
    lines: dict[int, Decimal] = {}
    for item in connection.execute(
        _scoped(
            select(
                i.id,
                i.invoice_id,
                i.total_units,
                i.total_boxes,
                i.units_per_box,
                i.unit_price,
                i.discount,
                i.total_price,
            ),
            i.company_id,
            company_id,
        )
    ):
        lines[item.invoice_id] = lines.get(item.invoice_id, Decimal(0)) + item.total_price
        if item.total_units != item.total_boxes * item.units_per_box:
            yield f"Invoice item {item.id}: {item.total_units} units are not {item.total_boxes} boxes of {item.units_per_box}."
        if item.total_price != line_total(item.total_units, item.unit_price, item.discount):
            yield f"Item {item.id}: {item.total_units} x {item.unit_price} less {item.discount} % is not {item.total_price}."
    charges = _sums_by(
        connection, _scoped(select(g.invoice_id, func.sum(g.amount)), g.company_id, company_id).group_by(g.invoice_id)
    )
    approved = select(c.invoice_id, func.sum(c.total_credit)).where(
        c.status == t.CreditStatus.APPROVED, c.cancelled.is_(False)
    )
    credited = _sums_by(connection, _scoped(approved, c.company_id, company_id).group_by(c.invoice_id))
    zero = Decimal(0)
    for row in connection.execute(
        _scoped(
            select(n.id, n.number, n.subtotal, n.additional_charges, n.taxes, n.credits, n.total),
            n.company_id,
            company_id,
        )
    ):
        for name, stored, found in (
            ("subtotal", row.subtotal, lines.get(row.id, zero)),
            ("charges", row.additional_charges, charges.get(row.id, zero)),
            ("credits", row.credits, credited.get(row.id, zero)),
            ("total", row.total, row.subtotal + row.additional_charges + row.taxes - row.credits),
        ):
            if stored != found:
                yield f"Invoice {row.number}: {name} {stored}, but its parts are {found}."


def _sums_by(connection: Connection, query: Select[Any]) -> dict[int, Decimal]:
    return {row[0]: row[1] for row in connection.execute(query)}


def _credits(connection: Connection, company_id: int | None) -> Iterator[str]:
    c, d = t.credits.c, t.credit_details.c
    details = func.coalesce(func.sum(d.amount), 0)
    query = (
        select(c.id, c.total_credit, details)
        .select_from(t.credits.outerjoin(t.credit_details, d.credit_id == c.id))
        .group_by(c.id, c.total_credit)
        .having(details != c.total_credit)
    )
    for credit_id, total, found in connection.execute(_scoped(query, c.company_id, company_id)):
        yield f"Credit {credit_id}: total {total}, but its lines are {found}."


def _payments(connection: Connection, company_id: int | None) -> Iterator[str]:
    p, a = t.payments.c, t.payment_invoices.c
    query = (
        select(p.control_number, p.total, func.sum(a.amount))
        .join(t.payment_invoices, a.payment_id == p.id)
        .group_by(p.id, p.control_number, p.total)
        .having(func.sum(a.amount) > p.total)
    )
    for number, total, applied in connection.execute(_scoped(query, p.company_id, company_id)):
        yield f"Payment {number}: {applied} applied, but only {total} paid."


def _bought(connection: Connection, company_id: int | None) -> Iterator[str]:
    i, o = t.prebook_items.c, t.purchase_order_items.c
    bought = func.sum(o.total_boxes)
    query = (
        select(i.id, i.total_boxes, bought)
        .join(t.purchase_order_items, o.prebook_item_id == i.id)
        .where(o.status_line != "Cancelled")
        .group_by(i.id, i.total_boxes)
        .having(bought > i.total_boxes)
    )
    for item_id, boxes, found in connection.execute(_scoped(query, i.company_id, company_id)):
        yield f"Prebook item {item_id} of {boxes} boxes was bought with {found}."
    taken = func.sum(i.total_boxes)
    future = (
        select(o.id, o.total_boxes, taken)
        .join(t.prebook_items, i.future_po_item_id == o.id)
        .group_by(o.id, o.total_boxes)
        .having(taken > o.total_boxes)
    )
    for item_id, boxes, found in connection.execute(_scoped(future, o.company_id, company_id)):
        yield f"Purchase order item {item_id} of {boxes} boxes is prebooked with {found}."
    v = t.vendor_availability_items.c
    beyond = or_(v.taken_boxes < 0, v.taken_boxes > v.offered_boxes)
    for (item_id,) in connection.execute(_scoped(select(v.id).where(beyond), v.company_id, company_id)):
        yield f"Vendor availability item {item_id} is taken beyond what was offered."


def _breakdowns(connection: Connection, company_id: int | None) -> Iterator[str]:
    for parts, items in (
        (t.inventory_line_breakdowns, t.inventory_lines),
        (t.invoice_item_breakdowns, t.invoice_items),
        (t.prebook_item_breakdowns, t.prebook_items),
        (t.purchase_order_item_breakdowns, t.purchase_order_items),
        (t.vendor_availability_breakdowns, t.vendor_availability_items),
    ):
        bunches = func.sum(parts.c.bunches)
        query = (
            select(items.c.id, items.c.bunches, bunches)
            .join(parts, parts.c.item_id == items.c.id)
            .group_by(items.c.id, items.c.bunches)
            .having(bunches != items.c.bunches)
        )
        for item_id, expected, found in connection.execute(_scoped(query, items.c.company_id, company_id)):
            yield f"{items.name} {item_id}: a box of {expected} bunches is made of {found}."


def _negative_stock(connection: Connection, company_id: int | None) -> Iterator[str]:
    for table in (t.inventory_units, t.hardgood_inventory):
        query = select(table.c.id).where(table.c.quantity < 0)
        for (row_id,) in connection.execute(_scoped(query, table.c.company_id, company_id)):
            yield f"{table.name} {row_id} has a negative quantity."


_CHECKS: tuple[Callable[[Connection, int | None], Iterator[str]], ...] = (
    _box_places,
    _lots,
    _sold_boxes,
    _invoice_sums,
    _credits,
    _payments,
    _bought,
    _breakdowns,
    _negative_stock,
)
