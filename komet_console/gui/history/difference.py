"""Two texts line by line: what both have, what only one has; as one text, or side by side."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from itertools import zip_longest

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from komet_console.gui import theme
from komet_console.gui.answer.colouring import LineSpans
from komet_console.gui.answer.layout import plain_document
from komet_console.gui.answer.viewer import TextViewer
from komet_console.gui.i18n import tr

__all__ = ["MOST_LINES", "Difference", "SideBySide", "difference"]

MOST_LINES = 4_000
"""Of each text: comparing takes time that grows with the square of the lines that differ."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Both texts as equally many lines; where one side has nothing, its line is empty. Needs no widget."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    marks: tuple[str, ...]
    """For each line: `=` the same, `<` only left, `>` only right, `!` different."""
    cut: bool = False
    """Only the beginnings were compared."""

    @property
    def count(self) -> int:
        """How many places differ; lines that follow one another are one place."""
        return sum(
            mark != "=" and (number == 0 or self.marks[number - 1] == "=") for number, mark in enumerate(self.marks)
        )


def difference(left: str, right: str) -> Difference:
    """Compare two texts. May take a second; not a matter for the window's thread."""
    first, second = left.splitlines(), right.splitlines()
    cut = max(len(first), len(second)) > MOST_LINES
    first, second = first[:MOST_LINES], second[:MOST_LINES]
    rows: list[tuple[str, str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, first, second, autojunk=len(first) > 500).get_opcodes():
        if kind == "equal":
            rows += [(line, line, "=") for line in first[a:b]]
            continue
        for one, other in zip_longest(first[a:b], second[c:d]):
            rows.append((one or "", other or "", "!" if None not in (one, other) else "<" if other is None else ">"))
    return Difference(tuple(row[0] for row in rows), tuple(row[1] for row in rows), tuple(row[2] for row in rows), cut)


class SideBySide(QWidget):
    """Two texts that scroll together, differing lines in colour.

    Signals:
        moved(int): Which place is current, from 1; 0: none.
    """

    moved = Signal(int)

    def __init__(self, name: str, left: str, right: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.difference = Difference((), (), ())
        self._place = 0
        self.left = self._viewer(f"{name}.left", left)
        self.right = self._viewer(f"{name}.right", right)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        for title, viewer in ((left, self.left), (right, self.right)):
            heading = QLabel(title)
            theme.set_role(heading, "strong")
            frame = QFrame()
            theme.set_role(frame, "sheet")
            inside = QVBoxLayout(frame)
            inside.setContentsMargins(1, 4, 1, 4)
            inside.addWidget(viewer)
            column = QVBoxLayout()
            column.setSpacing(6)
            column.addWidget(heading)
            column.addWidget(frame, 1)
            line.addLayout(column, 1)
        for one, other in ((self.left, self.right), (self.right, self.left)):
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            one.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)

    def _viewer(self, name: str, title: str) -> TextViewer:
        viewer = TextViewer()
        viewer.setObjectName(name)
        viewer.setAccessibleName(title)
        return viewer

    def show_difference(self, found: Difference) -> None:
        """Show two texts from their first difference on."""
        self.difference, self._place = found, 0
        self.left.show_document(plain_document("\n".join(found.left)), _markup(found, found.left, "red"))
        self.right.show_document(plain_document("\n".join(found.right)), _markup(found, found.right, "green"))
        if found.count:
            self.step(1)

    def step(self, by: int) -> None:
        """Go to the next place that differs, or (-1) to the one before."""
        places = [
            number
            for number, mark in enumerate(self.difference.marks)
            if mark != "=" and (number == 0 or self.difference.marks[number - 1] == "=")
        ]
        if not places:
            self.moved.emit(0)
            return
        self._place = (self._place - 1 + by) % len(places) + 1 if self._place else (1 if by > 0 else len(places))
        line = places[self._place - 1]
        for viewer in (self.left, self.right):
            start = viewer.document.starts[line]
            viewer.select(start, start)
            viewer.verticalScrollBar().setValue(max(0, line - 3))
        self.moved.emit(self._place)


def _markup(found: Difference, lines: tuple[str, ...], token: str) -> dict[int, LineSpans]:
    return {
        number: [(0, len(lines[number]), token)]
        for number, mark in enumerate(found.marks)
        if mark != "=" and lines[number]
    }


def summary(found: Difference) -> str:
    """What came of comparing, in a sentence."""
    if found.count == 0:
        said = tr("Both are the same.")
    elif found.count == 1:
        said = tr("They differ in one place.")
    else:
        said = tr("They differ in {count} places.", count=f"{found.count:,}")
    return (
        tr("{said} Only the first {count} lines were compared.", said=said, count=f"{MOST_LINES:,}")
        if found.cut
        else said
    )
