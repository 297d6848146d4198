from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from komet_console.gui.tokens.clipboard import SecretClipboard
from komet_console.gui.tokens.masked import MaskedTokenEdit, masked

TOKEN = "4jnrPLANTEDsecretMIDDLEpartcrhq"


@pytest.fixture
def line(qtbot: QtBot) -> MaskedTokenEdit:
    made = MaskedTokenEdit("token")
    qtbot.addWidget(made)
    made.show()
    return made


def paste(line: MaskedTokenEdit, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_what_is_pasted_is_repaired_and_never_shown(line: MaskedTokenEdit, qtbot: QtBot) -> None:
    with qtbot.waitSignal(line.repaired) as heard:
        paste(line, f' "Bearer {TOKEN[:10]}\n{TOKEN[10:]}" \n')
    assert line.value == TOKEN
    assert line.text().startswith("4jnr•")
    assert line.text().endswith("•crhq")
    assert "PLANTED" not in line.text() + line.displayText() + line.accessibleName() + line.accessibleDescription()
    assert len(heard.args[0]) == 4


def test_a_whole_curl_command_can_be_pasted(line: MaskedTokenEdit) -> None:
    paste(line, f"curl 'https://api.kometsales.com/api/customer.list?authenticationToken={TOKEN}'")
    assert line.value == TOKEN


def test_a_paste_without_a_token_says_so(line: MaskedTokenEdit, qtbot: QtBot) -> None:
    with qtbot.waitSignal(line.repaired) as heard:
        paste(line, "curl https://api.kometsales.com/api/customer.list")
    assert line.value == ""
    assert heard.args[0] == ["There is no token in what was pasted."]


def test_typing_shows_dots_and_replaces_what_is_there(line: MaskedTokenEdit) -> None:
    paste(line, TOKEN)
    QTest.keyClicks(line, "abc")
    assert line.value == "abc"
    assert "abc" not in line.displayText()
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    assert line.value == "ab"


def test_typing_ends_in_one_piece(line: MaskedTokenEdit) -> None:
    QTest.keyClicks(line, TOKEN)
    assert "4jnr" not in line.displayText()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.value == TOKEN
    assert line.text() == masked(TOKEN)


@pytest.mark.parametrize("key", [Qt.Key.Key_Backspace, Qt.Key.Key_Delete])
def test_deleting_takes_all_of_it(line: MaskedTokenEdit, key: Qt.Key) -> None:
    paste(line, TOKEN)
    QTest.keyClick(line, key)
    assert (line.value, line.text()) == ("", "")


def test_copying_and_cutting_give_the_token_to_nobody(line: MaskedTokenEdit) -> None:
    paste(line, TOKEN)
    line.selectAll()
    for key in (Qt.Key.Key_C, Qt.Key.Key_X):
        QGuiApplication.clipboard().clear()
        QTest.keyClick(line, key, Qt.KeyboardModifier.ControlModifier)
        assert "PLANTED" not in QGuiApplication.clipboard().text()
    line.undo()
    assert "PLANTED" not in line.text()


def test_an_input_method_replaces_it_too(line: MaskedTokenEdit) -> None:
    paste(line, TOKEN)
    event = QInputMethodEvent()
    event.setCommitString("xyz")
    QApplication.sendEvent(line, event)
    assert line.value == "xyz"


def test_of_a_short_one_no_character_is_shown() -> None:
    assert set(masked("fifteen-chars-x")) == {"•"}
    assert masked("") == ""


def test_the_clipboard_is_emptied_if_the_secret_is_still_there(qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    secret = SecretClipboard(seconds=0.05)
    secret.copy(TOKEN)
    assert clipboard.text() == TOKEN
    qtbot.waitUntil(lambda: clipboard.text() == "")


def test_the_clipboard_keeps_what_the_user_copied_since(qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    secret = SecretClipboard(seconds=0.05)
    secret.copy(TOKEN)
    clipboard.setText("something else")
    qtbot.wait(120)
    assert clipboard.text() == "something else"
