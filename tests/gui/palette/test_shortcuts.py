"""The list of shortcuts shows what it is given, without a nested loop, and goes away with Escape."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from komet_console.gui.palette.shortcuts import ShortcutsSheet
from komet_console.gui.widgets.keycap import KeyCap

ENTRIES = [
    ("Request", "Send", "Ctrl+Return"),
    ("Request", "Beautify", "Ctrl+B  Ctrl+Shift+F"),
    ("Tabs", "Next tab", "Ctrl+Tab"),
    ("Help", "Shortcuts", "F1  Ctrl+/"),
]


def words(sheet: ShortcutsSheet, kind: type[QWidget]) -> list[str]:
    if kind is QLabel:
        return [label.text() for label in sheet.findChildren(QLabel)]
    return [cap.accessibleName() for cap in sheet.findChildren(KeyCap)]


def test_every_entry_is_there_under_its_section(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    sheet = ShortcutsSheet(ENTRIES, window)
    sheet.open()
    labels = words(sheet, QLabel)
    assert [one for one in labels if one in ("Request", "Tabs", "Help")] == ["Request", "Tabs", "Help"]
    assert {text for _, text, _ in ENTRIES} <= set(labels)
    assert words(sheet, KeyCap) == ["Ctrl+Return", "Ctrl+B", "Ctrl+Shift+F", "Ctrl+Tab", "F1", "Ctrl+/"]


def test_many_entries_fit_on_a_small_screen(qtbot: QtBot) -> None:
    many = [(f"Section {number // 9}", f"Action {number}", f"Ctrl+Alt+{number}") for number in range(90)]
    sheet = ShortcutsSheet(many)
    qtbot.addWidget(sheet)
    assert sheet.height() <= 640
    assert sheet.width() <= 940
    assert len(words(sheet, KeyCap)) == 90


def test_escape_closes_it_and_it_is_gone(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    sheet = ShortcutsSheet(ENTRIES, window)
    sheet.open()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not shiboken6.isValid(sheet))


def test_no_key_is_cut_off(qtbot: QtBot) -> None:
    what = "The next occurrence of what was found in the answer, the one before"
    many = [(f"Section {number // 9}", f"{number} {what}", "Ctrl+Shift+[  Ctrl+Shift+]") for number in range(40)]
    sheet = ShortcutsSheet(many)
    qtbot.addWidget(sheet)
    sheet.show()
    area = sheet.findChild(QScrollArea, "shortcutsArea")
    assert area is not None
    assert area.widget().minimumSizeHint().width() <= area.viewport().width()
