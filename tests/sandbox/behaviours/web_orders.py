"""What each web order method does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "web-order.create": "test_created_order_is_listed_empty",
    "web-order-details.list": "test_created_order_is_listed_empty",
    "web-order.checkout": "test_checkout_makes_an_invoice_pending_approval",
    "web-order.delete": "test_cancelled_checkout_voids_its_invoice",
}
