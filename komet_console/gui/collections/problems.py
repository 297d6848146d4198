"""A list of sentences that somebody may want to read in peace, or copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.sheet import Sheet, push_button

__all__ = ["ProblemsDialog"]


class ProblemsDialog(Sheet):
    """Files that cannot be read, one a line."""

    def __init__(self, lines: Sequence[str], tasks: Tasks, parent: QWidget | None) -> None:
        super().__init__(
            "problemsDialog",
            tr("Files that cannot be read"),
            tr(
                "They were left alone, and everything else is there. Correct them in an editor, and they appear here again."
            ),
            "",
            tasks,
            parent,
        )
        self._text = "\n".join(lines)
        self.lines = QPlainTextEdit("\n\n".join(lines))
        self.lines.setObjectName("problemsDialog.lines")
        self.lines.setAccessibleName(tr("Files that cannot be read"))
        self.lines.setReadOnly(True)
        self.lines.document().setDocumentMargin(8)
        self.lines.setTabChangesFocus(True)
        self.body.addWidget(self.lines, 1)
        copy = push_button("problemsDialog.copy", tr("Copy"))
        copy.clicked.connect(self._copy)
        self.left.addWidget(copy)
        self.resize(640, 360)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
