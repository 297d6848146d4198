"""Every dialog of the program, opened on real work of a window."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator

from PySide6.QtWidgets import QDialog

import komet_console.gui
from komet_console.exchange import Draft, Pair
from komet_console.gui.collections.closing import ClosingDialog
from komet_console.gui.collections.conflict import ConflictDialog
from komet_console.gui.collections.examples import ExamplesDialog
from komet_console.gui.collections.places import MoveDialog, NameDialog, RequestDialog, SaveDialog
from komet_console.gui.collections.problems import ProblemsDialog
from komet_console.gui.collections.properties import PropertiesDialog
from komet_console.gui.environments.dialog import EnvironmentsDialog
from komet_console.gui.guard.confirm import ConfirmDialog
from komet_console.gui.guard.dialog import GuardDialog
from komet_console.gui.history.entry import CompareDialog, EntryDialog
from komet_console.gui.i18n import tr
from komet_console.gui.importing.backup import BackupDialog, RestoreDialog
from komet_console.gui.importing.dialog import ImportDialog
from komet_console.gui.importing.exporting import ExportDialog
from komet_console.gui.palette.shortcuts import ShortcutsSheet
from komet_console.gui.settings.dialog import SettingsDialog
from komet_console.gui.tokens.dialogs import LoginDialog, TokenDialog
from komet_console.gui.tokens.sandbox_dialog import SandboxTokenDialog
from komet_console.gui.window.main import MainWindow
from komet_console.gui.window.table import keys_of_parts
from komet_console.session.guard import Question
from komet_console.workspace.collections.library import FOLDER, Library
from komet_console.workspace.collections.model import Collection, Example, Folder, RequestItem
from komet_console.workspace.collections.store import Conflict
from komet_console.workspace.records import Kept

__all__ = ["LONG", "MAKERS", "dialogs_of_the_program"]

Until = Callable[[Callable[[], object]], Awaitable[None]]
LONG = "A collection with a name that somebody gave it who likes names to say everything"


def dialogs_of_the_program() -> set[type[QDialog]]:
    """All classes of dialogs that can be opened: those that nobody builds on."""
    for module in pkgutil.walk_packages(komet_console.gui.__path__, "komet_console.gui."):
        importlib.import_module(module.name)

    def below(parent: type[QDialog]) -> Iterator[type[QDialog]]:
        for one in parent.__subclasses__():
            yield one
            yield from below(one)

    own = {one for one in below(QDialog) if one.__module__.startswith("komet_console.")}
    return {one for one in own if not own & set(one.__subclasses__())}


def collection() -> Collection:
    draft = Draft("customer.list", query=(Pair("name", "flor"),))
    example = Example("Two customers", 200, "OK", (Pair("Content-Type", "application/json"),), '{"status": 1}')
    item = RequestItem("Customers with flor in their name", draft, examples=(example,))
    return Collection(LONG, (Folder("Prices", (item,)), RequestItem("Vendors", Draft("vendor.list"))))


QUESTION = Question(
    "delete",
    "Void invoice 318402, Petal & Stem Wholesale of Miami and All the Counties Around It",
    ("Invoice: 318402", "Reason: a long story", "To: Production, POST https://api.kometsales.com/api/invoice.void"),
    "Void",
    "318402",
    ("Petal & Stem",),
    "Komet charges a fee for this order.",
)
Make = Callable[[MainWindow, Until], Awaitable[QDialog]]
MAKERS: dict[type[QDialog], Make] = {}


def makes(kind: type[QDialog]) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        MAKERS[kind] = make
        return make

    return keep


async def kept_calls(window: MainWindow, until: Until) -> list[Kept]:
    """Two calls of the history, newest first; made where there are none."""
    history = window.workspace.history
    for name in ("customer.list", "vendor.list")[history.count() :]:
        request = window.open_method(name).request
        assert request is not None
        request.send()
        await until(lambda model=request.model: model.sent and not model.sending)  # type: ignore[misc]
        window.workspace.flush()
    await until(lambda: history.count() >= 2)
    return [history.open(entry.id) for entry in history.search(limit=2).entries]


async def address_of(window: MainWindow) -> str:
    """A saved request's address; its collection is written where it is not there."""
    library = Library(window.workspace.folder / FOLDER, window.console.catalogue)
    if not library.names():
        library.add(collection())
    tree = (await window.saved_part.shelf.trees())[0]
    rows = [row for entry in tree.entries for row in (entry, *entry.children)]
    return f"{tree.name}/{next(row.path for row in rows if row.kind == 'http')}"


@makes(EntryDialog)
async def entry(window: MainWindow, until: Until) -> QDialog:
    kept = await kept_calls(window, until)
    return EntryDialog(kept[0], window.console.catalogue, window.tasks, window)


@makes(CompareDialog)
async def compare(window: MainWindow, until: Until) -> QDialog:
    newer, older = await kept_calls(window, until)
    return CompareDialog(older, newer, window.tasks, window)


@makes(ShortcutsSheet)
async def shortcuts(window: MainWindow, until: Until) -> QDialog:
    return ShortcutsSheet([*window.actions_table.shortcuts(), *keys_of_parts()], window)


@makes(SettingsDialog)
async def settings(window: MainWindow, until: Until) -> QDialog:
    return SettingsDialog(window.workspace.settings, window.tasks, window)


@makes(ImportDialog)
async def importing(window: MainWindow, until: Until) -> QDialog:
    return ImportDialog(window.saved_part.shelf, window.console.catalogue, window.tasks, window)


@makes(ExportDialog)
async def exporting(window: MainWindow, until: Until) -> QDialog:
    return ExportDialog(collection(), window.console.catalogue, window.tasks, window)


@makes(BackupDialog)
async def backup(window: MainWindow, until: Until) -> QDialog:
    return BackupDialog(window.workspace, window.tasks, window)


@makes(RestoreDialog)
async def restore(window: MainWindow, until: Until) -> QDialog:
    return RestoreDialog(window.restore_workspace, window.tasks, window)


@makes(EnvironmentsDialog)
async def environments(window: MainWindow, until: Until) -> QDialog:
    return EnvironmentsDialog(window.console, window.tasks, window, environment="production")


@makes(TokenDialog)
async def token(window: MainWindow, until: Until) -> QDialog:
    return TokenDialog(window.console, window.tasks, window, environment="production")


@makes(LoginDialog)
async def login(window: MainWindow, until: Until) -> QDialog:
    return LoginDialog(window.console, window.tasks, window, environment="sandbox")


@makes(SandboxTokenDialog)
async def sandbox_token(window: MainWindow, until: Until) -> QDialog:
    return SandboxTokenDialog(window.console, window.tasks, window, {("customer", 7349): "Acme"})


@makes(GuardDialog)
async def guard(window: MainWindow, until: Until) -> QDialog:
    return GuardDialog(QUESTION, window, window.console.environments.get("production"))


@makes(ConfirmDialog)
async def confirm(window: MainWindow, until: Until) -> QDialog:
    return ConfirmDialog(window, tr("Clear the history?"), tr("Undo brings all calls back."), tr("Clear"))


@makes(NameDialog)
async def name(window: MainWindow, until: Until) -> QDialog:
    return NameDialog(window.tasks, tr("New collection"), window, LONG)


@makes(RequestDialog)
async def request(window: MainWindow, until: Until) -> QDialog:
    return RequestDialog(window.saved_part.shelf, window.console.catalogue, window)


@makes(SaveDialog)
async def save(window: MainWindow, until: Until) -> QDialog:
    await address_of(window)
    return SaveDialog(window.saved_part.shelf, window, name="customer.list")


@makes(MoveDialog)
async def move(window: MainWindow, until: Until) -> QDialog:
    return MoveDialog(
        window.saved_part.shelf, window, [await address_of(window)], ["Customers with flor in their name"]
    )


@makes(PropertiesDialog)
async def properties(window: MainWindow, until: Until) -> QDialog:
    address = (await address_of(window)).partition("/")[0]
    return PropertiesDialog(window.saved_part.shelf, await window.saved_part.shelf.properties(address), window)


@makes(ExamplesDialog)
async def examples(window: MainWindow, until: Until) -> QDialog:
    return ExamplesDialog(window.saved_part.shelf, await window.saved_part.shelf.open(await address_of(window)), window)


@makes(ProblemsDialog)
async def problems(window: MainWindow, until: Until) -> QDialog:
    return ProblemsDialog([f"{LONG}: prices.yml:3: This is no YAML: a tab"], window.tasks, window)


@makes(ConflictDialog)
async def conflict(window: MainWindow, until: Until) -> QDialog:
    both = Conflict("prices/roses.yml", "one\nmine\nlast", "one\ntheirs\nlast")
    return ConflictDialog(window.tasks, both, "Roses", window)


@makes(ClosingDialog)
async def closing(window: MainWindow, until: Until) -> QDialog:
    return ClosingDialog([LONG, "invoice.list"], window, window=True)
