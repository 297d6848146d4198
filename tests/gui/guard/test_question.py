"""The question before a call: nothing goes through by accident, everything that matters stands in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.exchange import Body, Draft
from komet_console.gui.guard.confirm import ConfirmDialog, confirm
from komet_console.gui.guard.dialog import GuardDialog, ask
from komet_console.session.guard import Guard, Question
from komet_console.workspace.environments import PRODUCTION, StoredEnvironment

Until = Callable[[Callable[[], object]], Awaitable[None]]
PLACE = StoredEnvironment(PRODUCTION, "Production", "https://api.kometsales.com/api")
WHERE = ("To: Production, POST https://api.kometsales.com/api/invoice.void", "Token: Main")
VOID = Question(
    "delete", "Void invoice 318402, Petal & Stem", ("Invoice: 318402", *WHERE), "Void", "318402", ("Petal & Stem",)
)
WRITE = Question(
    "write", "Create a prebook", ("Customer: Acme (7349)", *WHERE), "Create", fee="Komet charges a fee for this order."
)
FIRST = Question("first-call", "Send to Production?", WHERE, "Send")


def said(dialog: GuardDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[[Question], GuardDialog]:
    def show(question: Question) -> GuardDialog:
        dialog = GuardDialog(question, None, PLACE)
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.activateWindow()
        return dialog

    return show


def test_a_delete_wants_the_word_typed(shown: Callable[[Question], GuardDialog]) -> None:
    dialog = shown(VOID)
    assert dialog.focusWidget() is dialog.cancel
    assert not dialog.send.isEnabled()
    dialog.word.setText("31840")
    assert not dialog.send.isEnabled()
    dialog.word.setText(" 318402 ")
    assert dialog.send.isEnabled()
    dialog.word.setText("petal & stem")
    assert dialog.send.isEnabled(), "the name will do as well, whatever its case"
    assert "Petal && Stem" in said(dialog), "an ampersand is no accelerator"


def test_everything_that_matters_is_said(shown: Callable[[Question], GuardDialog]) -> None:
    dialog = shown(WRITE)
    text = said(dialog)
    for part in (
        "Create a prebook",
        "Acme (7349)",
        "https://api.kometsales.com/api/invoice.void",
        "Main",
        "charges a fee",
    ):
        assert part in text
    assert dialog.accessibleName() == "Create a prebook"
    assert not dialog.word.isVisibleTo(dialog)
    labels = [label for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog)]
    assert all(label.geometry().bottom() <= dialog.height() for label in labels)


@pytest.mark.parametrize("question", [VOID, WRITE], ids=["delete", "write"])
def test_enter_never_lets_it_through(shown: Callable[[Question], GuardDialog], question: Question) -> None:
    dialog = shown(question)
    results: list[int] = []
    dialog.finished.connect(results.append)
    dialog.word.setFocus()
    QTest.keyClick(dialog.word, Qt.Key.Key_Return)
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert 1 not in results
    assert dialog.isVisible() or results == [0]


def test_enter_in_the_word_goes_on_to_the_button(shown: Callable[[Question], GuardDialog]) -> None:
    dialog = shown(VOID)
    results: list[int] = []
    dialog.finished.connect(results.append)
    dialog.word.setFocus()
    QTest.keyClicks(dialog.word, "318402")
    QTest.keyClick(dialog.word, Qt.Key.Key_Return)
    assert results == []
    assert dialog.focusWidget() is dialog.send
    QTest.keyClick(dialog.send, Qt.Key.Key_Return)
    assert results == [1]


def test_the_first_call_is_one_key_and_escape_takes_it_back(shown: Callable[[Question], GuardDialog]) -> None:
    for key, result in ((Qt.Key.Key_Return, 1), (Qt.Key.Key_Escape, 0)):
        dialog = shown(FIRST)
        results: list[int] = []
        dialog.finished.connect(results.append)
        assert dialog.focusWidget() is dialog.send
        QTest.keyClick(dialog.send, key)
        assert results == [result]


async def test_ask_answers_yes_and_no(gui_loop: asyncio.AbstractEventLoop, until: Until) -> None:
    window = QWidget()
    window.show()
    for yes in (True, False):
        async with asyncio.TaskGroup() as group:
            asked = group.create_task(ask(WRITE, window, PLACE))
            await until(lambda: window.findChild(GuardDialog))
            dialog = window.findChild(GuardDialog)
            assert dialog is not None
            (dialog.send if yes else dialog.cancel).click()
        assert asked.result() is yes
        await until(lambda: window.findChild(GuardDialog) is None)
    window.deleteLater()


async def test_a_confirmation_has_the_way_back_in_focus(gui_loop: asyncio.AbstractEventLoop, until: Until) -> None:
    window = QWidget()
    window.show()
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(confirm(window, "Remove it?", "It is forgotten.", "Remove"))
        await until(lambda: window.findChild(ConfirmDialog))
        dialog = window.findChild(ConfirmDialog)
        assert dialog is not None
        assert dialog.focusWidget() is dialog.cancel
        QTest.keyClick(dialog.cancel, Qt.Key.Key_Return)
    assert asked.result() is False
    window.deleteLater()


def test_a_real_question_of_the_guard_fits(shown: Callable[[Question], GuardDialog], catalogue: Catalogue) -> None:
    method = catalogue.method("invoice.void")
    draft = Draft("invoice.void", body=Body("json", '{"invoiceId": 990012}'))
    question = Guard(catalogue).ask(draft, method, PLACE, token="Main")
    assert isinstance(question, Question)
    dialog = shown(question)
    assert "Production, " in said(dialog)
    assert not dialog.send.isEnabled()
    dialog.word.setText(question.typed_word)
    assert dialog.send.isEnabled()
    assert QApplication.focusWidget() in (dialog.cancel, None)
