"""What each method of the inventory in units does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "inventory.units.list": "test_other_flowers_are_lines_of_their_own_and_equal_ones_are_listed_as_one",
    "inventory.units.add": "test_added_units_join_the_line_of_the_same_bed",
    "inventory.units.delete": "test_deleted_units_are_gone",
}
