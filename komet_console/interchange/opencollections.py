"""OpenCollection in and out: the folder that Bruno and this program keep, and the same as one bundled file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.interchange.imports import MAX_DEPTH, Imported, Notes, finished, list_of, object_of, text_of
from komet_console.interchange.model import graphql_text
from komet_console.texts import said, sentences
from komet_console.workspace.collections import opencollection
from komet_console.workspace.collections.cleaning import Cleaner
from komet_console.workspace.collections.model import BASE_URL, Collection, Folder, Item, RequestItem
from komet_console.workspace.collections.scanning import COLLECTION_FILE, Scanner
from komet_console.workspace.collections.values import Reader
from komet_console.workspace.collections.yamltext import MAX_IMPORTED, YamlError, YamlTree, decode, dump
from komet_console.workspace.collections.yamltext import read as read_yaml

__all__ = ["is_bundled", "is_folder", "read", "read_folder", "read_value", "write"]


def is_folder(folder: Path) -> bool:
    """Whether a folder holds a collection, of this or of Bruno's old kind."""
    return (folder / COLLECTION_FILE).is_file() or (folder / "bruno.json").is_file()


def read_folder(folder: Path, catalogue: Catalogue) -> Imported:
    """Everything in a folder. Raises `UserError` where it holds no collection."""
    if not (folder / COLLECTION_FILE).is_file():
        if (folder / "bruno.json").is_file():
            raise UserError(
                said("{name} is a collection in Bruno's old format (.bru files).", name=folder.name),
                "Open it in Bruno 3 or later and migrate it to OpenCollection (YAML), then import it again.",
            )
        raise UserError(
            said("{folder} holds no collection: there is no {file}.", folder=folder, file=COLLECTION_FILE),
            "Choose a collection's folder.",
        )
    collection = _Folder(folder, catalogue).collection()
    return _finished("OpenCollection folder", collection, collection.problems)


class _Folder(Scanner):
    """A folder of which only what is read goes on."""

    def reader(self, tree: YamlTree, path: str) -> Reader:
        return _reader(tree, path)


def _reader(tree: YamlTree, file: str) -> Reader:
    """What reads values to be copied. A GraphQL request is a POST of JSON here, which says and sends the same."""
    reader = Reader(tree, file, stays=False)
    info, graphql = object_of(reader.root.get("info")), reader.root.get("graphql")
    if text_of(info.get("type")) != "graphql" or not isinstance(graphql, dict):
        return reader
    body = graphql.get("body")
    if isinstance(body, list):
        rows = [row for row in body if isinstance(row, dict)]
        chosen = [row for row in rows if text_of(row.get("selected")).casefold() == "true"] or rows
        body = chosen[0].get("body") if chosen else None
    given = object_of(body)
    text = graphql_text(text_of(given.get("query")), given.get("variables"))
    http = {"method": "POST", **graphql, "body": {"type": "json", "data": text}}
    reader.root = {**reader.root, "info": {**info, "type": "http"}, "http": http}
    return reader


def _finished(kind: str, collection: Collection, problems: Any) -> Imported:
    notes = Notes()
    for one in problems:
        notes.add(one.message, one.file, one.line)
    made = replace(collection, items=tuple(_pathless(one) for one in collection.items))
    return finished(kind, made, made.environments, notes)


def _pathless(item: Item) -> Item:
    """Without the place in its old folder, and with the environment's address before Komet's methods."""
    if isinstance(item, Folder):
        return replace(item, path="", items=tuple(_pathless(one) for one in item.items))
    return replace(item, path="", base_url=BASE_URL if item.draft.method else item.base_url)


# -- one file ----------------------------------------------------------------------------------------------------------


def is_bundled(value: Any) -> bool:
    """Whether plain values look like a bundled OpenCollection."""
    given = object_of(value)
    return "opencollection" in given and isinstance(given.get("items", []), list)


def read(data: bytes, catalogue: Catalogue, file: str = "") -> Imported:
    """Everything in a bundled file. Raises `UserError` where it is none."""
    try:
        tree = read_yaml(decode(data), MAX_IMPORTED)
    except YamlError as error:
        why = said("Line {line}: {reason}", line=error.line, reason=error.message) if error.line else error.message
        raise UserError(sentences("The collection's file cannot be read.", why)) from None
    return read_value(tree.value, catalogue, file)


def read_value(value: Any, catalogue: Catalogue, file: str = "") -> Imported:
    """As `read`, of plain values."""
    if not is_bundled(value):
        raise UserError("This is no OpenCollection.", "It begins with: opencollection: 1.0.0")
    reader = _reader(YamlTree(value), file)
    bundle = _Bundle(catalogue, file)
    info = reader.object("info")
    name = text_of(info.get("name")) or Path(file).stem or "Collection"
    items = bundle.items(value.get("items"), "", 1)
    config = object_of(value.get("config"))
    environments = []
    for one in list_of(config.get("environments")):
        own = _reader(YamlTree(one), file)
        environments.append(opencollection.environment_of(own))
        bundle.problems += own.problems
    defaults = opencollection.defaults_of(reader)
    made = Collection(name, items, reader.description(), defaults, tuple(environments))
    return _finished("OpenCollection file", made, [*reader.problems, *bundle.problems])


class _Bundle:
    def __init__(self, catalogue: Catalogue, file: str) -> None:
        self.catalogue = catalogue
        self.file = file
        self.problems: list[Any] = []
        self._room = Notes()

    def items(self, value: Any, place: str, depth: int) -> tuple[Item, ...]:
        found: list[Item] = []
        for one in list_of(value):
            if not self._room.room():
                break
            name = text_of(object_of(object_of(one).get("info")).get("name"))
            here = f"{place}/{name}" if place else name
            reader = _reader(YamlTree(one), here)
            if text_of(reader.object("info").get("type")) == "folder":
                if depth >= MAX_DEPTH:
                    reader.problem("Folders are nested too deeply; this one was left out.")
                else:
                    below = self.items(reader.root.get("items"), here, depth + 1)
                    defaults = opencollection.defaults_of(reader)
                    found.append(Folder(name, below, reader.description(), reader.tags(), reader.seq(), defaults))
            else:
                item = opencollection.request_of(reader, self.catalogue)
                if item is not None:
                    found.append(item)
            self.problems += reader.problems
        return tuple(found)


def write(collection: Collection, catalogue: Catalogue) -> bytes:
    """The collection as one file; secrets are references."""
    made = Cleaner().collection(collection)
    data = opencollection.collection_data(made)
    if made.environments:
        data["config"] = {"environments": [opencollection.environment_data(one) for one in made.environments]}
    data["items"] = _items(made.items, catalogue)
    data["bundled"] = True
    return dump(data).encode("utf-8", "replace")


def _items(items: tuple[Item, ...], catalogue: Catalogue) -> list[dict[str, Any]]:
    found = []
    for number, one in enumerate(items, start=1):
        if isinstance(one, RequestItem):
            found.append(opencollection.request_data(replace(one, seq=number), catalogue))
        else:
            data = opencollection.folder_data(replace(one, seq=number))
            found.append(data | {"items": _items(one.items, catalogue)})
    return found
