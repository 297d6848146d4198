"""What every control endpoint works with: the database, and the word that something changed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from komet_console.sandbox.context import Event
from komet_console.sandbox.sharing import note_change
from komet_console.sandbox.state import State
from komet_console.sandbox.store.engine import reading


@dataclass(frozen=True, slots=True)
class Desk:
    """`announce` tells webhooks what happened."""

    engine: Engine
    state: State
    announce: Callable[[list[Event]], None]

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, with everything served so far in it."""
        self.state.flush()
        self.state.refresh()
        with reading(self.engine).begin() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; afterwards the gate of every worker sees the change."""
        self.state.flush()
        with self.engine.begin() as connection:
            yield connection
            note_change(connection)
        self.state.reload()

    def changed(self) -> None:
        """Let the gate of every worker see a change made elsewhere."""
        with self.engine.begin() as connection:
            note_change(connection)
        self.state.reload()
