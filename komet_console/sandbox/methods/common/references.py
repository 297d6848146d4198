"""Finding the objects that a request names by id, code or name, within the caller's company and scope.

`find_*` refuse with a message when the object is not there; without any name they return None unless `required`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Table, exists, select

from komet_console.sandbox.context import Call, Invalid, Refused
from komet_console.sandbox.methods.common.filters import exact
from komet_console.sandbox.store import tables as t


def find(
    call: Call,
    table: Table,
    what: str,
    *,
    id: int | None = None,  # noqa: A002 - the API's own word
    code: str | None = None,
    name: str | None = None,
    code_column: str = "code",
    name_column: str = "name",
    required: bool = False,
) -> Row[Any] | None:
    """The row named by id, else by code, else by name (exact, without case); inactive rows count too."""
    for column, value in ((table.c.id, id), (table.c.get(code_column), code), (table.c.get(name_column), name)):
        if value is None or value == "" or column is None:
            continue
        conditions = [table.c.company_id == call.company_id, *exact(column, value)]
        row = call.connection.execute(select(table).where(*conditions).order_by(table.c.id).limit(1)).one_or_none()
        if row is None:
            raise Refused(f"The {what} {value} does not exist")
        return row
    if required:
        raise Invalid(f"The {what} is required")
    return None


def find_customer(call: Call, *, required: bool = False, prefix: str = "customer") -> Row[Any] | None:
    """The customer named by `customerId` or `customerCode`, which the caller's token may act for."""
    row = find(
        call,
        t.customers,
        "customer",
        id=call.get(f"{prefix}Id"),
        code=call.get(f"{prefix}Code"),
        required=required and call.customer_id is None,
    )
    if row is None and call.customer_id is not None:
        row = find(call, t.customers, "customer", id=call.customer_id)
    if row is not None and not may_see_customer(call, row.id):
        raise Refused(f"The customer {row.id} does not exist")
    return row


def may_see_customer(call: Call, customer_id: int) -> bool:
    """Whether the token may act for a customer: customer tokens for their own, user tokens for the user's."""
    if call.token is None:
        return False
    if call.token.kind == "customer":
        return call.token.customer_id == customer_id
    if call.token.kind == "user":
        linked = exists().where(
            t.user_customers.c.user_id == call.token.user_id,
            t.user_customers.c.customer_id == customer_id,
            t.user_customers.c.company_id == call.company_id,
        )
        return bool(call.connection.execute(select(linked)).scalar())
    return True


def find_carrier(call: Call, *, required: bool = False) -> Row[Any] | None:
    """The carrier named by `carrierId` or `carrierCode`."""
    return find(call, t.carriers, "carrier", id=call.get("carrierId"), code=call.get("carrierCode"), required=required)


def find_vendor(call: Call, *, required: bool = False) -> Row[Any] | None:
    """The vendor named by `vendorId`, `vendorCode` or `vendorName`; a vendor token's own vendor whatever is named."""
    if call.vendor_id is not None:
        return find(call, t.vendors, "vendor", id=call.vendor_id)
    return find(
        call,
        t.vendors,
        "vendor",
        id=call.get("vendorId"),
        code=call.get("vendorCode"),
        name=call.get("vendorName"),
        required=required,
    )


def find_location(call: Call) -> Row[Any]:
    """The location that a request names by any of its documented fields; a single-location company's only one.

    A multi-location company has to name it (refused otherwise), as the documentation states.
    """
    id_ = call.get("companyLocationId", call.get("locationId"))
    code = call.get("companyLocationCode", call.get("locationCode"))
    row = find(call, t.locations, "location", id=id_, code=code)
    if row is not None:
        return row
    if call.multi_location:
        raise Refused("The location is required; the company has several locations", documented=True)
    first = select(t.locations).where(t.locations.c.company_id == call.company_id).order_by(t.locations.c.id).limit(1)
    return call.connection.execute(first).one()


def find_product(
    call: Call, values: dict[str, Any], *, id_key: str = "productId", required: bool = True
) -> Row[Any] | None:
    """The product named in an element by id, code (legacy code) or description."""
    return find(
        call,
        t.products,
        "product",
        id=values.get(id_key),
        code=values.get("productCode"),
        name=values.get("productDescription"),
        code_column="legacy_code",
        name_column="description",
        required=required,
    )


def find_box_type(call: Call, values: dict[str, Any], *, required: bool = True) -> Row[Any] | None:
    """The box type named in an element by id or code."""
    return find(
        call, t.box_types, "box type", id=values.get("boxTypeId"), code=values.get("boxTypeCode"), required=required
    )
