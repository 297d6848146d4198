"""Does this token work? Paste it, say where, press Check. For people who do not program."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from komet_console.errors import UserError
from komet_console.gui import aio, theme
from komet_console.gui.aio import Tasks
from komet_console.gui.environments.button import EnvironmentButton
from komet_console.gui.environments.looks import colour_key, dot_icon
from komet_console.gui.i18n import told, tr
from komet_console.gui.tokens.checking import Checking
from komet_console.gui.tokens.choosers import EnvironmentChooser, KindChooser
from komet_console.gui.tokens.masked import MaskedTokenEdit
from komet_console.gui.tokens.matrix import PermissionMatrix
from komet_console.gui.tokens.page import Page
from komet_console.gui.tokens.verdict_card import VerdictCard
from komet_console.gui.tokens.words import step_name
from komet_console.gui.widgets.buttons import IconButton
from komet_console.session.console import Console
from komet_console.session.doctor import Step
from komet_console.session.permissions import Probed, ProbePlan
from komet_console.workspace.environments import SANDBOX
from komet_console.workspace.token_text import shape_trouble
from komet_console.workspace.tokens import StoredToken

__all__ = ["CheckPage"]


class CheckPage(Page):
    """Signals:
    open_method(str): A method in the matrix was chosen.
    save_asked(): The user wants to keep the token that is examined.
    said(str): Something to say in passing.
    """

    open_method = Signal(str)
    save_asked = Signal()
    said = Signal(str)

    def __init__(self, console: Console, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(
            "checkPage",
            tr("Does this token work?"),
            tr(
                "Paste it, say where, press Check. One to three read calls are made; nothing is changed, "
                "and nothing is stored unless you save it."
            ),
            parent,
        )
        self._console = console
        self._tasks = tasks
        self.checking = Checking(console, tasks, self)
        self.token = MaskedTokenEdit("checkToken")
        theme.set_role(self.token, "token")
        self.chosen = QLabel()
        self.chosen.setObjectName("checkStored")
        self.other = IconButton("close", tr("Check another token"), "checkOther")
        self.kind = KindChooser("checkKind", tall=True)
        self.environment = EnvironmentChooser(console, "checkEnvironment", tall=True)
        self.go = EnvironmentButton(tr("Check"), "checkButton")
        theme.set_role(self.go, "tall")
        self.go.setMinimumWidth(92)
        self.plan = _line("checkPlan", "muted")
        self.remark = _line("checkRemark", "")
        self.progress = QProgressBar()
        self.progress.setObjectName("checkProgress")
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setTextVisible(False)
        self.doing = _line("checkDoing", "muted")
        self.card = VerdictCard()
        self.matrix = PermissionMatrix()
        self.probe_plan: ProbePlan | None = None
        self._lay_out()
        self._connect()
        self._changed()

    # --- parts

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.token, 1)
        line.addWidget(self.chosen, 1)
        line.addWidget(self.other)
        line.addWidget(self.kind)
        line.addWidget(self.environment)
        line.addWidget(self.go)
        below = QVBoxLayout()
        below.setSpacing(4)
        for widget in (self.plan, self.remark, self.doing, self.progress):
            below.addWidget(widget)
        self.column.addLayout(line)
        self.column.addLayout(below)
        self.column.addWidget(self.card)
        self.column.addWidget(self.matrix)
        self.column.addStretch()
        self.probing = QLabel()
        self.probing.setObjectName("probePlan")
        self.probing.setWordWrap(True)
        theme.set_role(self.probing, "small")
        self.probe_button = QPushButton(tr("Probe more"))
        self.probe_button.setObjectName("probeButton")
        self.probe_button.setAccessibleName(self.probe_button.text())
        theme.set_role(self.probe_button, "small")
        self.probe_progress = QProgressBar()
        self.probe_progress.setObjectName("probeProgress")
        self.probe_progress.setAccessibleName(tr("Progress"))
        self.probe_progress.setTextVisible(False)
        self.probe_progress.hide()
        beside = QHBoxLayout()
        beside.setSpacing(12)
        beside.addWidget(self.probe_button, alignment=Qt.AlignmentFlag.AlignTop)
        beside.addWidget(self.probing, 1)
        self.matrix.below.addLayout(beside)
        self.matrix.below.addWidget(self.probe_progress)
        self.matrix.below.setSpacing(6)

    def _connect(self) -> None:
        self.token.value_changed.connect(self._token_changed)
        self.token.repaired.connect(self._show_repairs)
        self.token.returnPressed.connect(self._press)
        self.other.clicked.connect(self.clear)
        self.kind.chosen.connect(self.checking.set_kind)
        self.environment.chosen.connect(self.checking.set_environment)
        self.go.clicked.connect(self._press)
        self.probe_button.clicked.connect(self._press_probe)
        self.card.save_asked.connect(self.save_asked)
        self.card.copy_asked.connect(self._copy)
        self.card.page_asked.connect(self._save_page)
        self.card.elsewhere.aboutToShow.connect(self._fill_elsewhere)
        self.matrix.open_method.connect(self.open_method)
        self.checking.changed.connect(self._changed)
        self.checking.stepped.connect(self._stepped)
        self.checking.ended.connect(self._ended)
        self.checking.probed.connect(self._probed)
        self.checking.probing_ended.connect(self._probing_ended)

    # --- what is examined

    def set_environment(self, environment: str) -> None:
        """Examine there, as long as no token is being examined."""
        if not self.checking.ready:
            self.checking.set_environment(environment)

    def show_stored(self, stored: StoredToken) -> None:
        """Examine a stored token; its value is fetched when Check is pressed."""
        self.token.set_value("")
        self.checking.set_stored(stored)

    def show_value(self, value: str, environment: str) -> None:
        """Examine a token that comes from elsewhere in the window; nothing is sent before Check is pressed."""
        self.checking.set_environment(environment)
        self.token.set_value(value)
        self.checking.set_value(value)
        self.go.setFocus()

    def clear(self) -> None:
        """Make room for another token."""
        self.token.set_value("")
        self.checking.set_value("")
        self.token.setFocus()

    def saved(self, stored: StoredToken) -> None:
        """The token that is examined is kept now, with what was found out about it."""
        self.checking.saved(stored)
        with QSignalBlocker(self.token):
            self.token.set_value("")
        self._show_subject()
        if self.checking.report is not None:
            self.card.show_report(self.checking.report, stored=True)
            self._show_matrix()

    def reload(self) -> None:
        """Environments or tokens were changed elsewhere."""
        self.environment.reload()
        stored = self.checking.stored
        if stored is not None and self._console.tokens.find(stored.id) is None:
            self.clear()
        if self._console.environments.find(self.checking.environment) is None:
            self.checking.set_environment(SANDBOX)
        self._show_plan()

    def _token_changed(self) -> None:
        self.remark.hide()
        self.checking.set_value(self.token.value)

    def _show_repairs(self, repairs: list[str]) -> None:
        lines = [*repairs, *(shape_trouble(self.token.value) if self.token.value else ())]
        self.remark.setText(" ".join(lines))
        self.remark.setVisible(bool(lines))

    def _changed(self) -> None:
        """Another token, place or kind: what was found out is no longer about it."""
        self._show_subject()
        self.card.hide()
        self.matrix.hide()
        self._show_plan()
        self._show_running()

    def _show_subject(self) -> None:
        stored = self.checking.stored
        self.token.setVisible(stored is None)
        self.chosen.setVisible(stored is not None)
        self.other.setVisible(stored is not None)
        if stored is not None:
            self.chosen.setText(tr("{name}, {ends}", name=stored.name, ends=stored.shown))
            self.remark.hide()
        self.environment.setEnabled(stored is None)
        self.environment.show_environment(self.checking.environment)
        self.kind.show_kind(self.checking.kind)

    def _show_plan(self) -> None:
        self.plan.setText(tr(self.checking.plan.text))
        stored = self._console.environments.get(self.checking.environment)
        self.go.set_environment(colour_key(stored))
        self.go.setAccessibleName(tr("Check in {environment}", environment=stored.name))
        self.go.setToolTip(self.checking.host or stored.name)

    def _show_running(self) -> None:
        running = self.checking.running
        self.go.setText(tr("Stop") if running else tr("Check"))
        self.go.setEnabled(self.checking.ready)
        checks = running and self.checking.report is None
        self.progress.setVisible(checks)
        self.doing.setVisible(checks)
        self.plan.setVisible(not checks)

    # --- checking

    def _press(self) -> None:
        if self.checking.running:
            self.checking.stop()
            return
        if not self.checking.ready:
            return
        self.card.hide()
        self.matrix.hide()
        self.progress.setRange(0, max(1, self.checking.plan.most))
        self.progress.setValue(0)
        self.doing.setText(tr("Calling {host}…", host=self.checking.host or tr("the sandbox")))
        self.checking.check()
        self._show_running()

    def _stepped(self, step: Step) -> None:
        self.progress.setValue(min(self.progress.maximum(), self.progress.value() + 1))
        self.doing.setText(tr("{method}: {outcome}", method=step.method, outcome=step_name(step.outcome)))

    def _ended(self) -> None:
        report, trouble = self.checking.report, self.checking.trouble
        if report is not None:
            self.card.show_report(report, stored=self.checking.stored is not None)
            self.card.show()
            if report.works:
                self._show_matrix()
                self.matrix.show()
        elif trouble is not None:
            self.card.show_trouble(trouble)
            self.card.show()
        self._show_plan()
        self._show_running()
        if self.card.isVisible():
            self.show_part(self.card)

    def _copy(self) -> None:
        from komet_console.session.reporting import paragraph  # only when a result leaves the window

        if self.checking.report is not None:
            QGuiApplication.clipboard().setText(paragraph(self.checking.report))
            self.said.emit(tr("The result was copied, without the token."))

    def _save_page(self) -> None:
        self._tasks.start(self._write_page(), name="save a result")

    async def _write_page(self) -> None:
        from komet_console.session.reporting import page

        report = self.checking.report
        if report is None:
            return
        chosen = await aio.ask_save_file(
            self, tr("Save the result as a page"), name="token-check.html", filters=(tr("Web pages (*.html)"),)
        )
        if chosen is None:
            return
        try:
            chosen.write_text(page(report), encoding="utf-8")
        except OSError as error:
            self.card.show_trouble(UserError(tr("The page could not be saved."), error.strerror or "", str(chosen)))
        else:
            self.said.emit(tr("Saved {path}, without the token.", path=chosen.name))

    def _fill_elsewhere(self) -> None:
        menu = self.card.elsewhere
        menu.clear()
        for stored in self._console.environments.all():
            if stored.id == self.checking.environment:
                continue
            host = stored.host or tr("this computer")
            action = menu.addAction(dot_icon(colour_key(stored)), f"{stored.name.replace('&', '&&')}\t{host}")
            action.setObjectName(f"elsewhere.{stored.id}")
            action.setData(stored.id)
            action.triggered.connect(lambda _=False, key=stored.id: self._try_in(key))

    def _try_in(self, environment: str) -> None:
        """The other place is chosen and named; nothing is sent before Check is pressed."""
        self.checking.set_environment(environment)
        self.doing.setText(
            tr(
                "Press Check to send the token to {host}.",
                host=self.checking.host or tr("the sandbox on this computer"),
            )
        )
        self.doing.show()
        self.show_part(self.go)
        self.go.setFocus()

    # --- every method

    def _show_matrix(self) -> None:
        self.matrix.show_permissions(self.checking.rows())
        plan = self.probe_plan = self.checking.probe_plan()
        count = len(plan.methods)
        self.probe_button.setText(
            tr("Probe more, 1 read call") if count == 1 else tr("Probe more, {count} read calls", count=count)
        )
        self.probe_button.setAccessibleName(self.probe_button.text())
        self.probe_button.setVisible(bool(count))
        if count:
            self.probing.setText(tr(plan.text))
        else:
            self.probing.setText(tr("Every read method that needs no id was tried."))
        self.probe_progress.hide()

    def _press_probe(self) -> None:
        if self.checking.running:
            self.checking.stop()
            self.probe_button.setEnabled(False)
            return
        plan = self.probe_plan
        if plan is None or not plan.methods:
            return
        self.probe_progress.setRange(0, len(plan.methods))
        self.probe_progress.setValue(0)
        self.probe_progress.show()
        self.probe_button.setText(tr("Stop"))
        self.checking.probe(plan)
        self.go.setEnabled(False)

    def _probed(self, one: Probed) -> None:
        self.probe_progress.setValue(one.number)
        said = {"accepted": tr("accepted"), "refused": tr("refused"), "limited": tr("quota used up")}
        outcome = said.get(one.outcome or "", tr(one.sentence))
        self.probing.setText(
            tr(
                "{number} of {total}: {method}, {outcome}",
                number=one.number,
                total=one.total,
                method=one.method,
                outcome=outcome,
            )
        )
        self.matrix.show_permissions(self.checking.rows())

    def _probing_ended(self) -> None:
        self.probe_button.setEnabled(True)
        self._show_matrix()
        if self.checking.trouble is not None:
            self.probing.setText(told(self.checking.trouble))
        self._show_running()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.checking.running:
            self.checking.stop()
            return
        super().keyPressEvent(event)


def _line(name: str, role: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.hide()
    if role:
        theme.set_role(label, role)
    return label
