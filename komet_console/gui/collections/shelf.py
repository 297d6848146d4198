"""The collections on a thread of their own: the window asks and waits without stopping, and hears what has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from komet_console.errors import UserError
from komet_console.gui.aio import Tasks
from komet_console.gui.collections.cabinet import (
    Cabinet,
    Deleted,
    Moved,
    Opened,
    Properties,
    Tree,
    Work,
    split_address,
    without_descendants,
)
from komet_console.workspace.collections.library import Library, Written
from komet_console.workspace.collections.model import Collection, Example, RequestItem
from komet_console.workspace.collections.references import FoundSecret
from komet_console.workspace.collections.store import Saved

__all__ = ["PartlyMovedError", "Shelf"]

T = TypeVar("T")


class PartlyMovedError(UserError):
    """Of several things some were moved (`done`), and others stayed where they were (`left`, addresses)."""

    def __init__(self, done: list[Moved], left: list[str], why: UserError) -> None:
        super().__init__(why.message, why.hint, why.details)
        self.done = done
        self.left = left


class Shelf(QObject):
    """One for each window. Every coroutine raises `UserError` like the `Cabinet` behind it.

    Signals:
        changed(str): The tree of a collection is another one now; empty: there are other collections.
        moved(str, str): What had the one address has the other one now; so has everything below it.
        removed(str): What had this address is gone.
        secrets_found(list): `FoundSecret`s that were written out in something that was saved; references stand there now.
        failed(object): A `UserError` of something that nobody waits for.
    """

    changed = Signal(str)
    moved = Signal(str, str)
    removed = Signal(str)
    secrets_found = Signal(list)
    failed = Signal(object)

    def __init__(self, library: Library, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.library = library
        self.tasks = tasks
        self._cabinet = Cabinet(library)
        # One thread: stores are not made for several, and what is asked first is done first.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="collections")
        self._seen: dict[str, int] | None = None
        self._closed = False
        self._tidied = False

    def close(self) -> None:
        """Nothing more will be asked."""
        self._closed = True
        self._thread.shutdown(wait=False)

    async def _do(self, work: Callable[..., T], *arguments: Any, **named: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *arguments, **named))

    async def _changing(self, collection: str, work: Callable[..., T], *arguments: Any, **named: Any) -> T:
        done = await self._do(work, *arguments, **named)
        self.changed.emit(collection)
        return done

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run a coroutine; what goes wrong is told by `failed`. Nothing is begun any more while the program ends."""
        if self._closed or not _loop_runs():
            work.close()
            return
        # A task that is cancelled before its first turn never comes to what it was to wait for.
        self.tasks.start(self._told(work), name=name).add_done_callback(lambda _task: work.close())

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except UserError as error:
            self.failed.emit(error)
        except RuntimeError:
            # The thread takes nothing on any more; somebody was just about to ask.
            if not self._closed:
                raise

    # --- reading

    async def trees(self) -> tuple[Tree, ...]:
        """All collections; remembers how the files are, for `look`."""
        # Taken before: what changes while files are read is seen at the next look.
        self._seen = await self._do(self._cabinet.signature)
        found = await self._do(self._cabinet.trees)
        if not self._tidied and not self._closed:
            # Once, when the tree is there: nobody waits for it.
            self._tidied = True
            self._thread.submit(self.library.tidy)
        return found

    async def tree(self, collection: str) -> Tree:
        """One collection."""
        seen = await self._do(self._cabinet.signature, collection)
        if self._seen is not None:
            self._seen |= seen
        try:
            return await self._do(self._cabinet.tree, collection)
        except UserError:
            if self._seen is not None:
                self._seen.pop(collection, None)  # it is gone
            raise

    async def look(self) -> None:
        """Whether git, an editor or another window has changed files: those collections are `changed`."""
        now = await self._do(self._cabinet.signature)
        before, self._seen = self._seen, now
        if before is None or before == now:
            return
        if before.keys() != now.keys():
            self.changed.emit("")
            return
        for name in [one for one in now if now[one] != before[one]]:
            self.changed.emit(name)

    async def open(self, address: str) -> Opened:
        """A saved request, read now."""
        return await self._do(self._cabinet.open, address)

    async def newer(self, address: str, known: Work) -> Opened | None:
        """See `Cabinet.newer`."""
        return await self._do(self._cabinet.newer, address, known)

    async def load(self, collection: str, path: str = "") -> Collection:
        """A whole collection, or a folder of it as one."""
        return await self._do(self._cabinet.load, collection, path)

    async def inherited(self, address: str) -> RequestItem:
        """A request with headers, variables and token that its folders and its collection hand down."""
        return await self._do(self._cabinet.inherited, address)

    # --- saving

    async def save(self, address: str, base: Work | None, mine: Work) -> Saved:
        """See `Cabinet.save`; raises `Conflict`."""
        return self._saved(address, await self._do(self._cabinet.save, address, base, mine))

    async def keep_mine(self, address: str, mine: Work) -> Saved:
        """See `Cabinet.keep_mine`."""
        return self._saved(address, await self._do(self._cabinet.keep_mine, address, mine))

    async def add_request(self, collection: str, parent: str, item: RequestItem) -> Saved:
        """A new request."""
        return self._saved(collection, await self._do(self._cabinet.add_request, collection, parent, item))

    def _saved(self, address: str, saved: Saved) -> Saved:
        if saved.written:
            self.changed.emit(split_address(address)[0])
        self._tell(saved.secrets)
        return saved

    def _tell(self, secrets: Sequence[FoundSecret]) -> None:
        if secrets:
            self.secrets_found.emit(list(secrets))

    async def add_example(self, address: str, example: Example) -> Saved:
        """Keep an answer beside a request."""
        return self._saved(address, await self._do(self._cabinet.add_example, address, example))

    async def remove_example(self, address: str, name: str) -> Saved:
        """Take one away."""
        return self._saved(address, await self._do(self._cabinet.remove_example, address, name))

    async def put_examples(self, address: str, examples: tuple[Example, ...]) -> Saved:
        """These are the kept answers now."""
        return self._saved(address, await self._do(self._cabinet.change_request, address, examples=examples))

    async def properties(self, address: str) -> Properties:
        """Name, description, tags, defaults."""
        return await self._do(self._cabinet.properties, address)

    async def set_properties(self, wanted: Properties) -> str:
        """Store them; returns the address that the item has now."""
        address, secrets = await self._do(self._cabinet.set_properties, wanted)
        self._tell(secrets)
        self._went(wanted.address, address)
        return address

    def _went(self, old: str, new: str) -> None:
        if old != new:
            self.moved.emit(old, new)
        collections = dict.fromkeys((split_address(old)[0], split_address(new)[0]))
        for collection in collections:
            self.changed.emit(collection)

    # --- the tree

    async def rename(self, address: str, name: str) -> str:
        """Another name; returns the address."""
        made = await self._do(self._cabinet.rename, address, name)
        self._went(address, made)
        return made

    async def new_collection(self, name: str) -> str:
        """An empty collection."""
        return await self._changing("", self._cabinet.new_collection, name)

    async def add_collection(self, collection: Collection) -> Written:
        """A whole collection."""
        written = await self._changing("", self.library.add, collection)
        self._tell(written.secrets)
        return written

    async def new_folder(self, name: str, above: str) -> str:
        """An empty folder."""
        return await self._changing(split_address(above)[0], self._cabinet.new_folder, name, above)

    async def duplicate(self, addresses: Sequence[str]) -> list[str]:
        """Copies beside them."""
        made: list[str] = []
        try:
            for address in addresses:
                made.append(await self._do(self._cabinet.duplicate, address))  # noqa: PERF401 - those of before a failure count
        finally:
            self._changed_of(made)
        return made

    async def move(self, addresses: Sequence[str], above: str, before: str | None = None) -> list[Moved]:
        """Move things, in their order, and what lies in them along; `put_back` undoes it.

        Raises:
            PartlyMovedError: some were moved, others could not be.
        """
        made: list[Moved] = []
        left: dict[str, UserError] = {}
        try:
            for address in without_descendants(addresses):
                try:
                    made.append(await self._do(self._cabinet.move, address, above, before))
                except UserError as error:
                    left[address] = error
                    continue
                if made[-1].address != address:
                    self.moved.emit(address, made[-1].address)
        finally:
            for collection in dict.fromkeys(split_address(one)[0] for one in (*addresses, above)):
                self.changed.emit(collection)
        if left:
            why = next(iter(left.values()))
            raise PartlyMovedError(made, list(left), why) if made else why
        return made

    async def put_back(self, moved: Sequence[Moved]) -> list[str]:
        """Undo moves, the last one first; returns the addresses, in the order of the moves.

        Raises:
            UserError: one of them could not be undone; all others are.
        """
        made: list[str] = []
        why: UserError | None = None
        try:
            for one in reversed(moved):
                try:
                    made.insert(0, await self._do(self._cabinet.put_back, one))
                except UserError as error:
                    why = why or error
                    continue
                if made[0] != one.address:
                    self.moved.emit(one.address, made[0])
        finally:
            for collection in dict.fromkeys(split_address(a)[0] for one in moved for a in (one.was, one.address)):
                self.changed.emit(collection)
        if why is not None:
            raise why
        return made

    async def delete(self, addresses: Sequence[str]) -> list[Deleted]:
        """Into the trash; `restore` brings them back."""
        done = await self._do(self._cabinet.delete, list(addresses))
        for one in done:
            self.removed.emit(one.address)
        self._changed_of([one.address for one in done])
        return done

    async def restore(self, deleted: Sequence[Deleted]) -> list[str]:
        """Bring things back."""
        made = await self._do(self._cabinet.restore, list(deleted))
        self._changed_of(made)
        return made

    def _changed_of(self, addresses: Sequence[str]) -> None:
        if any("/" not in address for address in addresses):
            self.changed.emit("")
            return
        for collection in dict.fromkeys(split_address(address)[0] for address in addresses):
            self.changed.emit(collection)


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
