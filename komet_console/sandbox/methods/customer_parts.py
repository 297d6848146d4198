"""What hangs on a customer: contacts, ship-to addresses, days of service with their carriers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import exact, like, numbers, since
from komet_console.sandbox.methods.common.references import find, find_customer, find_location
from komet_console.sandbox.store import tables as t

_CONTACT = {
    "name": "name",
    "type": "type",
    "phone": "phone",
    "ext": "ext",
    "mobile": "mobile",
    "fax": "fax",
    "email": "email",
    "description": "description",
    "instantMessaging": "instant_messaging",
    "emailPOD": "email_pod",
}
_SHIPTO = {
    "name": "name",
    "address": "address",
    "city": "city",
    "state": "state",
    "zipcode": "zipcode",
    "country": "country",
    "phone": "phone",
    "fax": "fax",
    "carrierId": "carrier_id",
    "carrierAccount": "carrier_account",
    "salesPersonCodeForFlowers": "sales_person_code_for_flowers",
    "salesPersonCodeForPlants": "sales_person_code_for_plants",
}
_WEEK = 7


def _sent(call: Call, columns: dict[str, str]) -> dict[str, Any]:
    return {column: call.input[name] for name, column in columns.items() if name in call.input}


def _customer(call: Call) -> Row[Any]:
    row = find_customer(call, required=True)
    assert row is not None
    return row


def _check_contact_type(call: Call, kind: str) -> str:
    """The registered spelling of a contact type."""
    row = find(call, t.contact_types, "contact type", name=kind, required=True)
    assert row is not None
    name: str = row.name
    return name


@handles("customer.contact.list")
def contact_list(call: Call) -> Answer:
    """The contacts of a customer."""
    customer = _customer(call)
    c = t.customer_contacts.c
    rows = call.connection.execute(
        select(t.customer_contacts).where(c.customer_id == customer.id).order_by(c.id)
    ).mappings()
    contacts = []
    for row in rows:
        contact = {"id": row["id"]}
        for name, column in _CONTACT.items():
            contact[name] = row[column] if column == "email_pod" else row[column] or ""
        contacts.append(contact)
    return ok(contacts=contacts)


@handles("customer.contact.add")
def contact_add(call: Call) -> Answer:
    """A new contact of a registered type."""
    customer = _customer(call)
    values = _sent(call, _CONTACT)
    values["type"] = _check_contact_type(call, call.need("type"))
    added = call.connection.execute(
        insert(t.customer_contacts).values(company_id=call.company_id, customer_id=customer.id, **values)
    )
    assert added.inserted_primary_key is not None
    return ok(contactId=added.inserted_primary_key[0])


@handles("customer.contact.update")
def contact_update(call: Call) -> Answer:
    """Change a contact of the named customer."""
    customer = _customer(call)
    row = find(call, t.customer_contacts, "contact", id=call.need("contactId"), required=True)
    assert row is not None
    if row.customer_id != customer.id:
        raise Refused(f"The contact {row.id} is not one of customer {customer.id}")
    values = _sent(call, _CONTACT)
    values["type"] = _check_contact_type(call, call.need("type"))
    call.connection.execute(update(t.customer_contacts).where(t.customer_contacts.c.id == row.id).values(**values))
    return ok(contactId=row.id)


@handles("customer.contact.delete")
def contact_delete(call: Call) -> Answer:
    """Delete a contact."""
    row = find(call, t.customer_contacts, "contact", id=call.need("contactId"), required=True)
    assert row is not None
    call.connection.execute(delete(t.customer_contacts).where(t.customer_contacts.c.id == row.id))
    return ok()


@handles("customer.shipto.list")
def shipto_list(call: Call) -> Answer:
    """Ship-to addresses by customer, name or date of change."""
    s, c = t.customer_shiptos.c, t.carriers.c
    rows = call.connection.execute(
        select(t.customer_shiptos, c.name.label("carrier_name"), c.code.label("carrier_code"))
        .outerjoin(t.carriers, c.id == s.carrier_id)
        .where(
            s.company_id == call.company_id,
            s.deleted.is_(False),
            *exact(s.customer_id, call.get("customerId")),
            *exact(s.id, call.get("id")),
            *like(s.name, call.get("name")),
            *since(s.updated_on, call.get("updateAsOf")),
            *since(s.updated_on, call.get("updatedAsOf")),
        )
        .order_by(s.id)
    )
    return ok(
        shiptos=[
            {
                "id": row.id,
                "shipToCode": row.ship_to_code or "",
                "name": row.name,
                "address": row.address or "",
                "city": row.city or "",
                "state": row.state or "",
                "zipcode": row.zipcode or "",
                "country": row.country or "",
                "phone": row.phone or "",
                "fax": row.fax or "",
                "carrierId": row.carrier_id or 0,
                "carrierName": row.carrier_name or "",
                "carrierAccount": row.carrier_account or "",
                "carrierCode": row.carrier_code or "",
                "updatedAsOf": row.updated_on.date(),
            }
            for row in rows
        ]
    )


def _check_shipto(call: Call, values: dict[str, Any]) -> None:
    """Carrier and sales codes of a ship-to exist in the company."""
    if values.get("carrier_id"):
        find(call, t.carriers, "carrier", id=values["carrier_id"])
    for column in ("sales_person_code_for_flowers", "sales_person_code_for_plants"):
        if values.get(column):
            find(call, t.users, "salesperson", code=values[column], code_column="sales_code")


@handles("customer.shipto.add")
def shipto_add(call: Call) -> Answer:
    """A new ship-to address."""
    customer = _customer(call)
    values = _sent(call, _SHIPTO)
    _check_shipto(call, values)
    added = call.connection.execute(
        insert(t.customer_shiptos).values(
            company_id=call.company_id, customer_id=customer.id, updated_on=call.now, deleted=False, **values
        )
    )
    assert added.inserted_primary_key is not None
    return ok(shipToId=added.inserted_primary_key[0])


def _shipto(call: Call) -> Row[Any]:
    row = find(call, t.customer_shiptos, "ship-to", id=call.need("shipToId"), required=True)
    if row is None or row.deleted:
        raise Refused(f"The ship-to {call.need('shipToId')} does not exist")
    return row


@handles("customer.shipto.update")
def shipto_update(call: Call) -> Answer:
    """Change a ship-to address of the named customer."""
    customer, row = _customer(call), _shipto(call)
    if row.customer_id != customer.id:
        raise Refused(f"The ship-to {row.id} is not one of customer {customer.id}")
    values = _sent(call, _SHIPTO)
    _check_shipto(call, values)
    here = t.customer_shiptos.c.id == row.id
    call.connection.execute(update(t.customer_shiptos).where(here).values(updated_on=call.now, **values))
    return ok(shipToId=row.id)


@handles("customer.shipto.delete")
def shipto_delete(call: Call) -> Answer:
    """Delete a ship-to address; orders that name it keep it."""
    row = _shipto(call)
    here = t.customer_shiptos.c.id == row.id
    call.connection.execute(update(t.customer_shiptos).where(here).values(deleted=True, updated_on=call.now))
    return ok()


@handles("customer.day.service.update")
def day_service_update(call: Call) -> Answer:
    """Write days of service for many customers; those that do not exist are named in the message, the others are done."""
    location = find_location(call)
    lines = call.get("dayOfServiceMassUpdateList") or call.get("daysOfServiceMassUpdateList") or []
    wanted = list(dict.fromkeys(call.get("idCustomerList") or []))
    ids = numbers([str(one) for one in wanted])
    c = t.customers.c
    known = set(
        call.connection.execute(select(c.id).where(c.company_id == call.company_id, c.id.in_(ids))).scalars().all()
    )
    if not wanted:
        everyone = select(c.id).where(c.company_id == call.company_id, c.active.is_(True))
        known = set(call.connection.execute(everyone).scalars().all())
    for line in lines:
        find(call, t.carriers, "carrier", id=line["carrierId"])
    d = t.customer_days_of_service.c
    for customer_id in sorted(known):
        for line in lines:
            day = int(line["dayOfService"])
            here = (
                (d.customer_id == customer_id)
                & (d.location_id == location.id)
                & (d.carrier_id == line["carrierId"])
                & (d.day_of_service == day)
            )
            values = {"transit_days": line["transitDays"]} if "transitDays" in line else {}
            if call.connection.execute(select(d.id).where(here)).one_or_none() is None:
                call.connection.execute(
                    insert(t.customer_days_of_service).values(
                        company_id=call.company_id,
                        customer_id=customer_id,
                        location_id=location.id,
                        carrier_id=line["carrierId"],
                        day_of_service=day,
                        **values,
                    )
                )
            elif values:
                call.connection.execute(update(t.customer_days_of_service).where(here).values(**values))
    missing = [str(one) for one, number in zip(wanted, ids, strict=True) if number not in known]
    message = f"Not found Customer -> {', '.join(missing)}" if missing else "OK"
    return ok(message)


@handles("carriers.by.customer.ship.date.list")
def carriers_by_ship_date(call: Call) -> Answer:
    """The days ahead on which the customer can be served, each with its default carrier."""
    customer = _customer(call)
    location = find_location(call)
    company = call.connection.execute(select(t.companies).where(t.companies.c.id == call.company_id)).one()
    d, c = t.customer_days_of_service.c, t.carriers.c
    rows = call.connection.execute(
        select(d.day_of_service, d.transit_days, d.is_default, c.id, c.name)
        .join_from(t.customer_days_of_service, t.carriers, c.id == d.carrier_id)
        .where(d.customer_id == customer.id, d.location_id == location.id, c.active.is_(True))
        .order_by(d.day_of_service, d.is_default.desc(), c.id)
    ).all()
    by_day: dict[int, list[Any]] = {}
    for row in rows:
        by_day.setdefault(row.day_of_service, []).append(row)
    defaults: dict[date, Answer] = {}
    for ahead in range(company.ecommerce_days_ahead):
        day = call.today + timedelta(days=ahead)
        # The API counts Sunday as 0.
        serving = by_day.get(day.isoweekday() % _WEEK)
        if serving:
            first = serving[0]
            shown = day + timedelta(days=first.transit_days or 0) if company.show_arrival_date else day
            # carriers on the road for different times may arrive on the same day: the one that leaves first is shown
            defaults.setdefault(shown, {"carrierId": first.id, "carrierName": first.name})
    carriers = {row.id: row.name for row in rows}
    return ok(
        deliverDates=sorted(defaults),
        defaultCarriersByDate=dict(sorted(defaults.items())),
        carrierDate=[{"carrierId": one, "carrierName": name} for one, name in sorted(carriers.items())],
    )
