"""Numbers that a rule can work with: counts of something that is there, costs and prices that are not negative."""

from __future__ import annotations

from komet_console.sandbox.context import Call, Refused

LARGEST = 2**31 - 1
"""What the database holds in a whole number; documented fields have up to 10 digits."""


def count_of(call: Call, name: str, *, least: int = 1) -> int:
    """The whole number sent as `name`. Refused below `least` and beyond what can be stored."""
    number: int = call.need(name)
    if number < least:
        raise Refused(f"{name} has to be at least {least}")
    return storable(number, name)


def storable(number: int, name: str) -> int:
    """The number itself. Refused beyond what can be stored."""
    if abs(number) > LARGEST:
        raise Refused(f"{name} is too large; at most {LARGEST} can be kept")
    return number


def refuse_negative(call: Call, *names: str) -> None:
    """Refuse costs and prices below zero."""
    for name in names:
        if call.get(name, 0) < 0:
            raise Refused(f"{name} must not be negative")
