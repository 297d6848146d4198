"""The dialogs about one stored token: keeping a pasted one, editing it, logging in."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.gui.tokens.choosers import EnvironmentChooser
from komet_console.gui.tokens.masked import MaskedTokenEdit
from komet_console.gui.tokens.picking import kind_name
from komet_console.gui.widgets.chips import ChipsEdit
from komet_console.gui.widgets.fitting import fit_height
from komet_console.session.console import Console
from komet_console.workspace.environments import StoredEnvironment
from komet_console.workspace.token_text import shape_trouble
from komet_console.workspace.tokens import KINDS, Kind, StoredToken

__all__ = ["FormDialog", "LoginDialog", "TokenDialog", "hosts_of"]


def hosts_of(stored: StoredEnvironment) -> tuple[str, ...]:
    """The hosts that a token made for an environment may be sent to; none for the sandbox: its tokens follow its port."""
    return (stored.host,) if stored.host else ()


class FormDialog(QDialog):
    """Labels beside fields, a line for what is wrong, and two buttons; what the main one does may take a while.

    Args:
        tasks: Runs what the main button does; what is refused stands in the dialog, which stays open.
    """

    def __init__(self, name: str, title: str, sentence: str, button: str, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._name = name
        self._tasks = tasks
        self._busy = False
        heading = QLabel(title)
        theme.set_role(heading, "heading")
        said = QLabel(sentence)
        said.setWordWrap(True)
        said.setVisible(bool(sentence))
        theme.set_role(said, "muted")
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(14)
        self.grid.setVerticalSpacing(10)
        self.grid.setColumnMinimumWidth(0, 104)
        self.grid.setColumnStretch(1, 1)
        self.message = QLabel()
        self.message.setObjectName(f"{name}.message")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.message, "error")
        self.message.hide()
        self.save = QPushButton(button)
        self.save.setObjectName(f"{name}.save")
        self.save.setAccessibleName(button)
        self.save.setDefault(True)
        theme.set_role(self.save, "primary")
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setObjectName(f"{name}.cancel")
        self.cancel.setAccessibleName(tr("Cancel"))
        self.cancel.setAutoDefault(False)
        self.save.clicked.connect(self.press)
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(said)
        column.addLayout(self.grid)
        column.addWidget(self.message)
        column.addSpacing(4)
        column.addLayout(buttons)
        self.setFixedWidth(560)

    def add_row(self, label: str, field: QWidget, name: str) -> None:
        """One more field under the others."""
        row = self.grid.rowCount()
        beside = QLabel(label)
        beside.setBuddy(field)
        beside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        beside.setContentsMargins(0, 6, 0, 0)
        field.setObjectName(f"{self._name}.{name}")
        field.setAccessibleName(label)
        self.grid.addWidget(beside, row, 0)
        self.grid.addWidget(field, row, 1)

    def add_remark(self, name: str, text: str = "") -> QLabel:
        """A quiet sentence under the last field."""
        remark = QLabel(text)
        remark.setObjectName(f"{self._name}.{name}")
        remark.setWordWrap(True)
        remark.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(remark, "small")
        self.grid.addWidget(remark, self.grid.rowCount(), 1)
        return remark

    def fit(self) -> None:
        """Take the height that the content needs now."""
        fit_height(self)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    def press(self) -> None:
        """What the main button does."""
        if not self._busy:
            self._tasks.start(self._do(self.work()), name=self._name)

    async def work(self) -> None:
        """What is to be done before the dialog closes, nothing by itself; raises `UserError` where it cannot be."""

    async def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self._busy = True
        self.save.setEnabled(False)
        self.message.hide()
        try:
            await work
        except UserError as error:
            self.message.setText(" ".join(error.lines()[:2]))
            self.message.show()
            self.fit()
        else:
            self.accept()
        finally:
            self._busy = False
            self.save.setEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(self.focusWidget(), QPushButton):
            if not event.isAutoRepeat():
                self.press()
            return
        super().keyPressEvent(event)


class TokenDialog(FormDialog):
    """Keep a pasted token, or change what is known about a stored one; `kept` is the token after `accepted`.

    Args:
        token: the stored one that is edited; None: a new one.
        value: a new one's value, where it is known already.
    """

    def __init__(
        self,
        console: Console,
        tasks: Tasks,
        parent: QWidget,
        *,
        environment: str,
        token: StoredToken | None = None,
        value: str = "",
        kind: Kind = "unknown",
    ) -> None:
        super().__init__(
            "tokenDialog",
            tr("Edit {name}", name=token.name) if token is not None else tr("Add a token"),
            "",
            tr("Save"),
            tasks,
            parent,
        )
        self._console = console
        self._token = token
        self.kept: StoredToken | None = None
        self.value = MaskedTokenEdit("tokenDialog.value")
        self.value.repaired.connect(self._show_repairs)
        self.value.set_value(value)
        self.name = QLineEdit(token.name if token is not None else "")
        self.name.setPlaceholderText(tr("for instance: Acme Florals, price feed"))
        self.kind = QComboBox()
        for one in KINDS:
            self.kind.addItem(kind_name(one).capitalize(), one)
        self.kind.setCurrentIndex(self.kind.findData(token.kind if token is not None else kind))
        self.environment = EnvironmentChooser(console, "tokenDialog.environment")
        self.environment.show_environment(token.environment if token is not None else environment)
        self.environment.setEnabled(token is None)
        self.whose = QLineEdit(token.whose if token is not None else "")
        self.whose.setPlaceholderText(tr("the customer, vendor, user or company"))
        self.methods = ChipsEdit(separators=", ", known=list(console.catalogue.summaries))
        if token is not None and token.methods is not None:
            self.methods.show_values(token.methods)
        self.methods.line.setPlaceholderText(tr("all, or not known"))
        self.methods.line.setObjectName("tokenDialog.methods.line")
        self.methods.line.setAccessibleName(tr("Methods it may call"))
        self.note = QLineEdit(token.note if token is not None else "")
        self.add_row(tr("Token"), self.value, "value")
        self.repairs = self.add_remark("repairs")
        self.repairs.hide()
        self.add_row(tr("Name"), self.name, "name")
        self.add_row(tr("Kind"), self.kind, "kind")
        self.add_row(tr("Environment"), self.environment, "environment")
        self.hosts = self.add_remark("hosts")
        self.add_row(tr("Whose"), self.whose, "whose")
        self.add_row(tr("Methods"), self.methods, "methods")
        self.add_row(tr("Note"), self.note, "note")
        self.where = self.add_remark("where", console.secrets.explanation)
        self.environment.chosen.connect(self._show_hosts)
        self._show_hosts()
        if token is not None:
            self.value.setPlaceholderText(tr("{ends}; paste another value to replace it", ends=token.shown))
        (self.name if value or token is not None else self.value).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tasks.start(self._look(), name="look for the keyring")

    async def _look(self) -> None:
        """Say where the value will lie, once that is known."""
        await self._console.secrets.open()
        if shiboken6.isValid(self):
            self.where.setText(self._console.secrets.explanation)
            theme.set_role(self.where, "small" if self._console.secrets.persistent else "warning")
            self.fit()

    def _show_repairs(self, repairs: list[str]) -> None:
        lines = [*repairs, *(shape_trouble(self.value.value) if self.value.value else ())]
        self.repairs.setText(" ".join(lines))
        self.repairs.setVisible(bool(lines))
        self.fit()

    def _show_hosts(self) -> None:
        hosts = self._token.hosts if self._token is not None else hosts_of(self.environment.stored)
        if hosts:
            self.hosts.setText(tr("It is sent to {hosts} only.", hosts=", ".join(hosts)))
        else:
            self.hosts.setText(tr("It is sent to the sandbox on this computer only."))

    async def work(self) -> None:
        """Keep it."""
        console, value = self._console, self.value.value
        kind: Kind = self.kind.currentData()
        methods = tuple(dict.fromkeys(self.methods.values())) or None
        unknown = [one for one in methods or () if one not in console.catalogue.summaries]
        if unknown:
            raise UserError(
                tr("There is no method {name}.", name=unknown[0]), tr("Leave the field empty for all methods.")
            )
        if self._token is None:
            stored = self.environment.stored
            self.kept = await console.tokens.add(
                self.name.text(),
                value,
                environment=stored.id,
                hosts=hosts_of(stored),
                kind=kind,
                whose=self.whose.text(),
                methods=methods,
                note=self.note.text().strip(),
            )
            return
        kept = console.tokens.change(
            replace(
                console.tokens.get(self._token.id),
                name=self.name.text(),
                kind=kind,
                whose=self.whose.text().strip(),
                methods=methods,
                note=self.note.text().strip(),
            )
        )
        if value:
            kept = await console.tokens.replace_value(kept.id, value)
        self.kept = kept


class LoginDialog(FormDialog):
    """User name and password for a user's token; `kept` is the token after `accepted`. The password is kept nowhere."""

    def __init__(self, console: Console, tasks: Tasks, parent: QWidget, *, environment: str) -> None:
        super().__init__(
            "loginDialog",
            tr("Log in"),
            tr(
                "The API gives a user's token for a user name and a password of the Komet Sales window. "
                "The password is used once for that and kept nowhere."
            ),
            tr("Log in"),
            tasks,
            parent,
        )
        self._console = console
        self.kept: StoredToken | None = None
        self.environment = EnvironmentChooser(console, "loginDialog.environment")
        self.environment.show_environment(environment)
        self.user = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("like the user name"))
        self.add_row(tr("Environment"), self.environment, "environment")
        self.add_row(tr("User name"), self.user, "user")
        self.add_row(tr("Password"), self.password, "password")
        self.add_row(tr("Keep it as"), self.name, "name")
        self.price = self.add_remark("price")
        self.environment.chosen.connect(self._show_price)
        self._show_price()
        self.user.setFocus()

    def _show_price(self) -> None:
        stored = self.environment.stored
        where = stored.host or tr("the sandbox on this computer")
        self.price.setText(
            tr("{price} They are sent to {host}.", price=self._console.quota.price(1, stored), host=where)
        )

    async def work(self) -> None:
        """Log in, and keep the token."""
        from komet_console.session.logging_in import log_in

        stored = self.environment.stored
        password = self.password.text()
        try:
            made = await log_in(self._console, stored.id, self.user.text(), password)
        finally:
            self.password.clear()
        tokens = self._console.tokens
        self.kept = await tokens.add(
            self.name.text().strip() or tokens.free_name(made.user),
            made.token,
            environment=stored.id,
            hosts=hosts_of(stored),
            kind="user",
            whose=made.user,
        )
