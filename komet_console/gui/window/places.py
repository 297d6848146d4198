"""Where calls go and with which token: the two menus of the top bar."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from komet_console.gui.environments.looks import colour_key, dot_icon, level_name
from komet_console.gui.i18n import tr
from komet_console.gui.tokens.picking import choice_name, kind_name, token_actions
from komet_console.gui.window.top_bar import TopBar
from komet_console.session.console import AUTOMATIC, Console, TokenChoice
from komet_console.workspace.environments import SANDBOX, StoredEnvironment

__all__ = ["Places", "choice_name", "environment_name", "kind_name"]

_CHOICES = "tokens.chosen"
"""Where the choices of tokens are kept: `{environment: [way, name]}`; names of tokens, never values."""


def environment_name(environment: str) -> str:
    """A built-in environment's name as people read it; of every other one what was given."""
    return {"sandbox": tr("Sandbox"), "production": tr("Production")}.get(environment, environment)


class Places(QObject):
    """Fills the menus when they open; remembers one choice of a token for each environment.

    Signals:
        environment_changed(str): Calls go somewhere else now; the environment's id.
        choice_changed(object): Calls are made with another token now; a `TokenChoice`.
        manage_environments(), check_token(), add_token(): The user wants to.
    """

    environment_changed = Signal(str)
    choice_changed = Signal(object)
    manage_environments = Signal()
    check_token = Signal()
    add_token = Signal()

    def __init__(self, console: Console, bar: TopBar, environment: str, parent: QObject) -> None:
        super().__init__(parent)
        self._console = console
        self._bar = bar
        found = console.environments.find(environment)
        self.environment = found.id if found is not None else SANDBOX
        """The id of the environment that calls go to."""
        self._choices = self._kept()
        bar.environment_menu.aboutToShow.connect(self._fill_environments)
        bar.token_menu.aboutToShow.connect(self._fill_tokens)
        self._show()

    @property
    def stored(self) -> StoredEnvironment:
        """The environment that calls go to, as the user keeps it."""
        return self._console.environments.find(self.environment) or self._console.environments.get(SANDBOX)

    @property
    def colour(self) -> str:
        """Its colour: what the stripe and Send take."""
        return colour_key(self.stored)

    @property
    def choice(self) -> TokenChoice:
        """The token that calls to the environment are made with."""
        return self._choices.get(self.environment, AUTOMATIC)

    def set_environment(self, environment: str) -> None:
        """Send somewhere else from now on; one that is not known changes nothing."""
        found = self._console.environments.find(environment)
        if found is not None and found.id != self.environment:
            self.environment = found.id
            self._show()
            self.environment_changed.emit(found.id)
            self.choice_changed.emit(self.choice)

    def set_choice(self, choice: TokenChoice) -> None:
        """Use another token in this environment from now on."""
        if choice != self.choice:
            self._choices[self.environment] = choice
            self._keep()
            self._show()
            self.choice_changed.emit(choice)

    def use_token(self, name: str) -> None:
        """Call with this stored token (its name or id) from now on, where it belongs; one that is gone changes nothing."""
        token = self._console.tokens.find(name)
        if token is not None and self._console.environments.find(token.environment) is not None:
            self.set_environment(token.environment)
            self.set_choice(TokenChoice("stored", token.id))

    def refresh(self) -> None:
        """Environments or tokens were added, changed or removed."""
        if self._console.environments.find(self.environment) is None:
            self.set_environment(SANDBOX)
        choice = self.choice
        if choice.way == "stored" and self._console.tokens.find(choice.name) is None:
            self.set_choice(AUTOMATIC)
        self._show()

    def _show(self) -> None:
        stored = self.stored
        self._bar.environment.show_value(stored.name, self.colour)
        self._bar.token.show_value(choice_name(self.choice, self._console.tokens))

    # --- menus

    def _fill_environments(self) -> None:
        menu = self._bar.environment_menu
        menu.clear()
        group = QActionGroup(menu)
        for stored in self._console.environments.all():
            chosen = stored.id == self.environment
            action = QAction(f"{_escaped(stored.name)}\t{level_name(stored.level)}", menu)
            action.setObjectName(f"environment.{stored.id}")
            action.setIcon(dot_icon(colour_key(stored), chosen=chosen))
            action.setIconVisibleInMenu(True)
            action.setToolTip(stored.base_url or tr("A local Komet on this computer"))
            action.setData(stored.id)
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(self._environment_triggered)
        menu.addSeparator()
        _command(menu, tr("Manage environments…"), "environment.manage").triggered.connect(self.manage_environments)

    def _environment_triggered(self, action: QAction) -> None:
        self.set_environment(action.data())

    def _fill_tokens(self) -> None:
        menu = self._bar.token_menu
        menu.clear()
        token_actions(menu, self._console, self.stored, self.choice, self.set_choice)
        menu.addSeparator()
        _command(menu, tr("Check a token…"), "token.check").triggered.connect(self.check_token)
        _command(menu, tr("Add a token…"), "token.add").triggered.connect(self.add_token)

    # --- keeping

    def _kept(self) -> dict[str, TokenChoice]:
        workspace = self._console.workspace
        kept: Any = workspace.state.get(_CHOICES, {}) if workspace is not None else {}
        found = {}
        for environment, pair in kept.items() if isinstance(kept, dict) else ():
            match pair:
                case ["kind" | "stored" as way, str(name)]:
                    found[environment] = TokenChoice(way, name)
        return {
            environment: choice
            for environment, choice in found.items()
            if choice.way != "stored" or self._console.tokens.find(choice.name) is not None
        }

    def _keep(self) -> None:
        workspace = self._console.workspace
        if workspace is not None:
            workspace.state.put(
                _CHOICES, {environment: [choice.way, choice.name] for environment, choice in self._choices.items()}
            )


def _command(menu: QMenu, text: str, name: str) -> QAction:
    action = menu.addAction(text)
    action.setObjectName(name)
    return action


def _escaped(text: str) -> str:
    """A name in a menu: its ampersand is no accelerator."""
    return text.replace("&", "&&")
