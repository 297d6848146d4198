"""An address that was edited by hand, back into a draft. No Qt."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from komet_console.catalogue import Method
from komet_console.errors import UserError
from komet_console.exchange import Draft, Pair
from komet_console.exchange.model import PRODUCTION_URL
from komet_console.interchange.model import split_url
from komet_console.texts import said

__all__ = ["with_address"]


def with_address(draft: Draft, method: Method, text: str, base_url: str) -> Draft:
    """The draft with another address. Rows that stay keep their descriptions, switched-off rows stay where they are.

    Args:
        text: A whole address, one without scheme and host, or only `?name=value`.
        base_url: Of the environment, without a final slash.

    Raises:
        UserError: It leads to another machine: that is another environment, not another address.
    """
    address, query = split_url(text.strip())
    return replace(draft, path=_path(address, method, base_url), query=_rows(draft.query, query))


def _path(address: str, method: Method, base_url: str) -> str | None:
    if not address:
        return None
    parts = urlsplit(address)
    path = address
    if parts.scheme or parts.netloc:
        known = (base_url, PRODUCTION_URL)
        base = next((one for one in known if address == one or address.startswith(one + "/")), None)
        if base is None:
            raise UserError(
                said(
                    "This address leads to {host}, and calls go to {other}.",
                    host=parts.netloc or address,
                    other=urlsplit(base_url).netloc,
                ),
                "Choose the environment at the top left; the address here is what comes after its host.",
            )
        path = address[len(base) :]
    path = "/" + path.lstrip("/")
    if path.startswith("/api/") and not method.path.startswith("/api/"):
        path = path[len("/api") :]
    return None if path.rstrip("/") == method.path.rstrip("/") else path


def _rows(before: tuple[Pair, ...], after: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """The rows of the new address in its order; those that are switched off keep their places."""
    left = [row for row in before if row.enabled]
    made = []
    for row in after:
        known = next((one for one in left if one.name == row.name), None)
        if known is not None:
            left.remove(known)
            made.append(replace(known, value=row.value))
        else:
            made.append(row)
    for number, row in enumerate(before):
        if not row.enabled:
            made.insert(min(number, len(made)), row)
    return tuple(made)
