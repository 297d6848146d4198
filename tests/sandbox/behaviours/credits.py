"""What the list of credits shows, seen against other methods."""

from __future__ import annotations

BEHAVIOURS = {"credit.details.list": "test_credits_belong_to_listed_invoices"}
