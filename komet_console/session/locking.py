"""Locks between processes that the system itself releases when their process ends, however it ends."""

from __future__ import annotations

from komet_console.workspace.locking import FileLock

__all__ = ["FileLock"]
