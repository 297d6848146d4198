"""The window against a bare PySide6 window and a bare HTTP loop, measured in the same run; figures are medians.

Start and memory are measured in fresh processes, offscreen, in turns. A window "answers the keyboard" when a key that was
sent to it has come out as a filtered tree. Beside each wall time stands the processor time of this process: on a machine
that does other things as well the first says how long one waits, the second how much work it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
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
        # Of neighbours: a machine that is slow for a while is slow for both.
        times = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
        ratio = f"ratio {times:.2f} (limit 3: {'kept' if times <= 3 else 'BROKEN'})"
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


def paint() -> None:
    """Lay out and paint what Qt wants to be painted now, and no more."""
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    QApplication.sendPostedEvents()
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible():
            QApplication.sendEvent(widget, QEvent(QEvent.Type.UpdateRequest))


def timed(what: Callable[[], Any]) -> tuple[float, float]:
    """How long something takes until it is painted."""
    start, worked = time.perf_counter(), time.process_time()
    what()
    paint()
    return (time.perf_counter() - start) * 1000, (time.process_time() - worked) * 1000


async def looking(window: Any) -> None:
    """Filter, tabs, theme and the largest form."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    times: Times = []
    for query in ("custmer list", "pick ticket", "invoice pdf"):
        times += [timed(partial(QTest.keyClicks, window.methods.filter, letter)) for letter in query]
        window.methods.filter.clear()
    print(f"filter keystroke to tree {median_of(times, 16)}")

    names = list(window.console.catalogue.summaries)[:30]
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
    # As people open one request after the other, and as nobody does: twenty a second.
    for what, rest in (("open prebook.create     ", 1.2), ("open it at once after one", 0.05)):
        times = []
        for _ in range(7):
            times.append(timed(lambda: window.open_method("prebook.create")))
            await asyncio.sleep(rest)
            window.close_current()
            await asyncio.sleep(0)
        print(f"{what} {median_of(times[1:], 50)}")


async def sending(window: Any) -> None:
    """From Send to the painted answer, over a bare HTTP loop: the same call of the sandbox, which answers some 2 kB."""
    import httpx

    running = await window.console.start_sandbox()
    window.open_method("category.list")
    request = window.desk.request
    url = f"{running.url}category.list?authenticationToken={running.tokens['company']}"
    bare: Times = []
    ours: Times = []
    await asyncio.sleep(0.5)
    async with httpx.AsyncClient() as client:
        for _ in range(40):
            start, worked = time.perf_counter(), time.process_time()
            (await client.get(url)).read()
            bare.append(((time.perf_counter() - start) * 1000, (time.process_time() - worked) * 1000))
            start, worked = time.perf_counter(), time.process_time()
            await answered(request)
            paint()
            ours.append(((time.perf_counter() - start) * 1000, (time.process_time() - worked) * 1000))
            await asyncio.sleep(0.15)  # nobody sends again before he has seen the answer; by then it is written down
    size = request.model.sent.exchange.response.size
    floor, least, wall, cpu = (
        statistics.median(one[kind] for one in times) for times in (bare, ours) for kind in (0, 1)
    )
    verdict = f"{wall - floor:.1f} ms more (limit 10: {'kept' if wall - floor <= 10 else 'BROKEN'})"
    print(
        f"send to painted answer   {wall:6.1f} ms for {size} bytes, bare httpx {floor:.1f} ms, {verdict}, "
        f"processor {cpu - least:.1f} ms more"
    )


async def receiving(window: Any) -> None:
    """The longest stop of the event loop while a megabyte arrives, is shown and is written down; a first and later calls."""
    console = window.console
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
    window.open_method("invoice.list")
    request = window.desk.request
    request.presenter.refresh()
    await asyncio.sleep(0.5)
    await gaps_of(window, request, f"worst gap, {len(body) / 1e6:.1f} MB answer")
    server.close()


async def filing(window: Any) -> None:
    """A file of 300 kB in a body, some 1.4 MB of JSON: a letter typed in another field, and the longest stop while it is sent."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLineEdit

    await window.console.start_sandbox()
    window.places.set_environment("sandbox")
    window.open_method("invoice.pod.receive")
    request = window.desk.request
    await asyncio.sleep(0.5)
    request.model.set_draft(request.presenter.sample(), None)
    body = json.loads(request.model.draft.body.text)
    body["proofOfDeliveryfile"] = ", ".join(str(number % 256 - 128) for number in range(300_000))
    request.model.set_body_text(json.dumps(body), None)
    await asyncio.sleep(1.0)
    number = request.findChild(QLineEdit, "/body/invoiceNumber")
    number.setFocus()
    times: Times = []
    for _ in range(9):
        times.append(timed(partial(QTest.keyClicks, number, "7")))
        QTest.keyClick(number, Qt.Key.Key_Backspace)
        await asyncio.sleep(1.0)
    print(f"a letter beside a file   {median_of(times, 50)}")
    await gaps_of(window, request, f"worst gap, {len(request.model.draft.body.text) / 1e6:.1f} MB sent  ")
    assert request.model.sent.exchange.response is not None, "the sandbox did not answer"
    window.desk.close_tabs(list(window.desk.tabs))  # otherwise closing the window asks whether to save


async def listing(window: Any) -> None:
    """A list of 2,000 elements in a body, 730 kB: put into form and text, and a letter in either of them."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLineEdit

    window.open_method("prebook.create")
    request = window.desk.request
    await asyncio.sleep(0.5)
    request.model.set_draft(request.presenter.sample(), None)
    await asyncio.sleep(0.5)
    body = json.loads(request.model.draft.body.text)
    item = {"productId": 4711, **body["prebookItems"][0], "vendorName": "Rosas del Cayambe"}
    body["prebookItems"] = [item] * 2_000
    text = json.dumps(body, indent=4)
    line, editor = request.findChild(QLineEdit, "/body/comments"), request.body.editor
    times: Times = []
    for _ in range(5):
        request.model.set_body_text('{"customerId": 7}', None)
        await asyncio.sleep(1.0)
        times.append(timed(partial(request.model.set_body_text, text, None)))
        await asyncio.sleep(2.0)
    print(f"a list of {len(text) / 1e3:.0f} kB put in {median_of(times, 150)}")
    editor.go_to(5_000, 10)
    for what, place in (("a letter beside a list", line), ("a letter in a list", editor)):
        place.setFocus()
        times = []
        for _ in range(9):
            times.append(timed(partial(QTest.keyClicks, place, "7")))
            await asyncio.sleep(1.0)
            QTest.keyClick(place, Qt.Key.Key_Backspace)
            await asyncio.sleep(1.0)
        print(f"{what:24} {median_of(times, 50)}")
    window.desk.close_tabs(list(window.desk.tabs))  # otherwise closing the window asks whether to save


async def gaps_of(window: Any, request: Any, what: str) -> None:
    """The longest stops of the event loop from Send until all is written down."""
    gaps: list[float] = []
    worst: list[float] = []

    async def watch() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            gaps.append((now - last) * 1000)
            last = now

    watcher = window.tasks.start(watch(), name="watch the loop")
    for _ in range(5):
        await asyncio.sleep(0.2)
        gaps.clear()
        await answered(request)
        await asyncio.sleep(2.0)
        worst.append(max(gaps))
    watcher.cancel()
    told = ", ".join(f"{one:.0f}" for one in worst)
    verdict = "kept" if max(worst) <= 50 else "BROKEN"
    print(f"{what} {max(worst):6.1f} ms of {told} (limit 50: {verdict})")


async def answered(request: Any) -> None:
    """Send, and wait until the answer is ready to be painted."""
    there: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def arrived() -> None:
        request.model.answered.disconnect(arrived)
        there.set_result(None)

    request.model.answered.connect(arrived)
    request.send()
    await there
    while request.answer.is_busy:  # noqa: ASYNC110 - for whatever comes first
        await asyncio.sleep(0.002)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
    """Answers each request of a connection, as kept connections are used again."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(head + body)
            await writer.drain()


def inside(figures: list[str]) -> int:
    """The figures of a running window, which is started as the program starts it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["KOMET_CONSOLE_HOME"] = home
        import komet_console.gui.program as program

        async def measure(window: Any) -> None:
            window.resize(1440, 900)
            # Until what is loaded in quiet is there.
            await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "warm up"))
            try:
                for name, figure in INSIDE.items():
                    if not figures or name in figures:
                        await figure(window)
            finally:
                window.close()

        def begin(window: Any) -> None:
            window.tasks.start(measure(window), name="measure")

        return program.run(shown=begin)


INSIDE = {"looking": looking, "sending": sending, "receiving": receiving, "filing": filing, "listing": listing}


def main() -> int:
    """All figures, or those that are named: starting, looking, sending, receiving, filing, listing."""
    figures = sys.argv[1:]
    if not figures or "starting" in figures:
        starting()
    return 0 if figures == ["starting"] else inside(figures)


if __name__ == "__main__":
    sys.exit(main())
