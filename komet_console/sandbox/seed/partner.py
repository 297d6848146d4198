"""Andes Rose Imports: a smaller second company, so that isolation, a wrong account and Komet-to-Komet can be tried."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.builder import Builder, Pack
from komet_console.sandbox.seed.goods import seed_box_types
from komet_console.sandbox.seed.master import seed_freight_rates
from komet_console.sandbox.seed.rows import Row
from komet_console.sandbox.store import tables as t

_ROSE = 31221
_CHECK = 12
_CUSTOMERS = (
    (9101, "ROSEMKT", "The Rose Market"),
    (cast.BAY_AS_CUSTOMER, "BAYFL", "Bay Flowers Miami"),
    (9103, "TULIPCO", "Tulip & Co Events"),
)


def seed_partner(builder: Builder) -> None:
    """Add the second company with its master data, stock, sales and its side of a Komet-to-Komet sale."""
    add = builder.add
    builder.rows.add(t.companies, id=cast.PARTNER, code="ANDES", name="Andes Rose Imports", paid_users=1, show_vendor=1)
    add(t.locations, id=cast.DORAL, name="Doral", short_name="DOR", code="DOR")
    seed_freight_rates(builder)
    seed_box_types(builder, 40)
    add(
        t.users,
        id=cast.PARTNER_ADMIN,
        login="admin@andesrose.example",
        email="admin@andesrose.example",
        password=cast.SHOP_USER_PASSWORD,
        first_name="Ramiro",
        last_name="Cevallos",
        role_id=1,
        sales_code="RC",
    )
    add(
        t.carriers,
        id=901,
        code="DORTK",
        name="Doral Trucking",
        city="Doral",
        state="FL",
        country="USA",
        phone="1 (305) 555-0901",
    )
    add(t.carriers, id=902, code="QUICA", name="Quito Cargo", city="Quito", country="Ecuador", inbound=True)
    for method_id, name in ((11, "Cash"), (_CHECK, "Check"), (13, "Wire Transfer")):
        add(t.payment_methods, id=method_id, name=name)
    add(t.customer_types, id=34, name="Retailer")
    add(t.customer_types, id=35, name="Wholesaler")
    add(t.contact_types, name="Buyer")
    add(t.additional_charges, id=29001, name="Box Charge", code="BOX", amount_value=Decimal("2.00"))
    add(t.price_lists, id=901, name="Open Market", description="Daily prices", type="M", is_master=True)
    for vendor_id, code, name in (
        (8501, "PICHI", "Rosas Pichincha"),
        (8502, "COTOP", "Cotopaxi Blooms"),
        (8503, "IMBAB", "Imbabura Roses"),
    ):
        add(
            t.vendors,
            id=vendor_id,
            code=code,
            name=name,
            port_origin="UIO",
            city="Cayambe",
            country="Ecuador",
            email_for_pos=f"sales@{code.lower()}.example",
            updated_on=builder.moment(-45),
        )
    add(
        t.vendors,
        id=cast.BAY_AS_VENDOR,
        code="BAY",
        name="Bay Flowers Miami",
        port_origin="MIA",
        city="Miami",
        country="United States",
        k2k_company_id=cast.COMPANY,
        updated_on=builder.moment(-45),
    )
    packs = _products(builder)
    customers = [
        add(
            t.customers,
            id=customer_id,
            code=code,
            name=name,
            customer_type_id=35,
            sales_person_id=cast.PARTNER_ADMIN,
            carrier_id=901,
            terms="Net 30",
            phone=f"305-555-{customer_id}",
            bill_city="Doral",
            bill_state="FL",
            bill_country="United States",
            k2k_company_id=cast.COMPANY if customer_id == cast.BAY_AS_CUSTOMER else None,
            created_on=builder.moment(-300),
            updated_on=builder.moment(-30),
        )
        for customer_id, code, name in _CUSTOMERS
    ]
    for customer in customers:
        builder.rows.add(t.customer_locations, customer_id=customer["id"], location_id=cast.DORAL)
        for weekday in range(7):
            add(
                t.customer_days_of_service,
                customer_id=customer["id"],
                location_id=cast.DORAL,
                carrier_id=901,
                day_of_service=weekday,
                transit_days=1,
                carrier_cube_rate=Decimal("1.70"),
                is_default=True,
            )
    _trade(builder, customers, packs)
    _bought_from_bay(builder, packs[1])


def _products(builder: Builder) -> list[Pack]:
    builder.add(t.categories, id=_ROSE, name="Rose", division_id=1, komet_network_name="Rose", komet_network_id=7410)
    packs = []
    for index, (variety, color) in enumerate(
        (
            ("Explorer", "Red"),
            ("Freedom", "Red"),
            ("Mondial", "White"),
            ("Playa Blanca", "White"),
            ("Pink Floyd", "Pink"),
            ("Nina", "Orange"),
        )
    ):
        for step, grade in enumerate(("50 cm", "60 cm", "70 cm")):
            product = builder.add(
                t.products,
                id=334001 + 3 * index + step,
                category_id=_ROSE,
                description=f"Rose {variety} {grade.replace(' ', '')}",
                variety=variety,
                color=color,
                grade=grade,
                legacy_code=f"R{variety[:2].upper()}{grade[:2]}",
                regions_of_origin="Quito",
                updated_on=builder.moment(-90),
            )
            packs.append(
                Pack(product["id"], 41, Decimal("0.5"), "Bunch", 12, 25, Decimal("6.90") + Decimal("0.90") * step)
            )
    return packs


def _trade(builder: Builder, customers: list[Row], packs: list[Pack]) -> None:
    rows = builder.rows
    for table, first in (
        (t.inventory_lines, 990_002),
        (t.invoices, 290_001),
        (t.invoice_items, 2_900_001),
        (t.awbs, 159_001),
        (t.boxes, 9_900_001),
    ):
        rows.start_ids(table, first)
    builder.next_box = 9_900_001
    builder.next_lot = 40_001
    number = 5_001
    for arrival in (-16, -9, -2):
        awb = builder.awb(f"230-7{-arrival:03d}-11{-arrival:02d}", "UIO", arrival - 2, arrival)
        for index in range(4):
            pack = packs[1] if index == 0 else builder.rng.choice(packs)
            fixed: dict[str, Any] = {"id": cast.PARTNER_LINE} if index == 0 and arrival == -2 else {}
            lot = builder.lot(awb, 8501 + index % 3, pack, builder.box_codes(18), positions=("A01", "A02"), **fixed)
            for customer in customers[: 1 if fixed else 3]:
                ship = arrival + 1
                sale = builder.sale(customer, ship, t.InvoiceStatus.CONFIRMED, number=number, po_number=f"AR-{number}")
                builder.sell(sale, lot, 4, shipped=4)
                builder.close(sale)
                number += 1
                if ship < -10:
                    builder.payment(
                        customer,
                        ship + 5,
                        [(sale.row, sale.row["total"])],
                        control_number=number - 4_000,
                        method_id=_CHECK,
                    )


def _bought_from_bay(builder: Builder, pack: Pack) -> None:
    """The buying side of Bay's Komet-to-Komet invoice 318413."""
    moment = builder.moment(-2)
    builder.add(
        t.purchase_orders,
        id=880101,
        number=7101,
        location_id=cast.DORAL,
        vendor_id=cast.BAY_AS_VENDOR,
        carrier_id=902,
        origin_code="MIA",
        ship_date=builder.day(-1),
        status="Confirmed by Farm",
        created_on=moment,
        updated_on=moment,
    )
    builder.add(
        t.purchase_order_items,
        id=991001,
        purchase_order_id=880101,
        total_boxes=4,
        confirmed_boxes=4,
        unit_cost=Decimal("13.00"),
        status_line="Confirmed",
        **pack.columns(),
    )
