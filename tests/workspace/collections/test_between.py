"""A program that ends at any step of a change leaves what was before or what was wanted, and never something between."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.saved import halves, make_old, neither, rows

from komet_console.catalogue import Catalogue
from komet_console.exchange import Draft, Pair
from komet_console.gui.collections.cabinet import Cabinet, Work
from komet_console.interchange.formats import read_path
from komet_console.workspace.collections.files import is_half
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Collection, Folder, RequestItem
from komet_console.workspace.collections.turns import LOCK

BY_HAND = (
    'info: {name: By hand, type: http}\nhttp:\n  method: GET\n  url: "https://api.kometsales.com/api/customer.list"\n'
)
POSTMAN = Path(__file__).parents[2] / "interchange" / "fixtures" / "shop.postman_collection.json"
LONG = bool(os.environ.get("KOMET_TEST_LONG"))
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class KilledError(BaseException):
    """The end of the program, for all that runs in it."""


class Steps:
    """Counts what is done to a folder, and ends the program in front of a step. There is one for the process."""

    def __init__(self) -> None:
        self.folder = ""
        self.done: list[str] = []
        """What was done in the last run."""
        self.last = 0
        sys.addaudithook(self._hear)

    def run(self, folder: Path, work: Callable[[], object], last: int) -> bool:
        """Do the work, but only its first `last` steps; whether it came to its end."""
        self.folder, self.done, self.last = str(folder), [], last
        try:
            work()
        except KilledError:
            return False
        finally:
            self.folder = ""
        return True

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.folder or event not in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"):
            return
        path = str(arguments[0])
        if event == "open" and not arguments[2] & _WRITING:
            return
        if not path.startswith(self.folder) or path.endswith(LOCK):
            return
        if len(self.done) >= self.last:
            raise KilledError  # also for what would tidy up: nothing does after a kill
        self.done.append(event)


@pytest.fixture(scope="module")
def steps() -> Steps:
    return Steps()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Path:
    """Collections with everything that can lie in them."""
    library = Library(tmp_path_factory.mktemp("template") / "collections", catalogue)
    prices = Folder("Prices", (item("Roses"), item("Lilies"), item("Asters")), description="All of them")
    library.add(Collection("Acme", (prices, item("Vendors"), item("Invoices"), item("Boxes"))))
    library.add(Collection("Other", (item("Two"), item("One"))))
    (library.folder / "Acme" / "By hand.yml").write_text(BY_HAND, encoding="utf-8")
    (library.folder / "Acme" / "Bare").mkdir()
    (library.folder / "Acme" / "Bare" / "Tulips.yml").write_text(BY_HAND, encoding="utf-8")
    return library.folder


def item(name: str, value: str = "") -> RequestItem:
    return RequestItem(name, Draft("customer.list", query=(Pair("name", value or name),)))


def moves() -> Iterator[tuple[str, str, str | None]]:
    yield "Acme/Boxes.yml", "Acme", "Acme/Prices"
    yield "Acme/Prices", "Acme", None
    yield "Acme/Vendors.yml", "Acme/Prices", "Acme/Prices/Roses.yml"
    yield "Acme/Bare", "Acme/Prices", "Acme/Prices/Lilies.yml"
    yield "Acme/By hand.yml", "Other", "Other/Two.yml"
    yield "Acme/Prices", "Other", "Other/One.yml"


def _moving(address: str, above: str, before: str | None) -> Callable[[Cabinet, Any], object]:
    return lambda cabinet, _: cabinet.move(address, above, before)


def _moved(address: str, above: str, before: str | None) -> Callable[[Cabinet], Any]:
    return lambda cabinet: cabinet.move(address, above, before)


def _described(cabinet: Cabinet, address: str, name: str) -> object:
    return cabinet.set_properties(replace(cabinet.properties(address), name=name, description="New words", tags=("a",)))


def _save(cabinet: Cabinet, _: Any) -> object:
    opened = cabinet.open("Acme/Prices/Roses.yml")
    return cabinet.save(opened.saved_as, opened.work, Work(item("Roses", "red").draft))


def _import(cabinet: Cabinet, _: Any) -> object:
    found = read_path(POSTMAN, cabinet.catalogue)
    return cabinet.library.add(replace(found.collection, environments=found.environments, problems=()))


def files(folder: Path) -> dict[str, bytes]:
    """What has a name, deleted or not."""
    found = (one for one in folder.rglob("*.yml") if not any(is_half(part) for part in one.relative_to(folder).parts))
    return {str(one): one.read_bytes() for one in found}


def nothing(_cabinet: Cabinet) -> None:
    """Most changes need no other one before them."""


ALL = ["Acme/Prices/Roses.yml", "Acme/Prices", "Acme"]
CHANGES: dict[str, tuple[Callable[[Cabinet], Any], Callable[[Cabinet, Any], object]]] = {
    "save a new request": (nothing, lambda cabinet, _: cabinet.add_request("Acme", "Prices", item("New"))),
    "save over one": (nothing, _save),
    "save over what somebody changed": (
        nothing,
        lambda cabinet, _: cabinet.keep_mine("Acme/Invoices.yml", Work(item("Invoices", "mine").draft)),
    ),
    "new folder": (nothing, lambda cabinet, _: cabinet.new_folder("New: one", "Acme/Prices")),
    "new collection": (nothing, lambda cabinet, _: cabinet.new_collection("New")),
    "import": (nothing, _import),
    **{f"rename {one}": (nothing, lambda cabinet, _, one=one: cabinet.rename(one, "New name")) for one in ALL},
    **{f"describe {one}": (nothing, lambda cabinet, _, one=one: _described(cabinet, one, "New name")) for one in ALL},
    **{f"duplicate {one}": (nothing, lambda cabinet, _, one=one: cabinet.duplicate(one)) for one in ALL},
    **{f"delete {one}": (nothing, lambda cabinet, _, one=one: cabinet.delete([one])) for one in ALL},
    **{
        f"restore {one}": (
            lambda cabinet, one=one: cabinet.delete([one]),
            lambda cabinet, deleted: cabinet.restore(deleted),
        )
        for one in ALL
    },
    **{f"move {move}": (nothing, _moving(*move)) for move in moves()},
    **{f"put back {move}": (_moved(*move), lambda cabinet, moved: cabinet.put_back(moved)) for move in moves()},
}


def name_of(change: str) -> str:
    """The name of what a change moves."""
    found = next((one for one in ("Boxes", "Vendors", "By hand", "Bare", "Prices") if f"'Acme/{one}" in change), "")
    return found if change.startswith(("move", "put back")) else ""


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_done_or_not(
    steps: Steps, template: Path, tmp_path: Path, catalogue: Catalogue, change: str
) -> None:
    prepare, act = CHANGES[change]
    prepared, folder = tmp_path / "prepared", tmp_path / "done"
    shutil.copytree(template, prepared)
    given = prepare(Cabinet(Library(prepared, catalogue)))
    before = rows(Library(prepared, catalogue))
    shutil.copytree(prepared, folder)
    assert steps.run(folder, lambda: act(Cabinet(Library(folder, catalogue)), given), 10_000)
    did, after = steps.done, rows(Library(folder, catalogue))
    assert before != after
    assert did
    seen: list[dict[str, bytes]] = []
    for last in range(len(did)):
        if not LONG and last > 1 and did[last - 1] == "open":
            continue  # only a file without a name was begun, as after the first step
        shutil.rmtree(folder)
        shutil.copytree(prepared, folder)
        assert not steps.run(folder, lambda: act(Cabinet(Library(folder, catalogue)), given), last)
        kept = files(folder)
        if kept not in seen:
            seen.append(kept)
            found = rows(Library(folder, catalogue))
            assert neither(before, after, found, [name_of(change)]) == "", f"after {last} of {len(did)} steps: {did}"
        make_old(folder)
        Library(folder, catalogue).tidy()
        assert halves(folder) == []
        assert files(folder) == kept
