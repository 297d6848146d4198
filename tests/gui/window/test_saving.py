"""Saving, closing and opening again through the window, on real collection folders."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from helpers.windows import OpenWindow
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog

from komet_console.exchange import Pair
from komet_console.gui.collections.cabinet import address_of
from komet_console.gui.collections.closing import ClosingDialog
from komet_console.gui.collections.places import SaveDialog
from komet_console.gui.history.panel import HistoryPanel
from komet_console.gui.history.words import sentence_of
from komet_console.gui.request.drafting import empty_draft
from komet_console.gui.window.main import MainWindow
from komet_console.workspace.collections.model import Capture, Check, Collection, Defaults, RequestItem
from komet_console.workspace.environments import SANDBOX

Until = Callable[[Callable[[], object]], Awaitable[None]]


def shown(window: MainWindow, kind: type[QDialog]) -> QDialog | None:
    return next((one for one in window.findChildren(kind) if one.isVisible()), None)


def edited(window: MainWindow) -> None:
    request = window.open_method("customer.list").request
    assert request is not None
    request.model.set_query([Pair("authenticationToken", "{{token}}"), Pair("name", "flor")], None)


async def collection(window: MainWindow) -> str:
    """A new collection's folder name."""
    written = await asyncio.to_thread(window.saved_part.shelf.library.add, Collection("Mine"))
    return str(written.name)


async def test_a_request_is_saved_where_the_user_says_and_there_again(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        name = await collection(window)
        edited(window)
        window.actions_table.run("save")
        await until(lambda: shown(window, SaveDialog))
        dialog = shown(window, SaveDialog)
        assert isinstance(dialog, SaveDialog)
        await until(lambda: dialog.where)
        dialog.accept()
        tab = window.desk.current
        assert tab is not None
        await until(lambda: tab.saved_as)
        assert tab.saved_as.startswith(name + "/")
        assert not tab.unsaved
        request = tab.request
        assert request is not None
        request.model.set_query([Pair("authenticationToken", "{{token}}"), Pair("name", "petal")], None)
        assert tab.unsaved
        window.actions_table.run("save")
        await until(lambda: not tab.unsaved)
        files = [path.read_text() for path in (window.workspace.folder / "collections").rglob("*.yml")]
        assert any("petal" in text for text in files)
        window.keep_all()
    async with open_window() as window:
        again = window.desk.current
        assert again is not None
        assert again.saved_as.startswith(name + "/")
        assert not again.unsaved


async def test_closing_what_is_unsaved_asks_once(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        edited(window)
        edited(window)
        window.open_method("vendor.list")
        window.close_tabs(list(window.desk.tabs))
        await until(lambda: shown(window, ClosingDialog))
        dialog = shown(window, ClosingDialog)
        assert dialog is not None
        dialog.reject()
        await until(lambda: shown(window, ClosingDialog) is None)
        assert len(window.desk.tabs) == 3
        window.close()
        await until(lambda: shown(window, ClosingDialog))
        dialog = shown(window, ClosingDialog)
        assert isinstance(dialog, ClosingDialog)
        assert window.isVisible()
        dialog.answer = "discard"
        dialog.accept()
        await until(lambda: not window.isVisible())
    async with open_window() as window:
        assert [tab.unsaved for tab in window.desk.tabs] == [True, True, False], "drafts come back all the same"


async def test_the_first_request_of_all_is_saved_without_making_a_place_for_it(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        edited(window)
        window.saved_part.save()
        await until(lambda: shown(window, SaveDialog))
        dialog = shown(window, SaveDialog)
        assert isinstance(dialog, SaveDialog)
        dialog.go.click()
        tab = window.desk.current
        assert tab is not None
        await until(lambda: tab.saved_as)
        assert window.saved_part.shelf.library.names() == ("My requests",)
        assert not tab.unsaved


async def test_keys_that_repeat_ask_once(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        edited(window)
        for kind, again in ((ClosingDialog, window.close), (SaveDialog, window.saved_part.save)):
            for _ in range(3):
                again()
            if kind is ClosingDialog:
                window.close_current()
            await until(lambda kind=kind: shown(window, kind))
            await asyncio.sleep(0.1)
            dialogs = [one for one in window.findChildren(kind) if one.isVisible()]
            assert len(dialogs) == 1
            dialogs[0].reject()
            await until(lambda kind=kind: not shown(window, kind))
        assert len(window.desk.tabs) == 1


async def test_checks_run_on_the_answer_and_captures_are_variables_elsewhere(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        name = await collection(window)
        checks = (Check("status", value="200"), Check("value", "customers[0].name", value="nobody"))
        draft = window.open_method("customer.list").request.model.draft  # type: ignore[union-attr]
        item = RequestItem("First", draft, checks=checks, captures=(Capture("first", "customers[0].id"),))
        saved = await window.saved_part.shelf.add_request(name, "", item)
        opened = await window.saved_part.shelf.open(address_of(name, saved.item.path))
        window.saved_part.open(opened)
        tab = window.desk.current
        assert tab is not None
        request = tab.request
        assert request is not None
        request.send()
        await until(lambda: request.checks.results)
        assert [one.passed for one in request.checks.results] == [True, False]
        await until(lambda: window.requests.captured)
        other = window.open_method("customer.details.get").request
        assert other is not None
        assert other.presenter.tell_variable("first") == window.requests.captured["first"]


async def test_every_call_stands_in_the_history_and_opens_again(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        assert window.places.environment == SANDBOX
        edited(window)
        request = window.desk.request
        assert request is not None
        request.send()
        await until(lambda: request.model.sent)
        window.actions_table.run("history")
        panel = window.rooms.widget("history")
        assert isinstance(panel, HistoryPanel)
        await asyncio.to_thread(window.workspace.history.flush, 5.0)
        await until(lambda: panel.model.rowCount() > 1)
        entry = window.workspace.history.search(panel.wanted).entries[0]
        assert entry.method == "customer.list"
        said = request.answer.header.sentence.text()
        assert re.match(r"\d+ customers\. ", said), "the row says what the answer said"
        assert sentence_of(entry) == said.partition(". ")[0] + "."
        kept = window.workspace.history.open(entry.id)
        window.open_draft(replace(kept.draft), "again")
        assert window.desk.request is not None
        assert window.desk.request.model.draft == request.model.draft
        assert window.desk.request.model.sent is None


async def test_a_saved_request_sends_what_its_collection_hands_down(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        defaults = Defaults(headers=(Pair("X-Team", "{{team}}"),), variables=(Pair("team", "roses"),))
        draft = empty_draft(window.console.catalogue.method("customer.list"))
        made = Collection("Mine", items=(RequestItem("First", draft),), defaults=defaults)
        written = await asyncio.to_thread(window.saved_part.shelf.library.add, made)
        tree = await window.saved_part.shelf.tree(written.name)
        address = address_of(written.name, tree.entries[0].path)
        window.saved_part.open(await window.saved_part.shelf.open(address))
        request = window.desk.request
        assert request is not None
        await until(lambda: request.presenter.inherited.headers)
        assert request.model.draft.headers == (), "what is inherited is not written into the request"
        request.send()
        await until(lambda: request.model.sent)
        assert request.model.sent is not None
        assert request.model.sent.request.header("X-Team") == "roses"
        window.actions_table.run("example")
        path = window.workspace.folder / "collections" / address
        await until(lambda: "examples" in path.read_text())


async def test_a_saved_request_that_was_closed_comes_back_whole(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        check, capture = Check("status", value="200"), Capture("first", "customers[0].id")
        draft = empty_draft(window.console.catalogue.method("customer.list"))
        item = RequestItem("First", draft, checks=(check,), captures=(capture,))
        defaults = Defaults(headers=(Pair("X-Team", "roses"),))
        made = Collection("Mine", items=(item,), defaults=defaults)
        written = await asyncio.to_thread(window.saved_part.shelf.library.add, made)
        tree = await window.saved_part.shelf.tree(written.name)
        window.saved_part.open(await window.saved_part.shelf.open(address_of(written.name, tree.entries[0].path)))
        request = window.desk.request
        assert request is not None
        added = (check, Check("status", value="404"))
        request.checks.set(added)
        window.desk.close_tabs(window.desk.tabs[:])
        window.actions_table.run("reopen")
        again = window.desk.request
        assert again is not None
        assert (again.checks.checks, again.checks.captures) == (added, (capture,))
        assert again.checks.saved == ((check,), (capture,))
        await until(lambda: again.presenter.inherited.headers)


async def test_a_closed_tab_knows_where_its_request_was_moved(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until
) -> None:
    async with open_window() as window:
        shelf = window.saved_part.shelf
        item = RequestItem("First", empty_draft(window.console.catalogue.method("customer.list")))
        written = await asyncio.to_thread(shelf.library.add, Collection("Mine", items=(item,)))
        tree = await shelf.tree(written.name)
        before = address_of(written.name, tree.entries[0].path)
        window.saved_part.open(await shelf.open(before))
        window.desk.close_tabs(window.desk.tabs[:])
        await shelf.rename(before, "Second")
        await until(lambda: window.desk.closed[-1].saved_as != before)
        window.actions_table.run("reopen")
        tab = window.desk.current
        assert tab is not None
        assert tab.saved_as != before
        assert (await shelf.open(tab.saved_as)).item.name == "Second"


@pytest.mark.parametrize("moment", ["while it is saved", "when that was said", "while a changed file is read"])
async def test_a_tab_may_be_closed_while_something_is_still_done_for_it(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, moment: str
) -> None:
    async with open_window() as window:
        name = await collection(window)
        shelf = window.saved_part.shelf
        edited(window)
        tab = window.desk.current
        assert tab is not None
        assert tab.request is not None
        item = RequestItem("First", tab.request.model.draft)
        tab.saved_as = address_of(name, (await shelf.add_request(name, "", item)).item.path)
        tab.request.model.mark_saved()
        tab.request.model.set_query([Pair("name", "petal")], None)
        file = window.workspace.folder / "collections" / tab.saved_as

        def close() -> None:
            window.desk.close_tabs([tab])

        if moment == "while a changed file is read":
            tab.request.model.set_draft(item.draft, None)
            file.write_text(file.read_text().replace("flor", "petal"))
            shelf.changed.emit(name)
            await asyncio.sleep(0)
            close()
        else:
            said = window.saved_part.saver.said
            said.connect(lambda *_: QTimer.singleShot(0, close)) if moment == "when that was said" else None
            window.actions_table.run("save")
            if moment == "while it is saved":
                await asyncio.sleep(0)
                close()
        await until(lambda: "petal" in file.read_text() and not window.desk.tabs)
        # The shelf does one thing after the other: what was begun for the tab is through when this is.
        await shelf.trees()
        await asyncio.sleep(0.05)
