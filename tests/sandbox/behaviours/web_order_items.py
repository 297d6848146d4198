"""What each method of web order lines does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "web-order-item.add": "test_added_line_is_listed_and_counted",
    "web-order-item.delete": "test_deleted_line_leaves_the_order",
}
