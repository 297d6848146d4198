"""`import` and `export`: other tools' files into collections, and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from komet_console.catalogue import Catalogue, load
from komet_console.cli.status import ExitStatus
from komet_console.errors import UserError

if TYPE_CHECKING:
    from komet_console.interchange.imports import Imported
    from komet_console.workspace.collections.model import Collection

_SHOWN = 50
_STDIN = Path("-")
FORMATS = ("postman", "har", "http", "curl", "opencollection")


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER", help="Make the collections there."
)
@click.option("--dry-run", is_flag=True, help="Only show what would be made.")
@click.pass_context
def import_(ctx: click.Context, files: tuple[Path, ...], into: Path | None, dry_run: bool) -> None:
    """Make collections of other tools' files.

    Understood are Postman collections 2.1 and 2.0 with environments, OpenCollection folders and files (Bruno), curl
    commands, HAR, Insomnia 5 and 4, .http files; which one a file is shows by its content, and - reads one from standard
    input. Environments go into the collection that was imported with them. Secrets are never stored: references stand in
    their places.
    """
    from komet_console.interchange.imports import collections_of
    from komet_console.workspace.collections.library import FOLDER, Library
    from komet_console.workspace.opening import default_folder

    if files.count(_STDIN) > 1:
        raise UserError("Standard input can be read only once.", "Name - a single time.")
    catalogue = load()
    found: list[Imported] = []
    failed = 0
    for file in files:
        name = "standard input" if file == _STDIN else str(file)
        try:
            found.append(_read(file, catalogue))
        except UserError as error:
            failed += 1
            lines = "\n  ".join(error.lines())
            click.echo(lines if lines.startswith(name) else f"{name}: {lines}", err=True)
            continue
        _show(name, found[-1])
    if found and not dry_run:
        library = Library(into if into is not None else default_folder() / FOLDER, catalogue)
        for collection in collections_of(found):
            written = library.add(collection)
            click.echo(f'Stored as "{written.name}" in {written.folder}')
    if failed:
        ctx.exit(ExitStatus.PARTIAL if found else ExitStatus.USAGE)


def _read(file: Path, catalogue: Catalogue) -> Imported:
    from komet_console.interchange.formats import read_bytes, read_path
    from komet_console.interchange.imports import MAX_BYTES

    if file != _STDIN:
        return read_path(file, catalogue)
    try:
        # One more byte than allowed: the reader says that it is too much.
        return read_bytes(sys.stdin.buffer.read(MAX_BYTES + 1), catalogue)
    except OSError as error:
        raise UserError(f"It cannot be read: {error.strerror or error}.", "Name a file, or pipe one in.") from error


def _show(name: str, imported: Imported) -> None:
    """What an import makes, to standard output; what it could not carry, to standard error."""
    made = imported.collection
    click.echo(f'{name}: {imported.format} "{made.name}"')
    if imported.requests:
        recognised = imported.recognised
        calls = f"{recognised} of them {'a call' if recognised == 1 else 'calls'} of Komet's methods"
        click.echo(f"  {_counted(imported.requests, 'request')}, {calls}")
    for environment in imported.environments:
        count = len(environment.variables) + len(environment.secrets)
        click.echo(f'  environment "{environment.name}" with {_counted(count, "variable")}')
    if imported.secrets:
        names = ", ".join(f"{{{{{one.name}}}}} ({one.place})" for one in imported.secrets[:_SHOWN])
        click.echo(f"  secrets that were left out: {names}", err=True)
    for problem in imported.problems[:_SHOWN]:
        click.echo(f"  {problem}", err=True)
    if len(imported.problems) > _SHOWN:
        click.echo(f"  ... and {len(imported.problems) - _SHOWN} more", err=True)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@click.command()
@click.argument("collection")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, metavar="F", help=", ".join(FORMATS) + ".")
@click.option(
    "--output", required=True, metavar="O", help="A file, or a folder for opencollection; - writes to a pipe."
)
def export(collection: str, form: str, output: str) -> None:
    """Write COLLECTION (its name, or its folder) in another tool's format.

    With opencollection, O is a new folder, or one file where it ends in .yml. Nothing is written over. Secrets are never
    exported.
    """
    from komet_console.interchange.formats import cannot_carry, write
    from komet_console.workspace.collections.files import write_atomic
    from komet_console.workspace.collections.library import write_folder

    catalogue = load()
    found = _collection(collection, catalogue)
    target = Path(output)
    if output != "-" and (target.exists() or target.is_symlink()):
        raise UserError(f"{output} exists already.", "Choose another name; nothing is written over.")
    if form == "opencollection" and output != "-" and target.suffix not in (".yml", ".yaml"):
        write_folder(found, target.absolute(), catalogue)
    else:
        data = write(found, form, catalogue)
        if output == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        elif not target.absolute().parent.is_dir():
            raise UserError(f"There is no folder {target.absolute().parent}.", "Make it first.")
        else:
            write_atomic(target.absolute(), data)
    for problem in found.problems[:_SHOWN]:
        click.echo(str(problem), err=True)
    for sentence in cannot_carry(found, form):
        click.echo(sentence, err=True)


def _collection(name: str, catalogue: Catalogue) -> Collection:
    from komet_console.workspace.collections.library import FOLDER, Library
    from komet_console.workspace.collections.scanning import COLLECTION_FILE
    from komet_console.workspace.collections.store import CollectionStore
    from komet_console.workspace.opening import default_folder

    library = Library(default_folder() / FOLDER, catalogue)
    if name in library.names():
        return library.open(name).load()
    folder = Path(name)
    if (folder / COLLECTION_FILE).is_file():
        return CollectionStore(folder.absolute(), catalogue).load()
    listed = ", ".join(library.names()) or "none yet"
    raise UserError(
        f'There is no collection "{name}".', f"There are: {listed}. A collection's folder can be named too."
    )
