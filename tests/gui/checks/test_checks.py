"""Checks and captures in their tables: edited, run on real answers, green and red."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Call, Catalogue
from komet_console.exchange import Draft, Exchange, Failure, PreparedRequest, Response
from komet_console.exchange.model import Timing
from komet_console.gui import theme
from komet_console.gui.checks.model import ChecksState
from komet_console.gui.checks.pane import ChecksPane
from komet_console.gui.checks.tables import EXPRESSION, FOUND, KIND, OPERATOR, RESULT, VALUE, choices_of
from komet_console.session.sending import Sent
from komet_console.workspace.collections.model import Capture, Check

ROLE = Qt.ItemDataRole


def sent(catalogue: Catalogue, answer: object, *, failure: Failure | None = None) -> Sent:
    method = catalogue.method("customer.list")
    request = PreparedRequest("GET", "http://127.0.0.1/api/customer.list", ())
    body = json.dumps(answer).encode()
    response = Response(200, "OK", (("Content-Type", "application/json"),), body, size=len(body))
    exchange = Exchange(request, None if failure else response, failure, timing=Timing(total=84.0))
    explanation = None if failure else catalogue.explain(method, Call(verb="GET"), 200, {}, body)
    return Sent(Draft("customer.list"), method, request, (), exchange, explanation)


@pytest.fixture
def pane(qtbot: QtBot) -> ChecksPane:
    state = ChecksState(
        [
            Check("outcome", value="success"),
            Check("value", "customers[0].id", "eq", "7349"),
            Check("time", operator="lt", value="10"),
            Check("status", value="200", enabled=False),
        ],
        [Capture("id", "customers[0].id"), Capture("none", "customers[9].id")],
    )
    made = ChecksPane(state)
    state.setParent(made)
    qtbot.addWidget(made)
    made.resize(1000, 500)
    made.show()
    return made


ANSWER = {"status": 1, "message": "OK", "customers": [{"id": 7349, "name": "ACME"}]}


def test_results_stand_beside_the_checks_in_green_and_red(pane: ChecksPane, catalogue: Catalogue) -> None:
    model = pane.checks.model()
    assert model.index(0, RESULT).data() == ""
    assert not pane.verdict.isVisible()
    pane.state.run(sent(catalogue, ANSWER), catalogue)
    texts = [model.index(row, RESULT).data() for row in range(4)]
    colours = [model.index(row, RESULT).data(ROLE.ForegroundRole) for row in range(3)]
    assert texts[0].startswith("✓")
    assert texts[1].startswith("✓")
    assert "84" in texts[2]
    assert texts[2].startswith("✗")
    assert texts[3] == ""
    assert colours == [theme.color("green"), theme.color("green"), theme.color("red")]
    assert pane.verdict.text() == "1 of 3 failed"
    assert pane.summary == "2 of 3"
    found = pane.captures.model()
    assert found.index(0, FOUND).data() == "7349"
    assert "customers[9].id" in found.index(1, FOUND).data()


def test_without_an_answer_every_check_has_failed(pane: ChecksPane, catalogue: Catalogue) -> None:
    failure = Failure("timeout", "No answer came within 60 s.", "Silence.", "Wait.", "waiting")
    pane.state.run(sent(catalogue, None, failure=failure), catalogue)
    assert pane.verdict.text() == "3 of 3 failed"
    assert "No answer came" in pane.checks.model().index(0, RESULT).data()


def test_a_check_that_was_changed_has_no_result_any_more(pane: ChecksPane, catalogue: Catalogue) -> None:
    pane.state.run(sent(catalogue, ANSWER), catalogue)
    model = pane.checks.model()
    assert model.setData(model.index(1, VALUE), "1")
    assert model.index(1, RESULT).data() == ""


def test_a_documented_answer_is_held_against_its_schema(pane: ChecksPane, catalogue: Catalogue) -> None:
    pane.state.set(checks=[Check("schema")])
    pane.state.run(sent(catalogue, {"status": "no number", "customers": 7}), catalogue)
    assert pane.checks.model().index(0, RESULT).data().startswith("✗")


def test_rows_are_added_changed_switched_off_and_removed_by_keys(pane: ChecksPane) -> None:
    tester = QAbstractItemModelTester(pane.checks.model(), QAbstractItemModelTester.FailureReportingMode.Fatal)
    saved = QSignalSpy(pane.state.saved_changed)
    table, model = pane.checks, pane.checks.model()
    table.setFocus()
    table.setCurrentIndex(model.index(4, KIND))
    QTest.keyClick(table, Qt.Key.Key_Return)
    combo = table.viewport().findChild(QComboBox, "checkChoice")
    assert combo is not None
    combo.setCurrentIndex(combo.findData("value"))
    combo.activated.emit(combo.currentIndex())
    assert len(pane.state.checks) == 5
    assert pane.state.checks[4].kind == "value"
    assert pane.state.unsaved
    assert saved.count() == 1
    assert "customers[0].id" in model.index(4, RESULT).data()
    assert model.setData(model.index(4, EXPRESSION), "a[")
    assert "JMESPath" in model.index(4, RESULT).data()
    assert model.index(4, RESULT).data(ROLE.ForegroundRole) == theme.color("amber")
    table.setCurrentIndex(model.index(4, KIND))
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert not pane.state.checks[4].enabled
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert len(pane.state.checks) == 4
    assert not pane.state.unsaved
    assert tester.model() is model


def test_only_what_makes_sense_can_be_chosen(pane: ChecksPane) -> None:
    assert {key for key, _ in choices_of(Check("status"), OPERATOR)} == {"eq", "neq", "lt", "lte", "gt", "gte"}
    assert choices_of(Check("schema"), OPERATOR) == []
    assert "refused" in dict(choices_of(Check("outcome"), VALUE))
    model = pane.checks.model()
    model.setData(model.index(1, OPERATOR), "matches")
    model.setData(model.index(1, KIND), "time")
    check = pane.state.checks[1]
    assert (check.kind, check.operator, check.expression) == ("time", "lt", "")
    model.setData(model.index(1, KIND), "schema")
    assert not model.flags(model.index(1, VALUE)) & Qt.ItemFlag.ItemIsEditable


def test_captures_are_typed_in_place(pane: ChecksPane) -> None:
    table, model = pane.captures, pane.captures.model()
    table.setFocus()
    table.setCurrentIndex(model.index(2, 0))
    QTest.keyClick(table, Qt.Key.Key_F2)
    line = table.viewport().findChild(QLineEdit)
    assert line is not None
    line.setText("{{customer}}")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QApplication.sendPostedEvents()
    assert pane.state.captures[2] == Capture("customer", "")
    assert not model.setData(model.index(3, 0), "   ")


def test_a_captured_secret_is_not_shown(pane: ChecksPane, catalogue: Catalogue) -> None:
    pane.state.set(captures=[Capture("token", "authenticationToken")])
    pane.state.run(sent(catalogue, {"status": 1, "authenticationToken": "f3Kx9-secret"}), catalogue)
    assert pane.state.captured[0].value == "f3Kx9-secret"
    assert "f3Kx9" not in pane.captures.model().index(0, FOUND).data()


def test_saving_makes_them_the_saved_ones(pane: ChecksPane) -> None:
    pane.state.set(checks=[])
    assert pane.state.unsaved
    pane.state.set_saved((), pane.state.captures)
    assert not pane.state.unsaved
    pane.state.set_saved((Check("schema"),), ())
    assert pane.checks.model().rowCount() == 2
