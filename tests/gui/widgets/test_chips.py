"""A list of values as chips: long ones are not lost, and do not stop the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from komet_console.gui.widgets.chips import ChipsEdit

MANY = [f"C{number}" for number in range(3000)]


@pytest.fixture
def chips(qtbot: QtBot) -> ChipsEdit:
    made = ChipsEdit()
    qtbot.addWidget(made)
    made.resize(400, 100)
    made.show()
    return made


def shown(chips: ChipsEdit) -> list[str]:
    return [one.text() for one in chips.findChildren(QAbstractButton, "chip") if one.isVisible()]


@pytest.mark.timeout(20)
def test_a_long_list_is_taken_whole_and_shown_in_part(qtbot: QtBot, chips: ChipsEdit) -> None:
    QGuiApplication.clipboard().setText(",".join(MANY) + ",")
    with qtbot.waitSignal(chips.edited) as edited:
        chips.line.paste()
    assert edited.args == [MANY]
    visible = shown(chips)
    assert 20 < len(visible) < 200
    assert visible == MANY[: len(visible)]
    more = chips.findChild(QLabel, "moreValues")
    assert more is not None
    assert f"{3000 - len(visible):,}" in more.text()
    qtbot.keyClick(chips.line, Qt.Key.Key_Backspace)
    assert chips.values() == MANY[:-1]
    chips.show_values(["a", "b"])
    assert shown(chips) == ["a", "b"]
    qtbot.waitUntil(lambda: chips.findChild(QLabel, "moreValues") is None)


def test_a_chip_that_is_pressed_goes_and_the_others_stay(qtbot: QtBot, chips: ChipsEdit) -> None:
    chips.show_values(["a", "b", "c"])
    middle = next(one for one in chips.findChildren(QAbstractButton, "chip") if one.text() == "b")
    with qtbot.waitSignal(chips.edited) as edited:
        middle.click()
    assert edited.args == [["a", "c"]]
    qtbot.waitUntil(lambda: shown(chips) == ["a", "c"])
    last = next(one for one in chips.findChildren(QAbstractButton, "chip") if one.text() == "c" and one.isVisible())
    last.click()
    assert chips.values() == ["a"]
