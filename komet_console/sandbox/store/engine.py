"""Opening the sandbox's database: a SQLite file, or PostgreSQL by URL."""

from __future__ import annotations

from sqlite3 import Connection as SqliteConnection

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from komet_console.errors import UserError
from komet_console.sandbox.store import settings
from komet_console.sandbox.store.tables import metadata, world_tables

SCHEMA_VERSION = 1
"""Raised whenever a table changes; a kept database of another version is refused, its world is only test data."""
WRITE_LOCK = 1043
"""Number of the advisory lock that writers on PostgreSQL take."""


def open_engine(url: str) -> Engine:
    """Open the database `url` and create its tables where they are missing.

    `url` is a SQLAlchemy URL (`sqlite:///path`, `postgresql://...`). Raises UserError when the database can't be
    reached or was made by another version of the sandbox. A transaction takes the write lock of the database at its
    start, so that writers follow one another; `reading(engine)` never waits for a writer.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise UserError(
            "The database address can't be read.", "Write sqlite:///PATH or postgresql://HOST/NAME."
        ) from error
    backend = address.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise UserError(
            f"The sandbox has no use for a {backend} database.", "Write sqlite:///PATH or postgresql://HOST/NAME."
        )
    if backend == "sqlite":
        if address.database in (None, "", ":memory:"):
            # each worker thread would get a memory of its own
            raise UserError("The sandbox needs a database file.", "Write sqlite:///PATH.")
        engine = create_engine(address)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        try:
            # a commit lost with the power is no loss to test data, and waiting for the disk is most of a write
            options = {"options": "-c synchronous_commit=off"}
            engine = create_engine(address, pool_pre_ping=True, connect_args=options)
        except ModuleNotFoundError as error:
            raise UserError(
                f"The database driver {error.name} is not installed.",
                "Install it with: pip install 'komet-console[postgres]'",
            ) from error
        event.listen(engine, "begin", _begin_postgresql)
    try:
        with engine.begin() as connection:
            _create_tables(connection)
    except SQLAlchemyError as error:
        engine.dispose()
        raise _cannot_open(address, error) from error
    except UserError:
        engine.dispose()
        raise
    return engine


def _cannot_open(address: URL, error: SQLAlchemyError) -> UserError:
    reason = getattr(error, "orig", error)
    name = address.database if address.get_backend_name() == "sqlite" else address.render_as_string()
    if getattr(reason, "sqlite_errorname", "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return UserError(
            f"The sandbox's database {name} is damaged or no database at all.",
            "Delete the file to have a new world seeded, or start with --fresh; the world in it is test data.",
            str(reason),
        )
    return UserError(
        f"The sandbox's database {name} can't be opened.",
        "Check that the folder or server exists and may be written to.",
        str(reason),
    )


def reading(engine: Engine) -> Engine:
    """The same database for transactions that only read: they wait for no writer and see one moment of the database."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reading=True)
    return engine.execution_options(reading=True, isolation_level="REPEATABLE READ")


def clear_world(connection: Connection) -> None:
    """Delete every row of the business; settings, journal, faults, webhooks and snapshots stay."""
    for table in reversed(world_tables()):
        connection.execute(table.delete())


def has_world(connection: Connection) -> bool:
    """Whether a world has been seeded into this database."""
    return settings.get(connection, "world_date") is not None


def align_sequences(connection: Connection) -> None:
    """Let new ids follow the highest explicit one (PostgreSQL sequences don't notice explicit ids; SQLite does)."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.c.get("id")
        if column is not None:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f"greatest((SELECT max(id) FROM {table.name}), 1))"
                )
            )


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    # pysqlite's own transaction handling starts transactions late and as readers, which ends in SQLITE_BUSY_SNAPSHOT
    # when two requests read and then write; _begin_sqlite takes over.
    connection.isolation_level = None
    # SQLite's own lower() knows ASCII only, so that a name with an accent would not be found without regard to case
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "busy_timeout=10000",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-8000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _lower(text: object) -> str | None:
    return None if text is None else str(text).lower()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    # straight to the driver: SQLAlchemy's own way to execute text costs several times the statement
    driver = connection.connection.driver_connection
    assert isinstance(driver, SqliteConnection)
    driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    # Several workers write to one world. Without the lock two sales of the same boxes would both find them free; with
    # it a call sees everything that calls before it have done, exactly as on SQLite.
    if "reading" not in connection.get_execution_options():
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")


def _create_tables(connection: Connection) -> None:
    if inspect(connection).has_table("settings"):
        found = settings.get(connection, "schema_version")
        if found != str(SCHEMA_VERSION):
            raise UserError(
                f"This database was made by another version of the sandbox (schema {found}, needed {SCHEMA_VERSION}).",
                "Start with --fresh, or name another database; the world in it is test data and can be seeded again.",
            )
        return
    metadata.create_all(connection, checkfirst=False)
    settings.put(connection, "schema_version", SCHEMA_VERSION)
