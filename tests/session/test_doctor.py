"""The token doctor against a real sandbox: the same verdicts by status codes, by bodies alone, and in other words."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers import process
from helpers.rewording import Rewording

from komet_console.catalogue import Catalogue, TokenKind
from komet_console.catalogue.model import TOKEN_KINDS
from komet_console.exchange import Connection, Token
from komet_console.session import batch, doctor, reporting
from komet_console.session.console import Console
from komet_console.session.doctor import FIRST_READ, SEARCH, Report, Verdict, check, plan
from komet_console.workspace.secrets import Secrets

MISTYPED = "sbx_company_0123456789abcdef01234567"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[process.Process]:
    with process.running("--fresh", home=tmp_path_factory.mktemp("doctor")) as started:
        yield started


@pytest.fixture(scope="module")
def rewording(sandbox: process.Process) -> Iterator[Rewording]:
    with Rewording(sandbox.facts["port"]) as proxy:
        yield proxy


@pytest.fixture(params=["codes", "body", "reworded body"])
def api(request: pytest.FixtureRequest, sandbox: process.Process, rewording: Rewording) -> Iterator[str]:
    """Base URL of the API in each of its ways to refuse."""
    failures = "body" if "body" in request.param else "codes"
    assert sandbox.control("PATCH", "behaviour", {"failures": failures})[0] == 200
    port = rewording.port if "reworded" in request.param else sandbox.facts["port"]
    yield f"http://127.0.0.1:{port}/api"
    sandbox.control("PATCH", "behaviour", {"failures": "codes"})
    sandbox.control("PUT", "quota", {"perUser": 0, "reset": True})


def made(sandbox: process.Process, **values: Any) -> str:
    status, _, answer = sandbox.control("POST", "tokens", {"description": "for a test", **values})
    assert status == 200, answer
    return str(answer["token"])


_EXAMINER: list[tuple[asyncio.Runner, Console]] = []


@pytest.fixture(scope="module", autouse=True)
def _one_console() -> Iterator[None]:
    """One console for all checks: each of its own would spend most of the time on starting."""
    with asyncio.Runner() as runner:
        console = Console(secrets=Secrets(lambda: None))
        _EXAMINER.append((runner, console))
        yield
        _EXAMINER.clear()
        runner.run(console.aclose())


def examine(url: str, value: str, kind: TokenKind | None = None, account: str = "", **connection: Any) -> Report:
    runner, console = _EXAMINER[0]
    name = f"{url} {account} {connection}"
    place = console.environments.find(name)
    if place is None:
        place = console.environments.add(name, url, account=account, connection=Connection(**connection))
    return runner.run(check(console, place.id, value=value, kind=kind))


def test_the_reads_are_what_the_doctor_takes_them_for(catalogue: Catalogue) -> None:
    for name in {*FIRST_READ.values(), *SEARCH, "carriers.by.customer.ship.date.list"}:
        assert catalogue.method(name).effect == "read"
    for kind, name in FIRST_READ.items():
        assert catalogue.method(name).accepts(kind)
        assert kind == "customer" or catalogue.method(name).tokens == (kind,)
    assert {kind for name in SEARCH for kind in catalogue.method(name).tokens or ()} == set(TOKEN_KINDS)


@pytest.mark.parametrize("kind", TOKEN_KINDS)
def test_a_token_of_a_stated_kind_costs_one_read(api: str, sandbox: process.Process, kind: TokenKind) -> None:
    report = examine(api, sandbox.facts["tokens"][kind], kind, str(sandbox.facts["account"]))
    assert (report.verdict, report.works, len(report.steps)) == (Verdict.VALID, True, 1)
    assert report.kind == (None if kind == "customer" else kind)
    assert report.quota.calls >= 1


@pytest.mark.parametrize("kind", TOKEN_KINDS)
def test_a_token_of_an_unknown_kind_costs_three_at_most(api: str, sandbox: process.Process, kind: TokenKind) -> None:
    report = examine(api, sandbox.facts["tokens"][kind], None, str(sandbox.facts["account"]))
    assert report.verdict is Verdict.VALID
    assert len(report.steps) <= 3
    if kind in ("company", "user"):
        assert report.kind == kind
    else:
        assert report.kind in (kind, None)
        assert kind in " ".join(one.value for one in report.found)


@pytest.mark.parametrize("kind", [None, "company", "vendor", "customer"])
def test_an_unknown_token(api: str, sandbox: process.Process, kind: TokenKind | None) -> None:
    report = examine(api, MISTYPED, kind, str(sandbox.facts["account"]))
    assert (report.verdict, report.works) == (Verdict.UNKNOWN, False)
    assert len(report.steps) <= (3 if kind is None else 4)
    assert [one.value for one in report.found if one.name != "Quota"] == ["not proven"] * 3


def test_a_revoked_token(api: str, sandbox: process.Process) -> None:
    value = made(sandbox)
    assert examine(api, value, "company").verdict is Verdict.VALID
    assert sandbox.control("DELETE", f"tokens/{value}")[0] == 200
    assert examine(api, value, "company", str(sandbox.facts["account"])).verdict is Verdict.UNKNOWN


def test_a_token_that_may_not_call_the_read(api: str, sandbox: process.Process) -> None:
    value = made(sandbox, methods=["boxtype.list", "customer.add"])
    report = examine(api, value, "company")
    assert report.verdict is Verdict.NOT_FOR_METHOD
    assert report.works
    assert FIRST_READ["company"] in report.sentence


def test_a_token_of_another_kind(api: str, sandbox: process.Process) -> None:
    vendor = examine(api, sandbox.facts["tokens"]["vendor"], "company")
    assert (vendor.verdict, vendor.kind) == (Verdict.OTHER_KIND, "vendor")
    user = examine(api, sandbox.facts["tokens"]["user"], "company", str(sandbox.facts["account"]))
    assert (user.verdict, user.kind) == (Verdict.OTHER_KIND, "user")
    company = examine(api, sandbox.facts["tokens"]["company"], "vendor")
    assert (company.verdict, company.kind) == (Verdict.OTHER_KIND, "company")


def test_a_used_up_quota_of_five(api: str, sandbox: process.Process) -> None:
    limit = sandbox.control("GET", "quota")[2]["companies"][0]
    sandbox.control("PATCH", f"companies/{limit['id']}", {"paidUsers": 1})
    sandbox.control("PUT", "quota", {"perUser": 5, "reset": True})
    company = sandbox.facts["tokens"]["company"]
    for _ in range(5):
        assert examine(api, company, "company").verdict is Verdict.VALID
    report = examine(api, company, "company")
    assert (report.verdict, report.works, len(report.steps)) == (Verdict.QUOTA, None, 1)
    assert report.quota.used_up
    assert report.quota.told
    assert "UTC" in report.advice


def test_an_address_that_is_not_allowed(sandbox: process.Process, rewording: Rewording) -> None:
    company = sandbox.control("GET", "quota")[2]["companies"][0]["id"]
    sandbox.control("PUT", "ip-restrictions", {"company": company, "networks": ["10.9.8.0/24"]})
    try:
        for port in (sandbox.facts["port"], rewording.port):
            report = examine(f"http://127.0.0.1:{port}/api", sandbox.facts["tokens"]["company"], "company")
            assert (report.verdict, report.works, len(report.steps)) == (Verdict.ADDRESS, None, 1)
        # Without status codes nothing proves why every read is refused, and the report says so.
        sandbox.control("PATCH", "behaviour", {"failures": "body"})
        report = examine(f"http://127.0.0.1:{sandbox.facts['port']}/api", sandbox.facts["tokens"]["company"], None, "1")
        assert report.verdict is Verdict.UNKNOWN
        assert "a refused address looks the same" in report.sentence
    finally:
        sandbox.control("PATCH", "behaviour", {"failures": "codes"})
        sandbox.control("PUT", "ip-restrictions", {"company": company, "networks": []})


def test_network_trouble_and_trouble_of_the_api(sandbox: process.Process) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
    report = examine(f"http://127.0.0.1:{port}/api", MISTYPED)
    assert (report.verdict, report.works, len(report.steps)) == (Verdict.NETWORK, None, 1)
    assert report.quota.calls == 0
    for status, verdict in ((503, Verdict.API_TROUBLE), (408, Verdict.API_TROUBLE), (404, Verdict.UNCLEAR)):
        with Rewording(
            sandbox.facts["port"], lambda _status, _body, status=status: (status, b"<h1>Nope</h1>")
        ) as proxy:
            report = examine(f"http://127.0.0.1:{proxy.port}/api", MISTYPED)
        assert (report.verdict, len(report.steps)) == (verdict, 1)
        assert "Nope" in report.sentence


def test_tls_with_an_unknown_authority(tmp_path: Path) -> None:
    with process.running("--fresh", "--tls", home=tmp_path) as secure:
        url = f"https://127.0.0.1:{secure.facts['port']}/api"
        report = examine(url, secure.facts["tokens"]["company"], "company")
        assert report.verdict is Verdict.NETWORK
        assert "certificate" in report.sentence
        report = examine(url, secure.facts["tokens"]["company"], "company", ca_file=secure.facts["ca"])
        assert report.verdict is Verdict.VALID


def test_what_is_no_token_costs_no_call(sandbox: process.Process) -> None:
    for value in ("", "two words"):
        report = examine(sandbox.facts["url"].rstrip("/"), value)
        assert (report.verdict, report.steps) == (Verdict.UNKNOWN, ())
        assert report.shape


def test_a_user_token_without_the_account_number_is_not_called_unknown(sandbox: process.Process) -> None:
    url = sandbox.facts["url"].rstrip("/")
    report = examine(url, sandbox.facts["tokens"]["user"])
    assert report.verdict is Verdict.UNCLEAR
    assert "account number" in report.advice


def test_the_plan_is_told_with_its_price() -> None:
    console = Console(secrets=Secrets(lambda: None))
    console.environments.save(doctor_place(console))
    known, unknown = plan(console, "production", "company"), plan(console, "production", None)
    assert (len(known.first), known.most, len(unknown.first), unknown.most) == (1, 4, 3, 3)
    assert "This makes 1 call;" in known.text
    assert "This makes 3 calls; by this computer's count 2,000 of 2,000 are left today." in unknown.text


def doctor_place(console: Console) -> Any:
    from dataclasses import replace

    return replace(console.environments.get("production"), account="1204", paid_users=2)


def test_a_check_can_be_stopped(sandbox: process.Process) -> None:
    async def main() -> Report:
        console = Console(secrets=Secrets(lambda: None))
        place = console.environments.add("Elsewhere", sandbox.facts["url"], account="1")
        stop = asyncio.Event()
        report = await check(console, place.id, value=MISTYPED, tell=lambda _step: stop.set(), cancel=stop)
        await console.aclose()
        return report

    report = asyncio.run(main())
    assert (report.verdict, len(report.steps)) == (Verdict.STOPPED, 1)


def test_the_report_as_paragraph_page_and_json_holds_no_secret(sandbox: process.Process) -> None:
    url = sandbox.facts["url"].rstrip("/")
    token = sandbox.facts["tokens"]["company"]
    report = examine(url, token, "company")
    texts = [reporting.paragraph(report), reporting.page(report), json.dumps(reporting.as_dict(report)), repr(report)]
    for text in texts:
        assert token not in text
    assert all(f"{token[:4]}…{token[-4:]}" in text for text in texts[:2])
    assert "The token works" in texts[0]
    assert "not proven" in texts[0]
    assert texts[1].count("<html") == 1
    assert "http://" not in texts[1].replace(url, "")
    assert [one.name for one in doctor.elsewhere(_EXAMINER[0][1], report)][:2] == ["Sandbox", "Production"]
    evil = reporting.page(examine(url, "<script>" + token))
    assert "<script>" not in evil


def test_a_list_of_tokens(sandbox: process.Process) -> None:
    token = sandbox.facts["tokens"]["company"]
    rows = batch.read_list(f'name;token\nMiami;"Bearer {token}"\n=evil();{MISTYPED}\n\n')
    assert [(row.name, row.value) for row in rows] == [("Miami", token), ("=evil()", MISTYPED)]

    async def main() -> list[batch.Checked]:
        console = Console(secrets=Secrets(lambda: None))
        place = console.environments.add("Elsewhere", sandbox.facts["url"], account="1204")
        assert "At most" in plan(console, place.id, None).text
        found = [one async for one in batch.check_all(console, place.id, rows)]
        await console.aclose()
        return found

    results = asyncio.run(main())
    assert [one.report.verdict if one.report else None for one in results] == [Verdict.VALID, Verdict.UNKNOWN]
    written = batch.write_list(results)
    assert token not in written
    assert MISTYPED not in written
    assert "\n'=evil()," in written
    assert written.splitlines()[1].startswith("Miami,sbx_…")


@pytest.mark.parametrize("text", ["", "name,token\n", "\n\n"])
def test_a_list_without_tokens_is_refused(text: str) -> None:
    with pytest.raises(batch.UserError):
        batch.read_list(text)


def test_the_doctor_knows_nothing_of_the_sandbox() -> None:
    source = Path(doctor.__file__).read_text() + Path(reporting.__file__).read_text()
    assert "control(" not in source
    assert "Security Token" not in source
    assert "sbx_" not in source
    assert Token("x" * 20, "h").value not in repr(Token("x" * 20, "h"))
