"""Calls for a history, and what is found in it."""

from __future__ import annotations

from datetime import UTC, datetime

from komet_console.exchange import Body, Draft, Exchange, Pair, PreparedRequest, Response, Timing
from komet_console.workspace.history import Filter, History, Record

__all__ = ["NOON", "methods", "only", "record"]

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def record(
    method: str = "customer.list", answer: bytes = b'{"status": 1}', status: int = 200, body: str = "", **fields: object
) -> Record:
    draft = Draft(
        method, (Pair("page", "1"), Pair("off", "2", enabled=False)), body=Body("json", body) if body else Body()
    )
    request = PreparedRequest(
        "POST", f"http://127.0.0.1:8080/api/{method.replace('.', '/')}?page=1&name=Gr%C3%BCn", (("Accept", "*/*"),),
        body.encode(),
        frozenset({"accept"}), (), ("A note.",),
    )  # fmt: skip
    response = Response(
        status, "OK", (("content-type", "application/json"), ("date", "today")), answer, size=len(answer), wire_size=9,
        timing=Timing(waiting=3.0, total=12.5),
    )  # fmt: skip
    exchange = Exchange(request, response, timing=Timing(waiting=3.0, total=12.5))
    return Record(draft, exchange, **{"environment": "sandbox", "outcome": "success", "at": NOON, **fields})  # type: ignore[arg-type]


def only(history: History, wanted: Filter | None = None) -> int:
    """The number of the only entry that fits."""
    history.flush()
    page = history.search(wanted)
    assert len(page.entries) == 1
    return page.entries[0].id


def methods(history: History, wanted: Filter) -> list[str]:
    """The methods of the entries that fit, the newest first."""
    history.flush()
    return [entry.method for entry in history.search(wanted).entries]
