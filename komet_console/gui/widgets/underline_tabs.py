"""A row of views of one thing, the current one underlined; a count may stand beside a name."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from komet_console.gui import theme

__all__ = ["UnderlineTabs"]

_HEIGHT = 38
_GAP = 18


class UnderlineTabs(QWidget):
    """Arrow keys move while it has the focus.

    Signals:
        chosen(str): The user chose a view; setting `current` by program emits nothing.
    """

    chosen = Signal(str)

    def __init__(self, views: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views = list(views)
        self._counts: dict[str, str] = {}
        self._current = views[0][0] if views else ""
        self._hovered = ""
        self._font, self._bold, self._small = theme.fonts.ui(13), theme.fonts.ui(13, 600), theme.fonts.ui(11)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    @property
    def current(self) -> str:
        """The key of the view that is shown."""
        return self._current

    @current.setter
    def current(self, key: str) -> None:
        self._current = key
        self.setAccessibleDescription(dict(self._views).get(key, ""))
        self.update()

    def keys(self) -> list[str]:
        """The keys that are offered, in order."""
        return [key for key, _ in self._views]

    def set_views(self, views: list[tuple[str, str]]) -> None:
        """Offer others; the current one stays where it is still offered, else it is the first."""
        if views == self._views:
            return
        self._views = list(views)
        if self._current not in dict(views):
            self._current = views[0][0]
        self.updateGeometry()
        self.update()

    def set_count(self, key: str, text: str) -> None:
        """The quiet words beside a name, e.g. `3 of 8`."""
        if self._counts.get(key, "") != text:
            self._counts[key] = text
            self.updateGeometry()
            self.update()

    def _cells(self) -> list[tuple[str, str, str, QRectF, float]]:
        """Key, label, count, place, width of the label."""
        bold, small = QFontMetricsF(self._bold), QFontMetricsF(self._small)
        cells, left = [], 0.0
        for key, label in self._views:
            count = self._counts.get(key, "")
            name_width = bold.horizontalAdvance(label)
            width = name_width + (small.horizontalAdvance(count) + 5 if count else 0)
            cells.append((key, label, count, QRectF(left, 0, width, _HEIGHT), name_width))
            left += width + _GAP
        return cells

    def sizeHint(self) -> QSize:
        cells = self._cells()
        return QSize(round(cells[-1][3].right()) + 7 if cells else 0, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _choose(self, key: str) -> None:
        if key != self._current:
            self.current = key
            self.chosen.emit(key)

    def _at(self, point: QPointF) -> str:
        for key, _, _, place, _ in self._cells():
            if place.adjusted(-_GAP / 2, 0, _GAP / 2, 0).contains(point):
                return key
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (key := self._at(event.position())):
            self._choose(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if (key := self._at(event.position())) != self._hovered:
            self._hovered = key
            self.setCursor(Qt.CursorShape.PointingHandCursor if key else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = ""
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        keys = self.keys()
        self._choose(keys[(keys.index(self._current) + step) % len(keys)])

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
