"""The sandbox as a process: open or seed the world, serve until told to stop.

Nothing here knows the command line; `serve` is called by `komet_console.cli.sandbox_command` alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, update

from komet_console.errors import UserError
from komet_console.sandbox.serving import Serving, on_signals, run_one
from komet_console.sandbox.state import FAILURES, QUIRKS
from komet_console.sandbox.store import clock, settings
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.engine import has_world, open_engine

DATABASE_NAME = "sandbox.sqlite3"
TOKEN_KINDS = ("company", "customer", "vendor", "user")


@dataclass(frozen=True, slots=True)
class Options:
    """How to run; see `komet-console sandbox --help`."""

    host: str = "127.0.0.1"
    port: int = 0
    database: str | None = None
    fresh: bool = False
    seed: int = 1
    tls: bool = False
    quota: int | None = None
    users: int | None = None
    failures: str = "codes"
    quirks: bool = False
    as_json: bool = False
    workers: int = 1


def is_loopback(host: str) -> bool:
    """Whether an address is this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def check(options: Options) -> None:
    """Refuse what must not be run; raises `UserError`."""
    if not options.tls and not is_loopback(options.host):
        raise UserError(
            f"The sandbox serves {options.host} only with --tls: tokens must not cross a network in clear.",
            "Add --tls, or leave --host away to serve this machine only.",
        )
    if options.fresh and options.database:
        raise UserError("--fresh makes a database of its own.", "Leave --fresh or --database away.")
    if options.workers > 1 and not (options.database or "").startswith(("postgresql://", "postgresql+psycopg://")):
        raise UserError(
            f"{options.workers} workers need a PostgreSQL database: a SQLite file serves one process.",
            "Add --database postgresql://USER@HOST/NAME, or leave --workers away.",
        )


@contextlib.contextmanager
def _folder(options: Options, data_folder: Callable[[], Path]) -> Iterator[Path]:
    """Where the database and certificates of this run lie; a temporary folder vanishes at the end."""
    if not options.fresh:
        yield data_folder()
        return
    folder = Path(tempfile.mkdtemp(prefix="komet-sandbox-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _url(options: Options, folder: Path) -> str:
    if options.database is None:
        return f"sqlite:///{folder / DATABASE_NAME}"
    return options.database if "://" in options.database else f"sqlite:///{Path(options.database).absolute()}"


def prepare_world(engine: Engine, options: Options) -> int:
    """Seed an empty database and apply the options; returns how many days the kept world is behind today."""
    with engine.begin() as connection:
        seeded = has_world(connection)
    if not seeded:
        from komet_console.sandbox.seed import seed_world

        seed_world(engine, seed=options.seed, today=clock.real_now().date())
    with engine.begin() as connection:
        settings.put(connection, FAILURES, options.failures)
        settings.put(connection, QUIRKS, int(options.quirks))
        if options.quota is not None:
            settings.put(connection, "quota_per_user", options.quota)
        if options.users is not None:
            connection.execute(update(t.companies).values(paid_users=options.users))
        return clock.days_behind(connection)


def _announcement(engine: Engine, address: str, port: int, key: str, ca: Path | None) -> dict[str, Any]:
    """The line of `--json`: where the sandbox runs and the test data to call it with."""
    from komet_console.sandbox.seed import cast
    from komet_console.sandbox.seed.tokens import token_value

    with engine.begin() as connection:
        seed = int(settings.get(connection, "seed") or 1)
    return {
        "url": f"{address}/api/",
        "control": f"{address}/sandbox/",
        "control_key": key,
        "port": port,
        "ca": str(ca) if ca else None,
        "tokens": {kind: token_value(seed, kind) for kind in TOKEN_KINDS},
        "login": {"username": cast.SHOP_USER_LOGIN, "password": cast.SHOP_USER_PASSWORD},
        "account": cast.COMPANY,
        "pid": os.getpid(),
    }


def _banner(facts: dict[str, Any], behind: int) -> str:
    """What a person sees at the start."""
    ca = f" --cacert {facts['ca']}" if facts["ca"] else ""
    lines = [
        f"Komet sandbox at {facts['url']}",
        f"  account (X-ACCOUNT)  {facts['account']}",
        *(f"  {kind + ' token':<20} {token}" for kind, token in facts["tokens"].items()),
        f"  login                {facts['login']['username']} / {facts['login']['password']}",
        f"  control              {facts['control']}  (X-Sandbox-Key: {facts['control_key']})",
        "",
        "Try it:",
        f"  curl{ca} '{facts['url']}customer.list?authenticationToken={facts['tokens']['company']}'",
        "",
    ]
    if behind > 0:
        lines += [
            f"The kept world is {behind} days old. To move its dates to today:",
            f"  curl{ca} -X POST -H 'X-Sandbox-Key: {facts['control_key']}' {facts['control']}world/today",
            "",
        ]
    return "\n".join([*lines, "Everything here is test data. Ctrl+C stops the sandbox."])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only for sockets that say they are TCP; with it an answer takes 40 ms more.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UserError(
            f"The sandbox cannot listen on {host}, port {port}: {error.strerror or error}.",
            "Choose another --port; 0 takes a free one.",
        ) from error
    listener.set_inheritable(True)
    return listener


def serve(options: Options, data_folder: Callable[[], Path]) -> None:
    """Run until SIGTERM or Ctrl+C; raises `UserError` where it cannot start.

    `data_folder` is asked for only when the kept world is used.
    """
    check(options)
    with (
        # until it serves, SIGTERM unwinds as Ctrl+C does, so that a temporary world is removed
        on_signals(signal.default_int_handler),
        _folder(options, data_folder) as folder,
        contextlib.closing(_listen(options.host, options.port)) as listener,
    ):
        url = _url(options, folder)
        engine = open_engine(url)
        try:
            behind = prepare_world(engine, options)
            certificate = None
            if options.tls:
                from komet_console.sandbox.tls import make_certificate

                certificate = make_certificate(folder, options.host)
            serving = Serving(
                url,
                secrets.token_urlsafe(18),
                str(certificate.chain) if certificate else None,
                str(certificate.key) if certificate else None,
            )
            port = listener.getsockname()[1]
            name = f"[{options.host}]" if ":" in options.host else options.host
            address = f"{'https' if certificate else 'http'}://{name}:{port}"
            facts = _announcement(engine, address, port, serving.control_key, certificate.ca if certificate else None)

            def announce() -> None:
                sys.stdout.write((json.dumps(facts) if options.as_json else _banner(facts, behind)) + "\n")
                sys.stdout.flush()

            if options.workers > 1:
                from komet_console.sandbox.workers import run_many

                run_many(serving, listener, options.workers, announce)
            else:
                run_one(engine, serving, listener, announce)
        finally:
            engine.dispose()
