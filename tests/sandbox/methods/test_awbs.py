"""Air waybills: what growers ship and what arrives shows on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import invariants

FUTURE = "406-4471-0931"


@pytest.fixture
def checked(sandbox: Any) -> Iterator[Any]:
    """The sandbox, in which all sums and box places are right at the end."""
    yield sandbox
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


def awbs(sandbox: Any, method: str = "awb.list", **fields: Any) -> Any:
    return done(sandbox.call(method, **fields))["awbs"]


def save(sandbox: Any, *houses: dict[str, Any], **changes: Any) -> Any:
    fields = {"originCode": "UIO", "shipDate": day(14), "awb": FUTURE, "houses": list(houses), **changes}
    return sandbox.call("awb.future.save", **fields)


def house(number: str, vendor: str = "ROSOL", location: str = "MIA", **more: Any) -> dict[str, Any]:
    return {"house": number, "vendorCode": vendor, "locationCode": location, **more}


def future(sandbox: Any, number: str = FUTURE) -> Any:
    return next(
        (one for one in awbs(sandbox, "awb.future.list", awb=number[-4:]) if one["awb"] == number),
        None,
    )


def test_list_follows_a_shipment_and_its_arrival(checked: Any) -> None:
    (before,) = awbs(checked, awb="5690")
    done(
        checked.call(
            "purchase.order.item.awb.add",
            poItemId=cast.PO_ITEM_FOR_AWB,
            awb="729-1234-5690",
            shipDate=day(1),
            boxCodes=["73992893", "73992894"],
        )
    )
    (shipped,) = awbs(checked, awb="5690")
    assert shipped["pieces"] == before["pieces"] + 2
    assert {"73992893", "73992894"} <= set(shipped["boxesCodes"].split(","))
    done(checked.call("box.warehouse.receive", boxCode="73992893", companyLocationId=cast.MIAMI))
    (arrived,) = awbs(checked, awb="5690")
    assert arrived["piecesReceived"] == before["piecesReceived"] + 1
    assert arrived["status"] == 1


def test_details_name_the_prebook_behind_each_box(checked: Any) -> None:
    (awb,) = awbs(checked, "awb.details.list", awb="1147")
    codes = awbs(checked, awb="1147")[0]["boxesCodes"].split(",")
    assert [box["code"] for box in awb["boxes"]] == codes
    prebooks = done(checked.call("prebook.details.list", date=day(1), customerId=cast.PETAL))
    (prebook,) = [one for one in prebooks["prebooks"] if one["id"] == 454369]
    first = awb["boxes"][0]
    assert (first["truckDate"], first["shipToId"], first["unitCost"]) == (prebook["truckDate"], 20877, 7.25)
    assert (first["carrierCode"], first["carrierName"]) == ("EVGL", "Everglades Freight")


def test_boxes_for_the_open_market_have_no_prebook(shared_sandbox: Any) -> None:
    (awb,) = awbs(shared_sandbox, "awb.details.list", awb="5675")
    assert awb["pieces"] == len(awb["boxes"])
    assert set(next(box for box in awb["boxes"] if box["code"] == "KS6310021")) == {"code", "unitCost"}


@pytest.mark.parametrize("method", ["awb.list", "awb.details.list"])
def test_filters_narrow_the_list(shared_sandbox: Any, method: str) -> None:
    def ids(**fields: Any) -> set[int]:
        return {awb["awbId"] for awb in awbs(shared_sandbox, method, **fields)}

    assert ids(awb="1147") == ids(awb=1147, shipDate=day(-2)) == {cast.AWB_ARRIVING}
    assert ids(awb="1147", shipDate=day(-3)) == set()
    assert cast.AWB_ARRIVING in ids(shipDate=day(-2), originCode="bog", locationCode="mia")
    assert cast.AWB_ARRIVING not in ids(shipDate=day(-2), originCode="UIO")
    assert ids(awb="1147", locationCode="BOG") == set()
    # numbers may begin with zero
    assert ids(awb="0936") == ids(awb=936) == {cast.AWB_OLD}
    assert ids(awb="0928") == set(), "a future air waybill has a list of its own"


@pytest.mark.parametrize("method", ["awb.list", "awb.details.list", "awb.future.list"])
def test_number_or_ship_date_is_needed(shared_sandbox: Any, method: str) -> None:
    assert shared_sandbox.call(method, originCode="BOG").status == 400


def test_codes_keep_to_the_documented_length(shared_sandbox: Any, strict_problems: Any) -> None:
    answer = shared_sandbox.call("awb.list", awb="5675")
    assert strict_problems("awb.list", answer.json) == []
    (awb,) = done(answer)["awbs"]
    assert awb["pieces"] == 91
    codes = awb["boxesCodes"].split(",")
    (detailed,) = awbs(shared_sandbox, "awb.details.list", awb="5675")
    assert codes == [box["code"] for box in detailed["boxes"]][: len(codes)]
    assert 491 <= len(awb["boxesCodes"]) <= 500


def test_another_company_sees_none_of_them(shared_sandbox: Any) -> None:
    token = token_value(1, "company", "partner")
    assert awbs(shared_sandbox, token=token, awb="1147") == []
    assert awbs(shared_sandbox, "awb.future.list", token=token, awb="0928") == []


def test_saved_future_air_waybill_is_listed_and_added_to(checked: Any) -> None:
    done(save(checked, house("QF-1", instructions="Keep cold"), house("QF-2", "ALTAM", "BOG"), instructions="Hold"))
    first = future(checked)
    assert (first["originCode"], first["shipDate"], first["instructions"]) == ("UIO", day(14), "Hold")
    assert first["houses"] == [
        {"house": "QF-1", "vendorCode": "ROSOL", "locationCode": "MIA", "instructions": "Keep cold"},
        {"house": "QF-2", "vendorCode": "ALTAM", "locationCode": "BOG"},
    ]

    done(
        save(
            checked,
            house("qf-1", "MONTE", "BOG", instructions="Roses first"),
            awb="40644710931",
            originCode="BOG",
            shipDate=day(20),
            instructions="Call first",
        )
    )

    second = future(checked)
    assert second["awbId"] == first["awbId"]
    assert (second["originCode"], second["shipDate"]) == ("UIO", day(14)), "an existing one keeps them"
    assert second["instructions"] == "Hold; Call first"
    replaced = {"house": "qf-1", "vendorCode": "MONTE", "locationCode": "BOG", "instructions": "Roses first"}
    assert second["houses"] == [replaced, first["houses"][1]]


def test_a_house_belongs_to_the_air_waybill_it_was_last_put_on(checked: Any) -> None:
    done(save(checked, house("QF-7710234")))
    assert [one["house"] for one in future(checked)["houses"]] == ["QF-7710234"]
    assert [one["house"] for one in future(checked, "406-4471-0928")["houses"]] == ["QF-7710235"]


def test_long_instructions_are_listed_as_far_as_they_may_be(checked: Any, strict_problems: Any) -> None:
    for text in ("Keep below four degrees at all times", "Call the warehouse before unloading"):
        done(save(checked, house("QF-1"), instructions=text))
        done(save(checked, house("QF-1"), instructions=text))
    answer = checked.call("awb.future.list", awb="0931")
    assert strict_problems("awb.future.list", answer.json) == []
    assert future(checked)["instructions"] == "Keep below four degrees at all times; Call the war"


def test_future_air_waybill_leaves_the_list_with_its_first_box(checked: Any) -> None:
    done(save(checked, house("QF-1")))
    assert future(checked)["awb"] == FUTURE
    moved = checked.call(
        "box.move.awb", awb=FUTURE, shipDate=day(1), boxCodes="KS6310041", companyLocationId=cast.MIAMI
    )
    assert done(moved)["failedBoxes"] == []
    assert future(checked) is None
    (awb,) = awbs(checked, awb="0931")
    assert (awb["boxesCodes"], awb["shipDate"], awb["locationCode"]) == ("KS6310041", day(1), "MIA")


def test_nothing_is_saved_with_an_unknown_vendor_or_location(checked: Any) -> None:
    assert "vendor NOBODY does not exist" in refusal(save(checked, house("QF-1"), house("QF-2", "NOBODY")))
    assert "location MOON does not exist" in refusal(save(checked, house("QF-1", location="MOON")))
    assert save(checked, house(" ")).status == 400
    assert save(checked, house("QF-1"), awb=" ").status == 400
    assert future(checked) is None
