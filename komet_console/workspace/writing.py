"""Writes behind the caller's back, and soon: one thread that gathers what is waiting into one transaction.

A caller hands over a job and goes on; waiting for the disk would make the window stutter. What cannot be written because of
the surroundings (full disk, busy file) stays in memory, is tried again every few seconds, and the listeners are told.
"""

from __future__ import annotations

import atexit
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Hashable
from functools import partial

from komet_console.workspace.database import Database
from komet_console.workspace.preparing import Preparer
from komet_console.workspace.trouble import WorkspaceError, explain

__all__ = ["Job", "Writer"]

Job = Callable[[sqlite3.Connection], Callable[[], None] | None]
"""Does its writing on the connection; what it returns is called after the commit."""
Preparation = Callable[[], None]
"""What takes long is done before the transaction begins, so that other writers need not wait for it."""

_Waiting = dict[tuple[str, Hashable], tuple[Job, Preparation | None]]

SOON = 0.2
"""Seconds that changes are gathered before they are written."""
RETRY = 3.0
"""Seconds until the next try after trouble."""
MOST_WAITING = 2_000
"""Jobs that are kept in memory while nothing can be written; beyond it the oldest one-time jobs are given up."""

_log = logging.getLogger(__name__)


class Writer:
    """The thread; it ends with `close`.

    Attributes:
        trouble: why nothing can be written at present; None while all is well.
        listeners: called on the writing thread with `trouble` whenever it changes.
        given_up: how many jobs were lost because nothing could be written for too long.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._condition = threading.Condition()
        self._waiting: _Waiting = {}
        self._postponed: _Waiting = {}
        """What could not be written; tried again from time to time, apart from what comes in."""
        self._due: float | None = None
        self._retry = 0.0
        self._asked = 0
        self._answered = 0
        self._number = 0
        self._closing = False
        self.trouble: WorkspaceError | None = None
        self.listeners: list[Callable[[WorkspaceError | None], None]] = []
        self.given_up = 0
        self._thread = threading.Thread(target=self._run, name="workspace-writer", daemon=True)
        self._thread.start()
        self._preparer = Preparer(self._attempt, self._prepared)
        # What waits is written even where the program ends without closing the workspace.
        atexit.register(self.close)

    def later(
        self,
        job: Job,
        key: Hashable | None = None,
        *,
        within: float = SOON,
        prepare: Preparation | None = None,
    ) -> None:
        """Have a job done within about so many seconds; it replaces a waiting one of the same key."""
        with self._condition:
            if self._closing:
                raise sqlite3.ProgrammingError("the workspace is closed")
            self._number += 1
            name = ("job", self._number) if key is None else ("key", key)
            self._waiting.pop(name, None)
            self._postponed.pop(name, None)
            self._waiting[name] = (job, prepare)
            self._set_due(time.monotonic() + within)

    def after(self, prepare: Preparation, job: Job, *, within: float = SOON) -> None:
        """Have a job done as soon as it is prepared, which may take long; what is handed over meanwhile is written before."""
        self._preparer.add((job, prepare), prepare, within)

    def _prepared(self, work: tuple[Job, Preparation], done: bool) -> None:
        job, prepare = work
        # Where the surroundings are to blame the writing thread tries once more, and tells.
        self.later(job, within=0, prepare=None if done else prepare)

    def soon(self, job: Job, key: Hashable, *, within: float = SOON) -> None:
        """The same for a job that asks for its own next turn: on a writer that is closing it is not done any more."""
        with self._condition:
            if not self._closing:
                self.later(job, key, within=within)

    def flush(self, timeout: float | None = None) -> bool:
        """Write at once; True when everything handed over before is on the disk, False where it cannot be or takes longer."""
        if threading.current_thread() is self._thread:
            # A listener asks; what was handed over before is on its way.
            return self.trouble is None
        begun = time.monotonic()
        prepared = self._preparer.finish(timeout)
        if timeout is not None:
            timeout = max(0.0, timeout - (time.monotonic() - begun))
        with self._condition:
            self._asked += 1
            mine = self._asked
            self._condition.notify_all()
            answered = self._condition.wait_for(lambda: self._answered >= mine or not self._thread.is_alive(), timeout)
            return prepared and answered and self.trouble is None and not self._postponed

    def close(self) -> bool:
        """Write what waits and end; False where something could not be written and is lost."""
        self._preparer.close()
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        self._thread.join()
        atexit.unregister(self.close)
        return not self._postponed

    def _set_due(self, moment: float) -> None:
        if self._due is None or moment < self._due:
            self._due = moment
            self._condition.notify_all()

    def _postpone(self, left: _Waiting) -> None:
        # What was handed over meanwhile is newer than what is left.
        self._postponed |= {name: job for name, job in left.items() if name not in self._waiting}
        while len(self._postponed) > MOST_WAITING:
            oldest = next((name for name in self._postponed if name[0] == "job"), next(iter(self._postponed)))
            del self._postponed[oldest]
            self.given_up += 1
        if self._postponed:
            self._retry = time.monotonic() + RETRY
            self._set_due(self._retry)

    # --- the thread

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._closing and self._asked == self._answered and not self._is_due():
                    self._condition.wait(None if self._due is None else max(0.0, self._due - time.monotonic()))
                asked, closing = self._asked, self._closing
                again = closing or asked != self._answered or time.monotonic() >= self._retry
                batch = {**(self._postponed if again else {}), **self._waiting}
                self._waiting = {}
                self._due = None
                if again:
                    self._postponed = {}
                elif self._postponed:
                    self._set_due(self._retry)
            left = self._write(batch)
            with self._condition:
                self._postpone(left)
                self._answered = asked
                self._condition.notify_all()
                if closing:
                    return

    def _is_due(self) -> bool:
        return self._due is not None and time.monotonic() >= self._due

    def _write(self, batch: _Waiting) -> _Waiting:
        """Write the jobs; returns those that the surroundings did not allow. A job that is wrong in itself is dropped."""
        left: _Waiting = {}
        if not batch:
            return left
        trouble: WorkspaceError | None = None
        afterwards: list[Callable[[], None]] = []
        for name, (job, prepare) in list(batch.items()):
            try:
                if prepare is not None and not self._attempt(prepare):
                    del batch[name]
            except WorkspaceError as error:
                # A large body may find no room where the line that was just typed does.
                trouble = error
                left[name] = (job, prepare)
                del batch[name]
        try:
            with self._database.write() as connection:
                for name, (job, _) in list(batch.items()):
                    connection.execute("SAVEPOINT job")
                    if not self._attempt(partial(self._do, job, connection, afterwards)):
                        connection.execute("ROLLBACK TO job")
                        del batch[name]
                    connection.execute("RELEASE job")
        except WorkspaceError as error:
            self._tell(error)
            return {**left, **batch}
        except sqlite3.Error:
            # Not of the surroundings: repeating it would fail for ever.
            _log.exception("Changes to the workspace could not be written.")
            self.given_up += len(batch)
            return left
        if trouble is not None or not self._postponed:
            self._tell(trouble)
        for after in afterwards:
            self._attempt(after)
        return left

    def _do(self, job: Job, connection: sqlite3.Connection, afterwards: list[Callable[[], None]]) -> None:
        after = job(connection)
        if after is not None:
            afterwards.append(after)

    def _attempt(self, work: Callable[[], None]) -> bool:
        """Do it; False where it is wrong in itself. What the surroundings forbid is raised."""
        try:
            work()
        except Exception as error:  # one wrong job must not cost the others
            if isinstance(error, WorkspaceError) or self._is_of_surroundings(error):
                raise
            _log.exception("A change to the workspace could not be written.")
            self.given_up += 1
            return False
        return True

    def _is_of_surroundings(self, error: Exception) -> bool:
        return isinstance(error, sqlite3.Error) and explain(error, self._database.path) is not None

    def _tell(self, trouble: WorkspaceError | None) -> None:
        changed = (trouble and trouble.message) != (self.trouble and self.trouble.message)
        self.trouble = trouble
        if changed:
            for listener in list(self.listeners):
                listener(trouble)
