"""What the history is narrowed down with: a line to type in, and a few choices that open below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDateEdit,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from komet_console.gui import theme
from komet_console.gui.history.words import OUTCOMES, outcome_name
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.search_edit import SearchEdit
from komet_console.gui.widgets.sheet import push_button
from komet_console.workspace.history import Filter

__all__ = ["Filters"]

_STATUS: dict[str, int | tuple[int, int] | None] = {
    "": None,
    "2xx": (200, 299),
    "3xx": (300, 399),
    "4xx": (400, 499),
    "5xx": (500, 599),
    **{str(one): one for one in (200, 400, 401, 403, 404, 429, 500, 502, 503)},
}


class Filters(QWidget):
    """Signals:
    changed(): Something else is looked for.
    """

    changed = Signal()

    def __init__(
        self, methods: Sequence[str], environments: Callable[[], Sequence[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._environments = environments
        self.search = SearchEdit("historySearch", tr("Search requests and answers"), tr("Search the history"))
        self.more = IconButton("filter", tr("More to filter by"), "historyFilter")
        self.more.setCheckable(True)
        self.box = QFrame()
        self.box.setObjectName("historyFilters")
        theme.set_role(self.box, "card")
        self.box.hide()
        self.method = QLineEdit()
        self.method.setPlaceholderText(tr("any"))
        completer = QCompleter(list(methods), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.method.setCompleter(completer)
        self.status = self._combo([("", tr("any")), *((key, key) for key in _STATUS if key)])
        self.outcome = self._combo([("", tr("any")), *((key, outcome_name(key)) for key in OUTCOMES)])
        self.environment = self._combo([("", tr("any"))])
        self.when = self._combo(
            [
                ("", tr("any time")),
                ("today", tr("today")),
                ("yesterday", tr("yesterday")),
                ("7", tr("the last 7 days")),
                ("30", tr("the last 30 days")),
                ("range", tr("from … to …")),
            ]
        )
        self.first, self.last = self._date(tr("From")), self._date(tr("To"))
        self.clear_all = push_button("historyFilter.clear", tr("Clear the filters"), "link")
        self._lay_out()
        completer.activated.connect(lambda _text: self.changed.emit())
        self.search.textChanged.connect(self.changed)
        self.method.editingFinished.connect(self._method_done)
        self._method = ""
        self.more.toggled.connect(self._toggle)
        self.clear_all.clicked.connect(self.clear)
        for combo in (self.status, self.outcome, self.environment, self.when):
            combo.currentIndexChanged.connect(self._chosen)
        for edit in (self.first, self.last):
            edit.dateChanged.connect(self.changed)

    def _combo(self, rows: Sequence[tuple[str, str]]) -> QComboBox:
        combo = QComboBox()
        for key, text in rows:
            combo.addItem(text, key)
        combo.setMinimumContentsLength(6)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return combo

    def _date(self, name: str) -> QDateEdit:
        edit = QDateEdit(QDate.currentDate())
        edit.setDisplayFormat("yyyy-MM-dd")
        edit.setCalendarPopup(True)
        edit.setAccessibleName(name)
        return edit

    def _lay_out(self) -> None:
        grid = QGridLayout(self.box)
        grid.setContentsMargins(10, 10, 10, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        rows: list[tuple[str, str, QWidget]] = [
            ("method", tr("Method"), self.method),
            ("outcome", tr("Outcome"), self.outcome),
            ("status", tr("Status"), self.status),
            ("environment", tr("Where"), self.environment),
            ("when", tr("When"), self.when),
        ]
        for number, (key, label, field) in enumerate(rows):
            beside = QLabel(label)
            theme.set_role(beside, "small")
            beside.setBuddy(field)
            field.setObjectName(f"historyFilter.{key}")
            field.setAccessibleName(label)
            grid.addWidget(beside, number, 0)
            grid.addWidget(field, number, 1)
        self._dates: list[QWidget] = []
        for number, (key, label, edit) in enumerate(
            (("first", tr("From"), self.first), ("last", tr("To"), self.last)), start=len(rows)
        ):
            beside = QLabel(label)
            theme.set_role(beside, "small")
            beside.setBuddy(edit)
            edit.setObjectName(f"historyFilter.{key}")
            grid.addWidget(beside, number, 0)
            grid.addWidget(edit, number, 1)
            self._dates += [beside, edit]
        self._show_dates(on=False)
        grid.addWidget(self.clear_all, len(rows) + 2, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.search, 1)
        line.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.box)

    # --- what is looked for

    def wanted(self, today: date) -> Filter:
        """What the fields say."""
        first, last = self._range(today)
        return Filter(
            text=self.search.text().strip(),
            method=self.method.text().strip(),
            status=_STATUS[self.status.currentData()],
            outcome=self.outcome.currentData(),
            environment=self.environment.currentData(),
            since=_midnight(first) if first else None,
            until=_midnight(last + timedelta(days=1)) - timedelta(milliseconds=1) if last else None,
        )

    def _range(self, today: date) -> tuple[date | None, date | None]:
        key = self.when.currentData()
        if key == "today":
            return today, None
        if key == "yesterday":
            return today - timedelta(days=1), today - timedelta(days=1)
        if key == "range":
            first, last = (_day(edit.date()) for edit in (self.first, self.last))
            return min(first, last), max(first, last)
        return (today - timedelta(days=int(key) - 1), None) if key else (None, None)

    def count(self) -> int:
        """How many filters are set besides the text."""
        combos = (self.status, self.outcome, self.environment, self.when)
        return sum(bool(combo.currentData()) for combo in combos) + bool(self.method.text().strip())

    def clear(self) -> None:
        """Look for everything again."""
        with QSignalBlocker(self):
            self.search.clear()
            self.method.clear()
            self._method = ""
            for combo in (self.status, self.outcome, self.environment, self.when):
                combo.setCurrentIndex(0)
        self.changed.emit()

    def set_method(self, name: str) -> None:
        """Only calls of one method."""
        self.method.setText(name)
        self._method_done()

    # --- following

    def _toggle(self, on: bool) -> None:
        if on:
            self._fill_environments()
        self.box.setVisible(on)
        if on:
            self.method.setFocus()

    def _fill_environments(self) -> None:
        chosen = self.environment.currentData()
        with QSignalBlocker(self.environment):
            self.environment.clear()
            self.environment.addItem(tr("any"), "")
            for name in self._environments():
                self.environment.addItem(name, name)
            self.environment.setCurrentIndex(max(0, self.environment.findData(chosen)))

    def _method_done(self) -> None:
        if self.method.text().strip() != self._method:
            self._method = self.method.text().strip()
            self.changed.emit()

    def _chosen(self) -> None:
        self._show_dates(on=self.when.currentData() == "range")
        self.changed.emit()

    def _show_dates(self, *, on: bool) -> None:
        for widget in self._dates:
            widget.setVisible(on)


def _day(found: QDate) -> date:
    return date(found.year(), found.month(), found.day())


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day).astimezone()
