"""The tests that see each method's effect through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "invoice.create": "test_created_invoice_is_listed_with_its_sums_and_takes_stock",
    "invoice.item.add": "test_added_item_is_picked",
    "invoice.item.update": "test_updated_item_gives_boxes_back_and_takes_more",
    "invoice.item.delete": "test_deleted_item_returns_to_stock",
    "invoice.update": "test_updated_head_is_listed",
    "invoice.checkout": "test_draft_is_checked_out_then_confirmed",
    "invoice.confirm": "test_draft_is_confirmed_at_once_and_counts_in_the_balance",
    "invoice.void": "test_voided_invoice_returns_its_boxes",
    "invoice.mark.sync.status.ok": "test_synchronized_invoice_is_locked_until_marked_as_failed",
    "invoice.mark.sync.status.error": "test_failed_synchronization_gives_the_former_status_back_unless_told_otherwise",
    "invoice/print-status/update": "test_printed_invoices_count_as_updated",
}
