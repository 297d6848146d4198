"""What every call leaves behind: the day's count, what it proves about its token, names of what it answered. Not the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from komet_console.catalogue.explaining import OutcomeKind
from komet_console.session.choosing import Chosen
from komet_console.session.seen import Seen
from komet_console.session.sending import Sent
from komet_console.workspace.environments import StoredEnvironment
from komet_console.workspace.memory import Records
from komet_console.workspace.quota import Quota, retry_after
from komet_console.workspace.tokens import Outcome, Tokens

if TYPE_CHECKING:
    from komet_console.exchange import Exchange

__all__ = ["is_limited", "left_the_machine", "outcome_of", "record"]

_DONE = frozenset({OutcomeKind.SUCCESS, OutcomeKind.PARTIAL, OutcomeKind.NOTHING_FOUND})
_BEFORE = frozenset({"preparing", "name", "connect", "tls"})
"""Phases in which nothing has reached the API."""


def left_the_machine(exchange: Exchange) -> bool:
    """Whether the API has seen the call, as far as can be known."""
    if exchange.response is not None:
        return True
    failure = exchange.failure
    return failure is not None and (failure.maybe_carried_out or failure.phase not in _BEFORE)


def is_limited(sent: Sent) -> bool:
    """Whether the API said that the quota is used up: HTTP 429, or a refusal that names when to try again."""
    response = sent.exchange.response
    if response is None:
        return False
    refused = sent.explanation is not None and sent.explanation.outcome is OutcomeKind.REFUSED
    return response.status == 429 or (refused and response.header("Retry-After") is not None)


def outcome_of(sent: Sent) -> Outcome | None:
    """What a call proves about its token and the method; None: nothing.

    A refusal with HTTP 200 is none: its reason may be the request.
    """
    response = sent.exchange.response
    if response is None or sent.exchange.failure is not None or sent.explanation is None:
        return None
    if is_limited(sent):
        return "limited"
    if sent.explanation.outcome in _DONE:
        return "accepted"
    return "refused" if response.status in (401, 403) else None


def record(
    records: Records,
    sent: Sent,
    environment: StoredEnvironment,
    chosen: Chosen,
    quota: Quota,
    tokens: Tokens,
    seen: Seen,
) -> None:
    """Keep what a call left behind. Blocks for the disk; not for the event loop's thread.

    Raises:
        WorkspaceError: it cannot be written.
    """
    if not left_the_machine(sent.exchange):
        return
    response = sent.exchange.response
    outcome = outcome_of(sent)
    if response is not None and outcome == "accepted":
        seen.learn(response.read())
    token = chosen.token
    used = token is not None and token.value in sent.exchange.request.secrets
    documented = sent.draft.verb is None and sent.draft.path is None
    # One transaction: each waits for the disk.
    with records.write():
        quota.count(environment)
        if outcome == "limited" and response is not None:
            quota.limited(environment, retry_after(response.header("Retry-After"), quota.now()))
        elif outcome == "accepted":
            quota.accepted(environment)
        if used and chosen.stored is not None:
            tokens.touch(chosen.stored.id)
        if used and outcome is not None and documented and chosen.key:
            tokens.prove(chosen.key, sent.method.name, outcome)
