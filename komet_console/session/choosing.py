"""Which token a call is made with: automatic, a stored one, or the sandbox's own of a kind; and what speaks against it."""

from __future__ import annotations

from typing import Literal

from komet_console.catalogue import Method, TokenKind
from komet_console.exchange import TOKEN_REFERENCE, Environment, Token
from komet_console.records import record
from komet_console.session import environments as built_in
from komet_console.session.sandbox import RunningSandbox
from komet_console.texts import either, said
from komet_console.workspace.environments import SANDBOX, StoredEnvironment
from komet_console.workspace.tokens import StoredToken, TokenError, Tokens, kind_of

__all__ = ["AUTOMATIC", "Chosen", "TokenChoice", "TokenOffer", "TokenTrouble", "choose", "fitting", "lack", "trouble"]


@record
class TokenChoice:
    """Which token a tab uses: one that fits by itself, the sandbox's token of a kind, or a stored one."""

    way: Literal["automatic", "kind", "stored"] = "automatic"
    name: str = ""
    """kind: company, customer, vendor or user; stored: the token's name or id."""


AUTOMATIC = TokenChoice()


@record
class Chosen:
    """A token for a call. `stored` is None for the sandbox's own ones."""

    token: Token | None = None
    kind: TokenKind | None = None
    """The token's kind, where it is known."""
    stored: StoredToken | None = None

    @property
    def key(self) -> str:
        """What proofs about the token are kept under; empty without one."""
        if self.stored is not None:
            return self.stored.id
        return f"{SANDBOX}:{self.kind}" if self.token is not None and self.kind is not None else ""


@record
class TokenOffer:
    """A token that can call a method, as far as is known."""

    choice: TokenChoice
    name: str
    kind: str
    """company, customer, vendor, user or unknown."""


@record
class TokenTrouble:
    """Why a call's token will not do, and one that might."""

    sentence: str
    offer: TokenOffer | None = None


def _token_of(stored: StoredToken, environment: Environment, value: str | None) -> Token:
    """The stored token for a call there; while its value is not at hand, its reference stands for it.

    Its host is never the environment's just because the user chose it: `building` refuses a host that is not the token's.
    """
    here = environment.base_url.split("://", 1)[-1].split("/", 1)[0]
    if not stored.hosts and stored.environment == SANDBOX and environment.name == SANDBOX:
        host = here
    else:
        host = next((one for one in stored.hosts if one.casefold() == here.casefold()), next(iter(stored.hosts), ""))
    nowhere = "the sandbox" if stored.environment == SANDBOX else "no host"
    return Token(TOKEN_REFERENCE if value is None else value, host or nowhere, stored.name)


def choose(
    tokens: Tokens,
    stored: StoredEnvironment,
    environment: Environment,
    running: RunningSandbox | None,
    choice: TokenChoice,
    method: Method,
) -> Chosen:
    """The token that a call of the method would be made with; none where the stored one is gone (`trouble` says so)."""
    if choice.way == "stored":
        one = tokens.find(choice.name)
        if one is None:
            return Chosen()
        return Chosen(_token_of(one, environment, tokens.secrets.cached(one.id)), kind_of(one.kind), one)
    if stored.id == SANDBOX:
        if running is None:
            return Chosen()
        kind = built_in.automatic_kind(method)
        if choice.way == "kind":
            kind = kind_of(choice.name) or kind
        return Chosen(built_in.sandbox_token(running, kind), kind)
    if method.tokens == ():
        return Chosen()
    found = tokens.fitting(stored.id, method)
    if choice.way == "kind":
        found = [one for one in found if one.kind == choice.name]
    if not found:
        return Chosen()
    return Chosen(
        _token_of(found[0], environment, tokens.secrets.cached(found[0].id)), kind_of(found[0].kind), found[0]
    )


def fitting(tokens: Tokens, stored: StoredEnvironment, method: Method) -> list[TokenOffer]:
    """Tokens that can call the method there as far as is known, best first; the sandbox's own ones before stored ones."""
    offers = []
    if stored.id == SANDBOX and method.tokens != ():
        offers = [
            TokenOffer(TokenChoice("kind", kind), kind, kind) for kind in built_in.TOKEN_KINDS if method.accepts(kind)
        ]
    return offers + [
        TokenOffer(TokenChoice("stored", one.name), one.name, one.kind) for one in tokens.fitting(stored.id, method)
    ]


def _kinds(method: Method) -> str:
    """As in "takes a company or customer token"."""
    kinds = list(method.tokens or ())
    listed = ", ".join(kinds[:-1])
    return said("a {kinds} token", kinds=either([listed, kinds[-1]] if listed else kinds))


def trouble(tokens: Tokens, stored: StoredEnvironment, choice: TokenChoice, method: Method) -> TokenTrouble | None:
    """Why the chosen token cannot call the method, in a sentence, with one that can; None where nothing is known against it."""
    if method.tokens == ():
        return None
    offers = fitting(tokens, stored, method)
    best = offers[0] if offers else None
    if choice.way == "stored":
        return _trouble_of_stored(tokens, stored, choice, method, best)
    if choice.way == "kind" and not method.accepts(choice.name):
        return TokenTrouble(
            said(
                "{name} takes {kinds}, not a {other} token.",
                name=method.name,
                kinds=_kinds(method),
                other=choice.name,
            ),
            best,
        )
    if stored.id == SANDBOX or best is not None:
        return None
    if not tokens.of(stored.id):
        return TokenTrouble(said("There is no token for {name} yet. Add one, or log in.", name=stored.name))
    if method.tokens is None:
        return TokenTrouble(said("No stored token of {name} may call {method}.", name=stored.name, method=method.name))
    return TokenTrouble(
        said(
            "{name} takes {kinds}; none is stored for {place}.",
            name=method.name,
            kinds=_kinds(method),
            place=stored.name,
        )
    )


def lack(tokens: Tokens, stored: StoredEnvironment, choice: TokenChoice, method: Method) -> TokenError:
    """Why a call that wants a token is not sent without one."""
    found = trouble(tokens, stored, choice, method)
    sentence = (
        found.sentence
        if found is not None
        else said("{method} needs a token on {place}.", method=method.name, place=stored.name)
    )
    return TokenError(
        sentence,
        "To call without one all the same, press the verb beside the address, and let the token travel nowhere.",
    )


def _trouble_of_stored(
    tokens: Tokens, stored: StoredEnvironment, choice: TokenChoice, method: Method, best: TokenOffer | None
) -> TokenTrouble | None:
    try:
        one = tokens.get(choice.name)
    except TokenError as error:
        return TokenTrouble(error.message, best)
    if one.environment != stored.id:
        here = stored.id != SANDBOX and stored.host.casefold() in {host.casefold() for host in one.hosts}
        if not here:
            return TokenTrouble(
                said(
                    "The token {name} belongs to another environment; it is not sent to {place}.",
                    name=one.name,
                    place=stored.name,
                ),
                best,
            )
    if one.kind != "unknown" and not method.accepts(one.kind):
        return TokenTrouble(
            said(
                "{name} takes {kinds}; {other} is a {kind} token.",
                name=method.name,
                kinds=_kinds(method),
                other=one.name,
                kind=one.kind,
            ),
            best,
        )
    if one.methods is not None and method.name not in one.methods:
        return TokenTrouble(
            said(
                "{name} is limited to {count} methods; {method} is not among them.",
                name=one.name,
                count=len(one.methods),
                method=method.name,
            ),
            best,
        )
    proof = tokens.proofs(one.id).get(method.name)
    if proof is not None and proof.outcome == "refused":
        return TokenTrouble(
            said("The API refused {name} when it called {method} last.", name=one.name, method=method.name),
            best,
        )
    return None
