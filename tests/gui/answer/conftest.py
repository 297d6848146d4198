"""Answers of real calls: to the real sandbox, and to servers that misbehave. Made once for all tests of this room."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.exchange import Body, Connection, Draft, Environment, Pair, Token, draft_of_sample
from komet_console.gui import aio
from komet_console.gui.answer.view import AnswerView
from komet_console.gui.request.model import RequestModel
from komet_console.session.console import AUTOMATIC, Console
from komet_console.session.sending import Sender, Sent

_NAME = "exchange_servers"
if _NAME not in sys.modules:
    _path = Path(__file__).resolve().parents[2] / "exchange" / "servers.py"
    _spec = importlib.util.spec_from_file_location(_NAME, _path)
    assert _spec is not None
    assert _spec.loader is not None
    _module = importlib.util.module_from_spec(_spec)
    sys.modules[_NAME] = _module
    _spec.loader.exec_module(_module)

SECRET = "secret-token-1234"
Ask = Callable[..., Sent]
Show = Callable[..., AnswerView]


@pytest.fixture(scope="package")
def sandbox_answers(
    gui_loop: asyncio.AbstractEventLoop, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Sent]:
    """One call for each kind of outcome, to the sandbox."""
    fault = "X-Komet-Sandbox-Fault"
    prebook = catalogue.method("prebook.create")
    sample = draft_of_sample(prebook, catalogue.sample(prebook, date.today()))  # noqa: DTZ011 - the user's day
    wrong = {**json.loads(sample.body.text), "customerId": 999999}
    drafts = {
        "list": Draft("customer.list"),
        "refused": replace(sample, body=Body("json", json.dumps(wrong))),
        "nothing": Draft("customer.list", query=(Pair("name", "nobody is called that"),)),
        "401": Draft("customer.list", headers=(Pair(fault, "status=401"),)),
        "invalid-json": Draft("customer.list", headers=(Pair(fault, "invalid-json"),)),
        "reset": replace(sample, headers=(Pair(fault, "reset"),)),
        "boxes": Draft("box.move.awb", query=(Pair("awb", "729-1234-5675"), Pair("boxCodes", "NOT-1,NOT-2"))),
    }

    async def main() -> dict[str, Sent]:
        console = Console(tmp_path_factory.mktemp("answers"), catalogue)
        try:
            return {name: await console.send(draft, "sandbox", AUTOMATIC) for name, draft in drafts.items()}
        finally:
            await console.aclose()

    return gui_loop.run_until_complete(main())


@pytest.fixture(scope="package")
def ask(gui_loop: asyncio.AbstractEventLoop, catalogue: Catalogue) -> Ask:
    """`ask(serve, method="...", query=..., body=...)`: call a server that answers so; returns what came of it."""
    from exchange_servers import Server

    def call(
        serve: Callable[..., None],
        method: str = "customer.list",
        *,
        query: tuple[Pair, ...] = (),
        body: str = "",
        connection: Connection = Connection(connect_timeout=2, read_timeout=0.3, total_timeout=5),  # noqa: B008
        gone: bool = False,
        scheme: str = "http",
        host: str = "",
    ) -> Sent:
        draft = Draft(method, query=query, body=Body("json", body) if body else Body())

        async def main(url: str, place: str) -> Sent:
            async with Sender(catalogue) as sender:
                return await sender.send(draft, Environment("test", url, connection=connection), Token(SECRET, place))

        with Server(serve) as server:
            place = host or server.host
            url = f"{scheme}://{place}/api"
            if not gone:
                return gui_loop.run_until_complete(main(url, place))
        return gui_loop.run_until_complete(main(url, place))

    return call


@pytest.fixture
def show(qtbot: QtBot, catalogue: Catalogue) -> Iterator[Show]:
    """`show(sent)`: an answer pane that shows what came of a call."""
    views: list[AnswerView] = []

    def make(
        sent: Sent | None = None, *, size: tuple[int, int] = (1080, 520), tasks: aio.Tasks | None = None
    ) -> AnswerView:
        method = sent.method if sent is not None else catalogue.method("customer.list")
        model = RequestModel(method, Draft(method.name))
        view = AnswerView(model, tasks=tasks, catalogue=catalogue)
        model.setParent(view)
        qtbot.addWidget(view)
        views.append(view)
        view.resize(*size)
        view.show()
        if sent is not None:
            model.end(sent)
        # Heights are set between two layouts; let both happen.
        for _ in range(3):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        return view

    yield make
    for view in views:
        view.hide()
