"""A program that works on a workspace at random until it is killed, and says what it did: one JSON line a deed.

    python killed.py FOLDER NAME SEED URL

It types into tabs, keeps state and calls, arranges collections and sends to URL, all at once. Each line is printed after the
fact, with the moment: `journal` when the tab was handed over, `kept` when `flush` had said that everything before is on the
disk, `answered` when the answer would be on the screen, `saved` when the tree would show it. `begin` comes before a change of
collections, with what it shall come to.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from helpers.arranging import Arranging, CabinetHands, feel_the_disk, tell
from helpers.keyrings import MemoryKeyring

from komet_console.exchange import Body, Draft, Exchange, Pair, PreparedRequest, Response
from komet_console.gui.collections.cabinet import Cabinet
from komet_console.session.console import AUTOMATIC, Console
from komet_console.workspace.collections.library import FOLDER, Library
from komet_console.workspace.drafts import StoredTab
from komet_console.workspace.history import Record
from komet_console.workspace.secrets import Secrets
from komet_console.workspace.workspace import Workspace


async def type_and_keep(workspace: Workspace, name: str, chance: random.Random) -> None:
    """Tabs, calls as they come from sending, and the window's state."""
    written = {f"{name}-{number}": 0 for number in range(3)}
    added = settings = 0
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
                facts = {"added": added, "state": settings, "tabs": dict(written)}
                await asyncio.to_thread(workspace.flush)
                tell("kept", **facts)
            case _:
                tab = chance.choice(list(written))
                written[tab] += 1
                text = f'{{"typed": {written[tab]}, "text": "{"t" * chance.randrange(3000)}"}}'
                workspace.tabs.journal(StoredTab(tab, Draft("prebook.create", body=Body("json", text))))
                tell("journal", tab=tab, number=written[tab])
        await asyncio.sleep(chance.random() * 0.02)


async def arrange(work: Arranging) -> None:
    """Save, move, delete, import."""
    await work.start()
    tell("ready")
    while True:
        await work.step()


async def send(console: Console, name: str, url: str) -> None:
    """One call after the other."""
    place = console.environments.add(f"Echo of {name}", url, level="free")
    number = 0
    while True:
        number += 1
        draft = Draft("customer.list", query=(Pair("name", f"{name}.{number}"),), token_location="none")
        await console.send(
            draft,
            place.id,
            AUTOMATIC,
            answered=lambda _sent, number=number: tell("answered", number=number),  # type: ignore[misc]
        )


async def main(folder: Path, name: str, seed: int, url: str) -> None:
    """Until it is killed."""
    chance = random.Random(seed)
    workspace = Workspace.open(folder)
    workspace.tabs.load()
    tell("open", window=workspace.tabs.window)
    feel_the_disk(folder.parent / f"{name}.disk")
    keyring = MemoryKeyring()
    secrets = Secrets(lambda: keyring, tell=workspace.secrets.add)
    console = Console(folder.parent, workspace=workspace, secrets=secrets)
    cabinet = Cabinet(Library(folder / FOLDER, console.catalogue))
    work = Arranging(cabinet, CabinetHands(cabinet), name, random.Random(seed + 1))
    await asyncio.gather(type_and_keep(workspace, name, chance), arrange(work), send(console, name, url))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]))
