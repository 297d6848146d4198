"""What each method of payments and open credits does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "payment.list": "test_received_payment_is_listed_with_its_invoices",
    "payment.receive": "test_received_payment_is_listed_with_its_invoices",
    "payment.mark.sync": "test_marked_payments_are_listed_as_synchronized",
    "credit.mark.sync": "test_marked_credits_are_listed_as_synchronized",
    "open.credit.balance.create": "test_open_credits_are_booked_for_a_listed_customer",
}
