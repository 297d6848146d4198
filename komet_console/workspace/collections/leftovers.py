"""What a program that was killed while it wrote has left in the collections: files and folders that never got their names.

Nobody reads them, for their names begin with a dot; but every such end would leave one more, in what may be a git checkout.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

from komet_console.workspace.collections.files import is_half

__all__ = ["remove_leftovers"]

_OLD = 3600.0
"""Seconds after which nobody can still be writing it."""


def remove_leftovers(folder: Path, trash: Path) -> int:
    """Remove old halves below a folder, and old places of the trash that nothing came to; returns how many."""
    latest = time.time() - _OLD
    removed = 0
    for where, folders, files in os.walk(folder):
        for name in [one for one in (*folders, *files) if is_half(one)]:
            removed += _remove(Path(where, name), latest)
        folders[:] = [one for one in folders if not one.startswith(".")]
    if trash.is_dir():
        for place in trash.iterdir():
            with contextlib.suppress(OSError):
                held = [one.name for one in place.iterdir() if not is_half(one.name)]
                if held in ([], ["origin.json"]):
                    removed += _remove(place, latest)
    return removed


def _remove(path: Path, latest: float) -> bool:
    try:
        if path.is_symlink() or path.stat().st_mtime > latest:
            return False
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError:
        return False  # another window was quicker, or it cannot be removed at all: it harms nobody
    return True
