"""Building stock and sales in memory with the same arithmetic for fixed and for random objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from komet_console.sandbox.seed.rows import Row, Rows
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import FreightRate, landed_cost, line_total, percentage

NICKEL = Decimal("0.05")


def rounded(price: Decimal) -> Decimal:
    """A price to the next five cents, as price lists are written."""
    return (price / NICKEL).to_integral_value(ROUND_HALF_UP) * NICKEL


@dataclass(frozen=True, slots=True)
class Pack:
    """A product in its box. `breakdown`: product ids and bunches of an assorted box."""

    product_id: int
    box_type_id: int
    fbe: Decimal
    unit_type: str
    bunches: int
    stems_bunch: int
    cost: Decimal
    breakdown: tuple[tuple[int, int], ...] = ()

    @property
    def units_per_box(self) -> int:
        return self.bunches if self.unit_type == "Bunch" else self.bunches * self.stems_bunch

    def columns(self) -> Row:
        """The columns that describe a box, the same in every table."""
        return {
            "product_id": self.product_id,
            "box_type_id": self.box_type_id,
            "unit_type": self.unit_type,
            "bunches": self.bunches,
            "stems_bunch": self.stems_bunch,
            "units_per_box": self.units_per_box,
        }


@dataclass(slots=True)
class Lot:
    """An inventory line with its boxes; `free` are those in stock. `arrival` is in days from today."""

    row: Row
    pack: Pack
    boxes: list[Row]
    free: list[Row]
    arrival: int


@dataclass(slots=True)
class Sale:
    """An invoice in the making."""

    row: Row
    customer: Row
    ship: int
    items: list[Row] = field(default_factory=list)


class Builder:
    """Adds stock and sales of one company to `rows`, dated in days from `today`."""

    def __init__(
        self, rows: Rows, company_id: int, location_id: int, today: date, rng: Random, rates: dict[str, FreightRate]
    ) -> None:
        self.rows = rows
        self.company_id = company_id
        self.location_id = location_id
        self.today = today
        self.rng = rng
        self.rates = rates
        self.charges: dict[int, list[tuple[int, str, Decimal]]] = {}
        """Automatic charges by customer: charge id, name, amount."""
        self.tax_percent = Decimal(0)
        self.next_box = 0
        self.next_lot = 0

    def day(self, offset: int) -> date:
        """The date `offset` days from today."""
        return self.today + timedelta(days=offset)

    def moment(self, offset: int, hour: int = 15, minute: int = 0) -> datetime:
        """A moment `offset` days from today, UTC."""
        return datetime.combine(self.day(offset), time(hour, minute))

    def add(self, table: Any, **values: Any) -> Row:
        """Add a row of this company."""
        return self.rows.add(table, company_id=self.company_id, **values)

    def breakdowns(self, table: Any, item_id: int, pack: Pack, **values: Any) -> None:
        """Add the composition of an assorted pack to an item."""
        for product_id, bunches in pack.breakdown:
            self.add(
                table, item_id=item_id, product_id=product_id, bunches=bunches, stems_bunch=pack.stems_bunch, **values
            )

    def awb(self, number: str, origin: str, ship: int, arrival: int | None, **values: Any) -> Row:
        """An air waybill; closed once it arrived unless told otherwise."""
        closed = arrival is not None and arrival < 0
        return self.add(
            t.awbs,
            **{
                "awb": number,
                "origin_code": origin,
                "ship_date": self.day(ship),
                "arrival_date": None if arrival is None else self.day(arrival),
                "location_id": self.location_id,
                "status": 0 if closed else 1,
                **values,
            },
        )

    def box_codes(self, count: int) -> list[str]:
        """New box codes."""
        first = self.next_box
        self.next_box += count
        return [f"KS{number}" for number in range(first, first + count)]

    def lot(
        self,
        awb: Row,
        vendor_id: int,
        pack: Pack,
        codes: Sequence[str],
        *,
        state: t.BoxState = t.BoxState.ON_HAND,
        added: bool = False,
        positions: Sequence[str] = ("A01",),
        price_a: Decimal | None = None,
        cost: Decimal | None = None,
        **values: Any,
    ) -> Lot:
        """An inventory line with boxes `codes` in `state`. `added`: put in by hand instead of received from the AWB."""
        cost = pack.cost if cost is None else cost
        landed = landed_cost(cost, pack.units_per_box, pack.fbe, self.rates[awb["origin_code"]])
        price = rounded(landed * Decimal("1.34")) if price_a is None else price_a
        arrival_date = awb["arrival_date"] or awb["ship_date"]
        stock = len(codes) if state != t.BoxState.IN_TRANSIT else 0
        if "lot_number" not in values:
            values["lot_number"] = self.next_lot
            self.next_lot += 1
        row = self.add(
            t.inventory_lines,
            **{
                "location_id": self.location_id,
                "awb_id": awb["id"],
                "vendor_id": vendor_id,
                "unit_cost": cost,
                "landed_cost": landed,
                "price_a": price,
                "price_b": rounded(price * Decimal("0.95")),
                "reference": "",
                "mark_code": "",
                "is_assorted": bool(pack.breakdown),
                "inventory_date": arrival_date,
                "received_boxes": 0 if added else stock,
                "added_boxes": stock if added else 0,
                "updated_on": datetime.combine(min(arrival_date, self.today), time(9, 30)),
                **pack.columns(),
                **values,
            },
        )
        self.breakdowns(t.inventory_line_breakdowns, row["id"], pack, cost=cost, price=price)
        received = arrival_date if stock and state != t.BoxState.STAGING else None
        boxes = [
            self.add(
                t.boxes,
                inventory_line_id=row["id"],
                awb_id=awb["id"],
                location_id=row["location_id"],
                code=code,
                state=state.value,
                position=positions[index % len(positions)] if stock else None,
                received_on=received,
            )
            for index, code in enumerate(codes)
        ]
        return Lot(row, pack, boxes, list(boxes) if stock else [], (arrival_date - self.today).days)

    def sale(self, customer: Row, ship: int, status: t.InvoiceStatus, **values: Any) -> Sale:
        """An invoice without lines; `close` fills in the sums."""
        created = min(ship - 1, 0)
        row = self.add(
            t.invoices,
            **{
                "location_id": self.location_id,
                "customer_id": customer["id"],
                "carrier_id": customer["carrier_id"],
                "ship_date": self.day(ship),
                "status": status.value,
                "confirmed_on": self.moment(created, 17) if status == t.InvoiceStatus.CONFIRMED else None,
                "created_by": customer["sales_person_id"],
                "created_on": self.moment(created, 13),
                "updated_on": self.moment(created, 17),
                **values,
            },
        )
        return Sale(row, customer, ship)

    def sell(
        self, sale: Sale, lot: Lot, boxes: int, *, shipped: int = 0, price: Decimal | None = None, **values: Any
    ) -> Row:
        """Put the next `boxes` free boxes of a lot on an invoice, the last `shipped` of them as shipped.

        A voided invoice gets the line but no boxes.
        """
        if price is None:
            price = lot.row["price_b"] if sale.customer["default_price"] == "B" else lot.row["price_a"]
        units = boxes * lot.pack.units_per_box
        item = self.add(
            t.invoice_items,
            **{
                "invoice_id": sale.row["id"],
                "inventory_line_id": lot.row["id"],
                "vendor_id": lot.row["vendor_id"],
                "total_boxes": boxes,
                "total_units": units,
                "unit_price": price,
                "total_price": line_total(units, price),
                "mark_code": "",
                "is_assorted": bool(lot.pack.breakdown),
                **lot.pack.columns(),
                **values,
            },
        )
        self.breakdowns(t.invoice_item_breakdowns, item["id"], lot.pack, price=price)
        sale.items.append(item)
        if sale.row["status"] != t.InvoiceStatus.VOIDED:
            taken, lot.free = lot.free[:boxes], lot.free[boxes:]
            if len(taken) != boxes:
                raise ValueError(f"lot {lot.row['id']} has only {len(taken)} of {boxes} boxes")
            for index, box in enumerate(taken):
                box["invoice_item_id"] = item["id"]
                if index >= boxes - shipped:
                    box["state"] = t.BoxState.SHIPPED.value
                    box["shipped_on"] = self.moment(min(sale.ship, 0), 12)
                else:
                    box["state"] = t.BoxState.SOLD.value
        return item

    def close(self, sale: Sale) -> None:
        """Add the customer's automatic charges and taxes and fill in the sums."""
        row = sale.row
        subtotal = sum((item["total_price"] for item in sale.items), Decimal(0))
        charged = Decimal(0)
        for charge_id, name, amount in self.charges.get(row["customer_id"], ()):
            self.add(t.invoice_charges, invoice_id=row["id"], additional_charge_id=charge_id, name=name, amount=amount)
            charged += amount
        row["subtotal"] = subtotal
        row["additional_charges"] = charged
        row["taxes"] = percentage(subtotal, self.tax_percent) if sale.customer["charge_tax"] else Decimal(0)
        row["credits"] = Decimal(0)
        row["total"] = subtotal + charged + row["taxes"]

    def credit(
        self, sale: Sale, item: Row, quantity: int, *, by_box: bool, day: int, reason: str, **values: Any
    ) -> Row:
        """A credit of boxes or units of one line; an approved one lowers the invoice's total."""
        units = quantity * item["units_per_box"] if by_box else quantity
        amount = line_total(units, item["unit_price"])
        row = self.add(
            t.credits,
            **{
                "location_id": sale.row["location_id"],
                "invoice_id": sale.row["id"],
                "customer_id": sale.row["customer_id"],
                "carrier_id": sale.row["carrier_id"],
                "credit_date": self.day(day),
                "status": t.CreditStatus.APPROVED.value,
                "total_credit": amount,
                "created_on": self.moment(day, 14),
                "updated_on": self.moment(day, 16),
                **values,
            },
        )
        self.add(
            t.credit_details,
            credit_id=row["id"],
            invoice_item_id=item["id"],
            product_id=item["product_id"],
            item_type="box" if by_box else "UN",
            quantity=quantity,
            unit_price=item["unit_price"],
            amount=amount,
            reason=reason,
        )
        if row["status"] == t.CreditStatus.APPROVED and not row["cancelled"]:
            sale.row["credits"] += amount
            sale.row["total"] -= amount
        return row

    def payment(
        self,
        customer: Row,
        day: int,
        applied: Sequence[tuple[Row, Decimal]],
        extra: Decimal = Decimal(0),
        **values: Any,
    ) -> Row:
        """A payment applied to invoices; `extra` is overpaid."""
        total = sum((amount for _, amount in applied), Decimal(0)) + extra
        row = self.add(
            t.payments,
            **{
                "location_id": self.location_id,
                "customer_id": customer["id"],
                "date": self.day(day),
                "total": total,
                "created_on": self.moment(day, 14),
                "updated_on": self.moment(day, 14),
                **values,
            },
        )
        for invoice, amount in applied:
            self.add(t.payment_invoices, payment_id=row["id"], invoice_id=invoice["id"], amount=amount)
        return row
