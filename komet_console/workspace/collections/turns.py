"""Who may write in a folder of collections: one at a time, among the threads and windows of all programs.

A change looks at what is there, decides, and writes. Without turns another window could write between looking and writing, and
its work would be gone without a word.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from komet_console.errors import UserError
from komet_console.workspace.locking import FileLock

__all__ = ["LOCK", "PATIENCE", "Turn", "in_turn"]

LOCK = ".writing.lock"
"""The lock's file, within the folder that holds the collections: never in a collection, which may be a git checkout."""
PATIENCE = 20.0
"""Seconds that a writer waits; nothing that is done in one turn takes nearly as long."""

P = ParamSpec("P")
R = TypeVar("R")


class Turn:
    """The right to write, while the `with` block runs; a thread that has it may enter again.

    Where the file system allows no lock the block runs all the same: what is compared before writing still holds then.

    Raises:
        UserError: another program writes for longer than `PATIENCE`; the block did not run.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / LOCK)
        self._mine = threading.RLock()
        self._depth = 0

    def __enter__(self) -> Turn:
        self._mine.acquire()
        try:
            if self._depth == 0:
                self._acquire()
        except BaseException:
            self._mine.release()
            raise
        self._depth += 1
        return self

    def _acquire(self) -> None:
        taken = True
        with contextlib.suppress(OSError):
            taken = self._lock.acquire(PATIENCE)
        if not taken:
            raise UserError(
                "Another window is writing to the collections and does not come to an end. Nothing was changed.",
                "Close it, or try again.",
            )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._lock.release()
        self._mine.release()


class _TakesTurns(Protocol):
    @property
    def turn(self) -> Turn: ...


S = TypeVar("S", bound=_TakesTurns)


def in_turn(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """A method that looks and writes: all of it in one turn."""

    @wraps(method)
    def taking_turns(self: S, /, *arguments: P.args, **named: P.kwargs) -> R:
        with self.turn:
            return method(self, *arguments, **named)

    return taking_turns
