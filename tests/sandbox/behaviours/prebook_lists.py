"""What each list of prebooks shows, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "prebook.list": "test_list_finds_created_prebooks_by_every_filter",
    "prebook.details.list": "test_vendor_sees_its_own_lines_without_prices",
}
