"""The last net before anything is written: what is known to be secret, and what stands behind a secret's name."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from komet_console.exchange.model import Body, Draft, Pair
from komet_console.exchange.redaction import SECRET_NAMES, Redactor
from komet_console.patterns import pattern
from komet_console.workspace.collections.references import TOKEN_NAMES, FoundSecret, reference, take_out

__all__ = ["KnownSecrets", "cleaned", "may_name"]

UNKNOWN = "secret"
"""Name of the reference for a secret that is neither the token nor named."""
_TOKEN_BEHIND_NAME = pattern(r"((?:authenticationToken|companyToken|authToken)=)[^&\s#{}\"']+", re.IGNORECASE)
_HINTS = (*sorted({name.lower() for name in (*SECRET_NAMES, *TOKEN_NAMES)}, key=len), "\\u", "://")
"""One of these must be in a text for a secret to stand behind a name in it; names may be written with `\\u` escapes."""
_NAMED = Redactor(mask=reference(UNKNOWN))
SHORTEST = 4
"""Shorter values are left to their names: they would blot out half of every text."""


class KnownSecrets:
    """The secrets that this program has seen since it started, in memory only. Any thread may add and ask."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()

    def add(self, value: str, name: str = "token") -> None:
        """Never let this value be written; drafts get `{{name}}` in its place."""
        if len(value) >= SHORTEST:
            with self._lock:
                self._names[value] = name

    def names(self) -> dict[str, str]:
        """A copy: reference by value."""
        with self._lock:
            return dict(self._names)

    def __repr__(self) -> str:
        return f"<KnownSecrets: {len(self._names)}>"


def cleaned(draft: Draft, known: dict[str, str]) -> tuple[Draft, tuple[FoundSecret, ...]]:
    """The draft with references in the places of its secrets, and what `take_out` found in it.

    Args:
        known: reference by secret value.
    """
    # Most bodies name no secret, and reading a large one member by member for every keystroke takes its time.
    harmless = bool(draft.body.text) and not may_name(draft.body.text)
    taken = take_out(replace(draft, body=replace(draft.body, text="")) if harmless else draft)
    values = {**known, **{one.value: one.name for one in taken.secrets if len(one.value) >= SHORTEST}}
    # Long ones first: a secret may be part of another.
    masks = [Redactor((value,), reference(values[value])) for value in sorted(values, key=len, reverse=True)]

    def mask(text: str) -> str:
        for one in masks:
            text = one.known(text)
        return text

    def net(text: str) -> str:
        if not may_name(text):
            return mask(text)
        masked = mask(text)
        if "=" in masked:
            masked = _TOKEN_BEHIND_NAME.sub(rf"\1{reference('token')}", masked)
        return _NAMED.text(masked)

    made = taken.draft
    if harmless:
        made = replace(made, body=replace(made.body, text=draft.body.text))
    made = replace(
        made,
        path=None if made.path is None else net(made.path),
        query=_rows(made.query, mask, net),
        headers=_rows(made.headers, mask, net),
        body=_body(made.body, mask, net),
    )
    return (draft if made == draft else made), taken.secrets


def may_name(text: str) -> bool:
    """Whether a text may hold a secret's name; False is certain, and quickly told."""
    folded = text.lower()
    return any(hint in folded for hint in _HINTS)


def _rows(pairs: Iterable[Pair], mask: Callable[[str], str], net: Callable[[str], str]) -> tuple[Pair, ...]:
    return tuple(
        replace(one, name=mask(one.name), value=net(one.value), description=net(one.description), file=mask(one.file))
        for one in pairs
    )


def _body(body: Body, mask: Callable[[str], str], net: Callable[[str], str]) -> Body:
    return replace(body, text=net(body.text), pairs=_rows(body.pairs, mask, net), content_type=mask(body.content_type))
