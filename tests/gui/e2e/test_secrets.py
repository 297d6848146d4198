"""What is pasted opens and never sends itself; its token is nowhere: not on screen, in no file, in no log, in no code."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import shutil
import subprocess
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from helpers.leaks import leaks
from helpers.windows import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from komet_console.gui.code.view import CodeView
from komet_console.gui.window.main import MainWindow

Until = Callable[[Callable[[], object]], Awaitable[None]]
PASTED = "Pl4nted-Paste-Tok3n-5512"
CURL = f"curl 'https://api.kometsales.com/api/customer.list?authenticationToken={PASTED}&name=flor' -H 'Accept: */*'"
URL = f"https://api.kometsales.com/api/customer.list?authenticationToken={PASTED}"
BODY = json.dumps({"authenticationToken": PASTED, "customerId": 1})


def on_screen(window: MainWindow) -> str:
    """Every text that a widget of the window holds or says about itself."""
    found = []
    for widget in [window, *window.findChildren(QWidget)]:
        found += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip(), widget.windowTitle()]
        for kind, read in ((QLabel, "text"), (QLineEdit, "text"), (QPlainTextEdit, "toPlainText")):
            if isinstance(widget, kind):
                found.append(getattr(widget, read)())
        if isinstance(widget, QComboBox):
            found.append(widget.currentText())
    found += [document.toPlainText() for document in window.findChildren(QTextDocument)]
    return "\n".join(found)


@pytest.mark.parametrize("where", ["palette", "address"])
@pytest.mark.parametrize("text", [CURL, URL, BODY], ids=["curl", "url", "json"])
async def test_what_is_pasted_becomes_a_request_with_its_token_taken_out(
    gui_loop: asyncio.AbstractEventLoop,
    open_window: OpenWindow,
    workspace_folder: Path,
    until: Until,
    where: str,
    text: str,
) -> None:
    async with open_window() as window:
        window.open_method("invoice.create" if text == BODY else "vendor.list")
        QGuiApplication.clipboard().setText(text)
        if where == "palette":
            window.open_palette()
            line = QApplication.focusWidget()
            assert line is not None
            QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClick(line, Qt.Key.Key_Return)
        else:
            assert window.desk.request is not None
            address = window.desk.request.head.url
            address.setFocus()
            QTest.keyClick(address, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert len(window.desk.tabs) == 2
        request = window.desk.request
        assert request is not None
        assert request.model.method.name == ("invoice.create" if text == BODY else "customer.list")
        await until(window.console.tokens.all)
        assert [one.shown for one in window.console.tokens.all()]
        for view in ("form", "params", "headers", "code"):
            if request.offers(view):
                request.show_view(view)
                await asyncio.sleep(0)
        await asyncio.sleep(0.3)
        assert PASTED not in on_screen(window)
        assert PASTED not in repr(request.model.draft)
        assert request.model.sent is None
        window.workspace.flush()
        assert window.workspace.history.count() == 0
        QGuiApplication.clipboard().clear()
    assert leaks(workspace_folder, [PASTED]) == []


async def test_no_log_and_no_traceback_shows_a_token(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    from exchange_servers import Server, answering, ok, resetting

    from komet_console.exchange import quiet_http_logs

    quiet_http_logs()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    failures: list[str] = []
    try:
        async with open_window() as window:
            for serve in (answering(ok(b'{"status":1}')), resetting):
                with Server(serve) as server:
                    place = window.console.environments.add(f"At {server.port}", server.url, level="free")
                    await window.console.tokens.add(
                        f"t{server.port}", PASTED, environment=place.id, hosts=(place.host,)
                    )
                    window.places.set_environment(place.id)
                    request = window.open_method("company.list").request
                    assert request is not None
                    request.send()
                    await until(lambda model=request.model: model.sent)
                    assert PASTED.encode() in server.requests[0]
                    try:
                        raise RuntimeError(repr(request.model.sent), repr(request.presenter.place()))
                    except RuntimeError:
                        failures.append(traceback.format_exc())
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    assert PASTED not in stream.getvalue()
    assert PASTED not in caplog.text
    assert PASTED not in "".join(failures)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("name", ["customer.list", "prebook.list"])
async def test_the_curl_that_is_shown_runs_and_gives_the_same_answer(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, name: str
) -> None:
    async with open_window() as window:
        request = window.open_method(name).request
        assert request is not None
        request.fill_sample(required_only=True)
        request.send()
        await until(lambda: request.model.sent)
        sent = request.model.sent
        assert sent is not None
        assert sent.exchange.response is not None
        request.show_view("code")
        code = request.findChild(CodeView)
        assert isinstance(code, CodeView)
        running = window.console.running
        assert running is not None
        await until(lambda: "curl" in code.text.toPlainText())
        assert not any(token in code.text.toPlainText() for token in running.tokens.values())
        code.reveal.click()
        await until(lambda: any(token in code.text.toPlainText() for token in running.tokens.values()))
        done = await asyncio.to_thread(
            subprocess.run, ["sh", "-c", code.text.toPlainText()], capture_output=True, timeout=15, check=False
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == json.loads(sent.exchange.response.body)
