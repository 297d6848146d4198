"""The two choosers that every page about tokens has: which environment, and which kind."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from komet_console.catalogue import TokenKind
from komet_console.gui import theme
from komet_console.gui.environments.looks import colour_key, dot_icon, level_sentence
from komet_console.gui.i18n import tr
from komet_console.gui.tokens.words import kind_choices
from komet_console.session.console import Console
from komet_console.workspace.environments import SANDBOX, StoredEnvironment
from komet_console.workspace.tokens import kind_of

__all__ = ["EnvironmentChooser", "KindChooser"]


class _Quiet(QComboBox):
    """A wheel over it scrolls the page instead of choosing something else unseen."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class EnvironmentChooser(_Quiet):
    """All environments with their dots.

    Signals:
        chosen(str): The user chose another one; its id.
    """

    chosen = Signal(str)

    def __init__(self, console: Console, name: str, parent: QWidget | None = None, *, tall: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(tr("Environment"))
        if tall:
            theme.set_role(self, "tall")
        self._console = console
        self.reload()
        self.activated.connect(self._activated)

    def reload(self) -> None:
        """Environments were added, changed or removed."""
        current = self.current()
        with QSignalBlocker(self):
            self.clear()
            for stored in self._console.environments.all():
                self.addItem(dot_icon(colour_key(stored)), stored.name, stored.id)
        self.show_environment(current)

    def current(self) -> str:
        """The id of the environment that is chosen."""
        found = self.currentData()
        return found if isinstance(found, str) else SANDBOX

    @property
    def stored(self) -> StoredEnvironment:
        """The environment that is chosen."""
        return self._console.environments.get(self.current())

    def show_environment(self, environment: str) -> None:
        """Choose by program; one that is not there chooses the sandbox."""
        place = self.findData(environment)
        with QSignalBlocker(self):
            self.setCurrentIndex(place if place >= 0 else self.findData(SANDBOX))
        self._explain()

    def _activated(self) -> None:
        self._explain()
        self.chosen.emit(self.current())

    def _explain(self) -> None:
        stored = self.stored
        where = stored.base_url or tr("A local Komet on this computer")
        self.setToolTip(f"{where}\n{level_sentence(stored.level)}")


class KindChooser(_Quiet):
    """Kinds of tokens; first the one that is not known.

    Signals:
        chosen(object): The user chose another one; a kind or None.
    """

    chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None, *, tall: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(tr("Kind of token"))
        self.setToolTip(tr("A kind that is known costs one call only; whoever does not know leaves it"))
        if tall:
            theme.set_role(self, "tall")
        for key, label in kind_choices():
            self.addItem(label, key)
        self.activated.connect(self._activated)

    def current(self) -> TokenKind | None:
        """The kind that is chosen; None: nobody knows."""
        return kind_of(str(self.currentData() or ""))

    def show_kind(self, kind: str | None) -> None:
        """Choose by program."""
        with QSignalBlocker(self):
            self.setCurrentIndex(max(0, self.findData(kind or "")))

    def _activated(self) -> None:
        self.chosen.emit(self.current())
