"""Vendors (growers): list, add, update."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, insert, select, update

from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import active_only, exact, like
from komet_console.sandbox.methods.common.references import find
from komet_console.sandbox.store import tables as t

_COLUMNS = {
    "name": "name",
    "code": "code",
    "portOrigin": "port_origin",
    "vendorType": "vendor_type",
    "phone1": "phone1",
    "phone2": "phone2",
    "phone3": "phone3",
    "fax": "fax",
    "webPage": "web_page",
    "webpage": "web_page",
    "emailForPOs": "email_for_pos",
    "emailForPos": "email_for_pos",
    "contactName": "contact_name",
    "notes": "notes",
    "street": "street",
    "city": "city",
    "state": "state",
    "zipcode": "zipcode",
    "country": "country",
    "status": "active",
}
"""Input field -> column; the page and its sample spell two keys differently, both are taken."""


def _values(call: Call) -> dict[str, Any]:
    values = {column: call.get(name) for name, column in _COLUMNS.items() if name in call.input}
    mails = values.get("email_for_pos")
    if isinstance(mails, list):
        values["email_for_pos"] = ";".join(mails)
    return values


def _refuse_taken_code(call: Call, code: str | None, own_id: int | None = None) -> None:
    if not code:
        return
    taken = select(t.vendors.c.id).where(t.vendors.c.company_id == call.company_id, *exact(t.vendors.c.code, code))
    if own_id is not None:
        taken = taken.where(t.vendors.c.id != own_id)
    if call.connection.execute(taken.limit(1)).one_or_none() is not None:
        raise Refused(f"There is another vendor with the code {code}")


@cache
def _listed(company_id: int, *, inactive: bool) -> Select[Any]:
    """The whole list; kept, because putting a statement together costs more than running it."""
    v = t.vendors.c
    return (
        select(v.id, v.name, v.code, v.port_origin, v.cargo_master_code, v.active)
        .where(v.company_id == company_id, *active_only(v.active, inactive))
        .order_by(v.id)
    )


@handles("vendor.list")
def vendor_list(call: Call) -> Answer:
    """Vendors by id, name, code and port; inactive ones only when asked for."""
    v = t.vendors.c
    query = _listed(call.company_id, inactive=bool(call.get("includeInactive")))
    filters = [
        *exact(v.id, call.get("id")),
        *like(v.name, call.get("name")),
        *exact(v.code, call.get("code")),
        *exact(v.port_origin, call.get("portOrigin")),
    ]
    if filters:
        query = query.where(*filters)
    vendors = []
    for vendor_id, name, code, port, cargo_master, active in call.connection.execute(query).all():
        # writing takes five characters of the origin, this list answers with four
        vendor = {"id": vendor_id, "name": name, "code": code or "", "portOrigin": port[:4]}
        if cargo_master is not None:
            vendor["cargoMasterCode"] = cargo_master
        vendor["active"] = active
        vendors.append(vendor)
    return ok(vendors=vendors)


@handles("vendor.add")
def vendor_add(call: Call) -> Answer:
    """A new vendor."""
    values = _values(call)
    _refuse_taken_code(call, values.get("code"))
    added = call.connection.execute(
        insert(t.vendors).values(company_id=call.company_id, updated_on=call.now, active=True, **values)
    )
    assert added.inserted_primary_key is not None
    return ok(vendorId=added.inserted_primary_key[0])


@handles("vendor.update")
def vendor_update(call: Call) -> Answer:
    """Change what is sent of a vendor."""
    row = find(call, t.vendors, "vendor", id=call.need("vendorId"), required=True)
    assert row is not None
    values = _values(call)
    _refuse_taken_code(call, values.get("code"), row.id)
    call.connection.execute(update(t.vendors).where(t.vendors.c.id == row.id).values(updated_on=call.now, **values))
    return ok(vendorId=row.id)
