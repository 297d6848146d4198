from __future__ import annotations

from decimal import Decimal

from komet_console.sandbox.store.costs import FreightRate, landed_cost, line_total, percentage

BOGOTA = FreightRate(Decimal("24.00"), Decimal("1.20"), Decimal("3.6"))


def test_landed_cost_shares_freight_and_handling_of_the_box_among_its_units() -> None:
    # half a full box: 12.00 freight and 1.20 handling for 12 bunches, 3.6 % duty of 7.25
    assert landed_cost(Decimal("7.25"), 12, Decimal("0.5"), BOGOTA) == Decimal("8.61100")


def test_line_totals_round_half_up_to_the_cent() -> None:
    assert line_total(3, Decimal("0.335")) == Decimal("1.01")
    assert line_total(72, Decimal("11.50"), Decimal(10)) == Decimal("745.20")
    assert percentage(Decimal("10.50"), Decimal(7)) == Decimal("0.74")
