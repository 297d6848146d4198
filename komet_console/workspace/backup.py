"""A workspace as one file, and back. The file is a ZIP that any program opens; it holds no secret, as the workspace holds none.

    manifest.json      what it is: format, schema, when
    workspace.db       a consistent copy, made while the program runs
    everything else    collections, large bodies, as they are

Left out is what belongs to running programs (locks, what SQLite keeps beside its file), earlier database copies, and links.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from komet_console.texts import said
from komet_console.workspace.database import Database
from komet_console.workspace.locking import FileLock
from komet_console.workspace.migrations import MIGRATIONS
from komet_console.workspace.trouble import WorkspaceError, file_trouble
from komet_console.workspace.workspace import DATABASE_NAME, Workspace

__all__ = ["BackupError", "Restored", "back_up", "restore"]

FORMAT = 1
MANIFEST = "manifest.json"
MOST_FILES = 200_000
MOST_BYTES = 64 * 1024**3
_LEFT_OUT = ("backups", "windows")
"""Folders at the top of a workspace that are not backed up."""
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{name}{number}" for name in ("COM", "LPT") for number in range(1, 10))}
_CHUNK = 1024 * 1024


class BackupError(WorkspaceError):
    """The file is no backup, or not a sound one; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring did."""

    folder: Path
    replaced: Path | None
    """Where the workspace that was there before is now; None where there was none."""
    files: int


def back_up(workspace: Workspace, target: Path) -> Path:
    """Write the whole workspace to one file, which appears complete or not at all; the workspace stays in use.

    Returns:
        The file.

    Raises:
        WorkspaceError: it cannot be written, or the workspace cannot be read.
    """
    workspace.flush()
    half = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
            copy = Path(name) / DATABASE_NAME
            workspace.database.copy_to(copy)
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    manifest = {
                        "format": FORMAT,
                        "schema": workspace.database.version,
                        "made": datetime.now(UTC).isoformat(timespec="seconds"),
                    }
                    archive.writestr(MANIFEST, json.dumps(manifest, indent=2))
                    archive.write(copy, DATABASE_NAME)
                    for path, inside in _contents(workspace.folder, {target.absolute(), half.absolute()}):
                        # A file may go while this runs, a body that was dropped for example.
                        with contextlib.suppress(FileNotFoundError):
                            archive.write(path, inside)
                file.flush()
                os.fsync(file.fileno())
        half.replace(target)
    except OSError as error:
        raise file_trouble(error, target, "written") from error
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
    return target


def restore(file: Path, folder: Path) -> Restored:
    """Make a folder the workspace of a backup. What was there is moved aside whole, under a name that says so.

    Everything is unpacked and checked beside the folder first; then two renames exchange them.

    Raises:
        BackupError: the file is no sound backup, or one of a newer version.
        WorkspaceError: a window has the workspace open, or the disk does not allow it. The folder is as it was.
    """
    folder = folder.absolute()
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-restoring-") as name:
            fresh = Path(name) / "workspace"
            fresh.mkdir(mode=0o700)
            number = _unpack(file, fresh)
            _check(fresh / DATABASE_NAME, file)
            _refuse_in_use(folder)
            replaced = _exchange(fresh, folder)
    except OSError as error:
        raise file_trouble(error, folder, "restored") from error
    return Restored(folder, replaced, number)


def _contents(folder: Path, without: set[Path]) -> Iterator[tuple[Path, str]]:
    """The files of a workspace besides its database, with their names in the backup."""
    for where, folders, files in os.walk(folder):
        here = Path(where)
        if here == folder:
            folders[:] = [name for name in folders if name not in _LEFT_OUT]
        folders[:] = sorted(name for name in folders if not (here / name).is_symlink())
        for name in sorted(files):
            path = here / name
            if here == folder and name.startswith(DATABASE_NAME):
                continue
            if path.suffix in (".lock", ".part") or path in without or path.is_symlink() or not path.is_file():
                continue
            yield path, path.relative_to(folder).as_posix()


def _unpack(file: Path, folder: Path) -> int:
    """Unpack a backup into an empty folder; returns how many files it had."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_manifest(archive, file)
            _check_names(entries, file)
            for one in entries:
                if one.is_dir() or one.filename == MANIFEST:
                    continue
                target = folder.joinpath(*PurePosixPath(one.filename).parts)
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with (
                    archive.open(one) as packed,
                    os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
                ):
                    _copy(packed, out, one.file_size, file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, RuntimeError, zlib.error) as error:
        raise BackupError(
            said("{file} is damaged or no backup. Nothing was changed.", file=file), "Choose another file.", str(error)
        ) from error
    return sum(not one.is_dir() for one in entries) - 1


def _copy(packed: IO[bytes], out: IO[bytes], size: int, file: Path) -> None:
    """Copy what an entry says it holds, and no more: the size that it states was added up before."""
    copied = 0
    while block := packed.read(_CHUNK):
        copied += len(block)
        if copied > size:
            raise BackupError(
                said("{file} holds more than it says. Nothing was changed.", file=file), "Choose another file."
            )
        out.write(block)
    out.flush()
    os.fsync(out.fileno())


def _check_manifest(archive: zipfile.ZipFile, file: Path) -> None:
    try:
        with archive.open(MANIFEST) as one:
            manifest = json.loads(one.read(64 * 1024))
        number, schema = manifest["format"], manifest["schema"]
    except (KeyError, ValueError, TypeError) as error:
        raise BackupError(
            said("{file} is no backup of a workspace. Nothing was changed.", file=file),
            "Choose a file that this program has written.",
        ) from error
    if number != FORMAT or not isinstance(schema, int) or schema > len(MIGRATIONS):
        raise BackupError(
            said("{file} was written by another version of this program. Nothing was changed.", file=file),
            "Update the program and try again.",
        )


def _check_names(entries: list[zipfile.ZipInfo], file: Path) -> None:
    """Refuse whatever would leave the folder, or could not be told apart on another system."""
    if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
        raise BackupError(
            said("{file} is larger than any workspace. Nothing was changed.", file=file), "Choose another file."
        )
    seen: set[str] = set()
    for one in entries:
        parts = one.filename.rstrip("/").split("/")
        kind = stat.S_IFMT(one.external_attr >> 16)
        folded = one.filename.casefold().rstrip("/")
        sound = all(map(_is_sound, parts)) and kind in (0, stat.S_IFREG, stat.S_IFDIR) and folded not in seen
        if not sound or one.flag_bits & 1:
            raise BackupError(
                said(
                    "{file} holds the entry {filename!r}, which no backup holds. Nothing was changed.",
                    file=file,
                    filename=one.filename,
                ),
                "Choose another file.",
            )
        seen.add(folded)
    if DATABASE_NAME not in seen:
        raise BackupError(said("{file} holds no workspace. Nothing was changed.", file=file), "Choose another file.")


def _is_sound(part: str) -> bool:
    if part in ("", ".", "..") or any(character in part for character in '\\:*?"<>|') or min(part) < " ":
        return False
    return part[-1] not in ". " and part.split(".")[0].upper() not in _RESERVED


def _check(database: Path, file: Path) -> None:
    """Open the unpacked database, which migrates it too where it is older, and look through it."""
    opened = Database(database)
    try:
        found = opened.read("PRAGMA integrity_check")[0][0]
    finally:
        opened.close()
    if found != "ok":
        raise BackupError(
            said("The database in {file} is damaged. Nothing was changed.", file=file),
            "Choose another file.",
            str(found),
        )


def _refuse_in_use(folder: Path) -> None:
    for lock in sorted((folder / "windows").glob("*.lock")):
        if FileLock(lock).is_held():
            raise WorkspaceError(
                said("A window has the workspace {folder} open. Nothing was changed.", folder=folder),
                "Close all windows of the program first.",
            )


def _exchange(fresh: Path, folder: Path) -> Path | None:
    replaced: Path | None = None
    if folder.exists():
        if any(folder.iterdir()):
            moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
            replaced = folder.with_name(f"{folder.name}-before-restore-{moment}")
            folder.rename(replaced)
        else:
            folder.rmdir()
    try:
        fresh.rename(folder)
    except OSError:
        if replaced is not None:
            replaced.rename(folder)
        raise
    return replaced
