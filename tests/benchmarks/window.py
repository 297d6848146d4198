"""The window against a bare PySide6 window and a bare HTTP loop, measured in the same run; figures are medians.

Start and memory are measured in fresh processes, offscreen, in turns. A window "answers the keyboard" when a key that was
sent to it has come out as a filtered tree. Beside each wall time stands the processor time of this process: on a machine
that does other things as well the first says how long one waits, the second how much work it is.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")
RUNS = 9

BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget, QVBoxLayout
from PySide6.QtTest import QTest
application = QApplication([])
window = QWidget()
line = QLineEdit()
QVBoxLayout(window).addWidget(line)
window.resize(1440, 900)
window.show()
def ready():
    QTest.keyClicks(line, "a")
    assert line.text() == "a"
    print(memory(), flush=True)
    application.exit()
QTimer.singleShot(WAIT, ready)
application.exec()
"""
OURS = """
import asyncio, sys
import komet_console.gui.program as program
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
def shown(window):
    def ready():
        QTest.keyClicks(window.methods.filter, "a")
        assert window.methods.filter.text() == "a"
        print(memory(), flush=True)
        window.close()
    QTimer.singleShot(WAIT, ready)
sys.exit(program.run(shown=shown))
"""
MEMORY = """
def memory():
    for line in open("/proc/self/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
"""


def run(program: str, wait: int, home: str) -> tuple[float, float]:
    """Milliseconds until the window has answered a key, and megabytes in memory then."""
    code = MEMORY + program.replace("WAIT", str(wait))
    # As where it is installed: compiled once, not with every start.
    environment = {**os.environ, "KOMET_CONSOLE_HOME": home, "PYTHONPYCACHEPREFIX": f"{home}/compiled"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = (time.perf_counter() - start) * 1000
        process.stdout.read()
    return took, float(line or "nan")


def starting() -> None:
    with tempfile.TemporaryDirectory() as home:
        run(BARE, 0, home)
        run(OURS, 0, home)  # the first start seeds the sandbox and fills Python's caches
        bare, ours = [], []
        for _ in range(RUNS):
            bare.append(run(BARE, 0, home)[0])
            ours.append(run(OURS, 0, home)[0])
        floor, whole = statistics.median(bare), statistics.median(ours)
        verdict = "kept" if whole <= 3 * floor else "BROKEN"
        ratio = f"ratio {whole / floor:.2f} (limit 3: {verdict})"
        print(f"start to a key answered  {whole:7.0f} ms, bare window {floor:.0f} ms, {ratio}")
        base, full = (statistics.median(run(one, 2000, home)[1] for _ in range(3)) for one in (BARE, OURS))
        verdict = "kept" if full <= 2 * base else "BROKEN"
        print(
            f"memory, idle after 2 s   {full:7.1f} MB, bare window {base:.1f} MB, ratio {full / base:.2f} (limit 2: {verdict})"
        )


Times = list[tuple[float, float]]
"""Milliseconds on the clock and of the processor."""


def median_of(times: Times, limit: float) -> str:
    wall, cpu = ([one[kind] for one in times] for kind in (0, 1))
    middle = statistics.median(wall)
    verdict = "kept" if middle <= limit else "BROKEN"
    return (
        f"{middle:6.1f} ms median, {max(wall):.1f} ms worst, processor {statistics.median(cpu):.1f} ms "
        f"(limit {limit:.0f}: {verdict})"
    )


def timed(what: Callable[[], Any]) -> tuple[float, float]:
    """How long something takes until it is painted: what Qt wants to be painted, and no more."""
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    start, worked = time.perf_counter(), time.process_time()
    what()
    QApplication.sendPostedEvents()
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible():
            QApplication.sendEvent(widget, QEvent(QEvent.Type.UpdateRequest))
    return (time.perf_counter() - start) * 1000, (time.process_time() - worked) * 1000


async def within(folder: Path) -> None:
    import httpx
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from komet_console.gui.aio import Tasks
    from komet_console.gui.window.main import MainWindow
    from komet_console.session.console import Console
    from komet_console.workspace.workspace import Workspace

    workspace = Workspace.open(folder / "workspace")
    console = Console(folder, workspace=workspace)
    tasks = Tasks(lambda name, error: print(name, repr(error)))
    window = MainWindow(console, workspace, tasks)
    window.resize(1440, 900)
    window.show()
    running = await console.start_sandbox()
    await asyncio.sleep(0.3)

    times: Times = []
    for query in ("custmer list", "pick ticket", "invoice pdf"):
        times += [timed(partial(QTest.keyClicks, window.methods.filter, letter)) for letter in query]
        window.methods.filter.clear()
    print(f"filter keystroke to tree {median_of(times, 16)}")

    names = list(console.catalogue.summaries)[:30]
    for name in names:
        window.open_method(name)
        await asyncio.sleep(0)
    tabs = list(window.desk.tabs)
    times = []
    for tab in tabs * 2:
        times.append(timed(partial(window.desk.show_tab, tab)))
        await asyncio.sleep(0)
    print(f"switch among 30 tabs     {median_of(times[30:], 30)}")

    start, worked = time.perf_counter(), time.process_time()
    window.toggle_scheme()
    QApplication.sendPostedEvents()
    took, work = (time.perf_counter() - start) * 1000, (time.process_time() - worked) * 1000
    print(f"light to dark, 30 tabs   {took:6.0f} ms, processor {work:.0f} ms")
    window.toggle_scheme()

    window.desk.close_tabs(tabs)
    await asyncio.sleep(0.3)
    times = []
    for _ in range(7):
        times.append(timed(lambda: window.open_method("prebook.create")))
        await asyncio.sleep(0.05)
        window.close_current()
        await asyncio.sleep(0)
    print(f"open prebook.create      {median_of(times[1:], 50)}")

    window.open_method("company.list")
    request = window.desk.request
    assert request is not None
    model = request.model
    url = f"{running.url}company.list?authenticationToken={running.tokens['company']}"
    bare, ours = [], []
    async with httpx.AsyncClient() as client:
        for _ in range(40):
            start = time.perf_counter()
            answer = await client.get(url)
            answer.read()
            bare.append((time.perf_counter() - start) * 1000)
            start = time.perf_counter()
            request.send()
            await asyncio.sleep(0)
            while model.sending or request.answer.is_busy:  # noqa: ASYNC110 - measured to the turn of the loop
                await asyncio.sleep(0)
            request.answer.repaint()
            ours.append((time.perf_counter() - start) * 1000)
    size = model.sent.exchange.response.size if model.sent and model.sent.exchange.response else 0
    more = statistics.median(ours) - statistics.median(bare)
    floor = f"bare httpx {statistics.median(bare):.1f} ms"
    verdict = f"{more:.1f} ms more (limit 10: {'kept' if more <= 10 else 'BROKEN'})"
    print(f"send to painted answer   {statistics.median(ours):6.1f} ms for {size} bytes, {floor}, {verdict}")

    window.open_method("invoice.list")
    request = window.desk.request
    assert request is not None
    gaps: list[float] = []
    last = time.perf_counter()

    async def watch() -> None:
        nonlocal last
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            gaps.append((now - last) * 1000)
            last = now

    body = (
        b'{"status":1,"rows":['
        + b",".join(b'{"id":%d,"name":"Rosa Freedom 50 cm","price":1.50}' % n for n in range(20_000))
        + b"]}"
    )
    server = await asyncio.start_server(lambda reader, writer: _serve(reader, writer, body), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    place = console.environments.add("Elsewhere", f"http://127.0.0.1:{port}/api", level="free")
    await console.tokens.add("Elsewhere", "for-a-benchmark", environment=place.id, hosts=(place.host,))
    window.places.set_environment(place.id)
    watcher = tasks.start(watch(), name="watch the loop")
    request.presenter.refresh()
    await asyncio.sleep(0.3)
    gaps.clear()
    await request_answered(request)
    await asyncio.sleep(0.5)
    watcher.cancel()
    print(
        f"worst gap, {len(body) / 1e6:.1f} MB answer {max(gaps):6.1f} ms (limit 50: {'kept' if max(gaps) <= 50 else 'BROKEN'})"
    )
    server.close()
    window.let_go()
    window.hide()
    await tasks.aclose()
    await console.aclose()
    workspace.close()


async def request_answered(request: Any) -> None:
    request.send()
    await asyncio.sleep(0.02)
    while request.model.sending or request.answer.is_busy:  # noqa: ASYNC110 - for whatever comes first
        await asyncio.sleep(0.002)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


def inside() -> int:
    from PySide6.QtWidgets import QApplication

    from komet_console.gui import aio, theme

    application = QApplication(["komet-console"])
    theme.install(application, "light")

    async def main(_asked: asyncio.Event) -> int:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            await within(Path(folder))
        return 0

    return aio.run(application, main)


def main() -> int:
    starting()
    return inside()


if __name__ == "__main__":
    sys.exit(main())
