"""The e-commerce of a customer: settings, carriers, inventory, users."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select

from komet_console.sandbox.business import webshop
from komet_console.sandbox.business.webshop import Origin, Shopper
from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import among, exact, like, numbers
from komet_console.sandbox.methods.common.references import find_customer, find_location
from komet_console.sandbox.store import tables as t

_PAGE = 30
_SHOP_USER = 27
_ADMIN_ROLES = (1, 5)
_TWO_MONTHS = timedelta(days=61)


def customer_of(call: Call) -> Row[Any]:
    """The customer that the call is for; refused when the token may not act for it."""
    row = find_customer(call, required=True)
    assert row is not None
    return row


def company_of(call: Call) -> Row[Any]:
    """The company the call works for."""
    return call.connection.execute(select(t.companies).where(t.companies.c.id == call.company_id)).one()


def shopper_of(call: Call, customer: Row[Any], location: Row[Any]) -> Shopper:
    """Whose shop the call looks at; `reservedInventory` only counts with Transactional API Access."""
    return Shopper(
        call.company_id,
        location.id,
        customer.id,
        customer.default_price,
        call.today,
        company_of(call).ecommerce_days_ahead,
        bool(call.get("reservedInventory")) and call.transactional,
    )


def shows_arrival(customer: Row[Any], company: Row[Any]) -> bool:
    """Whether a customer's days are days of arrival instead of departure."""
    return bool(customer.show_arrival_date or company.show_arrival_date)


@handles("ecommerce-lite/settings")
def settings(call: Call) -> Answer:
    """How the light e-commerce behaves for the customer and its user."""
    customer, company = customer_of(call), company_of(call)
    places = select(func.count()).select_from(t.customer_locations)
    here = call.connection.execute(places.where(t.customer_locations.c.customer_id == customer.id)).scalar_one()
    user = _shop_user(call, customer.id)
    companies = select(func.count()).select_from(t.user_companies).where(t.user_companies.c.user_id == user.id)
    shown = company.show_vendor if customer.show_vendor is None else customer.show_vendor
    info = {
        "isMultilocation": bool(company.multi_location and here > 1),
        "showArrivalDate": shows_arrival(customer, company),
        "chargeTax": customer.charge_tax,
        "isMultiCompany": call.connection.execute(companies).scalar_one() > 1,
        "isEcommerceLite": user.ecommerce_lite,
        "isAdminSales": user.role_id in _ADMIN_ROLES,
        "showVendorCodeOrName": shown,
        "companyName": company.name,
        "customerName": customer.name,
        "username": user.login,
        "enableAccessAppMobile": user.mobile_app,
    }
    return {"status": 1, "userInfo": [info]}


def _shop_user(call: Call, customer_id: int) -> Row[Any]:
    """The user a customer token stands for: an e-commerce user of the customer, else the token's owner."""
    u, k = t.users.c, t.user_customers.c
    linked = select(k.user_id).where(k.customer_id == customer_id, k.company_id == call.company_id)
    return (
        call.connection.execute(
            select(t.users)
            .where((u.id == call.user_id) | (u.id.in_(linked) & u.active.is_(True)))
            .order_by(u.id.in_(linked).desc(), (u.id == call.user_id).desc(), u.id)
            .limit(1)
        )
    ).one()


@handles("ecommerce/customer-carriers.list")
def customer_carriers(call: Call) -> Answer:
    """Who can carry a product on a day: the suggested carrier on top, the others in the list.

    The product has to be there when the carrier departs; a customer that sees arrival days names the day of arrival.
    """
    customer, location = customer_of(call), find_location(call)
    arrival = shows_arrival(customer, company_of(call))
    day: date = call.need("date")
    first, last = call.need("availableFrom"), call.need("availableTo")
    possible: list[dict[str, Any]] = []
    for one in webshop.services(call.connection, customer.id, location.id):
        departure = day - timedelta(days=one.transit_days) if arrival else day
        if one.weekday == webshop.weekday_of(departure) and first <= departure <= last:
            possible.append(
                {"carrierId": one.carrier_id, "carrierName": one.carrier_name, "carrierCubeRate": one.cube_rate}
            )
    suggested: dict[str, Any] = possible[0] if possible else {}
    return ok(**suggested, carriers=possible[1:])


@handles("ecommerce/inventory.list")
def inventory_list(call: Call) -> Answer:
    """A page of what the shop shows the customer, by product."""
    customer, location = customer_of(call), find_location(call)
    shopper = shopper_of(call, customer, location)
    page, rows = call.get("page", 1), call.get("rows", _PAGE)
    if page < 1 or rows < 1:
        raise Refused("page and rows count from 1")
    lines = webshop.shop_lines(shopper)
    r = t.products.c
    conditions = [
        *like(r.description, call.get("searchText")),
        *exact(r.category_id, call.get("categoryId")),
        *exact(r.color, call.get("color")),
        r.active.is_(True),
    ]
    wanted = call.get("availableDate")
    on_hand = lines.c.origin == Origin.ON_HAND
    if wanted is not None:
        conditions.append(~on_hand | ((lines.c.available_from <= wanted) & (lines.c.available_to >= wanted)))
    else:
        conditions.append(~on_hand | (lines.c.available_from <= call.today + _TWO_MONTHS))
    joined = lines.join(t.products, r.id == lines.c.product_id)
    total = call.connection.execute(select(func.count()).select_from(joined).where(*conditions)).scalar_one()
    found = call.connection.execute(
        select(lines, r.description)
        .select_from(joined)
        .where(*conditions)
        .order_by(r.description, lines.c.origin, lines.c.line_id)
        .limit(rows)
        .offset((page - 1) * rows)
    ).all()
    services = webshop.services(call.connection, customer.id, location.id)
    return ok(total=total, inventoryItems=[_shown(row, customer, services, shopper) for row in found])


def _shown(row: Row[Any], customer: Row[Any], services: list[webshop.Service], shopper: Shopper) -> Answer:
    item = {
        "inventoryLineIds": str(row.line_id),
        "inventoryOrigin": row.origin,
        "productDescription": row.description,
        "quantity": row.quantity,
        "price": row.price,
        "availableFrom": row.available_from,
        "availableTo": row.available_to,
    }
    days = webshop.buying_days(services, row, shopper.last_day)
    first = webshop.serving(services, days[0]) if days else []
    carrier = first[0].carrier_id if first else customer.carrier_id
    return item if carrier is None else {**item, "carrierId": carrier}


def _chosen(call: Call, shopper: Shopper) -> list[Row[Any]]:
    """The shop lines that a call names by `inventoryLineIds` and `inventoryOrigin`; each has to exist."""
    names = call.need("inventoryLineIds")
    ids = numbers([one for one in (names.split(",") if isinstance(names, str) else names) if one.strip()])
    lines = webshop.shop_lines(shopper)
    rows = call.connection.execute(
        select(lines)
        .where(lines.c.origin == call.need("inventoryOrigin"), *among(lines.c.line_id, ids or [-1]))
        .order_by(lines.c.line_id)
    ).all()
    missing = set(ids) - {row.line_id for row in rows}
    if missing or not rows:
        raise Refused(f"The inventory line {names} is not available to customer {shopper.customer_id}")
    return list(rows)


@handles("ecommerce/inventory-available-dates.list")
def available_dates(call: Call) -> Answer:
    """The days on which a line can be shipped to the customer."""
    customer, location = customer_of(call), find_location(call)
    shopper = shopper_of(call, customer, location)
    services = webshop.services(call.connection, customer.id, location.id)
    days = sorted(
        {day for line in _chosen(call, shopper) for day in webshop.buying_days(services, line, shopper.last_day)}
    )
    if not days:
        raise Refused("The inventory line is not available on any day that a carrier serves the customer")
    return ok(availableDates=days, availableDateFrom=days[0], availableDateTo=days[-1])


@handles("ecommerce/inventory.get")
def inventory_get(call: Call) -> Answer:
    """Boxes left of lines on the day of the purchase: none when that day, the range or the carrier does not fit."""
    customer, location = customer_of(call), find_location(call)
    shopper = shopper_of(call, customer, location)
    day: date = call.need("date")
    carrier_id = call.get("carrierId")
    services = webshop.services(call.connection, customer.id, location.id)
    left = 0
    for line in _chosen(call, shopper):
        if carrier_id is not None:
            fits = day in webshop.buying_days(services, line, shopper.last_day, carrier_id)
        else:
            first, last = call.need("availableFrom"), call.need("availableTo")
            fits = first <= day <= last and line.available_from <= day <= min(line.available_to, shopper.last_day)
        left += line.quantity if fits else 0
    return ok(quantity=left)


@handles("v2/user/e-commerce")
def user_add(call: Call) -> Answer:
    """A new e-commerce user of the named customers; the password comes by mail (into the outbox)."""
    codes = list(dict.fromkeys(code.strip().lower() for code in call.need("customerCodes") if code.strip()))
    c, u = t.customers.c, t.users.c
    here = [c.company_id == call.company_id, func.lower(c.code).in_(codes)]
    by_code = {row.code.lower(): row.id for row in call.connection.execute(select(c.id, c.code).where(*here))}
    missing = [code for code in codes if code not in by_code]
    if missing or not codes:
        raise Refused(f"The customer {', '.join(missing)} does not exist" if missing else "A customer code is required")
    login = call.need("login").strip()
    if call.connection.execute(select(u.id).where(func.lower(u.login) == login.lower())).first() is not None:
        raise Refused(f"The login {login} is taken")
    password = f"sbx-{secrets.token_hex(5)}"
    added = call.connection.execute(
        insert(t.users).values(
            company_id=call.company_id,
            login=login,
            password=password,
            first_name=call.need("firstName"),
            last_name=call.need("lastName"),
            email=call.need("email"),
            role_id=_SHOP_USER,
            ecommerce_lite=True,
        )
    )
    assert added.inserted_primary_key is not None
    user_id = added.inserted_primary_key[0]
    linked = [by_code[code] for code in codes]
    call.connection.execute(
        insert(t.user_companies).values(
            user_id=user_id, company_id=call.company_id, role_id=_SHOP_USER, customer_id=linked[0]
        )
    )
    call.connection.execute(
        insert(t.user_customers),
        [{"user_id": user_id, "customer_id": one, "company_id": call.company_id} for one in linked],
    )
    call.connection.execute(
        insert(t.outbox).values(
            company_id=call.company_id,
            at=call.now,
            mail_to=call.need("email"),
            subject="Your e-commerce account",
            body=f"Hello {call.need('firstName')},\n\nsign in as {login} with the password {password}\n",
        )
    )
    return ok("The user was created")
