"""Past calls as saved requests: for collections and for other tools. Needs no widget; secrets are masked already."""

from __future__ import annotations

from collections.abc import Iterable

from komet_console.exchange import MASK, Pair
from komet_console.exchange.snippets import PLACEHOLDER, snippet
from komet_console.workspace.collections.model import Collection, Example, RequestItem
from komet_console.workspace.history import Kept

__all__ = ["collection_of", "curl_of", "item_of"]


def item_of(kept: Kept, *, answer: bool = False) -> RequestItem:
    """A past call as a request; with its answer as an example where it is text."""
    examples: tuple[Example, ...] = ()
    response = kept.exchange.response
    if answer and response is not None:
        try:
            body = response.read().decode("utf-8-sig")
            kind = "json" if body.lstrip()[:1] in ("{", "[") else "text"
            examples = (
                Example(
                    f"{response.status} {response.reason}".strip(),
                    response.status,
                    response.reason,
                    tuple(Pair(name, value) for name, value in response.headers),
                    body,
                    kind,
                    verb=kept.entry.verb,
                    url=kept.entry.url,
                ),
            )
        except UnicodeDecodeError:
            examples = ()
    return RequestItem(kept.entry.method or kept.entry.url, kept.draft, kept.entry.sentence, examples=examples)


def collection_of(name: str, kept: Iterable[Kept]) -> Collection:
    """Past calls as one collection, in order."""
    return Collection(name, tuple(item_of(one, answer=True) for one in kept))


def curl_of(kept: Kept) -> str:
    """A past call as a curl command; where a secret was masked stands what is to be filled in."""
    return snippet(kept.exchange.request, "curl").replace(MASK, PLACEHOLDER)
