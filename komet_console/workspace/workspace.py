"""One user's work in one folder.

workspace.db    settings, open tabs, history: see `migrations`
history/        bodies too large for the database
collections/    saved requests, a file each
backups/        copies of the database from before migrations
windows/        which window owns which open tabs: locks that end with their program
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from komet_console.workspace.database import Database
from komet_console.workspace.scrubbing import KnownSecrets
from komet_console.workspace.settings import Settings
from komet_console.workspace.state import State
from komet_console.workspace.trouble import WorkspaceError
from komet_console.workspace.writing import Writer

if TYPE_CHECKING:
    from komet_console.workspace.drafts import TabStore
    from komet_console.workspace.history import History

__all__ = ["DATABASE_NAME", "Workspace", "database_file"]

DATABASE_NAME = "workspace.db"


def database_file(folder: Path) -> Path:
    """The database of the workspace in a folder."""
    return folder / DATABASE_NAME


class Workspace:
    """The open workspace. Any number of windows and programs may have the same one open.

    Attributes:
        folder, database, writer
        temporary: whether closing removes it all
        settings: what the user chose
        state: how the user left the window
        secrets: values that must never be written, as they become known
    """

    def __init__(self, folder: Path, *, temporary: bool = False) -> None:
        self.folder = folder
        self.temporary = temporary
        self.database = Database(database_file(folder))
        self.writer = Writer(self.database)
        self.secrets = KnownSecrets()
        self._tab_stores: list[TabStore] = []
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

    @cached_property
    def tabs(self) -> TabStore:
        """The tabs of this program's first window. Only asking for it makes the program a window that owns tabs."""
        return self.more_tabs()

    def more_tabs(self) -> TabStore:
        """The tabs of one more window of this program."""
        from komet_console.workspace.drafts import TabStore

        store = TabStore(self.folder / "windows", self.database, self.writer, self.secrets)
        self._tab_stores.append(store)
        return store

    @cached_property
    def history(self) -> History:
        """Every exchange that was made."""
        from komet_console.workspace.history import History

        return History(self.folder / "history", self.database, self.writer, self.settings, self.secrets)

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
        """Write what waits and close; False where something could not be written. Closing twice is allowed."""
        if "history" in self.__dict__:
            self.history.close()
        done = self.writer.close()
        for store in self._tab_stores:
            store.close()
        self.database.close()
        if self.temporary:
            import shutil

            shutil.rmtree(self.folder, ignore_errors=True)
        return done

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
