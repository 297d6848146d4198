"""Import, export and backup over one window: opens the dialogs and hands on what they say."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from komet_console.errors import UserError
from komet_console.gui import aio
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.files_over import carries_files

if TYPE_CHECKING:
    # A window that starts only waits for dropped files: what they need is loaded with the first of them.
    from komet_console.catalogue import Catalogue
    from komet_console.gui.aio import Tasks
    from komet_console.gui.collections.shelf import Shelf
    from komet_console.workspace.collections.model import Collection
    from komet_console.workspace.history import Kept
    from komet_console.workspace.workspace import Workspace

__all__ = ["Interchange"]


class Interchange(QObject):
    """Args:
        shelf: Gives the collections, when they are needed.

    Signals:
    said(str, str, object): A sentence for the window; a button and what it does, or "" and None.
    failed(object): A `UserError`.
    imported(object): Something was imported; a `Done`.
    """

    said = Signal(str, str, object)
    failed = Signal(object)
    imported = Signal(object)

    def __init__(self, window: QWidget, shelf: Callable[[], Shelf], catalogue: Catalogue, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._shelf = shelf
        self._catalogue = catalogue
        self._tasks = tasks

    def take_drops(self) -> None:
        """Files that are dropped onto the window are imported, after they were shown."""
        self._window.setAcceptDrops(True)
        self._window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and carries_files(event):
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
            if files:
                event.acceptProposedAction()
                self.import_files(files)
                return True
        return False

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        self._tasks.start(self._told(work), name=name)

    async def _told(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await work()
        except UserError as error:
            self.failed.emit(error)

    # --- in

    def import_files(self, files: Sequence[Path] = ()) -> None:
        """Ask what to import, or show what these files hold."""
        self._start(lambda: self._import(files, ""), "import")

    def import_text(self, text: str) -> None:
        """Show what a pasted text holds."""
        self._start(lambda: self._import((), text), "import")

    async def _import(self, files: Sequence[Path], text: str) -> None:
        from komet_console.gui.importing.dialog import ImportDialog  # only when it is asked for

        dialog = ImportDialog(self._shelf(), self._catalogue, self._tasks, self._window, files=files, text=text)
        dialog.imported.connect(self.imported)
        await aio.show(dialog)

    # --- out

    def export(self, address: str) -> None:
        """Ask how to export a collection or a folder."""
        self._start(lambda: self._export(address), "export")

    async def _export(self, address: str) -> None:
        from komet_console.gui.collections.cabinet import split_address

        await self._show_export(await self._shelf().load(*split_address(address)), "postman")

    def export_calls(self, kept: Sequence[Kept]) -> None:
        """Ask how to export calls of the history."""
        self._start(lambda: self._export_calls(kept), "export calls")

    async def _export_calls(self, kept: Sequence[Kept]) -> None:
        from komet_console.gui.history.portable import collection_of

        await self._show_export(collection_of(tr("Komet calls"), kept), "har")

    async def _show_export(self, collection: Collection, form: str) -> None:
        from komet_console.gui.importing.exporting import ExportDialog  # only when it is asked for

        dialog = ExportDialog(collection, self._catalogue, self._tasks, self._window, form=form)
        dialog.said.connect(self.said)
        await aio.show(dialog)

    def back_up(self, workspace: Workspace) -> None:
        """Ask where to put a backup of the workspace."""
        self._start(lambda: self._back_up(workspace), "back up")

    async def _back_up(self, workspace: Workspace) -> None:
        from komet_console.gui.importing.backup import BackupDialog  # only when it is asked for

        dialog = BackupDialog(workspace, self._tasks, self._window)
        dialog.said.connect(self.said)
        await aio.show(dialog)
