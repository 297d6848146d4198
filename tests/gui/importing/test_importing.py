"""Importing, exporting, backing up: real files of other tools, real folders, real windows."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.drags import dropped, entering
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.exchange import Draft
from komet_console.gui.aio import Tasks
from komet_console.gui.collections.shelf import Shelf
from komet_console.gui.importing.backup import BackupDialog, RestoreDialog
from komet_console.gui.importing.dialog import Done, ImportDialog
from komet_console.gui.importing.doing import Interchange
from komet_console.gui.importing.exporting import ExportDialog
from komet_console.workspace.backup import Restored, restore
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Check, Collection, Folder, RequestItem, requests
from komet_console.workspace.collections.store import CollectionStore
from komet_console.workspace.workspace import Workspace

Until = Callable[[Callable[[], object]], Awaitable[None]]
SECRET = "f3Kx9tokenThatIsLiteral77"
URL = f"https://api.kometsales.com/api/customer.list?authenticationToken={SECRET}&name=x"


def postman(folder: Path, name: str = "Acme Florals") -> Path:
    """A collection as Postman writes it: one call of Komet's, one that is not."""
    items = [
        {"name": "Customers", "item": [{"name": "List", "request": {"method": "GET", "url": URL}}]},
        {"name": "Elsewhere", "request": {"method": "GET", "url": "https://example.com/some/thing"}},
    ]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    file = folder / f"{name}.json"
    file.write_text(json.dumps({"info": {"name": name, "schema": schema}, "item": items}), encoding="utf-8")
    return file


class Room:
    """A shelf, a window, and what dialogs said."""

    def __init__(self, folder: Path, catalogue: Catalogue, host: QWidget) -> None:
        self.raised: list[BaseException] = []
        self.tasks = Tasks(lambda _name, error: self.raised.append(error))
        self.shelf = Shelf(Library(folder, catalogue), self.tasks)
        self.catalogue = catalogue
        self.host = host
        self.said: list[tuple[str, str, Any]] = []
        self.done: list[Done] = []

    def dialog(self, **given: Any) -> ImportDialog:
        dialog = ImportDialog(self.shelf, self.catalogue, self.tasks, self.host, **given)
        dialog.imported.connect(self.done.append)
        dialog.open()
        return dialog

    @property
    def names(self) -> tuple[str, ...]:
        return self.shelf.library.names()


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path, catalogue: Catalogue) -> Iterator[Room]:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(1000, 700)
    host.show()
    made = Room(tmp_path / "collections", catalogue, host)
    yield made
    made.shelf.close()
    assert made.raised == []


async def test_a_file_is_shown_before_it_is_stored(room: Room, gui_loop: object, until: Until, tmp_path: Path) -> None:
    dialog = room.dialog(files=[postman(tmp_path)])
    await until(lambda: dialog.found)
    assert room.names == ()
    assert "Postman" in dialog.summary.text()
    assert [node.name for node in dialog.model.nodes] == ["Acme Florals", "Customers", "List", "Elsewhere"]
    assert dialog.model.nodes[2].verb == "GET"
    assert "example.com" in dialog.problems.toPlainText()
    assert "{{token}}" in dialog.secrets_said.text()
    assert SECRET not in dialog.secrets_said.text()
    dialog.name.setText("Acme, imported")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    await until(lambda: room.done)
    assert not dialog.isVisible()
    assert room.names == ("Acme, imported",)
    (done,) = room.done
    assert (done.names, done.sentence) == (("Acme, imported",), "“Acme, imported” was imported.")
    assert [one.value for one in done.secrets] == [SECRET]
    assert SECRET not in repr(done)
    for file in (tmp_path / "collections").rglob("*.yml"):
        assert SECRET not in file.read_text(encoding="utf-8")


async def test_pasted_commands_and_texts_that_are_nothing(room: Room, gui_loop: object, until: Until) -> None:
    dialog = room.dialog()
    assert not dialog.read.isEnabled()
    dialog.paste.setPlainText("no format at all")
    dialog.read.click()
    await until(dialog.message.isVisible)
    assert "formats" in dialog.message.text()
    assert dialog.choose.isVisible()
    dialog.paste.setPlainText("curl https://api.kometsales.com/api/customer.list")
    dialog.read.click()
    await until(lambda: dialog.found)
    assert [node.name for node in dialog.model.nodes][-1] == "customer.list"
    dialog.name.clear()
    dialog.go.click()
    await until(dialog.message.isVisible)
    assert room.names == ()
    dialog.reject()


async def test_of_several_files_the_bad_one_is_said_and_the_others_are_there(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"info": ', encoding="utf-8")
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000, encoding="utf-8")
    dialog = room.dialog(files=[postman(tmp_path, "One"), bad, deep, postman(tmp_path, "Two"), tmp_path / "none"])
    await until(lambda: dialog.found)
    said = dialog.problems.toPlainText()
    assert "bad.json" in said
    assert "deep.json" in said
    assert "none" in said
    assert not dialog.name_row.isVisible()
    dialog.press()
    await until(lambda: room.done)
    assert room.names == ("One", "Two")


async def test_giving_up_while_reading_stores_nothing(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    dialog = room.dialog(files=[postman(tmp_path)])
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.choose.isVisible()
    assert dialog.found is None
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert room.names == ()


async def test_closing_while_it_is_stored_takes_it_back(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    dialog = room.dialog(files=[postman(tmp_path)])
    await until(lambda: dialog.found)
    dialog.press()
    dialog.reject()
    await until(lambda: not dialog.busy)
    assert room.names == ()
    assert room.done == []


def collection() -> Collection:
    checked = RequestItem("List", Draft("customer.list"), checks=(Check("outcome", value="success"),))
    return Collection("Acme: all", (Folder("Customers", (checked,)),))


async def test_exports_say_what_they_lose_and_write_over_nothing(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    dialog = ExportDialog(collection(), room.catalogue, room.tasks, room.host, folder=tmp_path)
    dialog.said.connect(lambda *one: room.said.append(one))
    dialog.open()
    assert dialog.target.line.text().endswith(".postman_collection.json")
    assert not dialog.losses.isVisible()
    dialog.format.setCurrentIndex(dialog.format.findData("http"))
    assert "Checks" in dialog.losses.text()
    path = tmp_path / dialog.target.line.text().rpartition("/")[2]
    assert path.suffix == ".http"
    path.write_text("mine", encoding="utf-8")
    dialog.press()
    await until(dialog.message.isVisible)
    assert path.read_text(encoding="utf-8") == "mine"
    dialog.target.line.setText(str(tmp_path / "no folder" / "x.http"))
    dialog.press()
    await until(lambda: "no folder" in dialog.message.text())
    dialog.target.line.setText(str(tmp_path / "other.http"))
    dialog.press()
    await until(lambda: room.said)
    assert "customer.list" in (tmp_path / "other.http").read_text(encoding="utf-8")


async def test_an_opencollection_folder_can_be_opened_again(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    dialog = ExportDialog(collection(), room.catalogue, room.tasks, room.host, form="folder", folder=tmp_path)
    dialog.open()
    target = Path(dialog.target.line.text())
    dialog.press()
    await until(lambda: not dialog.isVisible())
    again = CollectionStore(target, room.catalogue).load()
    assert again.name == "Acme: all"
    assert [item.checks for _above, item in requests(again)] == [(Check("outcome", value="success"),)]


async def test_a_backup_is_one_file_and_comes_back(room: Room, gui_loop: object, until: Until, tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    with Workspace.open(folder) as workspace:
        workspace.settings.set("history.days", 7)
        backup = BackupDialog(workspace, room.tasks, room.host, folder=tmp_path)
        backup.said.connect(lambda *one: room.said.append(one))
        backup.open()
        assert "not in it" in backup.sentence.text()
        path = Path(backup.target.line.text())
        backup.press()
        await until(lambda: room.said)
        workspace.settings.set("history.days", 9)
    assert "workspace.db" in zipfile.ZipFile(path).namelist()

    async def put_back(file: Path) -> Restored:
        return restore(file, folder)

    dialog = RestoreDialog(put_back, room.tasks, room.host)
    dialog.open()
    dialog.press()
    await until(dialog.message.isVisible)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"no zip")
    dialog.line.setText(str(bad))
    dialog.press()
    await until(lambda: "backup" in dialog.message.text())
    dialog.line.setText(str(path))
    dialog.press()
    await until(lambda: dialog.restored)
    assert dialog.restored is not None
    assert dialog.restored.replaced is not None
    with Workspace.open(folder) as workspace:
        assert workspace.settings["history.days"] == 7


async def test_everything_that_can_be_pressed_has_its_names(room: Room, gui_loop: object, tmp_path: Path) -> None:
    for dialog in (room.dialog(), ExportDialog(collection(), room.catalogue, room.tasks, room.host, folder=tmp_path)):
        for button in dialog.findChildren(QAbstractButton):
            assert button.objectName(), button
            assert button.accessibleName() or button.text(), button.objectName()
        dialog.close()


async def test_what_is_dropped_on_the_window_is_shown_and_exported_again(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    interchange = Interchange(room.host, lambda: room.shelf, room.catalogue, room.tasks)
    interchange.take_drops()
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(postman(tmp_path)))])
    enter = entering(carried)
    QApplication.sendEvent(room.host, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(room.host, dropped(carried))

    def shown(kind: type[QWidget]) -> Any:
        return next((one for one in room.host.findChildren(kind) if one.isVisible()), None)

    await until(lambda: shown(ImportDialog) and shown(ImportDialog).found)
    shown(ImportDialog).press()
    await until(lambda: room.names == ("Acme Florals",))
    interchange.export("Acme Florals/Customers")
    await until(lambda: shown(ExportDialog))
    assert "Customers" in shown(ExportDialog).heading.text()
    shown(ExportDialog).reject()
    failed: list[Any] = []
    interchange.failed.connect(failed.append)
    interchange.export("Nowhere")
    await until(lambda: failed)
