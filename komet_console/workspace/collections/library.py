"""All collections of a workspace: folders below `<data folder>/collections`, with one trash for all of them."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.texts import said
from komet_console.workspace.collections import opencollection
from komet_console.workspace.collections.cleaning import Cleaner
from komet_console.workspace.collections.files import free_path, half_path, inside, reason_of, safe_name, sync_folder
from komet_console.workspace.collections.leftovers import remove_leftovers
from komet_console.workspace.collections.model import Collection, Folder, RequestItem
from komet_console.workspace.collections.references import FoundSecret
from komet_console.workspace.collections.scanning import COLLECTION_FILE, ENVIRONMENTS, FOLDER_FILE
from komet_console.workspace.collections.store import CollectionStore, Undo
from komet_console.workspace.collections.turns import Turn, in_turn
from komet_console.workspace.collections.yamltext import dump

__all__ = ["FOLDER", "TRASH", "Library", "Written", "write_folder"]

FOLDER = "collections"
"""Name of the folder within the data folder."""
TRASH = ".trash"


@dataclass(frozen=True, slots=True)
class Written:
    """A collection that was stored whole, and the secrets that were replaced by references."""

    name: str
    """Its folder's name."""
    folder: Path
    secrets: tuple[FoundSecret, ...] = ()


class Library:
    """The collections in a folder.

    Args:
        folder: holds one folder a collection; made when the first one is stored.
    """

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folder = folder
        self.catalogue = catalogue
        self.trash = folder / TRASH
        self.turn = Turn(folder)
        """The right to write in it; whoever changes several things in one step holds it meanwhile."""

    def names(self) -> tuple[str, ...]:
        """The folders that hold a collection, in order."""
        if not self.folder.is_dir():
            return ()
        found = [
            one.name
            for one in self.folder.iterdir()
            if not one.name.startswith(".") and not one.is_symlink() and (one / COLLECTION_FILE).is_file()
        ]
        return tuple(sorted(found, key=str.casefold))

    def open(self, name: str) -> CollectionStore:
        """The store of a collection. Raises `UserError` where there is none of that name."""
        folder = inside(self.folder, name)
        if "/" in name or not name or not folder.is_dir():
            raise UserError(
                said('There is no collection "{name}".', name=name),
                said("There are: {names}.", names=", ".join(self.names()) or said("none yet")),
            )
        return CollectionStore(folder, self.catalogue, self.trash, self.turn)

    def create(self, name: str) -> CollectionStore:
        """A new, empty collection; its folder gets a number where the name is taken."""
        return self.open(self.add(Collection(name)).name)

    def add(self, collection: Collection) -> Written:
        """Store a whole collection as a new one: all of it or, where something fails, nothing."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                said("The folder {folder} cannot be made: {reason}.", folder=self.folder, reason=reason_of(error))
            ) from error
        with self.turn:
            return write_folder(collection, free_path(self.folder, safe_name(collection.name)), self.catalogue)

    @in_turn
    def delete(self, name: str) -> Undo:
        """Put a collection into the trash."""
        self.open(name)
        return self._whole().delete(name)

    @in_turn
    def restore(self, undo: Undo) -> str:
        """Bring a deleted collection back; returns its folder's name."""
        return self._whole().restore(undo)

    def _whole(self) -> CollectionStore:
        """The folder itself as a store, for what is done with collections as with the items of one."""
        return CollectionStore(self.folder, self.catalogue, self.trash, self.turn)

    def tidy(self) -> int:
        """Remove what killed programs have left, and what lies in the trash for more than `DAYS_IN_TRASH`; how much that was."""
        return remove_leftovers(self.folder, self.trash)

    def empty_trash(self) -> int:
        """Delete what is in the trash for ever; how many things that were."""
        found = [one for one in self.trash.iterdir() if one.is_dir()] if self.trash.is_dir() else []
        for one in found:
            shutil.rmtree(one, ignore_errors=True)
        return len(found)


def write_folder(collection: Collection, folder: Path, catalogue: Catalogue) -> Written:
    """Store a collection in a folder that does not exist yet: it appears whole or not at all.

    Raises:
        UserError: the folder exists, or cannot be written.
    """
    if folder.exists() or folder.is_symlink():
        raise UserError(
            said("{folder} exists already.", folder=folder), "Choose another name; nothing is written over."
        )
    cleaner = Cleaner()
    made = cleaner.collection(collection)
    temporary = half_path(folder)
    try:
        temporary.mkdir(mode=0o700, parents=True)
        _write(temporary / COLLECTION_FILE, dump(opencollection.collection_data(made)))
        _write_items(made.items, temporary, catalogue)
        for environment in made.environments:
            (temporary / ENVIRONMENTS).mkdir(exist_ok=True)
            path = free_path(temporary / ENVIRONMENTS, safe_name(environment.name), ".yml")
            _write(path, dump(opencollection.environment_data(environment)))
        _sync(temporary)
        temporary.rename(folder)
        sync_folder(folder.parent)
    except (OSError, UserError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(error, UserError):
            raise
        raise UserError(
            said("{folder} cannot be written: {reason}.", folder=folder, reason=reason_of(error)), "Nothing was stored."
        ) from error
    return Written(folder.name, folder, cleaner.secrets)


def _write_items(items: tuple[Folder | RequestItem, ...], folder: Path, catalogue: Catalogue) -> None:
    taken: set[str] = set()
    for number, item in enumerate(items, start=1):
        placed = replace(item, seq=number)
        suffix = ".yml" if isinstance(placed, RequestItem) else ""
        stem, count = safe_name(placed.name), 1
        while (name := f"{stem}{suffix}" if count == 1 else f"{stem} {count}{suffix}").casefold() in taken:
            count += 1
        taken.add(name.casefold())
        if isinstance(placed, RequestItem):
            _write(folder / name, dump(opencollection.request_data(placed, catalogue)))
        else:
            (folder / name).mkdir()
            _write(folder / name / FOLDER_FILE, dump(opencollection.folder_data(placed)))
            _write_items(placed.items, folder / name, catalogue)


def _write(path: Path, text: str) -> None:
    """A file of a folder that nobody sees yet: no rename of its own is needed, `_sync` at the end is."""
    path.write_bytes(text.encode("utf-8", "replace"))


def _sync(folder: Path) -> None:
    """Have all files below a folder on the disk: a power cut after the rename must not find them empty.

    Raises:
        OSError: the disk does not take them.
    """

    def sync(file: Path) -> None:
        with file.open("rb+") as opened:
            os.fsync(opened.fileno())

    found = list(folder.rglob("*"))
    # Several at a time share one turn of the disk: thousands of files, one after the other, would take as many.
    with ThreadPoolExecutor(4, thread_name_prefix="sync") as pool:
        for _ in pool.map(sync, [one for one in found if one.is_file()]):
            pass
    for one in (*(one for one in found if one.is_dir()), folder):
        sync_folder(one)
