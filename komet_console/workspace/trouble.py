"""What can be wrong with the workspace's files, in words.

WorkspaceError              the disk, a permission, another program
 |-- NewerWorkspaceError    written by a newer version of this program; left as it is
 `-- DamagedWorkspaceError  no longer a readable database; may be set aside, with the user's consent
"""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from komet_console.errors import UserError

__all__ = ["DamagedWorkspaceError", "NewerWorkspaceError", "WorkspaceError", "explain", "file_trouble"]


class WorkspaceError(UserError):
    """The user's work could not be read or written; the message says what is safe."""


class NewerWorkspaceError(WorkspaceError):
    """The workspace was written by a newer version; nothing in it was touched."""


class DamagedWorkspaceError(WorkspaceError):
    """The database cannot be read. `opening.set_aside` moves it away, where the user agrees."""


_SAFE = "What was saved before is safe."
_FULL = "The disk is full"
_READ_ONLY = "the file or its folder is read-only"


def explain(error: sqlite3.Error, path: Path) -> WorkspaceError | None:
    """The error as one the user can act on; None where it is a mistake of the program."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    details = f"{getattr(error, 'sqlite_errorname', 'SQLITE')}: {error}"
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return WorkspaceError(
                f"{_FULL}: {path.name} could not take the last changes. {_SAFE}",
                f"Make room on the disk of {path.parent}.",
                details,
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return WorkspaceError(
                f"{path} cannot be written: {_READ_ONLY}. {_SAFE}",
                "Make it writable for your user, or choose another folder.",
                details,
            )
        case sqlite3.SQLITE_CANTOPEN:
            return WorkspaceError(
                f"{path} cannot be opened. Nothing was changed.",
                "Check that its folder exists and that you may read and write there.",
                details,
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return WorkspaceError(
                f"Another program keeps {path.name} busy. {_SAFE}",
                "Close what else uses the workspace, a backup program for example.",
                details,
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_FORMAT:
            return damaged(path, details)
        case sqlite3.SQLITE_IOERR:
            return WorkspaceError(
                f"The disk reported an error while {path.name} was used. {_SAFE}",
                f"Check the disk and the free space of {path.parent}.",
                details,
            )
        case _:
            return None


def damaged(path: Path, details: str) -> DamagedWorkspaceError:
    """The database at `path` is not readable as one."""
    return DamagedWorkspaceError(
        f"The database {path} is damaged and cannot be read. Collections and other files of the workspace are not affected.",
        "Restore a backup, or let the program set the file aside under another name and start with an empty one.",
        details,
    )


def file_trouble(error: OSError, path: Path, doing: str) -> WorkspaceError:
    """An error of the file system; `doing` completes "... cannot be": written, read, created."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return WorkspaceError(f"{_FULL}: {path} cannot be {doing}. {_SAFE}", "Make room on the disk.", str(error))
    if error.errno == errno.EROFS:
        return WorkspaceError(
            f"{path} cannot be {doing}: {_READ_ONLY}. {_SAFE}", "Choose a folder you may write to.", str(error)
        )
    if isinstance(error, PermissionError):
        return WorkspaceError(
            f"{path} cannot be {doing}: permission denied. {_SAFE}",
            "Make it writable for your user, or choose another folder.",
            str(error),
        )
    return WorkspaceError(f"{path} cannot be {doing}: {error.strerror or error}. {_SAFE}", "", str(error))
