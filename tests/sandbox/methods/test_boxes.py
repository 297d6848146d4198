"""Boxes are in one place each; what happens to them is seen through other methods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import invariants
from komet_console.sandbox.store import tables as t

STAGED_LINE = 903445


@pytest.fixture(autouse=True)
def _nothing_breaks(sandbox: Any) -> Iterator[None]:
    """After every test all sums and box places are right."""
    yield
    with sandbox.engine.begin() as connection:
        assert invariants.broken(connection) == []


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


def done(answer: Any) -> Any:
    assert answer.status == 200, answer.text
    assert str(answer.json["status"]) == "1", answer.text
    return answer.json


def refusal(answer: Any) -> str:
    assert answer.status == 200, answer.text
    assert str(answer.json["status"]) == "0", answer.text
    return str(answer.json["message"])


def receive(sandbox: Any, code: str, location: int = cast.MIAMI, **fields: Any) -> Any:
    return sandbox.call("box.warehouse.receive", boxCode=code, companyLocationId=location, **fields)


def ship(sandbox: Any, code: str, location: int = cast.MIAMI) -> Any:
    return sandbox.call("box.warehouse.ship", boxCode=code, companyLocationId=location)


def move(sandbox: Any, *codes: str, awb: str = "729-1234-5690", **changes: Any) -> Any:
    fields = {"shipDate": day(-1), "companyLocationId": cast.MIAMI, **changes}
    return sandbox.call("box.move.awb", awb=awb, boxCodes=list(codes), **fields)


def lines(sandbox: Any) -> Any:
    """Every inventory line with its boxes."""
    listed = sandbox.call("inventory.list", includeBoxes=1, inventoryType="all", locationId=cast.MIAMI)
    return done(listed)["inventoryItems"]


def stock(sandbox: Any, line_id: int) -> Any:
    """The line as inventory.list shows it with its boxes, None when it has none."""
    return next((line for line in lines(sandbox) if line["orderItemId"] == line_id), None)


def holding(sandbox: Any, code: str) -> Any:
    """The line that a box is in."""
    (line,) = [line for line in lines(sandbox) if code in codes_of(line)]
    return line


def codes_of(line: Any) -> list[str]:
    return [box["boxCode"] for box in line["boxes"]]


def on_awb(sandbox: Any, ending: str) -> Any:
    (awb,) = done(sandbox.call("awb.list", awb=ending))["awbs"]
    return awb


def scanned(sandbox: Any, invoice_id: int) -> tuple[int, str]:
    answer = done(sandbox.call("pick.ticket.scanning.status.list", orderId=invoice_id))
    (ticket,) = next(value for value in answer.values() if isinstance(value, list))
    return ticket["scannedBoxes"], ticket["scanningStatus"]


def sell(sandbox: Any, line_id: int, boxes: int, customer: int = cast.PETAL) -> Any:
    return sandbox.call(
        "invoice.create",
        customerId=customer,
        carrierId=cast.EVERGLADES,
        shipDate=day(1),
        statusDraft=0,
        locationId=cast.MIAMI,
        items=[{"orderItemId": line_id, "boxes": boxes, "price": 11.50}],
    )


def test_received_box_is_stock_and_can_be_sold(sandbox: Any) -> None:
    line_id = 903450
    before = stock(sandbox, line_id)
    codes = set(codes_of(before))
    assert "KS6310031" not in codes
    assert on_awb(sandbox, "1147")["piecesReceived"] == 2

    done(receive(sandbox, "ks6310031", position="A03"))

    assert on_awb(sandbox, "1147")["piecesReceived"] == 3
    assert set(codes_of(stock(sandbox, line_id))) == codes | {"KS6310031"}
    assert "cannot be received: it is in the warehouse" in refusal(receive(sandbox, "KS6310031"))
    sold = done(sell(sandbox, line_id, len(codes) + 1))
    assert stock(sandbox, line_id) is None
    (ticket,) = done(sandbox.call("pickticket.details.list", orderId=sold["invoiceId"]))["pickTickets"]
    assert "KS6310031" in {box["boxCode"] for line in ticket["details"] for box in line["boxes"]}


def test_the_last_received_box_closes_the_air_waybill(sandbox: Any) -> None:
    waiting = ("KS6310031", "KS6310032", "KS6310035", "KS6310036")
    for code in waiting:
        assert on_awb(sandbox, "1147")["status"] == 1
        done(receive(sandbox, code))
    awb = on_awb(sandbox, "1147")
    assert (awb["status"], awb["pieces"], awb["piecesReceived"]) == (0, 6, 6)


def test_staged_box_is_received_once_even_when_sold_meanwhile(sandbox: Any) -> None:
    done(receive(sandbox, "KS6310041"))
    assert stock(sandbox, STAGED_LINE)["quantity"] == 2
    done(sell(sandbox, STAGED_LINE, 2))
    done(receive(sandbox, "KS6310042", position="A07"))
    assert "in the warehouse and sold" in refusal(receive(sandbox, "KS6310042"))


@pytest.mark.parametrize(
    ("code", "location", "words"),
    [
        ("KS6310099", cast.MIAMI, "does not exist"),
        ("KS6310031", cast.BOGOTA, "not at the location BOG"),
        ("KS6310021", cast.MIAMI, "in the warehouse"),
        ("KS6310051", cast.MIAMI, "sold"),
        ("KS6310061", cast.MIAMI, "shipped"),
    ],
)
def test_box_that_cannot_arrive_is_refused(sandbox: Any, code: str, location: int, words: str) -> None:
    assert words in refusal(receive(sandbox, code, location))


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("box.warehouse.receive", {"boxCode": "KS6310031"}),
        ("box.warehouse.ship", {"boxCode": "KS6310054"}),
        ("box.move.awb", {"awb": "729-1234-5690", "shipDate": day(0), "boxCodes": "KS6310041"}),
    ],
)
def test_several_locations_have_to_be_told_apart(sandbox: Any, method: str, fields: dict[str, str]) -> None:
    assert "location is required" in refusal(sandbox.call(method, **fields))


def test_shipped_box_counts_as_scanned_and_cannot_be_sold(sandbox: Any) -> None:
    order = 240119
    assert scanned(sandbox, order) == (0, "Not started")
    done(ship(sandbox, "KS6310054"))
    assert scanned(sandbox, order) == (1, "In progress")
    done(ship(sandbox, "KS6310055"))
    assert scanned(sandbox, order) == (2, "Completed")
    assert "cannot be shipped: it is shipped" in refusal(ship(sandbox, "KS6310054"))
    assert (
        sandbox.call("v2/inventory/box/count", boxCode="KS6310054", companyLocationId="9").json["statusInventory"] == 4
    )


@pytest.mark.parametrize(
    ("code", "location", "words"),
    [
        ("KS6310099", cast.MIAMI, "does not exist"),
        ("KS6310054", cast.BOGOTA, "not at the location BOG"),
        ("KS6310021", cast.MIAMI, "in the warehouse, not sold"),
        ("KS6310041", cast.MIAMI, "in the staging area, not sold"),
        ("KS6310031", cast.MIAMI, "on its way"),
        ("KS6310057", cast.MIAMI, "still a draft"),
    ],
)
def test_box_that_cannot_leave_is_refused(sandbox: Any, code: str, location: int, words: str) -> None:
    assert words in refusal(ship(sandbox, code, location))


def test_shipped_boxes_leave_nothing_to_sell(sandbox: Any) -> None:
    sold = done(sell(sandbox, cast.LINE, 10))
    done(sandbox.call("invoice.confirm", invoiceNumber=sold["invoiceNumber"]))
    for code in [f"KS63100{number}" for number in range(21, 31)]:
        done(ship(sandbox, code))
    assert stock(sandbox, cast.LINE) is None
    assert "0 boxes" in refusal(sell(sandbox, cast.LINE, 1))


def confirm(sandbox: Any, codes: str, order: int = 318403) -> Any:
    return sandbox.call("box.invoice.shipment.confirm", orderNumber=order, boxCodes=codes)


def test_confirmed_shipment_completes_the_pick_ticket(sandbox: Any) -> None:
    assert scanned(sandbox, cast.INVOICE_TO_SHIP) == (1, "In progress")
    # the third one left before
    assert done(confirm(sandbox, "KS6310051,KS6310052,KS6310053"))["updatedBoxes"] == 2
    assert scanned(sandbox, cast.INVOICE_TO_SHIP) == (3, "Completed")
    assert done(confirm(sandbox, "KS6310051"))["updatedBoxes"] == 0


@pytest.mark.parametrize(
    ("codes", "order", "words"),
    [
        ("KS6310051,KS6310054", 318403, "KS6310054 does not belong"),
        ("KS6310051,KS6310099", 318403, "KS6310099 does not belong"),
        ("KS6310099", 318403, "None of the boxes"),
        ("KS6310051", 999999, "does not exist"),
        ("KS6310057", 318406, "still a draft"),
    ],
)
def test_shipment_of_boxes_outside_the_order_is_refused_whole(sandbox: Any, codes: str, order: int, words: str) -> None:
    assert words in refusal(confirm(sandbox, codes, order))
    assert scanned(sandbox, cast.INVOICE_TO_SHIP) == (1, "In progress")


def test_moved_boxes_change_air_waybill_and_landed_cost(sandbox: Any) -> None:
    origin = "UIO"
    with sandbox.engine.begin() as connection:
        connection.execute(t.awbs.update().where(t.awbs.c.id == cast.AWB_TARGET).values(origin_code=origin))
    before = stock(sandbox, STAGED_LINE)

    assert done(move(sandbox, "KS6310041", "KS6310042", shipDate=day(-3)))["failedBoxes"] == []

    awb = on_awb(sandbox, "5690")
    assert {"KS6310041", "KS6310042"} <= set(awb["boxesCodes"].split(","))
    # two days earlier than before, and so is its arrival
    assert (awb["shipDate"], awb["arrivalDate"]) == (day(-3), day(-1))
    after = stock(sandbox, STAGED_LINE)
    # Quito: 27.00 x 0.5 freight and 1.20 handling for 12 bunches, 4.2 % duty of 7.25
    assert (before["landedCost"], after["landedCost"]) == (8.61, 8.78)


def test_some_boxes_of_a_line_leave_for_a_line_of_their_own(sandbox: Any) -> None:
    done(sandbox.call("inventory.update", inventoryId=STAGED_LINE, quantity=2, unitCost="7.25"))
    codes = codes_of(stock(sandbox, STAGED_LINE))
    assert len(codes) == 4
    done(move(sandbox, codes[0]))
    done(move(sandbox, codes[1]))
    left, moved = stock(sandbox, STAGED_LINE), holding(sandbox, codes[0])
    assert codes_of(left) == codes[2:]
    assert codes_of(moved) == codes[:2]
    assert (left["awb"], moved["awb"]) == ("729-1234-5675", "729-1234-5690")
    same = ("companyProductId", "growerId", "unitsPerBox", "landedCost", "price", "lotNumber")
    assert [moved[name] for name in same] == [left[name] for name in same]


def test_composition_goes_with_the_boxes_of_an_assorted_line(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        b = t.boxes.c
        staged = t.boxes.update().where(b.code.in_(["KS6310071", "KS6310072"]))
        connection.execute(staged.values(state=t.BoxState.STAGING.value))
        line = t.inventory_lines
        counted = {"received_boxes": line.c.received_boxes - 2, "added_boxes": line.c.added_boxes + 2}
        connection.execute(line.update().where(line.c.id == cast.ASSORTED_LINE).values(**counted))
    done(move(sandbox, "KS6310071"))
    moved = holding(sandbox, "KS6310071")
    assert moved["orderItemId"] != cast.ASSORTED_LINE
    assert [part["bunches"] for part in moved["breakdowns"]] == [10, 10]


def test_boxes_outside_the_staging_area_fail_alone(sandbox: Any) -> None:
    answer = done(move(sandbox, "KS6310041", "KS6310021", "KS6310099", "KS6310031", awb="72912345777"))
    assert answer["failedBoxes"] == ["KS6310021", "KS6310099", "KS6310031"]
    # the air waybill was new
    awb = on_awb(sandbox, "5777")
    assert (awb["awb"], awb["origin"], awb["boxesCodes"]) == ("729-1234-5777", "BOG", "KS6310041")


def test_an_air_waybill_stays_as_it_is_when_no_box_can_move(sandbox: Any) -> None:
    before = on_awb(sandbox, "5690")
    assert done(move(sandbox, "KS6310021", shipDate=day(-9)))["failedBoxes"] == ["KS6310021"]
    assert on_awb(sandbox, "5690") == before
    other = done(move(sandbox, "KS6310041", companyLocationId=cast.BOGOTA))
    assert other["failedBoxes"] == ["KS6310041"]


def test_boxes_do_not_move_to_an_air_waybill_of_another_location(sandbox: Any) -> None:
    assert "goes to another location" in refusal(move(sandbox, "KS6310041", awb="729-1234-5683"))
    assert move(sandbox, "KS6310041", awb=" ").status == 400


def test_box_count_finds_the_new_position(sandbox: Any) -> None:
    assert "boxOldPosition" in done(sandbox.call("box.position.change", boxCode="KS6310025", position="C11"))
    counted = sandbox.call("v2/inventory/box/count", boxCode="KS6310025", companyLocationId="9").json
    assert counted["boxAlreadyScannedPosition"] == "C11"
    # taken off the rack
    assert done(sandbox.call("box.position.change", boxCode="KS6310025"))["boxOldPosition"] == "C11"
    assert "boxOldPosition" not in done(sandbox.call("box.position.change", boxCode="KS6310025", position="C12"))


@pytest.mark.parametrize(
    ("code", "words"), [("KS6310099", "does not exist"), ("KS6310031", "on its way"), ("KS6310061", "shipped")]
)
def test_box_that_is_not_here_has_no_position(sandbox: Any, code: str, words: str) -> None:
    assert words in refusal(sandbox.call("box.position.change", boxCode=code, position="B12"))


def recode(sandbox: Any, *pairs: tuple[str, str], token: str = "company") -> Any:
    boxes = [{"currentBoxCode": old, "newBoxCode": new} for old, new in pairs]
    return sandbox.call("box.code.change", token=token, boxes=boxes)


def test_recoded_box_is_listed_with_its_new_code(sandbox: Any) -> None:
    answer = done(recode(sandbox, ("ks6310031", "RF26020901"), ("KS6310099", "RF26020902")))
    assert answer["message"] == "1 box updated, 1 box not updated"
    assert [(one["newBoxCode"], str(one["status"]), one["message"]) for one in answer["boxes"]] == [
        ("RF26020901", "1", "success"),
        ("RF26020902", "0", "Box code does not exist"),
    ]
    codes = on_awb(sandbox, "1147")["boxesCodes"].split(",")
    assert "RF26020901" in codes
    assert "KS6310031" not in codes


def test_codes_stay_unique_in_the_order_of_the_request(sandbox: Any) -> None:
    answer = done(
        recode(
            sandbox,
            ("KS6310031", "KS6310032"),
            ("KS6310032", "NEW1"),
            ("KS6310031", "KS6310032"),
            ("KS6310033", "new1"),
            ("KS6310031", "NEW3"),
        )
    )
    assert [str(one["status"]) for one in answer["boxes"]] == ["0", "1", "1", "0", "0"]
    assert "Another box has the code KS6310032" in answer["boxes"][0]["message"]
    codes = on_awb(sandbox, "1147")["boxesCodes"].split(",")
    assert codes[:3] == ["KS6310032", "NEW1", "KS6310033"]


def test_vendor_token_recodes_its_own_boxes_only(sandbox: Any) -> None:
    own, other = "KS6310031", "KS6310071"
    answer = done(recode(sandbox, (own, "OWN1"), (other, "OTHER1"), token="vendor"))
    assert [str(one["status"]) for one in answer["boxes"]] == ["1", "0"]
    assert answer["boxes"][1]["message"] == "Box code does not exist"


def test_another_company_finds_no_box(sandbox: Any) -> None:
    token = token_value(1, "company", "partner")
    answer = done(recode(sandbox, ("KS6310031", "MINE"), token=token))
    assert answer["message"] == "0 boxes updated, 1 box not updated"
    assert "does not exist" in refusal(sandbox.call("box.position.change", token=token, boxCode="KS6310021"))


def test_box_is_received_by_its_external_code(sandbox: Any) -> None:
    boxes = [
        {"boxCode": "KS6310031", "externalCode": "EXT-0009917"},
        {"boxCode": "KS6310099", "externalCode": "EXT-0009918"},
    ]
    answer = done(sandbox.call("box.externalcode.update", boxes=boxes))
    assert answer["message"] == "1 box updated, 1 box not updated"
    assert answer["boxes"][1]["message"] == "Box code does not exist"
    done(receive(sandbox, "ext-0009917"))
    assert on_awb(sandbox, "1147")["piecesReceived"] == 3
    assert "does not exist" in refusal(receive(sandbox, "EXT-0009918"))


def test_external_code_of_two_boxes_names_none(sandbox: Any) -> None:
    boxes = [{"boxCode": code, "externalCode": "TWIN"} for code in ("KS6310031", "KS6310032")]
    done(sandbox.call("box.externalcode.update", boxes=boxes))
    assert "More than one box" in refusal(receive(sandbox, "TWIN"))


def test_blank_codes_fail_alone(sandbox: Any) -> None:
    boxes = [{"currentBoxCode": "KS6310031", "newBoxCode": " "}, {"currentBoxCode": "KS6310032", "newBoxCode": "NEW"}]
    recoded = done(sandbox.call("box.code.change", boxes=boxes))["boxes"]
    assert [one["message"] for one in recoded] == ["newBoxCode is required", "success"]
    marked = done(sandbox.call("box.externalcode.update", boxes=[{"boxCode": "KS6310031", "externalCode": " "}]))
    assert marked["boxes"][0]["message"] == "externalCode is required"
