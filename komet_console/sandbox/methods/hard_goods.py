"""Hard goods: products as tied to their vendors, and their stock."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Row, insert, select, update

from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.amounts import count_of, refuse_negative, storable
from komet_console.sandbox.methods.common.filters import exact, like
from komet_console.sandbox.methods.common.references import find, find_location, find_vendor
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import CENT

MOST_UNITS = 999
_HARD_GOODS = 3
_ITEM_COLUMNS = {
    "subcategory": "subcategory",
    "description": "description",
    "color": "color",
    "activePerItem": "active",
}
_TIE_COLUMNS = {
    "sku": "sku",
    "caseUPC": "case_upc",
    "unitUPC": "unit_upc",
    "packSize": "pack_size",
    "unitCost": "unit_cost",
    "unitPrice": "unit_price",
    "unitPriceMarkup": "unit_price_markup",
    "discount": "discount",
    "qtyForDiscount": "qty_for_discount",
    "activePerVendor": "active",
}


@handles("hardgood/inventory.list")
def hardgood_inventory_list(call: Call) -> Answer:
    """Hard goods in stock at a location; stock lines of one product and price are one."""
    h, v, p = t.hardgood_inventory.c, t.hardgood_vendor_products.c, t.hardgood_products.c
    location = find_location(call)
    rows = call.connection.execute(
        select(
            h.id,
            h.quantity,
            h.unit_price,
            v.id.label("tied_id"),
            v.vendor_id,
            v.product_id,
            v.sku,
            v.pack_size,
            p.description,
            p.subcategory,
            p.color,
            p.image,
            p.category_id,
            t.categories.c.name.label("category"),
        )
        .join(t.hardgood_vendor_products, v.id == h.vendor_product_id)
        .join(t.hardgood_products, p.id == v.product_id)
        .join(t.categories, t.categories.c.id == p.category_id)
        .join(t.vendors, t.vendors.c.id == v.vendor_id)
        .where(
            h.company_id == call.company_id,
            h.quantity > 0,
            h.location_id == location.id,
            *exact(t.vendors.c.code, call.get("vendorCode")),
            *exact(v.sku, call.get("sku")),
            *like(t.categories.c.name, call.get("category")),
        )
        .order_by(h.id)
    )
    merged: dict[tuple[int, Decimal | None], list[Row[Any]]] = {}
    for row in rows:
        merged.setdefault((row.tied_id, row.unit_price), []).append(row)
    return ok(inventoryItems=[_stock_item(call, lines, location) for lines in merged.values()])


def _stock_item(call: Call, lines: list[Row[Any]], location: Row[Any]) -> dict[str, Any]:
    first = lines[0]
    units = sum(line.quantity for line in lines)
    item: dict[str, Any] = {
        "inventoryIds": [line.id for line in lines],
        "vendorId": first.vendor_id,
        "productId": first.product_id,
        "productVendorId": first.tied_id,
        "productDescription": first.description,
        "categoryId": first.category_id,
        "category": first.category,
        "subcategory": first.subcategory,
        "sku": first.sku,
        "quantity": units // first.pack_size,
        "packSize": first.pack_size,
        "totalUnits": units,
    }
    if call.multi_location:
        item |= {"locationCode": location.code or "", "locationName": location.name, "locationId": location.id}
    if first.color is not None:
        item["color"] = first.color
    if first.unit_price is not None:
        item["unitPrice"] = first.unit_price
    if first.image is not None:
        item["image"] = first.image
    return item


# --- products


def _category_id(call: Call) -> int:
    c = t.categories.c
    name = call.need("category")
    named = select(c.id).where(c.company_id == call.company_id, c.division_id == _HARD_GOODS, *exact(c.name, name))
    category_id = call.connection.execute(named.order_by(c.id).limit(1)).scalar_one_or_none()
    if category_id is None:
        raise Refused(f"There is no hard goods category {name}")
    return int(category_id)


def _tie_values(call: Call, cost: Decimal) -> dict[str, Any]:
    """The sent columns of a vendor's hard good; a markup without a price makes the price from the cost."""
    values = {column: call.input[name] for name, column in _TIE_COLUMNS.items() if name in call.input}
    count_of(call, "packSize")
    storable(call.get("qtyForDiscount", 0), "qtyForDiscount")
    refuse_negative(call, "unitCost", "unitPrice", "unitPriceMarkup", "discount", "qtyForDiscount")
    markup = values.get("unit_price_markup")
    if markup is not None and "unit_price" not in values:
        values["unit_price"] = (cost + cost * markup / 100).quantize(CENT, ROUND_HALF_UP)
    return values


def _refuse_taken_sku(call: Call, vendor_id: int, sku: str, own_id: int | None = None) -> None:
    v = t.hardgood_vendor_products.c
    taken = select(v.id).where(v.company_id == call.company_id, v.vendor_id == vendor_id, *exact(v.sku, sku))
    if own_id is not None:
        taken = taken.where(v.id != own_id)
    if call.connection.execute(taken.limit(1)).first() is not None:
        raise Refused(f"The vendor has another product with the SKU {sku}")


@handles("hardgood.product.add")
def hardgood_product_add(call: Call) -> Answer:
    """A new hard good and its tie to the vendor who supplies it."""
    vendor = find_vendor(call, required=True)
    assert vendor is not None
    _refuse_taken_sku(call, vendor.id, call.need("sku"))
    item = {column: call.input[name] for name, column in _ITEM_COLUMNS.items() if name in call.input}
    added = call.connection.execute(
        insert(t.hardgood_products).values(company_id=call.company_id, category_id=_category_id(call), **item)
    )
    assert added.inserted_primary_key is not None
    product_id = added.inserted_primary_key[0]
    tie = _tie_values(call, call.need("unitCost"))
    call.connection.execute(
        insert(t.hardgood_vendor_products).values(
            company_id=call.company_id, product_id=product_id, vendor_id=vendor.id, **tie
        )
    )
    return ok("The product was saved", productId=product_id)


@handles("hardgood.product.update")
def hardgood_product_update(call: Call) -> Answer:
    """Change a hard good and its tie to a vendor."""
    tie = find(call, t.hardgood_vendor_products, "hard good", id=call.need("Id"), required=True)
    assert tie is not None
    vendor = find_vendor(call)
    vendor_id = tie.vendor_id if vendor is None else vendor.id
    _refuse_taken_sku(call, vendor_id, call.need("sku"), tie.id)
    item = {column: call.input[name] for name, column in _ITEM_COLUMNS.items() if name in call.input}
    call.connection.execute(
        update(t.hardgood_products)
        .where(t.hardgood_products.c.id == tie.product_id)
        .values(category_id=_category_id(call), **item)
    )
    values = _tie_values(call, call.get("unitCost", tie.unit_cost))
    call.connection.execute(
        update(t.hardgood_vendor_products)
        .where(t.hardgood_vendor_products.c.id == tie.id)
        .values(vendor_id=vendor_id, **values)
    )
    return ok("The product was saved")


# --- stock


def _tied_product(call: Call) -> Row[Any]:
    """The hard good as tied to its vendor; the id of a product that one vendor supplies means that tie.

    The documentation asks for the tie's id but shows the product's in its samples, and hardgood.product.add answers it.
    """
    v = t.hardgood_vendor_products
    named = call.need("productId")
    own = select(v).where(v.c.company_id == call.company_id)
    tie = call.connection.execute(own.where(*exact(v.c.id, named))).one_or_none()
    if tie is None:
        ties = call.connection.execute(own.where(*exact(v.c.product_id, named)).limit(2)).all()
        if len(ties) != 1:
            raise Refused(f"The hard good {named} does not exist")
        tie = ties[0]
    return tie


@handles("hardgood.inventory.add")
def hardgood_inventory_add(call: Call) -> Answer:
    """A new stock line of a hard good; the product's own price where none is sent."""
    tie = _tied_product(call)
    quantity = count_of(call, "quantity")
    if quantity > MOST_UNITS:
        raise Refused(f"At most {MOST_UNITS} units can be added at once", documented=True)
    refuse_negative(call, "unitCost", "unitPrice")
    location = find(call, t.locations, "location", id=call.get("locationId")) or _first_location(call)
    added = call.connection.execute(
        insert(t.hardgood_inventory).values(
            company_id=call.company_id,
            location_id=location.id,
            vendor_product_id=tie.id,
            quantity=quantity,
            unit_cost=call.need("unitCost"),
            unit_price=call.get("unitPrice", tie.unit_price),
            added_on=call.now,
        )
    )
    assert added.inserted_primary_key is not None
    return ok("success", hardGoodInventoryId=added.inserted_primary_key[0])


def _first_location(call: Call) -> Row[Any]:
    own = select(t.locations).where(t.locations.c.company_id == call.company_id)
    return call.connection.execute(own.order_by(t.locations.c.id).limit(1)).one()


@handles("hardgood.inventory.update")
def hardgood_inventory_update(call: Call) -> Answer:
    """Set cost and price of a hard good's stock, at one location or, without one, at all of them."""
    tie = _tied_product(call)
    refuse_negative(call, "unitCost", "unitPrice")
    location = find(call, t.locations, "location", id=call.get("locationId"))
    h = t.hardgood_inventory.c
    here = [h.company_id == call.company_id, h.vendor_product_id == tie.id]
    if location is not None:
        here.append(h.location_id == location.id)
    values = {"unit_cost": call.need("unitCost")}
    if "unitPrice" in call.input:
        values["unit_price"] = call.input["unitPrice"]
    changed = call.connection.execute(update(t.hardgood_inventory).where(*here).values(**values))
    if not changed.rowcount:
        raise Refused(f"There is no stock of the hard good {call.need('productId')} to change")
    return ok()
