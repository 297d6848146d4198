"""Komet to Komet: what one company sells of another's stock is invoiced through between the two.

Both directions keep the two companies' papers tied: the seller's invoice line names the buyer's purchase order line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from komet_console.sandbox.business import invoices, ordering
from komet_console.sandbox.business.purchasing import LineStatus, OrderStatus
from komet_console.sandbox.gate.failures import Refused
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.numbers import Counter, take_number


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice that the other company made, for its webhooks."""

    company_id: int
    invoice_id: int


def buy_through(
    connection: Connection, company_id: int, offer: Row[Any], prebook_item_id: int, boxes: int, day: date, now: datetime
) -> Sale:
    """Buy boxes of a K2K offer for a prebook line: the owner sells and invoices them, we get a confirmed purchase order.

    `offer` is a whole row of vendor availability, locked by the caller. Raises Refused when the owner has too few boxes
    left or does not know this company as a customer.
    """
    seller = offer.k2k_company_id
    c, line = t.customers.c, t.inventory_lines.c
    customer = connection.execute(
        select(t.customers).where(c.company_id == seller, c.k2k_company_id == company_id).order_by(c.id).limit(1)
    ).one_or_none()
    if customer is None or customer.carrier_id is None:
        raise Refused(f"Company {seller} does not sell to company {company_id} by Komet to Komet")
    location_id = connection.execute(
        select(line.location_id).where(line.id == offer.k2k_inventory_line_id, line.company_id == seller)
    ).scalar_one()
    if offer.offered_boxes - offer.taken_boxes < boxes:
        raise Refused(f"The vendor availability item {offer.id} has fewer than {boxes} boxes left")
    order_id = ordering.buy_lines(connection, company_id, now, [prebook_item_id], OrderStatus.CONFIRMED.value)[0]
    o, p, v = t.purchase_order_items.c, t.purchase_orders.c, t.vendor_availability_items.c
    connection.execute(
        update(t.purchase_order_items)
        .where(o.purchase_order_id == order_id)
        .values(confirmed_boxes=o.total_boxes, status_line=LineStatus.CONFIRMED.value)
    )
    bought_id, number = connection.execute(
        select(o.id, p.number).join(t.purchase_orders, p.id == o.purchase_order_id).where(p.id == order_id)
    ).one()
    invoice = invoices.create_invoice(
        connection,
        customer,
        location_id=location_id,
        carrier_id=customer.carrier_id,
        ship_date=day,
        status=t.InvoiceStatus.PENDING,
        now=now,
        po_number=str(number),
        k2k_company_id=company_id,
    )
    invoices.add_line(
        connection,
        invoice,
        offer.k2k_inventory_line_id,
        boxes,
        offer.unit_cost,
        now,
        k2k_company_id=company_id,
        k2k_purchase_order_item_id=bought_id,
    )
    invoices.recalculate(connection, invoice.id, now)
    invoices.confirm(connection, invoice, now)
    # The boxes have left the owner's stock; were they counted as taken too, they would be missing twice.
    connection.execute(
        update(t.vendor_availability_items).where(v.id == offer.id).values(offered_boxes=v.offered_boxes - boxes)
    )
    return Sale(seller, invoice.id)


def sell_through(connection: Connection, invoice_id: int, buyer_id: int, now: datetime) -> None:
    """Put the lines of a new invoice of ours on a confirmed purchase order of the company that buys them.

    Raises Refused when that company does not have us as a vendor, or not the product or box type under the same name.
    """
    n, i = t.invoices.c, t.invoice_items
    invoice = connection.execute(select(t.invoices).where(n.id == invoice_id)).one()
    v, place = t.vendors.c, t.locations.c
    vendor = connection.execute(
        select(t.vendors)
        .where(v.company_id == buyer_id, v.k2k_company_id == invoice.company_id)
        .order_by(v.id)
        .limit(1)
    ).one_or_none()
    if vendor is None:
        raise Refused(f"Company {buyer_id} does not buy from company {invoice.company_id} by Komet to Komet")
    carrier = t.carriers.c
    inbound = select(func.min(carrier.id)).where(carrier.company_id == buyer_id, carrier.inbound.is_(True))
    number = take_number(connection, buyer_id, Counter.PURCHASE_ORDER)
    added = connection.execute(
        insert(t.purchase_orders).values(
            company_id=buyer_id,
            number=number,
            location_id=connection.execute(select(func.min(place.id)).where(place.company_id == buyer_id)).scalar_one(),
            vendor_id=vendor.id,
            carrier_id=connection.execute(inbound).scalar_one(),
            origin_code=vendor.port_origin,
            ship_date=invoice.ship_date,
            status=OrderStatus.CONFIRMED.value,
            created_on=now,
            updated_on=now,
        )
    )
    assert added.inserted_primary_key is not None
    order_id = added.inserted_primary_key[0]
    for item in connection.execute(select(i).where(i.c.invoice_id == invoice_id).order_by(i.c.id)).all():
        bought = connection.execute(
            insert(t.purchase_order_items).values(
                company_id=buyer_id,
                purchase_order_id=order_id,
                product_id=_same(connection, t.products, "description", item.product_id, buyer_id),
                box_type_id=_same(connection, t.box_types, "code", item.box_type_id, buyer_id),
                unit_type=item.unit_type,
                bunches=item.bunches,
                stems_bunch=item.stems_bunch,
                units_per_box=item.units_per_box,
                total_boxes=item.total_boxes,
                confirmed_boxes=item.total_boxes,
                unit_cost=item.unit_price,
                status_line=LineStatus.CONFIRMED.value,
                mark_code=item.mark_code,
            )
        )
        assert bought.inserted_primary_key is not None
        connection.execute(
            update(i)
            .where(i.c.id == item.id)
            .values(k2k_company_id=buyer_id, k2k_purchase_order_item_id=bought.inserted_primary_key[0])
        )
    connection.execute(update(t.invoices).where(n.id == invoice_id).values(k2k_company_id=buyer_id))


def _same(connection: Connection, table: Any, column: str, row_id: int, company_id: int) -> int:
    """The other company's row with the same name as ours."""
    name = connection.execute(select(table.c[column]).where(table.c.id == row_id)).scalar_one()
    there = (
        select(func.min(table.c.id))
        .where(table.c.company_id == company_id, func.lower(table.c[column]) == name.lower())
        .scalar_subquery()
    )
    found: int | None = connection.execute(select(there)).scalar_one()
    if found is None:
        raise Refused(
            f"Company {company_id} has no {table.name.replace('_', ' ').rstrip('s')} {name}; add it there first"
        )
    return found
