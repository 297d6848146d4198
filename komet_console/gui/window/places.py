"""Where calls go and with which token: the two menus of the top bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from komet_console.gui.i18n import tr
from komet_console.gui.window.top_bar import TopBar
from komet_console.session import environments
from komet_console.session.console import AUTOMATIC, Console, TokenChoice

__all__ = ["Places", "choice_name", "environment_name", "kind_name"]


def environment_name(environment: str) -> str:
    """An environment's name as people read it."""
    return {environments.SANDBOX: tr("Sandbox"), environments.PRODUCTION: tr("Production")}.get(
        environment, environment
    )


def kind_name(kind: str) -> str:
    """A kind of token as people read it."""
    return {
        "company": tr("company"),
        "customer": tr("customer"),
        "vendor": tr("vendor"),
        "user": tr("user"),
    }.get(kind, kind)


def choice_name(choice: TokenChoice) -> str:
    """A choice of a token as people read it."""
    if choice.way == "automatic":
        return tr("automatic")
    return kind_name(choice.name) if choice.way == "kind" else choice.name


class Places(QObject):
    """Fills the menus when they open; remembers one choice of a token for each environment.

    Signals:
        environment_changed(str): Calls go somewhere else now.
        choice_changed(object): Calls are made with another token now; a `TokenChoice`.
    """

    environment_changed = Signal(str)
    choice_changed = Signal(object)

    def __init__(self, console: Console, bar: TopBar, environment: str, parent: QObject) -> None:
        super().__init__(parent)
        self._console = console
        self._bar = bar
        self.environment = environment
        self._choices: dict[str, TokenChoice] = {}
        bar.environment_menu.aboutToShow.connect(self._fill_environments)
        bar.token_menu.aboutToShow.connect(self._fill_tokens)
        self._show()

    @property
    def choice(self) -> TokenChoice:
        """The token that calls to the environment are made with."""
        return self._choices.get(self.environment, AUTOMATIC)

    def set_environment(self, environment: str) -> None:
        """Send somewhere else from now on."""
        if environment != self.environment:
            self.environment = environment
            self._show()
            self.environment_changed.emit(environment)
            self.choice_changed.emit(self.choice)

    def set_choice(self, choice: TokenChoice) -> None:
        """Use another token in this environment from now on."""
        if choice != self.choice:
            self._choices[self.environment] = choice
            self._show()
            self.choice_changed.emit(choice)

    def _show(self) -> None:
        self._bar.environment.show_value(environment_name(self.environment), self.environment)
        self._bar.token.show_value(choice_name(self.choice))

    def _fill_environments(self) -> None:
        menu = self._bar.environment_menu
        menu.clear()
        self._offer(
            menu,
            [(name, environment_name(name)) for name in (environments.SANDBOX, environments.PRODUCTION)],
            self.environment,
            self.set_environment,
        )

    def _fill_tokens(self) -> None:
        menu = self._bar.token_menu
        menu.clear()
        if self.environment != environments.SANDBOX:
            return
        choices = [AUTOMATIC, *(TokenChoice("kind", kind) for kind in environments.TOKEN_KINDS)]
        names = {choice_name(choice): choice for choice in choices}
        self._offer(
            menu, [(name, name) for name in names], choice_name(self.choice), lambda name: self.set_choice(names[name])
        )

    @staticmethod
    def _offer(menu: QMenu, rows: list[tuple[str, str]], current: str, choose: Callable[[str], None]) -> None:
        group = QActionGroup(menu)
        for key, name in rows:
            action = group.addAction(name)
            action.setCheckable(True)
            action.setChecked(key == current)
            action.triggered.connect(lambda _=False, key=key: choose(key))
            menu.addAction(action)
