"""What the shop shows a customer, seen against the stock, orders and days of service behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import tables as t

HERE = {"customerId": cast.PETAL, "companyLocationId": cast.MIAMI}


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=offset)


def done(answer: Any) -> Any:
    assert answer.status == 200, answer.text
    assert str(answer.json["status"]) == "1", answer.text
    return answer.json


def refusal(answer: Any) -> str:
    assert answer.status == 200, answer.text
    assert str(answer.json["status"]) == "0", answer.text
    return str(answer.json["message"])


def shop(sandbox: Any, token: str = "company", **fields: Any) -> dict[tuple[int, int], Any]:
    """Every line of the shop by origin and id."""
    listed = done(sandbox.call("ecommerce/inventory.list", token, **{**HERE, "rows": 10_000, **fields}))
    lines = {(one["inventoryOrigin"], int(one["inventoryLineIds"])): one for one in listed["inventoryItems"]}
    assert len(lines) == listed["total"]
    return lines


def left(sandbox: Any, line_id: int, origin: int = 1, **fields: Any) -> int:
    """Boxes of a line that ecommerce/inventory.get still has."""
    values = {"date": day(3), "availableFrom": day(0), "availableTo": day(9), **HERE, **fields}
    answer = sandbox.call("ecommerce/inventory.get", inventoryLineIds=f"{line_id}", inventoryOrigin=origin, **values)
    return int(done(answer)["quantity"])


def serve_on_sundays(sandbox: Any) -> None:
    """Seminole brings Coral Gables Petals its flowers on Sundays too."""
    line = {"carrierId": cast.SEMINOLE, "carrierCode": "SEMFX", "dayOfService": "0", "transitDays": 1}
    values = {"idCustomerList": [f"{cast.CGPETALS}"], "dayOfServiceMassUpdateList": [line]}
    done(sandbox.call("customer.day.service.update", companyLocationId=cast.MIAMI, **values))


def test_shop_has_all_four_origins_with_what_is_free(sandbox: Any) -> None:
    lines = shop(sandbox)
    assert lines[1, cast.LINE]["quantity"] == 10
    assert lines[1, cast.LINE]["price"] == 11.5
    assert lines[1, cast.LINE]["carrierId"] == cast.EVERGLADES
    assert lines[2, cast.PO_ITEM_FUTURE]["quantity"] == 20
    assert lines[2, cast.PO_ITEM_FUTURE]["availableFrom"] == f"{day(5)}"
    assert lines[3, cast.OFFER]["quantity"] == 30
    assert lines[4, cast.OFFER_K2K]["price"] == 12.4
    # On hold, for somebody else or for a prebook: not in the shop.
    assert not {(1, 903430), (1, cast.RESERVED_LINE), (1, 903411), (1, 903412)} & lines.keys()


def test_shop_follows_what_is_bought(sandbox: Any) -> None:
    future = {"prebookId": 454372, "inventoryId": cast.PO_ITEM_FUTURE, "boxes": 5, "price": 11.2}
    done(sandbox.call("prebook.future.item.add", **future))
    sold = {
        "customerId": cast.PETAL,
        "carrierId": cast.EVERGLADES,
        "shipDate": f"{day(1)}",
        "locationId": cast.MIAMI,
        "items": [{"orderItemId": cast.LINE, "boxes": 4, "price": 11.5}],
    }
    done(sandbox.call("invoice.create", **sold))
    lines = shop(sandbox)
    assert lines[2, cast.PO_ITEM_FUTURE]["quantity"] == 15
    assert lines[1, cast.LINE]["quantity"] == left(sandbox, cast.LINE) == 6


@pytest.mark.parametrize(
    "fields",
    [
        {"searchText": "fREEdom"},
        {"categoryId": cast.CARNATION},
        {"color": "red"},
        {"searchText": "50%"},
    ],
)
def test_filters_keep_exactly_the_products_that_match(sandbox: Any, fields: dict[str, Any]) -> None:
    r = t.products.c
    with sandbox.engine.begin() as connection:
        products = connection.execute(select(r.description, r.category_id, r.color).where(r.company_id == 1043)).all()

    def fits(row: Any) -> bool:
        return (
            fields.get("searchText", "").lower() in row.description.lower()
            and fields.get("categoryId", row.category_id) == row.category_id
            and fields.get("color", row.color or "").lower() == (row.color or "").lower()
        )

    wanted = {row.description for row in products if fits(row)}
    everything = shop(sandbox)
    expected = {key for key, line in everything.items() if line["productDescription"] in wanted}
    assert shop(sandbox, **fields).keys() == expected
    assert len(expected) < len(everything)


def test_pages_follow_one_another(sandbox: Any) -> None:
    first = done(sandbox.call("ecommerce/inventory.list", **HERE))
    assert len(first["inventoryItems"]) == min(30, first["total"])
    pages = [
        done(sandbox.call("ecommerce/inventory.list", **HERE, page=page, rows=7))["inventoryItems"] for page in (1, 2)
    ]
    assert [*pages[0], *pages[1]] == first["inventoryItems"][:14]
    assert refusal(sandbox.call("ecommerce/inventory.list", **HERE, page=0)) == "page and rows count from 1"


def test_reserved_inventory_needs_transactional_access(sandbox: Any) -> None:
    assert shop(sandbox, "customer", reservedInventory="true").keys() == {(1, cast.RESERVED_LINE)}
    with sandbox.engine.begin() as connection:
        line = t.inventory_lines
        connection.execute(update(line).where(line.c.id == cast.RESERVED_LINE).values(customer_id=cast.CGPETALS))
    basic = token_value(1, "customer", "basic")
    theirs = {"customerId": cast.CGPETALS, "reservedInventory": "true"}
    assert shop(sandbox, **theirs).keys() == {(1, cast.RESERVED_LINE)}
    without = shop(sandbox, basic, **theirs)
    assert (1, cast.RESERVED_LINE) not in without
    assert (1, cast.LINE) in without


def test_available_date_is_about_stock_on_hand(sandbox: Any) -> None:
    late = shop(sandbox, availableDate=day(60))
    assert {origin for origin, _ in late} == {2, 3, 4}
    assert (1, cast.LINE) in shop(sandbox, availableDate=day(5))


def test_available_dates_are_days_of_service(sandbox: Any) -> None:
    asked = {"inventoryLineIds": "903359", "inventoryOrigin": 1, "companyLocationId": cast.MIAMI}
    answer = done(sandbox.call("ecommerce/inventory-available-dates.list", **{**asked, "customerId": cast.PETAL}))
    assert answer["availableDates"] == [f"{day(ahead)}" for ahead in range(14)]
    # Coral Gables Petals is not served on Sundays; a new day of service opens them.
    other = {**asked, "customerId": cast.CGPETALS}
    days = done(sandbox.call("ecommerce/inventory-available-dates.list", **other))["availableDates"]
    assert days == [f"{day(ahead)}" for ahead in range(14) if day(ahead).isoweekday() != 7]
    serve_on_sundays(sandbox)
    days = done(sandbox.call("ecommerce/inventory-available-dates.list", **other))["availableDates"]
    assert len(days) == 14


def test_dates_of_future_and_offers_are_their_own(sandbox: Any) -> None:
    def span(line_id: int, origin: int) -> tuple[str, str]:
        found = done(
            sandbox.call(
                "ecommerce/inventory-available-dates.list",
                inventoryLineIds=f"{line_id}",
                inventoryOrigin=origin,
                **HERE,
            )
        )
        return found["availableDateFrom"], found["availableDateTo"]

    assert span(cast.PO_ITEM_FUTURE, 2) == (f"{day(5)}", f"{day(9)}")
    assert span(cast.OFFER, 3) == (f"{day(0)}", f"{day(6)}")
    assert span(cast.OFFER_K2K, 4) == (f"{day(0)}", f"{day(7)}")


def test_no_day_is_refused(sandbox: Any) -> None:
    sunday = next(day(ahead) for ahead in range(7) if day(ahead).isoweekday() == 7)
    with sandbox.engine.begin() as connection:
        v = t.vendor_availability_items
        connection.execute(v.update().where(v.c.id == cast.OFFER).values(available_from=sunday, available_to=sunday))
    asked = {"customerId": cast.CGPETALS, "companyLocationId": cast.MIAMI, "inventoryOrigin": 3}
    answer = sandbox.call("ecommerce/inventory-available-dates.list", inventoryLineIds=f"{cast.OFFER}", **asked)
    assert "not available on any day" in refusal(answer)


def test_get_counts_the_day_the_range_and_the_carrier(sandbox: Any) -> None:
    assert left(sandbox, cast.LINE) == 10
    assert left(sandbox, cast.LINE, availableTo=day(2)) == 0
    assert left(sandbox, cast.PO_ITEM_FUTURE, 2) == 0
    assert left(sandbox, cast.PO_ITEM_FUTURE, 2, date=day(6)) == 20
    assert left(sandbox, cast.LINE, carrierId=cast.EVERGLADES) == 10
    assert left(sandbox, cast.LINE, carrierId=124) == 0
    both = f"{cast.OFFER_ASSORTED[0]},{cast.OFFER_ASSORTED[1]}"
    answer = sandbox.call(
        "ecommerce/inventory.get",
        inventoryLineIds=both,
        inventoryOrigin=3,
        date=day(3),
        availableFrom=day(0),
        availableTo=day(6),
        **HERE,
    )
    assert done(answer)["quantity"] == 24


def test_a_line_of_another_origin_or_company_is_not_there(sandbox: Any) -> None:
    for line_id, origin in ((cast.LINE, 2), (cast.PARTNER_LINE, 1), (cast.OFFER_K2K, 3), (cast.RESERVED_LINE, 1)):
        answer = sandbox.call(
            "ecommerce/inventory-available-dates.list", inventoryLineIds=f"{line_id}", inventoryOrigin=origin, **HERE
        )
        assert "is not available" in refusal(answer)


def test_k2k_offer_shows_the_other_companys_stock(sandbox: Any) -> None:
    before = left(sandbox, cast.OFFER_K2K, 4)
    with sandbox.engine.begin() as connection:
        b = t.boxes
        some = select(b.c.id).where(b.c.inventory_line_id == cast.PARTNER_LINE, b.c.state == "on_hand").limit(3)
        connection.execute(update(b).where(b.c.id.in_(some)).values(state="deleted"))
    assert before == 14
    assert left(sandbox, cast.OFFER_K2K, 4) == 11


def test_carriers_put_the_default_one_on_top(sandbox: Any) -> None:
    asked = {**HERE, "availableFrom": day(2), "availableTo": day(9)}
    found = done(sandbox.call("ecommerce/customer-carriers.list", date=day(3), **asked))
    assert (found["carrierId"], found["carrierCubeRate"]) == (cast.EVERGLADES, 1.85)
    assert [(one["carrierId"], one["carrierCubeRate"]) for one in found["carriers"]] == [(cast.SEMINOLE, 2.1)]
    # Not there yet on that day: nobody can carry it.
    none = done(sandbox.call("ecommerce/customer-carriers.list", date=day(1), **asked))
    assert "carrierId" not in none
    assert none["carriers"] == []


def test_carriers_by_day_of_arrival_leave_the_transit_before(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        here = t.customers.c.id == cast.PETAL
        connection.execute(update(t.customers).where(here).values(show_arrival_date=True))
    asked = {**HERE, "availableFrom": day(2), "availableTo": day(9)}
    found = done(sandbox.call("ecommerce/customer-carriers.list", date=day(3), **asked))
    # Everglades takes a day, Seminole two: only the first can have it there by then.
    assert found["carrierId"] == cast.EVERGLADES
    assert found["carriers"] == []


def test_carriers_follow_days_of_service(sandbox: Any) -> None:
    sunday = next(day(ahead) for ahead in range(1, 8) if day(ahead).isoweekday() == 7)
    asked = {
        "customerId": cast.CGPETALS,
        "companyLocationId": cast.MIAMI,
        "availableFrom": day(0),
        "availableTo": day(9),
    }
    assert done(sandbox.call("ecommerce/customer-carriers.list", date=sunday, **asked))["carriers"] == []
    serve_on_sundays(sandbox)
    found = done(sandbox.call("ecommerce/customer-carriers.list", date=sunday, **asked))
    assert found["carrierId"] == cast.SEMINOLE


def test_settings_follow_the_customer(sandbox: Any) -> None:
    (before,) = done(sandbox.call("ecommerce-lite/settings", "customer", customerId=cast.PETAL))["userInfo"]
    assert before["username"] == cast.SHOP_USER_LOGIN
    assert before["isEcommerceLite"] is True
    assert before["isAdminSales"] is False
    assert before["chargeTax"] is False
    done(sandbox.call("customer.update", id=cast.PETAL, customerId=cast.PETAL, name="Petal House", chargeTax="1"))
    (after,) = done(sandbox.call("ecommerce-lite/settings", "customer", customerId=cast.PETAL))["userInfo"]
    assert after["customerName"] == "Petal House"
    assert "does not exist" in refusal(sandbox.call("ecommerce-lite/settings", "customer", customerId=cast.CGPETALS))


LAURA = {
    "firstName": "Laura",
    "lastName": "Rivera",
    "email": "laura@petalstem.example",
    "login": "Laura@petalstem.example",
}


def test_new_user_signs_in_and_buys_for_its_customers(sandbox: Any) -> None:
    done(sandbox.call("v2/user/e-commerce", customerCodes=["PETAL", "bloom2"], **LAURA))
    with sandbox.engine.begin() as connection:
        mail = connection.execute(select(t.outbox.c.body).where(t.outbox.c.mail_to == LAURA["email"])).scalar_one()
    signed_in = done(sandbox.call("login", None, username=LAURA["login"].lower(), password=mail.split()[-1]))
    customers = sandbox.call("customer.by.company.list", signed_in["apiKey"]).json["customerResult"]
    assert {one["customerId"] for one in customers} == {cast.PETAL, cast.BLOOM2}


def test_user_needs_known_customers_and_a_free_login(sandbox: Any) -> None:
    message = refusal(sandbox.call("v2/user/e-commerce", customerCodes=["PETAL", "NOBODY"], **LAURA))
    assert message == "The customer nobody does not exist"
    assert refusal(sandbox.call("v2/user/e-commerce", customerCodes=[], **LAURA)) == "A customer code is required"
    taken = {**LAURA, "login": cast.SHOP_USER_LOGIN.upper()}
    assert "is taken" in refusal(sandbox.call("v2/user/e-commerce", customerCodes=["PETAL"], **taken))
