"""Work that would make the window stutter, done on another thread; its result comes back to the window's thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

__all__ = ["Latest"]

_THREADS = 2


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="answer")


class Latest(QObject):
    """One kind of work of which only the newest result counts: a result that has been overtaken is dropped.

    Python code on the other thread shares the interpreter with the window. The work must therefore be made of short
    steps, not of one long call into C: a regular expression over megabytes holds the interpreter from end to end.
    """

    _done = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._work: Callable[[], Any] | None = None
        self._then: Callable[[Any], None] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._begin)
        self._done.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a result is still awaited."""
        return self._then is not None

    def start(self, work: Callable[[], Any], then: Callable[[Any], None], *, after: int = 0) -> None:
        """Do `work` on another thread and give its result to `then` on this one.

        Args:
            after: Milliseconds until it begins: what is painted meanwhile has the interpreter for itself.
        """
        self._number += 1
        self._work, self._then = work, then
        if after:
            self._later.start(after)
        else:
            self._begin()

    def _begin(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            _threads().submit(self._run, self._number, work)

    def drop(self) -> None:
        """Nobody wants the running work's result any more."""
        self._number += 1
        self._work = self._then = None
        self._later.stop()

    def _run(self, number: int, work: Callable[[], Any]) -> None:
        result, error = None, None
        if number == self._number:
            try:
                result = work()
            except Exception as caught:  # noqa: BLE001 - raised again on the window's thread
                error = caught
        with contextlib.suppress(RuntimeError):  # the view is gone
            self._done.emit(number, result, error)

    def _arrive(self, number: int, result: object, error: Exception | None) -> None:
        if number != self._number or self._then is None:
            return
        then, self._then = self._then, None
        if error is not None:
            raise error
        then(result)
