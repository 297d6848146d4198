"""`methods`, `show` and `openapi`: the catalogue on a terminal. No network, no Qt."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from komet_console.catalogue import Catalogue, load
from komet_console.cli.catalogue_text import method_json, method_text, summary_json, summary_line
from komet_console.cli.status import ExitStatus
from komet_console.errors import UserError


@click.command()
@click.argument("text", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Write a JSON array instead of text.")
def methods(text: tuple[str, ...], as_json: bool) -> None:
    """List all methods by group, or those that fit TEXT, best first.

    TEXT may be a part of the name or the title, a field name, or a need such as "change box codes"; typing errors are
    forgiven. Nothing found ends with status 1.
    """
    catalogue = load()
    query = " ".join(text).strip()
    rows = [hit.summary for hit in catalogue.search(query)] if query else list(catalogue.summaries.values())
    if as_json:
        click.echo(json.dumps([summary_json(row) for row in rows], ensure_ascii=False, indent=2))
    elif query:
        for row in rows:
            click.echo(summary_line(row))
    else:
        for group in catalogue.groups:
            listed = catalogue.in_group(group)
            click.secho(f"{group} ({len(listed)})", bold=True)
            for row in listed:
                click.echo(f"  {summary_line(row)}")
    _say_problems(catalogue)
    if query and not rows:
        click.echo(f'No method fits "{query}".', err=True)
        raise SystemExit(ExitStatus.REFUSED)


def _say_problems(catalogue: Catalogue) -> None:
    for problem in catalogue.problems:
        click.echo(f"Damaged: {problem}", err=True)


@click.command()
@click.argument("method")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead of text.")
def show(method: str, as_json: bool) -> None:
    """Everything known about METHOD (a name or one of its other spellings)."""
    catalogue = load()
    found = catalogue.method(method)
    sample = catalogue.sample(found, datetime.now(UTC).date())
    if as_json:
        click.echo(json.dumps(method_json(found, sample), ensure_ascii=False, indent=2))
    else:
        click.echo(method_text(found, sample))


@click.command()
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output without."
)
@click.option(
    "--format", "kind", type=click.Choice(["json", "yaml"]), help="Default: what the file is called, else JSON."
)
def openapi(output: Path | None, kind: str | None) -> None:
    """Write the catalogue as one bundled OpenAPI 3.1 document."""
    catalogue = load()
    document = catalogue.openapi()
    _say_problems(catalogue)
    if kind is None:
        kind = "yaml" if output is not None and output.suffix in (".yaml", ".yml") else "json"
    if kind == "json":
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    else:
        from io import StringIO

        from ruamel.yaml import YAML

        stream = StringIO()
        yaml = YAML(pure=True)
        yaml.default_flow_style = False
        yaml.width = 150
        yaml.dump(document, stream)
        text = stream.getvalue()
    if output is None:
        click.echo(text, nl=False)
        return
    unfinished = output.with_name(f".{output.name}.part")
    try:
        if output.exists() and not output.is_file():
            # A device or a named pipe, /dev/stdout for instance, is written to, never replaced by a file.
            output.write_text(text, encoding="utf-8")
            return
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(output.resolve())
    except BrokenPipeError:
        raise
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise UserError(
            f"{output} cannot be written: {error.strerror}.", "Choose another file or make room.", str(error)
        ) from error
