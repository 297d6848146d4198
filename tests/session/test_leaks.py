"""Planted tokens, passwords and secret variables, used in every way: none of them is in anything that was written."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import logging
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers import process
from helpers.keyrings import LockedKeyring, MemoryKeyring
from helpers.leaks import leaks
from helpers.rewording import Rewording

from komet_console.errors import UserError
from komet_console.exchange import Body, Draft, Pair
from komet_console.session import batch, doctor, permissions, reporting
from komet_console.session.console import AUTOMATIC, Console, TokenChoice
from komet_console.session.logging_in import log_in
from komet_console.workspace.environments import Variable
from komet_console.workspace.secrets import Secrets
from komet_console.workspace.workspace import Workspace

TOKEN = "planted/token+0123456789ab"
PASSWORD = "planted pass&word é77"
VARIABLE = "planted-variable-55667788"
PLANTED = (TOKEN, PASSWORD, VARIABLE)


def test_the_search_finds_what_it_is_for(tmp_path: Path) -> None:
    plain = f"x{TOKEN}y".encode()
    for number, data in enumerate(
        (
            plain,
            zlib.compress(plain),
            gzip.compress(plain),
            b"ab" + base64.b64encode(b"12" + plain),
            base64.b64encode(plain),
            TOKEN.replace("/", "%2F").replace("+", "%2B").encode(),
            TOKEN.encode().hex().encode(),
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "file").write_bytes(data)
        assert leaks(folder, PLANTED), data
    database = tmp_path / "8"
    database.mkdir()
    import sqlite3

    connection = sqlite3.connect(database / "w.db")
    connection.execute("CREATE TABLE kept (content BLOB)")
    connection.execute("INSERT INTO kept VALUES (?)", (zlib.compress(plain),))
    connection.commit()
    connection.close()
    assert leaks(database, PLANTED)


@pytest.mark.parametrize("keyring", [MemoryKeyring, LockedKeyring])
def test_nothing_that_was_planted_is_written(
    tmp_path: Path, keyring: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    written: list[str] = []
    with process.running("--fresh", home=tmp_path / "server") as sandbox:
        proxy: list[Rewording] = []

        def echo(status: int, body: bytes) -> tuple[int, bytes]:
            """An API that repeats what it was called with, as some do in their errors."""
            said = {"status": 0, "message": f"You called {proxy[0].requests[-1]}", "authenticationToken": TOKEN}
            return (status, body) if status == 200 else (status, json.dumps(said).encode())

        with Rewording(sandbox.facts["port"], echo) as started:
            proxy.append(started)
            written += asyncio.run(use_everything(tmp_path / "workspace", keyring, started.port))
    written += [record.getMessage() for record in caplog.records]
    written += [*capsys.readouterr()]
    (tmp_path / "workspace" / "shown.txt").write_text("\n".join(written), encoding="utf-8")
    assert leaks(tmp_path / "workspace", PLANTED) == []


async def use_everything(folder: Path, keyring: Any, port: int) -> list[str]:
    """Every way a secret takes through the program; returns what was shown."""
    shown: list[str] = []
    workspace = Workspace.open(folder)
    console = Console(workspace=workspace, secrets=Secrets(keyring, tell=workspace.secrets.add))
    place = console.environments.add("here", f"http://127.0.0.1:{port}/api", account="1204")
    await console.secrets.put("ref", VARIABLE)
    console.environments.save(replace(place, variables=(Variable("hidden", "ref", secret=True),)))
    token = await console.tokens.add("Main", TOKEN, environment=place.id, hosts=(place.host,), kind="company")
    choice = TokenChoice("stored", "Main")
    drafts = [
        Draft("customer.list"),
        Draft("customer.list", token_location="header"),
        Draft("customer.add", body=Body("json", '{"name": "{{hidden}}"}')),
        Draft("customer.add", body=Body("raw", f"no json: {TOKEN} {{{{hidden}}}}")),
        Draft("customer.list", (Pair("id", TOKEN), Pair("authenticationToken", TOKEN))),
        Draft("customer.list", headers=(Pair("X-Other", "{{hidden}}"), Pair("Authorization", f"Bearer {TOKEN}"))),
        Draft("customer.add", body=Body("form", pairs=(Pair("password", PASSWORD), Pair("a", "{{hidden}}")))),
        Draft("customer.list", (Pair("password", PASSWORD),), path="/no-such-method"),
        Draft("login", (Pair("username", "somebody"), Pair("password", PASSWORD))),
    ]
    for draft in drafts:
        where = console.place(place.id, choice, console.catalogue.method(draft.method))
        sent = await console.send(draft, place.id, choice)
        # What a person typed in clear is theirs to see; everything else is masked.
        shown += [
            repr(replace(sent, draft=drafts[0])),
            repr(sent.request),
            repr(where),
            repr(console.prepare(drafts[0], where)),
        ]
        shown += [sent.request.url, repr(sent.request.headers), sent.request.body.decode("utf-8", "replace")]
        question = console.question(drafts[0], place.id, choice, restored=True)
        shown.append(repr(question))
    for user in ("somebody", "someone else"):
        try:
            await log_in(console, place.id, user, PASSWORD)
        except UserError as error:
            shown += [*error.lines(), repr(error)]
    for report in (
        await doctor.check(console, place.id, stored=token),
        await doctor.check(console, place.id, value=TOKEN, kind="vendor"),
    ):
        shown += [
            repr(report),
            reporting.paragraph(report),
            reporting.page(report),
            json.dumps(reporting.as_dict(report)),
        ]
    rows = batch.read_list(f"Main,{TOKEN}")
    results = [one async for one in batch.check_all(console, place.id, rows)]
    shown += [repr(rows), repr(results), batch.write_list(results)]
    plan = permissions.probe_plan(console, place.id, token)
    plan = replace(plan, methods=plan.methods[:3])
    shown += [repr(plan), *[repr(one) async for one in permissions.probe(console, plan)]]
    shown += [repr(one) for one in permissions.matrix(console, token)]
    shown += [
        repr(console.tokens.all()),
        repr(console.secrets),
        console.secrets.explanation,
        repr(console.environments.all()),
    ]
    shown.append(repr(console.token_trouble(place.id, AUTOMATIC, console.catalogue.method("vendor.list"))))
    assert workspace.history.flush(10)
    await console.aclose()
    workspace.close()
    return shown
