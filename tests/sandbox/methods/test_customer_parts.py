"""What hangs on a customer: contacts, ship-tos and days of service come, change and go."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import tables as t

SUNDAY = 6
MONDAY = 0
BLOOM = {"customerId": cast.BLOOM2}


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def done(answer: Any) -> Any:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 1, answer.text
    return answer.json


def refusal(answer: Any) -> str:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 0, answer.text
    return str(answer.json["message"])


def contacts(sandbox: Any, customer: int = cast.BLOOM2) -> dict[int, Any]:
    return {one["id"]: one for one in done(sandbox.call("customer.contact.list", customerId=customer))["contacts"]}


def shiptos(sandbox: Any, **filters: Any) -> dict[int, Any]:
    return {one["id"]: one for one in done(sandbox.call("customer.shipto.list", **filters))["shiptos"]}


def test_contact_comes_changes_and_goes(sandbox: Any) -> None:
    before = contacts(sandbox)
    sent = {
        "name": "Ana Torres",
        "phone": "305-555-0101",
        "ext": "12",
        "mobile": "305-555-0102",
        "fax": "305-555-0103",
        "email": "ana@bloom.example",
        "description": "Mornings",
        "instantMessaging": "305-555-0104",
    }
    added = done(sandbox.call("customer.contact.add", **BLOOM, **sent, type="buyer", emailPOD=True))["contactId"]
    found = contacts(sandbox)
    assert found.keys() == before.keys() | {added}
    assert found[added] == {"id": added, **sent, "type": "Buyer", "emailPOD": found[added]["emailPOD"]}
    assert found[added]["emailPOD"] in (True, 1)
    change = {"contactId": added, "name": "Ana T.", "type": "A/P", "emailPOD": False}
    assert done(sandbox.call("customer.contact.update", **BLOOM, **change))["contactId"] == added
    changed = contacts(sandbox)[added]
    assert (changed["name"], changed["type"], changed["phone"]) == ("Ana T.", "A/P", "305-555-0101")
    assert not changed["emailPOD"]
    done(sandbox.call("customer.contact.delete", contactId=added))
    assert contacts(sandbox) == before


def test_contacts_need_a_known_kind_and_customer(sandbox: Any) -> None:
    before = contacts(sandbox, cast.PETAL)
    named = {"name": "Ana", "type": "Buyer"}
    assert "contact type" in refusal(sandbox.call("customer.contact.add", **BLOOM, name="Ana", type="Gardener"))
    change = {"customerId": cast.PETAL, "contactId": cast.CONTACT}
    assert "contact type" in refusal(sandbox.call("customer.contact.update", **change, name="Ana", type="Gardener"))
    assert "is not one of" in refusal(sandbox.call("customer.contact.update", **{**change, **BLOOM}, **named))
    assert "contact" in refusal(sandbox.call("customer.contact.update", **{**change, "contactId": 999_999}, **named))
    assert "contact" in refusal(sandbox.call("customer.contact.delete", contactId=999_999))
    for stranger in (1, cast.BAY_AS_CUSTOMER):
        assert "customer" in refusal(sandbox.call("customer.contact.list", customerId=stranger))
        assert "customer" in refusal(sandbox.call("customer.contact.add", customerId=stranger, **named))
        assert "customer" in refusal(
            sandbox.call("customer.contact.update", **{**change, "customerId": stranger}, **named)
        )
    assert contacts(sandbox, cast.PETAL) == before


def test_shipto_comes_changes_and_goes(sandbox: Any) -> None:
    before = shiptos(sandbox, **BLOOM)
    sent = {
        "name": "Bloom Wynwood",
        "address": "310 NW 25th St",
        "city": "Miami",
        "state": "FL",
        "zipcode": "33127",
        "country": "US",
        "phone": "305-555-0110",
        "fax": "305-555-0111",
        "carrierId": cast.SEMINOLE,
        "carrierAccount": "BL-77",
    }
    codes = {"salesPersonCodeForFlowers": "MQ", "salesPersonCodeForPlants": "av"}
    added = done(sandbox.call("customer.shipto.add", **BLOOM, **sent, **codes))["shipToId"]
    found = shiptos(sandbox, **BLOOM)
    assert found.keys() == before.keys() | {added}
    assert {key: found[added][key] for key in sent} == sent
    assert (found[added]["carrierName"], found[added]["carrierCode"]) == ("Seminole Floral Express", "SEMFX")
    assert found[added]["updatedAsOf"] == f"{day(0)}"
    assert shiptos(sandbox, name="wynwood") == {added: found[added]}
    assert added in shiptos(sandbox, updateAsOf=f"{day(0)}")
    assert added not in shiptos(sandbox, updateAsOf=f"{day(1)}")
    # the other spelling narrows as well
    assert added not in shiptos(sandbox, **BLOOM, updateAsOf=f"{day(0)}", updatedAsOf=f"{day(1)}")
    done(sandbox.call("customer.shipto.update", **BLOOM, shipToId=added, city="Doral"))
    assert shiptos(sandbox, **BLOOM)[added] == {**found[added], "city": "Doral"}
    done(sandbox.call("customer.shipto.delete", shipToId=added))
    assert shiptos(sandbox, **BLOOM) == before


def test_a_deleted_shipto_stays_on_its_prebooks(sandbox: Any) -> None:
    def prebook() -> Any:
        return sandbox.call("prebook.details.list", date=f"{day(1)}", prebook=20416).json["prebooks"]

    before = prebook()
    assert before
    done(sandbox.call("customer.shipto.delete", shipToId=cast.SHIPTO))
    assert prebook() == before


def test_shiptos_need_what_they_name(sandbox: Any) -> None:
    before = shiptos(sandbox, customerId=cast.PETAL)
    petal = {"customerId": cast.PETAL, "shipToId": cast.SHIPTO}
    new = {"customerId": cast.PETAL, "name": "New"}
    for wrong in (
        {"carrierId": 1},
        {"salesPersonCodeForFlowers": "NOBODY"},
        {"salesPersonCodeForPlants": "NOBODY"},
        {"customerId": 1},
        {"customerId": cast.BAY_AS_CUSTOMER},
    ):
        assert "does not exist" in refusal(sandbox.call("customer.shipto.add", **{**new, **wrong}))
        assert "does not exist" in refusal(sandbox.call("customer.shipto.update", **{**petal, **wrong}))
    assert "is not one of" in refusal(sandbox.call("customer.shipto.update", **{**petal, **BLOOM}))
    assert "does not exist" in refusal(sandbox.call("customer.shipto.update", **{**petal, "shipToId": 999_999}))
    assert "does not exist" in refusal(sandbox.call("customer.shipto.delete", shipToId=999_999))
    assert shiptos(sandbox, customerId=cast.PETAL) == before
    done(sandbox.call("customer.shipto.delete", shipToId=cast.SHIPTO))
    assert "does not exist" in refusal(sandbox.call("customer.shipto.delete", shipToId=cast.SHIPTO))
    assert "does not exist" in refusal(sandbox.call("customer.shipto.update", **petal))


def test_shiptos_of_everybody_are_not_listed(shared_sandbox: Any) -> None:
    assert shared_sandbox.call("customer.shipto.list").status == 400


def delivery(sandbox: Any, token: str = "customer", customer: int = cast.PETAL) -> Any:
    values = {"customerId": customer, "companyLocationId": cast.MIAMI}
    return done(sandbox.call("carriers.by.customer.ship.date.list", token, **values))


def bloom(sandbox: Any) -> Any:
    """Delivery days of the customer whose token has few rights: Coral Gables Petals."""
    return delivery(sandbox, token_value(1, "customer", "basic"), cast.CGPETALS)


def serve(sandbox: Any, customers: Any, days: str = "0", **fields: Any) -> Any:
    lines = [{"carrierId": cast.SEMINOLE, "carrierCode": "SEMFX", "dayOfService": one, **fields} for one in days]
    values = {"idCustomerList": customers, "dayOfServiceMassUpdateList": lines}
    return sandbox.call("customer.day.service.update", companyLocationId=cast.MIAMI, **values)


def read(days: Any) -> list[date]:
    return [date(int(one[6:]), int(one[:2]), int(one[3:5])) for one in days]


def test_days_of_service_decide_the_days_of_delivery(sandbox: Any) -> None:
    before = {one.weekday() for one in read(bloom(sandbox)["deliverDates"])}
    assert SUNDAY not in before
    done(serve(sandbox, [cast.CGPETALS]))
    found = bloom(sandbox)
    days = read(found["deliverDates"])
    assert {one.weekday() for one in days} == before | {SUNDAY}
    assert days == sorted(days)
    assert day(0) <= days[0]
    assert days[-1] < day(14)
    assert read(found["defaultCarriersByDate"]) == days
    sundays = [found["defaultCarriersByDate"][f"{one:%m/%d/%Y}"] for one in days if one.weekday() == SUNDAY]
    assert {one["carrierId"] for one in sundays} == {cast.SEMINOLE}
    assert cast.SEMINOLE in {one["carrierId"] for one in found["carrierDate"]}


def test_days_move_by_the_transit_where_arrivals_are_shown(sandbox: Any) -> None:
    done(serve(sandbox, f"{cast.CGPETALS}", transitDays=3))
    before = {one.weekday() for one in read(bloom(sandbox)["deliverDates"])}
    with sandbox.engine.begin() as connection:
        arrivals = update(t.companies).where(t.companies.c.id == cast.COMPANY)
        connection.execute(arrivals.values(show_arrival_date=True))
        own = t.customer_days_of_service.c
        slow = update(t.customer_days_of_service).where(own.customer_id == cast.CGPETALS)
        connection.execute(slow.values(transit_days=1))
    done(serve(sandbox, f"{cast.CGPETALS}", transitDays=3))
    found = read(bloom(sandbox)["deliverDates"])
    shipped = {(one - timedelta(days=1)).weekday() for one in found}
    # Sundays travel three days, the others one
    assert (before - {SUNDAY}) <= shipped | {(SUNDAY + 3 - 1) % 7}
    assert found == sorted(set(found))


def test_missing_customers_are_named_and_the_others_done(sandbox: Any) -> None:
    answer = done(serve(sandbox, [cast.CGPETALS, 1, cast.BAY_AS_CUSTOMER]))
    assert answer["message"] == f"Not found Customer -> 1, {cast.BAY_AS_CUSTOMER}"
    assert SUNDAY in {one.weekday() for one in read(bloom(sandbox)["deliverDates"])}


def test_without_customers_all_are_served(sandbox: Any) -> None:
    done(serve(sandbox, []))
    assert SUNDAY in {one.weekday() for one in read(bloom(sandbox)["deliverDates"])}


def test_unknown_carriers_and_missing_locations_are_refused(sandbox: Any) -> None:
    lines = [{"carrierId": 1, "carrierCode": "X", "dayOfService": "0"}]
    named = {"idCustomerList": [cast.CGPETALS], "companyLocationId": cast.MIAMI}
    answer = sandbox.call("customer.day.service.update", **named, dayOfServiceMassUpdateList=lines)
    assert "carrier" in refusal(answer)
    lines[0]["carrierId"] = cast.SEMINOLE
    for wrong in ({"companyLocationId": 99}, {"companyLocationId": cast.DORAL}):
        answer = sandbox.call("customer.day.service.update", **{**named, **wrong}, dayOfServiceMassUpdateList=lines)
        assert "location" in refusal(answer)
    del named["companyLocationId"]
    answer = sandbox.call("customer.day.service.update", **named, dayOfServiceMassUpdateList=lines)
    assert answer.json["status"] == 0
    assert SUNDAY not in {one.weekday() for one in read(bloom(sandbox)["deliverDates"])}


@pytest.mark.parametrize("count", [50, 51])
def test_at_most_fifty_customers_at_once(sandbox: Any, count: int) -> None:
    answer = serve(sandbox, list(range(1, count + 1)))
    assert answer.json["status"] == (1 if count == 50 else 0)


def test_a_customer_token_asks_for_itself_only(sandbox: Any) -> None:
    values = {"customerId": cast.BLOOM2, "companyLocationId": cast.MIAMI}
    answer = sandbox.call("carriers.by.customer.ship.date.list", "customer", **values)
    assert "does not exist" in refusal(answer)
