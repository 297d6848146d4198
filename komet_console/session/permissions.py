"""What can be done with a token: all methods, each documented, proven, refused, of another kind, or unknown. Probing more.

Probing sends read methods only, tells its price first, leaves the reserve alone and stops when asked to.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from komet_console.catalogue import Call, Catalogue, Effect, Field, Method, Severity
from komet_console.errors import UserError
from komet_console.exchange import Body, Draft, Pair
from komet_console.session.choosing import AUTOMATIC, Chosen, TokenChoice
from komet_console.session.recording import outcome_of
from komet_console.texts import said
from komet_console.workspace.tokens import Outcome, Proof, StoredToken

if TYPE_CHECKING:
    from komet_console.session.console import Console

__all__ = ["Permission", "ProbePlan", "Probed", "State", "matrix", "probe", "probe_draft", "probe_plan", "usable"]

_PLACES = ("query", "header", "body")
State = Literal["proven", "documented", "refused", "other-kind", "unknown"]
"""proven: the API accepted it; documented: its kind may call it; refused: the API refused it; other-kind: the documentation
gives it to other kinds; unknown: nothing is known either way."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One row of the matrix."""

    method: str
    group: str
    title: str
    effect: Effect
    state: State
    at: int | None = None
    """When it was proven or refused, milliseconds since 1970."""

    @property
    def usable(self) -> bool:
        """Whether the token can call it, as far as is known."""
        return self.state in ("proven", "documented")


def _state(method: Method, kind: str, methods: tuple[str, ...] | None, proof: Proof | None) -> State:
    if proof is not None and proof.outcome == "accepted":
        return "proven"
    if proof is not None and proof.outcome == "refused":
        return "refused"
    if method.tokens == ():
        return "documented"
    if kind != "unknown" and not method.accepts(kind):
        return "other-kind"
    if methods is not None:
        return "documented" if method.name in methods else "refused"
    return "unknown" if kind == "unknown" or method.tokens is None else "documented"


def matrix(
    console: Console, token: StoredToken | TokenChoice, further: Mapping[str, Proof] | None = None
) -> list[Permission]:
    """Every method with what is known about it and the token, in the order of the catalogue.

    Args:
        token: a stored one, or the choice of one of the sandbox's own kinds.
        further: proofs that are not kept, by method: those about a token that is not stored.
    """
    if isinstance(token, StoredToken):
        key, kind, methods = token.id, str(token.kind), token.methods
    else:
        key, kind, methods = f"sandbox:{token.name}", token.name, None
    proofs = {**console.tokens.proofs(key), **(further or {})}
    rows = []
    for name, row in console.catalogue.summaries.items():
        proof = proofs.get(name)
        state = _state(console.catalogue.method(name), kind, methods, proof)
        at = proof.at if proof is not None and state in ("proven", "refused") else None
        rows.append(Permission(name, row.group, row.title, row.effect, state, at))
    return rows


def usable(rows: Iterable[Permission]) -> list[Permission]:
    """What can be done with the token."""
    return [row for row in rows if row.usable]


@dataclass(frozen=True, slots=True)
class ProbePlan:
    """What probing would call; to be read before it starts."""

    token: StoredToken | TokenChoice
    environment: str
    methods: tuple[str, ...]
    """Read methods whose state is not proven or refused yet."""
    skipped: tuple[tuple[str, str], ...]
    """Methods that are left out, with the reason."""
    text: str
    """The plan with its price."""


@dataclass(frozen=True, slots=True)
class Probed:
    """One step of probing."""

    number: int
    total: int
    method: str
    outcome: Outcome | None
    """None: the call proved nothing."""
    sentence: str


def probe_draft(catalogue: Catalogue, method: Method, today: date | None = None) -> Draft | None:
    """The smallest read of a method that the documentation allows; None where it writes, or needs ids that nobody knows."""
    if method.effect != "read":
        return None
    day = today or date.today()  # noqa: DTZ011 - the user's day
    places = {place.name for place in method.places.token}
    wanted = [one for one in method.input if one.required and one.name not in places and one.name != "X-ACCOUNT"]
    values = [(one, _harmless(one, day)) for one in wanted]
    if any(value is None for _one, value in values):
        return None
    rows = {place: [Pair(one.name, value or "") for one, value in values if one.location == place] for place in _PLACES}
    inside = {pair.name: pair.value for pair in rows["body"]}
    body = Body("json", json.dumps(inside)) if inside else Body()
    drafts = [Draft(method.name, tuple(rows["query"]), tuple(rows["header"]), body)]
    # Where one of several dates is needed, the documentation's conditions say so.
    dated = [one for one in method.parameters if one.type in ("date", "datetime") and one not in wanted]
    ranges = [one for one in dated if re.search(r"(?i)(?:from|to)$", one.name)]
    for more in (ranges, dated[:1]):
        pairs = tuple(Pair(one.name, _harmless(one, day) or "") for one in more)
        drafts.append(replace(drafts[0], query=(*rows["query"], *pairs)))
    return next((draft for draft in drafts if _is_fine(catalogue, method, draft)), None)


def _is_fine(catalogue: Catalogue, method: Method, draft: Draft) -> bool:
    """Whether nothing documented speaks against the draft but the token and account that it will get."""
    given = {place.name for place in method.places.token} | {"X-ACCOUNT"}
    call = Call(
        query=tuple((pair.name, pair.value) for pair in draft.query),
        headers=tuple((pair.name, pair.value) for pair in draft.headers),
        body=draft.body.text.encode() or None,
    )
    findings = catalogue.validate(method, call)
    return not any(
        one.severity is Severity.ERROR and one.pointer.rpartition("/")[2] not in given and one.code != "missing-token"
        for one in findings
    )


def _harmless(field: Field, day: date) -> str | None:
    """A value that asks for next to nothing; None where only a real one would do."""
    if field.type in ("date", "datetime"):
        back = day - timedelta(days=1) if field.name.casefold().endswith(("from", "start", "since")) else day
        if field.type == "date":
            return back.isoformat() if field.format in ("", "YYYY-MM-DD") else None
        return f"{back.isoformat()}{'T' if 'T' in field.format else ' '}00:00:00"
    return field.values[0].value if field.values else None


def probe_plan(
    console: Console,
    environment: str,
    token: StoredToken | TokenChoice,
    further: Mapping[str, Proof] | None = None,
) -> ProbePlan:
    """What probing the token there would call, and what that costs. Never a method that writes. `further`: see `matrix`."""
    stored = console.environments.get(environment)
    account = bool(stored.account) or stored.id == "sandbox"
    chosen: list[str] = []
    skipped: list[tuple[str, str]] = []
    for row in matrix(console, token, further):
        if row.effect != "read" or row.state not in ("documented", "unknown"):
            continue
        method = console.catalogue.method(row.method)
        if probe_draft(console.catalogue, method) is None:
            skipped.append((row.method, "it needs an id"))
        elif not account and any(one.name == "X-ACCOUNT" and one.required for one in method.headers):
            skipped.append((row.method, "it needs the account number, which this environment does not have"))
        else:
            chosen.append(row.method)
    price = console.quota.price(len(chosen), stored)
    return ProbePlan(
        token,
        stored.id,
        tuple(chosen),
        tuple(skipped),
        said("Probing sends read methods only, one call each. {price}", price=price),
    )


async def probe(
    console: Console, plan: ProbePlan, *, cancel: asyncio.Event | None = None, value: str = ""
) -> AsyncIterator[Probed]:
    """Call what the plan names, one after the other; what comes of it is kept as proofs.

    Ends early when `cancel` is set, when the quota or its reserve is reached, and when the API cannot be reached.

    Args:
        value: the token itself, where it is not stored; nothing is kept then.
    """
    stored = console.environments.get(plan.environment)
    token = plan.token
    choice = token if isinstance(token, TokenChoice) else TokenChoice("stored", token.id)
    given: Chosen | None = None
    if value and isinstance(token, StoredToken):
        from komet_console.exchange import Token

        given = Chosen(Token(value, next(iter(token.hosts), stored.host), token.name))
        choice = AUTOMATIC
    total = len(plan.methods)
    for number, name in enumerate(plan.methods, start=1):
        if cancel is not None and cancel.is_set():
            return
        if stored.id != "sandbox" and not console.quota.state(stored).allows(1):
            yield Probed(number, total, name, "limited", "Stopped: what is left of the quota is kept in reserve.")
            return
        draft = probe_draft(console.catalogue, console.catalogue.method(name))
        if draft is None:
            continue
        try:
            sent = await console.send(draft, stored.id, choice, given=given, cancel=cancel)
        except UserError as error:
            yield Probed(number, total, name, None, error.message)
            return
        failure = sent.exchange.failure
        outcome = outcome_of(sent)
        sentence = failure.message if failure is not None else sent.explanation.sentence if sent.explanation else ""
        yield Probed(number, total, name, outcome, sentence)
        if outcome == "limited" or (failure is not None and sent.exchange.response is None):
            return
