"""A form in a window: what is seen is there at once, what is below comes in the turns of the event loop after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.forms import TODAY
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.gui.form.view import FormView
from komet_console.gui.request.drafting import empty_draft
from komet_console.gui.request.model import RequestModel

LOWEST = "/body/companyLocationCode"
ROOM = 200


@pytest.fixture
def opened(qtbot: QtBot, catalogue: Catalogue) -> Callable[[], FormView]:
    def make() -> FormView:
        method = catalogue.method("prebook.create")
        view = FormView(RequestModel(method, empty_draft(method)), today=lambda: TODAY, room=ROOM)
        qtbot.addWidget(view)
        view.resize(900, ROOM)
        view.show()
        return view

    return make


def _control(view: FormView, pointer: str) -> QWidget | None:
    return view.findChild(QWidget, pointer)


def _height(view: FormView) -> int:
    area = view.findChild(QScrollArea, "formScroll")
    assert area is not None
    return area.widget().sizeHint().height()


def test_what_is_seen_is_there_at_once_and_the_rest_follows(qtbot: QtBot, opened: Callable[[], FormView]) -> None:
    view = opened()
    assert _control(view, "/body/customerId") is not None
    assert _control(view, LOWEST) is None
    expected = _height(view)
    qtbot.waitUntil(lambda: _control(view, LOWEST) is not None)
    view.model.set_body_text('{"companyLocationCode": "MIA"}', None)
    control = _control(view, LOWEST)
    assert isinstance(control, QLineEdit)
    assert control.text() == "MIA"
    qtbot.waitUntil(lambda: _control(view, "/body/prebookItems/add") is not None)
    assert abs(_height(view) - expected) < 0.15 * expected, "the scroll bar knew it from the beginning"


def test_a_draft_that_changes_meanwhile_is_shown(qtbot: QtBot, opened: Callable[[], FormView]) -> None:
    view = opened()
    view.model.set_body_text('{"companyLocationCode": "MIA"}', None)
    assert _control(view, LOWEST) is None
    qtbot.waitUntil(lambda: _control(view, LOWEST) is not None)
    control = _control(view, LOWEST)
    assert isinstance(control, QLineEdit)
    assert control.text() == "MIA"


def test_who_needs_a_row_does_not_wait_for_it(opened: Callable[[], FormView]) -> None:
    view = opened()
    assert view.focus_pointer(LOWEST)
    assert _control(view, LOWEST) is not None
    view = opened()
    view.set_filter("companyLocation")
    found = _control(view, LOWEST)
    assert found is not None
    assert found.isVisible()
    view = opened()
    view.model.set_body_text('{"companyLocationCode": "MIA"}', None)
    view.set_only_filled(True)
    found = _control(view, LOWEST)
    assert found is not None
    assert found.isVisible()


def test_tab_reaches_rows_that_came_later(qtbot: QtBot, opened: Callable[[], FormView]) -> None:
    view = opened()
    qtbot.waitUntil(lambda: _control(view, "/body/prebookItems/add") is not None)
    qtbot.wait(30)
    control = _control(view, "/body/comments")
    assert control is not None
    control.setFocus()
    seen = [view.window().focusWidget().objectName()]
    for _ in range(4):
        qtbot.keyClick(view.window().focusWidget(), Qt.Key.Key_Tab)
        seen.append(view.window().focusWidget().objectName())
    assert [name.removeprefix("/body/") for name in seen] == [
        "comments",
        "autoGeneratePOsfromPrebooks",
        "companyLocationCode",
        "companyLocationCode/lookupButton",
        "prebookItems/add",
    ]
