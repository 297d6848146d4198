"""The dialog of environments on a real workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from helpers.consoles import Desk, OpenDesk, dialog_of, opened_desk, press
from helpers.keyrings import LockedKeyring, MemoryKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QLineEdit

from komet_console.gui.environments.dialog import EnvironmentsDialog
from komet_console.gui.environments.looks import colour_key, dot_pixmap
from komet_console.workspace.environments import PRODUCTION, SANDBOX, StoredEnvironment

SECRET = "planted-proxy-secret-9"
Until = Callable[[Callable[[], object]], Awaitable[None]]


@pytest.fixture
def open_desk(gui_loop: asyncio.AbstractEventLoop, tmp_path: Path) -> OpenDesk:
    return partial(opened_desk, tmp_path / "home", tmp_path / "workspace", sandbox=False)


def shown(desk: Desk, environment: str = SANDBOX) -> EnvironmentsDialog:
    dialog = EnvironmentsDialog(desk.console, desk.tasks, None, environment=environment)
    dialog.open()
    return dialog


async def save(dialog: EnvironmentsDialog, until: Until) -> None:
    press(dialog, "environmentSave")
    dialog.message.clear()
    await until(dialog.message.text)


def message(dialog: EnvironmentsDialog, field: str) -> str:
    label = dialog.findChild(QLabel, f"environment.{field}.message")
    assert label is not None
    return label.text() if label.isVisibleTo(dialog) else ""


def names(dialog: EnvironmentsDialog) -> list[str]:
    return [dialog.list.item(number).text() for number in range(dialog.list.count())]


async def test_adding_one_with_everything(open_desk: OpenDesk, until: Until) -> None:
    async with open_desk() as desk:
        dialog = shown(desk)
        changes: list[int] = []
        dialog.changed.connect(lambda: changes.append(1))
        assert names(dialog) == ["Sandbox", "Production"]
        press(dialog, "environmentAdd")
        assert names(dialog)[-1] == "New environment"
        form = dialog.form
        form.name.setText("Acme test")
        form.base_url.setText("https://acme.example.com/api/")
        form.level.current = "read-only"
        form.account.setText("401")
        form.multi.current = "yes"
        form.paid_users.setText("3")
        form.reserve.setText("50")
        form.zone.setCurrentText("America/Bogota")
        form.proxy.setText("http://me:{{proxyPassword}}@proxy.example:8080")
        press(dialog, "variables.add")
        press(dialog, "variables.add")
        fields = [
            one.objectName() for one in dialog.findChildren(QLineEdit) if one.objectName().startswith("variable.")
        ]
        assert len(fields) == 4
        first, second = sorted({name.rsplit(".", 1)[0] for name in fields})
        edit(dialog, f"{first}.name", "customerId")
        edit(dialog, f"{first}.value", "7349")
        edit(dialog, f"{second}.name", "proxyPassword")
        check = dialog.findChild(QCheckBox, f"{second}.secret")
        assert check is not None
        check.setChecked(True)
        edit(dialog, f"{second}.value", SECRET)
        line = dialog.findChild(QLineEdit, f"{second}.value")
        assert line is not None
        assert SECRET not in line.displayText()
        await save(dialog, until)
        kept = desk.console.environments.get("Acme test")
        assert (kept.base_url, kept.level, kept.account) == ("https://acme.example.com/api", "read-only", "401")
        assert (kept.multi_location, kept.paid_users, kept.reserve, kept.zone) == ("yes", 3, 50, "America/Bogota")
        assert [one.name for one in kept.variables] == ["customerId", "proxyPassword"]
        assert await desk.console.secrets.get(kept.variables[1].value) == SECRET
        assert changes == [1]
        assert names(dialog)[-1] == "Acme test"
        assert not dialog.save.isEnabled()
        desk.workspace.flush(5)
        assert not any(SECRET.encode() in path.read_bytes() for path in desk.folder.rglob("*") if path.is_file())
        dialog.done(0)
    async with open_desk(keyring=desk.keyring) as desk:
        dialog = shown(desk, kept.id)
        assert dialog.form.zone.currentText() == "America/Bogota"
        assert SECRET not in "".join(one.text() for one in dialog.findChildren(QLineEdit))
        # A change elsewhere leaves the secret as it is.
        edit(dialog, "environment.account", "402")
        await save(dialog, until)
        assert await desk.console.secrets.get(kept.variables[1].value) == SECRET
        # A variable that is no secret any more takes its value out of the keyring, and shows none.
        box = next(
            one for one in dialog.findChildren(QCheckBox) if one.isChecked() and one.objectName().endswith(".secret")
        )
        box.setChecked(False)
        await save(dialog, until)
        assert isinstance(desk.keyring, MemoryKeyring)
        assert desk.keyring.kept == {}
        assert desk.console.environments.get(kept.id).variables[1].value == ""
        dialog.done(0)


def edit(dialog: EnvironmentsDialog, name: str, text: str) -> None:
    line = dialog.findChild(QLineEdit, name)
    assert line is not None, name
    line.setText(text)
    line.textEdited.emit(text)


@pytest.mark.parametrize(
    ("field", "name", "text", "says"),
    [
        ("name", "environment.name", "", "needs a name"),
        ("name", "environment.name", "production", "already"),
        ("base_url", "environment.base_url", "http://acme.example.com/api", "without encryption"),
        ("base_url", "environment.base_url", "acme", "no HTTP address"),
        ("base_url", "environment.base_url", "https://me:secret@acme.example.com/api", "user name or a password"),
        ("paid_users", "environment.paid_users", "many", "whole number"),
        ("paid_users", "environment.paid_users", "0", "between 1"),
        ("reserve", "environment.reserve", "-3", "whole number"),
        ("zone", "environment.zone.line", "Mars/Base", "no time zone"),
        ("colour", "environment.own_colour", "#12", "hexadecimal"),
        ("proxy", "environment.proxy", "http://me:clear@proxy.example:8080", "in clear"),
        ("ca_file", "environment.ca_file.path", "/no/such/file.pem", "no such file"),
    ],
)
async def test_what_is_wrong_stands_at_its_field(
    open_desk: OpenDesk, until: Until, field: str, name: str, text: str, says: str
) -> None:
    async with open_desk() as desk:
        own = desk.console.environments.add("Acme", "https://acme.example.com/api")
        dialog = shown(desk, own.id)
        edit(dialog, name, text)
        await save(dialog, until)
        assert says in message(dialog, field)
        assert dialog.message.text() == "Not saved."
        assert desk.console.environments.get(own.id) == own
        dialog.done(0)


async def test_built_in_ones_are_explained_and_keep_their_names(open_desk: OpenDesk, until: Until) -> None:
    async with open_desk() as desk:
        dialog = shown(desk, PRODUCTION)
        assert dialog.form.explanation.isVisibleTo(dialog)
        assert dialog.form.name.isReadOnly()
        assert dialog.form.base_url.isReadOnly()
        assert not dialog.remove.isEnabled()
        edit(dialog, "environment.paid_users", "2")
        await save(dialog, until)
        assert desk.console.environments.get(PRODUCTION).paid_users == 2
        dialog.done(0)


async def test_duplicating_and_removing(open_desk: OpenDesk, until: Until) -> None:
    async with open_desk() as desk:
        own = desk.console.environments.add("Acme", "https://acme.example.com/api", paid_users=4)
        dialog = shown(desk, own.id)
        press(dialog, "environmentDuplicate")
        assert dialog.form.name.text() == "Acme copy"
        await save(dialog, until)
        copy = desk.console.environments.get("Acme copy")
        assert (copy.paid_users, copy.base_url) == (4, own.base_url)
        assert copy.id != own.id
        press(dialog, "environmentRemove")
        await until(lambda: dialog_of(dialog, "confirmDialog"))
        confirm = dialog_of(dialog, "confirmDialog")
        assert confirm is not None
        press(confirm, "confirmDialog.go")
        await until(lambda: desk.console.environments.find("Acme copy") is None)
        assert names(dialog) == ["Sandbox", "Production", "Acme"]
        dialog.done(0)


async def test_changes_are_not_dropped_unasked(open_desk: OpenDesk, until: Until) -> None:
    async with open_desk() as desk:
        own = desk.console.environments.add("Acme", "https://acme.example.com/api")
        dialog = shown(desk, own.id)
        edit(dialog, "environment.account", "77")
        dialog.list.setCurrentRow(0)
        await until(lambda: dialog_of(dialog, "confirmDialog"))
        assert dialog.form.account.text() == "77", "the form stays until the user has said so"
        confirm = dialog_of(dialog, "confirmDialog")
        assert confirm is not None
        press(confirm, "confirmDialog.cancel")
        await until(lambda: dialog_of(dialog, "confirmDialog") is None)
        assert dialog.list.currentItem().text() == "Acme"
        dialog.reject()
        await until(lambda: dialog_of(dialog, "confirmDialog"))
        assert dialog.isVisible()
        confirm = dialog_of(dialog, "confirmDialog")
        assert confirm is not None
        over: list[int] = []
        dialog.finished.connect(over.append)
        press(confirm, "confirmDialog.go")
        await until(lambda: over)
        assert desk.console.environments.get(own.id).account == ""


async def test_a_new_variable_that_is_named_as_a_secret_is_one_until_the_user_says_otherwise(
    open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        dialog = shown(desk)
        dialog.activateWindow()
        press(dialog, "variables.add")
        name, secret = dialog.findChild(QLineEdit, "variable.1.name"), dialog.findChild(QCheckBox, "variable.1.secret")
        assert name is not None
        assert secret is not None

        async def type_name(text: str) -> None:
            name.setFocus()
            await until(name.hasFocus)
            QTest.keyClicks(name, text)
            QTest.keyClick(name, Qt.Key.Key_Tab)
            await until(lambda: not name.hasFocus())

        await type_name("customer")
        assert not secret.isChecked()
        await type_name("_token")
        assert name.text() == "customer_token"
        assert secret.isChecked()
        secret.click()
        await type_name("2")
        assert not secret.isChecked()
        dialog.done(0)


async def test_a_keyring_that_is_locked_is_said_at_saving(open_desk: OpenDesk, until: Until) -> None:
    async with open_desk(keyring=LockedKeyring()) as desk:
        own = desk.console.environments.add("Acme", "https://acme.example.com/api")
        dialog = shown(desk, own.id)
        press(dialog, "variables.add")
        edit(dialog, "variable.1.name", "key")
        box = dialog.findChild(QCheckBox, "variable.1.secret")
        assert box is not None
        box.setChecked(True)
        edit(dialog, "variable.1.value", SECRET)
        await save(dialog, until)
        assert "memory only" in dialog.message.text()
        assert SECRET not in dialog.message.text()
        dialog.done(0)


async def test_every_control_has_a_name(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        dialog = shown(desk)
        dialog.form.variables.add.click()
        bare = [
            f"{type(one).__name__} {one.objectName()}"
            for kind in (QAbstractButton, QLineEdit)
            for one in dialog.findChildren(kind)
            if (not one.objectName() or not one.accessibleName()) and not one.objectName().startswith("qt_")
        ]
        assert bare == []
        dialog.done(0)


def test_the_colour_of_an_environment() -> None:
    def key(**values: object) -> str:
        return colour_key(StoredEnvironment("x", "X", "https://x.example/api", **values))  # type: ignore[arg-type]

    assert key(colour="#123456") == "#123456"
    assert (key(level="careful"), key(level="free"), key(level="read-only")) == ("careful", "other", "other")
    assert colour_key(StoredEnvironment(PRODUCTION, "Production", "")) == "production"


def test_the_chosen_dot_is_another_drawing(dressed: object) -> None:
    assert dot_pixmap("sandbox").toImage() != dot_pixmap("sandbox", chosen=True).toImage()
    assert dot_pixmap("sandbox").toImage() != dot_pixmap("production").toImage()
