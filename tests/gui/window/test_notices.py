"""Messages over the window's lower edge: no error goes unread, and nothing hides another."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from komet_console.errors import UserError
from komet_console.gui.window.notices import Notices

FULL = UserError("The disk is full.", "Make room. " * 12)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1024, 700)
    made.show()
    return made


def apart(notices: Notices) -> bool:
    """Whether both are whole in the window, and neither lies over the other."""
    places = [notices.message.geometry(), notices.trouble.geometry()]
    window = notices.message.parentWidget().rect()
    return all(window.contains(place) for place in places) and not places[0].intersects(places[1])


def test_an_error_stays_while_other_things_are_said(window: QWidget) -> None:
    notices, pressed = Notices(window), []
    notices.error(FULL)
    low = notices.trouble.geometry()
    notices.say("Removed.", button="Undo", action=lambda: pressed.append(1))
    assert notices.trouble.isVisible()
    assert notices.trouble.text.text() == FULL.message
    assert notices.trouble.geometry() == low, "what is being read does not move"
    assert apart(notices)
    notices.message.button.click()
    assert pressed == [1]
    assert (notices.message.isVisible(), notices.trouble.isVisible()) == (False, True)
    notices.error(UserError("The network is gone."))
    assert notices.trouble.text.text() == "The network is gone."
    assert not notices.trouble.hint.isVisible()
    notices.trouble.close_button.click()
    assert not notices.trouble.isVisible()


def test_an_error_does_not_hide_what_can_be_undone(window: QWidget) -> None:
    notices = Notices(window)
    notices.say("Removed.", button="Undo", action=lambda: None)
    low = notices.message.geometry()
    notices.error(FULL)
    assert notices.message.geometry() == low
    assert apart(notices)
    window.resize(640, 480)
    assert apart(notices)
    notices.message.hide()
    assert notices.trouble.geometry().bottom() == 480 - 40 - 1, "there is room: it comes down"


def test_only_messages_go_by_themselves(window: QWidget) -> None:
    notices = Notices(window)
    notices.error(FULL)
    (timer,) = notices.findChildren(QTimer)
    assert not timer.isActive()
    notices.say("Saved.")
    assert timer.isActive()
    timer.timeout.emit()
    assert (notices.message.isVisible(), notices.trouble.isVisible()) == (False, True)
