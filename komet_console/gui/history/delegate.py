"""Paints the history: headings, and two lines a call: what was called and what came of it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from komet_console.gui import theme
from komet_console.gui.history.model import ROW_ROLE, DayRow, HistoryModel
from komet_console.gui.history.words import clock, short_sentence_of, state_of
from komet_console.gui.request.url_line import verb_token
from komet_console.workspace.history import Entry

__all__ = ["ENTRY_HEIGHT", "EntryDelegate"]

ENTRY_HEIGHT, _DAY = 46, 32
_VERB = 36
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class EntryDelegate(QStyledItemDelegate):
    """Rows of a kind are equally high."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, _DAY if isinstance(index.data(ROW_ROLE), DayRow) else ENTRY_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = index.data(ROW_ROLE)
        state: QStyle.StateFlag = option.state
        place = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, DayRow):
            model = index.model()
            count = model.counts.get(row.day) if isinstance(model, HistoryModel) else None
            self._day(painter, place, row, count)
        elif isinstance(row, Entry):
            self._entry(painter, place, row, state)
        painter.restore()

    def _day(self, painter: QPainter, place: QRectF, row: DayRow, count: int | None) -> None:
        place = place.adjusted(8, 6, -8, 0)
        painter.setFont(theme.fonts.ui(12, 600))
        painter.setPen(theme.color("muted"))
        painter.drawText(place, _LEFT, row.title)
        if count is not None:
            painter.setFont(theme.fonts.ui(12))
            painter.setPen(theme.color("faint"))
            painter.drawText(place, _RIGHT, f"{count:,}")

    def _entry(self, painter: QPainter, place: QRectF, entry: Entry, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("sel" if selected else "hover"))
            painter.drawRoundedRect(place, 5, 5)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), 5, 5)
        inner = place.adjusted(8, 4, -8, -4)
        upper = QRectF(inner.left(), inner.top(), inner.width(), 20)
        lower = QRectF(inner.left(), inner.top() + 20, inner.width(), 17)
        right = self._pill(painter, upper, entry)
        painter.setFont(theme.fonts.code(10, 600))
        painter.setPen(theme.color(verb_token(entry.verb)))
        painter.drawText(upper, _LEFT, {"DELETE": "DEL", "OPTIONS": "OPT"}.get(entry.verb, entry.verb))
        name = QRectF(upper.left() + _VERB, upper.top(), right - upper.left() - _VERB - 8, upper.height())
        self._text(painter, name, entry.method or entry.url, theme.fonts.ui(13), "seltext" if selected else "text")
        font = theme.fonts.ui(11)
        where = f"{clock(entry.at)} · {entry.environment}" if entry.environment else clock(entry.at)
        width = min(QFontMetricsF(font).horizontalAdvance(where), lower.width() * 0.55)
        self._text(painter, lower.adjusted(lower.width() - width, 0, 0, 0), where, font, "faint", _RIGHT)
        said = QRectF(lower.left(), lower.top(), lower.width() - width - 10, lower.height())
        self._text(painter, said, short_sentence_of(entry), theme.fonts.ui(12), "muted")

    def _pill(self, painter: QPainter, place: QRectF, entry: Entry) -> float:
        """The status at the right end; returns its left edge."""
        text, tone = state_of(entry)
        font = theme.fonts.ui(11, 600)
        width = QFontMetricsF(font).horizontalAdvance(text) + 14
        pill = QRectF(place.right() - width, place.center().y() - 8.5, width, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(f"{tone}bg"))
        painter.drawRoundedRect(pill, 8.5, 8.5)
        painter.setFont(font)
        painter.setPen(theme.color("muted" if tone == "slate" else tone))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        return pill.left()

    def _text(
        self, painter: QPainter, place: QRectF, text: str, font: QFont, token: str, align: Qt.AlignmentFlag = _LEFT
    ) -> None:
        painter.setFont(font)
        painter.setPen(theme.color(token))
        shown = QFontMetricsF(font).elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, align, shown)
