"""What a killed program has left behind goes, and nothing else does."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Draft
from komet_console.workspace.collections.files import half_path
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Collection, Folder, RequestItem


@pytest.fixture
def library(tmp_path: Path, catalogue: Catalogue) -> Library:
    made = Library(tmp_path / "collections", catalogue)
    made.add(Collection("Acme", (Folder("Prices", (RequestItem("Roses", Draft("customer.list")),)),)))
    return made


def age(folder: Path) -> None:
    """Make everything below a folder two hours old."""
    for where, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.utime(Path(where, name), (1, time.time() - 7200))


def test_halves_go_when_they_are_old(library: Library) -> None:
    folder = library.folder
    undo = library.open("Acme").delete("Prices/Roses.yml")
    halves = [half_path(folder / "Acme"), half_path(folder / "Acme" / "Prices" / "Roses.yml"), library.trash / "0123"]
    halves[0].mkdir()
    (halves[0] / "opencollection.yml").write_text("info: {", encoding="utf-8")
    halves[1].write_text("half", encoding="utf-8")
    halves[2].mkdir()
    (halves[2] / "origin.json").write_text("{}", encoding="utf-8")
    kept = [folder / "Acme" / ".git", folder / "Acme" / ".notes.tmp", folder / "Acme" / "0123456789ab.tmp"]
    kept[0].mkdir()
    half_path(kept[0] / "index").write_text("git's own", encoding="utf-8")
    for one in kept[1:]:
        one.write_text("somebody's", encoding="utf-8")
    assert library.names() == ("Acme",)
    assert library.tidy() == 0
    age(folder)
    assert library.tidy() == 3
    assert not any(one.exists() for one in halves)
    assert all(one.exists() for one in kept)
    assert len(list(kept[0].iterdir())) == 1
    assert library.open("Acme").restore(undo) == "Prices/Roses.yml"
    assert library.open("Acme").load().problems == ()


def test_what_was_deleted_is_kept_for_thirty_days(library: Library) -> None:
    store = library.open("Acme")
    undo = store.delete("Prices/Roses.yml")
    theirs = library.trash / "theirs"
    theirs.mkdir()
    (theirs / "notes.txt").write_text("mine", encoding="utf-8")

    def deleted_before(days: float) -> None:
        moment = time.time() - days * 86_400
        # The folder and the file itself may be older, or newer, than the deletion.
        os.utime(library.trash / undo.token / "origin.json", (moment, moment))
        os.utime(theirs / "notes.txt", (1, 1))

    deleted_before(29.9)
    assert library.tidy() == 0
    assert store.restore(undo) == "Prices/Roses.yml"
    undo = store.delete("Prices")
    deleted_before(30.1)
    assert library.tidy() == 1
    assert [one.name for one in library.trash.iterdir()] == ["theirs"]
    with pytest.raises(UserError, match="not in the trash any more"):
        store.restore(undo)


def test_a_library_that_is_not_there_yet_has_nothing_to_tidy(tmp_path: Path, catalogue: Catalogue) -> None:
    assert Library(tmp_path / "nowhere", catalogue).tidy() == 0


def test_a_folder_is_copied_whole_or_not_at_all(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from komet_console.workspace.collections import store as module

    store, written = library.open("Acme"), []

    def killed(path: Path, data: bytes) -> None:
        if written:
            raise KeyboardInterrupt
        written.append(path)
        path.write_bytes(data)

    monkeypatch.setattr(module, "write_atomic", killed)
    with pytest.raises(KeyboardInterrupt):
        store.duplicate("Prices")
    monkeypatch.undo()
    assert [row.name for row in store.outline()] == ["Prices"]
    assert store.duplicate("Prices") == "Prices copy"
    assert [row.name for row in store.outline()[1].children] == ["Roses"]
    age(library.folder)
    assert library.tidy() == 1
