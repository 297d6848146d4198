"""What the e-commerce shows a customer: lines of the four origins, the days they can be bought on, who carries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Row, Select, Subquery, case, func, literal, select, union_all

from komet_console.sandbox.business.stock import OPEN_MARKET_TYPES
from komet_console.sandbox.store import tables as t

_WEEK = 7
_IN_STOCK = [state.value for state in t.IN_STOCK]


class Origin(IntEnum):
    """`inventoryOrigin` as the API numbers it; it decides what the ids of a line are."""

    ON_HAND = 1
    """Boxes in the warehouse; ids of inventory lines."""
    FUTURE = 2
    """Boxes bought from growers that have not come in yet; ids of purchase order items."""
    VENDOR_AVAILABILITY = 3
    """What growers offer; ids of vendor availability items."""
    K2K = 4
    """Stock of another Komet company, offered as vendor availability; ids of vendor availability items."""


@dataclass(frozen=True, slots=True)
class Shopper:
    """Whose shop it is: the customer, the location that serves it, and today.

    Attributes:
        default_price: A or B, the price of the lines on hand.
        days_ahead: how many days, today included, the shop is open for.
        reserved: only lines tied to the customer instead of only those tied to nobody.
    """

    company_id: int
    location_id: int
    customer_id: int
    default_price: str
    today: date
    days_ahead: int
    reserved: bool = False

    @property
    def last_day(self) -> date:
        """The last day the shop is open for."""
        return self.today + timedelta(days=self.days_ahead - 1)


def shop_lines(shopper: Shopper) -> Subquery:
    """Every line the shop shows, with at least one box free.

    Columns: `line_id`, `origin`, `product_id`, `box_type_id`, `unit_type`, `bunches`, `stems_bunch`, `units_per_box`,
    `quantity` (boxes), `price` (of a unit), `available_from` and `available_to` (days of shipping).
    """
    parts = [_on_hand(shopper)]
    if not shopper.reserved:
        parts += [_future(shopper), _offers(shopper)]
    lines = union_all(*parts).subquery()
    return select(lines).where(lines.c.quantity > 0).subquery("shop_lines")


def _pack(table: Any) -> tuple[ColumnElement[Any], ...]:
    names = ("product_id", "box_type_id", "unit_type", "bunches", "stems_bunch", "units_per_box")
    return tuple(table.c[name] for name in names)


def _from_today(column: ColumnElement[Any], shopper: Shopper) -> ColumnElement[Any]:
    today = literal(shopper.today, Date)
    return case((column > today, column), else_=today).label("available_from")


def _on_hand(shopper: Shopper) -> Select[Any]:
    line, b = t.inventory_lines.c, t.boxes.c
    # From the boxes in stock to their lines: most lines of a year have none left.
    free = (
        select(b.inventory_line_id, func.count().label("boxes"))
        .where(b.company_id == shopper.company_id, b.state.in_(_IN_STOCK))
        .group_by(b.inventory_line_id)
        .subquery()
    )
    price = func.coalesce(line.price_b, line.price_a) if shopper.default_price == "B" else line.price_a
    return (
        select(
            line.id.label("line_id"),
            literal(int(Origin.ON_HAND)).label("origin"),
            *_pack(t.inventory_lines),
            free.c.boxes.label("quantity"),
            price.label("price"),
            _from_today(line.inventory_date, shopper),
            literal(shopper.last_day, Date).label("available_to"),
        )
        .join(free, free.c.inventory_line_id == line.id)
        .where(
            line.company_id == shopper.company_id,
            line.location_id == shopper.location_id,
            line.inventory_type.in_(OPEN_MARKET_TYPES),
            line.deleted.is_(False),
            line.on_hold.is_(False),
            line.price_a.is_not(None),
            line.customer_id == shopper.customer_id if shopper.reserved else line.customer_id.is_(None),
        )
    )


def _future(shopper: Shopper) -> Select[Any]:
    o, p, i, b, line = (
        t.purchase_order_items.c,
        t.purchase_orders.c,
        t.prebook_items.c,
        t.boxes.c,
        t.inventory_lines.c,
    )
    prebooked = (
        select(func.coalesce(func.sum(i.total_boxes), 0))
        .where(i.future_po_item_id == o.id)
        .correlate(t.purchase_order_items)
        .scalar_subquery()
    )
    arrived = (
        select(b.id)
        .join(t.inventory_lines, line.id == b.inventory_line_id)
        .where(line.purchase_order_item_id == o.id, b.state != t.BoxState.IN_TRANSIT.value)
        .correlate(t.purchase_order_items)
        .exists()
    )
    last = func.coalesce(o.available_to, literal(shopper.last_day, Date))
    return (
        select(
            o.id,
            literal(int(Origin.FUTURE)),
            *_pack(t.purchase_order_items),
            (o.total_boxes - prebooked),
            o.unit_price,
            _from_today(func.coalesce(o.available_from, p.ship_date), shopper),
            last,
        )
        .join(t.purchase_orders, p.id == o.purchase_order_id)
        .where(
            p.company_id == shopper.company_id,
            p.location_id == shopper.location_id,
            p.status != "Cancelled",
            o.is_open_market.is_(True),
            o.checkout_pending.is_(False),
            o.status_line != "Cancelled",
            o.unit_price.is_not(None),
            last >= shopper.today,
            ~arrived,
        )
    )


def _offers(shopper: Shopper) -> Select[Any]:
    v, b = t.vendor_availability_items.c, t.boxes.c
    stock = (
        select(func.count())
        .where(b.inventory_line_id == v.k2k_inventory_line_id, b.state.in_(_IN_STOCK))
        .correlate(t.vendor_availability_items)
        .scalar_subquery()
    )
    is_k2k = v.k2k_company_id.is_not(None)
    # The other company's stock is what counts, and never more than it offers.
    there = case((~is_k2k, v.offered_boxes), (stock < v.offered_boxes, stock), else_=v.offered_boxes)
    return select(
        v.id,
        case((is_k2k, int(Origin.K2K)), else_=int(Origin.VENDOR_AVAILABILITY)),
        *_pack(t.vendor_availability_items),
        there - v.taken_boxes,
        v.price,
        _from_today(v.available_from, shopper),
        v.available_to,
    ).where(
        v.company_id == shopper.company_id,
        v.location_id.is_(None) | (v.location_id == shopper.location_id),
        v.available_to >= shopper.today,
    )


# --- days and carriers


@dataclass(frozen=True, slots=True)
class Service:
    """A carrier that serves the customer on a weekday (0 Sunday to 6 Saturday, the day of departure)."""

    weekday: int
    carrier_id: int
    carrier_name: str
    transit_days: int
    cube_rate: Decimal


def services(connection: Connection, customer_id: int, location_id: int) -> list[Service]:
    """The customer's days of service at a location with active carriers, the suggested carrier of each day first."""
    d, c, u = t.customer_days_of_service.c, t.carriers.c, t.customers.c
    rows = connection.execute(
        select(d.day_of_service, c.id, c.name, d.transit_days, d.carrier_cube_rate)
        .join_from(t.customer_days_of_service, t.carriers, c.id == d.carrier_id)
        .join(t.customers, u.id == d.customer_id)
        .where(d.customer_id == customer_id, d.location_id == location_id, c.active.is_(True))
        .order_by(d.day_of_service, d.is_default.desc(), case((u.carrier_id == c.id, 0), else_=1), c.id)
    )
    return [
        Service(weekday, carrier_id, name, transit or 0, rate if rate is not None else Decimal(0))
        for weekday, carrier_id, name, transit, rate in rows
    ]


def weekday_of(day: date) -> int:
    """The API's number of a weekday: 0 Sunday to 6 Saturday."""
    return day.isoweekday() % _WEEK


def serving(found: Sequence[Service], day: date, carrier_id: int | None = None) -> list[Service]:
    """Who departs on a day, optionally one carrier only; the suggested one first."""
    weekday = weekday_of(day)
    return [one for one in found if one.weekday == weekday and carrier_id in (None, one.carrier_id)]


def days_between(start: date, end: date) -> list[date]:
    """Every day from start to end, both included."""
    return [start + timedelta(days=ahead) for ahead in range((end - start).days + 1)]


def buying_days(found: Sequence[Service], line: Row[Any], last_day: date, carrier_id: int | None = None) -> list[date]:
    """The days a shop line can be shipped on: while it is there, the shop is open and a carrier departs.

    A customer without days of service can be served on any day.
    """
    days = days_between(line.available_from, min(line.available_to, last_day))
    return [day for day in days if not found or serving(found, day, carrier_id)]
