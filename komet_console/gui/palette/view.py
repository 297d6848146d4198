"""The palette (Ctrl+K): one line that finds methods, open requests, actions and guides, or takes a pasted request.

It lies over its window as a child, not as a window of its own: nothing to place, nothing that loses the keyboard. While it
has the focus, every key is its own; the window's shortcuts (Ctrl+Enter sends!) wait.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from komet_console.catalogue import Catalogue
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.palette.contents import Entry, Found, found, in_short, offered, pasted_entry
from komet_console.gui.palette.rows import EntriesModel, EntryDelegate, spoken
from komet_console.interchange.pasted import looks_pasted

__all__ = ["Entry", "Palette"]

_WIDTH, _MOST_LIST, _EDGE = 680, 408, 24
_STEPS: dict[int, int] = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}


class _Line(QLineEdit):
    """Hands the keys that move and choose to the palette.

    Signals:
        moved(int): So many entries up or down.
        entered(bool): Enter; True: with Ctrl.
        left(): Escape.
        pasted(str): The clipboard, whole; a line of text would cut it short.
    """

    moved = Signal(int)
    entered = Signal(bool)
    left = Signal()
    pasted = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in _STEPS:
            self.moved.emit(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.matches(QKeySequence.StandardKey.Paste) and looks_pasted(QGuiApplication.clipboard().text()):
            self.pasted.emit(QGuiApplication.clipboard().text())
        else:
            super().keyPressEvent(event)


class Palette(QWidget):
    """Covers its parent while it is open; a click beside the popup closes it.

    Signals:
        method_chosen(str, bool): A method; True: in a tab of its own.
        tab_chosen(str): An open request's id.
        action_chosen(str): An action's key.
        guide_chosen(str): A guide's key.
        pasted(str): The text of a request; it is to be opened, never sent.
    """

    method_chosen = Signal(str, bool)
    tab_chosen = Signal(str)
    action_chosen = Signal(str)
    guide_chosen = Signal(str)
    pasted = Signal(str)

    def __init__(self, catalogue: Catalogue, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("palette")
        self._catalogue = catalogue
        self._tabs: Sequence[Entry] = ()
        self._actions: Sequence[Entry] = ()
        self._recents: Sequence[str] = ()
        self._whole = ""
        """The whole of what was pasted; empty once the line is edited."""
        self._before: QWidget | None = None
        self.popup = QFrame(self)
        self.popup.setObjectName("palettePopup")
        theme.set_role(self.popup, "popup")
        self.line = _Line()
        self.line.setObjectName("paletteLine")
        self.line.setPlaceholderText(tr("Find a method, an open request or an action, or paste a request"))
        self.line.setAccessibleName(tr("Find"))
        self.line.setFont(theme.fonts.ui(15))
        theme.set_role(self.line, "palette")
        self.model = EntriesModel(self)
        self.list = QListView()
        self.list.setObjectName("paletteList")
        self.list.setAccessibleName(tr("What was found"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(catalogue, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        theme.set_role(self.list, "palette")
        self.hint = QLabel()
        self.hint.setObjectName("paletteHint")
        self.hint.setIndent(10)
        theme.set_role(self.hint, "meta")
        self._column = column = QVBoxLayout(self.popup)
        column.setContentsMargins(8, 8, 8, 10)
        column.setSpacing(6)
        column.addWidget(self.line)
        column.addWidget(self.list)
        column.addWidget(self.hint)
        self.hide()
        self.line.textChanged.connect(self._refresh)
        self.line.textEdited.connect(self._forget_whole)
        self.line.moved.connect(self._move)
        self.line.entered.connect(self._enter)
        self.line.left.connect(self.dismiss)
        self.line.pasted.connect(self._take_whole)
        self.list.clicked.connect(self._clicked)
        parent.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    # --- opening and closing

    def open(self, tabs: Sequence[Entry], actions: Sequence[Entry], recents: Sequence[str], text: str = "") -> None:
        """Show it, with `text` in the line (a whole request is taken for pasted). `recents` are names of methods."""
        self._tabs, self._actions, self._recents = tuple(tabs), tuple(actions), tuple(recents)
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self._cover()
        self.show()
        self.raise_()
        if looks_pasted(text):
            self._take_whole(text)
        else:
            self._whole = ""
            self.line.setText(text)
            self._refresh()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)
        # The search's table is read while the user still moves to the keys.
        QTimer.singleShot(0, self, self._warm)

    def _warm(self) -> None:
        self._catalogue.search("a", limit=1)

    def dismiss(self) -> None:
        """Close it and give the focus back."""
        if not self.isVisible():
            return
        had_focus = self.line.hasFocus()
        before, self._before = self._before, None
        self.hide()
        if had_focus and before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is self.line:
            # A filter that is installed last is asked first: before the one that keeps keys for the window.
            self.line.installEventFilter(self)
        elif self.isVisible() and now is not None and not self.isAncestorOf(now):
            self._before = None
            self.dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and watched is self.line:
            event.accept()
            return True
        if kind == QEvent.Type.Resize and watched is self._window and self.isVisible():
            self._cover()
        elif kind == QEvent.Type.WindowDeactivate and watched is self._window and self.isVisible():
            self.dismiss()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.popup.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        veil = QColor(theme.color("text" if theme.manager().scheme == "light" else "panel"))
        veil.setAlpha(26 if theme.manager().scheme == "light" else 130)
        QPainter(self).fillRect(self.rect(), veil)

    def _cover(self) -> None:
        whole = self._window
        self.setGeometry(whole.rect())
        width = min(_WIDTH, whole.width() - 2 * _EDGE)
        room = max(120, whole.height() - whole.height() // 9 - 140)
        height = max(1, min(self.model.height() + 2, _MOST_LIST, room))
        self.list.setFixedHeight(height)
        self._column.activate()
        top = max(_EDGE, whole.height() // 9)
        self.popup.setGeometry(QRect((whole.width() - width) // 2, top, width, self.popup.sizeHint().height()))

    # --- finding

    def _forget_whole(self) -> None:
        """What stands in the line for something pasted is masked and short; it cannot be edited, only taken back."""
        if self._whole:
            self._whole = ""
            self.line.clear()

    def _take_whole(self, text: str) -> None:
        self._whole = text
        shown = in_short(text)
        if shown == self.line.text():
            self._refresh()
        else:
            self.line.setText(shown)

    def _refresh(self) -> None:
        text = self.line.text()
        if self._whole or looks_pasted(text):
            sections: tuple[Found, ...] = (Found("", (pasted_entry(self._whole or text),)),)
        elif text.strip():
            sections = found(self._catalogue, text, self._tabs, self._actions)
        else:
            sections = offered(self._catalogue, self._tabs, self._actions, self._recents)
        self.model.show(sections)
        self._say(text, sections)
        self._select(self._next(-1, 1))
        self.list.scrollToTop()
        self._cover()

    def _say(self, text: str, sections: tuple[Found, ...]) -> None:
        self.list.setVisible(bool(sections))
        if sections and sections[0].entries[0].kind == "pasted":
            self.hint.setText(tr("Enter opens it in a tab. It is not sent."))
        elif sections:
            self.hint.setText(
                tr("Enter opens   ·   {keys} opens in a new tab   ·   Esc closes", keys=_native("Ctrl+Return"))
            )
        elif text.strip():
            self.hint.setText(tr("Nothing fits. Try a method's name, or say what you want to do: “create a prebook”."))
        else:
            self.hint.setText(tr("Write a few letters of a method, or what you want to do."))

    # --- moving and choosing

    @property
    def current(self) -> Entry | None:
        """The entry that Enter would choose."""
        return self.model.entry(self.list.currentIndex().row())

    def _next(self, row: int, step: int) -> int:
        """The next row that holds an entry; the same row where there is none that way."""
        place = row + step
        while 0 <= place < self.model.rowCount():
            if self.model.entry(place) is not None:
                return place
            place += step
        return row

    def _select(self, row: int) -> None:
        index = self.model.index(row, 0) if row >= 0 else QModelIndex()
        self.list.setCurrentIndex(index)
        entry = self.model.entry(row)
        self.line.setAccessibleDescription("" if entry is None else spoken(entry))

    def _move(self, steps: int) -> None:
        row = first = self.list.currentIndex().row()
        for _ in range(abs(steps)):
            row = self._next(row, 1 if steps > 0 else -1)
        if row == first and abs(steps) == 1:
            # Round: from the last to the first and back.
            row = self._next(-1, 1) if steps > 0 else self._next(self.model.rowCount(), -1)
        self._select(row)
        if row == self._next(-1, 1):
            self.list.scrollToTop()

    def _enter(self, new_tab: bool) -> None:
        self._choose(self.current, new_tab=new_tab)

    def _clicked(self, index: QModelIndex) -> None:
        with_ctrl = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        self._choose(self.model.entry(index.row()), new_tab=bool(with_ctrl))

    def _choose(self, entry: Entry | None, *, new_tab: bool) -> None:
        if entry is None:
            return
        text = self._whole or self.line.text()
        self.dismiss()
        if entry.kind == "method":
            self.method_chosen.emit(entry.key, new_tab)
        elif entry.kind == "tab":
            self.tab_chosen.emit(entry.key)
        elif entry.kind == "action":
            self.action_chosen.emit(entry.key)
        elif entry.kind == "guide":
            self.guide_chosen.emit(entry.key)
        else:
            self.pasted.emit(text)


def _native(portable: str) -> str:
    return QKeySequence(portable).toString(QKeySequence.SequenceFormat.NativeText).replace("Return", "Enter")
