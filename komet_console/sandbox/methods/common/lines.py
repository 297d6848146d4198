"""Reading the lines of an order that a request carries: what a box holds, how many, for how much.

Most of these fields were inferred, so the gate lets anything through; here they have to make sense: `Invalid` otherwise.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from komet_console.sandbox.business.ordering import Pack, Part
from komet_console.sandbox.context import Call, Invalid, Refused
from komet_console.sandbox.methods.common.references import find, find_box_type, find_product
from komet_console.sandbox.store import tables as t

_MOST = 100_000
_MOST_STEMS = 10_000
_UNIT_TYPES = {"stem": "Stem", "bunch": "Bunch"}


def whole(values: dict[str, Any], name: str, place: str, *, least: int = 1, most: int = _MOST) -> int:
    """A whole number that has to be there."""
    value = values.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Invalid(f"{place}{name} must be a whole number from {least} to {most}")
    return value


def elements(values: dict[str, Any], name: str, place: str) -> list[dict[str, Any]]:
    """A list of objects that may be left out."""
    listed = values.get(name) or []
    if not isinstance(listed, list):
        raise Invalid(f"{place}{name} must be a list")
    return listed


def amount(values: dict[str, Any], name: str, place: str) -> Decimal | None:
    """A price or cost that may be left out; not negative."""
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, Decimal) or value < 0:
        raise Invalid(f"{place}{name} must be a number from 0 on, with 2 decimals at most")
    return value


def text(values: dict[str, Any], name: str, place: str) -> str | None:
    """Text that may be left out."""
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"{place}{name} must be text")
    return value


def unit_type(values: dict[str, Any], place: str) -> str:
    """Stem or Bunch, in whatever case."""
    known = _UNIT_TYPES.get(str(values.get("unitType", "")).strip().lower())
    if known is None:
        raise Invalid(f"{place}unitType must be Stem or Bunch")
    return known


def read_pack(call: Call, values: dict[str, Any], place: str) -> Pack:
    """What a box of an element holds: product, box type, unit, bunches, stems and, for a mixed box, its composition.

    The bunches of the composition have to add up to the bunches of the box.
    """
    product = find_product(call, values)
    box_type = find_box_type(call, values)
    assert product is not None
    assert box_type is not None
    bunches = whole(values, "bunches", place)
    stems = whole(values, "stemsBunch", place, most=_MOST_STEMS)
    kind = unit_type(values, place)
    parts = []
    for position, part in enumerate(elements(values, "breakdowns", place)):
        inside = f"{place}breakdowns[{position}]."
        piece = find_product(call, part)
        assert piece is not None
        parts.append(
            Part(
                product_id=piece.id,
                bunches=whole(part, "bunches", inside),
                stems_bunch=whole(part, "stemsBunch", inside, most=_MOST_STEMS) if "stemsBunch" in part else stems,
                price=amount(part, "price", inside),
            )
        )
    made_of = sum(part.bunches for part in parts)
    if parts and made_of != bunches:
        raise Refused(f"{place}breakdowns add up to {made_of} bunches, but a box has {bunches}")
    return Pack(product.id, box_type.id, kind, bunches, stems, tuple(parts))


def read_vendor(call: Call, values: dict[str, Any]) -> int | None:
    """The vendor an element names by id, code or name; a vendor token's own one whatever is named."""
    if call.vendor_id is not None:
        return call.vendor_id
    row = find(
        call,
        t.vendors,
        "vendor",
        id=values.get("vendorId"),
        code=values.get("vendorCode"),
        name=values.get("vendorName"),
    )
    return None if row is None else row.id
