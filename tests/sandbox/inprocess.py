"""The sandbox's gate called directly: the same code a socket reaches, on a real database file, a few ms a call."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from sqlalchemy import URL, NullPool, create_engine, make_url, select, text

from komet_console.catalogue import Catalogue, Method, load
from komet_console.sandbox.gate.gate import Gate, Outgoing
from komet_console.sandbox.gate.incoming import Incoming
from komet_console.sandbox.methods import load_all
from komet_console.sandbox.seed import seed_world
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.state import State
from komet_console.sandbox.store import clock
from komet_console.sandbox.store.engine import open_engine
from komet_console.sandbox.store.tables import metadata

SEED = 1
load_all()


@cache
def catalogue() -> Catalogue:
    return load()


def today() -> date:
    return clock.real_now().date()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def make_template(folder: Path, server: str | None = None) -> str:
    """The URL of a freshly seeded database, to be copied for every test: a SQLite file, or one on a PostgreSQL server."""
    url = f"sqlite:///{folder / 'template.sqlite3'}" if server is None else create_database(make_url(server))
    engine = open_engine(url)
    seed_world(engine, seed=SEED, today=today())
    engine.dispose()
    return url


def copy_database(url: str, folder: Path) -> str:
    """The URL of a copy of a database that nobody has open; that of a SQLite file lies in `folder`."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return create_database(address, address.database)
    path = folder / "sandbox.sqlite3"
    shutil.copy(address.database or "", path)
    return f"sqlite:///{path}"


def _administer(url: URL, statement: str) -> None:
    engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))


def create_database(server: URL, template: str | None = None) -> str:
    """The URL of a new database on a PostgreSQL server, empty or a copy of the one called `template`."""
    name = f"komet_test_{secrets.token_hex(6)}"
    _administer(
        server.set(database="postgres"), f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else "")
    )
    return server.set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Drop a database that `create_database` made; a SQLite file is left to its folder."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        _administer(address.set(database="postgres"), f"DROP DATABASE {address.database} WITH (FORCE)")


class Sandbox:
    """One sandbox on a copy of the template."""

    def __init__(self, template: str, folder: Path, *, failures: str = "codes", quirks: bool = False) -> None:
        self.url = copy_database(template, folder)
        self.engine = open_engine(self.url)
        self.state = State(self.engine, failures=failures, quirks=quirks)
        self.state.quota_per_user = 0
        self.gate = Gate(self.engine, catalogue(), self.state)

    def release(self) -> None:
        """Let the database go, so that it can be copied."""
        self.gate.close()
        self.state.close()
        self.engine.dispose()

    def close(self) -> None:
        self.release()
        drop_database(self.url)

    def stored(self) -> Iterator[tuple[str, bytes]]:
        """All that the database holds, by file or table."""
        if self.engine.dialect.name == "sqlite":
            for path in Path(make_url(self.url).database or "").parent.iterdir():
                yield path.name, path.read_bytes()
            return
        with self.engine.execution_options(reading=True).begin() as connection:
            for table in metadata.sorted_tables:
                yield table.name, repr(connection.execute(select(table)).all()).encode()

    @staticmethod
    def token(kind: str) -> str:
        """The default token of a kind; anything else is taken as a token itself."""
        return token_value(SEED, kind) if kind in ("company", "customer", "vendor", "user") else kind

    def send(
        self,
        verb: str,
        path: str,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        body: Any = None,
        *,
        client: str = "127.0.0.1",
    ) -> Answer:
        """Any request, as a client would send it; `body` is JSON or raw bytes."""
        pairs = tuple((key, str(value)) for key, value in (query or {}).items())
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, default=str).encode()
        size = sum(len(quote(key)) + len(quote(value)) + 2 for key, value in pairs)
        sent = {key.lower(): str(value) for key, value in (headers or {}).items()}
        out: Outgoing = self.gate.answer(Incoming(verb, path, pairs, size, sent, data, len(data), client, False))
        return Answer(out.status, dict(out.headers), out.body.decode())

    def call(
        self,
        name: str,
        /,
        token: str | None = "company",
        *,
        headers: dict[str, Any] | None = None,
        account: int | None = 1043,
        **fields: Any,
    ) -> Answer:
        """Call a method; input, token and X-ACCOUNT go where the catalogue has them."""
        method = catalogue().method(name)
        sent = {key: str(value) for key, value in (headers or {}).items()}
        if account is not None and any(field.name == "X-ACCOUNT" for field in method.headers):
            sent.setdefault("X-ACCOUNT", str(account))
        for field in method.headers:
            if field.required and field.name == "X-SALES-CHANNEL":
                sent.setdefault("X-SALES-CHANNEL", "WEB_APP")
        return self._send(method, token, fields, sent)

    def sample(self, name: str, token: str | None = None) -> Answer:
        """Send the method's documented sample with a permitted token."""
        method = catalogue().method(name)
        sample = catalogue().sample(method, today())
        kinds = method.tokens if method.tokens is not None else ("company",)
        fields = dict(sample.body if sample.body is not None else sample.query or {})
        for place in method.places.token:
            fields.pop(place.name, None)
        headers = {key: str(value) for key, value in sample.headers.items() if value != "{{token}}"}
        return self._send(method, token or (kinds[0] if kinds else None), fields, headers)

    def _send(self, method: Method, token: str | None, fields: dict[str, Any], headers: dict[str, str]) -> Answer:
        query: dict[str, Any] = {}
        body: dict[str, Any] | None = None
        if method.places.input[0] == "query":
            query = {key: self._text(value) for key, value in fields.items()}
        else:
            body = dict(fields)
        if token is not None and method.places.token:
            place = method.places.token[0]
            value = self.token(token)
            if place.location == "header":
                headers = {**headers, place.name: value}
            elif place.location == "query":
                query[place.name] = value
            else:
                body = {place.name: value, **(body or {})}
        return self.send(method.verb, method.path, query, headers, body)

    @staticmethod
    def _text(value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def strict_problems(name: str, answer: Any) -> list[str]:
    """Where an answer misses a documented field, has an undocumented one, or a wrong type."""
    schema = catalogue().strict_answer_schema(catalogue().method(name))
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    return [f"{list(error.instance_path)}: {error.message[:300]}" for error in validator.iter_errors(answer)]
