"""Hard goods: a product that is added can be stocked, and the stock shows what was changed of it."""

from __future__ import annotations

from typing import Any

import pytest

from komet_console.sandbox.seed import cast

PRODUCT = {
    "category": "Ribbon",
    "subcategory": "Jute",
    "description": "Green jute ribbon",
    "color": "Green",
    "vendorCode": "ribbon",
    "sku": "RIB-GRN-25",
    "packSize": 25,
    "unitCost": 1.85,
}
CHANGED = {
    "Id": cast.RIBBON_VENDOR_PRODUCT,
    "category": "Vases",
    "subcategory": "Satin",
    "description": "Navy satin ribbon",
    "activePerItem": 1,
    "sku": "RIB-NVY-10",
    "packSize": 20,
}
NO_SKU = {key: value for key, value in CHANGED.items() if key != "sku"}


def stock(sandbox: Any, **filters: Any) -> list[dict[str, Any]]:
    answer = sandbox.call("hardgood/inventory.list", **{"locationId": cast.MIAMI, **filters})
    assert answer.json["status"] == 1, answer.text
    return list(answer.json["inventoryItems"])


def refused(answer: Any, words: str) -> None:
    assert answer.json["status"] == 0
    assert words in answer.json["message"]


def test_added_product_can_be_stocked_by_the_id_it_was_answered_with(sandbox: Any) -> None:
    added = sandbox.call("hardgood.product.add", unitPriceMarkup=100, **PRODUCT).json
    assert added["status"] == 1
    stocked = sandbox.call("hardgood.inventory.add", productId=added["productId"], quantity=60, unitCost=1.85).json
    assert stocked["status"] == 1
    (item,) = stock(sandbox, sku="rib-grn-25")
    assert item["inventoryIds"] == str(stocked["hardGoodInventoryId"])
    assert (item["productId"], item["vendorId"], item["subcategory"]) == (added["productId"], cast.RIBBON, "Jute")
    assert (item["quantity"], item["packSize"], item["totalUnits"], item["unitPrice"]) == (2, 25, 60, 3.7)


def test_stock_of_one_price_is_one_item(sandbox: Any) -> None:
    (before,) = stock(sandbox, sku="RIB-BLU-10")
    line = {"productId": cast.RIBBON_VENDOR_PRODUCT, "locationId": cast.MIAMI, "unitCost": 2.2}
    added = sandbox.call("hardgood.inventory.add", quantity=30, unitPrice=before["unitPrice"], **line).json
    (after,) = stock(sandbox, sku="RIB-BLU-10")
    assert after["inventoryIds"] == f"{before['inventoryIds']},{added['hardGoodInventoryId']}"
    assert after["totalUnits"] == before["totalUnits"] + 30
    assert after["quantity"] == before["quantity"] + 3
    sandbox.call("hardgood.inventory.add", quantity=5, unitPrice=9, **line)
    assert len(stock(sandbox, sku="RIB-BLU-10")) == 2


def test_update_of_the_stock_changes_the_prices_listed(sandbox: Any) -> None:
    tied = cast.RIBBON_VENDOR_PRODUCT
    sandbox.call("hardgood.inventory.add", productId=tied, locationId=cast.BOGOTA, quantity=9, unitCost=2, unitPrice=4)
    here = {"productId": tied, "locationId": cast.MIAMI}
    assert sandbox.call("hardgood.inventory.update", unitCost=1.25, unitPrice=3.1, **here).json["status"] == 1
    assert [item["unitPrice"] for item in stock(sandbox, sku="RIB-BLU-10")] == [3.1]
    assert [item["unitPrice"] for item in stock(sandbox, locationId=cast.BOGOTA)] == [4]
    sandbox.call("hardgood.inventory.update", productId=tied, unitCost=1.25, unitPrice=3.3)
    assert [item["unitPrice"] for item in stock(sandbox, locationId=cast.BOGOTA)] == [3.3]
    sandbox.call("hardgood.inventory.update", productId=tied, unitCost=1)
    assert [item["unitPrice"] for item in stock(sandbox, locationId=cast.BOGOTA)] == [3.3]


def test_update_of_the_product_shows_in_the_stock(sandbox: Any) -> None:
    assert sandbox.call("hardgood.product.update", color="Navy", **CHANGED).json["status"] == 1
    (item,) = stock(sandbox, sku="RIB-NVY-10")
    assert (item["category"], item["productDescription"], item["color"]) == ("Vases", "Navy satin ribbon", "Navy")
    assert (item["packSize"], item["quantity"], item["totalUnits"]) == (20, 6, 120)


def test_filters_of_the_stock(shared_sandbox: Any) -> None:
    assert {item["category"] for item in stock(shared_sandbox, category="ribb")} == {"Ribbon"}
    assert len(stock(shared_sandbox, vendorCode="RIBBON")) == len(stock(shared_sandbox))
    assert stock(shared_sandbox, vendorCode="MONTE") == []
    assert stock(shared_sandbox, locationId=cast.BOGOTA) == []
    refused(shared_sandbox.call("hardgood/inventory.list"), "location is required")


@pytest.mark.parametrize(
    ("method", "fields", "words"),
    [
        ("hardgood.product.add", {**PRODUCT, "category": "Rose"}, "no hard goods category Rose"),
        ("hardgood.product.add", {**PRODUCT, "vendorCode": "NOSUCH"}, "NOSUCH does not exist"),
        ("hardgood.product.add", {**PRODUCT, "sku": "rib-blu-10"}, "another product with the SKU"),
        ("hardgood.product.add", {**PRODUCT, "packSize": 0}, "packSize has to be at least 1"),
        ("hardgood.product.add", {**PRODUCT, "unitCost": -1}, "negative"),
        ("hardgood.product.add", {**PRODUCT, "qtyForDiscount": 2**31}, "too large"),
        ("hardgood.product.update", {**CHANGED, "Id": 1}, "hard good 1 does not exist"),
        ("hardgood.product.update", {**CHANGED, "category": "Nothing"}, "no hard goods category"),
        ("hardgood.product.update", {**CHANGED, "vendorId": 1}, "vendor 1 does not exist"),
        ("hardgood.product.update", {**NO_SKU, "sku": "RIB-RED-10"}, "another product with the SKU"),
        ("hardgood.inventory.add", {"productId": 1, "quantity": 1, "unitCost": 1}, "hard good 1 does not exist"),
        ("hardgood.inventory.add", {"productId": 34824, "quantity": 1000, "unitCost": 1}, "999"),
        ("hardgood.inventory.add", {"productId": 34824, "quantity": 0, "unitCost": 1}, "at least 1"),
        ("hardgood.inventory.add", {"productId": 34824, "quantity": 1, "unitCost": -1}, "negative"),
        ("hardgood.inventory.add", {"productId": 34824, "quantity": 1, "unitCost": 1, "locationId": 21}, "location 21"),
        ("hardgood.inventory.update", {"productId": 10**19, "unitCost": 1}, "does not exist"),
        ("hardgood.inventory.update", {"productId": 34826, "unitCost": 1}, "no stock of the hard good 34826"),
        ("hardgood.inventory.update", {"productId": 34824, "unitCost": 1, "unitPrice": -1}, "unitPrice must not"),
    ],
)
def test_refusals_change_nothing(sandbox: Any, method: str, fields: dict[str, Any], words: str) -> None:
    before = stock(sandbox)
    refused(sandbox.call(method, **fields), words)
    assert stock(sandbox) == before
