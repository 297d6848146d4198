"""One running program: catalogue, sandbox, environments, tokens and sending behind one door. Front ends ask here only.

Console
  .catalogue                 what can be called
  .environments, .tokens     where calls go, and with what; .quota counts them, .guard asks before them
  .place(environment, choice, method)   where a call would go now, and with which token; starts nothing
  .question(draft, environment, choice) what to ask before it is sent
  .check(draft, environment, choice)    why it cannot be sent: nobody is asked about such a call
  .send(draft, environment, choice)     the call itself; starts the sandbox where it needs it
  .phase, .running, .control()          the console's own sandbox

An environment is named by its id; names are understood too.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from komet_console.catalogue import Catalogue, Finding, Method, TokenKind, load
from komet_console.errors import UserError
from komet_console.exchange import Connection, Draft, Environment, PreparedRequest, Progress, Token, build, wants_token
from komet_console.exchange.variables import Surroundings, Unresolved, resolve, resolve_text, unresolved
from komet_console.records import field, record
from komet_console.session import choosing, recording
from komet_console.session.aside import aside
from komet_console.session.choosing import AUTOMATIC, Chosen, TokenChoice, TokenOffer, TokenTrouble
from komet_console.session.control import SandboxControl
from komet_console.session.guard import Guard, Question, Refusal
from komet_console.session.sandbox import LocalSandbox, RunningSandbox
from komet_console.session.sending import Sender, Sent, call_of, findings_of, with_secrets
from komet_console.texts import said, sentences
from komet_console.workspace.environments import SANDBOX, Environments, StoredEnvironment, Variable
from komet_console.workspace.memory import MemoryDatabase, Records
from komet_console.workspace.quota import Quota
from komet_console.workspace.secrets import SecretLostError, Secrets, new_reference
from komet_console.workspace.tokens import Tokens

if TYPE_CHECKING:
    from komet_console.workspace.workspace import Workspace

__all__ = ["AUTOMATIC", "Console", "Place", "SandboxPhase", "TokenChoice"]

SandboxPhase = Literal["off", "starting", "running", "failed"]
NOT_RUNNING_URL = "http://127.0.0.1/api"
"""Stands for the sandbox's address while it is not known."""
Variables = Sequence[Mapping[str, str]]
"""Scopes in front of the environment's: request, then collection."""

_UNTIL_SHOWN = 0.1
"""Seconds after which an answer is on the screen: until then writing it down would only slow the window's thread."""


@record
class Place:
    """Where a call goes, with what token."""

    environment: Environment
    token: Token | None
    kind: TokenKind | None
    """The token's kind, where it is known."""
    stored: StoredEnvironment
    """The environment as the user keeps it: name, colour, level."""
    chosen: Chosen
    """The token with what is known about it."""
    scopes: tuple[Mapping[str, str], ...] = ()
    """What variables are worth there; holds secrets."""
    around: Surroundings = field(default_factory=Surroundings, repr=False)
    secrets: tuple[str, ...] = ()
    """Values of secret variables, for masking."""

    def __repr__(self) -> str:
        return f"Place(environment={self.environment.name!r}, token={self.token!r})"


class Console:
    """Belongs to the event loop it first sends in.

    Args:
        home: the data folder; None: the user's.
        workspace: what the user keeps; None: environments, tokens and counts live in memory and no history is written.
        secrets: where secrets lie; None: the system's keyring, or memory where there is none.
    """

    def __init__(
        self,
        home: Path | None = None,
        catalogue: Catalogue | None = None,
        workspace: Workspace | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        self.catalogue = catalogue or load()
        self.home = home
        self.workspace = workspace
        self.connection = Connection()
        """Timeouts, proxy and certificates where an environment does not say otherwise."""
        self.phase: SandboxPhase = "off"
        self.trouble: UserError | None = None
        """Why the sandbox failed."""
        self.running: RunningSandbox | None = None
        self.listeners: list[Callable[[], None]] = []
        """Called, in the event loop, whenever the sandbox's phase changes."""
        self.call_listeners: list[Callable[[str], None]] = []
        """Called, in the event loop, after every call with its environment's id: counts and tokens have changed."""
        self.keeping_trouble: UserError | None = None
        """Why the last call could not be counted or kept; None where all is well."""
        records: Records = MemoryDatabase() if workspace is None else workspace.database
        self._records = records
        self.secrets = secrets or Secrets(tell=None if workspace is None else workspace.secrets.add)
        self.environments = Environments(records)
        self.tokens = Tokens(records, self.secrets)
        self.quota = Quota(records)
        self.guard = Guard(self.catalogue)
        self._sandbox = LocalSandbox(home)
        self._sender: Sender | None = None
        self._starting: asyncio.Task[RunningSandbox] | None = None

    # --- the sandbox

    async def start_sandbox(self) -> RunningSandbox:
        """The console's sandbox, started where none runs; several callers share one start.

        Raises:
            SandboxError: see `LocalSandbox.ensure`.
        """
        if self.phase == "running" and self.running is not None and self._sandbox.still_runs(self.running):
            return self.running
        if self._starting is None or self._starting.done():
            self._starting = asyncio.get_running_loop().create_task(self._ensure(), name="start the sandbox")
        return await asyncio.shield(self._starting)

    async def _ensure(self) -> RunningSandbox:
        if self.running is None:
            self._enter("starting")
        try:
            running = await asyncio.to_thread(self._sandbox.ensure)
        except UserError as error:
            self.trouble, self.running = error, None
            self._enter("failed")
            raise
        if running != self.running or self.phase != "running":
            self.trouble, self.running = None, running
            self._enter("running")
        return running

    def _enter(self, phase: SandboxPhase) -> None:
        self.phase = phase
        for listener in list(self.listeners):
            listener()

    async def control(self) -> SandboxControl:
        """The control interface of the sandbox; close it after use."""
        return SandboxControl(await self.start_sandbox())

    # --- where a call goes

    def place(self, environment: str, choice: TokenChoice, method: Method, variables: Variables = ()) -> Place:
        """Where a call of the method would go as things are now; nothing is started and no keyring is asked.

        A stored token whose value is not at hand yet is there as `{{token}}`; `send` fetches it.

        Raises:
            UserError: there is no such environment.
        """
        stored = self.environments.get(environment)
        values = stored.values(self.secrets.held)
        secret = tuple(values[name] for name in stored.secret_names if values.get(name))
        scopes = (*variables, values)
        around = Surroundings(datetime.now(UTC), stored.zone, secret=stored.secret_names)
        made = self._environment(stored, scopes)
        chosen = choosing.choose(self.tokens, stored, made, self.running, choice, method)
        return Place(made, chosen.token, chosen.kind, stored, chosen, scopes, around, secret)

    def _environment(self, stored: StoredEnvironment, scopes: Sequence[Mapping[str, str]]) -> Environment:
        connection = _merged(self.connection, stored.connection)
        if "{{" in connection.proxy:
            connection = replace(connection, proxy=resolve_text(connection.proxy, scopes))
        if stored.id != SANDBOX:
            name = stored.id if stored.built_in else stored.name
            return Environment(name, stored.base_url, stored.account, connection)
        if self.running is None:
            return Environment(SANDBOX, NOT_RUNNING_URL, stored.account, connection)
        return Environment(SANDBOX, self.running.url.rstrip("/"), stored.account or self.running.account, connection)

    def fitting(self, environment: str, method: Method) -> list[TokenOffer]:
        """Tokens that can call the method in that environment, as far as is known, best first."""
        return choosing.fitting(self.tokens, self.environments.get(environment), method)

    def token_trouble(self, environment: str, choice: TokenChoice, method: Method) -> TokenTrouble | None:
        """Why the chosen token cannot call the method, with one that can; None where nothing is known against it."""
        return choosing.trouble(self.tokens, self.environments.get(environment), choice, method)

    def prepare(self, draft: Draft, place: Place) -> PreparedRequest:
        """The exact request, without the contents of files; holds the token.

        Raises:
            UserError: it cannot be built.
        """
        method = self.catalogue.method(draft.method)
        made = resolve(draft, place.scopes, place.around)
        request = build(made, method, place.token, place.environment, _no_files(made))
        return with_secrets(request, place.secrets)

    def validate(self, draft: Draft, place: Place) -> tuple[Finding, ...]:
        """What the documentation says about the draft, as it would be sent.

        Raises:
            UserError: it cannot be built.
        """
        method = self.catalogue.method(draft.method)
        request = self.prepare(draft, place)
        return findings_of(self.catalogue, method, call_of(request, place.kind), request.secrets)

    def unresolved(self, draft: Draft, place: Place) -> list[Unresolved]:
        """Variables of the draft that have no value there; secret ones that were not fetched yet are not among them."""
        found = unresolved(draft, place.scopes, place.around)
        return [one for one in found if one.name not in place.stored.secret_names]

    def question(
        self,
        draft: Draft,
        environment: str,
        choice: TokenChoice,
        *,
        variables: Variables = (),
        restored: bool = False,
    ) -> Question | Refusal | None:
        """What to ask before the draft is sent; None: nothing. After a yes call `guard.confirm(environment id)`.

        Args:
            restored: the tab was reopened or restored and has not been sent since.
        """
        method = self.catalogue.method(draft.method)
        place = self.place(environment, choice, method, variables)
        return self.guard.ask(
            resolve(draft, place.scopes, place.around),
            method,
            place.stored,
            token=place.token.name if place.token is not None else "",
            address=place.environment.base_url,
            restored=restored,
        )

    # --- what the user keeps

    def reload(self) -> None:
        """Read environments and tokens again: another window may have changed them."""
        self.environments.reload()
        self.tokens.reload()

    async def keep_variable(self, environment: str, name: str, value: str, *, secret: bool) -> StoredEnvironment:
        """Set a variable of an environment, new or known; the value of a secret one goes to the secret store.

        Raises:
            UserError: there is no such environment, or the name cannot be used.
        """
        stored = self.environments.get(environment)
        known = next((one for one in stored.variables if one.name == name), None)
        kept = value
        if secret:
            kept = known.value if known is not None and known.secret else new_reference()
        made = Variable(name, kept, secret, known is None or known.enabled)
        variables = tuple(made if one is known else one for one in stored.variables)
        saved = self.environments.save(replace(stored, variables=variables if known else (*variables, made)))
        if secret:
            await self.secrets.put(kept, value)
        elif known is not None and known.secret:
            await self.secrets.remove(known.value)
        return saved

    async def remove_environment(self, environment: str) -> None:
        """Remove an environment of the user's own with its secret variables. Its tokens stay, bound to their hosts.

        Raises:
            UserError: it is built in, or there is none of that name.
        """
        stored = self.environments.get(environment)
        self.environments.remove(stored.id)
        for one in stored.variables:
            if one.secret:
                await self.secrets.remove(one.value)

    # --- sending

    async def send(
        self,
        draft: Draft,
        environment: str,
        choice: TokenChoice,
        *,
        variables: Variables = (),
        given: Chosen | None = None,
        hidden: tuple[str, ...] = (),
        progress: Callable[[Progress], None] | None = None,
        cancel: asyncio.Event | None = None,
        answered: Callable[[Sent], None] | None = None,
        keep: bool = True,
    ) -> Sent:
        """Send one call, count it, and keep it in the history. See `Sender.send` for the rest.

        Args:
            answered: Called as soon as the call is over, before it is written down: who waits for the answer need not
                wait for the disk.
            given: a token that is not stored; it is used instead of the choice.
            hidden: values of `variables` that are to be masked wherever the call is shown or kept.
            keep: False leaves it out of the history.

        Raises:
            UserError: nothing was sent: read-only, no token, a token or a secret variable whose value is lost, what
                `Sender` refuses.
        """
        if self.environments.get(environment).id == SANDBOX:
            await self.start_sandbox()
        made, place, chosen = await self._ready(draft, environment, choice, variables, given)
        stored = place.stored
        if self._sender is None:
            self._sender = Sender(self.catalogue)
        at = datetime.now(UTC)
        given_up = cancel or asyncio.Event()
        sending = self._sender.send(
            made,
            place.environment,
            chosen.token,
            token_kind=chosen.kind,
            secrets=(*place.secrets, *hidden),
            progress=progress,
            cancel=given_up,
        )
        call = asyncio.get_running_loop().create_task(sending, name="one call")
        try:
            sent = replace(await asyncio.shield(call), draft=draft)
        except asyncio.CancelledError:
            # The program ends. What was sent may have been carried out, and must be found in the history.
            given_up.set()
            with contextlib.suppress(UserError):  # nothing was sent
                await self._keep(replace(await call, draft=draft), stored, chosen, at, keep=keep)
            raise
        if answered is not None:
            answered(sent)
            try:
                await asyncio.sleep(_UNTIL_SHOWN)
            except asyncio.CancelledError:
                await self._keep(sent, stored, chosen, at, keep=keep)
                raise
        await self._keep(sent, stored, chosen, at, keep=keep)
        return sent

    async def check(self, draft: Draft, environment: str, choice: TokenChoice, *, variables: Variables = ()) -> None:
        """Find out what keeps a call from being made, so that nobody is asked about one that will not be made.

        Raises:
            UserError: see `send`.
        """
        made, place, chosen = await self._ready(draft, environment, choice, variables)
        method = self.catalogue.method(draft.method)
        await aside(len(draft.body.text), lambda: build(made, method, chosen.token, place.environment, _no_files(made)))

    async def _ready(
        self, draft: Draft, environment: str, choice: TokenChoice, variables: Variables, given: Chosen | None = None
    ) -> tuple[Draft, Place, Chosen]:
        """The draft with its variables resolved, where it goes, with which token; every secret is at hand."""
        stored = self.environments.get(environment)
        method = self.catalogue.method(draft.method)
        refused = self.guard.refusal(draft, method, stored)
        if refused is not None:
            raise refused.as_error()
        await self._fetch(stored, choice, method, given)
        place = self.place(stored.id, choice, method, variables)
        chosen = given or place.chosen
        without = chosen.token is None and stored.id != SANDBOX and method.tokens != ()

        def fill() -> tuple[Draft, list[str], bool]:
            made = resolve(draft, place.scopes, place.around)
            lost = [one.name for one in unresolved(made, ()) if one.name in stored.secret_names]
            return made, lost, without and wants_token(made, method)

        made, lost, lacking = await aside(len(draft.body.text), fill)
        if lacking:
            raise choosing.lack(self.tokens, stored, choice, method)
        if lost:
            raise SecretLostError(
                said('The value of the secret variable "{name}" is not here.', name=lost[0]),
                sentences(
                    self.secrets.explanation, said("Enter it again in the environment {name}.", name=stored.name)
                ),
            )
        return made, place, chosen

    async def log_in_with(self, draft: Draft, environment: str, secrets: Mapping[str, str]) -> Sent:
        """Send a draft whose references `secrets` fill once; they are masked everywhere. For `logging_in` only."""
        return await self.send(draft, environment, AUTOMATIC, variables=(secrets,), hidden=tuple(secrets.values()))

    async def _fetch(
        self, stored: StoredEnvironment, choice: TokenChoice, method: Method, given: Chosen | None
    ) -> None:
        """Get the secrets that a call needs out of the keyring."""
        for variable in stored.variables:
            if not variable.secret or not variable.enabled:
                continue
            try:
                value = await self.secrets.get(variable.value)
            except SecretLostError:
                continue  # said by `send`, where the call needs it
            if self.workspace is not None:
                # Drafts that hold the value get this name in its place.
                self.workspace.secrets.add(value, variable.name)
        if given is None:
            if choice.way == "stored":
                self.tokens.get(choice.name)
            token = self.place(stored.id, choice, method).chosen.stored
            if token is not None:
                await self.tokens.value(token.id)

    async def _keep(self, sent: Sent, stored: StoredEnvironment, chosen: Chosen, at: datetime, *, keep: bool) -> None:
        """Count the call and write it down; what fails there never takes the answer away."""
        self.keeping_trouble = None
        try:
            if self.workspace is not None and keep:
                # First, for it waits for nobody: another window may keep the count waiting for seconds.
                self._add_to_history(self.workspace, sent, stored, chosen, at)
            seen = self.guard.seen(stored.id)
            await asyncio.to_thread(
                recording.record, self._records, sent, stored, chosen, self.quota, self.tokens, seen
            )
        except UserError as error:
            self.keeping_trouble = error
        for listener in list(self.call_listeners):
            listener(stored.id)

    def _add_to_history(
        self, workspace: Workspace, sent: Sent, stored: StoredEnvironment, chosen: Chosen, at: datetime
    ) -> None:
        from komet_console.workspace.records import Record

        explanation = sent.explanation
        workspace.history.add(
            Record(
                draft=sent.draft,
                exchange=sent.exchange,
                environment=stored.name,
                token=chosen.token.name if chosen.token is not None else "",
                outcome=explanation.outcome.value if explanation is not None else "",
                sentence=explanation.sentence if explanation is not None else "",
                findings=len(sent.findings),
                at=at,
            )
        )

    async def aclose(self) -> None:
        """Close connections and let the sandbox go. Closing twice is allowed."""
        if self._starting is not None and not self._starting.done():
            self._starting.cancel()
        if self._sender is not None:
            if self.workspace is not None:
                # Large answers lie in files of the connections; the history reads them first.
                await asyncio.to_thread(self.workspace.history.flush, 5.0)
            await self._sender.aclose()
            self._sender = None
        await asyncio.to_thread(self._sandbox.release)


def _no_files(draft: Draft) -> dict[str, bytes]:
    return {pair.file: b"" for pair in draft.body.pairs if pair.file}


def _merged(common: Connection, own: Connection) -> Connection:
    """The environment's own settings where they differ from the standard, else the program's."""
    standard = Connection()
    names = (
        "connect_timeout",
        "read_timeout",
        "total_timeout",
        "proxy",
        "ca_file",
        "client_certificate",
        "client_key",
        "follow_redirects",
    )
    changed = {name: getattr(own, name) for name in names if getattr(own, name) != getattr(standard, name)}
    return replace(common, **changed)
