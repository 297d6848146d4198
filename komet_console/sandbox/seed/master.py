"""Master data of Bay Flowers Miami: people, customers, carriers, charges, price lists and tokens."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.builder import Builder
from komet_console.sandbox.seed.rows import Row
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.seed.words import words
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import FreightRate

FREIGHT = {
    "BOG": FreightRate(Decimal("24.00"), Decimal("1.20"), Decimal("3.6")),
    "MDE": FreightRate(Decimal("25.00"), Decimal("1.20"), Decimal("3.6")),
    "UIO": FreightRate(Decimal("27.00"), Decimal("1.20"), Decimal("4.2")),
    "MIA": FreightRate(Decimal(0), Decimal(0), Decimal(0)),
}

_TERMS = ("Net 15", "Net 30", "Net 30", "C.O.D.")


def seed_freight_rates(builder: Builder) -> None:
    """The Financial Settings of a company."""
    for origin, rate in FREIGHT.items():
        builder.add(
            t.freight_rates,
            origin_code=origin,
            freight_per_fbe=rate.freight_per_fbe,
            handling_per_box=rate.handling_per_box,
            duty_percent=rate.duty_percent,
        )


def seed_master(builder: Builder) -> dict[int, Row]:
    """Add the company's master data; return its customers by id."""
    add = builder.add
    builder.rows.add(
        t.companies,
        id=cast.COMPANY,
        code="BAY",
        name="Bay Flowers Miami",
        multi_location=True,
        paid_users=3,
        rewards_enabled=True,
        show_vendor=2,
        cargo_master=True,
        allow_changing_sales_price=True,
        tax_percent=Decimal(7),
    )
    add(t.locations, id=cast.MIAMI, name="Miami", short_name="MIA", code="MIA")
    add(t.locations, id=cast.BOGOTA, name="Bogota Export", short_name="BOG", code="BOG")
    seed_freight_rates(builder)
    _people(builder)
    _carriers(builder)
    for charge_id, name, code, amount in (
        (cast.FUEL, "Fuel Surcharge Miami", "FSM", Decimal("35.00")),
        (cast.DRY_ICE, "Dry Ice Fuel Fee", "DIF", Decimal("6.50")),
        (cast.DELIVERY, "Delivery Miami", "DELMIA", Decimal("15.00")),
        (20421, "Repack Labor", "RPK", Decimal("4.00")),
    ):
        add(t.additional_charges, id=charge_id, name=name, code=code, amount_value=amount)
    add(
        t.additional_charges,
        id=20422,
        name="Card Processing",
        code="CARD",
        amount_value=Decimal("2.5"),
        amount_type="%",
    )
    add(t.additional_charges, id=20423, name="Peak Season Handling", code="PEAK", active=False)
    for method_id, name in enumerate(("Cash", "Check", "Wire Transfer", "Credit Card", "ACH"), start=cast.CASH):
        add(t.payment_methods, id=method_id, name=name)
    for type_id, name in (
        (cast.RETAILER, "Retailer"),
        (cast.WHOLESALER, "Wholesaler"),
        (cast.EVENT_DESIGNER, "Event Designer"),
    ):
        add(t.customer_types, id=type_id, name=name)
    for name in ("Buyer", "A/P", "Owner", "Warehouse"):
        add(t.contact_types, name=name)
    for list_id, name, description, kind, master in (
        (cast.WHOLESALE_A, "Wholesale A", "Standing orders, wholesale", "S", True),
        (413, "Open Market A", "Daily prices of the open market", "M", True),
        (414, "Prebook A", "Holiday prebooks", "P", False),
        (415, "Standing Order List B", "Standing orders, retail", "S", False),
    ):
        add(t.price_lists, id=list_id, name=name, description=description, type=kind, is_master=master)
    return _customers(builder)


def _people(builder: Builder) -> None:
    def user(user_id: int, login: str, first: str, last: str, role: int, **values: Any) -> None:
        builder.add(
            t.users,
            **{
                "id": user_id,
                "login": login,
                "email": login,
                "password": cast.SHOP_USER_PASSWORD,
                "first_name": first,
                "last_name": last,
                "role_id": role,
                **values,
            },
        )

    user(cast.ADMIN, "admin@bayflowers.example", "Diana", "Ospina", 1)
    user(cast.SALESPERSON, "marisol@bayflowers.example", "Marisol", "Quintero", 8, sales_code="MQ")
    user(cast.SECOND_SALESPERSON, "andres@bayflowers.example", "Andres", "Villamil", 8, sales_code="AV")
    user(416, "nora@bayflowers.example", "Nora", "Castellanos", 5, sales_code="NC")
    user(cast.SHOP_USER, cast.SHOP_USER_LOGIN, "Elena", "Duarte", 27, ecommerce_lite=True)
    user(cast.FORGETFUL_USER, cast.FORGETFUL_USER_LOGIN, "Paul", "Reyes", 27)


def link_users(builder: Builder) -> None:
    """Tie users to companies and customers; both companies must be there."""
    rows = builder.rows
    for user_id, company_id, role_id, customer_id in (
        (cast.ADMIN, cast.COMPANY, 1, None),
        (cast.ADMIN, cast.PARTNER, 1, None),
        (cast.SALESPERSON, cast.COMPANY, 8, None),
        (cast.SECOND_SALESPERSON, cast.COMPANY, 8, None),
        (416, cast.COMPANY, 5, None),
        (cast.SHOP_USER, cast.COMPANY, 27, cast.PETAL),
        (cast.SHOP_USER, cast.PARTNER, 27, cast.BAY_AS_CUSTOMER),
        (cast.FORGETFUL_USER, cast.COMPANY, 27, cast.PETAL),
        (cast.PARTNER_ADMIN, cast.PARTNER, 1, None),
    ):
        rows.add(t.user_companies, user_id=user_id, company_id=company_id, role_id=role_id, customer_id=customer_id)
    for user_id, company_id, linked in (
        (cast.SHOP_USER, cast.COMPANY, cast.PETAL),
        (cast.SHOP_USER, cast.COMPANY, cast.CGPETALS),
        (cast.SHOP_USER, cast.PARTNER, cast.BAY_AS_CUSTOMER),
        (cast.FORGETFUL_USER, cast.COMPANY, cast.PETAL),
    ):
        rows.add(t.user_customers, user_id=user_id, customer_id=linked, company_id=company_id)


def seed_tokens(builder: Builder, seed: int) -> None:
    """The default token of each kind and a few that are limited in some way."""

    def token(kind: str, description: str, name: str | None = None, **values: Any) -> Row:
        return builder.rows.add(
            t.tokens,
            **{
                "token": token_value(seed, kind, name),
                "company_id": cast.COMPANY,
                "kind": kind,
                "description": description,
                "user_id": cast.ADMIN,
                "created_on": builder.moment(-60),
                **values,
            },
        )

    token("company", "Sandbox company")
    token("customer", "Petal & Stem Wholesale", customer_id=cast.PETAL)
    token("vendor", "Monteverde Flowers", vendor_id=cast.MONTE)
    token("user", "Elena Duarte", user_id=cast.SHOP_USER, customer_id=cast.PETAL)
    token("company", "Andes Rose Imports", "partner", company_id=cast.PARTNER, user_id=cast.PARTNER_ADMIN)
    token(
        "customer",
        "Coral Gables Petals, no transactional access",
        "basic",
        customer_id=cast.CGPETALS,
        transactional=False,
    )
    token("vendor", "Flores de Altamira", "altamira", vendor_id=cast.ALTAM)
    limited = token("company", "Only lists of vendors and customers", "limited", all_methods=False)
    for method in ("vendor.list", "customer.list"):
        builder.rows.add(t.token_methods, token=limited["token"], method=method)
    token("company", "Old accounting link", "revoked", revoked_on=builder.moment(-10))


def _carriers(builder: Builder) -> None:
    for carrier_id, code, name, city, inbound in (
        (cast.EVERGLADES, "EVGL", "Everglades Freight", "Miami", False),
        (cast.SEMINOLE, "SEMFX", "Seminole Floral Express", "Miami", False),
        (120, "PCHTK", "Peachtree Trucking", "Atlanta", False),
        (121, "BAYCR", "Biscayne Courier", "Miami", False),
        (122, "LSREF", "Lone Star Reefer", "Houston", False),
        (123, "NEFLR", "Northeast Floral Haul", "Newark", False),
        (124, "WILLC", "Will Call", "Miami", False),
        (125, "OLDLN", "Old Line Cartage", "Baltimore", False),
        (126, "MIDWE", "Midwest Flower Lines", "Chicago", False),
        (cast.TAMPA_CARGO, "TMPA", "Tampa Cargo", "Miami", True),
        (205, "ANDAC", "Andean Air Cargo", "Bogota", True),
        (cast.SOUTHEAST, "SEF", "Southeast Floral Trucking", "Miami", False),
    ):
        builder.add(
            t.carriers,
            id=carrier_id,
            code=code,
            name=name,
            active=carrier_id != 125,
            inbound=inbound,
            capacity=250,
            street=f"{2100 + carrier_id} NW 70th Ave",
            city=city,
            state="Cundinamarca"
            if city == "Bogota"
            else {"Atlanta": "GA", "Houston": "TX", "Newark": "NJ"}.get(city, "FL"),
            zip_code="33122",
            country="Colombia" if city == "Bogota" else "USA",
            phone=f"1 (305) 555-{carrier_id:04d}",
            komet_network_name=name[:20],
            komet_network_id=4400 + carrier_id % 100,
        )


def _customers(builder: Builder) -> dict[int, Row]:
    found: dict[int, Row] = {}

    def customer(customer_id: int, code: str, name: str, city: str, state: str, **values: Any) -> Row:
        mail = f"ap@{code.lower()}.example"
        street = f"{customer_id % 1000} {words().streets[customer_id % len(words().streets)]}"
        zip_code = f"{30000 + customer_id}"
        row = builder.add(
            t.customers,
            **{
                "id": customer_id,
                "code": code,
                "name": name,
                "customer_type_id": cast.RETAILER,
                "sales_person_id": (cast.SALESPERSON, cast.SECOND_SALESPERSON, 416)[customer_id % 3],
                "carrier_id": (cast.EVERGLADES, cast.SEMINOLE, 120, 121, 122, 123, 126)[customer_id % 7],
                "price_list_id": 415,
                "accounting_code": f"AR-{customer_id}",
                "phone": f"305-555-{customer_id:04d}",
                "fax": f"305-556-{customer_id:04d}",
                "website": f"www.{code.lower()}.example",
                "terms": _TERMS[customer_id % len(_TERMS)],
                "email_for_invoices": mail,
                "email_for_statements": mail,
                "credit_limit": Decimal(5000 + 500 * (customer_id % 30)),
                "payment_method": "Check",
                "send_invoice_via": "Email",
                "bill_address": street,
                "bill_city": city,
                "bill_state": state,
                "bill_zip_code": zip_code,
                "bill_country": "United States",
                "ship_address": street,
                "ship_city": city,
                "ship_state": state,
                "ship_zip_code": zip_code,
                "ship_country": "United States",
                "default_price": "B" if customer_id % 4 == 1 else "A",
                "price_b_markup": Decimal(12),
                "price_sell_fast_markup": Decimal(5),
                "fob_markup": Decimal(5),
                "charge_tax": customer_id % 5 == 3,
                "customer_group": "Florida" if state == "FL" else "Out of state",
                "created_on": builder.moment(-400),
                "updated_on": builder.moment(-20 - customer_id % 60, 16),
                **values,
            },
        )
        found[customer_id] = row
        builder.rows.add(t.customer_locations, customer_id=customer_id, location_id=cast.MIAMI)
        return row

    petal = customer(
        cast.PETAL,
        "PETAL",
        "Petal & Stem Wholesale",
        "Miami",
        "FL",
        customer_type_id=cast.WHOLESALER,
        sales_person_id=cast.SALESPERSON,
        carrier_id=cast.EVERGLADES,
        price_list_id=cast.WHOLESALE_A,
        phone="305-555-0144",
        terms="Net 30",
        credit_limit=Decimal(25000),
        charge_tax=False,
        bill_address="1450 NW 82nd Ave",
        bill_zip_code="33126",
        bill_country="US",
        ship_address="88 Garden Rd",
        ship_city="Orlando",
        ship_zip_code="32801",
        ship_country="US",
        default_price="A",
        customer_group="South Florida Wholesale",
        reward_points=120,
        updated_on=builder.moment(-2, 14),
    )
    customer(
        cast.CGPETALS,
        "CGPETALS",
        "Coral Gables Petals",
        "Coral Gables",
        "FL",
        sales_person_id=cast.SECOND_SALESPERSON,
        carrier_id=cast.SEMINOLE,
        updated_on=builder.moment(-5, 16),
    )
    customer(cast.BLOOM2, "BLOOM2", "Bloom Street Studio", "Miami", "FL", customer_type_id=cast.EVENT_DESIGNER)
    customer(cast.HOLDCO, "HOLDCO", "Hold & Co Florals", "Hialeah", "FL", credit_hold=True, credit_limit=Decimal(0))
    customer(cast.OLDROSE, "OLDROSE", "Old Rose Shop", "Homestead", "FL", active=False)
    customer(
        cast.PARTNER_AS_CUSTOMER,
        "ANDES",
        "Andes Rose Imports",
        "Doral",
        "FL",
        customer_type_id=cast.WHOLESALER,
        charge_tax=False,
        credit_limit=None,
        k2k_company_id=cast.PARTNER,
    )
    customer(cast.TRANSFERS, "BOGEXP", "Transfer to Bogota Export", "Miami", "FL", charge_tax=False, credit_limit=None)
    for index, shop in enumerate(words().customers):
        code = "".join(part[:4] for part in shop.name.replace("&", "").split()[:2]).upper()
        customer(
            7360 + index,
            code,
            shop.name,
            shop.city,
            shop.state,
            customer_type_id=(cast.RETAILER, cast.RETAILER, cast.WHOLESALER, cast.EVENT_DESIGNER)[index % 4],
        )
    for customer_id in (cast.PETAL, cast.CGPETALS):
        builder.rows.add(t.customer_locations, customer_id=customer_id, location_id=cast.BOGOTA)
    _contacts(builder, found)
    _shiptos(builder, found)
    _services(builder, found, petal)
    builder.charges = {cast.PETAL: [(cast.FUEL, "Fuel Surcharge Miami", Decimal("35.00"))]}
    builder.add(
        t.customer_charges,
        customer_id=cast.PETAL,
        additional_charge_id=cast.FUEL,
        amount_value=Decimal(35),
        amount_type="$",
    )
    for customer_id in found:
        if customer_id >= 7360 and customer_id % 3 == 0:
            builder.charges[customer_id] = [(cast.DELIVERY, "Delivery Miami", Decimal("15.00"))]
            builder.add(t.customer_charges, customer_id=customer_id, additional_charge_id=cast.DELIVERY)
    builder.tax_percent = Decimal(7)
    return found


def _contacts(builder: Builder, customers: dict[int, Row]) -> None:
    def contact(customer_id: int, name: str, kind: str, **values: Any) -> None:
        code = str(customers[customer_id]["code"]).lower()
        first = name.split()[0].lower()
        builder.add(
            t.customer_contacts,
            **{
                "customer_id": customer_id,
                "name": name,
                "type": kind,
                "phone": customers[customer_id]["phone"],
                "ext": "21",
                "mobile": f"786-555-{customer_id:04d}",
                "fax": customers[customer_id]["fax"],
                "email": f"{first}@{code}.example",
                "description": "Calls before 10 am",
                "instant_messaging": f"786-555-{customer_id:04d}",
                "email_pod": kind == "Buyer",
                **values,
            },
        )

    contact(cast.PETAL, "Lucia Herrera", "Buyer", id=cast.CONTACT)
    contact(cast.PETAL, "Peter Alvarado", "A/P", id=77146, description="Statements only", ext="30")
    contact(cast.PETAL, "Sofia Pardo", "Buyer", id=cast.CONTACT_TO_DELETE)
    names = words()
    for customer_id in customers:
        if customer_id != cast.PETAL:
            first = builder.rng.choice(names.first_names)
            contact(
                customer_id, f"{first} {builder.rng.choice(names.last_names)}", builder.rng.choice(("Buyer", "Owner"))
            )


def _shiptos(builder: Builder, customers: dict[int, Row]) -> None:
    def shipto(customer_id: int, code: str, name: str, **values: Any) -> None:
        customer = customers[customer_id]
        builder.add(
            t.customer_shiptos,
            **{
                "customer_id": customer_id,
                "ship_to_code": code,
                "name": name,
                "address": customer["ship_address"],
                "city": customer["ship_city"],
                "state": customer["ship_state"],
                "zipcode": customer["ship_zip_code"],
                "country": customer["ship_country"],
                "phone": customer["phone"],
                "fax": customer["fax"],
                "carrier_id": customer["carrier_id"],
                "carrier_account": f"AC-{customer_id}",
                "sales_person_code_for_flowers": "MQ",
                "sales_person_code_for_plants": "AV",
                "updated_on": builder.moment(-12),
                **values,
            },
        )

    miami = {"city": "Miami", "state": "FL", "country": "US"}
    shipto(
        cast.PETAL,
        "BRICKELL",
        "Petal & Stem Brickell",
        id=cast.SHIPTO,
        address="90 SW 8th Street",
        zipcode="33131",
        **miami,
    )
    shipto(
        cast.PETAL,
        "DORAL",
        "Petal & Stem Doral",
        id=cast.SECOND_SHIPTO,
        address="8300 NW 36th Street",
        zipcode="33166",
        **miami,
    )
    shipto(
        cast.PETAL,
        "OLDTOWN",
        "Petal & Stem Old Town",
        id=cast.SHIPTO_TO_DELETE,
        address="12 Flagler St",
        zipcode="33130",
        **miami,
    )
    for customer_id, customer in customers.items():
        if customer_id >= 7360 and customer_id % 2 == 0:
            shipto(customer_id, "MAIN", f"{customer['name']} Store")
        elif customer_id == cast.CGPETALS:
            shipto(customer_id, "ALHAMBRA", "Coral Gables Petals Alhambra")


def _services(builder: Builder, customers: dict[int, Row], petal: Row) -> None:
    def service(customer_id: int, carrier_id: int, day: int, transit: int, rate: str, *, default: bool = True) -> None:
        builder.add(
            t.customer_days_of_service,
            customer_id=customer_id,
            location_id=cast.MIAMI,
            carrier_id=carrier_id,
            day_of_service=day,
            transit_days=transit,
            carrier_cube_rate=Decimal(rate),
            is_default=default,
        )

    for day in range(7):
        service(petal["id"], cast.EVERGLADES, day, 1, "1.85")
        service(petal["id"], cast.SEMINOLE, day, 2, "2.10", default=False)
    for customer_id, customer in customers.items():
        if customer_id != petal["id"]:
            for day in range(1, 7):
                service(customer_id, customer["carrier_id"], day, 1 + customer_id % 3, "1.95")
