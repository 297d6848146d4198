"""What a saved request is handed down by its folders and its collection. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from komet_console.exchange import Draft, Pair
from komet_console.workspace.collections.model import RequestItem

__all__ = ["NOTHING", "Inherited"]


@dataclass(frozen=True, slots=True)
class Inherited:
    """Rows that are sent besides the request's own, variables, and the name of a stored token (empty: none)."""

    headers: tuple[Pair, ...] = ()
    query: tuple[Pair, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    token: str = ""

    @classmethod
    def between(cls, own: RequestItem, resolved: RequestItem) -> Inherited:
        """What the resolved request has besides the one in its own file."""
        return cls(
            tuple(pair for pair in resolved.draft.headers if pair not in own.draft.headers),
            tuple(pair for pair in resolved.draft.query if pair not in own.draft.query),
            {pair.name: pair.value for pair in resolved.variables if pair.enabled and pair.name},
            resolved.token,
        )

    def with_rows(self, draft: Draft) -> Draft:
        """The draft as it is sent; a name that it has itself, switched off or not, is never added."""
        headers = {pair.name.casefold() for pair in draft.headers}
        query = {pair.name for pair in draft.query}
        return replace(
            draft,
            headers=(*draft.headers, *(pair for pair in self.headers if pair.name.casefold() not in headers)),
            query=(*draft.query, *(pair for pair in self.query if pair.name not in query)),
        )


NOTHING = Inherited()
