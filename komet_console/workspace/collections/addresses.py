"""Addresses of requests: which Komet method one means, and how its query is written in a file.

`{{variables}}` stay as they are in every direction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from komet_console.catalogue import Catalogue, Summary
from komet_console.exchange import Pair

__all__ = ["Address", "address_of", "encoded", "join_url", "parse_query", "shown", "split_url"]

_REFERENCE = re.compile(r"(\{\{[^{}]*\}\})")
_BASE = re.compile(r"^(?P<base>[A-Za-z][A-Za-z0-9+.-]*://[^/]*|\{\{[^{}]*\}\}|)(?P<path>.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """Which method an address means.

    `base_url` is what stands before the method's path, `/api` included, without a final slash; it may be a variable.
    """

    summary: Summary | None
    base_url: str
    path: str
    """The rest of the address, with a leading slash."""
    exact: bool = True
    """Whether the verb and the spelling are the catalogue's own."""


def _candidates(path: str) -> list[tuple[str, str]]:
    """Ways to cut a path into what belongs to the base and what names the method, likeliest first."""
    parts = [part for part in path.split("/") if part]
    cuts = [number + 1 for number, part in enumerate(parts) if part.casefold() == "api"]
    cuts += [number for number in range(len(parts)) if number not in cuts]
    return [("/".join(parts[:cut]), "/".join(parts[cut:])) for cut in cuts if cut < len(parts)]


def address_of(catalogue: Catalogue, verb: str, url: str) -> Address:
    """The method that a URL (without its query) means, whatever its host, and what stands before it."""
    match = _BASE.match(url.strip())
    base, path = (match["base"], match["path"]) if match else ("", url)
    for before, rest in _candidates(path):
        summary, exact = _find(catalogue, verb, unquote(rest))
        if summary is not None and ("." in rest or _is_komets(base, before)):
            return Address(summary, base + (f"/{before}" if before else ""), "/" + rest, exact)
    return Address(None, base, path)


def _is_komets(base: str, before: str) -> bool:
    """Whether a common word such as `login` behind this is Komet's and not any site's."""
    host = base.partition("://")[2]
    return not host or "kometsales" in host.casefold() or before.casefold().split("/")[-1] == "api"


def _find(catalogue: Catalogue, verb: str, path: str) -> tuple[Summary | None, bool]:
    exact = catalogue.at(verb, "/" + path)
    if exact is not None:
        return exact, exact.path.strip("/") == path
    folded = path.casefold()
    same = [
        row
        for row in catalogue.summaries.values()
        if row.path.strip("/").casefold() == folded or folded in (alias.casefold() for alias in row.aliases)
    ]
    found = next((row for row in same if row.verb == verb.upper()), same[0] if same else None)
    return found, False


def parse_query(text: str, *, plus_is_space: bool = True) -> tuple[Pair, ...]:
    """The rows of `a=1&b=2`, decoded, duplicates and empty values kept; `{{variables}}` stay as they are."""
    rows = []
    for part in text.split("&"):
        if part:
            name, _, value = part.partition("=")
            rows.append(Pair(_decoded(name, plus_is_space), _decoded(value, plus_is_space)))
    return tuple(rows)


def _decoded(text: str, plus_is_space: bool) -> str:
    parts = _REFERENCE.split(text)
    for number in range(0, len(parts), 2):
        plain = parts[number].replace("+", " ") if plus_is_space else parts[number]
        parts[number] = unquote(plain, errors="replace")
    return "".join(parts)


def split_url(url: str) -> tuple[str, tuple[Pair, ...]]:
    """A URL without query and fragment, and the query's rows."""
    plain = url.partition("#")[0]
    address, _, query = plain.partition("?")
    return address, parse_query(query)


def encoded(text: str) -> str:
    """A text as it stands in a URL's query; references are not encoded."""
    parts = _REFERENCE.split(text)
    return "".join(part if number % 2 else quote(part, safe="", errors="replace") for number, part in enumerate(parts))


def join_url(url: str, rows: Iterable[Pair]) -> str:
    """A URL with the rows that are switched on as its query."""
    sent = [f"{encoded(row.name)}={encoded(row.value)}" for row in rows if row.enabled and row.name]
    return url + ("?" + "&".join(sent) if sent else "")


def shown(url: str) -> str:
    """An address short enough for a message, without user information."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url[:120]
    host = parts.netloc.rpartition("@")[2]
    return (f"{parts.scheme}://{host}{parts.path}" if host else url)[:120]
