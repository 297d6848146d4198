"""What each vendor method does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "vendor.list": "test_added_vendor_is_listed_and_sells",
    "vendor.add": "test_added_vendor_is_listed_and_sells",
    "vendor.update": "test_changed_vendor_leaves_the_active_list",
}
