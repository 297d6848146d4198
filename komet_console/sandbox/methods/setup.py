"""What a company sets up once: carriers, box types, categories, locations, charges, payment methods, price lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, exists, func, insert, or_, select, update

from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import exact, like, switched
from komet_console.sandbox.methods.common.references import find, may_see_customer
from komet_console.sandbox.store import tables as t


def refuse_taken(call: Call, table: Table, what: str, code: str | None, own_id: int | None = None) -> None:
    """Refuse a code that another row of the company has."""
    if not code:
        return
    taken = select(table.c.id).where(table.c.company_id == call.company_id, *exact(table.c.code, code))
    if own_id is not None:
        taken = taken.where(table.c.id != own_id)
    if call.connection.execute(taken.limit(1)).one_or_none() is not None:
        raise Refused(f"There is another {what} with the code {code}")


def add(call: Call, table: Table, **values: Any) -> int:
    """Insert a row of the company and return its id."""
    added = call.connection.execute(insert(table).values(company_id=call.company_id, **values))
    assert added.inserted_primary_key is not None
    new: int = added.inserted_primary_key[0]
    return new


@handles("carrier.list")
def carrier_list(call: Call) -> Answer:
    """Carriers by id, name, code and state."""
    c = t.carriers.c
    rows = call.connection.execute(
        select(t.carriers)
        .where(
            c.company_id == call.company_id,
            *exact(c.id, call.get("id")),
            *like(c.name, call.get("name")),
            *exact(c.code, call.get("code")),
            *switched(c.active, call.get("active")),
        )
        .order_by(c.name, c.id)
    )
    return ok(
        carriers=[
            {
                "id": row.id,
                "code": row.code,
                "name": row.name,
                "active": row.active,
                "street": row.street or "",
                "city": row.city or "",
                "state": row.state or "",
                "zipCode": row.zip_code or "",
                "country": row.country or "",
                "phone": row.phone or "",
                "kometNetworkName": row.komet_network_name or "",
                "kometNetworkId": row.komet_network_id or 0,
            }
            for row in rows
        ]
    )


@handles("carrier.add")
def carrier_add(call: Call) -> Answer:
    """A new outbound carrier."""
    refuse_taken(call, t.carriers, "carrier", call.need("code"))
    values = {"code": call.need("code"), "name": call.need("name"), "capacity": call.get("capacity")}
    return ok(carrierId=add(call, t.carriers, **values))


@handles("carrier.update")
def carrier_update(call: Call) -> Answer:
    """Change a carrier; name and code are sent even where they stay."""
    row = find(call, t.carriers, "carrier", id=call.need("carrierId"), required=True)
    assert row is not None
    refuse_taken(call, t.carriers, "carrier", call.need("code"), row.id)
    values = {name: call.input[name] for name in ("name", "code", "active", "capacity") if name in call.input}
    call.connection.execute(update(t.carriers).where(t.carriers.c.id == row.id).values(**values))
    return ok(carrierId=row.id)


@handles("boxtype.list")
def boxtype_list(call: Call) -> Answer:
    """Box types, ordered by code."""
    b = t.box_types.c
    rows = call.connection.execute(
        select(t.box_types)
        .where(b.company_id == call.company_id, *exact(b.id, call.get("id")), *exact(b.code, call.get("code")))
        .order_by(b.code)
    )
    types = []
    for row in rows:
        listed = {"code": row.code, "fbe": row.fbe, "id": row.id}
        if row.komet_network_id is not None:
            listed |= {"kometNetworkName": row.komet_network_name or "", "kometNetworkId": row.komet_network_id}
        types.append(listed)
    return ok(boxtypes=types)


@handles("category.list")
def category_list(call: Call) -> Answer:
    """All categories, inactive ones included, as documented."""
    c = t.categories.c
    rows = call.connection.execute(select(t.categories).where(c.company_id == call.company_id).order_by(c.id))
    return ok(
        categoryItems=[
            {
                "categoryId": row.id,
                "categoryName": row.name,
                "kometNetworkId": row.komet_network_id,
                "kometNetworkName": row.komet_network_name,
                "active": row.active,
            }
            for row in rows
        ]
    )


@handles("location.list")
def location_list(call: Call) -> Answer:
    """The company's locations, sorted by name."""
    c = t.locations.c
    rows = call.connection.execute(
        select(c.id, c.name, c.code)
        .where(
            c.company_id == call.company_id,
            *exact(c.id, call.get("id")),
            *like(c.name, call.get("name")),
            *exact(c.code, call.get("code")),
        )
        .order_by(c.name)
    )
    return ok(locations=[{"id": row.id, "name": row.name, "code": row.code} for row in rows])


@handles("company.location.list")
def company_location_list(call: Call) -> Answer:
    """The locations a customer belongs to; a customer tied to none may use all of them."""
    customer = find(call, t.customers, "customer", id=call.need("customerId"), required=True)
    assert customer is not None
    if not may_see_customer(call, customer.id):
        raise Refused(f"The customer {customer.id} does not exist")
    c, tied = t.locations.c, t.customer_locations.c
    any_tie = exists().where(tied.customer_id == customer.id)
    this_tie = exists().where(tied.customer_id == customer.id, tied.location_id == c.id)
    rows = call.connection.execute(
        select(t.locations).where(c.company_id == call.company_id, or_(~any_tie, this_tie)).order_by(c.name)
    )
    return {
        "locations": [
            {"id": row.id, "name": row.name, "shortName": row.short_name, "code": row.code, "active": row.active}
            for row in rows
        ]
    }


@handles("company.list")
def company_list(call: Call) -> Answer:
    """The companies of the token's user; a token without a user has its own company."""
    uc, c = t.user_companies.c, t.companies.c
    rows = call.connection.execute(
        select(c.id, c.name, uc.role_id, uc.customer_id, t.customers.c.name.label("customer"))
        .join_from(t.user_companies, t.companies, c.id == uc.company_id)
        .outerjoin(t.customers, t.customers.c.id == uc.customer_id)
        .where(uc.user_id == call.user_id)
        .order_by(c.id)
    ).all()
    if not rows:
        own = call.connection.execute(select(c.id, c.name).where(c.id == call.company_id)).one()
        found = {"companyId": own.id, "companyName": own.name, "roleId": 1, "customerId": None, "customerName": None}
        return {"companyResult": [found]}
    return {
        "companyResult": [
            {
                "companyId": row.id,
                "companyName": row.name,
                "roleId": row.role_id,
                "customerId": row.customer_id,
                "customerName": row.customer,
            }
            for row in rows
        ]
    }


@handles("additional.charge.list")
def additional_charge_list(call: Call) -> Answer:
    """The charges of the company."""
    c = t.additional_charges.c
    rows = call.connection.execute(
        select(c.id, c.name, c.code, c.active)
        .where(
            c.company_id == call.company_id,
            *exact(c.id, call.get("id")),
            *like(c.name, call.get("name")),
            *exact(c.code, call.get("code")),
            *switched(c.active, call.get("active")),
        )
        .order_by(c.id)
    )
    return ok(
        additionalCharges=[
            {"id": row.id, "name": row.name, "code": row.code or "", "active": row.active} for row in rows
        ]
    )


@handles("additional.charge.add")
def additional_charge_add(call: Call) -> Answer:
    """A new charge."""
    refuse_taken(call, t.additional_charges, "charge", call.get("code"))
    new = add(call, t.additional_charges, name=call.need("name"), code=call.get("code"), active=True)
    return ok(additionalChargeId=new)


@handles("additional.charge.update")
def additional_charge_update(call: Call) -> Answer:
    """Change name, code or state of a charge."""
    row = find(call, t.additional_charges, "charge", id=call.need("additionalChargeId"), required=True)
    assert row is not None
    refuse_taken(call, t.additional_charges, "charge", call.get("code"), row.id)
    values = {name: call.input[name] for name in ("name", "code", "active") if name in call.input}
    if values:
        here = t.additional_charges.c.id == row.id
        call.connection.execute(update(t.additional_charges).where(here).values(**values))
    return ok(additionalChargeId=row.id)


@handles("payment.method.list")
def payment_method_list(call: Call) -> Answer:
    """The active payment methods."""
    c = t.payment_methods.c
    rows = call.connection.execute(
        select(c.id, c.name).where(c.company_id == call.company_id, c.active.is_(True)).order_by(c.id)
    )
    return ok(paymentMethods=[{"id": row.id, "name": row.name} for row in rows])


@handles("v2/price-list")
def price_list(call: Call) -> Answer:
    """Price lists by type (A is all) and name."""
    c = t.price_lists.c
    kind = call.get("priceListType")
    rows = call.connection.execute(
        select(t.price_lists)
        .where(
            c.company_id == call.company_id,
            *([] if kind in (None, "A") else [func.upper(c.type) == kind]),
            *like(c.name, call.get("name")),
        )
        .order_by(c.id)
    )
    return ok(
        priceList=[
            {
                "id": row.id,
                "name": row.name,
                "description": row.description or "",
                "type": row.type,
                "isMaster": row.is_master,
            }
            for row in rows
        ]
    )
