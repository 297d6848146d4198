"""The head of an answer: status, outcome, one sentence, time and size, the choice of views, and what can be done with it.

Where there is room it is one row; with less the sentence gets rows of its own, and the choice becomes a menu.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolTip, QVBoxLayout, QWidget

from komet_console.gui import theme
from komet_console.gui.answer.sentence import Sentence
from komet_console.gui.answer.verdict import Verdict
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.pill import Pill
from komet_console.gui.widgets.segmented import SegmentedControl

__all__ = ["AnswerHeader"]

_MARGIN = 16
_GAP = 10
_SLACK = 12
"""Pixels that time and size may have too many: while they fit, another answer arranges nothing anew."""


class AnswerHeader(QFrame):
    """Signals:
    view_chosen(str): Another view of the answer is wanted.
    """

    view_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("answerHeader")
        self.status = Pill("", strong=True, parent=self)
        self.status.setObjectName("answerStatus")
        self.outcome = Pill("", strong=True, parent=self)
        self.outcome.setObjectName("answerOutcome")
        self.origin = Pill("", parent=self)
        self.origin.setObjectName("answerOrigin")
        self.origin.hide()
        self.sentence = Sentence(self)
        self.meta = QLabel(self)
        self.meta.setObjectName("answerMeta")
        theme.set_role(self.meta, "meta")
        self.explain = QPushButton(tr("What does this mean?"), self)
        self.explain.setObjectName("explainAnswer")
        self.explain.setCheckable(True)
        self.explain.setCursor(Qt.CursorShape.PointingHandCursor)
        self.explain.toggled.connect(self._explain_toggled)
        theme.set_role(self.explain, "inline")
        self.views = SegmentedControl([], self)
        self.views.setObjectName("answerViews")
        self.views.setAccessibleName(tr("Views of the answer"))
        self.views.chosen.connect(self.view_chosen)
        self.menu_button = QPushButton(self)
        self.menu_button.setObjectName("answerViewsMenu")
        self.menu_button.setAccessibleName(tr("Views of the answer"))
        theme.set_role(self.menu_button, "small")
        self.menu_button.clicked.connect(self._show_menu)
        self.search = IconButton("search", tr("Find in the answer (Ctrl+F)"), "findAnswer", self)
        self.copy = IconButton("copy", tr("Copy the selection, or everything"), "copyAnswer", self)
        self.save = IconButton("save", tr("Save the answer as a file…"), "saveAnswer", self)
        self.secrets = IconButton("eye", tr("Show secrets of this answer"), "showSecrets", self)
        self.secrets.setCheckable(True)
        self.place = IconButton("columns", tr("Place the answer beside or below the request"), "placeAnswer", self)
        self._tools = (self.search, self.copy, self.save, self.secrets, self.place)
        self._choices: list[tuple[str, str]] = []
        self._shape: tuple[str, bool, bool] | None = None
        self._question_width: dict[str, int] = {}
        self._changing = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        self._column.setSpacing(6)
        self._lines: list[QHBoxLayout] = []
        self.setMinimumWidth(0)

    # --- what it says

    @contextmanager
    def changing(self) -> Iterator[None]:
        """What is changed within is arranged once, at the end."""
        within, self._changing = self._changing, True
        try:
            yield
        finally:
            self._changing = within
            self._arrange()

    def say(self, verdict: Verdict, meta: str) -> None:
        """Show another answer's head."""
        self.status.say(verdict.status, verdict.status_tone)
        self.outcome.say(verdict.outcome, verdict.outcome_tone)
        self.sentence.say(verdict.sentence, verdict.words)
        self.meta.setText(meta)
        wanted = self.meta.sizeHint()
        if not wanted.width() <= self.meta.width() <= wanted.width() + _SLACK or wanted.height() != self.meta.height():
            self.meta.setFixedSize(wanted.width() + _SLACK // 3, wanted.height())
        self.meta.setVisible(bool(meta))
        self.setAccessibleName(
            tr(
                "{status}, {outcome}: {sentence}",
                status=verdict.status,
                outcome=verdict.outcome,
                sentence=self.sentence.text(),
            )
        )
        self._arrange()

    def say_origin(self, environment: str) -> None:
        """Whose answer this is, where calls go to another environment by now; empty where they still go there."""
        self.origin.say(tr("from {environment}", environment=environment) if environment else "", "amber")
        self.origin.setToolTip(tr("The environment was changed since this call was made.") if environment else "")
        self.show_tool(self.origin, bool(environment))
        self._arrange()

    def offer(self, choices: list[tuple[str, str]], current: str) -> None:
        """Offer views (key and label), one of them shown."""
        if choices != self._choices:
            self._choices = choices
            self.views.set_choices(choices)
            self._shape = None
        self.choose(current)
        self._arrange()

    def choose(self, key: str) -> None:
        """Show which view is on."""
        self.views.current = key
        self.menu_button.setText(f"{dict(self._choices).get(key, '')} ▾")

    def show_tool(self, tool: QWidget, on: bool) -> None:
        """Show or hide one of the buttons."""
        if tool.isHidden() == on:
            tool.setVisible(on)
            self._arrange()

    def tell(self, text: str, tool: QWidget) -> None:
        """A short word at a button: that it has done its work."""
        QTimer.singleShot(0, self, partial(QToolTip.showText, tool.mapToGlobal(QPoint(0, tool.height())), text, tool))

    def _explain_toggled(self, on: bool) -> None:
        self.explain.setAccessibleName(tr("Hide what this means") if on else tr("What does this mean?"))
        self._shape = None
        self._arrange()

    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("answerViewsList")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, label in self._choices:
            action = menu.addAction(label)
            action.setCheckable(True)
            action.setChecked(key == self.views.current)
            action.triggered.connect(partial(self.view_chosen.emit, key))
        menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height() + 2)))

    # --- arranging

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _tools_width(self) -> int:
        return sum(28 for tool in self._tools if not tool.isHidden())

    def _wanted(self) -> tuple[str, bool]:
        """How many rows there are to be (one, two, four), and whether the choice of views fits."""
        room = self.width() - 2 * _MARGIN
        right = self._tools_width() + (self.views.sizeHint().width() + 16 if self._choices else 0)
        left = self.status.sizeHint().width() + self.outcome.sizeHint().width() + self.meta.width() + 4 * _GAP
        left += 0 if self.origin.isHidden() else self.origin.sizeHint().width() + _GAP
        left += self._ask(room - left - right)
        if left + self.sentence.sizeHint().width() + _GAP + right <= room:
            return "one", True
        if left + right <= room:
            return "two", True
        self._ask(room - self.meta.width() - _GAP)  # they share a row of their own
        return "four", right <= room

    def _ask(self, room: int) -> int:
        """Put the question for the meaning in as many words as there is room for; the width it takes."""
        wordings = [tr("Less")] if self.explain.isChecked() else [tr("What does this mean?"), tr("Explain")]
        for words in wordings:
            if words not in self._question_width:
                self._question_width[words] = self._width_of_question(words)
            if self._question_width[words] <= room:
                break
        if words != self.explain.text():
            self.explain.setText(words)
        return self._question_width[words]

    def _width_of_question(self, words: str) -> int:
        self.explain.setText(words)
        return self.explain.sizeHint().width()

    def minimumSizeHint(self) -> QSize:
        """It gives way: with less room it has more rows."""
        return QSize(220, super().minimumSizeHint().height())

    def _arrange(self) -> None:
        if self._changing:
            return
        rows, fits = self._wanted()
        shape = rows, fits, self.origin.isHidden()
        if shape == self._shape:
            return
        self._shape = shape
        for line in self._lines:
            while line.count():
                line.takeAt(0)
            self._column.removeItem(line)
            line.deleteLater()
        self._lines = []
        self.views.setVisible(fits and bool(self._choices))
        self.menu_button.setVisible(not fits and bool(self._choices))
        self.sentence.set_lines({"one": 1, "two": 2, "four": 4}[rows])
        choice: QWidget = self.views if fits else self.menu_button
        if rows == "one":
            words = (self.status, self.outcome, self.origin, self.sentence, self.meta, self.explain)
            self._line(*words, None, choice, 6, *self._tools)
        elif rows == "two":
            self._line(self.status, self.outcome, self.origin, self.meta, self.explain, None, choice, 6, *self._tools)
            self._line(self.sentence)
        else:
            self._line(self.status, self.outcome, self.origin, None)
            self._line(self.sentence)
            self._line(self.explain, None, self.meta)
            self._line(choice, None, *self._tools)

    def _line(self, *parts: QWidget | int | None) -> None:
        """A row: widgets, gaps (numbers) and stretches (None)."""
        line = QHBoxLayout()
        line.setSpacing(0)
        for number, part in enumerate(parts):
            if part is None:
                line.addStretch()
            elif part is self.origin and self.origin.isHidden():
                continue  # and no gap behind it
            elif isinstance(part, int):
                line.addSpacing(part)
            else:
                line.addWidget(part)
                if number + 1 < len(parts) and part not in self._tools:
                    line.addSpacing(_GAP)
        self._column.addLayout(line)
        self._lines.append(line)
