"""The panels of collections and history: 2,000 saved requests, 100,000 calls; how long one waits, and how long the window
stops.

The floor is a bare QTreeView over a model of as many rows, filled and painted in the same run. Figures are medians;
"longest stop" is the longest time between two turns of the event loop while the panel fills.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "*=false")

from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QTreeView, QWidget

from komet_console.catalogue import Catalogue, load
from komet_console.exchange import Draft, Exchange, Pair, PreparedRequest, Response, Timing
from komet_console.gui import aio, theme
from komet_console.gui.collections.panel import CollectionsPanel
from komet_console.gui.collections.shelf import Shelf
from komet_console.gui.history.panel import HistoryPanel
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Collection, Folder, RequestItem
from komet_console.workspace.history import Record, insert
from komet_console.workspace.records import pack
from komet_console.workspace.workspace import Workspace

REQUESTS = 2_000
ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
RUNS = 7


class Stops:
    """The longest time in which the loop did not turn."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        before = time.perf_counter()
        while True:
            # Turning without a rest would take half the processor from what is measured.
            await asyncio.sleep(0.005)
            now = time.perf_counter()
            self.longest = max(self.longest, now - before)
            before = now

    def end(self) -> float:
        self._task.cancel()
        return self.longest * 1000


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - there is no event for what is painted
        await asyncio.sleep(0.005)


async def timed(work: Callable[[], Awaitable[None]]) -> tuple[float, float, float]:
    """Milliseconds of wall time, of this process's processor time, and the longest stop."""
    stops = Stops()
    wall, used = time.perf_counter(), time.process_time()
    await work()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - used) * 1000, stops.end()


async def median(work: Callable[[], Awaitable[None]], runs: int = RUNS) -> tuple[float, float, float]:
    found = [await timed(work) for _ in range(runs)]
    wall, used, stop = (statistics.median(one[part] for one in found) for part in range(3))
    return wall, used, stop


def line(name: str, found: tuple[float, float, float], floor: float, limit: float) -> None:
    wall, used, stop = found
    print(
        f"{name:<44} {wall:7.1f} ms wall  {used:7.1f} ms processor  longest stop {stop:6.1f} ms  "
        f"{used / floor:5.1f} x floor  (limit {limit:.0f} ms)"
    )


def bare(rows: int) -> float:
    """Milliseconds of processor time to fill and paint a plain tree."""
    used = time.process_time()
    model = QStandardItemModel()
    for number in range(rows):
        model.appendRow(QStandardItem(f"Request {number}"))
    tree = QTreeView()
    tree.setModel(model)
    tree.resize(272, 800)
    tree.show()
    tree.grab()
    tree.close()
    return (time.process_time() - used) * 1000


def many_requests(folder: Path, catalogue: Catalogue) -> None:
    """Forty folders; one is written by the program, the others are its files with other names."""
    items = tuple(
        RequestItem(f"Request {number}", Draft("customer.list", (Pair("name", f"n{number}"),)), tags=("read",))
        for number in range(50)
    )
    written = Library(folder, catalogue).add(Collection("Big", (Folder("Folder 1", items),)))
    first = written.folder / "Folder 1"
    for number in range(2, REQUESTS // 50 + 1):
        other = written.folder / f"Folder {number}"
        other.mkdir()
        for file in first.iterdir():
            text = file.read_text(encoding="utf-8").replace("Folder 1", f"Folder {number}")
            (other / file.name).write_text(text, encoding="utf-8")


def many_calls(workspace: Workspace) -> None:
    chance = random.Random(1)
    step = timedelta(days=365) / ENTRIES
    start = datetime.now(UTC) - timedelta(days=365)
    for first in range(0, ENTRIES, 2_000):
        with workspace.database.write() as connection:
            for number in range(first, min(first + 2_000, ENTRIES)):
                word = chance.choice(("Rose", "Tulip", "Lily", "Ruscus", "Carnation"))
                body = f'{{"status":1,"customers":[{{"id":{number},"name":"{word} {number}"}}]}}'.encode()
                request = PreparedRequest("GET", f"http://127.0.0.1/api/customer.list?name={word}", ())
                response = Response(200, "OK", (), body, size=len(body))
                exchange = Exchange(request, response, timing=Timing(total=9.0))
                one = Record(
                    Draft("customer.list"), exchange, "Sandbox", "", "success", f"{word}.", at=start + step * number
                )
                insert(connection, pack(one, {}), 0)


async def collections(host: QWidget, folder: Path, catalogue: Catalogue, tasks: aio.Tasks) -> None:
    floor = statistics.median(bare(REQUESTS) for _ in range(RUNS))
    many_requests(folder, catalogue)

    async def opened() -> None:
        shelf = Shelf(Library(folder, catalogue), tasks)
        panel = CollectionsPanel(shelf, catalogue, tasks, parent=host)
        panel.resize(272, 800)
        panel.show()
        await until(lambda: panel.ready and panel.model.roots)
        panel.grab()
        panel.close()
        shelf.close()
        panel.deleteLater()

    line(f"Panel with {REQUESTS:,} requests, painted", await median(opened), floor, 300)
    shelf = Shelf(Library(folder, catalogue), tasks)
    panel = CollectionsPanel(shelf, catalogue, tasks, parent=host)
    panel.resize(272, 800)
    panel.show()
    await until(lambda: panel.ready)
    words = iter(("request 4", "zzz", "1", "tag", "read", "folder 3", "request") * 2)

    async def searched() -> None:
        panel.search.setText(next(words))
        panel._type_soon.stop()
        panel._refresh()
        panel.grab()

    line("  one search in it", await median(searched), floor, 100)
    panel.search.clear()
    panel.tree.expandAll()
    bar = panel.tree.verticalScrollBar()
    places = iter(range(0, 100_000, 997))

    async def scrolled() -> None:
        bar.setValue(next(places) % max(1, bar.maximum()))
        panel.grab()

    line("  one step of scrolling", await median(scrolled, 40), floor, 16)
    panel.close()
    shelf.close()


async def history(host: QWidget, folder: Path, catalogue: Catalogue, tasks: aio.Tasks) -> None:
    floor = statistics.median(bare(100) for _ in range(RUNS))
    with Workspace.open(folder) as workspace:
        many_calls(workspace)

        async def opened() -> None:
            panel = HistoryPanel(workspace.history, catalogue, tasks, settings=workspace.settings, parent=host)
            panel.resize(272, 800)
            panel.show()
            await until(lambda: not panel.busy)
            panel.grab()
            panel.close()
            panel.deleteLater()

        line(f"History with {ENTRIES:,} calls, painted", await median(opened), floor, 100)
        panel = HistoryPanel(workspace.history, catalogue, tasks, settings=workspace.settings, parent=host)
        panel.resize(272, 800)
        panel.show()
        await until(lambda: not panel.busy)
        words = iter(("tulip", "rose 4", "lily 99", "nothing here", "ruscus", "carnation 1", "rose") * 2)

        async def searched() -> None:
            panel.filters.search.setText(next(words))
            panel._find()
            await until(lambda: not panel.busy)
            panel.grab()

        line("  one search in it", await median(searched), floor, 100)
        await until(lambda: not panel._counting.busy)
        panel.close()


async def main(tasks: aio.Tasks) -> None:
    catalogue = load()
    host = QWidget()
    host.resize(1440, 900)
    host.show()
    with tempfile.TemporaryDirectory() as name:
        await collections(host, Path(name) / "collections", catalogue, tasks)
        await history(host, Path(name) / "workspace", catalogue, tasks)
    await tasks.aclose()


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    theme.install(application, "light")
    loop = aio.make_loop(application)
    asyncio.set_event_loop(loop)
    loop.run_until_complete(main(aio.Tasks(print)))
    loop.close()
