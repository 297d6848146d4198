"""Finding entries of the history: what is asked for, as SQL."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from komet_console.workspace.records import Entry, storable, tag

__all__ = ["COLUMNS", "NOT_DELETED", "Day", "Filter", "Page", "entry", "query"]

COLUMNS = (
    "id, at, day, method, verb, url, environment, token, status, outcome, failure, sentence, findings, milliseconds, size,"
    " indexed_whole, dropped"
)
"""Of the table `history`, in the order of `Entry`."""
NOT_DELETED = "history.id NOT IN (SELECT id FROM history_trash)"
"""Holds for entries that were not deleted, also where that can still be undone."""
FAILED = "failed"
"""Stands for every outcome without a whole answer."""
_WORD = re.compile(r"\w", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for; what is empty or None does not count. All conditions must hold."""

    text: str = ""
    """Words in method, URL, sentence, request or answer; each may be the beginning of one. "Quoted words" stay together."""
    method: str = ""
    status: int | tuple[int, int] | None = None
    """An HTTP status, or the first and the last of a range: (400, 499)."""
    outcome: str = ""
    """A value of `OutcomeKind`, or `failed` for calls that got no whole answer."""
    environment: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """Both are part of the range."""
    day: str = ""
    """One day, `YYYY-MM-DD`."""


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, the newest first. `more` is what to pass as `before` for the next page, None at the end."""

    entries: tuple[Entry, ...]
    more: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day that has entries, and how many."""

    day: str
    entries: int


def query(wanted: Filter, what: str, before: int | None = None) -> tuple[str, list[Any]]:
    """A SELECT of `what` without its end (ORDER BY, LIMIT), and its arguments."""
    conditions = [NOT_DELETED]
    arguments: list[Any] = []

    def add(condition: str, *values: Any) -> None:
        conditions.append(condition)
        arguments.extend(values)

    match = _match(wanted)
    number = "history_text.rowid" if match else "history.id"
    source = "history"
    if match:
        # CROSS keeps the order of the tables: the index of texts yields its hits newest first, page by page.
        source = "history_text CROSS JOIN history ON history.id = history_text.rowid"
        add("history_text MATCH ?", match)
    if before is not None:
        add(f"{number} < ?", before)
    if wanted.method:
        add("method = ?", storable(wanted.method))
    if isinstance(wanted.status, int):
        add("status = ?", wanted.status)
    elif wanted.status is not None:
        add("status BETWEEN ? AND ?", *wanted.status)
    if wanted.outcome == FAILED:
        add("failure <> ''")
    elif wanted.outcome:
        add("outcome = ?", storable(wanted.outcome))
    if wanted.environment:
        add("environment = ?", storable(wanted.environment))
    # Entries are numbered nearly by time: the bounds save looking at the others, the moment itself (+: not its index) decides.
    if wanted.since is not None:
        since = int(wanted.since.timestamp() * 1000)
        add(f"+at >= ? AND {number} >= (SELECT min(id) FROM history WHERE at >= ?)", since, since)
    if wanted.until is not None:
        until = int(wanted.until.timestamp() * 1000)
        add(f"+at <= ? AND {number} <= (SELECT max(id) FROM history WHERE at <= ?)", until, until)
    if wanted.day:
        add("day = ?", storable(wanted.day))
    return f"SELECT {what} FROM {source} WHERE {' AND '.join(conditions)}", arguments


def order(wanted: Filter) -> str:
    """The end of a query for a page."""
    return "ORDER BY history_text.rowid DESC" if _match(wanted) else "ORDER BY history.id DESC"


def _match(wanted: Filter) -> str:
    """What the index of texts is asked for; it may find too much, never too little."""
    found = []
    if words := match_expression(wanted.text):
        found.append(f"text : ({words})")
    facts = []
    if wanted.method:
        facts.append(tag("m", wanted.method))
    if wanted.environment:
        facts.append(tag("e", wanted.environment))
    if wanted.outcome:
        facts.append("failed" if wanted.outcome == FAILED else tag("o", wanted.outcome))
    if wanted.day and (day := re.sub(r"\D", "", wanted.day)):
        facts.append(f"d{day}")
    if isinstance(wanted.status, int):
        facts.append(f"s{wanted.status}")
    found += [f'tags : "{fact}"' for fact in facts]
    if isinstance(wanted.status, tuple):
        classes = range(wanted.status[0] // 100, wanted.status[1] // 100 + 1)
        if 0 < len(classes) < 10:
            found.append("tags : (" + " OR ".join(f'"s{one}xx"' for one in classes) + ")")
    return " AND ".join(found)


def match_expression(text: str) -> str:
    """What the user typed in the language of FTS5: every word counts as the beginning of one; nothing is an operator."""
    text = storable(text.replace("\x00", " "))
    phrases = []
    for number, part in enumerate(text.split('"')):
        quoted = number % 2 == 1
        pieces = [part] if quoted else part.split()
        phrases += [f'"{piece}"' + ("" if quoted else "*") for piece in pieces if _WORD.search(piece)]
    return " AND ".join(phrases)


def entry(row: sqlite3.Row) -> Entry:
    """A row of `COLUMNS` as an entry."""
    values = list(row)[:17]
    values[1] = datetime.fromtimestamp(values[1] / 1000, UTC)
    values[15] = bool(values[15])
    return Entry(*values)
