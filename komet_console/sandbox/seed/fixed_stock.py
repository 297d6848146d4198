"""The fixed air waybills, purchase orders and stock that samples name."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.builder import Builder, Lot, Pack
from komet_console.sandbox.seed.goods import CARNATIONS, RED_CARNATION, ROSE_50, ROSE_60, WHITE_CARNATION
from komet_console.sandbox.seed.rows import Row
from komet_console.sandbox.store import tables as t

PRICE_50 = Decimal("11.50")
PRICE_60 = Decimal("13.00")
PRICE_CARNATIONS = Decimal("6.90")


@dataclass(frozen=True, slots=True)
class FixedStock:
    """Lots that the fixed invoices sell from."""

    roses: Lot
    assorted: Lot
    roses_60: Lot
    credited: Lot
    synced: Lot
    billed_by_vendor: list[Lot]


def _codes(first: int, last: int) -> list[str]:
    return [f"KS63100{number:02d}" for number in range(first, last + 1)]


class _Orders:
    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def order(
        self,
        order_id: int,
        number: int,
        ship: int,
        status: str,
        vendor_id: int = cast.MONTE,
        kind: str = "M",
        inbound_truck_id: int | None = None,
    ) -> Row:
        moment = self.builder.moment(min(ship - 4, -1))
        return self.builder.add(
            t.purchase_orders,
            id=order_id,
            number=number,
            location_id=cast.MIAMI,
            vendor_id=vendor_id,
            carrier_id=cast.TAMPA_CARGO,
            origin_code="BOG",
            order_type=kind,
            ship_date=self.builder.day(ship),
            status=status,
            inbound_truck_id=inbound_truck_id,
            created_on=moment,
            updated_on=moment,
        )

    def item(self, order: Row, item_id: int, pack: Pack, boxes: int, *, confirmed: bool = False, **values: Any) -> Row:
        line = self.builder.add(
            t.purchase_order_items,
            **{
                "id": item_id,
                "purchase_order_id": order["id"],
                "total_boxes": boxes,
                "confirmed_boxes": boxes if confirmed else 0,
                "unit_cost": pack.cost,
                "status_line": "Confirmed" if confirmed else "Pending",
                "mark_code": "",
                "reference": "",
                "is_assorted": bool(pack.breakdown),
                "is_open_market": "prebook_item_id" not in values,
                **pack.columns(),
                **values,
            },
        )
        self.builder.breakdowns(t.purchase_order_item_breakdowns, item_id, pack, cost=pack.cost)
        return line

    def behind(self, item_id: int, pack: Pack, units: int, available: int) -> None:
        self.builder.add(
            t.purchase_order_item_availability,
            purchase_order_item_id=item_id,
            availability_item_id=428719,
            product_id=pack.product_id,
            available_from=self.builder.day(available),
            post_harvest="Hydrated",
            unit_type=pack.unit_type,
            units_allocated=units,
        )


def seed_fixed_stock(builder: Builder) -> FixedStock:
    """Add the fixed purchase orders, air waybills, inventory lines and boxes."""
    sold = builder.awb("729-1234-5675", "BOG", -6, -4, id=cast.AWB_SOLD)
    arriving = builder.awb("230-5582-1147", "BOG", -2, 0, id=cast.AWB_ARRIVING)
    old = builder.awb("045-4471-0936", "UIO", -9, -7, id=cast.AWB_OLD)
    builder.awb("729-1234-5690", "BOG", -1, 1, id=cast.AWB_TARGET)
    oldest = builder.awb("729-1188-4021", "BOG", -24, -22, id=152100)
    billed = builder.awb("729-1210-3320", "BOG", -10, -8, id=152200)
    _future_awb(builder)
    orders = _Orders(builder)
    roses, assorted, roses_60 = _open_market(builder, orders, sold)
    _arriving(builder, orders, arriving)
    _open_orders(builder, orders)
    _other_lines(builder, sold)
    _units(builder)
    credited = builder.lot(
        oldest, cast.MONTE, ROSE_50, _codes(90, 95), id=903300, lot_number=20431, price_a=PRICE_50, added=True
    )
    synced = builder.lot(
        old, cast.ROSOL, ROSE_60, _codes(86, 89), id=903362, lot_number=20441, price_a=PRICE_60, added=True
    )
    return FixedStock(roses, assorted, roses_60, credited, synced, _vendor_billed(builder, orders, billed))


def _open_market(builder: Builder, orders: _Orders, awb: Row) -> tuple[Lot, Lot, Lot]:
    shipped = {"awb_id": awb["id"], "confirmed": True}
    tenjo = orders.order(780208, 31871, -6, "Confirmed by Farm", cast.TENJO)
    orders.item(tenjo, 265094, CARNATIONS, 8, lot_number=20459, **shipped)
    monte = orders.order(780209, 31872, -6, "Confirmed by Farm")
    orders.item(monte, 265095, ROSE_50, 32, lot_number=20458, **shipped)
    orders.item(monte, 265096, ROSE_60, 16, lot_number=20460, **shipped)
    # in the order in which fixed_sales sells them; the last ten stay on hand
    codes = [
        *_codes(61, 66),
        *_codes(53, 53),
        *_codes(51, 52),
        *_codes(54, 58),
        *_codes(67, 70),
        *_codes(81, 84),
        *_codes(21, 30),
    ]
    roses = builder.lot(
        awb,
        cast.MONTE,
        ROSE_50,
        codes,
        id=cast.LINE,
        lot_number=20458,
        price_a=PRICE_50,
        mark_code="VDAY",
        reference="WK05-ROSES",
        purchase_order_item_id=265095,
        positions=("A03",),
    )
    assorted = builder.lot(
        awb,
        cast.TENJO,
        CARNATIONS,
        [*_codes(77, 78), *_codes(71, 76)],
        id=cast.ASSORTED_LINE,
        lot_number=20459,
        price_a=PRICE_CARNATIONS,
        sell_fast=True,
        purchase_order_item_id=265094,
        positions=("C01", "C02"),
    )
    roses_60 = builder.lot(
        awb,
        cast.MONTE,
        ROSE_60,
        [f"KS63102{number:02d}" for number in range(16)],
        id=903361,
        lot_number=20460,
        price_a=PRICE_60,
        purchase_order_item_id=265096,
        positions=("A04",),
    )
    for box in roses.boxes:
        box["counted"] = box["code"] == "KS6310025"
    return roses, assorted, roses_60


def _arriving(builder: Builder, orders: _Orders, awb: Row) -> None:
    """Prebook product on the air waybill that arrives today, half of it received."""
    order = orders.order(cast.PO_SHIPPED, 31873, -2, "Confirmed by Farm", kind="P")
    orders.item(
        order,
        cast.PO_ITEM_SHIPPED,
        ROSE_50,
        4,
        confirmed=True,
        awb_id=awb["id"],
        prebook_item_id=930110,
        lot_number=20461,
        mark_code="PSW-01",
        reference="WK05-0398",
    )
    orders.item(
        order,
        265102,
        CARNATIONS,
        2,
        confirmed=True,
        awb_id=awb["id"],
        prebook_item_id=930111,
        lot_number=20462,
        mark_code="PSW-01",
    )
    orders.behind(cast.PO_ITEM_SHIPPED, ROSE_50, 48, -4)
    prebooked: dict[str, Any] = {"inventory_type": "P", "customer_id": cast.PETAL, "mark_code": "PSW-01"}
    lot = builder.lot(
        awb,
        cast.MONTE,
        ROSE_50,
        _codes(31, 34),
        state=t.BoxState.IN_TRANSIT,
        id=903450,
        lot_number=20461,
        price_a=PRICE_50,
        purchase_order_item_id=cast.PO_ITEM_SHIPPED,
        prebook_item_id=930110,
        **prebooked,
    )
    for box in lot.boxes[2:]:
        box.update(state=t.BoxState.ON_HAND.value, received_on=builder.day(0), position="B07")
    lot.row["received_boxes"] = 2
    builder.lot(
        awb,
        cast.MONTE,
        CARNATIONS,
        _codes(35, 36),
        state=t.BoxState.IN_TRANSIT,
        id=903451,
        lot_number=20462,
        price_a=PRICE_CARNATIONS,
        purchase_order_item_id=265102,
        prebook_item_id=930111,
        **prebooked,
    )


def _open_orders(builder: Builder, orders: _Orders) -> None:
    approved = orders.order(780214, 31877, 1, "Approved", kind="P")
    orders.item(
        approved, cast.PO_ITEM_TO_CONFIRM, ROSE_50, 6, prebook_item_id=930120, mark_code="PSW-01", reference="WK06-0410"
    )
    orders.behind(cast.PO_ITEM_TO_CONFIRM, ROSE_50, 72, -4)
    orders.item(approved, 265120, RED_CARNATION, 4, is_open_market=False)
    to_ship = orders.order(780215, 31878, 1, "Approved")
    for item_id, pack, boxes in (
        (cast.PO_ITEM_FOR_AWB, ROSE_50, 2),
        (cast.PO_ITEMS_FOR_AWB[0], ROSE_60, 2),
        (cast.PO_ITEMS_FOR_AWB[1], CARNATIONS, 1),
        (cast.PO_ITEM_TO_DELETE, RED_CARNATION, 3),
    ):
        orders.item(to_ship, item_id, pack, boxes, is_open_market=False)
    pending = orders.order(780216, 31879, 2, "Pending Approval", cast.ALTAM, inbound_truck_id=cast.INBOUND_TRUCK)
    orders.item(pending, 265130, CARNATIONS, 6, is_open_market=False)
    cancelled = orders.order(780217, 31880, -3, "Cancelled")
    orders.item(cancelled, 265135, ROSE_60, 4, status_line="Cancelled", is_open_market=False)
    future = orders.order(780218, 31881, 3, "Approved")
    for item_id, pack, boxes, price in (
        (cast.PO_ITEM_FUTURE, ROSE_50, 20, Decimal("11.20")),
        (265141, CARNATIONS, 12, Decimal("6.70")),
    ):
        orders.item(
            future,
            item_id,
            pack,
            boxes,
            unit_price=price,
            price_b=price - Decimal("0.60"),
            available_from=builder.day(5),
            available_to=builder.day(9),
        )


def _other_lines(builder: Builder, awb: Row) -> None:
    """Stock of every kind, added by hand."""
    for line_id, lot_number, pack, codes, price, values in (
        (903410, 20463, RED_CARNATION, (101, 104), "6.40", {"inventory_type": "L"}),
        (903411, 20464, ROSE_60, (105, 109), "13.00", {"inventory_type": "S"}),
        (903412, 20465, ROSE_50, (110, 115), "11.50", {"inventory_type": "P", "customer_id": cast.BLOOM2}),
        (cast.LINE_TO_DELETE, 20466, WHITE_CARNATION, (116, 118), "6.40", {}),
        (cast.LINE_TO_UPDATE, 20467, ROSE_60, (119, 124), "13.00", {}),
        (903430, 20468, ROSE_50, (125, 128), "11.50", {"on_hold": True}),
        (cast.RESERVED_LINE, 20469, ROSE_60, (129, 133), "13.00", {"customer_id": cast.PETAL}),
    ):
        builder.lot(
            awb,
            cast.MONTE,
            pack,
            [f"KS6310{number}" for number in range(codes[0], codes[1] + 1)],
            id=line_id,
            lot_number=lot_number,
            price_a=Decimal(price),
            added=True,
            positions=("B12", "B13"),
            **values,
        )
    builder.lot(
        awb,
        cast.MONTE,
        ROSE_50,
        _codes(41, 42),
        id=903445,
        lot_number=20470,
        price_a=PRICE_50,
        added=True,
        state=t.BoxState.STAGING,
        positions=("STG",),
        inventory_date=builder.day(0),
    )


def _future_awb(builder: Builder) -> None:
    builder.awb(
        "406-4471-0928", "UIO", 14, None, id=cast.AWB_FUTURE, is_future=True, instructions="Replaces AWB ending 0917"
    )
    for house, vendor_id, location_id, instructions in (
        ("QF-7710234", cast.ROSOL, cast.MIAMI, "Hold for Petal & Stem Brickell"),
        ("QF-7710235", cast.ALTAM, cast.BOGOTA, "Carnations first"),
    ):
        builder.add(
            t.awb_houses,
            awb_id=cast.AWB_FUTURE,
            house=house,
            vendor_id=vendor_id,
            location_id=location_id,
            instructions=instructions,
        )


def _units(builder: Builder) -> None:
    for unit_id, unit_type, quantity, landed, price in (
        (cast.UNITS_BUNCH, "Bunch", 40, "8.611", "11.50"),
        (cast.UNITS_STEM, "Stem", 350, "0.34444", "0.55"),
    ):
        builder.add(
            t.inventory_units,
            id=unit_id,
            location_id=cast.MIAMI,
            vendor_id=cast.MONTE,
            product_id=cast.RSFR50,
            customer_id=cast.PETAL,
            unit_type=unit_type,
            stems_bunch=25,
            quantity=quantity,
            block="1-A",
            bed="123",
            cutter=2332,
            cut_date=builder.day(-1),
            unit_landed_cost=Decimal(landed),
            unit_price=Decimal(price),
        )


def _vendor_billed(builder: Builder, orders: _Orders, awb: Row) -> list[Lot]:
    """Three shipped orders, the last with the grower's invoice already in."""
    lots = []
    for index in range(3):
        order = orders.order(780219 + index, 31882 + index, -10, "Confirmed by Farm")
        item_id = 265150 + index
        orders.item(order, item_id, ROSE_60, 4, confirmed=True, awb_id=awb["id"], lot_number=20450 + index)
        first = 140 + 4 * index
        codes = [f"KS6310{number}" for number in range(first, first + 4)]
        lots.append(
            builder.lot(
                awb,
                cast.MONTE,
                ROSE_60,
                codes,
                id=903370 + index,
                lot_number=20450 + index,
                price_a=PRICE_60,
                purchase_order_item_id=item_id,
            )
        )
    builder.add(
        t.vendor_invoices,
        id=5301,
        location_id=cast.MIAMI,
        purchase_order_id=780221,
        vendor_id=cast.MONTE,
        invoice_number="FV-00841",
        invoice_total=ROSE_60.cost * 48,
        source="mail",
        mail_from="sales@monteverde.example",
        content=b"%PDF-1.4 vendor invoice FV-00841",
        received_on=builder.moment(-9),
    )
    return lots
