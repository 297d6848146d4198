"""The open tabs with everything typed in them, journaled as the user types.

Each window owns a set of tabs, and a lock file that the system releases when the window's program ends, however it ends. A
window that starts takes over the sets that nobody owns any more: those of the last session, and of one that crashed.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from komet_console.exchange.model import Draft
from komet_console.patterns import pattern
from komet_console.records import field, record
from komet_console.workspace import codec
from komet_console.workspace.locking import FileLock
from komet_console.workspace.scrubbing import KnownSecrets, cleaned
from komet_console.workspace.trouble import WorkspaceError, file_trouble

if TYPE_CHECKING:
    from komet_console.workspace.database import Database
    from komet_console.workspace.writing import Writer

__all__ = ["StoredTab", "TabStore", "new_tab_id"]

_WINDOW = pattern(r"[0-9a-f]{32}")
_OLD = 3600.0
"""Seconds after which a lock file that nobody holds is one that a killed window has left behind."""


@record
class StoredTab:
    """One tab as it is brought back. The fields that only the window understands are plain JSON values."""

    id: str
    """See `new_tab_id`; stays the tab's own for ever."""
    draft: Draft
    saved: Draft | None = None
    """What was opened or last saved, to tell whether the draft is unsaved; None: the draft itself."""
    saved_as: str = ""
    """Where the request is saved, empty where it is not: the collections' own way to name a place."""
    view: str = ""
    """Which view of the request is shown."""
    places: dict[str, Any] = field(default_factory=dict)
    """Cursor, selection and scroll of each view."""
    environment: str = ""
    token: tuple[str, str] = ("automatic", "")
    """Way and name of the token's choice; never the token."""
    preview: bool = False
    position: int = 0
    current: bool = False


def new_tab_id() -> str:
    """An id that no other tab has."""
    return token_hex(16)


class TabStore:
    """The tabs of one window. All methods return at once, but for `load` and `close`."""

    def __init__(self, folder: Path, database: Database, writer: Writer, secrets: KnownSecrets | None = None) -> None:
        """Args: folder: for the lock files, created where it does not exist; secrets: what must never be written."""
        self.window = token_hex(16)
        self.unreadable = 0
        """How many tabs could not be read by the last `load`: a newer version wrote them. They stay where they are."""
        self._folder = folder
        self._database = database
        self._writer = writer
        self._secrets = secrets or KnownSecrets()
        self._lock = FileLock(self._lock_file(self.window))
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._lock.acquire()
        except OSError as error:
            raise file_trouble(error, self._lock.path, "created") from error

    def load(self) -> list[StoredTab]:
        """The tabs that this window owns, in order; those that nobody owns any more become its own first.

        Raises:
            WorkspaceError: they cannot be read.
        """
        self._writer.flush()
        self._adopt()
        rows = self._database.read(
            "SELECT id, position, current, content FROM tabs WHERE window = ? ORDER BY position, id", (self.window,)
        )
        tabs = []
        self.unreadable = 0
        for row in rows:
            try:
                tabs.append(_tab(row))
            except (ValueError, TypeError, KeyError):
                self.unreadable += 1
        return tabs

    def journal(self, tab: StoredTab) -> None:
        """Keep the tab as it is now: on the disk within a second. Secrets in it are replaced by references."""
        moment = time.time_ns() // 1_000_000
        content = ""

        def prepare() -> None:
            nonlocal content
            content = _content(tab, self._secrets.names())

        def write(connection: sqlite3.Connection) -> None:
            if tab.current:
                connection.execute("UPDATE tabs SET current = 0 WHERE window = ? AND current", (self.window,))
            connection.execute(
                "INSERT OR REPLACE INTO tabs (id, window, position, current, changed_at, content) VALUES (?, ?, ?, ?, ?, ?)",
                (tab.id, self.window, tab.position, tab.current, moment, content),
            )

        self._writer.later(write, ("tab", tab.id), prepare=prepare)

    def arrange(self, ids: Sequence[str], current: str = "") -> None:
        """Tabs were moved, or another one is shown. Call it after `journal` of a new tab, with all tabs of the window."""
        rows = [(position, one == current, one, self.window) for position, one in enumerate(ids)]

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany("UPDATE tabs SET position = ?, current = ? WHERE id = ? AND window = ?", rows)

        self._writer.later(write, ("arranged", self.window))

    def forget(self, tab_id: str) -> None:
        """The tab was closed."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM tabs WHERE id = ? AND window = ?", (tab_id, self.window))

        self._writer.later(write, ("tab", tab_id))

    def flush(self, timeout: float | None = None) -> bool:
        """Have it all on the disk; False where that is not possible (see `Writer.trouble`) or takes longer."""
        return self._writer.flush(timeout)

    def close(self) -> None:
        """Give the set up: the next window that starts takes its tabs over."""
        self._writer.flush()
        self._lock.release()
        with contextlib.suppress(OSError):
            self._lock.path.unlink(missing_ok=True)

    def _lock_file(self, window: str) -> Path:
        return self._folder / f"{window}.lock"

    def _adopt(self) -> None:
        """Make the tabs of windows that are gone this window's own, those that were changed last in front."""
        own = self._database.read("SELECT max(position) AS last FROM tabs WHERE window = ?", (self.window,))[0]["last"]
        start = 0 if own is None else own + 1
        current_is_known = own is not None
        for row in self._database.read(
            "SELECT window, count(*) AS number, max(changed_at) AS last FROM tabs WHERE window <> ?"
            " GROUP BY window ORDER BY last DESC",
            (self.window,),
        ):
            with self._of_nobody(row["window"]) as free:
                if not free:
                    continue
                with self._database.write() as connection:
                    # By order, not by adding to the position: positions may have gaps.
                    ids = connection.execute(
                        "SELECT id FROM tabs WHERE window = ? ORDER BY position, id", (row["window"],)
                    ).fetchall()
                    connection.executemany(
                        "UPDATE tabs SET window = ?, position = ?, current = current AND ? WHERE id = ?",
                        [(self.window, start + at, not current_is_known, one["id"]) for at, one in enumerate(ids)],
                    )
                start += len(ids)
                current_is_known = True
        self._remove_old_locks()

    def _remove_old_locks(self) -> None:
        """Windows that were killed before they had a tab leave their lock files."""
        latest = time.time() - _OLD
        for path in self._folder.glob("*.lock"):
            with contextlib.suppress(OSError, WorkspaceError):
                # A young one may be of a window that has just made it and does not hold it yet.
                if _WINDOW.fullmatch(path.stem) and path.stem != self.window and path.stat().st_mtime < latest:
                    with self._of_nobody(path.stem):
                        pass

    @contextlib.contextmanager
    def _of_nobody(self, window: str) -> Iterator[bool]:
        """Whether no running program owns the window; it cannot change its mind within the block."""
        if not _WINDOW.fullmatch(window):
            yield True
            return
        lock = FileLock(self._lock_file(window))
        try:
            free = lock.acquire(0)
        except OSError as error:
            raise file_trouble(error, lock.path, "created") from error
        try:
            yield free
        finally:
            if free:
                lock.release()
                # Windows refuses while another program looks at it; then the next start removes it.
                with contextlib.suppress(OSError):
                    lock.path.unlink(missing_ok=True)


def _content(tab: StoredTab, known: dict[str, str]) -> str:
    content: dict[str, Any] = {"draft": codec.to_json(cleaned(tab.draft, known)[0])}
    if tab.saved is not None:
        content["saved"] = codec.to_json(cleaned(tab.saved, known)[0])
    content |= {
        "saved_as": tab.saved_as,
        "view": tab.view,
        "places": tab.places,
        "environment": tab.environment,
        "token": list(tab.token),
        "preview": tab.preview,
    }
    return json.dumps(content, separators=(",", ":"))


def _tab(row: sqlite3.Row) -> StoredTab:
    content = json.loads(row["content"])
    way, name = content["token"]
    return StoredTab(
        row["id"],
        codec.from_json(content["draft"]),
        codec.from_json(content["saved"]) if "saved" in content else None,
        content["saved_as"],
        content["view"],
        content["places"],
        content["environment"],
        (str(way), str(name)),
        bool(content["preview"]),
        row["position"],
        bool(row["current"]),
    )
