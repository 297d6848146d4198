"""Everything that is read in the window goes through `tr()`: a translator that marks what it gets shows what it never got."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from html import unescape
from typing import Any

import pytest
from helpers.dialogs import LONG, MAKERS
from helpers.windows import OpenWindow
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from komet_console.catalogue import Catalogue
from komet_console.gui.i18n import tr
from komet_console.gui.request.view import RequestView
from komet_console.gui.window.main import MainWindow
from komet_console.texts import said

Until = Callable[[Callable[[], object]], Awaitable[None]]
OPEN, CLOSE = "⟦", "⟧"
NAMES = {
    "JSON", "HTML", "XML", "PDF", "curl", "PHP", "C#", "PowerShell", "JavaScript (fetch)", "Python (httpx)",
    "Python (requests)", "Komet Console", "URL", "GET", "POST", "Sandbox", "Production", "company", "customer", "vendor", "user",
    "v2/standing-order",
}  # fmt: skip
"""Names that are the same in every language."""
DATA = {
    "urlLine", "generatedHeaders", "answerStatus", "codeLanguage", "historyList", "historyEntry.address",
    "answerSentence", "answerText.json", "examplesDialog.answer", "environment.zone", "environment.proxy",
    "environment.own_colour",
}  # fmt: skip
"""Widgets that show a request or an answer, and nothing else."""
TYPES = {"string", "integer", "decimal", "boolean", "date", "datetime", "token", "array", "object", "file", "email"}
_KEY = re.compile(r"(?:(?:Ctrl|Shift|Alt)[+ ])*(?:Esc|Enter|Return|Space|Del|Tab|Home|End|PgUp|PgDown|F\d+|\S)?")


class Marking(QTranslator):
    """A language in which every text is the English one between two marks."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, _remark: str | None = None, _count: int = -1) -> str:
        return f"{OPEN}{source}{CLOSE}" if context == "komet" else ""


@pytest.fixture
def marked(dressed: QApplication) -> Iterator[None]:
    translator = Marking()
    dressed.installTranslator(translator)
    yield
    dressed.removeTranslator(translator)


def texts_of(widget: QWidget) -> Iterator[str]:
    """What a widget says: its words, what it hints at, and what is said to those who listen."""
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QPlainTextEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(number) for number in range(widget.count()))
    if isinstance(widget, QMenu):
        yield from (action.text() for action in widget.actions())
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from rows_of(widget.model())
    yield widget.toolTip()
    yield widget.accessibleName()
    yield widget.accessibleDescription()
    if widget.isWindow():
        yield widget.windowTitle()


def content_of(catalogue: Catalogue) -> set[str]:
    """The words of the catalogue: content of the API, not texts of the program."""
    found: set[str] = set()

    def take(value: Any) -> None:
        if isinstance(value, str):
            found.add(plain(value))
        elif isinstance(value, dict):
            for key, one in value.items():
                found.add(plain(str(key)))
                take(one)
        elif isinstance(value, list | tuple):
            for one in value:
                take(one)

    take(dict(catalogue.knowledge))
    take(catalogue.document)
    for name in catalogue.summaries:
        method = catalogue.method(name)
        take([name, *name.split("."), method.summary.title, method.summary.group, method.path])
        take(method.operation)
    return found


def plain(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).replace("&", "").split())


def pieces(text: str) -> Iterator[str]:
    """The parts of what is data: a type, a length and a meaning stand beside each other in the form."""
    for part in re.split(r"<br/?>|</?p>|</?b>|\n| · |\s{2,}", text):
        if words := plain(part).removeprefix("≈ "):
            yield words


def is_text(text: str, content: set[str]) -> bool:
    """Whether it holds words of the program that bear no mark."""
    if OPEN in text or CLOSE in text or plain(text) in content:
        return False
    return any(
        re.search(r"[A-Za-z]{3,}", part)
        and part not in content
        and part not in NAMES
        and part not in TYPES
        and not _KEY.fullmatch(part)
        and not set(part.split(", ")) <= NAMES
        for part in pieces(text)
    )


def rows_of(model: QAbstractItemModel, parent: QModelIndex | None = None) -> Iterator[str]:
    """What the rows of a list, tree or table show, and its headings."""
    parent = parent or QModelIndex()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
    for row in range(min(model.rowCount(parent), 60)):
        for column in range(columns):
            index = model.index(row, column, parent)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield str(model.data(index, role) or "")
        yield from rows_of(model, model.index(row, 0, parent))
    if not parent.isValid():
        for column in range(columns):
            yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")


def unmarked(top: QWidget, content: set[str]) -> set[str]:
    """Widgets with texts that never passed through `tr()`, as `name: text`."""
    found = set()
    for widget in [top, *top.findChildren(QWidget)]:
        name = widget.objectName()
        if (widget is not top and not widget.isVisibleTo(top)) or name in DATA or name.startswith("qt_"):
            continue
        found |= {f"{name or type(widget).__name__}: {text}" for text in texts_of(widget) if is_text(text, content)}
    return found


async def settled() -> None:
    await asyncio.sleep(0.1)
    QApplication.sendPostedEvents()


async def sent(window: MainWindow, name: str, until: Until) -> RequestView:
    request = window.open_method(name).request
    assert request is not None
    request.send()
    await until(lambda: (request.model.sent or request.model.trouble) and not request.model.sending)
    await until(lambda: not request.answer.is_busy)
    return request


@pytest.mark.parametrize("name", ["prebook.create", "invoice.list"])
async def test_a_request_and_its_answer_speak_the_users_language(
    gui_loop: asyncio.AbstractEventLoop,
    open_window: OpenWindow,
    marked: None,
    catalogue: Catalogue,
    until: Until,
    name: str,
) -> None:
    content, found = content_of(catalogue), set()
    async with open_window() as window:
        found |= unmarked(window, content)
        request = await sent(window, name, until)
        for view in ("form", "json", "params", "headers", "docs", "code"):
            if request.offers(view):
                request.show_view(view)
                await settled()
                found |= unmarked(window, content)
        for view in ("raw", "headers", "timing"):
            request.answer.show_view(view)
            await settled()
            found |= unmarked(window, content)
    assert found == set(), sorted(found)


async def test_rooms_guides_and_what_was_called_speak_the_users_language(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, marked: None, catalogue: Catalogue, until: Until
) -> None:
    content, found = content_of(catalogue), set()
    async with open_window() as window:
        await sent(window, "customer.list", until)
        window.workspace.flush()
        window.desk.open_guide("tokens")
        rooms = [one.objectName() for one in window.rooms.rail.findChildren(QAbstractButton)]
        for key in [one.removeprefix("room.") for one in rooms if one.startswith("room.")]:
            window.rooms.show_room(key)
            await settled()
            found |= unmarked(window, content)
    assert found == set(), sorted(found)


async def test_what_failed_on_the_network_speaks_the_users_language(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, marked: None, catalogue: Catalogue, until: Until
) -> None:
    content = content_of(catalogue)
    async with open_window() as window:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        place = window.console.environments.add("Elsewhere", url, level="free")
        await window.console.tokens.add("one", "planted-token-31", environment=place.id, hosts=(place.host,))
        window.places.set_environment(place.id)
        request = await sent(window, "company.list", until)
        # Not the filled-in English is the key, but the sentence with its place.
        assert request.answer.header.sentence.text().startswith(f"{OPEN}{place.host} refused the connection.{CLOSE}")
        found = unmarked(window, content)
    assert found == set(), sorted(found)


async def test_all_dialogs_speak_the_users_language(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, marked: None, catalogue: Catalogue, until: Until
) -> None:
    content, found = content_of(catalogue) | {LONG, "Two customers", "Prices"}, set()
    async with open_window() as window:
        for kind, make in MAKERS.items():
            dialog = await make(window, until)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()
            await settled()
            found |= {f"{kind.__name__}: {text}" for text in unmarked(dialog, content)}
            dialog.reject()
    assert found == set(), "\n".join(sorted(one[:160] for one in found))


def test_the_walk_finds_what_was_forgotten(dressed: QApplication, marked: None, catalogue: Catalogue) -> None:
    top = QWidget()
    for text in (tr("Good words"), "Forgotten words", "POST", "7", tr("{count} of them", count=3)):
        QLabel(text, top)
    QLabel(tr(said("{host} is here.", host="komet.example")), top)
    QLabel(said("{host} is gone.", host="komet.example"), top)
    QLabel("string · 50   Security token of the caller.", top)
    top.show()
    found = unmarked(top, content_of(catalogue))
    top.close()
    assert found == {"QLabel: Forgotten words", "QLabel: komet.example is gone."}
