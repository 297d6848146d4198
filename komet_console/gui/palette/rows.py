"""The palette's rows as Qt sees them, and how they are painted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from komet_console.catalogue import Catalogue
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.palette.contents import Entry, Found
from komet_console.gui.request.url_line import verb_token
from komet_console.gui.sidebar.delegate import EFFECT_DOTS

__all__ = ["ENTRY_ROLE", "HEADING", "ROW", "EntriesModel", "EntryDelegate"]

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The `Entry` of a row; None for a heading."""
ROW, HEADING = 34, 28
_ICONS = {"action": "chevron-right", "guide": "book", "pasted": "plus", "tab": "file", "method": "methods"}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_State = QStyle.StateFlag
_Index = QModelIndex | QPersistentModelIndex


class EntriesModel(QAbstractListModel):
    """Headings, which cannot be chosen, and entries."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[str | Entry] = []

    def show(self, sections: tuple[Found, ...]) -> None:
        """Hold other contents."""
        self.beginResetModel()
        self._rows = []
        for section in sections:
            if section.title:
                self._rows.append(section.title)
            self._rows += section.entries
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default; never changed
        return 0 if parent.isValid() else len(self._rows)

    def entry(self, row: int) -> Entry | None:
        """The entry in a row; None for a heading and beyond the ends."""
        one = self._rows[row] if 0 <= row < len(self._rows) else None
        return one if isinstance(one, Entry) else None

    def height(self) -> int:
        """What all rows need, in pixels."""
        return sum(ROW if isinstance(one, Entry) else HEADING for one in self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if self.entry(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        one = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one if isinstance(one, str) else one.title
        if role == ENTRY_ROLE:
            return one if isinstance(one, Entry) else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return one if isinstance(one, str) else spoken(one)
        return None


def spoken(entry: Entry) -> str:
    """An entry as a screen reader says it."""
    title, detail = entry.title, entry.detail
    if entry.kind == "method":
        return tr("{title}, method, {detail}", title=title, detail=detail)
    if entry.kind == "tab":
        return tr("{title}, open request", title=title)
    if entry.kind == "guide":
        return tr("{title}, guide", title=title)
    return tr("{title}, {keys}", title=title, keys=entry.keys) if entry.keys else title


class EntryDelegate(QStyledItemDelegate):
    """Verb or icon, title, detail, shortcut."""

    def __init__(self, catalogue: Catalogue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, ROW if index.data(ENTRY_ROLE) is not None else HEADING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry = index.data(ENTRY_ROLE)
        place = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, Entry):
            self._entry(painter, place, entry, option.state)
        else:
            painter.setFont(theme.fonts.ui(11, 600))
            painter.setPen(theme.color("faint"))
            painter.drawText(place.adjusted(10, 4, -10, 0), _LEFT, str(index.data()))
        painter.restore()

    def _entry(self, painter: QPainter, place: QRectF, entry: Entry, state: QStyle.StateFlag) -> None:
        selected = bool(state & _State.State_Selected)
        if selected or state & _State.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("sel" if selected else "hover"))
            painter.drawRoundedRect(place.adjusted(0, 1, 0, -1), 6, 6)
        inside = place.adjusted(10, 0, -10, 0)
        self._sign(painter, inside, entry)
        right = inside.right()
        if entry.kind == "action" and entry.keys:
            right = self._keys(painter, inside, entry.keys, selected=selected)
        elif entry.kind == "method" and (summary := self._catalogue.summaries.get(entry.key)) is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(EFFECT_DOTS[summary.effect]))
            painter.drawEllipse(QRectF(right - 6, inside.center().y() - 3, 6, 6))
            right -= 16
        left = inside.left() + 46
        name_font, detail_font = theme.fonts.ui(13, 500), theme.fonts.ui(12)
        metrics = QFontMetricsF(name_font)
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideMiddle, right - left)
        width = metrics.horizontalAdvance(title)
        painter.setFont(name_font)
        painter.setPen(theme.color("seltext" if selected else "text"))
        painter.drawText(QRectF(left, place.top(), width + 1, place.height()), _LEFT, title)
        room = right - left - width - 12
        if entry.detail and room > 24:
            painter.setFont(detail_font)
            painter.setPen(theme.color("seltext" if selected else "muted"))
            detail = QFontMetricsF(detail_font).elidedText(entry.detail, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(left + width + 12, place.top() + 0.5, room, place.height()), _LEFT, detail)

    def _sign(self, painter: QPainter, inside: QRectF, entry: Entry) -> None:
        if entry.kind in ("method", "tab") and entry.keys:
            painter.setFont(theme.fonts.code(10, 600))
            painter.setPen(theme.color(verb_token(entry.keys)))
            painter.drawText(inside, _LEFT, entry.keys)
            return
        icon = theme.icons.pixmap(_ICONS[entry.kind], "muted", 16, painter.device().devicePixelRatio())
        painter.drawPixmap(QPointF(inside.left() + 4, inside.center().y() - 8), icon)

    def _keys(self, painter: QPainter, inside: QRectF, keys: str, *, selected: bool) -> float:
        """Draws a shortcut at the right; returns where it begins."""
        font = theme.fonts.ui(11)
        width = QFontMetricsF(font).horizontalAdvance(keys) + 12
        cap = QRectF(inside.right() - width, inside.center().y() - 9, width, 18)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("seltext" if selected else "line2"), 1))
        painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(theme.color("seltext" if selected else "muted"))
        painter.setFont(font)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, keys)
        return cap.left() - 10
