"""What the panels at the left share: a heading with its buttons, and what stands there while nothing is listed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from komet_console.gui import theme

__all__ = ["SideMessage", "quiet_line", "side_heading"]


def side_heading(title: str, *buttons: QWidget) -> QHBoxLayout:
    """A panel's name, and buttons at the right end of its line."""
    heading = QLabel(title)
    theme.set_role(heading, "strong")
    line = QHBoxLayout()
    line.setContentsMargins(6, 0, 0, 0)
    line.setSpacing(2)
    line.addWidget(heading)
    line.addStretch()
    for button in buttons:
        line.addWidget(button)
    return line


class SideMessage(QWidget):
    """A line and a sentence in the place of a list, perhaps with more below them (`add`)."""

    def __init__(self, said: str = "", hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said, self.hint = QLabel(said, self), quiet_line(hint, self)
        theme.set_role(self.said, "strong")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 18, 8, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self.said)
        self._column.addWidget(self.hint)
        self._column.addStretch()

    def say(self, said: str, hint: str) -> None:
        """Other words."""
        self.said.setText(said)
        self.hint.setText(hint)

    def add(self, widget: QWidget, *, above: int = 0, whole: bool = False) -> None:
        """One more widget below the others, after so many pixels; `whole`: as wide as the panel."""
        end = self._column.count() - 1
        if above:
            self._column.insertSpacing(end, above)
            end += 1
        alignment = Qt.AlignmentFlag(0) if whole else Qt.AlignmentFlag.AlignLeft
        self._column.insertWidget(end, widget, alignment=alignment)


def quiet_line(text: str, parent: QWidget | None = None) -> QLabel:
    """A quiet sentence."""
    label = QLabel(text, parent)
    theme.set_role(label, "small")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
