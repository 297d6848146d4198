"""Customers: what is added and changed shows in list, details, invoices and users."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import tables as t

BISCAYNE = {"name": "Key Biscayne Florals", "code": "KBFLOR", "type": cast.RETAILER}


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


def done(answer: Any) -> Any:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 1, answer.text
    return answer.json


def refusal(answer: Any) -> str:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 0, answer.text
    return str(answer.json["message"])


def customers(sandbox: Any, token: str = "company", **filters: Any) -> dict[int, Any]:
    return {one["id"]: one for one in done(sandbox.call("customer.list", token, **filters))["customers"]}


def details(sandbox: Any, customer: int, token: str = "company") -> Any:
    (found,) = done(sandbox.call("customer.details.get", token, customerId=customer))["customer"]
    return found


def test_added_customer_is_listed_with_its_details(sandbox: Any) -> None:
    sent = {
        "phone": "305-555-0190",
        "fax": "305-555-0191",
        "emailForInvoices": "ap@keybiscayne.example;office@keybiscayne.example",
        "creditLimit": 1500.5,
        "billCity": "Miami",
        "shipState": "FL",
        "locationCodes": "BOG",
    }
    added = done(sandbox.call("customer.add", **BISCAYNE, **sent))["customerId"]
    (listed,) = customers(sandbox, code="kbflor").values()
    assert (listed["id"], listed["customerType"], listed["active"]) == (added, "Retailer", 1)
    shown = details(sandbox, added)
    assert (shown["name"], shown["code"], shown["customerType"]) == ("Key Biscayne Florals", "KBFLOR", "Retailer")
    assert (shown["phone"], shown["billCity"], shown["shipState"]) == ("305-555-0190", "Miami", "FL")
    assert shown["emailForInvoices"] == sent["emailForInvoices"]
    assert shown["creditLimit"] == 1500.5
    assert added in customers(sandbox, locationId=cast.BOGOTA)
    assert added not in customers(sandbox, locationId=cast.MIAMI)
    names = [one["name"] for one in customers(sandbox).values()]
    assert names == sorted(names)


def test_changed_customer_shows_in_list_and_details(sandbox: Any) -> None:
    since = f"{day(0)}"
    assert cast.BLOOM2 not in customers(sandbox, updateAsOf=since)
    change = {"name": "Bloom Street", "code": "BLOOM", "creditLimit": 0, "shipCity": "Doral", "active": False}
    done(sandbox.call("customer.update", customerId=cast.BLOOM2, **change))
    assert cast.BLOOM2 not in customers(sandbox)
    listed = customers(sandbox, updateAsOf=since, includeInactive=1)[cast.BLOOM2]
    assert (listed["name"], listed["code"], listed["active"]) == ("Bloom Street", "BLOOM", 0)
    shown = details(sandbox, cast.BLOOM2)
    assert (shown["name"], shown["creditLimit"], shown["shipCity"]) == ("Bloom Street", 0, "Doral")


def test_what_is_not_sent_stays(sandbox: Any) -> None:
    before = details(sandbox, cast.PETAL)
    done(sandbox.call("customer.update", customerId=cast.PETAL, name=before["name"], code="petal"))
    assert details(sandbox, cast.PETAL) == {**before, "code": "petal"}


def test_a_customer_on_credit_hold_gets_no_invoice_confirmed(sandbox: Any) -> None:
    done(sandbox.call("customer.update", customerId=cast.PETAL, name="Petal", creditHold=1))
    assert sandbox.call("invoice.confirm", invoiceNumber=318407).json["status"] == 0


def test_codes_types_and_locations_are_checked(sandbox: Any) -> None:
    before = len(customers(sandbox, includeInactive=1))
    assert "code" in refusal(sandbox.call("customer.add", **{**BISCAYNE, "code": "petal"}))
    assert "customer type" in refusal(sandbox.call("customer.add", **{**BISCAYNE, "type": 99}))
    assert "location" in refusal(sandbox.call("customer.add", **BISCAYNE, locationCodes="MIA:NOWHERE"))
    assert len(customers(sandbox, includeInactive=1)) == before
    named = {"customerId": cast.BLOOM2, "name": "Bloom"}
    assert "code" in refusal(sandbox.call("customer.update", **named, code="PETAL"))
    assert "customer type" in refusal(sandbox.call("customer.update", **named, type=99))
    assert "location" in refusal(sandbox.call("customer.update", **named, locationCodes="NOWHERE"))
    assert customers(sandbox, id=cast.BLOOM2)[cast.BLOOM2]["name"] != "Bloom"
    for stranger in (1, cast.BAY_AS_CUSTOMER):
        assert "does not exist" in refusal(sandbox.call("customer.update", customerId=stranger, name="Nobody"))
        assert "does not exist" in refusal(sandbox.call("customer.details.get", customerId=stranger))


@pytest.mark.parametrize("field", ["creditLimit", "chargeTax", "billCity"])
def test_what_was_only_inferred_has_to_fit(sandbox: Any, field: str) -> None:
    assert sandbox.call("customer.update", customerId=cast.PETAL, name="Petal", **{field: {"a": 1}}).status == 400


def test_a_customer_token_sees_itself_only(shared_sandbox: Any) -> None:
    assert details(shared_sandbox, cast.PETAL, "customer") == details(shared_sandbox, cast.PETAL)
    answer = shared_sandbox.call("customer.details.get", "customer", customerId=cast.BLOOM2)
    assert "does not exist" in refusal(answer)


def points(sandbox: Any) -> int:
    with sandbox.engine.connect() as connection:
        query = select(t.customers.c.reward_points).where(t.customers.c.id == cast.BLOOM2)
        return int(connection.execute(query).scalar_one())


def test_rewards_add_up_and_count_as_a_change(sandbox: Any) -> None:
    before = points(sandbox)
    assert cast.BLOOM2 not in customers(sandbox, updateAsOf=day(0))
    done(sandbox.call("customer.reward.set", customerId=cast.BLOOM2, value=120))
    done(sandbox.call("customer.reward.set", customerId=cast.BLOOM2, value=30))
    assert points(sandbox) == before + 150
    assert cast.BLOOM2 in customers(sandbox, updateAsOf=day(0))


def test_rewards_are_refused_where_they_are_off_or_the_customer_unknown(sandbox: Any) -> None:
    assert "does not exist" in refusal(sandbox.call("customer.reward.set", customerId=1, value=5))
    with sandbox.engine.begin() as connection:
        connection.execute(update(t.companies).where(t.companies.c.id == cast.COMPANY).values(rewards_enabled=False))
    answer = sandbox.call("customer.reward.set", customerId=cast.BLOOM2, value=5)
    assert "not enabled" in refusal(answer)
    assert answer.headers["x-komet-sandbox-basis"] == "documented"


def test_reward_points_stay_what_can_be_stored(sandbox: Any) -> None:
    done(sandbox.call("customer.reward.set", customerId=cast.BLOOM2, value=2_000_000_000))
    assert "large" in refusal(sandbox.call("customer.reward.set", customerId=cast.BLOOM2, value=2_000_000_000))


def invoice_charges(sandbox: Any) -> float:
    """The additional charges of a new invoice of Bloom Street for two boxes of roses at 11.50, 276.00."""
    sold = {
        "customerId": cast.BLOOM2,
        "carrierId": cast.EVERGLADES,
        "shipDate": day(1),
        "locationId": cast.MIAMI,
        "items": [{"orderItemId": cast.LINE, "boxes": 2, "price": 11.5}],
    }
    done(sandbox.call("invoice.create", **sold))
    found = sandbox.call("invoice.details.list", orderDate=day(1), customerId=cast.BLOOM2).json["invoices"]
    assert found[-1]["subtotal"] == 276
    return float(found[-1]["additionalCharges"])


def test_a_tied_charge_is_on_the_next_invoice(sandbox: Any) -> None:
    before = invoice_charges(sandbox)
    tie = {"customerId": cast.BLOOM2, "additionalChargeCode": "delmia"}
    done(sandbox.call("customer.additional.charge.update", **tie, amountValue="12.50", amountType="$"))
    assert invoice_charges(sandbox) == before + 12.5
    # the same call changes the tie: ten percent now
    done(sandbox.call("customer.additional.charge.update", **tie, amountValue=10, amountType="%"))
    assert invoice_charges(sandbox) == before + 27.6
    # without an amount the tie stays as it is
    done(sandbox.call("customer.additional.charge.update", **tie))
    assert invoice_charges(sandbox) == before + 27.6


def test_charges_and_customers_of_a_tie_have_to_exist(sandbox: Any) -> None:
    answer = sandbox.call("customer.additional.charge.update", customerId=cast.PETAL, additionalChargeCode="NONE")
    assert "NONE" in refusal(answer)
    assert answer.headers["x-komet-sandbox-basis"] == "documented"
    answer = sandbox.call("customer.additional.charge.update", customerId=1, additionalChargeCode="FSM")
    assert "does not exist" in refusal(answer)


def test_a_user_sees_the_customers_tied_to_it(sandbox: Any) -> None:
    def accounts() -> tuple[dict[int, str], dict[int, str]]:
        by_user = done(sandbox.call("customer.by.user.list", "user"))["customerResult"]
        by_company = sandbox.call("customer.by.company.list", "user").json["customerResult"]
        return (
            {one["customerId"]: one["customerName"] for one in by_user},
            {one["customerId"]: one["customerName"] for one in by_company},
        )

    by_user, by_company = accounts()
    assert by_user == by_company
    assert by_user.keys() == {cast.PETAL, cast.CGPETALS}
    done(sandbox.call("customer.update", customerId=cast.CGPETALS, name="Gables Petals"))
    for found in accounts():
        assert found[cast.CGPETALS] == "Gables Petals"


def test_a_salesperson_sees_its_own_customers_when_asked(sandbox: Any) -> None:
    """A user without accounts of its own, such as a salesperson, sees the company's, or those it serves."""
    with sandbox.engine.begin() as connection:
        k = t.tokens.c
        connection.execute(update(t.tokens).where(k.token == sandbox.token("user")).values(user_id=cast.SALESPERSON))
    every = sandbox.call("customer.by.company.list", "user").json["customerResult"]
    assert {one["customerId"] for one in every} == customers(sandbox).keys()
    own = sandbox.call("customer.by.company.list", "user", showSalespersonCustomers="true").json["customerResult"]
    served = customers(sandbox, salesPersonId=cast.SALESPERSON)
    assert {one["customerId"] for one in own} == served.keys()
    assert 0 < len(own) < len(every)
