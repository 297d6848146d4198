"""Nothing that is typed or pasted is cut off: Qt's lines take 32,767 characters and drop the rest."""

from __future__ import annotations

from helpers.forms import TODAY, row
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.exchange import Pair
from komet_console.gui.form.view import FormView
from komet_console.gui.request.drafting import empty_draft
from komet_console.gui.request.model import RequestModel
from komet_console.gui.request.pairs import PairsTable
from komet_console.gui.request.url_line import Address, UrlLine
from komet_console.gui.widgets.chips import ChipsEdit

LONG = "0123456789" * 5000


def paste(line: QLineEdit, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    line.paste()


def test_a_field_of_the_form_takes_everything(qtbot: QtBot, catalogue: Catalogue) -> None:
    method = catalogue.method("customer.list")
    view = FormView(RequestModel(method, empty_draft(method)), today=lambda: TODAY)
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.show()
    line = row(view, "/query/name").editor.line  # type: ignore[attr-defined]
    for text in (LONG, LONG * 20):
        line.setReadOnly(False)
        line.clear()
        paste(line, text)
        assert view.model.draft.query[-1].value == text
    assert line.isReadOnly()
    assert "1,000,000" in line.hint()
    view.model.set_query([Pair("name", "short")], None)
    assert (line.text(), line.isReadOnly(), line.hint()) == ("short", False, "")


def test_a_cell_that_is_opened_and_left_keeps_its_value(qtbot: QtBot) -> None:
    pairs = PairsTable("params")
    qtbot.addWidget(pairs)
    pairs.show_pairs([Pair("name", LONG)])
    pairs.resize(900, 300)
    pairs.show()
    table: QTableView = pairs.table
    cell = next(
        index
        for column in range(table.model().columnCount())
        if (index := table.model().index(0, column)).data(Qt.ItemDataRole.EditRole) == LONG
    )
    table.setCurrentIndex(cell)
    table.edit(cell)
    line = table.findChild(QLineEdit)
    assert line is not None
    line.end(False)
    qtbot.keyClicks(line, "!")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell.data(Qt.ItemDataRole.EditRole) == LONG + "!")


def test_an_address_is_edited_whole(qtbot: QtBot) -> None:
    line = UrlLine()
    qtbot.addWidget(line)
    line.resize(600, 30)
    line.show()
    line.show_address(Address(), "http://x/?a=" + LONG)
    line.edit()
    qtbot.keyClicks(line.editor, "!")
    with qtbot.waitSignal(line.edited) as edited:
        qtbot.keyClick(line.editor, Qt.Key.Key_Return)
    assert edited.args == ["http://x/?a=" + LONG + "!"]


def test_a_long_list_is_not_cut(qtbot: QtBot) -> None:
    chips = ChipsEdit()
    qtbot.addWidget(chips)
    chips.show()
    paste(chips.line, LONG)
    assert chips.values() == [LONG]
