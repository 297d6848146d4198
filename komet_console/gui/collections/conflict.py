"""A file that was changed by somebody else: both sides, and what to do; and the kept answers of a request."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from komet_console.gui import aio, theme
from komet_console.gui.aio import Tasks
from komet_console.gui.history.difference import SideBySide, difference, summary
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.sheet import Sheet, push_button
from komet_console.workspace.collections.store import Conflict

__all__ = ["ConflictDialog", "Decision", "ask_conflict"]

Decision = Literal["mine", "theirs", "copy", "later"]


class ConflictDialog(Sheet):
    """`decision` is what was chosen; closing it decides nothing."""

    def __init__(self, tasks: Tasks, conflict: Conflict, name: str, parent: QWidget | None) -> None:
        gone = conflict.theirs is None
        title = (
            tr("“{name}” was deleted on the disk", name=name)
            if gone
            else tr("“{name}” was changed on the disk", name=name)
        )
        sentence = (
            tr("Its file {path} is gone since it was opened here. Nothing was written yet.", path=conflict.path)
            if gone
            else tr(
                "Git, an editor or another window has written {path} since it was opened here. Nothing was written yet; "
                "the side that you do not keep stays in the trash or in your tab.",
                path=conflict.path,
            )
        )
        super().__init__("conflictDialog", title, sentence, tr("Keep mine"), tasks, parent)
        self.decision: Decision = "later"
        self.sides = SideBySide("conflictDialog", tr("On the disk"), tr("Here"))
        found = difference(conflict.theirs or "", conflict.mine)
        self.sides.show_difference(found)
        self.summary = QLabel(summary(found))
        self.summary.setObjectName("conflictDialog.summary")
        theme.set_role(self.summary, "small")
        self.next = push_button("conflictDialog.next", tr("Next difference"), "small")
        self.next.setVisible(found.count > 1)
        line = QHBoxLayout()
        line.addWidget(self.summary, 1)
        line.addWidget(self.next)
        self.body.addWidget(self.sides, 1)
        self.body.addLayout(line)
        self.theirs = push_button("conflictDialog.theirs", tr("Take theirs"))
        self.theirs.setVisible(not gone)
        self.copy = push_button("conflictDialog.copy", tr("Save as a copy…"))
        self.left.addWidget(self.theirs)
        self.left.addWidget(self.copy)
        self.sides.setVisible(True)
        self.resize(920, 560)
        self.next.clicked.connect(lambda: self.sides.step(1))
        self.theirs.clicked.connect(lambda: self._decide("theirs"))
        self.copy.clicked.connect(lambda: self._decide("copy"))
        self.go.setAutoDefault(False)
        self.go.setDefault(False)
        self.cancel.setDefault(True)
        self.cancel.setText(tr("Decide later"))
        self.cancel.setFocus()

    def press(self) -> None:
        """Keep what is here."""
        self._decide("mine")

    def _decide(self, decision: Decision) -> None:
        self.decision = decision
        self.accept()


async def ask_conflict(tasks: Tasks, conflict: Conflict, name: str, parent: QWidget | None) -> Decision:
    """Show both sides and let the user decide."""
    dialog = ConflictDialog(tasks, conflict, name, parent)
    await aio.show(dialog)
    return dialog.decision
