from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.forms import Open, body, group, query, row, rows, type_into
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue, Finding, Severity
from komet_console.exchange import Body, Draft, Pair
from komet_console.gui.form.editors import ChoiceEditor, DateEditor, FlagEditor, ListEditor, TextEditor
from komet_console.gui.form.files import FileEditor
from komet_console.gui.form.groups import Card, FieldList, GroupRow
from komet_console.gui.form.rows import FieldRow
from komet_console.gui.form.view import FormView

# --- each kind of field, by keyboard


def test_a_text_is_sent_from_the_first_letter_and_gone_with_the_last(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("customer.list")
    line = type_into(qtbot, view, "/query/name", "flor")
    assert query(view)["name"] == "flor"
    line.selectAll()
    qtbot.keyClick(line, Qt.Key.Key_Delete)
    assert "name" not in query(view)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("7349", 7349),
        ("007349", "007349"),
        ("12345678901234567890", 12345678901234567890),
        ("{{customer}}", None),
        ("seven", "seven"),
    ],
)
def test_a_number_goes_out_as_it_was_typed(qtbot: QtBot, open_form: Open, typed: str, sent: Any) -> None:
    view = open_form("prebook.create")
    type_into(qtbot, view, "/body/customerId", typed)
    if sent is None:
        assert '"customerId": {{customer}}' in view.model.draft.body.text
    else:
        assert body(view)["customerId"] == sent
        assert f"{typed}" in view.model.draft.body.text


def test_a_number_that_was_a_text_stays_a_text(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create", Draft("prebook.create", body=Body("json", '{"customerId": "7"}')))
    type_into(qtbot, view, "/body/customerId", "8")
    assert view.model.draft.body.text == '{"customerId": 8}' or body(view)["customerId"] == "8"


@pytest.mark.parametrize(
    ("method", "pointer", "yes", "no"),
    [
        ("customer.list", "/query/includeInactive", "1", "0"),
        ("customer.contact.add", "/body/emailPOD", True, False),
        ("customer.add", "/body/chargeTax", 1, 0),
    ],
)
def test_a_flag_is_sent_in_its_documented_spelling(
    qtbot: QtBot, open_form: Open, method: str, pointer: str, yes: Any, no: Any
) -> None:
    view = open_form(method)
    editor = row(view, pointer).editor
    assert isinstance(editor, FlagEditor)
    _, place, name = pointer.split("/")

    def sent() -> Any:
        return (query(view) if place == "query" else body(view)).get(name)

    assert sent() is None
    qtbot.keyClick(editor.switch, Qt.Key.Key_Right)
    assert sent() == yes
    qtbot.keyClick(editor.switch, Qt.Key.Key_Right)
    assert sent() == no
    assert type(sent()) is type(no)
    qtbot.keyClick(editor.switch, Qt.Key.Key_Right)
    assert sent() is None


def test_a_choice_lists_values_with_meanings_and_takes_anything(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create")
    editor = row(view, "/body/shipViaId").editor
    assert isinstance(editor, ChoiceEditor)
    assert editor.combo.itemText(1) == "1   grower"
    qtbot.keyClick(editor.combo, Qt.Key.Key_Down)
    assert body(view)["shipViaId"] == 0
    assert editor.line.hint() == "warehouse"
    type_into(qtbot, view, "/body/shipViaId", "9")
    assert body(view)["shipViaId"] == 9
    editor.cleared.emit()
    assert "shipViaId" not in body(view)


def test_a_date_is_written_as_documented_and_says_its_weekday(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create")
    line = type_into(qtbot, view, "/body/shipDate", "2026-03-03")
    editor = row(view, "/body/shipDate").editor
    assert isinstance(editor, DateEditor)
    assert editor.line.hint() == "Tuesday, tomorrow"
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert body(view)["shipDate"] == "2026-03-04"
    qtbot.mouseClick(editor.button, Qt.MouseButton.LeftButton)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    calendar = popup.findChild(QWidget, "calendar")
    assert calendar is not None
    days = calendar.focusProxy()
    qtbot.keyClick(days, Qt.Key.Key_Right)
    qtbot.keyClick(days, Qt.Key.Key_Return)
    assert body(view)["shipDate"] == "2026-03-05"
    assert QApplication.activePopupWidget() is None


def test_a_moment_keeps_its_time_when_another_day_is_chosen(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("payment.list")
    line = type_into(qtbot, view, "/query/updatedAsOf", "2026-03-03T10:20:30")
    qtbot.keyClick(line, Qt.Key.Key_Down)
    assert query(view)["updatedAsOf"] == "2026-03-02T10:20:30"


def test_a_separated_list_is_edited_as_chips(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("customer.add")
    editor = row(view, "/body/emailForInvoices").editor
    assert isinstance(editor, ListEditor)
    qtbot.keyClicks(editor.line, "a@petal.example;b@petal.example")
    assert body(view)["emailForInvoices"] == "a@petal.example;b@petal.example"
    assert editor.chips.values() == ["a@petal.example", "b@petal.example"]
    qtbot.keyClick(editor.line, Qt.Key.Key_Return)
    qtbot.keyClick(editor.line, Qt.Key.Key_Backspace)
    assert body(view)["emailForInvoices"] == "a@petal.example"
    qtbot.keyClick(editor.line, Qt.Key.Key_Backspace)
    assert "emailForInvoices" not in body(view)


def test_an_array_of_plain_values_stays_an_array(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("product.add")
    editor = row(view, "/body/regionsOfOrigin").editor
    assert isinstance(editor, ListEditor)
    qtbot.keyClicks(editor.line, "Bogota,Quito")
    assert body(view)["regionsOfOrigin"] == ["Bogota", "Quito"]


def test_a_file_is_written_as_signed_bytes_or_base64(qtbot: QtBot, open_form: Open, tmp_path: Path) -> None:
    proof = tmp_path / "proof.pdf"
    proof.write_bytes(b"%PDF\xe2")
    view = open_form("invoice.pod.receive")
    editor = row(view, "/body/proofOfDeliveryfile").editor
    assert isinstance(editor, FileEditor)
    editor.take(proof)
    assert body(view)["proofOfDeliveryfile"] == "37, 80, 68, 70, -30"
    assert editor.label.text() == "proof.pdf, 5 bytes"
    qtbot.keyClick(editor.encoding, Qt.Key.Key_Right)
    assert body(view)["proofOfDeliveryfile"] == "JVBERuI="
    qtbot.mouseClick(editor.clear, Qt.MouseButton.LeftButton)
    assert "proofOfDeliveryfile" not in body(view)
    editor.take(tmp_path / "gone.pdf")
    assert "gone.pdf cannot be read" in row(view, "/body/proofOfDeliveryfile").message()


def test_the_token_is_a_reference(open_form: Open) -> None:
    view = open_form("customer.list")
    editor = row(view, "/query/authenticationToken").editor
    assert isinstance(editor, TextEditor)
    assert editor.line.text() == "{{token}}"
    assert editor.line.hint() == "the token chosen above"


def test_the_menu_tells_not_sent_from_sent_empty(open_form: Open) -> None:
    view = open_form("customer.add")
    editor = row(view, "/body/code").editor
    editor.emptied.emit()
    assert body(view)["code"] == ""
    assert isinstance(editor, TextEditor)
    assert editor.line.hint() == "sent empty"
    editor.cleared.emit()
    assert "code" not in body(view)


def test_a_documented_header_is_a_field(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("company.location.list")
    type_into(qtbot, view, "/headers/X-ACCOUNT", "12")
    assert Pair("X-ACCOUNT", "12") in view.model.draft.headers


# --- two views of one value


def test_for_every_method_what_the_sample_fills_in_survives_the_form(
    qtbot: QtBot, catalogue: Catalogue, open_form: Open
) -> None:
    touched = 0
    for name in catalogue.summaries:
        view = open_form(name, sample=True)
        before = view.model.draft
        for one in [one for one in rows(view) if isinstance(one, GroupRow)]:
            for card in one.cards:
                card.set_open(True)
        for one in rows(view):
            editor = one.editor if isinstance(one, FieldRow) else None
            if isinstance(editor, ListEditor):
                editor.chips.edited.emit(editor.chips.values())
            elif isinstance(editor, (TextEditor, ChoiceEditor)) and not editor.line.isReadOnly():
                editor.typed.emit(editor.line.text())
            elif isinstance(editor, FlagEditor) and editor.switch.current in ("yes", "no"):
                editor.chosen.emit(editor.switch.current == "yes")
            touched += editor is not None
        after = view.model.draft
        assert (after.query, after.headers) == (before.query, before.headers), name
        assert after.body.kind == before.body.kind, name
        if before.body.kind == "json":
            assert json.loads(after.body.text) == json.loads(before.body.text), name
            assert list(json.loads(after.body.text)) == list(json.loads(before.body.text)), name
        view.close()
    assert touched > 1000


def test_the_form_follows_the_json_and_touches_nothing_else_in_it(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create")
    text = '{\n  // mine\n  "unknown": 1.50,\n  "customerId": 1, // his\n  "comments": "x"\n}'
    view.model.set_body_text(text, object())
    assert row(view, "/body/customerId").editor.line.text() == "1"  # type: ignore[attr-defined]
    type_into(qtbot, view, "/body/customerId", "22")
    assert view.model.draft.body.text == text.replace('"customerId": 1,', '"customerId": 22,')


def test_the_form_waits_while_the_body_is_no_json(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create")
    view.model.set_body_text('{\n  "customerId": ,\n}', object())
    assert not row(view, "/body/customerId").isEnabled()
    bar = view.findChild(QWidget, "formWaits")
    button = view.findChild(QWidget, "goToLine")
    assert bar is not None
    assert button is not None
    assert bar.isVisible()
    with qtbot.waitSignal(view.line_requested) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == [2, 17]
    view.model.set_body_text("{}", object())
    assert row(view, "/body/customerId").isEnabled()
    assert not bar.isVisible()


def test_a_value_that_is_an_object_is_not_overwritten_by_typing(qtbot: QtBot, open_form: Open) -> None:
    text = '{"comments": {"a": 1}}'
    view = open_form("prebook.create", Draft("prebook.create", body=Body("json", text)))
    line = row(view, "/body/comments").editor.line  # type: ignore[attr-defined]
    qtbot.keyClicks(line, "x")
    assert view.model.draft.body.text == text


def test_a_switched_off_row_is_not_sent_until_it_is_typed_into(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("customer.list", Draft("customer.list", query=(Pair("name", "flor", enabled=False),)))
    assert row(view, "/query/name").editor.line.text() == ""  # type: ignore[attr-defined]
    type_into(qtbot, view, "/query/name", "x")
    assert view.model.draft.query == (Pair("name", "x"),)


# --- groups


def codes(view: FormView) -> list[Any]:
    return [item.get("productCode") for item in body(view).get("prebookItems", [])]


def test_elements_are_added_doubled_moved_and_removed(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create")
    items = group(view, "/body/prebookItems")
    qtbot.mouseClick(items.add, Qt.MouseButton.LeftButton)
    type_into(qtbot, view, "/body/prebookItems/0/productCode", "A")
    qtbot.keyClick(items.cards[0].duplicate, Qt.Key.Key_Space)
    type_into(qtbot, view, "/body/prebookItems/1/productCode", "B")
    assert codes(view) == ["A", "B"]
    qtbot.keyClick(items.cards[1].up, Qt.Key.Key_Space)
    assert codes(view) == ["B", "A"]
    assert items.cards[0].is_open
    assert not items.cards[0].up.isEnabled()
    qtbot.keyClick(items.cards[0].remove, Qt.Key.Key_Space)
    assert codes(view) == ["A"]
    qtbot.keyClick(items.cards[0].remove, Qt.Key.Key_Space)
    assert "prebookItems" not in body(view)


def test_groups_nest(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create")
    qtbot.mouseClick(group(view, "/body/prebookItems").add, Qt.MouseButton.LeftButton)
    inner = group(view, "/body/prebookItems/0/breakdowns")
    qtbot.mouseClick(inner.add, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(inner.add, Qt.MouseButton.LeftButton)
    first = inner.cards[0].body.rows[0]
    assert isinstance(first, FieldRow)
    type_into(qtbot, view, first.pointer, "77")
    qtbot.keyClick(inner.cards[0].down, Qt.Key.Key_Space)
    assert str(body(view)["prebookItems"][0]["breakdowns"][1][first.field.name]) == "77"


def test_a_collapsed_card_says_what_is_in_it(open_form: Open) -> None:
    view = open_form("prebook.create", sample=True)
    second = group(view, "/body/prebookItems").cards[1]
    assert not second.is_open
    assert "boxTypeCode" in second._summary.text()
    second.set_open(True)
    assert second._summary.text() == ""


# --- finding one's way


def test_only_filled_and_the_filter_choose_rows(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create", sample=True)
    total = [one for one in rows(view) if one.isVisible()]
    view.set_only_filled(True)
    filled = [one for one in rows(view) if one.isVisible()]
    assert 0 < len(filled) < len(total)
    assert not row(view, "/body/customerCode").isVisible()
    view.set_only_filled(False)
    qtbot.keyClicks(view.filter, "BoxType")
    assert [one.field.name for one in rows(view) if one.isVisible()] == ["prebookItems", "boxTypeCode"]
    qtbot.keyClicks(view.filter, "zzz")
    assert not [one for one in rows(view) if one.isVisible()]
    assert "BoxTypezzz" in view._nothing.text()


def test_it_counts_what_is_sent(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("customer.list")
    assert view.counts() == (1, 8)
    with qtbot.waitSignal(view.counts_changed) as changed:
        type_into(qtbot, view, "/query/name", "f")
    assert changed.args == [2, 8]


def test_a_pointer_leads_to_its_field_and_opens_what_hides_it(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create", sample=True)
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    assert view.focus_pointer("/body/prebookItems/1/price")
    assert row(view, "/body/prebookItems/1/price").control.hasFocus()
    assert group(view, "/body/prebookItems").cards[1].is_open
    assert not view.focus_pointer("/body/prebookItems/1/nothing")
    assert view.has_pointer("/body/prebookItems")
    assert not view.has_pointer("/body")
    assert not view.has_pointer("")


def test_tab_goes_from_top_to_bottom_through_what_was_opened_late(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create", sample=True)
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    items = group(view, "/body/prebookItems")
    items.cards[1].set_open(True)
    items.add.setFocus()
    qtbot.keyClick(items.add, Qt.Key.Key_Tab)
    assert items.cards[0].toggle.hasFocus()
    items.cards[1].toggle.setFocus()
    first = items.cards[1].body.rows[0]
    visited = []
    while QApplication.focusWidget() is not first.control:
        visited.append(QApplication.focusWidget().objectName())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert len(visited) < 8, visited
    assert visited[0].endswith("/cardToggle")
    assert visited[-1].endswith("/cardRemove")


def test_findings_stand_at_their_fields(open_form: Open) -> None:
    view = open_form("prebook.create", sample=True)
    view.model.set_findings(
        [
            Finding("/body/prebookItems/0/price", "price must be a number.", hint="Write 11.50."),
            Finding("/body/shipDate", "The ship date lies in the past.", Severity.WARNING),
            Finding("/body/customerCode", "customerCode is required.", code="missing-required"),
        ]
    )
    price, day, code = (row(view, f"/body/{name}") for name in ("prebookItems/0/price", "shipDate", "customerCode"))
    assert price.message() == "price must be a number."
    assert price.control.property("role") == "bad"
    assert day.control.property("role") == "warn"
    assert code.message() == ""
    assert code.editor.line.hint() == "required"  # type: ignore[attr-defined]
    view.model.set_findings([])
    assert price.message() == ""
    assert price.control.property("role") == ""


def test_valid_values_can_be_asked_for(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("customer.list")
    button = row(view, "/query/locationId").lookup
    assert button is not None
    with qtbot.waitSignal(view.lookup_requested) as asked:
        qtbot.keyClick(button, Qt.Key.Key_Space)
    assert asked.args == ["location.list", "/query/locationId"]


def test_the_wheel_changes_nothing(open_form: Open) -> None:
    view = open_form("prebook.create", sample=True)
    before = view.model.draft
    controls = [*view.findChildren(QComboBox), *view.findChildren(QLineEdit)]
    assert len(controls) > 30
    for control in controls:
        control.setFocus()
        place = QPointF(5, 5)
        event = QWheelEvent(
            place,
            QPointF(control.mapToGlobal(QPoint(5, 5))),
            QPoint(0, -120),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(control, event)
    assert view.model.draft == before


def test_every_control_has_a_name_and_says_what_it_is(open_form: Open) -> None:
    for method in ("prebook.create", "customer.add", "invoice.pod.receive", "company.location.list"):
        view = open_form(method, sample=True)
        for one in rows(view):
            control = one.control
            assert control.objectName(), one.pointer
            assert control.accessibleName(), one.pointer
        assert row(view, rows(view)[0].pointer).control.accessibleName().endswith(", required")


@pytest.mark.parametrize(
    "method", ["prebook.create", "customer.add", "invoice.create", "prebook.update", "inventory.list"]
)
@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_visits_every_control_once_from_top_to_bottom(
    qtbot: QtBot, open_form: Open, method: str, key: Qt.Key
) -> None:
    view = open_form(method, sample=True)
    expected = [
        stop.objectName()
        for one in view.findChildren(FieldList)
        if not isinstance(one.parent(), Card)
        for stop in one.stops()
        if stop.isVisible() and stop.isEnabled()
    ]
    assert len(expected) > 5
    if key == Qt.Key.Key_Backtab:
        expected.reverse()
    first = view.findChild(QWidget, expected[0])
    assert first is not None
    first.setFocus()
    seen = []
    for _ in expected:
        focused = view.window().focusWidget()
        seen.append(focused.objectName())
        qtbot.keyClick(focused, key)
    assert seen == expected


def test_where_there_is_little_room_the_remarks_move_into_the_tooltip(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("customer.list")
    name = row(view, "/query/name")
    assert "Part of the name" in name.about
    view.resize(500, 600)
    assert name.about == ""
    assert "Part of the name" in name.toolTip()
    qtbot.waitUntil(lambda: view._scroll.widget().minimumSizeHint().width() <= 500)


def test_another_body_kind_makes_the_form_wait(open_form: Open) -> None:
    view = open_form("customer.add", sample=True)
    view.model.set_draft(replace(view.model.draft, body=Body("raw", "x")), object())
    assert not row(view, "/body/name").isEnabled()
