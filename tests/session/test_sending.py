"""Calls against the real sandbox: validated, sent all the same, explained, masked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from komet_console.catalogue import Catalogue
from komet_console.catalogue.explaining import OutcomeKind
from komet_console.errors import UserError
from komet_console.exchange import MASK, Body, Draft, Environment, Pair, Token, WrongHostError, draft_of_sample
from komet_console.session import environments
from komet_console.session.sandbox import LocalSandbox, RunningSandbox
from komet_console.session.sending import Sender, Sent, redacted


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with LocalSandbox(tmp_path_factory.mktemp("world")) as user:
        yield user.ensure()


def send(
    running: RunningSandbox,
    draft: Draft,
    catalogue: Catalogue,
    kind: str = "company",
    environment: Environment | None = None,
) -> Sent:
    async def main() -> Sent:
        async with Sender(catalogue) as sender:
            token = environments.sandbox_token(running, kind)  # type: ignore[arg-type]
            return await sender.send(draft, environment or environments.sandbox(running), token, token_kind=kind)  # type: ignore[arg-type]

    return asyncio.run(main())


def test_a_call_comes_back_explained_and_masked(running: RunningSandbox, catalogue: Catalogue) -> None:
    sent = send(running, Draft("customer.list"), catalogue)
    assert sent.explanation is not None
    assert sent.explanation.outcome is OutcomeKind.SUCCESS
    assert sent.findings == ()
    assert sent.exchange.response is not None
    assert json.loads(sent.exchange.response.read())["customers"]
    token = running.tokens["company"]
    assert token in sent.exchange.request.url
    assert token not in sent.request.url
    assert MASK in sent.request.url or "%E2%80%A2" in sent.request.url
    assert token not in repr(sent)


def test_a_bad_request_is_sent_with_its_findings(running: RunningSandbox, catalogue: Catalogue) -> None:
    draft = Draft("customer.add", body=Body("json", '{"name": '))
    sent = send(running, draft, catalogue)
    assert any(one.code == "body-not-json" for one in sent.findings)
    assert sent.exchange.request.body == b'{"name": '
    assert sent.explanation is not None
    assert sent.explanation.outcome is OutcomeKind.HTTP_FAILURE


def test_a_token_of_a_kind_that_the_method_does_not_take_is_a_finding(
    running: RunningSandbox, catalogue: Catalogue
) -> None:
    sent = send(running, Draft("customer.add", body=Body("json", '{"name": "x"}')), catalogue, "vendor")
    assert "token-kind" in [one.code for one in sent.findings]
    assert sent.explanation is not None
    assert sent.explanation.outcome in (OutcomeKind.REFUSED, OutcomeKind.HTTP_FAILURE)


def test_no_answer_is_a_failure_without_an_explanation(running: RunningSandbox, catalogue: Catalogue) -> None:
    draft = Draft("customer.list", headers=(Pair("X-Komet-Sandbox-Fault", "reset"),))
    sent = send(running, draft, catalogue)
    assert sent.explanation is None
    assert sent.exchange.failure is not None
    assert running.tokens["company"] not in sent.exchange.failure.message + sent.exchange.failure.details


def test_nothing_is_sent_to_a_stranger_or_without_its_file(
    running: RunningSandbox, catalogue: Catalogue, tmp_path: Path
) -> None:
    elsewhere = replace(environments.sandbox(running), base_url=f"http://localhost:{running.port}/api")
    with pytest.raises(WrongHostError):
        send(running, Draft("customer.list"), catalogue, environment=elsewhere)
    rows = (Pair("file", file=str(tmp_path / "gone.pdf")),)
    with pytest.raises(UserError, match=r"gone\.pdf of file cannot be read"):
        send(running, Draft("customer.list", body=Body("multipart", pairs=rows)), catalogue)


def test_the_automatic_kind_is_one_that_the_sandbox_accepts(catalogue: Catalogue) -> None:
    for name in catalogue.summaries:
        method = catalogue.method(name)
        kind = environments.automatic_kind(method)
        assert (kind is None) == (method.tokens == ())
        assert kind is None or method.accepts(kind)


def test_every_sample_succeeds_with_the_automatic_token(catalogue: Catalogue, tmp_path: Path) -> None:
    """Reading methods share a world; each writing one would need a fresh one, which tests/sandbox gives them."""
    today = datetime.now(UTC).date()
    reading = [name for name, row in catalogue.summaries.items() if row.effect == "read"]

    async def main(running: RunningSandbox) -> dict[str, str]:
        failed = {}
        async with Sender(catalogue) as sender:
            for name in reading:
                method = catalogue.method(name)
                kind = environments.automatic_kind(method)
                sent = await sender.send(
                    draft_of_sample(method, catalogue.sample(method, today)),
                    environments.sandbox(running),
                    environments.sandbox_token(running, kind),
                    token_kind=kind,
                )
                if sent.explanation is None or sent.explanation.outcome is not OutcomeKind.SUCCESS:
                    failed[name] = str(sent.explanation and sent.explanation.sentence)
        return failed

    with LocalSandbox(tmp_path / "home") as user:
        assert asyncio.run(main(user.ensure())) == {}
    assert len(reading) > 40


def test_masking_reaches_header_and_body(catalogue: Catalogue) -> None:
    from komet_console.exchange import build

    method = catalogue.method("customer.add")
    draft = Draft("customer.add", headers=(Pair("X-Own", "{{token}}"),), body=Body("json", '{"name": "a {{token}} b"}'))
    token = Token("very-secret-value", "api.kometsales.com")
    request = build(draft, method, token, environments.production())
    assert request.body.count(b"very-secret-value") >= 1
    shown = redacted(request)
    assert "very-secret-value" not in f"{shown.url}{shown.headers}{shown.body!r}{shown.secrets}"


@pytest.mark.parametrize(("name", "expected"), [("SandBox", "sandbox"), (" PRODUCTION ", "production")])
def test_built_in_names_ignore_case(name: str, expected: str) -> None:
    assert environments.built_in(name) == expected


def test_an_unknown_environment_names_the_known_ones() -> None:
    with pytest.raises(UserError, match='no environment "staging"') as caught:
        environments.built_in("staging")
    assert "sandbox or production" in caught.value.hint
