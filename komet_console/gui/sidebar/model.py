"""The tree of methods as Qt sees it: sections, and rows in them. Other contents replace all at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from komet_console.catalogue import Catalogue
from komet_console.gui.i18n import tr
from komet_console.gui.request.effects import effect_name
from komet_console.gui.sidebar.contents import Row, Section, why

__all__ = ["ITEM_ROLE", "MethodsModel"]

ITEM_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The `Section` or `Row` behind an index."""
_NOWHERE = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


class MethodsModel(QAbstractItemModel):
    """An index carries 0 for a section, and the section's number plus one for a row in it."""

    def __init__(self, catalogue: Catalogue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._query = ""
        self.sections: tuple[Section, ...] = ()

    def show(self, sections: tuple[Section, ...], query: str = "") -> None:
        """Hold other contents; `query` is what they were found with."""
        self.beginResetModel()
        self.sections, self._query = sections, query
        self.endResetModel()

    def section_index(self, number: int) -> QModelIndex:
        return self.createIndex(number, 0, 0)

    def find(self, name: str) -> list[QModelIndex]:
        """All places of a method or guide."""
        return [
            self.createIndex(position, 0, number + 1)
            for number, section in enumerate(self.sections)
            for position, row in enumerate(section.rows)
            if row.key == name
        ]

    def index(self, row: int, column: int, parent: _Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: _Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        number = index.internalId() if index.isValid() else 0
        return self.createIndex(number - 1, 0, 0) if number else QModelIndex()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self.sections)
        return 0 if parent.internalId() else len(self.sections[parent.row()].rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 1

    def item(self, index: _Index) -> Section | Row | None:
        """What stands behind an index; None behind an invalid one."""
        if not index.isValid():
            return None
        number = index.internalId()
        return self.sections[number - 1].rows[index.row()] if number else self.sections[index.row()]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item(index)
        if item is None:
            return None
        if role == ITEM_ROLE:
            return item
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title if isinstance(item, Section) else item.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(item)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(item, Row):
            return self._tip(item)
        return None

    def _tip(self, row: Row) -> str:
        if row.summary is None:
            return row.title
        lines = [row.summary.name, row.summary.title]
        if row.summary.deprecated:
            lines.append(tr("Deprecated: use another method where you can."))
        if self._query:
            lines.append(why(self._catalogue, self._catalogue.method(row.key), self._query))
        return "\n".join(line for line in lines if line)


def _spoken(item: Section | Row) -> str:
    if isinstance(item, Section):
        return tr("{section}, {count} entries", section=item.title, count=len(item.rows))
    if item.summary is None:
        return tr("{title}, guide", title=item.title)
    one = item.summary
    effect = effect_name(one.effect)
    if one.deprecated:
        return tr("{name}, {verb}, {effect}, deprecated", name=one.name, verb=one.verb, effect=effect)
    return tr("{name}, {verb}, {effect}", name=one.name, verb=one.verb, effect=effect)
