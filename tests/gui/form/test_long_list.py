"""A list of thousands of elements: only what is seen has controls, and everything is reached all the same."""

from __future__ import annotations

import json
from typing import Any

from helpers.forms import Open, body, group, row, type_into
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Finding, Severity
from komet_console.exchange import Body, Draft
from komet_console.gui.form.view import FormView

COUNT = 2_000
LIST = "/body/prebookItems"


def long_draft() -> Draft:
    items = [{"productCode": f"P{number}", "boxes": number, "price": 1.5} for number in range(COUNT)]
    return Draft("prebook.create", body=Body("json", json.dumps({"customerId": 7, "prebookItems": items}, indent=2)))


def area(view: FormView) -> QScrollArea:
    found = view.findChild(QScrollArea, "formScroll")
    assert found is not None
    return found


def codes(view: FormView) -> list[Any]:
    return [one.get("productCode") for one in body(view)["prebookItems"]]


def test_only_what_is_seen_has_controls(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create", long_draft())
    items = group(view, LIST)
    qtbot.wait(50)
    assert len(items.cards) < 60
    bar = area(view).verticalScrollBar()
    assert bar.maximum() > COUNT * 25, "the scroll bar knows them all"
    bar.setValue(bar.maximum() // 2)

    def seen() -> bool:
        top, bottom = items._context.seen_of(items)
        inside = [card for card in items.cards if card.y() < bottom and card.geometry().bottom() > top]
        heights = sum(card.height() for card in inside)
        return heights > 0.6 * (bottom - top)

    qtbot.waitUntil(seen)
    assert len(items.cards) < 80


def test_a_pointer_leads_into_an_element_that_was_never_seen(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create", long_draft())
    pointer = f"{LIST}/1234/price"
    view.model.set_findings([Finding(pointer, "too cheap", Severity.ERROR, "", "x")])
    assert view.focus_pointer(pointer)
    control = view.findChild(QLineEdit, pointer)
    assert control is not None
    assert control.text() == "1.5"
    assert "too cheap" in row(view, pointer).message()
    qtbot.waitUntil(lambda: not control.visibleRegion().isEmpty())
    type_into(qtbot, view, pointer, "2.75")
    assert body(view)["prebookItems"][1234]["price"] == 2.75


def test_elements_far_below_are_doubled_moved_and_removed(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create", long_draft())
    items = group(view, LIST)
    items.card(1500).duplicate.click()
    assert codes(view)[1500:1503] == ["P1500", "P1500", "P1501"]
    assert items.card(1501).is_open
    items.card(1501).down.click()
    assert codes(view)[1500:1503] == ["P1500", "P1501", "P1500"]
    assert items.card(1502).is_open
    assert not items.card(1501).is_open
    qtbot.waitUntil(items.card(1502).down.hasFocus)
    items.card(1502).remove.click()
    assert codes(view)[1499:1503] == ["P1499", "P1500", "P1501", "P1502"]
    assert not items.card(1502).is_open


def test_what_was_opened_stays_open_when_it_is_not_seen(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create", long_draft())
    items = group(view, LIST)
    items.card(3).set_open(True)
    bar = area(view).verticalScrollBar()
    qtbot.wait(20)
    bar.setValue(bar.maximum())
    qtbot.wait(50)
    assert items.card(3).is_open
    assert items.cards[-1].pointer == f"{LIST}/{COUNT - 1}"
    view.model.set_body_text('{"prebookItems": [{"boxes": 1}]}', None)
    assert len(items.cards) == 1


def test_tab_goes_on_to_elements_that_were_not_seen(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create", long_draft())
    items = group(view, LIST)
    qtbot.wait(50)
    items.card(1).toggle.setFocus()
    names = []
    for _ in range(5 * 60):
        focus: QWidget = view.window().focusWidget()
        names.append(focus.objectName())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
        qtbot.wait(1)
    cards = list(dict.fromkeys(name.rpartition("/")[0] for name in names))
    assert cards == [f"{LIST}/{number}" for number in range(1, 1 + len(cards))]
    assert len(cards) > 50


def test_a_letter_in_the_text_is_shown_in_a_pause_and_never_written_over(qtbot: QtBot, open_form: Open) -> None:
    view = open_form("prebook.create", long_draft())
    elsewhere = object()
    text = view.model.draft.body.text
    view.model.set_body_text(text.replace('"customerId": 7', '"customerId": 8'), elsewhere)
    type_into(qtbot, view, "/body/comments", "a")
    assert body(view)["customerId"] == 8
    assert body(view)["comments"] == "a"
    view.model.set_body_text(text + "x", elsewhere)
    control = view.findChild(QLineEdit, "/body/comments")
    assert control is not None
    qtbot.keyClicks(control, "b")
    assert view.model.draft.body.text == text + "x"
    qtbot.waitUntil(lambda: not control.isEnabled())
    view.model.set_body_text(text, elsewhere)
    qtbot.waitUntil(control.isEnabled)
    assert control.text() == ""
