"""`call`: one call from the command line, through the same way as the window's."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from komet_console.catalogue import Method, TokenKind, load
from komet_console.catalogue.model import TOKEN_KINDS
from komet_console.cli.status import ExitStatus
from komet_console.errors import UserError

if TYPE_CHECKING:
    from komet_console.exchange import Draft
    from komet_console.session.choosing import Chosen, TokenChoice
    from komet_console.session.console import Console
    from komet_console.session.sending import Sent
    from komet_console.workspace.environments import StoredEnvironment

TOKEN_VARIABLE = "KOMET_TOKEN"
SANDBOX = "sandbox"
SANDBOX_PREFIX = "sbx_"
_UNINTELLIGIBLE = frozenset({"compression", "protocol", "redirect"})
"""Failures of a server that did answer."""


@click.command()
@click.argument("method")
@click.argument("values", nargs=-1, metavar="[name=value ...]")
@click.option("--json", "source", metavar="FILE", help="JSON body from a file; - reads standard input.")
@click.option("--header", "headers", metavar="N=V", multiple=True, help="A header; may be given several times.")
@click.option(
    "--environment",
    default="sandbox",
    show_default=True,
    metavar="E",
    help="sandbox (started by itself), production, or the name of your own.",
)
@click.option(
    "--token", "token_name", metavar="NAME", help="A stored one; of the sandbox also company, customer, vendor, user."
)
@click.option("--token-stdin", is_flag=True, help="Read the token from standard input.")
@click.option(
    "--output",
    type=click.Choice(["pretty", "raw", "headers"]),
    help="Default: pretty on a terminal, else raw: the bytes of the answer.",
)
@click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="S", help="Seconds for the whole call.")
@click.option("--allow-writes", is_flag=True, help="Needed outside the sandbox for what does not only read.")
@click.pass_context
def call(
    ctx: click.Context,
    method: str,
    values: tuple[str, ...],
    source: str | None,
    headers: tuple[str, ...],
    environment: str,
    token_name: str | None,
    token_stdin: bool,
    output: str | None,
    timeout: float | None,
    allow_writes: bool,
) -> None:
    """Call METHOD and show what it answered.

    Values go where the method takes its input: into the URL or the JSON body. Without a token the sandbox's own of the
    right kind is used; KOMET_TOKEN names another. Never put a secret on the command line: it shows in the list of
    processes and stays in the shell's history.
    """
    from komet_console.cli.call_output import show

    found = load().method(method)
    if token_stdin and source == "-":
        raise UserError("Standard input cannot hold both token and body.", f"Put the token into {TOKEN_VARIABLE}.")
    if token_stdin and token_name:
        raise UserError("--token and --token-stdin exclude each other.", "Leave one of them away.")
    draft = _draft(found, values, headers, source)
    given = _given_token(token_stdin)
    wanted = _Wanted(draft, found, environment, token_name, given, token_stdin, timeout, allow_writes)
    sent = asyncio.run(_send(wanted))
    try:
        show(sent, output or ("pretty" if sys.stdout.isatty() else "raw"))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError(
            f"{found.name} was called, but its answer could not be written: {error.strerror or error}.",
            "It is in the window's history. Look there before you call a method a second time that changes something.",
        ) from error
    ctx.exit(status_of(sent))


def status_of(sent: Sent) -> ExitStatus:
    """The exit status that says what came of a call."""
    from komet_console.catalogue.explaining import OutcomeKind

    failure = sent.exchange.failure
    if failure is not None and failure.kind == "cancelled":
        return ExitStatus.INTERRUPTED
    if failure is not None:
        return ExitStatus.HTTP_FAILURE if failure.kind in _UNINTELLIGIBLE else ExitStatus.NETWORK_FAILURE
    assert sent.explanation is not None
    return {
        OutcomeKind.SUCCESS: ExitStatus.SUCCESS,
        OutcomeKind.NOTHING_FOUND: ExitStatus.SUCCESS,
        OutcomeKind.PARTIAL: ExitStatus.PARTIAL,
        OutcomeKind.REFUSED: ExitStatus.REFUSED,
        OutcomeKind.HTTP_FAILURE: ExitStatus.HTTP_FAILURE,
        OutcomeKind.NOT_EXPLAINED: ExitStatus.HTTP_FAILURE,
    }[sent.explanation.outcome]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line asks for."""

    draft: Draft
    method: Method
    environment: str
    token_name: str | None
    given: str = field(repr=False)
    """A token that was handed over, or an empty text."""
    from_stdin: bool
    timeout: float | None
    allow_writes: bool


async def _send(wanted: _Wanted) -> Sent:
    from komet_console.cli.opened import interruptible, opened
    from komet_console.session.guard import counts_as_write

    async with opened(workspace_needed=False) as console:
        stored = console.environments.get(wanted.environment)
        choice, chosen = await _token(console, stored, wanted)
        if stored.id != SANDBOX and counts_as_write(wanted.draft, wanted.method) and not wanted.allow_writes:
            raise UserError(
                f"{wanted.method.name} changes data on {stored.name} ({wanted.method.effect}).",
                "Add --allow-writes if that is what you want.",
            )
        if wanted.timeout is not None:
            seconds = wanted.timeout
            console.connection = replace(
                console.connection,
                connect_timeout=min(10.0, seconds),
                read_timeout=seconds,
                total_timeout=seconds,
            )
        cancel = asyncio.Event()
        with interruptible(cancel):
            sent = await console.send(wanted.draft, stored.id, choice, given=chosen, cancel=cancel)
        if console.keeping_trouble is not None:
            click.echo(f"The call was not kept: {console.keeping_trouble.message}", err=True)
        response = sent.exchange.response
        if response is not None and response.file is not None:
            # The file goes with the connections.
            whole = replace(response, body=response.read(), file=None)
            sent = replace(sent, exchange=replace(sent.exchange, response=whole))
        return sent


async def _token(console: Console, stored: StoredEnvironment, wanted: _Wanted) -> tuple[TokenChoice, Chosen | None]:
    """The token by name, as it was handed over, or one that fits."""
    from urllib.parse import urlsplit

    from komet_console.exchange import Token
    from komet_console.session.choosing import AUTOMATIC, Chosen, TokenChoice

    name, given = wanted.token_name, wanted.given
    in_sandbox = stored.id == SANDBOX
    if name is not None:
        kind = next((one for one in TOKEN_KINDS if one == name.strip().casefold()), None)
        if console.tokens.find(name) is not None:
            return TokenChoice("stored", name), None
        if in_sandbox and kind is not None:
            return TokenChoice("kind", kind), None
        names = [*(TOKEN_KINDS if in_sandbox else ()), *(one.name for one in console.tokens.of(stored.id))]
        raise UserError(
            f'There is no token "{name}" for {stored.name}.',
            f"There are: {', '.join(names)}." if names else "`komet-console token add` keeps one.",
        )
    if given and in_sandbox and not wanted.from_stdin and not given.startswith(SANDBOX_PREFIX):
        click.echo(f"{TOKEN_VARIABLE} holds no token of the sandbox; the sandbox's own is used.", err=True)
        given = ""
    if given:
        known: TokenKind | None = None
        if in_sandbox:
            running = await console.start_sandbox()
            known = next((one for one in TOKEN_KINDS if running.tokens[one] == given), None)
        base = console.place(stored.id, AUTOMATIC, wanted.method).environment.base_url
        return AUTOMATIC, Chosen(Token(given, urlsplit(base).netloc, "given"), known)
    if not in_sandbox and wanted.method.tokens != () and not console.fitting(stored.id, wanted.method):
        raise UserError(
            f"{wanted.method.name} needs a token on {stored.name}.",
            f"Keep one with `komet-console token add`, give it with --token-stdin, or in {TOKEN_VARIABLE}.",
        )
    return AUTOMATIC, None


def _draft(method: Method, values: tuple[str, ...], headers: tuple[str, ...], source: str | None) -> Draft:
    from komet_console.exchange import Body, Draft, Pair

    tokens = {place.name.casefold() for place in method.places.token}
    documented = {field.name for field in method.headers}
    query: list[Pair] = []
    heads: list[Pair] = []
    for text in values:
        name, value = _split(text, "name=value", tokens)
        in_header = name in documented and not any(field.name == name for field in (*method.parameters, *method.body))
        (heads if in_header else query).append(Pair(name, value))
    heads += [Pair(*_split(text, "--header N=V", tokens)) for text in headers]
    body = Body() if source is None else Body("json", _read(source))
    return Draft(method.name, tuple(query), tuple(heads), body, input_location=method.places.input[0])


def _split(text: str, shape: str, tokens: set[str]) -> tuple[str, str]:
    from komet_console.exchange import TOKEN_REFERENCE, is_secret_name

    name, sign, value = text.partition("=")
    name = name.strip()
    secret = is_secret_name(name) or name.casefold() in tokens
    if secret and value.strip() != TOKEN_REFERENCE:
        # The value is not repeated: this line may end in a log.
        raise UserError(
            f"{name} is a secret, and secrets do not belong on the command line: other users of this machine can see it.",
            f"Give a token with --token-stdin or in {TOKEN_VARIABLE}, a password with --json - on standard input.",
        )
    if not sign or not name:
        raise UserError(f'"{name}" is not {shape}.', "Write the name, an equals sign and the value without blanks.")
    return name, value


def _read(source: str) -> str:
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{source} cannot be read: {error.strerror or error}.", "Name a file, or - .") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{source} is not UTF-8 text.", "Save it as UTF-8.", str(error)) from error


def _given_token(from_stdin: bool) -> str:
    """The token that was handed over, or an empty text."""
    if not from_stdin:
        return os.environ.get(TOKEN_VARIABLE, "").strip()
    token = sys.stdin.readline().strip()
    if not token:
        raise UserError("Standard input holds no token.", "Write it on the first line.")
    return token
