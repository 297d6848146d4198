"""What can be called: every method of the API, its fields, samples, explanations and checks.

Public surface; everything else in this room is private to it. The room reads its own resources and does no other I/O.
"""

from __future__ import annotations

from komet_console.catalogue.calls import Call, Finding, Severity
from komet_console.catalogue.loading import Catalogue, UnknownMethodError, load
from komet_console.catalogue.model import Effect, Field, Method, Problem, Sample, Summary, TokenKind, Value

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
