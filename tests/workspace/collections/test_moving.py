"""Moving items and putting them back: every byte is as it was, and nothing that was done meanwhile is undone with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Draft, Pair
from komet_console.gui.collections.cabinet import Cabinet, Work
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Collection, Folder, RequestItem

BY_HAND = """\
# First of all
info: {name: By hand, type: http}   # no place in the order
http:
  method: GET
  url: "https://api.kometsales.com/api/customer.list"
"""


def item(name: str) -> RequestItem:
    return RequestItem(name, Draft("customer.list", query=(Pair("name", name),)))


@pytest.fixture
def cabinet(tmp_path: Path, catalogue: Catalogue) -> Cabinet:
    library = Library(tmp_path / "collections", catalogue)
    library.add(
        Collection("Acme", (Folder("Prices", (item("Roses"), item("Lilies"))), item("Invoices"), item("Vendors")))
    )
    library.add(Collection("Other", (item("One"), item("Two"))))
    (library.folder / "Acme" / "By hand.yml").write_text(BY_HAND, encoding="utf-8")
    (library.folder / "Acme" / "Bare").mkdir()
    (library.folder / "Acme" / "Bare" / "Tulips.yml").write_text(BY_HAND, encoding="utf-8")
    return Cabinet(library)


def files(cabinet: Cabinet) -> dict[str, bytes]:
    folder = cabinet.library.folder
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in folder.rglob("*.yml")
        if ".trash" not in one.parts
    }


def names(cabinet: Cabinet, collection: str) -> list[str]:
    return [entry.name for entry in cabinet.tree(collection).entries]


MOVES = [
    ("Acme/Vendors.yml", "Acme", "Acme/Prices"),
    ("Acme/Vendors.yml", "Acme/Prices", None),
    ("Acme/Vendors.yml", "Acme/Prices", "Acme/Prices/Roses.yml"),
    ("Acme/By hand.yml", "Acme", None),
    ("Acme/Bare", "Acme", None),
    ("Acme/Bare", "Acme/Prices", "Acme/Prices/Lilies.yml"),
    ("Acme/Prices", "Acme/Bare", None),
    ("Acme/Prices/Roses.yml", "Acme", "Acme/By hand.yml"),
    ("Acme/Prices/Roses.yml", "Other", None),
    ("Acme/Prices", "Other", "Other/One.yml"),
    ("Acme/By hand.yml", "Other", "Other/Two.yml"),
]


@pytest.mark.parametrize(("address", "above", "before"), MOVES)
def test_putting_back_restores_every_byte(cabinet: Cabinet, address: str, above: str, before: str | None) -> None:
    was = files(cabinet)
    moved = cabinet.move(address, above, before)
    assert moved.changed
    assert files(cabinet) != was
    assert cabinet.put_back(moved) == address
    assert files(cabinet) == was


def test_several_moves_are_undone_from_the_last_one_on(cabinet: Cabinet) -> None:
    was = files(cabinet)
    steps = ["Acme/Vendors.yml", "Acme/By hand.yml", "Acme/Invoices.yml", "Acme/Bare"]
    moved = [cabinet.move(address, "Acme/Prices", "Acme/Prices/Roses.yml") for address in steps]
    assert names(cabinet, "Acme") == ["Prices"]
    for one in reversed(moved):
        cabinet.put_back(one)
    assert files(cabinet) == was


def test_a_move_to_the_same_place_changes_nothing(cabinet: Cabinet) -> None:
    cabinet.move("Acme/Vendors.yml", "Acme", None)
    was = files(cabinet)
    assert not cabinet.move("Acme/Vendors.yml", "Acme", None).changed
    assert files(cabinet) == was


@pytest.mark.parametrize("above", ["Acme/Prices", "Acme", "Other"])
def test_what_was_saved_since_stays(cabinet: Cabinet, above: str) -> None:
    before = names(cabinet, "Acme")
    moved = cabinet.move("Acme/Invoices.yml", above, "Acme/By hand.yml" if above == "Acme" else None)
    opened = cabinet.open(moved.address)
    newer = Work(replace(opened.item.draft, query=(Pair("name", "saved since"),)))
    cabinet.save(moved.address, opened.work, newer)
    address = cabinet.put_back(moved)
    assert address == "Acme/Invoices.yml"
    found = cabinet.open(address).item
    assert next(pair.value for pair in found.draft.query if pair.name == "name") == "saved since"
    assert names(cabinet, "Acme") == before
    assert "Invoices" not in names(cabinet, "Other")


def test_a_file_goes_into_another_collection_as_it_is(cabinet: Cabinet) -> None:
    graphql = "# Theirs\ninfo: {name: Query, type: graphql}\ngraphql:\n  url: https://example.com\n"
    (cabinet.library.folder / "Acme" / "Prices" / "Query.yml").write_text(graphql, encoding="utf-8")
    made = cabinet.move("Acme/By hand.yml", "Other").address
    text = (cabinet.library.folder / made).read_text(encoding="utf-8")
    assert "# First of all\n" in text
    assert "# no place in the order" in text
    folder = cabinet.move("Acme/Prices", "Other", "Other/One.yml").address
    assert (cabinet.library.folder / folder / "Query.yml").read_text(encoding="utf-8") == graphql
    assert names(cabinet, "Other") == ["Prices", "One", "Two", "By hand"]
    # Nobody takes a file that has only gone there for one that somebody else has changed.
    opened = cabinet.open(made)
    cabinet.save(made, opened.work, Work(item("changed").draft))
    assert names(cabinet, "Acme") == ["Bare", "Invoices", "Vendors"]


def test_what_has_taken_the_place_since_stays(cabinet: Cabinet) -> None:
    moved = cabinet.move("Acme/Invoices.yml", "Acme/Prices")
    new = cabinet.add_request("Acme", "", item("Invoices")).item
    assert new.path == "Invoices.yml"
    assert cabinet.put_back(moved) == "Acme/Invoices 2.yml"
    assert names(cabinet, "Acme").count("Invoices") == 2


def test_a_folder_that_is_gone_since_is_made_again(cabinet: Cabinet) -> None:
    moved = cabinet.move("Acme/Prices/Roses.yml", "Acme")
    cabinet.delete(["Acme/Prices"])
    assert cabinet.put_back(moved) == "Acme/Prices/Roses.yml"


def test_what_is_gone_since_is_said(cabinet: Cabinet) -> None:
    moved = cabinet.move("Acme/Vendors.yml", "Acme/Prices")
    cabinet.delete([moved.address])
    with pytest.raises(UserError, match="There is no"):
        cabinet.put_back(moved)
