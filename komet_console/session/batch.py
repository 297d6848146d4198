"""Several tokens at once: a list of names and tokens, checked one after the other, written without secrets."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from komet_console.catalogue import TokenKind
from komet_console.errors import UserError
from komet_console.session.doctor import Report, Verdict, check, plan
from komet_console.texts import said
from komet_console.workspace.environments import SANDBOX
from komet_console.workspace.token_text import clean_pasted, ends, shown

if TYPE_CHECKING:
    from komet_console.session.console import Console

__all__ = ["MOST", "Checked", "Row", "check_all", "price", "read_list", "write_list"]

MOST = 1_000
"""Tokens in one list."""
_HEADS = frozenset({"name", "token", "key", "description", "value"})
_ENDS_IT = frozenset({Verdict.QUOTA, Verdict.ADDRESS, Verdict.STOPPED})
"""Verdicts that every further token would get as well."""


@dataclass(frozen=True, slots=True)
class Row:
    """One token of a list."""

    name: str
    value: str = field(repr=False)
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """One result."""

    number: int
    total: int
    name: str
    report: Report | None
    """None: it was not checked; `trouble` says why."""
    trouble: str = ""
    token: str = ""


def read_list(text: str) -> list[Row]:
    """Names and tokens, comma-, semicolon- or tab-separated, with or without a heading; a token alone is its own row.

    Raises:
        UserError: there is none, or there are too many.
    """
    head = text[:4096]
    delimiter = max(",;\t", key=head.count)
    rows: list[Row] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)):
            filled = [cell.strip() for cell in cells if cell.strip()]
            if not filled or (number == 0 and {cell.casefold() for cell in filled} <= _HEADS):
                continue
            cleaned = clean_pasted(filled[-1])
            name = filled[0] if len(filled) > 1 else f"token {len(rows) + 1}"
            rows.append(Row(name, cleaned.value, cleaned.repairs))
            if len(rows) > MOST:
                raise UserError(said("The list holds more than {most:,} tokens.", most=MOST), "Check them in parts.")
    except csv.Error as error:
        raise UserError(
            "The list cannot be read as CSV.", "Write a name, a comma and a token on each line.", str(error)
        ) from None
    if not rows:
        raise UserError("The list holds no token.", "Write a name, a comma and a token on each line.")
    return rows


def price(console: Console, environment: str, rows: Sequence[Row], kind: TokenKind | None) -> str:
    """What checking the list costs, at most."""
    reads = plan(console, environment, kind)
    return console.quota.price(reads.most * len(rows), console.environments.get(environment))


async def check_all(
    console: Console,
    environment: str,
    rows: Sequence[Row],
    kind: TokenKind | None = None,
    *,
    cancel: asyncio.Event | None = None,
) -> AsyncIterator[Checked]:
    """Check one after the other. After what every further token would meet as well, the rest is said to be not checked."""
    stored = console.environments.get(environment)
    most = plan(console, stored.id, kind).most
    over = ""
    for number, row in enumerate(rows, start=1):
        tail = shown(*ends(row.value))
        if not over and cancel is not None and cancel.is_set():
            over = "Not checked: stopped."
        if not over and stored.id != SANDBOX and not console.quota.state(stored).allows(most):
            over = "Not checked: what is left of the quota is kept in reserve."
        if over:
            yield Checked(number, len(rows), row.name, None, over, tail)
            continue
        report = await check(console, stored.id, value=row.value, kind=kind, cancel=cancel)
        yield Checked(number, len(rows), row.name, report, token=tail)
        if report.verdict in _ENDS_IT:
            over = said("Not checked: {sentence}", sentence=report.sentence)


def write_list(results: Iterable[Checked]) -> str:
    """The results as CSV, without secrets."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("name", "token", "works", "verdict", "kind", "environment", "calls", "sentence"))
    for one in results:
        report = one.report
        if report is None:
            writer.writerow((_cell(one.name), one.token, "", "not checked", "", "", 0, _cell(one.trouble)))
            continue
        works = {True: "yes", False: "no", None: "could not be told"}[report.works]
        row = (one.name, one.token, works, report.verdict.value, report.kind or "not proven", report.environment)
        writer.writerow((*map(_cell, row), len(report.steps), _cell(report.sentence)))
    return out.getvalue()


def _cell(text: str) -> str:
    """The text as a spreadsheet shows it; what it would take for a formula gets an apostrophe in front."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
