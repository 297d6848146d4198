"""Which cards of a long list are made: a list of thousands has controls for those that are seen. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["ALL", "A_TURN", "Run", "needed", "runs"]

ALL = 12
"""Lists of so many elements have all their cards."""
A_TURN = 6
"""Cards of a long list that are made at a time."""
_AROUND = 8
"""Cards above and below what is seen."""


class Run(NamedTuple):
    """Elements that stand one below the other and have no card."""

    first: int
    length: int


def needed(count: int, opened: Iterable[int], seen: tuple[int, int], focused: int | None) -> list[int]:
    """The elements that need a card, what is seen first.

    The first and the last ones, and those beside the one with the keyboard, are where Tab goes next.

    Args:
        opened: Those whose fields are shown.
        seen: The first and the last that are seen.
    """
    if count <= ALL:
        return list(range(count))
    first, last = seen
    near = range(first - _AROUND, last + _AROUND + 1)
    beside = () if focused is None else range(focused - 1, focused + 2)
    wanted = [*range(first, last + 1), *opened, *beside, 0, 1, count - 2, count - 1, *near]
    return list(dict.fromkeys(one for one in wanted if 0 <= one < count))


def runs(made: Sequence[int], count: int) -> list[Run | int]:
    """The list from top to bottom: elements that have a card (in order), and runs of those that have none."""
    found: list[Run | int] = []
    at = 0
    for one in made:
        if one > at:
            found.append(Run(at, one - at))
        found.append(one)
        at = one + 1
    if at < count:
        found.append(Run(at, count - at))
    return found
