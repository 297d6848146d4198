"""What each product method does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "product.list": "test_added_product_is_listed_with_its_color_and_grade",
    "product.add": "test_added_product_is_listed_with_its_color_and_grade",
    "product.update": "test_changed_product_moves_category_and_rests",
    "v2/product/colors": "test_added_product_is_listed_with_its_color_and_grade",
    "v2/product/grades": "test_added_product_is_listed_with_its_color_and_grade",
}
