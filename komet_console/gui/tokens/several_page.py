"""Several tokens at once: a list is opened or pasted, its price is told, the results fill a table and leave without secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from komet_console.errors import UserError
from komet_console.gui import aio, theme
from komet_console.gui.aio import Tasks
from komet_console.gui.environments.button import EnvironmentButton
from komet_console.gui.environments.looks import colour_key
from komet_console.gui.i18n import told, tr
from komet_console.gui.tokens.choosers import EnvironmentChooser, KindChooser
from komet_console.gui.tokens.page import page_head
from komet_console.gui.tokens.picking import kind_name
from komet_console.gui.tokens.table import Column, RowTable
from komet_console.gui.tokens.words import verdict_name, verdict_tone
from komet_console.gui.widgets.empty import EmptyState
from komet_console.gui.widgets.sheet import push_button
from komet_console.session.batch import Checked, Row, check_all, price, read_list, write_list
from komet_console.session.console import Console
from komet_console.workspace.token_text import ends, shown

__all__ = ["SeveralPage"]

_LARGEST = 5_000_000
"""Bytes of a list that is still read."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One token of the list with its result."""

    number: int
    name: str
    token: str
    repairs: tuple[str, ...] = ()
    checked: Checked | None = None

    @property
    def result(self) -> str:
        if self.checked is None:
            return ""
        report = self.checked.report
        return tr("Not checked") if report is None else verdict_name(report.verdict.value)

    @property
    def tone(self) -> str:
        if self.checked is None or self.checked.report is None:
            return "muted"
        tone = verdict_tone(self.checked.report.verdict.value)
        return "muted" if tone == "slate" else tone

    @property
    def kind(self) -> str:
        report = self.checked.report if self.checked is not None else None
        if report is None:
            return ""
        return kind_name(report.kind) if report.kind is not None else tr("not proven")

    @property
    def sentence(self) -> str:
        if self.checked is None:
            return " ".join(self.repairs)
        return tr(self.checked.report.sentence if self.checked.report is not None else self.checked.trouble)


class SeveralPage(QWidget):
    """Signals:
    said(str): Something to say in passing.
    """

    said = Signal(str)

    def __init__(self, console: Console, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("severalPage")
        self.setAcceptDrops(True)
        self._console = console
        self._tasks = tasks
        self._rows: list[Row] = []
        self._results: list[Checked] = []
        self._cancel: asyncio.Event | None = None
        self.open_file = push_button("severalOpen", tr("Open a list…"))
        self.paste = push_button("severalPaste", tr("Paste a list"))
        self.kind = KindChooser("severalKind")
        self.environment = EnvironmentChooser(console, "severalEnvironment")
        self.go = EnvironmentButton(tr("Check all"), "severalCheck")
        self.export = push_button("severalExport", tr("Export results…"))
        self.plan = QLabel()
        self.plan.setObjectName("severalPlan")
        self.plan.setWordWrap(True)
        self.plan.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = QProgressBar()
        self.progress.setObjectName("severalProgress")
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.table: RowTable[_Line] = RowTable(
            "severalTable",
            tr("Results"),
            [
                Column(tr("Name"), lambda one: one.name, 200),
                Column(tr("Token"), lambda one: one.token, 116, code=True),
                Column(tr("Result"), lambda one: one.result, 140, tone=lambda one: one.tone),
                Column(tr("Kind"), lambda one: one.kind, 112),
                Column(tr("Why"), lambda one: one.sentence),
            ],
        )
        self.empty = EmptyState(
            tr("No list is open"),
            tr(
                "A list has a name, a comma and a token on each line. Open a CSV file, drop it here, or paste the list."
            ),
        )
        self._lay_out()
        self.open_file.clicked.connect(self._open)
        self.paste.clicked.connect(self.paste_list)
        self.kind.chosen.connect(self._show_plan)
        self.environment.chosen.connect(self._show_plan)
        self.go.clicked.connect(self.press)
        self.export.clicked.connect(self._export)
        self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.open_file)
        head.addWidget(self.paste)
        head.addStretch()
        head.addWidget(self.kind)
        head.addWidget(self.environment)
        head.addWidget(self.go)
        foot = QHBoxLayout()
        foot.addWidget(self.export)
        foot.addStretch()
        top = page_head(
            self.objectName(),
            tr("Check several tokens"),
            tr("They are checked one after the other and are not stored. The results hold no token in clear."),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 28, 32, 24)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(head)
        column.addWidget(self.plan)
        column.addWidget(self.progress)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(foot)

    @property
    def running(self) -> bool:
        """Whether tokens are being checked."""
        return self._cancel is not None

    # --- the list

    def take_text(self, text: str) -> None:
        """A list was pasted, opened or dropped."""
        if self.running:
            return
        try:
            self._rows = read_list(text)
        except UserError as error:
            self._say(told(error), "error")
            return
        self._results = []
        self._show()

    def paste_list(self) -> None:
        """Take the list that is on the clipboard; it is not shown in clear."""
        self.take_text(QGuiApplication.clipboard().text())

    def _open(self) -> None:
        self._tasks.start(self._choose(), name="open a list of tokens")

    async def _choose(self) -> None:
        filters = (tr("Lists (*.csv *.tsv *.txt)"), tr("All files (*)"))
        for path in await aio.ask_open_files(self, tr("Open a list of tokens"), filters=filters):
            self._read(str(path))

    def _read(self, path: str) -> None:
        try:
            with Path(path).open("rb") as file:
                content = file.read(_LARGEST + 1)
        except OSError as error:
            self._say(tr("The list could not be read: {why}", why=error.strerror or ""), "error")
            return
        if len(content) > _LARGEST:
            self._say(tr("The list is too large."), "error")
            return
        self.take_text(content.decode("utf-8-sig", "replace"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if urls:
            self._read(urls[0])
        else:
            self.take_text(event.mimeData().text())
        event.acceptProposedAction()

    # --- showing

    def set_environment(self, environment: str) -> None:
        """Propose to check there, while no list is open."""
        if not self._rows:
            self.environment.show_environment(environment)
            self._show_plan()

    def reload(self) -> None:
        """Environments were changed."""
        self.environment.reload()
        self._show_plan()

    def _lines(self) -> list[_Line]:
        lines = [
            _Line(number, row.name, shown(*ends(row.value)), row.repairs)
            for number, row in enumerate(self._rows, start=1)
        ]
        for one in self._results:
            lines[one.number - 1] = replace(lines[one.number - 1], checked=one)
        return lines

    def _show(self) -> None:
        self.table.show_rows(self._lines(), lambda one: one.number)
        self.table.setVisible(bool(self._rows))
        self.empty.setVisible(not self._rows)
        self.export.setEnabled(bool(self._results) and not self.running)
        self._show_plan()

    def _show_plan(self) -> None:
        running = self.running
        self.go.setText(tr("Stop") if running else tr("Check all"))
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(bool(self._rows))
        self.go.set_environment(colour_key(self.environment.stored))
        for widget in (self.open_file, self.paste, self.kind, self.environment):
            widget.setEnabled(not running)
        if running:
            return
        if self._results:
            self._say(self._summary(), "muted")
        elif self._rows:
            cost = price(self._console, self.environment.current(), self._rows, self.kind.current())
            count = tr("1 token") if len(self._rows) == 1 else tr("{count} tokens", count=f"{len(self._rows):,}")
            self._say(tr("{count}. At most: {price}", count=count, price=tr(cost)), "muted")
        else:
            self._say("", "muted")

    def _summary(self) -> str:
        works = sum(1 for one in self._results if one.report is not None and one.report.works)
        fails = sum(1 for one in self._results if one.report is not None and one.report.works is False)
        rest = len(self._results) - works - fails
        return tr("{works} work, {fails} do not, {rest} could not be told.", works=works, fails=fails, rest=rest)

    def _say(self, text: str, role: str) -> None:
        theme.set_role(self.plan, role)
        self.plan.setText(text)
        self.plan.setVisible(bool(text))

    # --- checking

    def press(self) -> None:
        """Check all of them, or stop."""
        if self._cancel is not None:
            self._cancel.set()
            return
        if self._rows:
            self._cancel = asyncio.Event()
            self._results = []
            self._show()
            self._tasks.start(self._check(list(self._rows), self._cancel), name="check several tokens")

    async def _check(self, rows: Sequence[Row], cancel: asyncio.Event) -> None:
        self.progress.setRange(0, len(rows))
        self.progress.setValue(0)
        self.progress.show()
        trouble: UserError | None = None
        try:
            async for one in check_all(
                self._console, self.environment.current(), rows, self.kind.current(), cancel=cancel
            ):
                self._results.append(one)
                self.progress.setValue(one.number)
                self._say(tr("{number} of {total}: {name}", number=one.number, total=one.total, name=one.name), "muted")
                self.table.show_rows(self._lines(), lambda line: line.number)
        except UserError as error:
            trouble = error
        finally:
            self._cancel = None
            self.progress.hide()
            self._show()
        if trouble is not None:
            self._say(told(trouble), "error")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._cancel is not None:
            self._cancel.set()
            return
        super().keyPressEvent(event)

    def _export(self) -> None:
        self._tasks.start(self._write(list(self._results)), name="export results")

    async def _write(self, results: list[Checked]) -> None:
        chosen = await aio.ask_save_file(
            self, tr("Export the results"), name="token-results.csv", filters=(tr("Lists (*.csv)"),)
        )
        if chosen is None:
            return
        try:
            chosen.write_text(write_list(results), encoding="utf-8", newline="")
        except OSError as error:
            self._say(tr("The results could not be saved: {why}", why=error.strerror or ""), "error")
        else:
            self.said.emit(tr("Saved {path}, without tokens.", path=chosen.name))
