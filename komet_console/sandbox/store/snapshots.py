"""Named copies of the whole world, kept in the database itself so that every worker sees them."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Date, DateTime, LargeBinary, delete, insert, select

from komet_console.errors import UserError
from komet_console.sandbox.store import clock, settings
from komet_console.sandbox.store.columns import Exact
from komet_console.sandbox.store.control import snapshots
from komet_console.sandbox.store.engine import align_sequences, clear_world
from komet_console.sandbox.store.tables import world_tables

_KEPT_SETTINGS = ("seed", "scale", clock.OFFSET)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot's name, when it was made (UTC) and the day its world is laid around."""

    name: str
    created_on: datetime
    world_date: date


def save(connection: Connection, name: str) -> None:
    """Copy the world under `name`, replacing a snapshot of that name. Raises UserError when there is no world yet."""
    laid = clock.world_date(connection)
    if laid is None:
        raise UserError("There is no world to copy.", "Seed one with a reset first.")
    tables = {}
    for table in world_tables():
        columns = list(table.columns)
        written = [_written(column) for column in columns]
        rows = connection.execute(select(*columns)).all()
        tables[table.name] = [[write(value) for write, value in zip(written, row, strict=True)] for row in rows]
    kept = {setting: settings.get(connection, setting) for setting in _KEPT_SETTINGS}
    content = zlib.compress(json.dumps({"settings": kept, "tables": tables}, separators=(",", ":")).encode(), 1)
    delete_snapshot(connection, name)
    connection.execute(
        insert(snapshots).values(name=name, created_on=clock.now(connection), world_date=laid, content=content)
    )


def load(connection: Connection, name: str) -> None:
    """Put the world of snapshot `name` in place of the present one. Raises UserError when there is no such snapshot."""
    found = connection.execute(
        select(snapshots.c.content, snapshots.c.world_date).where(snapshots.c.name == name)
    ).one_or_none()
    if found is None:
        raise UserError(f"There is no snapshot called {name!r}.", "List the snapshots to see their names.")
    content = json.loads(zlib.decompress(found.content))
    clear_world(connection)
    for table in world_tables():
        columns = list(table.columns)
        readers = [_read(column) for column in columns]
        rows = content["tables"][table.name]
        if rows:
            names = [column.name for column in columns]
            connection.execute(
                insert(table),
                [{key: read(value) for key, read, value in zip(names, readers, row, strict=True)} for row in rows],
            )
    align_sequences(connection)
    for setting, value in content["settings"].items():
        settings.put(connection, setting, value)
    settings.put(connection, clock.WORLD_DATE, found.world_date)


def names(connection: Connection) -> list[Snapshot]:
    """The snapshots, by name."""
    c = snapshots.c
    return [
        Snapshot(row.name, row.created_on, row.world_date)
        for row in connection.execute(select(c.name, c.created_on, c.world_date).order_by(c.name))
    ]


def delete_snapshot(connection: Connection, name: str) -> bool:
    """Delete a snapshot; return whether there was one."""
    return connection.execute(delete(snapshots).where(snapshots.c.name == name)).rowcount > 0


def _same(value: Any) -> Any:
    return value


def _written(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, Exact):
        return lambda value: None if value is None else str(value)
    if isinstance(column.type, Date | DateTime):
        return lambda value: None if value is None else value.isoformat()
    if isinstance(column.type, LargeBinary):
        return lambda value: b64encode(value).decode()
    return _same


def _read(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, DateTime):
        return lambda value: None if value is None else datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return lambda value: None if value is None else date.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return b64decode
    return _same
