"""One collection on the disk: an OpenCollection 1.0 folder, one file a request.

Every change is one atomic write or rename, and nobody else of this program writes between looking and writing (`turns`). A
file that changed on the disk since it was read is never written over: the caller gets both texts (`Conflict`). What is deleted
goes to a trash folder and can be restored.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.texts import said
from komet_console.workspace.collections import opencollection
from komet_console.workspace.collections.cleaning import Cleaner
from komet_console.workspace.collections.disk import Changes, Disk, DiskFile, Moved, Rewritten, plain_bytes
from komet_console.workspace.collections.files import ORIGIN, free_path, half_path, inside, safe_name, write_atomic
from komet_console.workspace.collections.model import (
    Collection,
    Defaults,
    EnvironmentValues,
    Folder,
    Problem,
    RequestItem,
)
from komet_console.workspace.collections.outline import Entry, head_of
from komet_console.workspace.collections.references import FoundSecret
from komet_console.workspace.collections.scanning import (
    COLLECTION_FILE,
    ENVIRONMENTS,
    FOLDER_FILE,
    Scanner,
    tree_of,
)
from komet_console.workspace.collections.turns import Turn, in_turn
from komet_console.workspace.collections.values import Reader, object_of, text_of
from komet_console.workspace.collections.yamltext import YamlError, dump, patch

__all__ = ["Changes", "CollectionStore", "Conflict", "Moved", "Saved", "Undo"]

_CORRECT = "Correct the file in an editor."
_DELETED = "{path} was deleted on the disk since it was opened here."
_CHANGED = "{path} was changed on the disk since it was opened here."


class Conflict(UserError):  # noqa: N818 - a situation with two sides, not only an error
    """A file changed on the disk since it was read. Nothing was written; both texts are here."""

    def __init__(self, path: str, mine: str, theirs: str | None) -> None:
        what = said(_DELETED if theirs is None else _CHANGED, path=path)
        super().__init__(what, "Compare both, then keep one: nothing was written yet.")
        self.path = path
        self.mine = mine
        self.theirs = theirs
        """None: the file is gone."""

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path, self.mine, self.theirs)


@dataclass(frozen=True, slots=True)
class Saved:
    """What was stored: the request as the file says it now, and the secrets that were replaced by references."""

    item: RequestItem
    secrets: tuple[FoundSecret, ...] = ()
    written: bool = True
    """False where the file already said the same; then not a byte of it was touched."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Brings a deleted item back (`CollectionStore.restore`)."""

    token: str
    path: str


class CollectionStore:
    """Reads and changes one collection folder. Calls block; not thread-safe.

    Args:
        folder: the collection's folder; everything happens below it, and links are not followed.
        trash: where deleted things go; None: `.trash` beside the collection.
        turn: the right to write, shared by all that work in the folder above; None: one of its own.
    """

    def __init__(self, folder: Path, catalogue: Catalogue, trash: Path | None = None, turn: Turn | None = None) -> None:
        self.folder = folder
        self.catalogue = catalogue
        self.trash = trash or folder.parent / ".trash"
        self.turn = turn or Turn(folder.parent)
        self._disk = Disk(folder, self.trash)

    # -- reading

    def load(self) -> Collection:
        """The whole collection; files that cannot be read are named in `problems`.

        Raises:
            UserError: there is no such folder.
        """
        scanner = self._scanner()
        collection = scanner.collection()
        self._disk.stamps = scanner.stamps
        return collection

    def outline(self) -> tuple[Entry, ...]:
        """The tree without the requests' contents: two thousand files in a fraction of a second."""
        scanner = self._scanner()
        entries = scanner.outline()
        self._disk.stamps |= scanner.stamps
        return entries

    def request(self, path: str) -> RequestItem:
        """One request, read now.

        Raises:
            UserError: the file is gone, cannot be read or holds no HTTP request.
        """
        inside(self.folder, path)
        scanner = self._scanner()
        item = scanner.request(path)
        if item is None:
            first = scanner.problems[0] if scanner.problems else Problem("There is no request.", path)
            why = said("{path} cannot be opened: {message}", path=path, message=first.message)
            raise UserError(why, _CORRECT, str(first))
        self._disk.stamps |= scanner.stamps
        return item

    def text(self, path: str) -> str | None:
        """The text of a file as it is now; None where it is gone."""
        data = self._disk.read(path).data
        return None if data is None else data.decode("utf-8", "replace")

    def changed_on_disk(self) -> Changes:
        """What changed since it was read; a file that was only touched did not. Reads what may have changed."""
        return self._disk.changes()

    # -- saving

    @in_turn
    def save_request(self, item: RequestItem, *, parent: str = "", overwrite: bool = False) -> Saved:
        """Store a request: into its file, or as a new one in `parent` where `item.path` is empty.

        Args:
            overwrite: write over a file that changed on the disk; the other version goes to the trash.

        Raises:
            Conflict: see there.
            UserError: the file cannot be written, or what stands in it cannot be understood.
        """
        cleaner = Cleaner()
        item = cleaner.request(item)
        if not item.path:
            folder = self._disk.folder_at(parent)
            path = free_path(folder, safe_name(item.name), ".yml").relative_to(self.folder).as_posix()
            item = replace(item, path=path, seq=item.seq or self._next_seq(parent))
            self._disk.write(path, dump(opencollection.request_data(item, self.catalogue)).encode())
            return Saved(self.request(path), cleaner.secrets)
        there = self._disk.read(item.path)
        new = opencollection.request_data(item, self.catalogue)
        if there.data is None or self._disk.is_other(there):
            theirs = None if there.data is None else there.data.decode("utf-8", "replace")
            if not overwrite:
                raise Conflict(item.path, dump(new), theirs)
            if there.data is not None:
                self._disk.keep_copy(item.path, there.data)
        text = dump(new) if there.data is None else self._patched(there, item, overwrite=overwrite)
        written = there.data is None or text.encode() != plain_bytes(there.data)
        if written:
            self._disk.write(item.path, text.encode())
        return Saved(self.request(item.path), cleaner.secrets, written)

    def keep_copy(self, path: str) -> None:
        """Put a copy of a file as it is now into the trash: somebody decided to write over it."""
        there = self._disk.read(path)
        if there.data is not None:
            self._disk.keep_copy(path, there.data)

    def _patched(self, there: DiskFile, item: RequestItem, *, overwrite: bool) -> str:
        assert there.data is not None
        scanner = self._scanner()
        old = scanner.request(item.path)
        if old is None and overwrite:
            self._disk.keep_copy(item.path, there.data)
            return dump(opencollection.request_data(item, self.catalogue))
        if old is None:
            problem = scanner.problems[0] if scanner.problems else Problem("It holds no HTTP request.", item.path)
            why = said("{path} was not saved: what stands in the file cannot be understood.", path=item.path)
            raise UserError(why, "Correct the file in an editor, or save under another name.", str(problem))
        reader = Reader(tree_of(there.data), item.path)
        in_info = reader.described_in_info()
        before = opencollection.request_data(old, self.catalogue, described_in_info=in_info)
        after = opencollection.request_data(item, self.catalogue, described_in_info=in_info)
        return self._apply(there, before, after)

    def _apply(self, there: DiskFile, before: dict[str, Any], after: dict[str, Any]) -> str:
        assert there.data is not None
        try:
            return patch(plain_bytes(there.data).decode(), before, after)
        except YamlError as error:
            why = said("{path} was not saved: {message}", path=there.path, message=error.message)
            raise UserError(why, _CORRECT) from error

    @in_turn
    def save_collection(self, name: str, description: str, defaults: Defaults) -> tuple[FoundSecret, ...]:
        """Store name, description and defaults of the collection itself. Raises as `save_request`."""
        cleaner = Cleaner()
        made = Collection(name, (), description, cleaner.defaults(defaults))
        there = self._disk.read(COLLECTION_FILE)
        if there.data is None:
            self._disk.write(COLLECTION_FILE, dump(opencollection.collection_data(made)).encode())
            return cleaner.secrets
        reader = self._reader(there)
        old = Collection(
            text_of(reader.object("info").get("name")), (), reader.description(), opencollection.defaults_of(reader)
        )
        self._save(there, opencollection.collection_data(old), opencollection.collection_data(made))
        return cleaner.secrets

    @in_turn
    def save_folder(self, folder: Folder) -> tuple[FoundSecret, ...]:
        """Store name, description, tags and defaults of a folder (its items stay as they are). Raises as `save_request`."""
        cleaner = Cleaner()
        made = replace(cleaner.folder(replace(folder, items=())))
        self._disk.folder_at(folder.path)
        there = self._disk.read(f"{folder.path}/{FOLDER_FILE}")
        if there.data is None:
            self._disk.write(there.path, dump(opencollection.folder_data(made)).encode())
            return cleaner.secrets
        reader = self._reader(there)
        old = self._scanner().folder(folder.path, 0, items=False)
        in_info = reader.described_in_info()
        before = opencollection.folder_data(old, described_in_info=in_info)
        self._save(there, before, opencollection.folder_data(made, described_in_info=in_info))
        return cleaner.secrets

    @in_turn
    def save_environment(self, environment: EnvironmentValues) -> tuple[FoundSecret, ...]:
        """Store an environment's variables, and the names of its secrets."""
        cleaner = Cleaner()
        made = cleaner.environment(environment)
        folder = self.folder / ENVIRONMENTS
        path = environment.path or free_path(folder, safe_name(made.name), ".yml").relative_to(self.folder).as_posix()
        self._disk.make(inside(self.folder, path).parent)
        there = self._disk.read(path)
        if there.data is None:
            self._disk.write(path, dump(opencollection.environment_data(made)).encode())
        else:
            old = opencollection.environment_of(self._reader(there))
            self._save(there, opencollection.environment_data(old), opencollection.environment_data(made))
        return cleaner.secrets

    def _save(self, there: DiskFile, before: dict[str, Any], after: dict[str, Any]) -> None:
        assert there.data is not None
        if self._disk.is_other(there):
            raise Conflict(there.path, dump(after), there.data.decode("utf-8", "replace"))
        text = self._apply(there, before, after)
        if text.encode() != plain_bytes(there.data):
            self._disk.write(there.path, text.encode())

    # -- the tree

    @in_turn
    def new_folder(self, name: str, parent: str = "") -> str:
        """Make a folder; returns its path."""
        folder = free_path(self._disk.folder_at(parent), safe_name(name))
        half = half_path(folder)
        made = Folder(name, seq=self._next_seq(parent))
        self._disk.make(half)
        write_atomic(half / FOLDER_FILE, dump(opencollection.folder_data(made)).encode())
        return self._appear(half, folder)

    @in_turn
    def rename(self, path: str, name: str) -> str:
        """Give an item another name; its file or folder follows where it was named after it. Returns the path."""
        self._disk.existing(path)
        old = self._info(path).get("name", "")
        self._set_info(path, {"name": name})
        return self.follow_name(path, old, name)

    @in_turn
    def follow_name(self, path: str, old: str, name: str) -> str:
        """The file or folder of an item that was called `old` gets its new name, where it was named after the old one."""
        file = self._disk.existing(path)
        suffix = "" if file.is_dir() else file.suffix
        stem = file.name if file.is_dir() else file.stem
        followed = stem.casefold().startswith(safe_name(old).casefold()) if old else file.is_dir()
        target = free_path(file.parent, safe_name(name), suffix, besides=file)
        if not followed or target.name == file.name:
            return path
        return self._disk.rename(file, target)

    @in_turn
    def duplicate(self, path: str) -> str:
        """Copy an item beside itself, comments and all. Returns the copy's path."""
        file = self._disk.existing(path)
        name = f"{self._info(path).get('name') or file.stem} copy"
        target = free_path(file.parent, safe_name(name), "" if file.is_dir() else file.suffix)
        seq = str(int(self._next_seq(path.rpartition("/")[0])))
        info = self._with_info(path, self._disk.read(self._info_file(path)), {"name": name, "seq": seq})
        if not file.is_dir():
            made = target.relative_to(self.folder).as_posix()
            self._disk.write(made, info)
            return made
        half = half_path(target)
        self._disk.make(half)
        for source in sorted(file.rglob("*")):
            within = source.relative_to(file)
            if source.is_file() and not source.is_symlink() and not any(one.startswith(".") for one in within.parts):
                self._disk.make((half / within).parent)
                write_atomic(half / within, source.read_bytes())
        write_atomic(half / FOLDER_FILE, info)
        return self._appear(half, target)

    def _appear(self, half: Path, folder: Path) -> str:
        """A folder that is whole gets its name; returns its path."""
        self._disk.move(half, folder)
        path = folder.relative_to(self.folder).as_posix()
        self._disk.stamp_below(path)
        return path

    @in_turn
    def move(
        self, path: str, parent: str = "", before: str | None = None, into: CollectionStore | None = None
    ) -> Moved:
        """Move an item into a folder, in front of `before` (a path there) or to the end.

        Args:
            into: the collection that the folder is in; None: this one.

        Raises:
            UserError: a folder would be moved into itself.
        """
        target = into or self
        file = self._disk.existing(path)
        above = target._disk.folder_at(parent)
        if target is self and file.is_dir() and (parent == path or parent.startswith(path + "/")):
            raise UserError("A folder cannot be moved into itself.", "Choose another folder.")
        made = path
        if above != file.parent:
            # A file goes as it is, with its comments and what only other tools understand.
            made = self._disk.rename(file, _free(above / file.name, folder=file.is_dir()), target._disk)
        return Moved(path, made, target._arrange(made, parent, before))

    def _arrange(self, made: str, parent: str, before: str | None) -> tuple[Rewritten, ...]:
        """Give an item its place among its siblings; returns what was written for that.

        At every moment the others are in their order: whoever reads, or ends the program, between two writes finds nothing
        mixed up. So those that move to the front go first, from the front on, then the others, from the end on.
        """
        siblings = [one for one in self._scanner().outline(parent) if one.path != made]
        paths = [one.path for one in siblings]
        paths.insert(paths.index(before) if before in paths else len(paths), made)
        number = {path: place for place, path in enumerate(paths, start=1)}
        forward = [one.path for one in siblings if number[one.path] < one.seq]
        with self._disk.recording() as rewritten:
            for path in (*forward, *(one for one in reversed(paths) if one not in {*forward, made}), made):
                self._set_info(path, {"seq": str(number[path])}, best_effort=path != made)
        return tuple(rewritten)

    @in_turn
    def put_back(self, moved: Moved, home: CollectionStore | None = None) -> str:
        """Move an item back to where it was, and its neighbours into the order they had; returns its path.

        What was changed in the files since then stays.

        Args:
            home: the collection that it was moved out of; None: this one.

        Raises:
            UserError: it is not where it was moved to any more.
        """
        origin = home or self
        file, made = self._disk.existing(moved.path), moved.path
        if origin is not self or moved.path != moved.was:
            target = inside(origin.folder, moved.was)
            origin._disk.make(target.parent)
            made = self._disk.rename(file, _free(target, folder=file.is_dir()), origin._disk)
        for changed in reversed(moved.rewritten):
            if changed.path in (moved.path, f"{moved.path}/{FOLDER_FILE}"):
                origin._put_back_order(changed, made + changed.path[len(moved.path) :])
            else:
                self._put_back_order(changed, changed.path)
        return made

    def _put_back_order(self, changed: Rewritten, path: str) -> None:
        """Undo what a move has written into a file, at `path` now; of a file that says something else since only the place."""
        if self._disk.put_back(changed, path) or changed.before is None or self._disk.read(path).data is None:
            return
        seq = str(int(head_of(changed.before, path).seq))
        self._set_info(path.removesuffix(f"/{FOLDER_FILE}"), {"seq": seq}, best_effort=True)

    @in_turn
    def delete(self, path: str) -> Undo:
        """Put an item into the trash. Raises `UserError` where it cannot be moved there."""
        file = self._disk.existing(path)
        undo = Undo(secrets.token_hex(8), path)
        place = self.trash / undo.token
        self._disk.make(place)
        write_atomic(place / ORIGIN, json.dumps({"collection": self.folder.name, "path": path}).encode())
        self._disk.move(file, place / file.name)
        self._disk.stamps = {
            key: one for key, one in self._disk.stamps.items() if key != path and not key.startswith(path + "/")
        }
        return undo

    @in_turn
    def restore(self, undo: Undo) -> str:
        """Bring a deleted item back, under its old name where that is free. Returns its path.

        Raises:
            UserError: it is not in the trash any more.
        """
        place = inside(self.trash, undo.token)
        name = undo.path.rpartition("/")[2]
        source = inside(place, name)
        if not source.exists():
            why = said("{path} is not in the trash any more.", path=undo.path)
            raise UserError(why, "It may have been restored already.")
        target = inside(self.folder, undo.path)
        self._disk.make(target.parent)
        if target.exists():
            target = _free(target, folder=source.is_dir())
        self._disk.move(source, target)
        (place / ORIGIN).unlink(missing_ok=True)
        place.rmdir()
        path = target.relative_to(self.folder).as_posix()
        self._disk.stamp_below(path)
        return path

    # -- parts

    def _scanner(self) -> Scanner:
        if not self.folder.is_dir():
            why = said("There is no collection at {folder}.", folder=self.folder)
            raise UserError(why, "Was the folder moved or deleted?")
        return Scanner(self.folder, self.catalogue)

    def _reader(self, there: DiskFile) -> Reader:
        assert there.data is not None
        try:
            return Reader(tree_of(there.data), there.path)
        except YamlError as error:
            problem = Problem(error.message, there.path, error.line)
            why = said("{path} was left alone: it cannot be read.", path=there.path)
            raise UserError(why, "Correct it in an editor.", str(problem)) from error

    def _info_file(self, path: str) -> str:
        return f"{path}/{FOLDER_FILE}" if (self.folder / path).is_dir() else path

    def _info(self, path: str) -> dict[str, str]:
        there = self._disk.read(self._info_file(path))
        if there.data is None:
            return {"name": path.rpartition("/")[2]}
        info = object_of(self._reader(there).root.get("info"))
        return {key: value for key, value in info.items() if isinstance(value, str)}

    def _set_info(self, path: str, values: dict[str, str], *, best_effort: bool = False) -> None:
        """Change name or place of an item in its file, and nothing else; other tools' kinds of requests too."""
        there = self._disk.read(self._info_file(path))
        try:
            made = self._with_info(path, there, values)
            if there.data is not None and made != there.data and self._disk.is_other(there):
                raise Conflict(there.path, made.decode(), there.data.decode("utf-8", "replace"))
        except UserError:
            # A file that cannot be read keeps its place in the order; it is named where the collection is loaded.
            if best_effort:
                return
            raise
        if made != there.data:
            self._disk.write(there.path, made)

    def _with_info(self, path: str, there: DiskFile, values: dict[str, str]) -> bytes:
        """The file of an item as it is with another name or place, and nothing else of it changed."""
        if there.data is None:
            named = Folder(str(values.get("name", path.rpartition("/")[2])), seq=float(values.get("seq", 0)))
            return dump(opencollection.folder_data(named)).encode()
        info = self._info(path)
        if all(info.get(key) == value for key, value in values.items()):
            return there.data
        before = {"info": {key: info[key] for key in values if key in info}}
        typed = {key: int(value) if key == "seq" else value for key, value in values.items()}
        return self._apply(there, before, {"info": {**before["info"], **typed}}).encode()

    def _next_seq(self, parent: str) -> float:
        return 1 + max((int(one.seq) for one in self._scanner().outline(parent)), default=0)


def _free(wanted: Path, *, folder: bool) -> Path:
    """The path, or one with a number where something has that name already."""
    stem, suffix = (wanted.name, "") if folder else (wanted.stem, wanted.suffix)
    return free_path(wanted.parent, stem, suffix)
