"""Public numbers that a company counts up itself: of orders, payments, lots and boxes."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from komet_console.errors import UserError
from komet_console.sandbox.store.control import counters


class Counter(StrEnum):
    """What is counted, each by company."""

    PREBOOK = "prebook"
    PURCHASE_ORDER = "purchase_order"
    STANDING_ORDER = "standing_order"
    WEB_ORDER = "web_order"
    INVOICE = "invoice"
    PAYMENT = "payment"
    LOT = "lot"
    BOX = "box"


BOX_CODE_PREFIX = "KS"


def take_numbers(connection: Connection, company_id: int, counter: Counter, count: int = 1) -> range:
    """Take the next `count` numbers; no other transaction gets them. Raises UserError for a company without counters."""
    chosen = (counters.c.company_id == company_id) & (counters.c.name == counter.value)
    after = connection.execute(
        update(counters).where(chosen).values(next_value=counters.c.next_value + count).returning(counters.c.next_value)
    ).scalar_one_or_none()
    if after is None:
        raise UserError(f"Company {company_id} has no {counter.value} numbers.", "Reset the sandbox to seed its world.")
    return range(after - count, after)


def take_number(connection: Connection, company_id: int, counter: Counter) -> int:
    """Take the next number."""
    return take_numbers(connection, company_id, counter)[0]


def take_box_codes(connection: Connection, company_id: int, count: int) -> list[str]:
    """Take `count` new box codes, such as KS6400001."""
    return [f"{BOX_CODE_PREFIX}{number}" for number in take_numbers(connection, company_id, Counter.BOX, count)]


def set_next(connection: Connection, company_id: int, counter: Counter, value: int) -> None:
    """Let the next number of a kind be `value`."""
    known = select(counters.c.next_value).filter_by(company_id=company_id, name=counter.value)
    if connection.execute(known).scalar_one_or_none() is None:
        connection.execute(insert(counters).values(company_id=company_id, name=counter.value, next_value=value))
    else:
        connection.execute(
            update(counters).filter_by(company_id=company_id, name=counter.value).values(next_value=value)
        )
