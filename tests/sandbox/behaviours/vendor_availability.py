"""What the list of growers' offers shows that another method made."""

from __future__ import annotations

BEHAVIOURS = {"vendor.availability.items.list": "test_prebooked_boxes_leave_the_offer"}
