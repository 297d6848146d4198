"""The body of a request as text or rows. What is typed is what is sent; nothing is repaired on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from komet_console.catalogue import Severity
from komet_console.exchange import Body, InvalidJsonError, beautify, compact, find_error
from komet_console.exchange.jsonedit import Node, find, parse
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.request.model import RequestModel
from komet_console.gui.request.pairs import PairsTable
from komet_console.gui.text.code_edit import CodeEdit, Mark
from komet_console.gui.text.completion import Completion
from komet_console.gui.text.find_bar import FindBar
from komet_console.gui.text.offsets import from_qt, to_qt
from komet_console.gui.text.replacing import replace_text
from komet_console.gui.text.suggesting import Suggestions, suggest
from komet_console.gui.widgets.empty import EmptyState
from komet_console.workspace.collections.references import take_out

__all__ = ["BodyPane"]

_QUIET = 200
_MOST = 1_500_000
"""Characters that the editor lays out without a visible pause; longer texts are shown when the user insists."""
_LONGEST_LINE = 200_000


class BodyEditor(CodeEdit):
    """The editor of a body: secrets do not land in it when they are pasted.

    Signals:
        secret_taken(str, str): Name of the reference that stands in the text now, and the value.
    """

    secret_taken = Signal(str, str)

    def __init__(self, model: RequestModel) -> None:
        super().__init__("json")
        self._model = model

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste; a token or a password is replaced by a reference first."""
        if not source.hasText():
            return
        before = self.toPlainText()
        cursor = self.textCursor()
        start, end = (from_qt(before, place) for place in (cursor.selectionStart(), cursor.selectionEnd()))
        pasted = source.text()
        after = before[:start] + pasted + before[end:]
        draft = replace(self._model.draft, query=(), headers=(), body=Body("json", after))
        taken = take_out(draft)
        if not taken.secrets:
            cursor.insertText(pasted)
            self.ensureCursorVisible()
            return
        replace_text(self, taken.draft.body.text)
        for secret in taken.secrets:
            self.secret_taken.emit(secret.name, secret.value)


class BodyPane(QWidget):
    """JSON and raw text in an editor, forms as a table.

    Signals:
        secret_taken(str, str): See `BodyEditor.secret_taken`.
        file_asked(object): The user wants to choose a file for a row of a multipart body; call it with the path.
    """

    secret_taken = Signal(str, str)
    file_asked = Signal(object)

    def __init__(self, model: RequestModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bodyPane")
        self._model = model
        self._insisted = False
        self.editor = BodyEditor(model)
        self.editor.setObjectName("bodyEditor")
        self.editor.setAccessibleName(tr("Body"))
        self.editor.setPlaceholderText(tr("Type JSON, or press Ctrl+Space for suggestions"))
        self.editor.textChanged.connect(self._typed)
        self.editor.secret_taken.connect(self._secret_taken)
        self.find_bar: FindBar | None = None
        self.completion: Completion | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self._text_page())
        self._pages: dict[str, QWidget] = {}
        """What is shown instead of the text, made when it is first needed: rows, none, large."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET)
        self._quiet.timeout.connect(self._check)
        self._writing = False
        model.draft_changed.connect(self._draft_changed)
        model.findings_changed.connect(self._check)
        self._show()
        self._check()

    # --- pages

    def _text_page(self) -> QWidget:
        page = QWidget()
        self.message = QLabel()
        self.message.setObjectName("bodyMessage")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.jump = QPushButton(tr("Go there"))
        self.jump.setObjectName("bodyGoThere")
        theme.set_role(self.jump, "small")
        self.jump.clicked.connect(self._go_to_error)
        self._bar = QFrame()
        theme.set_role(self._bar, "notice")
        line = QHBoxLayout(self._bar)
        line.setContentsMargins(12, 5, 8, 5)
        line.setSpacing(8)
        line.addWidget(self.message, 1)
        line.addWidget(self.jump)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.editor, 1)
        column.addWidget(self._bar)
        self._bar.hide()
        self._text = column
        return page

    def _show_page(self, key: str) -> QWidget:
        if key not in self._pages:
            made = {"rows": self._page_of_rows, "none": self._page_without, "large": self._page_too_large}[key]()
            self._pages[key] = made
            self._stack.addWidget(made)
        self._stack.setCurrentWidget(self._pages[key])
        return self._pages[key]

    def _page_of_rows(self) -> QWidget:
        rows = PairsTable("bodyRows", lambda _name: "", tr("What the form sends."))
        rows.edited.connect(lambda pairs: self._model.set_body(replace(self._model.draft.body, pairs=pairs), self))
        return rows

    def _page_without(self) -> QWidget:
        page = EmptyState(tr("No body"), tr("This request sends none."))
        add = QPushButton(tr("Add a JSON body"))
        add.setObjectName("addBody")
        add.clicked.connect(lambda: self._model.set_body(Body("json", "{\n  \n}"), page))
        page.place.addWidget(add, alignment=Qt.AlignmentFlag.AlignHCenter)
        return page

    def _page_too_large(self) -> EmptyState:
        page = EmptyState(tr("A large body"), "")
        show = QPushButton(tr("Show it all the same"))
        show.setObjectName("showLargeBody")
        show.clicked.connect(self._insist)
        page.place.addWidget(show, alignment=Qt.AlignmentFlag.AlignHCenter)
        return page

    def _insist(self) -> None:
        self._insisted = True
        self._show()

    # --- following the draft

    def _draft_changed(self, source: object) -> None:
        if source is not self:
            self._show()
        self._quiet.start()

    def _show(self) -> None:
        body = self._model.draft.body
        if body.kind == "none":
            self._show_page("none")
        elif body.kind in ("form", "multipart"):
            rows = self._show_page("rows")
            assert isinstance(rows, PairsTable)
            rows.show_pairs(body.pairs)
        elif self._is_too_large(body.text):
            size = f"{len(body.text) / 1e6:.1f}"
            self._large.sentence.setText(
                tr(
                    "{size} MB would make the editor slow. It is sent as it is; the form can still change it.",
                    size=size,
                )
            )
            self._stack.setCurrentWidget(self._large)
        else:
            self._writing = True
            self.editor.set_language("json" if body.kind == "json" else "text")
            replace_text(self.editor, body.text)
            self._writing = False
            self._stack.setCurrentIndex(0)

    def _is_too_large(self, text: str) -> bool:
        if self._insisted or len(text) < _LONGEST_LINE:
            return False
        return len(text) > _MOST or max(map(len, text.split("\n"))) > _LONGEST_LINE

    def _typed(self) -> None:
        if not self._writing:
            self._model.set_body_text(self.editor.toPlainText(), self)
            if self.completion is None:
                self.completion = Completion(self.editor, self._suggest)

    def _suggest(self, text: str, place: int) -> Suggestions | None:
        if self._model.draft.body.kind != "json":
            return None
        return suggest(self._model.method, text, place, date.today())  # noqa: DTZ011 - the user's day

    # --- what is wrong

    def _check(self) -> None:
        self._quiet.stop()
        body = self._model.draft.body
        if body.kind != "json" or self._stack.currentIndex() != 0:
            self.editor.set_marks(())
            self._say("")
            return
        text = body.text
        error = find_error(text) if text.strip() else None
        if error is not None:
            place = to_qt(text, error.offset)
            self.editor.set_marks([Mark(place, place + 1, error.message)])
            words = tr(
                "Line {line}, column {column}: {what} It is sent exactly as typed.",
                line=error.line,
                column=error.column,
                what=error.message,
            )
            self._say(words, "warning", jump=True)
            return
        self.editor.set_marks(self._marks(text))
        if self.jump.isVisible():
            self._say("")

    def _marks(self, text: str) -> list[Mark]:
        findings = [one for one in self._model.findings if one.pointer.startswith("/body")]
        root = parse(text) if findings else None
        marks = []
        for finding in findings:
            node = _nearest(root, finding.pointer.removeprefix("/body"))
            if node is None or (node is root and finding.pointer != "/body"):
                continue
            start, end = (node.key or (node.start, node.end)) if node.children else (node.start, node.end)
            words = f"{finding.message} {finding.hint}".strip()
            token = "red" if finding.severity is Severity.ERROR else "amber"
            marks.append(Mark(to_qt(text, start), to_qt(text, end), words, token))
        return marks

    def _say(self, text: str, role: str = "small", *, jump: bool = False) -> None:
        self.message.setText(text)
        theme.set_role(self.message, role)
        self.jump.setVisible(jump)
        self._bar.setVisible(bool(text))

    def _go_to_error(self) -> None:
        error = find_error(self._model.draft.body.text)
        if error is not None:
            self.go_to_line(error.line, error.column)

    def _secret_taken(self, name: str, value: str) -> None:
        self._say(
            tr("A secret was replaced by {reference}; it is not kept in the request.", reference="{{" + name + "}}")
        )
        self.secret_taken.emit(name, value)

    # --- what can be done

    def beautify(self) -> None:
        """Indent the JSON; one step of undo. Text that is no JSON stays, and the place is shown."""
        self._rewrite(beautify)

    def compact(self) -> None:
        """Write the JSON on one line; one step of undo."""
        self._rewrite(compact)

    def _rewrite(self, how: Any) -> None:
        body = self._model.draft.body
        if body.kind != "json" or not body.text.strip():
            return
        try:
            made = how(body.text)
        except InvalidJsonError:
            self._check()
            self._go_to_error()
            return
        self._model.set_body_text(made, None)

    def go_to(self, pointer: str) -> None:
        """Select the value that a pointer (`/body/items/0/price`) names, or what is nearest to it."""
        text = self._model.draft.body.text
        node = _nearest(parse(text), pointer.removeprefix("/body"))
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if node is not None:
            self.editor.select(to_qt(text, node.start), to_qt(text, node.end))

    def go_to_line(self, line: int, column: int) -> None:
        """Put the cursor on a line and column, both from 1."""
        self.editor.go_to(line, column)

    def open_find(self, *, replacing: bool = False) -> None:
        """Find in the text."""
        if self._stack.currentIndex() != 0:
            return
        if self.find_bar is None:
            self.find_bar = FindBar(self.editor)
            self._text.insertWidget(0, self.find_bar)
        self.find_bar.open_bar(replace=replacing)

    def open_replace(self) -> None:
        """Find and replace in the text."""
        self.open_find(replacing=True)

    # --- places, for a restart

    def place(self) -> dict[str, int]:
        """Cursor and scroll; JSON."""
        cursor = self.editor.textCursor()
        return {
            "anchor": cursor.anchor(),
            "cursor": cursor.position(),
            "scroll": self.editor.verticalScrollBar().value(),
        }

    def restore_place(self, place: Any) -> None:
        """Put cursor and scroll where an earlier `place()` had them; what does not fit is passed over."""
        if not isinstance(place, dict) or not all(isinstance(one, int) for one in place.values()):
            return
        last = self.editor.document().characterCount() - 1
        cursor = self.editor.textCursor()
        cursor.setPosition(max(0, min(place.get("anchor", 0), last)))
        cursor.setPosition(max(0, min(place.get("cursor", 0), last)), QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)
        QTimer.singleShot(0, self, lambda: self.editor.verticalScrollBar().setValue(place.get("scroll", 0)))


def _nearest(root: Node | None, pointer: str) -> Node | None:
    """The node at a pointer, or the innermost that is there on the way to it."""
    while root is not None:
        node = find(root, pointer)
        if node is not None or not pointer:
            return node
        pointer = pointer.rpartition("/")[0]
    return None
