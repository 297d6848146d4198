"""The real program killed at random moments of work in its window: what it had shown as saved is there."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from helpers.kills import Worker, check_collections

from komet_console.catalogue import Catalogue
from komet_console.session.sandbox import LocalSandbox
from komet_console.workspace.workspace import Workspace

KILLS = 40 if os.environ.get("KOMET_TEST_LONG") else 2
PROGRAM = Path(__file__).with_name("killed_window.py")


@pytest.mark.timeout(KILLS * 30)
def test_what_the_window_has_shown_as_saved_is_there_after_a_kill(tmp_path: Path, catalogue: Catalogue) -> None:
    chance = random.Random(7)
    home = tmp_path / "home"
    environment = {
        "KOMET_CONSOLE_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "helpers.keyrings.FileKeyring",
        "KOMET_TEST_KEYRING": str(tmp_path / "keyring.json"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    with LocalSandbox(home) as sandbox:
        sandbox.ensure()
        for number in range(KILLS):
            name = f"w{number}"
            log = tmp_path / f"{name}.log"
            worker = Worker(name, log, PROGRAM, name, chance.randrange(10**6), **environment)
            worker.wait_for("ready", 60)
            time.sleep(1.2 + chance.random() * 3)
            worker.kill()
            check_collections(home / "workspace", worker, catalogue)
            check(home / "workspace", worker)


def check(folder: Path, worker: Worker) -> None:
    """Nothing failed meanwhile; what was typed and answered more than a second ago is there."""
    assert [deed for deed in worker.deeds() if deed["deed"] == "failed"] == []
    with Workspace.open(folder) as workspace:
        assert workspace.database.read("PRAGMA integrity_check")[0][0] == "ok"
        names = [pair.value for tab in workspace.tabs.load() for pair in tab.draft.query if pair.name == "name"]
        typed = max(int(one.partition(".")[2]) for one in names if one.startswith(f"{worker.name}."))
        sent = {entry.url.partition("name=")[2] for entry in workspace.history.search(limit=10_000).entries}
        for entry in workspace.history.search(limit=10_000).entries:
            workspace.history.open(entry.id)
    assert typed >= max((deed["number"] for deed in worker.due() if deed["deed"] == "typed"), default=0)
    assert {f"{worker.name}.{deed['number']}" for deed in worker.due() if deed["deed"] == "answered"} <= sent
