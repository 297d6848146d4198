"""What each list of purchase orders shows that another method made."""

from __future__ import annotations

BEHAVIOURS = {
    "purchase.order.list": "test_a_created_order_is_found_by_every_filter",
    "purchase.order.va.details.list": "test_availability_behind_a_prebooked_line_is_listed",
}
