"""What shows an answer, from top to bottom: header, find bar, explanation, a remark, the answer itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from komet_console.gui import theme
from komet_console.gui.answer.body import AnswerBody
from komet_console.gui.answer.explain import ExplanationPanel
from komet_console.gui.answer.findbar import FindBar
from komet_console.gui.answer.header import AnswerHeader

__all__ = ["MARGIN", "AnswerPane"]

MARGIN = 16


class AnswerPane(QFrame):
    """The parts and where they stand; `AnswerView` says what they show.

    Signals:
        find_bar_made(object): The find bar is there from now on.
    """

    find_bar_made = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = AnswerHeader(self)
        self.header.save.setVisible(False)
        self.header.secrets.setVisible(False)
        self._find_bar: FindBar | None = None
        self.panel = ExplanationPanel(self)
        self.panel.hide()
        self.notice = QLabel(self)
        self.notice.setObjectName("answerNotice")
        self.notice.setWordWrap(True)
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.notice, "small")
        self.notice.hide()
        self.body = AnswerBody(self)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        for widget, above in ((self.panel, 0), (self.notice, 6)):
            holder = QVBoxLayout()
            holder.setContentsMargins(MARGIN, above, MARGIN, 0)
            holder.addWidget(widget)
            column.addLayout(holder)
        column.addSpacing(6)
        column.addWidget(self.body, 1)

    @property
    def find_bar(self) -> FindBar:
        """Find in the answer; made when somebody looks for something."""
        if self._find_bar is None:
            self._find_bar = FindBar(self)
            self._column.insertWidget(1, self._find_bar)
            self.body.found.connect(self._find_bar.show_count)
            self.find_bar_made.emit(self._find_bar)
        return self._find_bar

    @property
    def finding(self) -> bool:
        """Whether the find bar is open."""
        return self._find_bar is not None and not self._find_bar.isHidden()
