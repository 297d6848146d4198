"""kill -9 at random moments, with two programs at work on one workspace: nothing that was kept is lost, nothing is broken."""

from __future__ import annotations

import os
import random
import re
import time
from pathlib import Path

import pytest
from helpers.echo import echoing
from helpers.kills import Worker, check_collections

from komet_console.catalogue import Catalogue
from komet_console.workspace.drafts import StoredTab
from komet_console.workspace.history import Filter
from komet_console.workspace.workspace import Workspace

KILLS = 200 if os.environ.get("KOMET_TEST_LONG") else 10
ROUNDS = 5
"""Of two kills each, in one test."""
CHILD = Path(__file__).with_name("killed.py")


def typed(tab: StoredTab) -> int:
    found = re.match(r'\{"typed": (\d+), "text": "t*"\}$', tab.draft.body.text)
    assert found, tab.draft.body.text
    return int(found[1])


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(KILLS // (2 * ROUNDS)))
def test_nothing_that_was_kept_is_lost_when_programs_are_killed(
    tmp_path: Path, catalogue: Catalogue, seed: int
) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "workspace"
    with echoing() as echo:
        for number in range(ROUNDS):
            workers = [
                Worker(name, tmp_path / f"{name}.log", CHILD, folder, name, chance.randrange(10**6), echo.url)
                for name in (f"a{number}", f"b{number}")
            ]
            for worker in workers:
                worker.wait_for("ready")
            time.sleep(chance.random() * 2.5)
            chance.shuffle(workers)
            workers[0].kill()
            time.sleep(chance.random() * 0.4)
            workers[1].kill()
            for worker in workers:
                check(folder, worker)
                check_collections(folder, worker, catalogue)
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
    """Hold tabs, history and state against what the worker said."""
    with Workspace.open(folder) as workspace:
        assert workspace.database.read("PRAGMA quick_check")[0][0] == "ok"
        tabs = {tab.id: typed(tab) for tab in workspace.tabs.load() if tab.id.startswith(f"{worker.name}-")}
        entries = workspace.history.search(limit=10_000).entries
        state = workspace.state.get(f"{worker.name}.state", 0)
    added = {entry.method for entry in entries}
    sent = {entry.url.partition("name=")[2] for entry in entries if entry.method == "customer.list"}
    for deed in worker.due():
        match deed["deed"]:
            case "journal":
                assert tabs.get(deed["tab"], 0) >= deed["number"], deed
            case "add":
                assert f"{worker.name}.{deed['number']}" in added, deed
            case "answered":
                assert f"{worker.name}.{deed['number']}" in sent, deed
    for deed in worker.deeds():
        if deed["deed"] == "kept":
            assert {f"{worker.name}.{number}" for number in range(1, deed["added"] + 1)} <= added
            assert state >= deed["state"]
            for tab, number in deed["tabs"].items():
                assert tabs.get(tab, 0) >= number
