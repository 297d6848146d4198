"""What the console may do to its own sandbox besides calling it: look at it, reset it, take the reset back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from komet_console.catalogue import TokenKind
from komet_console.errors import UserError
from komet_console.exchange import Environment, PreparedRequest, open_transport
from komet_console.records import field, record
from komet_console.session.sandbox import RunningSandbox
from komet_console.texts import said

__all__ = ["ControlRefusedError", "SandboxControl", "SandboxState", "SandboxToken"]

BEFORE_RESET = "before reset"
"""Name of the snapshot that a reset makes and an undo loads; the next reset replaces it."""


class ControlRefusedError(UserError):
    """The sandbox did not do what it was asked for."""


@record
class SandboxState:
    """What a status bar says about the sandbox."""

    world_date: str
    """ISO date that the world's data lie around; empty where it is not known."""
    days_behind: int
    """How many days that is in the past."""
    failures: str
    """codes or body: how failures are answered."""
    can_undo: bool
    """Whether there is a snapshot from before a reset."""


@record
class SandboxToken:
    """A token of the sandbox: test data."""

    value: str = field(repr=False)
    kind: TokenKind
    description: str
    owner: int | None
    """Id of the customer, vendor or user it acts for."""
    methods: tuple[str, ...] | None
    """None: all."""
    transactional: bool
    revoked: bool
    created: str


def _token(row: dict[str, Any]) -> SandboxToken:
    return SandboxToken(
        value=row["token"],
        kind=row["type"],
        description=row["description"],
        owner=row["customer"] or row["vendor"] or row["user"],
        methods=None if row["methods"] is None else tuple(row["methods"]),
        transactional=row["transactional"],
        revoked=row["revoked"],
        created=row["createdOn"],
    )


class SandboxControl:
    """The control interface of one running sandbox; belongs to the event loop it is first used in.

    Every method raises `ControlRefusedError` where the sandbox does not answer or refuses.
    """

    def __init__(self, running: RunningSandbox) -> None:
        self._running = running
        self._transport = open_transport()

    async def state(self) -> SandboxState:
        """How the sandbox is now."""
        world = await self._ask("GET", "")
        listed = await self._ask("GET", "snapshots")
        return SandboxState(
            world_date=world["worldDate"] or "",
            days_behind=world["daysBehind"],
            failures=world["failures"],
            can_undo=any(one["name"] == BEFORE_RESET for one in listed["snapshots"]),
        )

    async def reset(self) -> None:
        """Seed the world anew, after a snapshot that `undo_reset` brings back."""
        await self._ask("POST", "snapshots", {"name": BEFORE_RESET})
        await self._ask("POST", "reset")

    async def undo_reset(self) -> None:
        """The world as it was before the last reset. What happened since then is lost."""
        await self._ask("POST", f"snapshots/{quote(BEFORE_RESET)}/load")

    async def move_to_today(self) -> int:
        """Move all dates of the world so that they lie around today; returns by how many days."""
        moved: int = (await self._ask("POST", "world/today"))["movedDays"]
        return moved

    # --- tokens, as Komet's own screen has them

    async def tokens(self) -> tuple[SandboxToken, ...]:
        """Every token of the sandbox, revoked ones included, oldest first."""
        return tuple(_token(one) for one in (await self._ask("GET", "tokens"))["tokens"])

    async def generate(
        self,
        description: str,
        kind: TokenKind = "company",
        *,
        owner: int | None = None,
        methods: Sequence[str] | None = None,
        transactional: bool = True,
    ) -> SandboxToken:
        """A new token.

        Args:
            kind: company, customer or vendor; user tokens come from `login`.
            owner: id of the customer or vendor it acts for.
            methods: the chosen methods; None is all of them.
            transactional: Transactional API Access.
        """
        body: dict[str, Any] = {"description": description, "type": kind, "transactional": transactional}
        if owner is not None:
            body[kind] = owner
        if methods is not None:
            body["methods"] = list(methods)
        return _token(await self._ask("POST", "tokens", body))

    async def edit(
        self,
        value: str,
        *,
        description: str | None = None,
        methods: Sequence[str] | Literal["all"] | None = None,
        transactional: bool | None = None,
    ) -> SandboxToken:
        """Change a token; None leaves as it is."""
        body: dict[str, Any] = {}
        if description is not None:
            body["description"] = description
        if methods is not None:
            body["methods"] = None if methods == "all" else list(methods)
        if transactional is not None:
            body["transactional"] = transactional
        return _token(await self._ask("PATCH", f"tokens/{quote(value, safe='')}", body))

    async def revoke(self, value: str) -> SandboxToken:
        """Let a token stop working."""
        return _token(await self._ask("DELETE", f"tokens/{quote(value, safe='')}"))

    async def limit(self, company: str = "") -> tuple[int | None, int]:
        """Daily limit (None: unlimited) and calls made today of a company, by the sandbox's own count."""
        told = await self._ask("GET", "quota")
        row = next((one for one in told["companies"] if str(one["id"]) == company), told["companies"][0])
        return row["limit"] or None, row["calls"]

    async def aclose(self) -> None:
        """Close the connection."""
        await self._transport.aclose()

    async def __aenter__(self) -> SandboxControl:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _ask(self, verb: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        url = self._running.control + path
        data = b"" if body is None else json.dumps(body).encode()
        headers = (
            ("Host", urlsplit(url).netloc),
            ("X-Sandbox-Key", self._running.control_key),
            ("Content-Length", str(len(data))),
        )
        request = PreparedRequest(verb, url, headers, data, secrets=(self._running.control_key,))
        exchange = await self._transport.send(request, Environment("sandbox", self._running.control))
        if exchange.failure is not None or exchange.response is None:
            failure = exchange.failure
            raise ControlRefusedError(
                said(
                    "The sandbox did not answer: {reason}", reason=failure.message if failure else said("nothing came")
                ),
                "It is started again with the next call.",
            )
        answer: dict[str, Any] = json.loads(exchange.response.read())
        if exchange.response.status != 200:
            error = answer.get("error", {})
            raise ControlRefusedError(error.get("message", "The sandbox refused."), error.get("hint", ""))
        return answer
