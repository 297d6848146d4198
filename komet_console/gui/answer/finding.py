"""Where a text occurs in another, however long that is. Needs no Qt."""

from __future__ import annotations

import re
from array import array

__all__ = ["MOST", "occurrences"]

MOST = 100_000
"""More occurrences than these are not looked for."""
_STEP = 512 * 1024


def occurrences(text: str, wanted: str, *, match_case: bool) -> array[int]:
    """The offsets of all occurrences that do not overlap, at most `MOST`."""
    found = array("q")
    if not wanted:
        return found
    pattern = re.compile(re.escape(wanted), 0 if match_case else re.IGNORECASE)
    start = 0
    while start < len(text) and len(found) < MOST:
        # A piece at a time: the engine lets nobody else in before it has come to the end.
        for match in pattern.finditer(text, start, min(len(text), start + _STEP + len(wanted) - 1)):
            found.append(match.start())
            if len(found) >= MOST:
                break
        start = max(start + _STEP, found[-1] + len(wanted) if found else 0)
    return found
