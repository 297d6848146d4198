"""A row of views of one thing, the current one underlined; a count may stand beside a name."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from komet_console.gui import theme
from komet_console.gui.widgets.one_of import OneOf

__all__ = ["UnderlineTabs"]

_HEIGHT = 38
_GAP = 18
_CLOSEST = 9


class UnderlineTabs(OneOf):
    """See `OneOf`; a key is that of a view. Its first name stands `ROOM` from its left edge; who places it allows for that."""

    ROOM = 7
    """Pixels around the names at both ends: the ring of the focus must not touch them."""

    # Up and down belong to what stands around it.
    steps: ClassVar = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}

    def __init__(self, views: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(views, parent)
        self._counts: dict[str, str] = {}
        self._font, self._bold, self._small = theme.fonts.ui(13), theme.fonts.ui(13, 600), theme.fonts.ui(11)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def set_count(self, key: str, text: str) -> None:
        """The quiet words beside a name, e.g. `3 of 8`."""
        if self._counts.get(key, "") != text:
            self._counts[key] = text
            self.updateGeometry()
            self.update()

    def _cells(self) -> list[tuple[str, str, str, QRectF, float]]:
        """Key, label, count, place, width of the label; closer together, then without counts, where there is little room."""
        cells = self._laid(_GAP)
        lacking = cells[-1][3].right() + self.ROOM - self.width() if cells else 0.0
        if lacking <= 0:
            return cells
        closer = max(_CLOSEST, _GAP - lacking / max(1, len(cells) - 1))
        cells = self._laid(closer)
        return cells if cells[-1][3].right() + self.ROOM <= self.width() else self._laid(_CLOSEST, counts=False)

    def _laid(self, gap: float, *, counts: bool = True) -> list[tuple[str, str, str, QRectF, float]]:
        bold, small = QFontMetricsF(self._bold), QFontMetricsF(self._small)
        cells, left = [], float(self.ROOM)
        for key, label in self._choices:
            count = self._counts.get(key, "") if counts else ""
            name_width = bold.horizontalAdvance(label)
            width = name_width + (small.horizontalAdvance(count) + 5 if count else 0)
            cells.append((key, label, count, QRectF(left, 0, width, _HEIGHT), name_width))
            left += width + gap
        return cells

    def sizeHint(self) -> QSize:
        cells = self._laid(_GAP)
        return QSize(round(cells[-1][3].right()) + self.ROOM if cells else 0, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        cells = self._laid(_CLOSEST, counts=False)
        return QSize(round(cells[-1][3].right()) + self.ROOM if cells else 0, _HEIGHT)

    def _at(self, point: QPointF) -> str:
        for key, _, _, place, _ in self._cells():
            if place.adjusted(-_GAP / 2, 0, _GAP / 2, 0).contains(point):
                return key
        return ""

    def _hover(self, key: str) -> None:
        self.setCursor(Qt.CursorShape.PointingHandCursor if key else Qt.CursorShape.ArrowCursor)
        super()._hover(key)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for key, label, count, place, name_width in self._cells():
            on = key == self._current
            painter.setFont(self._bold if on else self._font)
            painter.setPen(theme.color("text" if on or key == self._hovered else "muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
            if count:
                painter.setFont(self._small)
                painter.setPen(theme.color("faint"))
                beside = place.adjusted(name_width + 5, 1, 0, 1)
                painter.drawText(beside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, count)
            if on:
                painter.fillRect(QRectF(place.left(), _HEIGHT - 2, place.width(), 2), theme.color("accent"))
                if self.hasFocus():
                    painter.setPen(QPen(theme.color("focus"), 2))
                    ring = place.adjusted(-5, 6, 5, -6).intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1))
                    painter.drawRoundedRect(ring, 5, 5)
