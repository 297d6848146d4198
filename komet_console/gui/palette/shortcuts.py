"""The list of shortcuts, by section, in two columns where there are many."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.keycap import KeyCap

__all__ = ["ShortcutsSheet"]

_WIDEST = 940
_BETWEEN = "  "
"""Several shortcuts of one action are given with two blanks between them."""


class ShortcutsSheet(QDialog):
    """Open it with `open()`; it deletes itself when it is closed.

    Args:
        entries: Section, text and keys (`Ctrl+K`, several with two blanks between) in the order they are shown.
    """

    def __init__(self, entries: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsSheet")
        self.setWindowTitle(tr("Shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        sections: dict[str, list[tuple[str, str]]] = {}
        for section, text, keys in entries:
            sections.setdefault(section, []).append((text, keys))
        area = QScrollArea()
        area.setObjectName("shortcutsArea")
        area.setAccessibleName(tr("Shortcuts"))
        area.setWidgetResizable(True)
        theme.set_role(area, "reading")
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = self._content(sections)
        area.setWidget(content)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.setObjectName("shortcutsButtons")
        box.rejected.connect(self.reject)
        close = box.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("shortcutsClose")
        close.setText(tr("Close"))
        close.setDefault(True)
        heading = QLabel(tr("Shortcuts"))
        theme.set_role(heading, "heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(area, 1)
        column.addWidget(box)
        wanted = content.sizeHint()
        self.resize(
            _WIDEST if len(_halves(sections)) > 1 else max(520, wanted.width() + 72), min(640, wanted.height() + 150)
        )

    def _content(self, sections: dict[str, list[tuple[str, str]]]) -> QWidget:
        content = QWidget()
        theme.set_role(content, "content")
        line = QHBoxLayout(content)
        line.setContentsMargins(0, 0, 12, 0)
        line.setSpacing(40)
        for part in _halves(sections):
            column = QVBoxLayout()
            column.setSpacing(16)
            for title in part:
                column.addLayout(self._section(title, sections[title]))
            column.addStretch()
            line.addLayout(column, 1)
        return content

    def _section(self, title: str, rows: list[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        name = QLabel(title)
        theme.set_role(name, "strong")
        grid.addWidget(name, 0, 0, 1, 2)
        for number, (text, keys) in enumerate(rows, start=1):
            what = QLabel(text)
            what.setWordWrap(True)
            grid.addWidget(what, number, 0)
            caps = QHBoxLayout()
            caps.setSpacing(4)
            for one in filter(None, keys.split(_BETWEEN)):
                caps.addWidget(KeyCap(one.strip()))
            grid.addLayout(caps, number, 1, Qt.AlignmentFlag.AlignRight)
        return grid


def _halves(sections: dict[str, list[tuple[str, str]]]) -> list[list[str]]:
    """Titles in one column, or in two of about the same height; their order stays."""
    heights = [len(rows) + 2 for rows in sections.values()]
    titles = list(sections)
    if sum(heights) <= 16 or len(titles) < 2:
        return [titles]
    best = min(range(1, len(titles)), key=lambda place: abs(sum(heights[:place]) - sum(heights[place:])))
    return [titles[:best], titles[best:]]
