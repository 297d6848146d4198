"""Bodies on their way into the history: masked, compressed, and on disk where they are large."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from komet_console.exchange.redaction import MASK, Redactor, is_secret_name
from komet_console.texts import said
from komet_console.workspace.scrubbing import may_name
from komet_console.workspace.trouble import WorkspaceError, file_trouble

__all__ = ["INDEXED", "LARGE", "MOST", "BodyFiles", "indexed_part", "masked"]

LARGE = 1024 * 1024
"""Bodies beyond this many bytes stand in files."""
MOST = 64 * 1024 * 1024
"""What is kept of one body, in bytes; the rest is given up, and the entry says how much."""
INDEXED = 64 * 1024
"""How many bytes of a body can be searched for."""
_PIECE = 8 * 1024
"""Bytes that are masked at a time: a regular expression lets no other thread run until it is through."""
_END_OF_STRING = re.compile(rb'[^\s:\[,{\\]"\s*,')
"""Where JSON may be cut without parting a name from its value, or a value."""
_AROUND = 4096
_ESCAPED_NAME = re.compile(
    r'(?P<head>"(?P<name>(?:[^"\\]|\\.)*\\u(?:[^"\\]|\\.)*)"\s*:\s*)(?:"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,\[\]{}"]+)'
)
_ORPHANS_AFTER = 3600.0
"""Seconds after which a file that no entry names is taken for left over by a crash."""


def masked(body: bytes, redactor: Redactor) -> bytes:
    """The body without secrets. A long one is masked piece by piece, which keeps a window's event loop running."""
    if len(body) <= 2 * _PIECE:
        return redactor.body(body)
    out = []
    for piece in _pieces(body, redactor):
        try:
            text = piece.decode()
        except UnicodeDecodeError:
            out.append(redactor.body(piece))
        else:
            out.append(_masked_text(text, redactor).encode())
        time.sleep(0)
    return b"".join(out)


def _masked_text(text: str, redactor: Redactor) -> str:
    if not may_name(text):
        return redactor.known(text)
    if "\\u" in text:
        text = _ESCAPED_NAME.sub(_hide_escaped, text)
    return redactor.text(text)


def _hide_escaped(match: re.Match[str]) -> str:
    try:
        name = json.loads(f'"{match["name"]}"')
    except ValueError:
        return match.group()
    return f'{match["head"]}"{MASK}"' if is_secret_name(name) else match.group()


def _pieces(body: bytes, redactor: Redactor) -> Iterator[bytes]:
    start = 0
    while len(body) - start > 2 * _PIECE:
        found = _END_OF_STRING.search(body, start + _PIECE, start + 2 * _PIECE)
        end = found.end() if found else _quiet_place(body, start + 2 * _PIECE, redactor)
        yield body[start:end]
        start = end
    yield body[start:]


def _quiet_place(body: bytes, at: int, redactor: Redactor) -> int:
    """The next place around which there is no secret that a cut could part."""
    while at < len(body):
        around = body[at - _AROUND : at + _AROUND].decode("utf-8", "ignore")
        if redactor.text(around) == around:
            while body[at] & 0xC0 == 0x80 and at > 0:
                at -= 1
            return at
        at += 2 * _AROUND
    return len(body)


def indexed_part(body: bytes) -> tuple[str, bool]:
    """What of a masked body can be searched for, and whether that is all of it. Bytes that are no text have none.

    The answer for the same first `INDEXED` bytes must be the same for ever: taking an entry out of the index needs it.
    """
    part = body[:INDEXED]
    if b"\x00" in part:
        return "", True
    return part.decode("utf-8", "ignore").replace("\ufeff", ""), len(body) <= INDEXED


class BodyFiles:
    """The folder of large bodies, one compressed file each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, body: bytes) -> int:
        """Write a body, on the disk when this returns; returns how many bytes the file has.

        Raises:
            WorkspaceError: it cannot be written; nothing is left of it.
        """
        path = self.folder / name
        half = path.with_suffix(".part")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            packed = zlib.compress(body, 3)
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(packed)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                half.unlink(missing_ok=True)
            raise file_trouble(error, path, "written") from error
        return len(packed)

    def read(self, name: str) -> bytes:
        """The body of a file.

        Raises:
            WorkspaceError: it is gone, or damaged.
        """
        path = self._path(name)
        try:
            return zlib.decompress(path.read_bytes())
        except OSError as error:
            raise file_trouble(error, path, "read") from error
        except zlib.error as error:
            raise WorkspaceError(
                said("The file {path} is damaged. The rest of the history is not affected.", path=path)
            ) from error

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is no trouble, one that cannot be removed is an orphan for later."""
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def remove_orphans(self, named: set[str]) -> int:
        """Remove old files that no entry names; returns how many."""
        removed = 0
        latest = time.time() - _ORPHANS_AFTER
        with contextlib.suppress(OSError):
            for path in self.folder.iterdir():
                if path.suffix in (".z", ".part") and path.name not in named and path.stat().st_mtime < latest:
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _path(self, name: str) -> Path:
        # The name comes from a database that may have been restored from anywhere.
        return self.folder / Path(name).name
