"""Business in any order: whatever people do to prebooks, orders, boxes, invoices and money, every sum stays right.

The machine keeps books of its own (free boxes by lot, what customers owe, what an invoice says), in which a call that
was refused changes nothing, and holds them against the sandbox after every call, together with the sandbox's own rules.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from helpers.books import CENT, CONFIRMED, CUSTOMERS, DRAFT, PENDING, VOIDED, Invoice, cents
from helpers.buying import PACK, PRODUCTS, Buying, day, few, one_of, pick, prices
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import tables as t

LONG = bool(os.environ.get("KOMET_TEST_LONG"))
STEPS = 50
SEQUENCES = 240 if LONG else 5
FEWEST = 10_000 if LONG else 150
"""Steps that have to be made in all; a sequence may end early."""


class Business(Buying):
    """Everybody who works in the company."""

    @initialize()
    def begin(self) -> None:
        """Something of every kind, so that every rule has something to work on."""
        self.prebook(cast.PETAL, "RSFR50", 6, False)
        self.buy_what_is_prebooked(0, 4)
        for boxes in (5, 6):
            self.buy_for_the_market("RSFR60", boxes)
        self.put_on_a_plane(1, 1, 2)
        self.add_stock(8, "CARRED", 2)
        line = next(
            one for one, item in self.lines.items() if item["lotNumber"] == self.lines[max(self.lines)]["lotNumber"]
        )
        self.invoice(cast.CGPETALS, [(list(self.lines).index(line), 4, Decimal("8.15"))], True)
        self.invoice(7363, [(list(self.lines).index(line), 2, Decimal("8.15"))], False)
        self.synchronize(1)

    # --- boxes

    @precondition(lambda self: self.coming)
    @rule(which=pick)
    def receive(self, which: int) -> None:
        box = one_of(self.coming, which)
        self.do("box.warehouse.receive", boxCode=box[0], companyLocationId=cast.MIAMI)
        self.coming.remove(box)
        self.free[box[1]] += 1
        assert self.ask("box.warehouse.receive", boxCode=box[0], companyLocationId=cast.MIAMI) is None

    @rule(boxes=st.integers(1, 12), product=st.sampled_from(PRODUCTS), awb=st.integers(1, 3))
    def add_stock(self, boxes: int, product: str, awb: int) -> None:
        self.reference += 1
        added = {**PACK, "unitType": "bunch", "unitCost": 6.5, "productCode": product, "quantity": boxes}
        place = {"growerId": cast.MONTE, "awb": f"406-7777-000{awb}", "reference": f"HY{self.reference}"}
        self.do("inventory.add", shipDate=day(-1), **added, **place)
        self.look_at_stock()
        (line,) = [one for one in self.lines.values() if one["reference"] == f"HY{self.reference}"]
        assert line["quantity"] == boxes
        self.free[line["lotNumber"]] += boxes
        self.staged += [box["boxCode"] for box in line["boxes"]]

    @precondition(lambda self: self.lines)
    @rule(which=pick, boxes=st.integers(0, 60))
    def change_stock(self, which: int, boxes: int) -> None:
        line = one_of(list(self.lines), which)
        here = ("on_hand", "staging", "sold")
        with self.reading() as connection:
            b = t.boxes.c
            held = select(func.count()).where(b.inventory_line_id == line, b.state.in_(here))
            possible = boxes == 0 or connection.execute(held).scalar_one() + boxes <= 100
        if self.expect(possible, "inventory.update", inventoryId=line, quantity=boxes, unitCost=7, priceA=8):
            self.free[self.lines[line]["lotNumber"]] += boxes

    @precondition(lambda self: self.lines)
    @rule(which=pick, sure=st.integers(0, 3))
    def delete_stock(self, which: int, sure: int) -> None:
        if sure:
            return
        line = one_of(list(self.lines), which)
        if self.ask("inventory.delete", inventoryId=line):
            self.free[self.lines[line]["lotNumber"]] -= self.lines[line]["quantity"]

    @precondition(lambda self: self.staged)
    @rule(which=st.lists(pick, min_size=1, max_size=4), awb=st.integers(1, 4), ago=st.integers(0, 2))
    def move(self, which: list[int], awb: int, ago: int) -> None:
        codes = {one_of(self.staged, one) for one in which}
        where = {"awb": f"406-7777-000{awb}", "shipDate": day(-ago), "companyLocationId": cast.MIAMI}
        moved = self.do("box.move.awb", boxCodes=sorted(codes), **where)
        assert set(moved["failedBoxes"]) <= codes

    # --- invoices

    @precondition(lambda self: self.lines)
    @rule(
        customer=st.sampled_from(list(CUSTOMERS)),
        items=st.lists(st.tuples(pick, few, prices), min_size=1, max_size=3),
        draft=st.booleans(),
    )
    def invoice(self, customer: int, items: list[tuple[int, int, Decimal]], draft: bool) -> None:
        lines = list(self.lines)
        asked = [(one_of(lines, which), boxes, price) for which, boxes, price in items]
        wanted: Counter[int] = Counter()
        for line, boxes, _ in asked:
            wanted[line] += boxes
        short = any(boxes > self.lines[line]["quantity"] for line, boxes in wanted.items())
        made = self.ask(
            "invoice.create",
            customerId=customer,
            carrierId=cast.EVERGLADES,
            shipDate=day(0),
            locationId=cast.MIAMI,
            statusDraft=int(draft),
            items=[{"orderItemId": line, "boxes": boxes, "price": float(price)} for line, boxes, price in asked],
        )
        assert not (made and short), "more was sold than there is"
        if not made:
            return
        invoice = Invoice(made["invoiceId"], made["invoiceNumber"], customer, DRAFT if draft else PENDING)
        for (line, boxes, price), item in zip(asked, made["items"], strict=True):
            self.sell(invoice, item["invoiceItemId"], line, boxes, price)
        self.invoices.append(invoice)
        self.settle(invoice, Decimal(0))

    @precondition(lambda self: self.invoices and self.lines)
    @rule(which=pick, line=pick, boxes=few, price=prices)
    def add_item(self, which: int, line: int, boxes: int, price: Decimal) -> None:
        invoice, source = one_of(self.invoices, which), one_of(list(self.lines), line)
        before = self.due(invoice)
        item = {"orderItemId": source, "boxes": boxes, "price": float(price), "returnAvailableBoxes": 1}
        added = self.ask("invoice.item.add", invoiceId=invoice.id, **item)
        left = self.lines[source]["quantity"] - boxes
        assert not (added and (invoice.locked or left < 0))
        if added:
            assert added["availableBoxes"] == left
            self.sell(invoice, added["invoiceItemId"], source, boxes, price)
            self.settle(invoice, before)

    @precondition(lambda self: any(one.lines for one in self.invoices))
    @rule(which=pick, item=pick, boxes=few, price=prices, discount=st.decimals("0", "100", places=2))
    def change_item(self, which: int, item: int, boxes: int, price: Decimal, discount: Decimal) -> None:
        invoice = one_of([one for one in self.invoices if one.lines], which)
        key = one_of(list(invoice.lines), item)
        line, before = invoice.lines[key], self.due(invoice)
        more = boxes - line.boxes
        changed = self.ask(
            "invoice.item.update",
            invoiceId=invoice.id,
            invoiceItemId=key,
            boxes=boxes,
            price=float(price),
            discount=float(discount),
        )
        assert not (changed and (invoice.locked or more > self.free[line.lot] or boxes < line.shipped))
        if changed:
            self.free[line.lot] -= more
            line.boxes, line.price, line.discount = boxes, price, discount
            self.settle(invoice, before)

    @precondition(lambda self: any(one.lines for one in self.invoices))
    @rule(which=pick, item=pick)
    def drop_item(self, which: int, item: int) -> None:
        invoice = one_of([one for one in self.invoices if one.lines], which)
        key = one_of(list(invoice.lines), item)
        line, before = invoice.lines[key], self.due(invoice)
        possible = not invoice.locked and not line.shipped
        if self.expect(possible, "invoice.item.delete", invoiceId=invoice.id, invoiceItemId=key):
            self.free[line.lot] += line.boxes
            del invoice.lines[key]
            self.settle(invoice, before)

    @precondition(lambda self: self.invoices)
    @rule(which=pick)
    def check_out(self, which: int) -> None:
        invoice = one_of(self.invoices, which)
        possible = invoice.status == DRAFT and bool(invoice.lines)
        if self.expect(possible, "invoice.checkout", invoiceNumber=invoice.number):
            invoice.status = PENDING
            self.settle(invoice, Decimal(0))

    @precondition(lambda self: self.invoices)
    @rule(which=pick)
    def confirm(self, which: int) -> None:
        invoice = one_of(self.invoices, which)
        possible = invoice.status in (DRAFT, PENDING) and bool(invoice.lines)
        if self.expect(possible, "invoice.confirm", invoiceNumber=invoice.number):
            invoice.status = CONFIRMED
            self.settle(invoice, Decimal(0))

    @precondition(lambda self: self.invoices)
    @rule(which=pick, sure=st.booleans())
    def void(self, which: int, sure: bool) -> None:
        invoice = one_of(self.invoices, which)
        if not sure:
            return
        before = self.due(invoice)
        if self.expect(not invoice.locked, "invoice.void", invoiceNumber=invoice.number, reason="Not wanted"):
            for line in invoice.lines.values():
                self.free[line.lot] += line.boxes
            invoice.status = VOIDED
            self.settle(invoice, before)

    @precondition(lambda self: any(one.lines and one.status != VOIDED for one in self.invoices))
    @rule(which=pick, boxes=st.lists(pick, min_size=1, max_size=3), scanner=st.booleans())
    def ship(self, which: int, boxes: list[int], scanner: bool) -> None:
        invoice = one_of([one for one in self.invoices if one.lines and one.status != VOIDED], which)
        b = t.boxes.c
        with self.reading() as connection:
            held = connection.execute(
                select(b.code, b.invoice_item_id, b.state).where(b.invoice_item_id.in_(invoice.lines)).order_by(b.id)
            ).all()
        chosen = list({box.code: box for box in (one_of(list(held), one) for one in boxes)}.values())
        leaving = [box for box in chosen if box.state == "sold"]
        open_order = invoice.status != DRAFT
        if scanner:
            box = chosen[0]
            possible = open_order and box.state == "sold"
            here = {"boxCode": box.code, "companyLocationId": cast.MIAMI}
            leaving = [box] if self.expect(possible, "box.warehouse.ship", **here) else []
        else:
            codes = [box.code for box in chosen]
            possible = open_order or not leaving
            order = {"orderNumber": invoice.number, "boxCodes": codes}
            done = self.expect(possible, "box.invoice.shipment.confirm", **order)
            assert not done or done["updatedBoxes"] == len(leaving)
            leaving = leaving if done else []
        for box in leaving:
            invoice.lines[box.invoice_item_id].shipped += 1

    # --- money and books

    @rule(customer=st.sampled_from(list(CUSTOMERS)), which=pick, share=st.integers(1, 150), over=st.integers(0, 5000))
    def pay(self, customer: int, which: int, share: int, over: int) -> None:
        open_ones = [one for one in self.invoices if one.customer == customer]
        paid = {"customerId": customer, "locationCode": "MIA", "methodId": 2, "date": day(0)}
        amount, applied = Decimal(over) / 100, []
        if open_ones:
            invoice = one_of(open_ones, which)
            part = max(CENT, cents(invoice.total * share / 100))
            amount += part
            applied = [{"invoiceNumber": invoice.number, "amount": float(part)}]
        done = self.ask("payment.receive", **paid, totalPayment=float(amount), invoices=applied)
        if done:
            assert not open_ones or invoice.status == CONFIRMED
            self.owed[customer] -= amount

    @rule(customer=st.sampled_from([one for one, code in CUSTOMERS.items() if code]), amount=prices)
    def open_credit(self, customer: int, amount: Decimal) -> None:
        credit = [{"date": day(0), "balance": float(amount)}]
        self.do("open.credit.balance.create", customerCode=CUSTOMERS[customer], openCredits=credit)
        self.owed[customer] -= amount

    @precondition(lambda self: self.invoices)
    @rule(which=pick)
    def synchronize(self, which: int) -> None:
        invoice = one_of(self.invoices, which)
        before = self.due(invoice)
        possible = invoice.synchronized or invoice.status in (PENDING, CONFIRMED)
        if self.expect(possible, "invoice.mark.sync.status.ok", invoiceId=invoice.id) and not invoice.synchronized:
            invoice.synchronized, invoice.status_before = True, invoice.status
            invoice.status = CONFIRMED
            self.settle(invoice, before)

    @precondition(lambda self: any(one.synchronized for one in self.invoices))
    @rule(which=pick, unconfirm=st.booleans())
    def take_back(self, which: int, unconfirm: bool) -> None:
        invoice = one_of([one for one in self.invoices if one.synchronized], which)
        before = self.due(invoice)
        fields = {"invoiceId": invoice.id, "message": "Not taken", "unconfirm": int(unconfirm)}
        self.do("invoice.mark.sync.status.error", **fields)
        invoice.synchronized = False
        invoice.status = invoice.status_before if unconfirm else CONFIRMED
        self.settle(invoice, before)

    # --- the shop

    @precondition(lambda self: self.lines)
    @rule(items=st.lists(st.tuples(pick, few), min_size=1, max_size=2), stay=st.integers(0, 2))
    def web_order(self, items: list[tuple[int, int]], stay: int) -> None:
        here = {"customerId": cast.PETAL, "companyLocationId": cast.MIAMI}
        order = self.do("web-order.create", "user", companyId=cast.COMPANY, **here)["webOrderId"]
        line = {"inventoryOrigin": 1, "price": 12, "carrierId": cast.EVERGLADES, "date": day(0), "webOrderId": order}
        for which, boxes in items:
            source = one_of(list(self.lines), which)
            self.ask("web-order-item.add", "user", inventoryIds=f"{source}", quantity=boxes, **line, **here)
        if stay == 0 or not self.ask("web-order.checkout", "user", webOrderId=order, **here):
            self.do("web-order.delete", "user", webOrderId=order, customerId=cast.PETAL)
            return
        self.note_web_invoices(order)
        if stay == 1:
            self.do("web-order.delete", "user", webOrderId=order, customerId=cast.PETAL)
            for invoice in self.invoices[-1:]:
                for sold in invoice.lines.values():
                    self.free[sold.lot] += sold.boxes
                invoice.status = VOIDED
                self.check(invoice)

    @precondition(lambda self: any(not one.wanted for one in self.at_the_farm()))
    @rule(which=pick, boxes=few, stay=st.booleans())
    def web_order_of_the_future(self, which: int, boxes: int, stay: bool) -> None:
        line = one_of([one for one in self.at_the_farm() if not one.wanted], which)
        # the shop shows what has a sales price, on the five days after the boxes arrive (the third to the seventh from now)
        self.do("purchase.order.item.price.update", purchaseOrderItemId=line.item, price=12)
        here = {"customerId": cast.PETAL, "companyLocationId": cast.MIAMI}
        order = self.do("web-order.create", "user", companyId=cast.COMPANY, **here)["webOrderId"]
        wish = {"inventoryOrigin": 2, "price": 12, "carrierId": cast.EVERGLADES, "date": day(5), "webOrderId": order}
        put = self.ask("web-order-item.add", "user", inventoryIds=f"{line.item}", quantity=boxes, **wish, **here)
        bought = put and self.ask("web-order.checkout", "user", webOrderId=order, **here)
        assert bool(bought) == (boxes <= line.boxes - line.taken)
        if bought and stay:
            line.taken += boxes
        else:
            self.do("web-order.delete", "user", webOrderId=order, customerId=cast.PETAL)


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a seeded world on each kind of server, to be copied."""
    server = os.environ.get("KOMET_TEST_POSTGRES")
    if request.param == "postgresql" and not server:
        pytest.skip("KOMET_TEST_POSTGRES is not set: nothing of the sandbox is tested on PostgreSQL")
    inprocess = sys.modules["komet_tests_inprocess"]
    folder = tmp_path / "seeded"
    folder.mkdir()
    url = inprocess.make_template(folder, server if request.param == "postgresql" else None)
    yield url
    inprocess.drop_database(url)


@pytest.mark.timeout(3600 if LONG else 300)
def test_no_order_of_business_breaks_a_rule(world: str, tmp_path: Path) -> None:
    class Here(Business):
        template = world
        folder = tmp_path / "worlds"
        accepted: ClassVar[Counter[str]] = Counter()
        refused: ClassVar[Counter[str]] = Counter()
        steps = 0

    Here.folder.mkdir()
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            # the explain phase traces every line on Python 3.11, four times the time
            phases=[phase for phase in Phase if phase is not Phase.explain],
        ),
    )
    # a short run does not get around to everything
    never = [method for method in Here.refused if method not in Here.accepted]
    assert not LONG or not never, "methods that no sequence got through"
    assert Here.steps >= FEWEST
