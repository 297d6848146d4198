"""From the first look to an answer that is understood: by mouse in three clicks, by keys alone, and when it goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from helpers.windows import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from komet_console.exchange import Draft, Pair
from komet_console.gui.answer.view import AnswerView
from komet_console.gui.answer.viewer import TextViewer
from komet_console.gui.request.view import RequestView
from komet_console.gui.window.main import MainWindow

Until = Callable[[Callable[[], object]], Awaitable[None]]


def request_of(window: MainWindow) -> RequestView:
    assert window.desk.request is not None
    return window.desk.request


async def answered(request: RequestView, until: Until) -> AnswerView:
    request.send()
    await until(lambda: (request.model.sent or request.model.trouble) and not request.model.sending)
    await until(lambda: not request.answer.is_busy)
    return request.answer


def texts(part: QWidget) -> str:
    return "\n".join(label.text() for label in part.findChildren(QLabel) if label.isVisibleTo(part))


async def test_three_clicks_from_the_welcome_to_a_successful_call(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        card = window.findChild(QWidget, "welcomeCard.customer.list")
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
        request = request_of(window)
        QTest.mouseClick(request.head.send, Qt.MouseButton.LeftButton)
        await until(lambda: request.model.sent)
        assert request.answer.header.outcome.text() == "success"
        assert "customers" in request.answer.header.sentence.text()


async def test_keys_alone_lead_to_a_sent_request_and_into_its_answer(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)

    control = Qt.KeyboardModifier.ControlModifier
    async with open_window() as window:
        await until(window.isActiveWindow)
        press(Qt.Key.Key_K, control)
        line = QApplication.focusWidget()
        assert line is not None
        QTest.keyClicks(line, "location.list")
        press(Qt.Key.Key_Return)
        request = request_of(window)
        assert request.model.method.name == "location.list"
        await until(lambda: QApplication.focusWidget() is not None)
        press(Qt.Key.Key_Return, control)
        await until(lambda: request.model.sent)
        assert request.answer.header.outcome.text() == "success"
        for _ in range(8):
            press(Qt.Key.Key_F6)
            focus = QApplication.focusWidget()
            if focus is not None and request.answer.isAncestorOf(focus):
                break
        else:
            pytest.fail("F6 never reaches the answer")
        for _ in range(20):
            if isinstance(QApplication.focusWidget(), TextViewer):
                break
            press(Qt.Key.Key_Tab)
        viewer = QApplication.focusWidget()
        assert isinstance(viewer, TextViewer)
        press(Qt.Key.Key_A, control)
        assert '"status"' in viewer.selected_text()


async def test_every_stop_of_the_tab_key_is_seen_and_all_are_reached(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        window.open_method("customer.list")
        await asyncio.sleep(0.05)
        window.top.environment.setFocus()
        stops: list[QWidget] = []
        for _ in range(400):
            QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
            focus = QApplication.focusWidget()
            assert focus is not None
            assert focus.isVisible(), focus.objectName()
            if focus in stops:
                break
            stops.append(focus)
        names = {stop.objectName() for stop in stops}
        assert {"tokenButton", "urlLine", "sendButton", "sandboxState"} <= names, names


async def test_http_200_with_status_0_is_a_failure_in_the_apis_words_and_leads_to_the_field(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        window.open_method("prebook.create")
        request = request_of(window)
        request.fill_sample()
        body = json.loads(request.model.draft.body.text)
        body["customerId"] = 99999999
        request.model.set_body_text(json.dumps(body), None)
        answer = await answered(request, until)
        sent = request.model.sent
        assert sent is not None
        assert sent.exchange.response is not None
        assert sent.exchange.response.status == 200
        said = json.loads(sent.exchange.response.body)
        assert said["status"] == 0
        assert answer.header.outcome.text() == "failure"
        assert said["message"] in answer.header.sentence.text()
        assert answer.panel.isVisible()
        jumps: list[str] = []
        answer.jump_requested.connect(jumps.append)
        link = next(one for one in answer.panel.findChildren(QLabel) if one.objectName().startswith("goToField."))
        link.linkActivated.emit("field")
        assert jumps
        assert request.view == "form"
        focus = QApplication.focusWidget()
        assert focus is not None
        assert request.form.isAncestorOf(focus)


@pytest.mark.parametrize(
    ("name", "query", "outcome"), [("customer.list", {"name": "nobody has this name"}, "nothing found")]
)
async def test_nothing_found_is_no_failure(
    gui_loop: asyncio.AbstractEventLoop,
    open_window: OpenWindow,
    until: Until,
    name: str,
    query: dict[str, str],
    outcome: str,
) -> None:
    async with open_window() as window:
        window.open_draft(Draft(name, query=tuple(Pair(*row) for row in query.items())))
        answer = await answered(request_of(window), until)
        assert answer.header.outcome.text() == outcome


@pytest.mark.parametrize(("status", "words"), [(401, "token"), (403, "token"), (429, "limit")])
async def test_refusals_by_status_are_explained(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, status: int, words: str
) -> None:
    from exchange_servers import Server, answering

    refused = f"HTTP/1.1 {status} No\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<p>no</p>".encode()
    async with open_window() as window:
        with Server(answering(refused)) as server:
            place = window.console.environments.add("Elsewhere", server.url, level="free")
            await window.console.tokens.add("one", "planted-e2e-401", environment=place.id, hosts=(place.host,))
            window.places.set_environment(place.id)
            window.open_method("company.list")
            answer = await answered(request_of(window), until)
        assert answer.header.status.text().startswith(str(status))
        assert answer.header.outcome.text() != "success"
        assert words in f"{answer.header.sentence.text()} {texts(answer.panel)}".casefold()
        assert answer.panel.isVisible()


async def test_a_second_press_never_sends_twice_and_both_tabs_answer(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        requests = []
        for name in ("customer.list", "vendor.list"):
            window.open_method(name)
            requests.append(request_of(window))
        for request in requests * 3:
            request.send()
        for request in requests:
            await until(lambda model=request.model: model.sent)
        await until(lambda: window.workspace.history.count() >= 2)
        await asyncio.sleep(0.3)
        window.workspace.flush()
        assert window.workspace.history.count() == 2
