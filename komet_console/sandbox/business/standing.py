"""Standing orders becoming prebooks as days go by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from komet_console.sandbox.business.ordering import Line, Pack, add_lines, add_prebook, list_prices, vendor_ship_date
from komet_console.sandbox.store import clock
from komet_console.sandbox.store import tables as t

DAYS_AHEAD = 7
"""How long before its truck date a standing order's prebook is made."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def run_day(connection: Connection, company_id: int, day: date) -> int:
    """Make the prebooks that a company's standing orders are due on a day, and any missed before; return how many.

    Asking again for the same day, or for an earlier one, makes nothing.
    """
    s = t.standing_orders
    due = connection.execute(
        select(s)
        .where(
            s.c.company_id == company_id,
            s.c.status == "Active",
            s.c.start_date <= day + timedelta(days=DAYS_AHEAD),
            func.coalesce(s.c.generated_until, s.c.start_date) < day + timedelta(days=DAYS_AHEAD),
        )
        .order_by(s.c.id)
    ).all()
    return make_prebooks(connection, due, day)


def make_prebooks(connection: Connection, orders: Sequence[Row[Any]], day: date) -> int:
    """Make what the given standing orders are due on a day; return how many prebooks."""
    if not orders:
        return 0
    items = _items(connection, orders)
    moment = datetime.combine(day, clock.now(connection).time())
    until = day + timedelta(days=DAYS_AHEAD)
    made = 0
    for order in orders:
        lines = items.get(order.id, [])
        for truck_date in _truck_dates(order, until):
            if lines:
                _make(connection, order, lines, truck_date, moment)
                made += 1
        connection.execute(
            update(t.standing_orders)
            .where(t.standing_orders.c.id == order.id)
            .values(generated_until=max(until, order.generated_until or until))
        )
    return made


def _truck_dates(order: Row[Any], until: date) -> Iterator[date]:
    """The order's truck dates after those it has prebooks for, up to and including a day."""
    start: date = order.start_date
    day = max(start, order.generated_until + timedelta(days=1)) if order.generated_until else start
    last = min(until, order.end_date) if order.end_date else until
    weekdays = {WEEKDAYS.index(name) for name in order.truck_days.split(",")}
    first_week = start - timedelta(days=start.weekday())
    while day <= last:
        week = (day - first_week).days // 7
        if day.weekday() in weekdays and week % order.recurrence == 0:
            yield day
        day += timedelta(days=1)


def _items(connection: Connection, orders: Sequence[Row[Any]]) -> dict[int, list[Row[Any]]]:
    i = t.standing_order_items
    items: dict[int, list[Row[Any]]] = {}
    chosen = i.c.standing_order_id.in_([order.id for order in orders])
    for item in connection.execute(select(i).where(chosen, i.c.total_boxes > 0).order_by(i.c.id)):
        items.setdefault(item.standing_order_id, []).append(item)
    return items


def _make(
    connection: Connection, order: Row[Any], items: Sequence[Row[Any]], truck_date: date, moment: datetime
) -> None:
    prebook_id, _ = add_prebook(
        connection,
        order.company_id,
        moment,
        location_id=order.location_id,
        customer_id=order.customer_id,
        carrier_id=order.carrier_id,
        ship_to_id=order.ship_to_id,
        standing_order_id=order.id,
        truck_date=truck_date,
        type="S",
        customer_po_number=order.customer_po,
        ship_via_id=order.ship_via_id,
        comments=order.comments,
    )
    prices = list_prices(connection, order.company_id, "S", order.price_list_id, [item.product_id for item in items])
    ship = vendor_ship_date(truck_date, order.ship_via_id, moment.date())
    lines = [
        Line(
            pack=Pack(item.product_id, item.box_type_id, item.unit_type, item.bunches, item.stems_bunch),
            boxes=item.total_boxes,
            unit_price=item.unit_price
            if item.unit_price is not None
            else prices.get((item.product_id, item.unit_type)),
            unit_cost=item.unit_cost,
            vendor_id=item.vendor_id,
            mark_code=item.mark_code,
            vendor_ship_date=ship,
        )
        for item in items
    ]
    add_lines(connection, order.company_id, prebook_id, lines)
