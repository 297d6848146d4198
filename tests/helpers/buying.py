"""What customers want and the company buys: prebooks, purchase orders, air waybills; with books kept beside them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from helpers.books import CUSTOMERS, Books, Ordered, Wanted
from komet_console.sandbox.seed import cast

PRODUCTS = ("RSFR50", "RSFR60", "CARRED")
PACK = {"boxTypeCode": "HB", "unitType": "Bunch", "bunches": 12, "stemsBunch": 25}

One = TypeVar("One")
pick = st.integers(0, 10_000)
few = st.integers(1, 6)
prices = st.decimals("0.01", "20", places=2)


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


def one_of(choices: list[One], number: int) -> One:
    return choices[number % len(choices)]


class Buying(Books):
    """Buyers and growers at work."""

    @rule(customer=st.sampled_from(list(CUSTOMERS)), product=st.sampled_from(PRODUCTS), boxes=few, use=st.booleans())
    def prebook(self, customer: int, product: str, boxes: int, use: bool) -> None:
        item = {"productCode": product, "boxes": boxes, "price": 9.5, "vendorId": cast.MONTE, "cost": 5, **PACK}
        made = self.do(
            "prebook.create",
            customerId=customer,
            carrierId=cast.EVERGLADES,
            shipDate=day(12),
            companyLocationCode="MIA",
            useExisting=int(use),
            prebookItems=[item],
        )
        self.wanted.append(Wanted(made["prebookId"], made["prebookItems"][0]["prebookItemId"], boxes))
        if made["prebookId"] not in self.prebooks:
            self.prebooks.append(made["prebookId"])

    @precondition(lambda self: self.wanted)
    @rule(which=pick, vendor=st.booleans())
    def drop_prebook_line(self, which: int, vendor: bool) -> None:
        line = one_of(self.wanted, which)
        token = "vendor" if vendor else "company"
        gone = self.expect(
            not line.bought, "prebook.item.delete", token, prebookId=line.prebook, prebookItemId=line.item
        )
        if gone and vendor:
            line.boxes = 0
        elif gone:
            self.wanted.remove(line)

    @precondition(lambda self: self.prebooks)
    @rule(which=pick)
    def drop_prebook(self, which: int) -> None:
        prebook = one_of(self.prebooks, which)
        lines = [line for line in self.wanted if line.prebook == prebook]
        bought = any(line.bought for line in lines)
        if self.ask("prebook.delete", prebookId=prebook):
            assert not bought
            self.prebooks.remove(prebook)
            self.wanted = [line for line in self.wanted if line not in lines]

    def order(self, element: dict[str, Any], possible: bool, wanted: Wanted | None = None) -> None:
        made = self.expect(
            possible,
            "purchase.order.create",
            shipDate=day(1),
            vendorId=cast.MONTE,
            companyLocationCode="MIA",
            purchaseOrderItems=[{"cost": 5.25, **PACK, **element}],
        )
        if made:
            (order,) = self.do("purchase.order.list", number=made["purchaseOrderNumber"])["purchaseOrders"]
            line = Ordered(order["details"][0]["poItemId"], element["boxes"], wanted=wanted)
            self.ordered.append(line)
            if wanted:
                wanted.bought += element["boxes"]

    @precondition(lambda self: self.wanted)
    @rule(which=pick, boxes=few)
    def buy_what_is_prebooked(self, which: int, boxes: int) -> None:
        line = one_of(self.wanted, which)
        possible = boxes <= line.boxes - line.bought
        self.order({"prebookItemId": line.item, "boxes": boxes}, possible, line)

    @rule(product=st.sampled_from(PRODUCTS), boxes=few)
    def buy_for_the_market(self, product: str, boxes: int) -> None:
        self.order({"productCode": product, "boxes": boxes}, True)

    @rule(boxes=few, red=st.integers(1, 20))
    def buy_mixed_boxes(self, boxes: int, red: int) -> None:
        bunches = {"stemsBunch": 20, "cost": 4.1}
        parts = [
            {"productCode": "CARRED", "bunches": red, **bunches},
            {"productCode": "CARWHT", "bunches": 5, **bunches},
        ]
        box = {"productId": cast.CARAST, "boxTypeCode": "QB", "boxes": boxes, "unitType": "Bunch", "breakdowns": parts}
        order = {"shipDate": day(1), "vendorId": cast.MONTE, "companyLocationCode": "MIA", "purchaseOrderItems": [box]}
        number = self.do("purchase.order.mixed.create", **order)["purchaseOrderNumber"]
        (made,) = self.do("purchase.order.list", number=number)["purchaseOrders"]
        self.ordered.append(Ordered(made["details"][0]["poItemId"], boxes))

    def at_the_farm(self) -> list[Ordered]:
        return [line for line in self.ordered if not line.lot]

    @precondition(lambda self: self.prebooks and any(not one.wanted for one in self.at_the_farm()))
    @rule(which=pick, prebook=pick, boxes=few)
    def prebook_from_the_future(self, which: int, prebook: int, boxes: int) -> None:
        line = one_of([one for one in self.at_the_farm() if not one.wanted], which)
        taken = self.expect(
            boxes <= line.boxes - line.taken,
            "prebook.future.item.add",
            prebookId=one_of(self.prebooks, prebook),
            inventoryId=line.item,
            boxes=boxes,
            price=9,
        )
        line.taken += boxes if taken else 0

    @precondition(lambda self: self.prebooks)
    @rule(prebook=pick, boxes=few)
    def prebook_from_the_grower(self, prebook: int, boxes: int) -> None:
        offer = {"inventoryIds": "428721,428722", "quantity": boxes, "price": 9}
        self.ask("prebook.vendor.availability.item.add", prebookId=one_of(self.prebooks, prebook), **offer)

    @precondition(lambda self: self.at_the_farm())
    @rule(which=pick, boxes=st.integers(0, 8))
    def confirm_at_the_farm(self, which: int, boxes: int) -> None:
        line = one_of(self.at_the_farm(), which)
        self.expect(boxes <= line.boxes, "purchase.order.item.confirm", poItemId=line.item, quantityConfirmed=boxes)

    @precondition(lambda self: self.ordered)
    @rule(which=pick, sure=st.integers(0, 2))
    def drop_order_line(self, which: int, sure: int) -> None:
        if sure:
            return
        line = one_of(self.ordered, which)
        gone = self.ask("purchase.order.item.delete", poItemId=line.item)
        if gone:
            assert not line.lot
            self.ordered.remove(line)
            if line.wanted:
                line.wanted.bought -= line.boxes

    @precondition(lambda self: self.at_the_farm())
    @rule(which=pick, awb=st.integers(1, 3), left=st.integers(0, 3))
    def put_on_a_plane(self, which: int, awb: int, left: int) -> None:
        line = one_of(self.at_the_farm(), which)
        self.lot_number += 1
        codes = [f"HY{self.lot_number}{one}" for one in range(max(1, line.boxes - left))]
        shipped = self.ask(
            "purchase.order.item.awb.add",
            poItemId=line.item,
            awb=f"406-7777-000{awb}",
            shipDate=day(1),
            boxCodes=codes,
            lotNumber=f"{self.lot_number}",
        )
        if not shipped:
            assert line.taken, "only boxes that belong together can't be split"
            return
        line.lot = self.lot_number
        self.coming += [(code, self.lot_number) for code in shipped["boxCodes"]]
        if len(codes) < line.boxes:
            rest = Ordered(shipped["newPOItemId"], line.boxes - len(codes), wanted=line.wanted)
            # what prebooks took may have stayed behind with the rest: either line may be full now
            rest.taken, line.taken = (rest.boxes, line.boxes) if line.taken else (0, 0)
            line.boxes = len(codes)
            self.ordered.append(rest)

    @precondition(lambda self: self.at_the_farm())
    @rule(which=st.lists(pick, min_size=1, max_size=3), awb=st.integers(1, 3))
    def put_several_on_planes(self, which: list[int], awb: int) -> None:
        """Each line once: a line that is named twice is refused the second time, and the others ship all the same."""
        lines = [one_of(self.at_the_farm(), one) for one in which]
        sent = []
        for line in lines:
            self.lot_number += 1
            plane = {"awb": f"406-7777-000{awb}", "shipDate": day(1), "lotNumber": f"{self.lot_number}"}
            sent.append({"poItemId": line.item, **plane})
        answer = self.do("purchase.order.items.awb.add", vendorId=cast.MONTE, poItems=sent)
        results = answer["purchaseOrderItemDetailsAWBAddAPIResultList"]
        for line, result in zip(lines, results, strict=True):
            assert result["status"] == int(not line.lot)
            if result["status"]:
                line.lot = result["lotNumber"]
                assert len(result["boxCodes"]) == line.boxes
                self.coming += [(code, line.lot) for code in result["boxCodes"]]
