"""The text viewer: keys, mouse, folding, selection, search, and that it paints no more than is seen."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from komet_console.gui.answer import viewer_paint
from komet_console.gui.answer.layout import json_document, plain_document
from komet_console.gui.answer.viewer import ROW, TextViewer

TEXT = json.dumps(
    {"status": 1, "customers": [{"id": 7349, "name": "ACME Florals"}, {"id": 7350, "name": "Bayside acme"}]}
)


@pytest.fixture
def viewer(qtbot: QtBot) -> TextViewer:
    made = TextViewer()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    made.show_document(json_document(TEXT))
    made.setFocus()
    return made


def at(viewer: TextViewer, row: int, cell: float) -> QPoint:
    return QPoint(round(viewer.gutter + cell * viewer.cell), row * ROW + ROW // 2)


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_keys_move_the_caret_and_say_the_line(qtbot: QtBot, viewer: TextViewer) -> None:
    key = Qt.Key
    for pressed in (key.Key_Down, key.Key_Down, key.Key_Home):
        qtbot.keyClick(viewer, pressed)
    document = viewer.document
    assert viewer.caret == document.starts[2] + 2
    assert viewer.accessibleDescription() == 'Line 3: "customers": ['
    qtbot.keyClick(viewer, key.Key_Home)
    assert viewer.caret == document.starts[2]
    qtbot.keyClick(viewer, key.Key_End)
    assert viewer.caret == document.end(2)
    qtbot.keyClick(viewer, key.Key_Right)
    assert viewer.caret == document.starts[3]
    qtbot.keyClick(viewer, key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert viewer.caret == len(document.text)
    qtbot.keyClick(viewer, key.Key_Right)
    assert viewer.caret == len(document.text)
    qtbot.keyClick(viewer, key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert (viewer.caret, viewer.selection) == (0, (0, 0))


def test_up_and_down_keep_their_column_over_short_lines(qtbot: QtBot, viewer: TextViewer) -> None:
    viewer.show_document(plain_document("a long line\nx\nanother long line"))
    viewer.select(8, 8)
    qtbot.keyClick(viewer, Qt.Key.Key_Down)
    assert viewer.caret == 13
    qtbot.keyClick(viewer, Qt.Key.Key_Down)
    assert viewer.caret == 14 + 8


def test_shift_selects_and_ctrl_c_copies(qtbot: QtBot, viewer: TextViewer) -> None:
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(viewer, Qt.Key.Key_Down)
    qtbot.keyClick(viewer, Qt.Key.Key_Down, shift)
    qtbot.keyClick(viewer, Qt.Key.Key_C, control)
    assert clipboard() == '  "status": 1,\n'
    qtbot.keyClick(viewer, Qt.Key.Key_Right, shift | control)
    assert viewer.selected_text().startswith('  "status": 1,\n  ')
    qtbot.keyClick(viewer, Qt.Key.Key_Left)
    assert viewer.selection[0] == viewer.selection[1] == viewer.document.starts[1]
    qtbot.keyClick(viewer, Qt.Key.Key_A, control)
    qtbot.keyClick(viewer, Qt.Key.Key_C, control)
    assert clipboard() == viewer.document.text


def test_copy_without_a_selection_copies_everything_folded_parts_included(viewer: TextViewer) -> None:
    viewer.fold_all()
    viewer.copy()
    assert clipboard() == viewer.document.text


def test_the_mouse_selects_by_pulling_and_words_by_two_clicks(qtbot: QtBot, viewer: TextViewer) -> None:
    viewport = viewer.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=at(viewer, 1, 2))
    viewer._pointer = at(viewer, 1, 10).toPointF()
    viewer._draw_selection()
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at(viewer, 1, 10))
    assert viewer.selected_text() == '"status"'
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=at(viewer, 1, 5.2))
    assert viewer.selected_text() == "status"
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, at(viewer, 1, 14))
    assert viewer.selected_text() == 'status": 1,'


def test_a_click_at_the_mark_folds_and_one_at_the_dots_unfolds(qtbot: QtBot, viewer: TextViewer) -> None:
    lines = viewer.document.lines
    qtbot.mouseClick(viewer.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(viewer.gutter - 9, 2 * ROW + 8))
    assert viewer.folding.folded(2)
    assert viewer.folding.rows == 4
    qtbot.mouseClick(viewer.viewport(), Qt.MouseButton.LeftButton, pos=at(viewer, 2, 18))
    assert viewer.folding.rows == lines


def test_keys_fold_what_stands_around_the_caret(qtbot: QtBot, viewer: TextViewer) -> None:
    viewer.select(viewer.document.text.index("7349"), viewer.document.text.index("7349"))
    qtbot.keyClicks(viewer, "-")
    assert viewer.folding.folded(3)
    assert viewer.caret == viewer.document.starts[3]
    qtbot.keyClicks(viewer, "+")
    assert viewer.folding.rows == viewer.document.lines
    viewer.fold_all()
    qtbot.keyClicks(viewer, "*")
    assert viewer.folding.rows == viewer.document.lines


def test_the_menu_offers_folding_only_where_something_folds(viewer: TextViewer) -> None:
    assert [one.text() for one in viewer.menu().actions() if one.text()] == [
        "Copy everything", "Select all", "Fold all", "Unfold all",
    ]  # fmt: skip
    viewer.select(0, 3)
    assert viewer.menu().actions()[0].text() == "Copy the selection"
    viewer.show_document(plain_document("no braces"))
    assert [one.text() for one in viewer.menu().actions()] == ["Copy everything", "Select all"]


def test_search_marks_counts_goes_round_and_opens_folds(viewer: TextViewer) -> None:
    heard: list[tuple[int, int, bool]] = []
    viewer.found.connect(lambda *what: heard.append(what))
    viewer.fold_all()
    viewer.look_for("acme")
    assert heard[-1] == (1, 2, False)
    assert viewer.selected_text() == "ACME"
    assert viewer.folding.row(viewer.document.line_at(viewer.caret)) > 2
    viewer.go_on()
    assert (heard[-1], viewer.selected_text()) == ((2, 2, False), "acme")
    viewer.go_on()
    assert heard[-1] == (1, 2, False)
    viewer.go_on(-1)
    assert heard[-1] == (2, 2, False)
    viewer.look_for("acme", match_case=True)
    assert heard[-1] == (1, 1, False)
    viewer.look_for("nowhere")
    assert heard[-1] == (0, 0, False)
    viewer.look_for("")
    assert len(viewer.matches) == 0


async def test_long_texts_are_searched_on_another_thread(
    qtbot: QtBot,
    gui_loop: object,
    until: Callable[[Callable[[], object]], Awaitable[None]],
) -> None:
    viewer = TextViewer()
    qtbot.addWidget(viewer)
    viewer.show_document(plain_document("row of nothing\n" * 60_000 + "the needle"))
    viewer.look_for("needle")
    assert viewer._search.busy
    await until(lambda: viewer.matches)
    assert viewer.selected_text() == "needle"
    assert viewer.verticalScrollBar().value() > 59_900


def test_only_what_is_seen_is_painted(viewer: TextViewer, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    plain = viewer_paint.printable
    monkeypatch.setattr(viewer_paint, "printable", lambda text: (drawn.append(len(text)), plain(text))[1])
    for text in ("x" * 1_000_000, "line\n" * 200_000, "日本" * 300_000, json.dumps({"a": "y" * 1_000_000})):
        document = json_document(text) if text.startswith("{") else plain_document(text)
        viewer.show_document(document)
        drawn.clear()
        viewer.grab()
        assert 10 < sum(drawn) < 2_000
        viewer.horizontalScrollBar().setValue(viewer.horizontalScrollBar().maximum() // 2)
        viewer.verticalScrollBar().setValue(viewer.verticalScrollBar().maximum() // 2)
        drawn.clear()
        viewer.grab()
        assert 10 < sum(drawn) < 2_000


def test_bars_reach_the_end_of_the_widest_line_and_the_last_row(viewer: TextViewer) -> None:
    viewer.show_document(plain_document("日" * 100 + "\n" + "x\n" * 99))
    seen = (viewer.viewport().width() - viewer.gutter) / viewer.cell
    assert viewer.horizontalScrollBar().maximum() + seen >= 200
    assert viewer.verticalScrollBar().maximum() == 101 - viewer.page
    viewer.select(100, 100)
    assert viewer.horizontalScrollBar().value() + seen >= 200
    viewer.show_document(plain_document("short"))
    assert (viewer.horizontalScrollBar().maximum(), viewer.verticalScrollBar().maximum()) == (0, 0)


def test_a_point_leads_to_the_character_there(viewer: TextViewer) -> None:
    viewer.show_document(plain_document("日本 ok\nab"))
    assert viewer.offset_at(at(viewer, 0, 2.1).toPointF()) == 1
    assert viewer.offset_at(at(viewer, 0, 5.1).toPointF()) == 3
    assert viewer.offset_at(at(viewer, 1, 40).toPointF()) == 8
    assert viewer.offset_at(at(viewer, 30, 0).toPointF()) == 6
    assert viewer.offset_at(QPoint(0, 0).toPointF()) == 0
