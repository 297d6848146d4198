"""Saving: into place, somewhere new, over what others wrote; the questions on the way, and what is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Draft, Exchange, Pair, PreparedRequest, Response
from komet_console.gui import aio
from komet_console.gui.aio import Tasks
from komet_console.gui.collections.asking import saver_for
from komet_console.gui.collections.closing import ClosingDialog, ask_closing
from komet_console.gui.collections.conflict import ConflictDialog
from komet_console.gui.collections.examples import ExamplesDialog, example_of_sent
from komet_console.gui.collections.places import SaveDialog
from komet_console.gui.collections.saving import Chosen, Saver
from komet_console.gui.collections.shelf import Shelf
from komet_console.gui.request.model import RequestModel
from komet_console.session.sending import Sent
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Check, RequestItem
from komet_console.workspace.collections.store import Conflict

Until = Callable[[Callable[[], object]], Awaitable[None]]
SECRET = "f3Kx9-literal-token-value-77"


@dataclass
class Desk:
    """A tab, and a user whose answers are known beforehand."""

    shelf: Shelf
    model: RequestModel
    saver: Saver
    folder: Path
    chosen: Chosen | None = None
    decision: str = "later"
    asked: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, catalogue: Catalogue) -> Iterator[Desk]:
    raised: list[BaseException] = []
    tasks = Tasks(lambda _name, error: raised.append(error))
    shelf = Shelf(Library(tmp_path / "collections", catalogue), tasks)
    shelf.library.create("Acme")
    model = RequestModel(catalogue.method("customer.list"), Draft("customer.list", query=(Pair("name", "flor"),)))

    async def ask_place(name: str, where: str, _title: str) -> Chosen | None:
        made.asked.append((name, where))
        return made.chosen

    async def ask_conflict(conflict: Conflict, _name: str) -> str:
        made.conflicts.append(conflict)
        return made.decision

    saver = Saver(shelf, ask_place, ask_conflict)  # type: ignore[arg-type]
    made = Desk(shelf, model, saver, tmp_path / "collections")
    saver.said.connect(lambda text, *_: made.said.append(text))
    yield made
    shelf.close()
    assert raised == []


def renamed(model: RequestModel, value: str) -> None:
    model.set_draft(replace(model.draft, query=(Pair("name", value),)), None)


async def saved(desk: Desk) -> str:
    desk.chosen = Chosen("Customers", "Acme")
    found = await desk.saver.save(desk.model, "", "customer.list")
    assert found is not None
    return found.saved_as


async def test_the_first_time_is_asked_the_second_time_not(desk: Desk, gui_loop: object) -> None:
    renamed(desk.model, "rose")
    assert desk.model.unsaved
    address = await saved(desk)
    assert address == "Acme/Customers.yml"
    assert not desk.model.unsaved
    assert desk.asked == [("customer.list", "")]
    renamed(desk.model, "lily")
    before = (desk.folder / address).read_bytes()
    again = await desk.saver.save(desk.model, address, "Customers")
    assert again is not None
    assert not desk.model.unsaved
    assert len(desk.asked) == 1
    assert (desk.folder / address).read_bytes() != before
    assert "Customers" in desk.said[-1]


async def test_saving_what_is_unchanged_changes_no_byte(desk: Desk, gui_loop: object) -> None:
    address = await saved(desk)
    before = (desk.folder / address).stat().st_mtime_ns
    await desk.saver.save(desk.model, address, "Customers")
    assert (desk.folder / address).stat().st_mtime_ns == before


async def test_changing_ones_mind_saves_nothing(desk: Desk, gui_loop: object) -> None:
    renamed(desk.model, "rose")
    assert await desk.saver.save(desk.model, "", "customer.list") is None
    assert desk.model.unsaved
    assert list((desk.folder / "Acme").glob("*.yml")) == [desk.folder / "Acme" / "opencollection.yml"]


async def test_a_secret_becomes_a_reference_in_file_and_tab_and_it_is_said(desk: Desk, gui_loop: object) -> None:
    found: list[object] = []
    desk.shelf.secrets_found.connect(found.extend)
    desk.model.set_draft(replace(desk.model.draft, query=(Pair("authenticationToken", SECRET),)), None)
    address = await saved(desk)
    assert SECRET not in (desk.folder / address).read_text(encoding="utf-8")
    assert desk.model.draft.query[0].value == "{{token}}"
    assert not desk.model.unsaved
    assert "{{token}}" in desk.said[-1]
    assert SECRET not in desk.said[-1]
    assert [getattr(one, "value", "") for one in found] == [SECRET]


async def test_others_changes_are_never_written_over_unasked(desk: Desk, gui_loop: object) -> None:
    address = await saved(desk)
    file = desk.folder / address
    file.write_text(file.read_text(encoding="utf-8").replace("flor", "theirs"), encoding="utf-8")
    renamed(desk.model, "mine")
    assert await desk.saver.save(desk.model, address, "Customers") is None
    assert "theirs" in file.read_text(encoding="utf-8")
    assert desk.model.unsaved
    (conflict,) = desk.conflicts
    assert "mine" in conflict.mine
    assert "theirs" in (conflict.theirs or "")

    desk.decision = "copy"
    desk.chosen = Chosen("Customers copy", "Acme")
    copy = await desk.saver.save(desk.model, address, "Customers")
    assert copy is not None
    assert copy.saved_as == "Acme/Customers copy.yml"
    assert "theirs" in file.read_text(encoding="utf-8")

    desk.model.mark_saved(Draft("customer.list"))
    desk.decision = "theirs"
    await desk.saver.save(desk.model, address, "Customers")
    assert "theirs" in [row.value for row in desk.model.draft.query]
    assert not desk.model.unsaved


async def test_keeping_mine_keeps_theirs_in_the_trash(desk: Desk, gui_loop: object) -> None:
    address = await saved(desk)
    file = desk.folder / address
    file.write_text(file.read_text(encoding="utf-8").replace("flor", "theirs"), encoding="utf-8")
    renamed(desk.model, "mine")
    desk.decision = "mine"
    assert await desk.saver.save(desk.model, address, "Customers") is not None
    assert "mine" in file.read_text(encoding="utf-8")
    kept = [one.read_text(encoding="utf-8") for one in (desk.folder / ".trash").rglob("Customers.yml")]
    assert len(kept) == 1
    assert "theirs" in kept[0]


async def test_a_file_that_is_gone_can_be_written_again(desk: Desk, gui_loop: object) -> None:
    address = await saved(desk)
    (desk.folder / address).unlink()
    desk.decision = "mine"
    found = await desk.saver.save(desk.model, address, "Customers")
    assert desk.conflicts[0].theirs is None
    assert found is not None
    assert (desk.folder / address).is_file()


async def test_a_change_elsewhere_in_the_file_is_no_conflict_and_stays(desk: Desk, gui_loop: object) -> None:
    address = await saved(desk)
    file = desk.folder / address
    file.write_text(file.read_text(encoding="utf-8") + "\ndocs: |-\n  What they say.\n", encoding="utf-8")
    renamed(desk.model, "mine")
    assert await desk.saver.save(desk.model, address, "Customers") is not None
    text = file.read_text(encoding="utf-8")
    assert "mine" in text
    assert "What they say." in text


async def test_a_tab_without_changes_follows_the_file_and_one_with_changes_does_not(
    desk: Desk, gui_loop: object
) -> None:
    address = await saved(desk)
    file = desk.folder / address
    before = desk.model.draft
    assert not await desk.saver.follow(desk.model, address)
    assert desk.model.draft is before
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("flor", "theirs"), encoding="utf-8")
    renamed(desk.model, "mine")
    assert not await desk.saver.follow(desk.model, address)
    desk.model.set_draft(before, None)
    assert await desk.saver.follow(desk.model, address)
    assert "theirs" in [row.value for row in desk.model.draft.query]
    assert not desk.model.unsaved
    file.write_text("info: [", encoding="utf-8")
    assert not await desk.saver.follow(desk.model, address)


async def test_a_file_that_cannot_be_written_is_said_and_the_tab_stays_unsaved(desk: Desk, gui_loop: object) -> None:
    address = await saved(desk)
    renamed(desk.model, "mine")
    desk.saver.shelf.library.delete("Acme")
    with pytest.raises(UserError):
        await desk.saver.save(desk.model, address, "Customers")
    assert desk.model.unsaved


async def test_a_request_of_no_tab_is_saved_where_the_last_one_was(desk: Desk, gui_loop: object) -> None:
    await saved(desk)
    desk.chosen = Chosen("Again", "Acme")
    item = RequestItem("From the history", Draft("vendor.list"), checks=(Check("outcome", value="success"),))
    found = await desk.saver.save_item(item)
    assert desk.asked[-1] == ("From the history", "Acme")
    assert found is not None
    assert (await desk.shelf.open(found.saved_as)).item.checks == item.checks


async def test_the_dialog_asks_name_and_place(qtbot: QtBot, desk: Desk, gui_loop: object, until: Until) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    await desk.shelf.new_folder("Prices", "Acme")
    dialog = SaveDialog(desk.shelf, host, name="customer.list", where="Acme/Prices")
    dialog.open()
    await until(lambda: dialog.where == "Acme/Prices")
    dialog.line.clear()
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    await until(dialog.message.isVisible)
    dialog.line.setText("  Roses ")
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    await until(lambda: not dialog.isVisible())
    assert dialog.result() == 1
    assert dialog.name == "Roses"


@pytest.mark.parametrize(
    ("key", "answer"), [(Qt.Key.Key_S, "save"), (Qt.Key.Key_D, "discard"), (Qt.Key.Key_Escape, "cancel")]
)
async def test_closing_is_one_question(qtbot: QtBot, gui_loop: object, until: Until, key: Qt.Key, answer: str) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    dialog = ClosingDialog(["customer.list", "invoice.list"], host)
    dialog.open()
    await until(dialog.isVisible)
    assert dialog.list.count() == 2
    QTest.keyClick(dialog, key)
    assert dialog.answer == answer
    assert await ask_closing([], host) == "discard"


async def test_the_conflict_shows_both_sides_and_decides_nothing_by_itself(
    qtbot: QtBot, desk: Desk, gui_loop: object, until: Until
) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    dialog = ConflictDialog(desk.shelf.tasks, Conflict("a.yml", "one\nmine\nlast", "one\ntheirs\nlast"), "a", host)
    dialog.open()
    assert dialog.sides.left.document.text == "one\ntheirs\nlast"
    assert dialog.sides.right.document.text == "one\nmine\nlast"
    assert dialog.sides.left.markup == {1: [(0, 6, "red")]}
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.decision == "later"
    dialog.theirs.click()
    assert dialog.decision == "theirs"
    await aio.asyncio.sleep(0)


async def test_answers_are_kept_without_secrets_and_can_be_renamed_and_deleted(
    qtbot: QtBot, desk: Desk, catalogue: Catalogue, gui_loop: object, until: Until
) -> None:
    address = await saved(desk)
    request = PreparedRequest("GET", "http://127.0.0.1/api/customer.list", (), secrets=(SECRET,))
    body = f'{{"status":1,"authenticationToken":"{SECRET}","echo":"{SECRET}"}}'.encode()
    exchange = Exchange(request, Response(200, "OK", (("Content-Type", "application/json"),), body, size=len(body)))
    sent = Sent(desk.model.draft, catalogue.method("customer.list"), request, (), exchange, None)
    await desk.shelf.add_example(address, example_of_sent(sent))
    await desk.shelf.add_example(address, example_of_sent(sent))
    opened = await desk.shelf.open(address)
    assert [one.name for one in opened.item.examples] == ["200 OK", "200 OK 2"]
    assert SECRET not in (desk.folder / address).read_text(encoding="utf-8")
    host = QWidget()
    qtbot.addWidget(host)
    dialog = ExamplesDialog(desk.shelf, opened, host)
    dialog.open()
    assert '"status": 1' in dialog.viewer.document.text
    dialog.list.item(1).setText("Second")
    await until(lambda: not dialog.busy)
    dialog.list.setCurrentRow(0)
    dialog.remove.click()
    await until(lambda: not dialog.busy)
    assert [one.name for one in (await desk.shelf.open(address)).item.examples] == ["Second"]
    with pytest.raises(UserError):
        example_of_sent(replace(sent, exchange=Exchange(request)))


async def test_the_windows_saver_asks_in_dialogs(qtbot: QtBot, desk: Desk, gui_loop: object, until: Until) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    saver = saver_for(desk.shelf, host)
    running = desk.shelf.tasks.start(saver.save(desk.model, "", "customer.list"), name="save")

    def shown() -> SaveDialog | None:
        return host.findChild(SaveDialog)

    await until(lambda: (found := shown()) is not None and found.where)
    dialog = shown()
    assert dialog is not None
    assert dialog.name == "customer.list"
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    await until(running.done)
    saved_to = running.result()
    assert saved_to is not None
    assert saved_to.saved_as == "Acme/customer.list.yml"
