"""The cross of a search line: there while there is text, empties it, and has a name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from komet_console.gui.widgets.empty import EmptyState
from komet_console.gui.widgets.search_edit import SearchEdit


def test_the_cross_empties_the_line(qtbot: QtBot) -> None:
    line = SearchEdit("finder", "Find", "Find a thing")
    qtbot.addWidget(line)
    line.show()
    cross = line.findChild(QToolButton, "finder.clearButton")
    assert cross is not None
    assert cross.accessibleName() == "Clear"
    assert not cross.isVisible()
    qtbot.keyClicks(line, "awb")
    qtbot.waitUntil(cross.isVisible)
    qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert line.text() == ""
    assert (line.objectName(), line.placeholderText(), line.accessibleName()) == ("finder", "Find", "Find a thing")


def test_an_empty_state_wraps_its_sentence_in_the_middle_and_loses_no_line(qtbot: QtBot) -> None:
    empty = EmptyState("Nothing here", "A sentence that is long enough to need more than one line at this width. " * 3)
    qtbot.addWidget(empty)
    for width in (240, 420, 1200):
        empty.resize(width, 400)
        empty.show()
        sentence = empty.sentence
        assert sentence.height() >= sentence.heightForWidth(sentence.width()), width
        assert abs(sentence.geometry().center().x() - width / 2) <= 4
