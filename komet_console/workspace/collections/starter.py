"""The collection that comes with the program: every method's sample by group, and two chains from order to money.

Generated from the catalogue, so it cannot grow old; dates lie around the day it is made.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from komet_console.catalogue import Catalogue, Method
from komet_console.exchange import Body, Draft, Pair, draft_of_sample
from komet_console.workspace.collections.cleaning import Cleaner
from komet_console.workspace.collections.model import Capture, Check, Collection, Folder, Item, RequestItem

__all__ = ["NAME", "starter"]

NAME = "Komet Sales"
_BARE = re.compile(r'"\{\{#([A-Za-z][\w.-]*)\}\}"')
_ROSES = {"boxTypeCode": "HB", "unitType": "Bunch", "bunches": 12, "stemsBunch": 25}
_CUSTOMER, _CARRIER, _LOCATION, _VENDOR = 7349, 118, 9, 5120
"""Petal & Stem, Everglades, Miami and Monte: they are in every seeded sandbox."""
_AWB = "purchaseOrderItemDetailsAWBAddAPIResultList[0].boxCodes"

_INTRODUCTION = """\
Every method of the API with a sample that works on a fresh sandbox, by group, and two chains that follow an order through \
the whole trade. Copy what you need into a collection of your own.

Variables: `baseUrl` is the address with `/api`, `token` the token, `password` the password of a web shop's \
user."""
_CHAIN_A = """\
A customer orders ahead (prebook), the company buys at the farm for it, the farm confirms and ships by air, the boxes \
arrive, and the customer gets its invoice. Send the requests from top to bottom: each hands its ids on."""
_CHAIN_B = """\
The company buys for stock; what arrives is sold on the open market: an invoice as draft, checked out and confirmed, boxes \
shipped, paid and marked as synchronized; then taken back: sync error, void, and an open credit balance. Send the requests \
from top to bottom: each hands its ids on."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One call of a chain; `"{{#name}}"` in its fields is a number or list from an earlier answer."""

    name: str
    method: str
    fields: dict[str, Any]
    captures: dict[str, str]
    checks: tuple[Check, ...] = ()


def starter(catalogue: Catalogue, today: date) -> Collection:
    """The collection, with dates around `today`."""
    chains: list[Item] = [
        _chain(catalogue, "Prebook to invoice", _CHAIN_A, _prebook_to_invoice(today), 1),
        _chain(catalogue, "Open market to payment, and back", _CHAIN_B, _market_to_payment(today), 2),
    ]
    groups = dict.fromkeys(row.group for row in catalogue.summaries.values())
    folders = [_group(catalogue, name, today, number) for number, name in enumerate(groups, start=3)]
    # The shop user's password of the sandbox is a secret like any other: in files it is a reference.
    return Cleaner().collection(Collection(NAME, (*chains, *folders), _INTRODUCTION))


def _group(catalogue: Catalogue, group: str, today: date, number: int) -> Folder:
    items: list[Item] = []
    for seq, row in enumerate(catalogue.in_group(group), start=1):
        method = catalogue.method(row.name)
        draft = draft_of_sample(method, catalogue.sample(method, today))
        description = f"{row.title}\n\n{method.description}".strip()
        tags = (row.effect, *(("deprecated",) if row.deprecated else ()))
        checks = (Check("outcome", value="success"),)
        items.append(RequestItem(row.name, draft, description, tags, seq, checks=checks))
    return Folder(group, tuple(items), seq=number)


def _chain(catalogue: Catalogue, name: str, description: str, steps: list[_Step], number: int) -> Folder:
    items = tuple(
        RequestItem(
            f"{seq:02} {step.name}",
            _draft(catalogue.method(step.method), step.fields),
            tags=("chain",),
            seq=seq,
            checks=(Check("status", value="200"), Check("outcome", value="success"), *step.checks),
            captures=tuple(Capture(variable, expression) for variable, expression in step.captures.items()),
        )
        for seq, step in enumerate(steps, start=1)
    )
    return Folder(name, items, description, ("chain",), number)


def _draft(method: Method, fields: dict[str, Any]) -> Draft:
    if method.places.input[0] == "query":
        return Draft(method.name, tuple(Pair(name, _parameter(value)) for name, value in fields.items()))
    text = json.dumps(fields, indent=2, ensure_ascii=False)
    return Draft(method.name, body=Body("json", _BARE.sub(r"{{\1}}", text)))


def _parameter(value: Any) -> str:
    """A value of a URL parameter: lists are separated by commas."""
    if isinstance(value, list):
        return ",".join(_parameter(one) for one in value)
    return str(value).replace("{{#", "{{")


def _value(expression: str, value: str) -> tuple[Check, ...]:
    return (Check("value", expression, "eq", value),)


def _receive(codes: dict[str, str]) -> list[_Step]:
    """One step a box: it arrives in the cooler in Miami."""
    return [
        _Step(
            f"Box {number} arrives",
            "box.warehouse.receive",
            {"boxCode": f"{{{{{variable}}}}}", "position": "C07", "companyLocationId": _LOCATION},
            {},
        )
        for number, variable in enumerate(codes, start=1)
    ]


def _prebook_to_invoice(today: date) -> list[_Step]:
    def day(offset: int) -> str:
        return (today + timedelta(days=offset)).isoformat()

    ordered = {"productCode": "RSFR50", "boxes": 2, "price": 11.5, "vendorId": _VENDOR, "cost": 7.25, **_ROSES}
    bought = {"prebookItemId": "{{#prebookItemId}}", "boxes": 2, "cost": 7.25, **_ROSES}
    codes = {"boxA1": f"{_AWB}[0]", "boxA2": f"{_AWB}[1]"}
    flown = {"poItemId": "{{#poItemA}}", "awb": "729-1234-7701", "shipDate": day(1), "lotNumber": "823001"}
    return [
        _Step(
            "The customer orders ahead",
            "prebook.create",
            {
                "customerId": _CUSTOMER,
                "carrierId": _CARRIER,
                "shipDate": day(5),
                "customerPO": "CHAIN-A",
                "companyLocationCode": "MIA",
                "prebookItems": [ordered],
            },
            {"prebookNumber": "prebookNumber", "prebookItemId": "prebookItems[0].prebookItemId"},
        ),
        _Step(
            "The company buys at the farm",
            "purchase.order.create",
            {
                "shipDate": day(1),
                "vendorId": _VENDOR,
                "companyLocationCode": "MIA",
                "purchaseOrderItems": [bought],
            },
            {"purchaseOrderA": "purchaseOrderNumber"},
        ),
        _Step(
            "What was bought",
            "purchase.order.list",
            {"number": "{{purchaseOrderA}}"},
            {"poItemA": "purchaseOrders[0].details[0].poItemId"},
            _value("purchaseOrders[0].details[0].totalBoxes", "2"),
        ),
        _Step(
            "The farm confirms", "purchase.order.item.confirm", {"poItemId": "{{#poItemA}}", "quantityConfirmed": 2}, {}
        ),
        _Step("The boxes fly", "purchase.order.items.awb.add", {"vendorId": _VENDOR, "poItems": [flown]}, codes),
        *_receive(codes),
        _Step(
            "They are in stock for this customer",
            "inventory.list",
            {"inventoryType": "P", "lotNumber": "823001", "includeBoxes": 1},
            {"stockA": "inventoryItems[0].orderItemId"},
        ),
        _Step(
            "The customer's invoice",
            "invoice.create",
            {
                "customerId": _CUSTOMER,
                "carrierId": _CARRIER,
                "locationId": _LOCATION,
                "shipDate": day(5),
                "items": [{"orderItemId": "{{#stockA}}", "boxes": 2, "price": 11.5}],
            },
            {"invoiceIdA": "invoiceId", "invoiceNumberA": "invoiceNumber"},
        ),
        _Step("It is confirmed", "invoice.confirm", {"invoiceNumber": "{{#invoiceNumberA}}"}, {}),
        _Step(
            "The invoice as it stands",
            "invoice.details.list",
            {"orderId": "{{invoiceIdA}}"},
            {},
            _value("invoices[0].status", "1"),
        ),
    ]


def _market_to_payment(today: date) -> list[_Step]:
    def day(offset: int) -> str:
        return (today + timedelta(days=offset)).isoformat()

    codes = {"boxB1": f"{_AWB}[0]", "boxB2": f"{_AWB}[1]", "boxB3": f"{_AWB}[2]"}
    flown = {"poItemId": "{{#poItemB}}", "awb": "729-1234-7702", "shipDate": day(-3), "lotNumber": "823002"}
    line = {"orderItemId": "{{#stockB}}", "price": 13.4}
    paid = {"invoiceNumber": "{{#invoiceNumberB}}", "amount": "{{#totalB}}"}
    return [
        _Step(
            "The company buys for stock",
            "purchase.order.create",
            {
                "shipDate": day(-3),
                "vendorId": _VENDOR,
                "companyLocationCode": "MIA",
                "purchaseOrderItems": [{"productCode": "RSFR60", "boxes": 3, "cost": 8.1, **_ROSES}],
            },
            {"purchaseOrderB": "purchaseOrderNumber"},
        ),
        _Step(
            "What was bought",
            "purchase.order.list",
            {"number": "{{purchaseOrderB}}"},
            {"poItemB": "purchaseOrders[0].details[0].poItemId"},
        ),
        _Step(
            "The farm confirms", "purchase.order.item.confirm", {"poItemId": "{{#poItemB}}", "quantityConfirmed": 3}, {}
        ),
        _Step("The boxes fly", "purchase.order.items.awb.add", {"vendorId": _VENDOR, "poItems": [flown]}, codes),
        *_receive(codes),
        _Step(
            "They are on the open market",
            "inventory.list",
            {"inventoryType": "M", "lotNumber": "823002", "includeBoxes": 1},
            {"stockB": "inventoryItems[0].orderItemId"},
            _value("inventoryItems[0].quantity", "3"),
        ),
        _Step(
            "An invoice as draft",
            "invoice.create",
            {
                "customerId": _CUSTOMER,
                "carrierId": _CARRIER,
                "locationId": _LOCATION,
                "shipDate": day(0),
                "statusDraft": 1,
                "items": [{**line, "boxes": 2}],
            },
            {"invoiceIdB": "invoiceId", "invoiceNumberB": "invoiceNumber"},
        ),
        _Step(
            "One more line",
            "invoice.item.add",
            {"invoiceId": "{{#invoiceIdB}}", **line, "boxes": 1},
            {"invoiceItemB": "invoiceItemId"},
        ),
        _Step("The draft is checked out", "invoice.checkout", {"invoiceNumber": "{{#invoiceNumberB}}"}, {}),
        _Step("It is confirmed", "invoice.confirm", {"invoiceNumber": "{{#invoiceNumberB}}"}, {}),
        _Step(
            "What the customer owes",
            "invoice.details.list",
            {"orderId": "{{invoiceIdB}}"},
            {"totalB": "invoices[0].total"},
            _value("invoices[0].status", "1"),
        ),
        _Step(
            "The boxes leave",
            "box.invoice.shipment.confirm",
            {"orderNumber": "{{#invoiceNumberB}}", "boxCodes": [f"{{{{{one}}}}}" for one in codes]},
            {},
            _value("updatedBoxes", "3"),
        ),
        _Step(
            "The customer pays",
            "payment.receive",
            {
                "customerId": _CUSTOMER,
                "locationCode": "MIA",
                "methodId": 2,
                "date": day(0),
                "totalPayment": "{{#totalB}}",
                "invoices": [paid],
            },
            {"paymentB": "controlNumber"},
        ),
        _Step("The books have it", "invoice.mark.sync.status.ok", {"invoiceId": "{{#invoiceIdB}}"}, {}),
        _Step(
            "The books give it back",
            "invoice.mark.sync.status.error",
            {"invoiceId": "{{#invoiceIdB}}", "message": "Taken back"},
            {},
        ),
        _Step(
            "The invoice is voided",
            "invoice.void",
            {"invoiceNumber": "{{#invoiceNumberB}}", "reason": "All of it came back"},
            {},
        ),
        _Step(
            "The customer gets a credit",
            "open.credit.balance.create",
            {"customerCode": "PETAL", "openCredits": [{"date": day(0), "balance": 40.15}]},
            {},
        ),
    ]
