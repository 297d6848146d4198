"""The answer pane in use: secrets, saving, views, keys, running calls, big answers, narrow places."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from exchange_servers import answering, ok, silent
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from komet_console.errors import UserError
from komet_console.exchange import MASK, Draft, Progress
from komet_console.gui import aio, theme
from komet_console.gui.answer.explain import place_words
from komet_console.gui.answer.saving import file_name, write_answer
from komet_console.gui.answer.timing import bars_of, facts_of
from komet_console.gui.answer.view import AnswerView
from komet_console.gui.request.model import RequestModel
from komet_console.session.sending import Sent

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


# --- secrets


def test_secrets_are_hidden_until_the_eye_is_pressed(show: Show, ask: Ask) -> None:
    body = json.dumps(
        {"status": 1, "message": f"Hello {SECRET}", "token": "made-up-token-77", "customers": []}
    ).encode()
    view = show(ask(answering(ok(body, JSON, "Set-Cookie: session=made-up-cookie"))))
    assert view.header.secrets.isVisible()
    assert "eye" in view.notice.text()
    shown = {}
    for key in ("json", "raw", "headers"):
        view.show_view(key)
        assert view.viewer is not None
        shown[key] = view.viewer.document.text
        view.copy()
        assert QGuiApplication.clipboard().text() == shown[key]
    everything = "".join(shown.values()) + view.header.sentence.text() + words(view) + view.header.accessibleName()
    for secret in (SECRET, "made-up"):
        assert secret not in everything
    view.show_view("json")
    view.header.secrets.click()
    assert view.viewer is not None
    assert "made-up-token-77" in view.viewer.document.text
    assert SECRET in view.viewer.document.text
    view.show_view("headers")
    assert "made-up-cookie" in view.viewer.document.text
    assert SECRET not in view.viewer.document.text, "the request stays masked"
    view.header.secrets.click()
    view.show_view("json")
    assert "made-up" not in view.viewer.document.text


def test_the_next_answer_hides_its_secrets_again(show: Show, ask: Ask) -> None:
    sent = ask(answering(ok(b'{"status":1,"apiKey":"made-up-key","customers":[]}', JSON)))
    view = show(sent)
    view.header.secrets.click()
    assert view.viewer is not None
    assert "made-up-key" in view.viewer.document.text
    view.model.end(sent)
    assert "made-up-key" not in view.viewer.document.text
    assert MASK in view.viewer.document.text


def test_the_eye_keeps_the_place_in_the_text(show: Show, ask: Ask) -> None:
    rows = [{"id": number, "apiKey": f"made-up-{number}"} for number in range(90)]
    view = show(ask(answering(ok(json.dumps({"status": 1, "customers": rows}).encode(), JSON))))
    assert view.viewer is not None
    view.viewer.verticalScrollBar().setValue(120)
    view.header.secrets.click()
    assert "made-up-89" in view.viewer.document.text
    assert view.viewer.verticalScrollBar().value() == 120


def test_an_answer_without_secrets_has_no_eye(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    assert not show(sandbox_answers["list"]).header.secrets.isVisible()


def test_saving_writes_what_is_shown(ask: Ask, show: Show, tmp_path: Path, sandbox_answers: dict[str, Sent]) -> None:
    raw = b'{ "status":1,"price": 1.50,  "apiKey":"made-up-key","customers":[]}'
    sent = ask(answering(ok(raw, JSON)))
    view = show(sent)
    response, material = sent.exchange.response, view._material
    assert response is not None
    assert file_name(sent, material) == "customer.list.json"
    write_answer(tmp_path / "masked.json", response, material, view._redactor())
    assert (tmp_path / "masked.json").read_text(encoding="utf-8") == raw.decode().replace("made-up-key", MASK)
    write_answer(tmp_path / "plain.json", response, material, None)
    assert (tmp_path / "plain.json").read_bytes() == raw
    clean = sandbox_answers["list"].exchange.response
    assert clean is not None
    write_answer(tmp_path / "list.json", clean, show(sandbox_answers["list"])._material, view._redactor())
    assert (tmp_path / "list.json").read_bytes() == clean.read()


async def test_save_asks_for_a_file_and_says_how_it_went(
    show: Show,
    sandbox_answers: dict[str, Sent],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    until: Until,
    gui_loop: object,
) -> None:
    failed: list[BaseException] = []
    tasks = aio.Tasks(lambda _name, error: failed.append(error))
    places: list[Path | None] = [tmp_path / "a.json", tmp_path / "no" / "such" / "folder.json", None]

    async def choose(*_: object, **__: object) -> Path | None:
        return places.pop(0)

    monkeypatch.setattr(aio, "ask_save_file", choose)
    view = show(sandbox_answers["list"], tasks=tasks)
    assert view.header.save.isVisible()
    view.header.save.click()
    await until(lambda: "Saved as" in view.notice.text())
    response = sandbox_answers["list"].exchange.response
    assert response is not None
    assert (tmp_path / "a.json").read_bytes() == response.read()
    view.header.save.click()
    await until(lambda: "could not be saved" in view.notice.text())
    view.header.save.click()
    await asyncio.sleep(0.02)
    assert failed == []
    await tasks.aclose()


def test_without_tasks_nothing_offers_to_save(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    assert not show(sandbox_answers["list"]).header.save.isVisible()


# --- views, keys and search


def test_the_chosen_view_stays_for_the_next_answer(show: Show, sandbox_answers: dict[str, Sent], ask: Ask) -> None:
    view = show(sandbox_answers["list"])
    view.header.views.chosen.emit("timing")
    view.model.end(sandbox_answers["nothing"])
    assert view.view == "timing"
    view.header.views.chosen.emit("raw")
    view.model.end(ask(silent))
    assert view.view == "request"
    view.model.end(sandbox_answers["list"])
    assert view.view == "raw"


def test_nothing_of_the_answer_before_stays_in_another_view(
    show: Show, sandbox_answers: dict[str, Sent], ask: Ask
) -> None:
    view = show(sandbox_answers["list"])
    view.show_view("raw")
    kept = view.body._viewers["raw"]
    assert "customers" in kept.document.text
    view.model.end(ask(answering(ok(b'{"status":1,"customers":[]}', JSON))))
    view.show_view("json")
    assert kept.document.text == ""
    view.show_view("raw")
    assert kept.document.text == '{"status":1,"customers":[]}'


def test_raw_is_what_was_received(show: Show, ask: Ask) -> None:
    raw = '{"status":1,\t"n":1E+2,"name":"Pe\\u00f1a ñ","customers":[]}\r\n'
    view = show(ask(answering(ok(raw.encode(), JSON))))
    view.show_view("raw")
    assert view.viewer is not None
    assert view.viewer.document.text == raw


def test_find_by_keys(qtbot: QtBot, show: Show, sandbox_answers: dict[str, Sent]) -> None:
    view = show(sandbox_answers["list"])
    assert view.viewer is not None
    qtbot.keyClick(view.viewer, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert view.find_bar.isVisible()
    view.find_bar.field.setText('"ID"')
    qtbot.keyClick(view.find_bar.field, Qt.Key.Key_Return)
    total = len(view.viewer.matches)
    assert total > 10
    assert view.find_bar.count.text() == f"1 of {total}"
    qtbot.keyClick(view.find_bar.field, Qt.Key.Key_Return)
    assert view.find_bar.count.text() == f"2 of {total}"
    qtbot.keyClick(view.find_bar.field, Qt.Key.Key_F3)
    assert view.find_bar.count.text() == f"3 of {total}"
    qtbot.keyClick(view.find_bar.field, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert view.find_bar.count.text() == f"2 of {total}"
    view.find_bar.case.click()
    assert view.find_bar.count.text() == "not found"
    view.find_bar.case.click()
    view.show_view("headers")
    assert view.find_bar.count.text() == "not found"
    qtbot.keyClick(view.find_bar.field, Qt.Key.Key_Escape)
    assert not view.find_bar.isVisible()
    assert view.viewer is not None
    assert view.viewer.wanted == ""


def test_timing_adds_up_and_says_when_a_connection_was_used_again(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    for name in ("list", "nothing"):
        exchange = sandbox_answers[name].exchange
        bars = {bar.key: bar for bar in bars_of(exchange)}
        parts = sum(bar.length or 0 for key, bar in bars.items() if key != "total")
        assert parts == pytest.approx(exchange.timing.total)
    assert any("used again" in fact for fact in facts_of(sandbox_answers["nothing"].exchange))
    view = show(sandbox_answers["nothing"])
    view.show_view("timing")
    assert "Waiting for the answer" in view.body.timing.waterfall.accessibleDescription()
    view.copy()
    assert "Total" in QGuiApplication.clipboard().text()
    compressed = replace(
        sandbox_answers["list"].exchange,
        response=replace(sandbox_answers["list"].exchange.response, wire_size=20, size=99),  # type: ignore[type-var]
    )
    assert any("20 B travelled, 99 B after decompressing" in fact for fact in facts_of(compressed))


# --- while a call runs


def test_a_running_call_shows_phase_and_bytes_and_can_be_cancelled(qtbot: QtBot, show: Show) -> None:
    view = show()
    view.model.begin()
    assert view.veil.isVisible()
    view.model.set_progress(Progress("download", 6_100, 12.0))
    assert (view.veil.phase.text(), view.veil.bytes.text()) == ("Receiving the answer", "6.1 kB received")
    with qtbot.waitSignal(view.cancel_requested):
        view.veil.button.click()
    with qtbot.waitSignal(view.cancel_requested):
        qtbot.keyClick(view, Qt.Key.Key_Escape)
    before = view.veil.clock.text()
    qtbot.waitUntil(lambda: view.veil.clock.text() != before)
    view.model.end(None)
    assert not view.veil.isVisible()
    assert view._empty.isVisible()


def test_an_earlier_answer_shines_through_but_not_at_once(
    qtbot: QtBot, show: Show, sandbox_answers: dict[str, Sent]
) -> None:
    view = show(sandbox_answers["list"])
    view.model.begin()
    assert not view.veil.isVisible()
    qtbot.waitUntil(view.veil.isVisible)
    assert not view.veil.opaque
    view.model.end(sandbox_answers["nothing"])
    assert not view.veil.isVisible()
    assert view.header.outcome.text() == "nothing found"


# --- big answers


async def test_a_big_answer_is_made_ready_on_another_thread(
    show: Show, sandbox_answers: dict[str, Sent], until: Until, tmp_path: Path, gui_loop: object
) -> None:
    sent = sandbox_answers["list"]
    assert sent.explanation is not None
    rows = [{"id": number, "name": f"Customer {number}", "apiKey": "made-up-key"} for number in range(8_000)]
    body = json.dumps({"status": 1, "message": "OK", "customers": rows}).encode()
    path = tmp_path / "answer"
    path.write_bytes(body)
    assert sent.exchange.response is not None
    for changes in ({"body": body}, {"body": b"", "file": path}):
        response = replace(sent.exchange.response, size=len(body), **changes)  # type: ignore[arg-type]
        view = show(replace(sent, exchange=replace(sent.exchange, response=response)))
        assert view.view == ""
        assert "being laid out" in view.body.page.sentence.text()
        assert view.header.sentence.text().startswith(sent.explanation.sentence), "what happened is said at once"
        await until(lambda view=view: view.view == "json")
        assert view.viewer is not None
        assert "made-up-key" not in view.viewer.document.text
        view.show_view("raw")
        await until(lambda view=view: view.viewer is not None)
        assert view.viewer.document.text.count(MASK) == 8_000


async def test_the_answer_of_a_call_that_was_overtaken_is_never_shown(
    show: Show, sandbox_answers: dict[str, Sent], until: Until, gui_loop: object
) -> None:
    sent = sandbox_answers["list"]
    assert sent.exchange.response is not None
    body = json.dumps({"status": 1, "customers": [{"id": number} for number in range(20_000)]}).encode()
    big = replace(
        sent, exchange=replace(sent.exchange, response=replace(sent.exchange.response, body=body, size=len(body)))
    )
    view = show(big)
    view.model.end(sandbox_answers["nothing"])
    await asyncio.sleep(0.2)
    assert view.viewer is not None
    assert len(view.viewer.document.text) < 200


async def test_a_temporary_file_that_is_gone_is_said(
    show: Show, sandbox_answers: dict[str, Sent], until: Until, tmp_path: Path, gui_loop: object
) -> None:
    sent = sandbox_answers["list"]
    assert sent.exchange.response is not None
    response = replace(sent.exchange.response, body=b"", file=tmp_path / "gone", size=10)
    view = show(replace(sent, exchange=replace(sent.exchange, response=response)))
    await until(lambda: "is gone" in view.notice.text())


# --- room


@pytest.mark.parametrize("width", [280, 340, 400, 520, 640, 760, 900, 1080, 1400])
@pytest.mark.parametrize("name", ["list", "refused", "401"])
def test_nothing_is_clipped_at_any_width(show: Show, sandbox_answers: dict[str, Sent], width: int, name: str) -> None:
    view = show(sandbox_answers[name], size=(width, 700), tasks=aio.Tasks(lambda *_: None))
    view.grab()
    assert view.width() == width
    header = view.header
    parts = [
        header.status, header.outcome, header.sentence, header.meta, header.explain,
        header.views, header.menu_button, *header._tools,
    ]  # fmt: skip
    seen = [part for part in parts if part.isVisible()]
    assert header.views.isVisible() != header.menu_button.isVisible()
    places = []
    for part in seen:
        place = QRect(part.mapTo(header, QPoint(0, 0)), part.size())
        assert header.rect().contains(place), part.objectName()
        assert part.height() >= min(part.minimumSizeHint().height(), part.maximumHeight()), part.objectName()
        if part is not header.sentence:
            assert part.width() >= min(part.sizeHint().width(), part.maximumWidth()) - 1, part.objectName()
        places.append(place)
    assert not any(one.intersects(other) for number, one in enumerate(places) for other in places[:number])
    assert header.sentence.width() >= min(200, header.sentence.sizeHint().width())


def test_a_long_sentence_keeps_its_words_in_tooltip_and_name(show: Show) -> None:
    view = show(size=(400, 600))
    message = "The warehouse could not be reached because " + "of one reason after another, " * 12
    view.model.end(None, UserError(message.strip()))
    view.grab()
    assert view.header.sentence.toolTip() == message.strip()
    assert view.header.sentence.accessibleName() == message.strip()
    assert view.header.height() < 250


def test_the_explanation_leaves_room_for_the_answer(qtbot: QtBot, show: Show, sandbox_answers: dict[str, Sent]) -> None:
    view = show(sandbox_answers["refused"], size=(420, 420))
    qtbot.waitUntil(lambda: view.body.height() >= 80)
    assert view.panel.height() + view.body.height() <= 420
    view.resize(1400, 800)
    qtbot.waitUntil(lambda: view.panel.height() >= view.panel.wanted_height(view.panel.width()))


def test_every_control_has_a_name(show: Show, sandbox_answers: dict[str, Sent]) -> None:
    view = show(sandbox_answers["refused"])
    view.open_find()
    names = []
    for widget in view.findChildren(QWidget):
        if (
            widget.focusPolicy() != Qt.FocusPolicy.NoFocus
            and widget.isVisible()
            and widget.objectName() != "qt_scrollarea_viewport"
        ):
            assert widget.objectName(), widget
            spoken = widget.accessibleName() or (widget.text() if isinstance(widget, (QPushButton, QLabel)) else "")
            assert spoken, widget.objectName()
            names.append(widget.objectName())
    assert "answerViews" in names


def test_both_schemes_and_the_place_button(qtbot: QtBot, show: Show, sandbox_answers: dict[str, Sent]) -> None:
    view = show(sandbox_answers["list"])
    theme.manager().set_mode("dark")
    assert view.grab().toImage().pixelColor(700, 500).lightness() < 60
    with qtbot.waitSignal(view.place_toggled):
        view.header.place.click()
    view.set_place("beside")
    assert view.header.place.accessibleName() == "Place the answer below the request"
    view.set_place("below")
    assert view.header.place.accessibleName() == "Place the answer beside the request"


def test_a_pane_made_after_the_answer_shows_it(qtbot: QtBot, sandbox_answers: dict[str, Sent]) -> None:
    sent = sandbox_answers["list"]
    model = RequestModel(sent.method, Draft(sent.method.name))
    model.end(sent)
    view = AnswerView(model)
    qtbot.addWidget(view)
    assert view.view == "json"


def test_pointers_are_said_for_people() -> None:
    assert place_words("/body/prebookItems/0/vendorId") == "prebookItems › 1 › vendorId"
    assert place_words("/query/name") == "name"
    assert place_words("/headers/X-ACCOUNT") == "X-ACCOUNT"
