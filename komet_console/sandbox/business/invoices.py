"""The life of an invoice: its lines and sums, draft -> pending approval -> confirmed or voided, synchronized or not.

Any family that sells (web orders, prebooks) makes its invoices here.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from komet_console.sandbox.business import stock
from komet_console.sandbox.gate.failures import Refused
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import line_total, percentage
from komet_console.sandbox.store.numbers import Counter, take_number

Status = t.InvoiceStatus
STATUS_NAMES = {
    Status.DRAFT: "a draft",
    Status.PENDING: "pending approval",
    Status.CONFIRMED: "confirmed",
    Status.VOIDED: "voided",
}


def find_invoice(
    connection: Connection, company_id: int, *, invoice_id: int | None = None, number: int | None = None
) -> Row[Any]:
    """The invoice by id, or by number without its prefix letter; locked until the transaction ends. Or Refused."""
    n = t.invoices.c
    query = select(t.invoices).where(n.company_id == company_id)
    query = query.where(n.number == number) if invoice_id is None else query.where(n.id == invoice_id)
    row = connection.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise Refused(f"The invoice {number if invoice_id is None else invoice_id} does not exist")
    return row


def refuse_locked(invoice: Row[Any]) -> None:
    """Refuse to change an invoice that another system has taken over, or that was voided."""
    if invoice.external_system_synced:
        raise Refused(
            f"The invoice {invoice.number} is synchronized with an external system and cannot be changed",
            documented=True,
        )
    if invoice.status == Status.VOIDED:
        raise Refused(f"The invoice {invoice.number} is voided")


def create_invoice(
    connection: Connection,
    customer: Row[Any],
    *,
    location_id: int,
    carrier_id: int,
    ship_date: date,
    status: t.InvoiceStatus,
    now: datetime,
    **values: Any,
) -> Row[Any]:
    """A new invoice of a customer's company without lines, with the customer's automatic charges; then `add_line`.

    `values` are further columns, such as po_number, ship_to_id, prefix, web_order_id. Call `recalculate` at the end.
    """
    if not customer.active:
        raise Refused(f"The customer {customer.name} is inactive")
    company_id = customer.company_id
    added = connection.execute(
        insert(t.invoices).values(
            company_id=company_id,
            number=take_number(connection, company_id, Counter.INVOICE),
            customer_id=customer.id,
            location_id=location_id,
            carrier_id=carrier_id,
            ship_date=ship_date,
            status=status.value,
            confirmed_on=now if status == Status.CONFIRMED else None,
            created_on=now,
            updated_on=now,
            **values,
        )
    )
    assert added.inserted_primary_key is not None
    invoice_id: int = added.inserted_primary_key[0]
    tie, charge = t.customer_charges.c, t.additional_charges.c
    ties = connection.execute(
        select(charge.id, charge.name)
        .join(t.customer_charges, tie.additional_charge_id == charge.id)
        .where(tie.customer_id == customer.id, charge.active.is_(True))
        .order_by(charge.id)
    ).all()
    if ties:
        connection.execute(
            insert(t.invoice_charges),
            [
                {"company_id": company_id, "invoice_id": invoice_id, "additional_charge_id": row.id, "name": row.name}
                for row in ties
            ],
        )
        _charge(connection, invoice_id, customer.id, Decimal(0), fixed=True)
    return connection.execute(select(t.invoices).where(t.invoices.c.id == invoice_id)).one()


def add_line(
    connection: Connection,
    invoice: Row[Any],
    line_id: int,
    boxes: int,
    price: Decimal | None,
    now: datetime,
    **values: Any,
) -> int:
    """Sell boxes of an inventory line on an invoice and return the id of the new line; or Refused.

    Without a price the line's own counts, after the customer's price level. `values` are further columns (mark_code,
    product_alias, notes, discount, k2k_*). Call `recalculate` at the end.
    """
    if boxes < 1:
        raise Refused("The number of boxes must be 1 or more")
    line = stock.line_to_sell(
        connection, invoice.company_id, line_id, customer_id=invoice.customer_id, location_id=invoice.location_id
    )
    if price is None:
        price = _list_price(connection, invoice.customer_id, line)
    if price < 0:
        raise Refused("The price must not be negative")
    units = boxes * line.units_per_box
    discount = values.get("discount") or Decimal(0)
    added = connection.execute(
        insert(t.invoice_items).values(
            company_id=invoice.company_id,
            invoice_id=invoice.id,
            inventory_line_id=line.id,
            vendor_id=line.vendor_id,
            product_id=line.product_id,
            box_type_id=line.box_type_id,
            unit_type=line.unit_type,
            bunches=line.bunches,
            stems_bunch=line.stems_bunch,
            units_per_box=line.units_per_box,
            is_assorted=line.is_assorted,
            total_boxes=boxes,
            total_units=units,
            unit_price=price,
            total_price=line_total(units, price, discount),
            **values,
        )
    )
    assert added.inserted_primary_key is not None
    item_id: int = added.inserted_primary_key[0]
    stock.sell_boxes(connection, line.id, item_id, boxes, now)
    part = t.inventory_line_breakdowns.c
    parts = connection.execute(
        select(part.product_id, part.bunches, part.stems_bunch, part.cost)
        .where(part.item_id == line.id)
        .order_by(part.id)
    ).mappings()
    rows = [{**one, "company_id": invoice.company_id, "item_id": item_id, "price": price} for one in parts]
    if rows:
        connection.execute(insert(t.invoice_item_breakdowns), rows)
    return item_id


def _list_price(connection: Connection, customer_id: int, line: Row[Any]) -> Decimal:
    level = connection.execute(select(t.customers.c.default_price).where(t.customers.c.id == customer_id)).scalar_one()
    price: Decimal | None = line.price_b if level == "B" and line.price_b is not None else line.price_a
    if price is None:
        raise Refused(f"The inventory item {line.id} has no price; send one")
    return price


def find_line(connection: Connection, invoice: Row[Any], item_id: int) -> Row[Any]:
    """A line of an invoice, or Refused."""
    i = t.invoice_items.c
    row = connection.execute(select(t.invoice_items).where(i.id == item_id, i.invoice_id == invoice.id)).one_or_none()
    if row is None:
        raise Refused(f"The invoice {invoice.number} has no item {item_id}")
    return row


def change_line(
    connection: Connection,
    invoice: Row[Any],
    item: Row[Any],
    *,
    boxes: int,
    price: Decimal,
    now: datetime,
    **values: Any,
) -> None:
    """Give a line another number of boxes, price or other columns; or Refused. Call `recalculate` at the end."""
    discount = values.get("discount", item.discount)
    if boxes < 1:
        raise Refused("The number of boxes must be 1 or more")
    if price < 0:
        raise Refused("The price must not be negative")
    if not 0 <= discount <= 100:
        raise Refused("The discount must lie between 0 and 100 percent")
    if boxes != item.total_boxes and (item.k2k_company_id is not None or invoice.k2k_company_id is not None):
        raise Refused("The number of boxes of a Komet to Komet order cannot be changed", documented=True)
    if boxes > item.total_boxes:
        stock.line_to_sell(
            connection,
            invoice.company_id,
            item.inventory_line_id,
            customer_id=invoice.customer_id,
            location_id=invoice.location_id,
        )
        stock.sell_boxes(connection, item.inventory_line_id, item.id, boxes - item.total_boxes, now)
    elif boxes < item.total_boxes:
        stock.return_boxes(connection, [item.id], now, item.total_boxes - boxes)
    units = boxes * item.units_per_box
    connection.execute(
        update(t.invoice_items)
        .where(t.invoice_items.c.id == item.id)
        .values(
            total_boxes=boxes,
            total_units=units,
            unit_price=price,
            total_price=line_total(units, price, discount),
            **values,
        )
    )
    part = t.invoice_item_breakdowns
    connection.execute(update(part).where(part.c.item_id == item.id).values(price=price))


def delete_line(connection: Connection, invoice: Row[Any], item: Row[Any], now: datetime) -> None:
    """Take a line off an invoice, its boxes back into stock; or Refused. Call `recalculate` at the end."""
    if item.k2k_company_id is not None or invoice.k2k_company_id is not None:
        raise Refused("The number of boxes of a Komet to Komet order cannot be changed", documented=True)
    credited = select(t.credit_details.c.id).where(t.credit_details.c.invoice_item_id == item.id).limit(1)
    if connection.execute(credited).one_or_none() is not None:
        raise Refused(f"The item {item.id} has a credit and cannot be deleted")
    stock.return_boxes(connection, [item.id], now, item.total_boxes)
    part = t.invoice_item_breakdowns
    connection.execute(delete(part).where(part.c.item_id == item.id))
    connection.execute(delete(t.invoice_items).where(t.invoice_items.c.id == item.id))


def recalculate(connection: Connection, invoice_id: int, now: datetime) -> None:
    """Make an invoice's sums those of its lines, charges, taxes and approved credits."""
    n, i, g, c = t.invoices.c, t.invoice_items.c, t.invoice_charges.c, t.credits.c
    head = connection.execute(
        select(n.customer_id, t.customers.c.charge_tax, t.companies.c.tax_percent)
        .join(t.customers, t.customers.c.id == n.customer_id)
        .join(t.companies, t.companies.c.id == n.company_id)
        .where(n.id == invoice_id)
    ).one()
    zero = Decimal(0)
    subtotal = connection.execute(select(func.sum(i.total_price)).where(i.invoice_id == invoice_id)).scalar() or zero
    _charge(connection, invoice_id, head.customer_id, subtotal, fixed=False)
    charges = connection.execute(select(func.sum(g.amount)).where(g.invoice_id == invoice_id)).scalar() or zero
    approved = select(func.sum(c.total_credit)).where(
        c.invoice_id == invoice_id, c.status == t.CreditStatus.APPROVED.value, c.cancelled.is_(False)
    )
    credited = connection.execute(approved).scalar() or zero
    taxes = percentage(subtotal, head.tax_percent) if head.charge_tax else zero
    connection.execute(
        update(t.invoices)
        .where(n.id == invoice_id)
        .values(
            subtotal=subtotal,
            additional_charges=charges,
            taxes=taxes,
            credits=credited,
            total=subtotal + charges + taxes - credited,
            updated_on=now,
        )
    )


def _charge(connection: Connection, invoice_id: int, customer_id: int, subtotal: Decimal, *, fixed: bool) -> None:
    """Set the amounts of the automatic charges: the fixed ones once, percentages whenever the subtotal moves."""
    g, tie, charge = t.invoice_charges.c, t.customer_charges.c, t.additional_charges.c
    kind = func.coalesce(tie.amount_type, charge.amount_type)
    rows = connection.execute(
        select(g.id, tie.amount_value.label("own"), charge.amount_value.label("usual"))
        .join(t.additional_charges, charge.id == g.additional_charge_id)
        .join(t.customer_charges, (tie.additional_charge_id == charge.id) & (tie.customer_id == customer_id))
        .where(g.invoice_id == invoice_id, kind == "$" if fixed else kind == "%")
    ).all()
    for row in rows:
        value = row.own if row.own is not None else row.usual or Decimal(0)
        amount = value if fixed else percentage(subtotal, value)
        connection.execute(update(t.invoice_charges).where(g.id == row.id).values(amount=amount))


def check_out(connection: Connection, invoice: Row[Any], now: datetime) -> None:
    """From draft to pending approval; or Refused."""
    refuse_locked(invoice)
    if invoice.status != Status.DRAFT:
        raise Refused(
            f"The invoice {invoice.number} is {STATUS_NAMES[Status(invoice.status)]}; only drafts can be checked out",
            documented=True,
        )
    _refuse_empty(connection, invoice)
    _set(connection, invoice, now, status=Status.PENDING.value)


def confirm(connection: Connection, invoice: Row[Any], now: datetime) -> None:
    """From draft or pending approval to confirmed; or Refused. Tell webhooks `order.confirmation` afterwards."""
    refuse_locked(invoice)
    if invoice.status == Status.CONFIRMED:
        raise Refused(f"The invoice {invoice.number} is confirmed already", documented=True)
    _refuse_empty(connection, invoice)
    held = select(t.customers.c.name).where(t.customers.c.id == invoice.customer_id, t.customers.c.credit_hold)
    name = connection.execute(held).scalar_one_or_none()
    if name is not None:
        raise Refused(f"The customer {name} is on credit hold")
    _set(connection, invoice, now, status=Status.CONFIRMED.value, confirmed_on=now)


def void(connection: Connection, invoice: Row[Any], reason: str, now: datetime) -> None:
    """Void an invoice: its boxes, shipped ones too, are stock again; or Refused.

    Lines and amounts stay for the record. What was paid for it becomes the customer's overpayment. Tell webhooks
    `order.cancellation` afterwards.
    """
    refuse_locked(invoice)
    items = connection.execute(select(t.invoice_items.c.id).where(t.invoice_items.c.invoice_id == invoice.id)).scalars()
    stock.return_boxes(connection, list(items), now)
    connection.execute(delete(t.payment_invoices).where(t.payment_invoices.c.invoice_id == invoice.id))
    _set(connection, invoice, now, status=Status.VOIDED.value, void_reason=reason)


def mark_synchronized(connection: Connection, invoice: Row[Any], now: datetime) -> None:
    """An external system took the invoice over: nobody may change it any more. A pending one counts as confirmed."""
    if invoice.external_system_synced:
        return
    if invoice.status not in (Status.PENDING, Status.CONFIRMED):
        raise Refused(f"The invoice {invoice.number} is {STATUS_NAMES[Status(invoice.status)]}")
    _set(
        connection,
        invoice,
        now,
        external_system_synced=True,
        sync_message=None,
        status_before_sync=invoice.status,
        status=Status.CONFIRMED.value,
        confirmed_on=invoice.confirmed_on or now,
    )


def mark_not_synchronized(
    connection: Connection, invoice: Row[Any], message: str, now: datetime, *, restore: bool
) -> None:
    """The external system could not take the invoice, or gives it back. `restore`: with the status it had before."""
    values: dict[str, Any] = {"external_system_synced": False, "sync_message": message}
    before = invoice.status_before_sync
    if invoice.external_system_synced and restore and before is not None:
        values["status"] = before
        if before != Status.CONFIRMED:
            values["confirmed_on"] = None
    _set(connection, invoice, now, **values)


def _refuse_empty(connection: Connection, invoice: Row[Any]) -> None:
    i = t.invoice_items.c
    if connection.execute(select(i.id).where(i.invoice_id == invoice.id).limit(1)).one_or_none() is None:
        raise Refused(f"The invoice {invoice.number} has no items")


def _set(connection: Connection, invoice: Row[Any], now: datetime, **values: Any) -> None:
    connection.execute(update(t.invoices).where(t.invoices.c.id == invoice.id).values(updated_on=now, **values))
