from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from komet_console import __version__
from komet_console.cli.app import COMMANDS, LazyCommand, LazyGroup, cli, main
from komet_console.cli.status import ExitStatus
from komet_console.errors import Cancelled, UserError

HEAVY = {"PySide6", "shiboken6", "qasync", "httpx", "starlette", "uvicorn", "sqlalchemy"}


def komet(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "komet_console", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["methods"]], ids=" ".join)
def test_light_commands_import_neither_qt_nor_http(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from komet_console.cli.app import main\n"
        f"status = main({arguments!r})\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
        "sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert HEAVY & set(done.stderr.split()) == set()


def test_version() -> None:
    done = komet("--version")
    assert (done.returncode, done.stdout) == (0, f"komet-console {__version__}\n")


def test_without_a_command_and_without_a_display_it_prints_help(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    done = komet()
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)


def test_a_window_without_a_display_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    done = komet("window")
    assert done.returncode == ExitStatus.USAGE
    assert "no display" in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_loads(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize("arguments", [["no-such-command"], ["--no-such-option"]], ids=" ".join)
def test_misuse_ends_with_usage(arguments: list[str]) -> None:
    done = komet(*arguments)
    assert done.returncode == ExitStatus.USAGE
    assert arguments[0] in done.stderr
    assert done.stdout == ""


def test_reader_that_goes_away_is_no_failure() -> None:
    writer = (
        "import click, sys\n"
        "from komet_console.cli.app import COMMANDS, LazyGroup, cli, main\n"
        "@cli.command()\n"
        "def flood():\n"
        "    for number in range(100_000): click.echo(f'line {number}')\n"
        "sys.exit(main(['flood']))"
    )
    with subprocess.Popen([sys.executable, "-c", writer], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        noise = process.stderr.read()
        assert (process.wait(30), noise) == (ExitStatus.SUCCESS, b"")


@pytest.mark.skipif(os.name == "nt", reason="a shell of Unix closes streams")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_failure(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m komet_console methods customer {closed}', sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ("customer.list" in done.stdout) == (">&-" not in closed.replace("2>&-", ""))


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs the device that is always full")
@pytest.mark.parametrize("arguments", [["methods"], ["openapi"], ["show", "customer.list"]], ids=" ".join)
def test_a_full_disk_is_said_in_a_sentence(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "komet_console", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, "Traceback" in done.stderr) == (ExitStatus.USAGE, False)
    assert "could be written" in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    both = '"$0" -m komet_console openapi --output "$1" & cat "$1"'
    done = subprocess.run(
        ["sh", "-c", both, sys.executable, str(pipe)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert json.loads(done.stdout)["openapi"].startswith("3.1")
    assert pipe.is_fifo()


class NetworkDownError(UserError):
    exit_status = ExitStatus.NETWORK_FAILURE


def failing_group(error: BaseException) -> click.Group:
    @click.group(cls=LazyGroup)
    def group() -> None:
        pass

    @group.command()
    def fail() -> None:
        raise error

    return group


@pytest.mark.parametrize(
    ("error", "status"),
    [(UserError("Bad file.", hint="Take another."), 2), (NetworkDownError("No answer.", hint="Plug it in."), 5)],
    ids=["default", "own"],
)
def test_user_error_becomes_message_hint_and_status(error: UserError, status: int) -> None:
    result = CliRunner().invoke(failing_group(error), ["fail"])
    assert result.exit_code == status
    assert result.stderr == f"Error: {error.message}\n{error.hint}\n"
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UserError("Bad file."), ExitStatus.USAGE),
        (NetworkDownError("No answer."), ExitStatus.NETWORK_FAILURE),
        (click.FileError("a.json", "not there"), ExitStatus.USAGE),
        (Cancelled(), ExitStatus.INTERRUPTED),
        (KeyboardInterrupt(), ExitStatus.INTERRUPTED),
        (ZeroDivisionError("a bug"), ExitStatus.INTERNAL_ERROR),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_each_way_to_end_has_its_status(
    error: BaseException, status: ExitStatus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = failing_group(error).commands["fail"]
    monkeypatch.setitem(cli.commands, "fail", command)
    assert main(["fail"]) == status
    assert ("a bug" in capsys.readouterr().err) == isinstance(error, ZeroDivisionError)


def test_a_command_may_end_with_a_status_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    @click.pass_context
    def partly(ctx: click.Context) -> None:
        ctx.exit(ExitStatus.PARTIAL)

    monkeypatch.setitem(cli.commands, "partly", partly)
    assert main(["partly"]) == ExitStatus.PARTIAL


def test_nothing_is_imported_before_it_is_used() -> None:
    group = LazyGroup("group", lazy={"ghost": LazyCommand("komet_console.no_such_module:ghost", "Not there.")})
    result = CliRunner().invoke(group, ["--help"])
    assert result.exit_code == 0
    assert "Not there." in result.stdout
