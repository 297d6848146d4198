"""The list of past calls as Qt sees it: a heading for each day, and its calls, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from komet_console.gui.history.words import day_title, sentence_of, spoken
from komet_console.gui.i18n import tr
from komet_console.workspace.history import Entry

__all__ = ["ROW_ROLE", "DayRow", "HistoryModel"]

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_NOWHERE = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class DayRow:
    """A heading."""

    day: str
    title: str


class HistoryModel(QAbstractListModel):
    """Rows are appended page by page; the numbers of the headings come later."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[DayRow | Entry] = []
        self.counts: Mapping[str, int] = {}

    def show(self, entries: Sequence[Entry], today: date) -> None:
        """Replace everything."""
        self.beginResetModel()
        self.rows = _with_days(entries, "", today)
        self.endResetModel()

    def append(self, entries: Sequence[Entry], today: date) -> None:
        """Older entries come below."""
        last = self.rows[-1] if self.rows else None
        more = _with_days(entries, last.day if last is not None else "", today)
        if more:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(more) - 1)
            self.rows += more
            self.endInsertRows()

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """How many entries each day has."""
        self.counts = counts
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    @property
    def entries(self) -> list[Entry]:
        """The calls without the headings."""
        return [row for row in self.rows if isinstance(row, Entry)]

    def find(self, number: int) -> QModelIndex:
        """Where an entry stands; invalid where it does not."""
        for place, row in enumerate(self.rows):
            if isinstance(row, Entry) and row.id == number:
                return self.index(place)
        return QModelIndex()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if isinstance(self.rows[index.row()], DayRow):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if isinstance(row, DayRow):
            if role == Qt.ItemDataRole.AccessibleTextRole and row.day in self.counts:
                return tr("{day}, {count} calls", day=row.title, count=self.counts[row.day])
            return row.title if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.method or row.url
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            when = row.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            lines = [
                f"{row.verb} {row.url}"[:300],
                sentence_of(row),
                f"{when} · {row.environment} · {row.token}".rstrip(" ·"),
            ]
            return "\n".join(line for line in lines if line)
        return None


def _with_days(entries: Sequence[Entry], day: str, today: date) -> list[DayRow | Entry]:
    rows: list[DayRow | Entry] = []
    for entry in entries:
        if entry.day != day:
            day = entry.day
            rows.append(DayRow(day, day_title(day, today)))
        rows.append(entry)
    return rows
