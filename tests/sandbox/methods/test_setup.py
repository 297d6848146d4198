"""What a company sets up shows in its lists and works in the methods that use it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import tables as t


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


def done(answer: Any) -> Any:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 1, answer.text
    return answer.json


def refusal(answer: Any) -> str:
    assert answer.status == 200, answer.text
    assert answer.json["status"] == 0, answer.text
    return str(answer.json["message"])


def carriers(sandbox: Any, **filters: Any) -> Any:
    return done(sandbox.call("carrier.list", **filters))["carriers"]


def charges(sandbox: Any, **filters: Any) -> Any:
    return done(sandbox.call("additional.charge.list", **filters))["additionalCharges"]


def test_added_carrier_is_listed_and_takes_orders(sandbox: Any) -> None:
    added = done(sandbox.call("carrier.add", name="Gulf Coast Floral Lines", code="GCFL", capacity=900))["carrierId"]
    (carrier,) = carriers(sandbox, code="gcfl")
    assert (carrier["id"], carrier["name"], carrier["active"]) == (added, "Gulf Coast Floral Lines", True)
    names = [one["name"] for one in carriers(sandbox)]
    assert names == sorted(names)
    sold = {
        "customerId": cast.PETAL,
        "carrierId": added,
        "shipDate": day(1),
        "locationId": cast.MIAMI,
        "items": [{"orderItemId": cast.LINE, "boxes": 1, "price": 11.5}],
    }
    done(sandbox.call("invoice.create", **sold))
    (invoice,) = sandbox.call("invoice.list", orderDateFrom=day(1), orderDateTo=day(1), carrierId=added).json[
        "invoices"
    ]
    assert invoice["carrierName"] == "Gulf Coast Floral Lines"


def test_changed_carrier_rests(sandbox: Any) -> None:
    change = {"name": "Southeast Trucks", "code": "SET", "active": "false"}
    done(sandbox.call("carrier.update", carrierId=cast.SOUTHEAST, **change))
    assert cast.SOUTHEAST not in {one["id"] for one in carriers(sandbox, active="true")}
    (carrier,) = carriers(sandbox, code="SET", active="false")
    assert (carrier["id"], carrier["name"], carrier["active"]) == (cast.SOUTHEAST, "Southeast Trucks", False)
    # the state stays where it is not sent
    done(sandbox.call("carrier.update", carrierId=cast.SOUTHEAST, name="Southeast", code="SET"))
    assert carriers(sandbox, id=cast.SOUTHEAST)[0]["active"] == 0


def test_carriers_have_codes_of_their_own(sandbox: Any) -> None:
    assert "code" in refusal(sandbox.call("carrier.add", name="Another one", code="evgl"))
    assert "code" in refusal(sandbox.call("carrier.update", carrierId=cast.SOUTHEAST, name="Another", code="EVGL"))
    assert "does not exist" in refusal(sandbox.call("carrier.update", carrierId=1, name="Another", code="XX"))


def test_box_types_are_those_of_the_stock(shared_sandbox: Any) -> None:
    listed = done(shared_sandbox.call("boxtype.list"))["boxtypes"]
    codes = [one["code"] for one in listed]
    assert codes == sorted(codes)
    stock = done(shared_sandbox.call("inventory.openmarket.list"))["inventoryItems"]
    assert {"HB", "QB"} <= {one["boxTypeCode"] for one in stock} <= set(codes)
    assert done(shared_sandbox.call("boxtype.list", code="hb"))["boxtypes"] == [
        one for one in listed if one["id"] == cast.HB
    ]


def test_a_box_type_outside_the_network_has_no_network_fields(sandbox: Any, strict_problems: Any) -> None:
    with sandbox.engine.begin() as connection:
        own = update(t.box_types).where(t.box_types.c.id == cast.EB)
        connection.execute(own.values(komet_network_id=None, komet_network_name=None))
    answer = done(sandbox.call("boxtype.list"))
    assert strict_problems("boxtype.list", answer) == []
    tied = {one["id"]: "kometNetworkId" in one and "kometNetworkName" in one for one in answer["boxtypes"]}
    assert tied[cast.HB] is True
    assert tied[cast.EB] is False


def test_categories_are_those_of_the_products(shared_sandbox: Any) -> None:
    listed = {one["categoryId"]: one for one in done(shared_sandbox.call("category.list"))["categoryItems"]}
    assert listed[cast.ROSE]["categoryName"] == "Rose"
    assert listed[cast.GIFT_BOXES]["active"] == 0
    products = done(shared_sandbox.call("product.list"))["products"]
    assert {one["category"] for one in products} <= {one["categoryName"] for one in listed.values()}


def test_locations_are_where_stock_lies(shared_sandbox: Any) -> None:
    listed = done(shared_sandbox.call("location.list"))["locations"]
    assert [one["name"] for one in listed] == ["Bogota Export", "Miami"]
    for one in listed:
        stock = done(shared_sandbox.call("inventory.list", locationId=one["id"]))["inventoryItems"]
        assert (cast.LINE in {line["orderItemId"] for line in stock}) is (one["code"] == "MIA")


def test_locations_of_a_customer_follow_its_update(sandbox: Any) -> None:
    def found(customer: int = cast.PETAL) -> list[str]:
        answer = sandbox.call("company.location.list", customerId=customer)
        assert answer.status == 200, answer.text
        return [one["code"] for one in answer.json["locations"]]

    done(sandbox.call("customer.update", customerId=cast.PETAL, name="Petal", locationCodes="MIA"))
    assert found() == ["MIA"]
    done(sandbox.call("customer.update", customerId=cast.PETAL, name="Petal", locationCodes="MIA:BOG"))
    assert found() == ["BOG", "MIA"]
    listed = sandbox.call("customer.list", id=cast.PETAL, locationId=cast.BOGOTA).json["customers"]
    assert [one["id"] for one in listed] == [cast.PETAL]


def test_locations_of_strangers_are_refused(shared_sandbox: Any) -> None:
    answer = shared_sandbox.call("company.location.list", customerId=cast.BAY_AS_CUSTOMER)
    assert "does not exist" in answer.json["message"]


def test_companies_are_those_of_the_user(shared_sandbox: Any) -> None:
    def companies(token: str = "company") -> dict[int, Any]:
        answer = shared_sandbox.call("company.list", token)
        assert answer.status == 200, answer.text
        return {one["companyId"]: one for one in answer.json["companyResult"]}

    own = companies()
    assert own.keys() == {cast.COMPANY, cast.PARTNER}
    assert own[cast.COMPANY]["customerId"] is own[cast.COMPANY]["customerName"] is None
    partner = companies(token_value(1, "company", "partner"))
    assert partner.keys() == {cast.PARTNER}
    # what the companies are called is what their customers' users see
    accounts = shared_sandbox.call("customer.by.user.list", "user").json["customerResult"]
    assert {(one["companyId"], one["companyName"]) for one in accounts} == {
        (cast.COMPANY, own[cast.COMPANY]["companyName"])
    }


def test_added_charge_can_be_tied_to_a_customer(sandbox: Any) -> None:
    added = done(sandbox.call("additional.charge.add", name="Holiday Handling", code="HOLH"))["additionalChargeId"]
    assert charges(sandbox, code="holh") == [{"id": added, "name": "Holiday Handling", "code": "HOLH", "active": True}]
    tie = {"customerId": cast.PETAL, "additionalChargeCode": "HOLH", "amountValue": 5}
    done(sandbox.call("customer.additional.charge.update", **tie))


def test_a_resting_charge_cannot_be_tied(sandbox: Any) -> None:
    change = {"name": "Dry Ice Fee", "code": "DICE", "active": 0}
    done(sandbox.call("additional.charge.update", additionalChargeId=cast.DRY_ICE, **change))
    assert charges(sandbox, active=0, name="dry ice") == [
        {"id": cast.DRY_ICE, "name": "Dry Ice Fee", "code": "DICE", "active": False}
    ]
    tie = {"customerId": cast.PETAL, "additionalChargeCode": "DICE", "amountValue": 5}
    assert "DICE" in refusal(sandbox.call("customer.additional.charge.update", **tie))
    done(sandbox.call("additional.charge.update", additionalChargeId=cast.DRY_ICE, active=1))
    done(sandbox.call("customer.additional.charge.update", **tie))
    done(sandbox.call("additional.charge.update", additionalChargeId=cast.DRY_ICE))


def test_charges_have_codes_of_their_own(sandbox: Any) -> None:
    assert "code" in refusal(sandbox.call("additional.charge.add", name="Fuel", code="fsm"))
    assert "code" in refusal(sandbox.call("additional.charge.update", additionalChargeId=cast.DRY_ICE, code="FSM"))
    assert "does not exist" in refusal(sandbox.call("additional.charge.update", additionalChargeId=1, name="Fuel"))
    # several charges may have no code
    done(sandbox.call("additional.charge.add", name="One"))
    done(sandbox.call("additional.charge.add", name="Two"))


def test_payment_methods_are_those_payments_take(sandbox: Any) -> None:
    with sandbox.engine.begin() as connection:
        methods = t.payment_methods
        connection.execute(update(methods).where(methods.c.id == cast.WIRE).values(active=False))
    listed = {one["id"]: one["name"] for one in done(sandbox.call("payment.method.list"))["paymentMethods"]}
    paid = {"customerId": cast.PETAL, "locationCode": "MIA", "date": day(0), "totalPayment": 10}
    for method in (cast.CASH, cast.CHECK, cast.WIRE, cast.CARD, cast.ACH):
        answer = sandbox.call("payment.receive", methodId=method, **paid)
        assert (answer.json["status"] == 1) is (method in listed)
    shown = done(sandbox.call("payment.list", dateFrom=day(0), dateTo=day(0), customer="PETAL"))["payments"]
    assert {one["method"] for one in shown} == set(listed.values())


def test_price_lists_are_those_of_standing_orders(shared_sandbox: Any) -> None:
    def found(**filters: Any) -> dict[int, Any]:
        return {one["id"]: one for one in done(shared_sandbox.call("v2/price-list", **filters))["priceList"]}

    every = found()
    assert found(priceListType="A") == every
    for kind in "MPS":
        assert found(priceListType=kind) == {id_: one for id_, one in every.items() if one["type"] == kind}
    with shared_sandbox.engine.connect() as connection:
        used = connection.execute(select(t.standing_orders.c.price_list_id)).scalars().all()
    assert cast.WHOLESALE_A in used
    assert found(priceListType="S", name="wholesale a")[cast.WHOLESALE_A]["isMaster"] == 1
