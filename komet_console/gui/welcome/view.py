"""What stands in the window while nothing is open: what this is, and three first calls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QKeySequence, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from komet_console.catalogue import Catalogue
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.request.url_line import verb_token
from komet_console.gui.widgets.empty import EmptyState
from komet_console.records import record

__all__ = ["Welcome"]

_CARDS_SIDE_BY_SIDE = 696
_TWO_SIDE_BY_SIDE = 500
_COLUMN = 760


@record
class _First:
    """A first call. `sign` is a verb, or the name of an icon where there is none."""

    key: str
    title: str
    sentence: str
    sign: str
    detail: str


class _Card(QAbstractButton):
    """A large button: sign, title, sentence, and the method that it opens."""

    def __init__(self, first: _First, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first = first
        self.setObjectName(f"welcomeCard.{first.key}")
        self.setAccessibleName(first.title)
        self.setAccessibleDescription(first.sentence)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.manager().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(232, 132)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 132)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered, first = self.underMouse(), self._first
        shape = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(theme.color("hover" if self.isDown() else "raised" if hovered else "panel"))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
        else:
            painter.setPen(QPen(theme.color("accent" if hovered else "line"), 1))
        painter.drawRoundedRect(shape, 10, 10)
        inside = shape.adjusted(16, 14, -16, -14)
        top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        if first.sign.isupper():
            painter.setFont(theme.fonts.code(11, 600))
            painter.setPen(theme.color(verb_token(first.sign)))
            painter.drawText(inside, top, first.sign)
        else:
            ratio = painter.device().devicePixelRatio()
            painter.drawPixmap(QPointF(inside.topLeft()), theme.icons.pixmap(first.sign, "accent", 18, ratio))
        painter.setFont(theme.fonts.ui(14, 600))
        painter.setPen(theme.color("text"))
        painter.drawText(inside.adjusted(0, 24, 0, 0), top, first.title)
        painter.setFont(theme.fonts.ui(12))
        painter.setPen(theme.color("muted"))
        wrapped = int(top) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(inside.adjusted(0, 46, 0, -16), wrapped, first.sentence)
        small = theme.fonts.code(11)
        painter.setFont(small)
        painter.setPen(theme.color("faint"))
        detail = QFontMetricsF(small).elidedText(first.detail, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, detail)


class Welcome(QWidget):
    """Args:
        with_doctor: Whether a token can be checked; without it, there is no card for it.

    Signals:
        call_chosen(str): A first call; carries the method's name.
        doctor_chosen(): A token is to be checked.
        dismissed(): The first calls shall never be offered again.
    """

    call_chosen = Signal(str)
    doctor_chosen = Signal()
    dismissed = Signal()

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None, *, with_doctor: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self._catalogue = catalogue
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(16)
        for first in self._firsts(with_doctor=with_doctor):
            card = _Card(first)
            card.clicked.connect(lambda _=False, key=first.key: self._choose(key))
            self._cards.addWidget(card)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._first_page())
        key = QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        self.plain = EmptyState(
            tr("Nothing is open"), tr("Choose a method at the left, or press {key} and say what you need.", key=key)
        )
        self.plain.setObjectName("nothingOpen")
        self._pages.addWidget(self.plain)

    def _firsts(self, *, with_doctor: bool) -> list[_First]:
        firsts = [
            _First(
                "customer.list",
                tr("List customers"),
                tr("A first look: who buys from the company."),
                self._catalogue.summaries["customer.list"].verb,
                "customer.list",
            ),
            _First(
                "prebook.create",
                tr("Create a prebook"),
                tr("A customer orders flowers ahead of the ship day."),
                self._catalogue.summaries["prebook.create"].verb,
                "prebook.create",
            ),
        ]
        if with_doctor:
            sentence = tr("Does it work, of what kind is it, and what may it call?")
            firsts.append(_First("doctor", tr("Check a token"), sentence, "key", ""))
        return firsts

    def _first_page(self) -> QWidget:
        headline = QLabel(tr("Make your first call"))
        headline.setObjectName("welcomeHeadline")
        theme.set_role(headline, "display")
        sentence = QLabel(
            tr(
                "All {count} methods of the Komet Sales API are here, with a sandbox of your own that answers like Komet. "
                "Nothing you try in the sandbox reaches a real account.",
                count=len(self._catalogue.summaries),
            )
        )
        sentence.setWordWrap(True)
        theme.set_role(sentence, "lead")
        hint = QLabel(tr("A card fills the request in. You look at it and press Send."))
        hint.setWordWrap(True)
        theme.set_role(hint, "meta")
        dismiss = QPushButton(tr("Don't show this again"))
        dismiss.setObjectName("welcomeDismiss")
        theme.set_role(dismiss, "link")
        dismiss.clicked.connect(self.dismiss)
        inner = QWidget()
        inner.setMaximumWidth(_COLUMN)
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(0)
        column.addWidget(headline)
        column.addSpacing(8)
        column.addWidget(sentence)
        column.addSpacing(24)
        column.addLayout(self._cards)
        column.addSpacing(14)
        column.addWidget(hint)
        column.addSpacing(24)
        column.addWidget(dismiss, alignment=Qt.AlignmentFlag.AlignLeft)
        content = QWidget()
        theme.set_role(content, "content")
        outer = QVBoxLayout(content)
        outer.setContentsMargins(0, 0, 0, 0)
        # A little above the middle looks like the middle.
        outer.addStretch(4)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(inner, 100)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(6)
        # In a short or narrow window the cards stand in a column that may be higher than it.
        page = QScrollArea()
        page.setObjectName("welcomeArea")
        page.setAccessibleName(tr("Welcome"))
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page.setWidgetResizable(True)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page.setWidget(content)
        return page

    def _choose(self, key: str) -> None:
        if key == "doctor":
            self.doctor_chosen.emit()
        else:
            self.call_chosen.emit(key)

    def dismiss(self) -> None:
        """Show the plain page from now on, and say that it is wished."""
        self._pages.setCurrentWidget(self.plain)
        self.dismissed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= (_CARDS_SIDE_BY_SIDE if self._cards.count() > 2 else _TWO_SIDE_BY_SIDE)
        wanted = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._cards.direction() != wanted:
            self._cards.setDirection(wanted)
