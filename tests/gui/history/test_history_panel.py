"""The panel of the history: real SQLite, real windows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import MASK, Draft, Exchange, Failure, Pair, PreparedRequest, Response
from komet_console.exchange.model import Timing
from komet_console.exchange.snippets import PLACEHOLDER
from komet_console.gui.aio import Tasks
from komet_console.gui.history.difference import MOST_LINES, difference, summary
from komet_console.gui.history.entry import CompareDialog, EntryDialog
from komet_console.gui.history.model import DayRow
from komet_console.gui.history.panel import PAGE, HistoryPanel
from komet_console.gui.history.portable import collection_of, curl_of
from komet_console.gui.history.words import day_title, state_of
from komet_console.interchange.formats import write
from komet_console.workspace.history import Record
from komet_console.workspace.workspace import Workspace

Until = Callable[[Callable[[], object]], Awaitable[None]]
NOW = datetime.now(UTC)
SECRET = "s3cret-token-in-history-42"


def record(number: int, **fields: Any) -> Record:
    """Number 0 is the oldest; one every four hours."""
    method = fields.pop("method", "customer.list")
    url = f"http://127.0.0.1:8080/api/{method}?name=n{number}&authenticationToken={SECRET}"
    request = PreparedRequest("GET", url, (("Accept", "*/*"),), secrets=(SECRET,))
    body = f'{{"status":1,"customers":[{{"id":{number},"name":"Rose {number}"}}]}}'.encode()
    timing = Timing(waiting=3.0, total=12.0)
    head = (("Content-Type", "application/json"),)
    response = Response(fields.pop("status", 200), "OK", head, body, size=len(body), timing=timing)
    failure = fields.pop("failure", None)
    exchange = Exchange(request, None if failure else response, failure, timing=timing)
    kept = {
        "environment": "Sandbox",
        "token": "company · demo",
        "outcome": "" if failure else "success",
        "sentence": f"Sentence {number}.",
        "at": NOW - timedelta(hours=4 * (400 - number)),
        **fields,
    }
    return Record(Draft(method, query=(Pair("name", f"n{number}"),)), exchange, **kept)


class Room:
    """A panel on a workspace, and what it said."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.raised: list[BaseException] = []
        self.tasks = Tasks(lambda _name, error: self.raised.append(error))
        self.workspace = Workspace.open(folder)
        self.history = self.workspace.history
        self.panel = HistoryPanel(
            self.history,
            catalogue,
            self.tasks,
            environments=lambda: ["Sandbox", "Production"],
            settings=self.workspace.settings,
        )
        self.drafts: list[tuple[Draft, str]] = []
        self.said: list[str] = []
        self.offered: list[tuple[str, Any]] = []
        self.failed: list[UserError] = []
        self.saved: list[Any] = []
        self.exported: list[list[Any]] = []
        self.panel.open_draft.connect(lambda *one: self.drafts.append(one))
        self.panel.said.connect(self._say)
        self.panel.failed.connect(self.failed.append)
        self.panel.save_request.connect(self.saved.append)
        self.panel.export_asked.connect(self.exported.append)

    def _say(self, text: str, button: str, action: Any) -> None:
        self.said.append(text)
        self.offered.append((button, action))

    def undo(self) -> None:
        """Press the button of the last notice."""
        button, action = self.offered[-1]
        assert button == "Undo"
        action()

    def add(self, *records: Record) -> None:
        for one in records:
            self.history.add(one)
        self.history.flush()

    def select(self, *rows: int) -> None:
        """Select calls by place, 0 the newest."""
        flag = QItemSelectionModel.SelectionFlag
        selection = self.panel.list.selectionModel()
        selection.clear()
        for row in rows:
            index = self.panel.model.find(self.panel.model.entries[row].id)
            selection.select(index, flag.Select)
            selection.setCurrentIndex(index, flag.NoUpdate)

    async def dialog(self, name: str, until: Until) -> QDialog:
        def found() -> QDialog | None:
            shown = [one for one in QApplication.topLevelWidgets() if one.objectName() == name and one.isVisible()]
            return shown[0] if shown else None  # type: ignore[return-value]

        await until(found)
        dialog = found()
        assert dialog is not None
        return dialog


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path, catalogue: Catalogue) -> Iterator[Room]:
    made = Room(tmp_path / "workspace", catalogue)
    qtbot.addWidget(made.panel)
    made.panel.resize(272, 600)
    yield made
    made.workspace.close()
    assert made.raised == []


async def opened(room: Room, until: Until) -> None:
    room.panel.show()
    await until(lambda: not room.panel.busy)


async def test_days_and_calls_the_newest_first_page_by_page(room: Room, gui_loop: object, until: Until) -> None:
    tester = QAbstractItemModelTester(room.panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    room.add(*(record(number) for number in range(250)))
    await opened(room, until)
    model, bar = room.panel.model, room.panel.list.verticalScrollBar()
    assert len(model.entries) == PAGE
    assert model.entries[0].sentence == "Sentence 249."
    assert isinstance(model.rows[0], DayRow)
    assert model.rows[0].day == model.entries[0].day
    await until(lambda: model.counts)
    assert sum(model.counts.values()) == 250

    def all_there() -> bool:
        bar.setValue(bar.maximum())
        return len(model.entries) == 250

    await until(all_there)
    days = [row.day for row in model.rows if isinstance(row, DayRow)]
    assert days == sorted(set(days), reverse=True)
    assert len({entry.id for entry in model.entries}) == 250
    assert tester.model() is model


async def test_an_empty_history_says_so_and_new_calls_appear_by_themselves(
    room: Room, gui_loop: object, until: Until
) -> None:
    await opened(room, until)
    assert room.panel.empty.said.isVisible()
    assert not room.panel.empty_clear.isVisible()
    room.add(record(1))
    await until(lambda: len(room.panel.model.entries) == 1)
    room.select(0)
    room.add(record(2))
    await until(lambda: len(room.panel.model.entries) == 2)
    assert [entry.sentence for entry in room.panel.selected()] == ["Sentence 1."]


async def test_searching_and_filtering(room: Room, gui_loop: object, until: Until) -> None:
    timeout = Failure("timeout", "No answer came.", "Silence.", "Wait.", "waiting")
    room.add(
        *(record(number) for number in range(20)),
        record(390, method="vendor.list", environment="Production", status=404, outcome="http-failure"),
        record(399, failure=timeout),
    )
    await opened(room, until)
    filters = room.panel.filters

    async def shown() -> list[str]:
        await until(lambda: not room.panel.busy)
        return [entry.sentence for entry in room.panel.model.entries]

    filters.search.setText("Rose 7")
    assert await shown() == ["Sentence 7."]
    filters.search.setText('"')
    assert len(await shown()) == 22
    filters.search.clear()
    filters.more.setChecked(True)
    filters.status.setCurrentIndex(filters.status.findData("4xx"))
    assert await shown() == ["Sentence 390."]
    filters.status.setCurrentIndex(0)
    filters.outcome.setCurrentIndex(filters.outcome.findData("failed"))
    assert await shown() == ["Sentence 399."]
    filters.outcome.setCurrentIndex(0)
    filters.environment.setCurrentIndex(filters.environment.findData("Production"))
    assert await shown() == ["Sentence 390."]
    filters.environment.setCurrentIndex(0)
    filters.set_method("vendor.list")
    assert await shown() == ["Sentence 390."]
    filters.clear()
    assert len(await shown()) == 22
    filters.when.setCurrentIndex(filters.when.findData("7"))
    assert await shown() == ["Sentence 399.", "Sentence 390."]
    filters.when.setCurrentIndex(filters.when.findData("range"))
    assert filters.first.isVisible()
    filters.search.setText("nothing has this")
    assert await shown() == []
    assert room.panel.empty_clear.isVisible()
    QTest.keyClick(filters.search, Qt.Key.Key_Escape)
    assert len(await shown()) == 22
    assert filters.count() == 0


async def test_keys_open_look_and_delete(room: Room, gui_loop: object, until: Until) -> None:
    room.add(record(1), record(2))
    await opened(room, until)
    room.select(0)
    QTest.keyClick(room.panel.list, Qt.Key.Key_Return)
    await until(lambda: room.drafts)
    draft, title = room.drafts[0]
    assert title == "customer.list"
    assert draft.query[0].value == "n2"
    QTest.keyClick(room.panel.list, Qt.Key.Key_Space)
    dialog = await room.dialog("historyEntryDialog", until)
    assert isinstance(dialog, EntryDialog)
    await until(lambda: dialog.view.body.viewer is not None)
    viewer = dialog.view.body.viewer
    assert viewer is not None
    assert '"name": "Rose 2"' in viewer.document.text
    dialog.view.show_view("headers")
    assert dialog.view.body.viewer is not None
    assert SECRET not in dialog.view.body.viewer.document.text
    assert SECRET not in dialog.view.address.text()
    dialog.save.click()
    await until(lambda: room.saved)
    assert room.saved[0].name == "customer.list"
    dialog.reject()
    QTest.keyClick(room.panel.list, Qt.Key.Key_Delete)
    await until(lambda: len(room.panel.model.entries) == 1)
    assert room.panel.model.entries[0].sentence == "Sentence 1."


def sentences(room: Room) -> list[str]:
    return [entry.sentence for entry in room.panel.model.entries]


async def test_what_was_deleted_comes_back_with_undo(room: Room, gui_loop: object, until: Until) -> None:
    room.add(*(record(number) for number in range(395, 400)))
    await opened(room, until)
    before = sentences(room)
    room.select(1, 2)
    QTest.keyClick(room.panel.list, Qt.Key.Key_Delete)
    await until(lambda: room.said)
    assert room.said == ["2 calls were deleted."]
    await until(lambda: sentences(room) == [before[0], *before[3:]])
    # The keyboard goes on with the one below.
    assert [entry.sentence for entry in room.panel.selected()] == [before[3]]
    QTest.keyClick(room.panel.list, Qt.Key.Key_Delete)
    await until(lambda: len(room.said) == 2)
    assert room.said[-1] == "1 call was deleted."
    await until(lambda: sentences(room) == [before[0], before[4]])
    room.undo()
    await until(lambda: sentences(room) == [before[0], *before[3:]])
    room.offered[0][1]()
    await until(lambda: sentences(room) == before)
    room.panel.filters.search.setText("Rose 397")
    await until(lambda: sentences(room) == ["Sentence 397."])


async def test_a_day_and_everything_can_be_deleted(room: Room, gui_loop: object, until: Until) -> None:
    room.add(*(record(number) for number in range(390, 400)))
    await opened(room, until)
    await until(lambda: room.panel.model.counts)
    before, counts = sentences(room), dict(room.panel.model.counts)
    day = room.panel.model.entries[-1].day
    room.panel.doing.delete_day(day)
    QTest.keyClick(await room.dialog("historyConfirm", until), Qt.Key.Key_Escape)
    assert room.history.count() == 10
    room.panel.doing.delete_day(day)
    (await room.dialog("historyConfirm", until)).go.click()  # type: ignore[attr-defined]
    await until(lambda: room.panel.model.entries and room.panel.model.entries[-1].day != day)
    await until(lambda: room.said)
    room.undo()
    await until(lambda: sentences(room) == before and room.panel.model.counts == counts)
    room.panel.doing.clear()
    (await room.dialog("historyConfirm", until)).go.click()  # type: ignore[attr-defined]
    await until(lambda: not room.panel.model.entries)
    assert room.history.count() == 0
    assert room.panel.empty.said.isVisible()
    await until(lambda: len(room.said) == 2)
    assert room.said[-1] == "10 calls were deleted."
    room.undo()
    await until(lambda: sentences(room) == before and room.panel.model.counts == counts)
    assert room.failed == []


async def test_an_undo_that_comes_too_late_says_so(room: Room, gui_loop: object, until: Until) -> None:
    room.add(record(1), record(2))
    await opened(room, until)
    room.select(0)
    room.panel.doing.act("delete")
    await until(lambda: room.said)
    with room.workspace.database.write() as connection:
        connection.execute("UPDATE history_trash SET at = at - 61000")
    room.history.flush()
    room.undo()
    await until(lambda: room.failed)
    assert "1 call could not be brought back" in room.failed[0].message


async def test_two_calls_are_compared_and_only_two(room: Room, gui_loop: object, until: Until) -> None:
    room.add(record(1), record(2), record(3))
    await opened(room, until)
    room.select(0, 1, 2)
    room.panel.doing.act("compare")
    await until(lambda: room.failed)
    room.select(0, 2)
    room.panel.doing.act("compare")
    dialog = await room.dialog("compareDialog", until)
    assert isinstance(dialog, CompareDialog)
    await until(lambda: dialog.sides.difference.count)
    assert "Rose 1" in dialog.sides.left.document.text
    assert "Rose 3" in dialog.sides.right.document.text
    line = next(number for number, text in enumerate(dialog.sides.difference.left) if "Rose 1" in text)
    assert dialog.sides.left.markup[line][0][2] == "red"
    dialog.reject()


async def test_curl_and_exports_hold_no_secret(
    room: Room, gui_loop: object, until: Until, catalogue: Catalogue
) -> None:
    room.add(record(1), record(2))
    await opened(room, until)
    room.select(1)
    room.panel.doing.act("curl")
    await until(lambda: room.said)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("curl ")
    assert "n1" in copied
    assert SECRET not in copied
    assert MASK not in copied
    assert PLACEHOLDER in copied
    room.panel.doing.export_shown()
    await until(lambda: room.exported)
    kept = room.exported[0]
    assert [one.entry.sentence for one in kept] == ["Sentence 1.", "Sentence 2."]
    har = write(collection_of("History", kept), "har", catalogue)
    assert b"Rose 2" in har
    assert SECRET.encode() not in har
    assert SECRET not in curl_of(kept[0])


async def test_an_entry_that_is_gone_is_said(room: Room, gui_loop: object, until: Until) -> None:
    room.add(record(1))
    await opened(room, until)
    room.select(0)
    with room.workspace.database.write() as connection:
        connection.execute("DELETE FROM history_content")
        connection.execute("DELETE FROM history")
    room.panel.doing.act("open")
    await until(lambda: room.failed)
    assert "gone" in room.failed[0].message


def test_how_long_calls_are_kept_is_shown(room: Room) -> None:
    assert room.panel.keeps.text() == "Kept for ever"
    room.workspace.settings.set("history.days", 30)
    room.panel.refresh_settings()
    assert room.panel.keeps.text() == "Kept for 30 days"


def test_everything_that_can_be_pressed_has_its_names(room: Room) -> None:
    for button in room.panel.findChildren(QAbstractButton):
        if button.parent() is not None and button.parent().metaObject().className().startswith("QCalendar"):
            continue
        assert button.objectName(), button
        assert button.accessibleName() or button.text(), button.objectName()


def test_differences_line_up() -> None:
    found = difference("a\nb\nc\nd", "a\nx\ny\nd\ne")
    assert found.left == ("a", "b", "c", "d", "")
    assert found.right == ("a", "x", "y", "d", "e")
    assert found.marks == ("=", "!", "!", "=", ">")
    assert found.count == 2
    assert difference("same", "same").count == 0
    long = difference("x\n" * (MOST_LINES + 5), "x\n" * (MOST_LINES + 5))
    assert long.cut
    assert f"{MOST_LINES:,}" in summary(long)


def test_words(room: Room, qtbot: QtBot) -> None:
    today = NOW.date()
    assert day_title(today.isoformat(), today) == "Today"
    assert day_title((today - timedelta(days=1)).isoformat(), today) == "Yesterday"
    assert day_title("no day", today) == "no day"
    room.add(record(1, outcome="refused"), record(2, failure=Failure("reset", "x", "y", "z", "waiting")))
    newest, oldest = room.history.search().entries
    assert state_of(oldest) == ("200", "red")
    assert state_of(newest)[1] == "red"
