"""The room as a whole: names for every control, keys, and what the window hears."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from helpers.consoles import OpenDesk, press
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLineEdit, QWidget

from komet_console.gui import theme
from komet_console.gui.tokens.dialogs import LoginDialog, TokenDialog
from komet_console.gui.tokens.room import TokensRoom
from komet_console.gui.tokens.sandbox_dialog import SandboxTokenDialog

Until = Callable[[Callable[[], object]], Awaitable[None]]
INTERACTIVE = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView)


def nameless(window: QWidget) -> list[str]:
    """Controls that a person can reach and that lack a name; those that Qt makes inside others do not count."""
    found = []
    for kind in INTERACTIVE:
        for one in window.findChildren(kind):
            inner = one.objectName().startswith("qt_") or isinstance(one.parent(), QComboBox | QLineEdit)
            inside = isinstance(one, QAbstractItemView) and one.window() is not window
            header = type(one).__name__ in ("QHeaderView", "QTableCornerButton") or isinstance(
                one.parent(), QAbstractItemView
            )
            if not inner and not inside and not header and (not one.objectName() or not one.accessibleName()):
                found.append(f"{type(one).__name__} {one.objectName()!r} {one.accessibleName()!r}")
    return found


def doubled(window: QWidget) -> list[str]:
    names = Counter(
        one.objectName()
        for kind in INTERACTIVE
        for one in window.findChildren(kind)
        if one.objectName() and not one.objectName().startswith("qt_") and one.objectName() != "chip"
    )
    return [name for name, count in names.items() if count > 1]


async def test_every_control_has_a_name(gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until) -> None:
    async with open_desk() as desk:
        room = TokensRoom(desk.console, desk.workspace, desk.tasks)
        for key in ("check", "several", "stored", "make"):
            room.show_page(key)
        room.show()
        await until(room.make.table.rows)
        assert nameless(room) == []
        assert doubled(room) == []
        for dialog in (
            TokenDialog(desk.console, desk.tasks, room, environment="production"),
            LoginDialog(desk.console, desk.tasks, room, environment="sandbox"),
            SandboxTokenDialog(desk.console, desk.tasks, room, {("customer", 7349): "Acme"}),
        ):
            assert nameless(dialog) == []
            assert doubled(dialog) == []
            dialog.deleteLater()
        room.close()


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


async def test_tab_reaches_the_check_button(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        room = TokensRoom(desk.console, desk.workspace, desk.tasks)
        room.show()
        room.activateWindow()
        room.check_token()
        await until(room.check.token.hasFocus)
        assert desk.console.running is not None
        room.check.token.take_pasted(desk.console.running.tokens["company"])
        reached: list[str] = []
        while not room.check.go.hasFocus() and len(reached) < 8:
            QTest.keyClick(focused(), Qt.Key.Key_Tab)
            reached.append(focused().objectName())
        assert reached == ["checkKind", "checkEnvironment", "checkButton"]
        QTest.keyClick(room.check.go, Qt.Key.Key_Space)
        await until(lambda: room.check.checking.report is not None and not room.check.checking.running)
        methods: list[str] = []
        room.open_method.connect(methods.append)
        room.check.matrix.view.setFocus()
        QTest.keyClick(room.check.matrix.view, Qt.Key.Key_Right)
        QTest.keyClick(room.check.matrix.view, Qt.Key.Key_Return)
        assert len(methods) == 1
        assert methods[0] in desk.console.catalogue.summaries
        room.close()


async def test_a_stored_token_is_used_and_checked(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        assert desk.console.running is not None
        value = desk.console.running.tokens["customer"]
        stored = await desk.console.tokens.add("Mine", value, environment="sandbox", hosts=(), kind="customer")
        room = TokensRoom(desk.console, desk.workspace, desk.tasks)
        used: list[str] = []
        room.use_token.connect(used.append)
        room.show_page("stored")
        room.show()
        room.stored.choose(stored.id)
        press(room.stored, "storedUse")
        assert used == ["Mine"]
        press(room.stored, "storedCheck")
        assert room.tabs.current == "check"
        assert not room.check.token.isVisibleTo(room)
        press(room.check, "checkButton")
        await until(lambda: room.check.checking.report is not None and not room.check.checking.running)
        assert desk.console.tokens.get("Mine").result == "valid"
        await desk.console.tokens.remove(stored.id)
        room.reload()
        assert room.check.token.isVisibleTo(room), "the token is gone, and so is its check"
        room.close()
    async with open_desk(sandbox=False) as desk:
        again = TokensRoom(desk.console, desk.workspace, desk.tasks)
        assert again.tabs.current == "check"
        again.deleteLater()


async def test_the_room_changes_its_colours(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        room = TokensRoom(desk.console, desk.workspace, desk.tasks)
        room.show()
        room.check.token.take_pasted("sbx_company_0123456789abcdef01234567")
        press(room.check, "checkButton")
        await until(lambda: room.check.checking.report is not None and not room.check.checking.running)
        light = room.check.card.grab().toImage()
        theme.manager().set_mode("dark")
        dark = room.check.card.grab().toImage()
        assert light != dark
        row = room.check.card.findChild(QWidget, "verdictRow.1")
        assert row is not None
        assert theme.color("muted").name() in str(row.property("text"))
        room.close()
