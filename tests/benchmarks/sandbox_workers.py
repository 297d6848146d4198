"""Two workers on PostgreSQL beside one: requests a second of 16 clients, mixed reads and writes (one call in ten writes).

Needs KOMET_TEST_POSTGRES, the URL of a server whose user may create databases; left out with a word without it.
Clients run in processes of their own, so that they are not what is measured; with two cores they still share them.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import create_engine, make_url, text

SECONDS = 6.0
CLIENTS = 16
CLIENT_PROCESSES = 1
FLOOR = 1.6


@contextlib.contextmanager
def database(server: str) -> Iterator[str]:
    """An empty database, dropped at the end."""
    address = make_url(server)
    name = f"komet_bench_{secrets.token_hex(4)}"
    engine = create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def request(number: int, token: str) -> bytes:
    """Every tenth call adds a customer, the others read."""
    if number % 10 == 9:
        body = json.dumps({"authenticationToken": token, "name": f"Florals {secrets.token_hex(6)}"})
        return (
            f"POST /api/customer.add HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
    method = ("vendor.list", "inventory.openmarket.list", "carrier.list")[number % 3]
    return f"GET /api/{method}?authenticationToken={token} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def drive(port: int, token: str, clients: int, done: Any) -> None:
    """Ask over `clients` kept connections, all of them waiting at the same time; puts (answered, refused)."""
    import selectors

    lines = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(clients)]
    selector = selectors.DefaultSelector()
    missing: dict[socket.socket, int] = {}
    for number, line in enumerate(lines):
        selector.register(line, selectors.EVENT_READ)
        missing[line] = 0
        line.sendall(request(number, token))
    answered, refused, sent = 0, 0, clients
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        for key, _ in selector.select(1):
            line = key.fileobj
            assert isinstance(line, socket.socket)
            data = line.recv(1 << 20)
            if not missing[line]:
                # the head of an answer is one small write and arrives in one piece
                head, _, body = data.partition(b"\r\n\r\n")
                refused += not head.startswith(b"HTTP/1.1 200")
                missing[line] = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                data = body
            missing[line] -= len(data)
            if missing[line] == 0:
                answered += 1
                line.sendall(request(sent, token))
                sent += 1
    done.put((answered, refused))


def rate(server: str, workers: int) -> float:
    """Answers a second of a fresh sandbox with so many workers."""
    with database(server) as url:
        command = [sys.executable, "-m", "komet_console", "sandbox", "--json", "--quota", "0"]
        command += ["--database", url, "--workers", str(workers)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            facts = json.loads(process.stdout.readline())
            context = multiprocessing.get_context("spawn")
            done = context.Queue()
            each = CLIENTS // CLIENT_PROCESSES
            arguments = (facts["port"], facts["tokens"]["company"], each, done)
            drivers = [context.Process(target=drive, args=arguments) for _ in range(CLIENT_PROCESSES)]
            for driver in drivers:
                driver.start()
            results = [done.get(timeout=60) for _ in drivers]
            for driver in drivers:
                driver.join()
        finally:
            process.terminate()
            process.wait(20)
    if sum(refused for _, refused in results):
        raise RuntimeError(f"{sum(refused for _, refused in results)} calls were refused")
    return sum(answered for answered, _ in results) / SECONDS


def main() -> None:
    server = os.environ.get("KOMET_TEST_POSTGRES")
    if not server:
        print("workers            not measured: KOMET_TEST_POSTGRES is not set")
        return
    one, two = rate(server, 1), rate(server, 2)
    print(
        f"workers            one {one:.0f}/s, two {two:.0f}/s, ratio {two / one:.2f} (wanted {FLOOR}) on {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    main()
