"""Books kept beside the sandbox: what is free of each lot, what invoices say, what customers owe."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import Connection, select

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import invariants
from komet_console.sandbox.store import tables as t

DRAFT, PENDING, CONFIRMED, VOIDED = 2, 0, 1, 4
CUSTOMERS = {cast.PETAL: "PETAL", cast.CGPETALS: "CGPETALS", cast.BLOOM2: "BLOOM2", 7363: ""}
"""Ids and codes. The last one pays taxes."""
CENT = Decimal("0.01")


def cents(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)


@dataclass(slots=True)
class Sold:
    """A line of an invoice."""

    lot: int
    boxes: int
    units_per_box: int
    price: Decimal
    discount: Decimal = Decimal(0)
    shipped: int = 0

    @property
    def amount(self) -> Decimal:
        return cents(self.boxes * self.units_per_box * self.price * (100 - self.discount) / 100)


@dataclass(slots=True)
class Invoice:
    """What an invoice must say."""

    id: int
    number: int
    customer: int
    status: int
    lines: dict[int, Sold] = field(default_factory=dict)
    synchronized: bool = False
    status_before: int = 0
    total: Decimal = Decimal(0)

    @property
    def locked(self) -> bool:
        return self.synchronized or self.status == VOIDED


@dataclass(slots=True)
class Wanted:
    """A prebook line."""

    prebook: int
    item: int
    boxes: int
    bought: int = 0


@dataclass(slots=True)
class Ordered:
    """A purchase order line."""

    item: int
    boxes: int
    lot: int = 0
    taken: int = 0
    wanted: Wanted | None = None


class Books(RuleBasedStateMachine):
    """One fresh world, and the books of the company in it."""

    template = ""
    folder = Path()
    accepted: ClassVar[Counter[str]] = Counter()
    refused: ClassVar[Counter[str]] = Counter()
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        home = self.folder / f"{len(list(self.folder.iterdir()))}"
        home.mkdir()
        self.sandbox = sys.modules["komet_tests_inprocess"].Sandbox(self.template, home)
        self.lines: dict[int, Any] = {}
        self.free = Counter[int]()
        self.look_at_stock()
        self.free.update(self.found)
        with self.reading() as connection:
            self.owed = {one: invariants.customer_balance(connection, one) for one in CUSTOMERS}
        self.invoices: list[Invoice] = []
        self.wanted: list[Wanted] = []
        self.prebooks: list[int] = []
        self.ordered: list[Ordered] = []
        self.coming: list[tuple[str, int]] = []
        self.staged: list[str] = []
        self.lot_number = 700_000
        self.reference = 0

    def teardown(self) -> None:
        self.sandbox.close()

    # --- calling and looking

    def ask(self, method: str, token: str = "company", /, **fields: Any) -> Any:
        answer = self.sandbox.call(method, token, **fields)
        assert answer.status == 200, f"{method}: {answer.text}"
        done = str(answer.json["status"]) == "1"
        (self.accepted if done else self.refused)[method] += 1
        return answer.json if done else None

    def do(self, method: str, token: str = "company", /, **fields: Any) -> Any:
        """A call that has to succeed."""
        answer = self.ask(method, token, **fields)
        assert answer is not None, method
        return answer

    def expect(self, possible: bool, method: str, token: str = "company", /, **fields: Any) -> Any:
        """A call of which the books know whether it has to succeed."""
        answer = self.ask(method, token, **fields)
        assert (answer is not None) == possible, method
        return answer

    def look_at_stock(self) -> None:
        items = self.do("inventory.list", inventoryType="all", includeBoxes=1)["inventoryItems"]
        self.lines = {item["orderItemId"]: item for item in items}
        self.found = Counter[int]()
        for item in items:
            self.found[item["lotNumber"]] += item["quantity"]

    def reading(self) -> Connection:
        """A look into the database that waits for nobody."""
        connection: Connection = self.sandbox.engine.execution_options(reading=True).connect()
        return connection

    @invariant()
    def the_books_agree(self) -> None:
        type(self).steps += 1
        with self.reading() as connection:
            assert invariants.broken(connection) == []
            for customer, owed in self.owed.items():
                assert invariants.customer_balance(connection, customer) == owed, f"customer {customer}"
        self.look_at_stock()
        assert self.found == +self.free, "free boxes by lot"

    def check(self, invoice: Invoice) -> None:
        """Hold an invoice against the books, and note what it now adds to what its customer owes."""
        (shown,) = self.do("invoice.details.list", orderId=invoice.id)["invoices"]
        assert shown["status"] == invoice.status
        lines = {one["id"]: (one["totalBoxes"], cents(one["totalPrice"])) for one in shown["details"]}
        assert lines == {key: (line.boxes, line.amount) for key, line in invoice.lines.items()}
        subtotal = sum((line.amount for line in invoice.lines.values()), Decimal(0))
        assert cents(shown["subtotal"]) == subtotal
        total = cents(shown["total"])
        with self.reading() as connection:
            n = t.invoices.c
            taxes = connection.execute(select(n.taxes).where(n.id == invoice.id)).scalar_one()
        assert total == subtotal + cents(shown["additionalCharges"]) + taxes
        invoice.total = total

    def settle(self, invoice: Invoice, before: Decimal) -> None:
        self.check(invoice)
        self.owed[invoice.customer] += self.due(invoice) - before

    @staticmethod
    def due(invoice: Invoice) -> Decimal:
        return invoice.total if invoice.status == CONFIRMED else Decimal(0)

    # --- entering

    def sell(self, invoice: Invoice, item: int, line: int, boxes: int, price: Decimal) -> None:
        info = self.lines[line]
        invoice.lines[item] = Sold(info["lotNumber"], boxes, info["unitsPerBox"], price)
        self.free[info["lotNumber"]] -= boxes

    def note_web_invoices(self, order: int) -> None:
        n, i, line = t.invoices.c, t.invoice_items.c, t.inventory_lines.c
        with self.reading() as connection:
            (row,) = connection.execute(select(n.id, n.number, n.status).where(n.web_order_id == order)).all()
            items = connection.execute(
                select(i.id, i.total_boxes, i.units_per_box, i.unit_price, line.lot_number)
                .join(t.inventory_lines, line.id == i.inventory_line_id)
                .where(i.invoice_id == row.id)
            ).all()
        assert row.status == PENDING
        sold = {item.id: Sold(item.lot_number, item.total_boxes, item.units_per_box, item.unit_price) for item in items}
        invoice = Invoice(row.id, row.number, cast.PETAL, PENDING, sold)
        for one in sold.values():
            self.free[one.lot] -= one.boxes
        self.invoices.append(invoice)
        self.check(invoice)
