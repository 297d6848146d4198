from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from komet_console.gui import theme
from komet_console.gui.theme import Mode
from komet_console.gui.widgets.one_of import OneOf
from komet_console.gui.widgets.segmented import SegmentedControl
from komet_console.gui.widgets.underline_tabs import UnderlineTabs

VIEWS = [("form", "Form"), ("body", "Body"), ("headers", "Headers")]


@pytest.mark.parametrize("kind", [SegmentedControl, UnderlineTabs])
def test_keys_and_the_mouse_choose_and_the_program_is_not_heard(qtbot: QtBot, kind: type[OneOf]) -> None:
    made = kind(VIEWS)
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    made.show()
    heard: list[str] = []
    made.chosen.connect(heard.append)
    assert made.current == "form"
    made.current = "body"
    assert (heard, made.accessibleDescription()) == ([], "Body")
    QTest.keyClick(made, Qt.Key.Key_Right)
    QTest.keyClick(made, Qt.Key.Key_Right)
    QTest.keyClick(made, Qt.Key.Key_Left)
    assert heard == ["headers", "form", "headers"]
    QTest.keyClick(made, Qt.Key.Key_Down)
    assert made.current == ("form" if kind is SegmentedControl else "headers")
    QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(made.width() - 12, 12))
    QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(3, 12))
    assert heard[-1] == "form"


@pytest.mark.parametrize("kind", [SegmentedControl, UnderlineTabs])
def test_choices_that_change_keep_the_one_that_is_on(qtbot: QtBot, kind: type[OneOf]) -> None:
    made = kind(VIEWS)
    qtbot.addWidget(made)
    made.current = "body"
    made.set_choices([("body", "Text"), ("form", "Form")])
    assert (made.current, made.keys()) == ("body", ["body", "form"])
    made.set_choices([("form", "Form")])
    assert made.current == "form"
    made.set_choices([])
    QTest.keyClick(made, Qt.Key.Key_Right)
    QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert made.current == ""
    made.resize(80, 40)
    assert made.grab().size() == made.size()


def test_tabs_move_together_before_any_is_cut_off(qtbot: QtBot) -> None:
    tabs = UnderlineTabs([("form", "Form"), ("params", "Params"), ("headers", "Headers"), ("code", "Code")])
    qtbot.addWidget(tabs)
    tabs.set_count("form", "12 of 38")
    for width in (tabs.sizeHint().width(), tabs.sizeHint().width() - 20, tabs.minimumSizeHint().width()):
        tabs.resize(width, 38)
        cells = tabs._cells()
        assert cells[-1][3].right() <= width
        assert all(one[3].right() < other[3].left() for one, other in itertools.pairwise(cells))


@pytest.mark.parametrize("key", ["form", "params", "code"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_ring_of_the_focus_keeps_away_from_the_name(qtbot: QtBot, mode: Mode, key: str) -> None:
    theme.manager().set_mode(mode)
    tabs = UnderlineTabs([("form", "Form"), ("params", "Params"), ("headers", "Headers"), ("code", "Code")])
    qtbot.addWidget(tabs)
    tabs.set_count("form", "12 of 38")
    tabs.current = key
    tabs.resize(tabs.sizeHint())
    tabs.show()
    tabs.activateWindow()
    qtbot.waitUntil(tabs.isActiveWindow)
    tabs.clearFocus()
    plain = tabs.grab().toImage()
    tabs.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(tabs.hasFocus)
    focused = tabs.grab().toImage()
    # The underline is no ink that the ring must keep away from.
    places = [(x, y) for x in range(plain.width()) for y in range(plain.height() - 2)]
    ring = {place for place in places if focused.pixel(*place) != plain.pixel(*place)}
    ink = {place for place in places if plain.pixel(*place) != plain.pixel(0, 0)}
    assert ring
    assert ink
    near = {(x + right, y + down) for x, y in ring for right in (-1, 0, 1) for down in (-1, 0, 1)}
    assert not near & ink
    sides = [min(x for x, _ in ring), max(x for x, _ in ring)]
    assert all(sum(x == side for x, _ in ring) > 10 for side in sides), "no side of it is cut off"
