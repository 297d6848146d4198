"""A line of text with a quiet remark at its right end, where there is room for one."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from komet_console.gui import theme
from komet_console.gui.widgets.files_over import carries_files
from komet_console.gui.widgets.roomy import make_roomy

__all__ = ["HintEdit"]

_GAP = 10


class HintEdit(QLineEdit):
    """The remark is not part of the text; it hides when the text needs the room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        make_roomy(self)
        self._hint = ""
        self._token = "faint"

    def hint(self) -> str:
        """The remark that is shown."""
        return self._hint

    def set_hint(self, text: str, token: str = "faint") -> None:
        """Show another remark, in the theme's colour `token`."""
        if (text, token) != (self._hint, self._token):
            self._hint, self._token = text, token
            self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if carries_files(event):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._hint:
            return
        metrics = self.fontMetrics()
        shown = self.text() or self.placeholderText()
        free = self.width() - 18 - metrics.horizontalAdvance(shown) - _GAP
        width = metrics.horizontalAdvance(self._hint)
        if width > free:
            return
        painter = QPainter(self)
        painter.setPen(theme.color(self._token))
        place = QRect(self.width() - 9 - width, 0, width, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._hint)
