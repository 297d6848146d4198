"""Search over the methods: name, title, aliases, needs of the guides, field names; tolerant to typing errors.

A query's words are matched against the vocabulary of all entries (exact, beginning, part, nearly), and each method
collects the best match of every word, weighted by where the word stands. A method whose *name* is used up by the
query comes first, so "customer list" finds `customer.list` before `customer.shipto.list`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from komet_console.patterns import pattern
from komet_console.records import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from komet_console.catalogue.loading import Catalogue
    from komet_console.catalogue.model import Summary

TIERS = ("name", "title", "aliases", "needs", "group", "fields")
_WEIGHTS = (10.0, 6.0, 6.0, 4.0, 4.0, 1.5)
_SYNONYMS = {
    "air": ("awb",),
    "airwaybill": ("awb",),
    "waybill": ("awb",),
    "po": ("purchase", "order"),
    "pos": ("purchase", "order"),
    "client": ("customer",),
    "buyer": ("customer",),
    "farm": ("vendor", "grower"),
    "farms": ("vendor", "grower"),
    "grower": ("vendor",),
    "growers": ("vendor",),
    "supplier": ("vendor",),
    "stock": ("inventory",),
    "warehouse": ("location",),
    "password": ("login", "password"),
    "token": ("login", "token"),
    "authenticate": ("login",),
    "color": ("colors", "colour"),
    "colour": ("colors", "color"),
    "cancel": ("delete", "void"),
    "remove": ("delete",),
    "create": ("add", "create"),
    "new": ("add", "create"),
    "edit": ("update",),
    "change": ("update", "change"),
    "get": ("list", "get"),
    "show": ("list", "get"),
    "receipt": ("payment", "receive"),
    "pod": ("pod", "proof"),
    "bill": ("invoice",),
    "order": ("order", "invoice"),
    "freight": ("carrier",),
    "trucker": ("carrier",),
}
_HUMP = pattern(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = pattern(r"[a-z0-9$%]+")
_FUZZY_FROM = 3
"""Shorter words are matched exactly or as a beginning only; every two-letter word resembles too many others."""


def words_of(text: str) -> list[str]:
    """Lower-case words of a text; `camelCase`, dots, slashes and dashes all separate."""
    spaced = text if text.islower() else _HUMP.sub(" ", text).casefold()
    return _WORD.findall(spaced)


def search_rows(operations: Iterable[dict[str, Any]], guides: Any) -> list[list[Any]]:
    """The search table for the index: one row a method, `[name, text per tier...]`; used when compiling."""
    needs: dict[str, list[str]] = {}
    for need, names in _needs(guides):
        for name in names:
            needs.setdefault(name, []).append(need)
    rows = []
    for one in operations:
        operation = one["operation"]
        fields = sorted(set(_field_words(operation)))
        rows.append(
            [
                one["name"],
                one["name"].split(":")[0],
                operation["summary"],
                " ".join(operation.get("x-komet-aliases", ())),
                " ".join(needs.get(one["name"], ())),
                operation["tags"][0],
                " ".join(fields),
            ]
        )
    return rows


def _needs(value: Any) -> Iterable[tuple[str, list[str]]]:
    """All `(need, methods)` pairs in the guides, wherever they are nested."""
    if isinstance(value, dict):
        if "need" in value and "methods" in value:
            yield str(value["need"]), list(value["methods"])
        for one in value.values():
            yield from _needs(one)
    elif isinstance(value, list):
        for one in value:
            yield from _needs(one)


def _field_words(operation: dict[str, Any]) -> Iterable[str]:
    for parameter in operation.get("parameters", ()):
        yield from (*words_of(parameter["name"]), parameter["name"].casefold())

    def below(schema: Any) -> Iterable[str]:
        if isinstance(schema, dict):
            for name, sub in schema.get("properties", {}).items():
                yield from (*words_of(name), name.casefold())
                yield from below(sub)
            yield from below(schema.get("items"))

    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from below(content.get("schema"))


@record
class Hit:
    """One search result; `score` only orders hits of one query."""

    summary: Summary
    score: float


@dataclass(slots=True)
class _Entry:
    summary: Summary
    tiers: dict[str, float]
    """word -> weight of the best tier it stands in"""
    name_words: tuple[str, ...]
    folded: str
    joined: str


class SearchIndex:
    """Answers queries; built once from the index's search table (a few milliseconds)."""

    def __init__(self, catalogue: Catalogue, rows: Sequence[Sequence[str]]) -> None:
        self._entries: list[_Entry] = []
        for name, *texts in rows:
            summary = catalogue.summaries.get(name)
            if summary is None:
                continue
            tiers: dict[str, float] = {}
            for weight, text in zip(_WEIGHTS, texts, strict=True):
                # The tiers come in the order of their weights: the first one a word stands in is its best.
                for word in words_of(text):
                    tiers.setdefault(word, weight)
            name_words = tuple(words_of(name.split(":")[0]))
            self._entries.append(_Entry(summary, tiers, name_words, name.casefold(), "".join(name_words)))
        self._vocabulary = sorted({word for entry in self._entries for word in entry.tiers})
        self._matches = lru_cache(maxsize=512)(self._match_word)

    def _match_word(self, word: str) -> dict[str, float]:
        """Vocabulary words that a query word may mean, with a likeness from 0 to 1."""
        found: dict[str, float] = {}
        known = word in self._vocabulary
        if len(word) >= _FUZZY_FROM and not known:
            from rapidfuzz import fuzz, process  # only when somebody mistypes; the window loads it in its first pause

            for candidate, score, _ in process.extract(
                word, self._vocabulary, scorer=fuzz.ratio, limit=12, score_cutoff=72
            ):
                found[candidate] = 0.55 * score / 100
        for candidate in self._vocabulary:
            if candidate.startswith(word):
                found[candidate] = 0.75 + 0.2 * len(word) / len(candidate)
            elif len(word) >= _FUZZY_FROM and word in candidate:
                found[candidate] = max(found.get(candidate, 0.0), 0.55)
        for synonym in _SYNONYMS.get(word, ()):
            found[synonym] = max(found.get(synonym, 0.0), 0.8)
        if word in found or known:
            found[word] = 1.0
        return found

    def search(self, text: str, *, limit: int | None = None) -> list[Hit]:
        """Methods that fit the text, best first; an empty text finds nothing."""
        query = words_of(text)
        if not query:
            return []
        folded = text.strip().casefold()
        joined = "".join(query)
        pairs = [first + second for first, second in pairwise(query)]
        matches = [self._matches(word) for word in query]
        pair_matches = [{word: score for word, score in self._matches(pair).items() if score > 0.5} for pair in pairs]
        hits = []
        for entry in self._entries:
            scores = [_best(match, entry.tiers) for match in matches]
            for position, match in enumerate(pair_matches):
                together = _best(match, entry.tiers)
                scores[position] = max(scores[position], together)
                scores[position + 1] = max(scores[position + 1], together)
            missed = sum(1 for score in scores if score == 0.0)
            if missed == len(scores) or missed > len(scores) // 2:
                continue
            used = sum(
                max((match.get(word, 0.0) for match in (*matches, *pair_matches)), default=0.0)
                for word in entry.name_words
            )
            score = sum(scores) / len(scores) * (0.4**missed) + 4.0 * used / len(entry.name_words)
            if len(query) > 1 and joined in entry.tiers:
                score += 12.0
            if entry.folded == folded or entry.joined == joined:
                score += 100.0
            elif entry.folded.startswith(folded):
                score += 6.0
            hits.append(Hit(entry.summary, score))
        hits.sort(key=lambda hit: (-hit.score, len(hit.summary.name), hit.summary.name))
        return hits if limit is None else hits[:limit]


def _best(match: dict[str, float], tiers: dict[str, float]) -> float:
    return max((likeness * tiers[word] for word, likeness in match.items() if word in tiers), default=0.0)


def nearest_names(catalogue: Catalogue, name: str, limit: int = 3) -> tuple[str, ...]:
    """The method names most like a mistyped one, best first; empty when nothing resembles it."""
    from rapidfuzz import fuzz, process

    folded = {own.casefold(): own for own in catalogue.summaries}
    folded |= {alias.casefold(): row.name for row in catalogue.summaries.values() for alias in row.aliases}
    found = process.extract(name.strip().casefold(), list(folded), scorer=fuzz.ratio, limit=limit * 2, score_cutoff=60)
    names = list(dict.fromkeys(folded[candidate] for candidate, _, _ in found))
    if len(names) < limit:
        names += [hit.summary.name for hit in catalogue.search(name, limit=limit) if hit.summary.name not in names]
    return tuple(names[:limit])
