"""Inventory in units: what is added can be listed and taken out, and no more than that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import clock

TODAY = clock.real_now().date()
SEEDED = {
    "productCode": "RSFR50",
    "stemsBunch": 25,
    "unitType": "Bunch",
    "block": "1-A",
    "bed": "123",
    "cutter": 2332,
    "customerCode": "PETAL",
    "cutDate": TODAY - timedelta(days=1),
}


def units(sandbox: Any, **filters: Any) -> list[dict[str, Any]]:
    answer = sandbox.call("inventory.units.list", **{"locationId": cast.MIAMI, **filters})
    assert answer.json["status"] == 1, answer.text
    return list(answer.json["inventoryItems"])


def total(sandbox: Any, **filters: Any) -> int:
    return sum(item["totalUnits"] for item in units(sandbox, **filters))


def test_added_units_join_the_line_of_the_same_bed(sandbox: Any) -> None:
    assert int(sandbox.call("inventory.units.add", quantity=15, **SEEDED).json["status"]) == 1
    (item,) = units(sandbox, productId=cast.RSFR50, unitType="Bunch")
    assert item["inventoryUnitsIds"] == str(cast.UNITS_BUNCH)
    assert (item["bunches"], item["totalUnits"]) == (55, 55)


def test_other_flowers_are_lines_of_their_own_and_equal_ones_are_listed_as_one(sandbox: Any) -> None:
    plain = {"productCode": "CARRED", "stemsBunch": 20, "unitType": "Stem"}
    for bed in ("7", "8"):
        sandbox.call("inventory.units.add", quantity=50, block="2-C", bed=bed, **plain)
    sandbox.call("inventory.units.add", quantity=5, **plain)
    (item,) = units(sandbox, productId=cast.CARRED)
    assert (item["totalUnits"], item["bunches"]) == (105, 5)
    assert len(item["inventoryUnitsIds"].split(",")) == 3
    assert "vendor" not in item


def test_filters_of_the_list(sandbox: Any) -> None:
    sandbox.call("inventory.units.add", productCode="CARRED", stemsBunch=20, unitType="Stem", quantity=60)
    assert {item["productId"] for item in units(sandbox, categoryId=cast.CARNATION)} == {cast.CARRED}
    assert {item["productId"] for item in units(sandbox, categoryID=cast.ROSE)} == {cast.RSFR50}
    assert {item["unitType"] for item in units(sandbox, unitType="Stem")} == {"Stem"}
    assert units(sandbox, locationId=cast.BOGOTA) == []


def test_list_needs_a_location_in_a_company_with_several(shared_sandbox: Any) -> None:
    answer = shared_sandbox.call("inventory.units.list")
    assert int(answer.json["status"]) == 0
    assert "location is required" in answer.json["message"]


def test_deleted_units_are_gone(sandbox: Any) -> None:
    before = total(sandbox, unitType="Bunch")
    answer = sandbox.call("inventory.units.delete", quantity=10, **SEEDED)
    assert int(answer.json["status"]) == 1
    assert "10 bunches" in answer.json["message"]
    assert total(sandbox, unitType="Bunch") == before - 10
    assert total(sandbox, unitType="Stem") == 350


def test_oldest_cut_leaves_first_and_an_empty_line_is_not_listed(sandbox: Any) -> None:
    older = {**SEEDED, "cutDate": TODAY - timedelta(days=4)}
    sandbox.call("inventory.units.add", quantity=6, **older)
    some = {name: value for name, value in SEEDED.items() if name not in ("cutDate", "cutter", "customerCode")}
    assert int(sandbox.call("inventory.units.delete", quantity=8, **some).json["status"]) == 1
    (item,) = units(sandbox, unitType="Bunch")
    assert item["totalUnits"] == 38
    gone = sandbox.call("inventory.units.delete", quantity=1, **older)
    assert int(gone.json["status"]) == 0


@pytest.mark.parametrize(
    ("method", "changes", "words"),
    [
        ("inventory.units.delete", {"quantity": 41}, "only 40 bunches"),
        ("inventory.units.delete", {"quantity": 0}, "at least 1"),
        ("inventory.units.delete", {"bed": "124"}, "only 0 bunches"),
        ("inventory.units.delete", {"cutter": 1}, "only 0 bunches"),
        ("inventory.units.add", {"quantity": 0}, "at least 1"),
        ("inventory.units.add", {"quantity": 2**31 - 1}, "too large"),
        ("inventory.units.add", {"stemsBunch": 0}, "stemsBunch"),
        ("inventory.units.add", {"cutter": 9999999999}, "cutter is too large"),
        ("inventory.units.add", {"productCode": "NOSUCH"}, "NOSUCH does not exist"),
        ("inventory.units.add", {"customerCode": "NOSUCH"}, "NOSUCH does not exist"),
    ],
)
def test_refusals_change_nothing(sandbox: Any, method: str, changes: dict[str, Any], words: str) -> None:
    before = units(sandbox)
    answer = sandbox.call(method, **{"quantity": 1, **SEEDED, **changes})
    assert int(answer.json["status"]) == 0
    assert words in answer.json["message"]
    assert units(sandbox) == before
