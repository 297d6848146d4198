"""An order's whole life through the API alone: from the prebook or the open market to the money, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import invariants

ROSES = {"boxTypeCode": "HB", "unitType": "Bunch", "bunches": 12, "stemsBunch": 25}
INVOICE = {"customerId": cast.PETAL, "carrierId": cast.EVERGLADES, "locationId": cast.MIAMI}


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


class Desk:
    """Somebody who calls methods and looks, after every one, whether the world is still sound."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        self.opening = self.balance()

    def do(self, method: str, token: str = "company", /, **fields: Any) -> Any:
        """The answer of a call that has to succeed."""
        answer = self.ask(method, token, **fields)
        assert str(answer["status"]) == "1", answer
        return answer

    def refused(self, method: str, token: str = "company", /, **fields: Any) -> str:
        """The message of a call that has to be refused."""
        answer = self.ask(method, token, **fields)
        assert str(answer["status"]) == "0", answer
        return str(answer["message"])

    def ask(self, method: str, token: str = "company", /, **fields: Any) -> Any:
        answer = self.sandbox.call(method, token, **fields)
        assert answer.status == 200, f"{method}: {answer.text}"
        with self.sandbox.engine.connect() as connection:
            assert invariants.broken(connection) == [], method
        return answer.json

    def balance(self) -> Decimal:
        with self.sandbox.engine.connect() as connection:
            return invariants.customer_balance(connection, cast.PETAL)

    def owed(self) -> Decimal:
        """What Petal & Stem owes more than when the desk opened."""
        return self.balance() - self.opening

    def order_line(self, number: str) -> Any:
        (order,) = self.do("purchase.order.list", number=number)["purchaseOrders"]
        (line,) = order["details"]
        return {**line, "orderStatus": order["status"]}

    def stock(self, lot: str, kind: str = "all") -> list[Any]:
        listed = self.do("inventory.list", inventoryType=kind, lotNumber=lot, includeBoxes=1)["inventoryItems"]
        return list(listed)

    def invoice(self, invoice_id: int) -> Any:
        (found,) = self.do("invoice.details.list", orderId=invoice_id)["invoices"]
        return found

    def on_order(self, invoice_id: int) -> list[str]:
        """The codes of the boxes on an invoice, in order."""
        tickets = self.do("pickticket.details.list", orderId=invoice_id)["pickTickets"]
        return sorted(box["boxCode"] for one in tickets for line in one["details"] for box in line["boxes"])

    def receive(self, codes: list[str]) -> None:
        for code in codes:
            self.do("box.warehouse.receive", boxCode=code, position="C07", companyLocationId=cast.MIAMI)


def test_from_the_prebook_to_the_customers_invoice(sandbox: Any) -> None:
    desk = Desk(sandbox)
    prebook = desk.do(
        "prebook.create",
        customerId=cast.PETAL,
        carrierId=cast.EVERGLADES,
        shipDate=f"{day(5)}",
        customerPO="CHAIN-A",
        companyLocationCode="MIA",
        prebookItems=[
            {"productCode": "RSFR50", "boxes": 5, "price": 11.5, "vendorId": cast.MONTE, "cost": 7.25, **ROSES}
        ],
    )
    (item,) = prebook["prebookItems"]
    (listed,) = desk.do("prebook.details.list", date=f"{day(5)}", customerPONumber="CHAIN-A")["prebooks"]
    assert [(line["prebookItemId"], line["totalBoxes"]) for line in listed["details"]] == [(item["prebookItemId"], 5)]

    order = {"shipDate": f"{day(1)}", "vendorId": cast.MONTE, "companyLocationCode": "MIA"}
    line = {"prebookItemId": item["prebookItemId"], "boxes": 5, "cost": 7.25, **ROSES}
    bought = desk.do("purchase.order.create", **order, purchaseOrderItems=[line])
    number = bought["purchaseOrderNumber"]
    po = desk.order_line(number)
    assert (po["prebook"], po["customerId"], po["totalBoxes"]) == (f"{prebook['prebookNumber']}", cast.PETAL, 5)
    assert "0 of 5 boxes left" in desk.refused("purchase.order.create", **order, purchaseOrderItems=[line])
    desk.refused("prebook.delete", prebookId=prebook["prebookId"])

    desk.do("purchase.order.item.confirm", poItemId=po["poItemId"], quantityConfirmed=5)
    po = desk.order_line(number)
    assert (po["orderStatus"], po["confirmedBoxes"]) == ("Confirmed by Farm", 5)

    lot = "723001"
    shipped = desk.do(
        "purchase.order.item.awb.add",
        "vendor",
        poItemId=po["poItemId"],
        awb="729-1234-7701",
        shipDate=f"{day(1)}",
        lotNumber=lot,
    )
    assert len(shipped["boxCodes"]) == 5
    assert desk.stock(lot) == [], "what flies is not in the warehouse"
    desk.receive(shipped["boxCodes"])
    (stock,) = desk.stock(lot, "P")
    assert (stock["quantity"], stock["unitCost"]) == (5, 7.25)
    assert stock["landedCost"] > stock["unitCost"]
    assert sorted(box["boxCode"] for box in stock["boxes"]) == sorted(shipped["boxCodes"])
    assert desk.stock(lot, "M") == [], "a prebook's boxes are not on the open market"

    sold = {"orderItemId": stock["orderItemId"], "boxes": 5, "price": 11.5}
    made = {**INVOICE, "shipDate": f"{day(5)}", "items": [sold]}
    assert "reserved" in desk.refused("invoice.create", **{**made, "customerId": cast.BLOOM2})
    invoice = desk.do("invoice.create", **made)
    shown = desk.invoice(invoice["invoiceId"])
    assert (shown["status"], shown["subtotal"]) == (0, 690)
    assert desk.on_order(invoice["invoiceId"]) == sorted(shipped["boxCodes"])
    assert desk.stock(lot) == []
    assert desk.owed() == 0, "nothing is owed before the invoice is confirmed"
    desk.do("invoice.confirm", invoiceNumber=invoice["invoiceNumber"])
    assert desk.owed() == Decimal(str(shown["total"]))


def test_from_the_open_market_to_the_books_and_back(sandbox: Any) -> None:
    desk = Desk(sandbox)
    order = desk.do(
        "purchase.order.create",
        shipDate=f"{day(-3)}",
        vendorId=cast.MONTE,
        companyLocationCode="MIA",
        purchaseOrderItems=[{"productCode": "RSFR60", "boxes": 6, "cost": 8.1, **ROSES}],
    )
    number = order["purchaseOrderNumber"]
    po = desk.order_line(number)
    future = desk.do(
        "future.inventory.openmarket.list", dateFrom=f"{day(-2)}", dateTo=f"{day(3)}", locationId=cast.MIAMI
    )
    assert f"{po['poItemId']}" in str(future), "bought for nobody, so to be had before it is here"
    desk.do("purchase.order.item.price.update", purchaseOrderItemId=po["poItemId"], price=13.4)
    desk.do("purchase.order.item.confirm", poItemId=po["poItemId"], quantityConfirmed=6)

    lot = "723002"
    one = {"poItemId": po["poItemId"], "awb": "729-1234-7702", "shipDate": f"{day(-3)}", "lotNumber": lot}
    (shipped,) = desk.do("purchase.order.items.awb.add", vendorId=cast.MONTE, poItems=[one])[
        "purchaseOrderItemDetailsAWBAddAPIResultList"
    ]
    codes = shipped["boxCodes"]
    desk.receive(codes[:5])
    assert "still on its way" in desk.refused("box.warehouse.ship", boxCode=codes[5], companyLocationId=cast.MIAMI)
    desk.receive(codes[5:])
    market = desk.do("inventory.openmarket.list", locationId=cast.MIAMI, customerId=cast.PETAL)["inventoryItems"]
    (stock,) = desk.stock(lot, "M")
    (offered,) = [one for one in market if one["inventoryId"] == stock["orderItemId"]]
    assert (offered["quantity"], offered["price"]) == (6, 13.4)

    sold = {"orderItemId": stock["orderItemId"], "boxes": 3, "price": 13.4}
    draft = desk.do("invoice.create", **INVOICE, shipDate=f"{day(0)}", statusDraft=1, items=[sold])
    invoice_id, invoice_number = draft["invoiceId"], draft["invoiceNumber"]
    added = desk.do("invoice.item.add", invoiceId=invoice_id, returnAvailableBoxes=1, **{**sold, "boxes": 2})
    assert added["availableBoxes"] == 1
    item = {"invoiceId": invoice_id, "invoiceItemId": added["invoiceItemId"]}
    assert "Only 1" in desk.refused("invoice.item.update", **item, boxes=4, price=13.4)
    desk.do("invoice.item.update", **item, boxes=3, price=12.85, discount=2.5)
    assert desk.stock(lot) == []
    desk.refused("box.invoice.shipment.confirm", orderNumber=invoice_number, boxCodes=codes)
    desk.do("invoice.checkout", invoiceNumber=invoice_number)
    desk.do("invoice.confirm", invoiceNumber=invoice_number)
    desk.refused("invoice.checkout", invoiceNumber=invoice_number)
    shown = desk.invoice(invoice_id)
    assert [line["totalPrice"] for line in shown["details"]] == [482.4, 451.04]  # 36 x 13.40; 36 x 12.85 less 2.5 %
    total = Decimal(str(shown["total"]))
    assert total == Decimal(str(shown["subtotal"])) + Decimal(str(shown["additionalCharges"]))
    assert (shown["subtotal"], desk.owed()) == (933.44, total)

    assert desk.on_order(invoice_id) == sorted(codes)
    assert desk.do("box.invoice.shipment.confirm", orderNumber=invoice_number, boxCodes=codes[:4])["updatedBoxes"] == 4
    for code in codes[4:]:
        desk.do("box.warehouse.ship", boxCode=code, companyLocationId=cast.MIAMI)
    desk.refused("box.warehouse.ship", boxCode=codes[0], companyLocationId=cast.MIAMI)
    desk.refused("invoice.item.delete", **item)
    desk.refused("invoice.item.add", invoiceId=invoice_id, **{**sold, "boxes": 1})

    paid = {"customerId": cast.PETAL, "locationCode": "MIA", "methodId": 2, "date": f"{day(0)}"}
    applied = {"invoiceNumber": invoice_number, "amount": float(total)}
    control = desk.do("payment.receive", **paid, totalPayment=float(total + 25), invoices=[applied])["controlNumber"]
    (payment,) = desk.do("payment.list", controlNumber=control)["payments"]
    assert [one["amount"] for one in payment["invoices"]] == [float(total)]
    assert desk.owed() == -25, "what was paid too much stays the customer's"

    desk.do("invoice.mark.sync.status.ok", invoiceId=invoice_id)
    for method, fields in {
        "invoice.item.update": {**item, "boxes": 3, "price": 1},
        "invoice.update": {"invoiceId": invoice_id, "poNumber": "LATE"},
        "invoice.void": {"invoiceNumber": invoice_number, "reason": "Too late"},
    }.items():
        assert "synchronized" in desk.refused(method, **fields), method

    desk.do("invoice.mark.sync.status.error", invoiceId=invoice_id, message="Taken back")
    desk.do("invoice.update", invoiceId=invoice_id, poNumber="IN-TIME")
    desk.do("invoice.void", invoiceNumber=invoice_number, reason="All of it came back")
    assert desk.invoice(invoice_id)["status"] == 4
    assert sum(line["quantity"] for line in desk.stock(lot, "M")) == 6, "a voided invoice's boxes are stock again"
    assert desk.owed() == -(total + 25)
    (payment,) = desk.do("payment.list", controlNumber=control)["payments"]
    assert payment["invoices"] == []

    opened = [{"date": f"{day(0)}", "balance": 40.15}, {"balance": 9.85}]
    desk.do("open.credit.balance.create", customerCode="PETAL", openCredits=opened)
    assert desk.owed() == -(total + 75)
    again = desk.do(
        "invoice.create", **INVOICE, shipDate=f"{day(0)}", items=[{**sold, "boxes": 6}], returnAvailableBoxes=1
    )
    assert again["items"][0]["availableBoxes"] == 0
