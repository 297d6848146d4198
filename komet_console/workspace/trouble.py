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
from komet_console.texts import said, sentences

__all__ = ["DamagedWorkspaceError", "NewerWorkspaceError", "WorkspaceError", "explain", "file_trouble", "gone"]


class WorkspaceError(UserError):
    """The user's work could not be read or written; the message says what is safe."""


class NewerWorkspaceError(WorkspaceError):
    """The workspace was written by a newer version; nothing in it was touched."""


class DamagedWorkspaceError(WorkspaceError):
    """The database cannot be read. `opening.set_aside` moves it away, where the user agrees."""


_SAFE = "What was saved before is safe."


def explain(error: sqlite3.Error, path: Path) -> WorkspaceError | None:
    """The error as one the user can act on; None where it is a mistake of the program."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    details = f"{getattr(error, 'sqlite_errorname', 'SQLITE')}: {error}"
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return WorkspaceError(
                sentences(said("The disk is full: {name} could not take the last changes.", name=path.name), _SAFE),
                said("Make room on the disk of {folder}.", folder=path.parent),
                details,
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return WorkspaceError(
                sentences(said("{path} cannot be written: the file or its folder is read-only.", path=path), _SAFE),
                "Make it writable for your user, or choose another folder.",
                details,
            )
        case sqlite3.SQLITE_CANTOPEN:
            return WorkspaceError(
                said("{path} cannot be opened. Nothing was changed.", path=path),
                "Check that its folder exists and that you may read and write there.",
                details,
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return WorkspaceError(
                sentences(said("Another program keeps {name} busy.", name=path.name), _SAFE),
                "Close what else uses the workspace, a backup program for example.",
                details,
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_FORMAT:
            return damaged(path, details)
        case sqlite3.SQLITE_IOERR:
            return WorkspaceError(
                sentences(said("The disk reported an error while {name} was used.", name=path.name), _SAFE),
                said("Check the disk and the free space of {folder}.", folder=path.parent),
                details,
            )
        case _:
            return None


def damaged(path: Path, details: str) -> DamagedWorkspaceError:
    """The database at `path` is not readable as one."""
    return DamagedWorkspaceError(
        said(
            "The database {path} is damaged and cannot be read. Collections and other files of the workspace are not affected.",
            path=path,
        ),
        "Restore a backup, or let the program set the file aside under another name and start with an empty one.",
        details,
    )


def gone(folder: Path) -> WorkspaceError:
    """The folder, or the database in it, is not where it was when it was opened."""
    return WorkspaceError(
        said("The workspace {folder} was moved or deleted while it was open.", folder=folder),
        "Put it back in its place. Until then what you do is kept in memory only.",
    )


def file_trouble(error: OSError, path: Path, doing: str) -> WorkspaceError:
    """An error of the file system; `doing` completes "... cannot be": written, read, created."""
    done = said(doing)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return WorkspaceError(
            sentences(said("The disk is full: {path} cannot be {doing}.", path=path, doing=done), _SAFE),
            "Make room on the disk.",
            str(error),
        )
    if error.errno == errno.EROFS:
        return WorkspaceError(
            sentences(
                said("{path} cannot be {doing}: the file or its folder is read-only.", path=path, doing=done), _SAFE
            ),
            "Choose a folder you may write to.",
            str(error),
        )
    if isinstance(error, PermissionError):
        return WorkspaceError(
            sentences(said("{path} cannot be {doing}: permission denied.", path=path, doing=done), _SAFE),
            "Make it writable for your user, or choose another folder.",
            str(error),
        )
    return WorkspaceError(
        sentences(
            said("{path} cannot be {doing}: {reason}.", path=path, doing=done, reason=error.strerror or error), _SAFE
        ),
        "",
        str(error),
    )
