"""What each prebook method does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "prebook.create": "test_created_prebook_is_listed_with_lines_and_composition",
    "multiple.prebooks.create": "test_multiple_makes_one_prebook_per_carrier_and_day",
    "prebook.update": "test_update_moves_truck_and_vendor_ship_dates",
    "prebook.delete": "test_deleted_prebook_leaves_the_list_and_frees_the_offer",
    "prebook.item.delete": "test_vendor_item_delete_sets_boxes_to_zero",
    "prebook.future.item.add": "test_future_boxes_join_the_prebook_until_they_run_out",
    "prebook.vendor.availability.item.add": "test_availability_shrinks_when_prebooked",
}
