"""What a check came to: the answer in a sentence, what is proven and by what, what is not, what to do now."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from komet_console.errors import UserError
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.tokens.words import headline, moment, step_name, verdict_name, verdict_tone
from komet_console.gui.widgets.pill import Pill
from komet_console.gui.widgets.sheet import push_button
from komet_console.session.doctor import Found, Report, Step

__all__ = ["VerdictCard"]

_LABEL = 112


class VerdictCard(QFrame):
    """Signals:
    save_asked(), copy_asked(), page_asked(): The buttons.
    """

    save_asked = Signal()
    copy_asked = Signal()
    page_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verdictCard")
        self.pill = Pill("", "slate", strong=True)
        self.title = _label("verdictTitle", "heading")
        self.sentence = _label("verdictSentence")
        self.meta = _label("verdictMeta", "small")
        self.meta.setWordWrap(False)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.pill, alignment=Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        head.addWidget(self.meta, alignment=Qt.AlignmentFlag.AlignTop)
        self._place = QVBoxLayout()
        """Holds the rows; they are made anew for each report."""
        self._rows: QWidget | None = None
        self._shown: tuple[Report, bool] | None = None
        self.save = push_button("saveToken", tr("Save token…"), "small")
        self.copy = push_button("copyResult", tr("Copy result for a ticket"), "small")
        self.page = push_button("saveResult", tr("Save as a page…"), "small")
        self.other = push_button("tryElsewhere", tr("Try it in another environment"), "small")
        self.elsewhere = QMenu(self.other)
        self.elsewhere.setObjectName("tryElsewhereMenu")
        self.other.setMenu(self.elsewhere)
        self.save.clicked.connect(self.save_asked)
        self.copy.clicked.connect(self.copy_asked)
        self.page.clicked.connect(self.page_asked)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.save, self.copy, self.page, self.other):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.sentence)
        column.addLayout(self._place)
        column.addLayout(buttons)
        theme.manager().changed.connect(self._repaint_words)
        self._minute = QTimer(self)
        self._minute.setInterval(60_000)
        self._minute.timeout.connect(self._show_age)
        self._minute.start()

    def _repaint_words(self) -> None:
        """The quiet words carry their colour in them."""
        if self._shown is not None:
            self.show_report(self._shown[0], stored=self._shown[1])

    def show_report(self, report: Report, *, stored: bool) -> None:
        """Show what a check came to.

        Args:
            stored: the token is kept already.
        """
        self._shown = (report, stored)
        tone = verdict_tone(report.verdict.value)
        self.pill.say(verdict_name(report.verdict.value), tone)
        self.title.setText(headline(report))
        self.sentence.setText(tr(report.sentence))
        self.sentence.show()
        self._show_age()
        theme.set_role(self, f"verdict-{tone if tone in ('green', 'amber', 'red') else 'slate'}")
        rows: list[tuple[str, str]] = [(tr("What to do now"), escape(tr(report.advice)))]
        rows.append((tr("Where"), _where(report)))
        rows += [(tr(one.name), _found(one)) for one in report.found]
        if report.shape and report.works is not True:
            rows.append((tr("Its shape"), "<br>".join(escape(tr(line)) for line in report.shape)))
        if report.steps:
            rows.append((tr("Calls made"), "<br>".join(_step(step) for step in report.steps)))
        self._fill(rows)
        self.save.setVisible(not stored and report.works is not False)
        self.other.setVisible(not stored)
        for button in (self.copy, self.page):
            button.show()
        self.setAccessibleName(f"{self.title.text()} {tr(report.sentence)}")
        self.setAccessibleDescription(tr(report.advice))

    def _show_age(self) -> None:
        """When it was checked, as of now."""
        if self._shown is not None:
            report = self._shown[0]
            calls = tr("1 call") if len(report.steps) == 1 else tr("{count} calls", count=len(report.steps))
            when = moment(int(report.at.timestamp() * 1000))
            self.meta.setText(tr("checked {when} · {calls}", when=when, calls=calls))

    def show_trouble(self, error: UserError) -> None:
        """Nothing could be sent at all."""
        self._shown = None
        self.pill.say(tr("Not checked"), "amber")
        self.title.setText(tr(error.message))
        self.sentence.setText(error.details)
        self.sentence.setVisible(bool(error.details))
        self.meta.setText(tr("no call was made"))
        theme.set_role(self, "verdict-amber")
        self._fill([(tr("What to do now"), escape(tr(error.hint)))] if error.hint else [])
        for button in (self.save, self.copy, self.page):
            button.hide()
        self.other.show()
        self.setAccessibleName(tr(error.message))

    def _fill(self, rows: list[tuple[str, str]]) -> None:
        if self._rows is not None:
            self._place.removeWidget(self._rows)
            self._rows.setParent(None)
            self._rows.deleteLater()
        self._rows = QWidget()
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(7)
        grid.setColumnMinimumWidth(0, _LABEL)
        grid.setColumnStretch(1, 1)
        for number, (name, text) in enumerate(rows):
            label = QLabel(name)
            theme.set_role(label, "muted")
            value = _label(f"verdictRow.{number}")
            value.setTextFormat(Qt.TextFormat.RichText)
            value.setText(text)
            grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, number, 1)
        self._place.addWidget(self._rows)


def _label(name: str, role: str = "") -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        theme.set_role(label, role)
    return label


def _quiet(text: str) -> str:
    return f'<span style="color:{theme.color("muted").name()}">{escape(text)}</span>'


def _found(one: Found) -> str:
    value, evidence = tr(one.value), tr(one.evidence)
    if not evidence:
        return _quiet(value)
    if one.name == "Kind":
        evidence = tr("proven: {evidence}", evidence=evidence)
    return f"{escape(value[:1].upper() + value[1:])} &nbsp;{_quiet(evidence)}"


def _where(report: Report) -> str:
    token = f"{report.token} {report.name}".strip()
    return f"{escape(report.environment)} &nbsp;{_quiet(tr('{host}, token {token}', host=report.host, token=token))}"


def _step(step: Step) -> str:
    status = tr("no answer") if step.status is None else f"HTTP {step.status}"
    facts = tr("{status}, {time} ms", status=status, time=f"{step.milliseconds:,.0f}")
    words = f" “{tr(step.words)}”" if step.words else ""
    return f"{escape(step.method)}: {escape(step_name(step.outcome))} &nbsp;{_quiet(facts + words)}"
