"""What the tree of methods holds: sections of rows, whole or filtered. Knows the catalogue, paints nothing.

The whole tree:    Favourites, Recent, one section a group, Guides.
The filtered tree: Best matches, the groups that have hits, guides that fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from komet_console.catalogue import Catalogue, Method, Summary
from komet_console.catalogue.searching import nearest_names, words_of
from komet_console.gui.i18n import tr
from komet_console.records import record

__all__ = ["Row", "Section", "filtered_tree", "fitting_guides", "guide_rows", "suggestions", "whole_tree", "why"]

BEST = 6
"""So many hits are repeated on top; with fewer hits the groups are left out."""
MIDDLING = 0.12
"""Hits that score less than this part of the best one only share a common word with the query."""


@record
class Row:
    """One line: a method (`summary` is set) or a guide. `key` is the method's name or the guide's id."""

    key: str
    title: str
    summary: Summary | None = None

    @property
    def name(self) -> str:
        """What is shown: the verb stands beside it, so a name need not repeat it."""
        return self.title if self.summary is None else self.summary.name.split(":")[0]


@record
class Section:
    """A heading with its rows; `counted` ones show how many there are."""

    key: str
    title: str
    rows: tuple[Row, ...]
    counted: bool = True


def _method_rows(summaries: Iterable[Summary]) -> tuple[Row, ...]:
    return tuple(Row(one.name, one.title, one) for one in summaries)


def _pages(catalogue: Catalogue) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = catalogue.knowledge.get("pages", {}).get("pages", [])
    return pages


def guide_rows(catalogue: Catalogue) -> tuple[Row, ...]:
    """All pages of general knowledge, in their order."""
    return tuple(Row(page["key"], page["title"]) for page in _pages(catalogue))


def _named(catalogue: Catalogue, names: Sequence[str]) -> tuple[Row, ...]:
    known = (catalogue.summaries.get(name) for name in dict.fromkeys(names))
    return _method_rows(one for one in known if one is not None)


def whole_tree(catalogue: Catalogue, favourites: Sequence[str], recents: Sequence[str]) -> tuple[Section, ...]:
    """Everything; names that the catalogue does not have are passed over."""
    found = [
        Section("favourites", tr("Favourites"), _named(catalogue, favourites), counted=False),
        Section("recent", tr("Recent"), _named(catalogue, recents), counted=False),
    ]
    found += [Section(f"group:{group}", group, _method_rows(catalogue.in_group(group))) for group in catalogue.groups]
    found.append(Section("guides", tr("Guides"), guide_rows(catalogue), counted=False))
    return tuple(section for section in found if section.rows)


def filtered_tree(catalogue: Catalogue, query: str) -> tuple[Section, ...]:
    """What fits the query; empty when nothing does."""
    hits = catalogue.search(query)
    if hits:
        hits = [hit for hit in hits if hit.score >= MIDDLING * min(hits[0].score, 20.0)]
    found = [Section("best", tr("Best matches"), _method_rows(hit.summary for hit in hits[:BEST]), counted=False)]
    if len(hits) > BEST:
        by_group: dict[str, list[Summary]] = {}
        for hit in hits:
            by_group.setdefault(hit.summary.group, []).append(hit.summary)
        found += [Section(f"group:{group}", group, _method_rows(rows)) for group, rows in by_group.items()]
    found.append(Section("guides", tr("Guides"), fitting_guides(catalogue, query), counted=False))
    return tuple(section for section in found if section.rows)


def fitting_guides(catalogue: Catalogue, query: str) -> tuple[Row, ...]:
    """Guides in whose titles each word of the query begins a word."""
    wanted = words_of(query)
    if not wanted:
        return ()
    found = []
    for page in _pages(catalogue):
        words = {word for part in (page, *page["sections"]) for word in words_of(part["title"])}
        if all(any(word.startswith(one) for word in words) for one in wanted):
            found.append(Row(page["key"], page["title"]))
    return tuple(found)


def _fits(wanted: str, text: str) -> bool:
    return any(word.startswith(wanted) or (len(wanted) > 2 and wanted in word) for word in words_of(text))


MatchPlace = Literal["name", "title", "group", "alias", "need", "field"]


def why(catalogue: Catalogue, method: Method, query: str) -> str:
    """Where the words of a query stand in a method, as one line; empty where they are only like what stands there."""
    needs = _needs_of(catalogue, method.name)
    fields = [field.name for top in method.input for _, field in top.walk()]
    found: list[tuple[MatchPlace, str]] = []
    for wanted in words_of(query):
        if _fits(wanted, method.name):
            continue
        if _fits(wanted, method.summary.title):
            found.append(("title", method.summary.title))
        elif alias := next((one for one in method.summary.aliases if _fits(wanted, one)), ""):
            found.append(("alias", alias))
        elif need := next((one for one in needs if _fits(wanted, one)), ""):
            found.append(("need", need))
        elif _fits(wanted, method.summary.group):
            found.append(("group", method.summary.group))
        elif name := next((one for one in fields if _fits(wanted, one)), ""):
            found.append(("field", name))
    return "\n".join(dict.fromkeys(_said(place, text) for place, text in found if place not in ("title", "group")))


def _said(place: MatchPlace, text: str) -> str:
    if place == "alias":
        return tr("Also written {name}", name=text)
    if place == "need":
        return tr("For: {need}", need=text)
    return tr("Has the field {name}", name=text)


def _needs_of(catalogue: Catalogue, name: str) -> list[str]:
    groups = catalogue.knowledge.get("guides", {}).get("groups", [])
    return [row["need"] for group in groups for row in group["rows"] if name in row["methods"]]


def suggestions(catalogue: Catalogue, query: str) -> tuple[str, ...]:
    """Names that resemble a query that found nothing, else examples of what can be asked."""
    return nearest_names(catalogue, query) or (
        tr("create a prebook"),
        tr("change the price of a purchase order"),
        tr("invoice as PDF"),
    )
