"""What each method of vendor invoices does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "v2/vendor/invoice": "test_uploaded_invoice_can_be_marked",
    "vendor.invoice.mail.receive": "test_mailed_invoice_can_be_marked",
    "vendor.invoice.mark.sync": "test_a_marked_invoice_is_not_replaced",
}
