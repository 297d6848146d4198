"""The request as code: what is shown is what would be sent, with the token masked until somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from komet_console.errors import UserError
from komet_console.exchange import TOKEN_REFERENCE, PreparedRequest
from komet_console.exchange.snippets import LANGUAGES, PLACEHOLDER, snippet
from komet_console.gui import theme
from komet_console.gui.code.colours import CodeColours
from komet_console.gui.i18n import tr
from komet_console.gui.request.model import RequestModel
from komet_console.gui.widgets.empty import EmptyState

__all__ = ["CodeView"]

_QUIET = 150
"""Milliseconds without a change before the code is written again."""
_COPIED = 1600
"""So long the button says that it has copied."""
_MOST_SHOWN, _LONGEST_LINE = 100_000, 2_000
"""Characters that are shown, of all and of a line. A file in the body is one line of millions, and a text field halts for
seconds over a tenth of that; Copy takes everything."""


class CodeView(QWidget):
    """Follows the request while it is visible.

    Args:
        prepare: The exact request as it would be sent now, or why there is none.

    Signals:
        copied(str): The code was copied; carries the language's id.
    """

    copied = Signal(str)

    def __init__(
        self, model: RequestModel, prepare: Callable[[], PreparedRequest | UserError], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("codeView")
        self._model = model
        self._prepare = prepare
        self._prepared: PreparedRequest | None = None
        self._code = ""
        self._shortened = False
        self.language = QComboBox()
        self.language.setObjectName("codeLanguage")
        self.language.setAccessibleName(tr("Language"))
        for one in LANGUAGES:
            self.language.addItem(one.label, one.id)
        self.language.setMinimumWidth(172)
        self.language.currentIndexChanged.connect(self._hide_token)
        self.reveal = QPushButton(tr("Show the token"))
        self.reveal.setObjectName("codeReveal")
        self.reveal.setCheckable(True)
        theme.set_role(self.reveal, "small")
        theme.icons.set_icon(self.reveal, "eye")
        self.reveal.toggled.connect(self._write)
        self.copy = QPushButton(tr("Copy"))
        self.copy.setObjectName("codeCopy")
        self.copy.setToolTip(tr("Copy the code as it is shown"))
        theme.set_role(self.copy, "small")
        theme.icons.set_icon(self.copy, "copy")
        self.copy.clicked.connect(self._copy)
        self.text = QPlainTextEdit()
        self.text.setObjectName("codeText")
        self.text.setAccessibleName(tr("The request as code"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setFont(theme.fonts.code())
        self.text.document().setDocumentMargin(16)
        theme.set_role(self.text, "code")
        self._colours = CodeColours(self.text.document())
        self._trouble = EmptyState()
        self._trouble.setObjectName("codeTrouble")
        self.note = QLabel()
        self.note.setObjectName("codeNote")
        self.note.setWordWrap(True)
        theme.set_role(self.note, "meta")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET)
        self._timer.timeout.connect(self.refresh)
        self._thanks = QTimer(self)
        self._thanks.setSingleShot(True)
        self._thanks.setInterval(_COPIED)
        self._thanks.timeout.connect(self._offer_copy)
        model.draft_changed.connect(self.follow)
        theme.manager().changed.connect(self._colours.rehighlight)

    def _lay_out(self) -> None:
        bar = QFrame()
        theme.set_role(bar, "bar")
        line = QHBoxLayout(bar)
        line.setContentsMargins(16, 6, 16, 6)
        line.setSpacing(8)
        line.addWidget(self.language)
        line.addStretch()
        line.addWidget(self.reveal)
        line.addWidget(self.copy)
        foot = QFrame()
        theme.set_role(foot, "foot")
        below = QHBoxLayout(foot)
        below.setContentsMargins(16, 6, 16, 6)
        below.addWidget(self.note)
        self._foot = foot
        self._stack = QStackedWidget()
        self._stack.addWidget(self.text)
        self._stack.addWidget(self._trouble)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._stack, 1)
        column.addWidget(foot)

    # --- following the request

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._hide_token()

    def follow(self) -> None:
        """The request, or where it goes, has changed: write the code again in a moment, if somebody sees it."""
        if self.isVisible():
            self._timer.start()

    def refresh(self) -> None:
        """Write the code of the request as it is now; where there is none, say why."""
        self._timer.stop()
        prepared = self._prepare()
        if isinstance(prepared, UserError):
            self._prepared = None
            self._say(prepared)
            return
        if self._prepared is not None and prepared != self._prepared and self.reveal.isChecked():
            self._prepared = prepared
            self._hide_token()
            return
        self._prepared = prepared
        self._write()

    def _say(self, error: UserError) -> None:
        self._code = ""
        self._trouble.headline.setText(tr(error.message))
        self._trouble.headline.setWordWrap(True)
        self._trouble.sentence.setText(tr(error.hint))
        self._stack.setCurrentWidget(self._trouble)
        self._foot.hide()
        for button in (self.reveal, self.copy):
            button.setEnabled(False)

    # --- the code

    @property
    def code(self) -> str:
        """The whole code as it is shown, or as much of it as would be copied; empty where there is none."""
        return self._code

    def _hide_token(self) -> None:
        if self.reveal.isChecked():
            self.reveal.setChecked(False)  # writes
        else:
            self._write()

    def _write(self) -> None:
        if self._prepared is None:
            return
        language = LANGUAGES[self.language.currentIndex()]
        revealed = self.reveal.isChecked()
        code = snippet(self._prepared, language.id, reveal=revealed)
        masked = code if not revealed else snippet(self._prepared, language.id)
        has_token = PLACEHOLDER in masked
        self.reveal.setText(tr("Hide the token") if revealed else tr("Show the token"))
        self.reveal.setEnabled(has_token)
        self.copy.setEnabled(True)
        if code != self._code or not self.text.toPlainText():
            self._code = code
            shown = _in_part(code)
            self._shortened = shown != code
            self._colours.set_code(language.lexer, shown)
            self.text.setPlainText(shown)
        self._stack.setCurrentWidget(self.text)
        self._show_notes(language.id, has_token=has_token, revealed=revealed)

    def _show_notes(self, language: str, *, has_token: bool, revealed: bool) -> None:
        notes = []
        if has_token and revealed:
            notes.append(tr("The token is shown. Whoever has this code can act with it."))
        elif has_token:
            notes.append(
                tr(
                    "{placeholder} stands where the token belongs: put the token there, or show it here before you copy.",
                    placeholder=PLACEHOLDER,
                )
            )
        elif TOKEN_REFERENCE in self._code or quote(TOKEN_REFERENCE) in self._code:
            notes.append(
                tr("There is no token to send yet: {reference} stands in its place.", reference=TOKEN_REFERENCE)
            )
        if language == "curl":
            notes.append(
                tr("This is for bash, also in Git Bash and WSL; on Windows itself PowerShell is the better choice.")
            )
        if self._shortened:
            notes.append(tr("Only a part is shown (…); Copy takes all of it."))
        theme.set_role(self.note, "warning" if has_token and revealed else "meta")
        self.note.setText(" ".join(notes))
        self._foot.setVisible(bool(notes))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code)
        self.copy.setText(tr("Copied"))
        theme.icons.set_icon(self.copy, "check", "green")
        self._thanks.start()
        self.copied.emit(self.language.currentData())

    def _offer_copy(self) -> None:
        self.copy.setText(tr("Copy"))
        theme.icons.set_icon(self.copy, "copy")


def _in_part(code: str) -> str:
    """As much of the code as a text field takes in without a halt; cuts are marked."""
    if len(code) <= _LONGEST_LINE:
        return code
    lines = [line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…" for line in code.split("\n")]
    text = "\n".join(lines)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
