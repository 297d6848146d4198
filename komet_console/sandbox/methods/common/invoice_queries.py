"""Invoices and their lines as lists read them: invoice lists and pick tickets share filters and queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from komet_console.sandbox.context import Answer, Call
from komet_console.sandbox.methods.common.filters import (
    among,
    between,
    exact,
    like,
    numbers,
    since,
    switched,
)
from komet_console.sandbox.methods.common.typed import typed
from komet_console.sandbox.store import tables as t

Conditions = list[ColumnElement[bool]]
MOST_BOXES = 10_000
"""Boxes that one answer of `invoice.details.list` may tell of."""


def order_dates(call: Call) -> tuple[date | None, date | None]:
    """The ship dates asked for: a single day beats a range; none when the order itself is named."""
    if call.get("order") is not None or call.get("orderId") is not None:
        return None, None
    single = typed(call.input, "orderDate", date)
    if single is not None:
        return single, single
    return typed(call.input, "orderDateFrom", date), typed(call.input, "orderDateTo", date)


def invoice_conditions(call: Call, dates: tuple[date | None, date | None]) -> Conditions:
    """The documented filters of invoice and pick ticket lists, and whose invoices the token may see."""
    n, c, a = t.invoices.c, t.customers.c, t.carriers.c
    found: Conditions = [
        n.company_id == call.company_id,
        *exact(n.customer_id, call.customer_id),
        *between(_ship_date(call, dates), *dates),
        *exact(n.status, typed(call.input, "status", int)),
        *exact(n.number, typed(call.input, "order", int)),
        *exact(n.id, typed(call.input, "orderId", int)),
        *exact(n.customer_id, typed(call.input, "customerId", int)),
        *exact(n.carrier_id, typed(call.input, "carrierId", int)),
        *exact(n.location_id, typed(call.input, "locationId", int)),
        *among(n.location_id, numbers(call.get("locationIds"))),
        *like(a.name, call.get("carrierName")),
        *switched(n.is_ecommerce, call.get("isEcommerce")),
        *switched(n.external_system_synced, typed(call.input, "externalSystemSynced", bool)),
        *since(n.updated_on, call.get("updatedAsOf")),
    ]
    customer = [*like(c.name, call.get("customer")), *like(c.code, call.get("customer"))]
    if customer:
        found.append(or_(*customer))
    # aliases: the queries of lines read products of their own
    sold, goods = t.invoice_items.alias(), t.products.alias()
    product = like(goods.c.description, call.get("product"))
    if product:
        with_it = select(sold.c.invoice_id).join(goods, goods.c.id == sold.c.product_id).where(*product)
        found.append(n.id.in_(with_it))
    return found


def _ship_date(call: Call, dates: tuple[date | None, date | None]) -> ColumnElement[date]:
    """The ship date to compare with a range."""
    column: ColumnElement[date] = t.invoices.c.ship_date
    updated = typed(call.input, "updatedAsOf", datetime)
    start, end = dates
    if updated is None or start is None or end is None or call.today - updated.date() >= end - start:
        return column
    # SQLite takes any range with two ends for narrower than one with one end, and would read the invoices of six months
    # to find those of the last hour; an expression leaves it the index of updates alone.
    return func.coalesce(column, start)


def chosen(conditions: Conditions) -> Select[tuple[int]]:
    """The ids of the invoices that meet the conditions, for queries of their lines."""
    n, c, a = t.invoices.c, t.customers.c, t.carriers.c
    return (
        select(n.id).join(t.customers, c.id == n.customer_id).join(t.carriers, a.id == n.carrier_id).where(*conditions)
    )


def invoice_headers(call: Call, conditions: Conditions) -> list[Row[Any]]:
    """Invoices by id with the names of customer and carrier."""
    n, c, a = t.invoices.c, t.customers.c, t.carriers.c
    query = (
        select(
            t.invoices,
            c.name.label("customer_name"),
            c.code.label("customer_code"),
            a.name.label("carrier_name"),
        )
        .join(t.customers, c.id == n.customer_id)
        .join(t.carriers, a.id == n.carrier_id)
        .where(*conditions)
        .order_by(n.id)
    )
    return list(call.connection.execute(query))


def header_fields(row: Row[Any]) -> Answer:
    """What every list tells of an invoice's head."""
    return {
        "id": row.id,
        "number": row.number,
        "shipDate": row.ship_date,
        "locationId": row.location_id,
        "customerId": row.customer_id,
        "customerName": row.customer_name,
        "customerCode": row.customer_code or "",
    }


def invoice_lines(call: Call, conditions: Conditions) -> dict[int, list[Row[Any]]]:
    """The lines of the invoices that meet the conditions, by invoice, with the names a document needs."""
    i = t.invoice_items.c
    query = (
        select(
            t.invoice_items,
            t.vendors.c.name.label("vendor_name"),
            t.products.c.description.label("product_description"),
            t.box_types.c.code.label("box_type"),
        )
        .join(t.vendors, t.vendors.c.id == i.vendor_id)
        .join(t.products, t.products.c.id == i.product_id)
        .join(t.box_types, t.box_types.c.id == i.box_type_id)
        .where(i.invoice_id.in_(chosen(conditions)))
        .order_by(i.id)
    )
    lines: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in call.connection.execute(query):
        lines[row.invoice_id].append(row)
    return lines


def line_fields(row: Row[Any]) -> Answer:
    """What invoices and pick tickets tell of a line."""
    return {
        "id": row.id,
        "vendorId": row.vendor_id,
        "vendorName": row.vendor_name,
        "productId": row.product_id,
        "productDescription": row.product_description,
        "totalBoxes": row.total_boxes,
        "boxType": row.box_type,
        "bunches": row.bunches,
        "stemsBunch": row.stems_bunch,
        "unitType": row.unit_type,
        "totalUnits": row.total_units,
        "markCode": row.mark_code or "",
    }


def invoice_breakdowns(call: Call, conditions: Conditions) -> dict[int, list[Answer]]:
    """The composition of assorted lines, by line."""
    i, b = t.invoice_items.c, t.invoice_item_breakdowns.c
    query = (
        select(b.item_id, b.product_id, t.products.c.description, b.stems_bunch, b.bunches, b.price)
        .join(t.invoice_items, i.id == b.item_id)
        .join(t.products, t.products.c.id == b.product_id)
        .where(i.invoice_id.in_(chosen(conditions)))
        .order_by(b.id)
    )
    found: dict[int, list[Answer]] = defaultdict(list)
    for row in call.connection.execute(query):
        found[row.item_id].append(
            {
                "productId": row.product_id,
                "productDescription": row.description,
                "stemsBunch": row.stems_bunch,
                "bunches": row.bunches,
                "price": row.price or 0,
            }
        )
    return found


def first_boxes(headers: Iterable[Row[Any]], lines: dict[int, list[Row[Any]]], most: int) -> list[Row[Any]]:
    """The first invoices that together have at most `most` boxes."""
    kept = []
    boxes = 0
    for row in headers:
        boxes += sum(line.total_boxes for line in lines.get(row.id, ()))
        if boxes > most:
            break
        kept.append(row)
    return kept
