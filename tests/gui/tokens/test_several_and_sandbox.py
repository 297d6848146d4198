"""Several tokens at once, and making tokens in the sandbox as Komet's own screen does."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable
from pathlib import Path

from helpers.consoles import OpenDesk, dialog_of, press
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from komet_console.catalogue import Catalogue
from komet_console.gui.tokens.room import TokensRoom
from komet_console.gui.tokens.sandbox_dialog import SandboxTokenDialog
from komet_console.gui.tokens.sandbox_page import SandboxPage, make_steps
from komet_console.gui.tokens.several_page import SeveralPage

Until = Callable[[Callable[[], object]], Awaitable[None]]


async def test_a_list_is_checked_and_leaves_without_tokens(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until, tmp_path: Path
) -> None:
    async with open_desk() as desk:
        assert desk.console.running is not None
        tokens = desk.console.running.tokens
        page = SeveralPage(desk.console, desk.tasks)
        page.show()
        assert not page.go.isEnabled()
        QGuiApplication.clipboard().setText(
            f"name;token\nAcme;{tokens['company']}\n=SUM(A1);{tokens['user']}\nBroken;sbx_company_0123456789abcdef01234567\n"
        )
        press(page, "severalPaste")
        assert [line.name for line in page.table.rows()] == ["Acme", "=SUM(A1)", "Broken"]
        assert "3 tokens. At most: This makes 9 calls" in page.plan.text()
        press(page, "severalCheck")
        assert page.go.text() == "Stop"
        assert not page.open_file.isEnabled()
        await until(lambda: not page.running)
        assert [line.result for line in page.table.rows()] == ["Works", "Works", "Does not work"]
        assert page.plan.text() == "2 work, 1 do not, 0 could not be told."
        press(page, "severalExport")
        await until(lambda: dialog_of(page, "fileDialog"))
        dialog = dialog_of(page, "fileDialog")
        assert dialog is not None
        target = tmp_path / "results.csv"
        dialog.filesSelected.emit([str(target)])  # type: ignore[attr-defined]
        dialog.accept()
        await until(target.exists)
        await asyncio.sleep(0.02)
        text = target.read_text(encoding="utf-8")
        assert [row["works"] for row in csv.DictReader(text.splitlines())] == ["yes", "yes", "no"]
        assert not any(value in text for value in tokens.values())
        page.close()


async def test_a_list_can_be_stopped_and_bad_ones_are_refused(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until, tmp_path: Path
) -> None:
    async with open_desk() as desk:
        assert desk.console.running is not None
        page = SeveralPage(desk.console, desk.tasks)
        page.show()
        page.take_text(" \n\n")
        assert "no token" in page.plan.text()
        page._read(str(tmp_path / "missing.csv"))
        assert "could not be read" in page.plan.text()
        page.take_text("\n".join(f"n{number},{desk.console.running.tokens['vendor']}" for number in range(30)))
        press(page, "severalCheck")
        await until(lambda: page.progress.value() >= 1)
        QTest.keyClick(page, Qt.Key.Key_Escape)
        await until(lambda: not page.running)
        results = [line.result for line in page.table.rows()]
        assert results[0] == "Works"
        assert results[-1] == "Not checked"
        page.close()


def test_the_steps_for_the_real_komet(catalogue: Catalogue) -> None:
    steps = make_steps(catalogue)
    assert len(steps) == 5
    assert "New Token" in steps[1]


async def made_page(room: TokensRoom, until: Until) -> SandboxPage:
    room.resize(1300, 800)
    room.show_page("make")
    room.show()
    page = room.make
    await until(page.table.rows)
    return page


async def test_a_customers_token_with_chosen_methods(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        room = TokensRoom(desk.console, desk.workspace, desk.tasks)
        page = await made_page(room, until)
        await until(lambda: page._owners)
        assert (
            len([label for label in page.steps.findChildren(QLabel) if label.objectName().startswith("realStep.")]) == 5
        )
        press(page, "sandboxNew")
        await until(lambda: dialog_of(page, "sandboxTokenDialog"))
        dialog = dialog_of(page, "sandboxTokenDialog")
        assert isinstance(dialog, SandboxTokenDialog)
        message = dialog.message.text
        dialog.press()
        await until(dialog.message.isVisible)
        assert "description" in dialog.message.text()
        dialog.description.setText("For a test")
        dialog.kind.setFocus()
        QTest.keyClick(dialog.kind, Qt.Key.Key_Right)
        assert dialog.kind.current == "customer"
        dialog.owner.setEditText("nobody of that name")
        dialog.press()
        await until(lambda: "Nobody is chosen" in message())
        dialog.owner.setCurrentIndex(0)
        QTest.keyClick(dialog.chosen, Qt.Key.Key_Right)
        dialog.press()
        await until(lambda: "No method" in message())
        dialog.filter.setText("invoice.details.list")
        visible = [n for n in range(dialog.methods.count()) if not dialog.methods.item(n).isHidden()]
        assert len(visible) == 1
        dialog.methods.item(visible[0]).setCheckState(Qt.CheckState.Checked)
        dialog.transactional.setChecked(False)
        dialog.press()
        await until(lambda: any(one.description == "For a test" for one in page.table.rows()))
        await until(page.table.current)
        token = page.table.current()
        assert token is not None
        assert (token.kind, token.methods, token.transactional) == ("customer", ("invoice.details.list",), False)
        assert "Generated" in page.message.text()

        press(page, "sandboxEdit")
        await until(lambda: dialog_of(page, "sandboxTokenDialog"))
        dialog = dialog_of(page, "sandboxTokenDialog")
        assert isinstance(dialog, SandboxTokenDialog)
        assert dialog.chosen.current == "some"
        dialog.description.setText("Edited")
        dialog.chosen.current = "all"
        dialog.press()
        await until(lambda: any(one.description == "Edited" for one in page.table.rows()))
        edited = next(one for one in page.table.rows() if one.description == "Edited")
        assert edited.methods is None
        page.table.choose(lambda one: one.value == edited.value)

        press(page, "sandboxRevoke")
        await until(lambda: dialog_of(page, "confirmDialog"))
        confirm = dialog_of(page, "confirmDialog")
        assert confirm is not None
        press(confirm, "confirmDialog.go")
        await until(lambda: next(one for one in page.table.rows() if one.value == edited.value).revoked)
        page.table.choose(lambda one: one.value == edited.value)
        assert not page.revoke.isEnabled()
        press(page, "sandboxCheck")
        assert room.tabs.current == "check"
        assert room.check.token.value == edited.value
        room.close()


async def test_a_sandbox_that_does_not_answer_is_said(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        room = TokensRoom(desk.console, desk.workspace, desk.tasks)
        page = await made_page(room, until)

        async def refuse() -> None:
            from komet_console.session.control import SandboxControl

            async def broken(control: SandboxControl) -> str:
                await control.revoke("sbx_company_nobody")
                return ""

            await page._controlled(broken)

        await refuse()
        assert "no such token" in page.message.text()
        assert page.message.property("role") == "error"
        room.close()
