"""The catalogue as terminal text, and as the stable JSON of `--json` (documented in docs/command-line.md)."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

import click

from komet_console.catalogue import Field, Method, Sample, Summary

_WIDTH = 100
_PLACES = {"query": "URL", "body": "body", "header": "header"}


def summary_line(row: Summary) -> str:
    """One row of the list: verb, name, title, effect."""
    old = " (deprecated)" if row.deprecated else ""
    return f"{row.verb:<6} {row.name:<44} {row.title}{old}  [{row.effect}]"


def summary_json(row: Summary) -> dict[str, Any]:
    """The stable JSON of a row."""
    return {
        "name": row.name,
        "verb": row.verb,
        "path": f"/api{row.path}",
        "group": row.group,
        "title": row.title,
        "effect": row.effect,
        "aliases": list(row.aliases),
        "deprecated": row.deprecated,
    }


def field_json(field: Field) -> dict[str, Any]:
    """The stable JSON of a field; keys that say nothing are left out."""
    made: dict[str, Any] = {"name": field.name, "in": field.location, "type": field.type_label}
    if field.location != "answer":
        made["required"] = field.required
    optional: dict[str, Any] = {
        "requiredWhen": field.required_when,
        "description": field.description,
        "values": {one.value: one.meaning for one in field.values},
        "separator": field.separator,
        "format": field.format,
        "keyFormat": field.key_format,
        "spelling": field.spelling,
        "lookup": field.lookup,
        "origin": field.origin.method if field.origin else "",
        "originList": (field.origin.list or "") if field.origin else "",
        "example": field.example,
        "documentedType": field.documented_type,
        "inferred": field.inferred,
        "inferredParts": list(field.inferred_parts),
        "conditional": field.conditional,
        "transactional": field.transactional,
        "nullable": field.nullable,
        "fields": [field_json(child) for child in field.children],
        "elements": field_json(field.element) if field.element else None,
        "entries": field_json(field.entries) if field.entries else None,
    }
    made.update({key: value for key, value in optional.items() if value not in (None, "", False, [], {})})
    return made


def method_json(method: Method, sample: Sample) -> dict[str, Any]:
    """The stable JSON of a method."""
    outcome = method.outcome
    return {
        **summary_json(method.summary),
        "description": method.description,
        "tokens": None if method.tokens is None else list(method.tokens),
        "fee": method.fee,
        "places": {
            "token": [{"in": place.location, "name": place.name} for place in method.places.token],
            "input": list(method.places.input),
        },
        "input": [field_json(field) for field in method.input],
        "answer": [field_json(field) for field in method.answer],
        "outcome": {
            "field": outcome.field,
            "success": list(outcome.success),
            "message": outcome.message,
            "list": outcome.list,
            "nothingFound": list(outcome.nothing_found),
            "elements": outcome.elements.list if outcome.elements else None,
            "failed": outcome.failed,
        },
        "limits": {
            "dateRanges": [
                {"from": one.start, "to": one.end, "days": one.days, "months": one.months}
                for one in method.limits.date_ranges
            ],
            "items": [{"field": one.field, "most": one.most} for one in method.limits.items],
            "rows": method.limits.rows,
            "requestBytes": method.limits.request_bytes,
            "fileBytes": method.limits.file_bytes,
        },
        "rules": list(method.rules),
        "errors": [{"code": one.code, "message": one.message, "where": one.where} for one in method.errors],
        "coverage": {
            "input": method.coverage.input,
            "output": method.coverage.output,
            "inferred": list(method.coverage.inferred),
        },
        "sources": list(method.sources),
        "sample": {
            "query": sample.query,
            "headers": sample.headers,
            "body": sample.body,
            "response": sample.response,
        },
    }


def _wrapped(text: str, indent: str, further: str | None = None) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if further is None else further,
        break_on_hyphens=False,
    )


def _field_lines(field: Field, indent: str) -> Iterator[str]:
    name = click.style(field.name, bold=True) if field.required else field.name
    facts = [f"{field.type_label} of {field.element.type_label}" if field.element else field.type_label]
    if field.location == "header":
        facts.append("in a header")
    if field.spelling:
        facts.append(field.spelling)
    if field.required:
        facts.append("required")
    if field.required_when:
        facts.append(f"required when {field.required_when}")
    if field.conditional:
        facts.append(f"only {field.conditional}" if field.conditional.startswith("when") else field.conditional)
    if field.separator:
        facts.append(f'list separated by "{field.separator}"')
    if field.format:
        facts.append(field.format)
    if field.key_format:
        facts.append(f"keys {field.key_format}")
    if field.nullable:
        facts.append("may be null")
    if field.transactional:
        facts.append("only with Transactional API Access")
    if field.inferred:
        facts.append("inferred: not seen in the documentation")
    elif field.inferred_parts:
        facts.append(f"inferred: {', '.join(field.inferred_parts)}")
    below = indent + "    "
    head = f"{indent}{field.name}  "
    text = _wrapped("; ".join(facts), head, below)
    yield f"{indent}{name}  {click.style(text.removeprefix(head), dim=True)}"
    if field.description:
        yield _wrapped(field.description, below)
    if field.values:
        yield _wrapped("Values: " + "; ".join(f"{one.value} = {one.meaning}" for one in field.values), below)
    if field.documented_type:
        yield _wrapped(f"The page calls it {field.documented_type}; its sample shows otherwise.", below)
    if field.lookup:
        yield _wrapped(f"Valid values: {field.lookup}", below)
    if field.origin:
        listed = f", listed by {field.origin.list}" if field.origin.list else ""
        yield _wrapped(f"Comes from {field.origin.method}{listed}", below)
    for part in (field.element, field.entries):
        if part and part.description:
            yield _wrapped(f"Each: {part.description}", below)
    inner = (field.element or field.entries or field).children
    for child in inner or field.children:
        yield from _field_lines(child, below)


def _token_text(method: Method) -> str:
    if method.tokens is None:
        return "not stated in the documentation"
    return ", ".join(method.tokens) or "none needed"


def _facts(method: Method) -> Iterator[tuple[str, str]]:
    yield "Effect", method.effect
    yield "Tokens", _token_text(method)
    if method.places.token:
        yield (
            "Token goes into",
            ", or ".join(f"{_PLACES[place.location]} ({place.name})" for place in method.places.token),
        )
    yield "Input goes into", ", or ".join(_PLACES[place] for place in method.places.input)
    fee = {"documented": "a transaction fee is documented", "possible": "may carry a transaction fee"}
    if method.fee != "none":
        yield "Fee", fee[method.fee]
    for limit in method.limits.date_ranges:
        span = f"{limit.months} months" if limit.months else f"{limit.days} days"
        yield "Limit", f"{limit.start} to {limit.end}: {span}" if limit.end else f"{limit.start}: {span} back"
    for item in method.limits.items:
        yield "Limit", f"{item.field}: {item.most} in a call"
    outcome = method.outcome
    if outcome.field:
        told = f"; the text is in {outcome.message}" if outcome.message else ""
        yield "Success", f"{outcome.field} is {' or '.join(map(str, outcome.success))}{told}"
    if outcome.nothing_found:
        yield "Nothing found", "; ".join(outcome.nothing_found)
    if outcome.elements:
        yield "Results one by one", outcome.elements.list
    if outcome.failed:
        yield "Failed ones", outcome.failed
    if method.summary.aliases:
        yield "Also written", ", ".join(method.summary.aliases)
    yield "Documentation seen", f"input {method.coverage.input}, answer {method.coverage.output}"


def method_text(method: Method, sample: Sample) -> str:
    """Everything about a method, readable in a terminal; styles vanish where the terminal has none."""

    def heading(text: str) -> str:
        return "\n" + click.style(text, bold=True, underline=True)

    old = " (deprecated)" if method.summary.deprecated else ""
    lines = [
        click.style(f"{method.name}{old}", bold=True) + f": {method.summary.title}",
        f"{method.verb} /api{method.path}",
        "",
        _wrapped(method.description, ""),
        "",
    ]
    lines += [f"{label + ':':<20} {text}" for label, text in _facts(method)]
    lines.append(heading("Request"))
    for field in method.input:
        lines += _field_lines(field, "  ")
    lines.append(heading("Answer"))
    for field in method.answer:
        lines += _field_lines(field, "  ")
    if method.rules:
        lines.append(heading("Rules"))
        lines += [_wrapped(f"- {rule}", "  ") for rule in method.rules]
    if method.errors:
        lines.append(heading("Known messages"))
        lines += [_wrapped(f"{'-' if one.code is None else one.code}: {one.message}", "  ") for one in method.errors]
    lines.append(heading("Sample (works on a fresh sandbox)"))
    for label, part in (("URL parameters", sample.query), ("Headers", sample.headers), ("Body", sample.body)):
        if part:
            lines += [f"  {label}:", textwrap.indent(json.dumps(part, ensure_ascii=False, indent=2), "  ")]
    lines.append(heading("Sample answer"))
    lines.append(textwrap.indent(json.dumps(sample.response, ensure_ascii=False, indent=2), "  "))
    lines.append(heading("Sources"))
    lines += [f"  {source}" for source in method.sources]
    return "\n".join(lines)
