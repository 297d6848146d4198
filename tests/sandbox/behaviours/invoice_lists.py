"""The tests that see each method's effect through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "invoice.list": "test_list_shows_every_status_and_follows_a_void",
    "invoice.details.list": "test_details_follow_a_changed_line",
    "invoice.accounting.details.list": "test_accounting_follows_synchronization_and_hides_transfer_lines",
}
