"""Web orders: creating, listing, checking out and cancelling them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Row, insert, select

from komet_console.sandbox.business import checkout
from komet_console.sandbox.context import Answer, Call, Event, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import exact
from komet_console.sandbox.methods.common.references import find_location
from komet_console.sandbox.methods.ecommerce import customer_of
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.numbers import Counter, take_number


def buyer_of(call: Call) -> Row[Any]:
    """The customer that orders; refused when it is inactive."""
    customer = customer_of(call)
    if not customer.active:
        raise Refused(f"The customer {customer.name} is inactive")
    return customer


def order_of(call: Call, customer: Row[Any], order_id: int, *, pending: bool = True) -> Row[Any]:
    """A web order of the customer, locked until the transaction ends; refused when checked out unless it may be."""
    w = t.web_orders.c
    order = call.connection.execute(
        select(t.web_orders)
        .where(w.company_id == call.company_id, w.customer_id == customer.id, *exact(w.id, order_id))
        .with_for_update()
    ).one_or_none()
    if order is None or order.status_id == checkout.CANCELLED:
        raise Refused(f"The web order {order_id} does not exist")
    if pending and order.status_id != checkout.PENDING:
        raise Refused(f"The web order {order_id} is checked out")
    return order


def order_here(call: Call, customer: Row[Any], order_id: int) -> Row[Any]:
    """A pending web order of the customer at the location that the call names."""
    order, location = order_of(call, customer, order_id), find_location(call)
    if order.location_id != location.id:
        raise Refused(f"The web order {order_id} belongs to another location than {location.name}")
    return order


def new_order(call: Call, customer: Row[Any], location: Row[Any]) -> int:
    """An empty pending web order; returns its id."""
    added = call.connection.execute(
        insert(t.web_orders).values(
            company_id=call.company_id,
            location_id=location.id,
            number=take_number(call.connection, call.company_id, Counter.WEB_ORDER),
            customer_id=customer.id,
            user_id=call.user_id,
            status_id=checkout.PENDING,
            created_on=call.now,
            updated_on=call.now,
        )
    )
    assert added.inserted_primary_key is not None
    return int(added.inserted_primary_key[0])


@handles("web-order.create")
def web_order_create(call: Call) -> Answer:
    """The header of a web order."""
    customer = buyer_of(call)
    if call.need("companyId") != call.company_id:
        raise Refused(f"The company {call.need('companyId')} is another one than the account's")
    return ok("Web order was created.", webOrderId=new_order(call, customer, find_location(call)))


@handles("web-order-details.list")
def web_order_details_list(call: Call) -> Answer:
    """A web order of the customer with its lines; only while it is pending, unless the status is named."""
    customer, location = customer_of(call), find_location(call)
    w, i, r, b = t.web_orders.c, t.web_order_items, t.products.c, t.box_types.c
    orders = call.connection.execute(
        select(t.web_orders)
        .where(
            w.company_id == call.company_id,
            w.customer_id == customer.id,
            w.location_id == location.id,
            w.status_id == call.get("statusId", checkout.PENDING),
            *exact(w.id, call.need("webOrderId")),
        )
        .order_by(w.id)
    ).all()
    lines: dict[int, list[Answer]] = defaultdict(list)
    rows = call.connection.execute(
        select(i, r.description, b.code.label("box_type"))
        .join(t.products, r.id == i.c.product_id)
        .join(t.box_types, b.id == i.c.box_type_id)
        .where(i.c.web_order_id.in_([order.id for order in orders]))
        .order_by(i.c.id)
    )
    for row in rows:
        lines[row.web_order_id].append(_item(row))
    return ok(webOrders=[_order(call, order, lines[order.id]) for order in orders])


def _order(call: Call, order: Row[Any], items: list[Answer]) -> Answer:
    shown = {
        "id": order.id,
        "number": order.number,
        "statusId": order.status_id,
        "customerId": order.customer_id,
        "subtotal": order.subtotal,
        "additionalCharges": order.additional_charges,
        "total": order.total,
        "items": items,
    }
    return {**shown, "companyLocationId": order.location_id} if call.multi_location else shown


def _item(row: Row[Any]) -> Answer:
    item = {
        "id": f"{row.inventory_origin}-{row.id}",
        "webOrderItemId": row.id,
        "inventoryOrigin": row.inventory_origin,
        "productDescription": row.description,
        "boxTypeCode": row.box_type,
        "quantity": row.quantity,
        "price": row.price,
        "carrierId": row.carrier_id,
        "date": row.date,
        "markCode": row.mark_code or "",
    }
    return item if row.ship_to_id is None else {**item, "shipToId": row.ship_to_id}


@handles("web-order.checkout")
def web_order_checkout(call: Call) -> Answer:
    """Make a web order the customer's invoice, and its prebook for what still has to come."""
    customer = buyer_of(call)
    order = order_here(call, customer, call.need("webOrderId"))
    for sale in checkout.check_out(call.connection, order, customer, call.now, call.get("customerPo")):
        confirmed = {"companyId": sale.company_id, "orderId": sale.invoice_id}
        call.events.append(Event("order.confirmation", sale.company_id, confirmed))
    return ok("The Web Order was checked out.", webOrderId=order.id)


@handles("web-order.delete")
def web_order_delete(call: Call) -> Answer:
    """Cancel a web order with its lines."""
    order = order_of(call, customer_of(call), call.need("webOrderId"), pending=False)
    for invoice_id in checkout.cancel(call.connection, order, call.now):
        cancelled = {"companyId": call.company_id, "orderId": invoice_id}
        call.events.append(Event("order.cancellation", call.company_id, cancelled))
    return ok("The Web Order was canceled.", webOrderId=order.id)
