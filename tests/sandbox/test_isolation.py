"""Who sees and changes what: companies apart from each other, vendors, customers and users within their own.

Two companies live in the seeded world: Bay (1043, whose objects the samples name) and its partner (2088).
"""

from __future__ import annotations

import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from komet_console.catalogue import Method, load
from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import tables as t

CATALOGUE = load()
METHODS = {name: CATALOGUE.method(name) for name in CATALOGUE.summaries}
READS = sorted(name for name, method in METHODS.items() if method.effect == "read")
WRITES = sorted(name for name, method in METHODS.items() if method.effect != "read")
PARTNER = token_value(1, "company", "partner")
PARTNER_CUSTOMER, PARTNER_VENDOR, PARTNER_USER = "sbx_customer_rosemkt", "sbx_vendor_pichi", "sbx_user_shop"
ROSEMKT, PICHI = 9101, 8501
MAKES_ITS_OWN = {
    "additional.charge.add",
    "carrier.add",
    "customer.add",
    "login",
    "open.credit.balance.create",
    "product.add",
    "vendor.add",
}
"""Writing methods whose samples name no object of the company, or one by a code that another company may have too."""
NOT_ONES_OWN = {
    ("multiple.prebooks.create", "customerCode"): "makes the customer when the company has none with the code",
    ("customer.day.service.update", "idCustomerList"): "names those that were not found in the message of success",
    ("customer.day.service.update", "carrierCode"): "the carrier's id counts",
    ("purchase.order.item.awb.add", "boxCodes"): "new codes; each company has its own",
    ("purchase.order.items.awb.add", "boxCodes"): "new codes; each company has its own",
}
"""Places where another company's value is no reason to refuse, and why."""
SHARED = {"companyid", "divisionid", "roleid", "statusid", "weekday", "kometnetworkid"}
"""Ids that mean the same in every company."""


def inprocess() -> Any:
    return sys.modules["komet_tests_inprocess"]


def given(method: Method) -> dict[str, Any]:
    """The input of a method's sample, without the token."""
    sample = CATALOGUE.sample(method, inprocess().today())
    fields = {**(sample.query or {}), **(sample.body or {})}
    for place in method.places.token:
        fields.pop(place.name, None)
    return fields


def succeeded(name: str, answer: Any) -> bool:
    """Whether a call did all or part of what was asked."""
    verdict = CATALOGUE.explain(METHODS[name], None, answer.status, answer.headers, answer.text.encode())
    return verdict.outcome in ("success", "partial")


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value of an answer with the key it stands under."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, key)
    else:
        yield key, value


def found(answer: Any, *keys: str) -> set[Any]:
    """All values under these keys, whatever the case of the key."""
    wanted = {key.casefold() for key in keys}
    return {value for key, value in leaves(answer.json) if key.casefold() in wanted}


def digest(engine: Any, company_id: int) -> str:
    """A fingerprint of all business data of a company."""
    seen = hashlib.sha256()
    with engine.execution_options(reading=True).begin() as connection:
        for table in t.world_tables():
            if "company_id" in table.c and "id" in table.c:
                query = select(table).where(table.c.company_id == company_id).order_by(table.c.id)
                for row in connection.execute(query):
                    seen.update(repr(tuple(row)).encode())
    return seen.hexdigest()


@pytest.fixture(scope="module")
def both(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """A world in which the partner has made something of every kind; the ids it got, by the field that takes them."""
    folder = tmp_path_factory.mktemp("both")
    made = inprocess().Sandbox(template, folder)
    with made.engine.begin() as connection:
        for token, kind, whose in (
            (PARTNER_CUSTOMER, "customer", {"customer_id": ROSEMKT}),
            (PARTNER_VENDOR, "vendor", {"vendor_id": PICHI}),
            (PARTNER_USER, "user", {"user_id": cast.PARTNER_ADMIN, "customer_id": ROSEMKT}),
        ):
            connection.execute(
                insert(t.tokens).values(
                    token=token,
                    company_id=cast.PARTNER,
                    kind=kind,
                    description=token,
                    created_on=made.state.now(),
                    **{"user_id": cast.PARTNER_ADMIN, **whose},
                )
            )
    ids = _of_the_partner(made)
    made.release()
    yield made.url, ids
    inprocess().drop_database(made.url)


def _of_the_partner(made: Any) -> dict[str, Any]:
    def call(name: str, /, token: str = PARTNER, **fields: Any) -> Any:
        answer = made.call(name, token=token, account=cast.PARTNER, **fields)
        assert answer.status == 200, answer.text
        assert answer.json["status"] == 1, answer.text
        return answer.json

    later = str(inprocess().today() + timedelta(days=5))
    contact = call("customer.contact.add", customerId=ROSEMKT, name="Ana", type="Buyer")
    ship_to = call("customer.shipto.add", customerId=ROSEMKT, name="Back door")
    line = {"productId": 334002, "boxTypeCode": "HB", "boxes": 2, "unitType": "Bunch", "bunches": 12, "stemsBunch": 25}
    prebook = call(
        "prebook.create",
        customerId=ROSEMKT,
        carrierId=901,
        shipDate=later,
        prebookItems=[{**line, "vendorId": PICHI, "cost": 3, "price": 5}],
    )
    with made.engine.begin() as connection:

        def first(table: Any, column: str = "id") -> Any:
            query = select(table.c[column]).where(table.c.company_id == cast.PARTNER).order_by(table.c.id).limit(1)
            return connection.execute(query).scalar_one()

        box = first(t.boxes, "code")
        invoice_item, payment = first(t.invoice_items), first(t.payments)
        item = connection.execute(
            select(t.prebook_items.c.id).where(t.prebook_items.c.prebook_id == prebook["prebookId"])
        ).scalar_one()
        invoice = first(t.invoices)
        product_code = connection.execute(
            select(t.products.c.legacy_code).where(t.products.c.id == 334003)
        ).scalar_one()
    return {
        "customerid": ROSEMKT,
        "idcustomerlist": ROSEMKT,
        "customercode": "ROSEMKT",
        "customercodes": "ROSEMKT",
        "contactid": contact["contactId"],
        "shiptoid": ship_to["shipToId"],
        "carrierid": 901,
        "carriercode": "DORTK",
        "vendorid": PICHI,
        "growerid": PICHI,
        "vendorcode": "PICHI",
        "productid": 334002,
        "productcode": product_code,
        "locationid": cast.DORAL,
        "companylocationid": cast.DORAL,
        "locationcode": "DOR",
        "locationcodes": "DOR",
        "companylocationcode": "DOR",
        "additionalchargeid": 29001,
        "additionalchargecode": "BOX",
        "methodid": 12,
        "boxcode": box,
        "boxcodes": box,
        "currentboxcode": box,
        "inventoryid": cast.PARTNER_LINE,
        "inventoryids": str(cast.PARTNER_LINE),
        "orderitemid": cast.PARTNER_LINE,
        "invoiceid": invoice,
        "orderids": str(invoice),
        "invoiceitemid": invoice_item,
        "paymentid": payment,
        "prebookid": prebook["prebookId"],
        "prebookitemid": item,
        "poitemid": 991001,
        "purchaseorderitemid": 991001,
        "companyid": cast.PARTNER,
    }


@pytest.fixture
def apart(both: tuple[str, dict[str, Any]], tmp_path: Path) -> Iterator[Any]:
    """A sandbox of the test's own with both companies at work."""
    made = inprocess().Sandbox(both[0], tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def looked_at(both: tuple[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A sandbox that tests only read."""
    made = inprocess().Sandbox(both[0], tmp_path_factory.mktemp("looked-at"))
    yield made
    made.close()


def partner_token(method: Method) -> str:
    """A token of the partner's that the method takes."""
    for kind, token in (("company", PARTNER), ("customer", PARTNER_CUSTOMER), ("user", PARTNER_USER)):
        if method.accepts(kind):
            return token
    return PARTNER_VENDOR


PARTNER_INPUT = {
    "companyLocationId": cast.DORAL,
    "locationId": cast.DORAL,
    "purchaseOrderItemIds": "991001",
    "customerId": ROSEMKT,
    "invoiceId": 290001,
    "inventoryLineIds": str(cast.PARTNER_LINE),
    "webOrderId": 1,
}


def wide(method: Method, *, partner: bool) -> dict[str, Any]:
    """What a reading method needs to show as much as it can: no filters, long ranges of days."""
    sample = given(method)
    fields = (*method.parameters, *method.body)
    if any(field.name in ("orderDateFrom", "dateFrom", "creditDateFrom") for field in fields):
        kept = {key: value for key, value in sample.items() if key.endswith(("From", "To"))}
        if method.name in ("invoice.details.list", "pickticket.details.list"):
            today = inprocess().today()
            kept = {"orderDateFrom": str(today - timedelta(days=3)), "orderDateTo": str(today)}
    else:
        kept = {field.name: sample[field.name] for field in fields if field.required and field.name in sample}
        dates = {field.name: sample[field.name] for field in fields if "date" in field.type and field.name in sample}
        kept = {**dates, **kept} if method.name.startswith(("awb", "prebook", "purchase", "pick")) else kept
    kept = {**{key: value for key, value in sample.items() if key in kept}, **kept}
    if method.name == "credit.details.list":
        kept["itemType"] = "all"
    if method.name in ("customer.shipto.list", "ecommerce/inventory.get", "purchase.order.va.details.list"):
        kept = sample
    if method.name == "inventory.list":
        kept["includeBoxes"] = 1
    if partner:
        kept.update({key: value for key, value in PARTNER_INPUT.items() if key in kept})
    return kept


def names_of(sandbox: Any, company_id: int) -> set[str]:
    """Names that are a company's own: people, trading partners, products, places."""
    found_names: set[str] = set()
    with sandbox.engine.execution_options(reading=True).begin() as connection:
        for column in (
            t.customers.c.name,
            t.vendors.c.name,
            t.products.c.description,
            t.carriers.c.name,
            t.customer_shiptos.c.name,
            t.customer_contacts.c.name,
            t.additional_charges.c.name,
            t.users.c.login,
            t.price_lists.c.description,
            t.awbs.c.awb,
        ):
            query = select(column).where(column.table.c.company_id == company_id)
            found_names |= {str(name).casefold() for name in connection.execute(query).scalars()}
        found_names |= {
            name.casefold()
            for name in connection.execute(select(t.companies.c.name).where(t.companies.c.id == company_id)).scalars()
        }
    return found_names


def ids_in(answer: Any) -> dict[str, set[int]]:
    """Ids by the key they stand under."""
    ids: dict[str, set[int]] = defaultdict(set)
    for key, value in leaves(answer.json):
        folded = key.casefold()
        if folded.endswith("id") and folded not in SHARED and isinstance(value, int) and value > 0:
            ids[folded].add(value)
    return ids


@pytest.mark.parametrize("name", [name for name in READS if METHODS[name].accepts("company")])
def test_two_companies_read_nothing_in_common(looked_at: Any, name: str) -> None:
    method = METHODS[name]
    bay = looked_at.call(name, **wide(method, partner=False))
    partner = looked_at.call(name, token=PARTNER, account=cast.PARTNER, **wide(method, partner=True))
    assert bay.status == 200, bay.text
    assert partner.status == 200, partner.text
    mine, theirs = ids_in(bay), ids_in(partner)
    common = {key: ids & theirs[key] for key, ids in mine.items() if ids & theirs.get(key, set())}
    assert common == {}
    bay_names, partner_names = names_of(looked_at, cast.COMPANY), names_of(looked_at, cast.PARTNER)
    for answer, foreign in ((bay, partner_names - bay_names), (partner, bay_names - partner_names)):
        texts = {str(value).casefold() for _, value in leaves(answer.json)}
        assert texts & foreign == set()


@pytest.mark.parametrize("name", READS)
def test_ids_of_another_company_show_nothing(looked_at: Any, name: str) -> None:
    method = METHODS[name]
    answer = looked_at.call(name, token=partner_token(method), account=cast.PARTNER, **given(method))
    assert answer.status in (200, 400), answer.text
    foreign = names_of(looked_at, cast.COMPANY) - names_of(looked_at, cast.PARTNER)
    assert {str(value).casefold() for key, value in leaves(answer.json) if key != "message"} & foreign == set()


def test_no_write_of_one_company_reaches_the_other(apart: Any) -> None:
    before = digest(apart.engine, cast.COMPANY)
    accepted = []
    for name in WRITES:
        method = METHODS[name]
        if method.tokens == ():
            continue
        answer = apart.call(name, token=partner_token(method), account=cast.PARTNER, **given(method))
        assert answer.status < 500, (name, answer.text)
        if succeeded(name, answer):
            accepted.append((name, answer.text[:300]))
        # the digest of a large world takes its time; one over all calls is enough to fail
    assert [one for one in accepted if one[0] not in MAKES_ITS_OWN] == []
    assert digest(apart.engine, cast.COMPANY) == before


def swaps(
    value: Any, ids: dict[str, Any], path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every place of an input that names an object, with the other company's object of that kind."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from swaps(one, ids, (*path, key))
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from swaps(one, ids, (*path, position))
    else:
        key = next((part for part in reversed(path) if isinstance(part, str)), "")
        if key.casefold() in ids:
            yield path, ids[key.casefold()]


def put(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """A copy of a JSON value with one place changed."""
    if not path:
        return new
    copied: Any = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = put(value[path[0]], path[1:], new)
    return copied


@pytest.mark.parametrize("name", [name for name in WRITES if METHODS[name].tokens != ()])
def test_ids_of_another_company_are_refused(both: tuple[str, dict[str, Any]], tmp_path: Path, name: str) -> None:
    method = METHODS[name]
    accepted = []
    for number, (path, foreign) in enumerate(swaps(given(method), both[1])):
        folder = tmp_path / str(number)
        folder.mkdir()
        sandbox = inprocess().Sandbox(both[0], folder)
        before = digest(sandbox.engine, cast.PARTNER)
        kind = (method.tokens or ("company",))[0]
        fields = put(given(method), path, foreign)
        answer = sandbox.call(name, token=kind, **fields)
        assert answer.status < 500, answer.text
        verdict = CATALOGUE.explain(method, None, answer.status, answer.headers, answer.text.encode())
        key = [part for part in path if isinstance(part, str)][-1]
        if verdict.outcome == "success" and (name, key) not in NOT_ONES_OWN:
            accepted.append((path, answer.text[:200]))
        assert digest(sandbox.engine, cast.PARTNER) == before, (path, answer.text)
        sandbox.close()
    assert accepted == []
