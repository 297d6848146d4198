"""The button that sends stays as wide as it was when it becomes the one that cancels."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from komet_console.gui.widgets.send_button import SendButton


def test_neither_it_nor_what_stands_beside_it_moves_with_a_call(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    row = QHBoxLayout(place)
    address, button = QLineEdit(), SendButton("Send", "Ctrl+Enter")
    row.addWidget(address)
    row.addWidget(button)
    place.resize(600, 60)
    place.show()
    before = address.geometry(), button.geometry()
    button.say("Cancel", "Esc", quiet=True)
    row.activate()
    assert (address.geometry(), button.geometry()) == before
    assert (button.text(), button.accessibleName()) == ("Cancel", "Cancel")
    button.say("Send to Production", "Ctrl+Enter", quiet=False)
    row.activate()
    assert button.width() >= button.sizeHint().width() > before[1].width()
