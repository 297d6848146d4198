"""What takes long before it can be written, on a thread of its own: nothing that is quickly written waits for it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from komet_console.workspace.trouble import WorkspaceError

__all__ = ["Preparer"]


T = TypeVar("T")


class Preparer(Generic[T]):
    """Prepares jobs one after the other and hands them on, in order. The thread begins with the first job.

    Args:
        attempt: Does a preparation; False where it is wrong in itself and its job is to be dropped.
        hand_on: Takes a job that is prepared (True), or one that the surroundings did not allow to be prepared (False).
    """

    def __init__(self, attempt: Callable[[Callable[[], None]], bool], hand_on: Callable[[T, bool], None]) -> None:
        self._attempt = attempt
        self._hand_on = hand_on
        self._condition = threading.Condition()
        self._waiting: deque[tuple[float, T, Callable[[], None]]] = deque()
        self._taken = self._done = 0
        self._hurry = 0
        self._closing = False
        self._thread: threading.Thread | None = None

    def add(self, job: T, preparation: Callable[[], None], within: float) -> None:
        """Have it prepared, in about so many seconds at the earliest."""
        with self._condition:
            if self._closing:
                raise sqlite3.ProgrammingError("the workspace is closed")
            self._taken += 1
            self._waiting.append((time.monotonic() + within, job, preparation))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="workspace-preparer", daemon=True)
                self._thread.start()
            self._condition.notify_all()

    def finish(self, timeout: float | None = None) -> bool:
        """Prepare at once; True when everything added before is handed on, False where that takes longer."""
        with self._condition:
            until = self._taken
            self._hurry += 1
            self._condition.notify_all()
            try:
                return self._condition.wait_for(lambda: self._done >= until, timeout)
            finally:
                self._hurry -= 1

    def close(self) -> None:
        """Hand on what waits, and end."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._waiting:
                    if self._closing:
                        return
                    self._condition.wait()
                due, job, preparation = self._waiting[0]
                if not self._hurry and not self._closing and (left := due - time.monotonic()) > 0:
                    self._condition.wait(left)
                    continue
                self._waiting.popleft()
            try:
                if self._attempt(preparation):
                    self._hand_on(job, True)
            except (WorkspaceError, sqlite3.Error):
                self._hand_on(job, False)
            with self._condition:
                self._done += 1
                self._condition.notify_all()
