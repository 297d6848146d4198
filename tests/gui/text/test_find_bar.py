from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from komet_console.gui import theme
from komet_console.gui.text.code_edit import CodeEdit
from komet_console.gui.text.find_bar import FindBar
from komet_console.gui.text.replacing import text_of


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[FindBar]:
    page = QWidget()
    qtbot.addWidget(page)
    editor = CodeEdit("json", parent=page)
    made = FindBar(editor, page)
    column = QVBoxLayout(page)
    column.addWidget(made)
    column.addWidget(editor)
    page.resize(700, 300)
    page.show()
    editor.setPlainText('{"price": 1, "Price": 2, "prices": 3, "💐": "price"}')
    yield made
    page.hide()  # and keeps the page alive until here


def selected(bar: FindBar) -> str:
    return bar._editor.textCursor().selectedText()


def look_for(bar: FindBar, text: str) -> None:
    bar.open_bar(replace=True)
    bar.field.setText(text)
    bar._search()


def test_steps_go_round_and_say_where_they_are(qtbot: QtBot, bar: FindBar) -> None:
    look_for(bar, "price")
    assert bar.count.text() == "4 found"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert (selected(bar), bar.count.text()) == ("price", "1 of 4")
    qtbot.keyClick(bar.field, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert (selected(bar), bar.count.text()) == ("price", "4 of 4")
    qtbot.keyClick(bar._editor, Qt.Key.Key_F3)
    assert bar.count.text() == "1 of 4"
    qtbot.keyClick(bar._editor, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert bar._editor.found == []


@pytest.mark.parametrize(
    ("case", "word", "pattern", "text", "said"),
    [
        (True, False, False, "price", "3 found"),
        (False, True, False, "price", "3 found"),
        (True, True, False, "price", "2 found"),
        (False, False, True, "pr.ces", "1 found"),
        (False, False, True, "pr(", "not found"),
        (False, False, False, "pr.ces", "not found"),
        (False, False, False, "", ""),
    ],
)
def test_ways_to_look(bar: FindBar, case: bool, word: bool, pattern: bool, text: str, said: str) -> None:
    bar.case.setChecked(case)
    bar.word.setChecked(word)
    bar.pattern.setChecked(pattern)
    look_for(bar, text)
    assert bar.count.text() == said
    assert bar.field.property("role") == ("bad" if text == "pr(" else "")


def test_all_replacements_are_one_step_of_undo(qtbot: QtBot, bar: FindBar) -> None:
    before = text_of(bar._editor)
    look_for(bar, "price")
    bar.replacement.setText("cost")
    qtbot.mouseClick(bar.all, Qt.MouseButton.LeftButton)
    assert text_of(bar._editor) == '{"cost": 1, "cost": 2, "costs": 3, "💐": "cost"}'
    bar._editor.undo()
    assert text_of(bar._editor) == before


def test_one_replacement_goes_on_to_the_next(qtbot: QtBot, bar: FindBar) -> None:
    bar.pattern.setChecked(True)
    look_for(bar, r"(pri)(ce)(?=s)")
    bar.step(1)
    bar.replacement.setText(r"\2\1")
    qtbot.mouseClick(bar.one, Qt.MouseButton.LeftButton)
    assert text_of(bar._editor) == '{"price": 1, "Price": 2, "cepris": 3, "💐": "price"}'
    look_for(bar, "price")
    bar.step(1)
    bar.replacement.setText(r"\9")
    qtbot.mouseClick(bar.one, Qt.MouseButton.LeftButton)
    assert text_of(bar._editor).endswith(r'"\9"}')
    assert bar.count.text() == "1 of 2"


def test_what_is_selected_is_looked_for(bar: FindBar) -> None:
    bar._editor.select(26, 31)
    bar.open_bar()
    assert bar.field.text() == bar._editor.textCursor().selectedText() == "price"
    assert not bar.replacement.isVisible()


def test_what_was_found_takes_on_the_colours_of_another_scheme(bar: FindBar) -> None:
    look_for(bar, "price")
    theme.manager().set_mode("dark")
    shown = {found.format.background().color().name() for found in bar._editor.found}
    assert shown == {theme.color("amberbg").name()}
