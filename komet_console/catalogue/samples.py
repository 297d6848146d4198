"""Samples: the stored ones carry dates around an anchor day; what leaves here carries dates around today."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from komet_console.catalogue.model import Sample
from komet_console.catalogue.parsing import JSON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from komet_console.catalogue.model import Field, Method

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})([ T]\d{2}:\d{2}:\d{2})?")
_US = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


def _shifted_text(text: str, days: timedelta) -> str:
    if match := _ISO.fullmatch(text):
        moved = date.fromisoformat(match[1]) + days
        return moved.isoformat() + (match[2] or "")
    if match := _US.fullmatch(text):
        moved = date(int(match[3]), int(match[1]), int(match[2])) + days
        return f"{moved:%m/%d/%Y}"
    return text


def shifted(value: Any, days: timedelta) -> Any:
    """A copy of the value with every text (and key) that is a date or a moment moved by so many days."""
    if isinstance(value, dict):
        return {_shifted_text(key, days): shifted(one, days) for key, one in value.items()}
    if isinstance(value, list):
        return [shifted(one, days) for one in value]
    return _shifted_text(value, days) if isinstance(value, str) else value


def _needed(fields: Iterable[Field], value: dict[str, Any]) -> dict[str, Any]:
    """The required part of an object: required fields, and the conditional ones that the sample fills."""
    kept = {}
    for field in fields:
        if field.name not in value or not (field.required or field.required_when):
            continue
        content = value[field.name]
        if field.children and isinstance(content, list):
            content = [_needed(field.children, one) if isinstance(one, dict) else one for one in content]
        elif field.children and isinstance(content, dict):
            content = _needed(field.children, content)
        kept[field.name] = content
    return kept


def build_sample(method: Method, anchor: date, today: date, *, required_only: bool) -> Sample:
    """The method's sample around `today`; see `Catalogue.sample`."""
    operation = method.operation
    stored = operation.get("x-komet-sample", {})
    query = stored.get("query")
    body = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("example")
    headers = stored.get("headers", {})
    if required_only:
        query = None if query is None else _needed(method.parameters, query)
        body = None if body is None else _needed(method.body, body)
        headers = _needed(method.headers, headers)
    days = today - anchor
    response = operation["responses"]["200"]["content"][JSON].get("example")
    return Sample(
        query=shifted(query, days),
        headers=shifted(headers, days),
        body=shifted(body, days),
        response=shifted(response, days),
    )
