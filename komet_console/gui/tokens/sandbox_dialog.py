"""The form for a token of the sandbox: what Komet's own screen asks for."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from komet_console.catalogue import TokenKind
from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.gui.tokens.dialogs import WIDTH
from komet_console.gui.widgets.search_edit import SearchEdit
from komet_console.gui.widgets.segmented import SegmentedControl
from komet_console.gui.widgets.sheet import Sheet
from komet_console.session.console import Console
from komet_console.session.control import SandboxToken

__all__ = ["SandboxTokenDialog"]

_KINDS: tuple[TokenKind, ...] = ("company", "customer", "vendor")
"""Kinds a person can generate; user tokens come from logging in."""


class SandboxTokenDialog(Sheet):
    """`made` is the token after `accepted`.

    Args:
        owners: customers and vendors by kind and id.
        token: the one that is edited; None: a new one.
    """

    def __init__(
        self,
        console: Console,
        tasks: Tasks,
        parent: QWidget,
        owners: Mapping[tuple[str, int], str],
        token: SandboxToken | None = None,
    ) -> None:
        super().__init__(
            "sandboxTokenDialog",
            tr("New token in the sandbox") if token is None else tr("Edit a token of the sandbox"),
            "",
            tr("Generate") if token is None else tr("Save"),
            tasks,
            parent,
        )
        self._console = console
        self._token = token
        self._owners = owners
        self.made: SandboxToken | None = None
        self.description = QLineEdit(token.description if token is not None else "")
        self.description.setPlaceholderText(tr("what it is for"))
        kinds = [("company", tr("Company")), ("customer", tr("Customer")), ("vendor", tr("Vendor"))]
        if token is not None and token.kind == "user":
            kinds = [("user", tr("User"))]
        self.kind = SegmentedControl(kinds)
        if token is not None:
            self.kind.current = token.kind
        self.kind.setEnabled(token is None)
        self.owner = QComboBox()
        self.owner.setEditable(True)
        self.owner.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.owner.setEnabled(token is None)
        self.chosen = SegmentedControl([("all", tr("All methods")), ("some", tr("Chosen methods"))])
        self.filter = SearchEdit("sandboxTokenDialog.filter", tr("Filter methods"), tr("Filter methods"))
        self.methods = QListWidget()
        self.methods.setFixedHeight(188)
        theme.set_role(self.methods, "sheet")
        self.methods.ensurePolished()  # else its rows are measured without the stylesheet
        for name, summary in console.catalogue.summaries.items():
            item = QListWidgetItem(name)
            item.setToolTip(summary.title)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            checked = token is not None and token.methods is not None and name in token.methods
            item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
            self.methods.addItem(item)
        if token is not None and token.methods is not None:
            self.chosen.current = "some"
        self.transactional = QCheckBox(tr("Transactional API Access"))
        self.transactional.setChecked(token.transactional if token is not None else True)
        self.transactional.setToolTip(tr("Without it, methods that need it refuse"))
        self.add_row(tr("Description"), self.description, "description")
        self.add_row(tr("Type"), self.kind, "kind")
        self.add_row(tr("Acts for"), self.owner, "owner")
        self.add_row(tr("May call"), self.chosen, "chosen")
        self.some = self._some()
        self.grid.addWidget(self.some, self.grid.rowCount(), 1)
        self.grid.addWidget(self.transactional, self.grid.rowCount(), 1)
        self.transactional.setObjectName("sandboxTokenDialog.transactional")
        self.transactional.setAccessibleName(self.transactional.text())
        self.methods.setObjectName("sandboxTokenDialog.methods")
        self.methods.setAccessibleName(tr("Methods it may call"))
        self.body.addLayout(self.grid)
        self.setFixedWidth(WIDTH)
        self.kind.chosen.connect(self._show_owners)
        self.chosen.chosen.connect(self._show_methods)
        self.filter.textChanged.connect(self._filter)
        self.methods.itemChanged.connect(self._count)
        self._show_owners()
        self._show_methods()
        self._count()
        self.description.setFocus()

    @property
    def is_new(self) -> bool:
        """Whether it makes a token."""
        return self._token is None

    def _some(self) -> QWidget:
        part = QWidget()
        self.count = QLabel()
        self.count.setObjectName("sandboxTokenDialog.count")
        theme.set_role(self.count, "small")
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.filter)
        column.addWidget(self.methods)
        column.addWidget(self.count)
        return part

    def _show_owners(self) -> None:
        kind = self.kind.current
        with QSignalBlocker(self.owner):
            self.owner.clear()
            if kind == "company":
                self.owner.addItem(tr("the company"))
            for (one, number), name in self._owners.items():
                if one == kind:
                    self.owner.addItem(tr("{name} ({number})", name=name, number=number), number)
            if kind == "user" and self._token is not None:
                self.owner.addItem(str(self._token.owner), self._token.owner)
            if self._token is not None and self._token.owner is not None:
                self.owner.setCurrentIndex(max(0, self.owner.findData(self._token.owner)))
        self.owner.setEnabled(self._token is None and kind != "company")

    def _show_methods(self) -> None:
        self.some.setVisible(self.chosen.current == "some")
        self.fit()

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for number in range(self.methods.count()):
            item = self.methods.item(number)
            searched = f"{item.text()} {item.toolTip()}".casefold()
            item.setHidden(not all(word in searched for word in words))

    def _picked(self) -> list[str]:
        items = (self.methods.item(number) for number in range(self.methods.count()))
        return [item.text() for item in items if item.checkState() == Qt.CheckState.Checked]

    def _count(self) -> None:
        self.count.setText(tr("{count} of {all} chosen", count=len(self._picked()), all=self.methods.count()))

    def _owner(self) -> int | None:
        if self.kind.current == "company":
            return None
        text = self.owner.currentText().strip()
        place = self.owner.findText(text)
        if place >= 0 and isinstance(found := self.owner.itemData(place), int):
            return found
        if text.isdecimal():
            return int(text)
        self.owner.setFocus()
        raise UserError(tr("Nobody is chosen that the token acts for."), tr("Choose one of the list, or type an id."))

    async def work(self) -> bool:
        """Generate it, or change it."""
        description = self.description.text().strip()
        if not description:
            self.description.setFocus()
            raise UserError(tr("The token needs a description."), tr("Say what it is for."))
        methods = self._picked() if self.chosen.current == "some" else None
        if methods == []:
            raise UserError(
                tr("No method is chosen."), tr("Check those that the token may call, or choose all methods.")
            )
        transactional = self.transactional.isChecked()
        token = self._token
        async with await self._console.control() as control:
            if token is None:
                kind = next(one for one in _KINDS if one == self.kind.current)
                self.made = await control.generate(
                    description, kind, owner=self._owner(), methods=methods, transactional=transactional
                )
            else:
                self.made = await control.edit(
                    token.value,
                    description=description,
                    methods="all" if methods is None else methods,
                    transactional=transactional,
                )
        return True
