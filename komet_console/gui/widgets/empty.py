"""What a view says while it has nothing to show: one line, one sentence, perhaps one button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from komet_console.gui import theme

__all__ = ["EmptyState"]


class EmptyState(QWidget):
    """A calm message in the middle of its place."""

    def __init__(self, headline: str = "", sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline = QLabel(headline, self)
        theme.set_role(self.headline, "strong")
        self.sentence = QLabel(sentence, self)
        theme.set_role(self.sentence, "muted")
        self.sentence.setWordWrap(True)
        self.sentence.setMaximumWidth(460)
        self.place = QVBoxLayout()
        """Where a button may go."""
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(6)
        column.addStretch()
        column.addWidget(self.headline, alignment=Qt.AlignmentFlag.AlignHCenter)
        # Without an alignment of its own, else its height does not follow its width; the stretches keep it in the middle.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.sentence, 100)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addLayout(self.place)
        column.addStretch()
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
