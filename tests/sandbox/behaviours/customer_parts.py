"""What each method of contacts, ship-tos and days of service does, seen through another method."""

from __future__ import annotations

BEHAVIOURS = {
    "customer.contact.list": "test_contact_comes_changes_and_goes",
    "customer.contact.add": "test_contact_comes_changes_and_goes",
    "customer.contact.update": "test_contact_comes_changes_and_goes",
    "customer.contact.delete": "test_contact_comes_changes_and_goes",
    "customer.shipto.list": "test_shipto_comes_changes_and_goes",
    "customer.shipto.add": "test_shipto_comes_changes_and_goes",
    "customer.shipto.update": "test_shipto_comes_changes_and_goes",
    "customer.shipto.delete": "test_shipto_comes_changes_and_goes",
    "customer.day.service.update": "test_days_of_service_decide_the_days_of_delivery",
    "carriers.by.customer.ship.date.list": "test_days_of_service_decide_the_days_of_delivery",
}
