"""Work that would make the window stutter, done on another thread; its result comes back to the window's thread."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal

__all__ = ["Latest"]

_THREADS = 2


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="latest")


class _Mail(QObject):
    """Brings results to the window's thread.

    One for the whole program: who wants a result may be closed and deleted while the other thread is about to send it.
    """

    came = Signal(object, int, object, object)

    def __init__(self) -> None:
        super().__init__()
        self.came.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def _deliver(self, receiver: weakref.ref[Latest], number: int, result: object, error: Exception | None) -> None:
        latest = receiver()
        if latest is not None and shiboken6.isValid(latest):
            latest.take(number, result, error)


@cache
def _mail() -> _Mail:
    return _Mail()


class Latest(QObject):
    """One kind of work of which only the newest result counts: a result that has been overtaken is dropped.

    Python code on the other thread shares the interpreter with the window. The work must therefore be made of short
    steps, not of one long call into C: a regular expression over megabytes holds the interpreter from end to end. And it
    must hold no widget nor any other object of Qt's: the last one to let go of it may be the other thread, which would
    then delete it there.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._wanted = [0]
        """The number of the work that is wanted, where the other thread sees it, too."""
        self._work: Callable[[], Any] | None = None
        self._then: Callable[[Any], None] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._begin)
        _mail()  # made on the window's thread

    @property
    def busy(self) -> bool:
        """Whether a result is still awaited."""
        return self._then is not None

    def start(self, work: Callable[[], Any], then: Callable[[Any], None], *, after: int = 0) -> None:
        """Do `work` on another thread and give its result to `then` on this one.

        Args:
            after: Milliseconds until it begins: what is painted meanwhile has the interpreter for itself.
        """
        self.drop()
        self._work, self._then = work, then
        if after:
            self._later.start(after)
        else:
            self._begin()

    def _begin(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            _threads().submit(_run, weakref.ref(self), self._wanted, self._number, work)

    def drop(self) -> None:
        """Nobody wants the running work's result any more."""
        self._number += 1
        self._wanted[0] = self._number
        self._work = self._then = None
        self._later.stop()

    def take(self, number: int, result: object, error: Exception | None) -> None:
        """For `_Mail`: the result of the work with that number has come."""
        if number != self._number or self._then is None:
            return
        then, self._then = self._then, None
        if error is not None:
            raise error
        then(result)


def _run(receiver: weakref.ref[Latest], wanted: list[int], number: int, work: Callable[[], Any]) -> None:
    if number != wanted[0]:
        return
    result, error = None, None
    try:
        result = work()
    except Exception as caught:  # noqa: BLE001 - raised again on the window's thread
        error = caught
    _mail().came.emit(receiver, number, result, error)
