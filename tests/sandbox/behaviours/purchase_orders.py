"""What each method that makes purchase orders does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "purchase.order.create": "test_order_from_a_prebook_is_listed_with_its_customer",
    "purchase.order.mixed.create": "test_mixed_order_lists_its_composition",
}
