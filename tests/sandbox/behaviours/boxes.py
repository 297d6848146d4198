"""The tests that see each method's effect through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "box.code.change": "test_recoded_box_is_listed_with_its_new_code",
    "box.externalcode.update": "test_box_is_received_by_its_external_code",
    "box.invoice.shipment.confirm": "test_confirmed_shipment_completes_the_pick_ticket",
    "box.move.awb": "test_moved_boxes_change_air_waybill_and_landed_cost",
    "box.position.change": "test_box_count_finds_the_new_position",
    "box.warehouse.receive": "test_received_box_is_stock_and_can_be_sold",
    "box.warehouse.ship": "test_shipped_box_counts_as_scanned_and_cannot_be_sold",
}
