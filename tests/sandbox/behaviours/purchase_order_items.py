"""What each method of purchase order lines does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "purchase.order.item.awb.add": "test_shipping_fewer_boxes_splits_the_line",
    "purchase.order.items.awb.add": "test_a_line_that_fails_does_not_undo_the_others",
    "purchase.order.item.confirm": "test_confirming_every_line_confirms_the_order",
    "purchase.order.item.delete": "test_deleting_a_line_opens_its_prebook_boxes_again",
    "purchase.order.item.price.update": "test_price_shows_in_future_inventory",
    "purchase.order.item.reference.update": "test_reference_shows_on_the_line",
}
