"""A page of the tokens' room: a title and a sentence, and for most a column of bounded width that scrolls."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from komet_console.gui import theme

__all__ = ["Page", "page_head"]

_WIDEST = 1080


def page_head(name: str, title: str, sentence: str) -> QVBoxLayout:
    """What a page is, and in one sentence what it does."""
    heading = QLabel(title)
    heading.setObjectName(f"{name}.title")
    theme.set_role(heading, "title")
    said = QLabel(sentence)
    said.setObjectName(f"{name}.sentence")
    said.setWordWrap(True)
    theme.set_role(said, "muted")
    head = QVBoxLayout()
    head.setSpacing(6)
    head.addWidget(heading)
    head.addWidget(said)
    return head


class Page(QScrollArea):
    """Put widgets into `column`."""

    def __init__(
        self, name: str, title: str, sentence: str, parent: QWidget | None = None, *, widest: int = _WIDEST
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setMaximumWidth(widest)
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(16)
        self.column.addLayout(page_head(name, title, sentence))
        content = QWidget()
        theme.set_role(content, "content")
        line = QHBoxLayout(content)
        line.setContentsMargins(40, 28, 32, 28)
        line.addWidget(inside, 1)
        line.addStretch()
        line.setStretchFactor(inside, 1000)
        self.setWidget(content)

    def show_part(self, widget: QWidget) -> None:
        """Scroll to a widget once everything has its place."""
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(widget, 0, 24))
