"""The tokens that are kept: a table, what can be done with the chosen one, and where secrets lie."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from komet_console.errors import UserError
from komet_console.gui import aio, theme
from komet_console.gui.aio import Tasks
from komet_console.gui.guard.confirm import confirm
from komet_console.gui.i18n import told, tr
from komet_console.gui.tokens.clipboard import SECONDS, SecretClipboard
from komet_console.gui.tokens.dialogs import LoginDialog, TokenDialog
from komet_console.gui.tokens.page import page_head
from komet_console.gui.tokens.picking import kind_name
from komet_console.gui.tokens.table import Column, RowTable
from komet_console.gui.tokens.words import moment, verdict_name, verdict_tone
from komet_console.gui.widgets.empty import EmptyState
from komet_console.gui.widgets.search_edit import SearchEdit
from komet_console.gui.widgets.sheet import push_button
from komet_console.session.console import Console
from komet_console.workspace.environments import SANDBOX
from komet_console.workspace.tokens import Kind, StoredToken

__all__ = ["KeyringNote", "StoredPage"]


class KeyringNote(QFrame):
    """Says that secrets are in memory only, and why; hidden where they are in the keyring.

    Signals:
        look_again(): The user has unlocked or installed a keyring.
    """

    look_again = Signal()

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keyringNote")
        theme.set_role(self, "note-amber")
        self._console = console
        self.text = QLabel()
        self.text.setObjectName("keyringText")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton(tr("Look again"))
        self.button.setObjectName("keyringAgain")
        self.button.setAccessibleName(tr("Look for the keyring again"))
        theme.set_role(self.button, "small")
        self.button.clicked.connect(self.look_again)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 8, 8)
        line.setSpacing(12)
        line.addWidget(self.text, 1)
        line.addWidget(self.button)
        self.hide()

    def show_state(self) -> None:
        """Say how it is; to be called once the keyring was looked for."""
        secrets = self._console.secrets
        self.text.setText(
            tr(
                "{explanation} Names and notes of tokens are kept; their values have to be entered again then.",
                explanation=tr(secrets.explanation),
            )
        )
        self.setAccessibleName(tr(secrets.explanation))
        self.setVisible(not secrets.persistent)


class StoredPage(QWidget):
    """Signals:
    changed(): A token was added, changed or removed.
    use_token(str): Calls are to be made with this one; its name.
    check_token(object): It is to be checked; a `StoredToken`.
    said(str): Something to say in passing.
    """

    changed = Signal()
    use_token = Signal(str)
    check_token = Signal(object)
    said = Signal(str)

    def __init__(self, console: Console, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("storedPage")
        self._console = console
        self._tasks = tasks
        self._environment = SANDBOX
        self._clipboard = SecretClipboard(self)
        self.note = KeyringNote(console)
        self.search = SearchEdit("storedSearch", tr("Search tokens"), tr("Search tokens"))
        self.search.setMaximumWidth(320)
        self.add = push_button("storedAdd", tr("Add a token…"), "primary")
        self.log_in = push_button("storedLogIn", tr("Log in…"))
        self.table: RowTable[StoredToken] = RowTable("storedTable", tr("Stored tokens"), self._columns())
        self.empty = EmptyState(
            tr("No token is stored"),
            tr("Add one by pasting it, or log in. The sandbox needs none: it has tokens of its own."),
        )
        self.message = QLabel()
        self.message.setObjectName("storedMessage")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.hide()
        theme.set_role(self.message, "error")
        self.details = QLabel()
        self.details.setObjectName("storedDetails")
        self.details.setWordWrap(True)
        self.details.setTextFormat(Qt.TextFormat.PlainText)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.set_role(self.details, "muted")
        self.actions_of_one: list[QPushButton] = [
            push_button("storedCheck", tr("Check")),
            push_button("storedUse", tr("Use it")),
            push_button("storedEdit", tr("Edit…")),
            push_button("storedCopy", tr("Copy")),
            push_button("storedRemove", tr("Remove…"), "danger"),
        ]
        self._lay_out()
        self._connect()
        self.reload()

    def _columns(self) -> list[Column[StoredToken]]:
        return [
            Column(tr("Name"), lambda one: one.name),
            Column(tr("Kind"), lambda one: kind_name(one.kind), 104),
            Column(tr("Whose"), lambda one: one.whose, 150),
            Column(tr("Environment"), self._place, 120),
            Column(tr("Token"), lambda one: one.shown, 116, code=True),
            Column(
                tr("Last used"),
                lambda one: moment(one.used) or tr("never"),
                136,
                sort=lambda one: -(one.used or 0),
                spare=True,
            ),
            Column(
                tr("Last check"),
                _last_check,
                196,
                sort=lambda one: -(one.checked or 0),
                tone=lambda one: verdict_tone(one.result) if one.result and verdict_tone(one.result) != "slate" else "",
            ),
        ]

    def _place(self, one: StoredToken) -> str:
        found = self._console.environments.find(one.environment)
        return found.name if found is not None else tr("(removed)")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.search, 1)
        head.addStretch(1)
        head.addWidget(self.log_in)
        head.addWidget(self.add)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in self.actions_of_one:
            foot.addWidget(button)
        foot.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 28, 32, 24)
        column.setSpacing(12)
        top = page_head(
            self.objectName(),
            tr("Stored tokens"),
            tr("Names and notes are kept here, values in the system's keyring. A token is only sent to its own host."),
        )
        column.addLayout(top)
        column.addWidget(self.note)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.details)
        column.addWidget(self.message)
        column.addLayout(foot)

    def _connect(self) -> None:
        check, use, edit, copy, remove = self.actions_of_one
        self.search.textChanged.connect(self.reload)
        self.add.clicked.connect(self._add)
        self.log_in.clicked.connect(self.open_login)
        self.table.chosen.connect(self._show_one)
        self.table.activated_row.connect(self.edit_token)
        self.table.delete_pressed.connect(self.remove_token)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_menu)
        check.clicked.connect(self._check)
        use.clicked.connect(self._use)
        edit.clicked.connect(self.edit_token)
        copy.clicked.connect(self.copy_token)
        remove.clicked.connect(self.remove_token)
        self.note.look_again.connect(self._look_again)

    # --- showing

    def start(self) -> None:
        """Look for the keyring, off the window's thread; to be called when the page is first shown."""
        self._tasks.start(self._look(), name="look for the keyring")

    async def _look(self) -> None:
        await self._console.secrets.open()
        self.note.show_state()

    def _look_again(self) -> None:
        self._tasks.start(self._look_once_more(), name="look for the keyring")

    async def _look_once_more(self) -> None:
        self.note.button.setEnabled(False)
        try:
            await self._console.secrets.look_again()
        finally:
            self.note.button.setEnabled(True)
        self.note.show_state()

    def set_environment(self, environment: str) -> None:
        """New tokens are proposed to belong there."""
        self._environment = environment

    def reload(self) -> None:
        """Show what is stored now."""
        self._console.tokens.reload()
        found = self._console.tokens.search(self.search.text())
        self.table.show_rows(found, lambda one: one.id)
        self.table.setVisible(bool(found))
        self.empty.setVisible(not found)
        searched = bool(self.search.text().strip())
        self.empty.headline.setText(tr("No token fits the search") if searched else tr("No token is stored"))
        self.empty.sentence.setVisible(not searched)
        self._show_one()

    def _show_one(self) -> None:
        one = self.table.current() if not self.table.isHidden() else None
        for button in self.actions_of_one:
            button.setEnabled(one is not None)
        self.message.hide()
        self.details.setText(_described(one) if one is not None else "")
        self.details.setVisible(one is not None)

    def choose(self, identifier: str) -> None:
        """Choose a token by its id."""
        self.table.choose(lambda one: one.id == identifier)

    def _open_menu(self, place: QPoint) -> None:
        if self.table.current() is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in self.actions_of_one:
            action = QAction(button.text(), menu)
            action.triggered.connect(button.click)
            menu.addAction(action)
        menu.popup(self.table.viewport().mapToGlobal(place))

    # --- doing

    def _add(self) -> None:
        self.add_token()

    def add_token(self, value: str = "", kind: Kind = "unknown", environment: str = "") -> None:
        """Open the dialog that keeps a pasted token."""
        dialog = TokenDialog(
            self._console,
            self._tasks,
            self.window(),
            environment=environment or self._environment,
            value=value,
            kind=kind,
        )
        self._tasks.start(self._keep(dialog), name="add a token")

    def edit_token(self) -> None:
        """Open the dialog that changes the chosen one."""
        one = self.table.current()
        if one is not None:
            dialog = TokenDialog(self._console, self._tasks, self.window(), environment=one.environment, token=one)
            self._tasks.start(self._keep(dialog), name="edit a token")

    def open_login(self) -> None:
        """Open the dialog that gets a user's token."""
        dialog = LoginDialog(self._console, self._tasks, self.window(), environment=self._environment)
        self._tasks.start(self._keep(dialog), name="log in")

    async def _keep(self, dialog: TokenDialog | LoginDialog) -> None:
        done = await aio.show(dialog)
        if done == QDialog.DialogCode.Accepted and dialog.kept is not None:
            self.note.show_state()
            self.reload()
            self.choose(dialog.kept.id)
            self.changed.emit()
            self.said.emit(tr("{name} is kept.", name=dialog.kept.name))

    def forget_clipboard(self) -> None:
        """Take a copied token back from the clipboard now: the program ends."""
        self._clipboard.clear()

    def remove_token(self) -> None:
        """Forget the chosen one, after a question."""
        one = self.table.current()
        if one is not None:
            self._tasks.start(self._remove(one), name="remove a token")

    async def _remove(self, one: StoredToken) -> None:
        title = tr("Remove {name}?", name=one.name)
        sentence = tr(
            "Its name, its value and what is known about it are forgotten here. In Komet it still works until it is revoked."
        )
        if await confirm(self.window(), title, sentence, tr("Remove")):
            await self._console.tokens.remove(one.id)
            self.reload()
            self.changed.emit()

    def copy_token(self) -> None:
        """The token itself onto the clipboard, for a minute."""
        one = self.table.current()
        if one is not None:
            self._tasks.start(self._copy(one), name="copy a token")

    async def _copy(self, one: StoredToken) -> None:
        try:
            value = await self._console.tokens.value(one.id)
        except UserError as error:
            self.message.setText(told(error))
            self.message.show()
            return
        self._clipboard.copy(value)
        self.said.emit(tr("Copied. The clipboard is emptied after {count} seconds.", count=SECONDS))

    def _use(self) -> None:
        one = self.table.current()
        if one is not None:
            self.use_token.emit(one.name)

    def _check(self) -> None:
        one = self.table.current()
        if one is not None:
            self.check_token.emit(one)


def _last_check(one: StoredToken) -> str:
    if not one.checked:
        return tr("never")
    return tr("{verdict}, {when}", verdict=verdict_name(one.result), when=moment(one.checked))


def _described(one: StoredToken) -> str:
    parts = [tr("Added {when}.", when=moment(one.added))]
    if one.used:
        parts.append(tr("Last used {when}.", when=moment(one.used)))
    hosts = ", ".join(one.hosts)
    parts.append(
        tr("Sent to {hosts} only.", hosts=hosts) if hosts else tr("Sent to the sandbox on this computer only.")
    )
    if one.methods is not None:
        listed = ", ".join(one.methods[:6])
        more = len(one.methods) - 6
        parts.append(
            tr("Limited to {methods} and {count} more.", methods=listed, count=more)
            if more > 0
            else tr("Limited to {methods}.", methods=listed)
        )
    if one.note:
        parts.append(one.note)
    return " ".join(parts)
