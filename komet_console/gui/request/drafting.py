"""Making drafts: the empty request of a method, a sample over or into what is there. No Qt."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from komet_console.catalogue import Method
from komet_console.exchange import TOKEN_REFERENCE, Body, Draft, InvalidJsonError, Pair, beautify
from komet_console.exchange.jsontext import members, strip_comments

__all__ = ["empty_draft", "merged", "over"]


def empty_draft(method: Method) -> Draft:
    """A request with nothing in it but the place of the token."""
    place = method.places.token[0] if method.places.token and method.tokens != () else None
    query = (Pair(place.name, TOKEN_REFERENCE),) if place and place.location == "query" else ()
    headers = (Pair(place.name, TOKEN_REFERENCE),) if place and place.location == "header" else ()
    if not method.body:
        return Draft(method.name, query, headers)
    content = {place.name: TOKEN_REFERENCE} if place and place.location == "body" else {}
    return Draft(method.name, query, headers, Body("json", json.dumps(content, indent=2)))


def over(draft: Draft, sample: Draft) -> Draft:
    """The sample instead of what is there; how the call travels stays as the user set it."""
    return replace(draft, query=sample.query, headers=sample.headers, body=sample.body)


def merged(draft: Draft, sample: Draft) -> Draft:
    """What is there, and what the sample has besides; where the JSON cannot be read the body stays as it is."""
    body = draft.body
    if body.kind == "none":
        body = sample.body
    elif body.kind == "json" and sample.body.kind == "json":
        body = replace(body, text=_merged_text(body.text, sample.body.text))
    return replace(
        draft, query=_missing(draft.query, sample.query), headers=_missing(draft.headers, sample.headers), body=body
    )


def _missing(rows: tuple[Pair, ...], sample: tuple[Pair, ...]) -> tuple[Pair, ...]:
    there = {pair.name.casefold() for pair in rows}
    return (*rows, *(pair for pair in sample if pair.name.casefold() not in there))


def _merged_text(text: str, sample: str) -> str:
    if not text.strip():
        return sample
    try:
        own = {member.name for member in members(text)}
        wanted: dict[str, Any] = json.loads(strip_comments(sample))
        beautify(text)
    except (InvalidJsonError, ValueError):
        return text
    new = {name: value for name, value in wanted.items() if name not in own}
    end = text.rstrip().rfind("}")
    if not new or end < 0:
        return text
    added = json.dumps(new, ensure_ascii=False, indent=2)[1:-1].rstrip()
    before = text[:end].rstrip()
    comma = "," if own else ""
    return f"{before}{comma}{added}\n}}"
