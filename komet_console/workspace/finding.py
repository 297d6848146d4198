"""Finding entries of the history: what is asked for, as SQL."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from komet_console.workspace.records import Entry

__all__ = ["COLUMNS", "Day", "Filter", "Page", "entry", "query"]

COLUMNS = (
    "id, at, day, method, verb, url, environment, token, status, outcome, failure, sentence, findings, milliseconds, size,"
    " indexed_whole, dropped"
)
"""Of the table `history`, in the order of `Entry`."""
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
    conditions: list[str] = []
    arguments: list[Any] = []

    def add(condition: str, *values: Any) -> None:
        conditions.append(condition)
        arguments.extend(values)

    source = "history"
    match = match_expression(wanted.text)
    if match:
        # CROSS keeps the order of the tables: the index of texts yields its hits newest first, page by page.
        source = "history_text CROSS JOIN history ON history.id = history_text.rowid"
        add("history_text MATCH ?", match)
    if before is not None:
        add("history_text.rowid < ?" if match else "history.id < ?", before)
    if wanted.method:
        add("method = ?", wanted.method)
    if isinstance(wanted.status, int):
        add("status = ?", wanted.status)
    elif wanted.status is not None:
        add("status BETWEEN ? AND ?", *wanted.status)
    if wanted.outcome == "failed":
        add("failure <> ''")
    elif wanted.outcome:
        add("outcome = ?", wanted.outcome)
    if wanted.environment:
        add("environment = ?", wanted.environment)
    if wanted.since is not None:
        add("at >= ?", int(wanted.since.timestamp() * 1000))
    if wanted.until is not None:
        add("at <= ?", int(wanted.until.timestamp() * 1000))
    if wanted.day:
        add("day = ?", wanted.day)
    where = " AND ".join(conditions)
    return f"SELECT {what} FROM {source}{' WHERE ' + where if where else ''}", arguments


def order(wanted: Filter) -> str:
    """The end of a query for a page."""
    return "ORDER BY history_text.rowid DESC" if match_expression(wanted.text) else "ORDER BY history.id DESC"


def match_expression(text: str) -> str:
    """What the user typed in the language of FTS5: every word counts as the beginning of one; nothing is an operator."""
    text = text.replace("\x00", " ").encode("utf-8", "replace").decode()
    phrases = []
    for number, part in enumerate(text.split('"')):
        quoted = number % 2 == 1
        pieces = [part] if quoted else part.split()
        phrases += [f'"{piece}"' + ("" if quoted else "*") for piece in pieces if _WORD.search(piece)]
    return " ".join(phrases)


def entry(row: sqlite3.Row) -> Entry:
    """A row of `COLUMNS` as an entry."""
    values = list(row)[:17]
    values[1] = datetime.fromtimestamp(values[1] / 1000, UTC)
    values[15] = bool(values[15])
    return Entry(*values)
