"""Every documented sample goes through building and the transport to a real sandbox and succeeds."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers.process import Process, running

from komet_console.catalogue import Catalogue, load
from komet_console.exchange import Environment, Exchange, Token, build, draft_of_sample, open_transport

CATALOGUE: Catalogue = load()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running("--fresh", "--quota", "0", home=tmp_path_factory.mktemp("home")) as process:
        yield process


def environment_of(process: Process) -> Environment:
    return Environment("sandbox", process.facts["url"], account="1043")


async def send_sample(process: Process, name: str) -> Exchange:
    method = CATALOGUE.method(name)
    kinds = method.tokens if method.tokens is not None else ("company",)
    token = Token(process.facts["tokens"][kinds[0]], "127.0.0.1", "demo") if kinds else None
    draft = draft_of_sample(method, CATALOGUE.sample(method, date.today()))  # noqa: DTZ011
    environment = environment_of(process)
    async with open_transport() as transport:
        return await transport.send(build(draft, method, token, environment), environment)


@pytest.mark.parametrize("name", sorted(CATALOGUE.summaries))
def test_sample_succeeds(sandbox: Process, name: str, tmp_path: Path) -> None:
    if CATALOGUE.summaries[name].effect != "read":
        assert sandbox.control("POST", "reset")[0] == 200
    outcome = asyncio.run(send_sample(sandbox, name))
    assert outcome.failure is None, outcome.failure
    assert outcome.response is not None
    body = outcome.response.read()
    assert outcome.response.status == 200, body
    headers = dict(outcome.response.headers)
    explained = CATALOGUE.explain(CATALOGUE.method(name), None, outcome.response.status, headers, body)
    assert explained.outcome == "success", (explained.sentence, body[:500])
