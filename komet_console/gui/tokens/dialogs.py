"""The dialogs about one stored token: keeping a pasted one, editing it, logging in."""

from __future__ import annotations

from dataclasses import replace

import shiboken6
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.gui.tokens.choosers import EnvironmentChooser
from komet_console.gui.tokens.masked import MaskedTokenEdit
from komet_console.gui.tokens.picking import kind_name
from komet_console.gui.widgets.chips import ChipsEdit
from komet_console.gui.widgets.sheet import Sheet
from komet_console.session.console import Console
from komet_console.workspace.environments import StoredEnvironment
from komet_console.workspace.token_text import shape_trouble
from komet_console.workspace.tokens import KINDS, Kind, StoredToken

__all__ = ["WIDTH", "LoginDialog", "TokenDialog", "hosts_of"]

WIDTH = 560
"""Pixels; room for a token beside its label."""


def hosts_of(stored: StoredEnvironment) -> tuple[str, ...]:
    """The hosts that a token made for an environment may be sent to; none for the sandbox: its tokens follow its port."""
    return (stored.host,) if stored.host else ()


class TokenDialog(Sheet):
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
        self.where = self.add_remark("where", tr(console.secrets.explanation))
        self.body.addLayout(self.grid)
        self.setFixedWidth(WIDTH)
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
            self.where.setText(tr(self._console.secrets.explanation))
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

    async def work(self) -> bool:
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
            return True
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
        return True


class LoginDialog(Sheet):
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
        self.body.addLayout(self.grid)
        self.setFixedWidth(WIDTH)
        self.environment.chosen.connect(self._show_price)
        self._show_price()
        self.user.setFocus()

    def _show_price(self) -> None:
        stored = self.environment.stored
        where = stored.host or tr("the sandbox on this computer")
        self.price.setText(
            tr("{price} They are sent to {host}.", price=self._console.quota.price(1, stored), host=where)
        )

    async def work(self) -> bool:
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
        return True
