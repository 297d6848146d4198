"""Reading input that the catalogue only inferred: the gate lets it pass whatever it is, a rule cannot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from komet_console.sandbox.context import Invalid

T = TypeVar("T")


def typed(values: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """The value of a field as `kind`, None where it was not sent. Raises Invalid for anything else."""
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Invalid(f"{name} cannot be read as a {_WORDS.get(kind.__name__, kind.__name__)}")
    return value


_WORDS = {"int": "whole number", "Decimal": "number", "str": "text", "bool": "flag", "date": "date", "list": "list"}


def days_between(start: date | None, end: date | None, longest: int, span: str) -> None:
    """Refuse a range of days that is the wrong way round or longer than documented. `span` says the limit in words."""
    if start is None or end is None:
        return
    if end < start:
        raise Invalid("The last date lies before the first")
    if end - start > timedelta(days=longest):
        raise Invalid(f"The dates may lie at most {span} apart")


__all__ = ["days_between", "typed"]
