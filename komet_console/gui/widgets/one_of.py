"""What controls share that are painted as a row of choices, exactly one of which is on: arrow keys move, Tab passes by."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

__all__ = ["OneOf"]


class OneOf(QWidget):
    """Choices are pairs of key and label. Who inherits paints them, and says which of them is at a place.

    Signals:
        chosen(str): The user chose another key; setting `current` by program emits nothing.
    """

    chosen = Signal(str)
    steps: ClassVar = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}

    def __init__(self, choices: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = list(choices)
        self._current = choices[0][0] if choices else ""
        self._hovered = ""
        self.setMouseTracking(True)

    @property
    def current(self) -> str:
        """The key that is on."""
        return self._current

    @current.setter
    def current(self, key: str) -> None:
        self._current = key
        self.setAccessibleDescription(dict(self._choices).get(key, ""))
        self.update()

    def keys(self) -> list[str]:
        """The keys that are offered, in order."""
        return [key for key, _ in self._choices]

    def set_choices(self, choices: list[tuple[str, str]]) -> None:
        """Offer others; the key that is on stays where it is still offered, else the first one is."""
        if choices == self._choices:
            return
        self._choices = list(choices)
        if self._current not in dict(choices):
            self._current = choices[0][0] if choices else ""
        self.updateGeometry()
        self.update()

    def _at(self, point: QPointF) -> str:
        """The key at a place; empty: none. Where they are painted is known by who paints them."""
        return ""

    def _choose(self, key: str) -> None:
        if key != self._current:
            self.current = key
            self.chosen.emit(key)

    def _hover(self, key: str) -> None:
        self._hovered = key
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (key := self._at(event.position())):
            self._choose(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if (key := self._at(event.position())) != self._hovered:
            self._hover(key)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = self.steps.get(Qt.Key(event.key()))
        if step is None or not self._choices:
            super().keyPressEvent(event)
            return
        keys = self.keys()
        self._choose(keys[(keys.index(self._current) + step) % len(keys)])
