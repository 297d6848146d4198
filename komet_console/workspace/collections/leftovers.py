"""What goes by itself: what a program that was killed while it wrote has left, and what lies in the trash for long.

Files and folders that never got their names are read by nobody, for their names begin with a dot; but every such end would leave
one more, in what may be a git checkout. The trash is for second thoughts, not for keeping.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

from komet_console.workspace.collections.files import ORIGIN, is_half

__all__ = ["DAYS_IN_TRASH", "remove_leftovers"]

DAYS_IN_TRASH = 30
"""Whole days that something which was deleted can still be found in the trash: every Undo is long gone then."""

_OLD = 3600.0
"""Seconds after which nobody can still be writing it."""


def remove_leftovers(folder: Path, trash: Path) -> int:
    """Remove old halves below a folder, and of the trash what nothing came to or what is too old; returns how many.

    A place of the trash is as old as the file in it that says where its content came from: that is written when it is deleted.
    What has no such file was put there by somebody else, and stays.
    """
    now = time.time()
    latest, kept_until = now - _OLD, now - DAYS_IN_TRASH * 86_400
    removed = 0
    for where, folders, files in os.walk(folder):
        for name in [one for one in (*folders, *files) if is_half(one)]:
            removed += _remove(Path(where, name), latest)
        folders[:] = [one for one in folders if not one.startswith(".")]
    if trash.is_dir():
        for place in trash.iterdir():
            with contextlib.suppress(OSError):
                held = [one.name for one in place.iterdir() if not is_half(one.name)]
                if held in ([], [ORIGIN]):
                    removed += _remove(place, latest)
                elif ORIGIN in held and (place / ORIGIN).stat().st_mtime < kept_until:
                    removed += _remove(place, now)
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
