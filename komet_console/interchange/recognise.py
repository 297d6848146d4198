"""From another tool's request to a draft of a Komet method. Secrets leave the draft and are handed back apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from komet_console.catalogue import Catalogue, Method, Summary
from komet_console.exchange import Draft
from komet_console.interchange.model import Request
from komet_console.workspace.collections.references import FoundSecret, take_out

__all__ = ["Address", "Recognised", "address_of", "to_draft"]

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


@dataclass(frozen=True, slots=True)
class Recognised:
    """A draft ready to be opened. It holds references where secrets stood; they are in `secrets` and kept nowhere here."""

    draft: Draft
    """Of an unknown address: `method` is empty and `path` the whole address as it was written."""
    method: Method | None
    base_url: str
    token: str | None = field(default=None, repr=False)
    secrets: tuple[FoundSecret, ...] = ()
    notes: tuple[str, ...] = ()


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
        if summary is not None:
            return Address(summary, base + (f"/{before}" if before else ""), "/" + rest, exact)
    return Address(None, base, path)


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


def to_draft(request: Request, catalogue: Catalogue) -> Recognised:
    """The request as a draft; see `Recognised` for an address that no method has."""
    address = address_of(catalogue, request.verb, request.url)
    notes = list(request.notes)
    verb: str | None = request.verb.upper()
    path: str | None = request.url
    name = ""
    method = None
    if address.summary is not None:
        method = catalogue.method(address.summary.name)
        name = method.name
        path = None if address.path.rstrip("/") == method.path else address.path
        if verb == method.verb:
            verb = None
        else:
            notes.append(f"{name} is documented as {method.verb}; the request says {verb}, and that was kept.")
    draft = Draft(name, request.query, request.headers, request.body, verb=verb, path=path)
    taken = take_out(draft)
    notes += [f"The {one.place} was replaced by {{{{{one.name}}}}}." for one in taken.secrets]
    if method is None:
        notes.append(f"No Komet method has the address {shown(request.url)}.")
    return Recognised(taken.draft, method, address.base_url, taken.token, taken.secrets, tuple(notes))


def shown(url: str) -> str:
    """An address short enough for a message, without user information."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url[:120]
    host = parts.netloc.rpartition("@")[2]
    return (f"{parts.scheme}://{host}{parts.path}" if host else url)[:120]
