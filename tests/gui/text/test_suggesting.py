from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue, Field, Method, load
from komet_console.gui.form.describing import is_flag
from komet_console.gui.text.code_edit import CodeEdit
from komet_console.gui.text.completion import Completion
from komet_console.gui.text.replacing import text_of
from komet_console.gui.text.suggesting import Suggestions, suggest

TODAY = date(2026, 3, 2)


def ask(method: Method, text: str) -> Suggestions | None:
    place = text.index("|")
    return suggest(method, text.replace("|", ""), place, TODAY)


def labels(method: Method, text: str) -> list[str]:
    found = ask(method, text)
    return [one.label for one in found.items] if found else []


@pytest.fixture(scope="module")
def prebook() -> Method:
    return load().method("prebook.create")


def first(fields: tuple[Field, ...], wanted: object) -> Field:
    return next(one for one in fields if wanted(one))  # type: ignore[operator]


def test_names_that_are_not_there_yet_the_required_first(prebook: Method) -> None:
    found = ask(prebook, '{"|')
    assert found is not None
    assert {one.label for one in found.items} == {field.name for field in prebook.body}
    strong = [one.strong for one in found.items]
    assert strong == sorted(strong, reverse=True)
    assert any(strong)
    name = found.items[0].label
    assert name not in labels(prebook, f'{{"{name}": 1, "|')
    assert name not in labels(prebook, f'{{"|", "{name}": 1}}')
    assert name in labels(prebook, f'{{"|": 1, "x": {{"{name}": 1}}}}')
    assert all(field.name in one.tip for field in prebook.body for one in found.items if one.label == field.name)


def test_names_within_arrays_of_objects(prebook: Method) -> None:
    outer = first(prebook.body, lambda one: one.type == "array" and one.children)
    inner = {field.name for field in outer.children}
    assert set(labels(prebook, f'{{"{outer.name}": [{{"|')) == inner
    assert set(labels(prebook, f'{{"{outer.name}": [{{"a": 1}}, {{"|"}}], "b": [')) == inner


@pytest.mark.parametrize("text", ["|", "[|", '{"no": {"|', '{"a"|', '{"a" |', '{"a": 1 |', '{"a": "b" |', "{}|", "}|{"])
def test_nothing_is_said_where_nothing_fits(prebook: Method, text: str) -> None:
    assert ask(prebook, text) is None


def test_values_of_closed_sets_flags_dates_and_tokens() -> None:
    seen = set()
    catalogue = load()
    for method in map(catalogue.method, catalogue.summaries):
        for field in method.body:
            wanted = labels(method, f'{{"{field.name}": |')
            if field.type == "token":
                assert wanted == ["{{token}}"]
            elif is_flag(field):
                assert wanted in (["1", "0"], ["true", "false"])
            elif field.values:
                assert wanted == [value.value for value in field.values]
            elif field.type == "date":
                assert "2026-03-02" in wanted
            else:
                continue
            seen.add(field.type)
    assert {"token", "date"} <= seen


def test_a_part_that_is_typed_narrows_and_is_replaced(prebook: Method) -> None:
    found = ask(prebook, '{\n  "cust|"\n}')
    assert found is not None
    assert all("cust" in one.label.casefold() for one in found.items)
    assert (found.start, found.end) == (4, 10)


def test_a_name_before_another_gets_its_comma(prebook: Method) -> None:
    found = ask(prebook, '{\n  "|"\n  "a": 1}')
    assert found is not None
    assert all(one.insert.endswith(",") and one.back >= 1 for one in found.items)
    found = ask(prebook, '{"|": 1, "a": 1}')
    assert found is not None
    assert all(one.insert == f'"{one.label}"' for one in found.items)


@given(st.text(alphabet='{}[]":,|ab1 \n\\/*t{}', max_size=50))
def test_no_text_is_too_broken(text: str) -> None:
    for place in (0, len(text) // 2, len(text)):
        found = suggest(_method(), text, place, TODAY)
        assert found is None or 0 <= found.start <= place <= found.end <= len(text)


def _method() -> Method:
    return load().method("prebook.create")


@pytest.fixture
def editor(qtbot: QtBot) -> CodeEdit:
    made = CodeEdit("json")
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def test_the_list_is_used_by_keyboard_and_leaves_the_focus(
    qtbot: QtBot, editor: CodeEdit, catalogue: Catalogue
) -> None:
    method = catalogue.method("prebook.create")
    completion = Completion(editor, lambda text, place: suggest(method, text, place, TODAY))
    assert completion.popup is None
    qtbot.keyClicks(editor, '{"')
    qtbot.waitUntil(lambda: completion.shown)
    assert completion.popup is not None
    focus = QApplication.focusWidget()
    assert focus is editor
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert completion.popup.list.currentRow() == 1
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    assert completion.popup.list.currentRow() == completion.popup.list.count() - 1
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not completion.shown
    token = next(field for field in method.body if field.type == "token")
    qtbot.keyClicks(editor, token.name[:12])
    qtbot.keyClick(editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert completion.popup.list.item(0).text() == token.name
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert completion.shown
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert text_of(editor) == f'{{"{token.name}": "{{{{token}}}}"}}'
    assert not completion.shown


def test_who_types_on_is_not_given_something_else_by_enter(
    qtbot: QtBot, editor: CodeEdit, catalogue: Catalogue
) -> None:
    method = catalogue.method("prebook.create")
    completion = Completion(editor, lambda text, place: suggest(method, text, place, TODAY))
    text = '{\n"customerId": 73,\n"carrierCode": "EVGL",\n"carrierId": 118\n'
    for letter in text:
        if letter == "\n":
            qtbot.keyClick(editor, Qt.Key.Key_Return)
        else:
            qtbot.keyClicks(editor, letter)
        if letter == '"':
            qtbot.wait(10)  # the list opens in the next turn of the event loop
    assert not completion.shown
    assert json.loads(editor.toPlainText()) == {"customerId": 73, "carrierCode": "EVGL", "carrierId": 118}
