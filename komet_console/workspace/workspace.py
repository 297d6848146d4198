"""One user's work in one folder.

workspace.db    settings, open tabs, history: see `migrations`
history/        bodies too large for the database
collections/    saved requests, a file each
backups/        copies of the database from before migrations
windows/        which window owns which open tabs: locks that end with their program
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from komet_console.workspace.database import Database
from komet_console.workspace.settings import Settings
from komet_console.workspace.state import State
from komet_console.workspace.trouble import WorkspaceError
from komet_console.workspace.writing import Writer

__all__ = ["DATABASE_NAME", "Workspace"]

DATABASE_NAME = "workspace.db"


class Workspace:
    """The open workspace. Any number of windows and programs may have the same one open.

    Attributes:
        folder, database, writer
        settings: what the user chose
        state: how the user left the window
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(folder / DATABASE_NAME)
        self.writer = Writer(self.database)
        try:
            self.settings = Settings(self.database, self.writer)
            self.state = State(self.database, self.writer)
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, folder: Path) -> Workspace:
        """Open the workspace in a folder, which is created where it does not exist.

        Raises:
            NewerWorkspaceError, DamagedWorkspaceError, WorkspaceError: see `Database`.
        """
        return cls(folder)

    @property
    def trouble(self) -> WorkspaceError | None:
        """Why nothing can be written at present; what was to be written waits in memory."""
        return self.writer.trouble

    def on_trouble(self, listener: Callable[[WorkspaceError | None], None]) -> None:
        """Hear when writing becomes impossible, and (None) possible again; called on the writing thread."""
        self.writer.listeners.append(listener)

    def flush(self, timeout: float | None = None) -> bool:
        """Have everything written; False where that is not possible (see `trouble`) or takes longer."""
        return self.writer.flush(timeout)

    def close(self) -> bool:
        """Write what waits and close; False where something could not be written."""
        done = self.writer.close()
        self.database.close()
        return done

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
