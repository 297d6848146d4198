"""The tests that see each method's effect through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "awb.list": "test_list_follows_a_shipment_and_its_arrival",
    "awb.details.list": "test_details_name_the_prebook_behind_each_box",
    "awb.future.list": "test_future_air_waybill_leaves_the_list_with_its_first_box",
    "awb.future.save": "test_saved_future_air_waybill_is_listed_and_added_to",
}
