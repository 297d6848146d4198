"""The starter collection: every sample is a good request, the chains run on a real sandbox, here and in Bruno."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from helpers.arranging import a_request
from helpers.kills import SCHEMA, breaches_of_the_schema

from komet_console.catalogue import Call, Catalogue, Severity
from komet_console.exchange import Environment, Pair, Token, build
from komet_console.exchange.variables import resolve
from komet_console.session import environments
from komet_console.session.sandbox import LocalSandbox, RunningSandbox
from komet_console.session.sending import Sender, call_of
from komet_console.workspace.collections import opencollection
from komet_console.workspace.collections.checks import Answer, capture, run, schema_problems
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import (
    Check,
    Collection,
    Defaults,
    EnvironmentValues,
    Folder,
    RequestItem,
    requests,
)
from komet_console.workspace.collections.starter import starter

BRU = os.environ.get("KOMET_TEST_BRU") or shutil.which("bru")
BRUNO = 300
"""Seconds that it may take: eight on a machine that has time, fifty where ten programs share two processors."""


@pytest.fixture(scope="module")
def made(catalogue: Catalogue) -> Collection:
    return starter(catalogue, datetime.now(UTC).date())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with LocalSandbox(tmp_path_factory.mktemp("world")) as user:
        yield user.ensure()


def test_it_holds_every_method_and_the_two_chains(made: Collection, catalogue: Catalogue) -> None:
    listed = {item.draft.method for above, item in requests(made) if "chain" not in above[0].tags}
    assert listed == set(catalogue.summaries)
    chains = [one for one in made.items if "chain" in one.tags]
    assert [len(one.items) > 8 for one in chains if isinstance(one, Folder)] == [True, True]


def test_every_sample_in_it_is_a_good_request(made: Collection, catalogue: Catalogue) -> None:
    bad = {}
    token, place = Token("sbx_test", "127.0.0.1"), Environment("x", "http://127.0.0.1/api", account="1")
    for above, item in requests(made):
        if "chain" in above[0].tags:
            continue
        method = catalogue.method(item.draft.method)
        request = build(item.draft, method, token, place)
        call: Call = call_of(request, environments.automatic_kind(method))
        errors = [one.message for one in catalogue.validate(method, call) if one.severity is Severity.ERROR]
        if errors:
            bad[item.name] = errors
    assert bad == {}


def test_it_survives_the_disk(made: Collection, catalogue: Catalogue, tmp_path: Path) -> None:
    library = Library(tmp_path / "collections", catalogue)
    store = library.open(library.add(made).name)
    loaded = store.load()
    assert loaded.problems == ()
    assert [item.name for _above, item in requests(loaded)] == [item.name for _above, item in requests(made)]
    for (_, one), (_, other) in zip(requests(loaded), requests(made), strict=True):
        assert opencollection.request_data(one, catalogue) == opencollection.request_data(other, catalogue)
    outline = store.outline()
    assert [row.name for row in outline] == [item.name for item in loaded.items]
    rows = {row.path: row for folder in outline for row in folder.children}
    for _above, item in requests(loaded):
        row = rows[item.path]
        assert (row.name, row.seq, row.tags) == (item.name, item.seq, item.tags)
        assert row.verb == (item.draft.verb or catalogue.method(item.draft.method).verb)
        assert row.url.startswith("{{baseUrl}}/")
    assert not store.changed_on_disk()


@pytest.mark.skipif(SCHEMA is None, reason="KOMET_TEST_OPENCOLLECTION_SCHEMA does not name OpenCollection's schema")
def test_what_is_written_is_as_opencollections_schema_wants_it(
    made: Collection, catalogue: Catalogue, tmp_path: Path
) -> None:
    library = Library(tmp_path / "collections", catalogue)
    library.add(made)
    store = library.open(
        library.add(Collection("By hand", defaults=Defaults((Pair("X-A", "1"),), token="company"))).name
    )
    store.save_request(a_request("Everything", 7, whole=True), parent=store.new_folder("Folder"))
    store.save_environment(EnvironmentValues("Place", (Pair("baseUrl", "http://127.0.0.1"),), ("password",)))
    assert len(list(library.folder.rglob("*.yml"))) > 130
    assert breaches_of_the_schema(library.folder) == []


@pytest.mark.parametrize("number", [0, 1], ids=["prebook", "market"])
def test_a_chain_runs_through_the_api_alone(
    made: Collection, catalogue: Catalogue, running: RunningSandbox, number: int
) -> None:
    chain = made.items[number]
    assert isinstance(chain, Folder)

    async def main() -> None:
        values: dict[str, str] = {}
        async with Sender(catalogue) as sender:
            for item in chain.items:
                assert isinstance(item, RequestItem)
                draft = resolve(item.draft, [values])
                method = catalogue.method(draft.method)
                kind = environments.automatic_kind(method)
                token = environments.sandbox_token(running, kind)
                sent = await sender.send(draft, environments.sandbox(running), token, token_kind=kind)
                assert not [one for one in sent.findings if one.severity is Severity.ERROR], item.name
                response, explained = sent.exchange.response, sent.explanation
                assert response is not None
                assert explained is not None
                answer = Answer(response.status, response.read(), sent.exchange.timing.total, explained.outcome.value)
                results = run((*item.checks, Check("schema")), answer, schema_problems(catalogue, method))
                assert [one.message for one in results if not one.passed] == [], item.name
                found = capture(item.captures, answer)
                assert [one.message for one in found if one.value is None] == [], item.name
                values |= {one.capture.variable: one.value for one in found if one.value is not None}

    asyncio.run(main())


@pytest.mark.timeout(BRUNO + 60)
@pytest.mark.skipif(BRU is None, reason="bru is not installed (npm install -g @usebruno/cli, or KOMET_TEST_BRU)")
def test_bruno_runs_the_chains_from_the_same_files(
    made: Collection, catalogue: Catalogue, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    library = Library(tmp_path / "collections", catalogue)
    written = library.add(made)
    folders = [one.path for one in library.open(written.name).load().items if "chain" in one.tags]
    with LocalSandbox(tmp_path_factory.mktemp("brunos-world")) as user:
        world: Any = user.ensure()
        ran = subprocess.run(
            [
                str(BRU),
                "run",
                *folders,
                "-r",
                "--env-var",
                f"baseUrl={world.url.rstrip('/')}",
                "--env-var",
                f"token={world.tokens['company']}",
            ],
            cwd=written.folder,
            capture_output=True,
            text=True,
            timeout=BRUNO,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    assert "PASS" in ran.stdout
