"""The sandbox: start, memory, and requests a second beside a bare handler, prism and localstripe in the same run.

prism and localstripe are fetched with npx and pip where the network allows it, and left out with a word where not.
One keep-alive connection of raw socket writes drives each server, so that the client costs next to nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SECONDS = 3.0
BARE = """
import sys, uvicorn
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from komet_console.sandbox.store.engine import open_engine
from komet_console.sandbox.store import tables as t
engine = open_engine(sys.argv[1]).execution_options(reading=True)
async def vendors(request):
    with engine.begin() as connection:
        rows = connection.execute(select(t.vendors).where(t.vendors.c.company_id == 1043).limit(25)).mappings()
        return JSONResponse({"status": 1, "vendors": [{"id": r["id"], "name": r["name"], "code": r["code"]} for r in rows]})
uvicorn.run(Starlette(routes=[Route("/api/vendor.list", vendors)]), port=int(sys.argv[2]), log_level="error")
"""


class Line:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._rest = b""

    def ask(self, request: bytes) -> bytes:
        """Send a request and return the whole answer, head and body."""
        self._socket.sendall(request)
        data = self._rest
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        if b"content-length:" in lower:
            length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
            while len(body) < length:
                body += self._more()
            self._rest = body[length:]
        else:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
            self._rest = b""
        return head + b"\r\n\r\n" + body

    def _more(self) -> bytes:
        part = self._socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part


def rate(port: int, request: Callable[[int], bytes]) -> float:
    """Requests a second over one connection, after a warm-up."""
    line = Line(port)
    for number in range(100):
        answer = line.ask(request(number))
    if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
        raise RuntimeError(answer[:300].decode(errors="replace"))
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        line.ask(request(100 + done))
        done += 1
    return done / (time.perf_counter() - start)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[str], seconds: float = 60) -> bool:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.05)
    return False


@contextlib.contextmanager
def started(command: list[str], home: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "KOMET_CONSOLE_HOME": str(home)} if home else dict(os.environ)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post(path: str, body: str, kind: str, extra: str = "") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def sandbox_command(*options: str) -> list[str]:
    return [sys.executable, "-m", "komet_console", "sandbox", "--json", "--quota", "0", *options]


def start_and_memory(home: Path) -> None:
    for what, limit in (("new world", 2.0), ("kept world", 0.5)):
        start = time.perf_counter()
        with started(sandbox_command(), home) as process:
            assert process.stdout is not None
            facts = json.loads(process.stdout.readline())
            took = time.perf_counter() - start
            print(f"start, {what:<11} {took:6.2f} s (limit {limit})")
            request = get(f"/api/vendor.list?authenticationToken={facts['tokens']['company']}")
            rate(facts["port"], lambda _number, request=request: request)  # type: ignore[misc]
            status = Path(f"/proc/{facts['pid']}/status")
            if status.exists():
                peak = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
                print(f"peak memory        {int(peak.split()[1]) / 1024:6.1f} MB (limit 120)")


def prism_rate(folder: Path, answer: bytes) -> float | None:
    """prism mocking vendor.list with the very answer the sandbox gave as its example."""
    if shutil.which("npx") is None:
        return None
    document = folder / "komet.json"
    command = [sys.executable, "-m", "komet_console", "openapi", "--output", str(document)]
    subprocess.run(command, check=True)
    described = json.loads(document.read_text())
    content = described["paths"]["/vendor.list"]["get"]["responses"]["200"]["content"]["application/json"]
    content["example"] = json.loads(answer)
    document.write_text(json.dumps(described))
    port = free_port()
    with started(["npx", "--yes", "@stoplight/prism-cli@5", "mock", "-p", str(port), str(document)]) as process:
        if not wait_for(port, process, 120):
            return None
        with contextlib.suppress(RuntimeError, OSError):
            return rate(port, lambda _: get("/vendor.list?authenticationToken=x"))
    return None


def localstripe_rate(folder: Path) -> float | None:
    environment = folder / "stripe"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = environment / "bin" / "python"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if subprocess.call([str(python), "-m", "pip", "install", "-q", "localstripe"], **quiet):  # type: ignore[arg-type]
        return None
    port = free_port()
    with started([str(environment / "bin" / "localstripe"), "--port", str(port), "--from-scratch"]) as process:
        if not wait_for(port, process, 30):
            return None
        key = "Authorization: Bearer sk_test_12345\r\n"
        form = "application/x-www-form-urlencoded"
        with contextlib.suppress(RuntimeError, OSError):
            return rate(port, lambda number: post("/v1/customers", f"name=Florals{number}", form, key))
    return None


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="komet-bench-") as name:
        folder = Path(name)
        start_and_memory(folder)
        with started(sandbox_command("--fresh")) as process:
            assert process.stdout is not None
            facts = json.loads(process.stdout.readline())
            token = facts["tokens"]["company"]
            vendors = Line(facts["port"]).ask(get(f"/api/vendor.list?authenticationToken={token}"))
            answer = vendors.partition(b"\r\n\r\n")[2]
            reads = rate(facts["port"], lambda _: get(f"/api/vendor.list?authenticationToken={token}"))

            def add(number: int) -> bytes:
                body = json.dumps({"authenticationToken": token, "name": f"Florals {number}"})
                return post("/api/customer.add", body, "application/json")

            writes = rate(facts["port"], add)
        port = free_port()
        database = f"sqlite:///{folder / 'sandbox.sqlite3'}"
        with started([sys.executable, "-c", BARE, database, str(port)]) as process:
            wait_for(port, process)
            bare = rate(port, lambda _: get("/api/vendor.list"))
        print(f"vendor.list        {reads:6.0f}/s; bare handler without a gate {bare:.0f}/s, ratio {reads / bare:.2f}")
        prism = prism_rate(folder, answer)
        print(
            f"  beside prism     {reads / prism:6.2f} times ({prism:.0f}/s)"
            if prism
            else "  prism is not to be had here"
        )
        stripe = localstripe_rate(folder)
        print(f"customer.add       {writes:6.0f}/s")
        print(
            f"  beside localstripe {writes / stripe:4.2f} times ({stripe:.0f}/s)"
            if stripe
            else "  localstripe is not to be had here"
        )


if __name__ == "__main__":
    main()
