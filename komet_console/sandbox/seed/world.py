"""Putting the world together and writing it into the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

from sqlalchemy import Connection, Engine

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.builder import Builder
from komet_console.sandbox.seed.fixed_orders import seed_fixed_prebooks, seed_fixed_sales
from komet_console.sandbox.seed.fixed_stock import seed_fixed_stock
from komet_console.sandbox.seed.goods import RED_CARNATION, seed_availability, seed_goods
from komet_console.sandbox.seed.master import FREIGHT, link_users, seed_master, seed_tokens
from komet_console.sandbox.seed.partner import seed_partner
from komet_console.sandbox.seed.rows import Rows
from komet_console.sandbox.seed.trade import Trade
from komet_console.sandbox.store import clock, settings
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.engine import align_sequences, clear_world
from komet_console.sandbox.store.numbers import Counter

_FIRST_BOX = 6_400_001
_FIRST_LOT = 25_001


def seed_world(engine: Engine, *, seed: int = 1, today: date, scale: int = 1) -> None:
    """Replace the world in the database by a new one around `today`.

    The same `seed`, `today` and `scale` give the same rows. `scale` multiplies the lots and invoices that lie more than
    ten days back, about 350 invoices for each; the stock of today stays as it is.
    """
    rows = build_world(seed=seed, today=today, scale=scale)
    with engine.begin() as connection:
        clear_world(connection)
        rows.insert(connection)
        align_sequences(connection)
        _remember(connection, seed, today, scale)


def build_world(*, seed: int, today: date, scale: int) -> Rows:
    """Build the rows of a world in memory."""
    rows = Rows()
    builder = Builder(rows, cast.COMPANY, cast.MIAMI, today, Random(seed), FREIGHT)
    builder.next_box, builder.next_lot = _FIRST_BOX, _FIRST_LOT
    customers = seed_master(builder)
    goods = seed_goods(builder)
    seed_availability(builder, goods)
    stock = seed_fixed_stock(builder)
    seed_fixed_prebooks(builder)
    seed_fixed_sales(builder, customers, stock)
    trading = [
        row
        for row in customers.values()
        if row["active"] and not row["credit_hold"] and row["id"] not in (cast.PETAL, cast.TRANSFERS)
    ]
    Trade(builder, goods, trading, scale).run()
    _second_location(builder)
    partner = Builder(rows, cast.PARTNER, cast.DORAL, today, Random(seed + 1), FREIGHT)
    seed_partner(partner)
    link_users(builder)
    seed_tokens(builder, seed)
    _counters(rows, builder, partner)
    return rows


def _second_location(builder: Builder) -> None:
    awb = builder.awb("729-1234-5683", "BOG", -3, -2, id=152205, location_id=cast.BOGOTA)
    builder.lot(
        awb,
        cast.TENJO,
        RED_CARNATION,
        builder.box_codes(6),
        id=903470,
        location_id=cast.BOGOTA,
        price_a=Decimal("6.40"),
        added=True,
    )


def _counters(rows: Rows, bay: Builder, partner: Builder) -> None:
    for builder, firsts in (
        (
            bay,
            {
                "prebook": 20424,
                "purchase_order": 31885,
                "standing_order": 1189,
                "web_order": 4131,
                "invoice": 318416,
                "payment": 5532,
            },
        ),
        (
            partner,
            {
                "prebook": 3001,
                "purchase_order": 7102,
                "standing_order": 301,
                "web_order": 901,
                "invoice": 5101,
                "payment": 1101,
            },
        ),
    ):
        lots_and_boxes = {Counter.LOT: builder.next_lot, Counter.BOX: builder.next_box}
        for counter in Counter:
            following = lots_and_boxes.get(counter) or firsts[counter.value]
            rows.add(t.counters, company_id=builder.company_id, name=counter.value, next_value=following)


def _remember(connection: Connection, seed: int, today: date, scale: int) -> None:
    settings.put(connection, "seed", seed)
    settings.put(connection, "scale", scale)
    settings.put(connection, clock.WORLD_DATE, today)
