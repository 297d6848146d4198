"""What happens in one request tab: the draft is held against the documentation after each change, sent, cancelled.

Views never call the console; they ask the presenter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from komet_console.catalogue import Finding, Severity
from komet_console.errors import UserError
from komet_console.exchange import MASK, Draft, PreparedRequest, Progress, draft_of_sample
from komet_console.exchange.variables import Unresolved, value_of
from komet_console.gui.background import Latest
from komet_console.gui.i18n import tr
from komet_console.gui.request.inheritance import NOTHING, Inherited
from komet_console.gui.request.model import RequestModel
from komet_console.session.aside import LARGE, aside
from komet_console.session.choosing import TokenTrouble
from komet_console.session.console import AUTOMATIC, Console, Place, TokenChoice
from komet_console.session.guard import Question, Refusal
from komet_console.workspace.tokens import TokenError

if TYPE_CHECKING:
    from komet_console.gui.aio import Tasks
    from komet_console.session.sending import Sent

__all__ = ["RequestPresenter"]

_VALIDATE_AFTER = 120
"""Milliseconds of quiet after a change before the draft is held against the documentation."""


class RequestPresenter(QObject):
    """One tab's doings.

    Signals:
        place_changed(): Where the call goes, or its token, has changed.
    """

    place_changed = Signal()

    def __init__(
        self, model: RequestModel, console: Console, tasks: Tasks, environment: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.model = model
        self.console = console
        self.tasks = tasks
        self.environment = environment
        self.common = AUTOMATIC
        """The environment's choice of a token."""
        self.own: TokenChoice | None = None
        """The choice for this tab alone, where there is one."""
        self.restored = False
        """Whether the request was brought back from an earlier session or reopened: its first call asks where it goes."""
        self.ask: Callable[[Question], Awaitable[bool]] | None = None
        """Asks the user before a call that writes; None: nobody can be asked, and such a call is not made."""
        self.inherited = NOTHING
        """What the folders and the collection of a saved request hand down."""
        self.captured: Mapping[str, str] = {}
        """Variables that were captured from answers."""
        self._cancel: asyncio.Event | None = None
        self._running: asyncio.Task[None] | None = None
        self._closed = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_VALIDATE_AFTER)
        self._quiet.timeout.connect(self.validate)
        self._validating = Latest(self)
        model.draft_changed.connect(self._quiet.start)
        self._quiet.start()

    def rest(self) -> None:
        """Made ahead, for no request yet: there is nothing to be held against the documentation."""
        self._quiet.stop()

    # --- what is sent

    @property
    def draft(self) -> Draft:
        """The request with what it inherits: what is sent."""
        return self.inherited.with_rows(self.model.draft)

    def variables(self) -> tuple[Mapping[str, str], ...]:
        """Scopes in front of the environment's, the nearest first."""
        return (self.captured, self.inherited.variables)

    def set_inherited(self, inherited: Inherited) -> None:
        """Folders or collection hand down something else now."""
        if inherited != self.inherited:
            self.inherited = inherited
            self.refresh()

    # --- where it goes

    def set_environment(self, environment: str) -> None:
        """Send to another environment from now on."""
        if environment != self.environment:
            self.environment = environment
            self.place_changed.emit()
            self._quiet.start()

    @property
    def choice(self) -> TokenChoice:
        """The token that calls are made with."""
        if self.own is None and self.inherited.token and self.console.tokens.find(self.inherited.token) is not None:
            return TokenChoice("stored", self.inherited.token)
        return self.own or self.common

    def set_common(self, choice: TokenChoice) -> None:
        """The environment's calls are made with another token from now on."""
        if choice != self.common:
            self.common = choice
            self.place_changed.emit()
            self._quiet.start()

    def set_own(self, choice: TokenChoice | None) -> None:
        """Use a token of its own for this tab; None: the environment's again."""
        if choice != self.own:
            self.own = choice
            self.place_changed.emit()
            self._quiet.start()

    def refresh(self) -> None:
        """The sandbox came, went or moved."""
        self.place_changed.emit()
        self._quiet.start()

    def place(self) -> Place:
        """Where the call would go now; as if the token were chosen automatically where the chosen one is gone."""
        try:
            return self.console.place(self.environment, self.choice, self.model.method, self.variables())
        except TokenError:
            return self.console.place(self.environment, AUTOMATIC, self.model.method, self.variables())

    def token_trouble(self) -> TokenTrouble | None:
        """Why the chosen token cannot call the method, as far as is known; None where nothing speaks against it."""
        return self.console.token_trouble(self.environment, self.choice, self.model.method)

    def prepare(self, place: Place | None = None) -> PreparedRequest | UserError:
        """The exact request as it would be sent now (to `place`, where that is known already), or why there is none."""
        try:
            return self.console.prepare(self.draft, place or self.place())
        except UserError as error:
            return error

    def validate(self) -> None:
        """Hold the draft against the documentation now; a large one on another thread, its findings come later."""
        self._quiet.stop()
        self._validating.drop()
        draft = self.draft
        try:
            place = self.place()
        except UserError as error:
            self.model.set_findings((_not_sendable(error),))
            return
        if len(draft.body.text) > LARGE:
            console = self.console
            self._validating.start(lambda: _findings(console, draft, place), self.model.set_findings)
        else:
            self.model.set_findings(_findings(self.console, draft, place))

    def tell_variable(self, name: str) -> str:
        """What a variable is worth where the call goes, in words; secrets masked."""
        place = self.place()
        if name == "token":
            token = place.token
            return tr("the token {name}", name=token.name) if token is not None else tr("no token is chosen")
        found = value_of(name, place.scopes, place.around)
        if found is None:
            return tr("no value in {environment}", environment=place.stored.name)
        return MASK if found.secret or name in place.stored.secret_names else found.text

    # --- filling in

    def sample(self, *, required_only: bool = False) -> Draft:
        """The documented sample, its dates around today."""
        method = self.model.method
        made = self.console.catalogue.sample(method, date.today(), required_only=required_only)  # noqa: DTZ011 - the user's day
        return draft_of_sample(method, made)

    # --- sending

    def send(self) -> None:
        """Send the draft as it is now; a second time while a call runs does nothing."""
        if self._running is None or self._running.done():
            self._running = self.tasks.start(self._send(), name=f"send {self.model.method.name}")

    def cancel(self) -> None:
        """Give the running call up; what had arrived is kept."""
        if self._cancel is not None:
            self._cancel.set()

    def close(self) -> None:
        """The tab goes, and the model with it. The running call is given up, and written down without them."""
        self._closed = True
        self._validating.drop()
        self.cancel()

    async def _send(self) -> None:
        model = self.model
        if self._quiet.isActive():
            self.validate()
        draft = self.draft  # what was asked about is what is sent
        try:
            if not await self._may_send(draft) or self._closed:
                return
        except UserError as error:
            if not self._closed:
                model.end(None, error)
            return
        self._cancel = asyncio.Event()
        model.begin()
        over = False

        def end(sent: Sent | None, trouble: UserError | None = None) -> None:
            nonlocal over
            if not over:
                # What is still to be written down of this call keeps nobody from sending the next one.
                over, self._cancel, self._running = True, None, None
                if not self._closed:
                    model.end(sent, trouble)

        def show(progress: Progress) -> None:
            if not self._closed:
                model.set_progress(progress)

        try:
            await self.console.send(
                draft,
                self.environment,
                self.choice,
                variables=self.variables(),
                progress=show,
                cancel=self._cancel,
                answered=end,
            )
        except UserError as error:
            end(None, error)
        finally:
            end(None)

    async def _may_send(self, draft: Draft) -> bool:
        """Whether the call may be made: the user was asked where that is needed.

        Raises:
            UserError: it is refused.
        """
        question = partial(
            self.console.question,
            draft,
            self.environment,
            self.choice,
            variables=self.variables(),
            restored=self.restored,
        )
        asked = await aside(len(draft.body.text), question)
        if asked is None:
            self.restored = False
            return True
        if isinstance(asked, Refusal):
            raise asked.as_error()
        await self.console.check(draft, self.environment, self.choice, variables=self.variables())
        if self.ask is None or not await self.ask(asked):
            return False
        self.console.guard.confirm(self.console.environments.get(self.environment).id)
        self.restored = False
        return True


def _findings(console: Console, draft: Draft, place: Place) -> tuple[Finding, ...]:
    """What is to be said about a draft; for any thread."""
    try:
        missing = console.unresolved(draft, place)
        return (*(_finding_of(one, place) for one in missing), *console.validate(draft, place))
    except UserError as error:
        return (_not_sendable(error),)


def _finding_of(missing: Unresolved, place: Place) -> Finding:
    name = "{{" + missing.name + "}}"
    return Finding(
        missing.pointer,
        tr("{name} has no value in {environment}.", name=name, environment=place.stored.name),
        Severity.ERROR,
        tr("Give it one in the environment's variables, or write the value here."),
        "unresolved-variable",
    )


def _not_sendable(error: UserError) -> Finding:
    return Finding("", error.message, Severity.ERROR, error.hint, "not-sendable")
