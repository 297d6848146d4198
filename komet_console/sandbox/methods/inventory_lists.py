"""Inventory in boxes: what is in stock, on the open market, merged, and to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, Subquery, func, or_, select

from komet_console.sandbox.business.ordering import future_boxes
from komet_console.sandbox.context import Answer, Call, handles, ok
from komet_console.sandbox.methods.common.filters import Condition, exact, switched
from komet_console.sandbox.methods.common.references import find_customer
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import CENT, percentage

OPEN_MARKET = "M"
_IN_STOCK = [state.value for state in t.IN_STOCK]
_HIDDEN, _BY_CODE = 0, 1


def _stock(company_id: int) -> Subquery:
    """Boxes in stock by inventory line; lines without any are not in it."""
    b = t.boxes.c
    return (
        select(b.inventory_line_id, func.count().label("boxes"))
        .where(b.company_id == company_id, b.state.in_(_IN_STOCK))
        .group_by(b.inventory_line_id)
        .subquery()
    )


def _stocked_lines(company_id: int, conditions: Sequence[Condition]) -> Select[Any]:
    """Lines with boxes in stock and what lists say about them, by id."""
    line, stock = t.inventory_lines.c, _stock(company_id)
    return (
        select(
            t.inventory_lines,
            *_goods_columns(),
            t.awbs.c.awb,
            stock.c.boxes,
        )
        .join(stock, stock.c.inventory_line_id == line.id)
        .join(t.products, t.products.c.id == line.product_id)
        .join(t.categories, t.categories.c.id == t.products.c.category_id)
        .join(t.vendors, t.vendors.c.id == line.vendor_id)
        .join(t.box_types, t.box_types.c.id == line.box_type_id)
        .join(t.awbs, t.awbs.c.id == line.awb_id)
        .where(line.company_id == company_id, *conditions)
        .order_by(line.id)
    )


def _goods_columns() -> tuple[Any, ...]:
    return (
        t.products.c.description.label("product"),
        t.products.c.legacy_code.label("product_code"),
        t.products.c.grade,
        t.categories.c.name.label("category"),
        t.vendors.c.name.label("vendor"),
        t.vendors.c.code.label("vendor_code"),
        t.box_types.c.code.label("box_type"),
    )


def _pack(row: Row[Any], boxes: int) -> dict[str, Any]:
    """The keys that every list of boxes has: the product, how many boxes, and what is in one."""
    item = {
        "companyProductId": row.product_id,
        "productDescription": row.product,
        "category": row.category,
        "quantity": boxes,
        "totalUnits": boxes * row.units_per_box,
        "boxTypeId": row.box_type_id,
        "boxTypeCode": row.box_type,
        "unitType": row.unit_type,
        "bunches": row.bunches,
        "unitsPerBox": row.units_per_box,
        "stemsBunch": row.stems_bunch,
    }
    if row.product_code is not None:
        item["productCode"] = row.product_code
    if row.grade is not None:
        item["grade"] = row.grade
    return item


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT)


@handles("inventory.list")
def inventory_list(call: Call) -> Answer:
    """Lines with boxes in stock, with costs and aging; a vendor sees its own ones without sales prices."""
    line = t.inventory_lines.c
    conditions = [
        *_kinds(call.get("inventoryType")),
        *_lot(call.get("lotNumber")),
        *exact(line.location_id, call.get("locationId")),
        *exact(line.vendor_id, call.vendor_id),
        *switched(line.on_hold, False if call.get("excludeHeldItems") else None),
    ]
    rows = call.connection.execute(_stocked_lines(call.company_id, conditions)).all()
    chosen = _stocked_lines(call.company_id, conditions).with_only_columns(line.id).order_by(None)
    parts = _breakdowns(call, chosen)
    boxes = _box_codes(call, chosen) if call.get("includeBoxes") else None
    items = []
    for row in rows:
        item = {
            "orderItemId": row.id,
            **_pack(row, row.boxes),
            "growerId": row.vendor_id,
            "growerName": row.vendor,
            "inventoryDate": row.inventory_date,
            "sellFast": row.sell_fast,
            "isAssorted": row.is_assorted,
            "awb": row.awb,
            "unitCost": _cents(row.unit_cost),
            "landedCost": _cents(row.landed_cost),
            "reference": row.reference or "",
            "lotNumber": row.lot_number,
            "markCode": row.mark_code or "",
            "aging": (call.today - row.inventory_date).days,
            "breakdowns": parts.get(row.id, []),
        }
        if row.price_a is not None and call.vendor_id is None:
            item["price"] = _cents(row.price_a)
        if boxes is not None:
            item["boxes"] = boxes[row.id]
        items.append(item)
    return ok(inventoryItems=items)


def _kinds(kinds: list[str] | None) -> list[Condition]:
    if kinds and "all" in kinds:
        return []
    return [t.inventory_lines.c.inventory_type.in_(kinds or [OPEN_MARKET])]


def _lot(number: str | None) -> list[Condition]:
    """The documented filter is text, the number a number; other text is no lot's."""
    if number is None or not number.strip():
        return []
    digits = number.strip()
    return [
        t.inventory_lines.c.lot_number
        == (int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else -1)
    ]


def _breakdowns(call: Call, lines: Select[Any]) -> dict[int, list[dict[str, Any]]]:
    """The compositions of assorted lines, by line."""
    d = t.inventory_line_breakdowns.c
    rows = call.connection.execute(
        select(d.item_id, d.id, d.product_id, d.bunches, d.stems_bunch, t.products.c.description)
        .join(t.products, t.products.c.id == d.product_id)
        .where(d.item_id.in_(lines))
        .order_by(d.id)
    )
    parts: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        parts[row.item_id].append(
            {
                "assortedCompositionId": row.id,
                "productId": row.product_id,
                "productDescription": row.description,
                "bunches": row.bunches,
                "stemsBunch": row.stems_bunch,
            }
        )
    return parts


def _box_codes(call: Call, lines: Select[Any]) -> dict[int, list[dict[str, Any]]]:
    b = t.boxes.c
    rows = call.connection.execute(
        select(b.inventory_line_id, b.code)
        .where(b.inventory_line_id.in_(lines), b.state.in_(_IN_STOCK))
        .order_by(b.inventory_line_id, b.id)
    )
    codes: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line_id, code in rows:
        codes[line_id].append({"boxCode": code})
    return codes


# --- the open market


class Buyer:
    """What the settings of the customer named in a request decide: the FOB price and how the vendor is called."""

    def __init__(self, call: Call) -> None:
        named = call.get("customerId") is not None or call.customer_id is not None
        self.customer = find_customer(call) if named else None
        company = select(t.companies.c.show_vendor).where(t.companies.c.id == call.company_id)
        shown: int = call.connection.execute(company).scalar_one()
        if self.customer is not None and self.customer.show_vendor is not None:
            shown = self.customer.show_vendor
        self._show_vendor = shown if self.customer is not None else _HIDDEN

    def columns(self, row: Row[Any], price: Decimal | None, price_b: Decimal | None) -> dict[str, Any]:
        """Prices and vendor of a line as this customer gets them; without a customer the plain prices."""
        columns: dict[str, Any] = {}
        if self._show_vendor != _HIDDEN:
            columns["vendor"] = (row.vendor_code or "") if self._show_vendor == _BY_CODE else row.vendor
        if price is not None:
            columns["price"] = _cents(price)
        if price_b is not None:
            columns["priceB"] = _cents(price_b)
        if self.customer is not None:
            pays = price_b if self.customer.default_price == "B" and price_b is not None else price
            if pays is not None:
                columns["fobPrice"] = _cents(pays) + percentage(pays, self.customer.fob_markup or Decimal(0))
        return columns


def _open_market(location_id: int | None = None) -> list[Condition]:
    """Open market lines anyone may buy from: not on hold, not reserved to a customer."""
    line = t.inventory_lines.c
    return [
        line.inventory_type == OPEN_MARKET,
        line.on_hold.is_(False),
        line.customer_id.is_(None),
        *exact(line.location_id, location_id),
    ]


@handles("inventory.openmarket.list")
def inventory_openmarket_list(call: Call) -> Answer:
    """Open market lines with boxes in stock and their prices, without costs."""
    buyer = Buyer(call)
    rows = call.connection.execute(_stocked_lines(call.company_id, _open_market(call.get("locationId"))))
    return ok(
        inventoryItems=[
            {"inventoryId": row.id, **_pack(row, row.boxes), **buyer.columns(row, row.price_a, row.price_b)}
            for row in rows
        ]
    )


@handles("inventory.consolidated.openmarket.list")
def inventory_consolidated_openmarket_list(call: Call) -> Answer:
    """Open market lines of equal product, pack and price as one; a vendor sees its own ones without sales prices."""
    conditions = [*_open_market(), *exact(t.inventory_lines.c.vendor_id, call.vendor_id)]
    merged: dict[tuple[Any, ...], list[Row[Any]]] = defaultdict(list)
    for row in call.connection.execute(_stocked_lines(call.company_id, conditions)):
        pack = (row.product_id, row.box_type_id, row.unit_type, row.bunches, row.stems_bunch)
        merged[(*pack, row.price_a if call.vendor_id is None else None)].append(row)
    items = []
    for (*_, price), rows in merged.items():
        item = _pack(rows[0], sum(row.boxes for row in rows))
        item["inventoryItemIds"] = [row.id for row in rows]
        if price is not None:
            item["price"] = _cents(price)
        items.append(item)
    return ok(inventoryItems=items)


@handles("future.inventory.openmarket.list")
def future_inventory_openmarket_list(call: Call) -> Answer:
    """Purchase order lines that nobody ordered yet and that can be had on a day of the range."""
    o, p = t.purchase_order_items.c, t.purchase_orders.c
    starts = func.coalesce(o.available_from, p.ship_date)
    rows = call.connection.execute(
        select(t.purchase_order_items, *_goods_columns(), p.origin_code)
        .join(t.purchase_orders, p.id == o.purchase_order_id)
        .join(t.products, t.products.c.id == o.product_id)
        .join(t.categories, t.categories.c.id == t.products.c.category_id)
        .join(t.vendors, t.vendors.c.id == p.vendor_id)
        .join(t.box_types, t.box_types.c.id == o.box_type_id)
        .where(
            o.company_id == call.company_id,
            o.is_open_market.is_(True),
            starts <= call.need("dateTo"),
            or_(o.available_to.is_(None), o.available_to >= call.need("dateFrom")),
            *exact(p.location_id, call.get("locationId")),
        )
        .order_by(o.id)
    ).all()
    free = future_boxes(call.connection, [row.id for row in rows])
    buyer = Buyer(call)
    return ok(
        inventoryItems=[
            {
                "inventoryId": row.id,
                **_pack(row, free[row.id]),
                "portOfOrigin": row.origin_code,
                **buyer.columns(row, row.unit_price, row.price_b),
            }
            for row in rows
            if free.get(row.id)
        ]
    )
