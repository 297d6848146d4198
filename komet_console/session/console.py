"""One running program: catalogue, sandbox and sending behind one door. Front ends ask here and nowhere else.

Console
  .catalogue                 what can be called
  .place(environment, choice, method)   where a call would go now, and with which token; starts nothing
  .send(draft, environment, choice)     the call itself; starts the sandbox where it needs it
  .sandbox_state, .control()            the console's own sandbox
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from komet_console.catalogue import Call, Catalogue, Finding, Method, TokenKind, load
from komet_console.errors import UserError
from komet_console.exchange import Connection, Draft, Environment, PreparedRequest, Progress, Token, build
from komet_console.session import environments
from komet_console.session.control import SandboxControl
from komet_console.session.sandbox import LocalSandbox, RunningSandbox
from komet_console.session.sending import Sender, Sent, call_of

__all__ = ["AUTOMATIC", "Console", "Place", "SandboxPhase", "TokenChoice"]

SandboxPhase = Literal["off", "starting", "running", "failed"]
NOT_RUNNING_URL = "http://127.0.0.1/api"
"""Stands for the sandbox's address while it is not known."""


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """Which token a tab uses: one that fits by itself, the sandbox's token of a kind, or a stored one."""

    way: Literal["automatic", "kind", "stored"] = "automatic"
    name: str = ""
    """kind: company, customer, vendor or user; stored: the token's name."""


AUTOMATIC = TokenChoice()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call goes, with what token."""

    environment: Environment
    token: Token | None
    kind: TokenKind | None
    """The token's kind, where it is known."""


class Console:
    """Belongs to the event loop it first sends in.

    Args:
        home: the data folder; None: the user's.
    """

    def __init__(self, home: Path | None = None, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue or load()
        self.home = home
        self.connection = Connection()
        self.phase: SandboxPhase = "off"
        self.trouble: UserError | None = None
        """Why the sandbox failed."""
        self.running: RunningSandbox | None = None
        self.listeners: list[Callable[[], None]] = []
        """Called, in the event loop, whenever the sandbox's phase changes."""
        self._sandbox = LocalSandbox(home)
        self._sender: Sender | None = None
        self._starting: asyncio.Task[RunningSandbox] | None = None

    # --- the sandbox

    async def start_sandbox(self) -> RunningSandbox:
        """The console's sandbox, started where none runs; several callers share one start.

        Raises:
            SandboxError: see `LocalSandbox.ensure`.
        """
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

    def place(self, environment: str, choice: TokenChoice, method: Method) -> Place:
        """Where a call of the method would go as things are now; nothing is started."""
        if environments.built_in(environment) == environments.PRODUCTION:
            return Place(environments.production(self.connection), None, None)
        running = self.running
        if running is None:
            return Place(Environment(environments.SANDBOX, NOT_RUNNING_URL, connection=self.connection), None, None)
        kind = environments.automatic_kind(method)
        if choice.way == "kind":
            kind = next((one for one in environments.TOKEN_KINDS if one == choice.name), kind)
        return Place(environments.sandbox(running, self.connection), environments.sandbox_token(running, kind), kind)

    def prepare(self, draft: Draft, place: Place) -> PreparedRequest:
        """The exact request, without the contents of files; holds the token.

        Raises:
            UserError: it cannot be built.
        """
        return build(draft, self.catalogue.method(draft.method), place.token, place.environment, _no_files(draft))

    def validate(self, draft: Draft, place: Place) -> tuple[Finding, ...]:
        """What the documentation says about the draft, as it would be sent.

        Raises:
            UserError: it cannot be built.
        """
        method = self.catalogue.method(draft.method)
        call: Call = call_of(self.prepare(draft, place), place.kind)
        return tuple(self.catalogue.validate(method, call))

    async def send(
        self,
        draft: Draft,
        environment: str,
        choice: TokenChoice,
        *,
        progress: Callable[[Progress], None] | None = None,
        cancel: asyncio.Event | None = None,
    ) -> Sent:
        """Send one call. See `Sender.send`."""
        if environments.built_in(environment) == environments.SANDBOX:
            await self.start_sandbox()
        if self._sender is None:
            self._sender = Sender(self.catalogue)
        place = self.place(environment, choice, self.catalogue.method(draft.method))
        return await self._sender.send(
            draft, place.environment, place.token, token_kind=place.kind, progress=progress, cancel=cancel
        )

    async def aclose(self) -> None:
        """Close connections and let the sandbox go."""
        if self._starting is not None and not self._starting.done():
            self._starting.cancel()
        if self._sender is not None:
            await self._sender.aclose()
        await asyncio.to_thread(self._sandbox.release)


def _no_files(draft: Draft) -> dict[str, bytes]:
    return {pair.file: b"" for pair in draft.body.pairs if pair.file}
