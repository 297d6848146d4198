"""Stock: air waybills, inventory lines and their boxes, vendor availability, units and hard goods."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint

from komet_console.sandbox.store.columns import (
    breakdown_table,
    day,
    flag,
    link,
    moment,
    number,
    pack_columns,
    rate,
    text,
    world_table,
)


class BoxState(StrEnum):
    """The one place a box is in."""

    IN_TRANSIT = "in_transit"
    """On an AWB, not received yet."""
    STAGING = "staging"
    """Added to the inventory, still in the staging area: counts as stock, may change its AWB."""
    ON_HAND = "on_hand"
    """In the warehouse and free to be sold."""
    SOLD = "sold"
    """On an invoice, not shipped yet."""
    SHIPPED = "shipped"
    """Gone to the customer."""
    DELETED = "deleted"
    """Taken out of the inventory."""


IN_STOCK = (BoxState.STAGING, BoxState.ON_HAND)
"""States of boxes that can be sold."""

awbs = world_table(
    "awbs",
    link("location_id", "locations"),
    text("awb", nullable=False),
    text("origin_code", nullable=False),
    day("ship_date", nullable=False),
    day("arrival_date"),
    number("status", nullable=False, default=1),
    flag("is_tmp"),
    flag("is_future"),
    text("instructions"),
    Index(None, "company_id", "ship_date"),
    UniqueConstraint("company_id", "awb"),
)
"""Air waybills, numbers as ###-####-####. `status`: 1 open, 0 closed. `is_future`: entered ahead of time, no boxes yet;
cleared when the first box is put on it."""

awb_houses = world_table(
    "awb_houses",
    link("awb_id", "awbs", nullable=False, index=True),
    text("house", nullable=False),
    link("vendor_id", "vendors", nullable=False),
    link("location_id", "locations"),
    text("instructions"),
    Index(None, "company_id", "house"),
)

inventory_lines = world_table(
    "inventory_lines",
    link("location_id", "locations", nullable=False),
    link("awb_id", "awbs", nullable=False, index=True),
    link("vendor_id", "vendors", nullable=False),
    *pack_columns(),
    link("purchase_order_item_id", "purchase_order_items", index=True, on_delete="SET NULL"),
    link("prebook_item_id", "prebook_items", index=True, on_delete="SET NULL"),
    link("customer_id", "customers"),
    text("inventory_type", nullable=False, default="M"),
    number("lot_number", nullable=False),
    rate("unit_cost", nullable=False),
    rate("landed_cost", nullable=False),
    rate("price_a"),
    rate("price_b"),
    text("reference"),
    text("mark_code"),
    flag("on_hold"),
    flag("sell_fast"),
    flag("is_assorted"),
    day("inventory_date", nullable=False),
    number("received_boxes", nullable=False, default=0),
    number("added_boxes", nullable=False, default=0),
    flag("deleted"),
    moment("updated_on", nullable=False),
    Index(None, "company_id", "lot_number"),
)
"""A lot: boxes of one product and pack from one vendor on one AWB. Its `id` is the API's inventoryId and orderItemId.

`received_boxes` counts boxes that came in from an AWB, `added_boxes` those put in by hand; both only grow, and their sum
is the number of the line's boxes that are in stock, sold, shipped or deleted (boxes in transit are in neither).
`inventory_type`: M open market, L local, S standing order, P prebook. `customer_id`: reserved to that customer.
Quantities are not stored: count the boxes by state. Boxes that move to another AWB leave for a line of their own.
"""

inventory_line_breakdowns = breakdown_table("inventory_line_breakdowns", "inventory_lines")

boxes = world_table(
    "boxes",
    link("inventory_line_id", "inventory_lines", nullable=False),
    link("awb_id", "awbs", nullable=False, index=True),
    link("location_id", "locations", nullable=False),
    link("invoice_item_id", "invoice_items", index=True),
    text("code", nullable=False),
    text("external_code"),
    text("position"),
    text("state", nullable=False),
    day("received_on"),
    moment("shipped_on"),
    flag("counted"),
    UniqueConstraint("company_id", "code"),
    Index(None, "inventory_line_id", "state"),
    Index("ix_boxes_stock", "company_id", "state", "inventory_line_id"),
)
"""Physical boxes. `invoice_item_id` is set exactly in the states sold and shipped. A box is scanned when it is shipped.
`counted`: marked by v2/inventory/box/count."""

vendor_availability_items = world_table(
    "vendor_availability_items",
    link("location_id", "locations"),
    link("vendor_id", "vendors", nullable=False, index=True),
    *pack_columns(),
    number("offered_boxes", nullable=False),
    number("taken_boxes", nullable=False, default=0),
    rate("unit_cost", nullable=False),
    rate("price", nullable=False),
    text("post_harvest"),
    number("ship_via_id"),
    day("available_from", nullable=False),
    day("available_to", nullable=False),
    number("k2k_company_id"),
    number("k2k_inventory_line_id"),
    flag("is_assorted"),
    Index(None, "company_id", "available_from"),
)
"""What growers offer. Available boxes are `offered_boxes - taken_boxes`. `ship_via_id`: 0 warehouse, 1 grower, NULL both.
With `k2k_company_id` the offer is another Komet company's line `k2k_inventory_line_id`, and its stock is what counts."""

vendor_availability_breakdowns = breakdown_table("vendor_availability_breakdowns", "vendor_availability_items")

inventory_units = world_table(
    "inventory_units",
    link("location_id", "locations", nullable=False),
    link("vendor_id", "vendors"),
    link("product_id", "products", nullable=False, index=True),
    link("customer_id", "customers"),
    text("unit_type", nullable=False),
    number("stems_bunch", nullable=False),
    number("quantity", nullable=False),
    text("block"),
    text("bed"),
    number("cutter"),
    day("cut_date"),
    rate("unit_landed_cost", nullable=False, default=0),
    rate("unit_price"),
    flag("in_transit"),
)
"""Inventory in units: `quantity` stems or bunches, after `unit_type`."""

hardgood_products = world_table(
    "hardgood_products",
    link("category_id", "categories", nullable=False),
    text("subcategory", nullable=False),
    text("description", nullable=False),
    text("color"),
    text("image"),
    flag("active", default=True),
)

hardgood_vendor_products = world_table(
    "hardgood_vendor_products",
    link("product_id", "hardgood_products", nullable=False, index=True),
    link("vendor_id", "vendors", nullable=False),
    text("sku", nullable=False),
    text("case_upc"),
    text("unit_upc"),
    number("pack_size", nullable=False),
    rate("unit_cost", nullable=False),
    rate("unit_price"),
    rate("unit_price_markup"),
    rate("discount"),
    number("qty_for_discount"),
    flag("active", default=True),
)
"""A hard good as tied to a vendor: the id that most hard goods methods take."""

hardgood_inventory = world_table(
    "hardgood_inventory",
    link("location_id", "locations", nullable=False),
    link("vendor_product_id", "hardgood_vendor_products", nullable=False, index=True),
    number("quantity", nullable=False),
    rate("unit_cost", nullable=False),
    rate("unit_price"),
    moment("added_on", nullable=False),
)
"""`quantity` is in units of the product."""
