"""The questions that saving asks, as dialogs over a window."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from komet_console.gui import aio
from komet_console.gui.collections.conflict import Decision, ask_conflict
from komet_console.gui.collections.places import SaveDialog
from komet_console.gui.collections.saving import Chosen, Saver
from komet_console.gui.collections.shelf import Shelf
from komet_console.workspace.collections.store import Conflict

__all__ = ["saver_for"]


def saver_for(shelf: Shelf, window: QWidget) -> Saver:
    """A saver that asks in dialogs over a window and belongs to it."""

    async def place(name: str, where: str, title: str) -> Chosen | None:
        dialog = SaveDialog(shelf, window, name=name, where=where, title=title)
        return Chosen(dialog.name, dialog.where) if await aio.show(dialog) else None

    async def conflict(found: Conflict, name: str) -> Decision:
        return await ask_conflict(shelf.tasks, found, name, window)

    return Saver(shelf, place, conflict, window)
