"""Lists of prebooks: what each filter keeps, and what a vendor sees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from komet_console.sandbox.seed import cast


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def numbers(sandbox: Any, **filters: Any) -> list[int]:
    answer = sandbox.call("prebook.list", dateFrom=day(-1), dateTo=day(20), **filters)
    assert answer.status == 200, answer.text
    return [one["number"] for one in answer.json["prebooks"]]


@pytest.mark.parametrize(
    "filters",
    [
        {"customer": "petal &"},
        {"customer": "peta"},
        {"customerId": cast.PETAL},
        {"carrierName": "seminole"},
        {"carrierId": cast.SEMINOLE},
        {"salesPersonId": cast.SALESPERSON},
        {"customerPONumber": "lister"},
        {"CompanyLocationId": cast.MIAMI},
        {"isEcommerce": 1},
        {"brandId": cast.BRAND_MONTE},
    ],
)
def test_list_finds_created_prebooks_by_every_filter(sandbox: Any, filters: dict[str, Any]) -> None:
    line = {"productCode": "RSFR50", "boxTypeCode": "HB", "boxes": 1, "unitType": "Bunch", "bunches": 12}
    made = sandbox.call(
        "prebook.create",
        customerId=cast.PETAL,
        carrierId=cast.SEMINOLE,
        shipDate=f"{day(9)}",
        customerPO="LISTER",
        isEcommerce=1,
        companyLocationCode="MIA",
        prebookItems=[{**line, "stemsBunch": 25, "vendorId": cast.MONTE}],
    ).json["prebookNumber"]
    assert made in numbers(sandbox, **filters)
    assert numbers(sandbox, prebook=made, **filters) == [made]
    name, value = next(iter(filters.items()))
    other = 0 if name == "isEcommerce" else 1 if isinstance(value, int) else "no%such"
    assert made not in numbers(sandbox, **{name: other})


def test_list_by_status_standing_order_and_check_out(sandbox: Any) -> None:
    assert 20423 in numbers(sandbox, prebookStatus="pending review")
    assert 20423 in numbers(sandbox, checkOutStatus=0)
    assert 20423 not in numbers(sandbox, checkOutStatus=1)
    assert numbers(sandbox, soNumber=1187) == [20422]
    assert numbers(sandbox, soNumber=10**15) == []


def test_range_of_six_months_at_most(sandbox: Any) -> None:
    assert sandbox.call("prebook.list", dateFrom=day(-300), dateTo=day(20)).status == 400


def test_vendor_sees_its_own_lines_without_prices(sandbox: Any, strict_problems: Any) -> None:
    span = {"vendorShipDateFrom": day(-9), "vendorShipDateTo": day(9)}
    company = sandbox.call("prebook.details.list", **span).json
    answer = sandbox.call("prebook.details.list", "vendor", **span).json
    assert strict_problems("prebook.details.list", answer) == []
    lines = [line for one in answer["prebooks"] for line in one["details"]]
    assert {line["vendorId"] for line in lines} == {cast.MONTE}
    assert min(line["vendorShipDate"] for line in lines) >= f"{day(-1)}"
    assert all("unitPrice" not in line and "totalPrice" not in line for line in lines)
    assert all("price" not in part for line in lines for part in line["breakdowns"])
    everyone = [line for one in company["prebooks"] for line in one["details"]]
    assert {line["vendorId"] for line in everyone} > {cast.MONTE}
    kept = next(one for one in answer["prebooks"] if one["id"] == cast.PREBOOK_OF_ITEM_TO_DELETE)
    assert [line["prebookItemId"] for line in kept["details"]] == [cast.PREBOOK_ITEM_TO_DELETE]
    sandbox.call("prebook.item.delete", prebookId=kept["id"], prebookItemId=cast.PREBOOK_ITEM_TO_DELETE)
    answer = sandbox.call("prebook.details.list", "vendor", **span).json
    assert kept["id"] not in [one["id"] for one in answer["prebooks"]]


def test_filters_on_lines(sandbox: Any) -> None:
    def lines(**filters: Any) -> list[int]:
        answer = sandbox.call("prebook.details.list", customerId=cast.PETAL, **filters).json
        return [line["prebookItemId"] for one in answer["prebooks"] for line in one["details"]]

    assert lines(date=day(6), brandId=cast.BRAND_ALTAM) == [930141]
    assert lines(date=day(8), unableToSource=1) == [930160]
    # On one day of the week the prebook of a standing order is due then, too.
    standing = {930150, 930151}
    assert set(lines(date=day(8), unableToSource=0)) <= standing
    assert set(lines(vendorShipDateFrom=day(6), vendorShipDateTo=day(6))) - standing == {930160}


def test_updated_as_of(sandbox: Any) -> None:
    moment = f"{day(0)} 00:00:00"
    listed = sandbox.call("prebook.details.list", date=day(5), customerId=cast.PETAL, updatedAsOf=moment).json
    assert listed["prebooks"] == []
    sandbox.call("prebook.update", prebookId=cast.PREBOOK_TO_UPDATE, comments="Now")
    listed = sandbox.call("prebook.details.list", date=day(5), customerId=cast.PETAL, updatedAsOf=moment).json
    assert [one["id"] for one in listed["prebooks"]] == [cast.PREBOOK_TO_UPDATE]


def test_details_need_a_day_or_a_range(sandbox: Any) -> None:
    answer = sandbox.call("prebook.details.list", customerId=cast.PETAL)
    assert answer.status == 400
    assert "required" in answer.json["message"]
