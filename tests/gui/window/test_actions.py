from __future__ import annotations

import asyncio
from collections import Counter

from helpers.windows import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from shiboken6 import delete


async def test_no_two_actions_share_a_shortcut(gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow) -> None:
    async with open_window() as window:
        rows = window.actions_table.rows
        keys = Counter(QKeySequence(keys).toString() for row in rows for keys in row.keys)
        assert [one for one, count in keys.items() if count > 1] == []
        assert "" not in keys
        assert len({row.key for row in rows}) == len(rows)
        assert len({row.text for row in rows}) == len(rows)


async def test_a_text_field_does_not_swallow_the_windows_keys(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        window.open_method("customer.list")
        window.methods.filter.setFocus()
        await asyncio.sleep(0)
        QTest.keyClicks(window.methods.filter, "ship")
        QTest.keyClick(window.methods.filter, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        assert window.palette_popup is not None
        assert window.palette_popup.isVisible()
        assert window.methods.filter.text() == "ship"
        window.palette_popup.close()


async def test_every_action_that_is_offered_can_be_run(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        window.open_method("prebook.create")
        skipped = {"quit", "send", "sandbox.reset", "sandbox.undo", "environment", "token"}
        for row in window.actions_table.rows:
            if row.key not in skipped:
                window.actions_table.run(row.key)
        window.methods.setFocus()


async def test_a_widget_that_is_destroyed_with_the_focus_is_no_trouble(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        line = QLineEdit(window)
        line.show()
        line.setFocus()
        assert QApplication.focusWidget() is line
        delete(line)
        window.methods.filter.setFocus()
        await asyncio.sleep(0)
