from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, insert, select

from komet_console.sandbox.store import tables as t


def test_sums_of_money_are_exact_in_the_database(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(t.companies).values(id=1, code="A", name="A"))
        connection.execute(
            insert(t.freight_rates),
            [
                {
                    "company_id": 1,
                    "origin_code": "BOG",
                    "freight_per_fbe": Decimal("0.1"),
                    "handling_per_box": 0,
                    "duty_percent": 0,
                }
                for _ in range(1000)
            ],
        )
        total = connection.execute(select(func.sum(t.freight_rates.c.freight_per_fbe))).scalar_one()
    assert total == Decimal("100.00")
    assert isinstance(total, Decimal)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("11.5", "11.50"),
        ("7.255", "7.255"),
        ("0.34421", "0.34421"),
        ("0.344215", "0.34422"),
        ("-3", "-3.00"),
        ("0", "0.00"),
    ],
)
def test_prices_keep_up_to_five_places_and_show_at_least_two(engine: Engine, stored: str, read: str) -> None:
    with engine.begin() as connection:
        connection.execute(insert(t.companies).values(id=1, code="A", name="A", tax_percent=Decimal(stored)))
        assert str(connection.execute(select(t.companies.c.tax_percent)).scalar_one()) == read


def test_money_compares_with_decimals(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(t.companies).values(id=1, code="A", name="A", tax_percent=Decimal("7.5")))
        found = select(t.companies.c.id).where(t.companies.c.tax_percent > Decimal("7.49"))
        assert connection.execute(found).scalar_one() == 1
        assert not connection.execute(found.where(t.companies.c.tax_percent < Decimal("7.5"))).all()
