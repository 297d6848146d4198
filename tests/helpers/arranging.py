"""Works on collections at random, and says of every change what it will be before, and that it is done when it is shown.

The plan is made without looking at the disk: what must be there afterwards is what was asked for, not what was found.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from helpers.saved import Row, digest, rows_of
from komet_console.exchange import Body, Draft, Pair
from komet_console.gui.collections.cabinet import Cabinet, Deleted, Moved, Work, address_of, split_address
from komet_console.interchange.formats import read_path
from komet_console.workspace.collections.model import Capture, Check, Collection, Example, Folder, RequestItem
from komet_console.workspace.collections.outline import Entry

__all__ = ["Arranging", "CabinetHands", "Hands", "Imports", "a_request", "feel_the_disk", "tell"]

FIXTURES = Path(__file__).parents[1] / "interchange" / "fixtures"
IMPORTS = (
    "shop.postman_collection.json",
    "calls.http",
    "recorded.har",
    "insomnia.yaml",
    "real/bruno",
    "real/bruno.opencollection.yml",
    "real/newman.postman_collection.json",
)
_PAUSE = 0.02
MANY = 22
"""Things in the collections of one worker; above it deletes more than it makes."""


def tell(deed: str, **facts: Any) -> None:
    """One line in one write: threads and a sudden end never mix two of them."""
    line = json.dumps({"deed": deed, "at": time.monotonic(), **facts}) + "\n"
    os.write(1, line.encode())


def feel_the_disk(file: Path) -> None:
    """Say how long a small write of one's own takes to reach the disk, whenever it takes longer than ever before.

    On a machine that is busy with other things nobody's writes are there in time, and no program can do anything about it.
    """

    parent = os.getppid()

    def write() -> None:
        slowest = 0.0
        while True:
            if os.getppid() != parent:
                os._exit(1)  # the test was ended, and nobody is left who would kill this
            begun = time.monotonic()
            with file.open("wb") as opened:
                opened.write(b"x" * 4096)
                opened.flush()
                os.fsync(opened.fileno())
            time.sleep(_PAUSE)
            took = time.monotonic() - begun - _PAUSE
            if took > slowest:
                slowest = took
                tell("slow", seconds=took)

    threading.Thread(target=write, daemon=True).start()


def a_request(name: str, number: int, *, whole: bool) -> RequestItem:
    """A request that says something else for every number; `whole`: with what only files hold, not tabs."""
    chance = random.Random(number)
    text = json.dumps({"authenticationToken": "{{token}}", "number": number, "text": "ä\n" * chance.randrange(400)})
    draft = Draft(
        "prebook.create",
        (Pair("number", str(number)), Pair("off", "1", enabled=False)),
        (Pair("X-Number", str(number)),),
        Body("json", text),
    )
    made = RequestItem(
        name,
        draft,
        checks=(Check("status", value=str(200 + number % 100)), Check("time", operator="lt", value="900")),
        captures=(Capture("number", f"[{number}]"),),
    )
    if not whole:
        return made
    example = Example("Answer", 200, "OK", (), json.dumps({"status": 1, "number": number}))
    return replace(made, description=f"Number {number}\n\n  indented", tags=("a", f"t{number}"), examples=(example,))


class Imports:
    """What the files of other tools hold, under names of one's own."""

    def __init__(self, cabinet: Cabinet) -> None:
        self._catalogue = cabinet.catalogue
        self._read: dict[str, Collection] = {}

    def named(self, file: str, name: str) -> Collection:
        """A file of `IMPORTS` as a collection."""
        if file not in self._read:
            found = read_path(FIXTURES / file, self._catalogue)
            self._read[file] = replace(found.collection, environments=found.environments, problems=())
        return replace(self._read[file], name=name)


class Hands(Protocol):
    """What does the changes and comes back when they are shown as done. Each returns what there is now."""

    whole: bool

    async def settle(self, addresses: set[str]) -> None: ...
    async def add(self, above: str, item: RequestItem) -> str: ...
    async def save(self, address: str, item: RequestItem) -> None: ...
    async def rename(self, address: str, name: str) -> str: ...
    async def duplicate(self, address: str) -> str: ...
    async def new_folder(self, above: str, name: str) -> str: ...
    async def move(self, address: str, above: str, before: str | None) -> tuple[str, Callable[[], Awaitable[str]]]: ...
    async def delete(self, address: str) -> tuple[str, Callable[[], Awaitable[str]]]: ...
    async def import_file(self, file: Path, collection: Collection) -> str: ...


class CabinetHands:
    """The collections without a window."""

    whole = True

    def __init__(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet

    async def settle(self, addresses: set[str]) -> None:
        """There is nothing that would have to be shown."""

    async def add(self, above: str, item: RequestItem) -> str:
        collection, parent = split_address(above)
        saved = await asyncio.to_thread(self._cabinet.add_request, collection, parent, item)
        return address_of(collection, saved.item.path)

    async def save(self, address: str, item: RequestItem) -> None:
        opened = await asyncio.to_thread(self._cabinet.open, address)
        mine = Work(item.draft, item.checks, item.captures)
        await asyncio.to_thread(self._cabinet.save, address, opened.work, mine)

    async def rename(self, address: str, name: str) -> str:
        return await asyncio.to_thread(self._cabinet.rename, address, name)

    async def duplicate(self, address: str) -> str:
        return await asyncio.to_thread(self._cabinet.duplicate, address)

    async def new_folder(self, above: str, name: str) -> str:
        return await asyncio.to_thread(self._cabinet.new_folder, name, above)

    async def move(self, address: str, above: str, before: str | None) -> tuple[str, Callable[[], Awaitable[str]]]:
        moved: Moved = await asyncio.to_thread(self._cabinet.move, address, above, before)
        return moved.address, lambda: asyncio.to_thread(self._cabinet.put_back, moved)

    async def delete(self, address: str) -> tuple[str, Callable[[], Awaitable[str]]]:
        deleted: list[Deleted] = await asyncio.to_thread(self._cabinet.delete, [address])

        async def restore() -> str:
            return (await asyncio.to_thread(self._cabinet.restore, deleted))[0]

        return deleted[0].undo.token, restore

    async def import_file(self, file: Path, collection: Collection) -> str:
        found = await asyncio.to_thread(read_path, file, self._cabinet.catalogue)
        made = replace(found.collection, name=collection.name, environments=found.environments, problems=())
        return (await asyncio.to_thread(self._cabinet.library.add, made)).name


@dataclass(frozen=True, slots=True)
class Node:
    """What is planned to stand at an address: a request, or a folder or collection; `block`: an import as it came."""

    name: str
    item: RequestItem | None = None
    block: tuple[Row, ...] = ()


Nodes = dict[str, Node]


@dataclass(frozen=True, slots=True)
class Back:
    """How the last deletion or move is undone, and what becomes of the plan then."""

    action: str
    name: str
    undo: Callable[[], Awaitable[str]]
    plan: Callable[[Nodes, str], Nodes]
    token: str = ""


def moved(nodes: Nodes, old: str, new: str) -> Nodes:
    """The plan with what stands at `old`, and all below it, at `new`."""
    return {
        new + key[len(old) :] if key == old or key.startswith(old + "/") else key: node for key, node in nodes.items()
    }


def part(nodes: Nodes, address: str) -> Nodes:
    """What stands at an address, and below it."""
    return {key: node for key, node in nodes.items() if key == address or key.startswith(address + "/")}


def unknown(address: str) -> str:
    """Something in the same folder, whose file has a name that is not known yet."""
    above = address.rpartition("/")[0]
    return f"{above}/?" if above else "?"


class Arranging:
    """One worker's collections: planned, changed, told.

    Args:
        cabinet: to look with.
        owner: begins the names of its collections, so that several can work in one folder.
    """

    def __init__(self, cabinet: Cabinet, hands: Hands, owner: str, chance: random.Random) -> None:
        self.cabinet = cabinet
        self.hands = hands
        self.owner = owner
        self.chance = chance
        self.imports = Imports(cabinet)
        self.nodes: Nodes = {}
        self.trash: list[str] = []
        self.number = chance.randrange(10**6) * 1000
        self.back: Back | None = None
        catalogue = cabinet.catalogue
        self._folder, self._collection = digest(Folder(""), catalogue), digest(Collection(""), catalogue)

    # --- what is planned, and what is shown

    def _row(self, address: str, nodes: Nodes) -> list[Row]:
        node = nodes[address]
        if node.block:
            return list(node.block)
        parts = address.split("/")
        above = "/".join(nodes["/".join(parts[:end])].name for end in range(1, len(parts)))
        says = self._folder if above else self._collection
        return [(above, node.name, says if node.item is None else digest(node.item, self.cabinet.catalogue))]

    def planned(self, nodes: Nodes) -> list[Row]:
        """The rows of a plan, in no order."""
        return [row for address in nodes for row in self._row(address, nodes)]

    def _shown(self) -> list[str]:
        """The addresses in the order of the tree that the panel shows."""

        def below(collection: str, entries: tuple[Entry, ...]) -> list[tuple[str, str]]:
            found = []
            for one in entries:
                found += [(address_of(collection, one.path), one.name), *below(collection, one.children)]
            return found

        found: list[tuple[str, str]] = []
        for name in self.cabinet.library.names():
            if not name.startswith(f"{self.owner} "):
                continue
            tree, node = self.cabinet.tree(name), self.nodes.get(name)
            found += [(name, tree.title)]
            found += [] if node is not None and node.block else below(name, tree.entries)
        planned = {(address, node.name) for address, node in self.nodes.items()}
        assert set(found) == planned, f"shown {set(found) - planned}, planned {planned - set(found)}"
        return [address for address, _ in found]

    def _tell(self, action: str) -> None:
        rows = [row for address in self._shown() for row in self._row(address, self.nodes)]
        assert Counter(rows) == Counter(self.planned(self.nodes))
        tell("saved", action=action, rows=rows, trash=self.trash)

    # --- changing

    def _fresh(self, kind: str) -> str:
        self.number += 1
        return f"{kind} {self.number}"

    def _one(self, *, requests: bool = True, folders: bool = True, collections: bool = False) -> str:
        """The address of anything of these kinds; empty where there is none."""
        kinds = {"request": requests, "folder": folders, "collection": collections}

        def kind(address: str, node: Node) -> str:
            if node.block:
                return "import"
            return "request" if node.item is not None else "folder" if "/" in address else "collection"

        found = [address for address, node in self.nodes.items() if kinds.get(kind(address, node))]
        return self.chance.choice(found) if found else ""

    async def start(self) -> None:
        """Two collections with something in them."""
        for _ in range(2):
            name = f"{self.owner} {self._fresh('c')}"
            self.nodes[(await asyncio.to_thread(self.cabinet.new_collection, name))] = Node(name)
        for collection in list(self.nodes):
            name = self._fresh("f")
            folder = await asyncio.to_thread(self.cabinet.new_folder, name, collection)
            self.nodes[folder] = Node(name)
            for above in (collection, folder, folder):
                item = a_request(self._fresh("r"), self.number, whole=self.hands.whole)
                parts = split_address(above)
                saved = await asyncio.to_thread(self.cabinet.add_request, *parts, item)
                self.nodes[address_of(parts[0], saved.item.path)] = Node(item.name, item)
        self._tell("start")

    async def step(self) -> None:
        """One change, told before and after."""
        await self.hands.settle({one for one, node in self.nodes.items() if not node.block})
        crowded = len(self.nodes) > MANY
        steps = [self._undo] * 3 if self.back is not None else []
        steps += [self._delete] * (6 if crowded else 2)
        steps += [self._save, self._save, self._rename, self._move, self._move, self._move]
        steps += [] if crowded else [self._add, self._add, self._duplicate, self._new_folder, self._import]
        await self.chance.choice(steps)()

    async def _change(
        self,
        action: str,
        plan: Callable[[Nodes, str], Nodes],
        change: Callable[[], Awaitable[str]],
        moving: tuple[str, ...] = (),
    ) -> str:
        """Tell, do, tell. `plan` makes the new plan of the old one and the new address, which is not known before."""
        tell("begin", action=action, after=self.planned(plan(self.nodes, "?")), moving=moving)
        made = await change()
        self.nodes = plan(self.nodes, made)
        self._tell(action)
        return made

    async def _add(self) -> None:
        above = self._one(requests=False, collections=True)
        item = a_request(self._fresh("r"), self.number, whole=self.hands.whole)

        def plan(nodes: Nodes, made: str) -> Nodes:
            return {**nodes, f"{above}/?" if made == "?" else made: Node(item.name, item)}

        await self._change("add", plan, partial(self.hands.add, above, item))

    async def _save(self) -> None:
        address = self._one(folders=False)
        if not address:
            return
        self.number += 1
        old, new = self.nodes[address].item, a_request("", self.number, whole=False)
        assert old is not None
        item = replace(old, draft=new.draft, checks=new.checks, captures=new.captures)

        async def save() -> str:
            await self.hands.save(address, item)
            return address

        await self._change("save", lambda nodes, _: {**nodes, address: replace(nodes[address], item=item)}, save)

    async def _rename(self) -> None:
        address = self._one(collections=True)
        name = self._fresh("renamed")
        name = name if "/" in address else f"{self.owner} {name}"

        def plan(nodes: Nodes, made: str) -> Nodes:
            renamed = {**nodes, address: replace(nodes[address], name=name)}
            return renamed if made == "?" else moved(renamed, address, made)

        self.back = None
        await self._change("rename", plan, partial(self.hands.rename, address, name))

    async def _duplicate(self) -> None:
        address = self._one()
        if not address:
            return
        name = f"{self.nodes[address].name} copy"

        def plan(nodes: Nodes, made: str) -> Nodes:
            to = unknown(address) if made == "?" else made
            copies = moved(part(nodes, address), address, to)
            return {**nodes, **copies, to: replace(copies[to], name=name)}

        await self._change("duplicate", plan, partial(self.hands.duplicate, address))

    async def _new_folder(self) -> None:
        above, name = self._one(requests=False, collections=True), self._fresh("f")

        def plan(nodes: Nodes, made: str) -> Nodes:
            return {**nodes, f"{above}/?" if made == "?" else made: Node(name)}

        await self._change("new folder", plan, partial(self.hands.new_folder, above, name))

    async def _import(self) -> None:
        file = self.chance.choice(IMPORTS)
        made = self.imports.named(file, f"{self.owner} {self._fresh('import')}")
        block = tuple(rows_of(made, self.cabinet.catalogue))

        def plan(nodes: Nodes, address: str) -> Nodes:
            return {**nodes, address: Node(made.name, block=block)}

        await self._change(f"import {file}", plan, partial(self.hands.import_file, FIXTURES / file, made))

    async def _move(self) -> None:
        address = self._one()
        above = self._one(requests=False, collections=True)
        if not address or above == address or above.startswith(address + "/"):
            return
        siblings = [one for one in self.nodes if one.rpartition("/")[0] == above and one != address]
        before = self.chance.choice([None, *siblings])
        name = self.nodes[address].name

        def plan(nodes: Nodes, made: str) -> Nodes:
            stays = address.rpartition("/")[0] == above
            return moved(nodes, address, (address if stays else f"{above}/?") if made == "?" else made)

        undo: list[Callable[[], Awaitable[str]]] = []

        async def move() -> str:
            made, back = await self.hands.move(address, above, before)
            undo.append(back)
            return made

        self.back = None
        made = await self._change("move", plan, move, (name,))
        self.back = Back(
            "undo a move",
            name,
            undo[0],
            lambda nodes, back: moved(nodes, made, unknown(address) if back == "?" else back),
        )

    async def _delete(self) -> None:
        blocks = [address for address, node in self.nodes.items() if node.block]
        address = self.chance.choice([one for one in (self._one(), *blocks[:1]) if one] or [""])
        if not address:
            return
        gone = part(self.nodes, address)
        undo: list[Callable[[], Awaitable[str]]] = []

        async def delete() -> str:
            token, back = await self.hands.delete(address)
            undo.append(back)
            self.trash = [*self.trash, token] if token else self.trash
            return token

        self.back = None
        token = await self._change(
            "delete", lambda nodes, _: {key: node for key, node in nodes.items() if key not in gone}, delete
        )
        self.back = Back(
            "undo a deletion",
            gone[address].name,
            undo[0],
            lambda nodes, back: {**nodes, **moved(gone, address, unknown(address) if back == "?" else back)},
            token,
        )

    async def _undo(self) -> None:
        back, self.back = self.back, None
        assert back is not None

        async def undo() -> str:
            made = await back.undo()
            self.trash = [one for one in self.trash if one != back.token]
            return made

        await self._change(back.action, back.plan, undo, (back.name,))
