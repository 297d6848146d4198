"""Making tokens: in the sandbox as Komet's own screen does it; for the real Komet its steps stand beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QDialog, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.gui import aio, theme
from komet_console.gui.aio import Tasks
from komet_console.gui.guard.confirm import confirm
from komet_console.gui.i18n import told, tr
from komet_console.gui.tokens.clipboard import SECONDS, SecretClipboard
from komet_console.gui.tokens.page import page_head
from komet_console.gui.tokens.picking import kind_name
from komet_console.gui.tokens.sandbox_dialog import SandboxTokenDialog
from komet_console.gui.tokens.table import Column, RowTable
from komet_console.gui.widgets.sheet import push_button
from komet_console.session.console import Console
from komet_console.session.control import SandboxControl, SandboxToken
from komet_console.workspace.environments import SANDBOX
from komet_console.workspace.token_text import ends, shown

__all__ = ["SandboxPage", "make_steps"]

_SIDE = 300
_NARROW = 1120


def make_steps(catalogue: Catalogue) -> list[str]:
    """How a token is made in the real Komet, as the catalogue's page about tokens says it."""
    pages = catalogue.knowledge.get("pages", {}).get("pages", [])
    for page in pages:
        for section in page["sections"] if page["key"] == "tokens" else ():
            for block in section["blocks"] if section["key"] == "create" else ():
                if "steps" in block:
                    return [step["text"] for step in block["steps"]]
    return []


class SandboxPage(QWidget):
    """Signals:
    keep_asked(str, str): A token's value and kind are to be kept under a name of the user's.
    check_asked(str): A token's value is to be checked.
    open_guide(str): The guide about tokens; its key.
    said(str): Something to say in passing.
    """

    keep_asked = Signal(str, str)
    check_asked = Signal(str)
    open_guide = Signal(str)
    said = Signal(str)

    def __init__(self, console: Console, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sandboxTokensPage")
        self._console = console
        self._tasks = tasks
        self._clipboard = SecretClipboard(self)
        self._owners: dict[tuple[str, int], str] = {}
        self.table: RowTable[SandboxToken] = RowTable("sandboxTokens", tr("Tokens of the sandbox"), self._columns())
        self.new = push_button("sandboxNew", tr("New token…"), "primary")
        self.message = QLabel()
        self.message.setObjectName("sandboxMessage")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.message, "muted")
        self.edit = push_button("sandboxEdit", tr("Edit…"))
        self.check = push_button("sandboxCheck", tr("Check"))
        self.copy = push_button("sandboxCopy", tr("Copy"))
        self.keep = push_button("sandboxKeep", tr("Keep it…"))
        self.revoke = push_button("sandboxRevoke", tr("Revoke…"), "danger")
        self._lay_out()
        self._connect()
        self._show_one()

    def _columns(self) -> list[Column[SandboxToken]]:
        def quiet(one: SandboxToken) -> str:
            return "faint" if one.revoked else ""

        return [
            Column(tr("Description"), lambda one: one.description, tone=quiet),
            Column(tr("Type"), lambda one: kind_name(one.kind), 100, tone=quiet),
            Column(tr("For"), self._owner, 140, tone=quiet),
            Column(tr("Methods"), _methods, 104, tone=quiet, tip=_method_names),
            Column(tr("Transactional"), lambda one: tr("yes") if one.transactional else tr("no"), 116, tone=quiet),
            Column(tr("Token"), lambda one: shown(*ends(one.value)), 116, tone=quiet, code=True),
            Column(
                tr("State"),
                lambda one: tr("revoked") if one.revoked else tr("works"),
                92,
                tone=lambda one: "red" if one.revoked else "green",
            ),
        ]

    def _owner(self, one: SandboxToken) -> str:
        if one.owner is None or one.kind == "company":
            return tr("the company")
        return self._owners.get((one.kind, one.owner), str(one.owner))

    # --- parts

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        name = QLabel(tr("Tokens of the sandbox"))
        theme.set_role(name, "strong")
        head.addWidget(name)
        head.addStretch()
        head.addWidget(self.new)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self.edit, self.check, self.copy, self.keep, self.revoke):
            foot.addWidget(button)
        foot.addStretch()
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addLayout(head)
        left.addWidget(self.table, 1)
        left.addWidget(self.message)
        left.addLayout(foot)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(20)
        self._beside.addLayout(left, 1)
        self.steps = self._steps()
        self._beside.addWidget(self.steps, 0, Qt.AlignmentFlag.AlignTop)
        top = page_head(
            self.objectName(),
            tr("Make a token"),
            tr(
                "The sandbox makes tokens as Komet's own screen does. They are test data and work on this computer only."
            ),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 28, 32, 24)
        column.setSpacing(16)
        column.addLayout(top)
        column.addLayout(self._beside, 1)

    def _steps(self) -> QFrame:
        card = QFrame()
        card.setObjectName("realSteps")
        theme.set_role(card, "sheet")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        title = QLabel(tr("In the real Komet"))
        theme.set_role(title, "strong")
        column.addWidget(title)
        for number, step in enumerate(make_steps(self._console.catalogue), start=1):
            line = QHBoxLayout()
            line.setSpacing(8)
            count = QLabel(f"{number}.")
            theme.set_role(count, "muted")
            count.setFixedWidth(16)
            said = QLabel(step)
            said.setObjectName(f"realStep.{number}")
            said.setWordWrap(True)
            line.addWidget(count, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(said, 1)
            column.addLayout(line)
        more = push_button("realGuide", tr("More about tokens"), "link")
        more.clicked.connect(lambda: self.open_guide.emit("tokens"))
        column.addWidget(more, alignment=Qt.AlignmentFlag.AlignLeft)
        return card

    def _connect(self) -> None:
        self.new.clicked.connect(self.open_new)
        self.table.chosen.connect(self._show_one)
        self.table.activated_row.connect(self.open_edit)
        self.table.delete_pressed.connect(self.ask_revoke)
        self.edit.clicked.connect(self.open_edit)
        self.check.clicked.connect(self._check)
        self.copy.clicked.connect(self._copy)
        self.keep.clicked.connect(self._keep)
        self.revoke.clicked.connect(self.ask_revoke)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW
        self._beside.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        if narrow:
            self.steps.setMinimumWidth(0)
            self.steps.setMaximumWidth(16777215)
        else:
            self.steps.setFixedWidth(_SIDE)
        self._beside.setAlignment(self.steps, Qt.AlignmentFlag(0) if narrow else Qt.AlignmentFlag.AlignTop)

    # --- showing

    def reload(self) -> None:
        """Ask the sandbox for its tokens; starts it where it does not run."""
        self._tasks.start(self._controlled(self._load), name="list the sandbox's tokens")

    async def _controlled(self, what: Callable[[SandboxControl], Awaitable[str]]) -> None:
        """Do something with the sandbox's control; what it refuses stands on the page."""
        try:
            async with await self._console.control() as control:
                said = await what(control)
                rows = await control.tokens()
        except UserError as error:
            self._say(told(error), "error")
            return
        self.table.show_rows(rows, lambda one: one.value)
        self._say(said, "muted")

    async def _load(self, _control: SandboxControl) -> str:
        if not self._owners:
            self._owners = await owners(self._console)
        return ""

    def _say(self, text: str, role: str) -> None:
        theme.set_role(self.message, role)
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def _show_one(self) -> None:
        one = self.table.current()
        for button in (self.edit, self.check, self.copy, self.keep, self.revoke):
            button.setEnabled(one is not None)
        if one is not None:
            self.revoke.setEnabled(not one.revoked)
            self.edit.setEnabled(not one.revoked)

    # --- doing

    def open_new(self) -> None:
        """The form for a new token."""
        self._open(None)

    def open_edit(self) -> None:
        """The form for the chosen one."""
        one = self.table.current()
        if one is not None and not one.revoked:
            self._open(one)

    def _open(self, token: SandboxToken | None) -> None:
        dialog = SandboxTokenDialog(self._console, self._tasks, self.window(), self._owners, token)
        self._tasks.start(self._show_dialog(dialog), name="make a token")

    async def _show_dialog(self, dialog: SandboxTokenDialog) -> None:
        done = await aio.show(dialog)
        made = dialog.made
        if done == QDialog.DialogCode.Accepted and made is not None:
            await self._controlled(self._nothing)
            self.table.choose(lambda one: one.value == made.value)
            if dialog.is_new:
                self._say(tr("Generated. Copy it, check it, or keep it among the stored tokens."), "muted")

    async def _nothing(self, _control: SandboxControl) -> str:
        return ""

    def ask_revoke(self) -> None:
        """Let the chosen one stop working, after a question."""
        one = self.table.current()
        if one is not None and not one.revoked:
            self._tasks.start(self._revoke(one), name="revoke a token")

    async def _revoke(self, one: SandboxToken) -> None:
        title = tr("Revoke {name}?", name=one.description)
        if not await confirm(
            self.window(), title, tr("Calls with it are refused from now on. It cannot be undone."), tr("Revoke")
        ):
            return

        async def revoke(control: SandboxControl) -> str:
            await control.revoke(one.value)
            return tr("{name} is revoked.", name=one.description)

        await self._controlled(revoke)

    def _check(self) -> None:
        if (one := self.table.current()) is not None:
            self.check_asked.emit(one.value)

    def _keep(self) -> None:
        if (one := self.table.current()) is not None:
            self.keep_asked.emit(one.value, one.kind)

    def _copy(self) -> None:
        if (one := self.table.current()) is not None:
            self._clipboard.copy(one.value)
            self.said.emit(tr("Copied. The clipboard is emptied after {count} seconds.", count=SECONDS))

    def forget_clipboard(self) -> None:
        """Take a copied token back from the clipboard now: the program ends."""
        self._clipboard.clear()


async def owners(console: Console) -> dict[tuple[str, int], str]:
    """Customers and vendors of the sandbox by kind and id, as its own lists name them; read with its own token."""
    from komet_console.catalogue.calls import read_json
    from komet_console.exchange import Draft
    from komet_console.session.console import TokenChoice

    found: dict[tuple[str, int], str] = {}
    for kind, method, key in (("customer", "customer.list", "customers"), ("vendor", "vendor.list", "vendors")):
        sent = await console.send(Draft(method), SANDBOX, TokenChoice("kind", "company"), keep=False)
        response = sent.exchange.response
        value: Any = read_json(response.read()).value if response is not None else None
        rows = value.get(key) if isinstance(value, dict) else None
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and isinstance(row.get("id"), int):
                found[kind, row["id"]] = str(row.get("name") or row.get("description") or row["id"])
    return found


def _methods(one: SandboxToken) -> str:
    return tr("all") if one.methods is None else tr("{count} chosen", count=len(one.methods))


def _method_names(one: SandboxToken) -> str:
    return tr("all") if one.methods is None else "\n".join(one.methods[:30])
