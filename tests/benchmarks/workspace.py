"""The workspace: time to open it, to journal a tab, to add to a history of 100,000 entries and to search it.

The floor is SQLite itself in the same run: opening an empty database, and one durable commit. Figures are medians.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from komet_console.exchange import Body, Draft, Exchange, Pair, PreparedRequest, Response, Timing
from komet_console.workspace.drafts import StoredTab
from komet_console.workspace.history import Filter, Record, insert
from komet_console.workspace.records import pack
from komet_console.workspace.workspace import Workspace

ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
WHOLE = 2_000
"""Entries that are added as the program adds them."""
FLOWERS = (
    "Rose",
    "Freedom",
    "Mondial",
    "Hydrangea",
    "Alstroemeria",
    "Gypsophila",
    "Ruscus",
    "Carnation",
    "Tulip",
    "Lisianthus",
)
METHODS = ("customer.list", "prebook.create", "invoice.list", "inventory.list", "purchaseorder.create", "login")


def record(number: int, chance: random.Random, at: datetime) -> Record:
    """An exchange of some two kilobytes, as the sandbox would answer it."""
    method = METHODS[number % len(METHODS)]
    items = ",".join(
        f'{{"id":{chance.randrange(10**6)},"name":"{chance.choice(FLOWERS)} {chance.randrange(40, 100)} cm",'
        f'"price":{chance.randrange(10, 300) / 100},"vendor":"Farm {chance.randrange(5_000)}"}}'
        for _ in range(20)
    )
    answer = f'{{"status":1,"message":"OK","items":[{items}]}}'.encode()
    url = f"http://127.0.0.1:8080/api/{method.replace('.', '/')}?authenticationToken=secret-token-value&page={number}"
    request = PreparedRequest("GET", url, (("Accept", "*/*"),), secrets=("secret-token-value",))
    response = Response(
        200 if number % 17 else 401, "OK", (("content-type", "application/json"),), answer, size=len(answer)
    )
    draft = Draft(method, (Pair("authenticationToken", "{{token}}"), Pair("page", str(number))))
    return Record(
        draft,
        Exchange(request, response, timing=Timing(total=12.5)),
        "sandbox",
        "sandbox company",
        "success" if number % 17 else "refused",
        f"{method} returned 20 items.",
        at=at,
    )


def median(work: Callable[[], Any], runs: int = 15) -> float:
    """Milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def line(name: str, value: float, floor: float, floor_name: str, limit: float | None = None) -> None:
    kept = "" if limit is None else f" (limit {limit:g} ms: {'kept' if value <= limit else 'BROKEN'})"
    print(f"{name:46}{value:8.2f} ms, {floor_name} {floor:.2f} ms, ratio {value / floor:.2f}{kept}")


def plain_open(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.close()


def commits(folder: Path) -> float:
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE plain (a)")
    value = median(lambda: connection.execute("INSERT INTO plain VALUES (?)", ("x" * 2000,)))
    connection.close()
    return value


def filling(workspace: Workspace) -> None:
    chance = random.Random(7)
    start = datetime.now(UTC) - timedelta(days=365)
    step = timedelta(days=365) / ENTRIES
    began = time.perf_counter()
    for number in range(WHOLE):
        workspace.history.add(record(number, chance, start + number * step))
    workspace.history.flush()
    took = time.perf_counter() - began
    print(f"{'add to history, all of the work':46}{took / WHOLE * 1000:8.2f} ms each, on a thread of its own")
    # The others go the last part of the way only: masking each of them would make this take minutes.
    templates = [pack(record(number, chance, start), {}) for number in range(2_000)]
    for first in range(WHOLE, ENTRIES, 1_000):
        with workspace.database.write() as connection:
            for number in range(first, min(first + 1_000, ENTRIES)):
                packed = templates[number % len(templates)]
                at = start + number * step
                day = at.date().isoformat()
                facts = (
                    f"{packed.tags.rpartition(' d')[0]} d{day.replace('-', '')} {packed.tags.rpartition(' d')[2][9:]}"
                )
                columns = (int(at.timestamp() * 1000), day, *packed.columns[2:])
                insert(
                    connection, replace(packed, columns=columns, tags=facts, text=f"{packed.text} number{number}"), 0
                )
    size = sum(file.stat().st_size for file in workspace.folder.rglob("*") if file.is_file())
    print(f"{ENTRIES} entries take {size / ENTRIES:.0f} bytes each on the disk")


def journaling(workspace: Workspace, floor: float) -> None:
    text = '{"items": [' + ",".join('{"productId": 12, "boxes": 3, "price": "0.250"}' for _ in range(200)) + "]}"
    tab = StoredTab("a" * 32, Draft("prebook.create", body=Body("json", text)))
    numbers = iter(range(10**6))

    def edit() -> StoredTab:
        return replace(tab, draft=replace(tab.draft, body=Body("json", f"{text}{next(numbers)}")))

    line(
        "journal a tab, the caller's part", median(lambda: workspace.tabs.journal(edit())), floor, "one durable commit"
    )

    def durable() -> None:
        workspace.tabs.journal(edit())
        workspace.tabs.flush()

    line("journal a tab of 10 kB, durable", median(durable), floor, "one durable commit")
    chance = random.Random(8)
    entry = record(1, chance, datetime.now(UTC))
    line("add to history, the caller's part", median(lambda: workspace.history.add(entry)), floor, "one durable commit")
    workspace.flush()


def searching(workspace: Workspace, floor: float) -> None:
    history = workspace.history
    middle = datetime.now(UTC) - timedelta(days=180)
    searches = {
        "first page": Filter(),
        "a frequent word": Filter("rose"),
        "a rare word": Filter("number4711"),
        "a word that is nowhere": Filter("zzzz"),
        "the beginning of a word": Filter("al"),
        "two words": Filter("hydrangea login"),
        "method and status": Filter(method="login", status=(400, 499)),
        "word, status and environment": Filter("rose", status=401, environment="sandbox"),
        "word that does not fit the method": Filter("customer.list", method="login"),
        "frequent word, status that is nowhere": Filter("rose", status=503),
        "a status that is nowhere": Filter(status=(500, 599)),
        "one day": Filter(day=middle.date().isoformat()),
        "frequent word in a month": Filter("rose", since=middle, until=middle + timedelta(days=30)),
        "a month in the middle": Filter(since=middle, until=middle + timedelta(days=30)),
    }
    for name, wanted in searches.items():
        line(f"search {name}", median(lambda wanted=wanted: history.search(wanted), 7), floor, "empty open", 100)
    line("days, with numbers", median(history.days, 7), floor, "empty open", 100)
    page = history.search(limit=50)
    line("open an entry", median(lambda: history.open(page.entries[0].id)), floor, "empty open", 100)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor = median(lambda: plain_open(folder / "empty.db"))
        commit = commits(folder)

        def opened() -> None:
            workspace = Workspace.open(folder / "small")
            times.append((time.perf_counter() - start) * 1000)
            workspace.close()

        times: list[float] = []
        for _ in range(16):
            start = time.perf_counter()
            opened()
        line("open a small workspace, warm", statistics.median(times[1:]), floor, "empty open", 15)
        with Workspace.open(folder / "large") as workspace:
            filling(workspace)
        start = time.perf_counter()
        workspace = Workspace.open(folder / "large")
        workspace.history.search(limit=50)
        line("open 100,000 entries, first page", (time.perf_counter() - start) * 1000, floor, "empty open", 100)
        searching(workspace, floor)
        journaling(workspace, commit)
        workspace.close()


if __name__ == "__main__":
    main()
