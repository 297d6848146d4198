"""Paints the rows of the collections and lends a line to rename them in."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from komet_console.gui import theme
from komet_console.gui.collections.model import NODE_ROLE, Node
from komet_console.gui.i18n import tr
from komet_console.gui.request.url_line import verb_token

__all__ = ["NodeDelegate"]

ROW = 28
_STEP = 14
_VERB, _ICON = 42, 22
_SHORT = {"DELETE": "DEL", "OPTIONS": "OPT", "websocket": "WS", "graphql": "GQL", "grpc": "GRPC", "http": ""}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex
_State = QStyle.StateFlag


def _name_left(node: Node) -> int:
    """Where a row's name begins."""
    if node.kind == "collection":
        return 22
    return 6 + node.depth * _STEP + (16 + _ICON if node.kind == "folder" else _VERB)


class NodeDelegate(QStyledItemDelegate):
    """All rows are equally high: the tree asks for the height of one, not of thousands."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        node: Node = index.data(NODE_ROLE)
        state: QStyle.StateFlag = option.state
        place = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(state & _State.State_Selected)
        hovered = bool(state & _State.State_MouseOver)
        if selected or (hovered and node.kind != "collection"):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("sel" if selected else "hover"))
            painter.drawRoundedRect(place, 5, 5)
        if state & _State.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), 5, 5)
        ink = "seltext" if selected else "text"
        if node.kind == "collection":
            self._root(painter, place, node, opened=bool(state & _State.State_Open), ink=ink)
        elif node.kind == "folder":
            self._folder(painter, place, node, opened=bool(state & _State.State_Open), ink=ink)
        else:
            self._request(painter, place, node, ink)
        painter.restore()

    def _root(self, painter: QPainter, place: QRectF, node: Node, *, opened: bool, ink: str) -> None:
        self._chevron(painter, place, place.left() + 5, opened=opened)
        right = self._right(painter, place, node, str(node.requests))
        self._name(painter, place, node, right, ink if ink == "seltext" else "muted", size=12, weight=600)

    def _folder(self, painter: QPainter, place: QRectF, node: Node, *, opened: bool, ink: str) -> None:
        left = place.left() + 6 + node.depth * _STEP
        if node.children:
            self._chevron(painter, place, left, opened=opened)
        drawn = theme.icons.pixmap("folder", "muted", 15, painter.device().devicePixelRatio())
        painter.drawPixmap(QPointF(left + 17, place.center().y() - 7.5), drawn)
        right = self._right(painter, place, node, str(node.requests))
        self._name(painter, place, node, right, ink)

    def _request(self, painter: QPainter, place: QRectF, node: Node, ink: str) -> None:
        left = place.left() + 6 + node.depth * _STEP
        if node.problem:
            drawn = theme.icons.pixmap("warning", "amber", 15, painter.device().devicePixelRatio())
            painter.drawPixmap(QPointF(left, place.center().y() - 7.5), drawn)
        else:
            painter.setFont(theme.fonts.code(10, 600))
            painter.setPen(theme.color(verb_token(node.verb)))
            verb = _SHORT.get(node.verb or node.kind, node.verb or node.kind.upper())
            painter.drawText(QRectF(left, place.top(), _VERB - 6, place.height()), _LEFT, verb[:5])
        right = self._right(painter, place, node, "")
        self._name(painter, place, node, right, "muted" if node.problem else ink)

    def _chevron(self, painter: QPainter, place: QRectF, left: float, *, opened: bool) -> None:
        name = "chevron-down" if opened else "chevron-right"
        drawn = theme.icons.pixmap(name, "faint", 12, painter.device().devicePixelRatio())
        painter.drawPixmap(QPointF(left, place.center().y() - 6), drawn)

    def _right(self, painter: QPainter, place: QRectF, node: Node, count: str) -> float:
        """What stands at the right end; returns where the name must end."""
        right = place.right() - 8
        if node.problem and node.holds:
            drawn = theme.icons.pixmap("warning", "amber", 14, painter.device().devicePixelRatio())
            painter.drawPixmap(QPointF(right - 14, place.center().y() - 7), drawn)
            return right - 20
        text = count or (f"#{node.tags[0]}" if node.tags else "")
        if not text:
            return right
        font = theme.fonts.ui(11 if not count else 12)
        painter.setFont(font)
        painter.setPen(theme.color("faint"))
        width = QFontMetricsF(font).horizontalAdvance(text)
        if not count:
            # The name comes first: a tag shows where both have room, else in the tooltip only.
            name = QFontMetricsF(theme.fonts.ui(13)).horizontalAdvance(node.name)
            if place.left() + _name_left(node) + name + 12 > right - width:
                return right
        painter.drawText(place.adjusted(0, 0, -8, 0), _RIGHT, text)
        return right - width - 8

    def _name(
        self, painter: QPainter, place: QRectF, node: Node, right: float, ink: str, *, size: int = 13, weight: int = 400
    ) -> None:
        font = theme.fonts.ui(size, weight)
        left = place.left() + _name_left(node)
        painter.setFont(font)
        painter.setPen(theme.color(ink))
        text = QFontMetricsF(font).elidedText(node.name, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRectF(left, place.top(), right - left, place.height()), _LEFT, text)

    # --- renaming

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        line = QLineEdit(parent)
        line.setObjectName("collectionName")
        line.setAccessibleName(tr("Name"))
        theme.set_role(line, "rename")
        return line

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        assert isinstance(editor, QLineEdit)
        editor.setText(index.data())
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: _Index) -> None:
        assert isinstance(editor, QLineEdit)
        index.model().setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        node: Node = index.data(NODE_ROLE)
        rect: QRect = option.rect
        left = rect.left() + _name_left(node) - 6
        editor.setGeometry(left, rect.bottom() - 26, rect.right() - left - 2, 26)
