"""Checks that JSON Schema cannot express: separated lists, decimals, leading zeros, date ranges, sizes of files."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from komet_console.catalogue.calls import Finding, Severity
from komet_console.texts import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from komet_console.catalogue.model import DateRange, Field, Method

_BASE64_SHARE = 0.75
"""Decoded bytes per character of base64."""


def nearest_key(key: str, known: Iterable[str]) -> str | None:
    """The documented key most like a mistyped one, or None when nothing resembles it."""
    from rapidfuzz import fuzz, process

    best = process.extractOne(
        key.casefold(), {name: name.casefold() for name in known}, scorer=fuzz.ratio, score_cutoff=75
    )
    return best[2] if best else None


def split_list(text: str, separator: str) -> list[str]:
    """The elements of a separated text, blanks around them removed; empty elements stay, they are mistakes."""
    return [one.strip() for one in text.split(separator)]


def field_findings(field: Field, value: Any, pointer: str) -> Iterator[Finding]:
    """Findings about one value beyond its schema."""
    severity = Severity.WARNING if field.inferred else Severity.ERROR
    if field.separator and isinstance(value, str) and value:
        yield from _list_findings(field, value, pointer, severity)
    elif field.type == "decimal":
        yield from _decimal_findings(field, value, pointer, severity)
    elif field.type in ("date", "datetime") and isinstance(value, str) and value:
        yield from _date_findings(field, value, pointer, severity)
    elif field.type == "file":
        size = file_size(value)
        if size is not None and size > 20 * 1024 * 1024:
            yield Finding(
                pointer,
                said("The file has {size:,} bytes; 20 MB are allowed.", size=size),
                Severity.ERROR,
                code="file-too-large",
            )


def _list_findings(field: Field, value: str, pointer: str, severity: Severity) -> Iterator[Finding]:
    elements = split_list(value, field.separator)
    for position, one in enumerate(elements, start=1):
        if not one:
            yield Finding(
                pointer,
                said("Element {position} of the list is empty.", position=position),
                Severity.WARNING,
                said('Elements are separated by "{separator}".', separator=field.separator),
                "empty-element",
            )
    allowed = {one.value.casefold() for one in field.values}
    if allowed:
        for one in elements:
            if one and one.casefold() not in allowed:
                listed = "; ".join(f"{each.value} ({each.meaning})" for each in field.values)
                yield Finding(
                    pointer,
                    said('"{one}" is none of the documented values: {listed}.', one=one, listed=listed),
                    severity,
                    code="not-in-set",
                )


def has_too_many_decimals(field: Field, value: Any) -> bool:
    """Whether a number, in any spelling, has more decimal places than documented; trailing zeros do not count."""
    if field.decimals is None or isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        return False
    try:
        exponent = Decimal(str(value)).normalize().as_tuple().exponent
    except InvalidOperation:
        return False
    return isinstance(exponent, int) and -exponent > field.decimals


def _decimal_findings(field: Field, value: Any, pointer: str, severity: Severity) -> Iterator[Finding]:
    if has_too_many_decimals(field, value):
        yield Finding(
            pointer,
            said("{value} has more than {decimals} decimals.", value=str(value)[:40], decimals=field.decimals),
            severity,
            said("The field is documented as {type_label}.", type_label=field.type_label),
            "too-many-decimals",
        )


def _date_findings(field: Field, value: str, pointer: str, severity: Severity) -> Iterator[Finding]:
    # A value of another form than the pattern is the schema's finding; this one is for a 31 February with a time.
    if field.format != "YYYY-MM-DD" and re.fullmatch(field.pattern, value) and parse_moment(value) is None:
        yield Finding(
            pointer,
            said('"{value}" is not a valid date; write it as {format}.', value=value, format=field.format),
            severity,
            code="wrong-format",
        )


def parse_moment(value: Any) -> datetime | None:
    """A documented date or moment (`YYYY-MM-DD`, with time after a blank or T, `MM/DD/YYYY`), or None."""
    if not isinstance(value, str):
        return None
    for pattern in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%m/%d/%Y"):
        try:
            return datetime.strptime(value.strip(), pattern)  # noqa: DTZ007 - the documentation's moments carry no zone
        except ValueError:
            continue
    return None


def file_size(value: Any) -> int | None:
    """Decoded size in bytes of a file in any of the accepted spellings; None when it is none of them."""
    if isinstance(value, list):
        return len(value)
    if not isinstance(value, str):
        return None
    if "," in value:
        return value.count(",") + 1
    return int(len(value) * _BASE64_SHARE)


def _months_later(start: date, months: int) -> date:
    year, month = divmod(start.month - 1 + months, 12)
    first = date(start.year + year, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(start.day, (following - first).days))


def _last_allowed(limit: DateRange, start: date) -> tuple[date, str]:
    if limit.months:
        return _months_later(start, limit.months), said("{count} months", count=limit.months)
    days = limit.days or 0
    return start + timedelta(days=days), said("{count} days", count=days)


def limit_findings(method: Method, value: dict[str, Any], root: str) -> Iterator[Finding]:
    """Findings about the documented limits of a method: date ranges and numbers of elements."""
    for limit in method.limits.date_ranges:
        start = parse_moment(value.get(limit.start))
        end = parse_moment(value.get(limit.end)) if limit.end else None
        if start is None:
            continue
        if limit.end and end is not None and end < start:
            yield Finding(
                f"/{root}/{limit.end}",
                said("{end} lies before {start}.", end=limit.end, start=limit.start),
                Severity.ERROR,
                code="date-range",
            )
            continue
        until = end.date() if end else datetime.now(UTC).date() if limit.end is None else None
        if until is None:
            continue
        try:
            last, span = _last_allowed(limit, start.date())
        except (ValueError, OverflowError):
            continue
        if until > last:
            broken = (
                said("{start} and {end} may lie at most {span} apart.", start=limit.start, end=limit.end, span=span)
                if limit.end
                else said("{start} may lie back at most {span}.", start=limit.start, span=span)
            )
            yield Finding(
                f"/{root}/{limit.end or limit.start}",
                broken,
                Severity.ERROR,
                "Ask in parts.",
                "date-range",
            )
    for most in method.limits.items:
        content = value.get(most.field)
        field = next((one for one in method.input if one.name == most.field), None)
        if isinstance(content, str) and field is not None and field.separator:
            content = split_list(content, field.separator)
        if isinstance(content, list) and len(content) > most.most:
            yield Finding(
                f"/{root}/{most.field}",
                said(
                    "{field} has {count} elements; {most} are allowed in one call.",
                    field=most.field,
                    count=len(content),
                    most=most.most,
                ),
                Severity.ERROR,
                "Split the request into smaller ones.",
                "too-many",
            )
