"""What each hard goods method does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "hardgood/inventory.list": "test_stock_of_one_price_is_one_item",
    "hardgood.inventory.add": "test_added_product_can_be_stocked_by_the_id_it_was_answered_with",
    "hardgood.inventory.update": "test_update_of_the_stock_changes_the_prices_listed",
    "hardgood.product.add": "test_added_product_can_be_stocked_by_the_id_it_was_answered_with",
    "hardgood.product.update": "test_update_of_the_product_shows_in_the_stock",
}
