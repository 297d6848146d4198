from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue, Finding, Severity
from komet_console.exchange import Body, Draft, Pair
from komet_console.gui.request.body import BodyPane
from komet_console.gui.request.model import RequestModel
from komet_console.gui.text.replacing import text_of

TEXT = '{\n  "a": 1.50,\n  "items": [\n    {"price": 10, "n": "x"}\n  ]\n}'
Open = Callable[..., BodyPane]


@pytest.fixture
def open_body(qtbot: QtBot, catalogue: Catalogue) -> Open:
    def make(body: Body | str) -> BodyPane:
        made = Body("json", body) if isinstance(body, str) else body
        model = RequestModel(catalogue.method("prebook.create"), Draft("prebook.create", body=made))
        pane = BodyPane(model)
        qtbot.addWidget(pane)
        pane.resize(600, 400)
        pane.show()
        return pane

    return make


def draft_text(pane: BodyPane) -> str:
    return pane._model.draft.body.text


def put(pane: BodyPane, place: int) -> None:
    cursor = pane.editor.textCursor()
    cursor.setPosition(place)
    pane.editor.setTextCursor(cursor)


def test_what_is_typed_is_what_is_sent(qtbot: QtBot, open_body: Open) -> None:
    pane = open_body("")
    qtbot.keyClicks(pane.editor, "not json 007 ")
    assert draft_text(pane) == "not json 007 "
    assert pane._model.draft.body.kind == "json"


def test_a_change_from_outside_is_one_step_that_keeps_cursor_and_history(qtbot: QtBot, open_body: Open) -> None:
    pane = open_body(TEXT)
    put(pane, TEXT.index("items"))
    pane._model.set_body_text(TEXT.replace('"x"', '"longer"'), None)
    assert text_of(pane.editor) == TEXT.replace('"x"', '"longer"')
    assert pane.editor.textCursor().position() == TEXT.index("items")
    pane._model.mark_saved()
    pane.editor.undo()
    assert text_of(pane.editor) == draft_text(pane) == TEXT
    assert pane._model.unsaved


def test_undo_ends_at_what_was_opened(open_body: Open) -> None:
    pane = open_body(TEXT)
    pane.editor.undo()
    assert text_of(pane.editor) == draft_text(pane) == TEXT


def test_line_ends_and_unbreakable_blanks_survive_an_edit(qtbot: QtBot, open_body: Open) -> None:
    pane = open_body('{\r\n"a": "x\u00a0y"\r\n}')
    assert draft_text(pane) == '{\r\n"a": "x\u00a0y"\r\n}'
    put(pane, 0)
    qtbot.keyClicks(pane.editor, " ")
    assert draft_text(pane) == ' {\r\n"a": "x\u00a0y"\r\n}'


def test_beautify_and_compact_are_one_step_each_and_keep_the_place(open_body: Open) -> None:
    text = '{"a":1.50,"b":[007e1,{{x}}], // mine\n"c":"d e"}'.replace("007e1", "7e1")
    pane = open_body(text)
    put(pane, text.index("d e") + 2)
    pane.beautify()
    laid_out = text_of(pane.editor)
    assert laid_out == '{\n  "a": 1.50,\n  "b": [\n    7e1,\n    {{x}}\n  ], // mine\n  "c": "d e"\n}'
    assert laid_out[: pane.editor.textCursor().position()].rstrip() == laid_out[: laid_out.index(" e")]
    pane.compact()
    assert draft_text(pane) == '{"a":1.50,"b":[7e1,{{x}}],// mine\n"c":"d e"}'
    pane.editor.undo()
    assert draft_text(pane) == laid_out
    pane.editor.undo()
    assert draft_text(pane) == text


def test_invalid_json_stays_and_the_place_is_shown(qtbot: QtBot, open_body: Open) -> None:
    text = '{\n  "a": 1\n  "b": 2\n}'
    pane = open_body(text)
    assert [mark.token for mark in pane.editor.marks] == ["red"]
    pane.beautify()
    assert draft_text(pane) == text
    cursor = pane.editor.textCursor()
    assert (cursor.blockNumber(), cursor.positionInBlock()) == (2, 2)
    said = pane.message.text()
    assert said.startswith("Line 3, column 3: A comma or } is missing here.")
    assert said.endswith("It is sent exactly as typed.")
    put(pane, 0)
    qtbot.mouseClick(pane.jump, Qt.MouseButton.LeftButton)
    assert pane.editor.textCursor().blockNumber() == 2


def test_errors_are_marked_while_typing_and_go_when_they_are_repaired(qtbot: QtBot, open_body: Open) -> None:
    pane = open_body('{"a": 1}')
    assert not pane.message.isVisible()
    put(pane, 7)
    qtbot.keyClicks(pane.editor, "x")
    qtbot.waitUntil(pane.message.isVisible)
    assert "1x" in pane.message.text()
    pane.editor.undo()
    qtbot.waitUntil(lambda: not pane.message.isVisible())
    assert pane.editor.marks == ()


def test_an_unfinished_text_is_marked_at_its_last_character(open_body: Open) -> None:
    pane = open_body('{"a": 1\n\n')
    assert [(mark.start, mark.end) for mark in pane.editor.marks] == [(6, 7)]


def test_findings_are_underlined_at_their_places(open_body: Open) -> None:
    pane = open_body(TEXT)
    pane._model.set_findings(
        [
            Finding("/body/items/0/price", "too high", Severity.ERROR, "less", "a"),
            Finding("/body/items", "too few", Severity.WARNING, "", "b"),
            Finding("/body/missing", "is required", Severity.ERROR, "", "c"),
            Finding("/headers/X", "elsewhere", Severity.ERROR, "", "d"),
        ]
    )
    found = [(TEXT[mark.start : mark.end], mark.text, mark.token) for mark in pane.editor.marks]
    assert found == [("10", "too high less", "red"), ('"items"', "too few", "amber")]


@pytest.mark.parametrize(
    ("pointer", "wanted"),
    [("/body/items/0/price", "10"), ("/body/items/0/none", '{"price": 10, "n": "x"}'), ("/body/a", "1.50")],
)
def test_going_to_a_pointer_selects_the_value(open_body: Open, pointer: str, wanted: str) -> None:
    pane = open_body(TEXT)
    pane.go_to(pointer)
    assert pane.editor.textCursor().selectedText() == wanted


def test_going_to_a_pointer_of_broken_text_does_nothing(open_body: Open) -> None:
    pane = open_body('{"a": ')
    pane.go_to("/body/a")
    assert not pane.editor.textCursor().hasSelection()


@pytest.mark.parametrize(
    ("text", "place", "pasted", "wanted", "name"),
    [
        ('{"authenticationToken": ""}', 25, "s3cr3t-value", '{"authenticationToken": "{{token}}"}', "token"),
        ("", 0, '{"a": 1, "password": "pw-1234"}', '{"a": 1, "password": "{{password}}"}', "password"),
        ("", 0, '{"authenticationToken": "s3cr3t-v', '{"authenticationToken": "s3cr3t-v', ""),
    ],
)
def test_secrets_that_are_pasted_become_references(
    qtbot: QtBot, open_body: Open, text: str, place: int, pasted: str, wanted: str, name: str
) -> None:
    pane = open_body(text)
    taken: list[tuple[str, str]] = []
    drafts: list[str] = []
    pane.secret_taken.connect(lambda *secret: taken.append(secret))
    pane._model.draft_changed.connect(lambda _: drafts.append(draft_text(pane)))
    put(pane, place)
    mime = QMimeData()
    mime.setText(pasted)
    pane.editor.insertFromMimeData(mime)
    assert text_of(pane.editor) == draft_text(pane) == wanted
    if name:
        assert [one[0] for one in taken] == [name]
        assert taken[0][1] in pasted
        assert not any(taken[0][1] in draft for draft in drafts)
        qtbot.waitUntil(pane.message.isVisible)
        assert "{{" + name + "}}" in pane.message.text()
        pane.editor.undo()
        pane.editor.redo()
        assert taken[0][1] not in text_of(pane.editor)
    else:
        assert taken == []


def test_raw_text_is_not_judged(open_body: Open) -> None:
    pane = open_body(Body("raw", "<a>"))
    assert text_of(pane.editor) == "<a>"
    assert pane.editor.language == "text"
    assert not pane.message.isVisible()
    pane.beautify()
    assert draft_text(pane) == "<a>"


def test_no_body_offers_a_json_one(qtbot: QtBot, open_body: Open) -> None:
    pane = open_body(Body())
    button = pane.findChild(QPushButton, "addBody")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert json.loads(draft_text(pane)) == {}
    assert pane.editor.isVisible()
    assert pane.editor.textCursor().blockNumber() == 1


def test_rows_of_a_form_are_edited_as_rows(open_body: Open) -> None:
    pane = open_body(Body("form", pairs=(Pair("a", "1"), Pair("a", "2"))))
    assert pane.rows is not None
    model = pane.rows.table.model()
    model.setData(model.index(1, 1), "3")
    assert pane._model.draft.body.pairs == (Pair("a", "1"), Pair("a", "3"))
    assert not pane.findChild(QPushButton, "bodyFile").isVisible()


def test_a_row_of_a_multipart_body_takes_a_file(qtbot: QtBot, open_body: Open) -> None:
    pane = open_body(Body("multipart", pairs=(Pair("a", "1"), Pair("photo"))))
    asked: list[Callable[[Path], None]] = []
    pane.file_asked.connect(asked.append)
    button = pane.findChild(QPushButton, "bodyFile")
    assert pane.rows is not None
    pane.rows.table.setCurrentIndex(pane.rows.table.model().index(1, 0))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    asked[0](Path("rose.png"))
    assert pane._model.draft.body.pairs == (Pair("a", "1"), Pair("photo", file="rose.png"))
    pane.rows.table.setCurrentIndex(pane.rows.table.model().index(2, 0))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    asked[1](Path("lily.png"))
    assert pane._model.draft.body.pairs[2] == Pair("file", file="lily.png")


def test_changing_the_kind_changes_the_view(open_body: Open) -> None:
    pane = open_body("[1]")
    model = pane._model
    for kind, shown in (("form", False), ("raw", True), ("none", False), ("json", True)):
        model.set_body(replace(model.draft.body, kind=kind), None)
        assert pane.editor.isVisible() is shown
        pane.focus()


def test_a_very_long_line_waits_until_somebody_insists(qtbot: QtBot, open_body: Open) -> None:
    pane = open_body("[" + "1," * 150_000 + "1]")
    assert not pane.editor.isVisible()
    qtbot.mouseClick(pane.findChild(QPushButton, "showLargeBody"), Qt.MouseButton.LeftButton)
    assert pane.editor.isVisible()


def test_ctrl_f_finds_in_the_body(qtbot: QtBot, open_body: Open) -> None:
    pane = open_body(TEXT)
    qtbot.keyClick(pane.editor, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert pane.find_bar is not None
    assert pane.find_bar.replacement.isVisible()
    qtbot.keyClick(pane.editor, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert not pane.find_bar.replacement.isVisible()


def test_place_and_scroll_come_back(qtbot: QtBot, open_body: Open) -> None:
    text = "\n".join(map(str, range(200)))
    pane = open_body(text)
    pane.editor.go_to(150, 2)
    place = pane.place()
    other = open_body(text)
    other.restore_place(place)
    other.restore_place({"cursor": "no"})
    assert other.editor.textCursor().position() == pane.editor.textCursor().position()
    qtbot.waitUntil(lambda: other.editor.verticalScrollBar().value() == place["scroll"])
