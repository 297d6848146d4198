"""The panel of collections: real folders, a real tree, keys and mouse."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Draft, Pair
from komet_console.gui.aio import Tasks
from komet_console.gui.collections.cabinet import Cabinet, Opened, Work
from komet_console.gui.collections.model import Node, nodes_of
from komet_console.gui.collections.panel import CollectionsPanel
from komet_console.gui.collections.places import MoveDialog
from komet_console.gui.collections.properties import PropertiesDialog
from komet_console.gui.collections.shelf import Shelf
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Collection, Folder, RequestItem

Until = Callable[[Callable[[], object]], Awaitable[None]]


class Room:
    """A panel over a folder, and what it said."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.raised: list[BaseException] = []
        self.tasks = Tasks(lambda _name, error: self.raised.append(error))
        self.shelf = Shelf(Library(folder, catalogue), self.tasks)
        self.panel = CollectionsPanel(self.shelf, catalogue, self.tasks)
        self.said: list[tuple[str, str, Any]] = []
        self.failed: list[UserError] = []
        self.opened: list[tuple[Opened, bool]] = []
        self.panel.said.connect(lambda *one: self.said.append(one))
        self.panel.failed.connect(self.failed.append)
        self.panel.open_request.connect(lambda *one: self.opened.append(one))

    def names(self) -> list[str]:
        return [node.name for node in self.panel.model.nodes]

    def node(self, name: str) -> Node:
        return next(node for node in self.panel.model.nodes if node.name == name)

    def select(self, *names: str) -> None:
        tree, flag = self.panel.tree, QItemSelectionModel.SelectionFlag
        tree.clearSelection()
        for name in names:
            self.panel.tree.show_node(self.node(name)) if len(names) == 1 else None
            index = self.panel.model.index_of(self.node(name))
            tree.selectionModel().select(index, flag.Select)
            tree.selectionModel().setCurrentIndex(index, flag.NoUpdate)


def item(name: str, method: str = "customer.list", *tags: str) -> RequestItem:
    return RequestItem(name, Draft(method, query=(Pair("name", "flor"),)), tags=tags)


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path, catalogue: Catalogue) -> Iterator[Room]:
    library = Library(tmp_path / "collections", catalogue)
    library.add(
        Collection(
            "Acme",
            (
                Folder("Prices", (item("Roses", "customer.list", "nightly"), item("Lilies")), seq=1),
                item("Invoices", "invoice.list"),
                item("Vendors", "vendor.list"),
            ),
        )
    )
    made = Room(tmp_path / "collections", catalogue)
    qtbot.addWidget(made.panel)
    made.panel.resize(272, 600)
    yield made
    made.shelf.close()
    assert made.raised == []


async def opened(room: Room, until: Until) -> None:
    room.panel.show()
    room.panel.activateWindow()
    await until(lambda: room.panel.ready and room.panel.model.roots)


async def test_the_tree_shows_what_is_in_the_folders(room: Room, gui_loop: object, until: Until) -> None:
    tester = QAbstractItemModelTester(room.panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    await opened(room, until)
    assert room.names() == ["Acme", "Prices", "Roses", "Lilies", "Invoices", "Vendors"]
    assert [room.node(name).verb for name in ("Roses", "Invoices")] == ["GET", "GET"]
    assert room.node("Acme").requests == 4
    assert room.panel.tree.isExpanded(room.panel.model.index_of(room.node("Acme")))
    room.panel.search.setText("#nightly")
    await until(lambda: room.names() == ["Acme", "Prices", "Roses"])
    room.panel.search.setText("zzz")
    await until(lambda: not room.panel.model.roots)
    room.panel.search.clear()
    await until(lambda: len(room.names()) == 6)
    assert tester.model() is room.panel.model


async def test_a_click_looks_a_double_click_and_enter_keep(room: Room, gui_loop: object, until: Until) -> None:
    await opened(room, until)
    room.select("Roses")
    tree = room.panel.tree
    place = tree.visualRect(room.panel.model.index_of(room.node("Roses"))).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    await until(lambda: room.opened)
    found, preview = room.opened[0]
    assert preview
    assert found.item.name == "Roses"
    assert found.saved_as == "Acme/Prices/Roses.yml"
    assert found.place == ("Acme", "Prices")
    QTest.keyClick(tree, Qt.Key.Key_Return)
    await until(lambda: len(room.opened) == 2)
    assert room.opened[1][1] is False
    QTest.keyClick(tree, Qt.Key.Key_Space)
    await until(lambda: len(room.opened) == 3)
    assert room.opened[2][1] is True


async def test_renaming_in_place_moves_the_file_and_tells_the_tabs(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    await opened(room, until)
    room.select("Roses")
    moved = QSignalSpy(room.shelf.moved)
    QTest.keyClick(room.panel.tree, Qt.Key.Key_F2)
    line = room.panel.tree.viewport().findChild(QLineEdit, "collectionName")
    assert line is not None
    assert line.text() == "Roses"
    line.setText("Roses: red")
    QTest.keyClick(line, Qt.Key.Key_Return)
    await until(lambda: "Roses: red" in room.names())
    assert moved.at(0)[0] == "Acme/Prices/Roses.yml"
    new = moved.at(0)[1]
    assert (tmp_path / "collections" / new).is_file()
    assert not (tmp_path / "collections" / "Acme/Prices/Roses.yml").exists()


async def test_what_was_deleted_comes_back_with_undo(room: Room, gui_loop: object, until: Until) -> None:
    await opened(room, until)
    room.select("Invoices", "Vendors")
    QTest.keyClick(room.panel.tree, Qt.Key.Key_Delete)
    await until(lambda: "Vendors" not in room.names())
    assert "Invoices" not in room.names()
    text, button, undo = room.said[0]
    assert "2" in text
    assert button == "Undo"
    undo()
    await until(lambda: {"Invoices", "Vendors"} <= set(room.names()))


async def test_a_folder_that_is_deleted_takes_its_requests_along_once(
    room: Room, gui_loop: object, until: Until
) -> None:
    await opened(room, until)
    room.select("Prices", "Roses")
    room.panel.doing.delete()
    await until(lambda: "Prices" not in room.names())
    room.said[0][2]()
    await until(lambda: {"Prices", "Roses", "Lilies"} <= set(room.names()))


async def test_keys_move_among_siblings_and_dropping_moves_into_folders(
    room: Room, gui_loop: object, until: Until
) -> None:
    await opened(room, until)
    room.select("Vendors")
    QTest.keyClick(room.panel.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    await until(lambda: room.names()[-2:] == ["Vendors", "Invoices"])
    assert room.said == []
    model = room.panel.model
    carried = model.mimeData([model.index_of(room.node("Vendors")), model.index_of(room.node("Invoices"))])
    prices = model.index_of(room.node("Prices"))
    action = Qt.DropAction.MoveAction
    assert model.canDropMimeData(carried, action, -1, 0, prices)
    assert not model.canDropMimeData(model.mimeData([prices]), action, -1, 0, prices)
    model.dropMimeData(carried, action, 0, 0, prices)
    await until(lambda: room.names() == ["Acme", "Prices", "Vendors", "Invoices", "Roses", "Lilies"])


async def test_what_was_dropped_elsewhere_goes_back_with_undo(room: Room, gui_loop: object, until: Until) -> None:
    await opened(room, until)
    before, folder = room.names(), room.shelf.library.folder
    was = {file: file.read_bytes() for file in folder.rglob("*.yml")}
    gone = QSignalSpy(room.shelf.moved)
    model = room.panel.model
    carried = model.mimeData([model.index_of(room.node(name)) for name in ("Invoices", "Vendors")])
    model.dropMimeData(carried, Qt.DropAction.MoveAction, 1, 0, model.index_of(room.node("Prices")))
    await until(lambda: room.names() == ["Acme", "Prices", "Roses", "Invoices", "Vendors", "Lilies"])
    await until(lambda: room.said)
    assert room.said[0][:2] == ("2 items were moved.", "Undo")
    room.said[0][2]()
    await until(lambda: room.names() == before)
    assert {file: file.read_bytes() for file in folder.rglob("*.yml")} == was
    # Tabs hear of both ways.
    assert [gone.at(number) for number in (0, 3)] == [
        ["Acme/Invoices.yml", "Acme/Prices/Invoices.yml"],
        ["Acme/Prices/Invoices.yml", "Acme/Invoices.yml"],
    ]
    # Dropped where it was: nothing to undo.
    model.dropMimeData(model.mimeData([model.index_of(room.node("Vendors"))]), Qt.DropAction.MoveAction, -1, 0,
                       model.index_of(room.node("Acme")))  # fmt: skip
    await room.shelf.look()
    assert len(room.said) == 1


async def test_a_move_that_stops_half_way_says_so_and_can_be_undone(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    await opened(room, until)
    before = room.names()
    stopped = QSignalSpy(room.panel.stopped)
    (tmp_path / "collections" / "Acme" / "Invoices.yml").unlink()
    room.panel.doing.move([f"Acme/{name}.yml" for name in ("Invoices", "Vendors")], "Acme/Prices", None)
    await until(stopped.count)
    error, button, undo = stopped.at(0)
    assert error.lines()[0] == "1 of 2 items were moved; “Invoices” is where it was."
    assert "There is no" in error.lines()[1]
    assert button == "Undo"
    assert room.failed == room.said == []
    await until(lambda: room.names() == ["Acme", "Prices", "Roses", "Lilies", "Vendors"])
    undo()
    await until(lambda: room.names() == [name for name in before if name != "Invoices"])


async def test_undoing_several_moves_goes_on_after_one_that_cannot_be_undone(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    await opened(room, until)
    room.panel.doing.move(["Acme/Invoices.yml", "Acme/Vendors.yml"], "Acme/Prices", None)
    await until(lambda: room.said)
    (tmp_path / "collections" / "Acme" / "Prices" / "Vendors.yml").unlink()
    room.said[0][2]()
    await until(lambda: room.failed)
    assert "Vendors" in room.failed[0].message
    await until(lambda: room.names() == ["Acme", "Prices", "Roses", "Lilies", "Invoices"])


async def test_of_several_things_all_are_deleted_or_none(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    await opened(room, until)
    (tmp_path / "collections" / "Acme" / "Vendors.yml").unlink()
    with pytest.raises(UserError, match="Vendors"):
        await room.shelf.delete(["Acme/Invoices.yml", "Acme/Vendors.yml"])
    assert (tmp_path / "collections" / "Acme" / "Invoices.yml").is_file()
    with pytest.raises(UserError, match="Vendors"):
        await room.shelf.duplicate(["Acme/Invoices.yml", "Acme/Vendors.yml"])
    await until(lambda: "Invoices copy" in room.names())


async def test_what_the_menu_moved_goes_back_with_undo(room: Room, gui_loop: object, until: Until) -> None:
    await opened(room, until)
    await room.shelf.new_collection("Other")
    await until(lambda: "Other" in room.names())
    before = room.names()
    room.select("Prices", "Roses")
    room.panel.doing.ask_move()
    await until(lambda: room.panel.window().findChild(MoveDialog))
    dialog = room.panel.window().findChild(MoveDialog)
    assert dialog is not None
    await until(lambda: dialog.places.model.find("Other"))
    node = dialog.places.model.find("Other")
    assert node is not None
    dialog.places.tree.setCurrentIndex(dialog.places.model.index_of(node))
    dialog.press()
    await until(lambda: room.said)
    assert room.said[0][:2] == ("“Prices” was moved.", "Undo")
    await until(lambda: room.names() == ["Acme", "Invoices", "Vendors", "Other", "Prices", "Roses", "Lilies"])
    room.said[0][2]()
    await until(lambda: room.names() == before)
    assert room.failed == []


async def test_a_folder_goes_into_another_collection_with_all_in_it(room: Room, gui_loop: object, until: Until) -> None:
    await opened(room, until)
    other = await room.shelf.new_collection("Other")
    made = [one.address for one in await room.shelf.move(["Acme/Prices"], other)]
    await until(lambda: room.names() == ["Acme", "Invoices", "Vendors", "Other", "Prices", "Roses", "Lilies"])
    assert made == ["Other/Prices"]
    with pytest.raises(UserError):
        await room.shelf.move(["Other"], "Acme")


async def test_files_that_others_write_are_seen_and_broken_ones_are_named(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    await opened(room, until)
    folder = tmp_path / "collections" / "Acme"
    (folder / "Broken.yml").write_text("info:\n  name: [x\n", encoding="utf-8")
    await room.shelf.look()
    await until(lambda: "Broken" in room.names())
    assert any("Broken.yml:" in line for line in room.panel.problems())
    assert not room.panel.unreadable.isHidden()
    assert (folder / "Broken.yml").read_text(encoding="utf-8") == "info:\n  name: [x\n"
    (folder / "Broken.yml").unlink()
    await room.shelf.look()
    await until(lambda: "Broken" not in room.names())
    assert room.panel.unreadable.isHidden()


async def test_a_file_exchanged_for_one_as_long_and_as_old_is_seen(
    room: Room, gui_loop: object, until: Until, tmp_path: Path
) -> None:
    await opened(room, until)
    file = tmp_path / "collections" / "Acme" / "Prices" / "Roses.yml"
    was, other = file.stat(), file.with_suffix(".tmp")
    other.write_text(file.read_text(encoding="utf-8").replace("Roses", "Tulip"), encoding="utf-8")
    os.utime(other, ns=(was.st_atime_ns, was.st_mtime_ns))
    other.replace(file)
    await room.shelf.look()
    await until(lambda: "Tulip" in room.names())


@pytest.mark.parametrize("reading", ["trees", "tree"])
async def test_what_changes_while_files_are_read_is_seen_at_the_next_look(
    room: Room, gui_loop: object, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reading: str
) -> None:
    await opened(room, until)
    file = tmp_path / "collections" / "Acme" / "Vendors.yml"
    read = getattr(Cabinet, reading)

    def overtaken(*which: Any) -> Any:
        found = read(*which)
        file.write_text(file.read_text(encoding="utf-8").replace("name: Vendors", "name: Growers"), encoding="utf-8")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Cabinet, reading, overtaken)
        room.shelf.changed.emit("" if reading == "trees" else "Acme")
        await until(lambda: "Growers" in file.read_text(encoding="utf-8"))
        await asyncio.sleep(0.05)
    assert "Vendors" in room.names()
    await room.shelf.look()
    await until(lambda: "Growers" in room.names())


async def test_an_empty_workspace_offers_the_starter_collection(
    qtbot: QtBot, tmp_path: Path, catalogue: Catalogue, gui_loop: object, until: Until
) -> None:
    room = Room(tmp_path / "none", catalogue)
    qtbot.addWidget(room.panel)
    room.panel.show()
    await until(lambda: room.panel.ready)
    assert room.panel.starter.isVisible()
    wanted = QSignalSpy(room.panel.import_asked)
    room.panel.import_button.click()
    assert wanted.count() == 1
    room.panel.starter.click()
    await until(lambda: room.panel.model.roots)
    assert room.panel.model.roots[0].requests > len(catalogue.summaries)
    assert not room.panel.starter.isVisible()
    room.shelf.close()


async def test_the_menu_fits_what_is_selected(room: Room, gui_loop: object, until: Until) -> None:
    await opened(room, until)

    def keys(*names: str) -> set[str]:
        room.select(*names)
        menu = room.panel.doing.menu(room.panel.tree.selected())
        found = {action.objectName().rpartition(".")[2] for action in menu.actions() if action.objectName()}
        menu.close()
        return found

    assert {"open", "rename", "duplicate", "move", "examples", "delete"} <= keys("Roses")
    assert {"folder", "defaults", "export", "delete"} <= keys("Prices")
    assert keys("Roses", "Invoices") == {"duplicate", "move", "delete"}
    assert "move" not in keys("Acme")


async def test_properties_are_stored_and_inherited(room: Room, gui_loop: object, until: Until) -> None:
    await opened(room, until)
    found = await room.shelf.properties("Acme/Prices")
    dialog = PropertiesDialog(room.shelf, found, room.panel)
    dialog.open()
    dialog.description.setPlainText("What they cost.")
    dialog.headers._model.show([])
    dialog.headers.edited.emit((Pair("X-ACCOUNT", "7"),))
    dialog.token.setText("vendor")
    dialog.show_page("headers")
    dialog.headers.table.setFocus()
    QTest.keyClick(dialog.headers.table, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.press()
    await until(lambda: not dialog.isVisible())
    again = await room.shelf.properties("Acme/Prices")
    assert again.description == "What they cost."
    whole = await room.shelf.inherited("Acme/Prices/Roses.yml")
    assert whole.token == "vendor"
    assert ("X-ACCOUNT", "7") in [(one.name, one.value) for one in whole.draft.headers]
    assert not any(
        one.name == "X-ACCOUNT" for one in (await room.shelf.open("Acme/Prices/Roses.yml")).item.draft.headers
    )
    with pytest.raises(UserError):
        await room.shelf.rename("Acme/Prices", "  ")


async def test_moving_asks_where_and_refuses_a_folder_into_itself(room: Room, gui_loop: object, until: Until) -> None:
    await opened(room, until)
    dialog = MoveDialog(room.shelf, room.panel, ["Acme/Prices"], ["Prices"])
    dialog.open()
    await until(lambda: dialog.places.address)
    node = dialog.places.model.find("Acme/Prices")
    assert node is not None
    dialog.places.tree.setCurrentIndex(dialog.places.model.index_of(node))
    dialog.press()
    await until(dialog.message.isVisible)
    assert "itself" in dialog.message.text()
    dialog.reject()


async def test_dropping_files_asks_for_an_import_and_letters_search(room: Room, gui_loop: object, until: Until) -> None:
    await opened(room, until)
    room.select("Roses")
    wanted = QSignalSpy(room.panel.import_asked)
    room.panel.tree.files_dropped.emit([Path("some.json")])
    assert wanted.at(0)[0] == [Path("some.json")]
    QTest.keyClick(room.panel.tree, Qt.Key.Key_V)
    assert room.panel.search.text() == "v"
    await until(lambda: "Roses" not in room.names() or "Vendors" in room.names())
    QTest.keyClick(room.panel.search, Qt.Key.Key_Escape)
    assert room.panel.search.text() == ""


async def test_what_is_open_is_remembered(room: Room, gui_loop: object, until: Until) -> None:
    await opened(room, until)
    room.select("Roses")
    assert "Acme/Prices" in room.panel.state()["expanded"]
    room.panel.restore({"expanded": ["Acme"]})
    assert not room.panel.tree.isExpanded(room.panel.model.index_of(room.node("Prices")))
    room.panel.restore({"expanded": 7})
    await room.shelf.save("Acme/Invoices.yml", None, Work(Draft("invoice.list")))
    await asyncio.sleep(0)
    assert room.panel.tree.indexAt(QPoint(5, 5)).isValid()


def test_everything_that_can_be_pressed_has_its_names(room: Room) -> None:
    from PySide6.QtWidgets import QAbstractButton

    for button in room.panel.findChildren(QAbstractButton):
        assert button.objectName(), button
        assert button.accessibleName() or button.text(), button.objectName()
    assert nodes_of([]) == []
