"""`token` and `login` as processes: what they say, how they end, and that no secret is in it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from helpers.keyrings import MemoryKeyring
from helpers.leaks import leaks
from keyring.backends import fail

from komet_console.cli.app import main
from komet_console.cli.status import ExitStatus
from komet_console.session.sandbox import LocalSandbox, RunningSandbox

ROOT = Path(__file__).resolve().parents[1]
PLANTED = "planted0token1abcdefgh"
Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[RunningSandbox]:
    with LocalSandbox(home) as user:
        yield user.ensure()


@pytest.fixture
def komet(
    home: Path, running: RunningSandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Runs a command line in this process, with a keyring that lasts as long as the test."""
    backend = MemoryKeyring()

    def run(*arguments: str, stdin: str = "", lost: bool = False, **environment: str) -> Done:
        with monkeypatch.context() as patch:
            patch.setenv("KOMET_CONSOLE_HOME", str(home))
            patch.setattr(keyring, "get_keyring", fail.Keyring if lost else lambda: backend)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            for name, value in environment.items():
                patch.setenv(name, value)
            status = main(arguments)
        shown = capsys.readouterr()
        return Done(arguments, int(status), shown.out, shown.err)

    return run


def test_as_a_process_with_the_systems_keyring(home: Path, running: RunningSandbox, tmp_path: Path) -> None:
    variables = {
        **os.environ,
        "KOMET_CONSOLE_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "helpers.keyrings.FileKeyring",
        "KOMET_TEST_KEYRING": str(tmp_path / "keyring.json"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT.parent)]),
    }

    def run(*arguments: str, stdin: str = "") -> Done:
        command = [sys.executable, "-m", "komet_console", *arguments]
        return subprocess.run(command, input=stdin, env=variables, capture_output=True, text=True, check=False)

    value = running.tokens["company"]
    assert run("token", "add", "Over there", "--stdin", stdin=value).returncode == 0
    done = run("token", "check", "--token", "Over there")
    assert (done.returncode, "The token works" in done.stdout) == (0, True), done.stderr
    assert run("token", "remove", "Over there").returncode == 0
    assert (tmp_path / "keyring.json").read_text() == "{}"


def test_added_listed_used_checked_removed(komet: Any, running: RunningSandbox, home: Path) -> None:
    company = running.tokens["company"]
    added = komet(
        "token", "add", "Main", "--stdin", "--kind", "Company", "--note", "ours", stdin=f'"Bearer {company}"\n'
    )
    assert added.returncode == 0, added.stderr
    assert added.stdout == f"Main ({company[:4]}…{company[-4:]}) is kept for Sandbox.\n"
    assert "Quotes around it were removed." in added.stderr
    assert komet("token", "add", "main", "--stdin", stdin=company).returncode == ExitStatus.USAGE
    listed = json.loads(komet("token", "list", "--json").stdout)
    assert [(one["name"], one["kind"], one["environment"], one["used"]) for one in listed] == [
        ("Main", "company", "Sandbox", None)
    ]
    assert set(listed[0]) == {
        *(
            "name",
            "kind",
            "whose",
            "environment",
            "hosts",
            "methods",
            "token",
            "added",
            "used",
            "checked",
            "result",
            "note",
        )
    }
    called = komet("call", "customer.list", "--token", "main")
    assert called.returncode == 0, called.stderr
    checked = komet("token", "check", "--token", "Main")
    assert (checked.returncode, "The token works" in checked.stdout) == (0, True), checked.stderr
    assert "One read, payment.method.list." in checked.stderr
    listed = komet("token", "list").stdout
    assert "valid" in listed
    wrong = komet("call", "customer.list", "--token", "Main", "--environment", "production")
    assert (wrong.returncode, "belongs to" in wrong.stderr) == (ExitStatus.USAGE, True)
    removed = komet("token", "remove", "MAIN")
    assert "revoke it there" in removed.stdout
    assert komet("token", "list", "--json").stdout == "[]\n"
    assert "No token is stored" in komet("token", "list").stdout
    assert komet("token", "remove", "Main").returncode == ExitStatus.USAGE
    for done in (added, called, checked, wrong):
        assert company not in done.stderr
        assert done is called or company not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "kind", "status", "verdict"),
    [
        (("--kind", "company"), "company", ExitStatus.SUCCESS, "valid"),
        ((), "user", ExitStatus.SUCCESS, "valid"),
        (("--kind", "company"), "vendor", ExitStatus.PARTIAL, "not-of-the-stated-kind"),
        ((), "", ExitStatus.REFUSED, "unknown-or-mistyped"),
    ],
)
def test_the_exit_status_tells(
    komet: Any, running: RunningSandbox, arguments: tuple[str, ...], kind: str, status: ExitStatus, verdict: str
) -> None:
    value = running.tokens.get(kind, PLANTED)
    done = komet("token", "check", *arguments, "--json", "--environment", "Sandbox", KOMET_TOKEN=value)
    report = json.loads(done.stdout)
    assert (done.returncode, report["verdict"]) == (status, verdict)
    assert value not in done.stdout + done.stderr
    assert set(report) == {
        *("verdict", "works", "sentence", "advice", "token", "name", "environment", "host", "statedKind", "kind"),
        *("checkedAt", "calls", "found", "shape", "callsToday"),
    }


def test_nothing_is_read_from_arguments_or_made_up(komet: Any) -> None:
    assert komet("token", "check", PLANTED).returncode == ExitStatus.USAGE
    nothing = komet("token", "check")
    assert (nothing.returncode, "--stdin" in nothing.stderr) == (ExitStatus.USAGE, True)
    assert komet("token", "check", "--stdin").returncode == ExitStatus.USAGE
    assert komet("token", "check", "--stdin", "--token", "x").returncode == ExitStatus.USAGE
    assert 'no token "x"' in komet("token", "check", "--token", "x").stderr
    assert "There are:" in komet("token", "check", "--stdin", "--environment", "nowhere", stdin=PLANTED).stderr


def test_logging_in(komet: Any, running: RunningSandbox, home: Path) -> None:
    name, password = running.login["username"], running.login["password"]
    done = komet("login", "--user", name, "--stdin", "--name", "Me", stdin=f"{password}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Me (sbx_")
    printed = komet("login", "--user", name, "--stdin", "--print", stdin=password, lost=True)
    assert (printed.returncode, printed.stdout) == (0, running.tokens["user"] + "\n")
    refused = komet("login", "--user", name, "--stdin", "--print", stdin="planted-wrong-password\n")
    assert (refused.returncode, refused.stdout) == (ExitStatus.REFUSED, "")
    assert "planted" not in refused.stderr
    assert "Check user name and password" in refused.stderr
    assert komet("login", "--stdin", stdin=password).returncode == ExitStatus.USAGE
    assert komet("login", "--user", name).returncode == ExitStatus.USAGE
    komet("token", "remove", "Me")
    # The sandbox's own login is test data; the wrong one is what nobody may find.
    assert leaks(home / "workspace", ["planted-wrong-password"]) == []


def test_without_a_keyring_nothing_is_kept_and_it_says_so(komet: Any) -> None:
    done = komet("token", "add", "Main", "--stdin", stdin=PLANTED, lost=True)
    assert done.returncode == ExitStatus.USAGE
    assert "This system has no keyring" in done.stderr
    assert komet("token", "list", "--json").stdout == "[]\n"


def test_a_token_whose_value_is_lost_keeps_its_name(komet: Any, home: Path) -> None:
    assert komet("token", "add", "Lost", "--stdin", "--environment", "sandbox", stdin=PLANTED).returncode == 0
    done = komet("call", "customer.list", "--token", "Lost", lost=True)
    assert (done.returncode, "value of this secret is not here" in done.stderr) == (ExitStatus.USAGE, True)
    assert [one["name"] for one in json.loads(komet("token", "list", "--json", lost=True).stdout)] == ["Lost"]
    komet("token", "remove", "Lost")
    assert leaks(home, [PLANTED]) == []


def test_writes_outside_the_sandbox_need_permission(komet: Any) -> None:
    for extra in (("customer.add", "name=x"), ("box.move.awb",), ("login.forgot.password", "userName=x")):
        done = komet("call", *extra, "--environment", "production", KOMET_TOKEN=PLANTED)
        assert (done.returncode, "--allow-writes" in done.stderr) == (ExitStatus.USAGE, True)


def test_a_damaged_workspace_stops_no_call_but_is_said(komet: Any, home: Path, tmp_path: Path) -> None:
    database = home / "workspace" / "workspace.db"
    aside = tmp_path / "workspace.db"
    komet("token", "list")
    database.rename(aside)
    database.write_bytes(b"no database at all")
    try:
        done = komet("call", "boxtype.list")
        assert (done.returncode, json.loads(done.stdout)["status"]) == (0, 1)
        assert "is damaged" in done.stderr
        assert "no stored tokens, no history" in done.stderr
        assert komet("token", "list").returncode == ExitStatus.USAGE
        assert database.read_bytes() == b"no database at all"
    finally:
        database.unlink()
        aside.rename(database)
