"""Looks for planted secrets in everything that was written: as they are, encoded, compressed, inside databases."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

__all__ = ["leaks", "spellings"]


def spellings(secret: str) -> set[bytes]:
    """All ways in which a secret could stand in a file."""
    raw = secret.encode()
    texts = {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], raw.hex(), raw.hex().upper()}
    found = {text.encode() for text in texts}
    found |= {secret.encode("utf-16-le"), secret.encode("utf-16-be"), raw[::-1]}
    for shift in range(3):
        # In base64 a text looks different at each of three offsets; the ends depend on their neighbours.
        coded = base64.b64encode(b"\0" * shift + raw)
        start = -(-shift * 4 // 3) + (1 if shift else 0)
        inner = coded[start : len(coded) - 4]
        if len(inner) >= 8:
            found |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def leaks(folder: Path, secrets: Iterable[str]) -> list[str]:
    """Every file below the folder that holds one of the secrets, with the place in it."""
    wanted = {spelled: secret for secret in secrets for spelled in spellings(secret)}
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for place, data in _contents(path):
                found += [f"{path.name} ({place}): {wanted[one][:4]}…" for one in wanted if one in data]
    return found


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    data = path.read_bytes()
    yield "raw", data
    yield from _unpacked("raw", data)
    if not data.startswith(b"SQLite format 3"):
        return
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            with contextlib.suppress(sqlite3.Error):
                for row in connection.execute(f'SELECT * FROM "{table}"'):
                    for value in row:
                        blob = value if isinstance(value, bytes) else str(value).encode()
                        yield table, blob
                        yield from _unpacked(table, blob)


def _unpacked(place: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """What is compressed, as it was before."""
    for name, bits in (("zlib", 15), ("gzip", 31), ("deflate", -15)):
        with contextlib.suppress(zlib.error, EOFError, gzip.BadGzipFile):
            yield f"{place}, {name}", zlib.decompressobj(bits).decompress(data)
