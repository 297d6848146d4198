"""What can be called: every method of the API, its fields, samples, explanations and checks.

Public surface; everything else in this room is private to it. The room reads its own resources and does no other I/O.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from komet_console.catalogue.loading import Catalogue, UnknownMethodError, load
from komet_console.catalogue.model import Effect, Field, Method, Problem, Sample, Summary, TokenKind, Value

if TYPE_CHECKING:
    from komet_console.catalogue.calls import Call, Finding, Severity

__all__ = [
    "Call",
    "Catalogue",
    "Effect",
    "Field",
    "Finding",
    "Method",
    "Problem",
    "Sample",
    "Severity",
    "Summary",
    "TokenKind",
    "UnknownMethodError",
    "Value",
    "load",
]


def __getattr__(name: str) -> Any:
    """What only checking needs is imported when it is first asked for: a list of methods does without."""
    if name in ("Call", "Finding", "Severity"):
        from komet_console.catalogue import calls

        found = globals()[name] = getattr(calls, name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
