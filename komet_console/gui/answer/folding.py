"""Which lines of a document are shown, and in which row. Needs no Qt.

Rows are what is on the screen, lines what is in the document. Only the outermost folded places count, and finding them
takes one step each, so that folding all of a hundred thousand places is as quick as folding one.
"""

from __future__ import annotations

from bisect import bisect_right

from komet_console.gui.answer.layout import Document

__all__ = ["Folding"]


class Folding:
    """The folded places of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._flags = bytearray(len(document.foldable))
        self._heads: list[int] = []
        """Lines of the outermost folded places, in order."""
        self._hidden: list[int] = []
        """Lines hidden by a place and all before it."""

    @property
    def rows(self) -> int:
        """How many rows are shown."""
        return self._document.lines - (self._hidden[-1] if self._hidden else 0)

    def foldable(self, line: int) -> bool:
        """Whether a line begins a place that can be folded."""
        return line in self._document.folds

    def folded(self, line: int) -> bool:
        """Whether the place that begins on a line is folded."""
        return bool(self._flags) and bool(self._flags[line])

    def line(self, row: int) -> int:
        """The line in a row."""
        if not self._heads:
            return row
        # Rows of the heads grow with them, so the last head at or above the row can be searched for.
        low, high = 0, len(self._heads)
        while low < high:
            middle = (low + high) // 2
            if self._row_of_head(middle) < row:
                low = middle + 1
            else:
                high = middle
        return row + (self._hidden[low - 1] if low else 0)

    def _row_of_head(self, number: int) -> int:
        return self._heads[number] - (self._hidden[number - 1] if number else 0)

    def row(self, line: int) -> int:
        """The row of a line; of a hidden one the row of the place that hides it."""
        number = bisect_right(self._heads, line) - 1
        if number < 0:
            return line
        head = self._heads[number]
        if line <= self._document.folds[head].last:
            return self._row_of_head(number)
        return line - self._hidden[number]

    def toggle(self, line: int) -> None:
        """Fold or unfold the place that begins on a line."""
        if self.foldable(line):
            self._flags[line] ^= 1
            self._count()

    def fold_all(self) -> None:
        """Fold everything but what holds it all."""
        self._flags = bytearray(self._document.foldable)
        if self._flags and self._document.folds.get(0) is not None:
            self._flags[0] = 0
        self._count()

    def unfold_all(self) -> None:
        """Show every line."""
        self._flags = bytearray(len(self._document.foldable))
        self._count()

    def reveal(self, line: int) -> bool:
        """Unfold whatever hides a line; False where nothing did."""
        changed = False
        while True:
            number = bisect_right(self._heads, line) - 1
            if number < 0:
                return changed
            head = self._heads[number]
            if not head < line <= self._document.folds[head].last:
                return changed
            self._flags[head] = 0
            self._count()
            changed = True

    def enclosing(self, line: int) -> int | None:
        """The innermost foldable place around or on a line; None where there is none."""
        folds = self._document.folds
        for candidate in range(line, max(-1, line - 100_000), -1):
            fold = folds.get(candidate)
            if fold is not None and candidate <= line <= fold.last:
                return candidate
        return None

    def _count(self) -> None:
        self._heads, self._hidden = [], []
        hidden = 0
        line = self._flags.find(1)
        while line >= 0:
            last = self._document.folds[line].last
            hidden += last - line
            self._heads.append(line)
            self._hidden.append(hidden)
            line = self._flags.find(1, last + 1)
