"""What the window can do is found: by its words in the palette, by the keys that its buttons name, and it opens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from helpers.consoles import dialog_of, press
from helpers.windows import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

Until = Callable[[Callable[[], object]], Awaitable[None]]

WORDS = {
    "import": "import",
    "backup": "backup",
    "restore": "restore",
    "dark": "scheme",
    "theme": "scheme",
    "settings": "settings",
    "environments": "environments",
    "check a token": "tokens.check",
    "log in": "tokens.login",
    "history": "history",
}


async def test_the_palette_finds_actions_by_their_words(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        window.open_palette()
        palette = window.palette_popup
        assert palette is not None
        first = {}
        for words in WORDS:
            palette.line.setText(words)
            first[words] = palette.current.key if palette.current else ""
        assert first == WORDS
        palette.line.setText("customer list")
        assert palette.current is not None
        assert palette.current.key == "customer.list"
        palette.close()


@pytest.mark.parametrize(
    ("key", "dialog"),
    [
        ("import", "importDialog"),
        ("backup", "backupDialog"),
        ("restore", "restoreDialog"),
        ("environments", "environmentsDialog"),
        ("tokens.add", "tokenDialog"),
        ("tokens.login", "loginDialog"),
    ],
)
async def test_an_action_opens_its_dialog(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, key: str, dialog: str
) -> None:
    async with open_window() as window:
        window.actions_table.run(key)
        await until(lambda: dialog_of(window, dialog))
        opened = dialog_of(window, dialog)
        assert opened is not None
        opened.reject()


async def test_each_room_opens_with_the_keys_that_its_button_names(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        rooms = {"tokens": "4", "history": "3", "collections": "2", "methods": "1"}
        for key, number in rooms.items():
            button = window.findChild(QAbstractButton, f"room.{key}")
            assert button is not None
            assert QKeySequence(f"Ctrl+{number}").toString() in button.toolTip()
            QTest.keyClick(window, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)
            assert window.rooms.current == key


async def test_all_work_is_backed_up_from_the_window(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, tmp_path: Path
) -> None:
    async with open_window() as window:
        window.open_method("customer.list")
        window.actions_table.run("backup")
        await until(lambda: dialog_of(window, "backupDialog"))
        dialog = dialog_of(window, "backupDialog")
        assert dialog is not None
        line = dialog.findChild(QLineEdit, "backupDialog.path")
        assert line is not None
        line.setText(str(tmp_path / "all.zip"))
        press(dialog, "backupDialog.go")
        await until(window.notices.message.isVisible)
        assert str(tmp_path / "all.zip") in window.notices.message.text.text()
    with ZipFile(tmp_path / "all.zip") as archive:
        assert "workspace.db" in archive.namelist()
