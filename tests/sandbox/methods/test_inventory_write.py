"""Adding, changing, deleting and counting inventory, seen in the lists; the sums of every lot stay right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import clock, invariants
from komet_console.sandbox.store import tables as t

TODAY = clock.real_now().date()
ROSES = {
    "growerId": cast.MONTE,
    "awb": "729-1234-5712",
    "shipDate": TODAY - timedelta(days=1),
    "productCode": "RSFR50",
    "quantity": 4,
    "boxTypeCode": "HB",
    "unitType": "bunch",
    "stemsBunch": 25,
    "bunches": 12,
    "unitCost": 7.25,
}


@pytest.fixture(autouse=True)
def right_sums(sandbox: Any) -> Iterator[None]:
    """Whatever a test does, every rule of the rows still holds after it."""
    yield
    with sandbox.engine.begin() as connection:
        assert invariants.broken(connection) == []


def add(sandbox: Any, **changes: Any) -> Any:
    return sandbox.call("inventory.add", **{**ROSES, **changes}).json


def lots(sandbox: Any) -> dict[int, dict[str, Any]]:
    answer = sandbox.call("inventory.list", inventoryType="all", includeBoxes=1)
    return {item["orderItemId"]: item for item in answer.json["inventoryItems"]}


def newest(sandbox: Any) -> dict[str, Any]:
    listed = lots(sandbox)
    return listed[max(listed)]


def count(sandbox: Any, code: str, **fields: Any) -> Any:
    return sandbox.call("v2/inventory/box/count", boxCode=code, **{"companyLocationId": "9", **fields}).json


def refused(answer: Any, *words: str) -> None:
    assert answer["status"] == 0
    for word in words:
        assert word in answer["message"]


def test_added_boxes_are_in_stock_on_their_awb(sandbox: Any) -> None:
    before = lots(sandbox)
    assert add(sandbox, customerId=cast.PETAL)["status"] == 1
    after = lots(sandbox)
    (line_id,) = after.keys() - before.keys()
    assert after[line_id]["quantity"] == 4
    assert after[line_id]["aging"] == 0
    with sandbox.engine.begin() as connection:
        line = connection.execute(select(t.inventory_lines).where(t.inventory_lines.c.id == line_id)).one()
        states = connection.execute(select(t.boxes.c.state).where(t.boxes.c.inventory_line_id == line_id)).scalars()
        assert set(states) == {t.BoxState.STAGING.value}
        assert (line.added_boxes, line.received_boxes, line.customer_id) == (4, 0, cast.PETAL)


def test_stems_and_other_names_of_vendor_and_product(sandbox: Any) -> None:
    named = {"growerId": None, "vendorCode": "monte", "productCode": None, "productDescription": "rose freedom 50CM"}
    sent = {key: value for key, value in {**ROSES, **named, "unitType": "stem"}.items() if value is not None}
    assert sandbox.call("inventory.add", **sent).json["status"] == 1
    lot = newest(sandbox)
    assert (lot["unitType"], lot["unitsPerBox"], lot["totalUnits"]) == ("Stem", 300, 1200)
    assert lot["companyProductId"] == cast.RSFR50


def test_same_awb_is_used_again_and_a_future_one_is_filled(sandbox: Any) -> None:
    add(sandbox, awb="729 1234 5675")
    assert newest(sandbox)["awb"] == "729-1234-5675"
    add(sandbox, awb="406-4471-0928")
    with sandbox.engine.begin() as connection:
        awbs = connection.execute(select(t.awbs).where(t.awbs.c.awb.in_(["729-1234-5675", "406-4471-0928"]))).all()
    assert {awb.id for awb in awbs} == {cast.AWB_SOLD, cast.AWB_FUTURE}
    assert not any(awb.is_future for awb in awbs)
    assert {awb.status for awb in awbs} == {1}, "open again for the boxes in staging"


def test_temporary_awb_keeps_its_own_number(sandbox: Any) -> None:
    add(sandbox, awb="TMP-77", isTmpAwb=1)
    assert newest(sandbox)["awb"] == "TMP-77"


def test_unknown_product_is_skipped(sandbox: Any) -> None:
    before = lots(sandbox)
    assert add(sandbox, productCode="UNKNOWN")["status"] == 1
    assert lots(sandbox) == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quantity": 101}, "100"),
        ({"quantity": 0}, "at least 1"),
        ({"bunches": 0}, "bunches"),
        ({"stemsBunch": 0}, "stemsBunch"),
        ({"bunches": 99999, "stemsBunch": 99999, "unitType": "stem"}, "too large"),
        ({"unitCost": -1}, "negative"),
        ({"growerId": 999}, "vendor 999 does not exist"),
        ({"productCode": "NOSUCH"}, "NOSUCH does not exist"),
        ({"boxTypeCode": "XX"}, "XX does not exist"),
        ({"customerId": cast.BAY_AS_CUSTOMER}, "does not exist"),
        ({"arrivalDate": TODAY - timedelta(days=2)}, "lies before"),
    ],
)
def test_refused_additions_change_nothing(sandbox: Any, changes: dict[str, Any], words: str) -> None:
    before = lots(sandbox)
    refused(add(sandbox, **changes), words)
    assert lots(sandbox) == before


def test_update_sets_cost_and_prices_and_adds_boxes(sandbox: Any) -> None:
    before = lots(sandbox)[cast.LINE_TO_UPDATE]
    changed = {"unitCost": 9, "priceA": 14.2, "priceB": 13.9, "quantity": 5}
    assert sandbox.call("inventory.update", inventoryId=cast.LINE_TO_UPDATE, **changed).json["status"] == 1
    after = lots(sandbox)[cast.LINE_TO_UPDATE]
    assert after["quantity"] == before["quantity"] + 5
    assert (after["unitCost"], after["price"]) == (9, 14.2)
    extra = after["unitCost"] - before["unitCost"]
    assert after["landedCost"] - before["landedCost"] >= extra


def test_update_without_prices_or_boxes_keeps_them(sandbox: Any) -> None:
    before = lots(sandbox)[cast.LINE]
    sandbox.call("inventory.update", inventoryId=cast.LINE, unitCost=7.25)
    assert lots(sandbox)[cast.LINE] == before


@pytest.mark.parametrize(
    ("line", "changes", "words"),
    [
        (cast.LINE_TO_UPDATE, {"quantity": 95}, "holds at most 100"),
        (cast.LINE_TO_UPDATE, {"quantity": -1}, "must not be negative"),
        (cast.LINE_TO_UPDATE, {"priceA": -1}, "priceA must not be negative"),
        (cast.PARTNER_LINE, {}, "does not exist"),
        (10**19, {}, "does not exist"),
    ],
)
def test_refused_updates_change_nothing(sandbox: Any, line: int, changes: dict[str, Any], words: str) -> None:
    before = lots(sandbox)
    refused(sandbox.call("inventory.update", inventoryId=line, **{"unitCost": 3, **changes}).json, words)
    assert lots(sandbox) == before


def test_a_line_may_be_filled_up_to_100_boxes(sandbox: Any) -> None:
    sandbox.call("inventory.update", inventoryId=cast.LINE_TO_UPDATE, unitCost=8, quantity=94)
    assert lots(sandbox)[cast.LINE_TO_UPDATE]["quantity"] == 100


def test_deleted_line_leaves_the_lists_for_good(sandbox: Any) -> None:
    assert sandbox.call("inventory.delete", inventoryId=cast.LINE_TO_DELETE).json["status"] == 1
    assert cast.LINE_TO_DELETE not in lots(sandbox)
    refused(sandbox.call("inventory.delete", inventoryId=cast.LINE_TO_DELETE).json, "does not exist")
    refused(sandbox.call("inventory.update", inventoryId=cast.LINE_TO_DELETE, unitCost=1).json, "does not exist")


def test_sold_boxes_survive_the_deletion_of_their_line(sandbox: Any) -> None:
    b = t.boxes.c
    held = (
        select(b.code, b.state).where(b.inventory_line_id == cast.LINE, b.invoice_item_id.is_not(None)).order_by(b.id)
    )
    with sandbox.engine.begin() as connection:
        before = connection.execute(held).all()
    assert sandbox.call("inventory.delete", inventoryId=cast.LINE).json["status"] == 1
    assert cast.LINE not in lots(sandbox)
    with sandbox.engine.begin() as connection:
        assert connection.execute(held).all() == before
    assert count(sandbox, "KS6310021")["statusInventory"] == 11


def test_deletion_is_refused_without_stock_and_with_boxes_to_come(sandbox: Any) -> None:
    refused(sandbox.call("inventory.delete", inventoryId=903450).json, "not arrived")
    with sandbox.engine.begin() as connection:
        empty = dict(
            connection.execute(select(t.inventory_lines).where(t.inventory_lines.c.id == cast.LINE)).one()._mapping
        )
        empty |= {"id": 999001, "received_boxes": 0, "added_boxes": 0}
        connection.execute(insert(t.inventory_lines).values(**empty))
    refused(sandbox.call("inventory.delete", inventoryId=999001).json, "no boxes in stock")
    refused(sandbox.call("inventory.delete", inventoryId=cast.PARTNER_LINE).json, "does not exist")


def test_box_is_counted_once_and_leaves_with_its_line(sandbox: Any) -> None:
    add(sandbox)
    lot = newest(sandbox)
    first, second = (box["boxCode"] for box in lot["boxes"][:2])
    assert count(sandbox, first.lower(), boxPosition="A012") == {"statusInventory": 1, "message": "OK"}
    assert count(sandbox, first, boxPosition="B02") == {
        "statusInventory": 3,
        "message": "Box has the same inventory status",
        "boxAlreadyScannedPosition": "A012",
    }
    assert sandbox.call("inventory.delete", inventoryId=lot["orderItemId"]).json["status"] == 1
    for code in (first, second):
        assert count(sandbox, code)["statusInventory"] == 11


@pytest.mark.parametrize(
    ("code", "location", "status", "message"),
    [
        ("KS6310099", "9", 2, "Box not found"),
        ("KS6310025", "9", 3, "Box has the same inventory status"),
        ("KS6310051", "9", 4, "Box was already sold"),
        ("KS6310061", "9", 4, "Box was already sold"),
        ("KS6310031", "9", 11, "Box not in Inventory"),
        ("KS6310024", "13", 11, "Box not in Inventory"),
        ("KS6310024", "21", 0, "The location 21 does not exist"),
        ("KS6310024", "Miami", 0, "The location Miami does not exist"),
        ("KS6310024", "", 0, "The location is required; the company has several locations"),
    ],
)
def test_codes_of_boxes_that_cannot_be_counted(
    sandbox: Any, code: str, location: str, status: int, message: str
) -> None:
    answer = count(sandbox, code, companyLocationId=location)
    assert (answer["statusInventory"], answer["message"]) == (status, message)


def test_single_location_company_counts_without_naming_one(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        b = t.boxes.c
        code = connection.execute(
            select(b.code).where(b.company_id == cast.PARTNER, b.state == t.BoxState.ON_HAND.value).limit(1)
        ).scalar_one()
        token = connection.execute(
            select(t.tokens.c.token).where(
                t.tokens.c.company_id == cast.PARTNER, t.tokens.c.kind == "company", t.tokens.c.all_methods.is_(True)
            )
        ).scalar_one()
        connection.execute(update(t.boxes).where(b.code == code, b.company_id == cast.PARTNER).values(counted=False))
    answer = sandbox.call("v2/inventory/box/count", token, boxCode=code)
    assert answer.json["statusInventory"] == 1
    assert count(sandbox, code)["statusInventory"] == 2, "the box of another company"
