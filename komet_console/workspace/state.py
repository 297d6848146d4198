"""How the user left the window: geometry, splitters, what was open in the sidebar; favourite and recent methods."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

    from komet_console.workspace.database import Database
    from komet_console.workspace.writing import Writer

__all__ = ["State"]


class State:
    """Small things by name. Changes return at once and are written soon; call it from one thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._writer = writer
        self._values = {row["name"]: row["value"] for row in database.read("SELECT name, value FROM ui_state")}
        self._favourites = [row["method"] for row in database.read("SELECT method FROM favourites ORDER BY position")]
        recents = database.read("SELECT method, used_at FROM recents ORDER BY used_at")
        self._recents: dict[str, int] = {row["method"]: row["used_at"] for row in recents}

    def get(self, name: str, default: Any = None) -> Any:
        """What was put under a name (JSON: text, numbers, lists, objects), or the default."""
        try:
            return json.loads(self._values[name])
        except (KeyError, ValueError):
            return default

    def put(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name, such as `window.geometry`; never a secret."""
        text = json.dumps(value)
        if self._values.get(name) == text:
            return
        self._values[name] = text

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO ui_state VALUES (?, ?)", (name, text))

        self._writer.later(write, ("state", name))

    @property
    def favourites(self) -> tuple[str, ...]:
        """Names of the favourite methods, in the user's order."""
        return tuple(self._favourites)

    def set_favourites(self, methods: tuple[str, ...] | list[str]) -> None:
        """Replace the favourites; their order is kept, duplicates are not."""
        self._favourites = list(dict.fromkeys(methods))
        rows = [(method, position) for position, method in enumerate(self._favourites)]

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM favourites")
            connection.executemany("INSERT INTO favourites VALUES (?, ?)", rows)

        self._writer.later(write, "favourites")

    def toggle_favourite(self, method: str) -> bool:
        """Make a method a favourite, or not any more; returns whether it is one now."""
        is_one = method in self._favourites
        self.set_favourites([one for one in self._favourites if one != method] + ([] if is_one else [method]))
        return not is_one

    def recents(self, limit: int = 10) -> tuple[str, ...]:
        """Names of the methods that were used last, the newest first."""
        return tuple(reversed(list(self._recents)))[:limit]

    def use(self, method: str) -> None:
        """A method was opened or called just now."""
        # Never the same twice: the moments are the order.
        moment = max(time.time_ns() // 1_000_000, *(one + 1 for one in self._recents.values()), 0)
        self._recents.pop(method, None)
        self._recents[method] = moment

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO recents VALUES (?, ?, 1) ON CONFLICT (method) DO UPDATE"
                " SET used_at = excluded.used_at, uses = uses + 1",
                (method, moment),
            )

        self._writer.later(write)
