"""The bar at the top: where calls go, with which token, the way to everything else."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.theme.palette import environment_colour
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.keycap import KeyCap

__all__ = ["PickButton", "SearchButton", "Stripe", "TopBar"]


class Stripe(QWidget):
    """Three pixels along the top edge in the colour of the place where calls go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(3)
        self._colour = QColor(environment_colour("sandbox").colour)

    def set_environment(self, colour: str) -> None:
        self._colour = QColor(environment_colour(colour).colour)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._colour)


class PickButton(QPushButton):
    """A value that opens a menu: a dot or a quiet word, the value, a chevron."""

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._label = label
        self._value = ""
        self._dot: QColor | None = None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(label)

    def show_value(self, value: str, dot: str = "") -> None:
        """Show a value; `dot` is an environment's colour."""
        self._value = value
        self._dot = QColor(environment_colour(dot).colour) if dot else None
        self.setAccessibleName(tr("{label}: {value}", label=self._label, value=value))
        self.updateGeometry()
        self.update()

    def value(self) -> str:
        return self._value

    def _lead(self) -> int:
        return 16 if self._dot else self.fontMetrics().horizontalAdvance(self._label) + 7

    def sizeHint(self) -> QSize:
        bold = theme.fonts.ui(13, 600 if self._dot else 400)
        from PySide6.QtGui import QFontMetrics

        return QSize(min(24 + self._lead() + QFontMetrics(bold).horizontalAdvance(self._value) + 20, 300), 29)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 29)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = self.rect().adjusted(11, 0, -11, 0)
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if self._dot:
            painter.setBrush(self._dot)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(inside.left(), inside.center().y() - 3, 8, 8)
            painter.setFont(theme.fonts.ui(13, 600))
        else:
            painter.setPen(theme.color("muted"))
            painter.setFont(theme.fonts.ui(13))
            painter.drawText(inside, middle, self._label)
        painter.setPen(theme.color("text"))
        place = inside.adjusted(self._lead(), 0, -16, 0)
        text = painter.fontMetrics().elidedText(self._value, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, middle, text)
        chevron = theme.icons.pixmap("chevron-down", "faint", 12, self.devicePixelRatio())
        painter.drawPixmap(inside.right() - 11, inside.center().y() - 5, chevron)


class SearchButton(QFrame):
    """Looks like a search field and opens the palette.

    Signals:
        clicked(): By mouse or keyboard.
    """

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        button = QPushButton(tr("Search methods, requests, actions"), self)
        button.setObjectName("searchButton")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.set_role(button, "search")
        button.clicked.connect(self.clicked)
        self._button = button
        self._keys = KeyCap("Ctrl K", self)
        self.setMinimumWidth(150)
        self.setMaximumWidth(420)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(29)

    def resizeEvent(self, event: object) -> None:
        self._button.setGeometry(self.rect())
        size = self._keys.sizeHint()
        self._keys.setGeometry(self.width() - size.width() - 8, 5, size.width(), size.height())
        self._keys.setVisible(self.width() > 220)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()


class TopBar(QFrame):
    """What stands in it is filled by the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "top")
        self.setFixedHeight(45)
        self.environment = PickButton("environmentButton", tr("Environment"))
        self.environment.setToolTip(tr("Where calls go"))
        self.token = PickButton("tokenButton", tr("Token"))
        self.token.setToolTip(tr("The token that calls are made with"))
        self.environment_menu = QMenu(self)
        self.token_menu = QMenu(self)
        self.environment.setMenu(self.environment_menu)
        self.token.setMenu(self.token_menu)
        self.search = SearchButton()
        self.scheme = IconButton("moon", tr("Light or dark"), "themeButton")
        self.help = IconButton("help", tr("Keyboard shortcuts (F1)"), "helpButton")
        self.right = QHBoxLayout()
        """Where quota and the like may go."""
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(8)
        line.addWidget(self.environment)
        line.addWidget(self.token)
        line.addStretch(1)
        line.addWidget(self.search, 4)
        line.addStretch(1)
        line.addLayout(self.right)
        line.addWidget(self.scheme)
        line.addWidget(self.help)
