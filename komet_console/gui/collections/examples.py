"""The kept answers of a saved request: looked at, renamed, taken away."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from komet_console.errors import UserError
from komet_console.exchange import Redactor, find_error
from komet_console.gui import theme
from komet_console.gui.answer.layout import Document, json_document, plain_document
from komet_console.gui.answer.viewer import TextViewer
from komet_console.gui.collections.cabinet import Opened, example_of
from komet_console.gui.collections.shelf import Shelf
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.empty import EmptyState
from komet_console.gui.widgets.sheet import Sheet, push_button
from komet_console.session.sending import Sent
from komet_console.workspace.collections.model import Example

__all__ = ["ExamplesDialog", "example_of_sent"]

_MOST = 2_000_000
"""Bytes of an answer that is kept beside a request: these files are for git and for people."""


def example_of_sent(sent: Sent, name: str = "") -> Example:
    """The answer of a call as an example, secrets masked.

    Raises:
        UserError: there was no answer, it is no text, or it is too large.
    """
    response = sent.exchange.response
    if response is None:
        raise UserError(tr("There is no answer to keep."), tr("Send the request first."))
    if response.size > _MOST:
        raise UserError(tr("The answer is larger than 2 MB."), tr("Save it as a file instead."))
    redactor = Redactor(sent.exchange.request.secrets)
    try:
        body = redactor.body(response.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(tr("The answer is no text."), tr("Save it as a file instead.")) from error
    named = name or f"{response.status} {response.reason}".strip()
    made = example_of(named, response.status, response.reason, redactor.headers(response.headers), body)
    return replace(made, verb=sent.request.verb, url=sent.request.url)


class ExamplesDialog(Sheet):
    """What is changed is stored at once."""

    def __init__(self, shelf: Shelf, opened: Opened, parent: QWidget | None) -> None:
        title = tr("Kept answers of “{name}”", name=opened.item.name)
        super().__init__("examplesDialog", title, "", "", shelf.tasks, parent)
        self._shelf = shelf
        self._address = opened.saved_as
        self.examples = list(opened.item.examples)
        self.list = QListWidget()
        self.list.setObjectName("examplesDialog.list")
        self.list.setAccessibleName(tr("Kept answers"))
        self.list.setFixedWidth(210)
        theme.set_role(self.list, "sheet")
        self.viewer = TextViewer()
        self.viewer.setObjectName("examplesDialog.answer")
        self.viewer.setAccessibleName(tr("The kept answer"))
        frame = QFrame()
        theme.set_role(frame, "sheet")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 4, 1, 4)
        inside.addWidget(self.viewer)
        self._parts = QWidget()
        line = QHBoxLayout(self._parts)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.list)
        line.addWidget(frame, 1)
        self.empty = EmptyState(
            tr("No answer is kept yet"),
            tr("Send the request, then choose “Keep the answer as an example” in its tab."),
        )
        self.body.addWidget(self._parts, 1)
        self.body.addWidget(self.empty, 1)
        self.remove = push_button("examplesDialog.remove", tr("Delete"), "danger")
        self.left.addWidget(self.remove)
        self.remove.clicked.connect(self._remove)
        self.list.currentRowChanged.connect(self._show)
        self.list.itemChanged.connect(self._renamed)
        self.resize(820, 520)
        self._fill(0)

    def _fill(self, row: int) -> None:
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for example in self.examples:
            item = QListWidgetItem(example.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(example.description or example.url)
            self.list.addItem(item)
        self.list.blockSignals(blocked)
        self._parts.setVisible(bool(self.examples))
        self.empty.setVisible(not self.examples)
        self.remove.setVisible(bool(self.examples))
        self.list.setCurrentRow(min(row, len(self.examples) - 1))
        self._show(self.list.currentRow())

    def _show(self, row: int) -> None:
        if 0 <= row < len(self.examples):
            self.viewer.show_document(_document(self.examples[row]))

    def _renamed(self, item: QListWidgetItem) -> None:
        row, name = self.list.row(item), item.text().strip()
        if name and name != self.examples[row].name:
            self.examples[row] = replace(self.examples[row], name=name)
            self.run(self._store())

    def _remove(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self.examples):
            del self.examples[row]
            self._fill(row)
            self.run(self._store())

    async def _store(self) -> bool:
        await self._shelf.put_examples(self._address, tuple(self.examples))
        return False


def _document(example: Example) -> Document:
    if example.body_type == "json" and find_error(example.body) is None:
        return json_document(example.body)
    head = [
        f"HTTP {example.status} {example.reason}".rstrip(),
        *(f"{one.name}: {one.value}" for one in example.headers),
    ]
    return plain_document("\n".join([*head, "", example.body]), "http")
