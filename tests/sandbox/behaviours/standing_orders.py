"""What each standing order method does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "standing.order.list": "test_added_order_is_listed",
    "v2/standing-order:post": "test_added_order_makes_prebooks_as_the_clock_moves",
    "v2/standing-order:put": "test_change_counts_for_prebooks_to_come",
    "v2/standing-order/item": "test_deleted_item_leaves_the_order_but_not_its_prebooks",
}
