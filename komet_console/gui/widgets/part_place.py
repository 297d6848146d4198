"""A place for a part that is made later: moving a part from one parent to another takes Qt as long as making it."""

from __future__ import annotations

from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

__all__ = ["PartPlace"]


class PartPlace(QWidget):
    """A part of a splitter, hidden until it is shown; what is to fill it is made with it as its parent."""

    def __init__(self, splitter: QSplitter) -> None:
        super().__init__(splitter)
        self.hide()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def take(self, part: QWidget) -> None:
        """Fill the place with a part that was born in it."""
        self._layout.addWidget(part)
