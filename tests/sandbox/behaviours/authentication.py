"""What signing in and asking for a password do, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "login": "test_a_login_acts_for_the_users_customers",
    "login.forgot.password": "test_a_forgotten_password_is_replaced_and_mailed",
}
