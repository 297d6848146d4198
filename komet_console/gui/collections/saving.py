"""Ctrl+S: where a tab goes, what is asked on the way, and what is told afterwards. Knows dialogs only by what they answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

import shiboken6
from PySide6.QtCore import QObject, Signal

from komet_console.errors import UserError
from komet_console.exchange import Draft
from komet_console.gui.collections.cabinet import Work, address_of, split_address
from komet_console.gui.collections.conflict import Decision
from komet_console.gui.collections.shelf import Shelf
from komet_console.gui.i18n import tr
from komet_console.workspace.collections.model import Capture, Check, RequestItem
from komet_console.workspace.collections.references import FoundSecret
from komet_console.workspace.collections.store import Conflict, Saved

__all__ = ["Chosen", "SavedTo", "Saver", "Saves"]


class Saves(Protocol):
    """A tab's `RequestModel`, as far as saving knows it."""

    @property
    def draft(self) -> Draft: ...

    @property
    def saved(self) -> Draft: ...

    def set_draft(self, draft: Draft, source: object) -> None: ...

    def mark_saved(self, draft: Draft | None = None) -> None: ...


class KeepsChecks(Protocol):
    """A tab's checks (`gui.checks.model.ChecksState`)."""

    @property
    def checks(self) -> tuple[Check, ...]: ...

    @property
    def captures(self) -> tuple[Capture, ...]: ...

    @property
    def saved(self) -> tuple[tuple[Check, ...], tuple[Capture, ...]]: ...

    def set_saved(self, checks: tuple[Check, ...], captures: tuple[Capture, ...]) -> None: ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the user answered to "where?": a name and the address of a collection or folder."""

    name: str
    where: str


@dataclass(frozen=True, slots=True)
class SavedTo:
    """Where a tab is saved now."""

    saved_as: str
    title: str


class Saver(QObject):
    """Args:
        ask_place: Asks for name and place (suggested name, place to mark, title); None: the user changed their mind.
        ask_conflict: Shows both sides of a conflict and the request's name.

    Signals:
        said(str, str, object): A sentence for the window; a button and what it does, or "" and None.
    """

    said = Signal(str, str, object)

    def __init__(
        self,
        shelf: Shelf,
        ask_place: Callable[[str, str, str], Awaitable[Chosen | None]],
        ask_conflict: Callable[[Conflict, str], Awaitable[Decision]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.shelf = shelf
        self._ask_place = ask_place
        self._ask_conflict = ask_conflict
        self._last = ""
        """The place that was saved to last: the next new request is probably to lie there too."""

    async def save(
        self, model: Saves, saved_as: str, title: str, checks: KeepsChecks | None = None, *, as_new: bool = False
    ) -> SavedTo | None:
        """Save a tab where it belongs, else where the user says; None where it was not saved.

        Raises:
            UserError: it could not be saved; the tab stays unsaved.
        """
        if not saved_as or as_new:
            return await self._save_new(model, saved_as, title, checks)
        mine = _work(model, checks)
        base = Work(model.saved, *checks.saved) if checks is not None else Work(model.saved)
        try:
            saved = await self.shelf.save(saved_as, base, mine)
        except Conflict as conflict:
            return await self._decide(conflict, model, saved_as, title, checks)
        return self._done(saved, split_address(saved_as)[0], model, checks)

    async def follow(self, model: Saves, saved_as: str, checks: KeepsChecks | None = None) -> bool:
        """A collection was changed by somebody else: a tab without changes of its own shows what is there now.

        A tab with changes stays as it is; saving it shows both sides. A file that is gone or broken changes no tab.
        """
        base = Work(model.saved, *checks.saved) if checks is not None else Work(model.saved)
        if _work(model, checks) != base:
            return False
        try:
            found = await self.shelf.newer(saved_as, base)
        except UserError:
            return False
        if found is None or _is_gone(model) or _work(model, checks) != base:  # closed, or typed in, meanwhile
            return False
        model.set_draft(found.item.draft, self)
        model.mark_saved(found.item.draft)
        if checks is not None:
            checks.set_saved(found.item.checks, found.item.captures)
        return True

    async def save_item(self, item: RequestItem, where: str = "") -> SavedTo | None:
        """Save a request that is in no tab, from the history for instance."""
        chosen = await self._ask_place(item.name, where or self._last, tr("Save the request"))
        if chosen is None:
            return None
        collection, parent = split_address(chosen.where)
        self._last = chosen.where
        saved = await self.shelf.add_request(collection, parent, replace(item, name=chosen.name))
        self._tell(saved, collection)
        return SavedTo(address_of(collection, saved.item.path), saved.item.name)

    async def _save_new(
        self, model: Saves, saved_as: str, title: str, checks: KeepsChecks | None, name: str = ""
    ) -> SavedTo | None:
        where = self._last
        if saved_as:
            collection, path = split_address(saved_as)
            where = address_of(collection, path.rpartition("/")[0])
        chosen = await self._ask_place(name or title, where, tr("Save the request as") if saved_as else "")
        if chosen is None:
            return None
        collection, parent = split_address(chosen.where)
        work = _work(model, checks)
        item = RequestItem(chosen.name, work.draft, checks=work.checks or (), captures=work.captures or ())
        saved = await self.shelf.add_request(collection, parent, item)
        self._last = chosen.where
        return self._done(saved, collection, model, checks)

    async def _decide(
        self, conflict: Conflict, model: Saves, saved_as: str, title: str, checks: KeepsChecks | None
    ) -> SavedTo | None:
        decision = await self._ask_conflict(conflict, title)
        collection = split_address(saved_as)[0]
        if decision == "mine":
            saved = await self.shelf.keep_mine(saved_as, _work(model, checks))
            return self._done(saved, collection, model, checks)
        if decision == "copy":
            return await self._save_new(model, saved_as, title, checks, tr("{name} copy", name=title))
        if decision == "theirs":
            opened = await self.shelf.open(saved_as)
            if _is_gone(model):
                return None
            model.set_draft(opened.item.draft, self)
            model.mark_saved(opened.item.draft)
            if checks is not None:
                checks.set_saved(opened.item.checks, opened.item.captures)
            self.said.emit(tr("“{name}” is as it is on the disk now.", name=opened.item.name), "", None)
            return SavedTo(saved_as, opened.item.name)
        return None

    def _done(self, saved: Saved, collection: str, model: Saves, checks: KeepsChecks | None) -> SavedTo:
        if not _is_gone(model):
            if saved.secrets:
                # The tab holds references from now on, as the file does.
                model.set_draft(saved.item.draft, self)
            model.mark_saved()
            if checks is not None:
                checks.set_saved(checks.checks, checks.captures)
        self._tell(saved, collection)
        return SavedTo(address_of(collection, saved.item.path), saved.item.name)

    def _tell(self, saved: Saved, collection: str) -> None:
        if saved.secrets:
            self.said.emit(_replaced(saved.secrets), "", None)
        else:
            self.said.emit(tr("Saved as “{name}” in {place}.", name=saved.item.name, place=collection), "", None)


def _is_gone(model: Saves) -> bool:
    """Whether the tab was closed while the collections were busy with it."""
    return isinstance(model, QObject) and not shiboken6.isValid(model)


def _work(model: Saves, checks: KeepsChecks | None) -> Work:
    if checks is None:
        return Work(model.draft)
    return Work(model.draft, checks.checks, checks.captures)


def _replaced(secrets: tuple[FoundSecret, ...]) -> str:
    names = ", ".join("{{" + one.name + "}}" for one in secrets)
    if len(secrets) == 1:
        return tr("Saved. A secret was written out in it; {names} stands in its place now.", names=names)
    return tr("Saved. Secrets were written out in it; {names} stand in their places now.", names=names)
