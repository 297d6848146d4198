"""Programs that work on a workspace until they are killed, and what must be there then, held against what they said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema_rs
from ruamel.yaml import YAML

from helpers.saved import halves, make_old, neither, rows
from komet_console.catalogue import Catalogue
from komet_console.workspace.collections.library import FOLDER, Library
from komet_console.workspace.collections.scanning import COLLECTION_FILE, ENVIRONMENTS

__all__ = ["SCHEMA", "Worker", "breaches_of_the_schema", "check_collections"]

TESTS = Path(__file__).parents[1]
SCHEMA = os.environ.get("KOMET_TEST_OPENCOLLECTION_SCHEMA")
"""A file with OpenCollection's own JSON schema 1.0.0, which is not ours to ship; without it nothing is held against it."""

BEHIND = 1.0
"""Seconds that drafts may be behind."""
HISTORY_BEHIND = 3.0
"""The history may be longer: nobody is told that a call is kept, and the large answers before it are packed first."""
WRITES = 4
"""Times that a draft's way to the disk waits for it: for the transaction before, for another program's, and for its own two."""
_OFFSCREEN = "This plugin does not support propagateSizeHints()"
"""Said by Qt where there is no screen."""


class Worker:
    """A child, and what it says it did."""

    def __init__(self, name: str, output: Path, program: Path, *arguments: object, **environment: str) -> None:
        self.name = name
        self.output = output
        path = os.pathsep.join((str(TESTS), str(TESTS.parent)))
        with output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, str(program), *map(str, arguments)],
                stdout=file,
                stderr=file,
                env={**os.environ, "PYTHONPATH": path, **environment},
            )
        self.killed_at = 0.0

    def kill(self) -> None:
        """Without a word; it must have been alive until then."""
        early = self.process.poll()
        self.killed_at = time.monotonic()
        self.process.kill()
        self.process.wait()
        assert early is None, self.output.read_text()[-4000:]

    def deeds(self) -> list[dict[str, Any]]:
        """All lines but one that was cut off."""
        lines = [line for line in self.output.read_text().split("\n")[:-1] if line != _OFFSCREEN]
        assert all(line.startswith("{") for line in lines), "\n".join(lines)[-4000:]
        return [json.loads(line) for line in lines]

    def due(self) -> list[dict[str, Any]]:
        """What it had said so long before its end that it has to be on the disk, and what the disk was slow by."""
        deeds = self.deeds()
        slow = max((deed["seconds"] for deed in deeds if deed["deed"] == "slow"), default=0.0)
        limits = {"add": HISTORY_BEHIND, "answered": HISTORY_BEHIND}
        return [
            deed for deed in deeds if deed["at"] < self.killed_at - limits.get(deed["deed"], BEHIND) - WRITES * slow
        ]

    def wait_for(self, deed: str, seconds: float = 30) -> None:
        """Until it has said that."""
        deadline = time.monotonic() + seconds
        while f'"deed": "{deed}"' not in self.output.read_text():
            assert time.monotonic() < deadline, self.output.read_text()[-4000:]
            assert self.process.poll() is None, self.output.read_text()[-4000:]
            time.sleep(0.02)


def check_collections(folder: Path, worker: Worker, catalogue: Catalogue) -> str:
    """Everything that was shown as saved is there, and nothing else; what was just being done, is done or not.

    Returns:
        What was just being done; empty for nothing.
    """
    library = Library(folder / FOLDER, catalogue)
    changes = [deed for deed in worker.deeds() if deed["deed"] in ("begin", "saved")]
    if not any(deed["deed"] == "saved" for deed in changes):
        return ""
    last = next(deed for deed in reversed(changes) if deed["deed"] == "saved")
    before = [tuple(row) for row in last["rows"]]
    found = rows(library, f"{worker.name} ")
    doing = changes[-1] if changes[-1]["deed"] == "begin" else None
    if doing is None:
        assert found == before, f"{worker.name} after {last['action']}: {neither(before, before, found) or 'order'}"
    else:
        after = [tuple(row) for row in doing["after"]]
        assert neither(before, after, found, doing["moving"]) == "", f"{worker.name} during {doing['action']}"
    # What it deleted can be brought back, but for what it was just bringing back.
    missing = [one for one in last["trash"] if not any((library.trash / one).glob("[!o]*"))]
    assert missing == [] or (doing is not None and doing["action"].startswith("undo") and len(missing) == 1)
    assert breaches_of_the_schema(library.folder, f"{worker.name} ") == []
    make_old(library.folder)
    library.tidy()
    assert halves(library.folder) == []
    assert rows(library, f"{worker.name} ") == found
    return str(doing["action"]) if doing is not None else ""


def breaches_of_the_schema(folder: Path, owner: str = "") -> list[str]:
    """What in the collections of a folder (those whose names begin with `owner`) OpenCollection's schema does not allow.

    Empty also where there is no schema.
    """
    if SCHEMA is None:
        return []
    schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))
    kinds = {
        name: jsonschema_rs.Draft7Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
        for name in ("Item", "Environment")
    }
    whole = jsonschema_rs.Draft7Validator(schema)
    found = []
    for file in folder.rglob("*.yml"):
        within = file.relative_to(folder)
        if any(part.startswith(".") for part in within.parts) or not within.parts[0].startswith(owner):
            continue
        kind = whole if file.name == COLLECTION_FILE else kinds["Item"]
        kind = kinds["Environment"] if within.parts[1] == ENVIRONMENTS else kind
        errors = kind.iter_errors(YAML(typ="safe").load(file))
        found += [f"{within}: {error.message[:300]}" for error in errors]
    return found
