"""Column types and small column makers shared by every table of the sandbox."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, ForeignKey, Integer, MetaData, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the sandbox; `Table.info["world"]` is true for the tables a reset, a snapshot and a date shift cover."""


class Exact(TypeDecorator[Decimal]):
    """An exact decimal, stored as an integer of `places` decimal places.

    SQLite has no decimal type and would sum floats; integers sum exactly on every database. `func.sum(column)` comes
    back as a Decimal. Values with more places are rounded half up. Multiply in Python, not in SQL: the product of two
    scaled integers would be scaled twice.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places
        self._cent = Decimal("0.01")
        self._scale: int = 10**places

    def process_bind_param(
        self,
        value: Decimal | float | str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> int | None:
        """Return the scaled integer that is stored."""
        if value is None:
            return None
        if isinstance(value, int):
            return value * self._scale
        exact = value if isinstance(value, Decimal) else Decimal(str(value))
        return int(exact.scaleb(self.places).to_integral_value(ROUND_HALF_UP))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Return the decimal with two places, or more where the value has more (PostgreSQL sums come as Decimal)."""
        if value is None:
            return None
        exact = Decimal(int(value)).scaleb(-self.places)
        if self.places <= 2:
            return exact
        cents = exact.quantize(self._cent)
        return cents if cents == exact else exact.normalize()


def money(name: str, *, nullable: bool = False, default: int | None = 0) -> Column[Any]:
    """An amount in the company's currency, to the cent."""
    return Column(name, Exact(2), nullable=nullable, default=default)


def rate(name: str, *, nullable: bool = True, default: int | None = None) -> Column[Any]:
    """A price or cost of one unit, a percentage or an equivalence: up to five decimal places."""
    return Column(name, Exact(5), nullable=nullable, default=default)


def text(name: str, *, nullable: bool = True, default: str | None = None) -> Column[Any]:
    """Free text. Without a length: the gate judges lengths, PostgreSQL must not."""
    return Column(name, Text, nullable=nullable, default=default)


def number(name: str, *, nullable: bool = True, default: int | None = None) -> Column[Any]:
    """A whole number."""
    return Column(name, Integer, nullable=nullable, default=default)


def flag(name: str, *, default: bool = False) -> Column[Any]:
    """Yes or no."""
    return Column(name, Boolean, nullable=False, default=default)


def day(name: str, *, nullable: bool = True) -> Column[Any]:
    """A business date; moved by a date shift."""
    return Column(name, Date, nullable=nullable)


def moment(name: str, *, nullable: bool = True) -> Column[Any]:
    """A moment in UTC without time zone; moved by a date shift."""
    return Column(name, DateTime, nullable=nullable)


def link(
    name: str, target: str, *, nullable: bool = True, index: bool = False, on_delete: str | None = None
) -> Column[Any]:
    """A reference to the `id` of table `target`."""
    return Column(name, ForeignKey(f"{target}.id", ondelete=on_delete), nullable=nullable, index=index)


def world_table(name: str, *columns: Any) -> Table:
    """A table of a company's business data, with its public `id` and its `company_id`.

    Ids are never given out twice, not even after a delete (SQLite reuses them unless told otherwise): a client that
    kept the id of a deleted object must not find another one under it.
    """
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("company_id", ForeignKey("companies.id"), nullable=False),
        *columns,
        info={"world": True},
        sqlite_autoincrement=True,
    )


def pack_columns() -> list[Column[Any]]:
    """What a box holds: `units_per_box` is bunches for unit type Bunch and stems for unit type Stem."""
    return [
        link("product_id", "products", nullable=False),
        link("box_type_id", "box_types", nullable=False),
        text("unit_type", nullable=False),
        number("bunches", nullable=False),
        number("stems_bunch", nullable=False),
        number("units_per_box", nullable=False),
    ]


def breakdown_table(name: str, owner_table: str) -> Table:
    """The composition of the assorted box `item_id`: bunches of each product; they add up to the item's `bunches`."""
    return world_table(
        name,
        link("item_id", owner_table, nullable=False, index=True, on_delete="CASCADE"),
        link("product_id", "products", nullable=False),
        number("bunches", nullable=False),
        number("stems_bunch", nullable=False),
        rate("price"),
        rate("cost"),
        number("prebook_item_id"),
    )
