"""The tests that see each method's effect through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "pickticket.details.list": "test_pick_ticket_has_the_boxes_of_the_invoice",
    "pick.ticket.scanning.status.list": "test_scanning_progresses_as_boxes_ship",
}
