"""Paints the part of a `TextViewer` that is seen: selection, occurrences, text in its colours, numbers, folding marks."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF

from komet_console.gui import theme
from komet_console.gui.answer.cells import Cells, cells_of, printable
from komet_console.gui.answer.colouring import LineSpans, line_spans

if TYPE_CHECKING:
    from komet_console.gui.answer.viewer import TextViewer

__all__ = ["paint"]

_ROW = 20
_FOLDED = (QPointF(-1.5, -3.5), QPointF(2, 0), QPointF(-1.5, 3.5))
_OPEN = (QPointF(-3.5, -1.5), QPointF(0, 2), QPointF(3.5, -1.5))


def paint(viewer: TextViewer, event: QPaintEvent) -> None:
    """Paint the rows that the event touches."""
    painter = QPainter(viewer.viewport())
    area = event.rect()
    painter.fillRect(area, theme.color("bg"))
    top = viewer.verticalScrollBar().value()
    first = top + area.top() // _ROW
    last = min(viewer.folding.rows - 1, top + area.bottom() // _ROW)
    page = _Page(viewer, painter)
    rows = [(viewer.folding.line(row), (row - top) * _ROW) for row in range(first, last + 1)]
    # All texts first: clipping them anew for each row takes as long as painting them.
    painter.save()
    painter.setClipRect(QRectF(page.gutter - 2, area.top(), page.width - page.gutter + 2, area.height()))
    for line, y in rows:
        page.row(line, y)
    painter.restore()
    page.gutters(rows)


class _Page:
    """One painting: what all its rows share."""

    def __init__(self, viewer: TextViewer, painter: QPainter) -> None:
        self.viewer, self.painter = viewer, painter
        self.cell = viewer.cell
        self.first = viewer.horizontalScrollBar().value()
        self.gutter = viewer.gutter
        self.width = viewer.viewport().width()
        self.seen = int((self.width - self.gutter) / self.cell) + 2
        metrics = QFontMetricsF(viewer.font_)
        self.base = (_ROW - metrics.height()) / 2 + metrics.ascent()
        # Ligatures would draw two characters as one; what is received is shown letter by letter.
        self.plain_font = QFont(viewer.font_)
        self.plain_font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
        self._color: str | None = None
        self._plain: bool | None = None

    def _pen(self, token: str, *, plain: bool) -> None:
        """The colour of a text and whether its letters stand for themselves; set where it is another than before."""
        if token != self._color:
            self._color = token
            self.painter.setPen(theme.color(token))
        if plain is not self._plain:
            self._plain = plain
            self.painter.setFont(self.plain_font if plain else self.viewer.font_)

    def x(self, cell: float) -> float:
        return self.gutter + (cell - self.first) * self.cell

    def row(self, line: int, top: int) -> None:
        viewer, painter = self.viewer, self.painter
        document = viewer.document
        text = document.line(line)
        cells = cells_of(text)
        start = document.starts[line]
        caret_here = viewer.hasFocus() and start <= viewer.caret <= document.end(line)
        if caret_here and viewer.selection[0] == viewer.selection[1]:
            painter.fillRect(QRectF(self.gutter, top, self.width - self.gutter, _ROW), theme.color("hover"))
        self._marks(line, cells, top)
        self._text(text, cells, line_spans(document, line, viewer.markup), top)
        end: float = cells.total
        if viewer.folding.folded(line):
            end = self._dots(line, cells.total, top)
        self._line_end(line, end, top)
        if caret_here:
            x = self.x(cells.of(viewer.caret - start))
            painter.fillRect(QRectF(x - 0.5, top + 2, 1.5, _ROW - 4), theme.color("text"))

    def _marks(self, line: int, cells: Cells, top: int) -> None:
        viewer = self.viewer
        start, end = viewer.document.starts[line], viewer.document.end(line)
        if viewer.matches and viewer.wanted:
            size = len(viewer.wanted)
            low, high = self._offsets(start, cells)
            number = bisect_left(viewer.matches, max(start, low) - size + 1)
            while number < len(viewer.matches) and viewer.matches[number] < min(end, high):
                begin = viewer.matches[number]
                if begin + size > start:
                    self._find_mark(cells, begin - start, size, top, current=number == viewer.current)
                number += 1
        begin, finish = viewer.selection
        if begin < finish and begin <= end and finish > start:
            if viewer.current >= 0 and (begin, finish - begin) == (viewer.matches[viewer.current], len(viewer.wanted)):
                return  # the mark of the current occurrence says it
            left = self.x(cells.of(max(begin, start) - start))
            right = self.x(cells.of(min(finish, end) - start))
            self.painter.fillRect(QRectF(left, top, right - left, _ROW), theme.color("sel"))

    def _offsets(self, start: int, cells: Cells) -> tuple[int, int]:
        """The offsets between which the seen part of a line lies."""
        return start + cells.column(self.first) - 1, start + cells.column(self.first + self.seen) + 1

    def _find_mark(self, cells: Cells, column: int, size: int, top: int, *, current: bool) -> None:
        left, right = self.x(cells.of(max(0, column))), self.x(cells.of(column + size))
        place = QRectF(left - 1, top + 1.5, right - left + 2, _ROW - 3)
        self.painter.save()
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setBrush(theme.color("amberbg"))
        self.painter.setPen(QPen(theme.color("amber"), 1.4) if current else Qt.PenStyle.NoPen)
        self.painter.drawRoundedRect(place, 3, 3)
        self.painter.restore()

    def _line_end(self, line: int, cell: float, top: int) -> None:
        """A selection that goes on to the next line shows behind the line's end."""
        begin, finish = self.viewer.selection
        if begin <= self.viewer.document.end(line) < finish and finish != begin:
            self.painter.fillRect(QRectF(self.x(cell), top, self.cell * 0.7, _ROW), theme.color("sel"))

    def _text(self, text: str, cells: Cells, spans: LineSpans, top: int) -> None:
        low = max(0, cells.column(self.first) - 1)
        high = min(len(text), cells.column(self.first + self.seen) + 1)
        at = low
        for begin, end, token in spans:
            if end <= low or begin >= high:
                continue
            if begin > at:
                self._run(text, at, begin, cells, "text", top)
            self._run(text, max(begin, at), min(end, high), cells, token, top)
            at = max(at, min(end, high))
        if at < high:
            self._run(text, at, high, cells, "text", top)

    def _run(self, text: str, begin: int, end: int, cells: Cells, token: str, top: int) -> None:
        """Characters of one colour. Uneven ones are set one by one, so that each stands in its cell."""
        painter = self.painter
        part = printable(text[begin:end])
        if part.isspace():
            return  # indentation
        self._pen(token, plain=part.isascii())
        if not cells.uneven:
            painter.drawText(QPointF(self.x(begin), top + self.base), part)
            return
        at = begin
        while at < end:
            stop = at + 1
            if cells.of(stop) - cells.of(at) == 1:
                while stop < end and cells.of(stop + 1) - cells.of(stop) == 1:
                    stop += 1
            else:
                # A character takes what has no width behind it along: accents, joiners.
                while stop < end and cells.of(stop + 1) == cells.of(stop):
                    stop += 1
            painter.drawText(QPointF(self.x(cells.of(at)), top + self.base), printable(text[at:stop]))
            at = stop

    def _dots(self, line: int, cell: float, top: int) -> float:
        """What stands for a folded place: how many members or elements it holds, and its closing mark."""
        document = self.viewer.document
        fold = document.folds[line]
        painter = self.painter
        count = f"… {fold.holds:,}"
        width = len(count) + 1.4
        place = QRectF(self.x(cell + 0.4), top + 2.5, width * self.cell, _ROW - 5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("slatebg"))
        painter.drawRoundedRect(place, 4, 4)
        painter.restore()
        self._pen("muted", plain=False)
        painter.drawText(QPointF(self.x(cell + 1.1), top + self.base), count)
        closing = document.line(fold.last).strip()
        self._pen("json_punct", plain=False)
        painter.drawText(QPointF(self.x(cell + width + 0.9), top + self.base), closing)
        return cell + width + 0.9 + len(closing)

    def gutters(self, rows: list[tuple[int, int]]) -> None:
        """Numbers and folding marks of lines at their places, beside their texts."""
        viewer, painter = self.viewer, self.painter
        right = self.gutter - (18 if viewer.document.folds else 8)
        self._color = self._plain = None
        if viewer.numbered:
            self._pen("faint", plain=True)
            for line, top in rows:
                number = str(line + 1)
                painter.drawText(QPointF(right - len(number) * self.cell, top + self.base), number)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.color("faint"), 1.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for line, top in rows:
            if viewer.folding.foldable(line):
                middle = QPointF(self.gutter - 9, top + _ROW / 2)
                shape = _FOLDED if viewer.folding.folded(line) else _OPEN
                painter.drawPolyline(QPolygonF([middle + point for point in shape]))
