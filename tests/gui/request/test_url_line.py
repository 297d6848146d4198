"""The address line at every width: the method's path is what matters most."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QFontMetricsF, QHelpEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from komet_console.gui import theme
from komet_console.gui.request.url_line import Address, UrlLine

BASE, PATH = "https://api.kometsales.com/api", "/customer.contact.list"
QUERY = (("customerId", "7349"), ("name", "Rosa"))


@pytest.fixture
def line(qtbot: QtBot) -> UrlLine:
    made = UrlLine()
    qtbot.addWidget(made)
    return made


def shown(line: UrlLine, letters: int, query: tuple[tuple[str, str], ...] = QUERY) -> str:
    """What a line shows that has room for so many letters."""
    line.show_address(Address("GET", BASE, PATH, query), "")
    letter = QFontMetricsF(theme.fonts.code(12)).horizontalAdvance("m")
    verb = round(QFontMetricsF(theme.fonts.code(12, 600)).horizontalAdvance("GET")) + 18
    line.resize(round(verb + 10 + letters * letter + 1), 33)
    assert not line.grab().isNull()
    return line.shown()


@pytest.mark.parametrize(
    ("letters", "wanted"),
    [
        (100, f"{BASE}{PATH}?customerId=7349&name=Rosa"),
        (70, f"{BASE}{PATH}?customerId=7349&…"),
        (len(BASE + PATH) + 2, f"{BASE}{PATH}?…"),
        (len(BASE + PATH) + 1, f"api.kometsales.com/api{PATH}?…"),
        (40, f"api.kom…com/api{PATH}?…"),
        (len(PATH) + 3, f"…{PATH}?…"),
        (len(PATH), PATH),
        (15, "…r.contact.list"),
    ],
)
def test_the_path_stays_longest(line: UrlLine, letters: int, wanted: str) -> None:
    assert shown(line, letters) == wanted


def test_without_a_query_no_more_is_promised(line: UrlLine) -> None:
    assert shown(line, len(BASE + PATH), ()) == BASE + PATH
    assert shown(line, len(PATH) + 1, ()) == f"…{PATH}"


def test_a_line_never_shows_more_than_there_is_room_for(line: UrlLine) -> None:
    metrics = QFontMetricsF(theme.fonts.code(12))
    for letters in range(2, 100):
        for query in (QUERY, ()):
            assert metrics.horizontalAdvance(shown(line, letters, query)) <= line.width() - 10 - 39 + 1, letters


def test_an_address_that_is_cut_is_told_whole_by_its_tooltip(line: UrlLine) -> None:
    def told() -> str:
        QApplication.sendEvent(line, QHelpEvent(QEvent.Type.ToolTip, line.rect().center(), QPoint(0, 0)))
        return line.toolTip()

    shown(line, 40)
    assert f"<p>{BASE}{PATH}?customerId=7349&amp;name=Rosa</p>" in told()
    shown(line, 100)
    assert BASE not in told()
    assert "Click to edit it" in told()
