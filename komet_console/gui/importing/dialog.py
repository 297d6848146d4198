"""Importing: what is chosen, dropped or pasted is read on another thread, shown, and stored only when the user says so."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.gui import aio, theme
from komet_console.gui.aio import Tasks
from komet_console.gui.collections.delegate import NodeDelegate
from komet_console.gui.collections.model import CollectionsModel
from komet_console.gui.collections.shelf import Shelf
from komet_console.gui.i18n import tr
from komet_console.gui.importing.reading import (
    Found,
    merged,
    nodes_of_collections,
    problem_words,
    read_one,
    read_text,
    summary,
)
from komet_console.gui.widgets.sheet import Sheet, push_button
from komet_console.interchange.imports import Imported
from komet_console.workspace.collections.model import Collection, Folder, Item, Problem
from komet_console.workspace.collections.references import FoundSecret

__all__ = ["ImportDialog"]

_CHOOSE, _READING, _PREVIEW = range(3)


@dataclass(frozen=True, slots=True)
class Done:
    """What an import came to."""

    names: tuple[str, ...]
    """The folders of the collections that are new."""
    sentence: str
    secrets: tuple[FoundSecret, ...] = field(default=(), repr=False)
    """What stood in it; references stand there now."""


class ImportDialog(Sheet):
    """Args:
        files: Read at once.
        text: What was pasted; read at once too.

    Signals:
        imported(object): It is stored; a `Done`.
    """

    imported = Signal(object)

    def __init__(
        self,
        shelf: Shelf,
        catalogue: Catalogue,
        tasks: Tasks,
        parent: QWidget | None,
        *,
        files: Sequence[Path] = (),
        text: str = "",
    ) -> None:
        super().__init__("importDialog", tr("Import"), "", tr("Import"), tasks, parent)
        self._shelf = shelf
        self._catalogue = catalogue
        self._running: asyncio.Task[None] | None = None
        self.found: Found | None = None
        self.setAcceptDrops(True)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._choose_page())
        self.pages.addWidget(self._reading_page())
        self.pages.addWidget(self._preview_page())
        self.body.addWidget(self.pages, 1)
        self.back = push_button("importDialog.back", tr("Choose something else"))
        self.left.addWidget(self.back)
        self.back.clicked.connect(self._show_choice)
        self.resize(780, 540)
        self._show_choice()
        if files:
            self.take_files(files)
        elif text:
            self.take_text(text)

    # --- pages

    def _choose_page(self) -> QWidget:
        page = QWidget()
        said = QLabel(
            tr(
                "Postman collections 2.1 and 2.0 with their environments, OpenCollection folders (Bruno), Insomnia 5 and 4, HAR, "
                ".http files, and curl commands. The kind of a file is recognised by its content."
            )
        )
        said.setWordWrap(True)
        theme.set_role(said, "muted")
        self.choose = push_button("importDialog.choose", tr("Choose files…"), "primary")
        self.choose.clicked.connect(lambda: self._tasks.start(self._choose(), name="choose files to import"))
        drop = QLabel(tr("or drop them anywhere in the window"))
        theme.set_role(drop, "small")
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.choose)
        line.addWidget(drop)
        line.addStretch()
        label = QLabel(tr("Or paste the text here, for instance curl commands:"))
        self.paste = QPlainTextEdit()
        self.paste.setObjectName("importDialog.paste")
        self.paste.setAccessibleName(tr("Text to import"))
        self.paste.setFont(theme.fonts.code())
        self.paste.setTabChangesFocus(True)
        label.setBuddy(self.paste)
        self.read = push_button("importDialog.read", tr("Read the text"))
        self.read.setEnabled(False)
        self.paste.textChanged.connect(lambda: self.read.setEnabled(bool(self.paste.toPlainText().strip())))
        self.read.clicked.connect(lambda: self.take_text(self.paste.toPlainText()))
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(said)
        column.addLayout(line)
        column.addSpacing(8)
        column.addWidget(label)
        column.addWidget(self.paste, 1)
        column.addWidget(self.read, alignment=Qt.AlignmentFlag.AlignLeft)
        return page

    def _reading_page(self) -> QWidget:
        page = QWidget()
        self.progress_said = QLabel()
        self.progress_said.setObjectName("importDialog.progressSaid")
        self.progress_said.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = QProgressBar()
        self.progress.setObjectName("importDialog.progress")
        self.progress.setAccessibleName(tr("How far reading is"))
        self.progress.setTextVisible(False)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addStretch()
        column.addWidget(self.progress_said, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.progress)
        column.addStretch()
        return page

    def _preview_page(self) -> QWidget:
        page = QWidget()
        self.summary = QLabel()
        self.summary.setObjectName("importDialog.summary")
        self.summary.setWordWrap(True)
        theme.set_role(self.summary, "muted")
        self.name = QLineEdit()
        self.name.setMaximumWidth(420)
        self.name_row = QWidget()
        row = QHBoxLayout(self.name_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        label = QLabel(tr("Name of the collection"))
        label.setBuddy(self.name)
        self.name.setObjectName("importDialog.name")
        self.name.setAccessibleName(tr("Name of the collection"))
        row.addWidget(label)
        row.addWidget(self.name, 1)
        row.addStretch()
        self.model = CollectionsModel(self)
        self.tree = QTreeView()
        self.tree.setObjectName("importDialog.tree")
        self.tree.setAccessibleName(tr("What will be made"))
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(NodeDelegate(self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(0)
        self.tree.setUniformRowHeights(True)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        theme.set_role(self.tree, "sheet")
        self.secrets_said = QLabel()
        self.secrets_said.setObjectName("importDialog.secrets")
        self.secrets_said.setWordWrap(True)
        theme.set_role(self.secrets_said, "note-blue")
        self.problems_said = QLabel()
        theme.set_role(self.problems_said, "strong")
        self.problems = QPlainTextEdit()
        self.problems.setObjectName("importDialog.problems")
        self.problems.setAccessibleName(tr("What cannot be carried over"))
        self.problems.setReadOnly(True)
        self.problems.document().setDocumentMargin(8)
        self.problems.setTabChangesFocus(True)
        self.problems_side = QWidget()
        side = QVBoxLayout(self.problems_side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(6)
        side.addWidget(self.problems_said)
        side.addWidget(self.problems, 1)
        parts = QHBoxLayout()
        parts.setSpacing(12)
        parts.addWidget(self.tree, 1)
        parts.addWidget(self.problems_side, 1)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.summary)
        column.addWidget(self.name_row)
        column.addLayout(parts, 1)
        column.addWidget(self.secrets_said)
        return page

    # --- reading

    async def _choose(self) -> None:
        if files := await aio.ask_open_files(self, tr("Import"), several=True):
            self.take_files(files)

    def take_files(self, files: Sequence[Path]) -> None:
        """Read files or folders and show what they hold."""
        self._start(self._read_files(list(files)))

    def take_text(self, text: str) -> None:
        """Read a pasted text and show what it holds."""
        self._start(self._read_text(text))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._stop()
        self._show(_READING)
        self._running = self._tasks.start(work, name="read an import")

    async def _read_files(self, files: list[Path]) -> None:
        parts: list[Imported | Problem] = []
        # One file shows no steps: how far its reader is cannot be known.
        self.progress.setRange(0, len(files) if len(files) > 1 else 0)
        for number, file in enumerate(files):
            self.progress.setValue(number)
            self.progress_said.setText(tr("Reading {name}…", name=file.name))
            parts.append(await asyncio.to_thread(read_one, file, self._catalogue))
        self._take(merged(parts))

    async def _read_text(self, text: str) -> None:
        self.progress.setRange(0, 0)
        self.progress_said.setText(tr("Reading what was pasted…"))
        self._take(merged([await asyncio.to_thread(read_text, text, self._catalogue)]))

    def _take(self, found: Found) -> None:
        self._running = None
        if not found.collections:
            self._show_choice()
            self.complain("\n".join(map(problem_words, found.problems[:6])))
            return
        self.found = found
        self.complain("")
        self.summary.setText(summary(found))
        one = len(found.collections) == 1
        self.name_row.setVisible(one)
        self.name.setText(found.collections[0].name if one else "")
        self.model.show(nodes_of_collections(self._with_verbs(found)))
        if len(self.model.nodes) <= 200:
            self.tree.expandAll()
        else:
            self.tree.expandToDepth(0)
        self.problems_side.setVisible(bool(found.problems))
        count = len(found.problems)
        self.problems_said.setText(
            tr("1 remark") if count == 1 else tr("{count} remarks: not everything can be carried over", count=count)
        )
        self.problems.setPlainText("\n\n".join(map(problem_words, found.problems)))
        self.secrets_said.setVisible(bool(found.secrets))
        names = ", ".join(dict.fromkeys("{{" + secret.name + "}}" for secret in found.secrets))
        self.secrets_said.setText(
            tr("It held secrets. They are kept with your other secrets, and stand here as {names}.", names=names)
        )
        self._show(_PREVIEW)
        self.name.selectAll()
        (self.name if one else self.go).setFocus()

    def _with_verbs(self, found: Found) -> tuple[Collection, ...]:
        """For the tree: a draft says its verb only where it is not the documented one."""

        def item(one: Item) -> Item:
            if isinstance(one, Folder):
                return replace(one, items=tuple(item(child) for child in one.items))
            known = self._catalogue.summaries.get(one.draft.method)
            verb = one.draft.verb or (known.verb if known is not None else "GET")
            return replace(one, draft=replace(one.draft, verb=verb))

        return tuple(replace(one, items=tuple(item(child) for child in one.items)) for one in found.collections)

    # --- pages and buttons

    def _show(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        self.go.setVisible(page == _PREVIEW)
        self.back.setVisible(page == _PREVIEW)

    def _show_choice(self) -> None:
        self.found = None
        self._show(_CHOOSE)
        self.choose.setFocus()

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None

    def reject(self) -> None:
        """Cancel: what is being read is given up; what is being stored goes again."""
        if self.pages.currentIndex() == _READING:
            self._stop()
            self._show_choice()
            return
        super().reject()

    def done(self, result: int) -> None:
        self._stop()
        super().done(result)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.take_files(files)

    # --- storing

    async def work(self) -> bool:
        """Store what is shown; where that is given up or fails half-way, nothing of it stays."""
        found = self.found
        if found is None:
            return False
        collections = list(found.collections)
        if len(collections) == 1:
            if not self.name.text().strip():
                raise UserError(tr("A name is needed."), tr("Type one."))
            collections[0] = replace(collections[0], name=self.name.text().strip())
        made: list[str] = []
        shelf = self._shelf
        try:
            for collection in collections:
                made.append((await shelf.add_collection(replace(collection, problems=()))).name)  # noqa: PERF401
        except UserError:
            await shelf.delete(made)
            raise
        if not shiboken6.isValid(self) or not self.isVisible():
            # Closed meanwhile: the user did not want it after all.
            await shelf.delete(made)
            return False
        sentence = (
            tr("“{name}” was imported.", name=collections[0].name)
            if len(made) == 1
            else tr("{count} collections were imported.", count=len(made))
        )
        self.imported.emit(Done(tuple(made), sentence, found.secrets))
        return True
