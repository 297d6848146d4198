"""A request as another tool wrote it, before anybody knows whether Komet has such a method."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote

from komet_console.exchange import Body, Pair, find_error
from komet_console.workspace.collections.addresses import parse_query, split_url

__all__ = [
    "Request",
    "body_of_text",
    "graphql_text",
    "parse_form",
    "parse_query",
    "parts_of_text",
    "same_type",
    "split_url",
    "with_scheme",
    "without_old_boundary",
]


_BLANK = re.compile(r"(\r?\n\r?\n)")


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


def without_old_boundary(request: Request) -> Request:
    """A form of parts gets its boundary when it is sent; the header beside it in a file would name none, or another."""
    if request.body.kind != "multipart":
        return request
    rest = tuple(
        row
        for row in request.headers
        if row.name.casefold() != "content-type" or not same_type(row.value, "multipart/form-data")
    )
    return replace(request, headers=rest)


def with_scheme(url: str) -> str:
    """An address with the scheme that people leave out; one that begins with a variable stays as it is."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://|\{\{", url):
        return url
    local = re.match(r"(?:localhost|127\.|\[::1\])", url, re.IGNORECASE)
    return f"{'http' if local else 'https'}://{url}"


def graphql_text(query: str, variables: Any) -> str:
    """GraphQL over HTTP: the JSON that is sent; `variables` as values, or as the text that a tool keeps them as."""
    if isinstance(variables, str) and variables.strip():
        with contextlib.suppress(ValueError, RecursionError):
            variables = json.loads(variables)
    made = {"query": query} | ({"variables": variables} if variables else {})
    return json.dumps(made, indent=2, ensure_ascii=False)


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


def parts_of_text(text: str, content_type: str) -> tuple[Pair, ...]:
    """The rows of a form of parts that was written down as text; a file's row has its name and, as value, what was written."""
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if boundary is None:
        return ()
    rows = []
    for part in re.split(rf"(?:^|\r?\n)--{re.escape(boundary[1])}(?:--)?[ \t]*(?:\r?\n|$)", text):
        head, found, content = _BLANK.split(part, 1) if _BLANK.search(part) else (part, "", "")
        name = re.search(r'form-data;.*?\bname="([^"\r\n]*)"', head, re.IGNORECASE)
        if name is None or not found:
            continue
        file = re.search(r'\bfilename="([^"\r\n]*)"', head, re.IGNORECASE)
        kind = re.search(r"^content-type:[ \t]*(.+?)[ \t\r]*$", head, re.IGNORECASE | re.MULTILINE)
        usual = kind[1] if kind else ""
        rows.append(Pair(_plain(name[1]), content, file=_plain(file[1]) if file else "", content_type=usual))
    return tuple(rows)


def _plain(name: str) -> str:
    """A name of a part as browsers and curl escape it."""
    return re.sub(r"%(22|0[AaDd])", lambda found: chr(int(found[1], 16)), name).replace('\\"', '"')
