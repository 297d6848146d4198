"""What each method of the e-commerce does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "ecommerce-lite/settings": "test_settings_follow_the_customer",
    "ecommerce/customer-carriers.list": "test_carriers_follow_days_of_service",
    "ecommerce/inventory-available-dates.list": "test_available_dates_are_days_of_service",
    "ecommerce/inventory.get": "test_shop_follows_what_is_bought",
    "ecommerce/inventory.list": "test_shop_follows_what_is_bought",
    "v2/user/e-commerce": "test_new_user_signs_in_and_buys_for_its_customers",
}
