"""The answer pane over real calls: each outcome, each failure."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from exchange_servers import answering, ok, resetting, sending_and_waiting, silent, speaking_first, then_closing
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Body, Connection, Draft, Environment, Pair, Progress, Token
from komet_console.gui import theme
from komet_console.gui.answer.timing import facts_of
from komet_console.gui.answer.view import AnswerView
from komet_console.session.sending import Sender, Sent

SECRET = "secret-token-1234"
JSON = "Content-Type: application/json"
Ask = Callable[..., Sent]
Show = Callable[..., AnswerView]
Until = Callable[[Callable[[], object]], Awaitable[None]]


def words(view: AnswerView) -> str:
    """All that the explanation says."""
    return "\n".join(label.text() for label in view.panel.findChildren(QLabel) if not label.isHidden())


def offered(view: AnswerView) -> list[str]:
    return [key for key, _ in view.header._choices]


def button(view: QWidget, name: str) -> QPushButton:
    found = view.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


# --- outcomes of whole answers


def test_before_the_first_call_it_says_how_to_send(show: Show) -> None:
    view = show()
    shown = [label.text() for label in view._empty.findChildren(QLabel)]
    assert any("Ctrl+Enter" in text for text in shown)
    assert view._empty.isVisible()
    assert not view.header.isVisible()


def test_a_list_is_said_by_its_number(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    sent = sandbox_answers["list"]
    view = show(sent)
    response = sent.exchange.response
    assert response is not None
    count = len(json.loads(response.read())["customers"])
    assert (view.header.status.text(), view.header.status.tone()) == ("200 OK", "green")
    assert (view.header.outcome.text(), view.header.outcome.tone()) == ("success", "green")
    assert view.header.sentence.text() == f"{count} customers. The API said “OK”"
    assert re.fullmatch(r"[\d.]+ m?s · [\d.]+ kB", view.header.meta.text())
    assert offered(view) == ["json", "raw", "headers", "timing"]
    assert not view.panel.isVisible()
    assert view.viewer is not None
    assert json.loads(view.viewer.document.text) == json.loads(response.read())
    view.header.explain.click()
    assert view.panel.isVisible()
    assert "What it means" in words(view)


def test_a_refusal_with_http_200_is_a_failure_that_leads_to_the_field(
    qtbot: QtBot, show: Show, sandbox_answers: dict[str, Sent]
) -> None:
    view = show(sandbox_answers["refused"])
    assert view.header.status.text() == "200 OK"
    assert (view.header.outcome.text(), view.header.outcome.tone()) == ("failure", "red")
    assert view.header.sentence.text().startswith("The API refused the request. The API said “")
    assert view.panel.isVisible()
    assert view.panel.property("role") == "explain-red"
    causes = [one for one in view.panel.findChildren(QLabel) if one.property("pointer")]
    first = causes[0]
    assert first.property("pointer") == "/body/customerId"
    assert "customerId" in first.text()
    with qtbot.waitSignal(view.jump_requested) as jumped:
        first.linkActivated.emit("field")
    assert jumped.args == ["/body/customerId"]
    before = len(view.panel.findChildren(QLabel))
    button(view.panel, "moreCauses").click()
    assert len(view.panel.findChildren(QLabel)) > before


def test_nothing_found_is_no_failure(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    view = show(sandbox_answers["nothing"])
    assert (view.header.outcome.text(), view.header.outcome.tone()) == ("nothing found", "blue")
    assert "nothing matches it" in view.header.sentence.text()
    assert view.panel.property("role") == "explain-blue"
    assert view.panel.isVisible()


def test_an_http_failure_has_the_colour_of_its_class(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    view = show(sandbox_answers["401"])
    assert view.header.status.text().startswith("401 ")
    assert view.header.status.tone() == "amber"
    assert view.header.outcome.text() == "failure"
    assert "token" in words(view)


def test_partial_success_names_what_failed(show: Show, ask: Ask) -> None:
    body = b'{"status":1,"message":"OK","failedBoxes":["B-2","B-4"]}'
    query = (Pair("awb", "729-1234-5675"), Pair("boxCodes", "B-1,B-2,B-3,B-4,B-5"))
    view = show(ask(answering(ok(body, JSON)), "box.move.awb", query=query))
    assert view.header.outcome.text() == "partial"
    assert view.header.sentence.text().startswith("3 of 5 done. Not done: B-2, B-4.")
    assert "B-2" in words(view)
    assert "B-4" in words(view)
    assert "B-3" not in words(view)


def test_single_results_come_with_their_messages(show: Show, ask: Ask, catalogue: Catalogue) -> None:
    elements = catalogue.method("credit.mark.sync").outcome.elements
    assert elements is not None
    rows = [
        {elements.status: 1, elements.message or "message": "OK"},
        {elements.status: 0, elements.message or "message": "It was <cancelled>"},
    ]
    answer = json.dumps({"status": 1, "message": "OK", elements.list: rows}).encode()
    view = show(ask(answering(ok(answer, JSON)), "credit.mark.sync", body="{}"))
    assert view.header.outcome.text() == "partial"
    assert "It was &lt;cancelled&gt;" in words(view)


def test_a_web_page_is_shown_as_one(qtbot: QtBot, show: Show, ask: Ask) -> None:
    page = b"<!doctype html>\n<html><body class='x'>Please sign in</body></html>"
    view = show(ask(answering(ok(page, "Content-Type: text/html"))))
    qtbot.waitUntil(lambda: view.view == "html")
    assert view.header.outcome.text() == "unclear"
    assert offered(view) == ["html", "headers", "timing"]
    assert view.viewer is not None
    assert view.viewer.markup


def test_json_under_another_name_is_json_and_says_so(show: Show, ask: Ask) -> None:
    view = show(ask(answering(ok(b'{"status":1,"message":"OK","customers":[]}', "Content-Type: text/html"))))
    assert view.view == "json"
    assert view.notice.text() == "It says it is text/html, but it is JSON."
    assert view.notice.isVisible()


def test_invalid_json_says_where(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    view = show(sandbox_answers["invalid-json"])
    assert view.view == "text"
    assert "It says it is JSON, but it is not" in view.notice.text()
    assert "line" in view.notice.text()


def test_pictures_documents_bytes_and_nothing(qtbot: QtBot, show: Show, ask: Ask, tmp_path: Path) -> None:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("#1d7a61"))
    path = tmp_path / "picture.png"
    assert image.save(str(path))
    view = show(ask(answering(ok(path.read_bytes(), "Content-Type: image/png"))))
    assert offered(view) == ["image", "hex", "headers", "timing"]
    qtbot.waitUntil(lambda: not view.body.picture.image.isNull())
    assert view.body.picture.accessibleName() == "PNG, 40 by 30 pixels"
    view = show(ask(answering(ok(b"%PDF-1.7\nnothing more", "Content-Type: application/pdf"))))
    assert view.body.page.headline.text() == "A PDF document, 21 B"
    view.show_view("hex")
    assert view.viewer is not None
    assert view.viewer.document.text.startswith("00000000  25 50 44 46")
    view = show(ask(answering(ok(b""))))
    assert offered(view) == ["headers", "timing"]
    assert "no body" in view.notice.text()


# --- failures of the network


@pytest.mark.parametrize(
    ("serve", "outcome", "arrived"),
    [
        (silent, "timeout", "Nothing."),
        (resetting, "cut off", "Nothing."),
        (then_closing(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{half"), "cut off", "5 B of the answer"),
        (sending_and_waiting(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{half"), "timeout", "5 B of the answer"),
        (
            answering(ok(gzip.compress(b"x" * 99)[:20] + b"broken", "Content-Encoding: gzip")),
            "damaged",
            "of the answer",
        ),
        (answering(b"SSH-2.0-OpenSSH\r\n\r\n"), "not HTTP", "Nothing."),
    ],
    ids=["timeout", "reset", "cut off", "timeout within", "compression", "not HTTP"],
)
def test_a_write_that_broke_off_may_have_been_carried_out(
    qtbot: QtBot, show: Show, ask: Ask, serve: Callable[..., None], outcome: str, arrived: str
) -> None:
    sent = ask(serve, "customer.add", body='{"name": "New"}')
    failure = sent.exchange.failure
    assert failure is not None
    view = show(sent)
    assert view.header.outcome.text() == outcome
    assert view.header.sentence.text() == failure.message
    said = words(view)
    assert failure.cause in said
    assert failure.hint in said
    assert arrived in said
    assert "may have been carried out" in said
    assert SECRET not in said
    with qtbot.waitSignal(view.open_method) as opened:
        button(view.panel, "openRead").click()
    assert opened.args == ["customer.list"]
    if sent.exchange.response is not None:
        assert view.viewer is not None
        assert view.header.status.text() == "200 OK"
    else:
        assert offered(view) == ["request", "timing"]
        assert view.header.status.text() == "No answer"
        assert view.viewer is not None
        assert "customer.add" in view.viewer.document.text
        assert '"name": "New"' in view.viewer.document.text
        assert SECRET not in view.viewer.document.text


def test_a_read_that_broke_off_can_be_sent_again(show: Show, ask: Ask) -> None:
    view = show(ask(silent))
    assert "may have been carried out" not in words(view)
    assert view.panel.findChild(QPushButton, "openRead") is None


def test_refused_says_that_nothing_was_sent_and_shows_its_details(show: Show, ask: Ask) -> None:
    view = show(ask(silent, "customer.add", body="{}", gone=True))
    assert view.header.outcome.text() == "connection refused"
    assert "Nothing was sent, and nothing arrived." in words(view)
    assert "may have been carried out" not in words(view)
    assert "ConnectError" not in words(view)
    button(view.panel, "showDetails").click()
    assert "Error" in words(view)


def test_a_server_that_speaks_no_tls(show: Show, ask: Ask) -> None:
    sent = ask(speaking_first(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "customer.add", body="{}", scheme="https")
    view = show(sent)
    assert view.header.outcome.text() == "no encryption"
    assert "HTTPS" in words(view)
    assert "may have been carried out" not in words(view)


def test_a_name_that_is_not_found(show: Show, ask: Ask) -> None:
    view = show(ask(silent, host="nobody.invalid", scheme="https"))
    assert view.header.outcome.text() == "name not found"
    assert "nobody.invalid" in view.header.sentence.text()


def test_a_proxy_that_is_not_there(show: Show, ask: Ask) -> None:
    proxied = Connection(connect_timeout=2, read_timeout=1, total_timeout=5, proxy="http://127.0.0.1:1")
    view = show(ask(silent, connection=proxied))
    assert view.header.outcome.text() == "proxy"


def test_redirects_without_end(show: Show, ask: Ask) -> None:
    again = b"HTTP/1.1 302 Found\r\nLocation: /api/again\r\nContent-Length: 0\r\n\r\n"
    view = show(ask(answering(again)))
    assert view.header.outcome.text() == "redirects"


async def test_a_cancelled_write_keeps_what_had_arrived_and_says_careful(
    show: Show, catalogue: Catalogue, gui_loop: object
) -> None:
    from exchange_servers import Server

    cancel = asyncio.Event()
    part = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{half"

    def arrived(progress: Progress) -> None:
        if progress.received:
            cancel.set()

    with Server(sending_and_waiting(part)) as server:
        async with Sender(catalogue) as sender:
            draft = Draft("customer.add", body=Body("json", "{}"))
            place = Environment("test", server.url)
            sent = await sender.send(draft, place, Token(SECRET, server.host), progress=arrived, cancel=cancel)
    view = show(sent)
    assert (view.header.outcome.text(), view.header.outcome.tone()) == ("cancelled", "slate")
    assert view.panel.property("role") == "explain-amber"
    assert "may have been carried out" in words(view)
    assert view.viewer is not None
    assert view.viewer.document.text == "{half"


def test_the_sandboxs_own_reset_is_shown(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    view = show(sandbox_answers["reset"])
    assert button(view.panel, "openRead").text() == "Open prebook.list"


def test_what_was_not_sent_at_all_says_why(show: Show) -> None:
    view = show()
    view.model.end(None, UserError("The file a.pdf cannot be read.", "Choose it again.", "errno 2"))
    assert view.header.status.text() == "Not sent"
    assert view.header.sentence.text() == "The file a.pdf cannot be read."
    assert "Nothing was sent." in words(view)
    assert "Choose it again." in words(view)
    assert offered(view) == []
    assert not view.header.copy.isVisible()


def test_trouble_after_an_answer_takes_the_answer_away(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    view = show(sandbox_answers["list"])
    assert view.viewer is not None
    view.model.end(None, UserError("The token is lost.", "Enter it again."))
    assert view.header.sentence.text() == "The token is lost."
    assert offered(view) == []
    assert not view.body._filled
    assert not view.header.views.isVisible()
    assert "Enter it again." in words(view)


def test_redirects_are_shown(show: Show, ask: Ask) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /api/elsewhere\r\nContent-Length: 0\r\n\r\n"
    sent = ask(answering(moved, ok(b'{"status":1,"message":"OK","customers":[]}', JSON)))
    assert sent.exchange.hops
    view = show(sent)
    view.show_view("headers")
    assert view.viewer is not None
    assert "HTTP 302" in view.viewer.document.text
    assert "/api/elsewhere" in view.viewer.document.text
    assert any("Redirect 302" in fact for fact in facts_of(sent.exchange))


def test_links_take_on_the_colours_of_another_scheme(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    def link(view: AnswerView) -> QImage:
        found = (one for one in view.panel.findChildren(QLabel) if one.objectName().startswith("goToField"))
        return next(found).grab().toImage()

    followed = show(sandbox_answers["refused"])
    theme.manager().set_mode("dark")
    assert link(followed) == link(show(sandbox_answers["refused"]))


def test_the_words_of_an_answer_stand_one_gap_apart(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    header = show(sandbox_answers["list"], size=(1300, 520)).header
    header.say_origin("")
    gaps = {
        header.sentence.x() - header.outcome.geometry().right(),
        header.outcome.x() - header.status.geometry().right(),
    }
    assert len(gaps) == 1, gaps
    header.say_origin("Production")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    assert header.origin.x() > header.outcome.geometry().right()
    assert header.sentence.x() > header.origin.geometry().right()
