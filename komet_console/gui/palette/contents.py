"""What the palette finds: sections of entries for a text. Knows the catalogue, paints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from komet_console.catalogue import Catalogue, Summary
from komet_console.catalogue.searching import words_of
from komet_console.exchange import Redactor
from komet_console.gui.i18n import tr
from komet_console.gui.sidebar.contents import MIDDLING, fitting_guides

__all__ = ["Entry", "Found", "Kind", "found", "in_short", "offered", "pasted_entry"]

Kind = Literal["method", "tab", "action", "guide", "pasted"]
MOST_METHODS = 20
MOST_RECENT = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be chosen.

    `key` is a method's name, a tab's id, an action's key or a guide's key. `keys` is what stands apart: an action's
    shortcut, the verb of a method or of a tab's request.
    """

    kind: Kind
    key: str
    title: str
    detail: str = ""
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A heading and what stands under it."""

    title: str
    entries: tuple[Entry, ...]


def _method(summary: Summary) -> Entry:
    return Entry("method", summary.name, summary.name.split(":")[0], summary.title, summary.verb)


def _methods(catalogue: Catalogue, names: Iterable[str]) -> tuple[Entry, ...]:
    known = (catalogue.summaries.get(name) for name in dict.fromkeys(names))
    return tuple(_method(one) for one in known if one is not None)


def offered(
    catalogue: Catalogue, tabs: Sequence[Entry], actions: Sequence[Entry], recents: Sequence[str]
) -> tuple[Found, ...]:
    """What stands there before anything is typed."""
    sections = (
        Found(tr("Recent"), _methods(catalogue, recents)[:MOST_RECENT]),
        Found(tr("Open requests"), tuple(tabs)),
        Found(tr("Actions"), tuple(actions)),
    )
    return tuple(section for section in sections if section.entries)


def found(catalogue: Catalogue, query: str, tabs: Sequence[Entry], actions: Sequence[Entry]) -> tuple[Found, ...]:
    """What fits a text; empty when nothing does."""
    hits = catalogue.search(query, limit=MOST_METHODS)
    if hits:
        hits = [hit for hit in hits if hit.score >= MIDDLING * min(hits[0].score, 20.0)]
    methods = Found(tr("Methods"), tuple(_method(hit.summary) for hit in hits))
    fitting_actions = Found(tr("Actions"), _fitting(actions, query))
    guides = Found(tr("Guides"), tuple(Entry("guide", row.key, row.title) for row in fitting_guides(catalogue, query)))
    sections = [Found(tr("Open requests"), _fitting(tabs, query)), methods, fitting_actions, guides]
    # Who begins to write the title of an action or a guide means it; methods are also found by what only resembles.
    named = any(_fits(f"{entry.title} {entry.detail}", query) for entry in methods.entries)
    meant = [section for section in (fitting_actions, guides) if not named or _begins(section, query)]
    sections = [*meant, *(section for section in sections if section not in meant)]
    return tuple(section for section in sections if section.entries)


def _begins(section: Found, query: str) -> bool:
    folded = query.strip().casefold()
    return any(entry.title.casefold().startswith(folded) for entry in section.entries)


def _fitting(entries: Sequence[Entry], query: str) -> tuple[Entry, ...]:
    """Entries in whose titles each word of the query begins a word."""
    return tuple(entry for entry in entries if _fits(entry.title, query))


def _fits(text: str, query: str) -> bool:
    wanted, words = words_of(query), words_of(text)
    return bool(wanted) and all(any(word.startswith(one) for word in words) for one in wanted)


def pasted_entry(text: str) -> Entry:
    """The one thing to do with text that is a whole request; it opens and never sends."""
    return Entry("pasted", "pasted", tr("Open the pasted request"), in_short(text))


def in_short(text: str) -> str:
    """The beginning of a pasted request in one line, its secrets masked."""
    head = " ".join(text[:1000].split())
    return Redactor().text(head)[:120]
