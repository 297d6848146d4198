"""Text made ready for the viewer: JSON one member a line, its foldable places, secrets masked. Needs no Qt.

Answers have megabytes and this runs on another thread beside the window, so nothing here hands a whole answer to one
call of the regular expression engine: that would hold the interpreter, and with it the window, from end to end.
"""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from itertools import accumulate, islice
from typing import NamedTuple

from komet_console.exchange import MASK, Redactor, is_secret_name

__all__ = ["Document", "Fold", "json_document", "plain_document"]

_PIECE = 32 * 1024
"""So many characters are searched for secrets at a time."""
_LINES = 8 * 1024
"""So many lines are measured at a time."""
_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_MEMBER = re.compile(
    rf"""[ \t\r\n]*(?:(?P<key>{_STRING})[ \t\r\n]*:[ \t\r\n]*)?
    (?:(?P<open>[{{\[])|(?P<close>[}}\]])|(?P<value>{_STRING}|[^\s{{}}\[\]:,"]+))[ \t\r\n]*(?P<comma>,)?""",
    re.VERBOSE,
)
"""One line of the laid-out text: a member, an element, or the end of what holds them."""
_ENDS = ("\n", "}", "]", '","', ",")
"""Behind the first character of these a text can be cut, the best first: a name stays with its value."""
_WORDS = ("token", "passw", "secret", "apikey", "api_key", "api-key", "authorization", "cookie", "://")
"""Where none of these stands, `Redactor.text` has nothing to mask behind a name; looking for them is many times faster."""


class Fold(NamedTuple):
    """A foldable place: the line of its closing mark, and how many members or elements it holds."""

    last: int
    holds: int


class Folds(Mapping[int, Fold]):
    """The foldable places by the line they begin on.

    Numbers in dictionaries, no objects: hundreds of thousands of those would keep the garbage collector busy, and the
    window waiting.
    """

    def __init__(self) -> None:
        self._last: dict[int, int] = {}
        self._count: dict[int, int] = {}

    def add(self, line: int, last: int, count: int) -> None:
        """One more place."""
        self._last[line], self._count[line] = last, count

    def __getitem__(self, line: int) -> Fold:
        return Fold(self._last[line], self._count[line])

    def __contains__(self, line: object) -> bool:
        return line in self._last

    def __iter__(self) -> Iterator[int]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)


@dataclass(frozen=True, slots=True)
class Document:
    """A text by lines. Offsets count characters, lines count from 0.

    `starts` has one entry for each line and one more behind the last. `folds` and `foldable` (1 for each line that
    begins a foldable place) are empty where nothing folds.
    """

    text: str
    language: str
    starts: array[int]
    widest: int
    """Characters of the longest line."""
    folds: Mapping[int, Fold] = field(default_factory=Folds)
    foldable: bytes = b""
    masked: bool = False
    """Something is hidden in it."""

    @property
    def lines(self) -> int:
        """How many lines there are; at least one."""
        return len(self.starts) - 1

    def line(self, number: int) -> str:
        """The text of a line without its end."""
        return self.text[self.starts[number] : self.end(number)]

    def end(self, number: int) -> int:
        """Where a line ends, its line break not included."""
        end = self.starts[number + 1]
        return end if number == self.lines - 1 else end - 1

    def line_at(self, offset: int) -> int:
        """The line in which a character stands."""
        return max(0, min(bisect_right(self.starts, offset) - 1, self.lines - 1))


def plain_document(text: str, language: str = "text", redactor: Redactor | None = None) -> Document:
    """Any text as it is; secrets masked where there is a redactor."""
    shown = _masked(text, redactor) if redactor is not None else text
    return _indexed(shown, language, masked=shown != text)


def json_document(text: str, redactor: Redactor | None = None, indent: int = 2) -> Document:
    """JSON with one member or element a line, spelling and order as they are; secrets masked where there is a redactor.

    `text` must be JSON; what is not is left away.
    """
    out: list[str] = []
    folds = Folds()
    stack: list[tuple[int, int, bool]] = []
    """Of every open place: its line, the members before it beside it, whether all in there was secret already."""
    secrets: dict[str | None, bool] = {None: False}
    members, line, hidden, secret_below, margin, step = 0, 0, False, False, "", " " * indent
    for match in _MEMBER.finditer(text.removeprefix("\ufeff").strip()):
        key, opening, closing, value, comma = match.groups()
        if closing:
            if not stack:
                break
            count, (begun, members, secret_below) = members, stack.pop()
            margin = margin[: len(margin) - indent]
            if begun == line - 1 and not count:
                out[-1] += closing + (comma or "")  # nothing inside: both marks on one line
                continue
            out.append(margin + closing + (comma or ""))
            folds.add(begun, line, count)
            line += 1
            continue
        members += 1
        head = f"{margin}{key}: " if key else margin
        secret = secret_below
        if redactor is not None:
            if key not in secrets:
                secrets[key] = is_secret_name(_name(key))
            secret = secret or secrets[key]
        if opening:
            out.append(head + opening)
            stack.append((line, members, secret_below))
            members, secret_below, margin = 0, secret, margin + step
        else:
            if secret and value not in ("null", '""'):
                value, hidden = f'"{MASK}"', True
            out.append(f"{head}{value}," if comma else head + value)
        line += 1
    laid = "\n".join(out)
    shown = _masked(laid, redactor) if redactor is not None else laid
    return _indexed(shown, "json", folds, masked=hidden or shown != laid)


def _name(key: str) -> str:
    try:
        return str(json.loads(key, strict=False))
    except ValueError:
        return key


def _indexed(text: str, language: str, folds: Folds | None = None, *, masked: bool = False) -> Document:
    starts = array("q", [0])
    widest = 0
    lengths = map(len, StringIO(text, newline="\n"))
    while found := list(islice(lengths, _LINES)):
        widest = max(widest, max(found) - 1)
        starts.extend(islice(accumulate(found, initial=starts[-1]), 1, None))
    if not text or text.endswith("\n"):
        starts.append(len(text))
    widest = max(widest, len(text) - text.rfind("\n") - 1)
    foldable = b""
    if folds:
        flags = bytearray(len(starts) - 1)
        for begun in folds:
            flags[begun] = 1
        foldable = bytes(flags)
    return Document(text, language, starts, widest, folds or Folds(), foldable, masked)


def _masked(text: str, redactor: Redactor) -> str:
    return "".join(_suspected(piece, redactor) for piece in _pieces(redactor.known(text)))


def _suspected(piece: str, redactor: Redactor) -> str:
    folded = piece.casefold()
    return redactor.text(piece) if any(word in folded for word in _WORDS) else piece


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that end where no name stands apart from its value: at a line's end, or behind a member."""
    start = 0
    while len(text) - start > _PIECE:
        wanted = start + _PIECE
        # Where nothing of the kind stands, a bigger piece is looked through in one go.
        end = next((place + 1 for mark in _ENDS if (place := text.rfind(mark, start, wanted)) > start), start)
        if end <= start:
            end = text.find(",", wanted) + 1 or len(text)
        yield text[start:end]
        start = end
    yield text[start:]
