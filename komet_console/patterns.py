"""Regular expressions that are compiled when they are first used.

Compiling takes a millisecond or more each. Those of the modules that every start loads were compiled before the window was
there, and most of them are needed much later or never.
"""

from __future__ import annotations

import re
from typing import Any, cast

__all__ = ["pattern"]


class _Late:
    """Stands for a pattern; keeps what was asked of it, so that only the first time comes by here."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags
        self._made: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = re.compile(self._text, self._flags)
        value = getattr(self._made, name)
        setattr(self, name, value)
        return value


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, which is called as soon as something is asked of the pattern; a mistake in it shows no sooner."""
    return cast("re.Pattern[str]", _Late(text, flags))
