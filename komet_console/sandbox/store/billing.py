"""Money: invoices, payments, credits and vendor invoices."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint

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


class InvoiceStatus(IntEnum):
    """Status of an invoice as the API numbers it."""

    PENDING = 0
    CONFIRMED = 1
    DRAFT = 2
    VOIDED = 4


class CreditStatus(IntEnum):
    """Status of a credit as the API numbers it."""

    NEW = 1
    PENDING_REVIEW = 2
    APPROVED = 3
    REJECTED = 4
    RESUBMITTED = 5


invoices = world_table(
    "invoices",
    link("location_id", "locations", nullable=False),
    number("number", nullable=False),
    text("prefix", nullable=False, default=""),
    link("customer_id", "customers", nullable=False),
    link("carrier_id", "carriers", nullable=False),
    link("ship_to_id", "customer_shiptos"),
    link("web_order_id", "web_orders", index=True),
    link("prebook_id", "prebooks", index=True, on_delete="SET NULL"),
    link("created_by", "users"),
    day("ship_date", nullable=False),
    text("po_number"),
    text("reference"),
    text("warehouse_instructions"),
    text("invoice_notes"),
    number("status", nullable=False),
    flag("is_ecommerce"),
    flag("is_transfer"),
    number("k2k_company_id"),
    number("k2k_invoice_id"),
    flag("external_system_synced"),
    text("sync_message"),
    number("status_before_sync"),
    flag("box_labels_printed"),
    flag("bol_printed"),
    text("void_reason"),
    money("subtotal"),
    money("additional_charges"),
    money("taxes"),
    money("credits"),
    money("total"),
    moment("confirmed_on"),
    moment("created_on", nullable=False),
    moment("updated_on", nullable=False),
    Index(None, "company_id", "ship_date"),
    Index(None, "company_id", "status", "ship_date"),
    Index(None, "company_id", "external_system_synced", "status", "ship_date"),
    Index(None, "company_id", "customer_id", "ship_date"),
    Index(None, "company_id", "updated_on"),
    UniqueConstraint("company_id", "number"),
)
"""`total = subtotal + additional_charges + taxes - credits`, where `credits` sums the approved credits on this invoice.
`prefix`: W web order, T transfer, else empty. `k2k_*`: the other company's side of a Komet-to-Komet sale.
A synchronized invoice is locked; `status_before_sync` is what marking it as failed puts back."""

invoice_items = world_table(
    "invoice_items",
    link("invoice_id", "invoices", nullable=False, index=True),
    link("inventory_line_id", "inventory_lines", nullable=False, index=True),
    link("vendor_id", "vendors", nullable=False),
    *pack_columns(),
    number("total_boxes", nullable=False),
    number("total_units", nullable=False),
    rate("unit_price", nullable=False),
    rate("discount", nullable=False, default=0),
    money("total_price"),
    text("mark_code"),
    text("product_alias"),
    text("notes"),
    flag("is_assorted"),
    number("k2k_company_id"),
    number("k2k_purchase_order_item_id"),
    Index(None, "company_id", "product_id"),
)
"""`total_units = total_boxes * units_per_box`; `total_price` is units times price less `discount` percent, to the cent.
On every invoice that is not voided exactly `total_boxes` boxes of the line carry this item's id. A voided invoice keeps
its items and amounts, its boxes are back in stock."""

invoice_item_breakdowns = breakdown_table("invoice_item_breakdowns", "invoice_items")

invoice_charges = world_table(
    "invoice_charges",
    link("invoice_id", "invoices", nullable=False, index=True),
    link("additional_charge_id", "additional_charges", nullable=False),
    text("name", nullable=False),
    money("amount"),
)

invoice_documents = world_table(
    "invoice_documents",
    link("invoice_id", "invoices", nullable=False, index=True),
    text("kind", nullable=False),
    Column("content", LargeBinary, nullable=False),
    moment("received_on", nullable=False),
)
"""Files kept with an invoice. `kind`: POD."""

payments = world_table(
    "payments",
    link("location_id", "locations"),
    number("control_number", nullable=False),
    link("customer_id", "customers", nullable=False, index=True),
    link("method_id", "payment_methods", nullable=False),
    day("date", nullable=False),
    money("total"),
    text("reference_number"),
    text("notes"),
    flag("external_system_synced"),
    flag("cancelled"),
    moment("created_on", nullable=False),
    moment("updated_on", nullable=False),
    Index(None, "company_id", "date"),
    Index(None, "company_id", "control_number"),
)
"""`total` is what the customer paid; what exceeds the applied amounts is the overpayment."""

payment_invoices = world_table(
    "payment_invoices",
    link("payment_id", "payments", nullable=False, index=True),
    link("invoice_id", "invoices", nullable=False, index=True),
    money("amount"),
    money("discount"),
)

credits = world_table(
    "credits",
    link("location_id", "locations"),
    link("invoice_id", "invoices", nullable=False, index=True),
    link("customer_id", "customers", nullable=False, index=True),
    link("carrier_id", "carriers"),
    day("credit_date", nullable=False),
    number("status", nullable=False, default=1),
    money("total_credit"),
    flag("external_system_synced"),
    flag("cancelled"),
    moment("created_on", nullable=False),
    moment("updated_on", nullable=False),
    Index(None, "company_id", "credit_date"),
)
"""Credits on an invoice; the credit's public number is the invoice's. Approved ones (not cancelled) count."""

credit_details = world_table(
    "credit_details",
    link("credit_id", "credits", nullable=False, index=True),
    link("invoice_item_id", "invoice_items", nullable=False),
    link("product_id", "products", nullable=False),
    text("item_type", nullable=False),
    number("quantity", nullable=False),
    rate("unit_price", nullable=False),
    money("amount"),
    text("reason"),
)
"""`item_type`: box (`quantity` boxes) or UN (`quantity` units)."""

open_credit_balances = world_table(
    "open_credit_balances",
    link("customer_id", "customers", nullable=False, index=True),
    day("date", nullable=False),
    money("balance"),
    moment("created_on", nullable=False),
)

vendor_invoices = world_table(
    "vendor_invoices",
    link("location_id", "locations"),
    link("purchase_order_id", "purchase_orders", nullable=False, index=True),
    link("vendor_id", "vendors", nullable=False),
    text("invoice_number"),
    money("invoice_total", nullable=True, default=None),
    text("source", nullable=False),
    text("mail_from"),
    Column("content", LargeBinary, nullable=False),
    flag("external_system_synced"),
    moment("received_on", nullable=False),
)
"""Files growers sent for a purchase order. `source`: mail or upload."""
