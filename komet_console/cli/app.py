"""The `komet-console` command: finds the sub-command, turns errors into messages and exit statuses.

Sub-commands are imported when they are used, so that `--version` costs nothing and a command that needs neither Qt nor
an HTTP client never loads them.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import click

from komet_console import __version__
from komet_console.cli.status import ExitStatus
from komet_console.errors import Cancelled, UserError

__all__ = ["COMMANDS", "LazyCommand", "LazyGroup", "ShownError", "cli", "main"]

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""What the system says when it can take no more output: trouble of the machine, not a defect of the program."""


class LazyCommand(NamedTuple):
    """Where a sub-command lives, and its line in the list of commands."""

    target: str
    """`module:attribute` of a `click.Command`."""
    summary: str


COMMANDS: Mapping[str, LazyCommand] = {
    "window": LazyCommand("komet_console.gui.command:window", "Open the window; what no command at all does, too."),
    "methods": LazyCommand("komet_console.cli.catalogue_commands:methods", "List the methods, or search them."),
    "show": LazyCommand("komet_console.cli.catalogue_commands:show", "Everything known about one method."),
    "openapi": LazyCommand("komet_console.cli.catalogue_commands:openapi", "Write the catalogue as one OpenAPI file."),
    "call": LazyCommand("komet_console.cli.call_command:call", "Call a method, on the sandbox unless told otherwise."),
    "token": LazyCommand("komet_console.cli.token_commands:token", "Check tokens, and keep them in the keyring."),
    "login": LazyCommand("komet_console.cli.token_commands:login", "Get a token with user name and password."),
    "import": LazyCommand("komet_console.cli.collection_commands:import_", "Make collections of other tools' files."),
    "export": LazyCommand("komet_console.cli.collection_commands:export", "Write a collection for another tool."),
    "sandbox": LazyCommand("komet_console.cli.sandbox_command:sandbox", "Run a local Komet to practise on."),
}


class ShownError(click.ClickException):
    """A `UserError` on its way to the terminal."""

    def __init__(self, error: UserError) -> None:
        super().__init__(error.message)
        self.error = error
        self.exit_code: int = error.exit_status  # type: ignore[misc]  # click reads it from the instance as well

    def show(self, file: IO[Any] | None = None) -> None:
        """Write message, hint and details to `file` (default: standard error)."""
        first, *rest = self.error.lines() or ["Unknown error."]
        click.echo(f"Error: {first}", file=file, err=file is None)
        for part in rest:
            click.echo(part, file=file, err=file is None)


class LazyGroup(click.Group):
    """A group that knows the names of its commands and imports each one at first use."""

    def __init__(self, *args: Any, lazy: Mapping[str, LazyCommand] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy: Mapping[str, LazyCommand] = lazy or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table: what a newcomer needs first comes first."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None where there is none of that name."""
        entry = self.lazy.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = entry.target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command), entry.target
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the list of commands without importing any."""
        rows = [(name, entry.summary) for name, entry in self.lazy.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the sub-command; errors meant for the user become click's."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            raise ShownError(error) from error
        except Cancelled as error:
            raise click.Abort from error
        except BrokenPipeError:
            # The reader has seen enough (`komet-console methods | head`): no failure of ours, and nothing more to say.
            _silence(sys.stdout)
            ctx.exit(ExitStatus.SUCCESS)


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """A testing console for the Komet Sales API. Without a command it opens its window.

    All your data lies in one folder; KOMET_CONSOLE_HOME names another one.
    """
    if ctx.invoked_subcommand is not None:
        return
    # By name: this room and the window's know nothing of each other.
    window = importlib.import_module("komet_console.gui.command")
    if window.has_display():
        ctx.invoke(window.window)
    else:
        click.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status; `arguments` default to those of the process."""
    _prepare_streams()
    try:
        result = cli.main(
            args=None if arguments is None else list(arguments), prog_name="komet-console", standalone_mode=False
        )
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
        return ExitStatus.SUCCESS
    except ShownError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return ExitStatus.USAGE
    except click.Abort:
        return ExitStatus.INTERRUPTED
    except OSError as error:
        if error.errno not in _FULL:
            traceback.print_exc()
            return ExitStatus.INTERNAL_ERROR
        _silence(sys.stdout)
        reason = error.strerror or str(error)
        click.echo(f"Error: Not all of the output could be written: {reason}.\nMake room, and do it again.", err=True)
        return ExitStatus.USAGE
    except Exception:  # noqa: BLE001 - last line of defence: a bug must not end like a refusal
        traceback.print_exc()
        return ExitStatus.INTERNAL_ERROR
    return result if isinstance(result, int) else ExitStatus.SUCCESS


def _prepare_streams() -> None:
    """Make the three streams fit to be used, whoever started the program."""
    # Python has no stream where the one who started it has closed it (`>&-`, a service, pythonw).
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - as long as the process
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - the same
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - the same
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal with a narrow encoding must show a replacement, not a traceback.
            stream.reconfigure(errors="replace")


def _silence(stream: IO[str]) -> None:
    """Point a stream whose reader is gone to nowhere, so that Python's flush at exit stays quiet."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, stream.fileno())
    os.close(devnull)
