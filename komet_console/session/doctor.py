"""Does this token work? A few cheap reads, judged by HTTP status and the shape of the answer, never by its wording.

Plan    what will be called, told with its price before it starts
Step    one read and what became of it
Report  the verdict, in words, with evidence; only what is proven (see `reporting` for how it is written down)

No method takes tokens of all kinds. A known kind costs one read; where that is refused, and for an unknown kind, at most three
more tell why: one that company and vendor tokens may call, one for company and customer, one for users. Whatever settles the
matter ends the check.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from komet_console.catalogue import TokenKind
from komet_console.catalogue.calls import read_json
from komet_console.catalogue.explaining import OutcomeKind
from komet_console.catalogue.model import TOKEN_KINDS
from komet_console.exchange import Draft, Pair, Redactor, Token
from komet_console.session.choosing import AUTOMATIC, Chosen
from komet_console.session.recording import is_limited
from komet_console.texts import either, said, sentences
from komet_console.workspace.environments import SANDBOX, StoredEnvironment
from komet_console.workspace.quota import QuotaState
from komet_console.workspace.token_text import ends, shape_trouble, shown
from komet_console.workspace.tokens import StoredToken, kind_of

if TYPE_CHECKING:
    from komet_console.session.console import Console
    from komet_console.session.sending import Sent

__all__ = ["Found", "Plan", "Report", "Step", "Verdict", "check", "elsewhere", "plan", "read_draft"]

FIRST_READ: dict[TokenKind, str] = {
    "company": "payment.method.list",
    "customer": "invoice.details.list",
    "vendor": "grower.report.get",
    "user": "customer.by.user.list",
}
"""The cheapest read of each kind. But for the customer's, no other kind may call it, so that success proves the kind."""
SEARCH: tuple[str, ...] = ("boxtype.list", "invoice.details.list", "customer.by.user.list")
"""Together they take every kind."""
NEEDS_ACCOUNT = frozenset({"customer.by.user.list"})
MOST_WORDS = 300

StepOutcome = Literal["accepted", "refused", "forbidden", "limited", "network", "trouble", "unclear"]


class Verdict(StrEnum):
    """What a check came to."""

    VALID = "valid"
    UNKNOWN = "unknown-or-mistyped"
    NOT_FOR_METHOD = "not-for-this-method"
    OTHER_KIND = "not-of-the-stated-kind"
    QUOTA = "quota-used-up"
    ADDRESS = "address-not-allowed"
    NETWORK = "network-trouble"
    API_TROUBLE = "api-in-trouble"
    UNCLEAR = "unclear"
    STOPPED = "stopped"

    @property
    def works(self) -> bool | None:
        """True: the token works; False: it does not; None: could not be told."""
        if self in (Verdict.VALID, Verdict.NOT_FOR_METHOD, Verdict.OTHER_KIND):
            return True
        return False if self is Verdict.UNKNOWN else None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a check will call; to be read before it starts."""

    kind: TokenKind | None
    first: tuple[str, ...]
    """Reads that are made in any case until the matter is settled."""
    further: tuple[str, ...]
    """Reads that follow only where the first one is refused."""
    without_account: bool
    """A user token cannot be checked: the environment's account number is not known."""
    text: str
    """The plan with its price."""

    @property
    def most(self) -> int:
        """Calls at most."""
        return len(self.first) + len(self.further)


@dataclass(frozen=True, slots=True)
class Step:
    """One read and what became of it: the evidence."""

    method: str
    kinds: tuple[str, ...]
    """Kinds that may call it, as documented."""
    outcome: StepOutcome
    status: int | None
    words: str
    """The API's own words, or why nothing came; secrets masked."""
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that people want to know. `evidence` is empty where it is not proven, `value` says so then."""

    name: str
    value: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check came to. Holds no secret."""

    verdict: Verdict
    sentence: str
    advice: str
    token: str
    """First and last four characters."""
    name: str
    environment: str
    host: str
    stated: TokenKind | None
    kind: TokenKind | None
    """Proven; None: not proven."""
    steps: tuple[Step, ...]
    shape: tuple[str, ...]
    found: tuple[Found, ...]
    quota: QuotaState
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def works(self) -> bool | None:
        """See `Verdict.works`."""
        return self.verdict.works


def _reads(kind: TokenKind | None, account: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    search = tuple(name for name in SEARCH if account or name not in NEEDS_ACCOUNT)
    if kind is None:
        return search, ()
    first = FIRST_READ[kind]
    if first in NEEDS_ACCOUNT and not account:
        return (), search
    return (first,), tuple(name for name in search if name != first)


def plan(console: Console, environment: str, kind: TokenKind | None) -> Plan:
    """What a check of a token would call there, and what that costs."""
    stored = console.environments.get(environment)
    account = bool(stored.account) or stored.id == SANDBOX
    first, further = _reads(kind, account)
    if kind is None:
        told: str = said(
            "At most {count} reads find out what it is; the check stops as soon as that is settled.", count=len(first)
        )
    elif first:
        told = said(
            "One read, {method}. Only if it is refused, up to {count} more tell why.",
            method=first[0],
            count=len(further),
        )
    else:
        told = "A user token is checked with the account number (X-ACCOUNT), which this environment does not have."
    missing = not account and kind in (None, "user")
    price = console.quota.price(len(first) or len(further), stored)
    return Plan(kind, first, further, missing, f"{told} {price}")


def elsewhere(console: Console, report: Report) -> list[StoredEnvironment]:
    """Other environments where a token that was pasted could be tried, on a click that names the host; nothing is sent here."""
    return [one for one in console.environments.all() if one.name != report.environment]


def read_draft(method: str, today: datetime | None = None) -> Draft:
    """A read of the doctor's as a draft: as little as the documentation allows."""
    day = f"{today or datetime.now(UTC):%Y-%m-%d}"
    query: dict[str, tuple[str, ...]] = {
        "invoice.details.list": ("orderDate",),
        "grower.report.get": ("shipDateFrom", "shipDateTo"),
    }
    return Draft(method, tuple(Pair(name, day) for name in query.get(method, ())))


def _judge(sent: Sent) -> StepOutcome:
    """What an answer says about the token, by status and structure alone."""
    response, explanation = sent.exchange.response, sent.explanation
    if response is None or explanation is None:
        return "network"
    if is_limited(sent):
        return "limited"
    if explanation.outcome in (OutcomeKind.SUCCESS, OutcomeKind.PARTIAL, OutcomeKind.NOTHING_FOUND):
        return "accepted"
    if response.status == 401 or explanation.outcome is OutcomeKind.REFUSED:
        return "refused"
    if response.status == 403:
        return "forbidden"
    if response.status >= 500 or response.status == 408:
        return "trouble"
    return "unclear"


def _words(sent: Sent) -> str:
    redactor = Redactor(sent.exchange.request.secrets)
    if sent.exchange.failure is not None:
        failure = sent.exchange.failure
        return redactor.text(sentences(failure.message, failure.cause, failure.hint))
    if sent.explanation is not None and sent.explanation.message:
        text = sent.explanation.message
    else:
        response = sent.exchange.response
        body = response.read()[: 4 * MOST_WORDS] if response is not None else b""
        text = "" if read_json(body).readable else body.decode("utf-8", "replace")
    text = " ".join(redactor.text(text).split())
    return text if len(text) <= MOST_WORDS else text[: MOST_WORDS - 1] + "…"


class _Check:
    """One check on its way."""

    def __init__(
        self,
        console: Console,
        environment: StoredEnvironment,
        chosen: Chosen,
        stated: TokenKind | None,
        tell: Callable[[Step], None] | None,
        cancel: asyncio.Event | None,
    ) -> None:
        self.console = console
        self.environment = environment
        self.chosen = chosen
        self.stated = stated
        self.tell = tell
        self.cancel = cancel
        self.steps: list[Step] = []
        self.customer = ""

    async def read(self, draft: Draft) -> StepOutcome:
        sent = await self.console.send(draft, self.environment.id, AUTOMATIC, given=self.chosen, cancel=self.cancel)
        outcome = _judge(sent)
        response = sent.exchange.response
        step = Step(
            draft.method,
            sent.method.tokens or (),
            outcome,
            response.status if response is not None else None,
            "" if outcome == "accepted" else _words(sent),
            sent.exchange.timing.total,
        )
        self.steps.append(step)
        if outcome == "accepted" and draft.method == "invoice.details.list" and response is not None:
            self.customer = _customer(response.read())
        if self.tell is not None:
            self.tell(step)
        return outcome

    @property
    def stopped(self) -> bool:
        return self.cancel is not None and self.cancel.is_set()

    @property
    def possible(self) -> set[str]:
        """Kinds that every accepted read takes."""
        kinds: set[str] = set(TOKEN_KINDS)
        for step in self.steps:
            if step.outcome == "accepted":
                kinds &= set(step.kinds)
        return kinds

    async def run(self, reads: Plan) -> None:
        """Read until it is settled."""
        if reads.kind is not None and reads.first:
            if await self.read(read_draft(reads.first[0])) != "refused":
                return
            names = reads.further
        else:
            names = reads.first or reads.further
        budget = len(names)
        for name in names:
            if self.stopped:
                return
            outcome = await self.read(read_draft(name))
            budget -= 1
            if outcome == "accepted":
                if budget and not self.stopped:
                    await self._narrow(name)
                return
            if outcome != "refused":
                return

    async def _narrow(self, accepted: str) -> None:
        """One more read where two kinds are possible and a call is left."""
        tried = {step.method for step in self.steps}
        if accepted == "boxtype.list":
            # A vendor that was stated and refused is most likely a company, and the other way round.
            names = [FIRST_READ["company"], FIRST_READ["vendor"]]
            name = next((one for one in names if one not in tried), None)
            if name is not None:
                await self.read(read_draft(name))
        elif accepted == "invoice.details.list" and self.customer:
            await self.read(Draft("carriers.by.customer.ship.date.list", (Pair("customerId", self.customer),)))


def _customer(body: bytes) -> str:
    """Id of a customer that an answer names: the token's own, where it is a customer's."""
    value = read_json(body).value
    rows = value.get("invoices") if isinstance(value, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("customerId"), int | str):
            return str(row["customerId"])
    return ""


async def check(
    console: Console,
    environment: str,
    *,
    value: str = "",
    stored: StoredToken | None = None,
    kind: TokenKind | None = None,
    tell: Callable[[Step], None] | None = None,
    cancel: asyncio.Event | None = None,
) -> Report:
    """Check a token there; network trouble is a verdict.

    Args:
        value: a pasted token, sent to that environment only; or
        stored: a stored one, sent to its own hosts only.
        kind: what it is said to be; None: not known.
        tell: hears every step.

    Raises:
        UserError: nothing could be sent: no such environment, a lost value, a stored token of another host.
    """
    target = console.environments.get(environment)
    if target.id == SANDBOX:
        await console.start_sandbox()
    place = console.place(target.id, AUTOMATIC, console.catalogue.method("login"))
    host = urlsplit(place.environment.base_url).netloc
    if stored is not None:
        value = await console.tokens.value(stored.id)
        own = host if stored.environment == SANDBOX == target.id and not stored.hosts else ""
        allowed = own or next((one for one in stored.hosts if one.casefold() == host.casefold()), "")
        chosen = Chosen(Token(value, allowed or next(iter(stored.hosts), "no host"), stored.name), None, stored)
        kind = kind or kind_of(stored.kind)
    else:
        chosen = Chosen(Token(value, host, "checked"))
    reads = plan(console, target.id, kind)
    run = _Check(console, target, chosen, kind, tell, cancel)
    if value and not any(character.isspace() for character in value):
        await run.run(reads)
    report = _report(run, reads, value, host)
    if stored is not None and report.verdict is not Verdict.STOPPED:
        await asyncio.to_thread(console.tokens.set_checked, stored.id, report.verdict.value)
    return report


def _verdict(run: _Check, reads: Plan) -> Verdict:
    steps = run.steps
    outcomes = [step.outcome for step in steps]
    if run.stopped:
        return Verdict.STOPPED
    if "accepted" in outcomes:
        if run.stated is not None and run.stated not in run.possible:
            return Verdict.OTHER_KIND
        if run.stated is not None and reads.first and outcomes[0] == "refused":
            return Verdict.NOT_FOR_METHOD
        return Verdict.VALID
    for outcome, verdict in (
        ("limited", Verdict.QUOTA),
        ("forbidden", Verdict.ADDRESS),
        ("network", Verdict.NETWORK),
        ("trouble", Verdict.API_TROUBLE),
        ("unclear", Verdict.UNCLEAR),
    ):
        if outcome in outcomes:
            return verdict
    if not steps:
        return Verdict.UNKNOWN
    return Verdict.UNCLEAR if reads.without_account else Verdict.UNKNOWN


def _report(run: _Check, reads: Plan, value: str, host: str) -> Report:
    from komet_console.session.reporting import words_of

    verdict = _verdict(run, reads)
    accepted = [step for step in run.steps if step.outcome == "accepted"]
    possible = run.possible
    kind = next((one for one in TOKEN_KINDS if possible == {one}), None) if accepted else None
    quota = run.console.quota.state(run.environment)
    stored = run.chosen.stored
    sentence, advice = words_of(verdict, run.steps, stated=run.stated, kind=kind, quota=quota, host=host)
    if verdict is Verdict.UNCLEAR and reads.without_account and all(step.outcome == "refused" for step in run.steps):
        sentence = "None of the reads took the token; it is unknown here, or a user's, which needs the account number."
        advice = "Set the account number (X-ACCOUNT) of the environment and check again."
    return Report(
        verdict=verdict,
        sentence=sentence,
        advice=advice,
        token=shown(*ends(value)),
        name=stored.name if stored is not None else "",
        environment=run.environment.name,
        host=host,
        stated=run.stated,
        kind=kind,
        steps=tuple(run.steps),
        shape=shape_trouble(value),
        found=_found(accepted, possible, kind, quota, sandbox=run.environment.id == SANDBOX),
        quota=quota,
    )


def _found(
    accepted: list[Step], possible: set[str], kind: TokenKind | None, quota: QuotaState, *, sandbox: bool
) -> tuple[Found, ...]:
    """What is proven, and what is not."""
    unproven = "not proven"
    if kind is not None:
        names = ", ".join(step.method for step in accepted)
        evidence = said("{methods} accepted it; only {kind} tokens may call all of that.", methods=names, kind=kind)
        of_kind = Found("Kind", kind, evidence)
    elif accepted:
        kinds = either(one for one in TOKEN_KINDS if one in possible)
        of_kind = Found("Kind", said("not proven: {kinds}", kinds=kinds))
    else:
        of_kind = Found("Kind", unproven)
    allowed = Found("Permissions", unproven)
    if accepted:
        allowed = Found(
            "Permissions",
            said("may call {methods}; the rest is not proven", methods=", ".join(step.method for step in accepted)),
            "accepted just now",
        )
    counted = said(
        "{count:,} calls to the sandbox today; what others have used is not proven"
        if sandbox
        else "{count:,} calls made from this computer today; what others have used is not proven",
        count=quota.calls,
    )
    return (
        of_kind,
        Found("Owner", unproven),
        allowed,
        Found("Quota", counted, "counted here"),
    )
