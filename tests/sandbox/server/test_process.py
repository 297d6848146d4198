"""The sandbox as a process, over a real socket: starting, serving, faults, TLS, ending."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.process import Process, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with running("--fresh", "--quota", "0", home=tmp_path_factory.mktemp("home")) as process:
        yield process


def test_the_json_line_has_the_documented_keys(server: Process) -> None:
    keys = ["url", "control", "control_key", "port", "ca", "tokens", "login", "account", "pid"]
    assert list(server.facts) == keys
    assert list(server.facts["tokens"]) == ["company", "customer", "vendor", "user"]
    assert server.facts["pid"] == server.process.pid
    assert str(server.facts["port"]) in server.facts["url"]


def test_a_call_over_the_socket(server: Process) -> None:
    status, headers, body = server.get("vendor.list")
    assert status == 200
    assert "simulated" in headers["x-komet-sandbox"]
    assert len(json.loads(body)["vendors"]) >= 25


def test_a_kept_world_starts_without_what_only_later_calls_need(tmp_path: Path) -> None:
    program = (
        "import sys; from komet_console.sandbox import serving\n"
        "def served(*_, **__): print(*sorted(name for name in sys.modules if name.startswith(("
        "'komet_console.sandbox.methods.', 'komet_console.sandbox.seed.', 'sqlalchemy.dialects.postgresql'))))\n"
        "serving.run_one = served; from komet_console.cli.app import main; sys.exit(main(['sandbox', '--json']))"
    )
    with running(home=tmp_path):
        pass
    environment = {**os.environ, "KOMET_CONSOLE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=30)
    assert done.stdout.split() == ["komet_console.sandbox.seed.cast", "komet_console.sandbox.seed.tokens"]


def test_every_default_token_works_for_its_kind(server: Process) -> None:
    tokens = server.facts["tokens"]
    assert server.get("carrier.list", authenticationToken=tokens["vendor"])[0] == 200
    assert server.get("customer.details.get", authenticationToken=tokens["customer"], customerId="7349")[0] == 200


def test_wrong_certificate_authority_is_not_trusted(tmp_path: Path) -> None:
    with running("--fresh", "--tls", home=tmp_path) as process:
        assert process.facts["url"].startswith("https://")
        assert process.get("vendor.list")[0] == 200
        with (
            pytest.raises(ssl.SSLCertVerificationError),
            socket.create_connection(("127.0.0.1", process.facts["port"])) as plain,
        ):
            ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_cleanly_and_removes_a_fresh_world(tmp_path: Path, number: signal.Signals) -> None:
    process = Process("--fresh", home=tmp_path / "home")
    assert process.get("vendor.list")[0] == 200
    assert process.stop(number) == 0
    assert not (tmp_path / "home").exists() or not list((tmp_path / "home").iterdir())


def accepts(port: int) -> bool:
    with contextlib.closing(socket.socket()) as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def test_a_second_ctrl_c_changes_nothing(tmp_path: Path) -> None:
    server = Process("--fresh", home=tmp_path)
    with socket.create_connection(("127.0.0.1", server.facts["port"])) as waiting:
        # a call without an answer keeps the server from ending at once
        waiting.sendall(b"GET /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Komet-Sandbox-Fault: silence\r\n\r\n")
        server.get("vendor.list")
        server.process.send_signal(signal.SIGINT)
        while accepts(server.facts["port"]):
            continue
        server.process.send_signal(signal.SIGINT)
        out, err = server.process.communicate(timeout=20)
    assert (server.process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_while_it_starts_it_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    starting = subprocess.Popen(
        [sys.executable, "-m", "komet_console", "sandbox", "--fresh", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    deadline = time.monotonic() + 20
    while not list(tmp_path.glob("*/*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    starting.send_signal(number)
    out, err = starting.communicate(timeout=20)
    assert (starting.returncode, out, err.strip()) == (130, "", "")
    assert list(tmp_path.iterdir()) == []


def test_the_kept_world_is_kept(tmp_path: Path) -> None:
    with running(home=tmp_path) as process:
        token = process.facts["tokens"]["company"]
        body = json.dumps({"authenticationToken": token, "name": "Kept Florals"}).encode()
        request = urllib.request.Request(process.facts["url"] + "customer.add", data=body)
        assert process._open(request)[0] == 200
    with running(home=tmp_path) as process:
        assert b"Kept Florals" in process.get("customer.list", name="Kept")[2]
    with running("--fresh", home=tmp_path) as process:
        assert b"Kept Florals" not in process.get("customer.list", name="Kept")[2]


def test_two_sandboxes_on_one_file_agree_on_tokens_and_faults(tmp_path: Path) -> None:
    with running(home=tmp_path) as first, running(home=tmp_path) as second:
        made = first.control("POST", "tokens", {"description": "Shared", "type": "company"})[2]["token"]
        assert [one.get("vendor.list", authenticationToken=made)[0] for one in (first, second)] == [200, 200]
        first.control("DELETE", f"tokens/{made}")
        assert [one.get("vendor.list", authenticationToken=made)[0] for one in (first, second)] == [401, 401]
        second.control("POST", "faults", {"kind": "status", "status": 503, "method": "carrier.list"})
        assert [one.get("carrier.list")[0] for one in (first, second)] == [503, 503]


def test_beyond_loopback_needs_tls(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "komet_console", "sandbox", "--fresh", "--host", "0.0.0.0"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert "--tls" in done.stderr


def test_a_taken_port_is_explained(server: Process) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "komet_console", "sandbox", "--fresh", "--port", str(server.facts["port"])],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert "cannot listen" in done.stderr


def test_banner_has_a_curl_line(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "komet_console", "sandbox", "--fresh"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl+C" in line:
            break
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert any(line.strip().startswith("curl ") for line in lines)


def test_nothing_is_written_about_queries(tmp_path: Path) -> None:
    process = Process("--fresh", home=tmp_path)
    process.get("vendor.list", authenticationToken="a-token-of-somebody")
    process.process.send_signal(signal.SIGTERM)
    out, err = process.process.communicate(timeout=20)
    assert "a-token-of-somebody" not in out + err


def test_the_journal_goes_on_after_its_table_could_not_be_written(tmp_path: Path) -> None:
    with running(home=tmp_path) as process, contextlib.closing(sqlite3.connect(tmp_path / "sandbox.sqlite3")) as aside:
        aside.execute("ALTER TABLE journal RENAME TO elsewhere")
        process.get("vendor.list")
        assert process.process.stderr is not None
        assert "journal" in process.process.stderr.readline()
        aside.execute("ALTER TABLE elsewhere RENAME TO journal")
        process.get("carrier.list")
        deadline = time.monotonic() + 10
        while not aside.execute("SELECT 1 FROM journal WHERE method = 'carrier.list'").fetchall():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def fault(server: Process, text: str, path: str = "vendor.list") -> tuple[int, dict[str, str], bytes]:
    return server.get(path, {"X-Komet-Sandbox-Fault": text})


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 429, 500, 503])
def test_fault_status(server: Process, status: int) -> None:
    assert fault(server, f"status={status}")[0] == status


def test_fault_timeout_latency_and_content_type(server: Process) -> None:
    assert fault(server, "timeout")[0] == 408
    start = time.perf_counter()
    assert fault(server, "latency=300")[0] == 200
    assert time.perf_counter() - start >= 0.3
    status, headers, body = fault(server, "content-type")
    assert (status, headers["content-type"]) == (200, "text/html")
    assert json.loads(body)["status"] == 1


def test_fault_invalid_json(server: Process) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(fault(server, "invalid-json")[2])


def test_fault_cut(server: Process) -> None:
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        fault(server, "cut")


def test_fault_reset(server: Process) -> None:
    with pytest.raises((urllib.error.URLError, ConnectionError, http.client.RemoteDisconnected)):
        fault(server, "reset")
    assert server.get("vendor.list")[0] == 200


def test_fault_silence(server: Process) -> None:
    with socket.create_connection(("127.0.0.1", server.facts["port"]), timeout=1) as plain:
        token = server.facts["tokens"]["company"]
        plain.sendall(
            f"GET /api/vendor.list?authenticationToken={token} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "X-Komet-Sandbox-Fault: silence\r\n\r\n".encode()
        )
        with pytest.raises(TimeoutError):
            plain.recv(100)
    assert server.get("vendor.list")[0] == 200


def test_faults_by_control_count_down(server: Process) -> None:
    assert (
        server.control("POST", "faults", {"kind": "status", "status": 503, "method": "vendor.list", "calls": 2})[0]
        == 200
    )
    assert [server.get("carrier.list")[0]] == [200]
    assert [server.get("vendor.list")[0] for _ in range(3)] == [503, 503, 200]
    assert server.control("GET", "faults")[2]["faults"] == []


def test_control_refuses_strangers(server: Process) -> None:
    assert server.control("GET", "", headers={"X-Sandbox-Key": "wrong"})[0] == 401
    assert server.control("GET", "", headers={"Origin": "http://127.0.0.1"})[0] == 403
    assert server.control("GET", "", headers={"Host": "sandbox.example"})[0] == 403
    assert server.control("POST", "reset", headers={"Origin": "null"})[0] == 403


def test_token_life_as_on_komets_screen(server: Process) -> None:
    made = server.control(
        "POST", "tokens", {"description": "Scanner", "type": "vendor", "vendor": 5120, "methods": ["carrier.list"]}
    )[2]
    assert made["token"].startswith("sbx_vendor_")
    assert server.get("carrier.list", authenticationToken=made["token"])[0] == 200
    assert server.get("product.list", authenticationToken=made["token"])[0] == 401
    server.control("PATCH", f"tokens/{made['token']}", {"methods": None})
    assert server.get("product.list", authenticationToken=made["token"])[0] == 200
    server.control("DELETE", f"tokens/{made['token']}")
    assert server.get("product.list", authenticationToken=made["token"])[0] == 401
    listed = {one["token"]: one for one in server.control("GET", "tokens")[2]["tokens"]}
    assert listed[made["token"]]["revoked"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"description": " "},
        {"description": "x", "type": "user"},
        {"description": "x", "type": "customer", "customer": 1},
        {"description": "x", "methods": ["no.such"]},
        {"description": "x", "methods": "all"},
    ],
)
def test_bad_tokens_are_refused_with_a_reason(server: Process, body: dict[str, Any]) -> None:
    status, _, answer = server.control("POST", "tokens", body)
    assert status == 400
    assert answer["error"]["message"]


def test_snapshots_and_reset(server: Process) -> None:
    def names() -> bytes:
        return server.get("customer.list", name="Snapshot Florals")[2]

    server.control("POST", "snapshots", {"name": "before"})
    token = server.facts["tokens"]["company"]
    body = json.dumps({"authenticationToken": token, "name": "Snapshot Florals"}).encode()
    server._open(urllib.request.Request(server.facts["url"] + "customer.add", data=body))
    server.control("POST", "snapshots", {"name": "after"})
    assert b"Snapshot Florals" in names()
    assert server.control("POST", "snapshots/before/load")[0] == 200
    assert b"Snapshot Florals" not in names()
    assert server.control("POST", "snapshots/after/load")[0] == 200
    assert b"Snapshot Florals" in names()
    assert server.control("POST", "reset")[0] == 200
    assert b"Snapshot Florals" not in names()
    assert server.control("POST", "snapshots/nothing/load")[0] == 404
    assert {one["name"] for one in server.control("GET", "snapshots")[2]["snapshots"]} == {"before", "after"}
    assert server.control("DELETE", "snapshots/before")[0] == 200


def test_clock_world_and_company(server: Process) -> None:
    before = server.control("GET", "")[2]
    assert server.control("PUT", "clock", {"days": 3})[2]["clockDays"] == 3
    assert server.control("GET", "")[2]["daysBehind"] == before["daysBehind"] + 3
    assert server.control("POST", "world/today")[2]["movedDays"] == before["daysBehind"] + 3
    assert server.control("PUT", "clock", {"days": 0})[0] == 200
    assert server.control("POST", "world/today")[2]["movedDays"] == -3
    assert server.control("PUT", "clock", {"days": "soon"})[0] == 400
    assert server.control("PATCH", "companies/2088", {"multiLocation": True})[0] == 200
    companies = {one["id"]: one for one in server.control("GET", "")[2]["companies"]}
    assert companies[2088]["multiLocation"] is True
    server.control("PATCH", "companies/2088", {"multiLocation": False})


def test_quota_ip_behaviour_journal_outbox(server: Process) -> None:
    server.control("PUT", "quota", {"perUser": 1, "reset": True})
    limit = next(one["limit"] for one in server.control("GET", "quota")[2]["companies"] if one["id"] == 1043)
    statuses = [server.get("vendor.list")[0] for _ in range(limit + 1)]
    assert statuses == [200] * limit + [429]
    server.control("PUT", "quota", {"perUser": 0, "reset": True})
    server.control("PUT", "ip-restrictions", {"company": 1043, "networks": ["10.0.0.0/8"]})
    assert server.get("vendor.list")[0] == 403
    server.control("PUT", "ip-restrictions", {"company": 1043, "networks": []})
    server.control("PATCH", "behaviour", {"failures": "body", "quirks": True})
    assert server.get("vendor.list", authenticationToken="x")[0] == 200
    assert json.loads(server.get("vendor.list")[2])["status"] == "1"
    server.control("PATCH", "behaviour", {"failures": "codes", "quirks": False})
    calls = server.control("GET", "journal?method=vendor.list&limit=3")[2]["calls"]
    assert [one["method"] for one in calls] == ["vendor.list"] * 3
    assert calls[0]["token"]
    server.get("login.forgot.password", userName="buyer@petalstem.example")
    assert server.control("GET", "outbox")[2]["mails"][0]["to"] == "buyer@petalstem.example"
    assert server.control("DELETE", "outbox")[2]["mails"] == []


def test_control_routes_are_what_their_openapi_file_says(server: Process) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator
    from ruamel.yaml import YAML

    from komet_console.resources import resource_path
    from komet_console.sandbox.control.routes import ROUTES

    document = YAML(typ="safe", pure=True).load(resource_path("sandbox", "control.openapi.yaml"))
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    documented = {
        (verb.upper(), path) for path, item in document["paths"].items() for verb in item if verb != "parameters"
    }
    assert documented == {(verb, path.replace(":int", "")) for verb, path, _ in ROUTES}
