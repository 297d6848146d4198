"""Reads a collection's folder: every file that can be read, and a problem with file and line for every other one."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from komet_console.catalogue import Catalogue
from komet_console.texts import said
from komet_console.workspace.collections import opencollection
from komet_console.workspace.collections.files import reason_of
from komet_console.workspace.collections.model import Collection, EnvironmentValues, Folder, Item, Problem, RequestItem
from komet_console.workspace.collections.outline import Entry, head_of
from komet_console.workspace.collections.values import Reader, text_of
from komet_console.workspace.collections.yamltext import MAX_BYTES, YamlError, YamlTree, decode, read

__all__ = ["COLLECTION_FILE", "FOLDER_FILE", "SUFFIXES", "HeadScanner", "Scanner", "Stamp"]

COLLECTION_FILE = "opencollection.yml"
FOLDER_FILE = "folder.yml"
ENVIRONMENTS = "environments"
SUFFIXES = (".yml", ".yaml")
MAX_FILES = 20_000
MAX_DEPTH = 24
_AT_ONCE = 64 * 1024
"""Bytes of a file that are read in one step; only few files have more."""
_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_SKIPPED = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file was when it was read."""

    modified: int
    size: int
    digest: str


@dataclass(slots=True)
class _Listing:
    files: list[str]
    folders: list[str]


class Scanner:
    """One pass over a folder. `stamps` and `problems` fill while it runs."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self.root = root
        self.catalogue = catalogue
        self.stamps: dict[str, Stamp] = {}
        self.problems: list[Problem] = []
        self._left = MAX_FILES

    # -- bytes

    def bytes_of(self, path: str) -> bytes | None:
        """The content of a file, stamped; None, with a problem, where it cannot be read."""
        file = self.root / path
        try:
            found = file.lstat()
            if not stat.S_ISREG(found.st_mode):
                self._problem("This is a link or no file at all; it was left alone.", path)
                return None
            if found.st_size > MAX_BYTES:
                self._problem(
                    said("The file is larger than {most} MB and was left alone.", most=MAX_BYTES // 1024 // 1024), path
                )
                return None
            data = file.read_bytes()
        except OSError as error:
            self._problem(said("The file cannot be read: {reason}.", reason=reason_of(error)), path)
            return None
        self.stamps[path] = Stamp(found.st_mtime_ns, len(data), hashlib.sha256(data).hexdigest())
        return data

    def reader_of(self, path: str) -> Reader | None:
        """The values of a file; None, with a problem, where there are none."""
        data = self.bytes_of(path)
        if data is None:
            return None
        try:
            tree = read(decode(data))
        except YamlError as error:
            self._problem(error.message, path, error.line)
            return None
        reader = self.reader(tree, path)
        if not isinstance(tree.value, dict):
            self.problems += reader.problems
            return None
        return reader

    def reader(self, tree: YamlTree, path: str) -> Reader:
        """What reads the values of a file."""
        return Reader(tree, path)

    def _problem(self, message: str, path: str, line: int = 0) -> None:
        self.problems.append(Problem(message, path, line))

    def _list(self, path: str) -> _Listing:
        listing = _Listing([], [])
        try:
            with os.scandir(self.root / path) as entries:
                found = sorted(entries, key=lambda one: one.name)
        except OSError as error:
            self._problem(said("The folder cannot be read: {reason}.", reason=reason_of(error)), path)
            return listing
        for entry in found:
            below = f"{path}/{entry.name}" if path else entry.name
            if entry.name.startswith(".") or entry.name in _SKIPPED:
                continue
            try:
                entry.name.encode()
            except UnicodeEncodeError:
                self._problem("A file whose name is no text was left alone.", path)
                continue
            if entry.is_symlink():
                self._problem("This is a link; links are not followed.", below)
            elif entry.is_dir(follow_symlinks=False):
                listing.folders.append(below)
            elif entry.is_file(follow_symlinks=False) and entry.name.endswith(SUFFIXES):
                self._left -= 1
                if self._left == 0:
                    self._problem(
                        said("The collection has more than {most} files; the rest was left out.", most=MAX_FILES), path
                    )
                if self._left > 0:
                    listing.files.append(below)
        return listing

    def _walk(self, path: str, depth: int, request: Callable[[str], None], folder: Callable[[str, int], None]) -> None:
        listing = self._list(path)
        for file in listing.files:
            name = file.rpartition("/")[2]
            if name not in (FOLDER_FILE, COLLECTION_FILE):
                request(file)
        for below in listing.folders:
            if below == ENVIRONMENTS:
                continue
            if depth >= MAX_DEPTH:
                self._problem("The folder lies too deep and was left out.", below)
            else:
                folder(below, depth + 1)

    # -- the whole

    def collection(self) -> Collection:
        """Everything, read."""
        reader = self.reader_of(COLLECTION_FILE) if (self.root / COLLECTION_FILE).is_file() else None
        made = Collection(self.root.name)
        if reader is not None:
            info = reader.object("info")
            defaults = opencollection.defaults_of(reader)
            made = Collection(text_of(info.get("name")) or self.root.name, (), reader.description(), defaults)
            self.problems += reader.problems
        items = self._items("", 0)
        return replace(made, items=items, environments=self._environments(), problems=tuple(self.problems))

    def _items(self, path: str, depth: int) -> tuple[Item, ...]:
        found: list[Item] = []

        def request(file: str) -> None:
            item = self.request(file)
            if item is not None:
                found.append(item)

        self._walk(path, depth, request, lambda below, deeper: found.append(self.folder(below, deeper)))
        found.sort(key=lambda one: (one.seq, one.name.casefold(), one.path))
        return tuple(found)

    def request(self, path: str) -> RequestItem | None:
        """The request of one file; None, with a problem, where there is none."""
        reader = self.reader_of(path)
        if reader is None:
            return None
        item = opencollection.request_of(reader, self.catalogue)
        self.problems += reader.problems
        return None if item is None else replace(item, path=path)

    def folder(self, path: str, depth: int, *, items: bool = True) -> Folder:
        """A folder; one without a `folder.yml` has its own name."""
        made = Folder(path.rpartition("/")[2], path=path)
        file = f"{path}/{FOLDER_FILE}"
        reader = self.reader_of(file) if (self.root / file).is_file() else None
        if reader is not None:
            name = text_of(reader.object("info").get("name")) or made.name
            defaults = opencollection.defaults_of(reader)
            made = Folder(name, (), reader.description(), reader.tags(), reader.seq(), defaults, path)
            self.problems += reader.problems
        return replace(made, items=self._items(path, depth)) if items else made

    def _environments(self) -> tuple[EnvironmentValues, ...]:
        if not (self.root / ENVIRONMENTS).is_dir() or (self.root / ENVIRONMENTS).is_symlink():
            return ()
        found = []
        for file in self._list(ENVIRONMENTS).files:
            reader = self.reader_of(file)
            if reader is not None:
                found.append(replace(opencollection.environment_of(reader), path=file))
                self.problems += reader.problems
        return tuple(found)

    # -- the tree only

    def outline(self, path: str = "", depth: int = 0) -> tuple[Entry, ...]:
        """The tree's rows, in order."""
        found: list[Entry] = []

        def request(file: str) -> None:
            data = self.bytes_of(file)
            stem = file.rpartition("/")[2].rpartition(".")[0]
            if data is None:
                found.append(Entry(file, "http", stem, problem=self.problems[-1].message))
                return
            try:
                head = head_of(data, file)
            except YamlError as error:
                self._problem(error.message, file, error.line)
                found.append(Entry(file, "http", stem, problem=str(Problem(error.message, file, error.line))))
                return
            found.append(Entry(file, head.kind, head.name, head.seq, head.tags, head.verb, head.url))

        def folder(below: str, deeper: int) -> None:
            entry = Entry(below, "folder", below.rpartition("/")[2])
            data = self.bytes_of(f"{below}/{FOLDER_FILE}") if (self.root / below / FOLDER_FILE).is_file() else None
            if data is not None:
                try:
                    head = head_of(data, below)
                    entry = Entry(below, "folder", head.name, head.seq, head.tags)
                except YamlError as error:
                    self._problem(error.message, f"{below}/{FOLDER_FILE}", error.line)
                    entry = replace(entry, problem=error.message)
            found.append(replace(entry, children=self.outline(below, deeper)))

        self._walk(path, depth, request, folder)
        return tuple(sorted(found, key=lambda one: (one.seq, one.name.casefold(), one.path)))


class HeadScanner(Scanner):
    """Reads files for their heads only, thousands at once. It stamps nothing: conflicts are found in what files say."""

    def bytes_of(self, path: str) -> bytes | None:
        # A buffered file object costs more than the reading itself.
        try:
            handle = os.open(f"{self.root}/{path}", _READING)
        except OSError:
            return super().bytes_of(path)  # it finds the words
        try:
            data = os.read(handle, _AT_ONCE)
        except OSError:
            data = b""
        finally:
            os.close(handle)
        return data if 0 < len(data) < _AT_ONCE else super().bytes_of(path)


def tree_of(data: bytes) -> YamlTree:
    """The values of a file's bytes. Raises `YamlError`."""
    return read(decode(data))
