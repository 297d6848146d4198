"""`komet-console call` as a process, against the sandbox it starts by itself."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from komet_console.catalogue import Catalogue
from komet_console.cli.status import ExitStatus
from komet_console.session.sandbox import LocalSandbox, RunningSandbox

PROGRAM = [sys.executable, "-m", "komet_console", "call"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[RunningSandbox]:
    with LocalSandbox(home) as user:
        yield user.ensure()


@pytest.fixture
def call(home: Path, running: RunningSandbox) -> Any:
    def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, "KOMET_CONSOLE_HOME": str(home), **environment}
        return subprocess.run(
            [*PROGRAM, *arguments], input=stdin, env=variables, capture_output=True, text=True, check=False
        )

    return run


def test_it_starts_the_sandbox_by_itself(komet_home: Path) -> None:
    done = subprocess.run([*PROGRAM, "customer.list"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (ExitStatus.SUCCESS, "")
    assert json.loads(done.stdout)["customers"]


def test_a_pipe_gets_the_bytes_of_the_answer(call: Any) -> None:
    done = call("customer.list")
    assert done.stderr == ""
    assert done.stdout.startswith('{"status":1')
    assert not done.stdout.endswith("\n")


def test_pretty_keeps_the_answer_apart_from_what_it_means(call: Any) -> None:
    done = call("customer.list", "--output", "pretty")
    assert json.loads(done.stdout)["status"] == 1
    assert done.stdout.startswith('{\n  "status": 1,\n')
    assert done.stderr.startswith("200 OK  success · ")


def test_headers_only(call: Any) -> None:
    done = call("customer.list", "--output", "headers")
    assert done.stdout.startswith("HTTP/1.1 200 OK\n")
    assert "x-komet-sandbox: " in done.stdout.lower()


def test_values_go_where_the_method_takes_them(call: Any) -> None:
    """customer.add takes a JSON body, customer.list URL parameters; what one writes the other reads."""
    done = call("customer.add", "name=Called Roses", "code=00123", "--allow-writes")
    made = json.loads(done.stdout)
    assert (done.returncode, made["status"]) == (0, 1)
    found = json.loads(call("customer.list").stdout)["customers"]
    assert [(one["name"], one["code"]) for one in found if one["id"] == made["customerId"]] == [
        ("Called Roses", "00123")
    ]


def test_a_body_from_file_or_standard_input(call: Any, tmp_path: Path, running: RunningSandbox) -> None:
    source = tmp_path / "body.json"
    source.write_text('{\n  // a comment of one\'s own\n  "name": "From a file"\n}', encoding="utf-8")
    assert json.loads(call("customer.add", "--json", str(source)).stdout)["status"] == 1
    assert json.loads(call("customer.add", "--json", "-", stdin='{"name": "From a pipe"}').stdout)["status"] == 1
    signed_in = call("login", "--json", "-", stdin=json.dumps(dict(running.login)))
    assert signed_in.returncode == 0, signed_in.stderr


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs the device that is always full")
def test_an_answer_that_cannot_be_written_says_that_the_call_was_made(
    home: Path,
    running: RunningSandbox,
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, "customer.list"],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "KOMET_CONSOLE_HOME": str(home)},
            text=True,
            check=False,
        )
    assert done.returncode == ExitStatus.USAGE
    assert "customer.list was called" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_shown_holds_no_secret_what_is_piped_is_whole(call: Any, running: RunningSandbox) -> None:
    body = json.dumps(dict(running.login))
    token = json.loads(call("login", "--json", "-", stdin=body).stdout)["apiKey"]
    shown = call("login", "--json", "-", "--output", "pretty", stdin=body)
    assert '"apiKey": "•••"' in shown.stdout
    assert token not in shown.stdout + shown.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["customer.list"], ExitStatus.SUCCESS, ""),
        (["invoice.list", "orderDateFrom=2001-01-01", "orderDateTo=2001-01-02"], ExitStatus.SUCCESS, "nothing-found"),
        (["customer.add"], ExitStatus.HTTP_FAILURE, "(/body/name)"),
        (["customer.list", "--header", "X-Komet-Sandbox-Fault=status=503"], ExitStatus.HTTP_FAILURE, "503"),
        (["customer.list", "--header", "X-Komet-Sandbox-Fault=invalid-json"], ExitStatus.HTTP_FAILURE, "200"),
        (["customer.list", "--header", "X-Komet-Sandbox-Fault=reset"], ExitStatus.NETWORK_FAILURE, "connection"),
        (
            ["customer.list", "--header", "X-Komet-Sandbox-Fault=silence", "--timeout", "0.5"],
            ExitStatus.NETWORK_FAILURE,
            "0.5 s",
        ),
        (["customer.lst"], ExitStatus.USAGE, "Did you mean customer.list"),
        (["customer.list", "limit"], ExitStatus.USAGE, '"limit" is not name=value'),
        (["customer.list", "--environment", "staging"], ExitStatus.USAGE, "There are: Sandbox, Production"),
        (["customer.list", "--token", "owner"], ExitStatus.USAGE, "company, customer, vendor, user"),
        (["customer.list", "--json", "no-such-file"], ExitStatus.USAGE, "no-such-file cannot be read"),
        (["customer.list", "--json", "-", "--token-stdin"], ExitStatus.USAGE, "KOMET_TOKEN"),
        (["customer.add", "--environment", "Production"], ExitStatus.USAGE, "needs a token on Production"),
        (["customer.add", "--environment", "Production", "--allow-writes"], ExitStatus.USAGE, "needs a token"),
        (["customer.list", "--environment", "production"], ExitStatus.USAGE, "needs a token on Production"),
        (["customer.list", "--environment", "production", "--token", "main"], ExitStatus.USAGE, '"main"'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_exit_status_says_what_came_of_it(call: Any, arguments: list[str], status: ExitStatus, said: str) -> None:
    done = call(*arguments)
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr


def test_refused_and_partial(call: Any, running: RunningSandbox, catalogue: Catalogue) -> None:
    refused = call("login", "--json", "-", stdin='{"username": "nobody", "password": "wrong-one"}')
    assert refused.returncode == ExitStatus.REFUSED
    assert "wrong-one" not in refused.stderr
    sample = json.loads(
        subprocess.run(
            [*PROGRAM[:-1], "show", "box.code.change", "--json"], capture_output=True, text=True, check=True
        ).stdout
    )["sample"]["body"]
    name = next(key for key, value in sample.items() if isinstance(value, list))
    wrong = dict.fromkeys(sample[name][0], "NO-SUCH-BOX")
    sample[name] = [sample[name][0], wrong]
    sample.pop("authenticationToken", None)
    partial = call("box.code.change", "--json", "-", stdin=json.dumps(sample))
    assert partial.returncode == ExitStatus.PARTIAL, partial.stdout + partial.stderr
    assert "partial" in partial.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["customer.list", "authenticationToken=hush-hush"],
        ["customer.list", "AUTHENTICATIONTOKEN=hush-hush"],
        ["login", "password=hush-hush"],
        ["customer.list", "--header", "Authorization=hush-hush"],
    ],
    ids=" ".join,
)
def test_a_secret_on_the_command_line_is_refused_with_a_hint(call: Any, arguments: list[str]) -> None:
    done = call(*arguments)
    assert done.returncode == ExitStatus.USAGE
    assert "--token-stdin" in done.stderr
    assert "KOMET_TOKEN" in done.stderr
    assert "hush-hush" not in done.stdout + done.stderr


def test_where_the_token_comes_from(call: Any, running: RunningSandbox) -> None:
    vendor = running.tokens["vendor"]
    everything = json.loads(call("customer.add", "name=By the company").stdout)
    assert everything["status"] == 1
    for done in (
        call("customer.add", "name=x", "--token", "Vendor"),
        call("customer.add", "name=x", "--token-stdin", stdin=f"{vendor}\n"),
        call("customer.add", "name=x", KOMET_TOKEN=vendor),
    ):
        assert done.returncode in (ExitStatus.REFUSED, ExitStatus.HTTP_FAILURE)
        assert "the chosen token is a vendor token" in done.stderr
        assert vendor not in done.stdout + done.stderr
    other = call("customer.list", KOMET_TOKEN="a-token-of-production")
    assert other.returncode == 0
    assert "no token of the sandbox" in other.stderr
    assert "a-token-of-production" not in other.stdout + other.stderr
    assert call("customer.list", "--token-stdin").returncode == ExitStatus.USAGE


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize(("no_colour", "expected"), [("", True), ("1", False)])
def test_a_terminal_gets_it_pretty_and_coloured(
    home: Path, running: RunningSandbox, no_colour: str, expected: bool
) -> None:
    import pty

    primary, secondary = pty.openpty()
    environment = {**os.environ, "KOMET_CONSOLE_HOME": str(home), "NO_COLOR": no_colour}
    with subprocess.Popen(
        [*PROGRAM, "vendor.list"], stdout=secondary, stderr=subprocess.PIPE, env=environment
    ) as process:
        os.close(secondary)
        parts = []
        while True:
            try:
                part = os.read(primary, 65536)
            except OSError:  # Linux ends a terminal whose other side is closed with an input error
                break
            if not part:
                break
            parts.append(part)
        assert process.stderr is not None
        said = process.stderr.read().decode()
    os.close(primary)
    shown = b"".join(parts).decode()
    assert process.returncode == 0
    assert said.startswith("200 OK  success")
    assert ("\x1b[" in shown) == expected
    assert json.loads(re.sub(r"\x1b\[[0-9;]*m", "", shown))["vendors"]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C cannot be sent to one process on Windows")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_says_what_may_have_happened(home: Path, running: RunningSandbox, number: signal.Signals) -> None:
    environment = {**os.environ, "KOMET_CONSOLE_HOME": str(home)}
    arguments = ["customer.add", "name=Interrupted", "--header", "X-Komet-Sandbox-Fault=silence"]
    before = journal(running)
    with subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        while journal(running) == before:
            assert process.poll() is None
        process.send_signal(number)
        shown, said = process.communicate(timeout=20)
    assert (process.returncode, shown) == (ExitStatus.INTERRUPTED, "")
    assert "may have been carried out" in said


def journal(running: RunningSandbox) -> int:
    request = urllib.request.Request(f"{running.control}journal", headers={"X-Sandbox-Key": running.control_key})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return len(json.load(answer)["calls"])
