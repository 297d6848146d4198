"""Cards of a list one below the other, with room left for those that are not made."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from komet_console.gui.form.unseen import Run, runs

__all__ = ["CardColumn"]


class CardColumn(QVBoxLayout):
    """The layout of a list of cards."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self.setSpacing(spacing)
        self._placed: list[Run | int] = []
        self._cards: list[QWidget] = []

    @property
    def length(self) -> int:
        """How many elements the list has."""
        return sum(one.length if isinstance(one, Run) else 1 for one in self._placed)

    def place(self, cards: Mapping[int, QWidget], count: int, step: int) -> bool:
        """Stand all cards where they belong; returns whether something has changed.

        Args:
            step: Pixels from one card that is not made to the next.
        """
        placed = runs(sorted(cards), count)
        stood = [cards[index] for index in sorted(cards)]
        if placed == self._placed and stood == self._cards:
            return False
        self._placed, self._cards = placed, stood
        while self.takeAt(0) is not None:
            pass
        for one in placed:
            if isinstance(one, Run):
                self.addSpacing(one.length * step)
            else:
                self.addWidget(cards[one])
        return True

    def seen(self, top: int, bottom: int, step: int) -> tuple[int, int]:
        """The first and the last element between two heights; the first one where there is none."""
        found: list[int] = []
        for place, one in enumerate(self._placed):
            item = self.itemAt(place)
            assert item is not None, "everything that was placed is there"
            area = item.geometry()
            if area.bottom() < top or area.top() > bottom:
                continue
            if isinstance(one, Run):
                found.append(one.first + max(0, top - area.top()) // step)
                found.append(min(one.first + one.length - 1, one.first + max(0, bottom - area.top()) // step))
            else:
                found.append(one)
        return (found[0], found[-1]) if found else (0, 0)
