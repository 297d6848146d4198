"""Where the user's workspace is, and the ways to open it."""

from __future__ import annotations

from pathlib import Path

from komet_console.paths import user_folder
from komet_console.workspace.workspace import Workspace

__all__ = ["default_folder", "open_workspace"]


def default_folder() -> Path:
    """The folder of the user's workspace, within the one data folder; not created here."""
    return user_folder() / "workspace"


def open_workspace(folder: Path | None = None) -> Workspace:
    """Open a workspace; None: the user's.

    Raises:
        WorkspaceError: see `Workspace.open`.
    """
    return Workspace.open(folder or default_folder())
