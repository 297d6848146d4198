"""Paints the rows of the tree: verb, name, a dot for the effect; headings with a chevron and a count."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from komet_console.gui import theme
from komet_console.gui.request.url_line import verb_token
from komet_console.gui.sidebar.contents import Row, Section
from komet_console.gui.sidebar.model import ITEM_ROLE

__all__ = ["EFFECT_DOTS", "STAR", "RowDelegate", "paint_method"]

EFFECT_DOTS = {"read": "line2", "create": "green", "update": "amber", "delete": "red", "action": "violet"}
STAR = 28
"""Width at the right end of a row that is the star's, in pixels."""
_ROW, _SECTION = 27, 32
_VERB_WIDTH, _GAP, _DOT = 38, 6, 6
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_State = QStyle.StateFlag


def paint_method(painter: QPainter, place: QRectF, row: Row, ink: QColor, name_font: QFont, *, star: str = "") -> None:
    """Verb, name and effect dot of a method, or icon and title of a guide, in one line.

    `star` is the name of an icon that stands in the place of the dot.
    """
    right = place.right()
    if row.summary is None:
        ratio = painter.device().devicePixelRatio()
        drawn = theme.icons.pixmap("book", "faint", 16, ratio)
        painter.drawPixmap(QPointF(place.left(), place.center().y() - 8), drawn)
        left = place.left() + _VERB_WIDTH - 14
    else:
        painter.setFont(theme.fonts.code(10, 600))
        painter.setPen(theme.color("faint" if row.summary.deprecated else verb_token(row.summary.verb)))
        painter.drawText(place, _LEFT, row.summary.verb)
        if star:
            token = "amber" if star == "star-filled" else "muted"
            drawn = theme.icons.pixmap(star, token, 14, painter.device().devicePixelRatio())
            painter.drawPixmap(QPointF(right - _DOT / 2 - 7, place.center().y() - 7), drawn)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(EFFECT_DOTS[row.summary.effect]))
            painter.drawEllipse(QRectF(right - _DOT, place.center().y() - _DOT / 2, _DOT, _DOT))
        left = place.left() + _VERB_WIDTH
        right -= _DOT + _GAP
        if row.summary.deprecated:
            name_font = QFont(name_font)
            name_font.setStrikeOut(True)
            ink = theme.color("faint")
    painter.setFont(name_font)
    painter.setPen(ink)
    width = right - left
    text = QFontMetricsF(name_font).elidedText(row.name, Qt.TextElideMode.ElideMiddle, width)
    painter.drawText(QRectF(left, place.top(), width, place.height()), _LEFT, text)


class RowDelegate(QStyledItemDelegate):
    """All rows of a kind are equally high, so the tree asks for no text widths. A row under the mouse shows its star."""

    favourites: frozenset[str] = frozenset()
    """Names of methods whose star is filled."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, _ROW if index.internalId() else _SECTION)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        item = index.data(ITEM_ROLE)
        state: QStyle.StateFlag = option.state
        place = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(item, Section):
            self._section(painter, place, item, opened=bool(state & _State.State_Open), state=state)
        elif isinstance(item, Row):
            self._row(painter, place, item, state)
        painter.restore()

    def _section(
        self, painter: QPainter, place: QRectF, section: Section, *, opened: bool, state: QStyle.StateFlag
    ) -> None:
        place = place.adjusted(0, 4, 0, 0)
        if state & _State.State_HasFocus:
            self._ring(painter, place)
        hovered = bool(state & _State.State_MouseOver)
        chevron = theme.icons.pixmap(
            "chevron-down" if opened else "chevron-right",
            "muted" if hovered else "faint",
            12,
            painter.device().devicePixelRatio(),
        )
        painter.drawPixmap(QPointF(place.left() + 5, place.center().y() - 6), chevron)
        painter.setFont(theme.fonts.ui(12, 600))
        painter.setPen(theme.color("text" if hovered else "muted"))
        painter.drawText(place.adjusted(22, 0, -40, 0), _LEFT, section.title)
        if section.counted:
            painter.setFont(theme.fonts.ui(12))
            painter.setPen(theme.color("faint"))
            painter.drawText(place.adjusted(0, 0, -8, 0), _RIGHT, str(len(section.rows)))

    def _row(self, painter: QPainter, place: QRectF, row: Row, state: QStyle.StateFlag) -> None:
        selected = bool(state & _State.State_Selected)
        if selected or state & _State.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("sel" if selected else "hover"))
            painter.drawRoundedRect(place, 5, 5)
        if state & _State.State_HasFocus:
            self._ring(painter, place)
        ink = theme.color("seltext" if selected else "text")
        star = ""
        if state & _State.State_MouseOver and row.summary is not None:
            star = "star-filled" if row.key in self.favourites else "star"
        paint_method(painter, place.adjusted(20, 0, -8, 0), row, ink, theme.fonts.ui(13), star=star)

    def _ring(self, painter: QPainter, place: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("focus"), 2))
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), 5, 5)
