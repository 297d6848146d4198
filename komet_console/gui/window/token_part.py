"""Environments and tokens in the window: what their menus, their room and their dialogs ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from komet_console.gui.quota.gauge import QuotaGauge

if TYPE_CHECKING:
    from komet_console.gui.request.presenter import RequestPresenter
    from komet_console.gui.tokens.room import TokensRoom
    from komet_console.gui.window.main import MainWindow
    from komet_console.session.guard import Question

__all__ = ["TOKENS_ROOM", "TokenPart"]

TOKENS_ROOM = "tokens"


class TokenPart(QObject):
    """Connects the window's parts that are about environments and tokens."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._console = window.console
        self.gauge = QuotaGauge(self._console, tasks=window.tasks)
        window.top.right.addWidget(self.gauge)
        places = window.places
        places.environment_changed.connect(self._environment_changed)
        places.choice_changed.connect(self._choice_changed)
        places.manage_environments.connect(self.manage_environments)
        places.check_token.connect(self.check_token)
        places.add_token.connect(self.add_token)
        window.closed.connect(self._forget_clipboard)

    # --- the room

    def make_room(self) -> TokensRoom:
        """The page of the rail's key."""
        from komet_console.gui.tokens.room import TokensRoom  # only when somebody goes there

        window = self._window
        room = TokensRoom(self._console, window.workspace, window.tasks)
        room.set_environment(window.places.environment)
        room.open_method.connect(self._open_method)
        room.open_guide.connect(self._open_guide)
        room.tokens_changed.connect(self._tokens_changed)
        room.use_token.connect(window.places.use_token)
        room.said.connect(window.notices.say)
        return room

    @property
    def room(self) -> TokensRoom:
        """The room, made now where it was not yet."""
        from komet_console.gui.tokens.room import TokensRoom

        room = self._window.rooms.widget(TOKENS_ROOM)
        assert isinstance(room, TokensRoom)
        return room

    def check_token(self) -> None:
        """Does a token work? The page that finds out."""
        self._window.rooms.show_room(TOKENS_ROOM)
        self.room.check_token()

    def add_token(self) -> None:
        """Paste a token to keep it."""
        self._window.rooms.show_room(TOKENS_ROOM)
        self.room.add_token(environment=self._window.places.environment)

    def log_in(self) -> None:
        """Get a user's token with name and password."""
        self._window.rooms.show_room(TOKENS_ROOM)
        self.room.log_in()

    def _open_method(self, name: str) -> None:
        self._window.rooms.show_desk()
        self._window.open_method(name)

    def _open_guide(self, key: str) -> None:
        self._window.rooms.show_desk()
        self._window.desk.open_guide(key)

    def manage_environments(self) -> None:
        """Add, change and remove environments."""
        from komet_console.gui.environments.dialog import EnvironmentsDialog  # only when it is asked for

        window = self._window
        dialog = EnvironmentsDialog(self._console, window.tasks, window, environment=window.places.environment)
        dialog.changed.connect(self._environments_changed)
        dialog.open()

    # --- requests

    def equip(self, presenter: RequestPresenter) -> None:
        """Give a request its place, its token and a way to ask."""
        presenter.set_common(self._window.places.choice)
        presenter.ask = lambda question: self._ask(question, presenter)

    async def _ask(self, question: Question, presenter: RequestPresenter) -> bool:
        from komet_console.gui.guard.dialog import ask  # only when there is something to ask

        return await ask(question, self._window, presenter.place().stored)

    # --- following

    def _forget_clipboard(self) -> None:
        """A copied token does not outlive the window; nobody would be there to take it back."""
        if self._window.rooms.made(TOKENS_ROOM) is not None:
            self.room.forget_clipboard()

    def _presenters(self) -> list[RequestPresenter]:
        return [tab.request.presenter for tab in self._window.desk.tabs if tab.request is not None]

    def _environment_changed(self, environment: str) -> None:
        for presenter in self._presenters():
            presenter.set_environment(environment)
        self.show_place()

    def _choice_changed(self, _choice: object) -> None:
        for presenter in self._presenters():
            presenter.set_common(self._window.places.choice)

    def _tokens_changed(self) -> None:
        self._window.places.refresh()
        for presenter in self._presenters():
            presenter.refresh()

    def _environments_changed(self) -> None:
        self._window.places.refresh()
        for presenter in self._presenters():
            presenter.set_environment(self._window.places.environment)
            presenter.refresh()
        self.show_place()
        if self._window.rooms.made(TOKENS_ROOM) is not None:
            self.room.reload()

    def show_place(self) -> None:
        """Show where calls go, in every part that does."""
        places = self._window.places
        self._window.stripe.set_environment(places.colour)
        self.gauge.show_environment(places.environment)
        room = self._window.rooms.made(TOKENS_ROOM)
        if room is not None:
            self.room.set_environment(places.environment)
