"""What each list of inventory shows, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "inventory.list": "test_added_lot_is_listed_with_boxes_cost_and_negative_aging",
    "inventory.openmarket.list": "test_open_market_follows_price_and_stock",
    "inventory.consolidated.openmarket.list": "test_equal_lots_are_merged_until_prices_differ",
    "future.inventory.openmarket.list": "test_future_boxes_shrink_when_they_are_prebooked",
}
