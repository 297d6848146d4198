"""Three months of ordinary trade: air waybills in, prebooks, purchase orders, stock, invoices, credits and payments out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import cycle
from typing import Any

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.builder import Builder, Lot, Pack, Sale, rounded
from komet_console.sandbox.seed.goods import Goods
from komet_console.sandbox.seed.rows import Row
from komet_console.sandbox.seed.words import words
from komet_console.sandbox.store import tables as t

HISTORY = 92
"""Days of trade before today."""
_PREFIXES = {"BOG": "729", "MDE": "045", "UIO": "230"}
_TRANSIT = {"BOG": 1, "MDE": 2, "UIO": 2}
_AGE_TO_DUMP = 7
"""Days after which flowers that nobody bought are thrown away."""
_SETTLED = -15
"""Invoices shipped before this day are paid and taken over by the accounting system."""


@dataclass(slots=True)
class _Numbers:
    """Public numbers of the generated orders; below those of the fixed ones, the newest close to them."""

    prebook: int = 19_000
    purchase_order: int = 30_000
    payment: int = 4_000


@dataclass(slots=True)
class Trade:
    """Generates trade day by day. `scale` multiplies what lies more than ten days back."""

    builder: Builder
    goods: Goods
    customers: list[Row]
    scale: int
    stock: list[Lot] = field(default_factory=list)
    local: list[Lot] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    prebooked: list[tuple[Row, Lot]] = field(default_factory=list)
    numbers: _Numbers = field(default_factory=_Numbers)

    def run(self) -> None:
        """Generate everything, then settle the old invoices."""
        self._start_ids()
        for day in range(-HISTORY, 22):
            factor = self.scale if day < -10 else 1
            weekday = self.builder.day(day).weekday()
            if weekday in (0, 2, 4):
                self._buy(day, factor)
            if weekday == 1:
                self._prebook(day)
            if -HISTORY + 3 < day <= 2 and weekday != 6:
                self._sell_prebooked(day)
                self._sell(day, factor)
            self._dump(day)
        self._credit_and_settle()

    def _start_ids(self) -> None:
        rows = self.builder.rows
        scale = self.scale
        rows.start_ids(t.invoices, 240_000 - 900 * scale)
        for table, first in (
            (t.awbs, 153_001),
            (t.purchase_orders, 781_001),
            (t.purchase_order_items, 266_001),
            (t.inventory_lines, 904_001),
            (t.invoice_items, 1_900_001),
            (t.prebooks, 455_001),
            (t.prebook_items, 931_001),
            (t.credits, 382_001),
            (t.payments, 391_001),
            (t.boxes, 6_400_001),
        ):
            rows.start_ids(table, first)

    # --- buying

    def _buy(self, day: int, factor: int) -> None:
        """Growers ship on this day: open market lots on an air waybill from one port."""
        builder, rng = self.builder, self.builder.rng
        if day > 6:
            return
        origin = rng.choice(("BOG", "BOG", "UIO", "MDE"))
        growers = [grower for grower in self.goods.growers if grower[1] == origin]
        awb = self._awb(origin, day) if day <= 0 else None
        for vendor_id, _, packs in rng.sample(growers, min(5, len(growers))):
            order = self._order(vendor_id, origin, day, self._order_status(day), "M")
            for _ in range(factor):
                for pack in rng.sample(packs, min(2, len(packs))):
                    boxes = rng.randrange(4, 13)
                    cancelled = order["status"] == "Cancelled"
                    item = self._order_item(order, pack, boxes, awb, cancelled=cancelled)
                    if awb is None:
                        open_market = order["status"] == "Approved"
                        item.update(
                            is_open_market=open_market,
                            unit_price=rounded(pack.cost * Decimal("1.55")),
                            price_b=rounded(pack.cost * Decimal("1.48")),
                            available_from=builder.day(day + _TRANSIT[origin]),
                            available_to=builder.day(day + _TRANSIT[origin] + 4),
                        )
                    elif not cancelled:
                        self._arrive(awb, vendor_id, pack, boxes, item)

    def _order_status(self, day: int) -> str:
        if self.builder.rng.random() < 0.04:
            return "Cancelled"
        if day <= 0:
            return "Confirmed by Farm"
        return self.builder.rng.choice(("Approved", "Approved", "Pending Approval"))

    def _awb(self, origin: str, ship: int) -> Row:
        rng = self.builder.rng
        serial = f"{len(self.builder.rows.of(t.awbs)):04d}"
        number = f"{_PREFIXES[origin]}-{rng.randrange(2000, 9999)}-{serial}"
        return self.builder.awb(number, origin, ship, ship + _TRANSIT[origin])

    def _order(self, vendor_id: int, origin: str, ship: int, status: str, kind: str) -> Row:
        self.numbers.purchase_order += 1
        moment = self.builder.moment(min(ship - 3, -1), 20)
        return self.builder.add(
            t.purchase_orders,
            number=self.numbers.purchase_order,
            location_id=self.builder.location_id,
            vendor_id=vendor_id,
            carrier_id=cast.TAMPA_CARGO,
            origin_code=origin,
            order_type=kind,
            ship_date=self.builder.day(ship),
            status=status,
            created_on=moment,
            updated_on=moment,
        )

    def _order_item(
        self, order: Row, pack: Pack, boxes: int, awb: Row | None, *, cancelled: bool = False, **values: Any
    ) -> Row:
        confirmed = order["status"] == "Confirmed by Farm"
        item = self.builder.add(
            t.purchase_order_items,
            **{
                "purchase_order_id": order["id"],
                "awb_id": None if awb is None or cancelled else awb["id"],
                "total_boxes": boxes,
                "confirmed_boxes": boxes if confirmed else 0,
                "unit_cost": pack.cost,
                "status_line": "Cancelled" if cancelled else "Confirmed" if confirmed else "Pending",
                "mark_code": "",
                "reference": "",
                "is_assorted": bool(pack.breakdown),
                **pack.columns(),
                **values,
            },
        )
        self.builder.breakdowns(t.purchase_order_item_breakdowns, item["id"], pack, cost=pack.cost)
        return item

    def _arrive(self, awb: Row, vendor_id: int, pack: Pack, boxes: int, item: Row, **values: Any) -> Lot:
        builder, rng = self.builder, self.builder.rng
        arrived = awb["arrival_date"] <= builder.today
        state = t.BoxState.ON_HAND if arrived else t.BoxState.IN_TRANSIT
        positions = [f"{rng.choice('DEFG')}{rng.randrange(1, 30):02d}"]
        kind = values.pop("inventory_type", None) or ("L" if rng.random() < 0.04 else "M")
        lot = builder.lot(
            awb,
            vendor_id,
            pack,
            builder.box_codes(boxes),
            state=state,
            positions=positions,
            inventory_type=kind,
            purchase_order_item_id=item["id"],
            sell_fast=rng.random() < 0.08,
            **values,
        )
        item["lot_number"] = lot.row["lot_number"]
        if kind == "M" and arrived:
            self.stock.append(lot)
        elif kind == "L" and arrived:
            self.local.append(lot)
        return lot

    # --- prebooks

    def _prebook(self, created: int) -> None:
        """Customers order ahead; what ships soon or shipped is bought from the grower."""
        builder, rng = self.builder, self.builder.rng
        for customer in rng.sample(self.customers, 4):
            truck = created + rng.randrange(8, 15)
            if created > 0 or truck > 21:
                continue
            self.numbers.prebook += 1
            prebook = builder.add(
                t.prebooks,
                number=self.numbers.prebook,
                location_id=builder.location_id,
                customer_id=customer["id"],
                carrier_id=customer["carrier_id"],
                truck_date=builder.day(truck),
                customer_po_number=f"PB{self.numbers.prebook}",
                comments=rng.choice(words().comments),
                prebook_status=rng.choice(("Approved", "Sourced", "Pending Review")),
                is_ecommerce=rng.random() < 0.1,
                created_by=customer["sales_person_id"],
                created_on=builder.moment(created),
                updated_on=builder.moment(created),
            )
            vendor_id, origin, packs = rng.choice(self.goods.growers)
            ship = truck - 1 - _TRANSIT[origin]
            bought = ship <= 2
            order = (
                self._order(vendor_id, origin, ship, "Confirmed by Farm" if ship <= 0 else "Approved", "P")
                if bought
                else None
            )
            awb = self._awb(origin, ship) if bought and ship <= 0 else None
            for pack in rng.sample(packs, min(2, len(packs))):
                boxes = rng.randrange(2, 7)
                line = self._prebook_item(prebook, vendor_id, ship, pack, boxes)
                if order is None:
                    continue
                mark = {"prebook_item_id": line["id"], "mark_code": line["mark_code"]}
                item = self._order_item(order, pack, boxes, awb, **mark)
                if awb is not None:
                    lot = self._arrive(
                        awb,
                        vendor_id,
                        pack,
                        boxes,
                        item,
                        inventory_type="P",
                        customer_id=customer["id"],
                        price_a=line["unit_price"],
                        **mark,
                    )
                    if lot.free:
                        self.prebooked.append((prebook, lot))

    def _prebook_item(self, prebook: Row, vendor_id: int, ship: int, pack: Pack, boxes: int) -> Row:
        builder = self.builder
        price = rounded(pack.cost * Decimal("1.58"))
        line = builder.add(
            t.prebook_items,
            prebook_id=prebook["id"],
            vendor_id=vendor_id,
            vendor_ship_date=builder.day(ship),
            total_boxes=boxes,
            unit_price=price,
            unit_cost=pack.cost,
            mark_code=builder.rng.choice(words().marks),
            is_assorted=bool(pack.breakdown),
            **pack.columns(),
        )
        builder.breakdowns(t.prebook_item_breakdowns, line["id"], pack, price=price, cost=pack.cost)
        return line

    # --- selling

    def _open_sale(self, customer: Row, day: int, **values: Any) -> Sale:
        rng = self.builder.rng
        status = t.InvoiceStatus.CONFIRMED
        if rng.random() < 0.03 and "prebook_id" not in values:
            status = t.InvoiceStatus.VOIDED
        elif day > 0:
            status = rng.choice((t.InvoiceStatus.PENDING, t.InvoiceStatus.PENDING, t.InvoiceStatus.DRAFT))
        synced = status == t.InvoiceStatus.CONFIRMED and day < _SETTLED
        number = len(self.sales) + 318_300 - 900 * self.scale
        return self.builder.sale(
            customer,
            day,
            status,
            **{
                "number": number,
                "po_number": f"PO-{number % 10_000:04d}",
                "reference": "",
                "warehouse_instructions": rng.choice(words().comments),
                "is_ecommerce": rng.random() < 0.15,
                "external_system_synced": synced,
                "status_before_sync": status.value if synced else None,
                "box_labels_printed": day < 0,
                "bol_printed": day < 0,
                "void_reason": "Customer cancelled the order" if status == t.InvoiceStatus.VOIDED else None,
                **values,
            },
        )

    def _sell_prebooked(self, day: int) -> None:
        """Boxes bought for a prebook go on its customer's invoice on the truck date."""
        today = self.builder.day(day)
        due: dict[int, list[Lot]] = defaultdict(list)
        prebooks: dict[int, Row] = {}
        waiting = []
        for prebook, lot in self.prebooked:
            if prebook["truck_date"] <= today:
                due[prebook["id"]].append(lot)
                prebooks[prebook["id"]] = prebook
            else:
                waiting.append((prebook, lot))
        self.prebooked = waiting
        by_id = {customer["id"]: customer for customer in self.customers}
        for prebook_id, lots in due.items():
            prebook = prebooks[prebook_id]
            sale = self._open_sale(
                by_id[prebook["customer_id"]], day, prebook_id=prebook_id, po_number=prebook["customer_po_number"]
            )
            for lot in lots:
                boxes = len(lot.free)
                self.builder.sell(sale, lot, boxes, shipped=boxes if day < 0 else 0, price=lot.row["price_a"])
            self._finish(sale)

    def _sell(self, day: int, factor: int) -> None:
        builder, rng = self.builder, self.builder.rng
        fresh = [lot for lot in self.stock if lot.free and lot.arrival <= day]
        for _ in range(rng.randrange(4, 8) * factor):
            if len(fresh) < 4:
                break
            sale = self._open_sale(rng.choice(self.customers), day)
            chosen = rng.sample(range(len(fresh)), rng.randrange(1, 4))
            for lot in (fresh[index] for index in chosen):
                boxes = min(rng.randrange(1, 4), len(lot.free))
                shipped = boxes if day < 0 else boxes // 2 if day == 0 else 0
                if sale.row["status"] != t.InvoiceStatus.CONFIRMED:
                    shipped = 0
                builder.sell(sale, lot, boxes, shipped=shipped, mark_code=rng.choice(words().marks))
            self._finish(sale)
            for index in sorted(chosen, reverse=True):
                if not fresh[index].free:
                    del fresh[index]
        self.stock = [lot for lot in self.stock if lot.free]

    def _finish(self, sale: Sale) -> None:
        self.builder.close(sale)
        self.sales.append(sale)

    def _dump(self, day: int) -> None:
        for lot in (*self.stock, *self.local):
            if day < 0 and lot.arrival <= day - _AGE_TO_DUMP:
                for box in lot.free:
                    box["state"] = t.BoxState.DELETED.value
                lot.free = []
        self.stock = [lot for lot in self.stock if lot.free]
        self.local = [lot for lot in self.local if lot.free]

    # --- money

    def _credit_and_settle(self) -> None:
        builder, rng = self.builder, self.builder.rng
        owed: dict[tuple[int, int], list[Row]] = defaultdict(list)
        by_id = {customer["id"]: customer for customer in self.customers}
        undecided = cycle(status.value for status in t.CreditStatus)
        for sale in self.sales:
            row = sale.row
            if row["status"] != t.InvoiceStatus.CONFIRMED or sale.ship > -5:
                continue
            synced = row["external_system_synced"]
            if rng.random() < (0.06 if synced else 0.15):
                builder.credit(
                    sale,
                    rng.choice(sale.items),
                    1 if rng.random() < 0.5 else rng.randrange(2, 8),
                    by_box=rng.random() < 0.4,
                    day=sale.ship + 2,
                    reason=rng.choice(words().reasons),
                    status=t.CreditStatus.APPROVED.value if synced else next(undecided),
                    external_system_synced=synced,
                )
            if sale.ship < _SETTLED and row["total"] > 0:
                owed[(row["customer_id"], sale.ship // 14)].append(row)
        for (customer_id, _), invoices in sorted(owed.items()):
            latest = max((invoice["ship_date"] - builder.today).days for invoice in invoices)
            self.numbers.payment += 1
            overpaid = Decimal(rng.randrange(5, 60)) if rng.random() < 0.1 else Decimal(0)
            builder.payment(
                by_id[customer_id],
                min(latest + rng.randrange(8, 14), -1),
                [(invoice, invoice["total"]) for invoice in invoices],
                overpaid,
                control_number=self.numbers.payment,
                method_id=rng.choice((cast.CHECK, cast.CHECK, cast.WIRE, cast.ACH)),
                reference_number=f"CHK-{self.numbers.payment + 4000}",
                notes="",
                external_system_synced=latest < -30,
            )
