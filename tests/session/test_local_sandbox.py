"""The console's sandbox as real processes: shared, ended with its last user, restarted, never of another version."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import komet_console
from komet_console.catalogue import Catalogue
from komet_console.session.locking import FileLock
from komet_console.session.sandbox import LINGER_SECONDS, LocalSandbox, RunningSandbox, SandboxError

USER = """
import sys, time
from komet_console.session.sandbox import LocalSandbox
user = LocalSandbox()
print(user.ensure().pid, flush=True)
sys.stdin.read()
"""


def until(condition: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
    return found


def gone(home: Path) -> bool:
    return not FileLock(home / "sandbox-process" / "running.lock").is_held()


def ask(running: RunningSandbox, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    address = f"{running.url}{path}?authenticationToken={running.tokens['company']}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(address, data=data), timeout=20) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


@pytest.fixture
def sandbox(komet_home: Path) -> Iterator[LocalSandbox]:
    with LocalSandbox() as user:
        yield user
        if running := user.running():
            os.kill(running.pid, signal.SIGTERM)
    until(lambda: gone(komet_home))


def test_it_starts_once_and_is_shared(sandbox: LocalSandbox, komet_home: Path) -> None:
    assert sandbox.running() is None
    first = sandbox.ensure()
    assert ask(first, "customer.list")["status"] == 1
    with LocalSandbox() as second:
        assert second.ensure() == first == sandbox.ensure() == sandbox.running()
    with subprocess.Popen(
        [sys.executable, "-c", USER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert int(other.stdout.readline()) == first.pid
        other.communicate("")


def test_users_that_come_at_the_same_time_get_one_sandbox(sandbox: LocalSandbox) -> None:
    found: list[int] = []
    users = [LocalSandbox() for _ in range(4)]
    threads = [threading.Thread(target=lambda user=user: found.append(user.ensure().pid)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for user in users:
        user.release()
    assert len(found) == 4
    assert len(set(found)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_what_it_writes_is_for_its_owner_only(sandbox: LocalSandbox, komet_home: Path) -> None:
    running = sandbox.ensure()
    folder = komet_home / "sandbox-process"
    assert running.control_key in (folder / "state.json").read_text()
    for path in [folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize("how", ["let go", "kill -9"])
def test_it_ends_two_seconds_after_its_last_user(how: str, komet_home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", USER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as user:
        assert user.stdout is not None
        pid = int(user.stdout.readline())
        assert not gone(komet_home)
        if how == "kill -9":
            user.kill()
        user.communicate("")
    left = time.monotonic()
    until(lambda: gone(komet_home))
    assert LINGER_SECONDS - 0.5 <= time.monotonic() - left <= LINGER_SECONDS + 5
    assert list((komet_home / "sandbox-process").glob("*.json")) == []
    with pytest.raises(ProcessLookupError):
        until(lambda: os.kill(pid, 0))


def test_it_stays_while_one_of_two_users_stays(sandbox: LocalSandbox, komet_home: Path) -> None:
    first = sandbox.ensure()
    with LocalSandbox() as second:
        second.ensure()
    # The claim is that nothing happens: there is no event to wait for.
    time.sleep(LINGER_SECONDS + 1)
    assert sandbox.ensure() == first
    assert ask(first, "customer.list")["status"] == 1


def test_it_is_restarted_when_it_died_and_its_data_stay(
    sandbox: LocalSandbox, komet_home: Path, catalogue: Catalogue
) -> None:
    first = sandbox.ensure()
    before = len(ask(first, "customer.list")["customers"])
    sample = catalogue.sample(catalogue.method("customer.add"), datetime.now(UTC).date()).body
    assert sample is not None
    body = {**sample, "name": "Kept Roses", "authenticationToken": first.tokens["company"]}
    assert ask(first, "customer.add", body)["status"] == 1
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: gone(komet_home))
    again = sandbox.ensure()
    assert (again.pid, again.instance) != (first.pid, first.instance)
    assert again.tokens == first.tokens
    assert len(ask(again, "customer.list")["customers"]) == before + 1


def test_whether_the_very_same_one_still_runs_is_known_without_asking_it(
    sandbox: LocalSandbox, komet_home: Path
) -> None:
    first = sandbox.ensure()
    assert sandbox.still_runs(first)
    with LocalSandbox() as stranger:
        assert not stranger.still_runs(first)  # it holds nothing
        assert stranger.ensure() == first
        assert stranger.still_runs(first)
    assert not stranger.still_runs(first)
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: gone(komet_home))
    assert not sandbox.still_runs(first)
    with LocalSandbox() as other:
        second = other.ensure()
        # Something runs again and the lock is held, but it is another process, of which this one knows nothing yet.
        assert not sandbox.still_runs(first)
        assert sandbox.ensure() == second
        assert sandbox.still_runs(second)


def test_a_sandbox_that_its_starter_left_half_started_is_replaced(sandbox: LocalSandbox, komet_home: Path) -> None:
    first = sandbox.ensure()
    # What is left when the starter is killed before it wrote the state file: a process that nobody holds.
    (komet_home / "sandbox-process" / "state.json").unlink()
    again = sandbox.ensure()
    assert again.pid != first.pid
    assert ask(again, "customer.list")["status"] == 1


def test_one_of_another_version_is_never_reused(
    sandbox: LocalSandbox, komet_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sandbox.ensure()
    monkeypatch.setattr(komet_console, "__version__", "99.0")
    newer = LocalSandbox()
    with pytest.raises(SandboxError, match=r"in use by Komet Console .*; this is 99\.0"):
        newer.ensure()
    sandbox.release()
    again = newer.ensure()
    newer.release()
    assert again.version == "99.0"
    assert again.pid != first.pid


def test_a_start_that_fails_says_why(sandbox: LocalSandbox, komet_home: Path) -> None:
    komet_home.mkdir(parents=True, exist_ok=True)
    (komet_home / "sandbox.sqlite3").mkdir()
    with pytest.raises(SandboxError, match="did not start") as caught:
        sandbox.ensure()
    assert caught.value.details
    (komet_home / "sandbox.sqlite3").rmdir()
    assert ask(sandbox.ensure(), "customer.list")["status"] == 1


def test_a_folder_that_cannot_hold_it_is_named(sandbox: LocalSandbox, komet_home: Path) -> None:
    (komet_home / "sandbox-process").write_text("a file where the folder should be")
    with pytest.raises(SandboxError, match=r"cannot keep its files in .*sandbox-process"):
        sandbox.ensure()
    (komet_home / "sandbox-process").unlink()
