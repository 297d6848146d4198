"""Moving a whole world through time, so that a kept one is about today again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Date, DateTime, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from komet_console.sandbox.store import clock, settings
from komet_console.sandbox.store.tables import world_tables


class _Moved(FunctionElement[Any]):
    """A date or moment, `days` later; each database has its own arithmetic for that."""

    inherit_cache = False

    def __init__(self, column: Column[Any], days: int) -> None:
        super().__init__(column)
        self.days = days
        self.moment = isinstance(column.type, DateTime)
        self.type = column.type


@compiles(_Moved, "sqlite")
def _moved_sqlite(element: _Moved, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.clauses, **kw)
    # the text forms in which SQLAlchemy stores dates and moments
    form = "%Y-%m-%d %H:%M:%f000" if element.moment else "%Y-%m-%d"
    return f"strftime('{form}', {column}, '{element.days:+d} days')"


@compiles(_Moved, "postgresql")
def _moved_postgresql(element: _Moved, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.clauses, **kw)
    return f"({column} + interval '{element.days} days')" + ("" if element.moment else "::date")


def shift_world(connection: Connection, days: int) -> None:
    """Move every business date and moment by `days` (negative: back) and the world's own date with them."""
    if days == 0:
        return
    for table in world_tables():
        moved: dict[str, ColumnElement[Any]] = {
            column.name: _Moved(column, days) for column in table.columns if isinstance(column.type, Date | DateTime)
        }
        if moved:
            connection.execute(update(table).values(moved))
    laid = clock.world_date(connection)
    if laid is not None:
        settings.put(connection, clock.WORLD_DATE, laid + timedelta(days=days))


def move_to_today(connection: Connection) -> int:
    """Move a world to the clock's today; return by how many days."""
    days = clock.days_behind(connection)
    shift_world(connection, days)
    return days
