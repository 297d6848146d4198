from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Date, DateTime, Engine, delete, func, select, update

from komet_console.errors import UserError
from komet_console.sandbox.seed import cast, seed_world
from komet_console.sandbox.seed.rows import Rows
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.seed.world import build_world
from komet_console.sandbox.store import clock, invariants, numbers, settings, shift, snapshots
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.engine import open_engine

MONDAY = date(2026, 2, 2)


def contents(engine: Engine) -> dict[str, list[Any]]:
    with engine.begin() as connection:
        return {table.name: sorted(connection.execute(select(table)).all(), key=repr) for table in t.world_tables()}


def one(rows: Rows, table: Any, row_id: int) -> dict[str, Any]:
    (found,) = [row for row in rows.of(table) if row["id"] == row_id]
    return found


def test_every_sum_and_box_is_right(engine: Engine) -> None:
    seed_world(engine, seed=1, today=MONDAY)
    with engine.begin() as connection:
        assert invariants.broken(connection) == []
        assert clock.world_date(connection) == MONDAY


@pytest.mark.parametrize("seed", [2, 77])
@pytest.mark.parametrize("today", [date(2026, 2, 8), date(2027, 12, 31), date(2028, 3, 1)])
def test_every_sum_and_box_is_right_for_other_seeds_and_days(tmp_path: Path, seed: int, today: date) -> None:
    made = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    seed_world(made, seed=seed, today=today)
    with made.begin() as connection:
        assert invariants.broken(connection) == []
    made.dispose()


def test_the_same_seed_gives_the_same_world_and_replaces_the_old_one(engine: Engine) -> None:
    seed_world(engine, seed=5, today=MONDAY)
    first = contents(engine)
    seed_world(engine, seed=6, today=MONDAY)
    other = contents(engine)
    seed_world(engine, seed=5, today=MONDAY)
    assert contents(engine) == first
    assert other["invoices"] != first["invoices"]
    assert other["tokens"] != first["tokens"]


@pytest.mark.parametrize("offset", range(7))
def test_fixed_objects_are_the_same_on_every_weekday(offset: int) -> None:
    today = MONDAY + timedelta(days=offset)
    rows = build_world(seed=3, today=today, scale=1)
    invoice = one(rows, t.invoices, cast.INVOICE)
    assert (invoice["number"], invoice["total"], invoice["ship_date"]) == (
        318402,
        Decimal("1139.00"),
        today - timedelta(days=3),
    )
    assert one(rows, t.inventory_lines, cast.LINE)["landed_cost"] == Decimal("8.611")
    on_hand = [
        box for box in rows.of(t.boxes) if box["inventory_line_id"] == cast.LINE and box["state"] == t.BoxState.ON_HAND
    ]
    assert [box["code"] for box in on_hand] == [f"KS63100{number}" for number in range(21, 31)]
    states = {box["code"]: box["state"] for box in rows.of(t.boxes)}
    assert states["KS6310031"] == t.BoxState.IN_TRANSIT
    assert states["KS6310041"] == t.BoxState.STAGING
    assert states["KS6310051"] == states["KS6310054"] == t.BoxState.SOLD
    assert states["KS6310053"] == t.BoxState.SHIPPED
    assert "KS6310099" not in states
    assert one(rows, t.prebooks, cast.PREBOOK)["truck_date"] == today + timedelta(days=3)


def test_the_world_is_as_large_as_a_small_importer() -> None:
    rows = build_world(seed=1, today=MONDAY, scale=1)
    bay = {
        table.name: [row for row in rows.of(table) if row["company_id"] == cast.COMPANY]
        for table in t.world_tables()
        if "company_id" in table.c
    }
    growers = {
        row["id"] for row in bay["vendors"] if row["vendor_type"] == 1 and row["active"] and not row["k2k_company_id"]
    }
    assert len(growers) == 25
    assert len(bay["products"]) >= 300
    assert len(bay["customers"]) >= 40
    assert len(bay["locations"]) == 2
    assert 400 < len(bay["invoices"]) < 700
    assert {row["status"] for row in bay["invoices"]} == {0, 1, 2, 4}
    assert {row["status"] for row in bay["purchase_orders"]} == {
        "Pending Approval",
        "Approved",
        "Confirmed by Farm",
        "Cancelled",
    }
    assert {row["state"] for row in bay["boxes"]} == set(t.BoxState)
    assert {row["inventory_type"] for row in bay["inventory_lines"]} == {"M", "L", "S", "P"}
    assert {row["status"] for row in bay["credits"]} == {1, 2, 3, 4, 5}
    assert {row["origin_code"] for row in bay["awbs"]} == {"BOG", "MDE", "UIO"}


def test_nothing_lies_in_the_future_that_should_not() -> None:
    rows = build_world(seed=9, today=MONDAY, scale=1)
    arrivals = {row["id"]: row["arrival_date"] for row in rows.of(t.awbs)}
    for box in rows.of(t.boxes):
        if box["received_on"]:
            assert box["received_on"] <= MONDAY, box["code"]
        if box["state"] == t.BoxState.IN_TRANSIT:
            assert arrivals[box["awb_id"]] >= MONDAY, box["code"]
    for invoice in rows.of(t.invoices):
        assert invoice["created_on"].date() <= MONDAY
        if invoice["ship_date"] > MONDAY:
            assert invoice["status"] != t.InvoiceStatus.CONFIRMED
    assert all(payment["date"] <= MONDAY for payment in rows.of(t.payments))
    assert all(credit["credit_date"] <= MONDAY for credit in rows.of(t.credits))


def test_boxes_are_sold_only_after_they_arrived() -> None:
    rows = build_world(seed=4, today=MONDAY, scale=1)
    items = {row["id"]: row["invoice_id"] for row in rows.of(t.invoice_items)}
    ships = {row["id"]: row["ship_date"] for row in rows.of(t.invoices)}
    for box in rows.of(t.boxes):
        if box["invoice_item_id"]:
            assert ships[items[box["invoice_item_id"]]] >= box["received_on"], box["code"]


def test_scale_multiplies_the_past_and_leaves_the_stock(engine: Engine) -> None:
    small, large = build_world(seed=1, today=MONDAY, scale=1), build_world(seed=1, today=MONDAY, scale=4)
    assert len(large.of(t.invoices)) > len(small.of(t.invoices)) + 3 * 300
    in_stock = [sum(1 for box in rows.of(t.boxes) if box["state"] in t.IN_STOCK) for rows in (small, large)]
    assert in_stock[1] < 2 * in_stock[0]
    for rows in (small, large):
        numbers_used = [(row["company_id"], row["number"]) for row in rows.of(t.invoices)]
        assert len(set(numbers_used)) == len(numbers_used)
    seed_world(engine, seed=1, today=MONDAY, scale=3)
    with engine.begin() as connection:
        assert invariants.broken(connection) == []


def test_new_ids_and_numbers_follow_the_seeded_ones(engine: Engine) -> None:
    seed_world(engine, seed=1, today=MONDAY)
    with engine.begin() as connection:
        for counter, table in (
            (numbers.Counter.INVOICE, t.invoices),
            (numbers.Counter.PREBOOK, t.prebooks),
            (numbers.Counter.PURCHASE_ORDER, t.purchase_orders),
            (numbers.Counter.STANDING_ORDER, t.standing_orders),
            (numbers.Counter.WEB_ORDER, t.web_orders),
        ):
            for company in (cast.COMPANY, cast.PARTNER):
                highest = (
                    connection.execute(select(func.max(table.c.number)).filter_by(company_id=company)).scalar_one() or 0
                )
                assert numbers.take_number(connection, company, counter) > highest
        code = numbers.take_box_codes(connection, cast.COMPANY, 1)
        assert not connection.execute(select(t.boxes.c.id).where(t.boxes.c.code.in_(code))).all()
        added = connection.execute(t.contact_types.insert().values(company_id=cast.COMPANY, name="Driver"))
        assert added.inserted_primary_key is not None
        highest = connection.execute(select(func.max(t.contact_types.c.id))).scalar_one()
        assert added.inserted_primary_key[0] == highest


def test_tokens_have_the_sandboxs_prefix_and_differ_by_seed(engine: Engine) -> None:
    seed_world(engine, seed=1, today=MONDAY)
    with engine.begin() as connection:
        kinds = dict(connection.execute(select(t.tokens.c.token, t.tokens.c.kind)).tuples().all())
    assert {kinds[token_value(1, kind)] for kind in ("company", "customer", "vendor", "user")} == {
        "company",
        "customer",
        "vendor",
        "user",
    }
    assert all(token.startswith(f"sbx_{kind}_") and len(token) <= 50 for token, kind in kinds.items())
    assert token_value(2, "company") not in kinds


@pytest.mark.parametrize("days", [1, 45, -400])
def test_shifting_moves_every_date_by_as_many_days(engine: Engine, days: int) -> None:
    seed_world(engine, seed=1, today=MONDAY)
    before = contents(engine)
    with engine.begin() as connection:
        shift.shift_world(connection, days)
        assert clock.world_date(connection) == MONDAY + timedelta(days=days)
        assert invariants.broken(connection) == []
    after = contents(engine)
    step = timedelta(days=days)
    for table in t.world_tables():
        dated = [isinstance(column.type, Date | DateTime) for column in table.columns]
        moved = [
            tuple(
                value + step if is_date and value is not None else value
                for is_date, value in zip(dated, row, strict=True)
            )
            for row in before[table.name]
        ]
        assert sorted(map(tuple, after[table.name]), key=repr) == sorted(moved, key=repr), table.name


def test_a_kept_world_moves_to_today(engine: Engine) -> None:
    seed_world(engine, seed=1, today=date(2025, 6, 1))
    with engine.begin() as connection:
        clock.set_offset_days(connection, 3)
        behind = clock.days_behind(connection)
        assert behind == (clock.today(connection) - date(2025, 6, 1)).days
        assert shift.move_to_today(connection) == behind
        assert clock.world_date(connection) == clock.today(connection)
        assert clock.days_behind(connection) == 0


def test_a_snapshot_brings_the_world_back(engine: Engine) -> None:
    seed_world(engine, seed=1, today=MONDAY)
    before = contents(engine)
    with engine.begin() as connection:
        snapshots.save(connection, "fresh")
        connection.execute(delete(t.credit_details))
        connection.execute(delete(t.credits))
        connection.execute(update(t.customers).values(name="Changed"))
        shift.shift_world(connection, 5)
        settings.put(connection, "seed", 99)
    with engine.begin() as connection:
        snapshots.load(connection, "fresh")
        assert clock.world_date(connection) == MONDAY
        assert settings.get(connection, "seed") == "1"
    assert contents(engine) == before
    with engine.begin() as connection:
        (kept,) = snapshots.names(connection)
        assert (kept.name, kept.world_date) == ("fresh", MONDAY)
        assert snapshots.delete_snapshot(connection, "fresh")
        assert not snapshots.delete_snapshot(connection, "fresh")
        with pytest.raises(UserError, match="fresh"):
            snapshots.load(connection, "fresh")


def test_an_empty_database_has_nothing_to_copy(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(UserError, match="no world"):
        snapshots.save(connection, "empty")


def test_balances_are_what_customers_owe(engine: Engine) -> None:
    seed_world(engine, seed=1, today=MONDAY)
    with engine.begin() as connection:
        invoices = connection.execute(
            select(func.sum(t.invoices.c.total)).filter_by(
                customer_id=cast.PETAL, status=t.InvoiceStatus.CONFIRMED.value
            )
        ).scalar_one()
        # the payments 5530 and 5531 (50.00 overpaid; 5529 came back) and the open credit
        assert invariants.customer_balance(connection, cast.PETAL) == invoices - Decimal("650.00") - Decimal("75.50")


BREAKS: dict[str, tuple[Any, dict[str, Any]]] = {
    "does not go with": (update(t.boxes).where(t.boxes.c.code == "KS6310021"), {"state": "sold"}),
    "received 33": (update(t.inventory_lines).where(t.inventory_lines.c.id == cast.LINE), {"received_boxes": 33}),
    "another AWB": (update(t.boxes).where(t.boxes.c.code == "KS6310021"), {"awb_id": cast.AWB_TARGET}),
    "holds 6 boxes": (update(t.invoice_items).where(t.invoice_items.c.id == 1880451), {"total_boxes": 5}),
    "status 4) holds": (update(t.invoices).where(t.invoices.c.id == cast.INVOICE), {"status": 4}),
    "subtotal": (update(t.invoices).where(t.invoices.c.id == cast.INVOICE), {"subtotal": Decimal("1104.01")}),
    "charges 35.01": (
        update(t.invoices).where(t.invoices.c.id == cast.INVOICE),
        {"additional_charges": Decimal("35.01")},
    ),
    "credits": (update(t.credits).where(t.credits.c.id == cast.CREDIT), {"cancelled": True}),
    "total 1.00": (update(t.invoices).where(t.invoices.c.id == cast.INVOICE), {"total": Decimal(1)}),
    "its lines are": (update(t.credits).where(t.credits.c.id == 381206), {"total_credit": Decimal(1)}),
    "applied, but only": (update(t.payments).where(t.payments.c.id == cast.PAYMENT), {"total": Decimal(1)}),
    "was bought with": (update(t.prebook_items).where(t.prebook_items.c.id == 930120), {"total_boxes": 5}),
    "is prebooked with": (
        update(t.prebook_items).where(t.prebook_items.c.id == cast.PREBOOK_ITEM),
        {"future_po_item_id": cast.PO_ITEM_FUTURE, "total_boxes": 21},
    ),
    "beyond what was offered": (
        update(t.vendor_availability_items).where(t.vendor_availability_items.c.id == cast.OFFER),
        {"taken_boxes": 31},
    ),
    "is made of": (update(t.inventory_lines).where(t.inventory_lines.c.id == cast.ASSORTED_LINE), {"bunches": 19}),
    "negative quantity": (update(t.inventory_units).where(t.inventory_units.c.id == cast.UNITS_STEM), {"quantity": -1}),
}


def test_a_broken_rule_is_named(engine: Engine) -> None:
    seed_world(engine, seed=1, today=MONDAY)
    for sentence, (statement, values) in BREAKS.items():
        with engine.connect() as connection:
            connection.execute(statement.values(values))
            found = invariants.broken(connection)
            assert any(sentence in line for line in found), (sentence, found)
            assert invariants.broken(connection, cast.PARTNER) == []
            connection.rollback()
