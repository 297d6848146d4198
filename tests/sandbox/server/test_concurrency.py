"""Many clients at once, and a server that is killed while they write: what was sold is sold once, and kept."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from helpers.process import Process, running
from sqlalchemy import func, make_url, select

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import invariants
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.engine import open_engine

KILLS = 50 if os.environ.get("KOMET_TEST_LONG") else 5
CLIENTS = 8
SALE = {
    "customerId": cast.PETAL,
    "carrierId": cast.EVERGLADES,
    "shipDate": datetime.now(UTC).date().isoformat(),
    "locationId": cast.MIAMI,
}
LAST = {"orderItemId": cast.LINE, "boxes": 1, "price": 11.5}
PRODUCT = {"productCode": "CARAST", "boxTypeCode": "QB", "unitsPerBox": 20, "unitType": "Bunch", "boxes": 1, "price": 7}
ROSES = {**PRODUCT, "productCode": "RSFR50", "boxTypeCode": "HB", "unitsPerBox": 12}
STOCK = {
    "growerId": cast.MONTE,
    "awb": "406-7777-0009",
    "shipDate": SALE["shipDate"],
    "productCode": "RSFR50",
    "quantity": 20,
    "boxTypeCode": "HB",
    "unitType": "bunch",
    "stemsBunch": 25,
    "bunches": 12,
    "unitCost": 7.25,
}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database on each kind of server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shared.db'}"
        return
    server = os.environ.get("KOMET_TEST_POSTGRES")
    if not server:
        pytest.skip("KOMET_TEST_POSTGRES is not set: nothing of the sandbox is tested on PostgreSQL")
    inprocess = sys.modules["komet_tests_inprocess"]
    url = inprocess.create_database(make_url(server))
    yield url
    inprocess.drop_database(url)


class Client:
    """One connection that sends company calls, as long as the server answers."""

    def __init__(self, process: Process) -> None:
        parts = urlsplit(process.facts["url"])
        assert parts.hostname is not None
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        self.base = parts.path
        self.token = process.facts["tokens"]["company"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def post(self, method: str, **fields: Any) -> Any:
        body = json.dumps({"authenticationToken": self.token, **fields})
        self.connection.request("POST", self.base + method, body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return json.loads(text)


def at_once(process: Process, work: Callable[[Client, int], Any]) -> list[Any]:
    """What eight clients got that all began at the same moment."""
    gate = threading.Barrier(CLIENTS)

    def run(number: int) -> Any:
        with Client(process) as client:
            gate.wait(30)
            return work(client, number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(run, range(CLIENTS)))


def sold_out(client: Client, number: int) -> Counter[str]:
    """Sell single boxes of two lines until neither has any; every other client does it line by line on one draft."""
    done: Counter[str] = Counter()
    draft = client.post("invoice.create", **SALE, statusDraft=1, items=[])["invoiceId"]
    for name, item in (("line", LAST), ("product", PRODUCT)):
        while True:
            if number % 2:
                answer = client.post("invoice.item.add", invoiceId=draft, locationId=cast.MIAMI, **item)
            else:
                answer = client.post("invoice.create", **SALE, items=[item])
            if answer["status"] != 1:
                assert "available" in answer["message"]
                break
            done[name] += 1
    return done


def sellable(connection: Any) -> Counter[str]:
    """Boxes in stock of what `sold_out` sells, and those it sold."""
    line, b = t.inventory_lines.c, t.boxes.c
    product = ((line.product_id == cast.CARAST) & (line.box_type_id == cast.QB) & (line.units_per_box == 20)) & (
        (line.inventory_type == "M") | (line.customer_id == cast.PETAL)
    )
    counts: Counter[str] = Counter()
    for name, condition in (("line", line.id == cast.LINE), ("product", product)):
        query = (
            select(func.count())
            .join_from(t.boxes, t.inventory_lines, line.id == b.inventory_line_id)
            .where(line.location_id == cast.MIAMI, line.on_hold.is_(False), line.unit_type == "Bunch", condition)
            .where((line.customer_id.is_(None)) | (line.customer_id == cast.PETAL))
            .where(b.state.in_([state.value for state in t.IN_STOCK]))
        )
        counts[name] = connection.execute(query).scalar_one()
    return counts


def test_eight_clients_sell_exactly_what_there_is(database: str, tmp_path: Path) -> None:
    with running("--database", database, "--quota", "0", home=tmp_path / "home") as process:
        engine = open_engine(database)
        with engine.connect() as connection:
            before = sellable(connection)
        assert before["line"] == 10
        assert before["product"] >= 6
        done = sum(at_once(process, sold_out), Counter[str]())
        assert done == before
        with engine.connect() as connection:
            assert not +sellable(connection)
            assert invariants.broken(connection) == []
        engine.dispose()


def test_eight_clients_buy_a_prebook_line_and_receive_a_box_once(database: str, tmp_path: Path) -> None:
    roses = {"boxTypeCode": "HB", "boxes": 1, "unitType": "Bunch", "bunches": 12, "stemsBunch": 25, "cost": 7.25}
    bought = {
        "shipDate": SALE["shipDate"],
        "vendorId": cast.MONTE,
        "companyLocationCode": "MIA",
        "purchaseOrderItems": [{"prebookItemId": cast.PREBOOK_ITEM, **roses}],
    }

    def work(client: Client, _number: int) -> tuple[int, int]:
        received = client.post("box.warehouse.receive", boxCode="KS6310031", companyLocationId=cast.MIAMI)["status"]
        return received, client.post("purchase.order.create", **bought)["status"]

    with running("--database", database, "--quota", "0", home=tmp_path / "home") as process:
        results = at_once(process, work)
        assert sum(received for received, _ in results) == 1
        assert sum(order for _, order in results) == 6
        engine = open_engine(database)
        with engine.connect() as connection:
            assert invariants.broken(connection) == []
        engine.dispose()


class Writers:
    """Clients that sell, add and void until the server is gone, and remember what they were told was done."""

    def __init__(self, process: Process, enough: int) -> None:
        self.process = process
        self.enough = enough
        self.reached = threading.Event()
        self.numbers: list[int] = []
        self.voided: list[int] = []
        self.threads = [threading.Thread(target=self._run, args=(one,)) for one in range(3)]

    def run_until_killed(self) -> None:
        for thread in self.threads:
            thread.start()
        assert self.reached.wait(60)
        self.process.process.kill()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()
        self.process.process.communicate(timeout=20)

    def _run(self, number: int) -> None:
        with Client(self.process) as client, contextlib.suppress(OSError, http.client.HTTPException):
            while True:
                assert client.post("inventory.add", **STOCK)["status"] == 1
                for _ in range(4):
                    made = client.post("invoice.create", **SALE, items=[ROSES])
                    assert made["status"] == 1, made
                    self.numbers.append(made["invoiceNumber"])
                    if number == 0:
                        gone = client.post("invoice.void", invoiceNumber=made["invoiceNumber"], reason="Not wanted")
                        assert gone["status"] == 1, gone
                        self.voided.append(made["invoiceNumber"])
                    if len(self.numbers) >= self.enough:
                        self.reached.set()


def test_a_killed_server_leaves_a_sound_database(database: str, tmp_path: Path) -> None:
    chance = random.Random(7)
    for round_ in range(KILLS):
        process = Process("--database", database, "--quota", "0", home=tmp_path / "home")
        writers = Writers(process, chance.randint(1, 25))
        writers.run_until_killed()
        engine = open_engine(database)
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert invariants.broken(connection) == [], f"after kill {round_ + 1}"
            n = t.invoices.c
            kept = connection.execute(
                select(n.number, n.status).where(n.company_id == cast.COMPANY, n.number.in_(writers.numbers))
            ).all()
            assert len(kept) == len(writers.numbers), "what was answered was written"
            voided = {row.number for row in kept if row.status == t.InvoiceStatus.VOIDED}
            assert set(writers.voided) <= voided
        engine.dispose()
    with running("--database", database, home=tmp_path / "home") as process, Client(process) as client:
        assert client.post("inventory.add", **STOCK)["status"] == 1
        assert client.post("invoice.create", **SALE, items=[ROSES])["status"] == 1
