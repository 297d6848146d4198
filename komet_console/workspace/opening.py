"""Where the user's workspace is, and the ways to open it.

    open_workspace()        the user's, or one in a given folder
    temporary_workspace()   where that is impossible: everything works, nothing is kept
    set_aside(path)         move a damaged database away, after the user agreed

`backup` has the ways out of a folder into one file and back.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from komet_console.paths import user_folder
from komet_console.workspace.database import set_aside
from komet_console.workspace.workspace import Workspace

__all__ = ["default_folder", "open_workspace", "set_aside", "temporary_workspace"]


def default_folder() -> Path:
    """The folder of the user's workspace, within the one data folder; not created here."""
    return user_folder() / "workspace"


def open_workspace(folder: Path | None = None) -> Workspace:
    """Open a workspace; None: the user's.

    Raises:
        NewerWorkspaceError: a newer version wrote it; nothing was touched.
        DamagedWorkspaceError: its database cannot be read; ask, then `set_aside(workspace.database_file(folder))`.
        WorkspaceError: permissions, a read-only or full disk.
    """
    return Workspace.open(folder or default_folder())


def temporary_workspace() -> Workspace:
    """A workspace that goes when it is closed, for a program that could not open the user's and was told to go on."""
    folder = Path(tempfile.mkdtemp(prefix="komet-console-"))
    try:
        return Workspace(folder, temporary=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
