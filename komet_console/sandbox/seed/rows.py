"""Collecting rows in memory and writing them in bulk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, insert

from komet_console.sandbox.store.tables import world_tables

Row = dict[str, Any]


class Rows:
    """Rows by table. Rows stay changeable until they are inserted, so that states and totals can be filled in later."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {}
        self._templates: dict[str, Row] = {}
        self._next_ids: dict[str, int] = {}

    def start_ids(self, table: Table, first: int) -> None:
        """Let rows without an id get `first` and the following ones."""
        self._next_ids[table.name] = first

    def add(self, table: Table, **values: Any) -> Row:
        """Add a row and return it; what is not given gets the column's default, the id the next free one."""
        name = table.name
        template = self._templates.get(name)
        if template is None:
            # every row needs the same keys to go into one bulk insert
            template = {column.name: getattr(column.default, "arg", None) for column in table.columns}
            self._templates[name] = template
            self._rows[name] = []
        row = {**template, **values}
        if len(row) != len(template):
            raise KeyError(f"{name} has no column {sorted(set(row) - set(template))}")
        if "id" in row and row["id"] is None:
            following = self._next_ids.get(name, 1)
            row["id"] = following
            self._next_ids[name] = following + 1
        self._rows[name].append(row)
        return row

    def of(self, table: Table) -> list[Row]:
        """The rows added to a table so far."""
        return self._rows.get(table.name, [])

    def insert(self, connection: Connection) -> None:
        """Write everything, parents before children."""
        for table in world_tables():
            rows = self._rows.get(table.name)
            if rows:
                connection.execute(insert(table), rows)
