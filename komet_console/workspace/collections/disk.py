"""The files of one collection: read and stamped, written whole, moved, kept in the trash. Knows nothing of their content."""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from komet_console.errors import UserError
from komet_console.texts import said
from komet_console.workspace.collections.files import ORIGIN, inside, reason_of, sync_folder, write_atomic
from komet_console.workspace.collections.scanning import MAX_FILES, SUFFIXES, Stamp

__all__ = ["Changes", "Disk", "DiskFile", "Moved", "Rewritten", "digest", "plain_bytes"]


@dataclass(slots=True)
class DiskFile:
    """A file before a change; `data` is None where there is none, `stamp` where it was never read."""

    path: str
    file: Path
    data: bytes | None
    stamp: Stamp | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file that was written, before and after; `before` is None where there was none."""

    path: str
    before: bytes | None = field(repr=False)
    after: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """Brings a moved item back to where it was (`CollectionStore.put_back`)."""

    was: str
    path: str
    """Where it is now."""
    rewritten: tuple[Rewritten, ...] = ()
    """The files whose place in the order is another one now."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Files that git, an editor or another window changed since they were read; paths within the collection."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class Disk:
    """The folder of a collection and what its files were when they were read (`stamps`)."""

    def __init__(self, root: Path, trash: Path) -> None:
        self.root = root
        self.trash = trash
        self.stamps: dict[str, Stamp] = {}
        self._recorded: list[Rewritten] | None = None

    @contextlib.contextmanager
    def recording(self) -> Iterator[list[Rewritten]]:
        """What is written within the block, in order."""
        recorded: list[Rewritten] = []
        self._recorded = recorded
        try:
            yield recorded
        finally:
            self._recorded = None

    def read(self, path: str) -> DiskFile:
        file = inside(self.root, path)
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            data = None
        except OSError as error:
            raise UserError(said("{path} cannot be read: {reason}.", path=path, reason=reason_of(error))) from error
        return DiskFile(path, file, data, self.stamps.get(path))

    def is_other(self, there: DiskFile) -> bool:
        """Whether a file is not the one that was read; a file that was never read here is not known to be."""
        return there.stamp is not None and (there.data is None or digest(there.data) != there.stamp.digest)

    def changes(self) -> Changes:
        """What is another way than when it was read; a file that was only touched is not."""
        there: dict[str, Path] = {}
        for suffix in SUFFIXES:
            for file in self.root.rglob(f"*{suffix}"):
                path = file.relative_to(self.root).as_posix()
                if not any(part.startswith(".") for part in path.split("/")) and not file.is_symlink():
                    there[path] = file
                if len(there) > MAX_FILES:
                    break
        changed = []
        for path, stamp in self.stamps.items():
            if path not in there:
                continue
            try:
                found = there[path].stat()
                same = (found.st_mtime_ns, found.st_size) == (stamp.modified, stamp.size)
                if not same and digest(there[path].read_bytes()) != stamp.digest:
                    changed.append(path)
            except OSError:
                changed.append(path)
        return Changes(
            tuple(sorted(set(there) - set(self.stamps))),
            tuple(sorted(changed)),
            tuple(sorted(set(self.stamps) - set(there))),
        )

    def write(self, path: str, data: bytes) -> None:
        file = inside(self.root, path)
        if self._recorded is not None:
            self._recorded.append(Rewritten(path, self.read(path).data, data))
        write_atomic(file, data)
        self.stamps[path] = Stamp(file.stat().st_mtime_ns, len(data), digest(data))

    def put_back(self, changed: Rewritten, path: str) -> bool:
        """Give a file, at `path` now, its bytes of before; False where it has been changed since and was left alone."""
        if self.read(path).data != changed.after:
            return False
        if changed.before is not None:
            self.write(path, changed.before)
        else:
            self.remove(path)
        return True

    def remove(self, path: str) -> None:
        """Delete a file that this program made, and that says nothing anybody would miss."""
        try:
            inside(self.root, path).unlink()
        except OSError as error:
            raise UserError(said("{path} cannot be removed: {reason}.", path=path, reason=reason_of(error))) from error
        self.stamps.pop(path, None)

    def keep_copy(self, path: str, data: bytes) -> None:
        place = self.trash / secrets.token_hex(8)
        self.make(place)
        write_atomic(place / ORIGIN, json.dumps({"collection": self.root.name, "path": path}).encode())
        write_atomic(place / path.rpartition("/")[2], data)

    def folder_at(self, path: str) -> Path:
        folder = inside(self.root, path)
        if not folder.is_dir():
            raise UserError(
                said('There is no folder "{path}" in the collection.', path=path), "It may have been moved or deleted."
            )
        return folder

    def existing(self, path: str) -> Path:
        file = inside(self.root, path)
        if not path or not file.exists():
            raise UserError(
                said('There is no "{path}" in the collection.', path=path), "It may have been moved or deleted."
            )
        return file

    def make(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                said("The folder {folder} cannot be made: {reason}.", folder=folder, reason=reason_of(error))
            ) from error

    def move(self, source: Path, target: Path) -> None:
        try:
            source.rename(target)
        except OSError as error:
            raise UserError(
                said("{name} cannot be moved: {reason}.", name=source.name, reason=reason_of(error)),
                "Nothing was changed.",
            ) from error
        sync_folder(source.parent)
        sync_folder(target.parent)

    def rename(self, file: Path, target: Path, into: Disk | None = None) -> str:
        """Another path for a file or folder, here or in another collection; returns it."""
        there = into or self
        old, new = file.relative_to(self.root).as_posix(), target.relative_to(there.root).as_posix()
        self.move(file, target)
        for key in [key for key in self.stamps if key == old or key.startswith(old + "/")]:
            there.stamps[new + key[len(old) :]] = self.stamps.pop(key)
        return new

    def stamp_below(self, path: str) -> None:
        """Take note of files that were just put there."""
        file = self.root / path
        for one in file.rglob("*") if file.is_dir() else [file]:
            if one.suffix in SUFFIXES and one.is_file():
                data, found = one.read_bytes(), one.stat()
                key = one.relative_to(self.root).as_posix()
                self.stamps[key] = Stamp(found.st_mtime_ns, len(data), digest(data))


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def plain_bytes(data: bytes) -> bytes:
    """The bytes without a byte order mark."""
    return data.removeprefix(b"\xef\xbb\xbf")
