"""Writes the sample of the present schema: `python tests/workspace/samples/make.py`. Samples of older schemas stay as they are."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from komet_console.exchange import Body, Draft, Exchange, Pair, PreparedRequest, Response, Timing
from komet_console.workspace.drafts import StoredTab
from komet_console.workspace.history import Record
from komet_console.workspace.workspace import Workspace


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Workspace.open(Path(folder)) as workspace:
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
        workspace.database.copy_to(Path(__file__).parent / f"schema-{workspace.database.version}.db")


if __name__ == "__main__":
    main()
