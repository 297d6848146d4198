"""Orders before the invoice: prebooks, purchase orders, standing orders and web orders."""

from __future__ import annotations

from sqlalchemy import Index

from komet_console.sandbox.store.columns import (
    breakdown_table,
    day,
    flag,
    link,
    moment,
    money,
    number,
    pack_columns,
    rate,
    text,
    world_table,
)

prebooks = world_table(
    "prebooks",
    link("location_id", "locations", nullable=False),
    number("number", nullable=False),
    link("customer_id", "customers", nullable=False, index=True),
    link("carrier_id", "carriers", nullable=False),
    link("ship_to_id", "customer_shiptos"),
    link("standing_order_id", "standing_orders", index=True),
    link("created_by", "users"),
    day("truck_date", nullable=False),
    text("type", nullable=False, default="P"),
    text("customer_po_number"),
    number("ship_via_id", nullable=False, default=0),
    text("comments"),
    text("prebook_status"),
    flag("is_ecommerce"),
    number("check_out_status", nullable=False, default=1),
    moment("created_on", nullable=False),
    moment("updated_on", nullable=False),
    Index(None, "company_id", "truck_date"),
    Index(None, "company_id", "number"),
)
"""`type`: S from a standing order, P standalone. `ship_via_id`: 0 warehouse, 1 grower. `check_out_status`: 0 pending,
1 checked out. `prebook_status`: a status the company set up (Pending Review, Approved, Sourced)."""

prebook_items = world_table(
    "prebook_items",
    link("prebook_id", "prebooks", nullable=False, index=True, on_delete="CASCADE"),
    link("vendor_id", "vendors", index=True),
    link("brand_id", "brands"),
    *pack_columns(),
    day("vendor_ship_date"),
    number("total_boxes", nullable=False),
    rate("unit_price"),
    rate("unit_cost"),
    text("mark_code"),
    flag("is_assorted"),
    flag("unable_to_source"),
    number("availability_item_id"),
    number("future_po_item_id"),
)
"""Boxes bought so far: the `total_boxes` of the purchase order items with this `prebook_item_id` that are not cancelled.
`availability_item_id`, `future_po_item_id`: where the boxes were taken from, when they were."""

prebook_item_breakdowns = breakdown_table("prebook_item_breakdowns", "prebook_items")

purchase_orders = world_table(
    "purchase_orders",
    link("location_id", "locations", nullable=False),
    number("number", nullable=False),
    link("vendor_id", "vendors", nullable=False, index=True),
    link("carrier_id", "carriers"),
    text("origin_code", nullable=False),
    text("order_type", nullable=False, default="M"),
    day("ship_date", nullable=False),
    text("status", nullable=False),
    number("inbound_truck_id"),
    moment("created_on", nullable=False),
    moment("updated_on", nullable=False),
    Index(None, "company_id", "ship_date"),
    Index(None, "company_id", "number"),
)
"""`status`: Pending Approval, Approved, Confirmed by Farm or Cancelled. `order_type`: M open market, L local, P prebook,
S standing order. `carrier_id` is an inbound carrier. AWBs stand on the items."""

purchase_order_items = world_table(
    "purchase_order_items",
    link("purchase_order_id", "purchase_orders", nullable=False, index=True, on_delete="CASCADE"),
    link("prebook_item_id", "prebook_items", index=True, on_delete="SET NULL"),
    link("awb_id", "awbs", index=True),
    *pack_columns(),
    number("total_boxes", nullable=False),
    number("confirmed_boxes", nullable=False, default=0),
    rate("unit_cost", nullable=False),
    rate("unit_price"),
    rate("price_b"),
    text("mark_code"),
    text("reference"),
    number("lot_number"),
    text("house_awb"),
    text("status_line", nullable=False, default="Pending"),
    flag("is_assorted"),
    flag("is_open_market"),
    flag("checkout_pending"),
    day("available_from"),
    day("available_to"),
)
"""`status_line`: Pending, Confirmed, Partial Confirmed or Cancelled. `awb_id` is set once the line is shipped; its boxes then
hang on the inventory line with this `purchase_order_item_id`. `is_open_market`: not bought for a customer, so future
inventory from `available_from` on until the boxes arrive, less what prebook items with this `future_po_item_id` took.
`checkout_pending`: bought through the e-commerce from vendor availability and not checked out yet, so not confirmable."""

purchase_order_item_breakdowns = breakdown_table("purchase_order_item_breakdowns", "purchase_order_items")

purchase_order_item_availability = world_table(
    "purchase_order_item_availability",
    link("purchase_order_item_id", "purchase_order_items", nullable=False, index=True, on_delete="CASCADE"),
    number("availability_item_id"),
    link("product_id", "products", nullable=False),
    day("available_from", nullable=False),
    text("post_harvest"),
    text("unit_type", nullable=False),
    number("units_allocated", nullable=False),
    flag("downgraded"),
)
"""Vendor availability behind a purchase order line."""

standing_orders = world_table(
    "standing_orders",
    link("location_id", "locations", nullable=False),
    number("number", nullable=False),
    link("customer_id", "customers", nullable=False, index=True),
    link("carrier_id", "carriers", nullable=False),
    link("ship_to_id", "customer_shiptos"),
    link("price_list_id", "price_lists"),
    number("recurrence", nullable=False),
    text("truck_days", nullable=False),
    day("start_date", nullable=False),
    day("end_date"),
    day("generated_until"),
    text("status", nullable=False, default="Active"),
    text("comments"),
    text("invoice_notes"),
    text("customer_po"),
    number("ship_via_id", nullable=False, default=0),
    moment("updated_on", nullable=False),
    Index(None, "company_id", "number"),
)
"""`recurrence`: weeks between orders, 1 to 4. `truck_days`: English day names, comma-separated. `status`: Active or
Cancelled. Prebooks exist for truck dates up to and including `generated_until`."""

standing_order_items = world_table(
    "standing_order_items",
    link("standing_order_id", "standing_orders", nullable=False, index=True, on_delete="CASCADE"),
    link("vendor_id", "vendors"),
    *pack_columns(),
    text("identifier"),
    number("total_boxes", nullable=False),
    rate("unit_price"),
    rate("unit_cost"),
    text("mark_code"),
)

web_orders = world_table(
    "web_orders",
    link("location_id", "locations", nullable=False),
    number("number", nullable=False),
    link("customer_id", "customers", nullable=False, index=True),
    link("user_id", "users"),
    number("status_id", nullable=False, default=1),
    text("customer_po"),
    money("subtotal"),
    money("additional_charges"),
    money("taxes"),
    money("total"),
    moment("created_on", nullable=False),
    moment("updated_on", nullable=False),
)
"""`status_id`: 1 pending, 2 checked out, 0 cancelled (an internal state: a cancelled order leaves every list). A pending
order takes no stock; checking out makes the invoice (invoices.web_order_id) or the prebook."""

web_order_items = world_table(
    "web_order_items",
    link("web_order_id", "web_orders", nullable=False, index=True, on_delete="CASCADE"),
    *pack_columns(),
    number("inventory_origin", nullable=False, default=1),
    link("inventory_line_id", "inventory_lines"),
    number("purchase_order_item_id"),
    number("availability_item_id"),
    number("quantity", nullable=False),
    rate("price", nullable=False),
    link("carrier_id", "carriers"),
    day("date", nullable=False),
    link("ship_to_id", "customer_shiptos"),
    text("mark_code"),
    number("invoice_item_id"),
    number("prebook_item_id"),
)
"""`inventory_origin`: 1 on hand (`inventory_line_id`), 2 future sales (`purchase_order_item_id`), 3 vendor availability
and 4 K2K (`availability_item_id`)."""
