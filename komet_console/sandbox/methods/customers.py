"""Customers: list, details, add, update, rewards, charges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import delete, exists, func, insert, or_, select, update

from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.amounts import storable
from komet_console.sandbox.methods.common.filters import active_only, exact, like, since
from komet_console.sandbox.methods.common.references import find, find_customer
from komet_console.sandbox.methods.common.typed import typed
from komet_console.sandbox.store import tables as t

_COLUMNS = {
    "name": "name",
    "code": "code",
    "active": "active",
    "type": "customer_type_id",
    "phone": "phone",
    "fax": "fax",
    "website": "website",
    "terms": "terms",
    "emailForInvoices": "email_for_invoices",
    "emailForStatements": "email_for_statements",
    "creditHold": "credit_hold",
    "creditLimit": "credit_limit",
    "paymentMethod": "payment_method",
    "chargeFuelSurcharge": "charge_fuel_surcharge",
    "chargeTax": "charge_tax",
    "sendInvoiceVia": "send_invoice_via",
    "billAddress": "bill_address",
    "billCity": "bill_city",
    "billState": "bill_state",
    "billZipCode": "bill_zip_code",
    "billCountry": "bill_country",
    "shipAddress": "ship_address",
    "shipCity": "ship_city",
    "shipState": "ship_state",
    "shipZipCode": "ship_zip_code",
    "shipCountry": "ship_country",
    "askPaymentUponConfirmation": "ask_payment_upon_confirmation",
    "financeChargePercentage": "finance_charge_percentage",
    "customerGroup": "customer_group",
}


def _values(call: Call) -> dict[str, Any]:
    values = {column: _value(call, name) for name, column in _COLUMNS.items() if name in call.input}
    for column in ("email_for_invoices", "email_for_statements"):
        if isinstance(values.get(column), list):
            values[column] = ";".join(values[column])
    kind = values.get("customer_type_id")
    if kind is not None:
        find(call, t.customer_types, "customer type", id=kind)
    return values


def _value(call: Call, name: str) -> Any:
    """The value for a column; what was only inferred comes unread and has to fit all the same."""
    if name == "creditLimit":
        return typed(call.input, name, Decimal)
    if name in ("chargeFuelSurcharge", "chargeTax"):
        return typed(call.input, name, bool)
    if name in ("sendInvoiceVia", "paymentMethod") or name.startswith(("bill", "ship")):
        return typed(call.input, name, str)
    return call.input[name]


def _refuse_taken_code(call: Call, code: str | None, own_id: int | None = None) -> None:
    if not code:
        return
    c = t.customers.c
    taken = select(c.id).where(c.company_id == call.company_id, *exact(c.code, code))
    if own_id is not None:
        taken = taken.where(c.id != own_id)
    if call.connection.execute(taken.limit(1)).one_or_none() is not None:
        raise Refused(f"There is another customer with the code {code}")


def _tie_locations(call: Call, customer_id: int) -> None:
    """Replace the locations a customer belongs to, where `locationCodes` was sent."""
    codes = call.get("locationCodes")
    if codes is None:
        return
    ids = []
    for code in codes:
        row = find(call, t.locations, "location", code=code)
        if row is not None and row.id not in ids:
            ids.append(row.id)
    call.connection.execute(delete(t.customer_locations).where(t.customer_locations.c.customer_id == customer_id))
    if ids:
        ties = [{"customer_id": customer_id, "location_id": one} for one in ids]
        call.connection.execute(insert(t.customer_locations), ties)


@handles("customer.list")
def customer_list(call: Call) -> Answer:
    """Customers, sorted by name; inactive ones only when asked for."""
    c, u = t.customers.c, t.users.c
    conditions = [
        c.company_id == call.company_id,
        *exact(c.id, call.get("id")),
        *like(c.name, call.get("name")),
        *exact(c.code, call.get("code")),
        *exact(c.sales_person_id, call.get("salesPersonId")),
        *active_only(c.active, call.get("includeInactive")),
        *since(c.updated_on, call.get("updateAsOf")),
    ]
    location = call.get("locationId")
    if location is not None:
        tied = t.customer_locations.c
        any_tie = exists().where(tied.customer_id == c.id)
        conditions.append(or_(~any_tie, exists().where(tied.customer_id == c.id, tied.location_id == location)))
    sales_person = func.coalesce(u.first_name + " " + u.last_name, "")
    rows = call.connection.execute(
        select(
            c.id,
            c.name,
            c.code,
            c.sales_person_id,
            c.active,
            c.updated_on,
            c.accounting_code,
            sales_person.label("sales_person"),
            t.customer_types.c.name.label("kind"),
        )
        .outerjoin(t.users, u.id == c.sales_person_id)
        .outerjoin(t.customer_types, t.customer_types.c.id == c.customer_type_id)
        .where(*conditions)
        .order_by(c.name, c.id)
    )
    return ok(
        customers=[
            {
                "id": row.id,
                "name": row.name,
                "code": row.code or "",
                "salesPerson": row.sales_person,
                "salesPersonId": row.sales_person_id or 0,
                "customerType": row.kind or "",
                "active": row.active,
                "updatedOn": row.updated_on,
                "accountingCode": row.accounting_code or "",
            }
            for row in rows
        ]
    )


@handles("customer.details.get")
def customer_details_get(call: Call) -> Answer:
    """One customer; a customer token sees its own only."""
    row = find_customer(call, required=True)
    assert row is not None
    kind = call.connection.execute(
        select(t.customer_types.c.name).where(t.customer_types.c.id == row.customer_type_id)
    ).scalar_one_or_none()

    def percent(value: Any) -> str:
        return "" if value is None else f"{value.normalize():f}"

    return ok(
        customer=[
            {
                "name": row.name,
                "code": row.code or "",
                "customerType": kind or "",
                "billAddress": row.bill_address or "",
                "billCity": row.bill_city or "",
                "billState": row.bill_state or "",
                "billZipCode": row.bill_zip_code or "",
                "billCountry": row.bill_country or "",
                "shipAddress": row.ship_address or "",
                "shipCity": row.ship_city or "",
                "shipState": row.ship_state or "",
                "shipZipCode": row.ship_zip_code or "",
                "shipCountry": row.ship_country or "",
                "emailForInvoices": row.email_for_invoices or "",
                "emailForStatements": row.email_for_statements or "",
                "phone": row.phone or "",
                "fax": row.fax or "",
                "defaultPrice": row.default_price,
                "priceBMarkup": percent(row.price_b_markup),
                "priceSellFastMarkup": percent(row.price_sell_fast_markup),
                "creditLimit": row.credit_limit if row.credit_limit is not None else 0,
            }
        ]
    )


@handles("customer.add")
def customer_add(call: Call) -> Answer:
    """A new customer."""
    values = _values(call)
    _refuse_taken_code(call, values.get("code"))
    added = call.connection.execute(
        insert(t.customers).values(
            company_id=call.company_id, created_on=call.now, updated_on=call.now, **{"active": True, **values}
        )
    )
    assert added.inserted_primary_key is not None
    _tie_locations(call, added.inserted_primary_key[0])
    return ok(customerId=added.inserted_primary_key[0])


@handles("customer.update")
def customer_update(call: Call) -> Answer:
    """Change what is sent of a customer."""
    row = find(call, t.customers, "customer", id=call.need("customerId"), required=True)
    assert row is not None
    values = _values(call)
    _refuse_taken_code(call, values.get("code"), row.id)
    call.connection.execute(update(t.customers).where(t.customers.c.id == row.id).values(updated_on=call.now, **values))
    _tie_locations(call, row.id)
    return _with_customer_id(call, row.id)


def _with_customer_id(call: Call, customer_id: int) -> Answer:
    answer = ok()
    if any(field.name == "customerId" for field in call.method.answer):
        answer["customerId"] = customer_id
    return answer


@handles("customer.reward.set")
def customer_reward_set(call: Call) -> Answer:
    """Add reward points, where the company uses them."""
    enabled = select(t.companies.c.rewards_enabled).where(t.companies.c.id == call.company_id)
    if not call.connection.execute(enabled).scalar_one():
        raise Refused("The reward feature is not enabled for the company", documented=True)
    row = find(call, t.customers, "customer", id=call.need("customerId"), required=True)
    assert row is not None
    points = storable(row.reward_points + call.need("value"), "The sum of the points")
    call.connection.execute(
        update(t.customers).where(t.customers.c.id == row.id).values(reward_points=points, updated_on=call.now)
    )
    return ok()


@handles("customer.additional.charge.update")
def customer_additional_charge_update(call: Call) -> Answer:
    """Tie an automatic charge to a customer, or change the amount of the tie."""
    row = find(call, t.customers, "customer", id=call.need("customerId"), required=True)
    assert row is not None
    code = call.need("additionalChargeCode")
    a = t.additional_charges.c
    charge = call.connection.execute(
        select(t.additional_charges).where(a.company_id == call.company_id, *exact(a.code, code), a.active.is_(True))
    ).first()
    if charge is None:
        raise Refused(f"The additional charge {code} does not exist or its inactive.", documented=True)
    values = {
        column: call.input[name]
        for name, column in (("amountValue", "amount_value"), ("amountType", "amount_type"))
        if name in call.input
    }
    k = t.customer_charges.c
    here = (k.customer_id == row.id) & (k.additional_charge_id == charge.id)
    tied = call.connection.execute(select(k.id).where(here)).one_or_none()
    if tied is None:
        call.connection.execute(
            insert(t.customer_charges).values(
                company_id=call.company_id, customer_id=row.id, additional_charge_id=charge.id, **values
            )
        )
    elif values:
        call.connection.execute(update(t.customer_charges).where(here).values(**values))
    return ok()


@handles("customer.by.company.list")
def customer_by_company_list(call: Call) -> Answer:
    """Customers of the company that the calling user may act for."""
    c = t.customers.c
    conditions = [c.company_id == call.company_id, c.active.is_(True)]
    mine = exists().where(t.user_customers.c.user_id == call.user_id, t.user_customers.c.customer_id == c.id)
    linked = select(t.user_customers.c.customer_id).where(t.user_customers.c.user_id == call.user_id).limit(1)
    if call.connection.execute(linked).first() is not None:
        conditions.append(mine)
    elif call.get("showSalespersonCustomers"):
        conditions.append(c.sales_person_id == call.user_id)
    rows = call.connection.execute(select(c.id, c.name).where(*conditions).order_by(c.name, c.id))
    return {"customerResult": [{"customerId": row.id, "customerName": row.name} for row in rows]}


@handles("customer.by.user.list")
def customer_by_user_list(call: Call) -> Answer:
    """The customer accounts of the calling user."""
    c, linked = t.customers.c, t.user_customers.c
    rows = call.connection.execute(
        select(c.id, c.name, t.companies.c.id.label("company"), t.companies.c.name.label("company_name"))
        .join_from(t.user_customers, t.customers, c.id == linked.customer_id)
        .join(t.companies, t.companies.c.id == linked.company_id)
        .where(linked.user_id == call.user_id, linked.company_id == call.company_id)
        .order_by(c.name, c.id)
    )
    return {
        "status": 1,
        "customerResult": [
            {
                "userId": call.user_id,
                "customerName": row.name,
                "customerId": row.id,
                "companyName": row.company_name,
                "companyId": row.company,
            }
            for row in rows
        ],
    }
