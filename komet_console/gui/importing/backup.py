"""The whole workspace as one file, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QDir, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from komet_console.errors import UserError
from komet_console.gui import aio
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.gui.importing.exporting import TargetLine
from komet_console.gui.widgets.sheet import Sheet, push_button
from komet_console.workspace.backup import Restored, back_up
from komet_console.workspace.workspace import Workspace

__all__ = ["BackupDialog", "RestoreDialog"]


class BackupDialog(Sheet):
    """Signals:
    said(str, str, object): A sentence for the window.
    """

    said = Signal(str, str, object)

    def __init__(
        self, workspace: Workspace, tasks: Tasks, parent: QWidget | None, *, folder: Path | None = None
    ) -> None:
        super().__init__(
            "backupDialog",
            tr("Back up the workspace"),
            tr(
                "One file with everything that is kept: collections, open requests, history, environments and settings. "
                "Tokens and passwords are not in it; they stay in the keyring of this computer and have to be added again "
                "on another one."
            ),
            tr("Back up"),
            tasks,
            parent,
        )
        self._workspace = workspace
        today = date.today().isoformat()  # noqa: DTZ011 - the user's day
        self.target = TargetLine("backupDialog", tasks)
        self.target.line.setText(str((folder or Path(QDir.homePath())) / f"komet-console-{today}.zip"))
        self.body.addLayout(self.grid)
        self.add_row(tr("File"), self.target, "target")
        self.target.line.setObjectName("backupDialog.path")
        self.target.line.setAccessibleName(tr("File"))
        self.setFixedWidth(600)
        self.target.line.setFocus()

    async def work(self) -> bool:
        """Write it; the workspace stays in use."""
        path = self.target.path()
        self.cancel.setEnabled(False)
        try:
            made = await asyncio.to_thread(back_up, self._workspace, path)
        finally:
            self.cancel.setEnabled(True)
        self.said.emit(tr("The workspace was backed up to {path}. Secrets are not in it.", path=made), "", None)
        return True


class RestoreDialog(Sheet):
    """Args:
        restore: Does it. The workspace must be closed by then: whoever runs the program knows how to close and open it.

    `restored` is what was done, after `accepted`.
    """

    def __init__(self, restore: Callable[[Path], Awaitable[Restored]], tasks: Tasks, parent: QWidget | None) -> None:
        super().__init__(
            "restoreDialog",
            tr("Restore a backup"),
            tr(
                "The workspace becomes what the file holds. What is there now is not deleted: it is put aside in a folder "
                "beside it. Tokens and passwords are not in a backup; those of this computer stay."
            ),
            tr("Restore"),
            tasks,
            parent,
            role="danger",
        )
        self._restore = restore
        self.restored: Restored | None = None
        self.line = QLineEdit()
        self.choose = push_button("restoreDialog.choose", tr("Choose…"))
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.choose)
        self.body.addLayout(self.grid)
        self.add_row(tr("File"), place, "source")
        self.line.setObjectName("restoreDialog.path")
        self.line.setAccessibleName(tr("File"))
        self.choose.clicked.connect(lambda: self._tasks.start(self._choose(), name="choose a backup"))
        self.setFixedWidth(600)
        self.line.setFocus()

    async def _choose(self) -> None:
        filters = (tr("Backups (*.zip)"), tr("All files (*)"))
        if chosen := await aio.ask_open_files(self, tr("Restore a backup"), filters=filters):
            self.line.setText(str(chosen[0]))

    async def work(self) -> bool:
        """Check and exchange; where anything is wrong nothing was changed."""
        self.restored = await self._restore(self._source())
        return True

    def _source(self) -> Path:
        text = self.line.text().strip()
        path = Path(text).expanduser()
        if not text or not path.is_file():
            raise UserError(tr("There is no such file."), tr("Choose one that this program has written."))
        return path.absolute()
