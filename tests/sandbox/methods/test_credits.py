"""Credits are those of invoices that other methods show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from komet_console.sandbox.seed import cast


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


MONTH = {"creditDateFrom": day(-31), "creditDateTo": day(0), "itemType": "all"}


def given(sandbox: Any, **filters: Any) -> list[Any]:
    answer = sandbox.call("credit.details.list", **{**MONTH, **filters})
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 1, answer.text
    found: list[Any] = answer.json["credits"]
    return found


def test_credits_belong_to_listed_invoices(shared_sandbox: Any) -> None:
    listed = given(shared_sandbox)
    assert cast.CREDIT in {one["creditId"] for one in listed}
    assert cast.CREDIT_CANCELLED not in {one["creditId"] for one in listed}
    for credit in listed:
        (invoice,) = shared_sandbox.call("invoice.details.list", order=credit["number"]).json["invoices"]
        assert invoice["customerId"] == credit["customerId"]
        assert invoice["customerName"] == credit["customer"]
        assert credit["totalCredit"] == pytest.approx(sum(line["amount"] for line in credit["details"]))
        sold = {line["productDescription"] for line in invoice["details"]}
        assert {line["product"] for line in credit["details"]} <= sold


def test_kinds_of_items_are_shown_alone(shared_sandbox: Any) -> None:
    shown = {kind: given(shared_sandbox, itemType=kind) for kind in ("box", "UN")}
    for kind, listed in shown.items():
        assert {line["itemType"] for one in listed for line in one["details"]} == {kind}
    every = {one["creditId"] for one in given(shared_sandbox)}
    assert every == {one["creditId"] for listed in shown.values() for one in listed}


def test_finding_none_is_refused_as_documented(shared_sandbox: Any) -> None:
    answer = shared_sandbox.call("credit.details.list", **MONTH, customerId=1)
    assert (answer.status, answer.json["status"]) == (200, 0)
    assert answer.json["message"] == "credits not found."
    assert answer.headers["x-komet-sandbox-basis"] == "documented"
