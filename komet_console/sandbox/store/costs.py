"""Arithmetic of prices and costs, exact and rounded the way the books need it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
_FIVE = Decimal("0.00001")


@dataclass(frozen=True, slots=True)
class FreightRate:
    """What bringing boxes from one origin costs: by full-box equivalent, by box, and duty in percent of the cost."""

    freight_per_fbe: Decimal
    handling_per_box: Decimal
    duty_percent: Decimal


def line_total(units: int, unit_price: Decimal, discount_percent: Decimal = Decimal(0)) -> Decimal:
    """Units times price less a percentage, to the cent (half up)."""
    full = unit_price * units
    return (full - full * discount_percent / 100).quantize(CENT, ROUND_HALF_UP)


def percentage(amount: Decimal, percent: Decimal) -> Decimal:
    """A percentage of an amount, to the cent (half up)."""
    return (amount * percent / 100).quantize(CENT, ROUND_HALF_UP)


def landed_cost(unit_cost: Decimal, units_per_box: int, fbe: Decimal, freight: FreightRate) -> Decimal:
    """Cost of one unit in the warehouse: its own cost, its share of the box's freight and handling, and duty."""
    by_box = freight.freight_per_fbe * fbe + freight.handling_per_box
    return (unit_cost + by_box / units_per_box + unit_cost * freight.duty_percent / 100).quantize(_FIVE, ROUND_HALF_UP)
