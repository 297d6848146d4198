"""A page of documentation: it follows the theme, and its links are signals."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from PySide6.QtCore import QMargins, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QTextBrowser, QWidget

from komet_console.gui import theme
from komet_console.gui.docs.markup import style_sheet

__all__ = ["Browser"]

READABLE = 900
"""Longer lines are hard to read; what is wider stays empty at the right."""
_MARGIN = 16
_BESIDE = 184
"""Width of what stands beside the text."""
_ROOM_FOR_BESIDE = 780


class Browser(QTextBrowser):
    """Shows what `set_source` writes. A link of the web opens in the system's browser, upon a click only.

    Signals:
        open_method(str): The link of a method was followed.
        jump_requested(str): The link of a field was followed; carries its pointer.
    """

    open_method = Signal(str)
    jump_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._write: Callable[[], str] = str
        self._beside: QWidget | None = None
        self._stale = False
        """Whether the page is to be written when it is next seen: laying it out twice would double its time."""
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Where it comes and goes, each page is laid out twice.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(18)
        self.document().setDefaultFont(theme.fonts.ui(13))
        theme.set_role(self, "reader")
        self.anchorClicked.connect(self._follow)
        theme.manager().changed.connect(self.refresh)

    def set_source(self, write: Callable[[], str]) -> None:
        """Show what this writes, now and again whenever the colours change."""
        self._write = write
        self._stale = True
        if self.isVisible():
            self._show()
            self.verticalScrollBar().setValue(0)

    def refresh(self) -> None:
        """Write the page again; it stays where it was scrolled to."""
        where = self.verticalScrollBar().value()
        self._stale = True
        if self.isVisible():
            self._show()
            self.verticalScrollBar().setValue(where)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            where = self.verticalScrollBar().value()
            self._show()
            self.verticalScrollBar().setValue(where)

    def _show(self) -> None:
        self._stale = False
        self.document().setDefaultStyleSheet(style_sheet())
        self.setHtml(self._write())

    def set_beside(self, widget: QWidget) -> None:
        """Show a widget at the right of the text, where there is room for both."""
        widget.setParent(self)
        widget.setFixedWidth(_BESIDE)
        self._beside = widget

    def resizeEvent(self, event: QResizeEvent) -> None:
        has_beside = self._beside is not None and self.width() >= _ROOM_FOR_BESIDE
        least = _BESIDE + 2 * _MARGIN if has_beside else _MARGIN
        margins = QMargins(_MARGIN, 12, max(least, self.width() - _MARGIN - READABLE), 0)
        # Setting them asks for another resize, so only where they differ.
        if self.viewportMargins() != margins:
            self.setViewportMargins(margins)
        if self._beside is not None:
            self._beside.setVisible(has_beside)
            left = self.width() - margins.right() + _MARGIN
            self._beside.setGeometry(left, 12, _BESIDE, self.height() - 24)
        super().resizeEvent(event)

    def _follow(self, url: QUrl) -> None:
        scheme = url.scheme()
        target = unquote(url.toString(QUrl.ComponentFormattingOption.FullyEncoded).partition(":")[2])
        if scheme == "method":
            self.open_method.emit(target)
        elif scheme == "jump":
            self.jump_requested.emit(target)
        elif scheme == "https":
            QDesktopServices.openUrl(url)
