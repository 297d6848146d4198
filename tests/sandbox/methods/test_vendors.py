"""Vendors: what is added and changed shows in the list and can be bought from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import tables as t

VALLEY = {"name": "Flores del Valle", "portOrigin": "BOG", "vendorType": 1}


def done(answer: Any) -> Any:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 1, answer.text
    return answer.json


def refusal(answer: Any) -> str:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 0, answer.text
    return str(answer.json["message"])


def vendors(sandbox: Any, **filters: Any) -> Any:
    return done(sandbox.call("vendor.list", **filters))["vendors"]


def test_added_vendor_is_listed_and_sells(sandbox: Any) -> None:
    assert vendors(sandbox, code="fdval") == []
    added = done(sandbox.call("vendor.add", code="FDVAL", **VALLEY))["vendorId"]
    (listed,) = vendors(sandbox, code="fdval")
    assert listed == {"id": added, "name": VALLEY["name"], "code": "FDVAL", "portOrigin": "BOG", "active": True}
    ship_date = f"{datetime.now(UTC).date()}"
    pack = {"boxTypeCode": "HB", "boxes": 2, "bunches": 12, "stemsBunch": 25, "unitType": "Bunch", "cost": 7.25}
    order = {"vendorCode": "FDVAL", "companyLocationCode": "MIA", "shipDate": ship_date}
    lines = [{"productCode": "RSFR50", **pack}]
    done(sandbox.call("purchase.order.create", purchaseOrderItems=lines, **order))
    bought = sandbox.call("purchase.order.list", date=ship_date, vendorId=added).json["purchaseOrders"]
    assert [one["vendorName"] for one in bought] == [VALLEY["name"]]


@pytest.mark.parametrize("spelling", [("webPage", "emailForPOs"), ("webpage", "emailForPos")])
def test_both_spellings_of_page_and_mails_are_kept(sandbox: Any, spelling: tuple[str, str]) -> None:
    page, mails = spelling
    sent = {page: "www.valle.example", mails: "a@valle.example;b@valle.example"}
    added = done(sandbox.call("vendor.add", **VALLEY, **sent))["vendorId"]
    with sandbox.engine.connect() as connection:
        row = connection.execute(select(t.vendors).where(t.vendors.c.id == added)).one()
    assert (row.web_page, row.email_for_pos) == ("www.valle.example", "a@valle.example;b@valle.example")


def test_changed_vendor_leaves_the_active_list(sandbox: Any) -> None:
    changes = {"name": "Rosas de la Luna", "code": "RLUNA", "portOrigin": "MDE", "status": "0"}
    done(sandbox.call("vendor.update", vendorId=cast.ROSOL, **changes))
    assert vendors(sandbox, id=cast.ROSOL) == []
    (listed,) = vendors(sandbox, id=cast.ROSOL, includeInactive=1)
    assert (listed["name"], listed["code"], listed["portOrigin"], listed["active"]) == (
        "Rosas de la Luna",
        "RLUNA",
        "MDE",
        False,
    )
    done(sandbox.call("vendor.update", vendorId=cast.ROSOL, status="1"))
    assert vendors(sandbox, id=cast.ROSOL)[0]["name"] == "Rosas de la Luna"


def test_a_vendor_may_keep_its_own_code(sandbox: Any) -> None:
    done(sandbox.call("vendor.update", vendorId=cast.ROSOL, code="rosol", name="Rosas"))
    assert vendors(sandbox, code="ROSOL")[0]["name"] == "Rosas"


def test_codes_are_unique_and_vendors_must_exist(sandbox: Any) -> None:
    before = len(vendors(sandbox, includeInactive=1))
    assert "code" in refusal(sandbox.call("vendor.add", code="monte", **VALLEY))
    assert "code" in refusal(sandbox.call("vendor.update", vendorId=cast.ROSOL, code="MONTE"))
    assert "does not exist" in refusal(sandbox.call("vendor.update", vendorId=999_999, name="Nobody"))
    # the other company's
    assert "does not exist" in refusal(sandbox.call("vendor.update", vendorId=cast.BAY_AS_VENDOR, name="Nobody"))
    assert len(vendors(sandbox, includeInactive=1)) == before
