"""A request as another tool wrote it, before anybody knows whether Komet has such a method."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from komet_console.exchange import Body, Pair, find_error
from komet_console.workspace.collections.addresses import parse_query, split_url

__all__ = ["Request", "body_of_text", "parse_form", "parse_query", "same_type", "split_url"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request in neutral terms. Secrets are still in it as they were written; `repr` hides nothing, so log none.

    `url` stands without its query; `notes` are whole sentences about what could not be carried over.
    """

    verb: str
    url: str
    query: tuple[Pair, ...] = ()
    headers: tuple[Pair, ...] = ()
    body: Body = field(default_factory=Body)
    notes: tuple[str, ...] = ()


def parse_form(text: str) -> tuple[Pair, ...] | None:
    """The rows of a form body; None where writing them again would not give the same text back."""
    rows = parse_query(text)
    again = "&".join(f"{quote(row.name, safe='')}={quote(row.value, safe='')}" for row in rows)

    def folded(one: str) -> str:
        return unquote(one.replace("+", " "), errors="replace")

    return rows if rows and folded(again) == folded(text) and "\n" not in text else None


def same_type(content_type: str, wanted: str) -> bool:
    """Whether a content type is `wanted`, whatever its parameters and case."""
    return content_type.partition(";")[0].strip().casefold() == wanted


def body_of_text(text: str, content_type: str) -> Body:
    """The body that a text with a content type is; a text without a type is JSON where it can be read as JSON."""
    kind = content_type.partition(";")[0].strip().casefold()
    if kind.endswith(("/json", "+json")):
        return Body("json", text, content_type="" if content_type.casefold() == "application/json" else content_type)
    if kind == "application/x-www-form-urlencoded":
        rows = parse_form(text)
        if rows is not None:
            return Body("form", pairs=rows, content_type="" if content_type.casefold() == kind else content_type)
        return Body("raw", text, content_type=content_type)
    if not kind and text.lstrip()[:1] in ("{", "[") and find_error(text) is None:
        return Body("json", text)
    return Body("raw", text, content_type=content_type) if text or kind else Body()
