"""The page that checks a token, against the real sandbox."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from pathlib import Path

from helpers.consoles import Desk, OpenDesk, dialog_of, press, set_quota
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from komet_console.gui.tokens.check_page import CheckPage
from komet_console.gui.tokens.dialogs import TokenDialog
from komet_console.gui.tokens.room import TokensRoom
from komet_console.session.control import SandboxControl

MISTYPED = "sbx_company_0123456789abcdef01234567"
Until = Callable[[Callable[[], object]], Awaitable[None]]


def words(page: CheckPage) -> str:
    return "\n".join(label.text() for label in page.card.findChildren(QLabel) if label.isVisibleTo(page.card))


def made(desk: Desk) -> CheckPage:
    page = CheckPage(desk.console, desk.tasks)
    page.resize(1000, 700)
    page.show()
    return page


async def check(page: CheckPage, until: Until) -> None:
    press(page, "checkButton")
    await until(lambda: not page.checking.running)


async def test_a_company_token_works(gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until) -> None:
    async with open_desk() as desk:
        page = made(desk)
        assert not page.go.isEnabled()
        assert desk.console.running is not None
        value = desk.console.running.tokens["company"]
        QGuiApplication.clipboard().setText(f'"{value}"\n')
        QTest.keyClick(page.token, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert "Quotes around it were removed." in page.remark.text()
        assert "At most 3 reads" in page.plan.text()
        await check(page, until)
        assert page.card.pill.text() == "Works"
        assert "company token" in page.card.title.text()
        assert "proven: boxtype.list" in words(page)
        assert "not proven" in words(page)
        assert "2 calls" in page.card.meta.text()
        assert value not in words(page)
        states = {row.method: row.state for row in page.matrix.view.shown()}
        assert len(states) == 132
        assert states["boxtype.list"] == "proven"
        assert states["customer.by.user.list"] == "other-kind"
        page.matrix.filter.setText("boxtype")
        assert [row.method for row in page.matrix.view.shown()] == ["boxtype.list"]
        page.matrix.filter.setText("no method is called that")
        assert page.matrix.nothing.isVisibleTo(page)
        page.close()


async def test_the_filter_of_what_can_be_done(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        page = made(desk)
        assert desk.console.running is not None
        page.token.take_pasted(desk.console.running.tokens["user"])
        await check(page, until)
        press(page, "matrixUsable")
        shown = page.matrix.view.shown()
        assert 0 < len(shown) < 132
        assert {row.state for row in shown} <= {"proven", "documented"}
        page.close()


async def test_a_mistyped_token_does_not(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        page = made(desk)
        page.token.take_pasted(MISTYPED)
        await check(page, until)
        assert page.card.pill.text() == "Does not work"
        assert not page.card.save.isVisibleTo(page.card)
        assert not page.matrix.isVisibleTo(page)
        page.token.take_pasted("short")
        assert not page.card.isVisibleTo(page), "the result was about another token"
        assert "5 characters only" in page.remark.text()
        page.close()


async def test_a_stated_kind_costs_one_read(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        page = made(desk)
        assert desk.console.running is not None
        page.token.take_pasted(desk.console.running.tokens["vendor"])
        page.kind.setCurrentIndex(page.kind.findData("vendor"))
        page.kind.activated.emit(page.kind.currentIndex())
        assert page.plan.text().startswith("One read, grower.report.get.")
        await check(page, until)
        assert "1 call" in page.card.meta.text()
        page.close()


async def test_the_result_is_copied_and_saved_without_the_token(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until, tmp_path: Path
) -> None:
    async with open_desk() as desk:
        page = made(desk)
        said: list[str] = []
        page.said.connect(said.append)
        assert desk.console.running is not None
        value = desk.console.running.tokens["company"]
        page.token.take_pasted(value)
        await check(page, until)
        press(page, "copyResult")
        copied = QGuiApplication.clipboard().text()
        assert "Token sbx_…" in copied
        assert value not in copied
        press(page, "saveResult")
        await until(lambda: dialog_of(page, "fileDialog"))
        dialog = dialog_of(page, "fileDialog")
        assert dialog is not None
        target = tmp_path / "ticket.html"
        dialog.filesSelected.emit([str(target)])  # type: ignore[attr-defined]
        dialog.accept()
        await until(target.exists)
        await until(lambda: len(said) == 2)
        assert value not in target.read_text(encoding="utf-8")
        assert "company" in target.read_text(encoding="utf-8")
        page.close()


async def test_a_token_that_is_checked_and_probed_is_in_no_file(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    planted = "plntCHECKED9f3c2b7e1a8d4056ZZtail"
    async with open_desk() as desk:
        page = made(desk)
        page.token.take_pasted(f"Bearer {planted}")
        await check(page, until)
        page.checking.probe(page.checking.probe_plan())
        await until(lambda: not page.checking.running or len(page.checking.proofs) > 4)
        page.checking.stop()
        await until(lambda: not page.checking.running)
        assert desk.workspace.flush(5)
        written = b"".join(path.read_bytes() for path in desk.folder.rglob("*") if path.is_file())
        assert b"boxtype.list" in written, "the calls are in the history"
        assert not any(one in written for one in (planted.encode(), base64.b64encode(planted.encode())))
        shown = [str(child.property("text") or "") for child in page.findChildren(QWidget)]
        assert not any(planted in text for text in shown)
        page.close()


async def test_another_environment_is_named_and_waits(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        desk.console.environments.add("Elsewhere", "http://127.0.0.1:9/api")
        page = made(desk)
        page.token.take_pasted(MISTYPED)
        await check(page, until)
        page.card.elsewhere.aboutToShow.emit()
        action = next(one for one in page.card.elsewhere.actions() if one.text().startswith("Elsewhere"))
        assert action.text().endswith("127.0.0.1:9")
        action.trigger()
        await asyncio.sleep(0.05)
        assert not page.checking.running, "nothing is sent before Check is pressed"
        assert "127.0.0.1:9" in page.doing.text()
        assert page.token.value == MISTYPED
        await check(page, until)
        assert page.card.pill.text() == "No connection"
        page.close()


async def test_probing_tells_its_price_and_reads_only(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        page = made(desk)
        assert desk.console.running is not None
        page.token.take_pasted(desk.console.running.tokens["vendor"])
        await check(page, until)
        plan = page.probe_plan
        assert plan is not None
        assert f"{len(plan.methods)} read call" in page.probe_button.text()
        assert f"makes {len(plan.methods)} call" in page.probing.text()
        effects = {desk.console.catalogue.method(name).effect for name in plan.methods}
        assert effects == {"read"}
        before = len(page.checking.proofs)
        press(page, "probeButton")
        assert page.probe_button.text() == "Stop"
        await until(lambda: page.probe_progress.value() >= 2)
        press(page, "probeButton")
        await until(lambda: not page.checking.running)
        assert before < len(page.checking.proofs) < before + len(plan.methods)
        assert page.probe_button.isEnabled()
        page.close()


async def test_saving_keeps_what_was_found_out(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        room = TokensRoom(desk.console, desk.workspace, desk.tasks)
        room.show()
        changes: list[int] = []
        room.tokens_changed.connect(lambda: changes.append(1))
        page = room.check
        assert desk.console.running is not None
        value = desk.console.running.tokens["company"]
        page.token.take_pasted(value)
        await check(page, until)
        press(page, "saveToken")
        await until(lambda: dialog_of(room, "tokenDialog"))
        dialog = dialog_of(room, "tokenDialog")
        assert isinstance(dialog, TokenDialog)
        assert dialog.kind.currentData() == "company"
        press(dialog, "tokenDialog.go")
        await until(dialog.message.isVisible)
        assert "needs a name" in dialog.message.text()
        dialog.name.setText("Main")
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
        await until(lambda: page.checking.stored is not None)
        stored = desk.console.tokens.get("Main")
        assert (stored.kind, stored.result) == ("company", "valid")
        assert set(desk.console.tokens.proofs(stored.id)) >= {"boxtype.list"}
        assert await desk.console.tokens.value(stored.id) == value
        assert "Main" in page.chosen.text()
        assert value not in page.chosen.text()
        assert changes
        await check(page, until)
        assert page.card.pill.text() == "Works"
        assert not page.card.save.isVisibleTo(page.card)
        press(page, "checkOther")
        assert page.token.isVisibleTo(page)
        assert not page.checking.ready
        room.close()


async def test_a_check_can_be_stopped(gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with open_desk() as desk:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        place = desk.console.environments.add("Slow", f"http://127.0.0.1:{port}/api")
        page = made(desk)
        page.checking.set_environment(place.id)
        page.token.take_pasted(MISTYPED)
        press(page, "checkButton")
        assert page.go.text() == "Stop"
        assert page.progress.isVisibleTo(page)
        await asyncio.sleep(0.1)
        QTest.keyClick(page.token, Qt.Key.Key_Escape)
        await until(lambda: not page.checking.running)
        assert page.card.pill.text() == "Stopped"
        assert page.go.text() == "Check"
        page.close()
        server.close()


async def test_a_revoked_token_by_its_own_words(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        running = await desk.console.start_sandbox()
        async with SandboxControl(running) as control:
            token = await control.generate("short-lived")
            await control.revoke(token.value)
        page = made(desk)
        page.token.take_pasted(token.value)
        await check(page, until)
        assert page.card.pill.text() == "Does not work"
        assert "refused" in words(page)
        page.close()


async def test_a_quota_that_is_used_up_says_when_to_come_back(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        running = desk.console.running
        assert running is not None
        set_quota(running, 1)
        try:
            page = made(desk)
            page.token.take_pasted(running.tokens["company"])
            for _ in range(40):
                await check(page, until)
                if page.card.pill.text() != "Works":
                    break
            assert page.card.pill.text() == "Quota used up"
            assert "Try again at" in words(page)
            assert "Kind" in words(page), "what is not proven is said to be so"
            assert not page.matrix.isVisibleTo(page)
            page.close()
        finally:
            set_quota(running, 0)
