"""Several processes on one PostgreSQL database: they start and end as one, and agree at every call."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from helpers.process import Process, running
from sqlalchemy import make_url

POSTGRES = os.environ.get("KOMET_TEST_POSTGRES")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    inprocess = sys.modules["komet_tests_inprocess"]
    if not POSTGRES:
        pytest.skip("KOMET_TEST_POSTGRES is not set: nothing of the sandbox is tested on PostgreSQL")
    url = inprocess.create_database(make_url(POSTGRES))
    yield url
    inprocess.drop_database(url)


@pytest.fixture(scope="module")
def team(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = Process("--database", database, "--workers", "2", "--quota", "0", home=tmp_path_factory.mktemp("home"))
    yield process
    assert process.stop() == 0


def children(pid: int) -> set[int]:
    """The processes that a process has started and that serve."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return {int(line.split()[0]) for line in listed.stdout.splitlines() if "spawn_main" in line}


def many(team: Process, path: str, count: int, **query: str) -> list[int]:
    """HTTP statuses of calls sent side by side, each over a connection of its own, so that both workers get some."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: team.get(path, **query)[0], range(count)))


def add_customer(team: Process, name: str) -> dict[str, Any]:
    body = json.dumps({"authenticationToken": team.facts["tokens"]["company"], "name": name}).encode()
    answer: dict[str, Any] = json.loads(team._open(urllib.request.Request(team.facts["url"] + "customer.add", body))[2])
    return answer


@pytest.mark.parametrize("database", [None, "kept.sqlite3", "sqlite:///kept.sqlite3"])
def test_sqlite_serves_one_process(tmp_path: Path, database: str | None) -> None:
    command = [sys.executable, "-m", "komet_console", "sandbox", "--workers", "2"]
    command += ["--database", database] if database else []
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30, cwd=tmp_path)
    assert done.returncode == 2
    assert "PostgreSQL" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_both_workers_serve(team: Process) -> None:
    assert len(children(team.process.pid)) == 2
    assert set(many(team, "vendor.list", 40)) == {200}


def test_switches_are_seen_by_all_at_once(team: Process) -> None:
    for _ in range(3):
        team.control("PATCH", "behaviour", {"failures": "body"})
        assert set(many(team, "no.such.method", 16)) == {200}
        team.control("PATCH", "behaviour", {"failures": "codes"})
        assert set(many(team, "no.such.method", 16)) == {404}
    team.control("PUT", "clock", {"days": 2})
    assert {team.control("GET", "")[2]["clockDays"] for _ in range(16)} == {2}
    team.control("PUT", "clock", {"days": 0})


def test_a_fault_is_played_as_often_as_asked(team: Process) -> None:
    team.control("POST", "faults", {"kind": "status", "status": 503, "method": "vendor.list", "calls": 7})
    assert many(team, "vendor.list", 40).count(503) == 7
    assert team.control("GET", "faults")[2]["faults"] == []


def test_the_quota_counts_for_all_together(team: Process) -> None:
    team.control("PUT", "quota", {"perUser": 2, "reset": True})
    limit = next(one["limit"] for one in team.control("GET", "quota")[2]["companies"] if one["id"] == 1043)
    statuses = many(team, "vendor.list", limit + 10)
    assert (statuses.count(200), statuses.count(429)) == (limit, 10)
    assert next(one["calls"] for one in team.control("GET", "quota")[2]["companies"] if one["id"] == 1043) == limit
    team.control("PUT", "quota", {"perUser": 0, "reset": True})


def test_revoked_tokens_and_snapshots(team: Process) -> None:
    made = team.control("POST", "tokens", {"description": "Till", "type": "company"})[2]["token"]
    assert set(many(team, "vendor.list", 16, authenticationToken=made)) == {200}
    team.control("DELETE", f"tokens/{made}")
    assert set(many(team, "vendor.list", 16, authenticationToken=made)) == {401}
    team.control("POST", "snapshots", {"name": "before"})
    assert add_customer(team, "Gone Florals")["status"] == 1
    assert team.control("POST", "snapshots/before/load")[0] == 200
    assert not any(b"Gone Florals" in team.get("customer.list", name="Gone")[2] for _ in range(8))


def test_customers_added_side_by_side_are_all_there_once(team: Process) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda number: add_customer(team, f"Side Florals {number}"), range(32)))
    assert [one["status"] for one in added] == [1] * 32
    listed = json.loads(team.get("customer.list", name="Side Florals")[2])["customers"]
    assert len({one["id"] for one in listed}) == len(listed) == 32


def test_a_lost_worker_ends_all(database: str, tmp_path: Path) -> None:
    with running("--database", database, "--workers", "2", home=tmp_path) as process:
        lost, other = children(process.process.pid)
        os.kill(lost, signal.SIGKILL)
        _, said = process.process.communicate(timeout=20)
        assert process.process.returncode == 2
        assert "worker" in said
    with pytest.raises(ProcessLookupError):
        os.kill(other, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_cleanly(database: str, tmp_path: Path, number: signal.Signals) -> None:
    with running("--database", database, "--workers", "2", home=tmp_path) as process:
        workers = children(process.process.pid)
        assert process.get("vendor.list")[0] == 200
        assert process.stop(number) == 0
    for one in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(one, 0)


def test_no_worker_outlives_its_parent(database: str, tmp_path: Path) -> None:
    with running("--database", database, "--workers", "2", home=tmp_path) as process:
        process.process.kill()
        # the workers hold the other end of these pipes: both are at their end when no worker is left
        process.process.communicate(timeout=20)
