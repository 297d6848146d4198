"""Master data: companies and their people, customers, vendors, products, carriers, charges and price lists."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from komet_console.sandbox.store.columns import (
    day,
    flag,
    link,
    metadata,
    moment,
    money,
    number,
    rate,
    text,
    world_table,
)

companies = Table(
    "companies",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    text("code", nullable=False),
    text("name", nullable=False),
    text("currency", nullable=False, default="USD"),
    flag("multi_location"),
    number("paid_users", nullable=False, default=1),
    flag("rewards_enabled"),
    flag("show_arrival_date"),
    number("show_vendor", nullable=False, default=0),
    flag("cargo_master"),
    number("ecommerce_days_ahead", nullable=False, default=14),
    flag("mandatory_po_carriers"),
    flag("allow_changing_sales_price"),
    rate("tax_percent", nullable=False, default=0),
    info={"world": True},
)
"""`id` is the account number of X-ACCOUNT. `show_vendor`: 0 hidden, 1 code, 2 name."""

locations = world_table(
    "locations",
    text("name", nullable=False),
    text("short_name"),
    text("code", nullable=False),
    flag("active", default=True),
)

users = world_table(
    "users",
    text("login", nullable=False),
    text("password", nullable=False),
    text("first_name", nullable=False),
    text("last_name", nullable=False),
    text("email", nullable=False),
    number("role_id", nullable=False),
    text("sales_code"),
    flag("ecommerce_lite"),
    flag("mobile_app", default=True),
    flag("active", default=True),
    UniqueConstraint("login"),
)
"""People. `role_id`: 1 admin, 5 admin sales, 8 salesperson, 27 e-commerce user. A salesperson is a user with a
`sales_code`. The passwords are the sandbox's own test data; the control interface shows them, so they are not hashed."""

user_companies = Table(
    "user_companies",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), primary_key=True),
    number("role_id", nullable=False),
    number("customer_id"),
    info={"world": True},
)
"""The companies a user may work in, with the role there and, for e-commerce users, the main customer there."""

user_customers = Table(
    "user_customers",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    info={"world": True},
)
"""Customer accounts linked to an e-commerce user; the customer's company may be another than the user's own."""

customer_types = world_table("customer_types", text("name", nullable=False))
contact_types = world_table("contact_types", text("name", nullable=False))

customers = world_table(
    "customers",
    text("name", nullable=False),
    text("code"),
    link("customer_type_id", "customer_types"),
    link("sales_person_id", "users", index=True),
    link("carrier_id", "carriers"),
    link("price_list_id", "price_lists"),
    flag("active", default=True),
    text("accounting_code"),
    text("phone"),
    text("fax"),
    text("website"),
    text("terms"),
    text("email_for_invoices"),
    text("email_for_statements"),
    flag("credit_hold"),
    money("credit_limit", nullable=True, default=None),
    text("payment_method"),
    flag("charge_fuel_surcharge"),
    flag("charge_tax"),
    text("send_invoice_via"),
    text("bill_address"),
    text("bill_city"),
    text("bill_state"),
    text("bill_zip_code"),
    text("bill_country"),
    text("ship_address"),
    text("ship_city"),
    text("ship_state"),
    text("ship_zip_code"),
    text("ship_country"),
    text("default_price", nullable=False, default="A"),
    rate("price_b_markup"),
    rate("price_sell_fast_markup"),
    rate("fob_markup"),
    flag("ask_payment_upon_confirmation"),
    rate("finance_charge_percentage"),
    text("customer_group"),
    number("reward_points", nullable=False, default=0),
    number("show_vendor"),
    flag("show_arrival_date"),
    number("k2k_company_id"),
    moment("created_on", nullable=False),
    moment("updated_on", nullable=False),
    Index(None, "company_id", "code"),
    Index(None, "company_id", "updated_on"),
)
"""`credit_limit` NULL is unlimited. `show_vendor` NULL follows the company. `k2k_company_id` is the other sandbox company
behind a Komet-to-Komet customer. The FOB price of a unit is its price plus `fob_markup` percent."""

customer_locations = Table(
    "customer_locations",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("location_id", ForeignKey("locations.id"), primary_key=True),
    info={"world": True},
)

customer_contacts = world_table(
    "customer_contacts",
    link("customer_id", "customers", nullable=False, index=True),
    text("name", nullable=False),
    text("type", nullable=False),
    text("phone"),
    text("ext"),
    text("mobile"),
    text("fax"),
    text("email"),
    text("description"),
    text("instant_messaging"),
    flag("email_pod"),
)

customer_shiptos = world_table(
    "customer_shiptos",
    link("customer_id", "customers", nullable=False, index=True),
    text("ship_to_code"),
    text("name", nullable=False),
    text("address"),
    text("city"),
    text("state"),
    text("zipcode"),
    text("country"),
    text("phone"),
    text("fax"),
    link("carrier_id", "carriers"),
    text("carrier_account"),
    text("sales_person_code_for_flowers"),
    text("sales_person_code_for_plants"),
    moment("updated_on", nullable=False),
    flag("deleted"),
)
"""Orders keep pointing at a ship-to that was deleted, so the row stays with `deleted` set and leaves every list."""

customer_days_of_service = world_table(
    "customer_days_of_service",
    link("customer_id", "customers", nullable=False, index=True),
    link("location_id", "locations", nullable=False),
    link("carrier_id", "carriers", nullable=False),
    number("day_of_service", nullable=False),
    number("transit_days"),
    rate("carrier_cube_rate"),
    flag("is_default"),
    UniqueConstraint("customer_id", "location_id", "carrier_id", "day_of_service"),
)
"""Weekdays on which a carrier serves a customer: 0 Sunday to 6 Saturday, the carrier's day of departure."""

additional_charges = world_table(
    "additional_charges",
    text("name", nullable=False),
    text("code"),
    flag("active", default=True),
    rate("amount_value"),
    text("amount_type", nullable=False, default="$"),
)
"""Charges that invoices can carry. `amount_type`: "$" an amount for the invoice, "%" a percentage of its subtotal."""

customer_charges = world_table(
    "customer_charges",
    link("customer_id", "customers", nullable=False, index=True),
    link("additional_charge_id", "additional_charges", nullable=False),
    rate("amount_value"),
    text("amount_type"),
    UniqueConstraint("customer_id", "additional_charge_id"),
)
"""Charges put on every new invoice of a customer; NULL amount and type follow the charge's own."""

carriers = world_table(
    "carriers",
    text("code", nullable=False),
    text("name", nullable=False),
    flag("active", default=True),
    flag("inbound"),
    number("capacity"),
    text("street"),
    text("city"),
    text("state"),
    text("zip_code"),
    text("country"),
    text("phone"),
    text("komet_network_name"),
    number("komet_network_id"),
)
"""`inbound` carriers bring purchase orders; the others take invoices to customers."""

box_types = world_table(
    "box_types",
    text("code", nullable=False),
    rate("fbe", nullable=False),
    text("komet_network_name"),
    number("komet_network_id"),
)

categories = world_table(
    "categories",
    text("name", nullable=False),
    number("division_id", nullable=False),
    text("komet_network_name"),
    number("komet_network_id"),
    flag("active", default=True),
)
"""`division_id`: 1 Fresh Cut Flowers, 2 Plants, 3 Hard Goods (see DIVISIONS)."""

DIVISIONS = {1: "Fresh Cut Flowers", 2: "Plants", 3: "Hard Goods"}

products = world_table(
    "products",
    link("category_id", "categories", nullable=False, index=True),
    text("description", nullable=False),
    text("variety"),
    text("color"),
    text("grade"),
    text("legacy_code"),
    text("tags"),
    flag("active", default=True),
    flag("is_assorted"),
    text("default_unit_type", nullable=False, default="Bunch"),
    text("product_roll_up_code"),
    text("regions_of_origin"),
    moment("updated_on", nullable=False),
    Index(None, "company_id", "legacy_code"),
)
"""Flowers and plants. `tags` and `regions_of_origin` are comma-separated."""

vendors = world_table(
    "vendors",
    text("name", nullable=False),
    text("code"),
    text("port_origin", nullable=False),
    number("vendor_type", nullable=False, default=1),
    text("phone1"),
    text("phone2"),
    text("phone3"),
    text("fax"),
    text("web_page"),
    text("email_for_pos"),
    text("contact_name"),
    text("notes"),
    text("street"),
    text("city"),
    text("state"),
    text("zipcode"),
    text("country"),
    text("cargo_master_code"),
    flag("temporary_awbs"),
    number("k2k_company_id"),
    flag("active", default=True),
    moment("updated_on", nullable=False),
)
"""`vendor_type`: 1 fresh cut, 2 freight and handling, 3 hard goods."""

vendor_product_aliases = world_table(
    "vendor_product_aliases",
    link("vendor_id", "vendors", nullable=False, index=True),
    link("product_id", "products", nullable=False),
    text("alias", nullable=False),
)

brands = world_table("brands", link("vendor_id", "vendors", nullable=False), text("name", nullable=False))

price_lists = world_table(
    "price_lists",
    text("name", nullable=False),
    text("description"),
    text("type", nullable=False),
    flag("is_master"),
)
"""`type`: M open market, P prebook, S standing order."""

price_list_items = world_table(
    "price_list_items",
    link("price_list_id", "price_lists", nullable=False, index=True),
    link("product_id", "products", nullable=False),
    text("unit_type", nullable=False),
    rate("price", nullable=False),
)

payment_methods = world_table("payment_methods", text("name", nullable=False), flag("active", default=True))

freight_rates = world_table(
    "freight_rates",
    text("origin_code", nullable=False),
    rate("freight_per_fbe", nullable=False),
    rate("handling_per_box", nullable=False),
    rate("duty_percent", nullable=False),
    day("valid_from"),
)
"""The Financial Settings behind a landed cost, one row an origin (see costs.landed_cost)."""
