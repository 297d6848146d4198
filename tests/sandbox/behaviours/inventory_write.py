"""What each write of inventory does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "inventory.add": "test_added_boxes_are_in_stock_on_their_awb",
    "inventory.update": "test_update_sets_cost_and_prices_and_adds_boxes",
    "inventory.delete": "test_deleted_line_leaves_the_lists_for_good",
    "v2/inventory/box/count": "test_box_is_counted_once_and_leaves_with_its_line",
}
