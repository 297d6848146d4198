"""The request as code: what would be sent, masked until somebody asks, and always of the request as it is now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextDocument
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Environment, Pair, PreparedRequest, Token, build
from komet_console.exchange.snippets import LANGUAGES
from komet_console.gui import theme
from komet_console.gui.code.colours import CodeColours
from komet_console.gui.code.view import CodeView
from komet_console.gui.request.drafting import empty_draft
from komet_console.gui.request.model import RequestModel

SECRET = "k7Qp-only-a-sample-20"
PLACE = Environment("sandbox", "http://127.0.0.1:8443/api")


class Desk:
    """A request, a place to send it to, and how often that was asked."""

    def __init__(self, catalogue: Catalogue, name: str = "customer.list") -> None:
        method = catalogue.method(name)
        self.model = RequestModel(method, empty_draft(method))
        self.token: Token | None = Token(SECRET, "127.0.0.1:8443")
        self.trouble: UserError | None = None
        self.asked = 0

    def prepare(self) -> PreparedRequest | UserError:
        self.asked += 1
        return self.trouble or build(self.model.draft, self.model.method, self.token, PLACE)

    def set_name(self, value: str) -> None:
        rows = tuple(pair for pair in self.model.draft.query if pair.name != "name")
        self.model.set_query((*rows, Pair("name", value)), None)


@pytest.fixture
def desk(catalogue: Catalogue) -> Desk:
    return Desk(catalogue)


@pytest.fixture
def view(qtbot: QtBot, desk: Desk) -> CodeView:
    view = CodeView(desk.model, desk.prepare)
    qtbot.addWidget(view)
    view.resize(800, 500)
    view.show()
    return view


def test_each_language_is_offered_and_masked(view: CodeView) -> None:
    for number, language in enumerate(LANGUAGES):
        view.language.setCurrentIndex(number)
        shown = view.text.toPlainText()
        assert view.language.currentText() == language.label
        assert "127.0.0.1:8443/api/customer.list" in shown
        assert SECRET not in shown
        assert "YOUR-TOKEN" in shown
        assert "YOUR-TOKEN stands where the token belongs" in view.note.text()
        assert ("Git Bash" in view.note.text()) == (language.id == "curl")


def test_the_token_shows_only_when_asked_and_hides_with_the_next_language(qtbot: QtBot, view: CodeView) -> None:
    qtbot.mouseClick(view.reveal, Qt.MouseButton.LeftButton)
    assert SECRET in view.text.toPlainText()
    assert view.reveal.text() == "Hide the token"
    assert "Whoever has this code can act with it." in view.note.text()
    view.language.setCurrentIndex(3)
    assert not view.reveal.isChecked()
    assert SECRET not in view.text.toPlainText()


def test_the_token_hides_when_the_request_changes_or_leaves(qtbot: QtBot, view: CodeView, desk: Desk) -> None:
    view.reveal.setChecked(True)
    desk.set_name("flor")
    qtbot.waitUntil(lambda: "name=flor" in view.text.toPlainText(), timeout=2000)
    assert SECRET not in view.text.toPlainText()
    view.reveal.setChecked(True)
    assert SECRET in view.text.toPlainText()
    view.hide()
    assert SECRET not in view.text.toPlainText()
    view.show()
    assert not view.reveal.isChecked()


def test_the_code_follows_the_request_after_a_pause(qtbot: QtBot, view: CodeView, desk: Desk) -> None:
    before = desk.asked
    for text in ("f", "fl", "flo", "flor"):
        desk.set_name(text)
    assert "name=" not in view.text.toPlainText()
    qtbot.waitUntil(lambda: "name=flor" in view.text.toPlainText(), timeout=2000)
    assert desk.asked == before + 1


def test_a_view_that_nobody_sees_asks_for_nothing(qtbot: QtBot, view: CodeView, desk: Desk) -> None:
    view.hide()
    before = desk.asked
    desk.set_name("flor")
    qtbot.wait(250)
    assert desk.asked == before
    view.show()
    assert "name=flor" in view.text.toPlainText()


def test_another_token_is_another_code(qtbot: QtBot, view: CodeView, desk: Desk) -> None:
    desk.token = None
    view.follow()
    qtbot.waitUntil(lambda: not view.reveal.isEnabled(), timeout=2000)
    assert "There is no token to send yet: {{token}} stands in its place." in view.note.text()
    desk.token = Token("another-token-22", "127.0.0.1:8443")
    view.follow()
    qtbot.waitUntil(view.reveal.isEnabled, timeout=2000)
    view.reveal.setChecked(True)
    assert "another-token-22" in view.text.toPlainText()


def test_copy_takes_what_is_shown_and_says_so(qtbot: QtBot, view: CodeView, monkeypatch: pytest.MonkeyPatch) -> None:
    with qtbot.waitSignal(view.copied) as copied:
        qtbot.mouseClick(view.copy, Qt.MouseButton.LeftButton)
    assert copied.args == ["curl"]
    assert QGuiApplication.clipboard().text() == view.text.toPlainText()
    assert SECRET not in QGuiApplication.clipboard().text()
    assert view.copy.text() == "Copied"
    qtbot.waitUntil(lambda: view.copy.text() == "Copy", timeout=4000)


def test_a_request_that_cannot_be_made_says_why(qtbot: QtBot, view: CodeView, desk: Desk) -> None:
    desk.trouble = UserError("The sandbox is not running.", "Start it in the status bar.")
    view.refresh()
    assert not view.text.isVisible()
    assert view._trouble.headline.text() == "The sandbox is not running."
    assert view._trouble.sentence.text() == "Start it in the status bar."
    assert not view.copy.isEnabled()
    assert view.code == ""
    desk.trouble = None
    view.refresh()
    assert view.text.isVisible()
    assert view.copy.isEnabled()


def test_without_a_token_there_is_none_to_show(qtbot: QtBot, catalogue: Catalogue) -> None:
    desk = Desk(catalogue, "login")
    desk.token = None
    view = CodeView(desk.model, desk.prepare)
    qtbot.addWidget(view)
    view.show()
    assert not view.reveal.isEnabled()
    assert "token belongs" not in view.note.text()
    view.language.setCurrentIndex(1)
    assert not view.note.isVisible()


def test_a_very_long_body_is_shown_in_part_and_copied_whole(qtbot: QtBot, catalogue: Catalogue) -> None:
    desk = Desk(catalogue, "customer.add")
    desk.model.set_draft(
        replace(desk.model.draft, body=replace(desk.model.draft.body, text='{"a": "' + "x" * 60_000 + '"}')), None
    )
    view = CodeView(desk.model, desk.prepare)
    qtbot.addWidget(view)
    view.show()
    assert len(view.text.toPlainText()) < 5_000
    assert "…" in view.text.toPlainText()
    assert len(view.code) > 60_000
    assert "Only a part is shown" in view.note.text()
    qtbot.mouseClick(view.copy, Qt.MouseButton.LeftButton)
    assert len(QGuiApplication.clipboard().text()) == len(view.code)


Coloured = Callable[[str, str], dict[str, str]]


@pytest.fixture
def coloured(dressed: object) -> Coloured:
    """Text parts and the names of their colours, as the document has them."""

    def colour(language: str, text: str) -> dict[str, str]:
        document = QTextDocument()
        colours = CodeColours(document)
        colours.set_code(language, text)
        document.setPlainText(text)
        colours.rehighlight()
        found = {}
        block = document.begin()
        while block.isValid():
            parts = block.layout().formats()  # kept: their formats live in them
            for part in parts:
                encoded = block.text().encode("utf-16-le")
                piece = encoded[part.start * 2 : (part.start + part.length) * 2].decode("utf-16-le")
                found[piece] = part.format.foreground().color().name()
            block = block.next()
        return found

    return colour


def test_code_is_coloured_across_lines(coloured: Coloured) -> None:
    found = coloured("json", '{\n  "name": "Flor",\n  "boxes": 12\n}')
    assert found['"name"'] == theme.color("json_key").name()
    assert found['"Flor"'] == theme.color("json_string").name()
    assert found["12"] == theme.color("json_number").name()


def test_colours_stay_in_place_behind_characters_that_qt_counts_twice(coloured: Coloured) -> None:
    found = coloured("json", '{"note": "🌹🌹", "boxes": 12}')
    assert found['"🌹🌹"'] == theme.color("json_string").name()
    assert found["12"] == theme.color("json_number").name()


def test_colours_follow_the_theme(view: CodeView) -> None:
    def first() -> str:
        view.language.setCurrentIndex(1)
        view._colours.rehighlight()
        parts = view.text.document().begin().layout().formats()
        return parts[0].format.foreground().color().name()

    light = first()
    theme.manager().set_mode("dark")
    assert first() != light
