"""The names the world is made of, read from resources/sandbox/words.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from komet_console.resources import resource_path


@dataclass(frozen=True, slots=True)
class Grower:
    """A grower: code, name, port of origin, city."""

    code: str
    name: str
    origin: str
    city: str


@dataclass(frozen=True, slots=True)
class Category:
    """A product category with its usual pack; `cost` is the range of the lowest grade, `step` the surcharge a grade."""

    id: int
    name: str
    network: int
    box: str
    unit: str
    bunches: int
    stems: int
    cost: tuple[Decimal, Decimal]
    code: str
    origins: tuple[str, ...]
    grades: tuple[str, ...]
    step: Decimal
    varieties: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Shop:
    """A customer: name, city, state."""

    name: str
    city: str
    state: str


@dataclass(frozen=True, slots=True)
class Words:
    """All seed words."""

    growers: tuple[Grower, ...]
    categories: tuple[Category, ...]
    customers: tuple[Shop, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    streets: tuple[str, ...]
    comments: tuple[str, ...]
    reasons: tuple[str, ...]
    marks: tuple[str, ...]
    post_harvest: tuple[str, ...]


@cache
def words() -> Words:
    """Read the seed words once."""
    raw: dict[str, Any] = json.loads(
        resource_path("sandbox", "words.json").read_text(encoding="utf-8"), parse_float=Decimal
    )
    return Words(
        growers=tuple(Grower(**grower) for grower in raw["growers"]),
        categories=tuple(_category(category) for category in raw["categories"]),
        customers=tuple(Shop(**shop) for shop in raw["customers"]),
        **{
            name: tuple(raw[name])
            for name in ("first_names", "last_names", "streets", "comments", "reasons", "marks", "post_harvest")
        },
    )


def _category(raw: dict[str, Any]) -> Category:
    low, high = raw["cost"]
    return Category(
        **{
            **raw,
            "cost": (Decimal(low), Decimal(high)),
            "step": Decimal(raw["step"]),
            "origins": tuple(raw["origins"]),
            "grades": tuple(raw["grades"]),
            "varieties": {color: tuple(names) for color, names in raw["varieties"].items()},
        }
    )
