"""`sandbox`: run a local Komet. The only module that may import the sandbox."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to serve; beyond this machine only with --tls."
)
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--database", metavar="PATH|URL", help="SQLite file or database URL; default: in your data folder.")
@click.option("--fresh", is_flag=True, help="A new world in a temporary database, removed at the end.")
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0), help="Which world to seed; same seed, same world."
)
@click.option("--tls", is_flag=True, help="HTTPS with a certificate from an authority made on the spot.")
@click.option("--quota", type=click.IntRange(0), help="Calls per paid user and day; 0 is unlimited.  [default: 1000]")
@click.option("--users", type=click.IntRange(1), help="Paid users; the daily quota is --quota times --users.")
@click.option(
    "--failures",
    type=click.Choice(["codes", "body"]),
    default="codes",
    show_default=True,
    help="Failures as HTTP status codes, or as HTTP 200 with status 0.",
)
@click.option("--quirks", is_flag=True, help="Answer like the documented samples: numbers and ids in quotes.")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that serve; more than one needs PostgreSQL.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON once connections are accepted.")
@click.option("--while-held", type=click.Path(path_type=Path), hidden=True, help="For the launcher in `session`.")
def sandbox(while_held: Path | None, **options: object) -> None:
    """Run a local Komet with a seeded world: every method, no account, no network.

    Serves until SIGTERM or Ctrl+C, then ends with status 0.
    """
    from komet_console.paths import user_folder
    from komet_console.sandbox.server import Options, serve

    with contextlib.ExitStack() as stack:
        if while_held is not None:
            from komet_console.session.sandbox import alive_while_held

            stack.enter_context(alive_while_held(while_held))
        serve(Options(**options), user_folder)  # type: ignore[arg-type]  # click has checked the types
