"""Work on large texts beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

__all__ = ["LARGE", "aside"]

T = TypeVar("T")

LARGE = 64 * 1024
"""Characters or bytes up to which a text is worked on at once: handing it to another thread would take longer."""


async def aside(size: int, work: Callable[[], T]) -> T:
    """What `work` makes of a text of that size; on another thread where the event loop would stand still."""
    return work() if size <= LARGE else await asyncio.to_thread(work)
