from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from komet_console.gui.text.offsets import Offsets
from komet_console.gui.text.replacing import as_shown, difference, replace_text, text_of

TEXTS = st.text(alphabet='{}":,ab \n\r\u00a0é💐', max_size=40)


@given(TEXTS, TEXTS)
def test_a_difference_makes_one_text_of_the_other(before: str, after: str) -> None:
    start, end, part = difference(before, after)
    assert before[:start] + part + before[end:] == after
    assert start <= end


@given(TEXTS)
def test_places_are_the_same_in_both_ways_of_counting(text: str) -> None:
    places = Offsets(text)
    for place in range(len(text) + 1):
        in_qt = len(text[:place].encode("utf-16-le")) // 2
        assert places.to_qt(place) == in_qt
        assert places.from_qt(in_qt) == place


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=5))
def test_whatever_text_comes_from_outside_is_shown_and_undone_step_by_step(qtbot: QtBot, texts: list[str]) -> None:
    editor = QPlainTextEdit()
    qtbot.addWidget(editor)
    editor.setPlainText("start")
    shown = ["start"]
    for text in texts:
        replace_text(editor, text)
        assert text_of(editor) == as_shown(text)
        if as_shown(text) != shown[-1]:
            shown.append(as_shown(text))
    while len(shown) > 1:
        shown.pop()
        editor.undo()
        assert text_of(editor) == shown[-1]


@pytest.mark.parametrize("place", [0, 3, 9])
def test_the_cursor_stays_where_nothing_changes(qtbot: QtBot, place: int) -> None:
    editor = QPlainTextEdit('{"a": 1, "b": 2}')
    qtbot.addWidget(editor)
    cursor = editor.textCursor()
    cursor.setPosition(place)
    editor.setTextCursor(cursor)
    replace_text(editor, '{"a": 1, "b": 300}')
    assert editor.textCursor().position() == place
