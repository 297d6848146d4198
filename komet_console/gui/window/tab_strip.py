"""The tabs of open requests: verb in colour, name, a dot while unsaved, a cross to close."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetricsF, QIcon, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QMenu, QStyle, QStyleOptionTab, QTabBar, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.request.url_line import verb_token

__all__ = ["TabStrip"]

_GAP = 4
"""Pixels behind a verb, besides those of the style."""
_WIDEST = 300
_ABOVE = 5
"""Pixels above a dot or cross: the style puts it into the middle of a tab and of the gap above the tab."""


class _Mark(QAbstractButton):
    """A dot for unsaved changes; a cross while the mouse is there, or where the tab is the current one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(18, 18 + _ABOVE)
        self.setObjectName("closeTab")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Close this tab"))
        self.setToolTip(tr("Close (Ctrl+W)"))
        self.unsaved = False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.translate(0, _ABOVE)
        if self.underMouse():
            painter.setBrush(theme.color("line"))
            painter.drawRoundedRect(QRectF(0, 0, 18, 18), 4, 4)
        if self.unsaved and not self.underMouse():
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(QRectF(5.5, 5.5, 7, 7))
            return
        drawn = theme.icons.pixmap("close", "muted" if self.underMouse() else "faint", 12, self.devicePixelRatio())
        painter.drawPixmap(3, 3, drawn)


class TabStrip(QTabBar):
    """Movable; the wheel does not switch tabs.

    Signals:
        close_asked(int): Middle click, cross or menu.
        keep_asked(int): A preview tab was double-clicked.
        others_close_asked(int), all_close_asked(), reopen_asked(), duplicate_asked(int): From the menu.
    """

    close_asked = Signal(int)
    keep_asked = Signal(int)
    others_close_asked = Signal(int)
    all_close_asked = Signal()
    reopen_asked = Signal()
    duplicate_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("requestTabs")
        self.setAccessibleName(tr("Open requests"))
        self.setMovable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        # Methods of one family differ in their ends.
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(40 + _GAP, 14))
        self.tabBarDoubleClicked.connect(self.keep_asked)
        theme.manager().changed.connect(self._redraw)
        self._verbs: dict[str, QIcon] = {}
        self._sizes: dict[tuple[str, int, bool], QSize] = {}

    def add(self, verb: str, title: str, tip: str, *, italic: bool = False) -> int:
        """A new tab at the end; returns where it is. `italic` marks a preview."""
        number = self.addTab(self._icon(verb), title) if verb else self.addTab(theme.icons.icon("book", "muted"), title)
        self.setTabData(number, verb)
        self.set_italic(number, italic=italic)
        self.setTabToolTip(number, tip)
        mark = _Mark(self)
        mark.clicked.connect(lambda: self.close_asked.emit(self._number_of(mark)))
        self.setTabButton(number, QTabBar.ButtonPosition.RightSide, mark)
        return number

    def set_unsaved(self, number: int, unsaved: bool) -> None:
        """Show or hide the dot."""
        mark = self.tabButton(number, QTabBar.ButtonPosition.RightSide)
        if isinstance(mark, _Mark) and mark.unsaved != unsaved:
            mark.unsaved = unsaved
            mark.update()
        title = self.tabText(number)
        self.setAccessibleTabName(number, tr("{title}, unsaved", title=title) if unsaved else title)

    def set_italic(self, number: int, *, italic: bool) -> None:
        """Mark a tab as a preview, which the next one replaces; or as one that stays."""
        tip = self.tabToolTip(number).partition("\n")[0]
        self.setTabToolTip(
            number,
            f"{tip}\n{tr('Preview: the next method takes its place. Double-click to keep it.')}" if italic else tip,
        )
        self.setTabIcon(number, self._icon(str(self.tabData(number)), italic=italic))

    def show_verb(self, number: int, verb: str) -> None:
        """The tab's request has another verb now."""
        self.setTabData(number, verb)
        self.setTabIcon(number, self._icon(verb))

    def initStyleOption(self, option: QStyleOptionTab, index: int) -> None:
        """Like Qt's, but an icon takes the room of its own picture: Qt puts it into the middle of the widest one's."""
        super().initStyleOption(option, index)
        option.iconSize = option.icon.actualSize(self.iconSize())

    def tabSizeHint(self, index: int) -> QSize:
        """As wide as verb, name and mark: in a wider tab Qt puts the name into the middle, away from its verb."""
        # Qt asks for every tab several times whenever one comes or goes.
        marked = self.tabButton(index, QTabBar.ButtonPosition.RightSide) is not None
        key = self.tabText(index), self.tabIcon(index).cacheKey(), marked
        if key not in self._sizes:
            self._sizes[key] = self._fitting(index)
        return self._sizes[key]

    def _fitting(self, index: int) -> QSize:
        self.ensurePolished()
        option = QStyleOptionTab()
        self.initStyleOption(option, index)
        rect: QRect = option.rect
        around = rect.width() - self.style().subElementRect(QStyle.SubElement.SE_TabBarTabText, option, self).width()
        wanted = self.fontMetrics().horizontalAdvance(self.tabText(index)) + 1
        return QSize(min(_WIDEST, wanted + around), super().tabSizeHint(index).height())

    def minimumTabSizeHint(self, index: int) -> QSize:
        """The same: many tabs are scrolled, for names of six letters tell nothing."""
        return self.tabSizeHint(index)

    def _number_of(self, mark: QWidget) -> int:
        side = QTabBar.ButtonPosition.RightSide
        return next((number for number in range(self.count()) if self.tabButton(number, side) is mark), -1)

    def _icon(self, verb: str, *, italic: bool = False) -> QIcon:
        if not verb:
            return self._book(italic)
        key = f"{verb} preview" if italic else verb
        if key not in self._verbs:
            font = QFont(theme.fonts.code(10, 600))
            font.setItalic(italic)
            metrics = QFontMetricsF(font)
            ratio = self.devicePixelRatio()
            width = math.ceil(metrics.horizontalAdvance(verb)) + 1
            drawn = QPixmap(math.ceil((width + _GAP) * ratio), math.ceil(14 * ratio))
            drawn.setDevicePixelRatio(ratio)
            drawn.fill(Qt.GlobalColor.transparent)
            painter = QPainter(drawn)
            painter.setFont(font)
            painter.setPen(theme.color("faint" if italic else verb_token(verb)))
            painter.drawText(QRectF(0, 0, width, 14), Qt.AlignmentFlag.AlignVCenter, verb)
            painter.end()
            icon = QIcon()
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled, QIcon.Mode.Active, QIcon.Mode.Selected):
                icon.addPixmap(drawn, mode)
            self._verbs[key] = icon
        return self._verbs[key]

    def _book(self, preview: bool) -> QIcon:
        """A guide's mark, with room behind it: the style gives an icon no gap of its own."""
        ratio = self.devicePixelRatio()
        drawn = QPixmap(math.ceil(22 * ratio), math.ceil(14 * ratio))
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.drawPixmap(0, 0, theme.icons.pixmap("book", "faint" if preview else "muted", 14, ratio))
        painter.end()
        return QIcon(drawn)

    def _redraw(self) -> None:
        self._verbs.clear()
        self._sizes.clear()
        for number in range(self.count()):
            self.set_italic(number, italic="\n" in self.tabToolTip(number))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton and (number := self.tabAt(event.position().toPoint())) >= 0:
            self.close_asked.emit(number)
            return
        super().mouseReleaseEvent(event)

    def wheelEvent(self, event: object) -> None:
        """Nothing: switching what one is writing by accident is never wanted."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        number = self.tabAt(event.pos())
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if number >= 0:
            menu.addAction(tr("Keep open"), lambda: self.keep_asked.emit(number))
            menu.addAction(tr("Duplicate"), lambda: self.duplicate_asked.emit(number))
            menu.addSeparator()
            menu.addAction(tr("Close"), lambda: self.close_asked.emit(number))
            menu.addAction(tr("Close the others"), lambda: self.others_close_asked.emit(number))
        menu.addAction(tr("Close all"), self.all_close_asked.emit)
        menu.addAction(tr("Reopen the last closed"), self.reopen_asked.emit)
        menu.popup(event.globalPos())
