"""Locks between processes that the system itself releases when their process ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from types import TracebackType

__all__ = ["FileLock"]

_RETRY_SECONDS = 0.02

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        # flock, not lockf: lockf forgets the lock as soon as any other descriptor of the file is closed.
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class FileLock:
    """An exclusive lock on a file, which is created (readable by its owner only) and left where it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, timeout: float | None = None) -> bool:
        """Take the lock; False where another process keeps it for `timeout` seconds (None: wait as long as it takes).

        Raises:
            OSError: the file cannot be opened, e.g. because its folder is gone.
        """
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            while not _try_lock(descriptor):
                if deadline is not None and time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(_RETRY_SECONDS)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def is_held(self) -> bool:
        """Whether some process (or another `FileLock` of this one) holds it now."""
        if not self.path.exists():
            return False
        probe = FileLock(self.path)
        with contextlib.suppress(OSError):
            if probe.acquire(0):
                probe.release()
                return False
        return True

    def __enter__(self) -> FileLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
