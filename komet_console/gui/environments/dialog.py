"""The dialog of environments: a list at the left, the chosen one's form at the right. Save keeps what the form says."""

from __future__ import annotations

import uuid
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from komet_console.errors import UserError
from komet_console.gui import aio, theme
from komet_console.gui.aio import Tasks
from komet_console.gui.environments.form import EnvironmentForm, FieldError
from komet_console.gui.environments.looks import colour_key, dot_icon
from komet_console.gui.guard.confirm import confirm
from komet_console.gui.i18n import told, tr
from komet_console.gui.widgets.sheet import push_button
from komet_console.session.console import Console
from komet_console.workspace.environments import SANDBOX, StoredEnvironment, Variable
from komet_console.workspace.secrets import new_reference

__all__ = ["EnvironmentsDialog"]

_ID = Qt.ItemDataRole.UserRole


class EnvironmentsDialog(QDialog):
    """Show it with `open()`; it deletes itself when it is closed.

    Signals:
        changed(): An environment was added, changed or removed.

    Args:
        environment: the id of the one that is shown first.
    """

    changed = Signal()

    def __init__(
        self, console: Console, tasks: Tasks, parent: QWidget | None = None, *, environment: str = SANDBOX
    ) -> None:
        super().__init__(parent)
        self.setObjectName("environmentsDialog")
        self.setWindowTitle(tr("Environments"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._console = console
        self._tasks = tasks
        self._drafts: dict[str, StoredEnvironment] = {}
        """New ones that are not kept yet."""
        self._dirty = False
        self._busy = False
        self.list = QListWidget()
        self.list.setObjectName("environmentsList")
        self.list.setAccessibleName(tr("Environments"))
        self.list.setIconSize(QSize(16, 16))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.set_role(self.list, "environments")
        self.add = push_button("environmentAdd", tr("Add"), "small")
        self.duplicate = push_button("environmentDuplicate", tr("Duplicate"), "small")
        self.remove = push_button("environmentRemove", tr("Remove…"), "small")
        self.form = EnvironmentForm()
        self.message = QLabel()
        self.message.setObjectName("environmentMessage")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.save = push_button("environmentSave", tr("Save"), "primary")
        self.close_button = push_button("environmentClose", tr("Close"))
        self._lay_out()
        self._connect()
        self._show_list(environment)
        room = parent.window().height() - 40 if parent is not None else 680
        self.resize(840, max(480, min(680, room)))

    def _lay_out(self) -> None:
        side = QFrame()
        theme.set_role(side, "side")
        side.setFixedWidth(228)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 0, 8, 12)
        buttons.setSpacing(4)
        for button in (self.add, self.duplicate, self.remove):
            buttons.addWidget(button)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 4, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.list, 1)
        left.addLayout(buttons)
        self.area = QScrollArea()
        self.area.setObjectName("environmentArea")
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.form)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 8, 24, 16)
        foot.setSpacing(8)
        foot.addWidget(self.message, 1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.save)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.area, 1)
        right.addLayout(foot)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(side)
        line.addLayout(right, 1)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(self._chosen)
        self.add.clicked.connect(self.add_one)
        self.duplicate.clicked.connect(self.duplicate_one)
        self.remove.clicked.connect(self.remove_one)
        self.form.edited.connect(self._edited)
        self.form.file_asked.connect(self._ask_file)
        self.save.clicked.connect(self.press)
        self.close_button.clicked.connect(self.reject)

    # --- the list

    def _all(self) -> list[StoredEnvironment]:
        return [*self._console.environments.all(), *self._drafts.values()]

    def _show_list(self, current: str) -> None:
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for stored in self._all():
            item = QListWidgetItem(dot_icon(colour_key(stored)), stored.name or tr("New environment"))
            item.setData(_ID, stored.id)
            item.setToolTip(stored.base_url or stored.name)
            self.list.addItem(item)
            if stored.id == current:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        self.list.blockSignals(blocked)
        self._show_one()

    def current(self) -> StoredEnvironment:
        """The environment that is shown, as it was before the form changed it."""
        identifier = self.list.currentItem().data(_ID)
        return next(one for one in self._all() if one.id == identifier)

    def _chosen(self, item: QListWidgetItem | None, before: QListWidgetItem | None) -> None:
        if item is None:
            return
        if self._dirty and before is not None:
            wanted = item.data(_ID)
            blocked = self.list.blockSignals(True)
            self.list.setCurrentItem(before)
            self.list.blockSignals(blocked)
            self._tasks.start(self._leave(wanted), name="leave an environment")
            return
        self._show_one()

    def reject(self) -> None:
        """Close; changes that are not kept are asked about."""
        if self._dirty and not self._empty_draft():
            self._tasks.start(self._ask_to_close(), name="close environments")
        else:
            super().reject()

    def _empty_draft(self) -> bool:
        """Whether the changes are nothing but a new environment without a name."""
        return self.current().id in self._drafts and not self.form.name.text().strip()

    async def _ask_to_close(self) -> None:
        name = self.form.name.text().strip() or tr("New environment")
        sentence = tr("What was changed in {name} is not saved yet.", name=name)
        if await confirm(self, tr("Drop the changes?"), sentence, tr("Drop them")):
            self._dirty = False
            self.reject()

    async def _leave(self, wanted: str) -> None:
        """Another one is chosen while this one has changes."""
        name = self.form.name.text().strip() or tr("New environment")
        sentence = tr("What was changed in {name} is not saved yet.", name=name)
        if await confirm(self, tr("Drop the changes?"), sentence, tr("Drop them")):
            self._dirty = False
            self._show_list(wanted)

    def _show_one(self) -> None:
        stored = self.current()
        self.form.show_environment(stored, dict(self._console.secrets.held))
        self.area.ensureVisible(0, 0)
        self.remove.setEnabled(not stored.built_in)
        self.remove.setToolTip(tr("Built-in environments stay") if stored.built_in else "")
        self._dirty = stored.id in self._drafts
        self.save.setEnabled(self._dirty)
        self._say("", "muted")

    def _edited(self) -> None:
        self._dirty = True
        self.save.setEnabled(True)
        self._say("", "muted")

    def _say(self, text: str, role: str) -> None:
        theme.set_role(self.message, role)
        self.message.setText(text)

    # --- doing

    def add_one(self) -> None:
        """A new, empty environment."""
        self._start_new(StoredEnvironment(uuid.uuid4().hex[:12], "", "https://"))

    def duplicate_one(self) -> None:
        """A copy of the shown one, under another name; its secrets are entered again."""
        stored = self.form.made()
        variables = tuple(
            Variable(one.name, new_reference() if one.secret else one.value, one.secret, one.enabled)
            for one in stored.variables
        )
        name = self._free_name(stored.name)
        url = stored.base_url or "https://"
        self._start_new(replace(stored, id=uuid.uuid4().hex[:12], name=name, base_url=url, variables=variables))

    def _start_new(self, made: StoredEnvironment) -> None:
        if self._dirty and self.current().id not in self._drafts:
            self._say(tr("Save or undo the changes first."), "error")
            return
        self._drafts = {made.id: made}
        self._dirty = False
        self._show_list(made.id)
        self.form.name.setFocus()
        self.form.name.selectAll()

    def _free_name(self, name: str) -> str:
        made, number = tr("{name} copy", name=name), 2
        while self._console.environments.find(made) is not None:
            made, number = tr("{name} copy {number}", name=name, number=number), number + 1
        return made

    def remove_one(self) -> None:
        """Remove the shown one, after a question."""
        self._tasks.start(self._remove(self.current()), name="remove an environment")

    async def _remove(self, stored: StoredEnvironment) -> None:
        if stored.id in self._drafts:
            self._drafts = {}
            self._dirty = False
            self._show_list(SANDBOX)
            return
        count = len(self._console.tokens.of(stored.id))
        sentence = tr("Its settings and its secret variables are forgotten.")
        if count:
            sentence = tr(
                "Its settings and its secret variables are forgotten. {count} tokens that belong to it stay, without a place.",
                count=count,
            )
        if not await confirm(self, tr("Remove {name}?", name=stored.name), sentence, tr("Remove")):
            return
        try:
            self._console.environments.remove(stored.id)
            for one in stored.variables:
                if one.secret:
                    await self._console.secrets.remove(one.value)
        except UserError as error:
            self._say(told(error), "error")
            return
        self._dirty = False
        self._show_list(SANDBOX)
        self.changed.emit()

    def _ask_file(self, name: str) -> None:
        self._tasks.start(self._choose_file(name), name="choose a file")

    async def _choose_file(self, name: str) -> None:
        filters = (tr("Certificates (*.pem *.crt *.cer *.key)"), tr("All files (*)"))
        if chosen := await aio.ask_open_files(self, tr("Choose a PEM file"), filters=filters):
            self.form.take_file(name, chosen[0])

    # --- keeping

    def press(self) -> None:
        """Keep what the form says."""
        if not self._busy:
            self._tasks.start(self._save(), name="save an environment")

    async def _save(self) -> None:
        errors = self.form.errors()
        made = self.form.made()
        before = next((one for one in self._console.environments.all() if one.id == made.id), None)
        if not errors:
            self._busy = True
            try:
                made = self._console.environments.save(made)
                for reference, value in self.form.variables.new_secrets():
                    await self._console.secrets.put(reference, value)
                await self._forget_secrets(before, made)
            except UserError as error:
                errors = [FieldError(_field_of(error, made), told(error))]
            finally:
                self._busy = False
        self.form.show_errors(errors)
        if errors:
            self._say(tr("Not saved."), "error")
            return
        self._drafts.pop(made.id, None)
        self._dirty = False
        self._show_list(made.id)
        secrets = self._console.secrets
        memory_only = any(one.secret for one in made.variables) and not secrets.persistent
        self._say(tr(secrets.explanation) if memory_only else tr("Saved."), "warning" if memory_only else "muted")
        self.changed.emit()

    async def _forget_secrets(self, before: StoredEnvironment | None, made: StoredEnvironment) -> None:
        """Secrets of variables that are gone, or no secrets any more."""
        kept = {one.value for one in made.variables if one.secret}
        for one in before.variables if before is not None else ():
            if one.secret and one.value not in kept:
                await self._console.secrets.remove(one.value)


def _field_of(error: UserError, made: StoredEnvironment) -> str:
    """The field that a refusal of the store is about; it tells by its words only."""
    text = error.message.casefold()
    for word, field in (
        ("variable", "variables"),
        ("proxy", "proxy"),
        ("time zone", "zone"),
        ("paid users", "paid_users"),
        ("colour", "colour"),
        ("level", "level"),
        ("needs a name", "name"),
        ("there is an environment", "name"),
    ):
        if word in text:
            return field
    return "base_url" if not made.built_in else "name"
