"""Reading plain values that may be anything: what is not as expected becomes a problem with file and line."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from komet_console.exchange import Pair
from komet_console.texts import said
from komet_console.workspace.collections.model import Problem
from komet_console.workspace.collections.yamltext import YamlTree

__all__ = ["Reader", "object_of", "put", "text_of"]


def put(data: dict[str, Any], key: str, value: Any) -> None:
    """Set a key unless its value is empty."""
    if value:
        data[key] = value


def text_of(value: Any) -> str:
    """A text, or the text of a described or typed value (`{content: ...}`, `{data: ...}`); everything else is empty."""
    if isinstance(value, dict):
        value = value.get("content", value.get("data"))
    return value if isinstance(value, str) else ""


def object_of(value: Any) -> dict[str, Any]:
    """An object; everything else is an empty one."""
    return value if isinstance(value, dict) else {}


class Reader:
    """One file's values with its name, collecting problems.

    Args:
        stays: whether the file stays as it is, with what cannot be read of it; else only what is read goes on.
    """

    def __init__(self, tree: YamlTree, file: str, *, stays: bool = True) -> None:
        self.tree = tree
        self.file = file
        self.stays = stays
        self.problems: list[Problem] = []
        self.root: dict[str, Any] = tree.value if isinstance(tree.value, dict) else {}
        if not isinstance(tree.value, dict):
            self.problem("The file holds no object." if tree.value is not None else "The file is empty.")

    @property
    def stem(self) -> str:
        """The file's name without folder and suffix, for things without a name."""
        return PurePosixPath(self.file).stem or self.file

    def problem(self, message: str, *path: str | int) -> None:
        """Note a problem at a path of keys."""
        self.problems.append(Problem(message, self.file, self.tree.line(*path)))

    def object(self, key: str) -> dict[str, Any]:
        """The object under a top-level key; empty where there is none."""
        value = self.root.get(key)
        if value is not None and not isinstance(value, dict):
            self.problem(said('"{key}" is no object and was left out.', key=key), key)
        return value if isinstance(value, dict) else {}

    def rows(self, parent: dict[str, Any], *path: str | int) -> list[dict[str, Any]]:
        """The objects of the list that stands in `parent` under the last part of `path`."""
        value = parent.get(str(path[-1]))
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(said('"{path}" is no list and was left out.', path=path[-1]), *path)
            return []
        found = []
        for number, row in enumerate(value):
            if isinstance(row, dict):
                found.append(row)
            else:
                self.problem(said('An entry of "{path}" is no object and was left out.', path=path[-1]), *path, number)
        return found

    def pairs(self, parent: dict[str, Any], *path: str | int) -> tuple[Pair, ...]:
        """The rows of a list of names and values."""
        return tuple(self.pair(row) for row in self.rows(parent, *path))

    def pair(self, row: dict[str, Any]) -> Pair:
        """One name and value."""
        value = row.get("value")
        if isinstance(value, list):
            chosen = [one for one in value if isinstance(one, dict) and text_of(one.get("selected")) == "true"]
            first = (chosen or [one for one in value if isinstance(one, dict)] or [{}])[0]
            value = first.get("value")
        off = text_of(row.get("disabled")).casefold() == "true"
        return Pair(text_of(row.get("name")), text_of(value), not off, text_of(row.get("description")))

    def described_in_info(self) -> bool:
        """Whether the file keeps its description in `info` and not in `docs`."""
        return not text_of(self.root.get("docs")) and bool(text_of(self.object("info").get("description")))

    def description(self) -> str:
        """The description, wherever it stands."""
        return text_of(self.root.get("docs")) or text_of(self.object("info").get("description"))

    def tags(self) -> tuple[str, ...]:
        """The tags that are texts."""
        value = self.object("info").get("tags")
        return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()

    def seq(self) -> float:
        """The place among siblings; 0 where there is none."""
        try:
            number = float(text_of(self.object("info").get("seq")) or 0)
        except ValueError:
            return 0
        return number if abs(number) < 1e9 else 0
