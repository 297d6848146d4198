"""What collections say, as rows that can be compared: a plan with the disk, one moment with another one."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Collection as AnyOf
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from komet_console.catalogue import Catalogue
from komet_console.workspace.collections import opencollection
from komet_console.workspace.collections.files import is_half
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Collection, EnvironmentValues, Folder, Item, RequestItem
from komet_console.workspace.collections.yamltext import dump

__all__ = ["Row", "digest", "halves", "make_old", "neither", "rows", "rows_of"]

Row = tuple[str, str, str]
"""Names of what it lies in, with `/`; its own name; a digest of everything else that it says."""


def digest(thing: Item | Collection | EnvironmentValues, catalogue: Catalogue) -> str:
    """A number for what something says besides its name and its place."""
    match thing:
        case RequestItem():
            data = opencollection.request_data(replace(thing, name="", seq=0), catalogue)
        case Folder():
            data = opencollection.folder_data(replace(thing, name="", seq=0))
        case Collection():
            data = opencollection.collection_data(replace(thing, name=""))
        case _:
            data = opencollection.environment_data(replace(thing, name=""))
    return hashlib.sha256(dump(data).encode("utf-8", "replace")).hexdigest()[:12]


def rows_of(collection: Collection, catalogue: Catalogue) -> list[Row]:
    """A collection and everything in it, in the order of the tree; what cannot be read is a row, too."""
    found: list[Row] = [("", collection.name, digest(collection, catalogue))]
    found += [(collection.name, f"unreadable: {one}", "") for one in collection.problems]
    found += [(collection.name, f"environment {one.name}", digest(one, catalogue)) for one in collection.environments]
    waiting: list[tuple[str, Item]] = [(collection.name, one) for one in reversed(collection.items)]
    while waiting:
        place, item = waiting.pop()
        found.append((place, item.name, digest(item, catalogue)))
        if isinstance(item, Folder):
            waiting += [(f"{place}/{item.name}", one) for one in reversed(item.items)]
    return found


def rows(library: Library, owner: str = "") -> list[Row]:
    """All collections whose folders' names begin with `owner`, read now."""
    loaded = [library.open(name).load() for name in library.names() if name.startswith(owner)]
    return [row for one in loaded for row in rows_of(one, library.catalogue)]


def neither(before: Sequence[Row], after: Sequence[Row], found: Sequence[Row], moving: AnyOf[str] = ()) -> str:
    """Why `found` is neither `before` nor `after` a change, in words; empty where it is one of them.

    Where something lies among its neighbours stands in its own file, so what changes, and what has one of the names in
    `moving`, may have any place among them; the others have to keep their order.
    """
    whole = Counter(found)
    if whole not in (Counter(before), Counter(after)):
        return (
            f"against before: {list((whole - Counter(before)).elements())} more, "
            f"{list((Counter(before) - whole).elements())} less; against after: "
            f"{list((whole - Counter(after)).elements())} more, {list((Counter(after) - whole).elements())} less"
        )
    changing = {row for row, _ in ((Counter(before) - Counter(after)) + (Counter(after) - Counter(before))).items()}

    def resting(some: Iterable[Row]) -> list[Row]:
        return [row for row in some if row not in changing and not {*row[0].split("/"), row[1]} & set(moving)]

    if resting(found) != resting(before):
        return f"the order of what rests was {resting(before)} and is {resting(found)}"
    return ""


def make_old(folder: Path) -> None:
    """What was written half looks as if that had been yesterday."""
    for one in folder.rglob("*"):
        if is_half(one.name) or one.parent.name == ".trash":
            os.utime(one, (1, time.time() - 86_400))


def halves(folder: Path) -> list[Path]:
    """What never got its name, and places of the trash that nothing came to."""
    found = [one for one in folder.rglob("*") if is_half(one.name)]
    for place in folder.glob(".trash/*"):
        held = [one for one in place.iterdir() if one.name != "origin.json"]
        found += [] if held else [place]
    return found
