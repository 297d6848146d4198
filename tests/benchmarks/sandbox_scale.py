"""The sandbox with 500 and with 50,000 invoices: calls that answer little must not take longer in a large world.

Calls go through the gate in this process, in turns on both worlds; figures are medians, the limit is three times. Every
call of the list answers (nearly) the same rows in both, so that what is compared is the search and not the answer.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from komet_console.catalogue import load
from komet_console.sandbox.gate.gate import Gate
from komet_console.sandbox.gate.incoming import Incoming
from komet_console.sandbox.methods import load_all
from komet_console.sandbox.seed import cast, seed_world
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.state import State
from komet_console.sandbox.store import clock
from komet_console.sandbox.store.engine import open_engine

SEED = 1
WORLDS = {"500": 1, "50,000": 136}
"""Scale of the seed for about so many invoices."""
ROUNDS = 60
LIMIT = 3.0

Query = dict[str, str]


@contextlib.contextmanager
def world(path: Path, today: date, scale: int) -> Iterator[Gate]:
    """A gate on a new world."""
    start = time.perf_counter()
    engine = open_engine(f"sqlite:///{path}")
    seed_world(engine, seed=SEED, today=today, scale=scale)
    state = State(engine)
    state.quota_per_user = 0
    gate = Gate(engine, load(), state)
    print(f"seeded at scale {scale:<4} in {time.perf_counter() - start:5.1f} s")
    yield gate
    gate.close()
    engine.dispose()


def calls(today: date) -> dict[str, tuple[str, Query]]:
    """What is asked, by a name for it: the method and its input."""
    half_year = {
        "orderDateFrom": str(today - timedelta(days=160)),
        "orderDateTo": str(today + timedelta(days=20)),
    }
    customer = {**half_year, "customerId": str(cast.PETAL + 1)}
    lately = str(today - timedelta(days=2))
    invoices: dict[str, Query] = {
        "by number": {**half_year, "order": "318415"},
        "customer, pending": {**customer, "status": "0"},
        "customer, not synced, pending": {**customer, "externalSystemSynced": "0", "status": "0"},
        "customer, not synced, updated lately": {**customer, "externalSystemSynced": "0", "updatedAsOf": lately},
        "customer by name, pending": {**half_year, "customer": "petal", "status": "0"},
        "not synced, pending": {**half_year, "externalSystemSynced": "0", "status": "0"},
        "drafts": {**half_year, "status": "2"},
        "updated lately": {**half_year, "updatedAsOf": lately},
    }
    return {
        **{f"invoice.list, {name}": ("invoice.list", query) for name, query in invoices.items()},
        "inventory.openmarket.list": ("inventory.openmarket.list", {}),
    }


def ask(gate: Gate, method: str, query: Query) -> tuple[float, int]:
    """Milliseconds of one call and the number of rows that it answered."""
    pairs = (("authenticationToken", token_value(SEED, "company")), *query.items())
    incoming = Incoming("GET", f"/{method}", pairs, 300, {}, b"", 0, "127.0.0.1", False)
    start = time.perf_counter()
    answer = gate.answer(incoming)
    took = (time.perf_counter() - start) * 1000
    body = json.loads(answer.body)
    if body["status"] != 1:
        raise RuntimeError(answer.body[:300].decode())
    return took, len(next(value for value in body.values() if isinstance(value, list)))


def main() -> int:
    load_all()
    today = clock.real_now().date()
    broken = 0
    with tempfile.TemporaryDirectory(prefix="komet-bench-") as name, contextlib.ExitStack() as stack:
        gates = [stack.enter_context(world(Path(name) / f"{scale}.sqlite3", today, scale)) for scale in WORLDS.values()]
        for what, (method, query) in calls(today).items():
            times: list[list[float]] = [[] for _ in gates]
            rows = [0 for _ in gates]
            for _ in range(ROUNDS):
                for index, gate in enumerate(gates):
                    took, rows[index] = ask(gate, method, query)
                    times[index].append(took)
            small, large = map(statistics.median, times)
            ratio = large / small
            broken += ratio > LIMIT
            print(
                f"{what:<52} {small:7.2f} ms ({rows[0]:>3} rows) {large:7.2f} ms ({rows[1]:>3} rows), "
                f"ratio {ratio:5.2f} (limit {LIMIT:.0f}: {'kept' if ratio <= LIMIT else 'BROKEN'})"
            )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
