"""`call`: one call from the command line, through the same way as the window's."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from komet_console.catalogue import Method, TokenKind, load
from komet_console.cli.status import ExitStatus
from komet_console.errors import UserError

if TYPE_CHECKING:
    from komet_console.exchange import Draft, Environment, Token
    from komet_console.session.sandbox import RunningSandbox
    from komet_console.session.sending import Sent

TOKEN_VARIABLE = "KOMET_TOKEN"
_SANDBOX_PREFIX = "sbx_"
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
    help="sandbox (started by itself) or production.",
)
@click.option("--token", "token_name", metavar="NAME", help="Of the sandbox: company, customer, vendor or user.")
@click.option("--token-stdin", is_flag=True, help="Read the token from standard input.")
@click.option(
    "--output",
    type=click.Choice(["pretty", "raw", "headers"]),
    help="Default: pretty on a terminal, else raw: the bytes of the answer.",
)
@click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="S", help="Seconds for the whole call.")
@click.option("--allow-writes", is_flag=True, help="Needed on production for methods that do not only read.")
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
    from komet_console.exchange import Connection, quiet_http_logs
    from komet_console.session import environments
    from komet_console.session.sandbox import LocalSandbox

    quiet_http_logs()
    found = load().method(method)
    place = environments.built_in(environment)
    if token_stdin and source == "-":
        raise UserError("Standard input cannot hold both token and body.", f"Put the token into {TOKEN_VARIABLE}.")
    if token_stdin and token_name:
        raise UserError("--token and --token-stdin exclude each other.", "Leave one of them away.")
    if place == environments.PRODUCTION and found.effect != "read" and not allow_writes:
        raise UserError(
            f"{found.name} changes data on production ({found.effect}).", "Add --allow-writes if that is what you want."
        )
    draft = _draft(found, values, headers, source)
    connection = Connection() if timeout is None else Connection(min(10.0, timeout), timeout, timeout)
    given = _given_token(token_stdin)
    if place == environments.PRODUCTION:
        target = environments.production(connection)
        chosen = _production_token(found, given, token_name, target)
        sent = asyncio.run(_send(draft, target, chosen, None))
    else:
        with LocalSandbox() as local:
            running = local.ensure()
            chosen, kind = _sandbox_token(found, given, token_name, token_stdin, running)
            sent = asyncio.run(_send(draft, environments.sandbox(running, connection), chosen, kind))
    show(sent, output or ("pretty" if sys.stdout.isatty() else "raw"))
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


async def _send(draft: Draft, target: Environment, token: Token | None, kind: TokenKind | None) -> Sent:
    from dataclasses import replace

    from komet_console.session.sending import Sender

    cancel = asyncio.Event()
    loop = asyncio.get_running_loop()

    def interrupted(number: int, _frame: object) -> None:
        # The second Ctrl+C ends the program; the first ends the call, so that what it may have done can be said.
        signal.signal(number, before)
        loop.call_soon_threadsafe(cancel.set)

    before = signal.signal(signal.SIGINT, interrupted)
    async with Sender() as sender:
        sent = await sender.send(draft, target, token, token_kind=kind, cancel=cancel)
        signal.signal(signal.SIGINT, before)
        response = sent.exchange.response
        if response is not None and response.file is not None:
            # The file goes with the connections.
            whole = replace(response, body=response.read(), file=None)
            sent = replace(sent, exchange=replace(sent.exchange, response=whole))
        return sent


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


def _production_token(method: Method, given: str, name: str | None, target: Environment) -> Token | None:
    from urllib.parse import urlsplit

    from komet_console.exchange import Token

    if name is not None:
        raise UserError(
            f'There is no token "{name}" for production.', f"Give one with --token-stdin or in {TOKEN_VARIABLE}."
        )
    if not given and method.tokens != ():
        raise UserError(
            f"{method.name} needs a token on production.", f"Give one with --token-stdin or in {TOKEN_VARIABLE}."
        )
    return Token(given, urlsplit(target.base_url).netloc, "given") if given else None


def _sandbox_token(
    method: Method, given: str, name: str | None, from_stdin: bool, running: RunningSandbox
) -> tuple[Token | None, TokenKind | None]:
    from komet_console.exchange import Token
    from komet_console.session import environments

    if name is not None:
        kind = next((one for one in environments.TOKEN_KINDS if one == name.strip().casefold()), None)
        if kind is None:
            raise UserError(
                f'The sandbox has no token "{name}".', f"Use {', '.join(environments.TOKEN_KINDS)}, or none of them."
            )
        return environments.sandbox_token(running, kind), kind
    if given and not from_stdin and not given.startswith(_SANDBOX_PREFIX):
        click.echo(f"{TOKEN_VARIABLE} holds no token of the sandbox; the sandbox's own is used.", err=True)
        given = ""
    if given:
        known = next((one for one in environments.TOKEN_KINDS if running.tokens[one] == given), None)
        return Token(given, f"127.0.0.1:{running.port}", "given"), known
    kind = environments.automatic_kind(method)
    return environments.sandbox_token(running, kind), kind
