"""What each customer method does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "customer.list": "test_added_customer_is_listed_with_its_details",
    "customer.details.get": "test_added_customer_is_listed_with_its_details",
    "customer.add": "test_added_customer_is_listed_with_its_details",
    "customer.update": "test_changed_customer_shows_in_list_and_details",
    "customer.reward.set": "test_rewards_add_up_and_count_as_a_change",
    "customer.additional.charge.update": "test_a_tied_charge_is_on_the_next_invoice",
    "customer.by.company.list": "test_a_user_sees_the_customers_tied_to_it",
    "customer.by.user.list": "test_a_user_sees_the_customers_tied_to_it",
}
