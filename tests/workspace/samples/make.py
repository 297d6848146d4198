"""Writes a sample of each schema that does not have one: `python tests/workspace/samples/make.py`. Old ones stay as they are."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from komet_console.exchange import Body, Draft, Exchange, Pair, PreparedRequest, Response, Timing
from komet_console.workspace.database import Database
from komet_console.workspace.drafts import StoredTab
from komet_console.workspace.history import Record
from komet_console.workspace.migrations import MIGRATIONS, Migration
from komet_console.workspace.workspace import Workspace

HERE = Path(__file__).parent


def main() -> None:
    for number in range(1, len(MIGRATIONS) + 1):
        sample = HERE / f"schema-{number}.db"
        if not sample.exists():
            make(sample, MIGRATIONS[:number])


def make(sample: Path, migrations: tuple[Migration, ...]) -> None:
    """Fill what every schema since the first one has."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr("komet_console.workspace.workspace.Database", partial(Database, migrations=migrations))
        workspace = Workspace.open(Path(name))
        workspace.settings.set("theme", "dark")
        workspace.settings.set("connection.read_timeout", 12.5)
        workspace.state.put("window.geometry", [0, 0, 1024, 700])
        workspace.state.set_favourites(["customer.list", "prebook.create"])
        workspace.state.use("customer.list")
        draft = Draft(
            "prebook.create", (Pair("authenticationToken", "{{token}}"),), body=Body("json", '{"customerId": 12}')
        )
        workspace.tabs.journal(StoredTab("a" * 32, draft, view="form", environment="sandbox", current=True))
        request = PreparedRequest(
            "POST", "http://127.0.0.1/api/prebook/create", (("Accept", "*/*"),), b'{"customerId": 12}'
        )
        response = Response(200, "OK", (("content-type", "application/json"),), b'{"status": 1, "id": 4711}', size=25)
        exchange = Exchange(request, response, timing=Timing(total=31.5))
        workspace.history.add(
            Record(
                draft,
                exchange,
                "sandbox",
                "sandbox company",
                "success",
                "A prebook was created.",
                at=datetime(2026, 3, 1, 12, tzinfo=UTC),
            )
        )
        workspace.flush()
        workspace.database.copy_to(sample)
        workspace.close()


if __name__ == "__main__":
    main()
