"""Named values of the sandbox: what was seeded, the clock, the quota."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from komet_console.sandbox.store.control import settings


def get(connection: Connection, name: str) -> str | None:
    """Return the value of setting `name`, None when it was never put."""
    value: str | None = connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar_one_or_none()
    return value


def put(connection: Connection, name: str, value: object) -> None:
    """Set `name` to the text of `value`; None removes the setting."""
    connection.execute(delete(settings).where(settings.c.name == name))
    if value is not None:
        connection.execute(insert(settings).values(name=name, value=str(value)))
