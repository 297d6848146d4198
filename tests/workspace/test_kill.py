"""kill -9 at random moments, with two programs at work on one workspace: nothing that was kept is lost, nothing is broken."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from komet_console.workspace.drafts import StoredTab
from komet_console.workspace.history import Filter
from komet_console.workspace.workspace import Workspace

KILLS = 200 if os.environ.get("KOMET_TEST_LONG") else 10
ROUNDS = 5
"""Of two kills each, in one test."""
BEHIND = 1.0
"""Seconds that drafts may be behind."""
CHILD = Path(__file__).with_name("killed.py")


class Worker:
    """A child, and what it says it did."""

    def __init__(self, folder: Path, name: str, seed: int, output: Path) -> None:
        self.name = name
        self.output = output
        with output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, str(CHILD), str(folder), name, str(seed)], stdout=file, stderr=file
            )
        self.killed_at = 0.0

    def kill(self) -> None:
        self.killed_at = time.monotonic()
        self.process.kill()
        self.process.wait()

    def deeds(self) -> list[dict[str, Any]]:
        """All lines but one that was cut off."""
        lines = self.output.read_text().split("\n")[:-1]
        assert not any(line.startswith("Traceback") for line in lines), "\n".join(lines[-20:])
        return [json.loads(line) for line in lines]

    def wait_for(self, deed: str) -> None:
        deadline = time.monotonic() + 30
        while f'"deed": "{deed}"' not in self.output.read_text():
            assert time.monotonic() < deadline, self.output.read_text()
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(0.02)


def typed(tab: StoredTab) -> int:
    found = re.match(r'\{"typed": (\d+), "text": "t*"\}$', tab.draft.body.text)
    assert found, tab.draft.body.text
    return int(found[1])


@pytest.mark.parametrize("seed", range(KILLS // (2 * ROUNDS)))
def test_nothing_that_was_kept_is_lost_when_programs_are_killed(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "workspace"
    for round_number in range(ROUNDS):
        workers = [
            Worker(folder, f"{name}{round_number}", chance.randrange(10**6), tmp_path / f"{name}{round_number}.log")
            for name in ("a", "b")
        ]
        for worker in workers:
            worker.wait_for("journal")
        time.sleep(chance.random() * 0.8)
        chance.shuffle(workers)
        workers[0].kill()
        time.sleep(chance.random() * 0.4)
        workers[1].kill()
        for worker in workers:
            check(folder, worker)
    with Workspace.open(folder) as workspace:
        assert workspace.database.read("PRAGMA integrity_check")[0][0] == "ok"
        assert workspace.database.read("PRAGMA foreign_key_check") == []
        with workspace.database.write() as connection:
            connection.execute("INSERT INTO history_text (history_text, rank) VALUES ('integrity-check', 0)")
        entries = workspace.history.search(limit=10_000).entries
        assert len(entries) == workspace.history.count(Filter("127"))
        for entry in entries:
            kept = workspace.history.open(entry.id).exchange.response
            assert kept is not None
            assert len(kept.body) == kept.size


def check(folder: Path, worker: Worker) -> None:
    """Hold what is on the disk against what the worker said."""
    deeds = worker.deeds()
    with Workspace.open(folder) as workspace:
        assert workspace.database.read("PRAGMA quick_check")[0][0] == "ok"
        tabs = {tab.id: typed(tab) for tab in workspace.tabs.load() if tab.id.startswith(f"{worker.name}-")}
        added = {entry.method for entry in workspace.history.search(limit=10_000).entries}
        state = workspace.state.get(f"{worker.name}.state", 0)
    for deed in deeds:
        due = deed["at"] < worker.killed_at - BEHIND
        match deed["deed"]:
            case "journal" if due:
                assert tabs.get(deed["tab"], 0) >= deed["number"], deed
            case "add" if due:
                assert f"{worker.name}.{deed['number']}" in added, deed
            case "kept":
                assert {f"{worker.name}.{number}" for number in range(1, deed["added"] + 1)} <= added
                assert state >= deed["state"]
                for tab, number in deed["tabs"].items():
                    assert tabs.get(tab, 0) >= number
