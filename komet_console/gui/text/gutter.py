"""Line numbers beside an editor, and the marks that fold and unfold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from komet_console.gui import theme

if TYPE_CHECKING:
    from komet_console.gui.text.code_edit import CodeEdit

__all__ = ["Gutter"]

_MARK = 16


class Gutter(QWidget):
    """Painted beside the lines that are seen; a click on a mark folds."""

    def __init__(self, editor: CodeEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self.setMouseTracking(True)
        self._hovered = -1

    def width_needed(self) -> int:
        """Pixels for the longest line number and the marks."""
        digits = max(2, len(str(self._editor.blockCount())))
        return 12 + self._editor.fontMetrics().horizontalAdvance("9") * digits + _MARK

    def sizeHint(self) -> QSize:
        return QSize(self.width_needed(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("bg"))
        painter.setFont(self._editor.font())
        current = self._editor.textCursor().blockNumber()
        for block, top, height in self._editor.seen_blocks():
            number = block.blockNumber()
            painter.setPen(theme.color("muted" if number == current else "faint"))
            place = QRectF(0, top, self.width() - _MARK - 2, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, str(number + 1))
            if self._editor.can_fold(number):
                self._paint_mark(painter, number, top, height)

    def _paint_mark(self, painter: QPainter, number: int, top: float, height: float) -> None:
        folded = self._editor.is_folded(number)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("accent" if folded else "text" if number == self._hovered else "faint"), 1.5))
        x, y = self.width() - _MARK / 2 - 1, top + height / 2
        if folded:
            points = [QPointF(x - 2, y - 4), QPointF(x + 2, y), QPointF(x - 2, y + 4)]
        else:
            points = [QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)]
        painter.drawPolyline(QPolygonF(points))

    def _line_at(self, y: float) -> int:
        for block, top, height in self._editor.seen_blocks():
            if top <= y < top + height:
                return block.blockNumber()
        return -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event.position().y())
        if line != self._hovered:
            self._hovered = line
            can = line >= 0 and self._editor.can_fold(line)
            self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: object) -> None:
        self._hovered = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event.position().y())
        if line >= 0 and self._editor.can_fold(line):
            self._editor.toggle_fold(line)
