"""Secrets that were typed or pasted into a request in clear: moved to where secrets lie, a reference left in their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from komet_console.exchange import Draft
from komet_console.session.choosing import TokenChoice
from komet_console.session.environments import TOKEN_KINDS
from komet_console.texts import said
from komet_console.workspace.collections.references import FoundSecret, take_out
from komet_console.workspace.environments import SANDBOX, StoredEnvironment
from komet_console.workspace.secrets import SecretLostError
from komet_console.workspace.token_text import clean_pasted

if TYPE_CHECKING:
    from komet_console.session.console import Console

__all__ = ["Adopted", "adopt"]


@dataclass(frozen=True, slots=True)
class Adopted:
    """A draft without secrets, the token it is to be sent with now, and what was done, in sentences."""

    draft: Draft
    choice: TokenChoice | None = None
    """None: there was no token in it."""
    said: tuple[str, ...] = ()


async def adopt(console: Console, draft: Draft, environment: str) -> Adopted:
    """Move every secret of a draft to the token store or the environment's secret variables; the same draft without any."""
    taken = take_out(draft)
    if not taken.secrets:
        return Adopted(draft)
    place = console.environments.get(environment)
    choice: TokenChoice | None = None
    told: list[str] = []
    for one in taken.secrets:
        if one.name == "token":
            choice, sentence = await _token(console, place, one.value)
        else:
            place, sentence = await _variable(console, place, one)
        told.append(sentence)
    if not console.secrets.persistent:
        told.append(console.secrets.explanation)
    return Adopted(taken.draft, choice, tuple(told))


async def _token(console: Console, place: StoredEnvironment, written: str) -> tuple[TokenChoice, str]:
    value = clean_pasted(written).value or written.strip()
    own = console.running.tokens if place.id == SANDBOX and console.running is not None else {}
    kind = next((kind for kind in TOKEN_KINDS if own.get(kind) == value), None)
    if kind is not None:
        return TokenChoice("kind", kind), said(
            "The token in the request is the sandbox's {kind} token; it was chosen instead.", kind=kind
        )
    for one in console.tokens.of(place.id):
        if one.head and not (value.startswith(one.head) and value.endswith(one.tail)):
            continue
        try:
            known = await console.tokens.value(one.id)
        except SecretLostError:
            continue
        if known == value:
            return TokenChoice("stored", one.name), said(
                "The token in the request is {name}; it was chosen instead.", name=one.name
            )
    made = await console.tokens.add(
        console.tokens.free_name("Pasted token"),
        value,
        environment=place.id,
        hosts=(place.host,) if place.host else (),
        note="Taken out of a request.",
    )
    return TokenChoice("stored", made.name), said(
        "The token in the request was moved to the token store as {name}.", name=made.name
    )


async def _variable(console: Console, place: StoredEnvironment, found: FoundSecret) -> tuple[StoredEnvironment, str]:
    place = await console.keep_variable(place.id, found.name, found.value, secret=True)
    return place, said(
        "The secret of {place} was moved to the secret variable {name} of {environment}.",
        place=found.place,
        name=found.name,
        environment=place.name,
    )
