"""The doings of the page that checks a token: what will be called, the check, more reads, what is known about every method."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from komet_console.catalogue import TokenKind
from komet_console.errors import UserError
from komet_console.session import doctor
from komet_console.session.console import AUTOMATIC, Console
from komet_console.session.doctor import Plan, Report, Step
from komet_console.session.permissions import Permission, Probed, ProbePlan, matrix, probe, probe_plan
from komet_console.workspace.environments import SANDBOX
from komet_console.workspace.tokens import Proof, StoredToken, kind_of, now

if TYPE_CHECKING:
    from komet_console.gui.aio import Tasks

__all__ = ["Checking"]


class Checking(QObject):
    """One token under examination. Either `value` was pasted, or `stored` is one that is kept.

    Signals:
        changed(): Token, environment or kind is another one; what was found out before is gone.
        stepped(object): One read was made; a `Step`.
        ended(): The check is over: `report` or `trouble` says how.
        probed(object): One more method was tried; a `Probed`.
        probing_ended(): No more are tried.
    """

    changed = Signal()
    stepped = Signal(object)
    ended = Signal()
    probed = Signal(object)
    probing_ended = Signal()

    def __init__(self, console: Console, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._console = console
        self._tasks = tasks
        self.value = ""
        self.stored: StoredToken | None = None
        self.environment = SANDBOX
        self.kind: TokenKind | None = None
        self.report: Report | None = None
        self.trouble: UserError | None = None
        self._proofs: dict[str, Proof] = {}
        """What was proven about a token that is not stored."""
        self._cancel: asyncio.Event | None = None
        self._running: asyncio.Task[None] | None = None

    # --- what is examined, and where

    def set_value(self, value: str) -> None:
        """Examine a pasted token."""
        if value != self.value or self.stored is not None:
            self.value, self.stored = value, None
            self._forget()

    def set_stored(self, stored: StoredToken) -> None:
        """Examine a stored one, where it belongs."""
        self.value, self.stored = "", stored
        self.environment, self.kind = stored.environment, kind_of(stored.kind)
        self._forget()

    def set_environment(self, environment: str) -> None:
        """Examine it there."""
        if environment != self.environment:
            self.environment = environment
            self._forget()

    def set_kind(self, kind: TokenKind | None) -> None:
        """It is said to be of this kind; None: nobody knows."""
        if kind != self.kind:
            self.kind = kind
            self._forget()

    def _forget(self) -> None:
        self.stop()
        self.report, self.trouble, self._proofs = None, None, {}
        self.changed.emit()

    @property
    def ready(self) -> bool:
        """Whether there is a token to check."""
        return bool(self.value) or self.stored is not None

    @property
    def running(self) -> bool:
        """Whether calls are being made."""
        return self._running is not None and not self._running.done()

    @property
    def plan(self) -> Plan:
        """What a check would call, with its price."""
        return doctor.plan(self._console, self.environment, self.kind)

    @property
    def host(self) -> str:
        """Where the calls go; empty while the sandbox has no address yet."""
        method = self._console.catalogue.method("login")
        place = self._console.place(self.environment, AUTOMATIC, method)
        if place.stored.id == SANDBOX and self._console.running is None:
            return ""
        return urlsplit(place.environment.base_url).netloc

    # --- checking

    def check(self) -> None:
        """Find out whether it works; does nothing while calls are being made."""
        if self.ready and not self.running:
            self.report, self.trouble = None, None
            self._cancel = asyncio.Event()
            self._running = self._tasks.start(self._check(self._cancel), name="check a token")

    def stop(self) -> None:
        """Make no more calls."""
        if self._cancel is not None:
            self._cancel.set()

    async def _check(self, cancel: asyncio.Event) -> None:
        value, stored = self.value, self.stored

        def tell(step: Step) -> None:
            if not cancel.is_set():
                self.stepped.emit(step)

        try:
            report = await doctor.check(
                self._console, self.environment, value=value, stored=stored, kind=self.kind, tell=tell, cancel=cancel
            )
        except UserError as error:
            if self._current(value, stored):
                self.trouble = error
        else:
            if report.works:
                await self._read_methods()
            if self._current(value, stored):
                self.report = report
                self._learn(report)
        self._running = None
        self.ended.emit()

    async def _read_methods(self) -> None:
        """All methods are about to be shown: read them in small pieces, so that the window does not stutter."""
        for number, name in enumerate(self._console.catalogue.summaries):
            self._console.catalogue.method(name)
            if number % 8 == 7:
                await asyncio.sleep(0)

    def _current(self, value: str, stored: StoredToken | None) -> bool:
        return (value, stored) == (self.value, self.stored)

    def _learn(self, report: Report) -> None:
        """A read that was accepted proves itself; of refusals only those by status do, as everywhere."""
        if self.stored is not None:
            self.stored = self._console.tokens.find(self.stored.id) or self.stored
            return
        for step in report.steps:
            if step.outcome == "accepted":
                self._proofs[step.method] = Proof(step.method, "accepted", now())
            elif step.outcome in ("refused", "forbidden") and step.status in (401, 403):
                self._proofs[step.method] = Proof(step.method, "refused", now())

    # --- every method

    @property
    def proofs(self) -> Mapping[str, Proof]:
        """What is proven about the token and not kept yet."""
        return self._proofs

    def _subject(self) -> StoredToken:
        """The stored token, or a stand-in for the pasted one, of the kind that is proven or else said."""
        if self.stored is not None:
            kind = self.report.kind if self.report is not None and self.report.kind is not None else None
            return replace(self.stored, kind=kind) if kind and self.stored.kind == "unknown" else self.stored
        kind = self.report.kind if self.report is not None else None
        host = self.host
        return StoredToken("", self._name, kind or self.kind or "unknown", self.environment, (host,) if host else ())

    @property
    def _name(self) -> str:
        return "the token that was pasted"

    def rows(self) -> list[Permission]:
        """All methods with what is known about them and the token."""
        return matrix(self._console, self._subject(), self._proofs)

    def probe_plan(self) -> ProbePlan:
        """What more could be tried, with its price."""
        return probe_plan(self._console, self.environment, self._subject(), self._proofs)

    def probe(self, plan: ProbePlan) -> None:
        """Try what the plan names, until `stop`."""
        if not self.running:
            self._cancel = asyncio.Event()
            self._running = self._tasks.start(self._probe(plan, self._cancel), name="probe a token")

    async def _probe(self, plan: ProbePlan, cancel: asyncio.Event) -> None:
        try:
            async for one in probe(self._console, plan, cancel=cancel, value=self.value):
                self._keep(one)
                self.probed.emit(one)
        except UserError as error:
            self.trouble = error
        self._running = None
        self.probing_ended.emit()

    def _keep(self, one: Probed) -> None:
        if self.stored is None and one.outcome in ("accepted", "refused"):
            self._proofs[one.method] = Proof(one.method, one.outcome, now())

    # --- keeping it

    def saved(self, stored: StoredToken) -> StoredToken:
        """The pasted token is kept now; what was proven about it goes along."""
        for proof in self._proofs.values():
            self._console.tokens.prove(stored.id, proof.method, proof.outcome, proof.at)
        if self.report is not None and stored.environment == self.environment:
            self._console.tokens.set_checked(stored.id, self.report.verdict.value)
        self.value, self._proofs = "", {}
        self.stored = self._console.tokens.get(stored.id)
        return self.stored
