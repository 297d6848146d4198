"""`token check|list|add|remove` and `login`. Secrets come from standard input, a hidden prompt or KOMET_TOKEN."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from komet_console.catalogue.model import TOKEN_KINDS
from komet_console.cli.call_command import SANDBOX, SANDBOX_PREFIX, TOKEN_VARIABLE
from komet_console.cli.status import ExitStatus
from komet_console.errors import UserError

if TYPE_CHECKING:
    from komet_console.catalogue import TokenKind
    from komet_console.session.console import Console
    from komet_console.session.doctor import Report, Step
    from komet_console.workspace.environments import StoredEnvironment
    from komet_console.workspace.tokens import StoredToken

_KINDS = click.Choice(TOKEN_KINDS, case_sensitive=False)


@click.group()
def token() -> None:
    """Check tokens, and keep them in the system's keyring."""


# -- check -------------------------------------------------------------------------------------------------------------


@token.command()
@click.option("--environment", metavar="E", help="Where to check; default: where it belongs.")
@click.option("--kind", type=_KINDS, help="What it is said to be; a known kind costs one read, else at most three.")
@click.option("--token", "name", metavar="NAME", help="A stored token.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the token from standard input.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
@click.pass_context
def check(
    ctx: click.Context, environment: str | None, kind: str | None, name: str | None, from_stdin: bool, as_json: bool
) -> None:
    """Does a token work? A few reads tell, and what they prove; nothing is changed.

    Without --token and --stdin, KOMET_TOKEN is checked, or what is typed unseen.
    """
    if name and from_stdin:
        raise UserError("--token and --stdin exclude each other.", "Leave one of them away.")
    value = "" if name else _secret_value(from_stdin, "Token")
    report = asyncio.run(_check(environment, _kind(kind), name, value, as_json))
    ctx.exit(status_of(report))


def status_of(report: Report) -> ExitStatus:
    """Works, does not work, or could not be told."""
    from komet_console.session.doctor import Verdict

    return {
        Verdict.VALID: ExitStatus.SUCCESS,
        Verdict.NOT_FOR_METHOD: ExitStatus.PARTIAL,
        Verdict.OTHER_KIND: ExitStatus.PARTIAL,
        Verdict.UNKNOWN: ExitStatus.REFUSED,
        Verdict.NETWORK: ExitStatus.NETWORK_FAILURE,
        Verdict.STOPPED: ExitStatus.INTERRUPTED,
    }.get(report.verdict, ExitStatus.HTTP_FAILURE)


async def _check(
    environment: str | None, kind: TokenKind | None, name: str | None, value: str, as_json: bool
) -> Report:
    from komet_console.cli.opened import interruptible, opened
    from komet_console.session import doctor, reporting
    from komet_console.workspace.token_text import clean_pasted

    async with opened(workspace_needed=bool(name)) as console:
        stored = console.tokens.get(name) if name else None
        cleaned = clean_pasted(value)
        place = console.environments.get(
            environment or (stored.environment if stored is not None else _home_of(cleaned.value))
        )
        for repair in cleaned.repairs:
            click.echo(repair, err=True)
        known = kind or (None if stored is None or stored.kind == "unknown" else stored.kind)
        if not as_json:
            click.echo(f"Checking on {place.name}. {doctor.plan(console, place.id, known).text}", err=True)

        def tell(step: Step) -> None:
            if not as_json:
                click.echo(f"  {step.method}: {step.outcome}", err=True)

        cancel = asyncio.Event()
        with interruptible(cancel):
            report = await doctor.check(
                console, place.id, value=cleaned.value, stored=stored, kind=kind, tell=tell, cancel=cancel
            )
    if as_json:
        click.echo(json.dumps(reporting.as_dict(report), ensure_ascii=False, indent=2))
    else:
        click.echo(report.sentence)
        click.echo(report.advice)
        for one in report.found:
            click.echo(f"{one.name}: {one.value}")
        for line in report.shape if not report.works else ():
            click.echo(f"Shape: {line}")
    return report


# -- the store ---------------------------------------------------------------------------------------------------------


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write an array of objects.")
@click.argument("text", required=False, default="")
def list_tokens(as_json: bool, text: str) -> None:
    """Stored tokens, or those that TEXT fits; of their values the first and last four characters only."""
    asyncio.run(_list(as_json, text))


async def _list(as_json: bool, text: str) -> None:
    from komet_console.cli.opened import opened

    async with opened() as console:
        rows = [_row(console, one) for one in console.tokens.search(text)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo(
            "No token fits." if text else "No token is stored. `komet-console token add NAME --stdin` keeps one."
        )
        return
    heads = {
        "name": "Name",
        "kind": "Kind",
        "environment": "Environment",
        "token": "Token",
        "used": "Used",
        "result": "Result",
    }
    table = [heads, *({key: str(row[key] or "") for key in heads} for row in rows)]
    widths = {key: max(len(row[key]) for row in table) for key in heads}
    for row in table:
        click.echo("  ".join(row[key].ljust(widths[key]) for key in heads).rstrip())


def _row(console: Console, one: StoredToken) -> dict[str, Any]:
    place = console.environments.find(one.environment)
    return {
        "name": one.name,
        "kind": one.kind,
        "whose": one.whose,
        "environment": place.name if place is not None else one.environment,
        "hosts": list(one.hosts),
        "methods": None if one.methods is None else list(one.methods),
        "token": one.shown,
        "added": _moment(one.added),
        "used": _moment(one.used),
        "checked": _moment(one.checked),
        "result": one.result,
        "note": one.note,
    }


def _moment(milliseconds: int | None) -> str | None:
    if not milliseconds:
        return None
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


@token.command()
@click.argument("name")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the token from standard input.")
@click.option("--environment", metavar="E", help="What it was made for; default: production.")
@click.option("--kind", type=_KINDS, help="What it is; left out: unknown.")
@click.option("--whose", default="", metavar="TEXT", help="The customer, vendor, user or company it belongs to.")
@click.option("--note", default="", metavar="TEXT")
def add(name: str, from_stdin: bool, environment: str | None, kind: str | None, whose: str, note: str) -> None:
    """Keep a token under NAME, for one environment; it is never sent anywhere else."""
    value = _secret_value(from_stdin, "Token")
    asyncio.run(_add(name, value, environment, kind, whose, note))


async def _add(name: str, value: str, environment: str | None, kind: str | None, whose: str, note: str) -> None:
    from komet_console.cli.opened import opened
    from komet_console.workspace.token_text import clean_pasted, shape_trouble

    async with opened() as console:
        cleaned = clean_pasted(value)
        place = console.environments.get(environment or _home_of(cleaned.value))
        await _need_keyring(console, "A token that was added here would be gone at once.")
        kept = await console.tokens.add(
            name,
            cleaned.value,
            environment=place.id,
            hosts=_hosts(place),
            kind=_kind(kind) or "unknown",
            whose=whose,
            note=note,
        )
        for line in (*cleaned.repairs, *shape_trouble(cleaned.value)):
            click.echo(line, err=True)
        click.echo(f"{kept.name} ({kept.shown}) is kept for {place.name}.")


def _home_of(value: str) -> str:
    """The environment of a token whose environment nobody named: tokens of a sandbox show it."""
    return SANDBOX if value.startswith(SANDBOX_PREFIX) else "production"


def _hosts(place: StoredEnvironment) -> tuple[str, ...]:
    return (place.host,) if place.host else ()


async def _need_keyring(console: Console, why: str) -> None:
    if not await console.secrets.open():
        raise UserError(
            f"{console.secrets.explanation} {why}",
            f"Unlock or install a keyring (on Linux a Secret Service such as GNOME Keyring), or use {TOKEN_VARIABLE}.",
        )


@token.command()
@click.argument("name")
def remove(name: str) -> None:
    """Forget a stored token: its name, its value, what is known about it."""
    asyncio.run(_remove(name))


async def _remove(name: str) -> None:
    from komet_console.cli.opened import opened

    async with opened() as console:
        gone = await console.tokens.remove(name)
    click.echo(f"{gone.name} is forgotten here. It still works in Komet; revoke it there.")


# -- login -------------------------------------------------------------------------------------------------------------


@click.command()
@click.option("--environment", default="sandbox", show_default=True, metavar="E")
@click.option("--user", metavar="NAME", help="User name; asked for where it is left out.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--name", metavar="NAME", help="Keep the token under this name; default: that of the user.")
@click.option("--print", "print_it", is_flag=True, help="Write the token to standard output instead of keeping it.")
def login(environment: str, user: str | None, from_stdin: bool, name: str | None, print_it: bool) -> None:
    """Get a user's token. The password is used once and kept nowhere."""
    if user is None:
        if not sys.stdin.isatty():
            raise UserError("There is no user name.", "Give it with --user.")
        user = click.prompt("User name", err=True)
    password = _line("password") if from_stdin else _hidden("Password", "Give it with --stdin.")
    asyncio.run(_login(environment, user or "", password, name, print_it))


async def _login(environment: str, user: str, password: str, name: str | None, print_it: bool) -> None:
    from komet_console.cli.opened import opened
    from komet_console.session.logging_in import log_in

    async with opened(workspace_needed=not print_it) as console:
        place = console.environments.get(environment)
        if not print_it:
            await _need_keyring(console, "The token would be gone at once; --print writes it out instead.")
        made = await log_in(console, place.id, user, password)
        if print_it:
            click.echo(made.token)
            return
        kept = await console.tokens.add(
            name or console.tokens.free_name(made.user),
            made.token,
            environment=place.id,
            hosts=_hosts(place),
            kind="user",
            whose=made.user,
        )
        click.echo(f"{kept.name} ({kept.shown}) is kept for {place.name}. The password was not kept.")


# -- secrets in --------------------------------------------------------------------------------------------------------


def _kind(text: str | None) -> TokenKind | None:
    return next((kind for kind in TOKEN_KINDS if text is not None and kind == text.casefold()), None)


def _secret_value(from_stdin: bool, what: str) -> str:
    if from_stdin:
        value = sys.stdin.read().strip()
        if not value:
            raise UserError("Standard input holds no token.", "Pipe it in, or type it and end with Ctrl+D.")
        return value
    given = os.environ.get(TOKEN_VARIABLE, "").strip()
    return given or _hidden(what, f"Give it with --stdin or in {TOKEN_VARIABLE}.")


def _line(what: str) -> str:
    value = sys.stdin.readline().rstrip("\r\n")
    if not value:
        raise UserError(f"Standard input holds no {what}.", "Write it on the first line.")
    return value


def _hidden(what: str, hint: str) -> str:
    if not sys.stdin.isatty():
        raise UserError(f"There is no {what.casefold()}.", hint)
    return str(click.prompt(what, hide_input=True, err=True))
