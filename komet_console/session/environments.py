"""The built-in environments, and the sandbox's own tokens."""

from __future__ import annotations

from typing import get_args

from komet_console.catalogue import Method, TokenKind
from komet_console.errors import UserError
from komet_console.exchange import PRODUCTION_URL, Connection, Environment, Token
from komet_console.session.sandbox import RunningSandbox
from komet_console.texts import said

__all__ = [
    "PRODUCTION",
    "SANDBOX",
    "TOKEN_KINDS",
    "automatic_kind",
    "built_in",
    "production",
    "sandbox",
    "sandbox_token",
]

SANDBOX = "sandbox"
PRODUCTION = "production"
TOKEN_KINDS: tuple[TokenKind, ...] = get_args(TokenKind)


def built_in(name: str) -> str:
    """The name of a built-in environment, whatever its case; raises `UserError` for any other name."""
    folded = name.strip().casefold()
    if folded not in (SANDBOX, PRODUCTION):
        raise UserError(
            said('There is no environment "{name}".', name=name),
            said("Use {sandbox} or {production}.", sandbox=SANDBOX, production=PRODUCTION),
        )
    return folded


def sandbox(running: RunningSandbox, connection: Connection | None = None) -> Environment:
    """The console's own sandbox as it runs now."""
    return Environment(SANDBOX, running.url.rstrip("/"), running.account, connection or Connection())


def production(connection: Connection | None = None) -> Environment:
    """The real Komet."""
    return Environment(PRODUCTION, PRODUCTION_URL, connection=connection or Connection())


def automatic_kind(method: Method) -> TokenKind | None:
    """The kind of token to call a method with: the first it takes, company first; None where it takes none."""
    return next((kind for kind in TOKEN_KINDS if method.accepts(kind)), None)


def sandbox_token(running: RunningSandbox, kind: TokenKind | None) -> Token | None:
    """The sandbox's token of a kind; None for None."""
    return None if kind is None else Token(running.tokens[kind], f"127.0.0.1:{running.port}", f"sandbox {kind}")
