"""The first picture: three first calls at most, all by keyboard too, and gone for ever when dismissed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.gui.welcome.view import Welcome


def make(qtbot: QtBot, catalogue: Catalogue, *, with_doctor: bool = False, width: int = 900) -> Welcome:
    welcome = Welcome(catalogue, with_doctor=with_doctor)
    qtbot.addWidget(welcome)
    welcome.resize(width, 600)
    with qtbot.waitActive(welcome):
        welcome.show()
    return welcome


def card(welcome: Welcome, key: str) -> QWidget | None:
    return welcome.findChild(QWidget, f"welcomeCard.{key}")


@pytest.mark.parametrize("name", ["customer.list", "prebook.create"])
def test_a_card_asks_for_its_call(qtbot: QtBot, catalogue: Catalogue, name: str) -> None:
    welcome = make(qtbot, catalogue)
    first = card(welcome, name)
    assert first is not None
    with qtbot.waitSignal(welcome.call_chosen) as asked:
        qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert asked.args == [name]
    first.setFocus()
    with qtbot.waitSignal(welcome.call_chosen) as asked:
        qtbot.keyClick(first, Qt.Key.Key_Space)
    assert asked.args == [name]


def test_checking_a_token_is_offered_only_where_it_can_be_done(qtbot: QtBot, catalogue: Catalogue) -> None:
    assert card(make(qtbot, catalogue), "doctor") is None
    welcome = make(qtbot, catalogue, with_doctor=True)
    first, calls = card(welcome, "doctor"), QSignalSpy(welcome.call_chosen)
    assert first is not None
    with qtbot.waitSignal(welcome.doctor_chosen):
        qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert calls.count() == 0


def test_dismissed_it_is_plain(qtbot: QtBot, catalogue: Catalogue) -> None:
    welcome = make(qtbot, catalogue)
    link = welcome.findChild(QPushButton, "welcomeDismiss")
    with qtbot.waitSignal(welcome.dismissed):
        qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert welcome.plain.isVisible()
    first = card(welcome, "customer.list")
    assert first is not None
    assert not first.isVisible()
    assert "Ctrl+K" in welcome.plain.sentence.text()


@pytest.mark.parametrize("width", [480, 640, 900, 1600])
def test_nothing_is_cut_off_at_any_width(qtbot: QtBot, catalogue: Catalogue, width: int) -> None:
    welcome = make(qtbot, catalogue, with_doctor=True, width=width)
    for part in (*welcome.findChildren(QLabel), *(card(welcome, key) for key in ("customer.list", "prebook.create"))):
        if part is not None and part.isVisible():
            place = part.mapTo(welcome, part.rect().topLeft())
            assert place.x() >= 0
            assert place.x() + part.width() <= width, part.objectName()
            if isinstance(part, QLabel) and part.wordWrap():
                assert part.height() >= part.heightForWidth(part.width())


def test_the_sentence_counts_the_methods(qtbot: QtBot, catalogue: Catalogue) -> None:
    texts = [label.text() for label in make(qtbot, catalogue).findChildren(QLabel)]
    assert any(f"All {len(catalogue.summaries)} methods" in text for text in texts)
