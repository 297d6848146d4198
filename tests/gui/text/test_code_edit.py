from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from komet_console.gui import theme
from komet_console.gui.text.code_edit import CodeEdit, Mark
from komet_console.gui.text.folding import read_structure
from komet_console.gui.text.gutter import Gutter
from komet_console.gui.text.replacing import text_of

TEXT = """{
  "a": {
    "b": [
      1
    ]
  },
  "c": 2
}"""
Make = Callable[..., CodeEdit]


@pytest.fixture
def edit(qtbot: QtBot) -> Make:
    def make(text: str = "", **options: bool) -> CodeEdit:
        editor = CodeEdit("json", **options)
        qtbot.addWidget(editor)
        editor.resize(500, 400)
        editor.show()
        if text:
            editor.setPlainText(text)
            editor._read_structure()
        return editor

    return make


def put(editor: CodeEdit, place: int, anchor: int | None = None) -> None:
    cursor = editor.textCursor()
    cursor.setPosition(place if anchor is None else anchor)
    cursor.setPosition(place, cursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def seen(editor: CodeEdit) -> list[int]:
    return [block.blockNumber() for block, _, _ in editor.seen_blocks()]


def colours(editor: CodeEdit, line: int) -> list[tuple[str, str]]:
    block = editor.document().findBlockByNumber(line)
    return [
        (block.text()[one.start : one.start + one.length], one.format.foreground().color().name())
        for one in block.layout().formats()
    ]


def test_the_structure_of_broken_text() -> None:
    found = read_structure('{"}": [1, // ]\n/* {\n */ 2]\n, ] "x')
    assert found.pairs == {6: 25, 25: 6}
    assert found.folds == {0: 2}
    assert found.comments == {2: 3}


@pytest.mark.parametrize(
    ("keys", "text", "place"),
    [
        ("{", "{}", 1),
        ('{"a', '{"a"}', 3),
        ('{"a"', '{"a"}', 4),
        ("[]", "[]", 2),
        ('"{', '"{"', 2),
        ("// {", "// {", 4),
    ],
)
def test_brackets_and_quotes_close(qtbot: QtBot, edit: Make, keys: str, text: str, place: int) -> None:
    editor = edit()
    qtbot.keyClicks(editor, keys)
    assert (text_of(editor), editor.textCursor().position()) == (text, place)


def test_backspace_takes_an_empty_pair_away(qtbot: QtBot, edit: Make) -> None:
    editor = edit()
    qtbot.keyClicks(editor, "[{")
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert text_of(editor) == "[]"


def test_enter_indents_and_a_closing_bracket_goes_out(qtbot: QtBot, edit: Make) -> None:
    editor = edit()
    qtbot.keyClicks(editor, "{")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, '"a": 1')
    assert text_of(editor) == '{\n  "a": 1\n}'
    editor.setPlainText("  [\n    ")
    put(editor, 8)
    qtbot.keyClicks(editor, "]")
    assert text_of(editor) == "  [\n  ]"


def test_text_that_is_no_json_is_only_indented(qtbot: QtBot, edit: Make) -> None:
    editor = edit()
    editor.set_language("text")
    qtbot.keyClicks(editor, '  say "')
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == '  say "\n  '


def test_tab_indents_lines_and_shift_tab_takes_it_back(qtbot: QtBot, edit: Make) -> None:
    editor = edit("a\nb\nc")
    put(editor, 3, anchor=0)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert text_of(editor) == "  a\n  b\nc"
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert text_of(editor) == "a\nb\nc"


def test_esc_and_tab_leave_by_keyboard(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    before, editor, after = QLineEdit(), CodeEdit("json"), QLineEdit()
    column = QVBoxLayout(page)
    for widget in (before, editor, after):
        column.addWidget(widget)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.hasFocus()
    assert text_of(editor) == "  "
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert after.hasFocus()
    assert text_of(editor) == "  "
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert before.hasFocus()


def test_a_click_in_the_gutter_folds_and_unfolds(qtbot: QtBot, edit: Make) -> None:
    editor = edit(TEXT)
    gutter = editor.findChild(Gutter)
    _, top, height = list(editor.seen_blocks())[1]
    spot = QPoint(gutter.width() - 8, round(top + height / 2))
    qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=spot)
    assert seen(editor) == [0, 1, 6, 7]
    assert editor.is_folded(1)
    qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=spot)
    assert seen(editor) == list(range(8))
    assert text_of(editor) == TEXT


def test_keys_fold_what_the_cursor_is_in_and_the_cursor_comes_out(qtbot: QtBot, edit: Make) -> None:
    editor = edit(TEXT)
    put(editor, TEXT.index("1"))
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(editor, Qt.Key.Key_BraceLeft, both)
    assert seen(editor) == [0, 1, 2, 5, 6, 7]
    assert editor.textCursor().blockNumber() == 2
    qtbot.keyClick(editor, Qt.Key.Key_BraceRight, both)
    assert seen(editor) == list(range(8))


def test_a_fold_moves_with_its_line_and_opens_for_the_cursor(qtbot: QtBot, edit: Make) -> None:
    editor = edit(TEXT)
    editor.toggle_fold(2)
    put(editor, 1)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    editor._read_structure()
    assert editor.is_folded(3)
    assert seen(editor) == [0, 1, 2, 3, 6, 7, 8]
    editor.go_to(5, 7)
    assert editor.textCursor().block().isVisible()
    assert not editor.is_folded(3)


def test_a_fold_whose_bracket_goes_is_shown_again(edit: Make) -> None:
    editor = edit(TEXT)
    editor.toggle_fold(2)
    place = TEXT.index("[")
    put(editor, place + 1, anchor=place)
    editor.textCursor().removeSelectedText()
    editor._read_structure()
    assert seen(editor) == list(range(8))


def test_lines_are_coloured_where_they_are_seen(qtbot: QtBot, edit: Make) -> None:
    editor = edit("\n".join(f'"k{number}": {number},' for number in range(3000)))
    editor.grab()
    assert colours(editor, 0)[0] == ('"k0"', theme.color("json_key").name())
    assert colours(editor, 2500) == []
    editor.go_to(2501)
    editor.grab()
    assert colours(editor, 2500)[0] == ('"k2500"', theme.color("json_key").name())
    put(editor, 0)
    qtbot.keyClicks(editor, "7")
    editor.grab()
    assert colours(editor, 0)[0] == ("7", theme.color("json_number").name())


def test_colours_follow_the_theme_and_comments_over_lines(edit: Make) -> None:
    editor = edit("/* a\n b */ 1\n2")
    editor.grab()
    light = theme.color("faint").name()
    assert colours(editor, 1) == [(" b */", light), ("1", theme.color("json_number").name())]
    theme.manager().set_mode("dark")
    editor.grab()
    assert theme.color("faint").name() != light
    assert colours(editor, 0) == [("/* a", theme.color("faint").name())]
    editor.setPlainText("1\n b */ 1\n2")
    editor.grab()
    assert colours(editor, 1)[0][1] != theme.color("faint").name()


def test_brackets_beside_the_cursor_are_shown(edit: Make) -> None:
    editor = edit('["💐", 1]')
    put(editor, 0)
    found = [(one.cursor.selectionStart(), one.cursor.selectionEnd()) for one in editor.extraSelections()]
    assert (0, 1) in found
    assert (9, 10) in found or (len('["xx", 1]') - 1, len('["xx", 1]')) in found


def test_marks_move_with_the_text(qtbot: QtBot, edit: Make) -> None:
    editor = edit("abc def")
    editor.set_marks([Mark(4, 7, "no such word")])
    put(editor, 0)
    qtbot.keyClicks(editor, "xx")
    assert editor.mark_at(7) == Mark(4, 7, "no such word")
    assert editor.mark_at(2) is None
    editor.set_marks(())
    assert editor.mark_at(7) is None


def test_read_only_text_is_left_by_tab(qtbot: QtBot, edit: Make) -> None:
    editor = edit("a", read_only=True)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.keyClicks(editor, "{x")
    assert text_of(editor) == "a"


@pytest.mark.parametrize(("line", "column", "place"), [(1, 1, 0), (2, 3, 4), (99, 99, 4), (0, -4, 0)])
def test_going_to_a_place_that_is_not_there_goes_to_the_nearest(edit: Make, line: int, column: int, place: int) -> None:
    editor = edit("a\nbc")
    editor.go_to(line, column)
    assert editor.textCursor().position() == place
