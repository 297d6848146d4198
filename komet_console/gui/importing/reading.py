"""What files and pasted texts hold, as one import. Needs no widget; blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.gui.collections.model import Node
from komet_console.gui.i18n import tr
from komet_console.interchange.formats import read_bytes, read_path
from komet_console.interchange.imports import Imported, collections_of
from komet_console.texts import sentences
from komet_console.workspace.collections.model import Collection, Folder, Item, Problem
from komet_console.workspace.collections.references import FoundSecret

__all__ = ["Found", "merged", "nodes_of_collections", "problem_words", "read_one", "read_text", "summary"]


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be imported: collections with their environments, and what goes along."""

    collections: tuple[Collection, ...]
    formats: tuple[str, ...] = ()
    requests: int = 0
    recognised: int = 0
    environments: int = 0
    secrets: tuple[FoundSecret, ...] = field(default=(), repr=False)
    problems: tuple[Problem, ...] = ()


def read_one(path: Path, catalogue: Catalogue) -> Imported | Problem:
    """A file or folder; one that cannot be read is a problem, and the others are imported all the same."""
    try:
        return read_path(path, catalogue)
    except UserError as error:
        return Problem(sentences(*error.lines()[:2]), path.name)


def read_text(text: str, catalogue: Catalogue) -> Imported | Problem:
    """What was pasted."""
    try:
        return read_bytes(text.encode("utf-8", "replace"), catalogue)
    except UserError as error:
        return Problem(sentences(*error.lines()[:2]))


def problem_words(problem: Problem) -> str:
    """A problem for a person: where it is, and what."""
    return str(replace(problem, message=tr(problem.message)))


def merged(parts: Iterable[Imported | Problem]) -> Found:
    """All parts as one; what holds only environments goes into the first collection."""
    parts = list(parts)
    found = [one for one in parts if isinstance(one, Imported)]
    problems = [one for one in parts if isinstance(one, Problem)]
    several = len(found) > 1
    for one in found:
        named = (replace(problem, file=f"{one.collection.name}/{problem.file}") for problem in one.problems)
        problems += named if several else one.problems
    return Found(
        tuple(collections_of(found)),
        tuple(dict.fromkeys(one.format for one in found)),
        sum(one.requests for one in found),
        sum(one.recognised for one in found),
        sum(len(one.environments) for one in found),
        tuple(secret for one in found for secret in one.secrets),
        tuple(problems),
    )


def nodes_of_collections(collections: Sequence[Collection]) -> list[Node]:
    """The collections as rows of a tree."""
    roots = []
    for number, collection in enumerate(collections):
        root = Node(str(number), "collection", collection.name, row=number)
        for item in collection.items:
            _add(root, item)
        roots.append(root)
    return roots


def _add(above: Node, item: Item) -> None:
    row = len(above.children)
    address = f"{above.address}/{row}"
    if isinstance(item, Folder):
        made = Node(address, "folder", item.name, above=above, row=row, depth=above.depth + 1)
        for child in item.items:
            _add(made, child)
        above.requests += made.requests
    else:
        draft = item.draft
        made = Node(address, "http", item.name, draft.verb or "", above=above, row=row, depth=above.depth + 1)
        above.requests += 1
    above.children.append(made)


def summary(found: Found) -> str:
    """What will be made, in a line."""
    facts = [" · ".join(found.formats)]
    if found.requests == 1:
        facts.append(tr("1 request, a call of Komet's") if found.recognised else tr("1 request"))
    elif found.requests:
        facts.append(
            tr(
                "{count} requests, {known} of them calls of Komet's methods",
                count=f"{found.requests:,}",
                known=f"{found.recognised:,}",
            )
        )
    if found.environments:
        facts.append(
            tr("1 environment") if found.environments == 1 else tr("{count} environments", count=found.environments)
        )
    return " · ".join(fact for fact in facts if fact)
