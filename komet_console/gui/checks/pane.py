"""The checks and captures of a request, edited in tables; after each call they show what came of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from komet_console.gui import theme
from komet_console.gui.checks.model import ChecksState
from komet_console.gui.checks.tables import CapturesModel, ChecksModel, RowsTable
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.pill import Pill

__all__ = ["ChecksPane"]

_ROW = 29


class ChecksPane(QWidget):
    """Belongs to one tab's `ChecksState`."""

    def __init__(self, state: ChecksState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checksPane")
        self.setAccessibleName(tr("Checks and captures"))
        self.state = state
        self.verdict = Pill("", strong=True)
        self.verdict.setObjectName("checksVerdict")
        self.checks = RowsTable("checksTable", tr("Checks"), ChecksModel(state, self), (160, 210, 130, 150, 200), 4)
        self.captures = RowsTable("capturesTable", tr("Captures"), CapturesModel(state, self), (190, 290, 200), 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(6)
        column.addLayout(
            self._heading(
                tr("Checks"),
                tr("Run on every answer. Find a value with a path such as customers[0].name (JMESPath)."),
                self.verdict,
            )
        )
        column.addWidget(self.checks)
        column.addSpacing(8)
        column.addLayout(
            self._heading(
                tr("Captures"), tr("Values of the answer that become variables: {name}.", name="{{name}}"), None
            )
        )
        column.addWidget(self.captures)
        column.addStretch()
        state.edited.connect(self._fit)
        state.edited.connect(self._say)
        state.results_changed.connect(self._say)
        self._fit()
        self._say()

    def _heading(self, title: str, remark: str, pill: Pill | None) -> QHBoxLayout:
        heading, said = QLabel(title), QLabel(remark)
        theme.set_role(heading, "strong")
        theme.set_role(said, "meta")
        line = QHBoxLayout()
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(10)
        line.addWidget(heading)
        line.addWidget(said)
        line.addStretch()
        if pill is not None:
            line.addWidget(pill, alignment=Qt.AlignmentFlag.AlignVCenter)
        return line

    def _fit(self) -> None:
        """Each table as high as its rows, so that both are seen together; long ones scroll."""
        for table in (self.checks, self.captures):
            rows = min(table.model().rowCount(), 9)
            table.setFixedHeight(rows * _ROW + table.horizontalHeader().sizeHint().height() + 2)

    @property
    def summary(self) -> str:
        """How many checks of the last answer passed, for a tab's title: `3 of 4`; empty where none was run."""
        ran = [one for one in self.state.results if one.passed is not None]
        if not ran:
            return ""
        return tr("{count} of {all}", count=sum(bool(one.passed) for one in ran), all=len(ran))

    def _say(self) -> None:
        ran = [one for one in self.state.results if one.passed is not None]
        self.verdict.setVisible(bool(ran))
        failed = sum(not one.passed for one in ran)
        if not failed:
            self.verdict.say(tr("all passed") if len(ran) != 1 else tr("passed"), "green")
        else:
            self.verdict.say(tr("{count} of {all} failed", count=failed, all=len(ran)), "red")
