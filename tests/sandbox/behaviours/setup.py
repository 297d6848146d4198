"""What each method of the setup does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "carrier.list": "test_added_carrier_is_listed_and_takes_orders",
    "carrier.add": "test_added_carrier_is_listed_and_takes_orders",
    "carrier.update": "test_changed_carrier_rests",
    "boxtype.list": "test_box_types_are_those_of_the_stock",
    "category.list": "test_categories_are_those_of_the_products",
    "location.list": "test_locations_are_where_stock_lies",
    "company.location.list": "test_locations_of_a_customer_follow_its_update",
    "company.list": "test_companies_are_those_of_the_user",
    "additional.charge.list": "test_added_charge_can_be_tied_to_a_customer",
    "additional.charge.add": "test_added_charge_can_be_tied_to_a_customer",
    "additional.charge.update": "test_a_resting_charge_cannot_be_tied",
    "payment.method.list": "test_payment_methods_are_those_payments_take",
    "v2/price-list": "test_price_lists_are_those_of_standing_orders",
}
