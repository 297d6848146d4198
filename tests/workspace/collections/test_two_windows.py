"""Two windows, two processes, the same collections in the same moment: neither loses what the other one saved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Draft, Pair
from komet_console.gui.collections.cabinet import Cabinet
from komet_console.workspace.collections import turns
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Collection, RequestItem, requests
from komet_console.workspace.locking import FileLock

WINDOW = Path(__file__).with_name("saving_window.py")
TIMES = 200 if os.environ.get("KOMET_TEST_LONG") else 14


@pytest.fixture
def library(tmp_path: Path, catalogue: Catalogue) -> Library:
    made = Library(tmp_path / "collections", catalogue)
    made.add(Collection("Acme", (RequestItem("Shared", Draft("customer.list", query=(Pair("name", "first"),))),)))
    return made


def both(folder: Path, work: str) -> list[dict[str, Any]]:
    """Have two windows do the same work from the same moment on; returns what they said, the first one's before."""
    windows = [
        subprocess.Popen(
            [sys.executable, str(WINDOW), str(folder), name, work, str(TIMES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b")
    ]
    for window in windows:
        assert window.stdout is not None
        assert json.loads(window.stdout.readline()) == {"deed": "ready"}
    deeds = []
    for window in windows:
        assert window.stdin is not None
        window.stdin.write("go\n")
        window.stdin.flush()
    for window in windows:
        output, errors = window.communicate(timeout=120)
        assert window.returncode == 0, errors
        deeds += [json.loads(line) for line in output.splitlines()]
    return [deed for deed in deeds if deed["deed"] != "done"]


def value(item: RequestItem) -> str:
    return next(pair.value for pair in item.draft.query if pair.name == "name")


def test_a_version_is_the_last_one_or_was_told_as_a_conflict(library: Library) -> None:
    deeds = both(library.folder, "save")
    saved = {deed["base"]: deed["mine"] for deed in deeds if deed["deed"] == "saved"}
    conflicts = [deed for deed in deeds if deed["deed"] == "conflict"]
    # Every saved version was made from the one before it: nobody wrote over what he had not seen.
    assert len(saved) + len(conflicts) == len(deeds) == 2 * TIMES
    at, steps = "first", 0
    while at in saved:
        at, steps = saved[at], steps + 1
    assert steps == len(saved)
    assert value(library.open("Acme").request("Shared.yml")) == at
    assert {at[0] for at in saved.values()} == {"a", "b"}, "one window was through before the other began"


def test_what_a_decision_writes_over_lies_in_the_trash(library: Library) -> None:
    deeds = both(library.folder, "keep")
    kept = {file.read_text() for file in library.trash.rglob("Shared.yml")}
    texts = [*kept, (library.folder / "Acme" / "Shared.yml").read_text()]
    missing = [deed["mine"] for deed in deeds if not any(f"value: {deed['mine']}\n" in text for text in texts)]
    assert missing == []


def test_new_requests_and_collections_of_one_name_are_all_there(library: Library) -> None:
    deeds = both(library.folder, "add")
    added = {deed["path"]: deed["mine"] for deed in deeds if deed["deed"] == "added"}
    assert len(added) == 2 * TIMES, "two requests got one file"
    collection = library.open("Acme").load()
    assert collection.problems == ()
    found = {item.path: value(item) for _above, item in requests(collection)}
    assert found == {**added, "Shared.yml": "first"}
    assert len({item.seq for _above, item in requests(collection)}) == len(found)
    for deed in deeds:
        if deed["deed"] == "imported":
            item = library.open(deed["name"]).load().items[0]
            assert isinstance(item, RequestItem)
            assert value(item) == deed["mine"]


def test_a_collection_that_goes_while_the_tree_is_read_is_left_out(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    cabinet = Cabinet(library)
    library.add(Collection("Zinnias"))
    there = library.names()
    library.delete("Acme")
    monkeypatch.setattr(Library, "names", lambda _: there)
    assert [tree.name for tree in cabinet.trees()] == ["Zinnias"]


def test_a_window_that_never_ends_its_writing_is_told(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.1)
    store = library.open("Acme")
    other = FileLock(library.folder / turns.LOCK)
    assert other.acquire(0)
    with pytest.raises(UserError, match="Another window"):
        store.new_folder("Roses")
    assert not (store.folder / "Roses").exists()
    other.release()
    assert store.new_folder("Roses") == "Roses"


def test_threads_take_turns_too(library: Library) -> None:
    stores = [library.open("Acme"), Library(library.folder, library.catalogue).open("Acme")]
    made: list[str] = []

    def work(number: int) -> None:
        made.extend(stores[number % 2].new_folder("Roses") for _ in range(10))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 40


def test_where_no_lock_can_be_made_saving_goes_on(library: Library) -> None:
    (library.folder / turns.LOCK).unlink(missing_ok=True)
    (library.folder / turns.LOCK).mkdir()
    assert library.open("Acme").new_folder("Roses") == "Roses"
