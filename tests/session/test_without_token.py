"""A call that wants a token and has none: it is said, and nothing goes out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from helpers.echo import echoing
from helpers.keyrings import MemoryKeyring

from komet_console.exchange import Body, Draft, Pair
from komet_console.session.console import AUTOMATIC, Console, TokenChoice
from komet_console.workspace.secrets import Secrets
from komet_console.workspace.tokens import TokenError

REFERENCE = "{{token}}"
LACKING = {
    "placed": Draft("customer.list"),
    "written": Draft("customer.list", (Pair("authenticationToken", REFERENCE),)),
    "body": Draft("customer.add", body=Body("json", '{"name": "Rosa"}')),
    "through a variable": Draft("customer.list", (Pair("id", "{{mine}}"),), token_location="none"),
}
DECIDED = {
    "nowhere": Draft("customer.list", token_location="none"),
    "in clear": Draft("customer.list", (Pair("authenticationToken", "written-here"),)),
    "switched off": Draft("customer.list", (Pair("authenticationToken", REFERENCE, enabled=False),)),
    "needs none": Draft("login"),
}


@pytest.fixture
def console() -> Console:
    return Console(secrets=Secrets(MemoryKeyring))


def said(console: Console, draft: Draft, choice: TokenChoice = AUTOMATIC) -> list[str]:
    """What is said about the call before it is asked about, and when it is sent."""

    async def both() -> list[str]:
        texts = []
        calls: tuple[Callable[..., Any], ...] = (console.check, console.send)
        for call in calls:
            try:
                await call(draft, "Echo", choice, variables=({"mine": REFERENCE},))
            except TokenError as error:
                texts.append(error.message)
            else:
                texts.append("")
        await console.aclose()
        return texts

    return asyncio.run(both())


@pytest.mark.parametrize("draft", LACKING.values(), ids=LACKING)
def test_nothing_is_sent_without_a_token(console: Console, draft: Draft) -> None:
    with echoing() as echo:
        place = console.environments.add("Echo", echo.url)
        assert said(console, draft) == ["There is no token for Echo yet. Add one, or log in."] * 2
        assert console.quota.state(place).calls == 0
        assert echo.take() == []


@pytest.mark.parametrize("draft", DECIDED.values(), ids=DECIDED)
def test_it_is_where_the_request_itself_decides_about_its_token(console: Console, draft: Draft) -> None:
    with echoing() as echo:
        place = console.environments.add("Echo", echo.url)
        assert said(console, draft) == ["", ""]
        assert console.quota.state(place).calls == 1
        assert len(echo.take()) == 1


def test_a_kind_of_token_that_is_not_kept_is_none(console: Console) -> None:
    async def keep(host: str, place: str) -> None:
        await console.tokens.add("Main", "x" * 20, environment=place, hosts=[host], kind="company")

    with echoing() as echo:
        place = console.environments.add("Echo", echo.url)
        asyncio.run(keep(place.host, place.id))
        texts = said(console, Draft("customer.list"), TokenChoice("kind", "vendor"))
    assert texts == ["customer.list needs a token on Echo."] * 2
