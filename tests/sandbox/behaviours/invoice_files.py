"""The tests that see each method's effect through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "invoice.pdf.get": "test_pdf_shows_the_invoice_and_follows_its_changes",
    "invoice.pod.receive": "test_proof_of_delivery_shows_on_the_invoice_and_is_mailed",
}
