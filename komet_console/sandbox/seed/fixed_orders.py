"""The fixed prebooks, standing orders, web orders, invoices, payments and credits that samples name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.builder import Builder, Pack, Sale
from komet_console.sandbox.seed.fixed_stock import PRICE_50, PRICE_60, PRICE_CARNATIONS, FixedStock
from komet_console.sandbox.seed.goods import CARNATIONS, ROSE_50, ROSE_60
from komet_console.sandbox.seed.rows import Row
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import line_total

_PRICES = {cast.RSFR50: PRICE_50, cast.RSFR60: PRICE_60, cast.CARAST: PRICE_CARNATIONS}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def seed_fixed_prebooks(builder: Builder) -> None:
    """Prebooks of Petal & Stem and its standing orders."""

    def prebook(prebook_id: int, number: int, truck: int, **values: Any) -> Row:
        return builder.add(
            t.prebooks,
            **{
                "id": prebook_id,
                "number": number,
                "location_id": cast.MIAMI,
                "customer_id": cast.PETAL,
                "carrier_id": cast.EVERGLADES,
                "truck_date": builder.day(truck),
                "customer_po_number": "VDAY-2026",
                "comments": "Keep cold",
                "created_by": cast.SALESPERSON,
                "created_on": builder.moment(-12),
                "updated_on": builder.moment(-3),
                **values,
            },
        )

    def item(owner: Row, item_id: int, pack: Pack, boxes: int, vendor_id: int = cast.MONTE, **values: Any) -> None:
        price = _PRICES[pack.product_id]
        builder.add(
            t.prebook_items,
            **{
                "id": item_id,
                "prebook_id": owner["id"],
                "vendor_id": vendor_id,
                "brand_id": {cast.MONTE: cast.BRAND_MONTE, cast.ALTAM: cast.BRAND_ALTAM}.get(vendor_id),
                "vendor_ship_date": owner["truck_date"] - timedelta(days=2),
                "total_boxes": boxes,
                "unit_price": price,
                "unit_cost": pack.cost,
                "mark_code": "PSW-01",
                "is_assorted": bool(pack.breakdown),
                **pack.columns(),
                **values,
            },
        )
        builder.breakdowns(t.prebook_item_breakdowns, item_id, pack, price=price, cost=pack.cost)

    arriving = prebook(454369, 20416, 1, ship_to_id=cast.SHIPTO)
    item(arriving, 930110, ROSE_50, 4)
    item(arriving, 930111, CARNATIONS, 2)
    bought = prebook(454370, 20417, 3)
    item(bought, 930120, ROSE_50, 6)
    read = prebook(cast.PREBOOK, 20418, 3)
    item(read, cast.PREBOOK_ITEM, ROSE_50, 6)
    item(read, cast.PREBOOK_ASSORTED_ITEM, CARNATIONS, 2)
    item(prebook(cast.PREBOOK_TO_UPDATE, 20419, 5), 930130, ROSE_60, 3)
    item(prebook(cast.PREBOOK_TO_DELETE, 20420, 6), 930135, ROSE_50, 2)
    shrinking = prebook(cast.PREBOOK_OF_ITEM_TO_DELETE, 20421, 6)
    item(shrinking, cast.PREBOOK_ITEM_TO_DELETE, ROSE_50, 2)
    item(shrinking, 930141, CARNATIONS, 3, cast.ALTAM)
    monday = _days_to(builder, "Monday", 4)
    from_standing = prebook(
        454375, 20422, monday, type="S", standing_order_id=cast.STANDING_ORDER, customer_po_number="PO-118"
    )
    item(from_standing, 930150, ROSE_50, 4)
    item(from_standing, 930151, CARNATIONS, 2)
    web = prebook(454376, 20423, 8, is_ecommerce=True, check_out_status=0, prebook_status="Pending Review")
    item(web, 930160, ROSE_60, 2, unable_to_source=True, vendor_id=cast.ALTAM)
    _standing_orders(builder, monday)


def _days_to(builder: Builder, weekday: str, at_least: int) -> int:
    """The first offset from `at_least` on that falls on a weekday."""
    return at_least + (_WEEKDAYS.index(weekday) - builder.day(at_least).weekday()) % 7


def _standing_orders(builder: Builder, generated_until: int) -> None:
    def standing_order(order_id: int, number: int, status: str, price_list_id: int) -> None:
        builder.add(
            t.standing_orders,
            id=order_id,
            number=number,
            location_id=cast.MIAMI,
            customer_id=cast.PETAL,
            carrier_id=cast.EVERGLADES,
            price_list_id=price_list_id,
            recurrence=1,
            truck_days="Monday",
            start_date=builder.day(-29),
            end_date=builder.day(146),
            generated_until=builder.day(generated_until),
            status=status,
            comments="No substitutions",
            customer_po="PO-118",
            updated_on=builder.moment(-29),
        )

    def item(order_id: int, item_id: int, pack: Pack, boxes: int, price: str) -> None:
        builder.add(
            t.standing_order_items,
            id=item_id,
            standing_order_id=order_id,
            vendor_id=cast.MONTE,
            total_boxes=boxes,
            unit_price=Decimal(price),
            unit_cost=pack.cost,
            mark_code="PSW-MIA",
            identifier=f"line-{item_id}",
            **pack.columns(),
        )

    standing_order(cast.STANDING_ORDER, 1187, "Active", cast.WHOLESALE_A)
    item(cast.STANDING_ORDER, cast.STANDING_ORDER_ITEM, ROSE_50, 4, "11.50")
    item(cast.STANDING_ORDER, cast.STANDING_ORDER_ITEM_TO_DELETE, CARNATIONS, 2, "6.90")
    standing_order(70216, 1188, "Cancelled", 415)
    item(70216, 90435, ROSE_60, 3, "13.00")


def seed_fixed_sales(builder: Builder, customers: dict[int, Row], stock: FixedStock) -> None:
    """Invoices in every status, with payments, credits and the web orders."""
    petal = customers[cast.PETAL]
    status = t.InvoiceStatus

    def sale(invoice_id: int, number: int, ship: int, state: t.InvoiceStatus, who: Row = petal, **values: Any) -> Sale:
        fixed = {
            "carrier_id": cast.EVERGLADES,
            "po_number": f"PO-{number % 1000:03d}",
            "reference": "",
            "warehouse_instructions": "",
        }
        return builder.sale(who, ship, state, **{"id": invoice_id, "number": number, **fixed, **values})

    credited = sale(cast.CREDITED_INVOICE, 318390, -20, status.CONFIRMED, ship_to_id=cast.SHIPTO)
    credited_item = builder.sell(credited, stock.credited, 6, shipped=6, id=1880401)
    builder.close(credited)

    read = sale(
        cast.INVOICE,
        318402,
        -3,
        status.CONFIRMED,
        po_number="PO-88213",
        reference="729-1234-5675",
        ship_to_id=cast.SHIPTO,
        warehouse_instructions="Keep at 2C until pick up",
        invoice_notes="Valentine's Day order",
    )
    builder.sell(read, stock.roses, 6, shipped=6, id=1880451, mark_code="VDAY")
    builder.sell(read, stock.assorted, 2, shipped=2, id=1880452)
    to_ship = sale(cast.INVOICE_TO_SHIP, 318403, 0, status.CONFIRMED)
    builder.sell(to_ship, stock.roses, 1, shipped=1, id=1880454, mark_code="PSW-01")
    builder.sell(to_ship, stock.roses, 2, id=1880455, mark_code="PSW-01")
    leaving = sale(240119, 318404, 0, status.CONFIRMED)
    builder.sell(leaving, stock.roses, 2, id=1880456)
    unpaid = sale(cast.INVOICE_TO_PAY, 318405, -2, status.CONFIRMED)
    builder.sell(unpaid, stock.roses, 1, shipped=1, id=1880457)
    builder.sell(unpaid, stock.roses_60, 6, shipped=6, id=1880458)
    draft = sale(cast.INVOICE_DRAFT, 318406, 1, status.DRAFT)
    builder.sell(draft, stock.roses, 1, id=1880459)
    pending = sale(cast.INVOICE_PENDING, 318407, 1, status.PENDING)
    builder.sell(pending, stock.roses, 1, id=1880460)
    changing = sale(cast.INVOICE_TO_CHANGE, 318408, 1, status.PENDING)
    builder.sell(changing, stock.roses, 2, id=1880461)
    builder.sell(changing, stock.roses, 1, id=1880462)
    to_void = sale(cast.INVOICE_TO_VOID, 318410, 1, status.PENDING)
    builder.sell(to_void, stock.roses, 1, id=1880463)
    synced = sale(
        cast.INVOICE_SYNCED,
        318411,
        -5,
        status.CONFIRMED,
        external_system_synced=True,
        status_before_sync=status.CONFIRMED.value,
    )
    builder.sell(synced, stock.synced, 4, shipped=4, id=1880464)
    voided = sale(240127, 318412, -4, status.VOIDED, void_reason="Customer cancelled the order")
    builder.sell(voided, stock.roses, 2, id=1880465)
    partner = sale(
        240128, 318413, -1, status.CONFIRMED, customers[cast.PARTNER_AS_CUSTOMER], k2k_company_id=cast.PARTNER
    )
    builder.sell(
        partner,
        stock.roses_60,
        4,
        shipped=4,
        id=1880466,
        k2k_company_id=cast.PARTNER,
        k2k_purchase_order_item_id=991001,
    )
    transfer = sale(240129, 318414, -2, status.CONFIRMED, customers[cast.TRANSFERS], prefix="T", is_transfer=True)
    builder.sell(transfer, stock.roses, 4, shipped=4, id=1880467)
    web = sale(
        240130,
        318415,
        -1,
        status.CONFIRMED,
        prefix="W",
        is_ecommerce=True,
        web_order_id=30221,
        created_by=cast.SHOP_USER,
    )
    builder.sell(web, stock.roses_60, 3, shipped=3, id=1880468)
    billed = sale(240110, 318395, -7, status.CONFIRMED, customers[cast.BLOOM2])
    for index, lot in enumerate(stock.billed_by_vendor):
        builder.sell(billed, lot, 4, shipped=4, id=1880410 + index)
    for each in (
        read,
        to_ship,
        leaving,
        unpaid,
        draft,
        pending,
        changing,
        to_void,
        synced,
        voided,
        partner,
        transfer,
        web,
        billed,
    ):
        builder.close(each)
    builder.rows.start_ids(t.invoice_items, 1880501)
    _money(builder, petal, credited, credited_item)
    _web_orders(builder, web)


def _money(builder: Builder, petal: Row, credited: Sale, item: Row) -> None:
    builder.credit(credited, item, 1, by_box=True, day=-14, reason="Botrytis", id=cast.CREDIT)
    builder.credit(credited, item, 5, by_box=False, day=-12, reason="Open blooms", id=381205)
    builder.credit(
        credited, item, 3, by_box=False, day=-11, reason="Short count", id=381206, status=t.CreditStatus.NEW.value
    )
    builder.credit(
        credited, item, 1, by_box=True, day=-13, reason="Wrong variety", id=cast.CREDIT_CANCELLED, cancelled=True
    )
    check: dict[str, Any] = {"method_id": cast.CHECK, "notes": "Partial payment"}
    invoice = credited.row
    builder.payment(
        petal,
        -5,
        [(invoice, Decimal("400.00"))],
        id=cast.PAYMENT,
        control_number=5530,
        reference_number="CHK-10882",
        **check,
    )
    builder.payment(
        petal,
        -4,
        [(invoice, Decimal("200.00"))],
        Decimal("50.00"),
        id=390205,
        control_number=5531,
        reference_number="CHK-10895",
        **check,
    )
    builder.payment(
        petal,
        -6,
        [(invoice, Decimal("100.00"))],
        id=cast.PAYMENT_CANCELLED,
        control_number=5529,
        cancelled=True,
        reference_number="CHK-10871",
        method_id=cast.CHECK,
        notes="Returned by the bank",
    )
    builder.add(
        t.open_credit_balances,
        id=4101,
        customer_id=cast.PETAL,
        date=builder.day(-18),
        balance=Decimal("75.50"),
        created_on=builder.moment(-18),
    )


def _web_orders(builder: Builder, checked_out: Sale) -> None:
    def web_order(
        order_id: int, number: int, items: list[tuple[int, Pack, int, int, Row | None]], status: int = 1
    ) -> None:
        subtotal = Decimal(0)
        order = builder.add(
            t.web_orders,
            id=order_id,
            number=number,
            location_id=cast.MIAMI,
            customer_id=cast.PETAL,
            user_id=cast.SHOP_USER,
            status_id=status,
            created_on=builder.moment(-1),
            updated_on=builder.moment(-1),
        )
        for item_id, pack, line_id, boxes, invoiced in items:
            price = _PRICES[pack.product_id]
            subtotal += line_total(boxes * pack.units_per_box, price)
            builder.add(
                t.web_order_items,
                id=item_id,
                web_order_id=order_id,
                inventory_line_id=line_id,
                quantity=boxes,
                price=price,
                carrier_id=cast.EVERGLADES,
                date=builder.day(3 if invoiced is None else -1),
                ship_to_id=cast.SHIPTO,
                mark_code="VDAY",
                invoice_item_id=invoiced and invoiced["id"],
                **pack.columns(),
            )
        charges = sum((amount for _, _, amount in builder.charges[cast.PETAL]), Decimal(0))
        order.update(subtotal=subtotal, additional_charges=charges, total=subtotal + charges)

    web_order(
        cast.WEB_ORDER, 4127, [(88121, ROSE_50, cast.LINE, 2, None), (88122, CARNATIONS, cast.ASSORTED_LINE, 1, None)]
    )
    web_order(cast.WEB_ORDER_TO_CHECK_OUT, 4128, [(88123, ROSE_50, cast.LINE, 2, None)])
    web_order(cast.WEB_ORDER_TO_DELETE, 4129, [(88124, ROSE_50, cast.LINE, 1, None)])
    web_order(30221, 4130, [(88125, ROSE_60, 903361, 3, checked_out.items[0])], status=2)
