"""Exporting: a collection, a folder of one, or calls of the history, in a format that other tools read."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QDir, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.gui import aio, theme
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.sheet import Sheet, push_button
from komet_console.interchange.formats import EXPORTS, cannot_carry, write
from komet_console.workspace.collections.files import safe_name, write_atomic
from komet_console.workspace.collections.library import write_folder
from komet_console.workspace.collections.model import Collection, requests

__all__ = ["ExportDialog"]

_FOLDER = "folder"


class TargetLine(QWidget):
    """A path, and a button that chooses one. What the system's dialog has asked about may be written over."""

    def __init__(self, name: str, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._agreed = ""
        self.line = QLineEdit()
        self.choose = push_button(f"{name}.choose", tr("Choose…"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.choose)
        self.setFocusProxy(self.line)
        self.choose.clicked.connect(lambda: self._tasks.start(self._choose(), name="choose a target"))

    async def _choose(self) -> None:
        chosen = await aio.ask_save_file(self.window(), tr("Save as"), name=self.line.text())
        if chosen is not None:
            self._agreed = str(chosen)
            self.line.setText(str(chosen))

    def path(self) -> Path:
        """The path.

        Raises:
            UserError: there is none, its folder does not exist, or something is there that nobody agreed to lose.
        """
        text = self.line.text().strip()
        if not text:
            raise UserError(tr("A file is needed."), tr("Choose one."))
        path = Path(text).expanduser().absolute()
        if not path.parent.is_dir():
            raise UserError(tr("There is no folder {path}.", path=path.parent), tr("Choose another one."))
        if (path.exists() or path.is_symlink()) and text != self._agreed:
            raise UserError(
                tr("{name} exists already.", name=path.name), tr("“Choose…” asks whether to write over it.")
            )
        return path


class ExportDialog(Sheet):
    """Args:
        collection: What is exported; read whole before.
        form: The format that is chosen at first: an id of `EXPORTS`.

    Signals:
        said(str, str, object): A sentence for the window; a button and what it does, or "" and None.
    """

    said = Signal(str, str, object)

    def __init__(
        self,
        collection: Collection,
        catalogue: Catalogue,
        tasks: Tasks,
        parent: QWidget | None,
        *,
        form: str = "postman",
        folder: Path | None = None,
    ) -> None:
        count = sum(1 for _ in requests(collection))
        title = tr("Export “{name}”", name=collection.name)
        sentence = (
            tr("1 request. Secrets are not in it: references stand in their places.")
            if count == 1
            else tr("{count} requests. Secrets are not in it: references stand in their places.", count=f"{count:,}")
        )
        super().__init__("exportDialog", title, sentence, tr("Export"), tasks, parent)
        self._collection = collection
        self._catalogue = catalogue
        self._folder = folder or Path(QDir.homePath())
        self._proposed = ""
        self.format = QComboBox()
        for one in EXPORTS:
            self.format.addItem(tr(one.label), one.id)
        self.format.addItem(tr("OpenCollection folder, for Bruno and git"), _FOLDER)
        self.format.setCurrentIndex(max(0, self.format.findData(form)))
        self.target = TargetLine("exportDialog", tasks)
        self.losses = QLabel()
        self.losses.setObjectName("exportDialog.losses")
        self.losses.setWordWrap(True)
        self.losses.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.losses, "note-amber")
        self.body.addLayout(self.grid)
        self.add_row(tr("Format"), self.format, "format")
        self.add_row(tr("File"), self.target, "target")
        self.target.line.setObjectName("exportDialog.path")
        self.target.line.setAccessibleName(tr("File"))
        self.body.addWidget(self.losses)
        self.setFixedWidth(600)
        self.format.currentIndexChanged.connect(self._format_chosen)
        self._format_chosen()
        self.format.setFocus()

    @property
    def form(self) -> str:
        """The format's id; "folder" for an OpenCollection folder."""
        return str(self.format.currentData())

    def _format_chosen(self) -> None:
        suffix = next((one.suffix for one in EXPORTS if one.id == self.form), "")
        if self.target.line.text() == self._proposed:
            self._proposed = str(self._folder / f"{safe_name(self._collection.name)}{suffix}")
            self.target.line.setText(self._proposed)
        losses = cannot_carry(self._collection, "opencollection" if self.form == _FOLDER else self.form)
        self.losses.setText("\n".join(map(tr, losses)))
        self.losses.setVisible(bool(losses))
        self.fit()

    async def work(self) -> bool:
        """Write it."""
        path = self.target.path()
        if self.form == _FOLDER:
            await asyncio.to_thread(write_folder, self._collection, path, self._catalogue)
        else:
            data = await asyncio.to_thread(write, self._collection, self.form, self._catalogue)
            await asyncio.to_thread(write_atomic, path, data)
        self.said.emit(tr("Exported to {path}.", path=path), "", None)
        return True
