"""The address line: verb and whole address as it will be sent, secrets masked; a click or Enter edits it."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.roomy import make_roomy
from komet_console.records import record

__all__ = ["Address", "UrlLine", "verb_token"]

_HEIGHT = 33
_VERBS = {"GET": "blue", "POST": "green", "PUT": "amber", "PATCH": "amber", "DELETE": "red"}


def verb_token(verb: str) -> str:
    """The theme's colour for a verb."""
    return _VERBS.get(verb, "violet")


@record
class Address:
    """What the line shows, masked. `query` is name and value."""

    verb: str = ""
    base: str = ""
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The address in one piece."""
        pairs = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.base}{self.path}{'?' if pairs else ''}{pairs}"


class UrlLine(QWidget):
    """Shows the address painted; while it is edited, a plain line holds what `editable` says.

    Signals:
        edited(str): The user has entered another address.
        pasted(str): Something was pasted while the line had the focus but was not edited.
        verb_clicked(): The user wants to see or change verb and places.
    """

    edited = Signal(str)
    pasted = Signal(str)
    verb_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("urlLine")
        self.setAccessibleName(tr("Address"))
        self._address = Address()
        self._editable = ""
        self._font, self._bold = theme.fonts.code(12), theme.fonts.code(12, 600)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setMouseTracking(True)
        self.editor = QLineEdit(self)
        make_roomy(self.editor)
        self.editor.setObjectName("urlEditor")
        self.editor.setAccessibleName(tr("Edit the address"))
        self.editor.setFont(self._font)
        self.editor.hide()
        self.editor.returnPressed.connect(self._finish)
        self.editor.installEventFilter(self)

    def show_address(self, address: Address, editable: str) -> None:
        """Show an address; `editable` is the text that editing starts with (references instead of secrets)."""
        self._editable = editable
        if address != self._address:
            self._address = address
            self.setAccessibleDescription(f"{address.verb} {address.text}")
            self.update()

    def text(self) -> str:
        """Verb and address as they are shown."""
        return f"{self._address.verb} {self._address.text}"

    def edit(self) -> None:
        """Begin to edit."""
        self.editor.setGeometry(self._verb_width(), 2, self.width() - self._verb_width() - 3, self.height() - 4)
        theme.set_role(self.editor, "bare")
        self.editor.setText(self._editable)
        self.editor.show()
        self.editor.setFocus()
        self.editor.end(False)
        self.update()

    def _finish(self) -> None:
        text = self.editor.text().strip()
        self.setFocus()
        self.editor.hide()
        self.update()
        if text and text != self._editable:
            self.edited.emit(text)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.editor and self.editor.isVisible():
            if event.type() == QEvent.Type.FocusOut and not self.editor.hasFocus():
                self._finish_quietly()
            elif (
                isinstance(event, QKeyEvent)
                and event.type() == QEvent.Type.KeyPress
                and event.key() == Qt.Key.Key_Escape
            ):
                self.editor.setText(self._editable)
                self._finish()
                return True
        return False

    def _finish_quietly(self) -> None:
        text = self.editor.text().strip()
        self.editor.hide()
        self.update()
        if text and text != self._editable:
            self.edited.emit(text)

    def _verb_width(self) -> int:
        return round(QFontMetricsF(self._bold).horizontalAdvance(self._address.verb)) + 18

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            if event.position().x() < self._verb_width():
                self.verb_clicked.emit()
            else:
                self.edit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        on_verb = event.position().x() < self._verb_width()
        self.setCursor(Qt.CursorShape.PointingHandCursor if on_verb else Qt.CursorShape.IBeamCursor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Copy the address"), lambda: QGuiApplication.clipboard().setText(self._address.text))
        menu.addAction(tr("Edit"), self.edit)
        menu.addAction(tr("Verb and places…"), self.verb_clicked.emit)
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._address.text)
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit()
        elif event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.verb_clicked.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _pieces(self) -> list[tuple[str, str]]:
        """Text and colour token of what is painted behind the verb."""
        pieces = [(self._address.base, "muted"), (self._address.path, "text")]
        for number, (name, value) in enumerate(self._address.query):
            pieces += [(f"{'&' if number else '?'}{name}=", "muted"), (value, "text")]
        return pieces

    def shown(self) -> str:
        """What of the address is painted at the present width."""
        return "".join(text for text, _token in self._fitting())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            hint = tr(
                "The address as it will be sent. Click to edit it; paste a curl command, an address or a JSON body."
            )
            # What is not all to be seen is told first; as text, lest anything in it be taken for markup.
            whole = "" if self.shown() == self._address.text else self._address.text
            self.setToolTip("".join(f"<p>{html.escape(part)}</p>" for part in (whole, hint) if part))
        return super().event(event)

    def _fitting(self) -> list[tuple[str, str]]:
        """The pieces for the present width. The path says most, so it goes last; the query goes first, then the base."""
        room, wide = self.width() - 10.0 - self._verb_width(), QFontMetricsF(self._font).horizontalAdvance
        (base, _), path, *query = self._pieces()
        more = [("?…", "muted")] if query else []
        beside = room - wide(path[0]) - sum(wide(text) for text, _token in more)
        if wide(base) <= beside:
            return self._cut([(base, "muted"), path, *query], room)
        if beside < wide("…"):
            return [(self._elided(path[0], Qt.TextElideMode.ElideLeft, room), "text")]
        host = base.partition("://")[2] or base
        return [(self._elided(host, Qt.TextElideMode.ElideMiddle, beside), "muted"), path, *more]

    def _cut(self, pieces: list[tuple[str, str]], room: float) -> list[tuple[str, str]]:
        """As many pieces as there is room for; the last one ends in dots where it is cut."""
        fitting = []
        for text, token in pieces:
            shown = self._elided(text, Qt.TextElideMode.ElideRight, room)
            fitting.append((shown, token))
            if shown != text:
                break
            room -= QFontMetricsF(self._font).horizontalAdvance(text)
        return fitting

    def _elided(self, text: str, where: Qt.TextElideMode, room: float) -> str:
        # A little more: what is as wide as the room fits.
        return QFontMetricsF(self._font).elidedText(text, where, room + 0.5)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus() or self.editor.isVisible()
        inset = 1.0 if focused else 0.5
        painter.setPen(QPen(theme.color("focus" if focused else "line2"), 2 if focused else 1))
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        metrics = QFontMetricsF(self._font)
        baseline = (self.height() + metrics.ascent() - metrics.descent()) / 2
        painter.setFont(self._bold)
        painter.setPen(theme.color(verb_token(self._address.verb)))
        painter.drawText(QPointF(10, baseline), self._address.verb)
        if self.editor.isVisible():
            return
        painter.setFont(self._font)
        left = float(self._verb_width())
        for text, token in self._fitting():
            painter.setPen(theme.color(token))
            painter.drawText(QPointF(left, baseline), text)
            left += metrics.horizontalAdvance(text)
