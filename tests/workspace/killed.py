"""A program that works on a workspace at random until it is killed, and says what it did: one JSON line a deed.

Each line is printed after the fact, with the moment: `journal` when the tab was handed over, `kept` when `flush` had said
that everything before is on the disk.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from komet_console.exchange import Body, Draft, Exchange, PreparedRequest, Response
from komet_console.workspace.drafts import StoredTab
from komet_console.workspace.history import Record
from komet_console.workspace.workspace import Workspace


def tell(deed: str, **facts: Any) -> None:
    sys.stdout.write(json.dumps({"deed": deed, "at": time.monotonic(), **facts}) + "\n")
    sys.stdout.flush()


def main() -> None:
    name, seed = sys.argv[2], int(sys.argv[3])
    chance = random.Random(seed)
    workspace = Workspace.open(Path(sys.argv[1]))
    written = {f"{name}-{number}": 0 for number in range(3)}
    added = settings = 0
    workspace.tabs.load()
    tell("open", window=workspace.tabs.window)
    while True:
        match chance.randrange(10):
            case 0:
                added += 1
                body = b"x" * chance.choice([10, 1000, 1_100_000])
                exchange = Exchange(
                    PreparedRequest("GET", "http://127.0.0.1/a", ()), Response(200, "OK", (), body, size=len(body))
                )
                workspace.history.add(Record(Draft(f"{name}.{added}"), exchange))
                tell("add", number=added)
            case 1:
                settings += 1
                workspace.state.put(f"{name}.state", settings)
                tell("state", number=settings)
            case 2 if chance.random() < 0.3:
                workspace.flush()
                tell("kept", added=added, state=settings, tabs=dict(written))
            case _:
                tab = chance.choice(list(written))
                written[tab] += 1
                text = f'{{"typed": {written[tab]}, "text": "{"t" * chance.randrange(3000)}"}}'
                workspace.tabs.journal(StoredTab(tab, Draft("prebook.create", body=Body("json", text))))
                tell("journal", tab=tab, number=written[tab])
        time.sleep(chance.random() * 0.02)


if __name__ == "__main__":
    main()
