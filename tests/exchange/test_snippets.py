"""The code runs and gives the same answer; the token is in it only when asked for."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from exchange_servers import Server, answering, ok
from helpers.process import Process, running

from komet_console.catalogue import Catalogue
from komet_console.exchange import (
    Connection,
    Environment,
    PreparedRequest,
    Token,
    build,
    draft_of_sample,
    open_transport,
)
from komet_console.exchange.snippets import LANGUAGES, snippet

NASTY = "é 'single' \"double\" $HOME `id` \\ % {{x}} [1-3] ‘typo’ \n\ttab"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running("--fresh", home=tmp_path_factory.mktemp("home")) as process:
        yield process


def prepared(url: str, body: bytes | None = None) -> PreparedRequest:
    headers = (("Host", url.split("/")[2]), ("Content-Type", "application/json"), ("X-Note", 'it\'s "so" $1'))
    text = json.dumps({"note": NASTY, "authenticationToken": "secret-1"}, ensure_ascii=False).encode()
    query = "?q=a%20b%5B1-3%5D%7Bx%7D&authenticationToken=secret-1"
    return PreparedRequest(
        "POST", f"{url}/x{query}", headers, text if body is None else body, frozenset({"host"}), ("secret-1",)
    )


@pytest.mark.parametrize("name", ["customer.list", "credit.details.list", "invoice.pdf.get", "v2/product/colors"])
def test_curl_gives_the_same_answer(sandbox: Process, catalogue: Catalogue, name: str) -> None:
    environment = Environment("sandbox", sandbox.facts["url"], account="1043")
    token = Token(sandbox.facts["tokens"]["company"], "127.0.0.1")
    method = catalogue.method(name)
    draft = draft_of_sample(method, catalogue.sample(method, date.today()))  # noqa: DTZ011
    request = build(draft, method, token, environment)

    async def run() -> bytes:
        async with open_transport() as transport:
            outcome = await transport.send(request, environment)
            assert outcome.response is not None
            assert outcome.response.status == 200
            return outcome.response.read()

    code = snippet(request, "curl", reveal=True)
    answer = subprocess.run(["bash", "-c", code.replace("curl ", "curl -sS ", 1)], capture_output=True, check=True)
    assert answer.stdout == asyncio.run(run())


SCRIPTS = {"javascript": ("node", "mjs"), "php": ("php", "php"), "powershell": ("pwsh", "ps1")}


def commands(language: str, folder: Path, code: str) -> list[str] | None:
    if language == "curl":
        return ["bash", "-c", code.replace("curl ", "curl -sS ", 1)]
    if language.startswith("python"):
        return [sys.executable, "-c", code]
    program, suffix = SCRIPTS.get(language, ("", ""))
    if not shutil.which(program or "none-such"):
        return None
    (folder / f"call.{suffix}").write_text(code, encoding="utf-8")
    return [program, str(folder / f"call.{suffix}")]


@pytest.mark.parametrize("body", [None, b"\x00\xffbinary"], ids=["text", "binary"])
@pytest.mark.parametrize("language", [one.id for one in LANGUAGES])
def test_every_snippet_sends_the_same_request(language: str, body: bytes | None, tmp_path: Path) -> None:
    with Server(answering(ok(b'{"fine": true}', "Connection: close"))) as server:
        request = prepared(server.url, body)
        command = commands(language, tmp_path, snippet(request, language, reveal=True))
        if command is None:
            pytest.skip(f"{language} is not installed here")
        done = subprocess.run(command, capture_output=True, check=False, timeout=30)
        assert done.returncode == 0, done.stderr
        head, _, sent = server.requests[0].partition(b"\r\n\r\n")
    assert b'{"fine": true}' in done.stdout
    assert sent == request.body
    lines = head.decode().split("\r\n")
    assert lines[0] == f"POST {request.url.split(server.host)[1]} HTTP/1.1"
    sent_headers = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in lines[1:]}
    assert sent_headers["content-type"] == "application/json"
    assert sent_headers["x-note"] == 'it\'s "so" $1'


@pytest.mark.parametrize("language", [one.id for one in LANGUAGES])
def test_the_token_is_masked_unless_asked_for(language: str) -> None:
    request = prepared("https://api.kometsales.com/api")
    assert "secret-1" not in snippet(request, language)
    assert snippet(request, language).count("YOUR-TOKEN") == 2
    assert "secret-1" in snippet(request, language, reveal=True)


def test_curl_names_proxy_and_certificates() -> None:
    connection = Connection(proxy="http://me:hidden@proxy:1", ca_file="/a b/ca.pem", client_certificate="me.pem")
    code = snippet(prepared("https://api.kometsales.com/api"), "curl", connection=connection)
    assert "--cacert '/a b/ca.pem'" in code
    assert "--cert me.pem" in code
    assert "hidden" not in code
