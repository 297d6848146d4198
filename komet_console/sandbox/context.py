"""What a method of the sandbox gets to work with: one call, already past the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from komet_console.catalogue import Method
from komet_console.sandbox.gate.failures import Invalid, Refused

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Token:
    """Who calls. `customer_id`, `vendor_id`, `user_id`: whom the token acts for, where its kind has one."""

    name: str
    """The token's description; the token itself stays in the gate."""
    kind: str
    company_id: int
    customer_id: int | None = None
    vendor_id: int | None = None
    user_id: int | None = None
    transactional: bool = True


@dataclass(slots=True)
class Event:
    """Something webhooks are told about, once the transaction is through."""

    name: str
    company_id: int
    payload: dict[str, Any]


@dataclass(slots=True)
class Call:
    """One call of a method.

    Attributes:
        connection: inside a transaction; reading methods may not write through it.
        input: typed values, see `gate.reading`; what was not sent is not in it.
        headers: the documented headers that were sent, by documented name.
        now: the sandbox's moment (UTC, naive); `today` its day.
        multi_location: the company's setting.
        events: what webhooks are told after the commit.
    """

    connection: Connection
    method: Method
    token: Token | None
    input: dict[str, Any]
    headers: dict[str, Any]
    now: datetime
    multi_location: bool
    company_id: int
    """The token's company; for `login`, which has no token, 0."""
    events: list[Event] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def vendor_id(self) -> int | None:
        """The vendor a vendor token acts for; None for every other kind."""
        return self.token.vendor_id if self.token and self.token.kind == "vendor" else None

    @property
    def customer_id(self) -> int | None:
        """The customer a customer token acts for; None for every other kind."""
        return self.token.customer_id if self.token and self.token.kind == "customer" else None

    @property
    def user_id(self) -> int | None:
        """The user a token belongs to, where it belongs to one."""
        return self.token.user_id if self.token else None

    @property
    def transactional(self) -> bool:
        """Whether the token has Transactional API Access."""
        return self.token is not None and self.token.transactional

    def get(self, name: str, default: Any = None) -> Any:
        """The typed value of an input field, or the default where it was not sent."""
        return self.input.get(name, default)

    def need(self, *names: str) -> Any:
        """The first of these fields that was sent; without any the rule cannot run: 400."""
        for name in names:
            if name in self.input:
                return self.input[name]
        raise Invalid(f"{' or '.join(names)} is required")


Handler = Callable[[Call], Answer]
HANDLERS: dict[str, Handler] = {}
"""Every method of the sandbox by operation id, filled by importing `komet_console.sandbox.methods`."""


def handles(*names: str) -> Callable[[Handler], Handler]:
    """Register a function as the behaviour of one or more methods."""

    def register(function: Handler) -> Handler:
        for name in names:
            assert name not in HANDLERS, name
            HANDLERS[name] = function
        return function

    return register


def ok(message: str = "OK", **keys: Any) -> Answer:
    """The envelope of success around the given keys."""
    return {"status": 1, "message": message, **keys}


__all__ = ["HANDLERS", "Answer", "Call", "Event", "Handler", "Invalid", "Refused", "Token", "handles", "ok"]
