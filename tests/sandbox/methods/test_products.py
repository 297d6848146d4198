"""Products: what is added and changed shows in the list, the colours and the grades."""

from __future__ import annotations

from typing import Any

import pytest

from komet_console.sandbox.seed import cast

PLAYA = {"category": "rose", "variety": "Playa Blanca", "color": "Ivory Blush", "grade": "75 cm"}


def done(answer: Any) -> Any:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 1, answer.text
    return answer.json


def refusal(answer: Any) -> str:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 0, answer.text
    return str(answer.json["message"])


def colors(sandbox: Any, **filters: Any) -> set[str]:
    return {one["color"] for one in sandbox.call("v2/product/colors", **filters).json["colors"]}


def grades(sandbox: Any, **filters: Any) -> set[tuple[int, str]]:
    return {(one["categoryId"], one["grade"]) for one in sandbox.call("v2/product/grades", **filters).json["grades"]}


def test_added_product_is_listed_with_its_color_and_grade(sandbox: Any) -> None:
    assert "Ivory Blush" not in colors(sandbox)
    added = done(sandbox.call("product.add", code="RSPB75", tags="garden,premium", **PLAYA))["productId"]
    (product,) = done(sandbox.call("product.list", legacyCode="rspb75"))["products"]
    assert product == {
        "id": added,
        "description": "Rose Playa Blanca Ivory Blush 75 cm",
        "active": True,
        "category": "Rose",
        "divisionId": 1,
        "divisionDescription": "Fresh Cut Flowers",
        "variety": "Playa Blanca",
        "color": "Ivory Blush",
        "grade": "75 cm",
        "legacyCode": "RSPB75",
        "tags": "garden,premium",
    }
    assert "Ivory Blush" in colors(sandbox) & colors(sandbox, categoryId=cast.ROSE)
    assert "Ivory Blush" in colors(sandbox, categoryName="ROSE")
    assert "Ivory Blush" not in colors(sandbox, categoryId=cast.CARNATION)
    assert (cast.ROSE, "75 cm") in grades(sandbox, categoryId=cast.ROSE) & grades(sandbox, categoryName="rose")
    assert {category for category, _ in grades(sandbox, categoryName="Carnation")} == {cast.CARNATION}


def test_changed_product_moves_category_and_rests(sandbox: Any) -> None:
    added = done(sandbox.call("product.add", code="RSPB75", **PLAYA))["productId"]
    change = {"category": "Carnation", "color": "Ivory Blush", "description": "Ivory carnation"}
    done(sandbox.call("product.update", productId=added, **change))
    (product,) = done(sandbox.call("product.list", id=added))["products"]
    assert (product["category"], product["description"], product["legacyCode"]) == (
        "Carnation",
        "Ivory carnation",
        "RSPB75",
    )
    assert "Ivory Blush" in colors(sandbox, categoryId=cast.CARNATION)
    done(sandbox.call("product.update", productId=added, active=False, **change))
    (product,) = done(sandbox.call("product.list", id=added))["products"]
    assert product["active"] == 0
    assert "Ivory Blush" not in colors(sandbox)


def test_description_of_ones_own_wins(sandbox: Any) -> None:
    added = done(sandbox.call("product.add", **PLAYA, description="Garden rose"))["productId"]
    assert done(sandbox.call("product.list", description="GARDEN ros"))["products"][0]["id"] == added


def test_a_product_may_keep_its_own_code(sandbox: Any) -> None:
    change = {"category": "Rose", "grade": "60 cm", "code": "rsfr60"}
    assert done(sandbox.call("product.update", productId=cast.RSFR60, **change))["productId"] == cast.RSFR60


def test_codes_are_unique_and_what_is_named_must_exist(sandbox: Any) -> None:
    assert "code" in refusal(sandbox.call("product.add", code="rsfr50", **PLAYA))
    assert "code" in refusal(sandbox.call("product.update", productId=cast.RSFR60, code="RSFR50", **PLAYA))
    assert "category" in refusal(sandbox.call("product.add", category="Stone", color="Grey"))
    assert "category" in refusal(sandbox.call("product.update", productId=cast.RSFR60, category="Stone", color="Grey"))
    assert "does not exist" in refusal(sandbox.call("product.update", productId=1, **PLAYA))


@pytest.mark.parametrize("method", ["product.add", "product.update"])
def test_one_of_variety_color_and_grade_is_needed(sandbox: Any, method: str) -> None:
    id_ = {"productId": cast.RSFR60} if method == "product.update" else {}
    assert sandbox.call(method, category="Rose", **id_).status == 400
