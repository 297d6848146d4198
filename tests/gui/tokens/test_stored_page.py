"""Stored tokens: added, logged in, edited, copied, removed; keyrings that work and that do not."""

from __future__ import annotations

import asyncio
import base64
import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from helpers.consoles import Desk, OpenDesk, dialog_of, press
from helpers.keyrings import LockedKeyring, MemoryKeyring
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from komet_console.gui.tokens.dialogs import LoginDialog, TokenDialog
from komet_console.gui.tokens.room import TokensRoom
from komet_console.gui.tokens.stored_page import StoredPage


class UnlockableKeyring(LockedKeyring):
    """Locked until somebody types its password."""

    priority = -1
    locked = True

    def get_password(self, service: str, username: str) -> str | None:
        return super().get_password(service, username) if self.locked else self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            super().set_password(service, username, password)
        self.kept[service, username] = password


TOKEN = "plnt9f3c2b7e1a8d4056ZZtail"
Until = Callable[[Callable[[], object]], Awaitable[None]]


async def shown(desk: Desk, until: Until) -> TokensRoom:
    room = TokensRoom(desk.console, desk.workspace, desk.tasks)
    room.resize(1200, 800)
    room.show_page("stored")
    room.show()
    await until(lambda: "until" not in desk.console.secrets.explanation)
    return room


async def add(page: StoredPage, until: Until, name: str, value: str = TOKEN, environment: str = "production") -> None:
    press(page, "storedAdd")
    await until(lambda: dialog_of(page, "tokenDialog"))
    dialog = dialog_of(page, "tokenDialog")
    assert isinstance(dialog, TokenDialog)
    dialog.value.take_pasted(value)
    dialog.name.setText(name)
    dialog.environment.show_environment(environment)
    over: list[int] = []
    dialog.finished.connect(over.append)
    dialog.press()
    await until(lambda: over or dialog.message.isVisible())


async def test_adding_searching_editing_removing(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk(sandbox=False) as desk:
        room = await shown(desk, until)
        page = room.stored
        changes: list[int] = []
        page.changed.connect(lambda: changes.append(1))
        assert page.empty.isVisibleTo(page)
        assert not any(button.isEnabled() for button in page.actions_of_one)
        await add(page, until, "Main")
        await until(page.table.rows)
        stored = desk.console.tokens.get("Main")
        assert stored.hosts == ("api.kometsales.com",)
        assert page.table.current() == stored
        assert not page.note.isVisibleTo(page)
        # The same name again is refused in the dialog, which stays open.
        await add(page, until, "main")
        dialog = dialog_of(page, "tokenDialog")
        assert isinstance(dialog, TokenDialog)
        assert "already" in dialog.message.text()
        dialog.reject()
        page.search.setText("nothing fits this")
        assert page.table.rows() == []
        page.search.clear()
        page.choose(stored.id)
        QTest.keyClick(page.table, Qt.Key.Key_Return)
        await until(lambda: dialog_of(page, "tokenDialog"))
        dialog = dialog_of(page, "tokenDialog")
        assert isinstance(dialog, TokenDialog)
        assert TOKEN not in dialog.value.text() + dialog.value.placeholderText()
        dialog.name.setText("Renamed")
        dialog.methods.show_values(["no.such.method"])
        dialog.press()
        await until(dialog.message.isVisible)
        assert "no.such.method" in dialog.message.text()
        dialog.methods.show_values(["customer.list"])
        dialog.press()
        await until(lambda: desk.console.tokens.find("Renamed"))
        assert desk.console.tokens.get("Renamed").methods == ("customer.list",)
        assert await desk.console.tokens.value(stored.id) == TOKEN
        await until(lambda: dialog_of(page, "tokenDialog") is None)
        page.choose(stored.id)
        QTest.keyClick(page.table, Qt.Key.Key_Delete)
        await until(lambda: dialog_of(page, "confirmDialog"))
        confirm = dialog_of(page, "confirmDialog")
        assert confirm is not None
        QTest.keyClick(confirm, Qt.Key.Key_Return)
        await until(lambda: dialog_of(page, "confirmDialog") is None)
        assert desk.console.tokens.find("Renamed"), "Enter alone removes nothing"
        press(page, "storedRemove")
        await until(lambda: dialog_of(page, "confirmDialog"))
        confirm = dialog_of(page, "confirmDialog")
        assert confirm is not None
        press(confirm, "confirmDialog.go")
        await until(lambda: not desk.console.tokens.all())
        assert isinstance(desk.keyring, MemoryKeyring)
        assert desk.keyring.kept == {}
        await until(lambda: len(changes) == 3)


async def test_another_value_forgets_what_was_proven(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk(sandbox=False) as desk:
        tokens = desk.console.tokens
        one = await tokens.add("One", TOKEN, environment="production", hosts=("api.kometsales.com",))
        tokens.prove(one.id, "customer.list", "accepted")
        room = await shown(desk, until)
        page = room.stored
        page.choose(one.id)
        press(page, "storedEdit")
        await until(lambda: dialog_of(page, "tokenDialog"))
        dialog = dialog_of(page, "tokenDialog")
        assert isinstance(dialog, TokenDialog)
        dialog.value.take_pasted("othr0123456789abcdefWXYZ")
        dialog.press()
        await until(lambda: tokens.get("One").head == "othr")
        assert tokens.proofs(one.id) == {}
        assert await tokens.value(one.id) == "othr0123456789abcdefWXYZ"


async def test_logging_in_keeps_a_token_and_no_password(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        running = desk.console.running
        assert running is not None
        room = await shown(desk, until)
        page = room.stored
        press(page, "storedLogIn")
        await until(lambda: dialog_of(page, "loginDialog"))
        dialog = dialog_of(page, "loginDialog")
        assert isinstance(dialog, LoginDialog)
        assert "1 call" in dialog.price.text()
        dialog.user.setText(running.login["username"])
        dialog.password.setText("planted-wrong-password-1")
        dialog.press()
        await until(dialog.message.isVisible)
        assert "did not log" in dialog.message.text()
        assert dialog.password.text() == "", "a password is used once"
        dialog.password.setText(running.login["password"])
        dialog.press()
        await until(desk.console.tokens.all)
        kept = desk.console.tokens.all()[0]
        assert (kept.kind, kept.environment) == ("user", "sandbox")
        assert kept.whose == running.login["username"]
        await until(lambda: dialog_of(page, "loginDialog") is None)
        desk.workspace.flush(5)
        assert leaks(desk.folder, "planted-wrong-password-1", running.login["password"]) == []


async def test_a_planted_token_is_in_no_file(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk(sandbox=False) as desk:
        room = await shown(desk, until)
        page = room.stored
        await add(page, until, "Planted")
        await until(page.table.rows)
        page.check_token.emit(desk.console.tokens.get("Planted"))
        desk.workspace.flush(5)
        assert leaks(desk.folder, TOKEN) == []
        texts = [str(child.property("text") or "") for child in room.findChildren(QWidget)]
        assert any("plnt…tail" in text for text in texts)
        assert not any(TOKEN in text for text in texts)


def leaks(folder: Path, *secrets: str) -> list[str]:
    """Files that hold a secret in one of the spellings that it could be written in."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content += gzip.decompress(content)
        for secret in secrets:
            raw = secret.encode()
            if any(one in content for one in (raw, quote(secret).encode(), base64.b64encode(raw))):
                found.append(f"{path.name}: {secret[:8]}")
    return found


async def test_copying_goes_to_the_clipboard_only(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk(sandbox=False) as desk:
        one = await desk.console.tokens.add("One", TOKEN, environment="production", hosts=("api.kometsales.com",))
        room = await shown(desk, until)
        page = room.stored
        said: list[str] = []
        page.said.connect(said.append)
        page.choose(one.id)
        press(page, "storedCopy")
        await until(lambda: said)
        assert QGuiApplication.clipboard().text() == TOKEN
        assert "60 seconds" in said[0]
        page.forget_clipboard()
        assert QGuiApplication.clipboard().text() == ""


async def test_a_locked_keyring_is_explained_and_looked_for_again(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    keyring = UnlockableKeyring()
    async with open_desk(keyring=keyring, sandbox=False) as desk:
        room = await shown(desk, until)
        page = room.stored
        await add(page, until, "In memory")
        await until(lambda: page.note.isVisibleTo(page))
        assert "locked" in page.note.text.text()
        assert "memory only" in page.note.text.text()
        assert TOKEN not in page.note.text.text()
        assert page.note.accessibleName()
        keyring.locked = False
        press(page, "keyringAgain")
        await until(lambda: not page.note.isVisibleTo(page))
        assert TOKEN in keyring.kept.values()


async def test_a_lost_value_is_said_not_raised(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk(sandbox=False) as desk:
        await desk.console.tokens.add("Lost", TOKEN, environment="production", hosts=("api.kometsales.com",))
    async with open_desk(keyring=MemoryKeyring(), sandbox=False) as desk:
        room = await shown(desk, until)
        page = room.stored
        assert [one.name for one in page.table.rows()] == ["Lost"], "losing the keyring loses no names"
        page.table.selectRow(0)
        press(page, "storedCopy")
        await until(lambda: page.message.isVisibleTo(page))
        assert "Enter it again" in page.message.text()
