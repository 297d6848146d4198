"""Files of a collection: names that every system takes, writes that are whole or not at all, nothing outside the folder."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import unicodedata
from pathlib import Path

from komet_console.errors import UserError
from komet_console.texts import said

__all__ = ["ORIGIN", "free_path", "half_path", "inside", "is_half", "reason_of", "safe_name", "write_atomic"]

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_TAKEN = frozenset({"folder", "opencollection", "collection", "environments"})
_HALF = re.compile(r"\.[0-9a-f]{12}\.tmp")
MAX_NAME = 80
ORIGIN = "origin.json"
"""Beside what lies in the trash: where it came from."""


def safe_name(name: str) -> str:
    """A name for a file or folder, without suffix: readable, the same for the same text, allowed on every system."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    text = _FORBIDDEN.sub("-", " ".join(text.split()))
    while len(text.encode()) > MAX_NAME:
        text = text[:-1]
    # Hidden files are skipped by everybody who reads the folder, and a hyphen in front is an option for many a command.
    text = text.rstrip(" .").lstrip(" .-~")
    if not text:
        return "unnamed"
    return f"{text} -" if _RESERVED.fullmatch(text) or text.casefold() in _TAKEN else text


def free_path(folder: Path, stem: str, suffix: str = "", *, besides: Path | None = None) -> Path:
    """A path in a folder that nothing has yet, whatever the case of letters; `besides` counts as free."""
    taken = {one.name.casefold() for one in folder.iterdir() if one != besides} if folder.is_dir() else set()
    number = 1
    while True:
        name = f"{stem}{suffix}" if number == 1 else f"{stem} {number}{suffix}"
        if name.casefold() not in taken:
            return folder / name
        number += 1


def inside(folder: Path, path: str) -> Path:
    """The file of a path below a folder.

    Raises:
        UserError: the path leads out of the folder, by `..`, as an absolute path or through a link.
    """
    parts = path.split("/") if path else []
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part or Path(part).is_absolute() for part in parts):
        raise UserError(
            said('"{path}" is no path within the collection.', path=path), "Choose an item of the collection."
        )
    at = folder
    for part in parts:
        at = at / part
        if at.is_symlink():
            raise UserError(
                said('"{path}" leads through a link, and links are not followed.', path=path),
                "Put the file itself into the collection.",
            )
    return at


def reason_of(error: OSError) -> str:
    """Why a file operation failed, in words."""
    known = {
        13: "permission denied",
        28: "the disk is full",
        30: "the folder is read-only",
        122: "the quota is used up",
    }
    return known.get(error.errno or 0, error.strerror or str(error))


def half_path(path: Path) -> Path:
    """Where something is written until it is whole and gets its name; a program that is killed leaves it there."""
    return path.with_name(f".{secrets.token_hex(6)}.tmp")


def is_half(name: str) -> bool:
    """Whether a file or folder has a name that `half_path` gave it."""
    return _HALF.fullmatch(name) is not None


def write_atomic(path: Path, data: bytes) -> None:
    """Replace a file's content: whole, or not at all, also when the power goes.

    Raises:
        UserError: it cannot be written; what was there before is unharmed.
    """
    temporary = half_path(path)
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            with contextlib.suppress(OSError):
                temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise UserError(
            said("{path} cannot be written: {reason}.", path=path, reason=reason_of(error)),
            "What was saved before is unharmed. Save somewhere else.",
        ) from error


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
