"""Everything the window can be asked to do, as one table: the palette, the shortcuts and their list read the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from komet_console.records import record

__all__ = ["Action", "Actions", "spoken_keys"]


def spoken_keys(portable: str) -> str:
    """A shortcut as the system writes it: `Ctrl+K`."""
    return QKeySequence(portable).toString(QKeySequence.SequenceFormat.NativeText)


def _always() -> bool:
    return True


@record
class Action:
    """One thing to do.

    `keys` are portable sequences, the first is the one that is shown; `enabled` is asked when the palette opens and
    before it runs.
    """

    key: str
    section: str
    text: str
    run: Callable[[], None]
    keys: tuple[str, ...] = ()
    enabled: Callable[[], bool] = _always
    in_palette: bool = True


class Actions(QObject):
    """The table, bound to a window.

    Text fields swallow some of these keys for editing of their own (Ctrl+K deletes to the end of the line on Linux); a
    filter on whatever has the focus keeps them for the window.

    Signals:
        control_released(): The user has let go of Ctrl: stepping through tabs is over.
    """

    control_released = Signal()

    def __init__(self, window: QWidget, rows: Iterable[Action]) -> None:
        super().__init__(window)
        self.rows = tuple(rows)
        self._window = window
        self._by_key = {row.key: row for row in self.rows}
        self._taken: set[int] = set()
        for row in self.rows:
            if row.keys:
                self._bind(row)
        self._watched: QWidget | None = None
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._watch)

    def _bind(self, row: Action) -> None:
        action = QAction(row.text, self._window)
        action.setObjectName(f"action.{row.key}")
        sequences = [QKeySequence(keys) for keys in row.keys]
        action.setShortcuts(sequences)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda: self.run(row.key))
        self._window.addAction(action)
        self._taken.update(sequence[0].toCombined() for sequence in sequences)  # type: ignore[index]  # stub lacks it

    def run(self, key: str) -> None:
        """Do it, where it can be done now."""
        row = self._by_key[key]
        if row.enabled():
            row.run()

    def shortcuts(self) -> list[tuple[str, str, str]]:
        """Section, text and keys of every row that has keys."""
        return [
            (row.section, row.text, "  ".join(spoken_keys(keys) for keys in row.keys)) for row in self.rows if row.keys
        ]

    def _watch(self, _old: QWidget | None, now: QWidget | None) -> None:
        # A widget that is destroyed while it has the focus loses it first, and tells of its end later.
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
            self._watched.destroyed.disconnect(self._forget)
        self._watched = now if now is not None and now.window() is self._window else None
        if self._watched is not None:
            self._watched.installEventFilter(self)
            self._watched.destroyed.connect(self._forget)

    def _forget(self) -> None:
        self._watched = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and event.keyCombination().toCombined() in self._taken:
            event.ignore()
            return True
        if event.type() == QEvent.Type.KeyRelease and event.key() == Qt.Key.Key_Control:
            self.control_released.emit()
        return False
