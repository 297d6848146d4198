"""From another tool's request to a draft of a Komet method. Secrets leave the draft and are handed back apart."""

from __future__ import annotations

from dataclasses import dataclass, field

from komet_console.catalogue import Catalogue, Method
from komet_console.exchange import Draft
from komet_console.interchange.model import Request
from komet_console.texts import said
from komet_console.workspace.collections.addresses import Address, address_of, shown
from komet_console.workspace.collections.references import FoundSecret, take_out

__all__ = ["Address", "Recognised", "address_of", "to_draft"]


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
            notes.append(
                said(
                    "{name} is documented as {verb}; the request says {other}, and that was kept.",
                    name=name,
                    verb=method.verb,
                    other=verb,
                )
            )
    draft = Draft(name, request.query, request.headers, request.body, verb=verb, path=path)
    taken = take_out(draft)
    notes += [
        said("The {place} was replaced by {{{{{name}}}}}.", place=one.place, name=one.name) for one in taken.secrets
    ]
    if method is None:
        notes.append(said("No Komet method has the address {url}.", url=shown(request.url)))
    return Recognised(taken.draft, method, address.base_url, taken.token, taken.secrets, tuple(notes))
