"""Every filter of every list method, driven against the full list filtered here in Python.

A method's full lists are what it answers to its widest inputs (`bases`); `helpers.list_filters` declares how rows answer
each filter. Filters of lines keep the lines that match and the rows that have any.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers.list_filters.goods import GOODS
from helpers.list_filters.kinds import Fields, Filter, Look, Row
from helpers.list_filters.orders import ORDERS

from komet_console.catalogue import load

CATALOGUE = load()
LISTINGS = {**GOODS, **ORDERS}
MOST_VALUES = 3


def filters_of(name: str) -> set[str]:
    """The inputs of a method that are neither token nor header."""
    method = CATALOGUE.method(name)
    headers = {one.name for one in method.headers}
    return {one.name for one in method.input if one.type != "token" and one.name not in headers}


def lists() -> list[str]:
    """The methods that read and answer a list."""
    methods = (CATALOGUE.method(name) for name in sorted(CATALOGUE.summaries))
    return [one.name for one in methods if one.effect == "read" and one.outcome.list]


def listed(sandbox: Any, name: str, fields: Fields) -> list[Row]:
    answer = sandbox.call(name, LISTINGS[name].token, **fields)
    key = CATALOGUE.method(name).outcome.list
    assert answer.status == 200, (fields, answer.text)
    if name == "credit.details.list" and answer.json["message"] == "credits not found.":
        return []
    rows: list[Row] = answer.json[key]
    if name == "ecommerce/inventory.list":
        return [{**row, "shopKey": f"{row['inventoryOrigin']}-{row['inventoryLineIds']}"} for row in rows]
    return rows


def filtered(look: Look, one: Filter, rows: list[Row], sent: str, base: Fields) -> list[Row]:
    """The rows that answer a filter, with the lines that do."""

    def keeps(row: Row) -> bool:
        return one.keeps([value for place in one.places for value in look.values(row, place)], sent, base)

    if one.lines is None:
        return [row for row in rows if keeps(row)]
    narrowed = [{**row, one.lines: [line for line in row[one.lines] if keeps(line)]} for row in rows]
    return [row for row in narrowed if row[one.lines]]


def to_send(look: Look, one: Filter, rows: list[Row]) -> list[str]:
    """Some values found in the rows, spread over all of them, and the extra ones."""
    among = rows if one.lines is None else [line for row in rows for line in row[one.lines]]
    found: set[str] = set()
    for row in among:
        for value in (value for place in one.places for value in look.values(row, place)):
            made = one.sends(value)
            found |= {made} if isinstance(made, str) else set(made)
    values = sorted(value for value in found if value.strip())
    step = max(1, len(values) // MOST_VALUES)
    return [*values[::step], *one.extra]


def test_every_filter_of_every_list_is_declared() -> None:
    assert sorted(LISTINGS) == [name for name in lists() if filters_of(name)]
    for name, listing in LISTINGS.items():
        assert listing.filters.keys() | listing.exempt.keys() == filters_of(name), name
        assert not listing.filters.keys() & listing.exempt.keys(), name


@pytest.fixture(scope="module")
def known(shared_sandbox: Any) -> tuple[Look, dict[str, list[tuple[Fields, list[Row]]]]]:
    """What rows say, and the full lists that were read."""
    return Look(shared_sandbox), {}


@pytest.mark.parametrize(
    ("name", "filter_name"), [(name, one) for name, listing in LISTINGS.items() for one in listing.filters]
)
def test_filter_answers_what_filtering_the_full_list_does(
    shared_sandbox: Any, known: Any, name: str, filter_name: str
) -> None:
    listing = LISTINGS[name]
    one = listing.filters[filter_name]
    look, lists_read = known
    if name not in lists_read:
        lists_read[name] = [(base, listed(shared_sandbox, name, base)) for base in listing.bases]
    full = lists_read[name]
    if one.alone:
        full = [({}, [row for _, rows in full for row in rows])]
    told = 0
    for base, rows in full:
        for sent in to_send(look, one, rows):
            expected = filtered(look, one, rows, sent, base)
            found = listed(shared_sandbox, name, {**base, filter_name: sent})
            assert in_any_order(found) == in_any_order(expected), (base, sent)
            told += bool(found)
    assert told, "no value of the filter found anything"


def in_any_order(rows: list[Row]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)
