"""The grower report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from komet_console.sandbox.seed import cast


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def report(sandbox: Any, **fields: Any) -> list[Any]:
    answer = sandbox.call("grower.report.get", "vendor", **fields)
    assert answer.status == 200, answer.text
    items: list[Any] = answer.json["items"]
    return items


def test_a_shipped_line_is_in_the_report(sandbox: Any) -> None:
    days = {"shipDateFrom": day(1), "shipDateTo": day(1)}
    assert report(sandbox, **days) == []
    sandbox.call(
        "purchase.order.item.awb.add", poItemId=cast.PO_ITEM_FOR_AWB, awb="729-1234-5777", shipDate=f"{day(1)}"
    )
    (row,) = report(sandbox, **days)
    assert (row["awb"], row["variety"], row["pieces"], row["fbeReceived"]) == ("729-1234-5777", "Freedom", 2, 0)
    assert report(sandbox, arrivalDateFrom=day(3), arrivalDateTo=day(3)) == [row]


def test_received_boxes_count_as_full_boxes(sandbox: Any) -> None:
    days = {"shipDateFrom": day(-2), "shipDateTo": day(-2)}
    roses, carnations = report(sandbox, **days, poNumber="31873")
    assert (roses["pieces"], roses["fbeReceived"]) == (4, 1), "two of four half boxes are in"
    assert carnations["fbeReceived"] == 0
    assert report(sandbox, **days, poNumber="31873", orderType="M") == []
    assert report(sandbox, **days, poNumber="31873", orderType="P") == [roses, carnations]
    assert report(sandbox, arrivalDateFrom=day(1), arrivalDateTo=day(2), poNumber="31873") == []
