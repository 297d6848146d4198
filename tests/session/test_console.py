"""The console's own door: where calls go, with what, what they leave behind. Against the real sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers import process
from helpers.keyrings import MemoryKeyring
from helpers.rewording import Rewording

from komet_console.catalogue import Catalogue
from komet_console.catalogue.explaining import OutcomeKind
from komet_console.errors import UserError
from komet_console.exchange import Body, Draft, Pair, WrongHostError
from komet_console.session import doctor, permissions
from komet_console.session.adopting import Adopted, adopt
from komet_console.session.console import AUTOMATIC, Console, TokenChoice
from komet_console.session.logging_in import LoginRefusedError, log_in
from komet_console.workspace.environments import Variable
from komet_console.workspace.finding import Filter
from komet_console.workspace.secrets import SecretLostError, Secrets
from komet_console.workspace.workspace import Workspace


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[process.Process]:
    with process.running("--fresh", home=tmp_path_factory.mktemp("console")) as started:
        yield started


@pytest.fixture
def run(tmp_path: Path, sandbox: process.Process) -> Callable[[Callable[[Console], Coroutine[Any, Any, Any]]], Any]:
    """Runs a coroutine function with a console whose environment `here` is a server that is no sandbox of its own."""

    @contextlib.asynccontextmanager
    async def opened() -> AsyncIterator[Console]:
        workspace = Workspace.open(tmp_path / "workspace")
        console = Console(workspace=workspace, secrets=Secrets(MemoryKeyring, tell=workspace.secrets.add))
        console.environments.add("here", sandbox.facts["url"].rstrip("/"), account=str(sandbox.facts["account"]))
        try:
            yield console
        finally:
            await console.aclose()
            workspace.close()

    def main(body: Callable[[Console], Coroutine[Any, Any, Any]]) -> Any:
        async def inside() -> Any:
            async with opened() as console:
                return await body(console)

        return asyncio.run(inside())

    return main


async def keep(console: Console, sandbox: process.Process, kind: str, name: str = "", **values: Any) -> Any:
    place = console.environments.get("here")
    return await console.tokens.add(
        name or kind,
        sandbox.facts["tokens"][kind],
        environment=place.id,
        hosts=(place.host,),
        kind=kind,  # type: ignore[arg-type]
        **values,
    )


def test_automatic_takes_a_stored_token_of_a_kind_that_fits(run: Any, sandbox: process.Process) -> None:
    async def body(console: Console) -> None:
        await keep(console, sandbox, "vendor")
        await keep(console, sandbox, "company")
        # A week: nothing is shipped on some days of it.
        dates = (Pair("shipDateFrom", "{{$today-6d}}"), Pair("shipDateTo", "{{$today}}"))
        grower = await console.send(Draft("grower.report.get", dates), "here", AUTOMATIC)
        customers = await console.send(Draft("location.list"), "HERE", AUTOMATIC)
        assert [one.explanation.outcome for one in (grower, customers) if one.explanation] == [OutcomeKind.SUCCESS] * 2
        vendor, company = console.tokens.get("vendor"), console.tokens.get("company")
        assert vendor.used
        assert company.used
        assert console.tokens.proofs(vendor.id)["grower.report.get"].outcome == "accepted"
        assert console.quota.state(console.environments.get("here")).calls == 2

    run(body)


def test_a_token_that_cannot_call_it_is_said_before_sending_with_one_that_can(
    run: Any, sandbox: process.Process, catalogue: Catalogue
) -> None:
    async def body(console: Console) -> None:
        method = catalogue.method("customer.add")
        trouble = console.token_trouble("here", AUTOMATIC, method)
        assert trouble is not None
        assert trouble.sentence == "There is no token for here yet. Add one, or log in."
        await keep(console, sandbox, "vendor")
        trouble = console.token_trouble("here", AUTOMATIC, method)
        assert trouble is not None
        assert "takes a company token" in trouble.sentence
        await keep(console, sandbox, "company")
        assert console.token_trouble("here", AUTOMATIC, method) is None
        trouble = console.token_trouble("here", TokenChoice("stored", "vendor"), method)
        assert trouble is not None
        assert trouble.sentence == "customer.add takes a company token; vendor is a vendor token."
        assert trouble.offer is not None
        assert trouble.offer.choice == TokenChoice("stored", "company")
        limited = await console.tokens.add(
            "limited", "x" * 20, environment=console.environments.get("here").id, hosts=("h",), methods=("a", "b")
        )
        trouble = console.token_trouble("here", TokenChoice("stored", limited.id), method)
        assert trouble is not None
        assert "limited to 2 methods" in trouble.sentence
        assert console.token_trouble("sandbox", TokenChoice("kind", "vendor"), method) is not None
        assert console.token_trouble("sandbox", AUTOMATIC, method) is None
        assert [one.kind for one in console.fitting("sandbox", method)] == ["company"]
        gone = console.token_trouble("here", TokenChoice("stored", "gone"), method)
        assert gone is not None
        assert 'no token "gone"' in gone.sentence
        assert console.token_trouble("here", TokenChoice("stored", "gone"), catalogue.method("login")) is None
        assert console.place("here", TokenChoice("stored", "gone"), method).token is None
        with pytest.raises(UserError, match='no token "gone"'):
            await console.send(Draft("customer.list"), "here", TokenChoice("stored", "gone"))

    run(body)


@pytest.mark.parametrize("location", [None, "query", "header", "body"])
def test_a_token_of_another_host_is_never_sent(
    run: Any, sandbox: process.Process, location: Any, catalogue: Catalogue
) -> None:
    """Chosen, written as a reference, in every place, resolved from a variable: the server of the other host hears nothing."""
    with Rewording(sandbox.facts["port"]) as stranger:

        async def body(console: Console) -> None:
            token = await keep(console, sandbox, "company")
            console.environments.add("stranger", f"http://127.0.0.1:{stranger.port}/api")
            choice = TokenChoice("stored", token.name)
            drafts = [
                Draft("customer.list", token_location=location),
                Draft("customer.add", body=Body("json", '{"name": "{{token}}"}'), token_location=location),
                Draft("customer.list", (Pair("id", "{{mine}}"),), token_location=location),
            ]
            for draft in drafts:
                with pytest.raises(WrongHostError):
                    await console.send(draft, "stranger", choice, variables=({"mine": "{{token}}"},))
                place = console.place("stranger", choice, catalogue.method(draft.method), ({"mine": "{{token}}"},))
                with pytest.raises(WrongHostError):
                    console.prepare(draft, place)
            trouble = console.token_trouble("stranger", choice, catalogue.method("customer.list"))
            assert trouble is not None
            assert "it is not sent to stranger" in trouble.sentence
            with pytest.raises(UserError):
                await doctor.check(console, "stranger", stored=token)
            assert console.quota.state(console.environments.get("stranger")).calls == 0

        run(body)
    assert stranger.requests == []


def test_a_moved_environment_does_not_take_its_tokens_along(run: Any, sandbox: process.Process) -> None:
    async def body(console: Console) -> None:
        await keep(console, sandbox, "company")
        place = console.environments.get("here")
        console.environments.save(replace(place, base_url="https://moved.example/api"))
        with pytest.raises(WrongHostError):
            await console.send(Draft("customer.list"), "here", AUTOMATIC)

    run(body)


def test_variables_are_resolved_where_the_call_goes(run: Any, sandbox: process.Process) -> None:
    async def body(console: Console) -> None:
        await keep(console, sandbox, "company")
        place = console.environments.get("here")
        await console.secrets.put("ref", "planted-variable-9876")
        console.environments.save(
            replace(place, variables=(Variable("name", "Rosa"), Variable("hidden", "ref", secret=True)))
        )
        text = '{"name": "{{name}} {{own}} {{hidden}}", "code": "{{$uuid}}"}'
        draft = Draft("customer.add", body=Body("json", text))
        sent = await console.send(draft, "here", AUTOMATIC, variables=({"own": 'a "b"'},))
        assert sent.draft is draft
        body_sent = json.loads(sent.exchange.request.body)
        assert body_sent["name"] == 'Rosa a "b" planted-variable-9876'
        assert b"planted" not in sent.request.body
        typed = Draft("customer.add", body=Body("json", '{"name": "planted-variable-9876"}'))
        await console.send(typed, "here", AUTOMATIC)
        assert console.workspace is not None
        assert console.workspace.history.flush(10)
        newest = console.workspace.history.search(Filter()).entries[0].id
        assert console.workspace.history.draft(newest).body.text == '{"name": "{{hidden}}"}'
        method = console.catalogue.method("customer.add")
        open_place = console.place("here", AUTOMATIC, method)
        assert [one.name for one in console.unresolved(draft, open_place)] == ["own"]
        assert "planted" not in repr(open_place)
        question = console.question(draft, "here", AUTOMATIC)
        assert question is not None
        await console.secrets.remove("ref")
        with pytest.raises(SecretLostError, match="hidden"):
            await console.send(draft, "here", AUTOMATIC)

    run(body)


def test_read_only_is_refused_by_sending_itself(run: Any, sandbox: process.Process) -> None:
    async def body(console: Console) -> None:
        await keep(console, sandbox, "company")
        console.environments.save(replace(console.environments.get("here"), level="read-only"))
        with pytest.raises(UserError, match="read-only"):
            await console.send(Draft("customer.add", body=Body("json", '{"name": "x"}')), "here", AUTOMATIC)
        assert (await console.send(Draft("customer.list"), "here", AUTOMATIC)).explanation is not None
        assert console.quota.state(console.environments.get("here")).calls == 1

    run(body)


def test_what_a_call_leaves_behind(run: Any, sandbox: process.Process) -> None:
    heard: list[str] = []

    async def body(console: Console) -> None:
        assert console.workspace is not None
        await keep(console, sandbox, "company", "Main")
        console.call_listeners.append(heard.append)
        sent = await console.send(Draft("customer.list"), "here", AUTOMATIC)
        assert sent.exchange.response is not None
        first = json.loads(sent.exchange.response.read())["customers"][0]
        draft = Draft("customer.update", body=Body("json", json.dumps({"customerId": first["id"], "name": "x"})))
        question = console.question(draft, "here", AUTOMATIC)
        assert question is not None
        assert question.title == f"Update customer {first['name']}"  # type: ignore[union-attr]
        assert console.workspace.history.flush(10)
        entry = console.workspace.history.search(Filter()).entries[0]
        assert (entry.method, entry.environment, entry.token, entry.outcome) == (
            "customer.list",
            "here",
            "Main",
            "success",
        )
        assert heard == [console.environments.get("here").id]
        refused = await console.send(Draft("grower.report.get"), "here", TokenChoice("stored", "Main"))
        assert refused.exchange.response is not None
        assert console.tokens.proofs(console.tokens.get("Main").id)["grower.report.get"].outcome == "refused"
        trouble = console.token_trouble(
            "here", TokenChoice("stored", "Main"), console.catalogue.method("grower.report.get")
        )
        assert trouble is not None

    run(body)


def test_a_429_corrects_the_count(run: Any, sandbox: process.Process) -> None:
    async def body(console: Console) -> None:
        await keep(console, sandbox, "company")
        place = console.environments.get("here")
        sandbox.control("PATCH", f"companies/{sandbox.facts['account']}", {"paidUsers": 1})
        sandbox.control("PUT", "quota", {"perUser": 5, "reset": True})
        try:
            for _ in range(5):
                await console.send(Draft("boxtype.list"), place.id, AUTOMATIC)
            assert not console.quota.state(place).used_up
            await console.send(Draft("boxtype.list"), place.id, AUTOMATIC)
            state = console.quota.state(place)
            assert (state.calls, state.used_up, state.told) == (6, True, True)
            sandbox.control("PUT", "quota", {"perUser": 0, "reset": True})
            await console.send(Draft("boxtype.list"), place.id, AUTOMATIC)
            assert not console.quota.state(place).used_up
        finally:
            sandbox.control("PUT", "quota", {"perUser": 0, "reset": True})

    run(body)


def test_the_matrix_says_what_is_documented_proven_refused_and_of_another_kind(
    run: Any, sandbox: process.Process
) -> None:
    async def body(console: Console) -> None:
        token = await keep(console, sandbox, "vendor")
        rows = {row.method: row for row in permissions.matrix(console, token)}
        assert len(rows) == 132
        assert (rows["customer.list"].state, rows["customer.add"].state, rows["login"].state) == (
            "documented",
            "other-kind",
            "documented",
        )
        await console.send(Draft("customer.list"), "here", AUTOMATIC)
        await console.send(Draft("vendor.list"), "here", TokenChoice("stored", "vendor"))
        rows = {row.method: row for row in permissions.matrix(console, token)}
        assert (rows["customer.list"].state, rows["vendor.list"].state) == ("proven", "refused")
        assert rows["customer.list"].at
        unknown = await keep(console, sandbox, "customer", "someone")
        console.tokens.change(replace(unknown, kind="unknown"))
        rows = {row.method: row for row in permissions.matrix(console, console.tokens.get("someone"))}
        assert rows["customer.list"].state == "unknown"
        assert {row.method for row in permissions.usable(rows.values())} == {"login"}

    run(body)


def test_probing_reads_only_tells_its_price_and_stops(run: Any, sandbox: process.Process) -> None:
    async def body(console: Console) -> None:
        token = await keep(console, sandbox, "vendor")
        plan = permissions.probe_plan(console, "here", token)
        assert "read methods only" in plan.text
        assert f"This makes {len(plan.methods)} calls" in plan.text
        assert all(console.catalogue.method(name).effect == "read" for name in plan.methods)
        before = len(sandbox.control("GET", "journal")[2]["calls"])
        steps = [one async for one in permissions.probe(console, plan)]
        assert [one.number for one in steps] == list(range(1, len(plan.methods) + 1))
        assert {one.outcome for one in steps} == {"accepted"}
        made = sandbox.control("GET", "journal")[2]["calls"]
        assert len(made) - before == len(steps)
        assert permissions.probe_plan(console, "here", token).methods == ()
        stop = asyncio.Event()
        other = await keep(console, sandbox, "company")
        seen = []
        async for one in permissions.probe(console, permissions.probe_plan(console, "here", other), cancel=stop):
            seen.append(one)
            if len(seen) == 2:
                stop.set()
        assert len(seen) == 2

    run(body)


def test_probing_leaves_the_reserve_alone(run: Any, sandbox: process.Process) -> None:
    async def body(console: Console) -> None:
        token = await keep(console, sandbox, "vendor")
        place = console.environments.save(replace(console.environments.get("here"), paid_users=1, reserve=998))
        steps = [one async for one in permissions.probe(console, permissions.probe_plan(console, place.id, token))]
        assert [one.outcome for one in steps] == ["accepted", "accepted", "limited"]
        assert console.quota.state(place).calls == 2

    run(body)


def test_no_probe_ever_writes(catalogue: Catalogue) -> None:
    for name, row in catalogue.summaries.items():
        if row.effect != "read":
            assert permissions.probe_draft(catalogue, catalogue.method(name)) is None


def test_logging_in(run: Any, sandbox: process.Process) -> None:
    async def body(console: Console) -> None:
        assert console.workspace is not None
        login = sandbox.facts["login"]
        made = await log_in(console, "here", login["username"], login["password"])
        assert made.token == sandbox.facts["tokens"]["user"]
        assert made.token not in repr(made)
        with pytest.raises(LoginRefusedError) as refused:
            await log_in(console, "here", "nobody", "planted-password-77")
        assert "planted" not in refused.value.message + refused.value.hint
        with pytest.raises(UserError):
            await log_in(console, "here", "", "")
        assert console.workspace.history.flush(10)
        for number in range(1, 3):
            kept = console.workspace.history.open(number)
            assert "planted-password" not in repr(kept.draft) + kept.exchange.request.url
            assert "{{password}}" in repr(kept.draft)

    run(body)


def test_in_the_sandbox_a_stored_token_follows_it_to_its_port(komet_home: Path, catalogue: Catalogue) -> None:
    async def main() -> None:
        console = Console(secrets=Secrets(MemoryKeyring))
        async with await console.control() as control:
            made = await control.generate("Only boxes", methods=["boxtype.list"])
            token = await console.tokens.add(
                "boxes", made.value, environment="sandbox", hosts=(), kind="company", methods=made.methods
            )
            sent = await console.send(Draft("boxtype.list"), "sandbox", TokenChoice("stored", "boxes"))
            assert sent.explanation is not None
            assert sent.explanation.outcome is OutcomeKind.SUCCESS
            assert console.token_trouble("sandbox", TokenChoice("stored", "boxes"), catalogue.method("carrier.list"))
            edited = await control.edit(made.value, methods="all", transactional=False)
            assert (edited.methods, edited.transactional) == (None, False)
            assert (await control.revoke(made.value)).revoked
            assert "Only boxes" in [one.description for one in await control.tokens() if one.revoked]
            assert made.value not in repr(await control.tokens())
            limit, calls = await control.limit()
            assert limit is None or limit >= calls > 0
            sent = await console.send(Draft("boxtype.list"), "sandbox", TokenChoice("stored", "boxes"))
            assert console.tokens.proofs(token.id)["boxtype.list"].outcome == "refused"
        await console.send(Draft("boxtype.list"), "sandbox", AUTOMATIC)
        assert console.tokens.proofs("sandbox:company")["boxtype.list"].outcome == "accepted"
        console.environments.add("stranger", "https://stranger.example/api")
        with pytest.raises(WrongHostError, match="belongs to the sandbox"):
            await console.send(Draft("boxtype.list"), "stranger", TokenChoice("stored", "boxes"))
        await console.aclose()

    asyncio.run(main())


def test_a_secret_in_clear_is_moved_and_it_says_so(run: Any, sandbox: process.Process) -> None:
    async def body(console: Console) -> None:
        token = sandbox.facts["tokens"]["company"]
        draft = Draft("customer.list", (Pair("authenticationToken", token), Pair("password", "planted-pass-1")))
        first = await adopt(console, draft, "here")
        assert first.choice == TokenChoice("stored", "Pasted token")
        assert first.said == (
            "The token in the request was moved to the token store as Pasted token.",
            "The secret of URL parameter password was moved to the secret variable password of here.",
        )
        assert first.draft.query == (Pair("authenticationToken", "{{token}}"), Pair("password", "{{password}}"))
        sent = await console.send(first.draft, "here", first.choice)
        assert token in sent.exchange.request.url
        assert "planted-pass-1" in sent.exchange.request.url
        assert token not in sent.request.url
        assert "planted-pass-1" not in sent.request.url
        again = await adopt(console, draft, "here")
        assert again.choice == first.choice
        assert len(console.tokens.all()) == 1
        assert len(console.environments.get("here").variables) == 1
        assert (await adopt(console, first.draft, "here")) == Adopted(first.draft)

    run(body)


def test_secret_variables_are_kept_as_references_and_go_with_their_environment(run: Any) -> None:
    async def body(console: Console) -> None:
        await console.keep_variable("here", "key", "planted-key-1", secret=True)
        place = await console.keep_variable("here", "key", "planted-key-2", secret=True)
        (variable,) = place.variables
        assert "planted" not in repr(place)
        assert await console.secrets.get(variable.value) == "planted-key-2"
        place = await console.keep_variable("here", "plain", "1", secret=False)
        assert [one.name for one in place.variables] == ["key", "plain"]
        await console.remove_environment("here")
        with pytest.raises(SecretLostError):
            await console.secrets.get(variable.value)
        with pytest.raises(UserError):
            await console.remove_environment("production")

    run(body)


def one_request(connection: socket.socket) -> bytes:
    """A whole request; empty where the other side hung up."""
    data = b""
    while b"\r\n\r\n" not in data or (b"POST" in data and not data.endswith(b"}")):
        part = connection.recv(65536)
        if not part:
            return b""
        data += part
    return data


@pytest.mark.parametrize("name", ["customer.list", "customer.add"])
def test_nothing_is_ever_sent_twice(run: Any, name: str) -> None:
    """A server that hangs up after each request: on a new connection and on one that was kept."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        for answer in (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", b""):
                            heard.append(one_request(connection))
                            if not answer:
                                # Reset, not closed: the answer is lost on the way.
                                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                            connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()

        async def body(console: Console) -> None:
            console.environments.add("hangs up", f"http://127.0.0.1:{listener.getsockname()[1]}/api")
            body = Body("json", '{"name": "x"}') if name == "customer.add" else Body()
            draft = Draft(name, body=body, token_location="none")
            for number in range(1, 5):
                sent = await console.send(draft, "hangs up", AUTOMATIC)
                assert (sent.exchange.failure is None) == (number % 2 == 1)
            assert console.quota.state(console.environments.get("hangs up")).calls == 4

        run(body)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
    assert len([one for one in heard if one]) == 4
