"""All collections as the window uses them. Blocks, knows no Qt; `shelf` runs it on a thread of its own.

An item is named by its address, `collection/path/within.yml`; a collection by its folder's name alone.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Draft, Pair
from komet_console.texts import said
from komet_console.workspace.collections import opencollection
from komet_console.workspace.collections.files import reason_of
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import (
    Capture,
    Check,
    Collection,
    Defaults,
    Example,
    Folder,
    RequestItem,
    find,
    resolved,
)
from komet_console.workspace.collections.outline import Entry, head_of
from komet_console.workspace.collections.references import FoundSecret
from komet_console.workspace.collections.scanning import COLLECTION_FILE, SUFFIXES, HeadScanner, Scanner
from komet_console.workspace.collections.store import CollectionStore, Conflict, Saved, Undo
from komet_console.workspace.collections.store import Moved as PlacedAt
from komet_console.workspace.collections.turns import Turn, in_turn
from komet_console.workspace.collections.yamltext import YamlError, dump

__all__ = ["Cabinet", "Deleted", "Moved", "Opened", "Properties", "Tree", "Work", "address_of", "split_address"]


def address_of(collection: str, path: str = "") -> str:
    """The address of an item, or of the collection itself."""
    return f"{collection}/{path}" if path else collection


def split_address(address: str) -> tuple[str, str]:
    """Collection and path within it; the path is empty for the collection itself."""
    collection, _, path = address.partition("/")
    return collection, path


@dataclass(frozen=True, slots=True)
class Tree:
    """One collection in the panel. `problem` says why its own file cannot be read."""

    name: str
    title: str
    entries: tuple[Entry, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What a tab holds of a saved request; None for what it does not hold, which stays as the file says it."""

    draft: Draft
    checks: tuple[Check, ...] | None = None
    captures: tuple[Capture, ...] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A saved request, read now. `place` are the names of what it stands in, the collection's first."""

    saved_as: str
    item: RequestItem
    place: tuple[str, ...] = ()

    @property
    def work(self) -> Work:
        """The part of it that a tab changes."""
        return Work(self.item.draft, self.item.checks, self.item.captures)


@dataclass(frozen=True, slots=True)
class Properties:
    """What can be said about an item besides the request itself; `defaults` is None for a request."""

    address: str
    name: str
    description: str = ""
    tags: tuple[str, ...] = ()
    defaults: Defaults | None = None
    taggable: bool = True


@dataclass(frozen=True, slots=True)
class Moved:
    """What puts a moved item back."""

    was: str
    address: str
    """Where it is now."""
    placed: PlacedAt

    @property
    def changed(self) -> bool:
        """Whether anything is another way now."""
        return self.was != self.address or bool(self.placed.rewritten)


@dataclass(frozen=True, slots=True)
class Deleted:
    """What brings a deleted item back."""

    address: str
    undo: Undo


class Cabinet:
    """Not thread-safe; raises `UserError` wherever a collection, a folder or a file does not allow what is asked."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._stores: dict[str, CollectionStore] = {}

    @property
    def catalogue(self) -> Catalogue:
        return self.library.catalogue

    @property
    def turn(self) -> Turn:
        return self.library.turn

    def store(self, collection: str) -> CollectionStore:
        """The store of a collection, the same one each time."""
        if collection not in self._stores or not self._stores[collection].folder.is_dir():
            self._stores[collection] = self.library.open(collection)
        return self._stores[collection]

    # --- reading

    def trees(self) -> tuple[Tree, ...]:
        """All collections; one that another window deletes in this very moment is left out."""
        found = []
        for name in self.library.names():
            with contextlib.suppress(UserError):  # nothing else is raised: what cannot be read is a `problem`
                found.append(self.tree(name))
        return tuple(found)

    def tree(self, collection: str) -> Tree:
        """One collection."""
        store = self.store(collection)
        title, problem = collection, ""
        try:
            title = head_of((store.folder / COLLECTION_FILE).read_bytes(), COLLECTION_FILE).name
        except YamlError as error:
            problem = said("{file}:{line}: {reason}", file=COLLECTION_FILE, line=error.line, reason=error.message)
        except OSError as error:
            problem = said("{file}: {reason}", file=COLLECTION_FILE, reason=reason_of(error))
        named = title if title and title != COLLECTION_FILE.partition(".")[0] else collection
        return Tree(collection, named, HeadScanner(store.folder, self.catalogue).outline(), problem)

    def signature(self, *collections: str) -> dict[str, int]:
        """A number for each collection (none named: all) that changes with any of its files; cheap."""
        names = collections or self.library.names()
        return {name: hash(tuple(_facts(str(self.library.folder / name), []))) for name in names}

    def open(self, address: str) -> Opened:
        """A request."""
        collection, path = split_address(address)
        store = self.store(collection)
        item = store.request(path)
        return Opened(address, item, self.place(address))

    def newer(self, address: str, known: Work) -> Opened | None:
        """The request where its file says something else than a tab that holds `known`; None where it says the same."""
        found = self.open(address)
        same = self._text(found.item) == self._text(_with(found.item, known))
        return None if same else found

    def place(self, address: str) -> tuple[str, ...]:
        """Names of the collection and the folders that an item stands in."""
        collection, path = split_address(address)
        parts = path.split("/")[:-1]
        scanner = Scanner(self.store(collection).folder, self.catalogue)
        names = [scanner.folder("/".join(parts[: end + 1]), 0, items=False).name for end in range(len(parts))]
        return (self.properties(collection).name, *names)

    def load(self, collection: str, path: str = "") -> Collection:
        """A collection, or one of its folders as a collection; all of it."""
        whole = self.store(collection).load()
        if not path:
            return whole
        found = find(whole, path)
        if found is None or not isinstance(found[1], Folder):
            raise UserError(
                said('There is no folder "{path}" in {name}.', path=path, name=whole.name),
                "It may have been moved or deleted.",
            )
        folder = found[1]
        return Collection(folder.name, folder.items, folder.description, folder.defaults, whole.environments)

    def inherited(self, address: str) -> RequestItem:
        """A request with everything that it inherits; reads only what lies above it."""
        collection, path = split_address(address)
        store = self.store(collection)
        scanner = Scanner(store.folder, self.catalogue)
        parts = path.split("/")[:-1]
        above = tuple(scanner.folder("/".join(parts[: end + 1]), 0, items=False) for end in range(len(parts)))
        defaults = self.properties(collection).defaults or Defaults()
        return resolved(Collection(collection, (), "", defaults), above, store.request(path))

    # --- saving

    def _text(self, item: RequestItem) -> str:
        return dump(opencollection.request_data(item, self.catalogue))

    @in_turn
    def save(self, address: str, base: Work | None, mine: Work) -> Saved:
        """Store what a tab holds where it was opened from.

        Args:
            base: what the tab was opened with; None: whatever stands in the file is written over.

        Raises:
            Conflict: the file says something else than `base` and than `mine`; or it is gone or cannot be read.
        """
        collection, path = split_address(address)
        store = self.store(collection)
        try:
            there = store.request(path)
        except UserError as error:
            stem = path.rpartition("/")[2].rpartition(".")[0]
            text = self._text(_with(RequestItem(stem, mine.draft), mine))
            raise Conflict(path, text, store.text(path)) from error
        wanted = _with(there, mine)
        if base is not None:
            texts = [self._text(one) for one in (_with(there, base), there, wanted)]
            if texts[1] not in (texts[0], texts[2]):
                raise Conflict(path, texts[2], texts[1])
        return store.save_request(wanted)

    @in_turn
    def keep_mine(self, address: str, mine: Work) -> Saved:
        """Decide a conflict: what the tab holds is written; what stands there goes to the trash first."""
        collection, path = split_address(address)
        store = self.store(collection)
        store.keep_copy(path)
        try:
            item = store.request(path)
        except UserError:
            stem = path.rpartition("/")[2].rpartition(".")[0]
            item = RequestItem(stem, mine.draft, path=path)
            if "/" in path:
                (store.folder / path).parent.mkdir(parents=True, exist_ok=True)
        return store.save_request(_with(item, mine), overwrite=True)

    def add_request(self, collection: str, parent: str, item: RequestItem) -> Saved:
        """A new request in a folder; `item.path` does not count."""
        return self.store(collection).save_request(replace(item, path="", seq=0), parent=parent)

    @in_turn
    def change_request(self, /, address: str, **changes: Any) -> Saved:
        """Change fields of a saved request, for instance its examples."""
        collection, path = split_address(address)
        store = self.store(collection)
        return store.save_request(replace(store.request(path), **changes))

    @in_turn
    def add_example(self, address: str, example: Example) -> Saved:
        """Keep an answer beside a request; a name that is taken gets a number."""
        collection, path = split_address(address)
        item = self.store(collection).request(path)
        taken = {one.name for one in item.examples}
        name, number = example.name, 1
        while name in taken:
            number += 1
            name = f"{example.name} {number}"
        return self.change_request(address, examples=(*item.examples, replace(example, name=name)))

    @in_turn
    def remove_example(self, address: str, name: str) -> Saved:
        """Take a kept answer away."""
        collection, path = split_address(address)
        item = self.store(collection).request(path)
        return self.change_request(address, examples=tuple(one for one in item.examples if one.name != name))

    # --- properties

    def properties(self, address: str) -> Properties:
        """Name, description, tags and defaults of anything."""
        collection, path = split_address(address)
        store = self.store(collection)
        scanner = Scanner(store.folder, self.catalogue)
        if not path:
            reader = scanner.reader_of(COLLECTION_FILE)
            if reader is None:
                return Properties(address, collection, defaults=Defaults(), taggable=False)
            name = str(reader.object("info").get("name") or collection)
            return Properties(address, name, reader.description(), (), opencollection.defaults_of(reader), False)
        if (store.folder / path).is_dir():
            folder = scanner.folder(path, 0, items=False)
            return Properties(address, folder.name, folder.description, folder.tags, folder.defaults)
        item = store.request(path)
        return Properties(address, item.name, item.description, item.tags)

    @in_turn
    def set_properties(self, wanted: Properties) -> tuple[str, tuple[FoundSecret, ...]]:
        """Store them; returns the address (a new name may move the file) and the secrets that were replaced."""
        collection, path = split_address(wanted.address)
        store = self.store(collection)
        if not wanted.name.strip():
            raise UserError("A name is needed.", "Type one.")
        if not path:
            assert wanted.defaults is not None
            return wanted.address, store.save_collection(wanted.name, wanted.description, wanted.defaults)
        # In one write: a program that ends half-way must not leave the new words under the old name.
        if wanted.defaults is not None:
            old = Scanner(store.folder, self.catalogue).folder(path, 0, items=False)
            made = replace(
                old, name=wanted.name, description=wanted.description, tags=wanted.tags, defaults=wanted.defaults
            )
            secrets, name = store.save_folder(made), old.name
        else:
            item = store.request(path)
            saved = store.save_request(
                replace(item, name=wanted.name, description=wanted.description, tags=wanted.tags)
            )
            secrets, name = saved.secrets, item.name
        if name != wanted.name:
            path = store.follow_name(path, name, wanted.name)
        return address_of(collection, path), secrets

    # --- the tree

    @in_turn
    def rename(self, address: str, name: str) -> str:
        """Give anything another name; returns its address."""
        name = name.strip()
        if not name:
            raise UserError("A name is needed.", "Type one.")
        collection, path = split_address(address)
        if path:
            return address_of(collection, self.store(collection).rename(path, name))
        return self.set_properties(replace(self.properties(address), name=name))[0]

    def new_collection(self, name: str) -> str:
        """An empty collection; returns its address."""
        return self.library.create(name).folder.name

    def new_folder(self, name: str, above: str) -> str:
        """An empty folder in what `above` names."""
        collection, parent = split_address(above)
        return address_of(collection, self.store(collection).new_folder(name, parent))

    @in_turn
    def duplicate(self, address: str) -> str:
        """A copy beside it."""
        collection, path = split_address(address)
        if path:
            return address_of(collection, self.store(collection).duplicate(path))
        whole = self.store(collection).load()
        return self.library.add(replace(whole, name=f"{whole.name} copy")).name

    @in_turn
    def move(self, address: str, above: str, before: str | None = None) -> Moved:
        """Move an item into a collection or folder, in front of `before` or to the end."""
        collection, path = split_address(address)
        target, parent = split_address(above)
        there = split_address(before)[1] if before else None
        if not path:
            raise UserError("A collection cannot be moved into another one.", "Move its folders.")
        placed = self.store(collection).move(path, parent, there, self.store(target))
        return Moved(address, address_of(target, placed.path), placed)

    @in_turn
    def put_back(self, moved: Moved) -> str:
        """Undo a move; returns the address that the item has now. What was changed in it since then stays."""
        home, now = (split_address(one)[0] for one in (moved.was, moved.address))
        return address_of(home, self.store(now).put_back(moved.placed, self.store(home)))

    @in_turn
    def delete(self, addresses: Sequence[str]) -> list[Deleted]:
        """Put things into the trash, all of them or none; what lies in another one of them goes with that."""
        done: list[Deleted] = []
        try:
            for address in without_descendants(addresses):
                collection, path = split_address(address)
                if path:
                    done.append(Deleted(address, self.store(collection).delete(path)))
                else:
                    done.append(Deleted(address, self.library.delete(collection)))
                    self._stores.pop(collection, None)
        except UserError:
            self.restore(done)
            raise
        return done

    @in_turn
    def restore(self, deleted: Sequence[Deleted]) -> list[str]:
        """Bring deleted things back; returns their addresses."""
        made = []
        for one in reversed(deleted):
            collection, path = split_address(one.address)
            if path:
                made.append(address_of(collection, self.store(collection).restore(one.undo)))
            else:
                made.append(self.library.restore(one.undo))
        return made


def _facts(folder: str, facts: list[tuple[str | int, ...]]) -> list[tuple[str | int, ...]]:
    """Path, times, size and number of every file that a collection is made of, and its folders: a file that was exchanged
    for one as long and as old is another one."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda one: one.name)
    except OSError:
        return facts
    for entry in entries:
        if entry.name.startswith("."):
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                facts.append((entry.path,))
                _facts(entry.path, facts)
            elif entry.name.endswith(SUFFIXES):
                stat = entry.stat(follow_symlinks=False)
                facts.append((entry.path, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino))
        except OSError:
            continue
    return facts


def without_descendants(addresses: Sequence[str]) -> list[str]:
    """The addresses without those that lie in another one of them."""
    return [one for one in addresses if not any(one.startswith(other + "/") for other in addresses)]


def _with(item: RequestItem, work: Work) -> RequestItem:
    return replace(
        item,
        draft=work.draft,
        checks=item.checks if work.checks is None else work.checks,
        captures=item.captures if work.captures is None else work.captures,
    )


def example_of(name: str, status: int, reason: str, headers: Sequence[tuple[str, str]], body: str) -> Example:
    """An answer as an example; secrets must be masked already."""
    kept = tuple(Pair(one, value) for one, value in headers)
    kind = "json" if body.lstrip()[:1] in ("{", "[") else "text"
    return Example(name, status, reason, kept, body, kind)
